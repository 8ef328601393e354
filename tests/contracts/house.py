"""A small center with both channels: real engine, real SQLite, real uvicorn; it can be restarted."""

import asyncio
import contextlib
import json
import socket
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

import httpx
import uvicorn
from fastapi import FastAPI
from sqlalchemy import text
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.services.database import lay_tables
from warmline.channels.callback.channel import Callbacks
from warmline.channels.callback.door import callback_door
from warmline.channels.callback.page_door import page_door
from warmline.channels.email.channel import EmailChannel
from warmline.channels.email.imap_in import Pace
from warmline.channels.email.mailboxes import Mailbox
from warmline.channels.loopback.channel import Loopback
from warmline.channels.loopback.telephones import TelephoneNetwork
from warmline.channels.voice.channel import VoiceChannel
from warmline.channels.voice.network import VoiceNetwork
from warmline.channels.webchat.channel import WebChat
from warmline.channels.webchat.cors import ChatCors
from warmline.channels.webchat.door import chat_door
from warmline.channels.webchat.socket import chat_socket
from warmline.config import Settings
from warmline.conversations import queries, writes
from warmline.conversations.model import Author, Envelope, MessageState, Said
from warmline.conversations.reactions import ConversationReaction
from warmline.core import commands as c
from warmline.core import events as e
from warmline.core.settings import (
    Agent,
    Calendar,
    Capacity,
    Disposition,
    Inbox,
    Interval,
    Policy,
    Queue,
    Ring,
    WhenClosed,
    WrapUpMode,
    WrapUpRule,
)
from warmline.core.words import (
    SYSTEM,
    Actor,
    AgentId,
    CalendarId,
    CommandId,
    CustomerId,
    DispositionId,
    InboxId,
    InteractionId,
    Medium,
    MessageId,
    Party,
    Presence,
    QueueId,
    Role,
    SiteId,
    UserId,
)
from warmline.customers.directory import Directory
from warmline.engine.clock import WallClock
from warmline.engine.codec import EventCodec
from warmline.engine.engine import Engine
from warmline.engine.reactions import ChannelReaction, Reactions
from warmline.engine.signals import InProcessSignals
from warmline.insight.lines import Lines
from warmline.ports import Recorded, Signal, Write
from warmline.storage.blobs import FolderBlobs
from warmline.storage.database import open_database
from warmline.storage.journal import DatabaseCursors, DatabaseJournal
from warmline.storage.rows import row
from warmline.web import problems

SITE = SiteId("main")
ANNA = AgentId("anna")
SHOP = "https://shop.example"
DEADLINE_S = 30.0
HELP = "help@larkfold.example"


class TeamNames:
    """The names of the few people here."""

    async def users(self, ids: Collection[UserId]) -> Mapping[UserId, str]:
        return dict.fromkeys(ids, "Anna Nowak")

    async def agents(self, ids: Collection[AgentId]) -> Mapping[AgentId, str]:
        return {id_: f"{id_.title()} Nowak" for id_ in ids}

    async def customers(
        self, ids: Collection[CustomerId], *, reader: Actor
    ) -> Mapping[CustomerId, str]:
        return {}

    async def same(self, customer: CustomerId) -> Collection[CustomerId]:
        return (customer,)


async def until(what: str, check: Callable[[], Any]) -> Any:
    """The first true answer of `check`, else it fails and says what did not happen."""
    end = time.monotonic() + DEADLINE_S
    while True:
        found = check()
        if isinstance(found, Awaitable):
            found = await cast("Awaitable[Any]", found)
        if found:
            return found
        assert time.monotonic() < end, f"{what} did not happen within {DEADLINE_S} s"
        await asyncio.sleep(0.01)


