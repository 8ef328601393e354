"""How many calls a second the simulator plays with the live code, beside simpy and ciw.

Everybody gets the same two centers, draws the same number of times from the same laws, and tells
how many of each segment were answered in time; all of that is timed, in processor time, the
rounds of all taken in turns, the best of each kept. Nobody collects garbage while it is timed.

`simpy_ratio` is against what simpy itself has for agents with skills, its `FilterStore`;
`simpy_dispatch_ratio` is against our rule written by hand for this one model, with simpy's clock.
"""

import gc
import importlib.util
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from time import perf_counter, process_time

from warmline.bench.peers.center import Center, simple, skilled
from warmline.core.policy import Ruleset
from warmline.core.settings import Policy
from warmline.core.words import SECOND
from warmline.sim.build import Build, Wanted, core
from warmline.sim.ledger import NOT_YET, Ledger
from warmline.sim.model import (
    Arrivals,
    Exponential,
    Group,
    Lognormal,
    Model,
    Queue,
    Rate,
    Ring,
    Segment,
    Stream,
    Target,
)

PEERS = ("simpy", "ciw")
_HOUR_S = 3600
_DAY_HOURS = 24
_WARM_UP_CALLS = 200

Shares = Sequence[float]
"""The share of each segment answered in time."""
Played = Callable[[], tuple[int, Shares]]
"""Plays a center and says how many came, and the shares."""


class PeersMissing(Exception):
    """What is to be measured beside us is not installed; says what to do."""


@dataclass(slots=True, eq=False)
class Timed:
    """One contestant: the best of its rounds."""

    play: Played
    calls_per_s: float = 0.0
    shares: Shares = ()

    def again(self) -> None:
        """One more round."""
        gc.collect()
        gc.disable()
        try:
            begun = process_time()
            calls, shares = self.play()
            took = process_time() - begun
        finally:
            gc.enable()
        if calls / took > self.calls_per_s:
            self.calls_per_s, self.shares = calls / took, shares


def measure(*, calls: int, rounds: int, build: Wanted = "auto") -> Mapping[str, object]:
    """The figures by name. Raises `PeersMissing`, and `NotCompiled` when `build` cannot be had."""
    missing = [name for name in PEERS if importlib.util.find_spec(name) is None]
    if missing:
        raise PeersMissing(
            f"{' and '.join(missing)} are measured beside the simulator and not installed here:"
            f" .venv/bin/python -m pip install {' '.join(missing)}"
        )
    chosen = core(build)
    on_skills = _contest(skilled(), calls, chosen)
    on_simple = _contest(simple(), calls, chosen)
    for _ in range(rounds):
        for one in dict.fromkeys((*on_skills.values(), *on_simple.values())):
            one.again()
    return {
        "build": chosen.name,
        "calls": calls,
        **_figures(on_skills, on_simple),
        "two_process_ratio": round(_two_processes(calls, rounds, chosen.name), 2),
    }


def _contest(center: Center, calls: int, build: Build) -> dict[str, Timed]:
    """Everybody who plays this center, by name."""
    from warmline.bench.peers import ciw_center, simpy_center  # noqa: PLC0415 - may be missing

    def simpy(kind: type[simpy_center.Customers]) -> Played:
        return lambda: (calls, kind(center, calls, 1).run())

    pure = Timed(ours(center, calls, core("pure")))
    found = {
        "pure": pure,
        "ours": pure if build.name == "pure" else Timed(ours(center, calls, build)),
        "ciw": Timed(lambda: (calls, ciw_center.run(center, calls, 1))),
    }
    if center.skills == 1:
        found["simpy"] = Timed(simpy(simpy_center.Queues))
    else:
        found["store"] = Timed(simpy(simpy_center.Stores))
        found["dispatch"] = Timed(simpy(simpy_center.Dispatch))
    return found


