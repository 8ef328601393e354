"""What a row of the benchmark panel is, and what it is computed from."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple, Protocol, TypeAlias

from sqlalchemy import ColumnElement, Select, Table
from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.core.center import Center
from warmline.core.words import Instant, SiteId
from warmline.insight.metrics import Window

Facts: TypeAlias = Mapping[str, float | str]


class Area(StrEnum):
    """A part of the center, in the order of the screen."""

    EXPERIENCE = "experience"
    CUSTOMERS = "customers"
    ROUTING = "routing"
    DESK = "desk"
    CHANNELS = "channels"
    OUTREACH = "outreach"
    PEOPLE = "people"
    SECURITY = "security"


class Better(StrEnum):
    """Which way is forward; `neither` is for orientation and has no level."""

    MORE = "more"
    LESS = "less"
    NEITHER = "neither"


class Surveyed(Protocol):
    """The ids of interactions about which a survey was sent, or answered."""

    def __call__(self, site: SiteId, *, answered: bool) -> Select[Any]: ...


class Judged(Protocol):
    """How many targets for what customers answered were attained, of how many with a verdict."""

    async def __call__(
        self, connection: AsyncConnection, site: SiteId, since: Instant, until: Instant
    ) -> tuple[int, int]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What customers answered, as far as the panel asks for it."""

    surveyed: Surveyed
    judged: Judged


class Counted(Protocol):
    """How many of how many, as another room counts them in a period."""

    async def __call__(
        self, connection: AsyncConnection, site: SiteId, since: Instant, until: Instant
    ) -> tuple[int, int]: ...


class Change(NamedTuple):
    """By how many percent something changed, with its 95 % interval, and of how many."""

    pct: float
    low: float
    high: float
    n: int


Changes: TypeAlias = Callable[[], Awaitable[Mapping[str, Change]]]
"""Own changes by the key of their row; one that cannot be told yet is left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """What other rooms know, by the key of the row that asks for it."""

    talks: Mapping[str, Callable[[SiteId], Select[Any]]]
    """The ids of the interactions that speak for a row."""
    counted: Mapping[str, Counted]
    changes: Changes


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a row is computed from: the facts of a period, and the settings now."""

    connection: AsyncConnection
    site: SiteId
    window: Window
    center: Center
    heard: Heard | None = None
    elsewhere: Elsewhere | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """The own figure: `good` of `of`; or `missing` says in one word why there is none."""

    good: int = 0
    of: int = 0
    missing: str | None = None
    change: Change | None = None
    """Where the figure is no share but a change."""
    facts: Facts = field(default_factory=dict[str, float | str])


@dataclass(frozen=True, slots=True, kw_only=True)
class Among:
    """The contacts that a figure is a share of, and which of them speak for it."""

    table: Table
    at: ColumnElement[Any]
    among: ColumnElement[bool]
    good: ColumnElement[bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row of the panel."""

    key: str
    published_pct: float
    own: Callable[[Look], Awaitable[Own]]
    next: str | None = None
    """The screen on which the next step is taken; None where there is none yet."""
    behind: Callable[[Look], Among] | None = None
    """The contacts that it is a share of, which chance moves; None for settings and people."""
    area: Area
    published_to_pct: float | None = None
    """The far end, where a range was published."""
    better: Better = Better.MORE
