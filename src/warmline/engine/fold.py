"""How a screen's view follows from events: the same rules as `ui/src/state/fold.ts`."""

from collections.abc import Callable, Mapping
from typing import Any

from warmline.core import events as e
from warmline.core.modes import OWN_PCT
from warmline.core.settings import Kind
from warmline.core.words import (
    AgentId,
    Instant,
    InteractionId,
    Party,
    Phase,
    Presence,
    SegmentId,
)
from warmline.engine.views import (
    AgentView,
    ConsultView,
    InteractionView,
    LiveState,
    OfferView,
    trial_view,
)

INTERRUPTED = "interrupted"
Fold = Callable[[LiveState, Any], None]

SHELVES: Mapping[Kind, str] = {
    Kind.QUEUE: "queues",
    Kind.SKILL: "skills",
    Kind.TEAM: "teams",
    Kind.DISPOSITION: "dispositions",
    Kind.REASON: "reasons",
    Kind.SEGMENT: "segments",
    Kind.INBOX: "inboxes",
}
"""Where in the settings of a view each kind is kept; hours are not shown live."""


def evolve_view(state: LiveState, event: e.Event) -> None:
    """Let `event` have happened; what is not in view is passed over.

    Folding an event into a view that shows it already changes nothing, except that a transfer
    counts: nobody gets an interaction into view by that.
    """
    FOLD[type(event)](state, event)


def _release(state: LiveState, id_: AgentId | None, held: InteractionId, at: Instant) -> None:
    agent = state.agents.get(id_) if id_ else None
    if agent is not None and held in agent.holds:
        agent.holds.remove(held)
        agent.idle_since = at


def _move(state: LiveState, event: e.InteractionEvent, phase: Phase) -> InteractionView | None:
    view = state.interactions.get(event.interaction)
    if view is not None:
        view.phase = phase
        view.phase_at = event.at
    return view


def _arrived(state: LiveState, event: e.Arrived) -> None:
    state.interactions[event.interaction] = InteractionView(
        id=event.interaction,
        medium=event.medium,
        inbox=event.inbox,
        arrived_at=event.at,
        phase_at=event.at,
        customer=event.customer,
        verification=event.verification,
        segment=event.segment,
        language=event.language,
        reason=event.reason,
        follows=event.follows,
    )


def _begun(state: LiveState, event: e.Begun) -> None:
    state.interactions[event.interaction] = InteractionView(
        id=event.interaction,
        medium=event.medium,
        inbox=event.inbox,
        arrived_at=event.at,
        phase_at=event.at,
        phase=Phase.CONNECTED,
        queue=event.queue,
        customer=event.customer,
        verification=event.verification,
        segment=event.segment,
        language=event.language,
        reason=event.reason,
        follows=event.follows,
        agent=event.agent,
        begun=True,
    )
    agent = state.agents.get(event.agent)
    if agent is not None:
        agent.idle_since = event.at
        if event.interaction not in agent.holds:
            agent.holds.append(event.interaction)


def _identified(state: LiveState, event: e.Identified) -> None:
    view = state.interactions.get(event.interaction)
    if view is not None:
        view.customer = event.customer
        view.verification = event.verification
        view.segment = event.segment


def _queued(state: LiveState, event: e.Queued) -> None:
    view = _move(state, event, Phase.QUEUED)
    if view is not None:
        view.queue = event.queue
        view.queued_at = event.at
        view.due_at = event.due_at
        view.reason = event.reason or view.reason


def _offered(state: LiveState, event: e.Offered) -> None:
    view = _move(state, event, Phase.OFFERED)
    if view is not None:
        view.offer = OfferView(id=event.offer, agent=event.agent, lapses_at=event.lapses_at)
    agent = state.agents.get(event.agent)
    if agent is not None:
        agent.offer = event.interaction


def _accepted(state: LiveState, event: e.Accepted) -> None:
    view = _move(state, event, Phase.CONNECTED)
    if view is not None:
        view.offer = None
        view.agent = event.agent
    agent = state.agents.get(event.agent)
    if agent is not None:
        agent.offer = None
        agent.idle_since = event.at
        if event.interaction not in agent.holds:
            agent.holds.append(event.interaction)


def _offer_over(
    state: LiveState, event: e.OfferDeclined | e.OfferLapsed | e.OfferWithdrawn
) -> None:
    view = _move(state, event, Phase.QUEUED)
    if view is not None:
        view.offer = None
    agent = state.agents.get(event.agent)
    if agent is not None:
        agent.offer = None


def _overflowed(state: LiveState, event: e.Overflowed) -> None:
    _move(state, event, Phase.TREATING)


def _abandoned(state: LiveState, event: e.Abandoned) -> None:
    state.interactions.pop(event.interaction, None)


def _received(state: LiveState, event: e.MessageReceived) -> None:
    view = state.interactions.get(event.interaction)
    if view is not None:
        view.last_message_at = event.at
        if view.unanswered_since is None:
            view.unanswered_since = event.at


