"""How events and the live state become bytes, and bytes events and state again."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec

from warmline.core import events as e
from warmline.core.agent import AgentState
from warmline.core.center import EVOLVE, rebuild
from warmline.core.interaction import Interaction
from warmline.core.policy import Tally, Trial
from warmline.core.settings import (
    Agent,
    Calendar,
    Disposition,
    Inbox,
    Policy,
    Queue,
    Reason,
    Segment,
    Skill,
    Team,
)
from warmline.core.state import Center
from warmline.core.words import (
    AgentId,
    CustomerId,
    Instant,
    InteractionId,
    Medium,
    Millis,
    ModeId,
    Presence,
    ReasonId,
    SegmentId,
    UserId,
)

SNAPSHOT_VERSION = 3
"""Raised with every change of the saved form; a snapshot of another version is not read."""


class Unreadable(Exception):
    """Bytes that are no event, or no snapshot, of this version."""


EVENTS: Mapping[str, type[e.Event]] = {kind.__name__: kind for kind in EVOLVE}
"""Every event there is, by its name in the log."""

_ENCODER = msgspec.json.Encoder()
_OLD_QUALITY = b'"quality_pct":'


def _quality_as_score(body: bytes) -> bytes:
    """An agent had one quality in percent where there are scores now."""
    if _OLD_QUALITY not in body:
        return body
    event: dict[str, Any] = msgspec.json.decode(body)
    quality = event["agent"].pop("quality_pct", None)
    if quality is not None:
        score = {"value": quality / 100, "source": "manual"}
        event["agent"].setdefault("scores", {}).setdefault("quality", score)
    return _ENCODER.encode(event)


_UPCASTS: Mapping[str, Callable[[bytes], bytes]] = {"AgentDefined": _quality_as_score}
"""What an event of an earlier version is read as, by the name of the event."""
_DECODERS = {name: msgspec.json.Decoder(kind) for name, kind in EVENTS.items()}


class EventCodec:
    """Events as JSON, each under the name of its class."""

    def encode(self, event: e.Event) -> tuple[str, bytes]:
        """The name and the fields of an event."""
        return type(event).__name__, _ENCODER.encode(event)

    def decode(self, name: str, body: bytes) -> e.Event:
        """The event; `Unreadable` when the name is not known or the fields do not fit."""
        decoder = _DECODERS.get(name)
        if decoder is None:
            raise Unreadable(f"the log holds an event {name} that this version does not know")
        upcast = _UPCASTS.get(name)
        try:
            return decoder.decode(body if upcast is None else upcast(body))
        except msgspec.MsgspecError as error:
            raise Unreadable(f"an event {name} in the log cannot be read: {error}") from error


_Id = TypeVar("_Id", bound=str)
_Item = TypeVar("_Item")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Version:
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _SavedAgent:
    """What is kept of an agent; the order of `holds` is the order of taking."""

    spec: Agent
    presence: Presence
    reason: ReasonId | None
    presence_at: Instant
    connected: bool
    gone_since: Instant | None
    idle_since: Instant
    holds: tuple[tuple[InteractionId, Medium], ...]
    seen: tuple[tuple[CustomerId, Instant], ...]
    offer: InteractionId | None
    offered: int
    handled: int
    ended_at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class _Saved:
    """What is kept of a center: facts, in an order that does not depend on their history."""

    version: int
    now: Instant
    interactions: tuple[Interaction, ...]
    agents: tuple[_SavedAgent, ...]
    recent: tuple[tuple[InteractionId, Instant], ...]
    skills: tuple[Skill, ...]
    queues: tuple[Queue, ...]
    teams: tuple[Team, ...]
    calendars: tuple[Calendar, ...]
    inboxes: tuple[Inbox, ...]
    dispositions: tuple[Disposition, ...]
    reasons: tuple[Reason, ...]
    segments: tuple[Segment, ...]
    policy: Policy
    trial: Trial | None
    trial_at: Instant
    mode: ModeId | None
    head_start_pct: dict[SegmentId, int]
    tallies: dict[SegmentId, Tally]
    prices: dict[AgentId, Millis]
    failed_at: Instant | None
    offers: int
    reveals: dict[UserId, list[tuple[Instant, CustomerId]]]


_SNAPSHOT_ENCODER = msgspec.json.Encoder(order="deterministic")
_SNAPSHOT_DECODER = msgspec.json.Decoder(_Saved)
_VERSION_DECODER = msgspec.json.Decoder(_Version)


def encode_center(center: Center) -> bytes:
    """The facts of the state; equal states give equal bytes, whatever led to them."""
    return _SNAPSHOT_ENCODER.encode(
        _Saved(
            version=SNAPSHOT_VERSION,
            now=center.now,
            interactions=_by_id(center.interactions),
            agents=tuple(_save_agent(agent) for agent in _by_id(center.agents)),
            recent=tuple(center.recent.items()),
            skills=_by_id(center.skills),
            queues=_by_id(center.queues),
            teams=_by_id(center.teams),
            calendars=_by_id(center.calendars),
            inboxes=_by_id(center.inboxes),
            dispositions=_by_id(center.dispositions),
            reasons=_by_id(center.reasons),
            segments=_by_id(center.segments),
            policy=center.policy,
            trial=center.trial,
            trial_at=center.trial_at,
            mode=center.mode,
            head_start_pct=center.head_start_pct,
            tallies=center.tallies,
            prices=center.prices,
            failed_at=center.failed_at,
            offers=center.offers,
            reveals=center.reveals,
        )
    )


def decode_center(body: bytes) -> Center:
    """The state of a snapshot, what is derived made anew; `Unreadable` for another version."""
    try:
        version = _VERSION_DECODER.decode(body).version
        if version != SNAPSHOT_VERSION:
            raise Unreadable(f"a snapshot of version {version}, not {SNAPSHOT_VERSION}")
        saved = _SNAPSHOT_DECODER.decode(body)
    except msgspec.MsgspecError as error:
        raise Unreadable(f"a snapshot cannot be read: {error}") from error
    center = Center(
        now=saved.now,
        interactions={item.id: item for item in saved.interactions},
        agents={item.spec.id: _load_agent(item) for item in saved.agents},
        recent=dict(saved.recent),
        skills={item.id: item for item in saved.skills},
        queues={item.id: item for item in saved.queues},
        teams={item.id: item for item in saved.teams},
        calendars={item.id: item for item in saved.calendars},
        inboxes={item.id: item for item in saved.inboxes},
        dispositions={item.id: item for item in saved.dispositions},
        reasons={item.id: item for item in saved.reasons},
        segments={item.id: item for item in saved.segments},
        policy=saved.policy,
        trial=saved.trial,
        trial_at=saved.trial_at,
        mode=saved.mode,
        head_start_pct=saved.head_start_pct,
        tallies=saved.tallies,
        prices=saved.prices,
        failed_at=saved.failed_at,
        offers=saved.offers,
        reveals=saved.reveals,
    )
    rebuild(center)
    return center


def _by_id(items: Mapping[_Id, _Item]) -> tuple[_Item, ...]:
    return tuple(items[key] for key in sorted(items))


def _save_agent(agent: AgentState) -> _SavedAgent:
    return _SavedAgent(
        spec=agent.spec,
        presence=agent.presence,
        reason=agent.reason,
        presence_at=agent.presence_at,
        connected=agent.connected,
        gone_since=agent.gone_since,
        idle_since=agent.idle_since,
        holds=tuple(agent.holds.items()),
        seen=tuple(agent.seen.items()),
        offer=agent.offer,
        offered=agent.offered,
        handled=agent.handled,
        ended_at=agent.ended_at,
    )


def _load_agent(saved: _SavedAgent) -> AgentState:
    return AgentState(
        spec=saved.spec,
        presence=saved.presence,
        reason=saved.reason,
        presence_at=saved.presence_at,
        connected=saved.connected,
        gone_since=saved.gone_since,
        idle_since=saved.idle_since,
        holds=dict(saved.holds),
        seen=dict(saved.seen),
        offer=saved.offer,
        offered=saved.offered,
        handled=saved.handled,
        ended_at=saved.ended_at,
    )
