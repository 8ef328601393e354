"""Other rules for a time: by calendar, and by a live figure with hysteresis."""

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.worlds import BOSS, HELP, MAIL, ORDERS, START, World, at
from warmline.core import commands as c
from warmline.core import events as e
from warmline.core import modes
from warmline.core import settings as s
from warmline.core.policy import Ruleset
from warmline.core.words import (
    HOUR,
    MINUTE,
    SECOND,
    CalendarId,
    InteractionId,
    Medium,
    ModeId,
    Presence,
    SegmentId,
)

GOLD = SegmentId("gold")
STORM, NIGHT = ModeId("storm"), ModeId("night")
MINUTES_A_DAY = 1440
ON = s.Trigger(measure=s.Measure.WAITING, on_at=3, off_at=1, calm_ms=2 * MINUTE)
STORMY = s.Mode(
    id=STORM,
    name="Storm",
    trigger=ON,
    worth_ms=0,
    head_starts={GOLD: 0},
    medium_offset_ms={Medium.EMAIL: HOUR},
)


def with_modes(*given_modes, **policy):
    world = World()
    rules = Ruleset(policy=s.Policy(version=2, modes=given_modes, **policy))
    world.do(c.Publish, by=BOSS, ruleset=rules)
    return world


def changes(world):
    return [
        (type(event).__name__, event.cause, event.at - START)
        for event in world.log
        if isinstance(event, e.ModeEntered | e.ModeLeft)
    ]


def chats(world, *names):
    for name in names:
        world.chat(name)


def hang_up(world, *names):
    for name in names:
        world.do(c.HangUp, interaction=InteractionId(name))


def test_a_mode_begins_with_the_one_too_many():
    world = with_modes(STORMY)
    chats(world, "i1", "i2")
    assert world.center.mode is None
    world.after(7)
    chats(world, "i3")
    assert world.center.mode == STORM
    assert changes(world) == [("ModeEntered", "trigger", 7 * SECOND)]


def test_a_mode_ends_after_the_calm_and_not_before():
    world = with_modes(STORMY)
    chats(world, "i1", "i2", "i3")
    hang_up(world, "i1")
    world.after(600)
    assert world.center.mode == STORM, "two wait: fewer than it takes to begin, too many to end"
    hang_up(world, "i2")
    world.after(60)
    chats(world, "i4")
    world.after(60)
    hang_up(world, "i4")
    world.after(119)
    assert world.center.mode == STORM, "the calm was broken and began anew"
    world.after(121)
    assert world.center.mode is None
    assert [kind for kind, _, _ in changes(world)] == ["ModeEntered", "ModeLeft"]


def test_a_mode_by_calendar_holds_in_its_hours():
    start = datetime.fromtimestamp(START / 1000, UTC)
    opens = (start.hour * 60 + start.minute + 10) % MINUTES_A_DAY
    hours = (s.Interval(opens=opens, closes=opens + 5),)
    night = s.Calendar(id=CalendarId("night"), name="Night", week=dict.fromkeys(s.Weekday, hours))
    world = World()
    rules = Ruleset(
        policy=s.Policy(version=2, modes=(s.Mode(id=NIGHT, name="N", calendar=night.id),)),
        calendars=(night,),
    )
    world.do(c.Publish, by=BOSS, ruleset=rules)
    world.after(20 * 60)
    begin = 10 * MINUTE - START % MINUTE
    assert changes(world) == [
        ("ModeEntered", "calendar", begin),
        ("ModeLeft", "calendar", begin + 5 * MINUTE),
    ]


def test_the_first_mode_that_applies_holds():
    always = s.Calendar(
        id=CalendarId("always"),
        name="Always",
        week=dict.fromkeys(s.Weekday, (s.Interval(opens=0, closes=MINUTES_A_DAY),)),
    )
    world = World()
    calm = s.Mode(id=NIGHT, name="N", calendar=always.id)
    rules = Ruleset(policy=s.Policy(version=2, modes=(STORMY, calm)), calendars=(always,))
    world.do(c.Publish, by=BOSS, ruleset=rules)
    world.after(60)
    assert world.center.mode == NIGHT
    chats(world, "i1", "i2", "i3")
    assert world.center.mode == STORM
    assert changes(world)[-2:] == [
        ("ModeLeft", "other", 60 * SECOND),
        ("ModeEntered", "trigger", 60 * SECOND),
    ]


