"""Web chat as a channel: events become frames for the customers' tabs, and tabs become presence."""

import asyncio
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from functools import partial
from typing import Protocol, cast
from uuid import uuid4

from warmline.channels.webchat import tables
from warmline.channels.webchat.chats import Chat, Chats
from warmline.channels.webchat.deeds import Deeds
from warmline.channels.webchat.errands import Errands
from warmline.channels.webchat.limits import PAGE_LIMIT, Limits, may_embed
from warmline.channels.webchat.reception import Reception
from warmline.channels.webchat.tabs import ChatKey, Frame, Tab, Tabs, Talk
from warmline.channels.webchat.transcript import Mailer
from warmline.channels.webchat.treatment import ChatTreatment
from warmline.channels.webchat.waiting import (
    AGAIN_EVERY_MS,
    TELL_EVERY_MS,
    WAITING,
    Line,
    Standing,
    standing,
)
from warmline.config import Settings
from warmline.conversations.model import MessageState, Names
from warmline.core import events as e
from warmline.core.commands import Command, ConfirmDelivery, Leave, Return
from warmline.core.interaction import TALKING
from warmline.core.words import (
    CHANNEL,
    SECOND,
    CommandId,
    InboxId,
    InteractionId,
    Medium,
    MessageId,
    Millis,
    Party,
    Phase,
    SiteId,
)
from warmline.customers.directory import Directory
from warmline.flows.runs import Runs
from warmline.ports import (
    Answer,
    Blobs,
    Busy,
    Capabilities,
    Clock,
    Recorded,
    Signal,
    Signals,
    Stakes,
    State,
    Submit,
    Write,
)
from warmline.storage.database import Database
from warmline.storage.journal import storage_errors

COME_BACK_MS: Millis = 15 * SECOND
"""How long after a restart customers' sockets may take to come back before they count as gone."""
VISITS_MS: Millis = SECOND
"""Which chats have had a socket is put on record this much later, many in one transaction."""
FAILED = MessageState.FAILED
MOVES = (
    e.Queued,
    e.Offered,
    e.OfferDeclined,
    e.OfferLapsed,
    e.OfferWithdrawn,
    e.Abandoned,
    e.Ended,
    e.Transferred,
    e.Overflowed,
)
"""What moves a line."""


class AfterTalk(Protocol):
    """Says where a customer is asked about a talk that has just ended."""

    async def page(self, interaction: InteractionId, *, secret: str) -> str | None:
        """The address of the page, opened by what only who has the secret can know; None: nowhere.

        It is waited for while it is not decided yet whether somebody is asked.
        """
        ...


