"""The fold of events into facts: of each interaction, each visit, each agent's time."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from warmline.core import events as e
from warmline.core.settings import Rule
from warmline.core.words import (
    AgentId,
    CustomerId,
    InboxId,
    Instant,
    InteractionId,
    Medium,
    MessageId,
    OfferId,
    Party,
    Presence,
    QueueId,
    ReasonId,
    SegmentId,
    TrialId,
    Verification,
)
from warmline.insight.tables import BEGUN

VERSION = 2
"""What the facts are made of; facts of an older version are made anew from the log."""
KNOWN = frozenset({Verification.MATCHED, Verification.VERIFIED})
"""How sure it must be who a customer is, for them to count as identified."""
WRITTEN = frozenset({Medium.EMAIL, Medium.MESSAGE})
"""Answered by the first reply; every other medium is answered when an agent takes it."""


@dataclass(slots=True, kw_only=True)
class Contact:
    """One interaction as a fact."""

    interaction: InteractionId
    medium: Medium
    inbox: InboxId
    arrived_at: Instant
    customer: CustomerId | None = None
    verification: Verification = Verification.UNKNOWN
    segment: SegmentId | None = None
    language: str | None = None
    reason: str | None = None
    agent: AgentId | None = None
    closed_at: Instant | None = None
    visits: int = 0
    trial: TrialId | None = None
    arm: str | None = None
    policy: int | None = None
    """The version that decided last."""
    promised_by: Instant | None = None
    """Until when a callback was promised."""


@dataclass(slots=True, kw_only=True)
class Visit:
    """One stay in a queue, and with the agent who took it there."""

    interaction: InteractionId
    visit: int
    queue: QueueId
    medium: Medium
    cause: str
    since: Instant
    queued_at: Instant
    due_at: Instant
    agent: AgentId | None = None
    accepted_at: Instant | None = None
    identified: bool | None = None
    """Whether it was known who the customer is before the agent took it; None: nobody has."""
    answered_at: Instant | None = None
    answered_by: MessageId | None = None
    abandoned_at: Instant | None = None
    ended_at: Instant | None = None
    left_at: Instant | None = None
    left_cause: str | None = None
    held_since: Instant | None = None
    hold_ms: int = 0
    disposition: str | None = None
    automatic: bool = False
    rating: int | None = None
    rated_at: Instant | None = None
    promised_by: Instant | None = None

    def leave(self, at: Instant, cause: str) -> None:
        """The stay is over."""
        self.resume(at)
        self.left_at = at
        self.left_cause = cause

    def resume(self, at: Instant) -> None:
        """A hold, if there is one, is over."""
        if self.held_since is not None:
            self.hold_ms += at - self.held_since
            self.held_since = None


@dataclass(slots=True, kw_only=True)
class Span:
    """A stretch of an agent's time; `in_hand` is exact for the present one."""

    agent: AgentId
    number: int
    started_at: Instant
    presence: Presence = Presence.OFFLINE
    reason: ReasonId | None = None
    in_hand: int = 0
    ended_at: Instant | None = None


@dataclass(slots=True, kw_only=True)
class DecisionRow:
    """Why an agent was asked."""

    interaction: InteractionId
    offer: OfferId
    at: Instant
    agent: AgentId
    parts: dict[str, object]
    outcome: str | None = None
    outcome_at: Instant | None = None


