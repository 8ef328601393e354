"""What is compared and what comes of it: records, terms, matches, thresholds, merges."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.core.words import CustomerId, SiteId
from warmline.customers.matching.names import Word

MEMBERS_LIMIT = 50
"""A person with more records than this is not joined with another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """An identifier as it is compared: of which kind, and whether it is verified."""

    kind: str
    value: str
    verified: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A person as they are compared, with the names and places of all their records."""

    id: CustomerId
    names: tuple[tuple[Word, ...], ...] = ()
    known: frozenset[Known] = frozenset()
    streets: frozenset[str] = frozenset()
    """Address without its usual words: the sound of the street, and the numbers."""
    postcodes: frozenset[str] = frozenset()
    born: frozenset[str] = frozenset()
    """`YYYY-MM-DD`."""

    def of(self, kind: str) -> frozenset[str]:
        """The values of one kind of identifier."""
        return frozenset(one.value for one in self.known if one.kind == kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One thing that speaks for or against two records being one person; holds no values."""

    code: str
    bits: float
    """How many times more likely, as a power of two, if it is one person."""
    count: int | None = None
    """Letters apart, or people who share it."""


class Veto(StrEnum):
    """Why two records may not be joined without a person, however high the score."""

    IDENTITIES = "identities"
    """Both have a verified identity, and not the same: nobody may join them."""
    GIVEN = "given"
    BORN = "born"


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """How likely two records are one person."""

    a: CustomerId
    b: CustomerId
    share: float
    """The probability, 0 to 1."""
    terms: tuple[Term, ...] = ()
    veto: Veto | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """From which probability on, in percent, a pair is suggested, and joined without asking."""

    suggest_pct: float = 50.0
    automatic_pct: float = 90.0
    automatic: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """How many customers there are and how common words of names are among them."""

    customers: int
    counts: Mapping[str, int] = field(default_factory=dict[str, int])
    """People by the sound of a word of their name; rare words are left out."""


class Conversations(Protocol):
    """Gives conversations to another customer, inside a transaction of the caller."""

    async def of(
        self, connection: AsyncConnection, site: SiteId, interactions: Collection[str]
    ) -> Mapping[str, CustomerId]:
        """Whose each of them is now; those that are not there, or nobody's, are left out."""
        ...

    async def give(
        self, connection: AsyncConnection, site: SiteId, interactions: Mapping[str, CustomerId]
    ) -> None:
        """Make each the named customer's."""
        ...
