"""What loyalty is counted from: judged contacts, purchases, and the published figures."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from warmline.core.words import Actor, AgentId, CustomerId, Instant, SiteId
from warmline.ports import Clock, Guard, State
from warmline.storage.database import Database

Floats: TypeAlias = NDArray[np.float64]
Whole: TypeAlias = NDArray[np.int64]

LEAST = 30
"""Fewer matched customers than this tell nothing: the published figure stands in."""
FOLLOWED_DAYS = (14, 30, 60, 90, 180)
USUAL_DAYS = 90
LOOKED_BACK_DAYS = 365
"""Contacts of so many days are judged."""


class Kind(StrEnum):
    """How the customer judged a contact; one in between is neither."""

    BAD = "bad"
    GOOD = "good"


PUBLISHED_PCT: Mapping[Kind, float] = {Kind.BAD: -28.0, Kind.GOOD: 18.0}
"""By how much loyalty changes after a contact, as surveys of 2003 to 2015 published it."""


class Standing(StrEnum):
    """What a contact says; only the counted ones are in a difference."""

    COUNTED = "counted"
    WAITING = "waiting"
    """Its days are not over yet."""
    NO_ORDERS = "no_orders"
    """The customer had bought nothing before, or may not be profiled."""
    ALONE = "alone"
    """Nobody is like this customer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A contact that its customer judged."""

    ask: str
    interaction: str | None
    customer: CustomerId
    segment: str | None
    """As it was at the contact."""
    agent: AgentId | None
    at: Instant
    kind: Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Bought:
    """Orders of all who may be profiled: whose (a place in `people`), on what day, for how much."""

    people: Sequence[CustomerId]
    segments: Sequence[str | None]
    who: Whole
    day: Whole
    money: Floats
    """In minor units of `currency`."""
    currency: str
    day_of: Callable[[Instant], int]


class Purchases(Protocol):
    """What the other rooms know of orders."""

    async def __call__(self) -> Bought:
        """All orders that count."""
        ...

    async def roots(self, ids: Collection[CustomerId]) -> Mapping[CustomerId, CustomerId]:
        """The id that counts, by each of these."""
        ...


class AgentNames(Protocol):
    """What agents are called."""

    async def __call__(self, ids: Collection[AgentId]) -> Mapping[AgentId, str]: ...


class CustomerNames(Protocol):
    """What customers are called, masked unless they are open to the reader."""

    async def __call__(
        self, ids: Collection[CustomerId], *, reader: Actor
    ) -> Mapping[CustomerId, str]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """What this room works with."""

    database: Database
    site: SiteId
    state: State
    clock: Clock
    needs: Guard
    purchases: Purchases
    agents: AgentNames
    customers: CustomerNames
