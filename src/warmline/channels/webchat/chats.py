"""A customer's chat as its token opens it: its interactions in order, and what was said in them."""

from collections.abc import AsyncGenerator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import cast

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.channels.webchat.limits import PAGE_LIMIT
from warmline.channels.webchat.tabs import ChatKey
from warmline.channels.webchat.tokens import looks_like_token, same, token_hash
from warmline.conversations import queries
from warmline.conversations.model import Author, MessageState, Names
from warmline.conversations.tables import message
from warmline.core.words import (
    AgentId,
    CustomerId,
    InboxId,
    Instant,
    InteractionId,
    MessageId,
    SegmentId,
    SiteId,
    Verification,
)
from warmline.storage.database import Database
from warmline.storage.journal import storage_errors
from warmline.storage.rows import Row
from warmline.storage.rows import row as row_of
from warmline.storage.rows import rows as rows_of

PART = 1_000_000
"""Numbers of messages go on over the interactions of a chat: part × this + number within."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chat:
    """One customer's chat: `parts` are its interactions, the present one last."""

    key: ChatKey
    inbox: InboxId
    parts: tuple[InteractionId, ...]
    begun_at: Instant
    language: str | None
    reason: str | None
    customer: CustomerId | None
    verification: Verification
    segment: SegmentId | None
    agent: AgentId | None
    """Who held the present interaction last."""
    rated: bool

    @property
    def interaction(self) -> InteractionId:
        """The interaction that the chat is in now."""
        return self.parts[-1]


