"""What every center stands on: database, engine, sign-in, and what other parts ask of customers."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TypedDict

from warmline.config import Settings
from warmline.conversations.contacts import PastContacts
from warmline.conversations.queries import last_contacts
from warmline.core import masking
from warmline.core.words import (
    Actor,
    AgentId,
    CustomerId,
    SiteId,
    UserId,
)
from warmline.customers.directory import Directory
from warmline.customers.matching.job import Matching
from warmline.customers.portrait.learning import Learning
from warmline.customers.rights.contacts import Flags
from warmline.customers.value.appraisal import Appraisal
from warmline.customers.value.stakes import OrderStakes
from warmline.desk.guidance.room import GuidanceRoom
from warmline.engine.clock import WallClock
from warmline.engine.codec import EventCodec
from warmline.engine.engine import Engine
from warmline.engine.faults import FAULTS
from warmline.engine.signals import InProcessSignals
from warmline.experience.mood.room import Moods
from warmline.insight.lines import Lines
from warmline.knowledge.facts.check import Check
from warmline.knowledge.search import Articles
from warmline.ports import Clock, Privacy, State, Submit
from warmline.security.privacy import OpenPersons
from warmline.security.room import Security, open_security
from warmline.storage.blobs import FolderBlobs
from warmline.storage.database import Database, open_database
from warmline.storage.journal import DatabaseJournal
from warmline.web.auth import SessionGuard
from warmline.web.metrics import counted
from warmline.wiring.contradictions import open_check
from warmline.wiring.guidance import open_guidance
from warmline.wiring.mood import open_moods
from warmline.wiring.outreach import Loads, Outreach, open_outreach
from warmline.wiring.results import Results, open_results


class People:
    """What people are called, asked of the rooms that know: users and agents, customers."""

    def __init__(self, security: Security, directory: Directory, privacy: Privacy) -> None:
        self._security = security
        self._directory = directory
        self._privacy = privacy

    async def users(self, ids: Collection[UserId]) -> Mapping[UserId, str]:
        """Names of users."""
        return {user.id: user.name for user in await self._security.users.all() if user.id in ids}

    async def agents(self, ids: Collection[AgentId]) -> Mapping[AgentId, str]:
        """Names of the users behind agents."""
        names = await self._security.users.agent_names()
        return {AgentId(id_): name for id_, name in names.items() if id_ in ids}

    async def customers(
        self, ids: Collection[CustomerId], *, reader: Actor
    ) -> Mapping[CustomerId, str]:
        """Names of customers, masked unless the person is open to the reader."""
        names = await self._directory.names(ids)
        open_ = await self._privacy.open_among(reader, ids)
        return {id_: name if id_ in open_ else masking.called(name) for id_, name in names.items()}

    async def same(self, customer: CustomerId) -> Collection[CustomerId]:
        """All ids of one person."""
        return await self._directory.same(customer)


class Ground(TypedDict):
    """What nearly every part is opened with."""

    database: Database
    site: SiteId
    clock: Clock
    state: State


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
    privacy: OpenPersons
    """Who is open to whom."""
    guard: SessionGuard
    lines: Lines
    """Who waits behind whom, and how long it may take."""
    appraisal: Appraisal
    learning: Learning
    """Why customers probably come."""
    stakes: OrderStakes
    matching: Matching
    """Looks for customers who are one person."""
    articles: Articles
    """The index of what is published."""
    contradictions: Check
    """Whether the center's texts say one thing."""
    moods: Moods
    """What customers feel and talk about, estimated."""
    outreach: Outreach
    """Offers: what was learnt of them."""
    guidance: GuidanceRoom
    """How long to talk, by load."""
    results: Results
    """What customers answered, and the scores that it gives agents."""


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
    directory = Directory(database, site, clock, region=settings.region, restrictions=Flags(site))
    privacy = OpenPersons(engine, clock, directory)
    people = People(security, directory, privacy)
    guard = SessionGuard(security.sessions, security.keys)
    lines = Lines(engine)
    engine.subscribe(lines.receive)
    signals = InProcessSignals()
    ground = Ground(database=database, site=site, clock=clock, state=engine)
    articles = Articles(database, site)
    guidance = open_guidance(
        **ground, signals=signals, directory=directory, audit=security.audit.setting
    )
    engine.subscribe(guidance.guide.receive)
    return Foundation(
        settings=settings,
        site=site,
        clock=clock,
        database=database,
        journal=journal,
        engine=engine,
        submit=submit,
        signals=signals,
        blobs=FolderBlobs(settings.data / "blobs", limit_bytes=settings.mail_limit_bytes),
        security=security,
        directory=directory,
        people=people,
        privacy=privacy,
        guard=guard,
        lines=lines,
        learning=Learning(database, site, clock, engine, PastContacts(database, site)),
        articles=articles,
        contradictions=open_check(**ground, articles=articles),
        appraisal=Appraisal(**ground, contacts=last_contacts),
        moods=open_moods(settings, **ground, signals=signals),
        outreach=open_outreach(
            **ground, same=directory.same, load_allows=Loads(guide=guidance.guide)
        ),
        results=open_results(
            **ground,
            needs=guard,
            submit=submit,
            agents=people.agents,
            customers=people.customers,
            audit=security.audit.setting,
        ),
        guidance=guidance,
        stakes=OrderStakes(**ground, contacts=last_contacts),
        matching=Matching(
            settings=settings,
            database=database,
            site=site,
            clock=clock,
            audit=security.audit.row,
        ),
    )
