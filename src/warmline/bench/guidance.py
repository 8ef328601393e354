"""Guidance by state against none and against the clock, in the simulator, on the same days."""

from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from typing import Any

from warmline.desk.guidance.rule import Rules
from warmline.sim.guided import Asked, Follows, all_arms, sample_day, summary


def measure(*, days: int, brief: float, time: float, jobs: int = 2) -> dict[str, Any]:
    """Service level by arm and the differences in points, with 95 % intervals over the days.

    `brief` and `time` are the assumption: how long a conversation gets, of its usual length.
    """
    asked = Asked(rules=Rules(on=True), follows=Follows(brief=brief, time=time), seeds=days)
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        found = list(pool.map(partial(all_arms, sample_day(), asked), range(1, days + 1)))
    return summary(found, asked)