class House:
    """The center; `start`, `stop` and `restart` keep data and port."""

    def __init__(self, data: Path, **settings: Any) -> None:
        data.mkdir(parents=True, exist_ok=True)
        self.settings = Settings(data=data, **settings)
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.ws_url = f"ws://127.0.0.1:{self.port}/ws/chat"
        # Plain HTTP: to read whom to trust takes longer than all the rest.
        self.http = httpx.AsyncClient(base_url=self.url, timeout=20, verify=False)
        self.come_back_ms = 100
        self.pace = Pace(first_retry_s=0.1, longest_retry_s=0.5, poll_s=0.2, postponed_s=0.2)
        self.mailer: Any = None
        self.sink: Any = None
        self.seen: list[Signal] = []
        self.telephones = TelephoneNetwork(clock=WallClock())
        self.network: VoiceNetwork = self.telephones
        self._new = True

    async def start(self) -> None:
        lay_tables(self.settings.data)
        self.database = open_database(self.settings)
        self.clock = WallClock()
        journal = DatabaseJournal(self.database, SITE, EventCodec())
        self.engine = Engine(journal, self.clock)
        self.lines = Lines(self.engine)
        self.engine.subscribe(self.lines.receive)
        self.signals = InProcessSignals()
        self.signals.listen(self.seen.append)
        self.customers = Directory(self.database, SITE, self.clock)
        blobs = FolderBlobs(self.settings.data / "blobs", limit_bytes=50 * 1024 * 1024)
        self.webchat = WebChat(
            site=SITE,
            settings=self.settings,
            database=self.database,
            blobs=blobs,
            state=self.engine,
            signals=self.signals,
            clock=self.clock,
            names=TeamNames(),
            customers=self.customers,
            line=self.lines,
            mailer=self.mailer,
            come_back_ms=self.come_back_ms,
        )
        self.loopback = Loopback(
            site=SITE,
            inbox=InboxId("loop"),
            database=self.database,
            state=self.engine,
            clock=self.clock,
        )
        self.callbacks = Callbacks(
            site=SITE,
            settings=self.settings,
            database=self.database,
            state=self.engine,
            clock=self.clock,
            customers=self.customers,
        )
        self.blobs = blobs
        self.email = EmailChannel(
            site=SITE,
            settings=self.settings,
            database=self.database,
            blobs=blobs,
            state=self.engine,
            clock=self.clock,
            customers=self.customers,
            pace=self.pace,
            first_retry_ms=50,
        )
        self.voice = VoiceChannel(
            site=SITE,
            network=self.network,
            database=self.database,
            blobs=blobs,
            state=self.engine,
            clock=self.clock,
            signals=self.signals,
            customers=self.customers,
            numbers=self.callbacks.number,
        )
        await self.engine.start()
        self.lines.begin()
        if self._new:
            await self._furnish()
            self._new = False
        self.listening = [
            asyncio.create_task(channel.listen(self.engine.submit)) for channel in self.channels()
        ]
        await asyncio.sleep(0)
        self.reactions = Reactions(
            self.engine,
            DatabaseCursors(self.database, SITE),
            [
                ChannelReaction(self.webchat),
                ChannelReaction(self.loopback),
                ChannelReaction(self.email),
                ChannelReaction(self.callbacks),
                ChannelReaction(self.voice),
                ConversationReaction(self.database, SITE),
            ],
        )
        await self.reactions.start()
        app = FastAPI()
        problems.install(app)
        app.include_router(chat_door(self.webchat))
        app.include_router(chat_socket(self.webchat))
        app.include_router(callback_door(self.callbacks))
        app.include_router(page_door(self.callbacks))
        app.add_middleware(ChatCors, state=self.engine)
        self.app = app
        config = uvicorn.Config(app, log_level="error", lifespan="off", timeout_graceful_shutdown=1)
        self.server = uvicorn.Server(config)
        kept = socket.socket(fileno=socket.dup(self.socket.fileno()))
        self.serving = asyncio.create_task(self.server.serve(sockets=[kept]))
        await until("the server's start", lambda: self.server.started)

    def channels(self) -> tuple[WebChat, Loopback, EmailChannel, Callbacks, VoiceChannel]:
        return self.webchat, self.loopback, self.email, self.callbacks, self.voice

    async def reconcile(self) -> None:
        for channel in self.channels():
            await channel.reconcile(set(self.engine.center().interactions))

    async def stop(self) -> None:
        self.server.should_exit = True
        await self.serving
        for task in self.listening:
            task.cancel()
        await asyncio.gather(*self.listening, return_exceptions=True)
        await self.reactions.stop()
        await self.engine.stop()
        await self.database.close()

    async def restart(self) -> None:
        await self.stop()
        await self.start()

    async def close(self) -> None:
        await self.stop()
        await self.http.aclose()
        self.socket.close()

    # Anna, who answers

    async def give(self, command: c.Command, *rows: Any) -> tuple[Recorded, ...]:
        return (await self.engine.submit(command, *rows)).events

    async def comes(self, agent: AgentId = ANNA) -> None:
        await self.give(c.ConnectAgent(id=new(), by=SYSTEM, agent=agent))
        await self.give(
            c.SetPresence(id=new(), by=who(agent), agent=agent, presence=Presence.AVAILABLE)
        )

    async def takes(self, interaction: str, agent: AgentId = ANNA) -> None:
        def offered() -> Any:
            found = self.engine.center().interactions[InteractionId(interaction)].offer
            return found if found is not None and found.agent == agent else None

        offer = await until("the offer", offered)
        await self.give(
            c.Accept(
                id=new(), by=who(agent), interaction=InteractionId(interaction), offer=offer.id
            )
        )

    async def writes(
        self, interaction: str, text: str, agent: AgentId = ANNA, **more: Any
    ) -> MessageId:
        id_ = MessageId(str(uuid4()))
        talk = self.open(interaction)
        if talk is not None and talk.medium is Medium.EMAIL:
            more = {**await self._letter(interaction), **more}
        said = Said(
            id=id_,
            interaction=InteractionId(interaction),
            at=self.clock.now(),
            author=Author.AGENT,
            agent=agent,
            user=UserId(f"u-{agent}"),
            text=text,
            **more,
        )
        command = c.Send(
            id=CommandId(id_), by=who(agent), interaction=InteractionId(interaction), message=id_
        )
        await self.give(command, *writes.sent(SITE, said))
        return id_

    async def _letter(self, interaction: str) -> dict[str, Any]:
        """What makes an answer a mail: it goes to whom wrote last, and may be taken back."""
        async with self.database.read() as connection:
            last = await row(connection, queries.last_email(SITE, InteractionId(interaction)))
        assert last is not None
        theirs = last["author"] == Author.CUSTOMER.value
        email = last["email"]
        envelope = Envelope(
            sender=HELP,
            to=tuple([email["from"]] if theirs else email["to"]),
            subject=f"Re: {email['subject']}",
            in_reply_to=email["message_id"],
            references=(*email["references"], *filter(None, [email["message_id"]])),
        )
        undo_ms = self.settings.undo_send_ms
        return {
            "state": MessageState.QUEUED,
            "email": envelope,
            "send_after": self.clock.now() + undo_ms,
        }

    async def ends(self, interaction: str, agent: AgentId = ANNA, *, wrap: bool = True) -> None:
        id_ = InteractionId(interaction)
        await self.give(c.End(id=new(), by=who(agent), interaction=id_))
        if wrap:
            done = DispositionId("done")
            await self.give(c.WrapUp(id=new(), by=who(agent), interaction=id_, disposition=done))

    async def reads(self, interaction: str, message: str, agent: AgentId = ANNA) -> None:
        await self.give(
            c.MarkRead(
                id=new(),
                by=who(agent),
                interaction=InteractionId(interaction),
                message=MessageId(message),
                reader=Party.AGENT,
            )
        )

    # What is on record

    async def log(self, *kinds: type[e.Event]) -> list[Any]:
        found: list[Any] = []
        journal = DatabaseJournal(self.database, SITE, EventCodec())
        async for chunk in journal.read(after=0):
            found.extend(one.event for one in chunk if not kinds or isinstance(one.event, kinds))
        return found

    def open(self, interaction: str) -> Any:
        return self.engine.center().interactions.get(InteractionId(interaction))

    async def caught_up(self) -> None:
        async with asyncio.timeout(DEADLINE_S):
            await self.reactions.caught_up(self.engine.position())

    # Customers

    async def begin(self, **body: Any) -> tuple[str, str]:
        """A chat by HTTP: its interaction and token."""
        answer = await self.http.post("/api/v1/chat", json={"inbox": "chat", **body})
        assert answer.status_code == 201, answer.text
        return answer.json()["interaction"], answer.json()["token"]

    @asynccontextmanager
    async def tab(self, token: str, *, after: int = 0, **options: Any) -> AsyncGenerator["Page"]:
        url = f"{self.ws_url}?token={token}&after={after}"
        async with connect(url, compression=None, **options) as wire:
            yield Page(wire)

    async def _furnish(self) -> None:
        # Taken in this order, and on the disk at once.
        await asyncio.gather(*map(self.give, furniture()))
        await self.opens_mailbox(HELP)

    async def opens_mailbox(self, address: str, **more: Any) -> Mailbox:
        id_ = address.partition("@")[0]
        inbox = InboxId("letters")
        mailbox = Mailbox(id=id_, inbox=inbox, address=address, name="Larkfold", **more)
        return await self.email.mailboxes.keep(mailbox, lambda _: nothing())


