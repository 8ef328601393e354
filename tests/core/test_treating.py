"""A flow before the line: nobody is asked until it is over, and nothing of the arrival is lost."""

import pytest

from tests.core.worlds import CHAT, HELP, ORDERS, World, at, code_of
from warmline.core import commands as c
from warmline.core import events as e
from warmline.core import settings as s
from warmline.core.words import (
    CHANNEL,
    AgentId,
    CalendarId,
    InteractionId,
    Phase,
    Rejected,
)

TALK = InteractionId("chat-1")


def admit(world: World, **fields: object) -> list[e.Event]:
    return world.do(c.Admit, by=CHANNEL, interaction=TALK, **fields)


def test_who_is_treated_is_offered_to_nobody():
    world = World().with_agent("ann")
    happened = world.chat("chat-1", treated=True)
    assert [type(event) for event in happened] == [e.Arrived, e.MessageReceived]
    assert world.center.interactions[TALK].phase is Phase.TREATING
    assert world.offered_to("chat-1") is None


def test_the_flow_leads_into_its_queue_with_the_age_of_the_arrival():
    world = World()
    world.chat("chat-1", treated=True)
    world.after(30)
    world.chat("chat-2", inbox=CHAT)
    queued = admit(world, queue=ORDERS, reason="late")
    assert [type(event) for event in queued] == [e.Queued]
    found = world.center.interactions[TALK]
    assert (found.queue, found.reason, found.phase) == (ORDERS, "late", Phase.QUEUED)
    assert found.key == at(0)
    assert found.key < world.center.interactions[InteractionId("chat-2")].key
    assert world.replayed() == world.center


def test_admitted_twice_is_once_and_without_a_queue_the_inbox_says():
    world = World()
    world.chat("chat-1", treated=True)
    admit(world)
    assert admit(world, queue=ORDERS) == []
    assert world.center.interactions[TALK].queue == HELP


def test_the_preferred_agent_is_waited_for_after_the_flow_too():
    world = World().with_agent("bob").with_agent("ann")
    world.chat("chat-1", treated=True, preferred=AgentId("ann"), preferred_why="owner")
    world.after(40)
    queued = admit(world)[0]
    assert isinstance(queued, e.Queued)
    assert (queued.preferred, queued.preferred_why) == ("ann", "owner")
    assert world.offered_to("chat-1") == "ann"


def test_who_hangs_up_in_the_flow_has_given_up():
    world = World()
    world.chat("chat-1", treated=True)
    gone = world.do(c.HangUp, by=CHANNEL, interaction=TALK)
    assert [type(event) for event in gone] == [e.Abandoned]
    with pytest.raises(Rejected):
        admit(world)


def test_a_queue_that_is_closed_takes_nobody_after_a_flow():
    world = World()
    never = s.Calendar(id=CalendarId("never"), name="Never")
    world.do(c.DefineCalendar, calendar=never)
    world.do(c.DefineQueue, queue=s.Queue(id=ORDERS, name="Orders", calendar=never.id))
    world.chat("chat-1", treated=True)
    with pytest.raises(Rejected) as refusal:
        admit(world, queue=ORDERS)
    assert code_of(refusal.value) == "closed"
    assert world.center.interactions[TALK].phase is Phase.TREATING
