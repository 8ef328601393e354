"""One person's conversations over all channels: a page, newest first, with a glimpse of each."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import func, or_, select

from warmline.conversations import queries
from warmline.conversations.model import Author, MessageState
from warmline.conversations.room import shown_header
from warmline.conversations.tables import CHUNK, conversation, message
from warmline.core.words import CustomerId, Instant, InteractionId, SiteId
from warmline.ports import State
from warmline.storage.database import Database
from warmline.storage.rows import row, rows

GLIMPSE_CHARS = 160


class Timeline:
    """The conversations of a person, for the room that knows who that is."""

    def __init__(self, database: Database, site: SiteId, state: State) -> None:
        self._database = database
        self._site = site
        self._state = state

    async def talks(
        self,
        customers: Collection[CustomerId],
        *,
        before: tuple[Instant, str] | None,
        medium: str | None,
        agent: str | None,
        queue: str | None,
        since: Instant,
        until: Instant | None,
        limit: int,
    ) -> Sequence[Mapping[str, object]]:
        """The newest conversations strictly before a moment and id, with a glimpse of each."""
        query = (
            select(conversation)
            .where(
                conversation.c.site == self._site,
                conversation.c.customer.in_(sorted(customers)[:CHUNK]),
                conversation.c.arrived_at >= since,
            )
            .order_by(conversation.c.arrived_at.desc(), conversation.c.interaction.desc())
            .limit(limit)
        )
        for column, value in {"medium": medium, "agent": agent, "queue": queue}.items():
            if value is not None:
                query = query.where(conversation.c[column] == value)
        if until is not None:
            query = query.where(conversation.c.arrived_at < until)
        if before is not None:
            at, id_ = before
            query = query.where(
                or_(
                    conversation.c.arrived_at < at,
                    (conversation.c.arrived_at == at) & (conversation.c.interaction < id_),
                )
            )
        async with self._database.read() as connection:
            found = await rows(connection, query)
        shown = [shown_header(one, self._state) for one in found]
        glimpses = await self._glimpses([InteractionId(str(one["interaction"])) for one in shown])
        for one in shown:
            one["glimpse"] = glimpses.get(str(one["interaction"]), "")
        return shown

    async def counts(self, customers: Collection[CustomerId]) -> Mapping[str, int | None]:
        """How many conversations there were, how many are open, when the last one began."""
        async with self._database.read() as connection:
            found = await row(connection, queries.counts(self._site, customers))
        assert found is not None, "a count always has a row"
        return {name: found[name] for name in ("total", "open", "last_at")}

    async def _glimpses(self, interactions: Sequence[InteractionId]) -> Mapping[str, str]:
        """The beginning of the last thing said in each."""
        last = (
            select(message.c.interaction, func.max(message.c.seq).label("seq"))
            .where(
                message.c.site == self._site,
                message.c.interaction.in_(interactions),
                message.c.author != Author.NOTE.value,
                message.c.state != MessageState.UNSENT.value,
            )
            .group_by(message.c.interaction)
            .subquery()
        )
        query = select(
            message.c.interaction, func.substr(message.c.text, 1, GLIMPSE_CHARS).label("text")
        ).join(
            last,
            (message.c.interaction == last.c.interaction) & (message.c.seq == last.c.seq),
        )
        async with self._database.read() as connection:
            found = await rows(connection, query.where(message.c.site == self._site))
        return {one["interaction"]: one["text"] for one in found}
