"""How far a center is: a level for every row of the panel, and for an area that of its weakest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from warmline.insight.benchmark_model import Area, Better, Line

LEVELS = ("none", "begun", "under_way", "reached", "ahead")
NONE, BEGUN, UNDER_WAY, REACHED, AHEAD = range(5)
Figure: TypeAlias = tuple[float, float | None]
"""An own figure in percent and the cautious end of its interval, where it has one."""


def level(line: Line, own: Figure | None) -> int | None:
    """0 to 4; None for a row that is for orientation only.

    0: no figure. 1: under half of the published. 2: at least half. 3: the published is reached. 4:
    ahead of it, by the cautious end of the interval, or else half of what was left to do. Where
    less is better, as in a loss, "half" is half as much again as the published.

    >>> from warmline.insight.benchmark import LINES
    >>> known = {one.key: one for one in LINES}
    >>> [level(known["courtesy"], (own, None)) for own in (20.9, 21, 42, 71)]
    [1, 2, 3, 4]
    >>> [level(known["turnover"], (own, None)) for own in (181, 121, 60, 29)]
    [1, 2, 3, 4]
    """
    if line.better is Better.NEITHER:
        return None
    if own is None:
        return NONE
    value, cautious = own
    if line.better is Better.MORE:
        published = line.published_pct
        if value >= published:
            beyond = published + (100 - published) / 2
            ahead = value >= beyond if cautious is None else cautious > published
            return AHEAD if ahead else REACHED
        return UNDER_WAY if value >= published / 2 else BEGUN
    least = abs(line.published_pct)
    most = line.published_to_pct or least
    loss, unsure = abs(min(value, 0.0)) if line.published_pct < 0 else value, cautious
    if loss <= most:
        surely = loss <= least / 2 if unsure is None else abs(min(unsure, 0.0)) < least
        return AHEAD if surely else REACHED
    return UNDER_WAY if loss <= 1.5 * most else BEGUN


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """How far an area is, and the row that holds it back."""

    area: Area
    level: int
    weakest: str


def areas(levels: Mapping[str, int | None], lines: Sequence[Line]) -> Sequence[Stand]:
    """Every area with a rated row, in the order of the screen: as far as its weakest row."""
    found: list[Stand] = []
    for area in Area:
        theirs = [
            (reached, place, line.key)
            for place, line in enumerate(lines)
            if line.area is area and (reached := levels.get(line.key)) is not None
        ]
        if theirs:
            reached, _, key = min(theirs)
            found.append(Stand(area=area, level=reached, weakest=key))
    return found
