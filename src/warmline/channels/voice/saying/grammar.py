"""What the languages share: genders, plural forms, and how a number is taken apart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol

MOST = 999_999
"""Greater numbers are said digit by digit."""
LONGEST_WAIT_MIN = 60
"""Nobody is told more exactly than this how long they will wait."""


class Gender(StrEnum):
    """Of what is counted."""

    MALE = "m"
    FEMALE = "f"
    NEUTER = "n"


class Plural(StrEnum):
    """Which form of a noun follows a whole number, as CLDR names them."""

    ONE = "one"
    FEW = "few"
    MANY = "many"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Noun:
    """Something that is counted, in the forms that its language has."""

    one: str
    few: str
    many: str
    gender: Gender = Gender.MALE

    def form(self, plural: Plural) -> str:
        """The form after a number."""
        match plural:
            case Plural.ONE:
                return self.one
            case Plural.FEW:
                return self.few
            case _:
                return self.many


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """From so many whole minutes to so many; the least is 0 for less than one."""

    low_min: int
    high_min: int


class Tongue(Protocol):
    """A language in which the center speaks."""

    @property
    def prompts(self) -> Mapping[str, str]:
        """The words of the standard prompts, by name."""
        ...

    def number(self, n: int, gender: Gender = Gender.MALE) -> str:
        """A whole number from 0 to `MOST`."""
        ...

    def ordinal(self, n: int, gender: Gender = Gender.MALE) -> str:
        """The first, the second, … to 999."""
        ...

    def gender_before(self, word: str) -> Gender:
        """The gender in which a number before a word is said, as far as it is known."""
        ...

    def time(self, hour: int, minute: int, after: str = "") -> str:
        """A time of the day, of 24 hours, as it is said after a word like `from`."""
        ...

    def date(self, day: date) -> str:
        """A day and its month, with its name."""
        ...

    def position(self, n: int) -> str:
        """Where somebody stands in the line; 1 is next."""
        ...

    def wait(self, told: Range) -> str:
        """How long it will take."""
        ...


def hundreds(n: int) -> tuple[int, int, int]:
    """Hundreds, tens and the rest, which is below 20.

    >>> hundreds(342), hundreds(17), hundreds(120)
    ((3, 4, 2), (0, 0, 17), (1, 2, 0))
    """
    rest = n % 100
    return (n // 100, 0, rest) if rest < 20 else (n // 100, rest // 10, rest % 10)  # noqa: PLR2004


def joined(*parts: str) -> str:
    """The words that there are, with spaces."""
    return " ".join(part for part in parts if part)


def at(words: Sequence[str], n: int) -> str:
    """The word of a number; nothing for 0."""
    return words[n] if n else ""


def listed(words: str) -> tuple[str, ...]:
    """The words of a list, the first for 0; those that are marked with `-` are never said."""
    return tuple(words.split())
