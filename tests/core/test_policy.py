"""Publishing a policy as one piece, trying a second one, and who of the two decides for whom."""

from dataclasses import replace

import pytest

from tests.core.worlds import ADMIN, BOSS, CHAT, HELP, ORDERS, World, agent_actor, code_of
from warmline.core import commands as c
from warmline.core import events as e
from warmline.core import ruleset
from warmline.core import settings as s
from warmline.core.policy import Ruleset, Trial, arm_of
from warmline.core.words import (
    HOUR,
    MINUTE,
    SECOND,
    AgentId,
    CalendarId,
    CustomerId,
    InteractionId,
    Malformed,
    Medium,
    ModeId,
    QueueId,
    Rejected,
    SegmentId,
    SkillId,
    TeamId,
    TrialId,
)

GOLD = SegmentId("gold")
T1 = TrialId("t1")
WHY = "Regulars asked to be met by people of their own age."
OLD_WORLD = s.Affinity(trait="age_band", bonus_ms=30 * SECOND, reason=WHY)


def rules(version=2, **policy):
    return Ruleset(policy=s.Policy(version=version, **policy))


def trial(share_pct=50, ends_after_ms=0, **brought):
    brought.setdefault("policy", s.Policy(version=9, worth_ms=0))
    return Trial(
        id=T1, ruleset=Ruleset(**brought), share_pct=share_pct, ends_after_ms=ends_after_ms
    )


def names(events):
    return [type(event).__name__ for event in events]


def published(world, ruleset_, by=BOSS):
    return world.do(c.Publish, by=by, ruleset=ruleset_)


def test_a_version_comes_into_force_with_all_that_it_brings():
    world = World()
    night = s.Calendar(id=CalendarId("night"), name="Night")
    gold = s.Segment(id=GOLD, name="Gold", head_start_ms=HOUR, value=9)
    help_ = s.Queue(id=HELP, name="Help", calendar=night.id, when_closed=s.WhenClosed.WAIT)
    brought = Ruleset(
        policy=s.Policy(version=2), segments=(gold,), queues=(help_,), calendars=(night,)
    )
    assert published(world, brought) == [e.PolicyPublished(at=world.now, ruleset=brought)]
    center = world.center
    assert (center.policy, center.segments[GOLD], center.queues[HELP]) == (
        brought.policy, gold, help_
    )  # fmt: skip
    assert center.calendars[night.id] == night
    assert center.queues[ORDERS].name == ORDERS, "what is not named stays"


@pytest.mark.parametrize("version", [1, 2])
def test_a_number_that_was_used_is_refused(version):
    world = World()
    published(world, rules(version=2))
    with pytest.raises(Rejected) as refusal:
        published(world, rules(version=version))
    assert code_of(refusal.value) == "policy_changed"
    assert refusal.value.facts["version"] == 2


def test_going_back_is_publishing_the_old_text_under_a_new_number():
    world = World()
    published(world, rules(version=2, worth_ms=0))
    published(world, rules(version=7))
    assert world.center.policy == s.Policy(version=7)


def test_an_agent_may_not_publish():
    with pytest.raises(Rejected) as refusal:
        published(World(), rules(), by=agent_actor("ann"))
    assert code_of(refusal.value) == "forbidden"


def test_who_waits_is_decided_by_the_new_version_at_once():
    world = World().with_agent("ann")
    picky = s.Ring(needs=(s.Need(skill=SkillId("billing"), level=1),))
    published(
        world,
        Ruleset(
            policy=s.Policy(version=2), queues=(s.Queue(id=HELP, name="Help", rings=(picky,)),)
        ),
    )
    world.chat("i1")
    assert world.offered_to("i1") is None
    happened = published(
        world,
        Ruleset(policy=s.Policy(version=3), queues=(s.Queue(id=HELP, name="Help"),)),
    )
    assert names(happened) == ["PolicyPublished", "Offered"]
    assert world.log[-1].decision.policy == 3  # type: ignore[attr-defined]


