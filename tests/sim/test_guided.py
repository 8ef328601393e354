"""Guidance in the simulator: pace bends talks, the arms meet the same customers, load beats clock."""

import msgspec
import pytest

from tests.sim import models
from warmline.core.words import MINUTE, InboxId, InteractionId
from warmline.desk.guidance.rule import Guidance, Rules
from warmline.sim import model as m
from warmline.sim.guided import (
    ARMS,
    Asked,
    Follows,
    all_arms,
    clock_plan,
    length,
    one_day,
    sample_day,
    summary,
)
from warmline.sim.players import Customer
from warmline.sim.run import prepare

EVERYBODY = Follows(spared=0.0)
MORNING = sample_day(hours=3)


def lone():
    """One agent with plenty of time, one call an hour of ten minutes each."""
    return m.Model(
        queues={"help": m.Queue()},
        streams={
            "calls": m.Stream(
                queue="help",
                arrivals=m.Arrivals(instants_s=(3_600.0, 7_200.0, 10_800.0)),
                talk=m.Constant(value_s=600),
            )
        },
        agents={"one": m.Group(count=1, capacity=models.ONE_CALL)},
    )


def handled(play):
    play.run()
    return [stay.left_at - stay.accepted_at for stay in play.ledger.stays]


def test_a_pace_makes_talks_shorter_or_longer():
    play = prepare(lone(), models.rules(), seed=1, days=1)
    play.pace = lambda customer, person, at: 0.5
    assert handled(play) == [5 * MINUTE] * 3
    assert handled(prepare(lone(), models.rules(), seed=1, days=1)) == [10 * MINUTE] * 3


def test_another_pace_holds_for_the_rest_of_a_talk():
    play = prepare(lone(), models.rules(), seed=1, days=1)
    pace = 1.0
    play.pace = lambda customer, person, at: pace
    accepted = []

    def heard(events, at):
        nonlocal pace
        accepted.extend(event for event in events if type(event).__name__ == "Accepted")
        if accepted and pace == 1.0:  # at once: the whole talk, and each one after it
            pace = 0.8
            play.change_pace(at)

    play.heard = heard
    assert handled(play) == [8 * MINUTE] * 3


def test_who_is_spared_is_never_hurried_and_the_share_is_about_right():
    crowd = [
        Customer(id_=InteractionId(f"c-{n}"), at=0, inbox=InboxId("x"), talk_ms=1)
        for n in range(2_000)
    ]
    follows = Follows(spared=0.25)
    hurried = [length(Guidance.BRIEF, one, follows) for one in crowd]
    assert set(hurried) == {1.0, 0.9}
    assert 0.2 < hurried.count(1.0) / len(crowd) < 0.3
    assert {length(Guidance.TIME, one, follows) for one in crowd} == {1.1}


def test_the_clock_plans_for_the_usual_day():
    plan = clock_plan(sample_day())
    assert plan.count(Guidance.BRIEF) >= 4
    assert plan.count(Guidance.TIME) >= 4
    assert plan[3] is Guidance.USUAL, "nobody is there at night"


@pytest.fixture(scope="module")
def two_days():
    asked = Asked(rules=Rules(on=True), follows=EVERYBODY)
    return asked, [all_arms(MORNING, asked, seed) for seed in (1, 2)]


def test_by_load_beats_none_and_the_clock_on_the_same_customers(two_days):
    asked, days = two_days
    for day in days:
        assert len({day[arm]["offered"] for arm in ARMS}) == 1, "the same customers"
        level = {arm: day[arm]["service_level_pct"] for arm in ARMS}
        assert level["by_state"] > level["none"]
        assert level["by_state"] > level["by_clock"]
        assert day["even"]["handle_ms"] == pytest.approx(day["by_state"]["handle_ms"], rel=0.02)
    told = summary(days, asked)
    assert told["days"] == 2
    low, high = told["ci95"]
    assert low <= told["difference_points"] <= high
    assert told["assumed"] == msgspec.to_builtins(EVERYBODY)


def test_guidance_that_nobody_follows_changes_nothing(two_days):
    _, days = two_days
    asked = Asked(rules=Rules(on=True), follows=Follows(brief=1.0, time=1.0))
    alike = one_day(MORNING, "by_state", asked, seed=1)
    same = days[0]["none"]
    assert alike["service_level_pct"] == pytest.approx(same["service_level_pct"], abs=0.5)
    assert alike["offered"] == same["offered"]
