"""One pure function runs a center: `step(center, command, now) -> events`. Dispatch only."""

import heapq
from collections.abc import Callable, Mapping
from typing import Any

from warmline.core import (
    begin,
    deadlines,
    definitions,
    fallback,
    guard,
    modes,
    permissions,
    presence,
    privacy,
    publishing,
    queueing,
    routing,
    takeover,
    talk,
    transfer,
    wrapup,
)
from warmline.core import commands as c
from warmline.core import events as e
from warmline.core.state import Center
from warmline.core.words import AgentId, Instant, InteractionId

__all__ = ["Center", "Match", "evolve", "rebuild", "step"]

Match = Callable[[Center, Instant], e.Offered | None]
"""Says whom to offer what next: `routing.next_offer`, and in a drill something that fails."""
Decide = Callable[[Center, Any, Instant], list[e.Event]]
Evolve = Callable[[Center, Any], None]

DECIDE: Mapping[type[c.Command], Decide] = {
    c.Arrive: talk.decide_arrive,
    c.Admit: talk.decide_admit,
    c.Begin: begin.decide_begin,
    c.Identify: talk.decide_identify,
    c.Receive: talk.decide_receive,
    c.ConfirmDelivery: talk.decide_delivery,
    c.ReportFailure: talk.decide_failure,
    c.MarkRead: talk.decide_read,
    c.Leave: talk.decide_leave,
    c.Return: talk.decide_return,
    c.HangUp: talk.decide_hang_up,
    c.Rate: talk.decide_rate,
    c.Accept: presence.decide_accept,
    c.Decline: presence.decide_decline,
    c.Send: talk.decide_send,
    c.Unsend: talk.decide_unsend,
    c.AddNote: talk.decide_note,
    c.Hold: talk.decide_hold,
    c.Resume: talk.decide_resume,
    c.Transfer: transfer.decide_transfer,
    c.TakeOver: takeover.decide_take_over,
    c.Consult: transfer.decide_consult,
    c.JoinConsult: transfer.decide_join,
    c.EndConsult: transfer.decide_end_consult,
    c.End: talk.decide_end,
    c.WrapUp: wrapup.decide_wrap_up,
    c.Reveal: privacy.decide_reveal,
    c.SetPresence: presence.decide_presence,
    c.ConnectAgent: presence.decide_connect,
    c.DisconnectAgent: presence.decide_disconnect,
    c.DefineSkill: definitions.decide_skill,
    c.DefineQueue: definitions.decide_queue,
    c.DefineAgent: definitions.decide_agent,
    c.DefineTeam: definitions.decide_team,
    c.DefineCalendar: definitions.decide_calendar,
    c.DefineInbox: definitions.decide_inbox,
    c.DefineDisposition: definitions.decide_disposition,
    c.DefineReason: definitions.decide_reason,
    c.DefineSegment: definitions.decide_segment,
    c.DefinePolicy: definitions.decide_policy,
    c.Publish: publishing.decide_publish,
    c.StartTrial: publishing.decide_start_trial,
    c.EndTrial: publishing.decide_end_trial,
    c.SetPrices: publishing.decide_prices,
    c.RestoreMatcher: publishing.decide_restore,
    c.Remove: definitions.decide_remove,
}


def _no_change(_: Center, __: e.Event) -> None:
    """The event is a fact that the live state has no use for."""


