"""What a fact is: a value with its kind, what it is about, under which conditions, and where."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol


class Source(StrEnum):
    """Where a text of the center is kept."""

    ARTICLE = "article"
    CANNED = "canned"
    MAIL = "mail"
    QUEUE = "queue"


class Kind(StrEnum):
    """What kind of value a fact has."""

    MONEY = "money"
    DURATION = "duration"
    HOURS = "hours"
    TIME = "time"
    DATE = "date"
    PERCENT = "percent"
    PHONE = "phone"
    EMAIL = "email"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredText:
    """A text of the center in one language; `language` is empty when nobody said which."""

    source: str
    id: str
    language: str
    title: str
    text: str

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells it from every other."""
        return self.source, self.id, self.language


class Texts(Protocol):
    """Texts of the center that state facts."""

    async def all(self) -> Sequence[StoredText]:
        """All of them as they are now, each language of one for itself."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """A value in one unit, from `low` to `high`; None where that end is not said.

    `unit` is a currency, `day` or `month` or `workday`, `%`, `minute` of the day, or nothing.
    `text` is the value where it is no number: a telephone, an address, a date, hours by day.
    """

    unit: str = ""
    low: float | None = None
    high: float | None = None
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One statement of a text. `topic` is empty for what only its own words name.

    `conditions` are of the lexicon (`tier:express`), `own` are stems of the text's own words that
    say which one is meant; `sentence` is cited, and the value stands at `start` to `end` in it.
    """

    kind: Kind
    value: Value
    topic: str
    aspect: str = ""
    conditions: frozenset[str] = frozenset()
    own: frozenset[str] = frozenset()
    sentence: str = ""
    start: int = 0
    end: int = 0

    def plain(self) -> dict[str, object]:
        """As it is kept."""
        value = self.value
        return {
            "kind": self.kind.value,
            "value": [value.unit, value.low, value.high, value.text],
            "topic": self.topic,
            "aspect": self.aspect,
            "conditions": sorted(self.conditions),
            "own": sorted(self.own),
            "sentence": self.sentence,
            "start": self.start,
            "end": self.end,
        }


def known(kept: Mapping[str, Any]) -> Fact:
    """A fact from how it is kept."""
    unit, low, high, text = kept["value"]
    return Fact(
        kind=Kind(kept["kind"]),
        value=Value(unit=unit, low=low, high=high, text=text),
        topic=kept["topic"],
        aspect=kept["aspect"],
        conditions=frozenset(kept["conditions"]),
        own=frozenset(kept["own"]),
        sentence=kept["sentence"],
        start=kept["start"],
        end=kept["end"],
    )
