"""What customers wrote, for rooms that make something of it (`ports.CustomerWords`)."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Select, select

from warmline.conversations.model import Author
from warmline.conversations.tables import CHUNK, conversation, message
from warmline.core.words import SiteId
from warmline.ports import Person, Talk, Turn
from warmline.storage.database import Database
from warmline.storage.rows import Row, rows

FIRST_TURNS = 4
"""So many first messages of the customer say what a conversation is about."""
TURN_CHARS = 600


class CustomerTexts:
    """Reads them from the messages."""

    def __init__(self, database: Database, site: SiteId) -> None:
        self._database = database
        self._site = site

    async def turns(self, messages: Collection[str]) -> Sequence[Turn]:
        """Those of some messages that a customer wrote, in order of time."""
        found = await self._chunked(sorted(messages), self._these)
        turns = [
            Turn(message=one["id"], interaction=one["interaction"], at=one["at"], text=one["text"])
            for one in found
            if one["text"].strip()
        ]
        return sorted(turns, key=lambda turn: (turn.at, turn.message))

    async def talks(self, interactions: Collection[str]) -> Sequence[Talk]:
        """How some conversations began; one in which the customer wrote nothing is left out."""
        ids = sorted(interactions)
        said: dict[str, list[str]] = defaultdict(list)
        for one in await self._chunked(ids, self._first_turns):
            if one["text"].strip() and len(said[one["interaction"]]) < FIRST_TURNS:
                said[one["interaction"]].append(one["text"].strip()[:TURN_CHARS])
        headers = await self._chunked(ids, self._headers)
        return [
            Talk(
                interaction=one["interaction"],
                customer=one["customer"],
                at=one["arrived_at"],
                text="\n".join([*([one["subject"]] if one["subject"] else []), *texts]),
            )
            for one in headers
            if (texts := said.get(one["interaction"]))
        ]

    def of(self, who: Person) -> Select[Any]:
        """A query for the ids of a person's interactions."""
        return select(conversation.c.interaction).where(
            conversation.c.site == self._site, conversation.c.customer.in_(who.ids)
        )

    def _said(self) -> Select[*tuple[Any, ...]]:
        return select(message.c.id, message.c.interaction, message.c.at, message.c.text).where(
            message.c.site == self._site, message.c.author == Author.CUSTOMER.value
        )

    def _these(self, ids: Collection[str]) -> Select[*tuple[Any, ...]]:
        return self._said().where(message.c.id.in_(ids))

    def _first_turns(self, ids: Collection[str]) -> Select[*tuple[Any, ...]]:
        # Of a long conversation only the beginning is read; agents' words lie between.
        return (
            self._said()
            .where(message.c.interaction.in_(ids), message.c.seq <= 4 * FIRST_TURNS)
            .order_by(message.c.interaction, message.c.seq)
        )

    def _headers(self, ids: Collection[str]) -> Select[*tuple[Any, ...]]:
        names = ("interaction", "customer", "arrived_at", "subject")
        return select(*(conversation.c[name] for name in names)).where(
            conversation.c.site == self._site, conversation.c.interaction.in_(ids)
        )

    async def _chunked(self, ids: Sequence[str], asked: Any) -> list[Row]:
        found: list[Row] = []
        async with self._database.read() as connection:
            for start in range(0, len(ids), CHUNK):
                found += await rows(connection, asked(ids[start : start + CHUNK]))
        return found
