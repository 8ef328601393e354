"""Where a person stands with us: new, active, at risk, lapsed or returning, by a stated rule."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from statistics import median

from warmline.core.words import DAY, Instant, Millis

NEW_MS: Millis = 30 * DAY
USUAL_MS: Millis = 90 * DAY
"""The pause between orders of somebody with fewer than three."""
SHORTEST_MS: Millis = 14 * DAY
LAPSED_MS: Millis = 365 * DAY
SILENT_MS: Millis = 180 * DAY
RECENT_MS: Millis = 30 * DAY
ORDERS_FOR_A_PAUSE = 3
LATE_TIMES = 2
GONE_TIMES = 4
BAD_RATING = 2


class Stage(StrEnum):
    """The stages, in the order in which the rule asks for them."""

    NEW = "new"
    RETURNING = "returning"
    LAPSED = "lapsed"
    AT_RISK = "at_risk"
    ACTIVE = "active"


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """A stage, and the word for why; `days` is the length that the reason speaks of."""

    stage: Stage
    why: str
    days: int


def usual_pause(orders: Sequence[Instant]) -> Millis:
    """The median pause between orders, at least two weeks; three months without three orders.

    >>> usual_pause([0, 30 * DAY, 50 * DAY]) // DAY
    25
    """
    if len(orders) < ORDERS_FOR_A_PAUSE:
        return USUAL_MS
    pauses = [later - earlier for earlier, later in pairwise(sorted(orders))]
    return max(SHORTEST_MS, round(median(pauses)))


def journey(
    *,
    orders: Sequence[Instant],
    contacts: Sequence[Instant],
    rating: int | None,
    now: Instant,
) -> Journey | None:
    """Where somebody stands now, by orders and contacts; `rating` is of the last talk.

    None for somebody of whom nothing is known. In this order: *new* came first within 30 days;
    *returning* was silent for 180 days and is back since 30; *lapsed* is silent for a year, or
    four usual pauses between orders; *at risk* is silent for two usual pauses, or rated the last
    talk of 30 days with 2 or less; *active* everybody else.
    """
    seen = sorted([*orders, *contacts])
    if not seen:
        return None
    first, quiet = seen[0], now - seen[-1]
    if now - first <= NEW_MS:
        return Journey(stage=Stage.NEW, why="first_seen", days=_days(now - first))
    back = [later - earlier for earlier, later in pairwise(seen) if now - later <= RECENT_MS]
    if max(back, default=0) >= SILENT_MS:
        return Journey(stage=Stage.RETURNING, why="silent_before", days=_days(max(back)))
    pause = usual_pause(orders)
    if quiet >= min(LAPSED_MS, GONE_TIMES * pause):
        return Journey(stage=Stage.LAPSED, why="silent_for", days=_days(quiet))
    return _at_risk(orders, rating, quiet, pause, now) or Journey(
        stage=Stage.ACTIVE, why="seen_before", days=_days(quiet)
    )


def _at_risk(
    orders: Sequence[Instant], rating: int | None, quiet: Millis, pause: Millis, now: Instant
) -> Journey | None:
    if rating is not None and rating <= BAD_RATING and quiet <= RECENT_MS:
        return Journey(stage=Stage.AT_RISK, why="rated_badly", days=_days(quiet))
    if orders and now - max(orders) >= LATE_TIMES * pause:
        return Journey(stage=Stage.AT_RISK, why="no_order_for", days=_days(now - max(orders)))
    return None


def _days(length: Millis) -> int:
    return length // DAY
