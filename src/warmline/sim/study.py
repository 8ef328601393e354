"""A study: the same customers under several policies, many seeds over processes."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from threading import Event
from typing import Any

from warmline.core.policy import Ruleset
from warmline.sim.build import Wanted, core
from warmline.sim.figures import Figures
from warmline.sim.intervals import Estimate, estimate, paired
from warmline.sim.model import Model
from warmline.sim.run import Folds, Run

_NOTICE_S = 0.2
"""How soon a cancelled study notices."""
Estimates = dict[str, Estimate]
Progress = Callable[[int, int], None]
"""Told how many runs of how many are done."""


class Cancelled(Exception):
    """Somebody stopped the study; there is no result."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A policy under its name."""

    name: str
    rules: Ruleset


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """The runs of each policy, one for each seed, in the order of the seeds."""

    build: str
    """By which build of the core: `compiled`, or `pure` and why."""
    days: int
    seeds: tuple[int, ...]
    runs: Mapping[str, Sequence[Run]]


def study(
    model: Model,
    candidates: Sequence[Candidate],
    *,
    seeds: Sequence[int],
    days: int | None = None,
    jobs: int = 1,
    explain: int = 0,
    progress: Progress | None = None,
    cancel: Event | None = None,
    build: Wanted = "auto",
) -> Study:
    """Run every policy with every seed in `jobs` processes; 1 stays in this one.

    Raises `Cancelled`, `NotCompiled`, and what `run_model` raises.
    """
    days = model.days if days is None else days
    tasks = [
        Task(
            model=model,
            rules=one.rules,
            name=one.name,
            seed=seed,
            days=days,
            explain=explain,
            build=build,
        )
        for seed in seeds
        for one in candidates
    ]
    runs: dict[str, dict[int, Run]] = {one.name: {} for one in candidates}
    for done, (task, run) in enumerate(spread(tasks, jobs=jobs, cancel=cancel), 1):
        runs[task.name][task.seed] = run
        if progress is not None:
            progress(done, len(tasks))
    return Study(
        build=str(core(build)),
        days=days,
        seeds=tuple(seeds),
        runs={name: [found[seed] for seed in seeds] for name, found in runs.items()},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One run to be made."""

    model: Model
    rules: Ruleset
    name: str
    seed: int
    days: int
    explain: int = 0
    build: Wanted = "auto"


def perform(task: Task) -> Run:
    """The run of a task, by the compiled core where there is one; called in its own process."""
    made = core(task.build)
    run = made.module("sim.run").run_model(
        task.model, made.own(task.rules), seed=task.seed, days=task.days, explain=task.explain
    )
    return made.pure(run)


def spread(
    tasks: Sequence[Task], *, jobs: int, cancel: Event | None = None
) -> Iterable[tuple[Task, Run]]:
    """Each task with its run, as they get done. Raises `Cancelled` soon after `cancel` is set."""
    if jobs <= 1:
        for task in tasks:
            if cancel is not None and cancel.is_set():
                raise Cancelled
            yield task, perform(task)
        return
    # Not forked: the caller may have threads, and a copy of them would wait for ever.
    pool = ProcessPoolExecutor(min(jobs, len(tasks)), mp_context=get_context("spawn"))
    pending: dict[Future[Run], Task] = {pool.submit(perform, task): task for task in tasks}
    try:
        while pending:
            done, _ = wait(pending, timeout=_NOTICE_S, return_when=FIRST_COMPLETED)
            if cancel is not None and cancel.is_set():
                raise Cancelled
            for future in done:
                yield pending.pop(future), future.result()
    finally:
        if pending:
            _stop(pool)
        else:
            pool.shutdown()


def _stop(pool: ProcessPoolExecutor) -> None:
    """End a pool at once, with what its processes are doing."""
    # Asked to shut down, the pool would first finish the runs that are under way.
    known: dict[int, BaseProcess] = getattr(pool, "_processes", None) or {}
    processes = list(known.values())
    pool.shutdown(wait=False, cancel_futures=True)
    for process in processes:
        process.terminate()
    for process in processes:
        process.join()


# In figures


def summary(made: Study) -> dict[str, Any]:
    """The study as plain values: figures of each policy, and of each against the first."""
    folds = {name: [run.folds for run in runs] for name, runs in made.runs.items()}
    first, *others = folds
    return {
        "build": made.build,
        "days": made.days,
        "seeds": len(made.seeds),
        "policies": {name: estimates(found) for name, found in folds.items()},
        "differences": [
            {"of": name, "from": first, **differences(folds[name], folds[first])} for name in others
        ],
    }


def estimates(folds: Sequence[Folds]) -> dict[str, Any]:
    """Means over the runs with intervals: all, segments, queues, days, and through the day."""
    return {
        "all": _means([fold.all for fold in folds]),
        "segments": _by_name([fold.segments for fold in folds]),
        "queues": _by_name([fold.queues for fold in folds]),
        "days": [_means([fold.days[day] for fold in folds]) for day in range(len(folds[0].days))],
        "series": [
            _moment([fold.series[row] for fold in folds]) for row in range(len(folds[0].series))
        ],
    }


def differences(of: Sequence[Folds], from_: Sequence[Folds]) -> dict[str, Any]:
    """Paired differences, run by run on the same customers, with their intervals."""
    return {
        "all": _paired([fold.all for fold in of], [fold.all for fold in from_]),
        "segments": _paired_by_name(
            [fold.segments for fold in of], [fold.segments for fold in from_]
        ),
        "queues": _paired_by_name([fold.queues for fold in of], [fold.queues for fold in from_]),
    }


def _means(rows: Sequence[Figures]) -> Estimates:
    return {key: estimate([row.get(key) for row in rows]) for key in rows[0]}


def _moment(rows: Sequence[Figures]) -> dict[str, Any]:
    """The means of one part of the day, with the intervals of those that have one."""
    found = _means(rows)
    sure = {key: one["ci95"] for key, one in found.items() if key != "at" and one["ci95"]}
    return {**{key: one["mean"] for key, one in found.items()}, "ci95": sure}


def _by_name(rows: Sequence[Mapping[str, Figures]]) -> dict[str, Estimates]:
    names = sorted({name for row in rows for name in row})
    return {name: _means([row[name] for row in rows if name in row]) for name in names}


def _paired(of: Sequence[Figures], from_: Sequence[Figures]) -> Estimates:
    return {
        key: paired([row.get(key) for row in of], [row.get(key) for row in from_]) for key in of[0]
    }


def _paired_by_name(
    of: Sequence[Mapping[str, Figures]], from_: Sequence[Mapping[str, Figures]]
) -> dict[str, Estimates]:
    names = sorted({name for row in (*of, *from_) for name in row})
    found: dict[str, Estimates] = {}
    for name in names:
        pairs = [
            (one[name], other[name])
            for one, other in zip(of, from_, strict=True)
            if name in one and name in other
        ]
        if pairs:
            found[name] = _paired([one for one, _ in pairs], [other for _, other in pairs])
    return found
