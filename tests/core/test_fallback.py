"""A matcher that raises, hangs or speaks nonsense: the plain rule decides, and nothing is lost."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import invariant, precondition, rule

from tests.core import oracle
from tests.core.test_properties import Life
from tests.core.worlds import ADMIN, BOSS, HELP, World, agent_actor, code_of
from warmline.core import commands as c
from warmline.core import events as e
from warmline.core import fallback, routing
from warmline.core import settings as s
from warmline.core.policy import Ruleset
from warmline.core.words import (
    AgentId,
    InteractionId,
    Medium,
    Presence,
    Rejected,
    SegmentId,
    SkillId,
)


def raises(_, __):
    raise ArithmeticError("out of its mind")


def hangs(_, __):
    raise fallback.MatcherHung


def changed(**fields):
    """A matcher whose offers are not quite right."""

    def match(center, now):
        offer = routing.next_offer(center, now)
        return offer and replace(offer, **fields)

    return match


def kinds(events):
    return [type(event).__name__ for event in events]


@pytest.mark.parametrize(("match", "cause"), [(raises, "raised"), (hangs, "hung")])
def test_when_the_matcher_fails_the_longest_idle_gets_the_offer_in_the_same_step(match, cause):
    world = World().with_agent("ann", quality_pct=10).after(10).with_agent("bob", quality_pct=90)
    world.match = match
    happened = world.chat("i1", segment=SegmentId("gold"))
    assert kinds(happened) == ["Arrived", "MessageReceived", "Queued", "MatcherFailed", "Offered"]
    assert happened[3] == e.MatcherFailed(at=world.now, cause=cause)
    assert world.center.failed_at == world.now
    offered = happened[4]
    assert isinstance(offered, e.Offered)
    assert offered.agent == "ann"
    assert offered.decision.cause == "fallback"
    assert offered.decision.considered == 2
    assert [terms[0] for terms in offered.decision.runners_up] == ["bob"]


def other_world():
    """Only ann may take i1; the others each for a reason of their own cannot."""
    world = World().with_agent("ann").with_agent("off", available=False)
    world.with_agent("mute", {}).with_agent("full", capacity=s.Capacity(slots={Medium.CHAT: 0}))
    world.with_agent("busy").chat("i0")
    while world.offered_to("i0") != "busy":
        offer = world.center.interactions[InteractionId("i0")].offer
        assert offer is not None
        world.do(
            c.Decline, by=agent_actor(offer.agent), interaction=InteractionId("i0"), offer=offer.id
        )
    return world


@pytest.mark.parametrize(
    "fields",
    [
        {"agent": AgentId("off")},
        {"agent": AgentId("mute")},
        {"agent": AgentId("full")},
        {"agent": AgentId("busy")},
        {"agent": AgentId("nobody")},
        {"interaction": InteractionId("i0")},
        {"interaction": InteractionId("none")},
    ],
    ids=lambda fields: "-".join(fields.values()),
)
def test_an_offer_that_may_not_be_made_is_nonsense(fields):
    world = other_world()
    world.match = changed(**fields)
    happened = world.chat("i1", language="pl")
    assert e.MatcherFailed(at=world.now, cause="nonsense") in happened
    assert world.offered_to("i1") == "ann"
    assert world.offered_to("i0") == "busy"


def test_offering_again_to_who_said_no_is_nonsense():
    world = World().with_agent("ann").after(1).with_agent("bob")
    world.chat("i1")
    offer = world.center.interactions[InteractionId("i1")].offer
    assert offer is not None
    assert offer.agent == "ann"
    world.match = changed(agent=AgentId("ann"))
    world.do(c.Decline, by=agent_actor("ann"), interaction=InteractionId("i1"), offer=offer.id)
    assert world.center.failed_at is not None
    assert world.offered_to("i1") == "bob"


def test_asking_others_while_the_preferred_agent_is_waited_for_is_nonsense():
    world = World().with_agent("ann").after(1).with_agent("bob")
    world.match = changed(agent=AgentId("ann"))
    world.chat("i1", preferred=AgentId("bob"))
    assert world.center.failed_at is not None
    assert world.offered_to("i1") == "bob"


def test_who_came_first_is_served_first_whatever_the_segment():
    world = World()
    world.match = raises
    world.chat("first")
    world.after(5).chat("gold", segment=SegmentId("gold"))
    world.with_agent("ann")
    assert world.offered_to("first") == "ann"
    world.accept("first", "ann")
    assert world.offered_to("gold") == "ann"


def test_rings_and_skills_hold_without_the_matcher_too():
    world = World().with_agent("ann")
    world.match = raises
    rings = (
        s.Ring(needs=(s.Need(skill=SkillId("billing"), level=1),)),
        s.Ring(after_ms=30_000),
    )
    world.do(c.DefineQueue, queue=s.Queue(id=s.QueueId("help"), name="Help", rings=rings))
    world.chat("i1")
    assert world.offered_to("i1") is None
    world.after(30)
    assert world.offered_to("i1") == "ann"


def test_the_plain_rule_decides_until_somebody_restores_the_matcher():
    world = World().with_agent("ann", quality_pct=10).after(10).with_agent("bob", quality_pct=90)
    world.match = raises
    world.chat("i1")
    assert world.offered_to("i1") == "ann"
    world.match = None
    world.do(c.HangUp, interaction=InteractionId("i1"))
    world.chat("i2", segment=SegmentId("gold"))
    assert world.offered_to("i2") == "ann", "still not trusted"
    with pytest.raises(Rejected) as refusal:
        world.do(c.RestoreMatcher, by=agent_actor("ann"))
    assert code_of(refusal.value) == "forbidden"
    world.chat("i3")
    world.do(c.HangUp, interaction=InteractionId("i2"))
    world.do(c.HangUp, interaction=InteractionId("i3"))
    assert world.do(c.RestoreMatcher, by=BOSS) == [e.MatcherRestored(at=world.now)]
    assert world.do(c.RestoreMatcher, by=BOSS) == []
    world.chat("i4", segment=SegmentId("gold"))
    assert world.offered_to("i4") == "bob"


def test_publishing_gives_the_matcher_another_chance():
    world = World().with_agent("ann")
    world.match = raises
    world.chat("i1")
    world.match = None
    happened = world.do(c.Publish, by=ADMIN, ruleset=Ruleset(policy=s.Policy(version=2)))
    assert kinds(happened) == ["MatcherRestored", "PolicyPublished"]
    world.chat("i2")
    world.accept("i1", "ann")
    offered = world.log[-1]
    assert isinstance(offered, e.Offered)
    assert offered.decision.cause == "freed"


def test_new_rules_hold_at_once_when_they_give_the_matcher_another_chance():
    world = World().with_agent("ann")
    help_ = s.Queue(id=HELP, name="Help")
    picky = s.Ring(needs=(s.Need(skill=SkillId("billing"), level=1),))
    world.do(c.DefineQueue, queue=replace(help_, rings=(picky,)))
    world.match = raises
    world.chat("i1")
    assert world.offered_to("i1") is None
    world.match = None
    rules = Ruleset(policy=s.Policy(version=2), queues=(help_,))
    happened = world.do(c.Publish, by=ADMIN, ruleset=rules)
    assert kinds(happened) == ["MatcherRestored", "PolicyPublished", "Offered"]


class Failing(Life):
    """The life of a center whose matcher fails now and then."""

    @precondition(lambda self: self.world.match is None)
    @rule()
    def the_matcher_breaks(self) -> None:
        self.world.match = raises

    @precondition(lambda self: self.world.match is not None)
    @rule()
    def the_matcher_is_mended(self) -> None:
        self.world.match = None
        self.world.do(c.RestoreMatcher, by=BOSS)

    @invariant()
    def nobody_waits_while_somebody_able_is_free(self) -> None:
        center = self.world.center
        assert oracle.best_pair(center, center.now) is None
        assert fallback.next_offer(center, center.now) is None


TestFailing = Failing.TestCase
TestFailing.settings = settings(
    max_examples=30,
    stateful_step_count=50,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


def test_the_plain_rule_is_first_come_first_served_by_the_longest_idle():
    world = World()
    world.match = raises
    for number in range(5):
        world.after(1).chat(f"i{number}")
    for number in range(5):
        world.after(1).with_agent(f"a{number}", available=False)
    for number in (3, 1, 4):
        world.after(1).presence(f"a{number}", Presence.AVAILABLE)
    assert [world.offered_to(f"i{number}") for number in range(3)] == ["a3", "a1", "a4"]
