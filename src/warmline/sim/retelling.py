"""A center's own log told again: every decision is made once more and compared with the log."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from time import perf_counter

import msgspec

from warmline.core import routing
from warmline.core.center import Center, evolve
from warmline.core.events import Event, Offered
from warmline.core.words import Instant, InteractionId, Phase

SHOWN = 20
"""So many differences are kept to be shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A decision of the log, and what was decided now (None: nothing at all)."""

    at: Instant
    logged: Offered | None
    decided: Offered | None


@dataclass(slots=True, kw_only=True)
class Retold:
    """What came of telling some events again."""

    events: int = 0
    decisions: int = 0
    different: int = 0
    differences: list[Difference] = field(default_factory=list[Difference])
    logged_hash: str = ""
    decided_hash: str = ""
    span_ms: int = 0
    """How long it took in life, from the first event to the last."""
    took_s: float = 0.0
    """How long it took now."""

    @property
    def identical(self) -> bool:
        """Whether every decision was made the same, record and all."""
        return self.different == 0 and self.logged_hash == self.decided_hash


def retell(center: Center, events: Sequence[Event]) -> Retold:
    """Let `center` live through `events`, which follow upon its state, deciding for itself.

    What the log says happens; what is decided now is only compared.
    """
    began = perf_counter()
    told = Retold(events=len(events))
    logged, decided = hashlib.sha256(), hashlib.sha256()
    encode = msgspec.json.encode
    routing.begin(center)
    waiting: Offered | None = None
    for event in events:
        if event.at > center.now:
            if waiting is not None:
                _differs(told, Difference(at=waiting.at, logged=None, decided=waiting))
            _time_passes(center, event.at)
        if isinstance(event, Offered):
            told.decisions += 1
            own = waiting if waiting is not None else _look(center, event.at)
            if own != event:
                again = _look_at_all(center, event.at)
                own = again if again == event or own is None else own
            logged.update(encode(event))
            if own is not None:
                decided.update(encode(own))
            if own != event:
                _differs(told, Difference(at=event.at, logged=event, decided=own))
        evolve(center, event)
        waiting = _look(center, event.at)
    if waiting is not None:
        _differs(told, Difference(at=waiting.at, logged=None, decided=waiting))
    told.logged_hash, told.decided_hash = logged.hexdigest(), decided.hexdigest()
    told.span_ms = events[-1].at - events[0].at if events else 0
    told.took_s = perf_counter() - began
    return told


def _look(center: Center, at: Instant) -> Offered | None:
    """What would be offered now; between the events of one step that may be void a moment later."""
    return routing.next_offer(center, at) if center.failed_at is None else None


def _differs(told: Retold, difference: Difference) -> None:
    told.different += 1
    if len(told.differences) < SHOWN:
        told.differences.append(difference)


def _look_at_all(center: Center, at: Instant) -> Offered | None:
    """What would be offered if everything had to be looked at.

    One step may have brought several events, and time with them, where we look after each. That
    changes whom the record compares with whom, never who gets whom.
    """
    routing.made_anew(center, at)
    return _look(center, at)


def _time_passes(center: Center, at: Instant) -> None:
    """Rings widen and agents who declined may be asked again: the log holds no ticks."""
    while (due := center.next_deadline()) is not None and due <= at:
        _, why, what = center.waiting.deadlines[0]
        center.forget_deadline()
        if why != "interaction":
            continue
        interaction = center.interactions.get(InteractionId(what))
        if interaction is not None and interaction.phase is Phase.QUEUED:
            routing.waits_again(center, interaction, due)
            # Where that leads to nothing it is settled; an offer is made with the event's own time.
            _look(center, due)
