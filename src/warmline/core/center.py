"""One pure function runs a center: `step(center, command, now) -> events`. Dispatch only."""

import heapq
from collections.abc import Callable, Mapping
from typing import Any

from warmline.core import commands as c
from warmline.core import (
    deadlines,
    definitions,
    permissions,
    presence,
    queueing,
    routing,
    talk,
    transfer,
    wrapup,
)
from warmline.core import events as e
from warmline.core.state import Center
from warmline.core.words import AgentId, Instant, InteractionId

__all__ = ["Center", "evolve", "rebuild", "step"]

Decide = Callable[[Center, Any, Instant], list[e.Event]]
Evolve = Callable[[Center, Any], None]

DECIDE: Mapping[type[c.Command], Decide] = {
    c.Arrive: talk.decide_arrive,
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
    c.Consult: transfer.decide_consult,
    c.JoinConsult: transfer.decide_join,
    c.EndConsult: transfer.decide_end_consult,
    c.End: talk.decide_end,
    c.WrapUp: wrapup.decide_wrap_up,
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
    c.Remove: definitions.decide_remove,
}


def _no_change(_: Center, __: e.Event) -> None:
    """The event is a fact that the live state has no use for."""


EVOLVE: Mapping[type[e.Event], Evolve] = {
    e.Arrived: talk.evolve_arrived,
    e.Identified: talk.evolve_identified,
    e.Queued: queueing.evolve_queued,
    e.Offered: routing.evolve_offered,
    e.Accepted: presence.evolve_accepted,
    e.OfferDeclined: presence.evolve_offer_over,
    e.OfferLapsed: presence.evolve_offer_over,
    e.OfferWithdrawn: presence.evolve_offer_over,
    e.Overflowed: queueing.evolve_overflowed,
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
    e.Removed: definitions.evolve_removed,
}

_MOVES_DEADLINES = frozenset(
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


def step(center: Center, command: c.Command, now: Instant) -> list[e.Event]:
    """What happens because of `command`: its own events, then every offer that follows.

    The state has changed by then. Raises `Rejected` or `Malformed`, and then nothing has changed.
    `now` never runs backwards: an earlier one counts as the latest known.
    """
    now = max(now, center.now)
    permissions.check(command)
    if isinstance(command, c.Tick):
        events = _tick(center, now)
    else:
        events = DECIDE[type(command)](center, command, now)
        for event in events:
            evolve(center, event)
    while (offer := routing.next_offer(center, now)) is not None:
        evolve(center, offer)
        events.append(offer)
    return events


def evolve(center: Center, event: e.Event) -> None:
    """Let `event` have happened; never refuses."""
    center.now = max(center.now, event.at)
    EVOLVE[type(event)](center, event)
    if type(event) in _MOVES_DEADLINES and isinstance(event, e.InteractionEvent):
        interaction = center.interactions.get(event.interaction)
        if interaction is not None:
            deadlines.watch(center, interaction)


def rebuild(center: Center) -> None:
    """Derive again what a snapshot does not hold: masks, lines, deadlines."""
    center.rebuild()
    deadlines.watch_all(center)


def _tick(center: Center, now: Instant) -> list[e.Event]:
    """Everything that is due by `now`, in the order in which it fell due."""
    events: list[e.Event] = []
    due = center.waiting.deadlines
    while due and due[0][0] <= now:
        _, kind, item = heapq.heappop(due)
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
