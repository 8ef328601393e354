"""The composition root: the only place that knows which implementation runs."""

import asyncio
import secrets
import socket
from collections.abc import AsyncGenerator, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, TypedDict
from uuid import uuid4
from zoneinfo import ZoneInfo

import structlog
from fastapi import APIRouter, Request

from warmline.channels import files
from warmline.channels.email.channel import EmailChannel
from warmline.channels.email.erasure import MailTraces
from warmline.channels.email.routes import mail_routes
from warmline.channels.webchat.channel import WebChat
from warmline.channels.webchat.door import chat_door, secret_routes
from warmline.channels.webchat.socket import chat_socket
from warmline.config import Settings
from warmline.conversations import routes as conversations
from warmline.conversations.erasure import ConversationTraces
from warmline.conversations.reactions import ConversationReaction
from warmline.conversations.scope import Sight
from warmline.conversations.timeline import Timeline
from warmline.conversations.uploads import Uploads
from warmline.core.commands import DisconnectAgent
from warmline.core.words import (
    AgentId,
    CommandId,
    CustomerId,
    InteractionId,
    SiteId,
    UserId,
)
from warmline.customers import routes as customers
from warmline.customers.directory import Directory
from warmline.customers.erasure import Erasure
from warmline.customers.erasure_routes import erasure_routes
from warmline.desk import routes as desk
from warmline.engine.clock import WallClock
from warmline.engine.codec import EventCodec
from warmline.engine.engine import Engine
from warmline.engine.faults import FAULTS
from warmline.engine.moments import Moments
from warmline.engine.reactions import ChannelReaction, Reactions
from warmline.engine.recovery import settle_memory
from warmline.engine.signals import InProcessSignals
from warmline.insight import routes as insight
from warmline.insight.days import busy_days
from warmline.insight.lines import Lines
from warmline.insight.pricing import Pricing
from warmline.insight.reactions import InsightReaction
from warmline.insight.trials import TrialOutcomes
from warmline.policies import routes as policies
from warmline.policies.reactions import PolicyReaction
from warmline.policies.what_if import Runs
from warmline.policies.what_if_routes import Day
from warmline.ports import Channel, Clock, Guard, Reaction, State, Submit, Traces
from warmline.security.room import Security, open_security
from warmline.storage.blobs import FolderBlobs
from warmline.storage.database import Database, open_database
from warmline.storage.journal import DatabaseCursors, DatabaseJournal
from warmline.storage.migrate import migrate
from warmline.web.auth import SessionGuard
from warmline.web.metrics import counted
from warmline.web.wired import Wired

if TYPE_CHECKING:  # a center that is no demonstration starts without loading one
    from warmline.demo.fill import Progress
    from warmline.demo.pace import Speed

log = structlog.get_logger()

LEARNT_EVENTS = 20_000
"""So much of the past is read at a start to say how long customers wait."""
EXPLAINED_EVENTS = 2_000_000
"""How far the command line goes back to try a decision again: nobody waits for it at a screen."""


class People:
    """What people are called, asked of the rooms that know: users and agents, customers."""

    def __init__(self, security: Security, directory: Directory) -> None:
        self._security = security
        self._directory = directory

    async def users(self, ids: Collection[UserId]) -> Mapping[UserId, str]:
        """Names of users."""
        return {user.id: user.name for user in await self._security.users.all() if user.id in ids}

    async def agents(self, ids: Collection[AgentId]) -> Mapping[AgentId, str]:
        """Names of the users behind agents."""
        names = await self._security.users.agent_names()
        return {AgentId(id_): name for id_, name in names.items() if id_ in ids}

    async def customers(self, ids: Collection[CustomerId]) -> Mapping[CustomerId, str]:
        """Names of customers."""
        return await self._directory.names(ids)

    async def same(self, customer: CustomerId) -> Collection[CustomerId]:
        """All ids of one person."""
        return await self._directory.same(customer)


