"""A run in figures: folds of visits and agents' time by the definitions of `insight.metrics`.

`offered`, `answered`, `abandoned`, `abandoned_pct`, `service_level_pct`, `answer_ms`, `handle_ms`
and `occupancy_pct` are the wallboard's. Beside them: the median and the 90th percentile of the
wait of the answered, how evenly work is spread (the standard deviation of occupancy between
agents, in points), and the outcome of the model (0 to 100, also weighted by the segment's value).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import exp
from statistics import fmean, pstdev
from typing import TypeAlias

from warmline.core.words import AgentId, Instant, Millis, SegmentId
from warmline.sim.ledger import NOT_YET, Desk, Ledger, Stay
from warmline.sim.model import Outcome

Figures: TypeAlias = dict[str, float | None]
"""Figures by name; None where there is nothing to speak of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A stretch of time: `since` belongs to it, `until` does not."""

    since: Instant
    until: Instant

    def holds(self, at: Instant) -> bool:
        """Whether a moment lies in it; `NOT_YET` does not."""
        return self.since <= at < self.until


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What outcomes are judged by: how good the agents are, what the segments are worth."""

    quality: Mapping[AgentId, float] = field(default_factory=dict[AgentId, float])
    value: Mapping[SegmentId, int] = field(default_factory=dict[SegmentId, int])
    outcome: Outcome = field(default_factory=Outcome)

    def points(self, stay: Stay) -> float:
        """How satisfied the customer is, 0 to 100, of a visit that was answered or given up."""
        rule = self.outcome
        if stay.answered_at == NOT_YET or stay.agent is None:
            return rule.abandoned_points
        wait_s = (stay.answered_at - stay.since) / 1000
        quality = self.quality.get(stay.agent, 0.5)
        points = rule.quality_points * quality
        return points + rule.prompt_points * exp(-wait_s / rule.tolerance_s)

    def weight(self, stay: Stay) -> int:
        """The value of the customer's segment, 1 when it is not known."""
        segment = stay.contact.segment
        return self.value.get(segment, 1) if segment is not None else 1


def of_visits(stays: Iterable[Stay], window: Window, judged: Judged) -> Figures:
    """What is said of visits: counts, shares, waits, outcomes in the window."""
    offered = abandoned = late = in_target = 0
    waits: list[Millis] = []
    handled = handled_ms = 0
    points = weighted = weights = 0.0
    since, until = window.since, window.until  # this runs once for every visit: no calls for it
    for stay in stays:
        if since <= stay.queued_at < until:
            offered += 1
        if since <= stay.left_at < until and stay.accepted_at >= 0:
            handled += 1
            handled_ms += stay.left_at - stay.accepted_at
        if since <= stay.answered_at < until:
            waits.append(stay.answered_at - stay.since)
            if stay.answered_at <= stay.due_at:
                in_target += 1
        elif since <= stay.abandoned_at < until:
            abandoned += 1
            if stay.abandoned_at > stay.due_at:
                late += 1
        else:
            continue
        scored, weight = judged.points(stay), judged.weight(stay)
        points += scored
        weighted += scored * weight
        weights += weight
    waits.sort()
    answered = len(waits)
    ended = answered + abandoned
    return {
        "offered": offered,
        "answered": answered,
        "abandoned": abandoned,
        "abandoned_pct": share(abandoned, ended),
        "service_level_pct": share(in_target, answered + late),
        "answer_ms": fmean(waits) if waits else None,
        "answer_p50_ms": quantile(waits, 0.5),
        "answer_p90_ms": quantile(waits, 0.9),
        "handle_ms": handled_ms / handled if handled else None,
        "outcome": points / ended if ended else None,
        "outcome_weighted": weighted / weights if weights else None,
    }


