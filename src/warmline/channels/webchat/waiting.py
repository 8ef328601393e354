"""What one who waits is told: the true place in the line, a range, and the queue's own words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from warmline.channels.queue_words import while_waiting
from warmline.core.interaction import TALKING, Interaction
from warmline.core.state import Center
from warmline.core.words import SECOND, Instant, InteractionId, Millis, Phase

WAITING = frozenset({Phase.TREATING, Phase.QUEUED, Phase.OFFERED})
IN_LINE = frozenset({Phase.QUEUED, Phase.OFFERED})
TELL_EVERY_MS: Millis = 3 * SECOND
"""Places and ranges are told together, and not more often."""
AGAIN_EVERY_MS: Millis = 15 * SECOND
"""So long nothing may move in any line before the ranges are looked at again."""
NEWS = 0.15
"""A range that moves by less than this share is no news."""


class Range(Protocol):
    """How long one may still wait, at a place of the line."""

    @property
    def place(self) -> int: ...
    @property
    def low_ms(self) -> Millis: ...
    @property
    def high_ms(self) -> Millis: ...


class Line(Protocol):
    """Who waits behind whom, and how long it may take."""

    def place(self, interaction: InteractionId, /) -> int | None: ...
    def expected(self, interaction: InteractionId, now: Instant, /) -> Range | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a chat stands; what is done after the talk is no business of the customer."""

    phase: Phase = Phase.CLOSED
    position: int | None = None
    expected: tuple[Millis, Millis] | None = None
    words: str | None = None
    """What the queue says to those for whom nobody is free."""

    def frame(self, agent: Mapping[str, object] | None) -> dict[str, object]:
        """The same as the customer's page reads it."""
        low, high = self.expected or (None, None)
        return {
            "phase": self.phase.value,
            "position": self.position,
            "expected": None if low is None else {"low_ms": low, "high_ms": high},
            "words": self.words,
            "agent": agent,
        }

    @property
    def plain(self) -> tuple[Phase, int | None, str | None]:
        """What is news whenever it differs at all."""
        return self.phase, self.position, self.words

    def is_news_after(self, before: "Standing | None") -> bool:
        """Whether a customer who was told `before` would want to know."""
        if before is None or before.plain != self.plain:
            return True
        if self.expected is None or before.expected is None:
            return self.expected is not before.expected
        return any(
            abs(new - old) > max(NEWS * old, SECOND)
            for new, old in zip(self.expected, before.expected, strict=True)
        )


def standing(center: Center, found: Interaction | None, line: Line, now: Instant) -> Standing:
    """Where an interaction stands now."""
    if found is None or found.phase not in WAITING | TALKING:
        return Standing()
    if found.phase not in IN_LINE:
        return Standing(phase=found.phase)
    # Who is being offered to somebody is about to be answered: there is nothing to foretell.
    said = line.expected(found.id, now) if found.phase is Phase.QUEUED else None
    return Standing(
        phase=found.phase,
        position=line.place(found.id),
        expected=None if said is None else (said.low_ms, said.high_ms),
        words=while_waiting(center, found, now),
    )
