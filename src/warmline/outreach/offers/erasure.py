"""What the room keeps of a person: offers shown and held out, counted, told and erased."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.core.words import Instant, SiteId
from warmline.outreach.offers.tables import offer_shown
from warmline.ports import Person
from warmline.storage.rows import rows


class OfferTraces:
    """A person's offers (`ports.Traces`, `ports.Known`)."""

    def __init__(self, site: SiteId) -> None:
        self._site = site

    async def count(self, connection: AsyncConnection, who: Person) -> Mapping[str, int]:
        """How many were shown or held out."""
        query = select(func.count()).select_from(offer_shown).where(self._theirs(who))
        return {"offers": await connection.scalar(query) or 0}

    async def erase(self, connection: AsyncConnection, who: Person, at: Instant) -> Collection[str]:
        """Erase them; they speak of no file. What a model learnt holds nobody."""
        del at
        await connection.execute(offer_shown.delete().where(self._theirs(who)))
        return ()

    async def needed(self, connection: AsyncConnection, blobs: Collection[str]) -> Collection[str]:
        """Nothing here needs a file."""
        del connection, blobs
        return ()

    async def tell(
        self, connection: AsyncConnection, who: Person
    ) -> Mapping[str, Sequence[Mapping[str, object]]]:
        """All of them; which arm a person is in is told too."""
        columns = [
            column for column in offer_shown.c if column.name not in {"site", "facts", "why"}
        ]
        query = select(*columns).where(self._theirs(who)).order_by(offer_shown.c.at)
        return {"offers": [dict(one) for one in await rows(connection, query)]}

    def _theirs(self, who: Person) -> ColumnElement[bool]:
        return (offer_shown.c.site == self._site) & offer_shown.c.customer.in_(who.ids)
