"""A channel inside the process: customers say things by calling, and hear from a queue.

It is what a channel is and nothing else: the smallest example to begin a new one from.
"""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass, field
from uuid import uuid4

from warmline.conversations import queries, writes
from warmline.conversations.model import Author, Opening, Said
from warmline.core import events as e
from warmline.core.commands import (
    Arrive,
    Command,
    ConfirmDelivery,
    HangUp,
    Leave,
    Rate,
    Receive,
    Return,
)
from warmline.core.words import (
    CHANNEL,
    CommandId,
    InboxId,
    InteractionId,
    Malformed,
    Medium,
    MessageId,
    Rejected,
    SiteId,
)
from warmline.ports import (
    Answer,
    Busy,
    Capabilities,
    Clock,
    Recorded,
    State,
    Submit,
    Write,
)
from warmline.storage.database import Database
from warmline.storage.rows import row as row_of
from warmline.storage.rows import rows as rows_of

HEARD_LIMIT = 1_000
"""Messages that may wait to be heard by one customer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What reached the customer: a message, or the end (`message` and `text` are then None)."""

    message: MessageId | None = None
    text: str | None = None


@dataclass(slots=True, kw_only=True)
class Customer:
    """One customer of the loopback; keeps what was heard when the channel starts again."""

    interaction: InteractionId
    heard: asyncio.Queue[Heard] = field(
        default_factory=lambda: asyncio.Queue[Heard](maxsize=HEARD_LIMIT)
    )
    seen: set[MessageId] = field(default_factory=set[MessageId])
    ended: bool = False


class Loopback:
    """The loopback of one inbox (of medium `message`) of one site."""

    name = "loopback"
    capabilities = Capabilities(medium=Medium.MESSAGE, live=True, receipts=True, rating=True)

    def __init__(
        self, *, site: SiteId, inbox: InboxId, database: Database, state: State, clock: Clock
    ) -> None:
        self._site = site
        self._inbox = inbox
        self._database = database
        self._state = state
        self._clock = clock
        self._submit: Submit | None = None
        self._customers: dict[InteractionId, Customer] = {}

    # The port

    async def listen(self, submit: Submit) -> None:
        """Let customers speak until cancelled."""
        self._submit = submit
        try:
            await asyncio.Event().wait()
        finally:
            self._submit = None

    async def react(self, recorded: Recorded) -> None:
        """Let the customer hear our messages and the end."""
        event = recorded.event
        if not isinstance(event, e.InteractionEvent):
            return
        customer = self._customers.get(event.interaction)
        if customer is None:
            return
        match event:
            case e.MessageSent():
                await self._deliver(customer, event.message)
            case e.Ended() | e.Abandoned():
                _end(customer)
            case _:
                return

    async def reconcile(self, open_interactions: Collection[InteractionId]) -> None:
        """Who has not come back by now has left; what ended meanwhile has ended for them too."""
        center = self._state.center()
        mine = [
            interaction.id
            for interaction in center.interactions.values()
            if interaction.inbox == self._inbox and interaction.customer_gone_since is None
        ]
        for interaction in mine:
            if interaction in open_interactions and interaction not in self._customers:
                await self._ask(Leave(id=_new(), by=CHANNEL, interaction=interaction))
        for customer in list(self._customers.values()):
            if customer.interaction not in open_interactions:
                _end(customer)
            await self._catch_up(customer)

    # What customers do

    async def arrive(
        self,
        text: str | None = None,
        *,
        id_: str | None = None,
        language: str | None = None,
        reason: str | None = None,
    ) -> Customer:
        """A customer comes; the same id again is the same customer."""
        interaction = InteractionId(id_ or str(uuid4()))
        now = self._clock.now()
        message = MessageId(f"{interaction}-1") if text else None
        opening = Opening(
            interaction=interaction,
            medium=Medium.MESSAGE,
            inbox=self._inbox,
            at=now,
            language=language,
            reason=reason,
        )
        rows = [writes.opening(self._site, opening)]
        if message is not None and text is not None:
            rows += writes.received(self._site, self._said(interaction, message, text))
        customer = self._customers.setdefault(interaction, Customer(interaction=interaction))
        command = Arrive(
            id=CommandId(f"arrive:{interaction}"),
            by=CHANNEL,
            interaction=interaction,
            inbox=self._inbox,
            language=language,
            reason=reason,
            message=message,
        )
        try:
            await self._ask(command, *rows)
        except (Rejected, Malformed, Busy):
            del self._customers[interaction]
            raise
        return customer

    async def say(self, customer: Customer, text: str, *, id_: str | None = None) -> MessageId:
        """The customer says one more thing; the same id again is the same message."""
        message = MessageId(id_ or str(uuid4()))
        command = Receive(
            id=CommandId(message),
            by=CHANNEL,
            interaction=customer.interaction,
            message=message,
        )
        said = self._said(customer.interaction, message, text)
        await self._ask(command, *writes.received(self._site, said))
        return message

    async def end(self, customer: Customer) -> None:
        """The customer ends it."""
        id_ = CommandId(f"end:{customer.interaction}")
        await self._ask(HangUp(id=id_, by=CHANNEL, interaction=customer.interaction))

    async def rate(self, customer: Customer, score: int) -> None:
        """The customer judges the conversation, 1 to 5."""
        id_ = CommandId(f"rate:{customer.interaction}")
        command = Rate(id=id_, by=CHANNEL, interaction=customer.interaction, score=score)
        await self._ask(command)

    async def leave(self, customer: Customer) -> None:
        """The customer goes out of reach, and may come back."""
        self._customers.pop(customer.interaction, None)
        await self._ask(Leave(id=_new(), by=CHANNEL, interaction=customer.interaction))

    async def come_back(self, customer: Customer) -> None:
        """The customer is in reach again and hears what was said meanwhile."""
        self._customers[customer.interaction] = customer
        found = self._state.center().interactions.get(customer.interaction)
        if found is None:
            _end(customer)
        elif found.customer_gone_since is not None:
            await self._ask(Return(id=_new(), by=CHANNEL, interaction=customer.interaction))
        await self._catch_up(customer)

    # Inside

    async def _ask(self, command: Command, *rows: Write) -> Answer:
        if self._submit is None:
            raise Busy(1)
        return await self._submit(command, *rows)

    def _said(self, interaction: InteractionId, message: MessageId, text: str) -> Said:
        return Said(
            id=message,
            interaction=interaction,
            at=self._clock.now(),
            author=Author.CUSTOMER,
            text=text,
        )

    async def _deliver(self, customer: Customer, message: MessageId) -> None:
        async with self._database.read() as connection:
            row = await row_of(connection, queries.message_by_id(self._site, message))
        assert row is not None, "a message was sent without its words"
        if message not in customer.seen:
            customer.seen.add(message)
            customer.heard.put_nowait(Heard(message=message, text=row["text"]))
        await self._ask(
            ConfirmDelivery(
                id=CommandId(f"delivered:{message}"),
                by=CHANNEL,
                interaction=customer.interaction,
                message=message,
            )
        )

    async def _catch_up(self, customer: Customer) -> None:
        query = queries.messages_after(self._site, customer.interaction, notes=False)
        async with self._database.read() as connection:
            rows = await rows_of(connection, query)
        for row in rows:
            if row["author"] != Author.CUSTOMER.value and row["id"] not in customer.seen:
                await self._deliver(customer, MessageId(row["id"]))


def _end(customer: Customer) -> None:
    if not customer.ended:
        customer.ended = True
        customer.heard.put_nowait(Heard())


def _new() -> CommandId:
    return CommandId(str(uuid4()))
