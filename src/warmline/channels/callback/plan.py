"""A callback as it was promised: where it stands, which windows may be chosen, what came of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from warmline.core import calendar, queueing
from warmline.core.settings import Queue
from warmline.core.state import Center
from warmline.core.words import (
    DAY,
    HOUR,
    MINUTE,
    CustomerId,
    InboxId,
    Instant,
    InteractionId,
    Malformed,
    Millis,
    Rejected,
)

SHORTEST_WINDOW: Millis = 15 * MINUTE
LONGEST_WINDOW: Millis = DAY
FARTHEST: Millis = 14 * DAY
WINDOWS_SHOWN = 12


class Stage(StrEnum):
    """Where a callback stands."""

    BOOKED = "booked"
    """Nobody is asked before its time: a window ahead, or the next attempt."""
    WAITING = "waiting"
    CALLING = "calling"
    """An agent has it in hand."""
    REACHED = "reached"
    NOT_REACHED = "not_reached"
    WRONG_NUMBER = "wrong_number"
    CANCELLED = "cancelled"
    """By the customer."""
    CAME = "came"
    """The customer was spoken to before: they called or wrote by themselves."""
    DROPPED = "dropped"
    """Closed by the center without a call."""


OPEN = (Stage.BOOKED, Stage.WAITING, Stage.CALLING)
UNCALLED = (Stage.BOOKED, Stage.WAITING)

TRIED: Mapping[str, str] = {
    "not-reached": "not_reached",
    "no-answer": "no_answer",
    "busy": "busy",
    "voicemail": "voicemail",
    "unreachable": "unreachable",
}
"""The results after which the customer is called again, as what is kept of the attempt."""
WRONG = "wrong-number"


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A stretch of time in which the customer is to be called."""

    since: Instant
    until: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What was promised to one customer."""

    id: InteractionId
    """Its first interaction."""
    interaction: InteractionId
    """The one of the present attempt."""
    inbox: InboxId
    number: str
    token: str
    stage: Stage
    asked_at: Instant
    promised_by: Instant
    since: Instant | None = None
    """Since when the customer had waited before."""
    window_from: Instant | None = None
    due_at: Instant | None = None
    """When it goes into the line, while it is booked."""
    attempts: int = 0
    customer: CustomerId | None = None
    language: str | None = None
    reason: str | None = None
    words: str | None = None
    """What a booked one is about, until it goes into the line."""
    still_asked_at: Instant | None = None
    called_at: Instant | None = None
    kept: bool | None = None
    """Whether the first call came in time."""
    closed_at: Instant | None = None


def plan_of(row: Mapping[str, Any]) -> Plan:
    """A row as a plan."""
    values: dict[str, Any] = {name: row[name] for name in Plan.__dataclass_fields__}
    values["stage"] = Stage(row["stage"])
    return Plan(**values)


def promised_by(center: Center, queue: Queue, now: Instant, within_ms: Millis) -> Instant:
    """The end of the promise made now: so much open time of the queue from now."""
    hours = center.calendars.get(queue.calendar) if queue.calendar else None
    if hours is None:
        return now + within_ms
    return calendar.after_open_time(hours, now, within_ms)


def check_window(center: Center, queue: Queue, span: Span, now: Instant) -> None:
    """Whether the customer may choose it: ahead, not too far, within business hours.

    Raises `Malformed`, or `Rejected` (`closed`, with `opens_at` when it is known).
    """
    if not SHORTEST_WINDOW <= span.until - span.since <= LONGEST_WINDOW:
        raise Malformed("window_by", "is too close to the beginning, or too far from it", "window")
    if not now - MINUTE <= span.since <= now + FARTHEST:
        raise Malformed("window_from", "is over, or too far ahead", "window")
    if not queueing.open_now(center, queue, span.since):
        opens = queueing.opens_at(center, queue, span.since)
        facts = {} if opens is None else {"opens_at": opens}
        raise Rejected("closed", f"{queue.name} is closed then.", **facts)


def windows(center: Center, queue: Queue, now: Instant) -> Iterator[Span]:
    """The hours that a customer may choose from, the next ones first."""
    hours = center.calendars.get(queue.calendar) if queue.calendar else None
    found, at = 0, now - now % HOUR + HOUR
    while found < WINDOWS_SHOWN and at < now + FARTHEST:
        opens = at if hours is None else calendar.opens_at(hours, at)
        if opens is None:
            return
        if opens > at:
            at = opens + -opens % (15 * MINUTE)
            continue
        if hours is None or calendar.is_open(hours, at + HOUR - 1):
            found += 1
            yield Span(since=at, until=at + HOUR)
        at += HOUR