def test_a_mode_that_the_new_version_does_not_know_ends():
    world = with_modes(STORMY)
    chats(world, "i1", "i2", "i3")
    world.do(c.Publish, by=BOSS, ruleset=Ruleset(policy=s.Policy(version=3)))
    world.after(60)
    assert world.center.mode is None
    assert changes(world)[-1][:2] == ("ModeLeft", "removed")


def test_a_mode_moves_nobody_who_waits_but_holds_for_who_comes():
    world = with_modes(STORMY)
    world.chat("before", segment=GOLD)
    chats(world, "i2", "i3")
    world.chat("after", segment=GOLD)
    center = world.center
    before, after = (center.interactions[InteractionId(name)] for name in ("before", "after"))
    assert before.key == before.arrived_at - 60 * SECOND
    assert after.key == after.arrived_at
    world.chat("letter", inbox=MAIL)
    letter = center.interactions[InteractionId("letter")]
    assert letter.key == letter.arrived_at + HOUR


def test_a_mode_says_at_once_what_a_match_is_worth():
    world = with_modes(replace(STORMY, trigger=replace(ON, queue=ORDERS)))
    world.with_agent("ann", quality_pct=10, available=False)
    world.with_agent("bob", quality_pct=90, available=False)
    billing = s.Ring(needs=(s.Need(skill=s.SkillId("billing"), level=1),))
    world.do(c.DefineQueue, queue=s.Queue(id=ORDERS, name="Orders", rings=(billing,)))
    world.do(
        c.DefineInbox, inbox=s.Inbox(id=s.InboxId("o"), name="O", medium=Medium.CHAT, queue=ORDERS)
    )
    world.presence("ann", Presence.AVAILABLE)
    world.after(30).presence("bob", Presence.AVAILABLE)
    world.chat("i1")
    assert world.offered_to("i1") == "bob"
    hang_up(world, "i1")
    for name in ("o1", "o2", "o3"):
        world.chat(name, inbox=s.InboxId("o"))
    assert world.center.mode == STORM
    world.chat("i2")
    assert world.offered_to("i2") == "ann"
    offered = world.log[-1]
    assert isinstance(offered, e.Offered)
    assert (offered.decision.mode, offered.decision.worth_ms) == (STORM, 0)


def test_the_figures_that_a_trigger_looks_at():
    world = with_modes().with_agent("ann").with_agent("bob")
    center = world.center
    waiting = s.Trigger(measure=s.Measure.WAITING, on_at=1, off_at=0)
    longest = replace(waiting, measure=s.Measure.LONGEST_WAIT_S)
    occupancy = replace(waiting, measure=s.Measure.OCCUPANCY_PCT)
    assert [modes.measured(center, one, at(0)) for one in (waiting, longest, occupancy)] == [
        0,
        0,
        0,
    ]
    world.chat("i1")
    world.accept("i1", str(world.offered_to("i1")))
    assert modes.measured(center, occupancy, world.now) == 50
    world.presence("ann", Presence.BREAK)
    world.presence("bob", Presence.BREAK)
    assert modes.measured(center, occupancy, world.now) == 0
    chats(world, "i2", "i3")
    world.after(42.5)
    assert modes.measured(center, waiting, world.now) == 2
    assert modes.measured(center, longest, world.now) == 42
    assert modes.measured(center, replace(waiting, queue=HELP), world.now) == 2
    assert modes.measured(center, replace(waiting, queue=ORDERS), world.now) == 0


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 150)), max_size=40))
def test_a_mode_follows_its_trigger_whatever_comes(history):
    """Never off at `on_at` or more, never on after a calm, never left sooner than the calm."""
    world = with_modes(STORMY)
    waiting, number = 0, 0
    low_since: int | None = world.now
    for wanted, pause in history:
        while waiting < wanted:
            number, waiting = number + 1, waiting + 1
            world.chat(f"i{number}")
        while waiting > wanted:
            hang_up(world, f"i{number - waiting + 1}")
            waiting -= 1
        if waiting > ON.off_at:
            low_since = None
        elif low_since is None:
            low_since = world.now
        if waiting >= ON.on_at:
            assert world.center.mode == STORM
        world.after(pause)
        if low_since is not None and world.now - low_since > ON.calm_ms + 2 * MINUTE:
            assert world.center.mode is None
    entered = [event for event in world.log if isinstance(event, e.ModeEntered | e.ModeLeft)]
    assert [type(event) for event in entered] == [e.ModeEntered, e.ModeLeft] * (
        len(entered) // 2
    ) + [e.ModeEntered] * (len(entered) % 2)
    for begin, end in zip(entered[::2], entered[1::2], strict=False):
        assert end.at - begin.at >= ON.calm_ms