class Page:
    """A customer's open page, at the level of frames."""

    def __init__(self, wire: ClientConnection) -> None:
        self.wire = wire
        self.frames: list[dict[str, Any]] = []

    async def send(self, **frame: Any) -> None:
        await self.wire.send(json.dumps(frame))

    async def next(self, type_: str | None = None, **facts: Any) -> dict[str, Any]:
        """The next frame of this type with these facts; the frames before it are kept aside."""
        async with asyncio.timeout(DEADLINE_S):
            while True:
                frame = json.loads(await self.wire.recv())
                self.frames.append(frame)
                fits = all(frame.get(name) == value for name, value in facts.items())
                if type_ in {None, frame["type"]} and fits:
                    return frame

    async def message(self, text: str) -> dict[str, Any]:
        while True:
            frame = await self.next("message")
            if frame["message"]["text"] == text:
                return frame["message"]

    async def closed(self) -> int:
        """The code with which the server closed."""
        async with asyncio.timeout(DEADLINE_S):
            with contextlib.suppress(ConnectionClosed):
                while True:
                    self.frames.append(json.loads(await self.wire.recv()))
        assert self.wire.close_code is not None
        return self.wire.close_code


def nothing() -> Write:
    """No audit here."""
    return Write(statement=text("SELECT 1"))


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def new() -> CommandId:
    return CommandId(str(uuid4()))


