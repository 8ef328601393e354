"""`warmline simulate`: a model's days under several policies, on the same customers."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.progress import Progress

from warmline.core.policy import Ruleset
from warmline.core.settings import Policy
from warmline.core.words import Malformed, Rejected
from warmline.sim.arrivals import TooMany
from warmline.sim.model import Model
from warmline.sim.reading import ModelError, read_model
from warmline.sim.rules import read_rules
from warmline.sim.stage import center_of
from warmline.sim.study import Candidate, Study, study, summary
from warmline.sim.words import decision_words, show, show_decisions


class Refused(Exception):
    """The command cannot do what was asked; the text says why."""


def simulate(
    path: Path,
    policies: Sequence[Path],
    *,
    seeds: int,
    days: int | None,
    jobs: int,
    as_json: bool,
    explain: int,
) -> None:
    """Run the study and print it. Raises `Refused` with a sentence for people."""
    model, candidates = _read(path, policies)
    made = _made(model, candidates, seeds=seeds, days=days, jobs=jobs, explain=explain)
    found: dict[str, Any] = {"model": model.name, **summary(made)}
    told = {
        name: [decision_words(one) for one in runs[0].decisions] for name, runs in made.runs.items()
    }
    if as_json:
        if explain:
            found["decisions"] = told
        typer.echo(json.dumps(found))
        return
    show(found, model.name)
    for name, decisions in told.items():
        if decisions:
            show_decisions(name, decisions)


def _read(path: Path, policies: Sequence[Path]) -> tuple[Model, list[Candidate]]:
    try:
        model = read_model(path)
    except ModelError as error:
        raise Refused(f"{path}: {error}") from error
    except OSError as error:
        raise Refused(f"{path} cannot be read: {error.strerror}.") from error
    candidates: list[Candidate] = []
    for given in policies:
        try:
            rules = read_rules(given)
            center_of(model, rules)
        except (ModelError, Rejected, Malformed) as error:
            raise Refused(f"{given}: {error}") from error
        except OSError as error:
            raise Refused(f"{given} cannot be read: {error.strerror}.") from error
        candidates.append(Candidate(name=given.stem, rules=rules))
    if len({one.name for one in candidates}) < len(candidates):
        raise Refused("Two policies have files of the same name; rename one.")
    return model, candidates or [Candidate(name="default", rules=Ruleset(policy=Policy()))]


def _made(
    model: Model,
    candidates: Sequence[Candidate],
    *,
    seeds: int,
    days: int | None,
    jobs: int,
    explain: int,
) -> Study:
    with Progress(
        console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()
    ) as bar:
        task = bar.add_task("Simulating", total=seeds * len(candidates))
        try:
            return study(
                model,
                candidates,
                seeds=range(1, seeds + 1),
                days=days,
                jobs=jobs,
                explain=explain,
                progress=lambda done, _: bar.update(task, completed=done),
            )
        except TooMany as error:
            raise Refused(str(error)) from error
        except (Malformed, Rejected) as error:
            raise Refused(f"The center refuses a setting of the model: {error}") from error