@dataclass(slots=True)
class Facts:
    """The facts that some events touch: loaded before, changed by `add`, stored after."""

    contacts: dict[InteractionId, Contact] = field(default_factory=dict[InteractionId, Contact])
    visits: dict[InteractionId, list[Visit]] = field(
        default_factory=dict[InteractionId, list[Visit]]
    )
    spans: dict[AgentId, list[Span]] = field(default_factory=dict[AgentId, list[Span]])
    decisions: dict[OfferId, DecisionRow] = field(default_factory=dict[OfferId, DecisionRow])
    outcomes: dict[OfferId, tuple[InteractionId, str, Instant]] = field(
        default_factory=dict[OfferId, tuple[InteractionId, str, Instant]]
    )

    def add(self, event: e.Event) -> None:
        """Take one event in; those that no number speaks of change nothing."""
        match event:
            case e.PresenceChanged():
                self._agent_changed(event)
            case e.Offered():
                self._offered(event)
            case e.Arrived():
                self.contacts[event.interaction] = Contact(
                    interaction=event.interaction,
                    medium=event.medium,
                    inbox=event.inbox,
                    arrived_at=event.at,
                    customer=event.customer,
                    verification=event.verification,
                    segment=event.segment,
                    language=event.language,
                    reason=event.reason,
                    trial=event.trial,
                    arm=event.arm,
                    promised_by=event.promised_by,
                )
            case e.Begun():
                self._begun(event)
            case e.InteractionEvent():
                contact = self.contacts.get(event.interaction)
                assert contact is not None, "something happened before it arrived"
                self._offer_outcome(event)
                self._in_line(contact, event)
                self._in_talk(contact, event)
                self._after(contact, event)
            case _:
                return

    def _begun(self, event: e.Begun) -> None:
        """Work of an agent like any other, in which nobody waited and nobody was answered."""
        self.contacts[event.interaction] = Contact(
            interaction=event.interaction,
            medium=event.medium,
            inbox=event.inbox,
            arrived_at=event.at,
            customer=event.customer,
            verification=event.verification,
            segment=event.segment,
            language=event.language,
            reason=event.reason,
            agent=event.agent,
            visits=1,
        )
        stay = Visit(
            interaction=event.interaction,
            visit=1,
            queue=event.queue,
            medium=event.medium,
            cause=BEGUN,
            since=event.at,
            queued_at=event.at,
            due_at=event.at,
            agent=event.agent,
            accepted_at=event.at,
            identified=event.verification in KNOWN,
        )
        self.visits[event.interaction] = [stay]
        self._in_hand(event.agent, event.at, +1)

    def last(self, contact: Contact) -> Visit | None:
        """The newest visit, None before the first."""
        visits = self.visits.get(contact.interaction)
        return visits[-1] if visits else None

    def _in_line(self, contact: Contact, event: e.InteractionEvent) -> None:
        visit = self.last(contact)
        match event:
            case e.Identified():
                contact.customer = event.customer
                contact.verification = event.verification
                contact.segment = event.segment or contact.segment
            case e.Queued():
                self._queued(contact, event)
            case e.Overflowed() if visit is not None:
                visit.leave(event.at, "overflow")
            case e.Abandoned():
                contact.closed_at = event.at
                if visit is not None:
                    visit.abandoned_at = event.at
                    visit.leave(event.at, event.cause)
            case e.Accepted() if visit is not None:
                visit.agent = event.agent
                visit.accepted_at = event.at
                visit.identified = contact.verification in KNOWN
                if contact.medium not in WRITTEN:
                    visit.answered_at = event.at
                contact.agent = event.agent
                self._in_hand(event.agent, event.at, +1)
            case _:
                return

    def _queued(self, contact: Contact, event: e.Queued) -> None:
        visits = self.visits.setdefault(contact.interaction, [])
        answered = any(one.answered_at is not None for one in visits)
        if visits and visits[-1].left_at is None:
            visits[-1].leave(event.at, event.cause)
        contact.visits += 1
        visits.append(
            Visit(
                interaction=contact.interaction,
                visit=contact.visits,
                queue=event.queue,
                medium=contact.medium,
                cause=event.cause,
                since=event.at if answered else contact.arrived_at,
                queued_at=event.at,
                due_at=event.due_at,
                promised_by=None if answered else contact.promised_by,
            )
        )

    def _in_talk(self, contact: Contact, event: e.InteractionEvent) -> None:
        visit = self.last(contact)
        if visit is None:
            return
        match event:
            case e.MessageSent() if event.author is Party.AGENT:
                if visit.answered_at is None and contact.medium in WRITTEN:
                    visit.answered_at = event.at
                    visit.answered_by = event.message
            case e.MessageUnsent() if event.message == visit.answered_by:
                visit.answered_at = None
                visit.answered_by = None
            case e.Held():
                visit.held_since = event.at
            case e.Resumed():
                visit.resume(event.at)
            case e.Transferred():
                visit.leave(event.at, "transfer")
                self._release(contact, event.at)
            case e.Returned():
                visit.leave(event.at, "returned")
                self._release(contact, event.at)
            case _:
                return

    def _after(self, contact: Contact, event: e.InteractionEvent) -> None:
        visit = self.last(contact)
        match event:
            case e.Ended():
                if visit is not None:
                    visit.resume(event.at)
                    visit.ended_at = event.at
                    answered = visit.answered_at is not None or visit.cause == BEGUN
                    if event.agent is not None and not answered:
                        visit.answered_at = event.at
                    if not event.wrapping:
                        visit.leave(event.at, "ended" if event.agent is None else "closed")
                if not event.wrapping:  # nothing is left to do: no `WrappedUp` will follow
                    contact.closed_at = event.at
                    self._release(contact, event.at)
            case e.WrappedUp():
                contact.closed_at = event.at
                if visit is not None:
                    visit.disposition = event.disposition
                    visit.automatic = event.automatic
                    visit.leave(event.at, "closed")
                self._release(contact, event.at)
            case e.Rated() if visit is not None:
                visit.rating = event.score
                visit.rated_at = event.at
            case _:
                return

    def _offered(self, event: e.Offered) -> None:
        contact = self.contacts.get(event.interaction)
        if contact is not None:
            contact.policy = event.decision.policy
        self.decisions[event.offer] = DecisionRow(
            interaction=event.interaction,
            offer=event.offer,
            at=event.at,
            agent=event.agent,
            parts=parts(event.decision),
        )

    def _offer_outcome(self, event: e.InteractionEvent) -> None:
        match event:
            case e.Accepted():
                outcome = "accepted"
            case e.OfferDeclined():
                outcome = "declined"
            case e.OfferLapsed():
                outcome = "lapsed"
            case e.OfferWithdrawn():
                outcome = "withdrawn"
            case _:
                return
        known = self.decisions.get(event.offer)
        if known is not None:
            known.outcome, known.outcome_at = outcome, event.at
        else:
            self.outcomes[event.offer] = (event.interaction, outcome, event.at)

    def _agent_changed(self, event: e.PresenceChanged) -> None:
        span = self._span(event.agent, event.at)
        if (span.presence, span.reason) == (event.presence, event.reason):
            return
        following = self._next(span, event.at)
        following.presence, following.reason = event.presence, event.reason

    def _in_hand(self, agent: AgentId, at: Instant, change: int) -> None:
        span = self._span(agent, at)
        if (span.in_hand == 0) != (span.in_hand + change == 0):
            span = self._next(span, at)
        span.in_hand += change

    def _release(self, contact: Contact, at: Instant) -> None:
        if contact.agent is not None:
            self._in_hand(contact.agent, at, -1)
            contact.agent = None

    def _span(self, agent: AgentId, at: Instant) -> Span:
        spans = self.spans.setdefault(agent, [])
        if not spans:
            spans.append(Span(agent=agent, number=1, started_at=at))
        return spans[-1]

    def _next(self, span: Span, at: Instant) -> Span:
        if span.started_at == at:
            return span
        span.ended_at = at
        following = Span(
            agent=span.agent,
            number=span.number + 1,
            started_at=at,
            presence=span.presence,
            reason=span.reason,
            in_hand=span.in_hand,
        )
        self.spans[span.agent].append(following)
        return following


