"""What flows keep of a customer beside the talk: what was keyed in, and their PIN."""

from typing import Any

from sqlalchemy import ColumnElement, Table, select

from warmline.conversations.tables import conversation
from warmline.core.words import SiteId
from warmline.flows.pins import flow_pin
from warmline.flows.tables import flow_run
from warmline.ports import Person
from warmline.storage.traces import RowTraces


def pin_traces(site: SiteId) -> RowTraces:
    """That a person has a PIN; the PIN itself is known to nobody."""
    return RowTraces(site, {"pins": flow_pin}, hidden={"hash"})


class FlowTraces(RowTraces):
    """Where a person stood in flows, with what they chose and keyed in."""

    def __init__(self, site: SiteId) -> None:
        hidden = {"taken", "moved_at"}
        super().__init__(site, {"flow_runs": flow_run}, hidden=hidden, since="began_at")

    def _theirs(self, table: Table, who: Person) -> ColumnElement[Any]:
        of_them = select(conversation.c.interaction).where(
            conversation.c.site == self._site, conversation.c.customer.in_(who.ids)
        )
        return (table.c.site == self._site) & table.c.interaction.in_(of_them)
