"""A run on the compiled core comes to the very figures of the pure one."""

from __future__ import annotations

import pytest

from warmline.bench.peers.center import skilled
from warmline.bench.simulator import model_of
from warmline.core.policy import Ruleset
from warmline.core.settings import Policy
from warmline.sim.build import NotCompiled, core
from warmline.sim.run import Run

CALLS = 1_500


def test_a_run_is_the_same_to_the_last_digit_in_both_builds() -> None:
    try:
        builds = [core("pure"), core("compiled")]
    except NotCompiled as reason:
        pytest.fail(f"{reason}")
    model = model_of(skilled(), CALLS)
    runs: list[Run] = []
    for build in builds:
        play = build.module("sim.run").run_model
        rules = build.own(Ruleset(policy=Policy(version=2)))
        runs.append(build.pure(play(model, rules, seed=7, days=1, explain=3, keep=True)))
    pure, compiled = runs
    assert compiled.folds == pure.folds
    assert compiled.decisions == pure.decisions
    assert compiled.log == pure.log
    assert pure.calls > CALLS / 2