def _sent(state: LiveState, event: e.MessageSent) -> None:
    view = state.interactions.get(event.interaction)
    if view is not None:
        view.last_message_at = event.at
        if event.author is Party.AGENT:
            view.unanswered_before = view.unanswered_since
            view.unanswered_since = None


def _unsent(state: LiveState, event: e.MessageUnsent) -> None:
    view = state.interactions.get(event.interaction)
    if view is not None:
        view.unanswered_since = view.unanswered_since or view.unanswered_before


def _held(state: LiveState, event: e.Held) -> None:
    view = _move(state, event, Phase.HELD)
    if view is not None:
        view.held_at = event.at
        view.interrupted = event.cause == INTERRUPTED


def _resumed(state: LiveState, event: e.Resumed) -> None:
    view = _move(state, event, Phase.CONNECTED)
    if view is not None:
        view.held_at = None
        view.interrupted = False


def _customer_left(state: LiveState, event: e.CustomerLeft) -> None:
    view = state.interactions.get(event.interaction)
    if view is not None:
        view.customer_here = False


def _customer_returned(state: LiveState, event: e.CustomerReturned) -> None:
    view = state.interactions.get(event.interaction)
    if view is not None:
        view.customer_here = True


def _transferred(state: LiveState, event: e.Transferred) -> None:
    view = _move(state, event, Phase.TREATING)
    if view is not None:
        view.agent = None
        view.held_at = None
        view.interrupted = False
        view.transfers += 1
        view.note = event.note
        view.from_agent = event.from_agent or view.from_agent
    _release(state, event.from_agent, event.interaction, event.at)


def _returned(state: LiveState, event: e.Returned) -> None:
    view = _move(state, event, Phase.TREATING)
    if view is not None:
        view.agent = None
        view.held_at = None
        view.interrupted = False
        view.from_agent = event.agent
    _release(state, event.agent, event.interaction, event.at)


def _consult_asked(state: LiveState, event: e.ConsultAsked) -> None:
    view = state.interactions.get(event.interaction)
    if view is not None:
        view.consults[event.consult] = ConsultView(
            agent=event.agent,
            colleague=event.colleague,
            joined=False,
            lapses_at=event.lapses_at,
        )


def _consult_joined(state: LiveState, event: e.ConsultJoined) -> None:
    view = state.interactions.get(event.interaction)
    if view is not None:
        view.consults[event.consult].joined = True


def _consult_ended(state: LiveState, event: e.ConsultEnded) -> None:
    view = state.interactions.get(event.interaction)
    if view is not None:
        view.consults.pop(event.consult, None)


def _ended(state: LiveState, event: e.Ended) -> None:
    if event.wrapping:
        view = _move(state, event, Phase.WRAPPING)
        if view is not None:
            view.held_at = None
            view.interrupted = False
            view.wrap_until = event.wrap_until
        return
    state.interactions.pop(event.interaction, None)
    _release(state, event.agent, event.interaction, event.at)


def _wrapped_up(state: LiveState, event: e.WrappedUp) -> None:
    state.interactions.pop(event.interaction, None)
    _release(state, event.agent, event.interaction, event.at)


def _presence_changed(state: LiveState, event: e.PresenceChanged) -> None:
    agent = state.agents.get(event.agent)
    if agent is not None:
        if event.presence is Presence.AVAILABLE and agent.presence is not Presence.AVAILABLE:
            agent.idle_since = event.at
        agent.presence = event.presence
        agent.reason = event.reason
        agent.presence_at = event.at


def _agent_connected(state: LiveState, event: e.AgentConnected) -> None:
    agent = state.agents.get(event.agent)
    if agent is not None:
        agent.connected = True


def _agent_disconnected(state: LiveState, event: e.AgentDisconnected) -> None:
    agent = state.agents.get(event.agent)
    if agent is not None:
        agent.connected = False


def _agent_defined(state: LiveState, event: e.AgentDefined) -> None:
    known = state.agents.get(event.agent.id)
    if known is not None:
        known.team = event.agent.team
        return
    state.agents[event.agent.id] = AgentView(
        id=event.agent.id,
        team=event.agent.team,
        presence=Presence.OFFLINE,
        reason=None,
        presence_at=event.at,
        connected=False,
        idle_since=event.at,
        holds=[],
        offer=None,
    )


def _policy_defined(state: LiveState, event: e.PolicyDefined) -> None:
    state.config.policy = event.policy
    _hold_to_policy(state)


def _published(state: LiveState, event: e.PolicyPublished) -> None:
    rules = event.ruleset
    state.config.policy = rules.policy
    state.config.segments |= {segment.id: segment for segment in rules.segments}
    state.config.queues |= {queue.id: queue for queue in rules.queues}
    _hold_to_policy(state)


