"""Callbacks as a channel: a request waits in its queue with its age until an agent calls."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Collection, Coroutine
from dataclasses import dataclass
from uuid import uuid4

from warmline.channels.callback import plan_tables, tables
from warmline.channels.callback.numbers import is_number, number_to_call, region_of
from warmline.channels.callback.plan import (
    Plan,
    Span,
    Stage,
    check_window,
    plan_of,
    promised_by,
)
from warmline.channels.callback.promises import Promises
from warmline.channels.preference import NONE, Preference, preference
from warmline.channels.stake import at_stake
from warmline.channels.webchat.deeds import arrived, client_id, derived
from warmline.channels.webchat.identity import Vouched, vouched
from warmline.channels.webchat.limits import Limits, Rate
from warmline.channels.webchat.reception import language_tag, person_name, reason_of
from warmline.channels.webchat.tables import secret_of
from warmline.config import Settings
from warmline.conversations import writes
from warmline.conversations.model import Author, Opening, Said
from warmline.core import events as e
from warmline.core import queueing
from warmline.core.commands import Arrive, Command
from warmline.core.settings import Inbox
from warmline.core.words import (
    CHANNEL,
    CommandId,
    InboxId,
    Instant,
    InteractionId,
    Medium,
    MessageId,
    Rejected,
    SiteId,
    Verification,
)
from warmline.customers.choice import PROVEN
from warmline.customers.directory import Directory
from warmline.customers.model import Claim, IdentifierKind, Resolved
from warmline.ports import Answer, Busy, Capabilities, Clock, Recorded, Stakes, State, Submit, Write
from warmline.storage.database import Database
from warmline.storage.journal import storage_errors
from warmline.storage.rows import rows

SOURCE = "callback"
NUMBERS_PER_MINUTE = 3
"""Requests for one number, from wherever: nobody is to be rung up by a joke."""
TOKEN_BYTES = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the customer asks; `id` makes a repetition recognisable."""

    inbox: InboxId
    number: str
    region: str | None = None
    id: str | None = None
    name: str | None = None
    reason: str | None = None
    text: str | None = None
    language: str | None = None
    identity: str | None = None
    window: Span | None = None
    """When they want to be called; None: as soon as possible."""
    since: Instant | None = None
    """Since when they have waited already: the place that they keep."""


