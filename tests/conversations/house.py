"""A house of rooms for tests: real engine, real SQLite, real reactions; who asks is said in a header."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from fastapi import APIRouter, FastAPI, Request

from tests.services.database import lay_tables
from warmline.channels.email.erasure import MailTraces
from warmline.channels.email.keys import KEY_BYTES, Keys
from warmline.channels.files import media_type, safe_name
from warmline.config import Settings
from warmline.conversations import routes as conversation_routes
from warmline.conversations import writes
from warmline.conversations.belonging import Belonging
from warmline.conversations.contacts import PastContacts
from warmline.conversations.erasure import ConversationTraces, SearchSweep
from warmline.conversations.expiry import FilesExpiry, WordsExpiry, customers_since
from warmline.conversations.model import Author, Envelope, Opening, Said
from warmline.conversations.reactions import ConversationReaction
from warmline.conversations.scope import Sight
from warmline.conversations.timeline import Timeline
from warmline.core import commands as c
from warmline.core import events as e
from warmline.core import masking
from warmline.core.permissions import Right, has
from warmline.core.settings import (
    Agent,
    Capacity,
    Disposition,
    Inbox,
    Queue,
    Segment,
    Skill,
    Target,
    Team,
)
from warmline.core.words import (
    CHANNEL,
    SECOND,
    SYSTEM,
    Actor,
    AgentId,
    CommandId,
    CustomerId,
    DispositionId,
    InboxId,
    Instant,
    InteractionId,
    Medium,
    MessageId,
    Presence,
    QueueId,
    Rejected,
    Role,
    Scope,
    SegmentId,
    SiteId,
    SkillId,
    TeamId,
    UserId,
)
from warmline.customers import routes as customer_routes
from warmline.customers.assurance import Assurance
from warmline.customers.desk_room import DeskRoom
from warmline.customers.directory import Directory
from warmline.customers.identifier_routes import identifier_routes
from warmline.customers.matching import routes as matching_routes
from warmline.customers.matching.erasure import MatchTraces
from warmline.customers.matching.job import Matching
from warmline.customers.matching.room import MatchRoom
from warmline.customers.portrait import routes as portrait_routes
from warmline.customers.portrait.erasure import portrait_traces
from warmline.customers.portrait.learning import Learning
from warmline.customers.portrait.model import Room as PortraitRoom
from warmline.customers.portrait.story import MergeSource, OrderSource, PromiseSource, TalkSource
from warmline.customers.rights.contacts import Flags
from warmline.customers.rights.known import RecordTraces
from warmline.customers.rights.opening import Rights, open_rights
from warmline.customers.verification import Verifications
from warmline.customers.verification_routes import verification_routes
from warmline.desk import routes as desk_routes
from warmline.engine.codec import EventCodec
from warmline.engine.engine import Engine
from warmline.engine.moments import Moments
from warmline.engine.reactions import Reactions
from warmline.insight import routes as insight_routes
from warmline.insight.lines import Lines
from warmline.insight.reactions import InsightReaction
from warmline.ports import Answer, Privacy, Recorded, Submit
from warmline.security.audit import Audit
from warmline.security.known import AuditKnown, ViewsExpiry
from warmline.security.passwords import Passwords
from warmline.security.privacy import OpenPersons
from warmline.security.reveal_routes import RevealDesk, reveal_routes
from warmline.security.reveals import Reveals, RevealTraces
from warmline.storage.blobs import FolderBlobs
from warmline.storage.database import Database, open_database
from warmline.storage.journal import DatabaseCursors, DatabaseJournal
from warmline.web.problems import install

SITE = SiteId("main")
KEYS = Keys(b"k" * KEY_BYTES)
START = 1_781_000_000_000
"""A Tuesday, 2026-06-09 10:13:20 UTC."""
PEOPLE: Mapping[str, Actor] = {
    "ann": Actor(user=UserId("u-ann"), agent=AgentId("ann"), roles=frozenset({Role.AGENT})),
    "bob": Actor(user=UserId("u-bob"), agent=AgentId("bob"), roles=frozenset({Role.AGENT})),
    "sue": Actor(user=UserId("u-sue"), roles=frozenset({Role.SUPERVISOR})),
    "tom": Actor(
        user=UserId("u-tom"),
        roles=frozenset({Role.SUPERVISOR}),
        scope=Scope(teams=frozenset({TeamId("t")}), queues=frozenset({QueueId("vip")})),
    ),
    "ada": Actor(user=UserId("u-ada"), roles=frozenset({Role.ADMINISTRATOR})),
}


class StillClock:
    """Stands still until the test moves it on."""

    def __init__(self) -> None:
        self.at: Instant = START

    def now(self) -> Instant:
        return self.at

    def on(self, ms: int) -> None:
        self.at += ms


class Called:
    """What everybody is called."""

    def __init__(self, directory: Directory, privacy: Privacy) -> None:
        self._directory = directory
        self._privacy = privacy
        self.same = directory.same

    async def customers(
        self, ids: Collection[CustomerId], *, reader: Actor
    ) -> Mapping[CustomerId, str]:
        found = await self._directory.names(ids)
        open_ = await self._privacy.open_among(reader, ids)
        return {id_: name if id_ in open_ else masking.called(name) for id_, name in found.items()}

    async def users(self, ids: Collection[UserId]) -> Mapping[UserId, str]:
        return {one: one.removeprefix("u-").title() for one in ids}

    async def agents(self, ids: Collection[AgentId]) -> Mapping[AgentId, str]:
        return {one: one.title() for one in ids}


class OneMailbox:
    """Every inbox has the same address."""

    async def addresses(self, inbox: InboxId) -> list[str]:
        return ["Help <help@shop.example>"]


class Asking:
    """The guard of this house: the header says who asks, the core says what they may."""

    def __call__(self, right: Right) -> Callable[[Request], Awaitable[Actor]]:
        return self.any_of(frozenset({right}))

    def any_of(self, wanted: frozenset[Right]) -> Callable[[Request], Awaitable[Actor]]:
        async def who(request: Request) -> Actor:
            actor = PEOPLE[request.headers["x-who"]]
            if not any(has(actor, right) for right in wanted):
                raise Rejected("forbidden", "this is not among your rights")
            return actor

        return who


asking = Asking()


def take(name: str, content: bytes) -> tuple[str, str]:
    safe = safe_name(name)
    return safe, media_type(safe, content)


@dataclass
class House:
    database: Database
    engine: Engine
    journal: DatabaseJournal
    clock: StillClock
    reactions: Reactions
    conversations: ConversationReaction
    insight: InsightReaction
    directory: Directory
    blobs: FolderBlobs
    sight: Sight
    app: FastAPI
    learning: Learning
    matching: Matching
    rights: Rights
    sent: "Sent"
    count: int = 0

    def next(self, word: str) -> str:
        self.count += 1
        return f"{word}-{self.count:06}"

    async def give(self, command: c.Command, *travelling: writes.Write) -> Answer:
        return await self.engine.submit(command, *travelling)

    async def do(self, kind: type[c.Command], *, by: Actor = SYSTEM, **facts: Any) -> Answer:
        return await self.give(kind(id=CommandId(self.next("c")), by=by, **facts))

    async def settled(self) -> None:
        """Every row says what the log says."""
        await self.reactions.caught_up(self.engine.position())

    def browser(self, who: str) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app),
            base_url="http://center.test/api/v1",
            headers={"x-who": who},
        )

    async def arrive(
        self,
        *,
        inbox: str = "shop-chat",
        customer: CustomerId | None = None,
        text: str = "Hello",
        subject: str | None = None,
        envelope: Envelope | None = None,
        follows: InteractionId | None = None,
    ) -> InteractionId:
        """A customer comes in with a first message; through the doors' own functions."""
        interaction = InteractionId(self.next("i"))
        message = MessageId(self.next("m"))
        opening = Opening(
            interaction=interaction,
            medium=Medium.EMAIL if inbox == "shop-mail" else Medium.CHAT,
            inbox=InboxId(inbox),
            at=self.clock.now(),
            customer=customer,
            subject=subject,
            follows=follows,
        )
        said = Said(
            id=message,
            interaction=interaction,
            at=self.clock.now(),
            author=Author.CUSTOMER,
            text=text,
            email=envelope,
        )
        await self.give(
            c.Arrive(
                id=CommandId(self.next("c")),
                by=CHANNEL,
                interaction=interaction,
                inbox=opening.inbox,
                customer=customer,
                message=message,
                follows=follows,
            ),
            writes.opening(SITE, opening),
            *writes.received(SITE, said),
        )
        return interaction

    async def says(self, interaction: InteractionId, text: str) -> MessageId:
        message = MessageId(self.next("m"))
        said = Said(
            id=message,
            interaction=interaction,
            at=self.clock.now(),
            author=Author.CUSTOMER,
            text=text,
        )
        command = c.Receive(
            id=CommandId(self.next("c")), by=CHANNEL, interaction=interaction, message=message
        )
        await self.give(command, *writes.received(SITE, said))
        return message

    async def available(self, who: str) -> None:
        await self.do(c.ConnectAgent, agent=AgentId(who))
        await self.do(
            c.SetPresence, by=PEOPLE[who], agent=AgentId(who), presence=Presence.AVAILABLE
        )

    async def accept(self, interaction: InteractionId, who: str = "ann") -> None:
        offer = self.engine.center().interactions[interaction].offer
        assert offer is not None
        assert offer.agent == who
        await self.do(c.Accept, by=PEOPLE[who], interaction=interaction, offer=offer.id)

    async def finish(self, interaction: InteractionId, who: str = "ann") -> None:
        await self.do(c.End, by=PEOPLE[who], interaction=interaction)
        await self.do(
            c.WrapUp,
            by=PEOPLE[who],
            interaction=interaction,
            disposition=DispositionId("solved"),
        )

    async def log(self) -> list[Recorded]:
        return [one async for batch in self.journal.read(after=0) for one in batch]


