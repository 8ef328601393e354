"""Offers: who is asked, what a yes, a no and silence lead to."""

import pytest

from tests.core.worlds import BOSS, CHAT, World, agent_actor, at, code_of
from warmline.core import commands as c
from warmline.core import events as e
from warmline.core import settings as s
from warmline.core.agent import MISSED_OFFER
from warmline.core.words import (
    SECOND,
    AgentId,
    InteractionId,
    Medium,
    OfferId,
    Phase,
    Presence,
    QueueId,
    ReasonId,
    Rejected,
    SegmentId,
    SkillId,
)


def test_an_arrival_is_offered_at_once_to_whoever_is_free():
    world = World().with_agent("ann")
    happened = world.chat("chat-1")
    assert [type(event) for event in happened] == [
        e.Arrived,
        e.MessageReceived,
        e.Queued,
        e.Offered,
    ]
    assert world.offered_to("chat-1") == "ann"


def test_the_longest_idle_of_equals_is_asked_first():
    world = World().with_agent("ann").after(10).with_agent("bob").after(10)
    world.chat("chat-1")
    assert world.offered_to("chat-1") == "ann"


def test_a_better_match_outweighs_idle_time_up_to_the_slider():
    world = World().with_agent("ann", quality_pct=10).after(60).with_agent("bob", quality_pct=90)
    world.chat("chat-1", segment=SegmentId("gold"))
    assert world.offered_to("chat-1") == "bob", "5 x 0.8 x 600 s outweighs 60 s"
    fair = s.Policy(version=2, worth_ms=0)
    world = World().with_agent("ann", quality_pct=10).after(60).with_agent("bob", quality_pct=90)
    world.do(c.DefinePolicy, policy=fair)
    world.chat("chat-1", segment=SegmentId("gold"))
    assert world.offered_to("chat-1") == "ann"


def test_an_agent_who_misses_an_offer_is_made_not_ready_and_the_next_is_asked():
    world = World().with_agent("ann").after(1).with_agent("bob")
    world.chat("chat-1")
    offer = world.center.interactions[InteractionId("chat-1")].offer
    assert offer is not None
    world.log.clear()
    world.after(20)
    assert world.log[:2] == [
        e.OfferLapsed(
            at=at(21), interaction=InteractionId("chat-1"), agent=AgentId("ann"), offer=offer.id
        ),
        e.PresenceChanged(
            at=at(21),
            agent=AgentId("ann"),
            presence=Presence.BUSY,
            reason=MISSED_OFFER,
            cause="missed_offer",
        ),
    ]
    assert world.offered_to("chat-1") == "bob"


def test_an_accept_of_a_lapsed_offer_is_refused():
    world = World().with_agent("ann").after(1).with_agent("bob")
    world.chat("chat-1")
    late = world.center.interactions[InteractionId("chat-1")].offer
    assert late is not None
    world.after(20)
    with pytest.raises(Rejected) as refusal:
        world.do(
            c.Accept, by=agent_actor("ann"), interaction=InteractionId("chat-1"), offer=late.id
        )
    assert code_of(refusal.value) == "offer_gone"


def test_an_offer_can_only_be_accepted_by_the_one_who_is_asked():
    world = World().with_agent("ann").after(1).with_agent("bob")
    world.chat("chat-1")
    with pytest.raises(Rejected) as refusal:
        world.accept("chat-1", "bob")
    assert code_of(refusal.value) == "not_yours"


def test_two_accepts_of_one_offer_give_it_to_one():
    world = World().with_agent("ann")
    world.chat("chat-1")
    offer = OfferId("chat-1.1")
    world.accept("chat-1", "ann")
    with pytest.raises(Rejected) as refusal:
        world.do(c.Accept, by=agent_actor("ann"), interaction=InteractionId("chat-1"), offer=offer)
    assert code_of(refusal.value) == "offer_gone"


def test_a_declined_interaction_keeps_its_age_and_comes_back_after_a_minute():
    world = World().with_agent("ann")
    world.chat("chat-1")
    key = world.center.interactions[InteractionId("chat-1")].key
    world.do(
        c.Decline,
        by=agent_actor("ann"),
        interaction=InteractionId("chat-1"),
        offer=OfferId("chat-1.1"),
    )
    assert world.offered_to("chat-1") is None
    assert world.center.interactions[InteractionId("chat-1")].key == key
    world.after(61)
    assert world.offered_to("chat-1") == "ann"


def test_one_offer_at_a_time():
    world = World().with_agent("ann")
    world.chat("chat-1")
    world.chat("chat-2")
    assert world.offered_to("chat-2") is None
    world.accept("chat-1", "ann")
    assert world.offered_to("chat-2") == "ann"


def test_capacity_by_medium_and_in_all_is_kept():
    capacity = s.Capacity(slots={Medium.CHAT: 2, Medium.EMAIL: 1}, total=2)
    world = World().with_agent("ann", capacity=capacity)
    for name in ("chat-1", "chat-2"):
        world.chat(name)
        world.accept(name, "ann")
    world.chat("chat-3")
    assert world.offered_to("chat-3") is None


def test_the_gold_segment_counts_as_having_waited_a_minute_already():
    world = World().with_agent("ann", available=False)
    world.chat("bronze")
    world.after(30).chat("gold", segment=SegmentId("gold"))
    world.presence("ann", Presence.AVAILABLE)
    assert world.offered_to("gold") == "ann"


def test_nobody_starves_behind_a_head_start():
    world = World().with_agent("ann", available=False)
    world.chat("bronze")
    world.after(61).chat("gold", segment=SegmentId("gold"))
    world.do(c.DefinePolicy, policy=s.Policy(version=2, worth_ms=0))
    world.presence("ann", Presence.AVAILABLE)
    assert world.offered_to("bronze") == "ann"


