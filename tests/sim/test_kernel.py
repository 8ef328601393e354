"""A run: the figures are the wallboard's, chance does not depend on decisions, shifts are kept."""

from __future__ import annotations

import hashlib

import pytest

from tests.sim import models
from warmline.core import events as e
from warmline.core.commands import SetPresence
from warmline.core.policy import Ruleset
from warmline.core.settings import Policy, Rule
from warmline.core.words import DAY, HOUR, MINUTE, AgentId, InboxId, InteractionId, Medium, Presence
from warmline.engine.codec import EventCodec
from warmline.insight.fold import Facts
from warmline.sim import model as m
from warmline.sim.clock import first_midnight
from warmline.sim.crowd import crowd
from warmline.sim.kernel import COMMAND, Play
from warmline.sim.ledger import NOT_YET
from warmline.sim.players import Customer, Person
from warmline.sim.run import prepare, run_model
from warmline.sim.stage import center_of


@pytest.fixture(scope="module")
def shop():
    """Two days of a shop, with everything kept."""
    play = prepare(models.shop(), models.rules(), seed=1, days=2)
    play.keep = True
    play.run()
    return play


def test_the_visits_are_those_that_the_wallboard_counts(shop):
    facts = folded(shop.log)
    visits = sorted(
        (one for stays in facts.visits.values() for one in stays),
        key=lambda one: (one.queued_at, one.interaction),
    )
    stays = sorted(shop.ledger.stays, key=lambda one: (one.queued_at, one.contact.id))
    assert len(stays) > 800
    names = ("queue", "since", "queued_at", "due_at", "agent")
    moments = ("accepted_at", "answered_at", "abandoned_at", "ended_at", "left_at")
    for stay, visit in zip(stays, visits, strict=True):
        assert stay.contact.id == visit.interaction
        assert [getattr(stay, name) for name in names] == [getattr(visit, name) for name in names]
        for name in moments:
            moment = getattr(visit, name)
            assert getattr(stay, name) == (NOT_YET if moment is None else moment), name


def test_the_agents_time_is_what_the_wallboard_counts(shop):
    facts = folded(shop.log)
    start = first_midnight(models.shop())
    for since, until in ((start, start + DAY), (start + 9 * HOUR, start + 37 * HOUR)):
        for agent, spans in facts.spans.items():
            busy = idle = 0
            for span in spans:
                ended = until if span.ended_at is None else min(span.ended_at, until)
                length = max(ended - max(span.started_at, since), 0)
                if span.in_hand:
                    busy += length
                elif span.presence is Presence.AVAILABLE:
                    idle += length
            assert shop.ledger.desks[agent].spent(since, until) == (busy, idle)


def folded(log: list[e.Event]) -> Facts:
    facts = Facts()
    for event in log:
        facts.add(event)
    return facts


def test_all_kinds_of_things_happened(shop):
    kinds = {type(event) for event in shop.log}
    assert {e.Overflowed, e.Abandoned, e.WrappedUp, e.OfferWithdrawn} <= kinds
    assert shop.refused, "the chat queue is closed at night"
    assert any(stay.contact.id.endswith(".2") for stay in shop.ledger.stays), "some called again"


def test_nobody_takes_anything_before_or_after_the_shift(shop):
    start = first_midnight(models.shop())
    for event in shop.log:
        if isinstance(event, e.Accepted):
            hour = (event.at - start) % DAY / HOUR
            assert 8 <= hour < 16.01 if event.agent.startswith("billers") else 9 <= hour < 20.01


def test_who_has_something_in_hand_finishes_it_and_then_leaves(shop):
    held: dict[str, int] = {}
    left_late = 0
    for event in shop.log:
        if isinstance(event, e.Accepted):
            held[event.agent] = held.get(event.agent, 0) + 1
        elif isinstance(event, e.WrappedUp):
            held[event.agent] -= 1
        elif isinstance(event, e.PresenceChanged) and event.presence is Presence.OFFLINE:
            assert not held.get(event.agent), "nobody leaves a customer"
            left_late += (event.at - first_midnight(models.shop())) % HOUR != 0
    assert left_late > 3