SETTINGS: tuple[tuple[type[c.Command], dict[str, Any]], ...] = (
    (c.DefineSkill, {"skill": Skill(id=SkillId("pl"), name="Polish", language=True)}),
    (c.DefineTeam, {"team": Team(id=TeamId("t"), name="Team")}),
    (
        c.DefineQueue,
        {
            "queue": Queue(
                id=QueueId("shop"),
                name="Shop",
                target=Target(within_ms=20 * SECOND),
                preferred_ms=0,
            )
        },
    ),
    (c.DefineQueue, {"queue": Queue(id=QueueId("repairs"), name="Repairs", preferred_ms=0)}),
    (c.DefineSegment, {"segment": Segment(id=SegmentId("gold"), name="Gold")}),
    (c.DefineDisposition, {"disposition": Disposition(id=DispositionId("solved"), name="Solved")}),
    (
        c.DefineInbox,
        {
            "inbox": Inbox(
                id=InboxId("shop-chat"), name="Chat", medium=Medium.CHAT, queue=QueueId("shop")
            )
        },
    ),
    (
        c.DefineInbox,
        {
            "inbox": Inbox(
                id=InboxId("shop-mail"), name="Mail", medium=Medium.EMAIL, queue=QueueId("shop")
            )
        },
    ),
    *(
        (c.DefineAgent, {"agent": Agent(id=AgentId(who), capacity=Capacity(total=10))})
        for who in ("ann", "bob")
    ),
)


