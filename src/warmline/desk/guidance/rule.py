"""The rule of guidance: from a load to take your time, as usual or be brief; and who is spared.

Four figures press: how full the agents' hands are, how long the first in line has waited, how many
wait for each agent, how much work the next half-hour is expected to bring. Each has a bound that
brings the state and a lower one that ends it, so that a load on the edge does not make it flicker.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from warmline.core.words import HOUR, MINUTE, Instant, Malformed, Millis

MOST_PCT: Final = 1_000
MOST_STAY_MS: Final = HOUR
WORDS_LIMIT: Final = 50
WORD_CHARS: Final = 128
UNSCORED_PCT: Final = 50
"""An agent whose quality is not scored counts as average, as in routing."""


class Guidance(StrEnum):
    """What is asked of agents now."""

    TIME = "take_your_time"
    USUAL = "as_usual"
    BRIEF = "be_brief"


URGENCY: Final = {Guidance.TIME: 0, Guidance.USUAL: 1, Guidance.BRIEF: 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What a group of agents faces in a queue. Percentages may exceed 100."""

    agents: int = 0
    """At work, and able for the queue."""
    busy_pct: float = 0.0
    """How full their hands are, of all that they may hold."""
    waiting: int = 0
    """Customers at the other end whom nobody is being offered to yet."""
    wait_pct: float = 0.0
    """The longest wait, of the time in which it should have been answered."""
    expected_pct: float = 0.0
    """The work of the next half-hour, of what they can do in that time."""

    @property
    def line_pct(self) -> float:
        """How many wait for each hundred agents."""
        return 100 * self.waiting / self.agents if self.agents else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """Where a state begins and where it ends again, in percent."""

    enter: float
    leave: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressed:
    """When to be brief: one figure at its bound is enough; all must be below to end it."""

    busy: Bounds = field(default_factory=lambda: Bounds(enter=95, leave=88))
    """Full hands press before anybody waits: then it is not too late."""
    wait: Bounds = field(default_factory=lambda: Bounds(enter=50, leave=20))
    line: Bounds = field(default_factory=lambda: Bounds(enter=10, leave=3))
    expected: Bounds = field(default_factory=lambda: Bounds(enter=105, leave=95))
    """Counts, as waiting does, only while somebody waits: a forecast alone presses nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slack:
    """When to take your time: nobody waits, and both figures are below."""

    busy: Bounds = field(default_factory=lambda: Bounds(enter=80, leave=88))
    expected: Bounds = field(default_factory=lambda: Bounds(enter=95, leave=105))


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """Whom nobody is asked to be brief with, and which agents are not asked."""

    reasons: tuple[str, ...] = ("complaint", "complaints")
    stakes: tuple[str, ...] = ("complaint",)
    topics: tuple[str, ...] = ("complaint",)
    segments: tuple[str, ...] = ()
    flags: tuple[str, ...] = ("deceased",)
    """Segments and flags of vulnerable customers."""
    quality_pct: int = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """All that the guidance of a site goes by."""

    on: bool = False
    share_pct: int = 100
    """The share of conversations with guidance; below 100 it is a trial."""
    least_stay_ms: Millis = MINUTE
    """How long a state holds at least before a calmer one follows."""
    pressed: Pressed = field(default_factory=Pressed)
    slack: Slack = field(default_factory=Slack)
    floor: Floor = field(default_factory=Floor)

    def check(self) -> None:
        """Refuse what could not work: `Malformed` names the field."""
        _within("share_pct", self.share_pct, 1, 100)
        _within("least_stay_ms", self.least_stay_ms, 0, MOST_STAY_MS)
        _within("floor.quality_pct", self.floor.quality_pct, 0, 100)
        for name, bounds in _pressing(self.pressed):
            _ordered(name, bounds, falls=True)
        for name, bounds in _slackening(self.slack):
            _ordered(name, bounds, falls=False)
        for name in ("reasons", "stakes", "topics", "segments", "flags"):
            _words(f"floor.{name}", getattr(self.floor, name))


def _pressing(pressed: Pressed) -> tuple[tuple[str, Bounds], ...]:
    return (
        ("pressed.busy", pressed.busy),
        ("pressed.wait", pressed.wait),
        ("pressed.line", pressed.line),
        ("pressed.expected", pressed.expected),
    )


def _slackening(slack: Slack) -> tuple[tuple[str, Bounds], ...]:
    return ("slack.busy", slack.busy), ("slack.expected", slack.expected)


def _within(name: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        raise Malformed(name, f"must be {low} to {high}", "out_of_range", min=low, max=high)


def _ordered(name: str, bounds: Bounds, *, falls: bool) -> None:
    _within(f"{name}.enter", bounds.enter, 0, MOST_PCT)
    _within(f"{name}.leave", bounds.leave, 0, MOST_PCT)
    if falls and bounds.leave > bounds.enter:
        detail = "must not be above where it begins"
        raise Malformed(f"{name}.leave", detail, "too_large", max=bounds.enter)
    if not falls and bounds.leave < bounds.enter:
        detail = "must not be below where it begins"
        raise Malformed(f"{name}.leave", detail, "too_small", min=bounds.enter)


def _words(name: str, words: tuple[str, ...]) -> None:
    if len(words) > WORDS_LIMIT:
        raise Malformed(name, f"{WORDS_LIMIT} are enough", "too_many", max=WORDS_LIMIT)
    for one in words:
        if not 1 <= len(one) <= WORD_CHARS:
            detail = f"must be 1 to {WORD_CHARS} characters each"
            raise Malformed(name, detail, "wrong_length", min=1, max=WORD_CHARS)


# The state


def wanted(load: Load, before: Guidance, rules: Rules) -> Guidance:
    """What the load asks for after `before`, whose own bounds are the wider ones.

    >>> rules = Rules()
    >>> busy = Load(agents=10, busy_pct=90, expected_pct=90)
    >>> wanted(busy, Guidance.USUAL, rules).value
    'as_usual'
    >>> late = Load(agents=10, busy_pct=100, waiting=1, wait_pct=60, expected_pct=90)
    >>> wanted(late, Guidance.USUAL, rules).value
    'be_brief'
    """
    if not load.agents:
        return Guidance.USUAL
    if _is_pressed(load, rules.pressed, stays=before is Guidance.BRIEF):
        return Guidance.BRIEF
    if _is_slack(load, rules, stays=before is Guidance.TIME):
        return Guidance.TIME
    return Guidance.USUAL


def _is_pressed(load: Load, bounds: Pressed, *, stays: bool) -> bool:
    if load.busy_pct >= (bounds.busy.leave if stays else bounds.busy.enter):
        return True
    if not load.waiting:
        return False
    if stays:
        return (
            load.wait_pct > bounds.wait.leave
            or load.line_pct > bounds.line.leave
            or load.expected_pct > bounds.expected.leave
        )
    return (
        load.wait_pct >= bounds.wait.enter
        or load.line_pct >= bounds.line.enter
        or load.expected_pct >= bounds.expected.enter
    )


def _is_slack(load: Load, rules: Rules, *, stays: bool) -> bool:
    if load.waiting:
        return False
    busy, expected = rules.slack.busy, rules.slack.expected
    if stays:
        return load.busy_pct <= busy.leave and load.expected_pct <= expected.leave
    return load.busy_pct <= busy.enter and load.expected_pct <= expected.enter


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A state, and since when it holds."""

    state: Guidance = Guidance.USUAL
    since: Instant = 0