def test_the_same_seed_gives_the_same_events_and_another_seed_others():
    hashes = [digest(run_model(models.shop(), models.rules(), seed=seed, days=1, keep=True).log)
              for seed in (1, 1, 2)]  # fmt: skip
    assert hashes[0] == hashes[1] != hashes[2]


def digest(log: list[e.Event]) -> str:
    found = hashlib.sha256()
    for event in log:
        found.update(repr(EventCodec().encode(event)).encode())
    return found.hexdigest()


def test_every_policy_meets_the_same_customers():
    logs = [
        run_model(models.shop(), models.rules(rule), seed=5, days=1, keep=True).log
        for rule in (Rule.WARMLINE, Rule.BEST_AGENT)
    ]
    came = [
        {
            (one.at, one.interaction, one.segment, one.language)
            for one in log
            if isinstance(one, e.Arrived) and one.follows is None
        }
        for log in logs
    ]
    assert came[0] == came[1]
    assert digest(logs[0]) != digest(logs[1])


def test_no_other_stream_and_no_other_law_moves_a_customers_chance():
    shop = models.shop()
    bills = m.Model(
        queues=shop.queues,
        agents=shop.agents,
        segments=shop.segments,
        languages=shop.languages,
        skills=shop.skills,
        streams={"bills": models.changed(shop.streams["bills"], patience=m.Constant(value_s=10.0))},
    )
    alone = {one.id: one for one in crowd(bills, seed=7, days=2)}
    together = {one.id: one for one in crowd(shop, seed=7, days=2) if one.id in alone}
    assert len(alone) == len(together) > 500
    for id_, one in alone.items():
        other = together[id_]
        assert (one.at, one.talk_ms, one.wrap_ms, one.segment, one.language) == (
            other.at, other.talk_ms, other.wrap_ms, other.segment, other.language)  # fmt: skip
        assert (one.again is None) == (other.again is None)


def test_paired_differences_are_sharper_than_unpaired_ones():
    from warmline.sim.study import Candidate, study, summary

    candidates = [
        Candidate(name=rule.value, rules=models.rules(rule))
        for rule in (Rule.LONGEST_IDLE, Rule.WARMLINE)
    ]
    made = summary(study(models.shop(), candidates, seeds=range(1, 6), days=1))
    low, high = made["differences"][0]["all"]["outcome"]["ci95"]
    widths = [one["all"]["outcome"]["ci95"] for one in made["policies"].values()]
    assert high - low < min(above - below for below, above in widths) / 2


# Small plays, by hand


def chats(*customers: Customer, slowdown: float = 0.0, **values: object) -> Play:
    """Agents who take two chats at once, and an e-mail."""
    model = m.Model(
        queues={"help": m.Queue()},
        streams={
            medium.value: m.Stream(
                queue="help",
                medium=medium,
                arrivals=m.Arrivals(per_hour=1),
                talk=m.Constant(value_s=1),
            )
            for medium in (Medium.CHAT, Medium.EMAIL, Medium.VOICE)
        },
        agents={
            "ann": m.Group(
                count=1,
                capacity=m.Capacity(
                    slots={Medium.CHAT: 2, Medium.EMAIL: 1, Medium.VOICE: 1},
                    total=2,
                    weights={Medium.VOICE: 2},
                ),
            )
        },
    )
    start = first_midnight(model)
    ann = AgentId("ann-1")
    play = Play(
        center_of(model, Ruleset(policy=Policy())),
        list(customers),
        [(start, ann, Presence.AVAILABLE)],
        {ann: Person(ann)},
        start + DAY,
        {Medium.CHAT: slowdown},
    )
    play.keep = True
    return play


START = first_midnight(models.shop())


