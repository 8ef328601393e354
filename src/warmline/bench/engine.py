"""How many events a second the engine makes durable, and how many it replays."""

import asyncio
import tempfile
import time
from collections.abc import Sequence
from itertools import count
from pathlib import Path
from typing import TypedDict

from sqlalchemy import delete

from warmline.bench.center import CHAT, engine_over, furnish
from warmline.config import Settings
from warmline.core import commands as c
from warmline.core.events import Offered
from warmline.core.words import (
    CHANNEL,
    Actor,
    CommandId,
    InteractionId,
    MessageId,
    OfferId,
    Role,
    SiteId,
    UserId,
)
from warmline.engine.codec import EventCodec, encode_center
from warmline.engine.engine import Engine
from warmline.engine.recovery import recover, settle_memory
from warmline.ports import Recorded
from warmline.storage.database import open_database
from warmline.storage.journal import DatabaseJournal
from warmline.storage.migrate import migrate
from warmline.storage.schema import snapshot

AGENTS = 100
AT_ONCE = 250
"""Customers at the same time: more than the agents can hold never arrive."""
WORDS_EACH_WAY = 5


class EngineFigures(TypedDict):
    """What `warmline bench engine` prints."""

    durable_events_per_s: int
    replay_events_per_s: int


class _Customers:
    """People who chat from arrival to end, over and over."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._ids = count(1)
        self._offers: dict[str, asyncio.Future[tuple[OfferId, Actor]]] = {}
        engine.subscribe(self._heard)

    def _heard(self, recorded: Sequence[Recorded]) -> None:
        for item in recorded:
            if isinstance(item.event, Offered):
                agent = item.event.agent
                by = Actor(user=UserId(agent), agent=agent, roles=frozenset({Role.AGENT}))
                self._offers[item.event.interaction].set_result((item.event.offer, by))

    async def _do(self, kind: type[c.Command], **fields: object) -> None:
        command = kind(id=CommandId(f"c-{next(self._ids):012}"), **fields)  # type: ignore[arg-type]
        await self._engine.submit(command)

    async def chat(self) -> None:
        """One chat: 15 to 20 events."""
        name = f"i-{next(self._ids):012}"
        one = InteractionId(name)
        self._offers[name] = asyncio.get_running_loop().create_future()
        await self._do(c.Arrive, by=CHANNEL, interaction=one, inbox=CHAT, message=self._message())
        offer, agent = await self._offers[name]
        del self._offers[name]
        await self._do(c.Accept, by=agent, interaction=one, offer=offer)
        for _ in range(WORDS_EACH_WAY):
            await self._do(c.Send, by=agent, interaction=one, message=self._message())
            await self._do(c.Receive, by=CHANNEL, interaction=one, message=self._message())
        await self._do(c.End, by=agent, interaction=one)

    def _message(self) -> MessageId:
        return MessageId(f"m-{next(self._ids):012}")


async def measure(*, seconds: float = 8.0) -> EngineFigures:
    """Chats through the whole engine on SQLite for `seconds`, then the replay of their log."""
    with tempfile.TemporaryDirectory(prefix="warmline-bench-") as folder:
        settings = Settings(data=Path(folder))
        database = open_database(settings)
        await migrate(database)
        engine = engine_over(database, settings)
        await engine.start()
        await furnish(engine, agents=AGENTS)
        settle_memory()
        durable = await _durable_events_per_s(engine, seconds)
        live = encode_center(engine.center())
        await engine.stop()
        async with database.write() as connection:
            await connection.execute(delete(snapshot))
        journal = DatabaseJournal(database, SiteId(settings.site), EventCodec())
        began = time.perf_counter()
        recovered = await recover(journal)
        took_s = time.perf_counter() - began
        assert encode_center(recovered.center) == live, "the replay differs from the live state"
        await database.close()
    return EngineFigures(
        durable_events_per_s=round(durable),
        replay_events_per_s=round(recovered.position / took_s),
    )


async def _durable_events_per_s(engine: Engine, seconds: float) -> float:
    customers = _Customers(engine)
    began = time.perf_counter()
    first = engine.position()

    async def come_again() -> None:
        while time.perf_counter() - began < seconds:
            await customers.chat()

    await asyncio.gather(*(come_again() for _ in range(AT_ONCE)))
    return (engine.position() - first) / (time.perf_counter() - began)
