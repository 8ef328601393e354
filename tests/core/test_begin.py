"""What an agent begins, and what a supervisor takes over: in their hands at once."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.core.worlds import (
    BOSS,
    CHAT,
    ORDERS,
    SOLVED,
    World,
    agent_actor,
    code_of,
)
from warmline.core import commands as c
from warmline.core import events as e
from warmline.core import settings as s
from warmline.core.words import (
    SYSTEM,
    Actor,
    AgentId,
    CustomerId,
    InboxId,
    InteractionId,
    Malformed,
    Medium,
    Phase,
    Presence,
    QueueId,
    Rejected,
)

CALLS, ONE = InboxId("calls"), InteractionId("one")
ANN, BOB = AgentId("ann"), AgentId("bob")


@pytest.fixture
def world() -> World:
    world = World().with_agent("ann").with_agent("bob")
    inbox = s.Inbox(id=CALLS, name="Calls", medium=Medium.VOICE, queue=ORDERS)
    world.do(c.DefineInbox, inbox=inbox)
    return world


def begins(world: World, by: str = "ann", interaction: str = "one", **more: Any) -> None:
    given: dict[str, Any] = {"inbox": CALLS, "queue": ORDERS, "customer": CustomerId("k"), **more}
    world.do(c.Begin, by=agent_actor(by), interaction=InteractionId(interaction), **given)


def boss(agent: str) -> Actor:
    return replace(agent_actor(agent), roles=BOSS.roles)


def refused(deed: Callable[[], object]) -> str:
    with pytest.raises(Rejected) as refusal:
        deed()
    return code_of(refusal.value)


def test_it_is_in_the_agents_hands_at_once_and_ends_as_any_other(world: World) -> None:
    begins(world)
    assert [type(one) for one in world.log[-1:]] == [e.Begun]
    found = world.center.interactions[ONE]
    assert (found.phase, found.agent, found.begun) == (Phase.CONNECTED, ANN, True)
    assert world.center.agents[ANN].holds == {ONE: Medium.VOICE}
    world.chat("i1")
    assert world.offered_to("i1") == BOB, "whoever calls is asked nothing else"
    world.after(60).do(c.End, by=agent_actor("ann"), interaction=ONE)
    world.do(c.WrapUp, by=agent_actor("ann"), interaction=ONE, disposition=SOLVED)
    assert ONE not in world.center.interactions
    assert world.center.agents[ANN].holds == {}
    assert world.replayed() == world.center


def test_what_cannot_be_begun_says_why(world: World) -> None:
    world.presence("bob", Presence.OFFLINE)
    assert refused(lambda: begins(world, "bob")) == "agent_offline"
    assert refused(lambda: begins(world, queue=QueueId("moon"))) == "unknown_queue"
    assert refused(lambda: begins(world, inbox=InboxId("moon"))) == "unknown_inbox"
    begins(world)
    assert refused(lambda: begins(world)) == "known_interaction"
    assert refused(lambda: begins(world, interaction="two")) == "no_capacity"
    with pytest.raises(Malformed):
        world.do(c.Begin, by=SYSTEM, interaction=InteractionId("two"), inbox=CALLS, queue=ORDERS)


def test_nobody_begins_while_something_is_offered(world: World) -> None:
    world.presence("bob", Presence.BREAK)
    world.chat("i1")
    assert world.offered_to("i1") == ANN
    assert refused(lambda: begins(world)) == "offered_now"
    begins(world, "bob")


def test_a_begun_call_is_handed_on_like_any_other(world: World) -> None:
    begins(world)
    world.do(c.Transfer, by=agent_actor("ann"), interaction=ONE, to_queue=ORDERS)
    assert world.offered_to("one") == BOB
    world.accept("one", "bob")
    assert world.center.interactions[ONE].agent == BOB
    assert world.replayed() == world.center


def test_a_supervisor_takes_over_and_who_had_it_is_free(world: World) -> None:
    world.presence("bob", Presence.BREAK)
    world.chat("i1")
    world.accept("i1", "ann")
    events = world.do(c.TakeOver, by=boss("bob"), interaction=InteractionId("i1"))
    assert [type(one) for one in events] == [e.Transferred, e.Queued, e.Offered, e.Accepted]
    found = world.center.interactions[InteractionId("i1")]
    assert (found.phase, found.agent, found.offer) == (Phase.CONNECTED, BOB, None)
    assert world.center.agents[ANN].holds == {}
    assert world.center.agents[BOB].offer is None
    world.chat("i2")
    assert world.offered_to("i2") == ANN
    assert world.replayed() == world.center


def test_a_held_talk_is_taken_up_and_colleagues_are_out(world: World) -> None:
    begins(world)
    world.do(c.Hold, by=agent_actor("ann"), interaction=ONE)
    world.do(c.TakeOver, by=boss("bob"), interaction=ONE)
    found = world.center.interactions[ONE]
    assert (found.phase, found.held_at, found.consults) == (Phase.CONNECTED, None, {})


def test_who_may_not_take_over_is_told(world: World) -> None:
    world.chat("i1")
    one = InteractionId("i1")
    assert refused(lambda: world.do(c.TakeOver, by=boss("bob"), interaction=one)) == "no_talk"
    world.accept("i1", "ann")
    agent = agent_actor("bob")
    assert refused(lambda: world.do(c.TakeOver, by=agent, interaction=one)) == "forbidden"
    assert refused(lambda: world.do(c.TakeOver, by=BOSS, interaction=one)) == "no_phone"
    assert refused(lambda: world.do(c.TakeOver, by=boss("ann"), interaction=one)) == "same_agent"
    begins(world, "bob")
    call = InteractionId("one")
    begun = world.center.interactions[call]
    assert begun.agent == BOB
    world.with_agent("eva", available=False)
    assert refused(lambda: world.do(c.TakeOver, by=boss("eva"), interaction=one)) == "agent_offline"


def test_what_is_met_by_a_flow_can_be_ended_by_the_center(world: World) -> None:
    world.chat("i1", inbox=CHAT, treated=True)
    world.do(c.End, by=SYSTEM, interaction=InteractionId("i1"), cause="transferred_out")
    assert InteractionId("i1") not in world.center.interactions
    [ended] = [one for one in world.log if isinstance(one, e.Ended)]
    assert (ended.cause, ended.agent, ended.wrapping) == ("transferred_out", None, False)
