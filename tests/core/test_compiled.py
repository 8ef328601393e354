"""The compiled core lives through the same days as the pure one, and decides as the plain scan."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import Any

import pytest

from tests.core import oracle, worlds
from tests.core.test_oracle import Day
from warmline.core.center import Center, step
from warmline.core.words import Malformed, Rejected
from warmline.sim.build import Build, NotCompiled, core

DAYS = 8
EVENTS = 1_200


@pytest.fixture(scope="module")
def compiled() -> Build:
    try:
        return core("compiled")
    except NotCompiled as reason:
        pytest.fail(f"{reason}")


class Twin:
    """Gives every command to a compiled center as well, and compares what comes of it."""

    def __init__(self, build: Build) -> None:
        self._build = build
        self._step = build.module("core.center").step
        self._next_offer = build.module("core.routing").next_offer
        self._center: Center | None = None
        self._twin: Any = None
        self.offers = 0

    def step(self, center: Center, command: Any, now: int, _: Any = None) -> Any:
        if center is not self._center:  # a new day
            self._center, self._twin = center, self._build.module("core.center").Center()
        twin = self._twin
        found, its_refusal = told(
            lambda: self._step(twin, self._build.own(command), now, self._match)
        )
        expected, refusal = told(lambda: step(center, command, now))
        assert plain(its_refusal) == plain(refusal)
        assert [plain(event) for event in found] == [plain(event) for event in expected]
        if refusal is not None:
            raise refusal
        assert twin.next_deadline() == center.next_deadline()
        return expected

    def _match(self, center: Any, now: int) -> Any:
        """The compiled matcher, beside the scan over the compiled state."""
        pair = oracle.best_pair(center, now)
        offer = self._next_offer(center, now)
        assert ((offer.interaction, offer.agent) if offer else None) == pair
        self.offers += offer is not None
        return offer


def told(deed: Any) -> tuple[list[Any], Rejected | Malformed | None]:
    """What happened, or the refusal."""
    try:
        return deed(), None
    except (Rejected, Malformed) as refusal:
        return [], refusal


def plain(fact: Any) -> Any:
    """A fact of either build, as names and values."""
    if isinstance(fact, Rejected | Malformed):
        return type(fact), str(fact), fact.code
    names = getattr(fact, "__facts__", None)
    if names is None and is_dataclass(fact):
        names = [field.name for field in fields(fact)]
    if names is not None:
        return type(fact).__name__, {name: plain(getattr(fact, name)) for name in names}
    if isinstance(fact, dict):
        return {plain(key): plain(value) for key, value in fact.items()}
    if isinstance(fact, list | tuple):
        return [plain(one) for one in fact]
    return fact


def test_random_days_are_the_same_in_both_builds_and_decided_as_by_the_scan(
    compiled: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    twin = Twin(compiled)
    monkeypatch.setattr(worlds, "step", twin.step)
    for seed in range(DAYS):
        day = Day(seed)
        while len(day.world.log) < EVENTS:
            day.goes_on()
    assert twin.offers > DAYS


def test_facts_keep_what_they_say_on_the_way_there_and_back(compiled: Build) -> None:
    day = Day(1)
    while len(day.world.log) < EVENTS:
        day.goes_on()
    for event in day.world.log:
        moved = compiled.own(event)
        assert type(moved) is not type(event)
        assert plain(moved) == plain(event)
        assert compiled.pure(moved) == event


def test_without_a_compiled_core_the_pure_one_is_used_and_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("warmline.sim.build._lacking", lambda: "the core is not compiled here")
    assert str(core()) == "pure (the core is not compiled here)"
    assert core("pure").module("core.center").step is step
    with pytest.raises(NotCompiled, match="make setup"):
        core("compiled")