def parts(decision: e.Decision) -> dict[str, object]:
    """A decision as plain parts; times in milliseconds, the least score won."""
    return {
        "cause": decision.cause,
        "ring": decision.ring,
        "considered": decision.considered,
        "winner": _scored(decision.winner),
        "runners_up": [_scored(one) for one in decision.runners_up],
        "excluded": dict(decision.excluded),
        "waited_ms": decision.waited_ms,
        "policy": decision.policy,
        "rule": decision.rule.value,
        "worth_ms": decision.worth_ms,
        "head_start_ms": decision.head_start_ms,
        "stake_ms": decision.stake_ms,
        "adjustments": [list(one) for one in decision.adjustments],
        "line": decision.line,
        "rivals": [list(one) for one in decision.rivals],
        "arm": decision.arm,
        "mode": decision.mode,
        "deferred_ms": decision.deferred_ms,
        "escalated": decision.escalated,
    }


def decision_of(found: Mapping[str, Any]) -> e.Decision:
    """The decision that parts were made of; what older parts lack is as it was by default."""
    return e.Decision(
        cause=found["cause"],
        ring=found["ring"],
        considered=found["considered"],
        winner=_terms(found["winner"]),
        runners_up=tuple(_terms(one) for one in found["runners_up"]),
        excluded=tuple(found["excluded"].items()),
        waited_ms=found["waited_ms"],
        policy=found["policy"],
        rule=Rule(found.get("rule", Rule.WARMLINE)),
        worth_ms=found.get("worth_ms", 0),
        head_start_ms=found.get("head_start_ms", 0),
        stake_ms=found.get("stake_ms", 0),
        adjustments=tuple((who, kind, ms) for who, kind, ms in found.get("adjustments", ())),
        line=found.get("line", 0),
        rivals=tuple((rival, behind) for rival, behind in found.get("rivals", ())),
        arm=found.get("arm"),
        mode=found.get("mode"),
        deferred_ms=found.get("deferred_ms"),
        escalated=found.get("escalated", False),
    )


_TERMS = ("agent", "score_ms", "idle_ms", "match_ms", "handicap_ms")


def _scored(terms: tuple[AgentId, int, int, int, int]) -> dict[str, object]:
    return dict(zip(_TERMS, terms, strict=True))


def _terms(scored: Mapping[str, Any]) -> tuple[AgentId, int, int, int, int]:
    agent, score, idle, match, handicap = (scored[name] for name in _TERMS)
    return agent, score, idle, match, handicap


def touched(events: Iterable[e.Event]) -> tuple[set[InteractionId], set[AgentId]]:
    """The interactions and agents whose facts some events may change."""
    interactions: set[InteractionId] = set()
    agents: set[AgentId] = set()
    for event in events:
        if isinstance(event, e.InteractionEvent):
            interactions.add(event.interaction)
        if isinstance(event, e.PresenceChanged | e.Accepted):
            agents.add(event.agent)
    return interactions, agents
