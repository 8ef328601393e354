"""What the callback channel keeps of a customer: the numbers that they left."""

from typing import Any

from sqlalchemy import ColumnElement, Table, or_, select

from warmline.channels.callback.plan_tables import plan
from warmline.channels.callback.tables import request
from warmline.conversations.tables import conversation
from warmline.core.words import SiteId
from warmline.ports import Person
from warmline.storage.traces import RowTraces


class CallbackTraces(RowTraces):
    """The numbers of a person's requests, and what was promised; that they asked stays by id."""

    def __init__(self, site: SiteId) -> None:
        super().__init__(site, {"callbacks": request, "callback_promises": plan}, hidden=("token",))

    def _theirs(self, table: Table, who: Person) -> ColumnElement[Any]:
        of_them = select(conversation.c.interaction).where(
            conversation.c.site == self._site, conversation.c.customer.in_(who.ids)
        )
        theirs = [table.c.interaction.in_(of_them), table.c.number.in_(who.addresses)]
        if table is plan:
            theirs.append(table.c.customer.in_(who.ids))
        return (table.c.site == self._site) & or_(*theirs)
