"""What the programme keeps of a person: counted, told and erased."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.core.words import Instant, SiteId
from warmline.outreach.courtesy.tables import courtesy
from warmline.ports import Person
from warmline.storage.rows import rows


class CourtesyTraces:
    """A person's courtesy contacts (`ports.Traces`, `ports.Known`)."""

    def __init__(self, site: SiteId) -> None:
        self._site = site

    async def count(self, connection: AsyncConnection, who: Person) -> Mapping[str, int]:
        """How many, those left out among them."""
        query = select(func.count()).select_from(courtesy).where(self._theirs(who))
        return {"courtesy_contacts": await connection.scalar(query) or 0}

    async def erase(self, connection: AsyncConnection, who: Person, at: Instant) -> Collection[str]:
        """Erase them; they speak of no file."""
        del at
        await connection.execute(courtesy.delete().where(self._theirs(who)))
        return ()

    async def needed(self, connection: AsyncConnection, blobs: Collection[str]) -> Collection[str]:
        """Nothing here needs a file."""
        del connection, blobs
        return ()

    async def tell(
        self, connection: AsyncConnection, who: Person
    ) -> Mapping[str, Sequence[Mapping[str, object]]]:
        """All of them."""
        columns = [column for column in courtesy.c if column.name != "site"]
        query = select(*columns).where(self._theirs(who)).order_by(courtesy.c.at)
        return {"courtesy_contacts": [dict(one) for one in await rows(connection, query)]}

    def _theirs(self, who: Person) -> ColumnElement[bool]:
        return (courtesy.c.site == self._site) & courtesy.c.customer.in_(who.ids)
