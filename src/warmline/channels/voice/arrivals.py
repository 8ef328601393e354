"""A call comes in: which inbox it is for, who calls, and the interaction that begins with it."""

from contextlib import AsyncExitStack
from dataclasses import dataclass
from uuid import uuid4

from warmline.channels.stake import at_stake
from warmline.channels.voice import words as w
from warmline.channels.voice.around import Around
from warmline.channels.voice.calls import Call, Leg
from warmline.channels.voice.lines import Line, Lines
from warmline.channels.webchat.deeds import derived
from warmline.channels.webchat.identity import IdentityRefused, Vouched, vouched
from warmline.channels.webchat.reception import language_tag, person_name
from warmline.channels.webchat.tables import secret_of
from warmline.conversations import writes
from warmline.conversations.model import Opening
from warmline.core.commands import Arrive
from warmline.core.words import (
    CHANNEL,
    CommandId,
    InteractionId,
    Malformed,
    Medium,
    Verification,
)
from warmline.customers.directory import Directory
from warmline.customers.model import Claim, IdentifierKind, Resolved
from warmline.customers.newcomers import Arriving
from warmline.ports import Stakes, Submit
from warmline.storage.journal import storage_errors

NOBODY = Arriving(who=Resolved(customer=None, verification=Verification.UNKNOWN))


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """A call that came in."""

    call: Call
    line: Line
    language: str | None
    identity: str | None = None
    """A token in which the shop signs who calls, as for a chat."""


class Arrivals:
    """Takes the incoming calls of one network."""

    def __init__(
        self,
        around: Around,
        *,
        lines: Lines,
        customers: Directory,
        stakes: Stakes | None,
    ) -> None:
        self._site = around.site
        self._network = around.network.name
        self._database = around.database
        self._state = around.state
        self._clock = around.clock
        self._lines = lines
        self._customers = customers
        self._calls = around.calls
        self._stakes = stakes

    def interaction(self, leg: w.LegId) -> InteractionId:
        """The interaction that begins with an incoming leg."""
        return InteractionId(derived(self._site, "voice", self._network, leg))

    async def came(self, event: w.LegOffered) -> Came | None:
        """The call, not yet in the center; None when nobody is to be reached there."""
        line = await self._lines.of(event.called)
        inbox = self._state.center().inboxes.get(line.inbox)
        if inbox is None or inbox.medium is not Medium.VOICE:
            return None
        language = _language(event.facts.get("language")) or line.language
        leg = Leg(id=event.leg, role=w.Role.CUSTOMER, at=event.at)
        call = Call(
            interaction=self.interaction(event.leg),
            recorded=line.recorded,
            caller=event.caller,
            called=event.called,
            legs={leg.id: leg},
        )
        if line.greeting is not None:
            call.greeting = w.Sound(prompt=line.greeting, language=language or "en")
        identity = event.facts.get("identity")
        return Came(call=call, line=line, language=language, identity=identity)

    async def arrive(self, came: Came, submit: Submit, *, treated: bool) -> None:
        """It is an interaction from now on, with its first leg; `Rejected` as the queue says.

        A caller who was never here is made in the same transaction: each one costs a disk's turn.
        """
        async with AsyncExitStack() as asked:
            who = await self._who(came, asked)
            await self._arrive(came, who, submit, treated=treated)

    async def _arrive(self, came: Came, who: Arriving, submit: Submit, *, treated: bool) -> None:
        call, now, found = came.call, self._clock.now(), who.who
        language = came.language or found.language
        opening = Opening(
            interaction=call.interaction,
            medium=Medium.VOICE,
            inbox=came.line.inbox,
            at=now,
            customer=found.customer,
            verification=found.verification,
            segment=found.segment,
            language=language,
        )
        stake = await at_stake(self._stakes, found, medium=Medium.VOICE, inbox=came.line.inbox)
        command = Arrive(
            id=CommandId(f"arrive:{uuid4()}"),
            by=CHANNEL,
            interaction=call.interaction,
            inbox=came.line.inbox,
            customer=found.customer,
            verification=found.verification,
            segment=found.segment,
            language=language,
            stake=stake,
            treated=treated,
        )
        leg = next(iter(call.legs.values()))
        await submit(
            command,
            *who.writes,
            writes.opening(self._site, opening),
            self._calls.row(call, leg),
            *self._customers.undecided(call.interaction, found, source=self._network),
        )

    async def _who(self, came: Came, asked: AsyncExitStack) -> Arriving:
        """Who calls: a number can be shown by anybody, so it is claimed unless it is signed."""
        caller = came.call.caller
        signed = await self._vouched(came)
        claims: list[Claim] = []
        if caller.number is not None:
            proven = signed is not None and signed.phone == caller.number
            level = Verification.VERIFIED if proven else Verification.CLAIMED
            claims.append(_claim(IdentifierKind.PHONE, caller.number, level))
        if signed is not None:
            claims.append(_claim(IdentifierKind.LOGIN, signed.login, Verification.VERIFIED))
        if not claims:
            return NOBODY
        name = (signed.name if signed is not None else None) or caller.name
        arriving = self._customers.arriving(
            claims, source=self._network, name=person_name(name), language=came.language
        )
        try:
            with storage_errors():
                return await asked.enter_async_context(arriving)
        except Malformed:
            return NOBODY

    async def _vouched(self, came: Came) -> Vouched | None:
        """Whom the shop signs for; a call whose token is no good goes on without it."""
        if came.identity is None:
            return None
        with storage_errors():
            async with self._database.read() as connection:
                secret = await secret_of(connection, self._site, came.line.inbox)
        try:
            return vouched(came.identity, secret=secret, now=self._clock.now())
        except IdentityRefused:
            return None


def _claim(kind: IdentifierKind, value: str, level: Verification) -> Claim:
    return Claim(kind=kind, value=value, verification=level)


def _language(text: str | None) -> str | None:
    try:
        return language_tag(text)
    except Malformed:
        return None