class WebChat:
    """The web chat channel of one site."""

    name = "webchat"
    capabilities = Capabilities(
        medium=Medium.CHAT, live=True, typing=True, receipts=True, files=True, rating=True
    )

    def __init__(
        self,
        *,
        site: SiteId,
        settings: Settings,
        database: Database,
        blobs: Blobs,
        state: State,
        signals: Signals,
        clock: Clock,
        names: Names,
        customers: Directory,
        line: Line,
        mailer: Mailer | None = None,
        come_back_ms: Millis = COME_BACK_MS,
        stakes: Stakes | None = None,
    ) -> None:
        self.site = site
        self.settings = settings
        self.database = database
        self.blobs = blobs
        self.state = state
        self.signals = signals
        self.clock = clock
        self.mailer = mailer
        self.limits = Limits(settings, clock)
        self.chats = Chats(database, site, names)
        self.tabs = Tabs()
        self.deeds = Deeds(
            site=site,
            chats=self.chats,
            tabs=self.tabs,
            limits=self.limits,
            blobs=blobs,
            state=state,
            signals=signals,
            clock=clock,
            submit=self.submit,
        )
        self.reception = Reception(
            site=site,
            database=database,
            limits=self.limits,
            chats=self.chats,
            state=state,
            clock=clock,
            submit=self.submit,
            customers=customers,
            stakes=stakes,
        )
        self.surveys: AfterTalk | None = None
        """Who knows whether a customer is asked how it was; told once the rooms are there."""
        self._treatment: ChatTreatment | None = None
        self._come_back_ms = come_back_ms
        self._submit: Submit | None = None
        self._errands = Errands()
        self._line = line
        self._visits: set[InteractionId] = set()
        self._lines_changed = asyncio.Event()

    def treat(self, runs: Runs) -> None:
        """Take customers through flows before they wait; told once the rooms are there."""
        self._treatment = ChatTreatment(
            site=self.site,
            database=self.database,
            state=self.state,
            clock=self.clock,
            submit=self.submit,
            errands=self._errands,
            runs=runs,
        )
        self.reception.treats = self._treatment.stands_at

    # The port

    async def listen(self, submit: Submit) -> None:
        """Serve customers until cancelled; the doors answer `Busy` before and after."""
        self._submit = submit
        stop = self.signals.listen(self._heard)
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._errands.run())
                group.create_task(self._tell_places())
        finally:
            stop()
            self._submit = None

    async def react(self, recorded: Recorded) -> None:
        """Tell the customer's tabs what concerns them; without tabs nothing is to be done."""
        event = recorded.event
        if isinstance(event, MOVES):
            self._lines_changed.set()
        if not isinstance(event, e.InteractionEvent):
            return
        if self._treatment is not None:
            self._treatment.follow(event)
        talk = self.tabs.of(event.interaction)
        if talk is not None:
            await self._tell(talk, event)

    async def reconcile(self, open_interactions: Collection[InteractionId]) -> None:
        """After a restart no socket is open: customers who do not come back soon have left."""
        if self._treatment is not None:
            self._treatment.reconcile(open_interactions)
        center = self.state.center()
        present = [
            interaction.id
            for interaction in center.interactions.values()
            if interaction.id in open_interactions
            and interaction.medium is Medium.CHAT
            and interaction.customer_gone_since is None
        ]
        with storage_errors():
            async with self.database.read() as connection:
                visited = await tables.ever_visited(connection, self.site, present)
        for interaction in visited:
            self._errands.later(
                f"here:{interaction}", partial(self._agree, interaction), self._come_back_ms
            )

    async def submit(self, command: Command, *writes: Write) -> Answer:
        """Ask the center, when somebody listens."""
        if self._submit is None:
            raise Busy(1)
        return await self._submit(command, *writes)

    def new_id(self) -> str:
        """An id for a message whose sender gave none."""
        return str(uuid4())

    # Tabs

    def may_embed(self, inbox: InboxId, origin: str | None, *, host: str | None) -> bool:
        """Whether a page of this origin may use the inbox."""
        found = self.state.center().inboxes.get(inbox)
        return may_embed(origin, found.origins if found else (), host=host)

    def open_tab(self, chat: Chat) -> Tab:
        """A socket of the customer is there; `TooMany` when there are enough."""
        tab = self.tabs.open(chat.key, chat.interaction)
        self._agree_soon(chat.interaction)
        return tab

    def close_tab(self, tab: Tab) -> None:
        """A socket of the customer is gone."""
        talk = self.tabs.chat(tab.chat)
        self.tabs.close(tab)
        if talk is not None and not talk.tabs:
            self._agree_soon(talk.interaction)

    async def hello(self, key: ChatKey, *, after: int, limit: int = PAGE_LIMIT) -> Frame:
        """Where the chat stands, and what was said after a number."""
        chat = await self.deeds.chat(key)
        messages = await self.chats.messages(chat, after=after, limit=limit)
        now = self._standing(chat.interaction)
        agent = await self._agent(chat.interaction)
        return {
            "type": "hello",
            "now": self.clock.now(),
            "interaction": chat.interaction,
            **now.frame(agent),
            "messages": messages,
            "last_seq": messages[-1]["seq"] if messages else after,
            "more": len(messages) >= limit,
            "ended": now.phase is Phase.CLOSED,
            "rated": chat.rated,
        }

    def shown(self, frame: Frame) -> None:
        """A frame has reached a customer's device: messages of ours in it are delivered."""
        match frame:
            case {"type": "message", "message": message}:
                self.delivered([cast("Mapping[str, object]", message)])
            case {"type": "hello", "messages": messages}:
                self.delivered(cast("list[Mapping[str, object]]", messages))
            case _:
                return

    def delivered(self, messages: Iterable[Mapping[str, object]]) -> None:
        """These messages are on a customer's device now; ours among them are delivered."""
        for message in messages:
            ours = message["author"] in {Party.AGENT.value, Party.SYSTEM.value}
            if ours and message["state"] == MessageState.SENT.value:
                id_ = MessageId(str(message["id"]))
                self._errands.soon(f"delivered:{id_}", partial(self._confirm, id_))

    # Inside

    async def _confirm(self, message: MessageId) -> None:
        interaction = await self.chats.taken(message)
        if interaction is None:
            return
        command = ConfirmDelivery(
            id=CommandId(f"delivered:{message}"),
            by=CHANNEL,
            interaction=interaction,
            message=message,
        )
        await self.submit(command)

    def _agree_soon(self, interaction: InteractionId) -> None:
        self._errands.soon(f"here:{interaction}", partial(self._agree, interaction))

    async def _agree(self, interaction: InteractionId) -> None:
        """Bring the center's view of whether the customer is there to what the sockets say."""
        found = self.state.center().interactions.get(interaction)
        if found is None or found.phase not in WAITING | TALKING:
            return
        talk = self.tabs.of(interaction)
        here = talk is not None
        if talk is not None and talk.visited != interaction:
            talk.visited = interaction
            self._visit(interaction)
        id_ = CommandId(str(uuid4()))
        if here and found.customer_gone_since is not None:
            await self.submit(Return(id=id_, by=CHANNEL, interaction=interaction))
        elif not here and found.customer_gone_since is None:
            await self.submit(Leave(id=id_, by=CHANNEL, interaction=interaction))

    def _visit(self, interaction: InteractionId) -> None:
        if not self._visits:
            self._errands.later("visits", self._keep_visits, VISITS_MS)
        self._visits.add(interaction)

    async def _keep_visits(self) -> None:
        """Put on record, many at once, which chats have had a socket."""
        visits, now = list(self._visits), self.clock.now()
        with storage_errors():
            async with self.database.write() as connection:
                await tables.keep_visited(connection, self.site, visits, now)
        self._visits.difference_update(visits)
        if self._visits:
            self._errands.later("visits", self._keep_visits, VISITS_MS)

    def _heard(self, signal: Signal) -> None:
        """Somebody on our side is writing: show it to the customer."""
        if signal.name != "typing" or signal.facts.get("party") == Party.CUSTOMER.value:
            return
        talk = self.tabs.of(signal.interaction)
        if talk is not None and talk.interaction == signal.interaction:
            self.tabs.tell(talk, {"type": "typing", "on": bool(signal.facts.get("on"))})

    async def _tell(self, talk: Talk, event: e.InteractionEvent) -> None:
        match event:
            case e.MessageReceived() | e.MessageSent():
                await self._tell_message(talk, event.message)
            case e.MessageDelivered() | e.MessageFailed():
                state = MessageState.DELIVERED if isinstance(event, e.MessageDelivered) else FAILED
                self._tell_receipt(talk, event.message, state)
            case e.MessagesRead():
                self._tell_receipt(talk, event.message, MessageState.READ)
            case e.Rated():
                self.tabs.tell(talk, {"type": "rated", "score": event.score})
            case e.Arrived():
                self.tabs.goes_on(talk.chat, event.interaction)
                self._agree_soon(event.interaction)
            case _:
                await self._tell_change(talk, event)

    async def _tell_change(self, talk: Talk, event: e.InteractionEvent) -> None:
        if event.interaction != talk.interaction:
            return
        match event:
            case e.Ended():
                self.tabs.tell(talk, {"type": "ended", "by": event.by.value})
            case e.Abandoned():
                by = Party.CUSTOMER if event.cause == Party.CUSTOMER else Party.SYSTEM
                self.tabs.tell(talk, {"type": "ended", "by": by.value})
            case _:
                await self._tell_standing(talk)

    async def _tell_message(self, talk: Talk, id_: MessageId) -> None:
        chat = await self.chats.by_key(talk.chat)
        message = await self.chats.message(chat, id_) if chat else None
        if message is not None:
            self.tabs.tell(talk, {"type": "message", "message": message})

    def _tell_receipt(self, talk: Talk, message: MessageId, state: MessageState) -> None:
        self.tabs.tell(talk, {"type": "receipt", "message": message, "state": state.value})

    async def _tell_standing(self, talk: Talk) -> None:
        now = self._standing(talk.interaction)
        agent = await self._agent(talk.interaction)
        about = (talk.interaction, str(agent))
        before = talk.told[1] if talk.told is not None and talk.told[0] == about else None
        if now.is_news_after(before):
            talk.told = (about, now)
            frame = {"type": "state", "interaction": talk.interaction, **now.frame(agent)}
            self.tabs.tell(talk, frame)

    async def _tell_places(self) -> None:
        """Tell those who stand in line when it moves, and now and then; together, not too often."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(AGAIN_EVERY_MS / SECOND):
                    await self._lines_changed.wait()
            self._lines_changed.clear()
            interactions = self.state.center().interactions
            for talk in list(self.tabs):
                found = interactions.get(talk.interaction)
                if found is not None and found.phase in WAITING:
                    await self._tell_standing(talk)
            await asyncio.sleep(TELL_EVERY_MS / SECOND)

    def _standing(self, interaction: InteractionId) -> Standing:
        center = self.state.center()
        found = center.interactions.get(interaction)
        return standing(center, found, self._line, self.clock.now())

    async def _agent(self, interaction: InteractionId) -> Mapping[str, object] | None:
        found = self.state.center().interactions.get(interaction)
        if found is None or found.phase not in TALKING:
            return None
        return {"name": await self.chats.agent_name(found.agent)}
