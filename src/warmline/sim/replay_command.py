"""`warmline replay`: a day of one's own log, or call records of another center, told again."""

import json
import sys
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from warmline.config import Settings
from warmline.core.policy import Ruleset
from warmline.core.words import Malformed, Rejected
from warmline.sim.command import Refused
from warmline.sim.reading import ModelError
from warmline.sim.records import read_mapping, read_records
from warmline.sim.replay_own import AS_IT_WAS, Scenario, replay_own
from warmline.sim.replay_records import replay_records
from warmline.sim.rules import read_rules

SHOWN = (
    "offered", "answered", "abandoned_pct", "service_level_pct", "answer_ms", "occupancy_pct",
    "occupancy_spread", "outcome_weighted",
)  # fmt: skip


def own(
    settings: Settings, day: str, policies: Sequence[Path], *, seeds: int, as_json: bool
) -> None:
    """Replay a day of the log in the data folder. Raises `Refused` with a sentence for people."""
    try:
        wanted = date.fromisoformat(day)
    except ValueError as error:
        raise Refused(f"{day} is no date; write it like 2026-11-21.") from error
    if not (settings.data / "warmline.db").is_file():
        raise Refused(f"There is no center in {settings.data}.")
    scenarios = {
        AS_IT_WAS: Scenario(),
        **{name: Scenario(rules=rules) for name, rules in _read(policies).items()},
    }
    with _told("Replaying") as progress, _refusals():
        found = replay_own(
            settings, wanted, scenarios, seeds=range(1, seeds + 1), progress=progress
        )
    if as_json:
        typer.echo(json.dumps(found))
        return
    same = found["same"]
    word = "identical" if same["identical"] else f"{same['different']} different"
    typer.echo(
        f"{found['day']}: {same['decisions']} decisions made again, {word}, "
        f"{same['times_real']:,} times faster than life."
    )
    _show(found, found["record"])


def records(
    path: Path,
    mapping: Path,
    policies: Sequence[Path],
    *,
    days: Sequence[str],
    seeds: int,
    as_json: bool,
) -> None:
    """Replay a file of call records. Raises `Refused` with a sentence for people."""
    with _refusals():
        columns = read_mapping(mapping)
        read = read_records(path, columns)
        unknown = [day for day in days if day not in read.days]
        if unknown or not read.days:
            raise Refused(f"There are no calls of {unknown[0] if unknown else 'any day'}.")
        with _told("Replaying") as progress:
            found = replay_records(
                read,
                _read(policies) or None,
                days=days or None,
                seeds=range(1, seeds + 1),
                progress=progress,
            )
    if as_json:
        typer.echo(json.dumps(found))
        return
    against = found["against_record"]
    parts = [*against["types"].values(), *against["days"].values()]
    worst = max(abs(part["served_pct"]) for part in parts)
    calls = found["record"]["all"]["arrivals"]
    typer.echo(
        f"{found['name']}, {len(found['days'])} days, {calls:,} calls: "
        f"under the recorded discipline at most {worst:.1f} % of a day's or type's calls differ."
    )
    _show(found, None)


def _read(policies: Sequence[Path]) -> Mapping[str, Ruleset]:
    found: dict[str, Ruleset] = {}
    for path in policies:
        with _refusals():
            found[path.stem] = read_rules(path)
    return found


@contextmanager
def _refusals() -> Generator[None]:
    try:
        yield
    except (ModelError, Malformed, Rejected) as error:
        raise Refused(str(error)) from error
    except OSError as error:
        raise Refused(f"{error.filename} cannot be read: {error.strerror}.") from error


@contextmanager
def _told(what: str) -> Generator[Callable[[float], None]]:
    with Progress(
        console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()
    ) as bar:
        task = bar.add_task(what, total=1.0)
        yield lambda done: bar.update(task, completed=done)


def _show(found: Mapping[str, Any], record: Mapping[str, float | None] | None) -> None:
    table = Table()
    table.add_column("")
    if record is not None:
        table.add_column("the log", justify="right")
    for name in found["policies"]:
        table.add_column(name, justify="right")
    for key in SHOWN:
        cells = [] if record is None else [_number(record.get(key))]
        for policy in found["policies"].values():
            estimate: Mapping[str, Any] = policy["all"].get(key) or {"mean": None, "ci95": None}
            cells.append(_number(estimate["mean"], estimate["ci95"]))
        table.add_row(key, *cells)
    Console().print(table)


def _number(mean: float | None, interval: Sequence[float] | None = None) -> str:
    if mean is None:
        return "–"
    if interval is None:
        return f"{mean:,.1f}"
    return f"{mean:,.1f} ±{(interval[1] - interval[0]) / 2:,.1f}"
