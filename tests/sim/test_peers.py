"""The same center under the same rule, written by hand in simpy, answers as many in time."""

from __future__ import annotations

from statistics import fmean

import pytest

from warmline.bench.peers.center import skilled
from warmline.bench.simulator import ours
from warmline.sim.build import core

CALLS = 10_000
SEEDS = range(1, 5)
POINTS = 4.0
"""Between seeds the share of a segment varies by one or two points."""


def test_as_many_of_each_segment_are_answered_in_time_as_in_simpy() -> None:
    pytest.importorskip("simpy", reason="simpy is installed for the benchmark alone")
    from warmline.bench.peers.simpy_center import Dispatch

    center = skilled()
    _, found = ours(center, CALLS, core("auto"))()
    others = [Dispatch(center, CALLS, seed).run() for seed in SEEDS]
    expected = [fmean(shares) for shares in zip(*others, strict=True)]
    assert [100 * share for share in found] == pytest.approx(
        [100 * share for share in expected], abs=POINTS
    )