class Callbacks:
    """The callback channel of one site."""

    name = "callback"
    capabilities = Capabilities(medium=Medium.CALLBACK, live=False, writes=False)

    def __init__(
        self,
        *,
        site: SiteId,
        settings: Settings,
        database: Database,
        state: State,
        clock: Clock,
        customers: Directory,
        stakes: Stakes | None = None,
    ) -> None:
        self.site = site
        self.database = database
        self.state = state
        self.limits = Limits(settings, clock)
        self._numbers = Rate("requests for this number", per_minute=NUMBERS_PER_MINUTE)
        self._region = settings.region
        self._clock = clock
        self._customers = customers
        self._stakes = stakes
        self._submit: Submit | None = None
        self.heard: Callable[[e.MessageReceived], Awaitable[None]] | None = None
        """Told what customers write, where callbacks are offered in chats."""
        self.beside: list[Callable[[], Coroutine[None, None, None]]] = []
        """What else runs while the channel listens."""
        self.promises = Promises(
            site=site,
            database=database,
            state=state,
            clock=clock,
            customers=customers,
            ask=self._ask,
            begin=self.begin,
            url=settings.url,
        )

    # The port

    async def listen(self, submit: Submit) -> None:
        """Take requests until cancelled; the door answers `Busy` before and after."""
        self._submit = submit
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self.promises.run())
                for run in self.beside:
                    group.create_task(run())
        finally:
            self._submit = None

    async def react(self, recorded: Recorded) -> None:
        """Follow what becomes of each attempt; it is the agent who calls."""
        await self.promises.react(recorded)
        if self.heard is not None and isinstance(recorded.event, e.MessageReceived):
            await self.heard(recorded.event)

    async def reconcile(self, open_interactions: Collection[InteractionId]) -> None:
        """Nobody is connected who could have gone: what waited waits on."""

    # What customers do

    def inbox(self, id_: InboxId) -> Inbox:
        """The callback inbox, else a refusal (`unknown_inbox`)."""
        found = self.state.center().inboxes.get(id_)
        if found is None or found.medium is not Medium.CALLBACK:
            raise Rejected("unknown_inbox", "there is no callback inbox of this name")
        return found

    async def ask(self, wish: Wish) -> InteractionId:
        """A request comes in, as `promise` says; returns its first interaction."""
        return (await self.promise(wish)).id

    async def promise(self, wish: Wish) -> Plan:
        """A request comes in; the same id again, or the same number while it waits, is one.

        It is called within the time of the policy, or in the window that was chosen.
        """
        inbox = self.inbox(wish.inbox)
        start_id = client_id(wish.id) if wish.id else str(uuid4())
        interaction = InteractionId(derived(self.site, "callback", inbox.id, start_id))
        number = number_to_call(wish.number, region=region_of(wish.region) or self._region)
        reason = reason_of(inbox, wish.reason)
        language = language_tag(wish.language)
        text = self.limits.text(wish.text) if wish.text and wish.text.strip() else None
        span = self._span(inbox, reason, language, wish.window)
        who = await self._vouched(inbox.id, wish.identity) if wish.identity else None
        before = await self._asked_before(interaction, number)
        if before is not None:
            return before
        now = self._clock.now()
        self._numbers.spend(number, now)
        found = await self._resolve(wish, number, language, who)
        booked = wish.window is not None and span.since > now
        plan = Plan(
            id=interaction,
            interaction=interaction,
            inbox=inbox.id,
            number=number,
            token=secrets.token_urlsafe(TOKEN_BYTES),
            stage=Stage.BOOKED if booked else Stage.WAITING,
            asked_at=now,
            promised_by=span.until,
            since=wish.since,
            window_from=span.since if wish.window is not None else None,
            due_at=span.since if booked else None,
            customer=found.customer,
            language=language,
            reason=reason,
            words=text if booked else None,
        )
        if booked:
            await self._book(plan, found)
        else:
            await self._arrives(plan, found, text, *plan_tables.made(self.site, plan))
        return plan

    async def begin(self, plan: Plan) -> None:
        """A booked one is due: it goes into the line."""
        claims = [_claim(IdentifierKind.PHONE, plan.number, Verification.CLAIMED)]
        with storage_errors():
            found = await self._customers.resolve(claims, source=SOURCE, language=plan.language)
        change = plan_tables.change(
            self.site, plan.id, (Stage.BOOKED,), stage=Stage.WAITING.value, words=None
        )
        await self._arrives(plan, found, plan.words, Write(statement=change))

    def now(self) -> Instant:
        """The time."""
        return self._clock.now()

    def _span(
        self, inbox: Inbox, reason: str | None, language: str | None, window: Span | None
    ) -> Span:
        """When the customer is to be called: as they chose, else as the policy promises."""
        center, now = self.state.center(), self._clock.now()
        queue = center.queue(queueing.queue_for(inbox, reason, language))
        if window is not None:
            check_window(center, queue, window, now)
            return window
        within_ms = center.policy.callbacks.within_ms
        return Span(since=now, until=promised_by(center, queue, now, within_ms))

    async def _book(self, plan: Plan, found: Resolved) -> None:
        """Keep it until its time comes."""
        travelling = (
            *tables.asked(self.site, plan.interaction, plan.number, plan.asked_at),
            *plan_tables.made(self.site, plan),
            *self._customers.undecided(plan.interaction, found, source=SOURCE),
        )
        with storage_errors():
            async with self.database.write() as connection:
                for write in travelling:
                    await connection.execute(write.statement, list(write.rows or ()) or None)
        self.promises.wake()

    async def _arrives(self, plan: Plan, found: Resolved, text: str | None, *also: Write) -> None:
        """Into the line, with the promise and what it is about."""
        interaction, now = plan.interaction, self._clock.now()
        preferred = await self._preferred(found)
        message = MessageId(derived(interaction, "first")) if text else None
        opening = Opening(
            interaction=interaction,
            medium=Medium.CALLBACK,
            inbox=plan.inbox,
            at=now,
            customer=found.customer,
            verification=found.verification,
            segment=found.segment,
            language=plan.language,
            reason=plan.reason,
        )
        command = Arrive(
            id=CommandId(f"arrive:{uuid4()}"),
            by=CHANNEL,
            interaction=interaction,
            inbox=plan.inbox,
            customer=found.customer,
            verification=found.verification,
            segment=found.segment,
            language=plan.language,
            reason=plan.reason,
            message=message,
            follows=plan.id if interaction != plan.id else None,
            preferred=preferred.agent,
            preferred_why=preferred.why,
            stake=await at_stake(
                self._stakes,
                found,
                medium=Medium.CALLBACK,
                inbox=plan.inbox,
                reason=plan.reason,
                text=text,
            ),
            promised_by=plan.promised_by,
            since=plan.since,
        )
        travelling = [
            writes.opening(self.site, opening),
            *(
                tables.asked(self.site, interaction, plan.number, now)
                if plan.stage is Stage.WAITING or interaction != plan.id
                else ()
            ),
            *self._customers.undecided(interaction, found, source=SOURCE),
            *also,
        ]
        if message is not None and text is not None:
            said = Said(
                id=message,
                interaction=interaction,
                at=now,
                author=Author.CUSTOMER,
                text=text,
            )
            travelling += writes.received(self.site, said)
        await arrived(self.state, self._ask, command, *travelling)

    async def number(self, interaction: InteractionId) -> str | None:
        """Whom to call; None when the number was let go."""
        with storage_errors():
            async with self.database.read() as connection:
                found = await rows(connection, tables.of(self.site, interaction))
        return found[0]["number"] if found else None

    # Inside

    async def _ask(self, command: Command, *travelling: Write) -> Answer:
        if self._submit is None:
            raise Busy(1)
        return await self._submit(command, *travelling)

    async def _asked_before(self, interaction: InteractionId, number: str) -> Plan | None:
        """The same request, or one for the same number that nobody has taken yet."""
        with storage_errors():
            async with self.database.read() as connection:
                own = await rows(connection, plan_tables.of_id(self.site, interaction))
                if own:
                    return plan_of(own[0])
                open_ones = await rows(connection, plan_tables.uncalled(self.site, number))
        waiting = self.state.center().interactions
        for one in map(plan_of, open_ones):
            live = waiting.get(one.interaction)
            if one.stage is Stage.BOOKED or (live is not None and live.agent is None):
                return one
        return None

    async def _vouched(self, inbox: InboxId, identity: str) -> Vouched:
        with storage_errors():
            async with self.database.read() as connection:
                secret = await secret_of(connection, self.site, inbox)
        return vouched(identity, secret=secret, now=self._clock.now())

    async def _resolve(
        self, wish: Wish, number: str, language: str | None, who: Vouched | None
    ) -> Resolved:
        """Who asks: what was signed is verified, the number that was typed only claimed."""
        theirs = who is not None and who.phone is not None and is_number(who.phone, number)
        level = Verification.VERIFIED if theirs else Verification.CLAIMED
        claims = [_claim(IdentifierKind.PHONE, number, level)]
        name = person_name(wish.name)
        if who is not None:
            claims.append(_claim(IdentifierKind.LOGIN, who.login, Verification.VERIFIED))
            if who.email:
                claims.append(_claim(IdentifierKind.EMAIL, who.email, Verification.VERIFIED))
            name = who.name or name
        with storage_errors():
            return await self._customers.resolve(
                claims, source=SOURCE, name=name, language=language
            )

    async def _preferred(self, found: Resolved) -> Preference:
        if found.customer is None or found.verification not in PROVEN:
            return NONE
        return preference(self.state.center(), owner=found.owner)


def _claim(kind: IdentifierKind, value: str, verification: Verification) -> Claim:
    return Claim(kind=kind, value=value, verification=verification)
