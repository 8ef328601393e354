"""Why somebody probably comes: naive Bayes over what is known before the answer, pure.

Each clue (the channel, the topic chosen, an order that is late, what the last contact was about …)
is counted beside each reason that contacts of the center's own past were closed with. The share of
a reason is `P(reason) · Π P(clue | reason)`, over all reasons one; clues that are not there do not
count. It is measured by learning from the earlier part of the past and guessing the later one.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from math import exp, log
from typing import Any

LATER_SHARE = 0.25
"""This share of the past, the latest, is guessed to measure how often the rest is right."""
FEWEST = 60
"""With fewer contacts nothing is learnt: the numbers would mean nothing."""
SMOOTHING = 1.0
"""Added to every count (Laplace), so that what never happened is improbable, not impossible."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A past contact: what was known before it, and what it was about."""

    clues: frozenset[str]
    reason: str


@dataclass(slots=True)
class Counts:
    """What was counted: contacts by reason, and clues by reason."""

    reasons: Counter[str] = field(default_factory=Counter[str])
    clues: dict[str, Counter[str]] = field(default_factory=dict[str, Counter[str]])

    def plain(self) -> dict[str, object]:
        """As it is stored."""
        return {
            "reasons": dict(self.reasons),
            "clues": {reason: dict(counted) for reason, counted in self.clues.items()},
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """A reason, how probable it is (0 to 1), and the clues that spoke most for it."""

    reason: str
    share: float
    clues: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """How often the guess was right on contacts it had not seen, and how often the commonest."""

    contacts: int
    right: int
    commonest: int

    def plain(self) -> dict[str, int]:
        """As it is stored and shown."""
        return {"contacts": self.contacts, "right": self.right, "commonest": self.commonest}


def learn(examples: Collection[Example]) -> Counts:
    """Count the clues beside the reasons."""
    counts = Counts()
    for one in examples:
        counts.reasons[one.reason] += 1
        counts.clues.setdefault(one.reason, Counter()).update(one.clues)
    return counts


def read(plain: Mapping[str, Any]) -> Counts:
    """Counts as `Counts.plain` wrote them."""
    clues = {str(reason): Counter[str](counted) for reason, counted in plain["clues"].items()}
    return Counts(reasons=Counter[str](plain["reasons"]), clues=clues)


def _weight(counts: Counts, reason: str, clue: str) -> float:
    """How much a clue speaks for a reason: the logarithm of P(clue | reason)."""
    seen = counts.clues.get(reason, Counter())[clue]
    return log((seen + SMOOTHING) / (counts.reasons[reason] + 2 * SMOOTHING))


def guess(counts: Counts, clues: Collection[str]) -> Guess | None:
    """The most probable reason; None when nothing was learnt. Clues never seen say nothing."""
    if not counts.reasons:
        return None
    known = sorted(
        clue for clue in clues if any(clue in counted for counted in counts.clues.values())
    )
    total = counts.reasons.total()
    scores = {
        reason: log(seen / total) + sum(_weight(counts, reason, clue) for clue in known)
        for reason, seen in counts.reasons.items()
    }
    best = max(sorted(scores), key=lambda reason: scores[reason])
    share = 1 / sum(exp(score - scores[best]) for score in scores.values())
    return Guess(reason=best, share=share, clues=_spoke(counts, best, known))


def _spoke(counts: Counts, reason: str, known: Sequence[str]) -> tuple[str, ...]:
    """The clues that make the reason more probable than it is anyway, the strongest first."""
    total = counts.reasons.total()
    gains: dict[str, float] = {}
    for clue in known:
        everywhere = sum(counted[clue] for counted in counts.clues.values())
        usual = log((everywhere + SMOOTHING) / (total + 2 * SMOOTHING))
        gains[clue] = _weight(counts, reason, clue) - usual
    strong = [clue for clue in known if gains[clue] > 0]
    return tuple(sorted(strong, key=lambda clue: -gains[clue]))


def measure(examples: Sequence[Example]) -> Measured | None:
    """Learn from the earlier ones, guess the later ones; None with too few. In order of time."""
    later = round(len(examples) * LATER_SHARE)
    if len(examples) < FEWEST or later == 0:
        return None
    earlier, rest = examples[:-later], examples[-later:]
    counts = learn(earlier)
    commonest = counts.reasons.most_common(1)[0][0]
    guessed = [guess(counts, one.clues) for one in rest]
    return Measured(
        contacts=later,
        right=sum(
            found is not None and found.reason == one.reason
            for found, one in zip(guessed, rest, strict=True)
        ),
        commonest=sum(one.reason == commonest for one in rest),
    )