EVOLVE: Mapping[type[e.Event], Evolve] = {
    e.Arrived: talk.evolve_arrived,
    e.Begun: begin.evolve_begun,
    e.Identified: talk.evolve_identified,
    e.Queued: queueing.evolve_queued,
    e.Offered: routing.evolve_offered,
    e.Accepted: presence.evolve_accepted,
    e.OfferDeclined: presence.evolve_offer_over,
    e.OfferLapsed: presence.evolve_offer_over,
    e.OfferWithdrawn: presence.evolve_offer_over,
    e.Overflowed: queueing.evolve_overflowed,
    e.Escalated: queueing.evolve_escalated,
    e.Abandoned: talk.evolve_abandoned,
    e.MessageReceived: talk.evolve_received,
    e.MessageSent: talk.evolve_sent,
    e.MessageUnsent: talk.evolve_unsent,
    e.MessageDelivered: _no_change,
    e.MessageFailed: _no_change,
    e.MessagesRead: _no_change,
    e.NoteAdded: _no_change,
    e.Held: talk.evolve_held,
    e.Resumed: talk.evolve_resumed,
    e.CustomerLeft: talk.evolve_left,
    e.CustomerReturned: talk.evolve_customer_returned,
    e.Transferred: transfer.evolve_transferred,
    e.Returned: transfer.evolve_returned,
    e.ConsultAsked: transfer.evolve_consult_asked,
    e.ConsultJoined: transfer.evolve_consult_joined,
    e.ConsultEnded: transfer.evolve_consult_ended,
    e.Ended: wrapup.evolve_ended,
    e.WrappedUp: wrapup.evolve_wrapped_up,
    e.Rated: _no_change,
    e.Revealed: privacy.evolve_revealed,
    e.PresenceChanged: presence.evolve_presence,
    e.AgentConnected: presence.evolve_connected,
    e.AgentDisconnected: presence.evolve_disconnected,
    e.SkillDefined: definitions.evolve_skill,
    e.QueueDefined: definitions.evolve_queue,
    e.AgentDefined: definitions.evolve_agent,
    e.TeamDefined: definitions.evolve_team,
    e.CalendarDefined: definitions.evolve_calendar,
    e.InboxDefined: definitions.evolve_inbox,
    e.DispositionDefined: definitions.evolve_disposition,
    e.ReasonDefined: definitions.evolve_reason,
    e.SegmentDefined: definitions.evolve_segment,
    e.PolicyDefined: definitions.evolve_policy,
    e.PolicyPublished: publishing.evolve_published,
    e.TrialStarted: publishing.evolve_trial_started,
    e.TrialEnded: publishing.evolve_trial_ended,
    e.ModeEntered: publishing.evolve_mode_entered,
    e.ModeLeft: publishing.evolve_mode_left,
    e.HeadStartScaled: publishing.evolve_scaled,
    e.Priced: publishing.evolve_priced,
    e.MatcherFailed: publishing.evolve_failed,
    e.MatcherRestored: publishing.evolve_restored,
    e.Removed: definitions.evolve_removed,
}

_OF_RULES = frozenset({publishing.TRIAL, publishing.MODE, publishing.GUARD})
_MOVES_DEADLINES: frozenset[type[e.Event]] = frozenset(
    {
        e.Queued,
        e.OfferDeclined,
        e.OfferLapsed,
        e.OfferWithdrawn,
        e.Accepted,
        e.Ended,
        e.CustomerLeft,
        e.ConsultAsked,
    }
)


_NO_NEWS = frozenset(
    {
        e.Identified,
        e.MessageReceived,
        e.MessageSent,
        e.MessageUnsent,
        e.MessageDelivered,
        e.MessageFailed,
        e.MessagesRead,
        e.NoteAdded,
        e.CustomerLeft,
        e.CustomerReturned,
        e.Rated,
        e.Revealed,
    }
)
"""After these alone nobody new waits and nobody is freed."""


def step(
    center: Center, command: c.Command, now: Instant, match: Match | None = None
) -> list[e.Event]:
    """What happens because of `command`: its own events, then every offer that follows.

    The state has changed by then. Raises `Rejected` or `Malformed`, and then nothing has changed.
    `now` never runs backwards: an earlier one counts as the latest known. `match` is the matcher,
    `routing.next_offer` unless one is given; when it fails, the plain rule of `fallback` decides.
    """
    now = max(now, center.now)
    permissions.check(command)
    if center.waiting.matcher is None and center.failed_at is None:
        routing.begin(center)
    if type(command) is c.Tick:
        events = _tick(center, now)
    else:
        events = DECIDE[type(command)](center, command, now)
        for event in events:
            evolve(center, event)
    if center.waiting.resuming:
        for event in presence.resumptions(center, now):
            evolve(center, event)
            events.append(event)
    if center.policy.modes:
        _change_mode(center, events, now)
    _route(center, events, now, match)
    return events


