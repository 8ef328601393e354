"""A day of a center's own log: every decision made again, then the day under other rules."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.contracts.stores import journal_of, opened
from tests.core import test_oracle as oracle
from tests.core.worlds import CHAT, World
from tests.sim import models
from warmline.__main__ import app
from warmline.config import Settings
from warmline.core import commands as c
from warmline.core import events as e
from warmline.core.center import Center, evolve, rebuild
from warmline.core.policy import Ruleset
from warmline.core.settings import Policy
from warmline.core.words import AgentId, InteractionId, Malformed, Presence, Rejected
from warmline.policies.worker import Inputs, Trying
from warmline.policies.worker import Staff as Wanted
from warmline.ports import Batch, Recorded
from warmline.sim.replay_own import (
    Cast,
    Day,
    Scenario,
    Staff,
    as_logged,
    cast_of,
    play,
    read_day,
    replay_day,
    tell_again,
)
from warmline.sim.retelling import retell
from warmline.sim.run import prepare
from warmline.sim.what_if import WhatIf

MONDAY, TUESDAY, FRIDAY = date(2026, 1, 5), date(2026, 1, 6), date(2026, 1, 9)
EVENTS = 1_500


# Decisions made again


def history(seed: int) -> list[e.Event]:
    """A random day: rings, trials, prices, declines, transfers, preferred agents, new policies."""
    day = oracle.Day(seed)
    while len(day.world.log) < EVENTS:
        day.goes_on()
    return day.world.log


def test_every_decision_of_random_histories_comes_out_the_same():
    kinds: set[type[e.Event]] = set()
    causes: set[str] = set()
    for seed in range(24):
        log = history(seed)
        told = retell(Center(), log)
        assert told.differences == [], f"seed {seed}"
        assert told.identical
        assert told.decisions == sum(isinstance(event, e.Offered) for event in log)
        kinds |= {type(event) for event in log}
        causes |= {event.decision.cause for event in log if isinstance(event, e.Offered)}
    assert {e.OfferDeclined, e.OfferLapsed, e.Transferred, e.Overflowed, e.TrialStarted} <= kinds
    assert causes == {"best", "freed", "preferred"}


def test_from_a_snapshot_in_the_middle_too():
    for seed in range(6):
        log = history(seed)
        # No snapshot is made between the events of one command.
        cut = next(i for i in range(900, EVENTS) if log[i].at > log[i - 1].at)
        center = Center()
        for event in log[:cut]:
            evolve(center, event)
        rebuild(center)
        told = retell(center, log[cut:])
        assert told.decisions > 20
        assert told.differences == [], f"seed {seed}"


def test_a_decision_that_was_changed_in_the_log_is_noticed():
    log = history(1)
    place = next(i for i, one in enumerate(log) if i > 700 and isinstance(one, e.Offered))
    offer = log[place]
    assert isinstance(offer, e.Offered)
    decision = replace(offer.decision, considered=offer.decision.considered + 1)
    log[place] = replace(offer, decision=decision)
    told = retell(Center(), log)
    assert (told.identical, told.different) == (False, 1)
    assert told.differences[0].logged == log[place]
    assert told.differences[0].decided == offer
    assert told.logged_hash != told.decided_hash


def test_an_offer_that_the_log_lacks_is_noticed():
    world = World().with_agent("ann").with_agent("bob", available=False)
    world.do(c.Arrive, interaction=InteractionId("one"), inbox=CHAT)
    offer = world.log.pop()
    assert isinstance(offer, e.Offered)
    told = retell(Center(), world.log)
    assert [(one.logged, one.decided) for one in told.differences] == [(None, offer)]
    later = e.PresenceChanged(
        at=offer.at + 5_000, agent=AgentId("bob"), presence=Presence.BREAK, cause="agent"
    )
    told = retell(Center(), [*world.log, later])
    assert told.differences[0].decided == offer


# A day that two agents' groups worked through, in a data folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two days of the shop, played and kept as a center keeps its log."""
    made = prepare(models.shop(), models.rules(), seed=1, days=2)
    log = list(defined(made.center))
    made.keep = True
    made.run()
    log.extend(made.log)
    folder = tmp_path_factory.mktemp("data")
    asyncio.run(keep(log, folder))
    return folder


async def keep(log: Sequence[e.Event], folder: Path) -> None:
    events = [Recorded(position=place, event=event) for place, event in enumerate(log, 1)]
    async with opened("sqlite", folder) as database:
        await journal_of(database).append(Batch(events=events), after=0)