def follow(load: Load, standing: Standing, rules: Rules, now: Instant) -> Standing:
    """The standing from now on. Pressure is told at once, calm only after the least stay."""
    want = wanted(load, standing.state, rules)
    if want is standing.state:
        return standing
    if URGENCY[want] > URGENCY[standing.state] or now >= standing.since + rules.least_stay_ms:
        return Standing(state=want, since=now)
    return standing


def together(states: tuple[Guidance, ...]) -> Guidance:
    """What several queues ask of one agent: brief if one does, time only if all give it.

    >>> together((Guidance.TIME, Guidance.BRIEF)).value
    'be_brief'
    """
    return max(states, key=URGENCY.__getitem__, default=Guidance.USUAL)


# Who is spared


class Spared(StrEnum):
    """Why nobody is asked to be brief in a conversation."""

    COMPLAINT = "complaint"
    VULNERABLE = "vulnerable"
    FIRST_CONTACT = "first_contact"
    QUALITY = "quality"


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What is known of a conversation and of the agent who has it."""

    reason: str | None = None
    stake: str | None = None
    topic: str | None = None
    segment: str | None = None
    flags: frozenset[str] = frozenset()
    known_before: bool = False
    """Whether the customer has been here before; who is not known has not."""
    quality_pct: float = UNSCORED_PCT


def spared(about: About, floor: Floor) -> tuple[Spared, ...]:
    """Every reason not to be brief, none when it may be asked."""
    complains = (
        _is_among(about.reason, floor.reasons)
        or _is_among(about.stake, floor.stakes)
        or _is_among(about.topic, floor.topics)
    )
    vulnerable = _is_among(about.segment, floor.segments) or any(
        _is_among(one, floor.flags) for one in about.flags
    )
    found = (
        (Spared.COMPLAINT, complains),
        (Spared.VULNERABLE, vulnerable),
        (Spared.FIRST_CONTACT, not about.known_before),
        (Spared.QUALITY, about.quality_pct < floor.quality_pct),
    )
    return tuple(why for why, holds in found if holds)


def advised(state: Guidance, why_not: tuple[Spared, ...]) -> Guidance:
    """What is said in a conversation when `state` is in force: never to be brief against a reason.

    >>> advised(Guidance.BRIEF, (Spared.COMPLAINT,)).value
    'as_usual'
    """
    return Guidance.USUAL if state is Guidance.BRIEF and why_not else state


def _is_among(word: str | None, words: tuple[str, ...]) -> bool:
    return word is not None and word.casefold() in {one.casefold() for one in words}
