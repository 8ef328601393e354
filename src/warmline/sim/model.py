"""What a simulated center is made of: work, people, customers, and how well it all turns out."""

from typing import Annotated, TypeAlias

from msgspec import Meta, Struct

from warmline.core.settings import Weekday, WhenClosed, WhenUnstaffed
from warmline.core.words import Medium, Presence

Id: TypeAlias = Annotated[str, Meta(pattern=r"^[a-zA-Z0-9][a-zA-Z0-9_.:-]{0,47}$")]
Clock: TypeAlias = Annotated[str, Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d$|^24:00$")]
"""A time of day like `09:30`; `24:00` is the end of the day."""
Positive: TypeAlias = Annotated[float, Meta(gt=0, le=1e9)]
Amount: TypeAlias = Annotated[float, Meta(ge=0, le=1e9)]
Share: TypeAlias = Annotated[float, Meta(ge=0, le=1)]
Level: TypeAlias = Annotated[int, Meta(ge=1, le=5)]
Slots: TypeAlias = Annotated[int, Meta(ge=0, le=50)]


class Part(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of a model; a field that is not known is refused."""


# How long things take


class Constant(Part, frozen=True, kw_only=True, tag_field="law", tag="constant"):
    """Always the same."""

    value_s: Amount


class Exponential(Part, frozen=True, kw_only=True, tag_field="law", tag="exponential"):
    """Without memory, of this mean."""

    mean_s: Positive


class Lognormal(Part, frozen=True, kw_only=True, tag_field="law", tag="lognormal"):
    """As handle times are: many short ones, some very long."""

    mean_s: Positive
    sd_s: Positive


class Hyperexponential(Part, frozen=True, kw_only=True, tag_field="law", tag="hyperexponential"):
    """Several kinds of people: with weight `weights[i]` exponential of mean `means_s[i]`."""

    weights: Annotated[tuple[Positive, ...], Meta(min_length=1, max_length=20)]
    means_s: Annotated[tuple[Positive, ...], Meta(min_length=1, max_length=20)]


class Empirical(Part, frozen=True, kw_only=True, tag_field="law", tag="empirical"):
    """As observed: each value equally often."""

    values_s: Annotated[tuple[Amount, ...], Meta(min_length=1, max_length=200_000)]


class Survival(Part, frozen=True, kw_only=True, tag_field="law", tag="survival"):
    """A Kaplan-Meier table: the share `survive[i]` lasts longer than `times_s[i]`.

    What is left after the last row lasts `tail_mean_s` longer on average, or for ever without it.
    """

    times_s: Annotated[tuple[Amount, ...], Meta(min_length=1, max_length=100_000)]
    survive: Annotated[tuple[Share, ...], Meta(min_length=1, max_length=100_000)]
    tail_mean_s: Positive | None = None


Law: TypeAlias = Constant | Exponential | Lognormal | Hyperexponential | Empirical | Survival


# Work


class Target(Part, frozen=True, kw_only=True):
    """The share that is to be answered within a time."""

    within_s: Annotated[float, Meta(ge=1, le=2_592_000)] = 20.0
    share_pct: Annotated[int, Meta(ge=0, le=100)] = 80


class Ring(Part, frozen=True, kw_only=True):
    """Who is asked after `after_s` more of waiting."""

    skills: dict[Id, Level] = {}
    any_of: dict[Id, Level] = {}
    after_s: Amount = 0.0
    language_level: Annotated[int, Meta(ge=0, le=5)] = 1


class Hours(Part, frozen=True, kw_only=True):
    """Open from `opens` to `closes` on these days of the week, all of them unless named."""

    opens: Clock
    closes: Clock
    days: tuple[Weekday, ...] = tuple(Weekday)


class Queue(Part, frozen=True, kw_only=True):
    """A line of waiting customers; its first ring is open at once."""

    rings: Annotated[tuple[Ring, ...], Meta(min_length=1, max_length=10)] = (Ring(),)
    target: Target = Target()
    hours: Annotated[tuple[Hours, ...], Meta(max_length=12)] = ()
    when_closed: WhenClosed = WhenClosed.REFUSE
    when_unstaffed: WhenUnstaffed = WhenUnstaffed.WAIT
    overflow_to: Id | None = None
    overflow_after_s: Amount = 0.0


class Segment(Part, frozen=True, kw_only=True):
    """Customers who are alike: what they are worth, and their head start in the line."""

    value: Annotated[int, Meta(ge=1, le=10)] = 1
    head_start_s: Annotated[float, Meta(ge=0, le=86_400)] = 0.0
    target: Target | None = None


# Customers


class Rate(Part, frozen=True, kw_only=True):
    """So many an hour between two times of the day."""

    start: Clock
    end: Clock
    per_hour: Amount


class Burst(Part, frozen=True, kw_only=True):
    """For a while `factor` times as many; on one day (0 is the first), or on each."""

    at: Clock
    minutes: Annotated[float, Meta(gt=0, le=1440)]
    factor: Annotated[float, Meta(ge=0, le=1000)]
    day: Annotated[int, Meta(ge=0, le=3660)] | None = None


class Arrivals(Part, frozen=True, kw_only=True):
    """How many come when: a rate, rates by time of day, counts by interval, or recorded moments.

    Days differ by weekday, by what is said of each day, and by chance (`day_cv`, the coefficient of
    variation of a busy or quiet day).
    """

    per_hour: Amount | None = None
    rates: Annotated[tuple[Rate, ...], Meta(max_length=1440)] = ()
    counts: Annotated[tuple[Amount, ...], Meta(max_length=1440)] = ()
    """The mean numbers in equal intervals that make up a day."""
    instants_s: Annotated[tuple[Amount, ...], Meta(max_length=5_000_000)] = ()
    """Recorded: seconds after the start of the first day."""
    weekday_factors: dict[Weekday, Amount] = {}
    day_factors: tuple[Amount, ...] = ()
    day_cv: Annotated[float, Meta(ge=0, le=3)] = 0.0
    bursts: Annotated[tuple[Burst, ...], Meta(max_length=100)] = ()


class Redial(Part, frozen=True, kw_only=True):
    """Who gave up calls again with this probability, after this time, at most so often."""

    probability: Share
    delay: Law = Exponential(mean_s=300.0)
    most: Annotated[int, Meta(ge=1, le=20)] = 3


class Stream(Part, frozen=True, kw_only=True):
    """Customers who come for the same, by the same medium.

    `patience` runs from arrival until an agent takes it; without it nobody gives up. `answer` is
    how long the agent takes to pick up. `talk` and `wrap_up` are for an agent of factor 1.
    """

    queue: Id
    arrivals: Arrivals
    talk: Law
    medium: Medium = Medium.VOICE
    wrap_up: Law | None = None
    patience: Law | None = None
    answer: Law | None = None
    redial: Redial | None = None
    segments: dict[Id, Positive] = {}
    """The mix of segments by weight; empty: nobody is known."""
    languages: dict[Id, Positive] = {}


# People


class Break(Part, frozen=True, kw_only=True):
    """Away for some minutes; agents of a group go one after another within `spread_minutes`."""

    at: Clock
    minutes: Annotated[float, Meta(gt=0, le=720)]
    presence: Presence = Presence.BREAK
    spread_minutes: Annotated[float, Meta(ge=0, le=720)] = 0.0


class Shift(Part, frozen=True, kw_only=True):
    """At work from `start` to `end` on these weekdays; what is in hand then is finished first."""

    start: Clock
    end: Clock
    days: tuple[Weekday, ...] = tuple(Weekday)
    breaks: Annotated[tuple[Break, ...], Meta(max_length=20)] = ()


class Capacity(Part, frozen=True, kw_only=True):
    """How many things an agent does at once, by medium, and as load in all."""

    slots: dict[Medium, Slots]
    total: Slots
    weights: dict[Medium, Slots] = {}


class Span(Part, frozen=True, kw_only=True):
    """From the first agent of a group to the last, evenly spread."""

    first: Positive
    last: Positive


class QualitySpan(Part, frozen=True, kw_only=True):
    """From the first agent of a group to the last, evenly spread, 0 to 1."""

    first: Share
    last: Share


class Group(Part, frozen=True, kw_only=True):
    """Agents who are alike, but for how good and how quick they are."""

    count: Annotated[int, Meta(ge=1, le=100_000)]
    skills: dict[Id, Level] = {}
    quality: Share | QualitySpan = 0.5
    """How well they do, 0 to 1."""
    handle_factor: Positive | Span = 1.0
    """How much longer than others they take."""
    capacity: Capacity | None = None
    team: Id | None = None
    in_training: bool = False
    shifts: Annotated[tuple[Shift, ...], Meta(max_length=50)] = ()
    """Without shifts always there."""


# The whole


class Outcome(Part, frozen=True, kw_only=True):
    """How satisfied a customer is, 0 to 100: the agent's quality and the wait; else gave up.

    Answered: `quality_points * quality + prompt_points * exp(-wait / tolerance_s)`.
    """

    quality_points: Annotated[float, Meta(ge=0, le=100)] = 60.0
    prompt_points: Annotated[float, Meta(ge=0, le=100)] = 40.0
    tolerance_s: Positive = 120.0
    abandoned_points: Annotated[float, Meta(ge=0, le=100)] = 0.0


class Model(Part, frozen=True, kw_only=True):
    """A center, its customers and its days, all in one time zone without clock changes."""

    queues: Annotated[dict[Id, Queue], Meta(min_length=1, max_length=1000)]
    streams: Annotated[dict[Id, Stream], Meta(min_length=1, max_length=1000)]
    agents: Annotated[dict[Id, Group], Meta(min_length=1, max_length=10_000)]
    name: Annotated[str, Meta(min_length=1, max_length=80)] = "model"
    starts: Annotated[str, Meta(pattern=r"^\d{4}-\d{2}-\d{2}$")] = "2026-01-05"
    """The first day, a date; the default is a Monday."""
    days: Annotated[int, Meta(ge=1, le=3660)] = 1
    warm_up_s: Amount = 0.0
    """At the beginning, not counted."""
    overtime_s: Amount = 14_400.0
    """How long after the last day the open work may still take."""
    skills: tuple[Id, ...] = ()
    languages: tuple[Id, ...] = ()
    segments: Annotated[dict[Id, Segment], Meta(max_length=1000)] = {}
    slowdown: dict[Medium, Annotated[float, Meta(ge=0, le=10)]] = {}
    """How much slower work of a medium gets with each other thing in hand (0.2: a fifth)."""
    outcome: Outcome = Outcome()
