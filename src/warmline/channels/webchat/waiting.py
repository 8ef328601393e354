"""Where customers stand in the line, and how long it may take: counted, never polled."""

from collections import deque
from collections.abc import Collection, Mapping
from statistics import median

from warmline.core import events as e
from warmline.core.state import Center
from warmline.core.words import Instant, InteractionId, Millis, Phase, QueueId

SAMPLES = 20
FEWEST_SAMPLES = 5
"""With fewer answered waits than this an estimate would be a guess, so none is given."""


class Waits:
    """What the latest answered waits of each queue say about the next one.

    A wait is counted per place: one who stood third and waited 90 s says 30 s for a place.
    """

    def __init__(self) -> None:
        self._in_line: dict[QueueId, set[InteractionId]] = {}
        self._joined: dict[InteractionId, tuple[QueueId, Instant, int]] = {}
        self._per_place: dict[QueueId, deque[float]] = {}

    def begin(self, center: Center) -> None:
        """After a restart: those who wait now stand where they stand."""
        for interaction in center.interactions.values():
            if interaction.phase in {Phase.QUEUED, Phase.OFFERED} and interaction.queue:
                self._join(interaction.id, interaction.queue, interaction.queued_at)

    def fold(self, event: e.Event) -> QueueId | None:
        """Learn from one event; the queue whose line changed by it, if any."""
        match event:
            case e.Queued():
                self._leave(event.interaction)
                self._join(event.interaction, event.queue, event.at)
                return event.queue
            case e.Accepted():
                joined = self._leave(event.interaction)
                if joined is None:
                    return None
                queue, since, place = joined
                waits = self._per_place.setdefault(queue, deque(maxlen=SAMPLES))
                waits.append((event.at - since) / place)
                return queue
            case e.Abandoned() | e.Ended() | e.Transferred() | e.Overflowed():
                joined = self._leave(event.interaction)
                return joined[0] if joined else None
            case _:
                return None

    def expected_ms(self, queue: QueueId, place: int) -> Millis | None:
        """How long one at `place` may still wait; None when too little is known."""
        waits = self._per_place.get(queue, ())
        if len(waits) < FEWEST_SAMPLES:
            return None
        return round(median(waits) * place)

    def _join(self, interaction: InteractionId, queue: QueueId, at: Instant) -> None:
        line = self._in_line.setdefault(queue, set())
        line.add(interaction)
        self._joined[interaction] = (queue, at, len(line))

    def _leave(self, interaction: InteractionId) -> tuple[QueueId, Instant, int] | None:
        joined = self._joined.pop(interaction, None)
        if joined is not None:
            self._in_line[joined[0]].discard(interaction)
        return joined


def places(center: Center, queues: Collection[QueueId]) -> Mapping[InteractionId, int]:
    """The place of everybody who waits in one of these queues; 1 is next.

    Who is being offered to an agent keeps the place that the key gives among those who wait.
    """
    lines: dict[QueueId, list[tuple[Instant, InteractionId, bool]]] = {}
    for interaction in center.interactions.values():
        queue = interaction.queue
        if queue in queues and queue and interaction.phase in {Phase.QUEUED, Phase.OFFERED}:
            entry = (interaction.key, interaction.id, interaction.phase is Phase.QUEUED)
            lines.setdefault(queue, []).append(entry)
    found: dict[InteractionId, int] = {}
    for line in lines.values():
        before = 0
        for _, interaction_id, waits in sorted(line):
            found[interaction_id] = before + 1
            before += waits
    return found
