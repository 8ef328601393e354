"""What the callback channel keeps of a customer: the numbers that they left."""

from typing import Any

from sqlalchemy import ColumnElement, Table, or_, select

from warmline.channels.callback.tables import request
from warmline.conversations.tables import conversation
from warmline.core.words import SiteId
from warmline.ports import Person
from warmline.storage.traces import RowTraces


class CallbackTraces(RowTraces):
    """The numbers of a person's requests; that they asked stays known by id."""

    def __init__(self, site: SiteId) -> None:
        super().__init__(site, {"callbacks": request})

    def _theirs(self, table: Table, who: Person) -> ColumnElement[Any]:
        of_them = select(conversation.c.interaction).where(
            conversation.c.site == self._site, conversation.c.customer.in_(who.ids)
        )
        return (table.c.site == self._site) & or_(
            table.c.interaction.in_(of_them), table.c.number.in_(who.addresses)
        )
