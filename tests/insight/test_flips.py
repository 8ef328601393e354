"""What is said to have changed a decision would have: each change is made, and the core decides."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from tests.insight.histories import a_day, is_rated, learns, moments, state_before
from warmline.core import commands as c
from warmline.core import events as e
from warmline.core import settings as s
from warmline.core.center import Center, evolve, step
from warmline.core.words import SECOND, AgentId, CommandId, InteractionId
from warmline.insight.flips import LESS, Flip, What, flips, from_record
from warmline.insight.moment import Moment, look_at_everything


def decided_again(center: Center, moment: Moment) -> tuple[str | None, str | None]:
    """Who gets the interaction, and what its agent gets, when the core goes on from a state."""
    look_at_everything(center)
    to_whom = what = None
    for event in step(center, c.Tick(id=CommandId("again")), moment.at):
        if isinstance(event, e.Offered):
            if event.interaction == moment.id and to_whom is None:
                to_whom = str(event.agent)
            if event.agent == moment.winner and what is None:
                what = str(event.interaction)
    return to_whom, what


def make(center: Center, flip: Flip, less: int) -> None:
    """Change the state as the flip says, by `less` less than it says."""
    of = str(flip.of)
    sign = -1 if flip.way == LESS else 1
    match flip.what:
        case What.IDLE:
            center.agents[AgentId(of)].idle_since -= flip.by - less
        case What.WAIT:
            center.interactions[InteractionId(of)].key -= flip.by - less
        case What.SCORE:
            assert flip.trait is not None
            points = flip.then - sign * less
            evolve(center, is_rated(center, of, flip.trait, points))
        case What.SLIDER:
            worth = flip.then - sign * less * SECOND
            policy = replace(center.policy, worth_ms=worth)
            evolve(center, e.PolicyDefined(at=center.now, policy=policy))
        case What.SKILL:
            assert flip.skill is not None
            evolve(center, learns(center, of, flip.skill, flip.then - less))


@pytest.mark.parametrize("seed", range(12))
def test_a_stated_change_turns_the_decision_and_a_smaller_one_does_not(seed: int):
    world = a_day(seed)
    seen: Counter[str] = Counter()
    for place, moment in moments(world):
        for flip in flips(moment):
            seen[flip.what] += 1
            for less in (0, 1):
                center = state_before(world, place)
                center.now = moment.at
                make(center, flip, less)
                to_whom, what = decided_again(center, moment)
                chosen = what if flip.what is What.WAIT else to_whom
                assert (chosen == flip.to) is (less == 0), (flip, less, chosen)
    assert seen[What.IDLE]
    assert seen[What.SCORE]
    assert seen[What.SKILL]
    print(seed, dict(seen))


@pytest.mark.parametrize("seed", range(4))
def test_a_moment_brought_back_decides_the_same(seed: int):
    world = a_day(seed)
    compared = 0
    for _, moment in moments(world):
        assert moment.branch().agent_for_it() == moment.winner
        assert moment.branch().next_for_agent() == moment.id
        compared += 1
    assert compared > 20


@pytest.mark.parametrize("rule", [s.Rule.LONGEST_IDLE, s.Rule.ROUND_ROBIN, s.Rule.RANDOM])
def test_other_rules_are_not_said_to_weigh_what_they_do_not(rule: s.Rule):
    world = a_day(3, rule=rule)
    found = {flip.what for _, moment in moments(world) for flip in flips(moment)}
    assert not found & {What.SCORE, What.SLIDER}
    assert (What.IDLE in found) is (rule is s.Rule.LONGEST_IDLE)


def test_the_record_alone_says_by_how_much_the_next_one_was_behind():
    world = a_day(1)
    for _, moment in moments(world):
        known = from_record(moment.decision)
        tried = {flip.what: flip for flip in flips(moment)}
        for flip in known:
            if flip.what is What.IDLE and flip.by > 0:
                assert tried[What.IDLE] == flip