def who(agent: AgentId) -> Actor:
    return Actor(user=UserId(f"u-{agent}"), agent=agent, roles=frozenset({Role.AGENT}))


def furniture() -> list[c.Command]:
    """A calendar that opens in two days, queues, inboxes, and two agents."""
    later = (datetime.now(UTC) + timedelta(days=2)).date().isoformat()
    hours = {later: (Interval(opens=540, closes=1_020),)}
    ring = (Ring(language_level=0),)
    wrap = WrapUpRule(mode=WrapUpMode.REQUIRED, limit_ms=0, automatic=DispositionId("done"))
    slots = {
        Medium.CHAT: 20,
        Medium.MESSAGE: 20,
        Medium.EMAIL: 20,
        Medium.CALLBACK: 5,
        Medium.VOICE: 1,
    }
    queues = [
        Queue(id=QueueId("talks"), name="Talks", rings=ring, wrap_up=wrap),
        Queue(id=QueueId("orders"), name="Orders", rings=ring, wrap_up=wrap),
        Queue(id=QueueId("mail"), name="Mail", rings=ring, wrap_up=wrap),
        Queue(
            id=QueueId("night"),
            name="Night",
            rings=ring,
            wrap_up=wrap,
            calendar=CalendarId("later"),
            when_closed=WhenClosed.REFUSE,
        ),
    ]
    inboxes = [
        Inbox(id=InboxId("letters"), name="Mail", medium=Medium.EMAIL, queue=QueueId("mail")),
        Inbox(
            id=InboxId("chat"),
            name="Shop chat",
            medium=Medium.CHAT,
            queue=QueueId("talks"),
            by_reason={"orders": QueueId("orders"), "other": QueueId("talks")},
            reason_labels={"orders": {"en": "My order", "ru": "Мой заказ"}},
        ),
        Inbox(
            id=InboxId("own"),
            name="Own",
            medium=Medium.CHAT,
            queue=QueueId("talks"),
            origins=(SHOP,),
        ),
        Inbox(
            id=InboxId("late"),
            name="Late chat",
            medium=Medium.CHAT,
            queue=QueueId("night"),
            offline_inbox=InboxId("letters"),
        ),
        Inbox(id=InboxId("loop"), name="Loop", medium=Medium.MESSAGE, queue=QueueId("talks")),
        Inbox(
            id=InboxId("call-me"),
            name="Call me",
            medium=Medium.CALLBACK,
            queue=QueueId("talks"),
            by_reason={"orders": QueueId("orders")},
            origins=(SHOP,),
        ),
        Inbox(id=InboxId("calls"), name="Calls", medium=Medium.VOICE, queue=QueueId("talks")),
        Inbox(id=InboxId("night-calls"), name="N", medium=Medium.VOICE, queue=QueueId("night")),
        Inbox(id=InboxId("call-late"), name="Late", medium=Medium.CALLBACK, queue=QueueId("night")),
    ]
    return [
        c.DefineDisposition(
            id=new(), disposition=Disposition(id=DispositionId("done"), name="Done")
        ),
        c.DefineCalendar(
            id=new(), calendar=Calendar(id=CalendarId("later"), name="Later", exceptions=hours)
        ),
        *(c.DefineQueue(id=new(), queue=queue) for queue in queues),
        *(c.DefineInbox(id=new(), inbox=inbox) for inbox in inboxes),
        *(
            c.DefineAgent(
                id=new(), agent=Agent(id=AgentId(name), capacity=Capacity(slots=slots, total=50))
            )
            for name in ("anna", "boris")
        ),
        c.DefinePolicy(id=new(), policy=Policy(version=2)),
    ]


@asynccontextmanager
async def open_house(data: Path, **settings: Any) -> AsyncGenerator[House]:
    house = House(data, **settings)
    await house.start()
    try:
        yield house
    finally:
        await house.close()
