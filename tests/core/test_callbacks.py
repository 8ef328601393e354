"""Promised callbacks: behind those who wait, before them when the promise draws near."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.core.worlds import CHAT, HELP, START, World, agent_actor, at
from warmline.core import commands as c
from warmline.core import events as e
from warmline.core import modes
from warmline.core import settings as s
from warmline.core.callback import CallbackOrder, Callbacks
from warmline.core.center import rebuild
from warmline.core.words import (
    DAY,
    HOUR,
    MINUTE,
    SECOND,
    InboxId,
    InteractionId,
    Malformed,
    Medium,
    ModeId,
    SegmentId,
)

CALLS = InboxId("calls")


def center(order: CallbackOrder = CallbackOrder.DEFERRED, **fields: Any) -> World:
    """A center with an inbox for callbacks; nobody is signed in."""
    world = World()
    inbox = s.Inbox(id=CALLS, name="Calls", medium=Medium.CALLBACK, queue=HELP)
    world.do(c.DefineInbox, inbox=inbox)
    callbacks = Callbacks(order=order, margin_ms=10 * MINUTE, **fields)
    world.do(c.DefinePolicy, policy=s.Policy(version=2, callbacks=callbacks))
    return world


def asks(world: World, name: str, within_ms: int = HOUR, **fields: Any) -> list[e.Event]:
    """A callback is asked for and promised."""
    return world.do(
        c.Arrive,
        interaction=InteractionId(name),
        inbox=CALLS,
        promised_by=world.now + within_ms,
        **fields,
    )


def gets(world: World, agent: str) -> str:
    """What an agent who signs in now is offered."""
    world.with_agent(agent)
    offered = [event for event in world.log if isinstance(event, e.Offered)]
    return next(event.interaction for event in offered if event.agent == agent)


def decided(world: World) -> e.Decision:
    """Why the last offer was made."""
    return [event for event in world.log if isinstance(event, e.Offered)][-1].decision


def test_a_deferred_callback_makes_nobody_wait():
    world = center()
    asks(world, "callback")
    world.after(60).chat("chat")
    assert gets(world, "ann") == "chat"
    assert gets(world, "bob") == "callback"
    assert decided(world).deferred_ms == 49 * MINUTE
    assert not decided(world).escalated


def test_a_free_agent_takes_a_deferred_callback_at_once():
    world = center().with_agent("ann")
    asks(world, "callback")
    assert world.offered_to("callback") == "ann"


def test_when_its_promise_draws_near_it_goes_before_who_has_waited_longer():
    world = center()
    world.chat("chat", segment=SegmentId("gold"))
    asks(world, "callback")
    world.after(50 * 60)
    assert [event for event in world.log if isinstance(event, e.Escalated)] == [
        e.Escalated(at=at(50 * 60), interaction=InteractionId("callback"))
    ]
    assert gets(world, "ann") == "callback"
    assert decided(world).escalated
    assert decided(world).deferred_ms is None


def test_of_two_deferred_the_promise_that_ends_first_comes_first():
    world = center()
    asks(world, "late", 2 * HOUR)
    asks(world, "soon", HOUR)
    assert gets(world, "ann") == "soon"


def test_a_promise_that_is_over_goes_first_at_once():
    world = center()
    world.chat("chat")
    world.after(1)
    asks(world, "callback", -MINUTE)
    world.after(0)
    assert gets(world, "ann") == "callback"


def test_in_order_it_keeps_the_age_that_it_came_with():
    world = center(CallbackOrder.IN_ORDER)
    world.after(60).chat("chat")
    world.after(60)
    asks(world, "callback", since=START)
    assert gets(world, "ann") == "callback"
    assert decided(world).deferred_ms is None


def test_without_a_promise_it_waits_in_order():
    world = center()
    world.do(c.Arrive, interaction=InteractionId("callback"), inbox=CALLS)
    world.after(1).chat("chat")
    assert gets(world, "ann") == "callback"


def test_another_order_in_force_moves_those_who_wait():
    world = center()
    asks(world, "callback")
    world.after(1).chat("chat")
    in_order = Callbacks(order=CallbackOrder.IN_ORDER)
    world.do(c.DefinePolicy, policy=s.Policy(version=3, callbacks=in_order))
    assert gets(world, "ann") == "callback"


def test_a_declined_callback_waits_on_behind_the_others():
    world = center().with_agent("ann")
    asks(world, "callback")
    world.chat("chat")
    offer = world.center.interactions[InteractionId("callback")].offer
    assert offer is not None
    world.do(
        c.Decline,
        by=agent_actor("ann"),
        interaction=InteractionId("callback"),
        offer=offer.id,
    )
    assert world.offered_to("chat") == "ann"


def test_it_escalates_after_an_offer_that_was_out_when_it_was_due():
    world = center().with_agent("ann").after(1)
    asks(world, "callback", 10 * MINUTE + 5 * SECOND)
    world.chat("chat")
    world.after(30)  # the offer lapses, and the agent is away
    assert world.center.interactions[InteractionId("callback")].escalated
    assert gets(world, "bob") == "callback"


def test_once_taken_it_is_no_promise_any_more():
    world = center().with_agent("ann")
    asks(world, "callback")
    world.accept("callback", "ann")
    world.do(c.Transfer, interaction=InteractionId("callback"), to_queue=HELP)
    world.after(1).chat("chat")
    assert gets(world, "bob") == "callback"


def test_a_rebuilt_state_still_escalates():
    world = center()
    asks(world, "callback")
    copy = world.replayed()
    rebuild(copy)
    world.center = copy
    world.after(51 * 60)
    assert copy.interactions[InteractionId("callback")].escalated


@pytest.mark.parametrize(
    ("inbox", "promise", "field"),
    [
        (CHAT, {"promised_by": START + HOUR}, "promised_by"),
        (CALLS, {"promised_by": START + 40 * DAY}, "promised_by"),
        (CALLS, {"since": START + 1}, "since"),
    ],
)
def test_a_promise_that_makes_no_sense_is_refused(inbox: InboxId, promise: Any, field: str):
    with pytest.raises(Malformed) as refused:
        center().do(c.Arrive, interaction=InteractionId("x"), inbox=inbox, **promise)
    assert refused.value.field == field


def test_a_deferred_callback_is_none_of_those_who_pull_a_trigger():
    world = center()
    rules = world.center.policy.callbacks
    many = s.Trigger(measure=s.Measure.WAITING, on_at=2, off_at=1, calm_ms=MINUTE)
    storm = s.Mode(id=ModeId("storm"), name="Storm", trigger=many)
    long = s.Trigger(measure=s.Measure.LONGEST_WAIT_S, on_at=600, off_at=60, calm_ms=MINUTE)
    policy = s.Policy(version=3, callbacks=rules, modes=(storm,))
    world.do(c.DefinePolicy, policy=policy)
    asks(world, "one")
    asks(world, "two")
    assert world.center.mode is None
    assert modes.measured(world.center, replace(many, queue=HELP), world.now) == 0
    world.after(49 * 60)
    assert modes.measured(world.center, long, world.now) <= 0, "nobody misses them yet"
    world.after(2 * 60)
    assert modes.measured(world.center, long, world.now) == 60, "since the promise drew near"
    assert world.center.mode == "storm", "now they are waited for"
    other = world.replayed()
    rebuild(other)
    assert other.waiting.promised == world.center.waiting.promised


def test_the_plain_rule_knows_of_promises():
    world = center()
    asks(world, "callback")
    world.after(60).chat("chat")

    def fails(_: object, __: object) -> None:
        raise ArithmeticError

    world.match = fails
    assert gets(world, "ann") == "chat"
    assert decided(world).cause == "fallback"
    assert gets(world, "bob") == "callback"
    world = center()
    world.match = fails
    world.chat("chat")
    asks(world, "callback")
    world.after(51 * 60)
    assert gets(world, "ann") == "callback", "its promise draws near"