def defined(center: Center) -> Iterator[e.Event]:
    """The settings as events."""
    at = center.now
    yield from [e.SkillDefined(at=at, skill=one) for one in center.skills.values()]
    yield from [e.CalendarDefined(at=at, calendar=one) for one in center.calendars.values()]
    yield from [e.SegmentDefined(at=at, segment=one) for one in center.segments.values()]
    yield from [e.QueueDefined(at=at, queue=one) for one in center.queues.values()]
    yield from [e.InboxDefined(at=at, inbox=one) for one in center.inboxes.values()]
    yield from [e.AgentDefined(at=at, agent=one.spec) for one in center.agents.values()]
    yield e.PolicyDefined(at=at, policy=center.policy)


def day_of(folder: Path, day: date = TUESDAY) -> tuple[Day, Cast]:
    read = asyncio.run(read_day(Settings(data=folder), day))
    return read, cast_of(read)


def test_a_day_is_what_happened_between_two_midnights(folder):
    read, _ = day_of(folder)
    times = [event.at for event in read.events]
    assert read.window.since <= times[0] <= times[-1] < read.window.until
    assert read.before.now < read.window.since
    assert len(read.settings.agents) == 11
    with pytest.raises(Rejected) as refused:
        day_of(folder, FRIDAY)
    assert refused.value.code == "empty_day"


@pytest.mark.parametrize("day", [MONDAY, TUESDAY])
def test_every_decision_of_the_day_comes_out_the_same(folder, day):
    told = tell_again(day_of(folder, day)[0])
    assert told.decisions > 300
    assert told.identical, told.differences[:1]


def test_under_another_slider_it_does_not(folder):
    read, _ = day_of(folder)
    policy = replace(read.before.policy, worth_ms=0)
    evolve(read.before, e.PolicyDefined(at=read.before.now, policy=policy))
    told = tell_again(read)
    assert not told.identical
    assert told.different > 100


def test_played_as_it_was_the_day_comes_near_its_record(folder):
    for day in (MONDAY, TUESDAY):
        read, cast = day_of(folder, day)
        record = as_logged(read)
        folds = [play(read, cast, None, (), seed=seed).all for seed in (1, 2, 3)]
        for one in folds:  # an overflow more or less is a visit more or less
            assert one["offered"] == pytest.approx(record["offered"], rel=0.01)
            assert one["answered"] == pytest.approx(record["answered"], rel=0.03)
            assert one["occupancy_pct"] == pytest.approx(record["occupancy_pct"], abs=4)


def test_the_seed_alone_says_what_comes_of_it(folder):
    read, cast = day_of(folder)
    first, again, other = (play(read, cast, None, (), seed=seed) for seed in (1, 1, 2))
    assert first == again != other


def test_what_is_under_way_at_midnight_goes_on_and_is_not_counted(folder):
    read, cast = day_of(folder)
    midnight = read.window.since - 1
    opened_before = {story.arrived.interaction for story in cast.stories if story.at == midnight}
    assert opened_before == set(read.before.interactions) != set()
    came = sum(isinstance(event, e.Arrived) for event in read.events)
    assert len(cast.stories) == came + len(opened_before)


def test_agents_more_and_fewer_make_a_difference(folder):
    read, cast = day_of(folder)
    billers = sorted(id_ for id_ in read.settings.agents if id_.startswith("billers"))
    usual, fewer, more = (
        play(read, cast, None, staff, seed=1).all
        for staff in (
            (),
            (Staff(gone=frozenset(billers[:4])),),
            (Staff(like=billers[0], add=2), Staff(like=billers[0], add=2)),
        )
    )
    assert fewer["abandoned"] > usual["abandoned"] + 20  # type: ignore[operator]
    assert more["abandoned"] < usual["abandoned"]  # type: ignore[operator]
    assert more["answer_ms"] < usual["answer_ms"]  # type: ignore[operator]
    assert more["occupancy_pct"] < usual["occupancy_pct"]  # type: ignore[operator]


def test_both_policies_are_judged_by_the_same_values(folder):
    """A policy that calls everybody dear does not look better by that alone."""
    read, cast = day_of(folder)
    policy = Policy(version=7, worth_ms=0)
    dear = tuple(replace(one, value=10) for one in read.settings.segments.values())
    scenarios = {
        "a": Scenario(rules=Ruleset(policy=policy)),
        "b": Scenario(rules=Ruleset(policy=policy, segments=dear)),
    }
    made = replay_day(read, cast, scenarios, seeds=(1,))
    difference = made["differences"][0]["all"]
    assert difference["outcome_weighted"]["mean"] == 0
    assert made["policies"]["a"] == made["policies"]["b"]
    assert made["same"]["identical"]


