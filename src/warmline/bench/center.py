"""A center to measure: one queue, an inbox for each medium and agents who are signed in already."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count

from sqlalchemy import insert

from warmline.channels.email.tables import mailbox
from warmline.config import Settings
from warmline.core import commands as c
from warmline.core import settings as s
from warmline.core.words import (
    MINUTE,
    SYSTEM,
    AgentId,
    CommandId,
    InboxId,
    Medium,
    Presence,
    QueueId,
    Role,
    SiteId,
    UserId,
)
from warmline.engine.clock import WallClock
from warmline.engine.codec import EventCodec
from warmline.engine.engine import Engine
from warmline.security import tables
from warmline.security.model import User
from warmline.security.room import open_security
from warmline.security.sessions import csrf_of
from warmline.storage.database import Database, open_database
from warmline.storage.journal import DatabaseJournal
from warmline.storage.migrate import migrate

CHAT = InboxId("chat")
MAIL = InboxId("mail")
CALLS = InboxId("calls")
LINE = QueueId("line")
ADDRESS = "help@example.com"
"""Where mail for the center goes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """An agent with a session: what a browser would hold."""

    agent: str
    token: str
    csrf: str


def engine_over(database: Database, settings: Settings) -> Engine:
    """The engine of a site, not yet started."""
    journal = DatabaseJournal(database, SiteId(settings.site), EventCodec())
    return Engine(
        journal,
        WallClock(),
        inbox_limit=settings.inbox_limit,
        snapshot_events=settings.snapshot_events,
        snapshot_ms=settings.snapshot_ms,
    )


async def furnish(engine: Engine, *, agents: int) -> Sequence[AgentId]:
    """Define the center and make every agent available; returns the agents."""
    ids = count(1)

    async def do(kind: type[c.Command], **fields: object) -> None:
        command = kind(id=CommandId(f"bench-{next(ids)}"), by=SYSTEM, **fields)
        await engine.submit(command)

    no_wrap_up = s.WrapUpRule(mode=s.WrapUpMode.NONE)
    offer_ms = {Medium.CHAT: MINUTE, Medium.EMAIL: MINUTE, Medium.VOICE: MINUTE}
    await do(c.DefinePolicy, policy=s.Policy(version=2, offer_ms=offer_ms))
    await do(c.DefineQueue, queue=s.Queue(id=LINE, name="Line", wrap_up=no_wrap_up, preferred_ms=0))
    for inbox, medium in ((CHAT, Medium.CHAT), (MAIL, Medium.EMAIL), (CALLS, Medium.VOICE)):
        await do(c.DefineInbox, inbox=s.Inbox(id=inbox, name=inbox, medium=medium, queue=LINE))
    found = [AgentId(f"agent-{number}") for number in range(agents)]

    async def sit_down(agent: AgentId) -> None:
        await do(c.DefineAgent, agent=s.Agent(id=agent))
        await do(c.SetPresence, agent=agent, presence=Presence.AVAILABLE)

    await asyncio.gather(*(sit_down(agent) for agent in found))
    return found


async def prepare(settings: Settings, *, agents: int, mail: bool = False) -> Sequence[Seat]:
    """Fill the data folder of `settings` before a server is started on it."""
    database = open_database(settings)
    await migrate(database)
    engine = engine_over(database, settings)
    await engine.start()
    names = await furnish(engine, agents=agents)
    security = open_security(
        settings, database=database, clock=WallClock(), submit=engine.submit, state=engine
    )
    people = [
        User(
            id=UserId(f"u-{name}"),
            name=f"Agent {name}",
            login=f"{name}@example.org",
            roles=frozenset({Role.AGENT}),
            agent=name,
        )
        for name in names
    ]
    site = SiteId(settings.site)
    rows = [
        {
            "site": site,
            "id": person.id,
            "password_hash": None,
            "created_at": 0,
            "changed_at": 0,
            **tables.columns_of(person),
        }
        for person in people
    ]
    seats: list[Seat] = []
    async with database.write() as connection:
        await connection.execute(insert(tables.user), rows)
        if mail:
            await connection.execute(insert(mailbox), [_mailbox(site)])
        for person in people:
            token = await security.sessions.open(connection, person, address=None)
            seats.append(Seat(agent=str(person.agent), token=token, csrf=csrf_of(token)))
    await engine.stop()
    await database.close()
    return seats


def _mailbox(site: SiteId) -> dict[str, object]:
    return {
        "site": site,
        "id": MAIL,
        "inbox": MAIL,
        "address": ADDRESS,
        "name": "Help",
        "active": True,
        "reply_tokens": True,
        "state": "waiting",
        "refused": 0,
        "created_at": 0,
    }
