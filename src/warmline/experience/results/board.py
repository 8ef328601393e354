"""The figures of a period: all together, side by side, and over time, each with its interval."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.core.words import Instant, SiteId
from warmline.experience.results.coverage import KEYS, by_time
from warmline.experience.results.definitions import MEASURES, estimate
from warmline.experience.results.facts import facts
from warmline.experience.results.intervals import Interval
from warmline.experience.results.judging import Judged, judge
from warmline.experience.results.model import Closed, Fact, Side, Source, Wanted
from warmline.experience.results.targets import SITE, Target, by_place

Figure = dict[str, Any]
"""`value`, `low`, `high`, `n`, and `target` where there is one."""


class Step(StrEnum):
    """How time is cut for a trend."""

    DAY = "day"
    WEEK = "week"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """All facts of a period, by what they are counted over."""

    wanted: Wanted
    by_source: Mapping[Source, Sequence[Fact]]
    over_time: Mapping[Source, Sequence[Fact]] = field(default_factory=dict[Source, Sequence[Fact]])
    """Of sources whose facts stand for many: the same, each where it belongs in time."""

    def of(self, key: str) -> Sequence[Fact]:
        """Those that a measure is counted over."""
        return self.by_source[MEASURES[key].source]

    @property
    def keys(self) -> Collection[str]:
        """The measures that these facts can tell."""
        return [one.key for one in MEASURES.values() if one.source in self.by_source]


async def gather(
    connection: AsyncConnection,
    site: SiteId,
    wanted: Wanted,
    closed: Closed,
    sources: Collection[Source] = tuple(Source),
) -> Gathered:
    """All facts of a period."""
    found = {one: await facts(connection, site, one, wanted, closed) for one in sources}
    times = {
        one: await by_time(connection, site, one, wanted, closed) for one in sources if one in KEYS
    }
    return Gathered(wanted=wanted, by_source=found, over_time=times)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judging:
    """The targets of the site, and from how many answers on they are judged."""

    targets: Mapping[tuple[str, str, str], Target]
    least: int

    @classmethod
    def by(cls, targets: Sequence[Target], least: int) -> "Judging":
        """Judging by a list of targets."""
        return cls(targets=by_place(targets), least=least)

    def target(self, key: str, only: Mapping[Side, str]) -> Target | None:
        """The target of a figure: that of its one side, else the site's; none of a mixture."""
        if len(only) > 1:
            return None
        for side, item in only.items():
            own = self.targets.get((key, side.value, item))
            if own is not None:
                return own
        return self.targets.get((key, SITE, ""))

    def of(self, key: str, found: Interval | None, n: int, only: Mapping[Side, str]) -> Figure:
        """A figure with its verdict."""
        shown = figure(found, n)
        target = self.target(key, only)
        if target is not None:
            judged = judge(found, n, aim=target.aim, least=self.least)
            shown["target"] = judged_json(judged, own=target.side != SITE or not only)
        return shown


def figure(found: Interval | None, n: int) -> Figure:
    """A figure as plain parts, rounded as finely as anybody reads."""
    if found is None:
        return {"value": None, "low": None, "high": None, "n": 0, "target": None}
    value, low, high = (round(part, 3) for part in found)
    return {"value": value, "low": low, "high": high, "n": n, "target": None}


def judged_json(judged: Judged, *, own: bool) -> dict[str, object]:
    """A verdict as plain parts; `own` says that the target is this place's, not the site's."""
    return {
        "aim": judged.aim,
        "verdict": judged.verdict.value,
        "needed": judged.needed,
        "own": own,
    }


def board(gathered: Gathered, judging: Judging, step: Step, zone: ZoneInfo) -> dict[str, Any]:
    """All figures: together, side by side, over time."""
    return {
        "measures": figures(gathered, judging),
        "sides": {side.value: beside(gathered, judging, side) for side in Side},
        "trend": trend(gathered, step, zone),
    }


def figures(gathered: Gathered, judging: Judging) -> dict[str, Figure]:
    """Every measure over all facts."""
    only = gathered.wanted.only
    return {key: judging.of(key, *estimate(key, gathered.of(key)), only) for key in gathered.keys}


def beside(gathered: Gathered, judging: Judging, side: Side) -> dict[str, dict[str, Figure]]:
    """Every measure for each queue, segment, channel, agent or language that has any facts."""
    apart: dict[str, dict[Source, list[Fact]]] = defaultdict(lambda: defaultdict(list))
    for source, found in gathered.by_source.items():
        for one in found:
            item = one.sides[side]
            if item is not None:
                apart[item][source].append(one)
    shown: dict[str, dict[str, Figure]] = {}
    for item, theirs in sorted(apart.items()):
        only = {**gathered.wanted.only, side: item}
        shown[item] = {
            key: judging.of(key, *estimate(key, theirs.get(MEASURES[key].source, ())), only)
            for key in gathered.keys
        }
    return shown


def trend(gathered: Gathered, step: Step, zone: ZoneInfo) -> dict[str, Any]:
    """Every measure by day or week of the site's calendar; None where nobody answered."""
    starts = [_instant(start, zone) for start in steps(gathered.wanted, step, zone)]
    apart: dict[Source, list[list[Fact]]] = {}
    for source, found in {**gathered.by_source, **gathered.over_time}.items():
        apart[source] = [[] for _ in starts]
        for one in found:
            apart[source][bisect_right(starts, one.at) - 1].append(one)
    return {
        "step": step.value,
        "at": starts,
        "measures": {
            key: [_point(*estimate(key, part)) for part in apart[MEASURES[key].source]]
            for key in gathered.keys
        },
    }


def steps(wanted: Wanted, step: Step, zone: ZoneInfo) -> Sequence[date]:
    """The days or weeks (from Monday) that a period touches, in order."""
    first, last = _start(wanted.since, step, zone), _start(wanted.until - 1, step, zone)
    length = 1 if step is Step.DAY else 7
    return [first + timedelta(days=one) for one in range(0, (last - first).days + 1, length)]


def _start(at: Instant, step: Step, zone: ZoneInfo) -> date:
    day = datetime.fromtimestamp(at / 1000, tz=UTC).astimezone(zone).date()
    return day - timedelta(days=day.weekday()) if step is Step.WEEK else day


def _instant(day: date, zone: ZoneInfo) -> Instant:
    begins = datetime(day.year, day.month, day.day, tzinfo=zone)
    return round(begins.timestamp() * 1000)


def _point(found: Interval | None, n: int) -> dict[str, object] | None:
    if found is None:
        return None
    value, low, high = (round(part, 3) for part in found)
    return {"value": value, "low": low, "high": high, "n": n}
