"""The rule: what load asks for, hysteresis, who is spared, and which settings are refused."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warmline.core.words import MINUTE, SECOND, InteractionId, Malformed, SiteId
from warmline.desk.guidance.advice import meanings
from warmline.desk.guidance.effect import Sums, difference
from warmline.desk.guidance.model import is_guided, plain, read_rules
from warmline.desk.guidance.rule import (
    URGENCY,
    About,
    Bounds,
    Floor,
    Guidance,
    Load,
    Pressed,
    Rules,
    Slack,
    Spared,
    Standing,
    advised,
    follow,
    spared,
    together,
    wanted,
)

TIME, USUAL, BRIEF = Guidance.TIME, Guidance.USUAL, Guidance.BRIEF
RULES = Rules(on=True)
CALM = Load(agents=10, busy_pct=40, expected_pct=40)
EVEN = Load(agents=10, busy_pct=90, expected_pct=90)
RUSH = Load(agents=10, busy_pct=100, waiting=4, wait_pct=80, expected_pct=140)

pct = st.floats(min_value=0, max_value=500)
loads = st.builds(
    Load,
    agents=st.integers(0, 50),
    busy_pct=st.floats(0, 100),
    waiting=st.integers(0, 60),
    wait_pct=pct,
    expected_pct=pct,
)
words = st.sampled_from(("complaint", "Complaint", "orders", "vip", "frail", "deceased"))
maybe = st.none() | words
abouts = st.builds(
    About,
    reason=maybe,
    stake=maybe,
    topic=maybe,
    segment=maybe,
    flags=st.frozensets(words),
    known_before=st.booleans(),
    quality_pct=st.floats(0, 100),
)
lists = st.lists(words, max_size=4).map(tuple)
floors = st.builds(
    Floor,
    reasons=lists,
    stakes=lists,
    topics=lists,
    segments=lists,
    flags=lists,
    quality_pct=st.integers(0, 100),
)


@pytest.mark.parametrize(("load", "state"), [(CALM, TIME), (EVEN, USUAL), (RUSH, BRIEF)])
def test_the_load_says_what_is_asked(load, state):
    assert wanted(load, USUAL, RULES) is state


@pytest.mark.parametrize(
    "load",
    [
        replace(EVEN, busy_pct=95),
        replace(EVEN, waiting=1),
        replace(EVEN, agents=40, waiting=1, wait_pct=50),
        replace(EVEN, agents=40, waiting=1, expected_pct=105),
    ],
    ids=["full hands", "a line", "a long wait", "much to come"],
)
def test_each_figure_alone_is_enough_to_be_brief(load):
    assert wanted(load, USUAL, RULES) is BRIEF


def test_a_forecast_alone_presses_nobody():
    assert wanted(replace(EVEN, expected_pct=400), USUAL, RULES) is USUAL


def test_nobody_at_work_is_asked_nothing():
    assert wanted(Load(waiting=9, wait_pct=900), BRIEF, RULES) is USUAL


def test_a_state_ends_below_where_it_began():
    between = replace(EVEN, busy_pct=90)
    assert wanted(between, USUAL, RULES) is USUAL
    assert wanted(between, BRIEF, RULES) is BRIEF
    slack = replace(CALM, busy_pct=85)
    assert wanted(slack, USUAL, RULES) is USUAL
    assert wanted(slack, TIME, RULES) is TIME


def test_pressure_is_told_at_once_and_calm_after_the_least_stay():
    began = Standing(state=TIME, since=1_000)
    brief = follow(RUSH, began, RULES, 1_001)
    assert brief == Standing(state=BRIEF, since=1_001)
    assert follow(CALM, brief, RULES, 1_001 + MINUTE - 1) is brief
    assert follow(CALM, brief, RULES, 1_001 + MINUTE).state is TIME


@given(st.lists(st.tuples(loads, st.integers(1, 40 * SECOND)), max_size=60))
def test_a_calmer_state_never_comes_before_the_least_stay(history):
    standing, now = Standing(since=0), 0
    for load, pause in history:
        now += pause
        after = follow(load, standing, RULES, now)
        if URGENCY[after.state] < URGENCY[standing.state]:
            assert now - standing.since >= RULES.least_stay_ms
        assert after.state is standing.state or after.since == now
        standing = after


@given(loads, st.sampled_from(Guidance))
def test_what_is_asked_for_stays_asked_for(load, before):
    state = wanted(load, before, RULES)
    assert wanted(load, state, RULES) is state


# Who is spared


@given(st.sampled_from(Guidance), abouts, floors)
def test_the_quality_floor_never_breaks(state, about, floor):
    said = advised(state, spared(about, floor))

    def among(word, listed):
        return word is not None and word.lower() in {one.lower() for one in listed}

    never_brief = (
        among(about.reason, floor.reasons)
        or among(about.stake, floor.stakes)
        or among(about.topic, floor.topics)
        or among(about.segment, floor.segments)
        or any(among(flag, floor.flags) for flag in about.flags)
        or not about.known_before
        or about.quality_pct < floor.quality_pct
    )
    assert not (never_brief and said is BRIEF)
    assert said is state or (state is BRIEF and said is USUAL and never_brief)


@given(abouts, floors, st.booleans())
def test_no_screen_is_told_to_be_brief_with_who_is_spared(about, floor, guided):
    why_not = spared(about, floor)
    said = meanings(why_not, guided=guided)
    assert set(said) == {one.value for one in Guidance}
    if why_not or not guided:
        assert BRIEF.value not in said.values()
    if not guided:
        assert set(said.values()) == {USUAL.value}


def test_who_is_not_known_is_a_first_contact():
    assert spared(About(), Floor()) == (Spared.FIRST_CONTACT,)
    assert spared(About(known_before=True), Floor()) == ()


@given(st.lists(st.sampled_from(Guidance), max_size=6).map(tuple))
def test_several_queues_ask_what_the_most_pressed_asks(states):
    state = together(states)
    assert (state is BRIEF) == (BRIEF in states)
    assert (state is TIME) == (bool(states) and set(states) == {TIME})


# Settings and trial


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"share_pct": 0}, "share_pct"),
        ({"share_pct": 101}, "share_pct"),
        ({"least_stay_ms": -1}, "least_stay_ms"),
        ({"pressed": Pressed(busy=Bounds(enter=80, leave=90))}, "pressed.busy.leave"),
        ({"pressed": Pressed(wait=Bounds(enter=2_000, leave=1))}, "pressed.wait.enter"),
        ({"slack": Slack(busy=Bounds(enter=80, leave=70))}, "slack.busy.leave"),
        ({"floor": Floor(quality_pct=101)}, "floor.quality_pct"),
        ({"floor": Floor(reasons=("",))}, "floor.reasons"),
        ({"floor": Floor(segments=("x",) * 51)}, "floor.segments"),
    ],
)
def test_settings_that_cannot_work_are_refused(change, field):
    with pytest.raises(Malformed) as refused:
        replace(RULES, **change).check()
    assert refused.value.field == field


def test_rules_survive_being_kept():
    rules = replace(RULES, share_pct=40, floor=Floor(segments=("frail",)))
    assert read_rules(plain(rules)) == rules
    with pytest.raises(Malformed):
        read_rules({**plain(rules), "on": "perhaps"})


def test_a_share_of_conversations_is_guided_and_more_never_takes_from_fewer():
    main = SiteId("main")
    ids = [InteractionId(f"chat-{number}") for number in range(4_000)]
    third = {one for one in ids if is_guided(main, one, 33)}
    half = {one for one in ids if is_guided(main, one, 50)}
    assert third < half
    assert 1_150 < len(third) < 1_490
    assert all(is_guided(main, one, 100) for one in ids)


def test_a_difference_needs_enough_of_both():
    few, many = Sums(n=19, s=19, ss=19), Sums(n=40, s=40, ss=60)
    assert difference(few, many) is None
    found = difference(many, many)
    assert found is not None
    assert found["value"] == 0
    assert found["ci95"][0] < 0 < found["ci95"][1]
