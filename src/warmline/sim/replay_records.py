"""A file of call records replayed: under its own discipline beside the record, and under others."""

from collections.abc import Callable, Mapping, Sequence
from statistics import fmean
from typing import Any

from warmline.core.policy import Ruleset
from warmline.core.settings import Policy
from warmline.sim.recorded_day import Shown, play_day, recorded_rules, shown
from warmline.sim.records import Call, Records
from warmline.sim.run import Folds
from warmline.sim.study import differences, estimates

RECORDED = "recorded"
"""The name of the discipline that the mapping describes."""
DEFAULT = "default"
KNOWN = ("arrivals", "types_and_priorities", "service_times", "patience_of_those_who_gave_up")
MODELLED = ("patience_of_those_served", "roster", "service_time_with_another_agent")
"""What is known of a recorded day and what is modelled, as words for programs."""


def replay_records(
    records: Records,
    policies: Mapping[str, Ruleset] | None = None,
    *,
    days: Sequence[str] | None = None,
    seeds: Sequence[int] = (1, 2, 3, 4, 5),
    progress: Callable[[float], None] = lambda _: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> dict[str, Any]:
    """The days under the recorded discipline and each policy (the default one unless given).

    Each policy has folds with mean and interval over the seeds (which draw the patience that nobody
    saw); the record itself, and the difference to it by day and by type, stand beside.
    """
    chosen = {day: records.days[day] for day in days or records.days}
    known = shown(records)
    rules = {
        RECORDED: recorded_rules(),
        **(policies or {DEFAULT: Ruleset(policy=Policy())}),
    }
    played: dict[str, list[Folds]] = {}
    runs = len(rules) * len(seeds)
    for number, (name, ruleset) in enumerate(rules.items()):
        for place, seed in enumerate(seeds):
            if cancelled():
                return {}
            whole = _play(chosen, records, known, ruleset, seed)
            played.setdefault(name, []).append(whole)
            progress((number * len(seeds) + place + 1) / runs)
    first = played[RECORDED]
    return {
        "name": records.mapping.name,
        "days": list(chosen),
        "seeds": len(seeds),
        "left_out": records.left_out,
        "record": _of_record(chosen),
        "against_record": _against(chosen, first),
        "policies": {name: estimates(folds) for name, folds in played.items()},
        "differences": [
            {"of": name, "from": RECORDED, **differences(folds, first)}
            for name, folds in played.items()
            if name != RECORDED
        ],
        "known": KNOWN,
        "modelled": MODELLED,
    }


def _play(
    chosen: Mapping[str, list[Call]],
    records: Records,
    known: Shown,
    rules: Ruleset,
    seed: int,
) -> Folds:
    """All days of one seed, put together."""
    return together(
        [play_day(calls, records.mapping, known, rules, seed=seed) for calls in chosen.values()]
    )


def together(days: Sequence[Folds]) -> Folds:
    """Days that were played one by one as one: counts add up, shares and means weigh them."""
    return Folds(
        all=_sum([day.all for day in days]),
        segments=_by_name([day.segments for day in days]),
        queues=_by_name([day.queues for day in days]),
        days=[day.all for day in days],
        series=[],
    )


_COUNTS = frozenset({"offered", "answered", "abandoned", "refused", "unfinished"})
_WEIGHED_BY = {"answer_ms": "answered", "answer_p50_ms": "answered", "answer_p90_ms": "answered"}


def _sum(rows: Sequence[Mapping[str, float | None]]) -> dict[str, float | None]:
    found: dict[str, float | None] = {}
    for key in rows[0]:
        values = [(row[key], row[_WEIGHED_BY.get(key, "offered")]) for row in rows]
        if key in _COUNTS:
            found[key] = sum(value or 0 for value, _ in values)
            continue
        weighed = [(value, weight or 0) for value, weight in values if value is not None]
        total = sum(weight for _, weight in weighed)
        found[key] = sum(v * w for v, w in weighed) / total if total else None
    offered, lost = found.get("offered"), found.get("abandoned")
    if offered:
        found["abandoned_pct"] = 100 * (lost or 0) / offered
    return found


def _by_name(
    rows: Sequence[Mapping[str, Mapping[str, float | None]]],
) -> dict[str, dict[str, float | None]]:
    names = sorted({name for row in rows for name in row})
    return {name: _sum([row[name] for row in rows if name in row]) for name in names}


# The record itself


def _counts(calls: Sequence[Call]) -> dict[str, float]:
    served = [call for call in calls if call.agent is not None]
    return {
        "arrivals": len(calls),
        "served": len(served),
        "abandoned": len(calls) - len(served),
        "answer_ms": sum(call.wait_ms for call in served) / max(1, len(served)),
    }


def _of_record(chosen: Mapping[str, list[Call]]) -> dict[str, Any]:
    calls = [call for day in chosen.values() for call in day]
    return {
        "all": _counts(calls),
        "types": {
            type_: _counts([call for call in calls if call.type == type_])
            for type_ in sorted({call.type for call in calls})
        },
        "days": {day: _counts(found) for day, found in chosen.items()},
    }


def _against(chosen: Mapping[str, list[Call]], folds: Sequence[Folds]) -> dict[str, Any]:
    """Played less recorded, in percent of the arrivals: by day and type, means over the seeds."""
    record = _of_record(chosen)

    def difference(of: Mapping[str, float], played: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        pairs = (("arrivals", "offered"), ("served", "answered"), ("abandoned", "abandoned"))
        return {
            f"{key}_pct": round(
                100 * (fmean([row[other] for row in played]) - of[key]) / of["arrivals"], 2
            )
            for key, other in pairs
        }

    return {
        "all": difference(record["all"], [fold.all for fold in folds]),
        "types": {
            type_: difference(of, [fold.queues[type_] for fold in folds])
            for type_, of in record["types"].items()
        },
        "days": {
            day: difference(of, [fold.days[place] for fold in folds])
            for place, (day, of) in enumerate(record["days"].items())
        },
    }