VOICE_EMAIL = {Medium.VOICE: (Medium.EMAIL,), Medium.EMAIL: (Medium.VOICE,)}
STORM = s.Mode(
    id=ModeId("storm"),
    name="Storm",
    trigger=s.Trigger(measure=s.Measure.WAITING, on_at=5, off_at=2),
)
BAD = {
    "policy.worth_ms": {"worth_ms": -1},
    "policy.guard.most_pct": {"guard": s.Guard(most_pct=201)},
    "policy.guard.step_pct": {"guard": s.Guard(step_pct=0)},
    "policy.interrupts": {"interrupts": VOICE_EMAIL},
    "policy.modes": {"modes": (STORM, STORM)},
    "policy.modes.storm.trigger": {"modes": (replace(STORM, trigger=None),)},
    "policy.modes.storm.trigger.off_at": {
        "modes": (replace(STORM, trigger=s.Trigger(measure=s.Measure.WAITING, on_at=5, off_at=5)),)
    },
    "policy.modes.storm.trigger.on_at": {
        "modes": (
            replace(STORM, trigger=s.Trigger(measure=s.Measure.OCCUPANCY_PCT, on_at=101, off_at=5)),
        )
    },
    "policy.affinities.0.bonus_ms": {"affinities": (replace(OLD_WORLD, bonus_ms=30_001),)},
    "policy.affinities.0.reason": {"affinities": (replace(OLD_WORLD, reason=" because " * 2),)},
    "policy.affinities.0.trait": {"affinities": (replace(OLD_WORLD, trait="age band"),)},
    "policy.trainee.total": {"trainee": s.Capacity(total=51)},
    "policy.traits": {"traits": {s.Trait.SALES: -1}},
    "policy.offer_ms": {"offer_ms": {Medium.CHAT: 10}},
    "policy.chat_idle_ms": {"chat_idle_ms": 0},
}


@pytest.mark.parametrize(("path", "policy"), BAD.items(), ids=BAD)
def test_what_makes_no_sense_is_named_by_its_path(path, policy):
    world = World()
    with pytest.raises(Malformed) as error:
        published(world, rules(**policy), by=ADMIN)
    assert error.value.field == path
    assert world.center.policy.version == 1


UNKNOWN = {
    "policy.modes.storm.calendar": {"modes": (replace(STORM, calendar=CalendarId("no")),)},
    "policy.modes.storm.head_starts": {
        "modes": (replace(STORM, head_starts={SegmentId("no"): 1}),)
    },
    "policy.dedicated": {"dedicated": {GOLD: TeamId("no")}},
    "policy.capacities": {"capacities": {TeamId("no"): s.Capacity()}},
}


@pytest.mark.parametrize(("path", "policy"), UNKNOWN.items(), ids=UNKNOWN)
def test_what_does_not_exist_is_named_by_its_path(path, policy):
    with pytest.raises(Rejected) as refusal:
        published(World(), rules(**policy))
    assert code_of(refusal.value).startswith("unknown_")
    assert refusal.value.facts["field"] == path


def test_what_a_version_brings_may_refer_to_itself_and_is_checked_like_the_rest():
    world = World()
    night = s.Calendar(id=CalendarId("night"), name="Night")
    vat = s.Queue(id=QueueId("vat"), name="VAT", overflow_to=QueueId("more"), overflow_waiting=3)
    more = s.Queue(id=QueueId("more"), name="More", calendar=night.id)
    storm = replace(STORM, calendar=night.id)
    brought = Ruleset(
        policy=s.Policy(version=2, modes=(storm,)), queues=(vat, more), calendars=(night,)
    )
    ruleset.check(world.center, brought)
    with pytest.raises(Rejected) as refusal:
        ruleset.check(world.center, replace(brought, queues=(vat,)))
    assert refusal.value.facts["field"] == "queues.vat.overflow_to"
    level = s.Ring(needs=(s.Need(skill=SkillId("ru"), level=6),))
    wrong = replace(more, rings=(s.Ring(), level))
    with pytest.raises(Malformed) as error:
        ruleset.check(world.center, replace(brought, queues=(vat, wrong)))
    assert error.value.field == "queues.more.rings.1.level"
    with pytest.raises(Malformed) as error:
        ruleset.check(world.center, replace(brought, queues=(vat, more, vat)))
    assert error.value.field == "queues"


