"""Events and states of the log: what an earlier version wrote is read as what it meant."""

import json

import pytest

from tests.core.worlds import ADMIN, BOSS, World
from warmline.core import commands as c
from warmline.core import events as e
from warmline.core import settings as s
from warmline.core.policy import Ruleset, Tally, Trial
from warmline.core.words import MINUTE, AgentId, SegmentId, SkillId, TrialId
from warmline.engine.codec import EventCodec, Unreadable, decode_center, encode_center

CODEC = EventCodec()


def test_the_quality_of_an_agent_is_read_as_a_score_given_by_hand():
    old = {"at": 5, "agent": {"id": "ann", "skills": {"ru": 3}, "quality_pct": 80}}
    event = CODEC.decode("AgentDefined", json.dumps(old, separators=(",", ":")).encode())
    assert event == e.AgentDefined(
        at=5,
        agent=s.Agent(
            id=AgentId("ann"),
            skills={SkillId("ru"): 3},
            scores={s.Trait.QUALITY: s.Score(value=0.8)},
        ),
    )


def test_an_agent_without_one_has_no_score():
    event = CODEC.decode("AgentDefined", b'{"at":5,"agent":{"id":"ann"}}')
    assert isinstance(event, e.AgentDefined)
    assert event.agent.scores == {}


def test_a_policy_of_before_goes_on_with_what_it_did_not_say():
    event = CODEC.decode("PolicyDefined", b'{"at":5,"policy":{"version":3,"worth_ms":7}}')
    assert event == e.PolicyDefined(at=5, policy=s.Policy(version=3, worth_ms=7))


def test_what_is_not_known_is_not_guessed_at():
    with pytest.raises(Unreadable, match="Levitated"):
        CODEC.decode("Levitated", b"{}")
    with pytest.raises(Unreadable, match="Rated"):
        CODEC.decode("Rated", b'{"at":5}')


def test_a_state_keeps_its_trial_its_guard_its_prices_and_its_failure():
    world = World().with_agent("ann")
    rules = Ruleset(policy=s.Policy(version=2, prices=True, guard=s.Guard()))
    world.do(c.Publish, by=ADMIN, ruleset=rules)
    tried = Trial(
        id=TrialId("t"), ruleset=Ruleset(policy=s.Policy(version=3)), ends_after_ms=MINUTE
    )
    world.do(c.StartTrial, by=BOSS, trial=tried)
    world.do(c.SetPrices, prices={AgentId("ann"): 7})
    center = world.center
    center.head_start_pct[SegmentId("gold")] = 130
    center.tallies[SegmentId("gold")] = Tally(minutes=[(world.now, 1, 2)])
    center.failed_at = world.now
    center.agents[AgentId("ann")].handled = 4
    loaded = decode_center(encode_center(center))
    assert loaded == center
    assert loaded.waiting.tried == center.waiting.tried
    wanted = [at for at, kind, _ in loaded.waiting.deadlines if kind == "trial"]
    assert wanted == [world.now + MINUTE]
