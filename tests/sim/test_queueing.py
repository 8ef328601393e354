"""The simulator against what is known exactly: Erlang C, Erlang A, and few skills against all.

On the build that a study runs on: the compiled core, where there is one.
"""

from __future__ import annotations

from bisect import bisect
from itertools import accumulate
from math import exp, log, sqrt
from random import Random
from statistics import fmean, stdev

import pytest

from tests.sim.models import changed, one_line, rules, skilled
from warmline.core.settings import Rule
from warmline.core.words import InboxId, InteractionId
from warmline.sim.build import core
from warmline.sim.clock import first_midnight
from warmline.sim.figures import Judged, Window, of_visits
from warmline.sim.ledger import NOT_YET, Stay
from warmline.sim.model import Model

BATCHES = 20
SERVICE_S = 60.0
"""One unit of time of the tables: a mean service of a minute."""


def visits(model: Model, *, days: int, in_system: int, seed: int) -> list[Stay]:
    """All visits but of those who are in the system, served or waiting, when it begins."""
    build = core()
    laws, kernel = build.module("sim.laws"), build.module("sim.kernel")
    roster, stage = build.module("sim.roster"), build.module("sim.stage")
    start = first_midnight(model)
    # Service has no memory: who is being served already is like somebody who comes this moment.
    chance, talk = Random(seed), laws.draw(model.streams["calls"].talk)
    already = [
        kernel.Customer(
            id_=InteractionId(f"first-{number}"),
            at=start,
            inbox=InboxId("line.voice"),
            talk_ms=talk(chance.random()),
        )
        for number in range(in_system)
    ]
    play = kernel.Play(
        stage.center_of(model, build.own(rules(Rule.LONGEST_IDLE))),
        already + build.module("sim.crowd").crowd(model, seed=seed, days=days),
        roster.rota(model, days=1),
        roster.people(model),
        start + (days + 1) * 86_400_000,
    )
    play.run()
    return play.ledger.stays[in_system:]


def agrees(values: list[float], truth: float) -> None:
    """Whether the mean is within 3 standard errors by the method of batch means."""
    size = len(values) // BATCHES
    means = [fmean(values[i * size : (i + 1) * size]) for i in range(BATCHES)]
    error = stdev(means) / sqrt(BATCHES)
    assert error < 0.25 * truth, "too short a run to say anything"
    assert abs(fmean(means) - truth) <= 3 * error, f"{fmean(means)} +- {error}, truth {truth}"