def _hold_to_policy(state: LiveState) -> None:
    """No head start is larger than the guard allows, no price where there are to be none."""
    state.priced = state.priced and state.config.policy.prices
    guard = state.config.policy.guard
    most = OWN_PCT if guard is None else guard.most_pct
    segments = state.config.segments
    state.head_start_pct = {
        id_: min(pct, most)
        for id_, pct in state.head_start_pct.items()
        if most > OWN_PCT and id_ in segments and segments[id_].target is not None
    }


def _segment_defined(state: LiveState, event: e.SegmentDefined) -> None:
    state.config.segments[event.segment.id] = event.segment
    _hold_to_policy(state)


def _trial_started(state: LiveState, event: e.TrialStarted) -> None:
    state.trial = trial_view(event.trial)


def _trial_ended(state: LiveState, _: e.TrialEnded) -> None:
    state.trial = None


def _mode_entered(state: LiveState, event: e.ModeEntered) -> None:
    state.mode = event.mode


def _mode_left(state: LiveState, _: e.ModeLeft) -> None:
    state.mode = None


def _scaled(state: LiveState, event: e.HeadStartScaled) -> None:
    if event.pct == OWN_PCT:
        state.head_start_pct.pop(event.segment, None)
    else:
        state.head_start_pct[event.segment] = event.pct


def _priced(state: LiveState, event: e.Priced) -> None:
    state.priced = bool(event.prices)


def _matcher_failed(state: LiveState, event: e.MatcherFailed) -> None:
    state.matcher_failed_at = event.at


def _matcher_restored(state: LiveState, _: e.MatcherRestored) -> None:
    state.matcher_failed_at = None


def _removed(state: LiveState, event: e.Removed) -> None:
    shelf = SHELVES.get(event.kind)
    if event.kind is Kind.AGENT:
        state.agents.pop(AgentId(event.item), None)
    elif shelf is not None:
        getattr(state.config, shelf).pop(event.item, None)
    if event.kind is Kind.SEGMENT:
        state.head_start_pct.pop(SegmentId(event.item), None)


def _defined(kind: Kind) -> Fold:
    def define(state: LiveState, event: e.Event) -> None:
        item = getattr(event, kind.value)
        getattr(state.config, SHELVES[kind])[item.id] = item

    return define


def _not_shown(_: LiveState, __: e.Event) -> None:
    """The event is told to screens, but no view changes by it."""


FOLD: Mapping[type[e.Event], Fold] = {
    e.Arrived: _arrived,
    e.Begun: _begun,
    e.Identified: _identified,
    e.Queued: _queued,
    e.Offered: _offered,
    e.Accepted: _accepted,
    e.OfferDeclined: _offer_over,
    e.OfferLapsed: _offer_over,
    e.OfferWithdrawn: _offer_over,
    e.Overflowed: _overflowed,
    e.Escalated: _not_shown,
    e.Abandoned: _abandoned,
    e.MessageReceived: _received,
    e.MessageSent: _sent,
    e.MessageUnsent: _unsent,
    e.MessageDelivered: _not_shown,
    e.MessageFailed: _not_shown,
    e.MessagesRead: _not_shown,
    e.NoteAdded: _not_shown,
    e.Held: _held,
    e.Resumed: _resumed,
    e.CustomerLeft: _customer_left,
    e.CustomerReturned: _customer_returned,
    e.Transferred: _transferred,
    e.Returned: _returned,
    e.ConsultAsked: _consult_asked,
    e.ConsultJoined: _consult_joined,
    e.ConsultEnded: _consult_ended,
    e.Ended: _ended,
    e.WrappedUp: _wrapped_up,
    e.Rated: _not_shown,
    e.Revealed: _not_shown,
    e.PresenceChanged: _presence_changed,
    e.AgentConnected: _agent_connected,
    e.AgentDisconnected: _agent_disconnected,
    e.SkillDefined: _defined(Kind.SKILL),
    e.QueueDefined: _defined(Kind.QUEUE),
    e.AgentDefined: _agent_defined,
    e.TeamDefined: _defined(Kind.TEAM),
    e.CalendarDefined: _not_shown,
    e.InboxDefined: _defined(Kind.INBOX),
    e.DispositionDefined: _defined(Kind.DISPOSITION),
    e.ReasonDefined: _defined(Kind.REASON),
    e.SegmentDefined: _segment_defined,
    e.PolicyDefined: _policy_defined,
    e.PolicyPublished: _published,
    e.TrialStarted: _trial_started,
    e.TrialEnded: _trial_ended,
    e.ModeEntered: _mode_entered,
    e.ModeLeft: _mode_left,
    e.HeadStartScaled: _scaled,
    e.Priced: _priced,
    e.MatcherFailed: _matcher_failed,
    e.MatcherRestored: _matcher_restored,
    e.Removed: _removed,
}
"""One rule per event; a test holds it complete."""