# From the screen and the command line


def inputs(day: str = f"own:{TUESDAY}", *staff: Wanted, kind: str = "replay_own") -> Inputs:
    rules = models.rules()
    quick = replace(rules, policy=replace(rules.policy, worth_ms=0))
    return Inputs(
        kind=kind,
        day=day,
        a=Trying(ruleset=rules),
        b=Trying(ruleset=quick, staff=staff),
        seeds=2,
    )


def test_what_if_plays_the_day_under_both_policies(folder):
    told: list[float] = []
    work = WhatIf(Settings(data=folder))
    wanted = inputs(f"own:{TUESDAY}", Wanted(skills={"billing": 3}, remove=3))
    made = work(wanted, told.append, lambda: False)
    assert told == [0.25, 0.5, 0.75, 1.0]
    assert made["same"]["identical"]
    assert set(made["policies"]) == {"a", "b"}
    assert made["differences"][0]["all"]["abandoned"]["mean"] > 0
    assert made["record"]["offered"] == 711
    assert {"patience_of_those_served"} <= set(made["notes"])
    assert json.dumps(made)
    assert work(inputs(), told.append, lambda: True) == {}


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (inputs("own:2026-01-09"), "empty_day"),
        (inputs("sample:1"), "unknown_day"),
        (inputs(kind="simulate"), "unknown_day"),
        (inputs(f"own:{TUESDAY}", Wanted(skills={"billing": 3}, remove=7)), "too_few"),
        (inputs(f"own:{TUESDAY}", Wanted(skills={}, like="nobody", add=1)), "nobody_like"),
        (inputs(f"own:{TUESDAY}", Wanted(skills={}, team="none", add=1)), "nobody_like"),
    ],
)
def test_what_cannot_be_played_is_refused(folder, given, code):
    with pytest.raises(Rejected) as refused:
        WhatIf(Settings(data=folder))(given, lambda _: None, lambda: False)
    assert refused.value.code == code


def test_a_day_that_is_no_date_makes_no_sense(folder):
    with pytest.raises(Malformed, match="day"):
        WhatIf(Settings(data=folder))(inputs("own:soon"), lambda _: None, lambda: False)


def test_who_was_not_there_on_the_day_is_not_sent_home(tmp_path):
    """Only those who were there can be missed, and be copied."""
    made = prepare(models.shop(), models.rules(), seed=1, days=1)
    log = list(defined(made.center))
    spec = next(iter(made.center.agents.values())).spec
    log.append(e.AgentDefined(at=made.center.now, agent=replace(spec, id=AgentId("aaa"))))
    made.keep = True
    made.run()
    asyncio.run(keep([*log, *made.log], tmp_path))
    wanted = inputs(f"own:{MONDAY}", Wanted(skills={"billing": 3}, remove=1))
    found = WhatIf(Settings(data=tmp_path))(wanted, lambda _: None, lambda: False)
    assert found["differences"][0]["all"]["occupancy_pct"]["mean"] > 1
    wanted = inputs(f"own:{MONDAY}", Wanted(skills={}, like="aaa", add=1))
    with pytest.raises(Rejected, match="nobody on that day"):
        WhatIf(Settings(data=tmp_path))(wanted, lambda _: None, lambda: False)


def test_the_command_tells_the_day_and_says_what_is_wrong(folder, tmp_path):
    policy = tmp_path / "idle.yaml"
    policy.write_text("rule: longest-idle\n")

    def replay(*given: str, data: Path = folder):
        return CliRunner().invoke(app, ["replay", "--data", str(data), *given])

    made = replay("--day", str(TUESDAY), "--policy", str(policy), "--seeds", "2", "--json")
    assert made.exit_code == 0, made.output
    found = json.loads(made.stdout)
    assert found["same"]["identical"]
    assert found["same"]["hash"] == found["same"]["decided_hash"]
    assert set(found["policies"]) == {"as it was", "idle"}
    assert set(found["policies"]["idle"]["all"]["answered"]) == {"mean", "ci95"}
    shown = replay("--day", str(TUESDAY), "--seeds", "1").output
    assert "decisions made again, identical" in shown
    for given, data, words in (
        (("--day", "soon"), folder, "soon is no date"),
        (("--day", str(FRIDAY)), folder, "Nobody came on 2026-01-09."),
        (("--day", str(TUESDAY)), tmp_path, "There is no center in"),
        ((), folder, "Say which day of the log"),
    ):
        refused = replay(*given, data=data)
        assert (refused.exit_code, words in refused.output) == (1, True), refused.output