def customer(name: str, after_s: int, talk_s: int, inbox: str = "help.chat", **more) -> Customer:
    return Customer(
        id_=InteractionId(name),
        at=START + after_s * 1000,
        inbox=InboxId(inbox),
        talk_ms=talk_s * 1000,
        **more,
    )


def ends(play: Play) -> dict[str, float]:
    play.run()
    return {
        event.interaction: (event.at - START) / 1000
        for event in play.log
        if isinstance(event, e.Ended)
    }


def test_two_chats_at_once_slow_each_other_down():
    # One alone for 60 s, then both at half speed: 40 s of work are left of the first one.
    play = chats(customer("one", 0, 100), customer("two", 60, 100), slowdown=1.0)
    assert ends(play) == {"one": 140.0, "two": 200.0}


def test_without_slowdown_they_do_not():
    play = chats(customer("one", 0, 100), customer("two", 60, 100))
    assert ends(play) == {"one": 100.0, "two": 160.0}


def test_a_call_interrupts_a_letter_which_is_finished_afterwards():
    play = chats(customer("letter", 0, 100, "help.email"), customer("call", 30, 50, "help.voice"))
    assert ends(play) == {"call": 80.0, "letter": 150.0}


def test_who_gives_up_calls_again_when_that_was_drawn():
    again = customer("two.2", 0, 10)
    play = chats(
        customer("call", 0, 300, "help.voice"),
        customer("two", 10, 10, patience_ms=20_000, again=again, again_after_ms=400_000),
    )
    assert ends(play) == {"call": 300.0, "two.2": 440.0}
    gave_up = [one for one in play.log if isinstance(one, e.Abandoned)]
    assert [(one.interaction, one.at - START) for one in gave_up] == [("two", 30_000)]


@pytest.mark.parametrize(("goes_s", "gives_up"), [(10, [("one", 30_000)]), (40, [])])
def test_the_patience_of_who_was_served_at_once_runs_on_should_the_agent_go(goes_s, gives_up):
    play = chats(customer("one", 0, 100, patience_ms=30_000))
    goes = SetPresence(id=COMMAND, agent=AgentId("ann-1"), presence=Presence.OFFLINE)
    play.orders = [(START + goes_s * 1000, goes)]
    assert ends(play) == {}, "the talk was broken off"
    gave_up = [one for one in play.log if isinstance(one, e.Abandoned)]
    assert [(one.interaction, one.at - START) for one in gave_up] == gives_up


def test_an_answer_takes_as_long_as_it_rings_and_patience_runs_on():
    play = chats(
        customer("one", 0, 10, answer_ms=5_000),
        customer("two", 100, 10, answer_ms=9_000, patience_ms=8_000),
    )
    assert ends(play) == {"one": 15.0}
    assert any(isinstance(one, e.OfferWithdrawn) for one in play.log)


def test_an_agent_who_missed_an_offer_comes_back():
    play = chats(
        customer("one", 0, 10, answer_ms=50_000, patience_ms=30_000), customer("two", 200, 10)
    )
    play.until = START + 10 * MINUTE
    assert ends(play)["two"] == 210.0
    assert any(isinstance(one, e.OfferLapsed) for one in play.log)


def test_prices_come_by_the_hour_from_what_a_planner_knows():
    plain = models.rules()
    priced = Ruleset(policy=Policy(prices=True))
    with_prices = run_model(models.shop(), priced, seed=2, days=1, keep=True)
    said = [one for one in with_prices.log if isinstance(one, e.Priced)]
    hours = {(one.at - START) // HOUR for one in said if one.prices}
    assert {9, 12, 17} <= hours, "while agents are there"
    assert not hours & {3, 22}, "nobody is there"
    assert len({value for one in said for value in one.prices.values()}) > 2
    without = run_model(models.shop(), plain, seed=2, days=1, keep=True)
    assert digest(with_prices.log) != digest(without.log)
