"""The guard of service levels: steps up below the target, back above it, within its bounds."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.worlds import BOSS, START, World
from warmline.core import commands as c
from warmline.core import events as e
from warmline.core import settings as s
from warmline.core.policy import Ruleset, Tally
from warmline.core.words import MINUTE, SECOND, InteractionId, Medium, Presence, SegmentId

GOLD, IRON = SegmentId("gold"), SegmentId("iron")
GUARD = s.Guard(every_ms=MINUTE, window_ms=10 * MINUTE, step_pct=20, most_pct=150, least=2)
TARGET = s.Target(within_ms=20 * SECOND, share_pct=80)


def policy(version=2, guard: s.Guard | None = GUARD):
    return s.Policy(version=version, guard=guard, chat_idle_ms=10 * MINUTE)


def guarded(guard=GUARD):
    world = World()
    gold = s.Segment(id=GOLD, name="Gold", head_start_ms=60 * SECOND, target=TARGET)
    iron = s.Segment(id=IRON, name="Iron", head_start_ms=10 * SECOND)
    world.do(c.Publish, by=BOSS, ruleset=Ruleset(policy=policy(guard=guard), segments=(gold, iron)))
    capacity = s.Capacity(slots={Medium.CHAT: 50}, total=50)
    return world.with_agent("ann", capacity=capacity, available=True)


def served(world, name, *, after_s, segment=GOLD):
    world.chat(name, segment=segment)
    world.after(after_s)
    offer = world.center.interactions[InteractionId(name)].offer
    if offer is None:
        world.presence("ann", Presence.AVAILABLE)
    world.accept(name, "ann")


def steps(world):
    return [
        (event.segment, event.pct, event.reached_pct)
        for event in world.log
        if isinstance(event, e.HeadStartScaled)
    ]


def test_a_segment_below_its_target_gets_more_step_by_step_and_never_too_much():
    world = guarded()
    world.after(30 - START // SECOND % 60)
    for number in range(2):
        served(world, f"i{number}", after_s=1)
    world.log.clear()
    world.center.tallies[GOLD].minutes[:] = [(world.now - world.now % MINUTE, 1, 2)]
    world.after(5 * 60)
    assert steps(world) == [("gold", 120, 50), ("gold", 140, 50), ("gold", 150, 50)]
    assert world.center.head_start_pct == {GOLD: 150}


def test_above_the_target_it_is_taken_back_and_in_between_nothing_changes():
    world = guarded()
    minute = world.now - world.now % MINUTE
    world.center.head_start_pct[GOLD] = 130
    tally = world.center.tallies[GOLD] = Tally(minutes=[(minute, 81, 100)])
    world.after(60)
    assert steps(world) == []
    tally.minutes[:] = [(minute, 9, 10)]
    world.after(180)
    assert steps(world) == [("gold", 110, 90), ("gold", 100, 90)]
    assert world.center.head_start_pct == {}


def test_few_results_change_nothing():
    world = guarded(replace(GUARD, least=3))
    world.center.tallies[GOLD] = Tally(minutes=[(world.now, 0, 2)])
    world.after(300)
    assert steps(world) == []


def test_what_is_older_than_the_window_does_not_count():
    world = guarded()
    world.center.tallies[GOLD] = Tally(minutes=[(world.now - world.now % MINUTE, 0, 50)])
    world.after(9 * 60)
    many = len(steps(world))
    assert many > 0
    world.after(5 * 60)
    world.center.head_start_pct.clear()
    world.log.clear()
    world.after(600)
    assert steps(world) == []


def test_answers_in_time_late_ones_and_those_who_gave_up_are_counted():
    world = guarded()
    served(world, "quick", after_s=5)
    world.chat("late", segment=GOLD)
    world.after(40)
    world.presence("ann", Presence.AVAILABLE)
    world.accept("late", "ann")
    world.presence("ann", Presence.BREAK)
    world.chat("soon", segment=GOLD)
    world.after(10)
    world.do(c.HangUp, interaction=InteractionId("soon"))
    world.chat("tired", segment=GOLD)
    world.after(30)
    world.do(c.HangUp, interaction=InteractionId("tired"))
    world.chat("other", segment=IRON)
    world.after(30)
    world.do(c.HangUp, interaction=InteractionId("other"))
    tally = world.center.tallies[GOLD]
    assert tally.of_window(world.now - 10 * MINUTE) == (1, 3)
    assert set(world.center.tallies) == {GOLD}, "a segment without a target is not guarded"


def test_the_larger_head_start_is_for_those_who_come():
    world = guarded()
    world.presence("ann", Presence.BREAK)
    world.chat("before", segment=GOLD)
    world.center.tallies[GOLD] = Tally(minutes=[(world.now, 0, 50)])
    world.after(60)
    world.chat("after", segment=GOLD)
    found = world.center.interactions
    before, after = found[InteractionId("before")], found[InteractionId("after")]
    assert before.arrived_at - before.key == 60 * SECOND
    assert after.arrived_at - after.key == 72 * SECOND


def test_another_policy_is_held_to_at_once():
    world = guarded()
    world.center.head_start_pct[GOLD] = 150
    milder = replace(GUARD, most_pct=130)
    world.do(c.Publish, by=BOSS, ruleset=Ruleset(policy=policy(3, milder)))
    assert world.center.head_start_pct == {GOLD: 130}
    world.do(c.Publish, by=BOSS, ruleset=Ruleset(policy=policy(4, None)))
    assert world.center.head_start_pct == {}
    assert world.center.tallies == {}


results = st.tuples(st.integers(1, 90), st.booleans(), st.sampled_from((GOLD, GOLD, IRON)))


@settings(max_examples=40, deadline=None)
@given(
    st.lists(results, max_size=30),
    st.integers(100, 200),
    st.integers(1, 100),
)
def test_whatever_happens_a_head_start_stays_between_its_own_and_the_most(history, most, step):
    world = guarded(replace(GUARD, most_pct=most, step_pct=step, least=1))
    scaled = []
    for number, (pause, answered, segment) in enumerate(history):
        name = f"i{number}"
        world.presence("ann", Presence.BREAK)
        world.chat(name, segment=segment)
        world.after(pause)
        if answered:
            world.presence("ann", Presence.AVAILABLE)
            world.accept(name, "ann")
        else:
            world.do(c.HangUp, interaction=InteractionId(name))
        for pct in world.center.head_start_pct.values():
            assert 100 < pct <= most
    scaled = [event for event in world.log if isinstance(event, e.HeadStartScaled)]
    assert all(100 <= event.pct <= most for event in scaled)
    before = {GOLD: 100}
    for event in scaled:
        assert event.segment == GOLD
        assert 0 < abs(event.pct - before[GOLD]) <= step
        before[GOLD] = event.pct
    again = world.replayed()
    assert (again.head_start_pct, again.tallies) == (
        world.center.head_start_pct, world.center.tallies
    )  # fmt: skip