def test_only_an_administrator_switches_groups_of_people_on():
    world = World()
    with pytest.raises(Rejected) as refusal:
        published(world, rules(affinities=(OLD_WORLD,)))
    assert code_of(refusal.value) == "forbidden"
    with pytest.raises(Rejected):
        world.do(
            c.StartTrial, by=BOSS, trial=trial(policy=s.Policy(version=2, affinities=(OLD_WORLD,)))
        )
    published(world, rules(affinities=(OLD_WORLD,)), by=ADMIN)
    published(world, rules(version=3, affinities=(replace(OLD_WORLD, bonus_ms=1),)))
    with pytest.raises(Rejected):
        published(world, rules(version=4, affinities=(OLD_WORLD,)))


def test_what_the_policy_names_cannot_be_removed():
    world = World()
    one = TeamId("one")
    published(world, rules(dedicated={GOLD: one}, modes=(STORM,)))
    for kind, item in ((s.Kind.TEAM, one), (s.Kind.SEGMENT, GOLD)):
        with pytest.raises(Rejected) as refusal:
            world.do(c.Remove, kind=kind, item=item)
        assert refusal.value.facts["used_by"] == "policy 2"


# Trials


def arrivals(world, number=400):
    found = {"a": 0, "b": 0}
    for customer in range(number):
        name = f"c{customer}"
        world.chat(name, customer=CustomerId(name))
        arm = world.center.interactions[InteractionId(name)].arm
        assert arm == arm_of(world.center.trial, name)
        found[str(arm)] += 1
    return found


def test_a_share_of_the_customers_is_decided_for_by_the_second_version():
    world = World()
    world.do(c.StartTrial, by=BOSS, trial=trial(share_pct=20))
    found = arrivals(world)
    assert 50 <= found["b"] <= 110, "20 % of 400, give or take 3.7 standard deviations"


def test_each_arm_has_its_own_policy_queue_and_segment_and_falls_back_to_the_sites():
    world = World()
    gold = s.Segment(id=GOLD, name="Gold", head_start_ms=HOUR)
    tried = trial(segments=(gold,), queues=(s.Queue(id=HELP, name="Help on trial"),))
    world.do(c.StartTrial, by=BOSS, trial=tried)
    arrivals(world, 20)
    world.do(c.DefineInbox, inbox=s.Inbox(id=CHAT, name="C", medium=Medium.CHAT, queue=ORDERS))
    for customer in range(20, 40):
        world.chat(f"c{customer}", customer=CustomerId(f"c{customer}"), segment=GOLD)
    center = world.center
    for interaction in center.interactions.values():
        on_trial = interaction.arm == "b"
        assert ruleset.policy_of(center, interaction).version == (9 if on_trial else 1)
        name = {HELP: "Help on trial" if on_trial else "help", ORDERS: "orders"}
        assert interaction.queue is not None
        assert ruleset.queue_of(center, interaction).name == name[interaction.queue]
        segment = ruleset.segment_of(center, interaction)
        if interaction.segment is None:
            assert segment is None
        else:
            own = HOUR if on_trial else 60 * SECOND
            assert segment is not None
            assert segment.head_start_ms == own
            assert interaction.key == interaction.arrived_at - own


def test_decisions_name_the_arm_and_its_version():
    world = World().with_agent("ann", capacity=s.Capacity(slots={Medium.CHAT: 40}, total=40))
    world.do(c.StartTrial, by=BOSS, trial=trial())
    arms = set()
    for number in range(12):
        world.chat(f"c{number}", customer=CustomerId(f"c{number}"))
        offered = world.log[-1]
        assert isinstance(offered, e.Offered)
        assert offered.decision.policy == (9 if offered.decision.arm == "b" else 1)
        arms.add(offered.decision.arm)
        world.accept(f"c{number}", "ann")
    assert arms == {"a", "b"}


@pytest.mark.parametrize("share", [9, 51])
def test_a_trial_has_a_share_of_ten_to_fifty(share):
    with pytest.raises(Malformed) as error:
        World().do(c.StartTrial, by=BOSS, trial=trial(share_pct=share))
    assert error.value.field == "share_pct"


