"""A study for a terminal: its figures as a table, its first decisions in plain English."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from rich.console import Console
from rich.table import Table

from warmline.core.events import Offered
from warmline.insight.explain import from_the_record, words

_SHOWN = {
    "offered": "came in",
    "answered": "answered",
    "abandoned_pct": "gave up, %",
    "service_level_pct": "service level, %",
    "answer_ms": "mean wait, s",
    "answer_p50_ms": "median wait, s",
    "answer_p90_ms": "90 % wait at most, s",
    "occupancy_pct": "occupancy, %",
    "occupancy_spread": "its spread, points",
    "outcome": "outcome, 0-100",
    "outcome_weighted": "outcome by value",
}


def decision_words(event: Offered) -> dict[str, object]:
    """One decision: when, who got whom, and why, in the words of the center."""
    told = words(event.decision, from_the_record(event.decision), {}, "en")
    return {
        "at": datetime.fromtimestamp(event.at / 1000, UTC).strftime("%a %H:%M:%S"),
        "interaction": event.interaction,
        "agent": event.agent,
        "headline": told.headline,
        "lines": [line.text for line in told.lines],
        "flips": [f"{flip.text}: {flip.then}" for flip in told.flips],
    }


def show_decisions(name: str, told: Sequence[Mapping[str, Any]]) -> None:
    """Print the first decisions of a policy."""
    console = Console(highlight=False, soft_wrap=True)
    console.print(f"\n{name}, the first decisions:")
    for one in told:
        console.print(f"  {one['at']}  {one['interaction']} to {one['agent']}: {one['headline']}")
        for line in one["lines"]:
            console.print(f"      {line}")
        for flip in one["flips"]:
            console.print(f"      Would have changed it: {flip}")


def show(summary: Mapping[str, Any], model: str) -> None:
    """Print a study: the figures of each policy, then what each makes different from the first."""
    console = Console()
    policies: Mapping[str, Any] = summary["policies"]
    table = Table(
        title=f"{model}: {summary['days']} days, {summary['seeds']} seeds",
        caption=f"core: {summary['build']}",
    )
    table.add_column("")
    for name in policies:
        table.add_column(name, justify="right")
    for difference in summary["differences"]:
        table.add_column(f"{difference['of']} - {difference['from']}", justify="right")
    for key, text in _SHOWN.items():
        columns = [policies[name]["all"][key] for name in policies]
        columns += [difference["all"][key] for difference in summary["differences"]]
        table.add_row(text, *(_cell(one, key) for one in columns))
    segments = sorted({name for one in policies.values() for name in one["segments"]})
    for segment in segments:
        shelves = [one["segments"] for one in (*policies.values(), *summary["differences"])]
        cells = _of_segment(shelves, segment)
        table.add_row(f"service level of {segment}, %", *cells)
    console.print(table)


def _of_segment(shelves: Sequence[Mapping[str, Any]], segment: str) -> list[str]:
    key = "service_level_pct"
    return [_cell(one[segment][key], key) if segment in one else "-" for one in shelves]


def _cell(estimate: Mapping[str, Any], key: str) -> str:
    if estimate["mean"] is None:
        return "-"
    scale = 1000 if key.endswith("_ms") else 1
    mean = estimate["mean"] / scale
    if estimate["ci95"] is None:
        return f"{mean:,.1f}"
    half = (estimate["ci95"][1] - estimate["ci95"][0]) / 2 / scale
    return f"{mean:,.1f} ± {half:,.1f}"