class Sent:
    """Where this house's codes go: the mails and text messages that left, the newest last."""

    def __init__(self) -> None:
        self.mails: list[tuple[str, str]] = []

    async def send(self, to: str, subject: str, text: str, html: str, language: str) -> None:
        self.mails.append((to, text))


def identity_routes(
    common: dict[str, Any],
    submit: Submit,
    directory: Directory,
    sight: Sight,
    privacy: Privacy,
    audit: Audit,
    sent: Sent,
) -> tuple[APIRouter, APIRouter]:
    facts = {name: common[name] for name in ("database", "site", "clock")}
    room = DeskRoom(
        **common,
        submit=submit,
        directory=directory,
        timeline=Timeline(common["database"], SITE, common["state"]),
        sight=sight,
        privacy=privacy,
        assurance=Assurance(**facts, state=common["state"]),
        verifications=Verifications(**facts, secrets=Passwords(), mail=sent, text=None),
        audit=audit.row,
        setting_audit=audit.setting,
    )
    return identifier_routes(room), verification_routes(room)


@asynccontextmanager
async def running_house(data: Path) -> AsyncGenerator[House]:
    """A house over a data folder, with a chat and a mail inbox, two queues, Ann and Bob."""
    settings = Settings(data=data)
    lay_tables(data)
    database = open_database(settings)
    clock = StillClock()
    journal = DatabaseJournal(database, SITE, EventCodec())
    engine = Engine(journal, clock)
    lines = Lines(engine)
    engine.subscribe(lines.receive)
    words = ConversationReaction(database, SITE)
    insight = InsightReaction(database, SITE)
    reactions = Reactions(
        engine,
        DatabaseCursors(database, SITE),
        [words, insight],
    )
    directory = Directory(database, SITE, clock, region="PL", restrictions=Flags(SITE))
    privacy = OpenPersons(engine, clock, directory)
    called = Called(directory, privacy)
    sight = Sight(database, SITE, engine, called)
    blobs = FolderBlobs(data / "blobs", limit_bytes=settings.file_limit_bytes)
    audit = Audit(database, SITE, clock)
    matching = Matching(
        settings=settings, database=database, site=SITE, clock=clock, audit=audit.row
    )
    contacts = PastContacts(database, SITE)
    learning = Learning(database, SITE, clock, engine, contacts)
    sent = Sent()
    common: dict[str, Any] = {
        "database": database, "state": engine, "needs": asking, "clock": clock, "site": SITE,
    }  # fmt: skip
    mails = MailTraces(SITE, KEYS)
    rights = open_rights(
        database=database,
        site=SITE,
        clock=clock,
        state=engine,
        blobs=blobs,
        journal=journal,
        audit=audit.row,
        traces=(
            ConversationTraces(SITE),
            mails,
            RevealTraces(SITE),
            portrait_traces(SITE),
            MatchTraces(SITE),
            RecordTraces(SITE),
        ),
        known=(RecordTraces(SITE), ConversationTraces(SITE), mails, AuditKnown(SITE)),
        expiring=(WordsExpiry(SITE), FilesExpiry(SITE), ViewsExpiry(SITE)),
        sweeps=(SearchSweep(database),),
        seen_since=customers_since,
        backups=data / "backups",
    )
    app = FastAPI()
    install(app)
    for router in (
        conversation_routes.routes(
            **common,
            submit=engine.submit,
            blobs=blobs,
            names=called,
            privacy=privacy,
            sight=sight,
            take=take,
            mailboxes=OneMailbox(),
            undo_send_ms=settings.undo_send_ms,
            file_limit_bytes=1024 * 1024,
        ),
        *identity_routes(common, engine.submit, directory, sight, privacy, audit, sent),
        customer_routes.routes(
            **common,
            directory=directory,
            timeline=Timeline(database, SITE, engine),
            sight=sight,
            privacy=privacy,
            users=called.users,
            audit=audit.row,
        ),
        matching_routes.routes(
            MatchRoom(
                **common,
                directory=directory,
                privacy=privacy,
                users=called.users,
                audit=audit.row,
                conversations=Belonging(),
                matching=matching,
            )
        ),
        portrait_routes.routes(
            room=PortraitRoom(
                **common,
                directory=directory,
                sight=sight,
                privacy=privacy,
                users=called.users,
                agents=called.agents,
                audit=audit.row,
                contacts=contacts,
            ),
            learning=learning,
            sources=(
                TalkSource(Timeline(database, SITE, engine)),
                OrderSource(database, SITE),
                PromiseSource(database, SITE),
                MergeSource(database, SITE),
            ),
        ),
        reveal_routes(
            RevealDesk(
                submit=engine.submit,
                state=engine,
                clock=clock,
                customers=directory,
                names=called,
                sight=sight,
                privacy=privacy,
                reveals=Reveals(database, SITE, clock, audit),
            ),
            asking,
        ),
        rights.routes(
            needs=asking, directory=directory, sight=sight, privacy=privacy, users=called.users
        ),
        desk_routes.routes(**common, audit=audit.setting),
        insight_routes.routes(
            **common, sight=sight, agents=called.agents, past=Moments(journal), lines=lines
        ),
    ):
        app.include_router(router, prefix="/api/v1")
    await engine.start()
    await reactions.start()
    house = House(
        database=database, engine=engine, journal=journal, clock=clock, reactions=reactions,
        conversations=words, insight=insight, directory=directory, blobs=blobs, sight=sight, app=app,
        learning=learning, matching=matching,
        rights=rights, sent=sent,
    )  # fmt: skip
    await asyncio.gather(*(house.do(kind, **facts) for kind, facts in SETTINGS))
    try:
        yield house
    finally:
        await reactions.stop()
        await engine.stop()
        await database.close()


def names(answer: Answer) -> list[type[e.Event]]:
    return [type(one.event) for one in answer.events]