def _change_mode(center: Center, events: list[e.Event], now: Instant) -> None:
    """Enter a mode at once when somebody more waits than its trigger allows."""
    if any(type(event) is e.Queued for event in events) and modes.is_pulled(center):
        for event in modes.due(center, now):
            evolve(center, event)
            events.append(event)


# Routing, and what happens when it fails


def _route(center: Center, events: list[e.Event], now: Instant, match: Match | None) -> None:
    """Make every offer that can be made now."""
    waiting = center.waiting
    if center.failed_at is None:
        # None only when it has just been restored: with new rules, perhaps.
        matcher = waiting.matcher or routing.made_anew(center, center.now)
        while matcher.freed or matcher.unsettled:
            event = _next(center, now, match or routing.next_offer)
            if event is None:
                return
            evolve(center, event)
            events.append(event)
            if waiting.matcher is not matcher:
                break
        else:
            return
    elif events and all(type(event) in _NO_NEWS for event in events):
        return
    while center.failed_at is not None:
        offer = fallback.next_offer(center, now)
        if offer is None:
            return
        evolve(center, offer)
        events.append(offer)


def _next(center: Center, now: Instant, match: Match) -> e.Event | None:
    """Ask the matcher, visibly: while `matching` is odd it may be interrupted, and not else."""
    waiting = center.waiting
    try:
        try:
            waiting.matching += 1
            offer = match(center, now)
        finally:
            waiting.matching += 1
    except Exception as error:  # noqa: BLE001 - whatever it is, the center goes on without it
        waiting.matching += waiting.matching % 2
        waiting.failure = error
        cause = "hung" if isinstance(error, fallback.MatcherHung) else "raised"
        return e.MatcherFailed(at=now, cause=cause)
    if offer is None or fallback.is_lawful(center, offer, now):
        return offer
    waiting.failure = None
    return e.MatcherFailed(at=now, cause="nonsense")


def evolve(center: Center, event: e.Event) -> None:
    """Let `event` have happened; never refuses."""
    if event.at > center.now:  # noqa: PLR1730 - a comparison is less than a call, for every event
        center.now = event.at
    if center.policy.guard is not None:
        _judge(center, event)
    kind = type(event)
    EVOLVE[kind](center, event)
    if kind in _MOVES_DEADLINES and isinstance(event, e.InteractionEvent):
        interaction = center.interactions.get(event.interaction)
        if interaction is not None:
            deadlines.watch(center, interaction)


def _judge(center: Center, event: e.Event) -> None:
    """Tell the guard how long somebody waited."""
    if isinstance(event, e.Accepted):
        guard.answered(center, center.interactions[event.interaction], event.at)
    elif isinstance(event, e.Abandoned):
        guard.given_up(center, center.interactions[event.interaction], event.at)


def rebuild(center: Center) -> None:
    """Derive again what a snapshot does not hold: masks, lines, deadlines."""
    center.rebuild()
    deadlines.watch_all(center)
    publishing.watch(center)


def _tick(center: Center, now: Instant) -> list[e.Event]:
    """Everything that is due by `now`, in the order in which it fell due."""
    events: list[e.Event] = []
    due = center.waiting.deadlines
    while due and due[0][0] <= now:
        _, kind, item = heapq.heappop(due)
        if kind in _OF_RULES:
            for event in publishing.due(center, kind, item, now):
                evolve(center, event)
                events.append(event)
            continue
        while found := _due(center, kind, item, now):
            for event in found:
                evolve(center, event)
            events.extend(found)
    return events


def _due(center: Center, kind: str, item: str, now: Instant) -> list[e.Event]:
    if kind == "agent":
        agent = center.agents.get(AgentId(item))
        return [] if agent is None else deadlines.due_for_agent(center, agent, now)
    interaction = center.interactions.get(InteractionId(item))
    return [] if interaction is None else deadlines.due_for_interaction(center, interaction, now)
