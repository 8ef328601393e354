"""Kills a busy center again and again, and counts what was lost, doubled, or given to two."""

import asyncio
import random
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TypedDict

from sqlalchemy import select

from warmline.bench.center import prepare
from warmline.bench.crash_load import Load
from warmline.bench.server import Server
from warmline.config import Settings
from warmline.conversations.tables import message
from warmline.core.center import evolve
from warmline.core.state import Center
from warmline.core.words import SiteId
from warmline.engine.codec import EventCodec
from warmline.storage.database import Database, open_database
from warmline.storage.journal import DatabaseJournal

AGENTS = 12
LIVES_S = (0.4, 2.5)
"""How long the server serves before it is killed."""
SETTLE_S = 3.0
_WORD = re.compile(r"word[0-9a-f]{32}")


class CrashFigures(TypedDict):
    """What `warmline bench crash` prints."""

    kills: int
    acknowledged: int
    by_door: Mapping[str, int]
    lost: int
    doubled: int
    two_agents: int
    serving_p50_ms: float
    serving_max_ms: float


def measure(*, kills: int = 25, seed: int | None = None, mail: bool = True) -> CrashFigures:
    """`kill -9` at random moments under a load of chats and mails, then the truth in the database.

    `acknowledged` counts what the server said it keeps (messages of customers and agents, mails);
    of these `lost` are not there, and `doubled` of all are there twice. `serving` is the time from
    starting the process to the first ready answer after a kill.
    """
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="warmline-bench-") as folder:
        settings = Settings(data=Path(folder) / "data")
        seats = asyncio.run(prepare(settings, agents=AGENTS, mail=mail))
        server = Server(settings.data, smtp=mail)
        try:
            server.start()
            load = Load(server.port, server.smtp_port, seats)
            serving = asyncio.run(_kill_again_and_again(server, load, kills, chance))
        finally:
            server.stop()
        found, two_agents = asyncio.run(_truth(settings))
    serving.sort()
    lost = load.acknowledged - found.keys()
    doubled = [word for word, times in found.items() if times > 1]
    for word in sorted(lost):
        print(f"lost: {word}", file=sys.stderr)
    return CrashFigures(
        kills=kills,
        acknowledged=len(load.acknowledged),
        by_door=dict(load.by_door),
        lost=len(lost),
        doubled=len(doubled),
        two_agents=two_agents,
        serving_p50_ms=round(1000 * serving[len(serving) // 2], 1),
        serving_max_ms=round(1000 * serving[-1], 1),
    )


async def _kill_again_and_again(
    server: Server, load: Load, kills: int, chance: random.Random
) -> list[float]:
    busy = asyncio.create_task(load.run())
    serving: list[float] = []
    for _ in range(kills):
        await asyncio.sleep(chance.uniform(*LIVES_S))
        if busy.done():
            await busy
        server.kill()
        serving.append(await asyncio.to_thread(server.start))
    await asyncio.sleep(SETTLE_S)
    busy.cancel()
    with suppress(asyncio.CancelledError):
        await busy
    await load.close()
    return serving


async def _truth(settings: Settings) -> tuple[Counter[str], int]:
    """How often each word is in the database, and how many interactions two agents had at once."""
    database = open_database(settings)
    async with database.read() as connection:
        texts = await connection.scalars(
            select(message.c.text).where(message.c.site == settings.site)
        )
        # A mail may carry its word in more than one form; what counts is the message.
        found = Counter(word for text in texts for word in set(_WORD.findall(text)))
    two_agents = await _held_by_two(database, SiteId(settings.site))
    await database.close()
    return found, two_agents


async def _held_by_two(database: Database, site: SiteId) -> int:
    center = Center()
    doubled: set[str] = set()
    async for chunk in DatabaseJournal(database, site, EventCodec()).read(after=0):
        for recorded in chunk:
            evolve(center, recorded.event)
            held = Counter(one for agent in center.agents.values() for one in agent.holds)
            doubled.update(one for one, agents in held.items() if agents > 1)
    return len(doubled)
