"""What is asked of the process for estimates and what it answers: plain facts, quick to load."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

EDGE = 0.25
"""Beyond it, either way, a turn counts as glad or unhappy; chosen by folds of the seed alone."""
OTHER = "other"
"""The topic of what is near to none; nobody can name a topic so."""
Trained: TypeAlias = tuple[bytes, Mapping[str, Any]]
"""A model as bytes, and what it was made of."""


def kind_of(mood: float) -> int:
    """The class of a mood: 0 unhappy, 1 neutral, 2 glad.

    >>> [kind_of(mood) for mood in (-0.9, 0.0, 0.5)]
    [0, 1, 2]
    """
    return 0 if mood < -EDGE else 2 if mood > EDGE else 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """How a turn sounds and who says so: the `model`, or the `lexicon`."""

    mood: float
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected:
    """A text whose mood a person put right."""

    text: str
    mood: float


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """A sentence that is about a topic."""

    topic: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a text is about, and how sure that is, 0 to 1."""

    topic: str
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """What estimates are made with: a trained model, and what is said of each topic."""

    model: bytes
    examples: tuple[About, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Texts whose mood is asked, and texts whose topic is."""

    turns: tuple[str, ...] = ()
    talks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """The answers, in the order of the texts."""

    moods: Sequence[Heard]
    topics: Sequence[Found]
