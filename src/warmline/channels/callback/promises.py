"""What becomes of promised callbacks: called, tried again, moved, cancelled, asked after."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from contextlib import suppress
from typing import Any, Protocol
from uuid import uuid4

import structlog
from sqlalchemy import Update

from warmline.channels.callback import plan_tables as tables
from warmline.channels.callback.letter import letter, short
from warmline.channels.callback.plan import (
    OPEN,
    TRIED,
    UNCALLED,
    WRONG,
    Plan,
    Span,
    Stage,
    check_window,
    plan_of,
    promised_by,
)
from warmline.core import commands as c
from warmline.core import events as e
from warmline.core import queueing
from warmline.core.callback import Callbacks as Rules
from warmline.core.settings import Queue
from warmline.core.words import (
    LIVE_MEDIA,
    SECOND,
    SYSTEM,
    CommandId,
    CustomerId,
    Instant,
    InteractionId,
    Malformed,
    Medium,
    Rejected,
    SiteId,
    Verification,
)
from warmline.customers.choice import PROVEN
from warmline.customers.directory import Directory
from warmline.customers.model import IdentifierKind
from warmline.ports import Answer, Busy, Clock, Recorded, State, Unavailable, Write
from warmline.storage.database import Database
from warmline.storage.journal import storage_errors
from warmline.storage.rows import rows

log = structlog.get_logger()

LOOK_EVERY_S = 30.0
CALLS_THEMSELVES = PROVEN | {Verification.CLAIMED}
"""How sure one is of a caller: the number that they call from will do."""


class Mailer(Protocol):
    """Where mails of ours go out; durable when this returns."""

    async def send(self, to: str, subject: str, text: str, html: str, language: str) -> None: ...


class Texter(Protocol):
    """Where text messages go out; `Rejected` when one is not taken."""

    async def send(self, to: str, text: str) -> None: ...


Ask = Callable[..., Awaitable[Answer]]
Begin = Callable[[Plan], Awaitable[None]]


class Promises:
    """The promised callbacks of one site."""

    def __init__(
        self,
        *,
        site: SiteId,
        database: Database,
        state: State,
        clock: Clock,
        customers: Directory,
        ask: Ask,
        begin: Begin,
        url: str,
    ) -> None:
        self._site = site
        self._database = database
        self._state = state
        self._clock = clock
        self._customers = customers
        self._ask = ask
        self._begin = begin
        self._url = url
        self._news = asyncio.Event()
        self.mailer: Mailer | None = None
        """Asks by mail whether a late one is still wanted."""
        self.texter: Texter | None = None
        """Asks by text message who has no address; without either nobody is asked."""

    # What the policy says

    def rules(self) -> Rules:
        """What the policy in force says of callbacks."""
        return self._state.center().policy.callbacks

    def queue_of(self, one: Plan) -> Queue | None:
        """The queue that it goes to now; None when its inbox is gone."""
        center = self._state.center()
        inbox = center.inboxes.get(one.inbox)
        if inbox is None:
            return None
        return center.queues.get(queueing.queue_for(inbox, one.reason, one.language))

    # Finding

    async def of_token(self, token: str) -> Plan | None:
        """The promise that a link is for."""
        found = await self._found(tables.of_token(self._site, token))
        return found[0] if found else None

    async def of(self, interaction: InteractionId) -> Plan | None:
        """The promise that an interaction is an attempt of."""
        found = await self._found(tables.OF_INTERACTION, interaction=interaction)
        return found[0] if found else None

    async def attempts(self, one: Plan) -> list[tuple[Instant, str]]:
        """When it was tried, and what came of each attempt."""
        with storage_errors():
            async with self._database.read() as connection:
                found = await rows(connection, tables.attempts_of(self._site, one.id))
        return [(row["at"], row["outcome"]) for row in found]

    async def _found(self, query: Any, **values: str) -> list[Plan]:
        given = {"of_site": self._site, **values} if values else None
        with storage_errors():
            async with self._database.read() as connection:
                return [plan_of(row) for row in await rows(connection, query, given)]

    # By the clock

    def wake(self) -> None:
        """Something was booked: look when it is due."""
        self._news.set()

    async def run(self) -> None:
        """Put what is due into the line, and ask who waits long, until cancelled."""
        while True:
            self._news.clear()
            try:
                await self.due()
                pause_s = await self._pause_s()
            except (Busy, Unavailable) as error:
                log.warning("callbacks_postponed", cause=type(error).__name__)
                pause_s = LOOK_EVERY_S
            with suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), pause_s)

    async def due(self) -> None:
        """Everything that is due by now."""
        now = self._clock.now()
        for one in await self._found(tables.due(self._site, now)):
            await self._into_the_line(one)
        after_ms = self.rules().ask_before_ms
        if after_ms and (self.mailer is not None or self.texter is not None):
            for one in await self._found(tables.old(self._site, now - after_ms)):
                await self._change(one, UNCALLED, still_asked_at=now)
                await self._ask_whether_still_wanted(one)

    async def _pause_s(self) -> float:
        with storage_errors():
            async with self._database.read() as connection:
                at = await connection.scalar(tables.next_due(self._site))
        if at is None:
            return LOOK_EVERY_S
        return min(max(at - self._clock.now(), 0) / SECOND, LOOK_EVERY_S)

    async def _into_the_line(self, one: Plan) -> None:
        try:
            await self._begin(one)
        except (Rejected, Malformed) as refused:
            if refused.code == "known_interaction":
                await self._change(one, (Stage.BOOKED,), stage=Stage.WAITING.value, words=None)
                return
            log.warning("callback_dropped", interaction=one.id, cause=refused.code)
            await self._over(one, (Stage.BOOKED,), Stage.DROPPED, self._clock.now())

    async def _ask_whether_still_wanted(self, one: Plan) -> None:
        """Once: by mail where an address is known, else by text message."""
        found: Sequence[str] = ()
        if self.mailer is not None and one.customer is not None:
            found = await self._customers.identifiers(one.customer, IdentifierKind.EMAIL)
        if found and self.mailer is not None:
            mail = letter(self.link(one), language=one.language)
            await self.mailer.send(found[0], mail.subject, mail.text, mail.html, mail.language)
        elif self.texter is not None:
            with suppress(Rejected):  # the gateway does not take it: it is called all the same
                await self.texter.send(one.number, short(self.link(one), language=one.language))

    def link(self, one: Plan) -> str:
        """The address of the customer's page."""
        return f"{self._url}/c/{one.token}"

    # What customers do

    async def cancel(self, one: Plan, stage: Stage = Stage.CANCELLED) -> None:
        """It is not wanted any more. Raises `Rejected` when an agent has it in hand."""
        change = self._changed(
            one, UNCALLED, stage=stage.value, words=None, closed_at=self._clock.now()
        )
        await self._out_of_the_line(one, change, cause=stage.value)

    async def move(self, one: Plan, span: Span) -> None:
        """Another window. Raises `Rejected` or `Malformed` when it cannot be that one."""
        queue = self.queue_of(one)
        if queue is None:
            raise Rejected("unknown_inbox", "There is no such inbox any more.")
        check_window(self._state.center(), queue, span, self._clock.now())
        change = self._changed(
            one,
            UNCALLED,
            stage=Stage.BOOKED.value,
            interaction=str(uuid4()),
            window_from=span.since,
            due_at=span.since,
            promised_by=span.until,
            still_asked_at=None,
        )
        await self._out_of_the_line(one, change, cause="moved")
        self.wake()

    async def _out_of_the_line(self, one: Plan, change: Update, *, cause: str) -> None:
        if one.stage is Stage.BOOKED:
            with storage_errors():
                async with self._database.write() as connection:
                    await connection.execute(change)
            return
        if one.stage is not Stage.WAITING:
            raise Rejected("wrong_phase", "The callback is on its way, or over.")
        command = c.End(
            id=CommandId(f"callback:{uuid4()}"),
            by=SYSTEM,
            interaction=one.interaction,
            cause=cause,
        )
        await self._ask(command, Write(statement=change))

    # What happens

    async def react(self, recorded: Recorded) -> None:
        """Follow what becomes of each attempt; the same event twice does no harm."""
        event = recorded.event
        match event:
            case e.Accepted():
                await self._accepted(event)
            case e.WrappedUp():
                await self._wrapped_up(event)
            case e.Abandoned():
                await self._left_the_line(event.interaction, Stage.CANCELLED, event.at)
            case e.Ended() if event.agent is None:
                await self._left_the_line(event.interaction, Stage.DROPPED, event.at)
            case e.Ended() if not event.wrapping:
                await self._came_of_it(event.interaction, None, event.at)
            case _:
                return

    async def _accepted(self, event: e.Accepted) -> None:
        found = self._state.center().interactions.get(event.interaction)
        if found is not None and found.medium in LIVE_MEDIA:
            sure = CALLS_THEMSELVES if found.medium is Medium.VOICE else PROVEN
            if found.customer is not None and found.verification in sure:
                await self._came(found.customer)
            return
        one = await self.of(event.interaction)
        if one is None:
            return
        first: dict[str, Any] = {}
        if one.called_at is None:
            first = {"called_at": event.at, "kept": event.at <= one.promised_by}
        await self._change(one, (Stage.WAITING,), stage=Stage.CALLING.value, **first)

    async def _came(self, customer: CustomerId) -> None:
        """The customer is spoken to: nobody has to call them any more."""
        for one in await self._found(tables.OF_PERSON, who=customer):
            with suppress(Rejected):  # an agent took it in this moment: let them call
                await self.cancel(one, Stage.CAME)

    async def _left_the_line(self, interaction: InteractionId, to: Stage, at: Instant) -> None:
        one = await self.of(interaction)
        if one is not None:
            await self._over(one, (Stage.WAITING,), to, at)

    async def _wrapped_up(self, event: e.WrappedUp) -> None:
        await self._came_of_it(event.interaction, event.disposition, event.at)

    async def _came_of_it(
        self, interaction: InteractionId, result: str | None, at: Instant
    ) -> None:
        """The attempt is over: reached, called again, or not reached for good."""
        one = await self.of(interaction)
        if one is None or one.stage not in OPEN:
            return
        outcome = TRIED.get(result or "")
        if outcome is None:
            stage = Stage.WRONG_NUMBER if result == WRONG else Stage.REACHED
            await self._tried(one, at, stage.value, stage=stage.value, closed_at=at)
            return
        queue, rules = self.queue_of(one), self.rules()
        if queue is None or one.attempts + 1 >= rules.attempts:
            stage = Stage.NOT_REACHED
            await self._tried(one, at, outcome, stage=stage.value, closed_at=at)
            return
        center = self._state.center()
        due = queueing.opens_at(center, queue, at + rules.again_ms) or at + rules.again_ms
        await self._tried(
            one,
            at,
            outcome,
            stage=Stage.BOOKED.value,
            interaction=str(uuid4()),
            due_at=due,
            promised_by=promised_by(center, queue, due, rules.within_ms),
        )
        self.wake()

    async def _tried(self, one: Plan, at: Instant, outcome: str, **values: Any) -> None:
        change = self._changed(
            one, (Stage.WAITING, Stage.CALLING), attempts=one.attempts + 1, **values
        )
        write = tables.tried(self._site, one, one.interaction, at, outcome)
        with storage_errors():
            async with self._database.write() as connection:
                if (await connection.execute(change)).rowcount:
                    await connection.execute(write.statement, list(write.rows or ()))

    # Rows

    async def _over(self, one: Plan, stages: Collection[Stage], to: Stage, at: Instant) -> None:
        await self._change(one, stages, stage=to.value, words=None, closed_at=at)

    def _changed(self, one: Plan, stages: Collection[Stage], **values: Any) -> Update:
        return tables.change(self._site, one.id, stages, **values)

    async def _change(self, one: Plan, stages: Collection[Stage], **values: Any) -> None:
        with storage_errors():
            async with self._database.write() as connection:
                await connection.execute(self._changed(one, stages, **values))
