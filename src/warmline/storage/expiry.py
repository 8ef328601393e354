"""What a room lets go of when its time is over, row by row: counted, shown, let go."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Sequence
from typing import Any, ClassVar

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.core.words import Instant, SiteId
from warmline.ports import Due


class RowExpiry(ABC):
    """Rows of a site that are too old by a query of their ids (`ports.Expiry`).

    A room says which they are and what of them goes.
    """

    kind: ClassVar[str]

    def __init__(self, site: SiteId) -> None:
        self._site = site

    async def due(self, connection: AsyncConnection, before: Instant, *, samples: int) -> Due:
        """How many there are from before a moment, and the first of them."""
        old = self._old(before)
        count = await connection.scalar(select(func.count()).select_from(old.subquery()))
        first = await connection.scalars(old.limit(samples))
        return Due(count=count or 0, samples=tuple(first))

    async def expire(
        self, connection: AsyncConnection, before: Instant, at: Instant, *, limit: int
    ) -> tuple[int, Collection[str]]:
        """Let the oldest of them go: how many, and the keys of their files."""
        del at
        ids = list(await connection.scalars(self._old(before).limit(limit)))
        return len(ids), await self._let_go(connection, ids)

    @abstractmethod
    def _old(self, before: Instant) -> Select[Any]:
        """The ids of what is from before a moment and still there, the oldest first."""

    @abstractmethod
    async def _let_go(self, connection: AsyncConnection, ids: Sequence[str]) -> Collection[str]:
        """Let these go; the keys of files that go with them."""
