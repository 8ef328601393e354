"""Who reads a customer's data: who has to do with them, or said why, for a while."""

import pytest

from tests.core.worlds import BOSS, SOLVED, World, agent_actor
from warmline.core import commands as c
from warmline.core import events as e
from warmline.core import privacy
from warmline.core import settings as s
from warmline.core.words import (
    CHANNEL,
    HOUR,
    MINUTE,
    SECOND,
    ConsultId,
    CustomerId,
    InteractionId,
    Malformed,
    Rejected,
    SegmentId,
    StakeId,
    UserId,
    Verification,
)
from warmline.engine.codec import decode_center, encode_center

GOLD = SegmentId("gold")
KIM, SAME = CustomerId("kim"), (CustomerId("kim"), CustomerId("kim-2"))
I1 = InteractionId("i1")
ANN = agent_actor("ann")
BOB = agent_actor("bob")


@pytest.fixture
def world():
    world = World()
    world.with_agent("ann")
    world.with_agent("bob", available=False)
    return world


def is_open(world, actor):
    return privacy.is_open(world.center, actor, SAME, world.now)


def test_whoever_is_offered_holds_or_wraps_up_reads_and_nobody_else(world):
    assert not is_open(world, ANN)
    world.chat("i1", customer=KIM)
    assert is_open(world, ANN)
    assert not is_open(world, BOB)
    assert not is_open(world, BOSS)
    world.accept("i1", "ann")
    assert privacy.open_until(world.center, ANN, SAME, world.now) is None
    world.do(c.End, by=ANN, interaction=I1)
    world.do(c.WrapUp, by=ANN, interaction=I1, disposition=SOLVED)
    until = privacy.open_until(world.center, ANN, SAME, world.now)
    assert until == world.now + 15 * MINUTE
    world.after(15 * MINUTE / SECOND - 1)
    assert is_open(world, ANN)
    world.after(1)
    assert not is_open(world, ANN)


def test_an_offer_alone_leaves_nothing_open(world):
    world.chat("i1", customer=KIM)
    offer = world.center.interactions[I1].offer
    world.do(c.Decline, by=ANN, interaction=I1, offer=offer.id)
    assert not is_open(world, ANN)


def test_who_is_asked_for_advice_reads_until_it_is_over(world):
    world.chat("i1", customer=KIM)
    world.accept("i1", "ann")
    world.do(c.SetPresence, by=BOB, agent="bob", presence="available")
    ask = ConsultId("ask")
    world.do(c.Consult, by=ANN, interaction=I1, consult=ask, colleague="bob")
    assert is_open(world, BOB)
    world.do(c.EndConsult, by=BOB, interaction=I1, consult=ask)
    assert not is_open(world, BOB)


def test_a_reveal_opens_one_customer_to_one_user_for_a_while(world):
    events = world.do(c.Reveal, by=BOSS, customer=KIM, cause="quality")
    assert events == [
        e.Revealed(at=world.now, user=UserId("u-boss"), customer=KIM, cause="quality")
    ]
    assert is_open(world, BOSS)
    assert not is_open(world, ANN)
    assert not privacy.is_open(world.center, BOSS, (CustomerId("lee"),), world.now)
    world.after(15 * MINUTE / SECOND)
    assert not is_open(world, BOSS)


def test_reveals_are_limited_by_the_hour(world):
    world.do(c.DefinePolicy, by=c.SYSTEM, policy=s.Policy(version=2, reveals_per_hour=2))
    first = world.now
    world.do(c.Reveal, by=ANN, customer=KIM, cause="callback")
    world.after(60)
    world.do(c.Reveal, by=ANN, customer=KIM, cause="callback")
    assert privacy.budget(world.center, UserId("u-ann"), world.now) == (0, first + HOUR)
    with pytest.raises(Rejected) as refused:
        world.do(c.Reveal, by=ANN, customer=KIM, cause="callback")
    assert refused.value.code == "reveal_limit"
    assert refused.value.facts == {"limit": 2, "again_at": first + HOUR}
    world.do(c.Reveal, by=BOSS, customer=KIM, cause="callback")
    world.after((HOUR - MINUTE) / SECOND)
    world.do(c.Reveal, by=ANN, customer=KIM, cause="callback")


def test_a_reveal_needs_a_known_cause(world):
    with pytest.raises(Malformed, match="cause"):
        world.do(c.Reveal, by=ANN, customer=KIM, cause="curious")


def test_a_snapshot_keeps_who_reads_what(world):
    world.chat("i1", customer=KIM)
    world.accept("i1", "ann")
    world.do(c.End, by=ANN, interaction=I1)
    world.do(c.WrapUp, by=ANN, interaction=I1, disposition=SOLVED)
    world.do(c.Reveal, by=BOSS, customer=KIM, cause="quality")
    again = decode_center(encode_center(world.center))
    for actor in (ANN, BOSS):
        until = privacy.open_until(again, actor, SAME, world.now)
        assert until == privacy.open_until(world.center, actor, SAME, world.now)
        assert until


def test_only_who_holds_it_says_who_it_is(world):
    world.chat("i1")
    who = {"customer": KIM, "verification": Verification.MATCHED}
    with pytest.raises(Rejected, match="not yours"):
        world.do(c.Identify, by=ANN, interaction=I1, **who)
    world.accept("i1", "ann")
    with pytest.raises(Rejected, match="not yours"):
        world.do(c.Identify, by=BOB, interaction=I1, **who)
    world.do(c.Identify, by=ANN, interaction=I1, **who)
    assert world.center.interactions[I1].customer == KIM


def test_what_is_at_stake_adds_to_the_head_start_and_weighs_the_match():
    world = World()
    stake = s.Stake(id=StakeId("lead"), name="A lead", head_start_ms=4 * MINUTE, value=7)
    world.do(c.DefinePolicy, by=c.SYSTEM, policy=s.Policy(version=2, stakes=(stake,)))
    world.chat("i1", stake="lead", segment="gold")
    world.chat("i2", segment="gold")
    world.chat("i3", stake="unheard")
    gold = world.center.segments[GOLD].head_start_ms
    arrived = world.center.interactions[I1].arrived_at
    assert world.center.interactions[I1].key == arrived - gold - 4 * MINUTE
    assert world.center.interactions[InteractionId("i2")].key == arrived - gold
    world.with_agent("ann")
    offered = next(event for event in world.log if isinstance(event, e.Offered))
    assert offered.interaction == "i1"
    assert offered.decision.stake_ms == 4 * MINUTE
    assert offered.decision.head_start_ms == gold + 4 * MINUTE
    assert offered.decision.worth_ms == 7 * world.center.policy.worth_ms
    world.do(c.HangUp, by=CHANNEL, interaction=I1)