class Chats:
    """Looks chats and their messages up; only what the customer may see."""

    def __init__(self, database: Database, site: SiteId, names: Names) -> None:
        self._database = database
        self._site = site
        self._names = names

    @asynccontextmanager
    async def _reading(self) -> AsyncGenerator[AsyncConnection]:
        with storage_errors():
            async with self._database.read() as connection:
                yield connection

    async def by_token(self, token: str | None) -> Chat | None:
        """The chat that the token opens, or None."""
        if not token or not looks_like_token(token):
            return None
        return await self.by_key(token_hash(token))

    async def by_key(self, key: ChatKey) -> Chat | None:
        """The chat with this hash of a token, or None."""
        async with self._reading() as connection:
            rows = await rows_of(connection, queries.header_by_token(self._site, key))
        mine = sorted(
            (row for row in rows if same(row["token_hash"], key)),
            key=lambda row: row["arrived_at"],
        )
        if not mine:
            return None
        first, now = mine[0], mine[-1]
        return Chat(
            key=key,
            inbox=InboxId(now["inbox"]),
            parts=tuple(InteractionId(row["interaction"]) for row in mine),
            begun_at=first["arrived_at"],
            language=now["language"],
            reason=now["reason"],
            customer=now["customer"],
            verification=Verification(now["verification"] or Verification.UNKNOWN),
            segment=now["segment"],
            agent=now["agent"],
            rated=now["rating"] is not None,
        )

    async def exists(self, interaction: InteractionId) -> Row | None:
        """The header of an interaction, whoever asks."""
        async with self._reading() as connection:
            asked = {"site": self._site, "interaction": interaction}
            return await row_of(connection, queries.HEADER, asked)

    async def agent_of_last_time(self, customers: Collection[CustomerId]) -> AgentId | None:
        """Who held the newest interaction of a customer, by whatever channel."""
        async with self._reading() as connection:
            query = queries.agent_of_last_time(self._site, customers)
            found = await row_of(connection, query)
        return None if found is None else AgentId(found["agent"])

    async def has_served(self, agent: AgentId, customers: Collection[CustomerId]) -> bool:
        """Whether an agent held an interaction of a customer before, by whatever channel."""
        async with self._reading() as connection:
            query = queries.served(self._site, agent, customers)
            return await row_of(connection, query) is not None

    async def messages(
        self, chat: Chat, *, after: int = 0, limit: int = PAGE_LIMIT
    ) -> list[dict[str, object]]:
        """What was said after a number, in order, as the customer sees it."""
        found: list[tuple[Row, int]] = []
        first = max(0, after) // PART
        async with self._reading() as connection:
            for part, interaction in list(enumerate(chat.parts))[first:]:
                left = limit - len(found)
                if left <= 0:
                    break
                since = after - part * PART if part == first else 0
                query = queries.messages_after(
                    self._site, interaction, after=since, limit=left, notes=False
                )
                rows = await rows_of(connection, query)
                found.extend((row, part) for row in rows if _visible(row))
        return await self._shown(found)

    async def all_messages(self, chat: Chat) -> AsyncGenerator[dict[str, object]]:
        """Everything said in the chat, in order."""
        after = 0
        while page := await self.messages(chat, after=after):
            for said in page:
                yield said
            after = cast("int", page[-1]["seq"])

    async def message(self, chat: Chat, id_: MessageId) -> dict[str, object] | None:
        """One message of this chat as the customer sees it; None when it is not theirs."""
        async with self._reading() as connection:
            row = await row_of(connection, queries.message_by_id(self._site, id_))
        if row is None or row["interaction"] not in chat.parts or not _visible(row):
            return None
        part = chat.parts.index(InteractionId(row["interaction"]))
        return (await self._shown([(row, part)]))[0]

    async def taken(self, id_: MessageId) -> InteractionId | None:
        """The interaction of the message that has this id already."""
        async with self._reading() as connection:
            row = await row_of(connection, queries.message_by_id(self._site, id_))
        return None if row is None else InteractionId(row["interaction"])

    async def undelivered(self, chat: Chat) -> list[MessageId]:
        """Messages of ours in the present interaction that no device has shown yet."""
        async with self._reading() as connection:
            rows = await connection.execute(
                select(message.c.id).where(
                    message.c.site == self._site,
                    message.c.interaction == chat.interaction,
                    message.c.author.in_([Author.AGENT.value, Author.SYSTEM.value]),
                    message.c.state == MessageState.SENT.value,
                )
            )
            return [MessageId(row.id) for row in rows]

    async def file(self, chat: Chat, id_: str) -> Row | None:
        """The place of a file that was said in this chat; None when it is not theirs."""
        async with self._reading() as connection:
            row = await row_of(connection, queries.files_by_id(self._site, [id_]))
            if row is None or row["message"] is None or row["interaction"] not in chat.parts:
                return None
            said = await row_of(connection, queries.message_by_id(self._site, row["message"]))
        return row if said is not None and _visible(said) else None

    async def agent_name(self, agent: AgentId | None) -> str | None:
        """What customers call the agent: the first name."""
        if agent is None:
            return None
        return _first_name((await self._names.agents([agent])).get(agent))

    async def _shown(self, found: Sequence[tuple[Row, int]]) -> list[dict[str, object]]:
        if not found:
            return []
        ids = [MessageId(row["id"]) for row, _ in found]
        async with self._reading() as connection:
            files = await rows_of(connection, queries.files_of_messages(self._site, ids))
        agents = {AgentId(row["agent"]) for row, _ in found if row["agent"]}
        names: Mapping[AgentId, str] = await self._names.agents(agents) if agents else {}
        return [_shown(row, part, files, names) for row, part in found]


def _visible(row: Row) -> bool:
    return row["author"] != Author.NOTE.value and row["state"] not in {
        MessageState.UNSENT.value,
        MessageState.QUEUED.value,
    }


def _shown(
    row: Row, part: int, files: Sequence[Row], names: Mapping[AgentId, str]
) -> dict[str, object]:
    return {
        "seq": part * PART + row["seq"],
        "id": row["id"],
        "at": row["at"],
        "author": row["author"],
        "name": _first_name(names.get(row["agent"])),
        "text": row["text"],
        "files": [
            {key: file[key] for key in ("id", "name", "media_type", "size")}
            for file in files
            if file["message"] == row["id"]
        ],
        "state": row["state"],
    }


def _first_name(name: str | None) -> str | None:
    return name.split()[0] if name and name.split() else None