def test_a_trial_is_checked_like_what_is_published():
    with pytest.raises(Malformed) as error:
        World().do(
            c.StartTrial, by=BOSS, trial=trial(policy=s.Policy(version=2, guard=s.Guard(least=0)))
        )
    assert error.value.field == "ruleset.policy.guard.least"


def test_there_is_one_trial_at_a_time_and_it_is_ended_by_name():
    world = World()
    with pytest.raises(Rejected):
        world.do(c.EndTrial, by=BOSS, trial=T1)
    world.do(c.StartTrial, by=BOSS, trial=trial())
    with pytest.raises(Rejected) as refusal:
        world.do(c.StartTrial, by=BOSS, trial=trial())
    assert code_of(refusal.value) == "trial_runs"
    happened = world.do(c.EndTrial, by=BOSS, trial=T1)
    assert happened == [e.TrialEnded(at=world.now, trial=T1, cause="ended")]
    assert world.center.trial is None


def test_a_trial_is_over_after_its_time():
    world = World()
    world.do(c.StartTrial, by=BOSS, trial=trial(ends_after_ms=2 * MINUTE))
    world.after(119)
    assert world.center.trial is not None
    world.after(1)
    assert world.log[-1] == e.TrialEnded(at=world.now, trial=T1, cause="over")
    world.after(600)
    assert names(world.log).count("TrialEnded") == 1


def test_publishing_ends_the_trial_and_what_waits_follows_the_policy_in_force():
    world = World()
    world.do(c.StartTrial, by=BOSS, trial=trial())
    arrivals(world, 10)
    happened = published(world, rules(version=10))
    assert happened[0] == e.TrialEnded(at=world.now, trial=T1, cause="published")
    assert isinstance(happened[1], e.PolicyPublished)
    for interaction in world.center.interactions.values():
        assert ruleset.policy_of(world.center, interaction).version == 10


def test_an_end_of_time_holds_after_the_state_was_read_again():
    world = World()
    world.do(c.StartTrial, by=BOSS, trial=trial(ends_after_ms=2 * MINUTE))
    world.center = world.replayed()
    assert world.center.trial is not None
    world.after(120)
    assert world.center.trial is None


# Prices


def test_prices_are_taken_while_the_policy_wants_them():
    world = World().with_agent("ann")
    with pytest.raises(Rejected) as refusal:
        world.do(c.SetPrices, prices={AgentId("ann"): 5})
    assert code_of(refusal.value) == "prices_off"
    published(world, rules(prices=True))
    world.do(c.SetPrices, prices={AgentId("ann"): -5 * SECOND})
    assert world.center.prices == {"ann": -5 * SECOND}
    world.do(c.SetPrices, prices={}, cause="failed")
    assert world.center.prices == {}
    assert world.log[-1] == e.Priced(at=world.now, prices={}, cause="failed")


def test_a_price_has_a_known_agent_and_a_bound():
    world = World().with_agent("ann")
    published(world, rules(prices=True))
    with pytest.raises(Rejected):
        world.do(c.SetPrices, prices={AgentId("bob"): 5})
    with pytest.raises(Malformed) as error:
        world.do(c.SetPrices, prices={AgentId("ann"): HOUR + 1})
    assert error.value.field == "prices.ann"
    with pytest.raises(Malformed):
        world.do(c.SetPrices, prices={AgentId("ann"): 5}, cause="failed")
    with pytest.raises(Malformed):
        world.do(c.SetPrices, prices={}, cause="whim")


def test_a_policy_without_prices_forgets_them():
    world = World().with_agent("ann")
    published(world, rules(prices=True))
    world.do(c.SetPrices, prices={AgentId("ann"): 5})
    published(world, rules(version=3))
    assert world.center.prices == {}


def test_whose_time_is_worth_more_elsewhere_is_asked_later():
    world = World().with_agent("ann").after(10).with_agent("bob")
    published(world, rules(prices=True))
    world.do(c.SetPrices, prices={AgentId("ann"): 11 * SECOND})
    world.chat("i1")
    assert world.offered_to("i1") == "bob"
