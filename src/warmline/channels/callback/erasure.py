"""What the callback channel keeps of a customer: the numbers that they left."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import ColumnElement, delete, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.channels.callback.tables import request
from warmline.conversations.tables import conversation
from warmline.core.words import Instant, SiteId
from warmline.ports import Person
from warmline.storage.rows import rows


class CallbackTraces:
    """The numbers of a person's requests; that they asked stays known by id."""

    def __init__(self, site: SiteId) -> None:
        self._site = site

    async def count(self, connection: AsyncConnection, who: Person) -> Mapping[str, int]:
        """How many numbers are kept."""
        query = select(func.count()).select_from(request).where(self._theirs(who))
        return {"callbacks": await connection.scalar(query) or 0}

    async def tell(
        self, connection: AsyncConnection, who: Person
    ) -> Mapping[str, Sequence[Mapping[str, object]]]:
        """The numbers, in full, with when they were left."""
        query = select(request).where(self._theirs(who)).order_by(request.c.at)
        names = ("interaction", "number", "at")
        kept = [{name: one[name] for name in names} for one in await rows(connection, query)]
        return {"callbacks": kept}

    async def erase(self, connection: AsyncConnection, who: Person, at: Instant) -> Collection[str]:
        """Erase the numbers; no files hang on them."""
        del at
        await connection.execute(delete(request).where(self._theirs(who)))
        return ()

    async def needed(self, connection: AsyncConnection, blobs: Collection[str]) -> Collection[str]:
        """Nothing here speaks of files."""
        del connection, blobs
        return ()

    def _theirs(self, who: Person) -> ColumnElement[bool]:
        of_them = select(conversation.c.interaction).where(
            conversation.c.site == self._site, conversation.c.customer.in_(who.ids)
        )
        return (request.c.site == self._site) & or_(
            request.c.interaction.in_(of_them), request.c.number.in_(who.addresses)
        )