@dataclass(frozen=True, slots=True, kw_only=True)
class Foundation:
    """What every center stands on, whatever rooms and channels it has."""

    settings: Settings
    site: SiteId
    clock: WallClock
    database: Database
    journal: DatabaseJournal
    engine: Engine
    submit: Submit
    """The engine's, counted by command and outcome."""
    signals: InProcessSignals
    blobs: FolderBlobs
    security: Security
    directory: Directory
    people: People
    guard: SessionGuard
    lines: Lines
    """Who waits behind whom, and how long it may take."""


def lay_foundation(settings: Settings) -> Foundation:
    """Open the database and put the engine on it; nothing runs yet."""
    site = SiteId(settings.site)
    clock = WallClock()
    database = open_database(settings)
    journal = DatabaseJournal(database, site, EventCodec())
    engine = Engine(
        journal,
        clock,
        inbox_limit=settings.inbox_limit,
        snapshot_events=settings.snapshot_events,
        snapshot_ms=settings.snapshot_ms,
        match=FAULTS[settings.fault_matcher],
    )
    submit = counted(engine.submit)
    security = open_security(settings, database=database, clock=clock, submit=submit, state=engine)
    directory = Directory(database, site, clock)
    lines = Lines(engine)
    engine.subscribe(lines.receive)
    return Foundation(
        settings=settings,
        site=site,
        clock=clock,
        database=database,
        journal=journal,
        engine=engine,
        submit=submit,
        signals=InProcessSignals(),
        blobs=FolderBlobs(settings.data / "blobs", limit_bytes=settings.mail_limit_bytes),
        security=security,
        directory=directory,
        people=People(security, directory),
        guard=SessionGuard(security.sessions),
        lines=lines,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Channels:
    """The doors for customers."""

    webchat: WebChat
    email: EmailChannel

    def all(self) -> Sequence[Channel]:
        """Every channel of the center."""
        return (self.webchat, self.email)


def open_channels(base: Foundation) -> Channels:
    """The channels of the center, not yet listening."""
    email = EmailChannel(
        site=base.site,
        settings=base.settings,
        database=base.database,
        blobs=base.blobs,
        state=base.engine,
        clock=base.clock,
        customers=base.directory,
    )
    webchat = WebChat(
        site=base.site,
        settings=base.settings,
        database=base.database,
        blobs=base.blobs,
        state=base.engine,
        signals=base.signals,
        clock=base.clock,
        names=base.people,
        customers=base.directory,
        line=base.lines,
        mailer=email if base.settings.smtp_out_host is not None else None,
    )
    return Channels(webchat=webchat, email=email)


class Running:
    """Starts a center and stops it: storage, engine, reactions, channels, and back again."""

    def __init__(self, base: Foundation, channels: Channels, runs: Runs) -> None:
        self._base = base
        self._runs = runs
        self._channels = channels
        self._ready = False
        self._reactions = Reactions(
            base.engine,
            DatabaseCursors(base.database, base.site),
            _reactions(base),
            urgent=[ChannelReaction(channel) for channel in channels.all()],
        )
        self._uploads = Uploads(
            database=base.database,
            site=base.site,
            clock=base.clock,
            blobs=base.blobs,
            traces=_traces(base, channels),
        )
        self._pricing = Pricing(
            database=base.database,
            site=base.site,
            clock=base.clock,
            state=base.engine,
            submit=base.submit,
        )
        base.engine.subscribe(self._pricing.receive)

    def is_ready(self) -> bool:
        """Whether commands are served now."""
        return self._ready

    @asynccontextmanager
    async def run(self) -> AsyncGenerator[None]:
        """The center runs inside the block."""
        base = self._base
        await migrate(base.database)
        await base.engine.start()
        await self._lines_stand()
        await self._nobody_is_connected()
        for channel in self._channels.all():
            await channel.reconcile(frozenset(base.engine.center().interactions))
        await self._reactions.start()
        await self._runs.start()
        settle_memory()
        listening = [
            asyncio.create_task(self._listen(channel), name=f"listen-{channel.name}")
            for channel in self._channels.all()
        ]
        listening.append(asyncio.create_task(self._uploads.run(), name="uploads"))
        listening.append(asyncio.create_task(self._pricing.run(), name="pricing"))
        self._ready = True
        log.info("serving", position=base.engine.position(), site=base.site)
        try:
            yield
        finally:
            self._ready = False
            for task in listening:
                task.cancel()
            for task in listening:
                with suppress(asyncio.CancelledError):
                    await task
            await self._runs.stop()
            await self._reactions.stop()
            await base.engine.stop()
            await base.database.close()
            log.info("stopped", position=base.engine.position(), site=base.site)

    async def _lines_stand(self) -> None:
        """Who waits stands in line, and what happened lately says how long it may take."""
        base = self._base
        since = max(0, base.engine.position() - LEARNT_EVENTS)
        async for batch in base.journal.read(after=since):
            base.lines.learn(one.event for one in batch)
        base.lines.begin()

    async def _nobody_is_connected(self) -> None:
        """No screen has outlived the restart: those who do not come back count as lost."""
        gone = [
            DisconnectAgent(id=CommandId(f"restart-{uuid4().hex}"), agent=agent.id)
            for agent in self._base.engine.center().agents.values()
            if agent.connected
        ]
        await asyncio.gather(*map(self._base.submit, gone))

    async def _listen(self, channel: Channel) -> None:
        """Keep a channel listening: one that fails is started again after a pause."""
        pause_s = 1.0
        while True:
            try:
                await channel.listen(self._base.submit)
            except (OSError, ExceptionGroup) as error:
                log.exception("channel_failed", channel=channel.name, exc_info=error)
            await asyncio.sleep(pause_s)
            pause_s = min(60.0, 2 * pause_s)


class Shared(TypedDict):
    """What the routes of every room are given."""

    database: Database
    state: State
    needs: Guard
    clock: Clock
    site: SiteId


def _reactions(base: Foundation) -> Sequence[Reaction]:
    return (
        ConversationReaction(base.database, base.site),
        InsightReaction(base.database, base.site),
        PolicyReaction(base.database, base.site),
    )


def _room_routes(base: Foundation, channels: Channels, runs: Runs) -> Sequence[APIRouter]:
    """The routes of the rooms, under `/api/v1`."""
    sight = Sight(base.database, base.site, base.engine, base.people)
    shared = Shared(
        database=base.database,
        state=base.engine,
        needs=base.guard,
        clock=base.clock,
        site=base.site,
    )
    return (
        conversations.routes(
            **shared,
            submit=base.submit,
            blobs=base.blobs,
            names=base.people,
            sight=sight,
            take=files.take,
            mailboxes=channels.email.mailboxes,
            undo_send_ms=base.settings.undo_send_ms,
            file_limit_bytes=base.settings.file_limit_bytes,
        ),
        customers.routes(
            **shared,
            directory=base.directory,
            timeline=Timeline(base.database, base.site, base.engine),
            sight=sight,
            users=base.people.users,
            audit=base.security.audit.row,
        ),
        erasure_routes(
            erasure=_erasure(base, channels), directory=base.directory, needs=base.guard
        ),
        desk.routes(**shared, audit=base.security.audit.setting),
        insight.routes(
            **shared,
            sight=sight,
            agents=base.people.agents,
            past=Moments(base.journal),
            lines=base.lines,
        ),
        policies.routes(
            **shared,
            submit=base.submit,
            audit=base.security.audit.setting,
            names=base.people.users,
            outcomes=TrialOutcomes(base.database, base.site),
            runs=runs,
            days=partial(_days, base),
        ),
        mail_routes(
            channel=channels.email,
            state=base.engine,
            guard=base.guard,
            audit=base.security.audit,
        ),
    )


def _erasure(base: Foundation, channels: Channels) -> Erasure:
    """Erases customers from every room and channel that keeps something of them."""
    return Erasure(
        database=base.database,
        site=base.site,
        clock=base.clock,
        state=base.engine,
        blobs=base.blobs,
        traces=_traces(base, channels),
        audit=base.security.audit.row,
    )


def _traces(base: Foundation, channels: Channels) -> Sequence[Traces]:
    """What rooms and channels keep of customers."""
    return (
        ConversationTraces(base.site),
        MailTraces(base.site, channels.email.mailboxes.keys),
    )


async def _days(base: Foundation) -> Sequence[Day]:
    """The days that a what-if can run again."""
    zone = ZoneInfo(base.engine.center().zone)
    found = await busy_days(base.database, base.site, now=base.clock.now(), zone=zone)
    return [
        Day(id=f"own:{date}", kind="replay_own", date=date, contacts=many) for date, many in found
    ]


def _doors(
    base: Foundation, channels: Channels, uncounted: Callable[[Request], bool]
) -> Sequence[APIRouter]:
    """The routes with addresses of their own: what customers use, and the sockets."""
    return (
        chat_door(channels.webchat, uncounted=uncounted),
        chat_socket(channels.webchat),
        secret_routes(channels.webchat, guard=base.guard, audit=base.security.audit),
    )


def _nobody(_: Request) -> bool:
    return False


def wire(settings: Settings) -> Wired:
    """A whole center over the data folder of `settings`, ready to be served."""
    base = lay_foundation(settings)
    return _composed(base, open_channels(base))


def _composed(
    base: Foundation, channels: Channels, uncounted: Callable[[Request], bool] = _nobody
) -> Wired:
    from warmline.sim.what_if import WhatIf

    work = WhatIf(base.settings)
    runs = Runs(database=base.database, clock=base.clock, site=base.site, work=work)
    running = Running(base, channels, runs)
    return Wired(
        settings=base.settings,
        clock=base.clock,
        state=base.engine,
        submit=base.submit,
        signals=base.signals,
        security=base.security,
        guard=base.guard,
        running=running.run,
        ready=running.is_ready,
        rooms=_room_routes(base, channels, runs),
        doors=_doors(base, channels, uncounted),
    )


async def explained(
    settings: Settings, interaction: InteractionId, locale: str
) -> Sequence[Mapping[str, object]]:
    """Why an interaction was offered to whom, read from a data folder that may be in use."""
    from warmline.insight.explaining import Explanations

    base = lay_foundation(settings)
    past = Moments(base.journal, most_events=EXPLAINED_EVENTS)
    try:
        explanations = Explanations(base.database, base.site, past, base.people.agents)
        return await explanations.of(interaction, locale)
    finally:
        await base.database.close()


# The demonstration


async def fill_demo(settings: Settings, tell: "Progress", *, weeks: int | None = None) -> None:
    """Put the sample center with its past into an empty data folder."""
    from warmline.demo.fill import Empty, fill
    from warmline.demo.history import WEEKS

    base = lay_foundation(settings)
    try:
        await migrate(base.database)
        empty = Empty(
            site=base.site,
            clock=base.clock,
            database=base.database,
            journal=base.journal,
            reactions=_reactions(base),
            channels=[ChannelReaction(one).name for one in open_channels(base).all()],
        )
        await fill(empty, tell, weeks=weeks or WEEKS)
    finally:
        await base.database.close()


def wire_demo(settings: Settings, sink: socket.socket, speed: "Speed") -> Wired:
    """The same center with a stage: simulated people come in by its doors, their mail is real."""
    from warmline.demo.door import is_simulated
    from warmline.demo.routes import demo_routes
    from warmline.demo.sink import Sink
    from warmline.demo.sockets import reached_at
    from warmline.demo.stage import House, Stage

    base = lay_foundation(settings)
    channels = open_channels(base)
    badge = secrets.token_urlsafe(24)
    wired = _composed(base, channels, lambda request: is_simulated(request, badge))
    house = House(
        url=reached_at(settings.host, settings.port),
        site=base.site,
        clock=base.clock,
        database=base.database,
        engine=base.engine,
        submit=base.submit,
        security=base.security,
        smtp_port=lambda: channels.email.smtp_port,
    )
    stage = Stage(house, Sink(sink, base.clock), badge=badge, speed=speed)
    return replace(
        wired,
        running=lambda: stage.playing(wired.running()),
        rooms=(*wired.rooms, demo_routes(stage, host=settings.host)),
    )
