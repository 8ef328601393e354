"""Where two texts state one fact with different values, and where a text's date has passed."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from warmline.knowledge.facts.model import Fact, Kind, Value

PAIRS_LIMIT = 1_000
"""More contradictions than that nobody reads; the rest is counted."""
_ALIKE = 0.5
_WORKDAYS = 5 / 7
_MONTH_DAYS = (28, 31)
_WEEK = "01234"
TextKey = tuple[str, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """A fact and the text that states it."""

    text: TextKey
    title: str
    fact: Fact

    def plain(self) -> dict[str, object]:
        """As it is kept and shown."""
        source, id_, language = self.text
        return {
            "source": source,
            "id": id_,
            "language": language,
            "title": self.title,
            **self.fact.plain(),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Contradiction:
    """Two statements that differ, or (without `other`) one whose date has passed."""

    one: Stated
    other: Stated | None

    @property
    def id(self) -> str:
        """The same as long as the same texts say the same values of the same thing."""
        sides = [self.one] if self.other is None else [self.one, self.other]
        said = sorted(
            [*side.text, side.fact.kind, side.fact.topic, side.fact.aspect, _said(side.fact.value)]
            for side in sides
        )
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:32]


def _said(value: Value) -> str:
    return f"{value.unit}|{value.low}|{value.high}|{value.text}"


def agree(kind: Kind, one: Value, other: Value) -> bool | None:
    """Whether two values of one fact are alike, or cannot both be true; None: not to be compared.

    >>> week, seven = Value(unit="day", high=7), Value(unit="day", low=7, high=7)
    >>> agree(Kind.DURATION, week, seven)
    True
    >>> agree(Kind.DURATION, week, Value(unit="workday", low=5, high=5))
    True
    >>> agree(Kind.MONEY, Value(unit="EUR", low=5, high=5), Value(unit="PLN", low=9, high=9))
    """
    match kind:
        case Kind.PHONE | Kind.EMAIL:
            return one.text == other.text
        case Kind.DATE:
            parts = slice(-5, None) if "-" in {one.text[0], other.text[0]} else slice(None)
            return one.text[parts] == other.text[parts]
        case Kind.HOURS:
            return _hours_agree(one, other)
        case _:
            return _amounts_agree(kind, one, other)


def _amounts_agree(kind: Kind, one: Value, other: Value) -> bool | None:
    if kind is Kind.MONEY and one.unit and other.unit and one.unit != other.unit:
        return None
    if one.high is not None and other.high is not None:
        alike = _equal(kind, (one.unit, one.high), (other.unit, other.high))
        if not alike or one.low is None or other.low is None:
            return alike
    elif one.high is not None or other.high is not None or one.low is None or other.low is None:
        return None
    return _equal(kind, (one.unit, one.low), (other.unit, other.low))


def _equal(kind: Kind, one: tuple[str, float], other: tuple[str, float]) -> bool:
    (unit, size), (unit2, size2) = one, other
    if unit == unit2 or kind is not Kind.DURATION:
        return abs(size - size2) < 1e-6  # noqa: PLR2004
    units = {unit: size, unit2: size2}
    if "month" in units:
        # Twelve months are a year of 365 days.
        low, high = (units["month"] * days for days in _MONTH_DAYS)
        days = units.get("day", units.get("workday", 0) / _WORKDAYS)
        return low <= days <= high
    # Whether days are working days is often left out: the same number is no contradiction.
    return units["day"] == units["workday"] or abs(units["day"] * _WORKDAYS - units["workday"]) < 1


def _hours_agree(one: Value, other: Value) -> bool | None:
    days, others = set(one.unit), set(other.unit)
    if days and others and not days & others:
        return None
    if not (days and others):
        # Without days the week is meant, as far as it says anything of single days.
        named = days or others
        if (named and not named & set(_WEEK)) or one.text or other.text:
            return None
    # "Closed on Sundays" contradicts hours that name the day.
    return (one.low, one.high, one.text) == (other.low, other.high, other.text)


def _same(one: Fact, other: Fact) -> bool:
    """Whether two facts of one kind and topic are of the same thing."""
    if one.conditions != other.conditions:
        return False
    if not one.topic:
        return _share(one.own, other.own) > _ALIKE
    return one.own == other.own or _share(one.own, other.own) >= _ALIKE


def _share(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / max(1, len(one | other))


def contradictions(stated: Sequence[Stated], *, today: date) -> tuple[Sequence[Contradiction], int]:
    """All of them, and how many more there are beyond the limit.

    Two values of one text are two cases that it tells apart, so they contradict another text only
    if that one says neither.
    """
    found: dict[str, Contradiction] = {}
    dropped = 0
    for one in (*_outdated(stated, today), *_pairs(stated)):
        if one.id in found:
            continue
        if len(found) >= PAIRS_LIMIT:
            dropped += 1
        else:
            found[one.id] = one
    return list(found.values()), dropped


def _outdated(stated: Sequence[Stated], today: date) -> Iterable[Contradiction]:
    for one in stated:
        fact = one.fact
        dated = fact.kind is Kind.DATE and fact.aspect == "until"
        if dated and not fact.value.text.startswith("-") and fact.value.text < today.isoformat():
            yield Contradiction(one=one, other=None)


def _pairs(stated: Sequence[Stated]) -> Iterable[Contradiction]:
    groups: Mapping[tuple[Kind, str, str], list[Stated]] = _grouped(stated)
    for together in groups.values():
        for at, one in enumerate(together):
            for other in together[at + 1 :]:
                if one.text == other.text or not _same(one.fact, other.fact):
                    continue
                alike = agree(one.fact.kind, one.fact.value, other.fact.value)
                if alike is False and not (
                    _says(other.text, one, together) or _says(one.text, other, together)
                ):
                    yield Contradiction(one=one, other=other)


def _grouped(stated: Sequence[Stated]) -> Mapping[tuple[Kind, str, str], list[Stated]]:
    groups: dict[tuple[Kind, str, str], list[Stated]] = defaultdict(list)
    for one in stated:
        groups[one.fact.kind, one.fact.topic, one.fact.aspect].append(one)
    return groups


def _says(text: TextKey, one: Stated, together: Sequence[Stated]) -> bool:
    """Whether a text says somewhere the same of this as `one` does."""
    return any(
        agree(one.fact.kind, one.fact.value, heard.fact.value)
        for heard in together
        if heard.text == text and _same(one.fact, heard.fact)
    )
