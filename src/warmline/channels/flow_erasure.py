"""What flows keep of a customer beside the talk: what was keyed in, and their PIN."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.conversations.tables import conversation
from warmline.core.words import Instant, SiteId
from warmline.flows.pins import flow_pin
from warmline.flows.tables import flow_run
from warmline.ports import Person
from warmline.storage.rows import rows
from warmline.storage.traces import RowTraces


def pin_traces(site: SiteId) -> RowTraces:
    """That a person has a PIN; the PIN itself is known to nobody."""
    return RowTraces(site, {"pins": flow_pin}, hidden={"hash"})


class FlowTraces:
    """Where a person stood in flows, with what they chose and keyed in."""

    def __init__(self, site: SiteId) -> None:
        self._site = site

    async def count(self, connection: AsyncConnection, who: Person) -> Mapping[str, int]:
        """How many flows they went through."""
        query = select(func.count()).select_from(flow_run).where(self._theirs(who))
        return {"flow_runs": await connection.scalar(query) or 0}

    async def tell(
        self, connection: AsyncConnection, who: Person
    ) -> Mapping[str, Sequence[Mapping[str, object]]]:
        """Each with its attributes."""
        shown = ("interaction", "flow", "version", "place", "began_at", "ended_at", "end")
        query = select(flow_run).where(self._theirs(who)).order_by(flow_run.c.began_at)
        kept = [{name: one[name] for name in shown} for one in await rows(connection, query)]
        return {"flow_runs": kept}

    async def erase(self, connection: AsyncConnection, who: Person, at: Instant) -> Collection[str]:
        """Erase them; no files hang on them."""
        del at
        await connection.execute(delete(flow_run).where(self._theirs(who)))
        return ()

    async def needed(self, connection: AsyncConnection, blobs: Collection[str]) -> Collection[str]:
        """Nothing here speaks of files."""
        del connection, blobs
        return ()

    def _theirs(self, who: Person) -> ColumnElement[bool]:
        of_them = select(conversation.c.interaction).where(
            conversation.c.site == self._site, conversation.c.customer.in_(who.ids)
        )
        return (flow_run.c.site == self._site) & flow_run.c.interaction.in_(of_them)
