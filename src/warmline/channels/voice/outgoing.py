"""Calls that agents begin: whom, from which number of ours, and whether we may."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import uuid4

from warmline.channels.callback.numbers import number_to_call, region_of
from warmline.channels.voice import numbers
from warmline.channels.voice import words as w
from warmline.channels.voice.channel import VoiceChannel
from warmline.channels.voice.out import customer_leg
from warmline.channels.webchat.deeds import client_id, derived
from warmline.channels.webchat.limits import Rate
from warmline.conversations import writes
from warmline.conversations.model import Opening
from warmline.core.commands import Begin
from warmline.core.settings import Inbox
from warmline.core.words import (
    Actor,
    AgentId,
    CommandId,
    CustomerId,
    InboxId,
    InteractionId,
    Malformed,
    Medium,
    QueueId,
    Rejected,
    SiteId,
    Verification,
)
from warmline.customers.directory import Directory
from warmline.customers.model import Claim, IdentifierKind, Resolved
from warmline.ports import Clock, State, Submit, Write
from warmline.storage.journal import storage_errors

SOURCE = "call"
CALLS_PER_MINUTE = 12
"""By one agent."""
NUMBERS_PER_MINUTE = 3
"""To one number, by whomever."""


class Consent(Protocol):
    """The one rule on whether a person may be contacted."""

    async def must_allow(self, customer: CustomerId, *, warned: bool) -> Sequence[Write]:
        """Refuse (`may_not_call`); what passes with time, only where nobody was `warned` of it.

        Gives what remembers that we contact them now.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class CallWish:
    """Whom an agent wants to call: a known customer, by their number or another one."""

    queue: QueueId
    id: str | None = None
    customer: CustomerId | None = None
    number: str | None = None
    region: str | None = None
    warned: bool = False
    """The agent knows that it is a bad moment, and calls all the same."""
    follows: InteractionId | None = None


class Outgoing:
    """Begins calls over the first network that dials numbers."""

    def __init__(
        self,
        *,
        site: SiteId,
        voices: Sequence[VoiceChannel],
        state: State,
        clock: Clock,
        customers: Directory,
        consent: Consent,
        submit: Submit,
        region: str | None,
    ) -> None:
        self._site = site
        self._voices = voices
        self._state = state
        self._clock = clock
        self._customers = customers
        self._consent = consent
        self._submit = submit
        self._region = region
        self._agents = Rate("calls", per_minute=CALLS_PER_MINUTE)
        self._numbers = Rate("calls to this number", per_minute=NUMBERS_PER_MINUTE)

    def can(self) -> bool:
        """Whether any network is there that dials numbers."""
        return any(w.Ability.NUMBERS in one.network.abilities for one in self._voices)

    async def call(self, wish: CallWish, by: Actor) -> InteractionId:
        """Begin a call: the agent's own phone rings first. The same id again is the same call."""
        voice = self._voice()
        if by.agent is None:
            raise Rejected("no_phone", "You have no phone of your own.")
        interaction = self._interaction(wish, by.agent)
        if interaction in self._state.center().interactions:
            return interaction
        inbox = self._inbox(wish.queue)
        found = await self._whom(wish)
        number = await self._number(wish, found)
        self._agents.spend(by.agent, self._clock.now())
        self._numbers.spend(number, self._clock.now())
        made: Sequence[Write] = ()
        if found.customer is not None:
            made = await self._consent.must_allow(found.customer, warned=wish.warned)
        at = self._clock.now()
        values = {
            "interaction": interaction,
            "network": voice.network.name,
            "number": number,
            "shown": await voice.outward.shown(wish.queue),
        }
        leg = customer_leg(interaction)
        await self._submit(
            Begin(
                id=CommandId(f"begin:{interaction}"),
                by=by,
                interaction=interaction,
                inbox=inbox.id,
                queue=wish.queue,
                customer=found.customer,
                verification=found.verification,
                segment=found.segment,
                language=found.language,
                follows=wish.follows,
            ),
            writes.opening(self._site, self._opening(interaction, inbox.id, found, wish)),
            numbers.called(self._site, leg, values, role=w.Role.CUSTOMER, at=at),
            *self._customers.undecided(interaction, found, source=SOURCE),
            *made,
        )
        return interaction

    # Inside

    def _voice(self) -> VoiceChannel:
        able = [one for one in self._voices if w.Ability.NUMBERS in one.network.abilities]
        if not able:
            raise Rejected("no_numbers", "No network here calls numbers.")
        there = [one for one in able if one.up]
        if not there:
            raise Rejected("no_network", "The telephone network does not answer just now.")
        return there[0]

    def _interaction(self, wish: CallWish, agent: AgentId) -> InteractionId:
        id_ = client_id(wish.id) if wish.id else str(uuid4())
        return InteractionId(derived(self._site, "call", agent, id_))

    def _inbox(self, queue: QueueId) -> Inbox:
        """Calls stand under the inbox for calls that leads to their queue, else under the first."""
        center = self._state.center()
        center.queue(queue)
        voice = sorted(
            (one for one in center.inboxes.values() if one.medium is Medium.VOICE),
            key=lambda one: (one.queue != queue, one.id),
        )
        if not voice:
            raise Rejected("unknown_inbox", "There is no inbox for calls.")
        return voice[0]

    async def _whom(self, wish: CallWish) -> Resolved:
        """Who it is; a number alone is taken for whom it is known to belong to."""
        if wish.customer is not None:
            known = await self._customers.treatment(wish.customer, Verification.MATCHED)
            if known is None:
                raise Rejected("unknown_customer", "There is no such customer.")
            return known
        number = self._checked(wish)
        claim = Claim(kind=IdentifierKind.PHONE, value=number, verification=Verification.CLAIMED)
        with storage_errors():
            return await self._customers.resolve([claim], source=SOURCE, name=None, language=None)

    async def _number(self, wish: CallWish, found: Resolved) -> str:
        if wish.number is not None:
            return self._checked(wish)
        assert found.customer is not None, "a wish names a customer or a number"
        known = await self._customers.identifiers(found.customer, IdentifierKind.PHONE)
        if not known:
            raise Rejected("no_phone_known", "No telephone number of this customer is known.")
        return number_to_call(known[0], region=self._region)

    def _checked(self, wish: CallWish) -> str:
        if wish.number is None:
            raise Malformed("number", "name a customer or a number", "missing")
        return number_to_call(wish.number, region=region_of(wish.region) or self._region)

    def _opening(
        self, interaction: InteractionId, inbox: InboxId, found: Resolved, wish: CallWish
    ) -> Opening:
        return Opening(
            interaction=interaction,
            medium=Medium.VOICE,
            inbox=inbox,
            at=self._clock.now(),
            customer=found.customer,
            verification=found.verification,
            segment=found.segment,
            language=found.language,
            follows=wish.follows,
        )