def test_requirements_widen_as_waiting_grows():
    rings = (
        s.Ring(needs=(s.Need(skill=SkillId("billing"), level=4),)),
        s.Ring(needs=(s.Need(skill=SkillId("billing"), level=2),), after_ms=30 * SECOND),
    )
    world = World()
    world.do(c.DefineQueue, queue=s.Queue(id=QueueId("help"), name="Help", rings=rings))
    world.with_agent("ann", {"billing": 2})
    world.chat("chat-1")
    assert world.offered_to("chat-1") is None
    world.after(29)
    assert world.offered_to("chat-1") is None
    world.after(1)
    assert world.offered_to("chat-1") == "ann"


def test_the_customers_language_is_required_and_an_unknown_one_is_not():
    world = World().with_agent("ann", {"en": 5})
    world.chat("polish", language="pl")
    world.chat("klingon", language="tlh")
    assert world.offered_to("polish") is None
    assert world.offered_to("klingon") == "ann"


def test_the_preferred_agent_is_waited_for_and_then_others_are_asked():
    world = World().with_agent("ann", capacity=s.Capacity(slots={Medium.CHAT: 1}, total=1))
    world.chat("first")
    world.accept("first", "ann")
    world.with_agent("bob")
    world.chat("chat-1", preferred=AgentId("ann"))
    assert world.offered_to("chat-1") is None
    world.after(20)
    assert world.offered_to("chat-1") == "bob"


def test_a_preferred_agent_who_is_absent_is_not_waited_for():
    world = World().with_agent("ann", available=False).with_agent("bob")
    world.chat("chat-1", preferred=AgentId("ann"))
    assert world.offered_to("chat-1") == "bob"


def test_an_agent_whose_screens_are_all_gone_is_not_asked_and_after_two_minutes_is_offline():
    world = World().with_agent("ann")
    world.do(c.ConnectAgent, agent=AgentId("ann"))
    world.chat("chat-1")
    world.accept("chat-1", "ann")
    world.do(c.DisconnectAgent, agent=AgentId("ann"))
    world.chat("chat-2")
    assert world.offered_to("chat-2") is None
    world.after(121)
    assert world.center.agents[AgentId("ann")].presence is Presence.OFFLINE
    waiting = world.center.interactions[InteractionId("chat-1")]
    assert waiting.phase is Phase.QUEUED
    assert waiting.arrived_at == at(0), "with its age"


def test_a_refresh_of_the_page_changes_nothing():
    world = World().with_agent("ann")
    world.do(c.ConnectAgent, agent=AgentId("ann"))
    world.chat("chat-1")
    world.accept("chat-1", "ann")
    world.do(c.DisconnectAgent, agent=AgentId("ann"))
    world.after(5).do(c.ConnectAgent, agent=AgentId("ann"))
    world.after(300)
    assert world.center.interactions[InteractionId("chat-1")].agent == "ann"


def test_going_on_a_break_withdraws_the_offer():
    world = World().with_agent("ann").after(1).with_agent("bob")
    world.chat("chat-1")
    happened = world.do(
        c.SetPresence,
        by=agent_actor("ann"),
        agent=AgentId("ann"),
        presence=Presence.BREAK,
        reason=ReasonId("coffee"),
    )
    assert isinstance(happened[0], e.OfferWithdrawn)
    assert world.offered_to("chat-1") == "bob"


def test_a_reason_belongs_to_its_presence():
    world = World().with_agent("ann")
    with pytest.raises(Rejected) as refusal:
        world.do(
            c.SetPresence,
            by=agent_actor("ann"),
            agent=AgentId("ann"),
            presence=Presence.MEAL,
            reason=ReasonId("coffee"),
        )
    assert code_of(refusal.value) == "wrong_reason"


def test_nobody_signs_out_in_the_middle_of_a_chat_but_a_supervisor_may_send_somebody_home():
    world = World().with_agent("ann")
    world.chat("chat-1")
    world.accept("chat-1", "ann")
    with pytest.raises(Rejected) as refusal:
        world.presence("ann", Presence.OFFLINE)
    assert code_of(refusal.value) == "still_holding"
    world.do(c.SetPresence, by=BOSS, agent=AgentId("ann"), presence=Presence.OFFLINE)
    assert world.center.interactions[InteractionId("chat-1")].phase is Phase.QUEUED


def test_e_mails_in_hand_wait_again_when_their_agent_goes_home():
    world = World().with_agent("ann")
    world.chat("mail-1", inbox="mail")
    world.accept("mail-1", "ann")
    world.presence("ann", Presence.OFFLINE)
    assert world.center.interactions[InteractionId("mail-1")].phase is Phase.QUEUED


def test_the_decision_says_who_was_considered_and_why_the_others_were_not():
    world = (
        World()
        .with_agent("ann")
        .after(30)
        .with_agent("bob", quality_pct=60)
        .with_agent("cyd", {"pl": 1})
        .with_agent("dan", available=False)
    )
    happened = world.chat("chat-1", language="ru", inbox=CHAT)
    offered = happened[-1]
    assert isinstance(offered, e.Offered)
    decision = offered.decision
    assert decision.considered == 2
    assert decision.winner[0] == "bob"
    assert [runner[0] for runner in decision.runners_up] == ["ann"]
    assert decision.excluded == (("not_available", 1), ("skill", 1))
    assert decision.policy == world.center.policy.version


def test_freed_agents_take_the_oldest_of_what_they_may():
    world = World().with_agent("ann", {"ru": 5}, available=False)
    world.chat("polish", language="pl").clear()
    world.after(5).chat("russian", language="ru")
    world.after(5).chat("another", language="ru")
    world.presence("ann", Presence.AVAILABLE)
    assert world.offered_to("russian") == "ann"
