"""A small center behind a running engine, and short ways to do things there."""

import asyncio
from itertools import count

from sqlalchemy import Column, MetaData, String, Table

from tests.contracts.stores import journal_of
from tests.core.worlds import agent_actor
from warmline.core import commands as c
from warmline.core import settings as s
from warmline.core.words import (
    CHANNEL,
    SYSTEM,
    AgentId,
    CommandId,
    InboxId,
    InteractionId,
    Medium,
    MessageId,
    Presence,
    QueueId,
)
from warmline.engine.clock import WallClock
from warmline.engine.engine import Engine

DEADLINE_S = 20
CHAT = InboxId("chat")
HELP = QueueId("help")

words = Table("words", MetaData(), Column("id", String(40), primary_key=True))


class Site:
    """One site over a database; `restart` forgets everything that is only in memory."""

    def __init__(self, database, **limits):
        self.database = database
        self.limits = limits
        self._ids = count(1)
        self.journal = journal_of(database)

    async def start(self, journal=None):
        self.journal = journal or self.journal
        self.engine = Engine(self.journal, WallClock(), **self.limits)
        await self.engine.start()

    async def restart(self, journal=None):
        await self.engine.stop()
        await self.start(journal)

    async def furnish(self):
        await self.database.create(words.metadata)
        await self.do(
            c.DefineQueue,
            queue=s.Queue(id=HELP, name="Help", wrap_up=s.WrapUpRule(limit_ms=1), preferred_ms=0),
        )
        await self.do(
            c.DefineInbox, inbox=s.Inbox(id=CHAT, name="Chat", medium=Medium.CHAT, queue=HELP)
        )
        for name in ("ann", "bob"):
            await self.do(c.DefineAgent, agent=s.Agent(id=AgentId(name)))

    def command(self, kind, *, by=SYSTEM, id_=None, **fields):
        return kind(id=CommandId(id_ or f"c-{next(self._ids)}-{kind.__name__}"), by=by, **fields)

    async def do(self, kind, *writes, by=SYSTEM, id_=None, **fields):
        return await self.engine.submit(self.command(kind, by=by, id_=id_, **fields), *writes)

    async def available(self, name):
        await self.do(
            c.SetPresence, by=agent_actor(name), agent=AgentId(name), presence=Presence.AVAILABLE
        )

    async def chat(self, name, *writes, id_=None):
        return await self.do(
            c.Arrive,
            *writes,
            by=CHANNEL,
            id_=id_,
            interaction=InteractionId(name),
            inbox=CHAT,
            message=MessageId(f"{name}-m1"),
        )

    def offer(self, name):
        """The live offer of the interaction."""
        offer = self.engine.center().interactions[InteractionId(name)].offer
        assert offer is not None, f"{name} is not offered"
        return offer

    async def accept(self, name):
        offer = self.offer(name)
        return await self.do(
            c.Accept, by=agent_actor(offer.agent), interaction=InteractionId(name), offer=offer.id
        )

    async def until(self, condition):
        """Wait until `condition()` holds, looking after each event."""
        news = asyncio.Event()
        stop = self.engine.subscribe(lambda _: news.set())
        try:
            async with asyncio.timeout(DEADLINE_S):
                while not condition():
                    news.clear()
                    await news.wait()
        finally:
            stop()

    async def log(self):
        return [item async for chunk in self.journal.read(after=0) for item in chunk]


def names(answer):
    return [type(recorded.event).__name__ for recorded in answer.events]