def of_desks(desks: Mapping[AgentId, Desk], window: Window) -> Figures:
    """What is said of the agents: their occupancy together, and its spread between them."""
    busy = present = 0
    shares: list[float] = []
    for desk in desks.values():
        with_work, idle = desk.spent(window.since, window.until)
        if with_work + idle:
            busy += with_work
            present += with_work + idle
            shares.append(100 * with_work / (with_work + idle))
    return {
        "occupancy_pct": share(busy, present),
        "occupancy_spread": pstdev(shares) if shares else None,
    }


def by_segment(ledger: Ledger, window: Window, judged: Judged) -> dict[str, Figures]:
    """The figures of the visits of each segment; customers of none are left out."""
    sorted_: dict[str, list[Stay]] = {}
    for stay in ledger.stays:
        if stay.contact.segment is not None:
            sorted_.setdefault(stay.contact.segment, []).append(stay)
    return {name: of_visits(sorted_[name], window, judged) for name in sorted(sorted_)}


def by_queue(ledger: Ledger, window: Window, judged: Judged) -> dict[str, Figures]:
    """The figures of the visits to each queue."""
    sorted_: dict[str, list[Stay]] = {}
    for stay in ledger.stays:
        sorted_.setdefault(stay.queue, []).append(stay)
    return {name: of_visits(sorted_[name], window, judged) for name in sorted(sorted_)}


def series(ledger: Ledger, window: Window, step_ms: Millis) -> list[Figures]:
    """The window in steps: who came, who was answered, how many waited at most, service level."""
    found: list[Figures] = []
    count = max(-(-(window.until - window.since) // step_ms), 0)
    rows: list[list[int]] = [[0, 0, 0, 0] for _ in range(count)]
    changes: list[tuple[Instant, int]] = []
    for stay in ledger.stays:
        over = _left_line(stay)
        changes.append((stay.queued_at, 1))
        if over != NOT_YET:
            changes.append((over, -1))
        if window.holds(stay.queued_at):
            rows[(stay.queued_at - window.since) // step_ms][0] += 1
        if window.holds(stay.answered_at):
            row = rows[(stay.answered_at - window.since) // step_ms]
            row[1] += 1
            row[2] += stay.answered_at <= stay.due_at
            row[3] += 1
        elif window.holds(stay.abandoned_at) and stay.abandoned_at > stay.due_at:
            rows[(stay.abandoned_at - window.since) // step_ms][3] += 1
    longest = _longest_lines(changes, window, step_ms, count)
    for number, (came, answered, in_target, counted) in enumerate(rows):
        found.append(
            {
                "at": window.since + number * step_ms,
                "arrivals": came,
                "served": answered,
                "waiting_max": longest[number],
                "service_level_pct": share(in_target, counted),
            }
        )
    return found


def _left_line(stay: Stay) -> Instant:
    """When the visit stopped waiting: taken, given up, or moved on."""
    if stay.accepted_at != NOT_YET:
        return stay.accepted_at
    return stay.left_at


def _longest_lines(
    changes: list[tuple[Instant, int]], window: Window, step_ms: Millis, count: int
) -> list[int]:
    """How many waited at once, at most, in each step; who was served at once never waited."""
    longest = [0] * count
    waiting = 0
    step = 0
    changes.sort()  # who leaves at a moment leaves before the next one comes
    for at, change in changes:
        while step < count and at >= window.since + (step + 1) * step_ms:
            step += 1
            if step < count:
                longest[step] = waiting
        waiting += change
        if step < count and at >= window.since:
            longest[step] = max(longest[step], waiting)
    for later in range(step + 1, count):
        longest[later] = waiting
    return longest


def share(part: float, whole: float) -> float | None:
    """`part` of `whole` in percent, None of nothing."""
    return 100 * part / whole if whole else None


def quantile(ordered: Sequence[float], at: float) -> float | None:
    """The quantile of ordered values, between two by proportion.

    >>> quantile([10, 20, 30], 0.75)
    25.0
    """
    if not ordered:
        return None
    place = at * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)
