"""What a customer said last and whether they came again, for what helps agents to answer."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import select

from warmline.conversations.model import Author, MessageState
from warmline.conversations.queries import header
from warmline.conversations.tables import CHUNK, conversation, message
from warmline.core.words import DAY, InteractionId, Millis, SiteId
from warmline.ports import Clock
from warmline.storage.database import Database
from warmline.storage.rows import Row, row, rows

LOOKED_AT = 20
TURN_CHARS = 1_500
RECONTACT_MS: Millis = 7 * DAY


class Turns:
    """Reads them from messages and headers."""

    def __init__(self, database: Database, site: SiteId, clock: Clock) -> None:
        self._database = database
        self._site = site
        self._clock = clock

    async def last(self, interaction: InteractionId) -> tuple[str, str | None] | None:
        """What the customer said since somebody answered, else said last; with the language."""
        newest = (
            select(message.c.author, message.c.text)
            .where(
                message.c.site == self._site,
                message.c.interaction == interaction,
                message.c.author.in_([Author.CUSTOMER.value, Author.AGENT.value]),
                message.c.state != MessageState.UNSENT.value,
            )
            .order_by(message.c.seq.desc())
            .limit(LOOKED_AT)
        )
        async with self._database.read() as connection:
            head = await row(connection, header(self._site, interaction))
            said = _turn(await rows(connection, newest))
        if head is None or not said:
            return None
        return said[:TURN_CHARS], head["language"]

    async def came_back(self, ids: Collection[InteractionId]) -> Mapping[InteractionId, bool]:
        """Of conversations closed more than 7 days ago whether the customer came within them.

        Left out are those without a customer, and those whose 7 days are not over: who came again
        soon would count before those who stay away do.
        """
        later = conversation.alias("later")
        over = self._clock.now() - RECONTACT_MS
        again = (
            select(later.c.interaction)
            .where(
                later.c.site == conversation.c.site,
                later.c.customer == conversation.c.customer,
                later.c.interaction != conversation.c.interaction,
                later.c.arrived_at > conversation.c.closed_at,
                later.c.arrived_at <= conversation.c.closed_at + RECONTACT_MS,
            )
            .exists()
        )
        found: dict[InteractionId, bool] = {}
        each = sorted(ids)
        async with self._database.read() as connection:
            for begins in range(0, len(each), CHUNK):
                query = select(conversation.c.interaction, again.label("again")).where(
                    conversation.c.site == self._site,
                    conversation.c.interaction.in_(each[begins : begins + CHUNK]),
                    conversation.c.customer.is_not(None),
                    conversation.c.closed_at <= over,
                )
                for one in await rows(connection, query):
                    found[InteractionId(one["interaction"])] = bool(one["again"])
        return found


def _turn(newest_first: Sequence[Row]) -> str:
    """The customer's last words together: all since the last answer, else those before it."""
    said: list[str] = []
    for one in newest_first:
        if one["author"] == Author.CUSTOMER.value:
            said.append(str(one["text"]))
        elif said:
            break
    return "\n".join(reversed(said))
