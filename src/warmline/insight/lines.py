"""Who waits behind whom, live: events become places in lines, lines say how long it may take."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from warmline.core import events as e
from warmline.core.interaction import Interaction
from warmline.core.words import Instant, InteractionId, Medium, Phase, QueueId, SegmentId
from warmline.insight.waits import Expected, Waits
from warmline.ports import Recorded, State

WAITING = frozenset({Phase.QUEUED, Phase.OFFERED})
_NEW_KEYS = (
    e.SegmentDefined, e.PolicyDefined, e.PolicyPublished, e.TrialStarted, e.TrialEnded,
    e.ModeEntered, e.ModeLeft, e.HeadStartScaled, e.Priced,
)  # fmt: skip
"""What may move everybody's place in the line."""

Line = tuple[QueueId, Medium, str | None]
"""Who waits for the same people: queue, medium, and the language that is asked for, if it is."""


@dataclass(slots=True)
class _Customer:
    """What a line needs of somebody who waits."""

    arrived_at: Instant
    medium: Medium
    language: str | None
    segment: SegmentId | None


class Lines:
    """Everybody who waits, in line; told of every event once, in order."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._waits = Waits()
        self._open: dict[InteractionId, _Customer] = {}
        self._lines: dict[QueueId, dict[Line, None]] = {}

    def learn(self, past: Iterable[e.Event]) -> None:
        """Take in what happened before the start, so that there is something to say at once."""
        for event in past:
            self._fold(event)

    def begin(self) -> None:
        """After a start: those who wait now, and nobody else, stand in line."""
        center = self._state.center()
        for gone in [known for known in self._open if known not in center.interactions]:
            self._waits.leave(gone)
            del self._open[gone]
        for one in center.interactions.values():
            self._open[one.id] = _known(one)
            waits = one.phase in WAITING and one.queue is not None
            if not waits:
                self._waits.leave(one.id)
            elif self._waits.line(one.id) != self._line(one.id, one.queue):
                self._join(one.id, one.queue, max(one.queued_at, one.phase_at))
                if one.phase is Phase.OFFERED:
                    self._waits.call(one.id, one.phase_at)

    def receive(self, recorded: Sequence[Recorded]) -> None:
        """Follow what has just become durable; the state is there already."""
        for one in recorded:
            self._fold(one.event)

    def place(self, interaction: InteractionId) -> int | None:
        """How many of those who wait for the same people come before, plus one; 1 is next."""
        return self._waits.place(interaction)

    def expected(self, interaction: InteractionId, now: Instant) -> Expected | None:
        """The range that holds four of five waits from now on; None when too little is known."""
        return self._waits.expected(interaction, now)

    def newcomer(self, queue: QueueId, now: Instant) -> Expected | None:
        """What one would be told who came to a queue now: in the longest of its live lines."""
        found = [
            said
            for line in self._lines.get(queue, ())
            if self._waits.standing(line)
            if (said := self._waits.newcomer(line, now)) is not None
        ]
        return max(found, key=lambda said: said.high_ms, default=None)

    # Inside

    def _fold(self, event: e.Event) -> None:
        if isinstance(event, e.InteractionEvent):
            self._follow(event)
        elif isinstance(event, _NEW_KEYS):
            self._move_all()

    def _follow(self, event: e.InteractionEvent) -> None:
        id_, at = event.interaction, event.at
        match event:
            case e.Arrived() | e.Begun():
                self._open[id_] = _Customer(at, event.medium, event.language, event.segment)
            case e.Identified():
                self._identified(event)
            case e.Queued():
                self._join(id_, event.queue, at)
            case e.Offered():
                self._waits.call(id_, at)
            case e.OfferDeclined() | e.OfferLapsed() | e.OfferWithdrawn():
                self._waits.back(id_, at)
            case e.Accepted():
                self._waits.serve(id_, at)
            case e.Overflowed() | e.Transferred():
                self._waits.leave(id_)
            case e.Abandoned() | e.Ended():
                self._waits.leave(id_, at)
                self._open.pop(id_, None)
            case _:
                return

    def _identified(self, event: e.Identified) -> None:
        known = self._open.get(event.interaction)
        if known is not None:
            known.segment = event.segment or known.segment
            self._waits.move(event.interaction, self._key(event.interaction, known))

    def _join(self, id_: InteractionId, queue: QueueId | None, at: Instant) -> None:
        known = self._open.get(id_)
        if known is None or queue is None:
            return
        key, line = self._key(id_, known), self._line(id_, queue)
        if line is not None:
            self._lines.setdefault(queue, {})[line] = None
        self._waits.join(id_, line, key=key, at=at, segment=known.segment)

    def _move_all(self) -> None:
        for id_, known in self._open.items():
            self._waits.move(id_, self._key(id_, known))

    def _line(self, id_: InteractionId, queue: QueueId | None) -> Line | None:
        if queue is None:
            return None
        center, known = self._state.center(), self._open[id_]
        rules = center.queues.get(queue)
        asked = rules is not None and rules.rings[0].language_level > 0
        language = known.language if asked and known.language in center.skills else None
        return queue, known.medium, language

    def _key(self, id_: InteractionId, known: _Customer) -> Instant:
        """The place in the line; of those who are gone as today's rules would give it."""
        center = self._state.center()
        live = center.interactions.get(id_)
        if live is not None:
            return live.key
        segment = center.segments.get(known.segment) if known.segment else None
        return known.arrived_at - (segment.head_start_ms if segment else 0)


def _known(one: Interaction) -> _Customer:
    return _Customer(one.arrived_at, one.medium, one.language, one.segment)