def settled(stays: list[Stay]) -> list[Stay]:
    """All but the first sixth."""
    return stays[len(stays) // 6 :]


def delayed(stay: Stay) -> bool:
    return stay.accepted_at != stay.queued_at


def within(stay: Stay) -> bool:
    return stay.answered_at != NOT_YET and stay.answered_at <= stay.due_at


def wait_s(stay: Stay) -> float:
    return (max(stay.accepted_at, stay.abandoned_at) - stay.queued_at) / 1000


# "Erlang C min n for 80/20" (A. K. Erlang 1917; Gans, Koole and Mandelbaum 2003, section 4.1):
# agents, load in Erlang, and the service level in 20 s at a mean service of 180 s.
@pytest.mark.parametrize(
    ("agents", "load", "level", "days", "until"),
    [(14, 10.0, 0.888350019179467, 5, "24:00"), (107, 100.0, 0.8238047028829, 1, "15:00")],
)
def test_without_giving_up_it_agrees_with_erlang_c(agents, load, level, days, until):
    model = one_line(agents=agents, per_hour=load * 20, mean_s=180, until=until)
    stays = visits(model, days=days, in_system=round(load), seed=3)
    agrees([float(within(stay)) for stay in settled(stays)], level)


# A thousand agents take hours to forget how they began, so each of many short runs begins in the
# steady state: with a number in the system from its own stratum of the exact distribution.
def test_a_thousand_agents_agree_with_erlang_c():
    model = one_line(agents=1011, per_hour=20_000, mean_s=180, until="00:03")
    shares: list[float] = []
    for number in range(BATCHES):
        begins = quantile_in_system(1011, 1000.0, (number + 0.5) / BATCHES)
        stays = visits(model, days=1, in_system=begins, seed=number + 1)
        shares.append(fmean(float(within(stay)) for stay in stays))
    agrees(shares, 0.813796548392464)
    assert fmean(shares) == pytest.approx(0.8138, abs=0.06)


def quantile_in_system(agents: int, load: float, at: float) -> int:
    """The quantile of the number of customers in an M/M/n system."""
    log_weights = [0.0]
    for state in range(1, 3 * agents):
        log_weights.append(log_weights[-1] + log(load / min(state, agents)))
    largest = max(log_weights)
    weights = [exp(one - largest) for one in log_weights]
    return bisect([part / sum(weights) for part in accumulate(weights)], at)


def erlang_a(agents: int, rate: float, giving_up: float) -> tuple[float, float, float]:
    """P(wait), P(gives up), mean wait of all, in mean services: the birth-death chain summed up."""
    weight = total = 1.0
    delayed = waiting = 0.0
    for state in range(1, agents * 3 + 400):
        weight *= rate / (min(state, agents) + max(state - agents, 0) * giving_up)
        total += weight
        delayed += weight if state >= agents else 0.0
        waiting += weight * max(state - agents, 0)
        if total > 1e200:
            weight, total, delayed, waiting = (
                one / 1e200 for one in (weight, total, delayed, waiting)
            )
    mean_wait = waiting / total / rate
    return delayed / total, giving_up * mean_wait, mean_wait


# Erlang A, exact (Palm; Garnett, Mandelbaum and Reiman 2002); rates in units of a mean service:
# agents, arrivals, what theta is to mu; P(wait), P(gives up), mean wait of all.
TABLE = [
    (10, 10.0, 0.5, (0.619655230884078, 0.103913212326308, 0.207826424652616)),
    (14, 10.0, 1.0, (0.135535577380689, 0.0186937152721611, 0.0186937152721611)),
    (100, 105.0, 0.5, (0.802612665082298, 0.0603694449870446, 0.120738889974089)),
]


@pytest.mark.parametrize(("agents", "rate", "giving_up", "truth"), TABLE)
def test_the_chain_says_what_the_tables_say(agents, rate, giving_up, truth):
    assert erlang_a(agents, rate, giving_up) == pytest.approx(truth, rel=1e-9)


@pytest.mark.parametrize(
    ("agents", "rate", "days", "until"),
    [(10, 10.0, 2, "24:00"), (100, 105.0, 1, "04:30"), (1000, 1010.0, 1, "00:45")],
)
def test_with_giving_up_it_agrees_with_erlang_a(agents, rate, days, until):
    model = one_line(
        agents=agents,
        per_hour=rate * 3600 / SERVICE_S,
        mean_s=SERVICE_S,
        patience_s=2 * SERVICE_S,
        within_s=SERVICE_S / 10,
        until=until,
    )
    stays = settled(visits(model, days=days, in_system=agents, seed=3))
    waits, gives_up, mean_wait = erlang_a(agents, rate, 0.5)
    agrees([float(delayed(stay)) for stay in stays], waits)
    agrees([float(stay.abandoned_at != NOT_YET) for stay in stays], gives_up)
    agrees([wait_s(stay) for stay in stays], mean_wait * SERVICE_S)

    if agents == 10:  # answered within a tenth of a service, of those not gone before: 49.46 %
        judged = [float(within(stay)) for stay in stays if not gone_early(stay)]
        agrees(judged, 0.494594466188383)
        window = Window(since=stays[0].queued_at, until=1 << 60)
        level = of_visits(stays, window, Judged())["service_level_pct"]
        assert level == pytest.approx(100 * fmean(judged))


def gone_early(stay: Stay) -> bool:
    return stay.abandoned_at != NOT_YET and stay.abandoned_at <= stay.due_at


# Wallace and Whitt 2005: 90 agents, 6 kinds of calls, 84 Erlang: "a little flexibility goes far".
def test_two_skills_are_nearly_as_good_as_all_and_much_better_than_one():
    wait_s: dict[int, float] = {}
    build = core()
    run_model = build.module("sim.run").run_model
    for skills in (1, 2, 6):
        model = skilled(groups=6, each=15, skills=skills, load=84.0, mean_s=600.0)
        folds = run_model(
            changed(model, warm_up_s=18_000.0),
            build.own(rules(Rule.LONGEST_IDLE)),
            seed=1,
            days=1,
        ).folds
        assert folds.all["answer_ms"] is not None
        wait_s[skills] = folds.all["answer_ms"] / 1000
    assert wait_s[1] > 5 * wait_s[2]
    assert wait_s[2] < 2 * wait_s[6]
    assert wait_s[6] < wait_s[2] < 120 < wait_s[1]