def _figures(skills: Mapping[str, Timed], simple: Mapping[str, Timed]) -> dict[str, object]:
    ours, pure = skills["ours"].calls_per_s, skills["pure"].calls_per_s
    store, dispatch = skills["store"].calls_per_s, skills["dispatch"].calls_per_s
    return {
        "simple_calls_per_s": round(simple["ours"].calls_per_s),
        "skills_calls_per_s": round(ours),
        "simpy_ratio": round(ours / store, 2),
        "pure_simpy_ratio": round(pure / store, 2),
        "ciw_ratio": round(ours / skills["ciw"].calls_per_s, 2),
        "simpy_dispatch_ratio": round(ours / dispatch, 2),
        "pure_simpy_dispatch_ratio": round(pure / dispatch, 2),
        "pure_simple_calls_per_s": round(simple["pure"].calls_per_s),
        "pure_skills_calls_per_s": round(pure),
        "peers_calls_per_s": {
            "simple": {name: round(simple[name].calls_per_s) for name in ("simpy", "ciw")},
            "skills": {
                "simpy_store": round(store),
                "simpy_dispatch": round(dispatch),
                "ciw_without_skills": round(skills["ciw"].calls_per_s),
            },
        },
        "in_time_pct": {
            name: [round(100 * share, 1) for share in one.shares] for name, one in skills.items()
        },
    }


# Our side


def model_of(center: Center, calls: int) -> Model:
    """The center as a model of ours, with as many hours as `calls` customers take to come."""
    hours = calls / center.arrivals_per_s / _HOUR_S
    of_all = center.arrivals_per_s * _HOUR_S / center.skills
    until = f"{int(hours):02}:{int(hours * 60) % 60:02}" if hours < _DAY_HOURS else "24:00"
    names = [f"skill-{number}" for number in range(center.skills)]
    talk = (
        Exponential(mean_s=center.talk_s)
        if center.talk_sd_s is None
        else Lognormal(mean_s=center.talk_s, sd_s=center.talk_sd_s)
    )
    patience = None if center.patience_s is None else Exponential(mean_s=center.patience_s)
    arrivals = Arrivals(rates=(Rate(start="00:00", end=until, per_hour=of_all),))
    return Model(
        skills=tuple(names),
        segments={
            one.name: Segment(value=one.value, head_start_s=one.head_start_s)
            for one in center.segments
        },
        queues={
            name: Queue(rings=(Ring(skills={name: 1}),), target=Target(within_s=center.within_s))
            for name in names
        },
        streams={
            name: Stream(
                queue=name,
                arrivals=arrivals,
                talk=talk,
                patience=patience,
                segments={one.name: one.weight for one in center.segments},
            )
            for name in names
        },
        agents={
            f"agent-{number}": Group(
                count=1, skills={names[skill]: 1 for skill in skills}, quality=quality
            )
            for number, (skills, quality) in enumerate(
                zip(center.agents, center.quality, strict=True)
            )
        },
    )


def ours(center: Center, calls: int, build: Build) -> Played:
    """The center on our side, ready to be played."""
    model = model_of(center, calls)
    policy = Policy(version=2, worth_ms=round(center.worth_s * SECOND))
    rules = build.own(Ruleset(policy=policy))
    run = build.module("sim.run")
    names = [one.name for one in center.segments]

    def play() -> tuple[int, Shares]:
        played = run.prepare(model, rules, seed=1, days=1)
        played.run()
        return played.arrived, _in_time(played.ledger, names, round(center.within_s * SECOND))

    return play


def _in_time(ledger: Ledger, names: Sequence[str], within_ms: int) -> Shares:
    came = dict.fromkeys(names, 0)
    in_time = dict.fromkeys(names, 0)
    for stay in ledger.stays:
        segment = stay.contact.segment
        assert segment is not None
        came[segment] += 1
        answered_at = stay.answered_at
        in_time[segment] += answered_at != NOT_YET and answered_at - stay.since <= within_ms
    return [in_time[name] / came[name] if came[name] else 0.0 for name in names]


# Two processes


def _two_processes(calls: int, rounds: int, build: Wanted) -> float:
    """How much more two processes play than one, in the same time by the clock."""
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        for _ in pool.map(_task, [_WARM_UP_CALLS] * 4, [build] * 4):
            pass
        best: dict[int, float] = {}
        for _ in range(rounds):
            for jobs in (1, 2):
                begun = perf_counter()
                list(pool.map(_task, [calls] * jobs, [build] * jobs))
                took = perf_counter() - begun
                best[jobs] = min(took, best.get(jobs, took))
    return 2 * best[1] / best[2]


def _task(calls: int, build: Wanted) -> int:
    return ours(skilled(), calls, core(build))()[0]
