"""The messages of the live socket: events and changes of view as JSON, each encoded once."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from warmline.core import events as e
from warmline.core.settings import Kind
from warmline.core.words import AgentId, Instant, InteractionId
from warmline.engine.codec import EventCodec
from warmline.engine.fold import evolve_view
from warmline.engine.views import ConfigView, InteractionView, LiveState
from warmline.ports import Recorded, Signal

_CODEC = EventCodec()
_ENCODER = msgspec.json.Encoder()
_NOT_FOR_DESKS = frozenset({Kind.AGENT, Kind.CALENDAR})
_SETTINGS = (
    e.SkillDefined, e.QueueDefined, e.TeamDefined, e.InboxDefined, e.DispositionDefined,
    e.ReasonDefined, e.SegmentDefined, e.PolicyDefined, e.PolicyPublished, e.TrialStarted,
    e.TrialEnded, e.ModeEntered, e.ModeLeft, e.HeadStartScaled, e.MatcherFailed, e.MatcherRestored,
)  # fmt: skip

Scope = AgentId | None
"""Whose view it is: one agent's own, or (None) everything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One event as screens are told it.

    `event` is for everybody who sees everything, and for every desk when `to_all_desks`. `desks`
    holds the frames of the desks it concerns: a change of view first, the event last, so that a
    screen that has seen event N has seen all of N.
    """

    position: int
    event: str
    to_all_desks: bool
    desks: Mapping[AgentId, tuple[str, ...]]

    def frames(self, scope: Scope) -> tuple[str, ...]:
        """What a screen of that scope is told."""
        if scope is None:
            return (self.event,)
        return self.desks.get(scope, (self.event,) if self.to_all_desks else ())


def tell(state: LiveState, recorded: Recorded, now: Instant) -> Told:
    """Let the event have happened in `state` (a view of everything) and say who is told what."""
    event = recorded.event
    interaction = event.interaction if isinstance(event, e.InteractionEvent) else None
    before = _viewers(state, interaction)
    evolve_view(state, event)
    after = _viewers(state, interaction)
    frame = event_frame(recorded, now)
    told_to_all = frame
    if isinstance(event, e.Offered):
        frame = event_frame(replace(recorded, event=_discreet(event)), now)
    desks: dict[AgentId, tuple[str, ...]] = dict.fromkeys(before | after, (frame,))
    if interaction is not None and before != after:
        view = state.interactions.get(interaction)
        if view is not None:
            entered = enter_frame(recorded.position, view, now)
            desks |= dict.fromkeys(after - before, (entered, frame))
            left = leave_frame(recorded.position, interaction)
            desks |= dict.fromkeys(before - after, (left, frame))
    if isinstance(event, e.AgentEvent):
        desks[event.agent] = (frame,)
    elif isinstance(event, e.AgentDefined):
        desks[event.agent.id] = (frame,)
    elif isinstance(event, e.Removed) and event.kind is Kind.AGENT:
        desks[AgentId(event.item)] = (frame,)
    to_all = isinstance(event, _SETTINGS) or (
        isinstance(event, e.Removed) and event.kind not in _NOT_FOR_DESKS
    )
    return Told(position=recorded.position, event=told_to_all, to_all_desks=to_all, desks=desks)


def _discreet(event: e.Offered) -> e.Offered:
    """An offer as desks hear of it: the record without anybody's scores; its route tells more."""
    decision = replace(
        event.decision,
        winner=(event.agent, 0, 0, 0, 0),
        runners_up=(),
        adjustments=(),
        rivals=(),
    )
    return replace(event, decision=decision)


def _viewers(state: LiveState, interaction: InteractionId | None) -> frozenset[AgentId]:
    view = state.interactions.get(interaction) if interaction is not None else None
    return view.viewers() if view is not None else frozenset()


def event_frame(recorded: Recorded, now: Instant) -> str:
    """The event with its number."""
    name, body = _CODEC.encode(recorded.event)
    return (
        f'{{"type":"event","seq":{recorded.position},"now":{now},'
        f'"event":{{"name":"{name}",{body[1:].decode()}}}'
    )


def enter_frame(position: int, view: InteractionView, now: Instant) -> str:
    """An interaction comes into view, as it is after event `position`."""
    return (
        f'{{"type":"enter","seq":{position},"now":{now},'
        f'"interaction":{_ENCODER.encode(view).decode()}}}'
    )


def leave_frame(position: int, interaction: InteractionId) -> str:
    """An interaction goes out of view."""
    return _ENCODER.encode({"type": "leave", "seq": position, "interaction": interaction}).decode()


def encode_config(config: ConfigView) -> str:
    """The settings as JSON: large and seldom changed, so their text is kept by who calls."""
    return _ENCODER.encode(config).decode()


def snapshot_frame(
    position: int, state: LiveState, now: Instant, *, scope: Scope, me: AgentId | None, config: str
) -> str:
    """The whole view after event `position`; `config` is the text of `state.config`."""
    return (
        f'{{"type":"snapshot","seq":{position},"now":{now},'
        f'"scope":"{"all" if scope is None else "own"}","state":{{'
        f'"me":{_ENCODER.encode(me).decode()},'
        f'"agents":{_ENCODER.encode(state.agents).decode()},'
        f'"interactions":{_ENCODER.encode(state.interactions).decode()},'
        f'"mode":{_ENCODER.encode(state.mode).decode()},'
        f'"trial":{_ENCODER.encode(state.trial).decode()},'
        f'"head_start_pct":{_ENCODER.encode(state.head_start_pct).decode()},'
        f'"matcher_failed_at":{_ENCODER.encode(state.matcher_failed_at).decode()},'
        f'"priced":{_ENCODER.encode(state.priced).decode()},'
        f'"config":{config}}}}}'
    )


def signal_frame(signal: Signal) -> str:
    """Something passing, such as typing."""
    return _ENCODER.encode(
        {
            "type": "signal",
            "name": signal.name,
            "interaction": signal.interaction,
            **signal.facts,
        }
    ).decode()


def pong_frame(now: Instant) -> str:
    """The time, and that the line is alive."""
    return f'{{"type":"pong","now":{now}}}'


class _Frame(msgspec.Struct):
    type: str
    seq: int = 0
    state: msgspec.Raw = msgspec.Raw(b"null")
    event: msgspec.Raw = msgspec.Raw(b"null")
    interaction: msgspec.Raw = msgspec.Raw(b"null")


_FRAME = msgspec.json.Decoder(_Frame)
_STATE = msgspec.json.Decoder(LiveState)
_VIEW = msgspec.json.Decoder(InteractionView)
_ID = msgspec.json.Decoder(str)


def fold(state: LiveState | None, frame: str) -> LiveState:
    """The view after one more frame of the socket; the first must be a snapshot."""
    given = _FRAME.decode(frame)
    if given.type == "snapshot":
        return _STATE.decode(given.state)
    assert state is not None, "the first frame is a snapshot"
    if given.type == "event":
        evolve_view(state, _decode_event(given.event))
    elif given.type == "enter":
        view = _VIEW.decode(given.interaction)
        state.interactions[view.id] = view
    elif given.type == "leave":
        state.interactions.pop(InteractionId(_ID.decode(given.interaction)), None)
    return state


def _decode_event(body: msgspec.Raw) -> e.Event:
    fields: dict[str, Any] = msgspec.json.decode(body)
    name = fields.pop("name")
    return _CODEC.decode(name, _ENCODER.encode(fields))
