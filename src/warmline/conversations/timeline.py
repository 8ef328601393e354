"""One person's conversations over all channels: a page, newest first, with a glimpse of each."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import func, select

from warmline.conversations import queries
from warmline.conversations.list_routes import place, read_place
from warmline.conversations.model import Author, MessageState
from warmline.conversations.room import shown_header
from warmline.conversations.tables import message
from warmline.core.words import CustomerId, InteractionId, SiteId
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

    async def page(
        self, customers: Collection[CustomerId], *, before: str | None, limit: int
    ) -> tuple[Sequence[Mapping[str, object]], str | None]:
        """The newest conversations before a place, and the place where to go on."""
        query = queries.of_customers(self._site, customers)
        if before:
            query = queries.before(query, *read_place(before))
        async with self._database.read() as connection:
            found = await rows(connection, query.limit(limit + 1))
        shown = [shown_header(one, self._state) for one in found[:limit]]
        glimpses = await self._glimpses([InteractionId(str(one["interaction"])) for one in shown])
        for one in shown:
            one["glimpse"] = glimpses.get(str(one["interaction"]), "")
        return shown, place(found[limit - 1]) if len(found) > limit else None

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
