"""Matchers that fail, for drills: what happens then can be seen before it happens by itself."""

from collections.abc import Mapping
from dataclasses import replace

from warmline.core import routing
from warmline.core.center import Match
from warmline.core.events import Offered
from warmline.core.state import Center
from warmline.core.words import AgentId, Instant


def _raises(_: Center, __: Instant) -> Offered | None:
    raise ArithmeticError("a drill: the matcher raises")


def _hangs(_: Center, __: Instant) -> Offered | None:
    while True:
        pass


def _speaks_nonsense(center: Center, now: Instant) -> Offered | None:
    offer = routing.next_offer(center, now)
    return None if offer is None else replace(offer, agent=AgentId("nobody"))


FAULTS: Mapping[str, Match | None] = {
    "": None,
    "raise": _raises,
    "hang": _hangs,
    "nonsense": _speaks_nonsense,
}
"""The matcher for each value of the setting `fault_matcher`; None is the real one."""
