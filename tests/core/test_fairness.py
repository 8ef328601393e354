"""Nobody is forgotten: the order inside a lane, and how far anybody can be overtaken."""

from __future__ import annotations

from collections.abc import Callable

from tests.core.test_oracle import Day
from warmline.core import routing, ruleset
from warmline.core.events import Offered
from warmline.core.interaction import Interaction
from warmline.core.lane import match_ms
from warmline.core.settings import Policy, Rule, Segment
from warmline.core.state import Center
from warmline.core.words import Instant, Millis

Check = Callable[[Center, Offered, Instant], None]


def _days(check: Check, seeds: range, events: int) -> int:
    """Let random days go by and check every offer in the state before it; returns how many."""
    seen = 0

    def checked(center: Center, now: Instant) -> Offered | None:
        nonlocal seen
        offer = routing.next_offer(center, now)
        if offer is not None:
            check(center, offer, now)
            seen += 1
        return offer

    for seed in seeds:
        day = Day(seed)
        day.world.match = checked
        while len(day.world.log) < events:
            day.goes_on()
    return seen


def test_load_is_within_capacity():
    for seed in range(40, 60):
        day = Day(seed, rules_change=False)
        while len(day.world.log) < 1_500:
            day.goes_on()
            day.check()


def _may(center: Center, other: Interaction, offer: Offered, now: Instant) -> bool:
    """Whether the agent of the offer could have had `other` instead."""
    agent = center.agents[offer.agent]
    lane = center.waiting.queued[other.id]
    assert lane is not None
    return (
        lane.of.admits(agent.id, agent.profile.mask, agent.spec.team)
        and agent.has_room(other.medium)
        and other.declined.get(agent.id, 0) <= now
    )


def test_in_a_lane_the_least_key_is_next():
    def first_of_its_lane(center: Center, offer: Offered, now: Instant) -> None:
        interaction = center.interactions[offer.interaction]
        lane = center.waiting.queued[interaction.id]
        for id_, other_lane in center.waiting.queued.items():
            other = center.interactions[id_]
            if other_lane is lane and _may(center, other, offer, now):
                assert (interaction.key, interaction.id) <= (other.key, other.id)

    assert _days(first_of_its_lane, range(20), 1_500) > 1_000


def _bound_ms(policy: Policy, segments: list[Segment]) -> Millis:
    """How much later somebody may come and still be served first: head starts and matches."""
    values = [segment.value for segment in segments] or [1]
    head_start = max([segment.head_start_ms for segment in segments], default=0)
    offsets = [0, *policy.medium_offset_ms.values()]
    bonus = max([rule.bonus_ms for rule in policy.affinities], default=0)
    spread = match_ms(policy.worth_ms, 100) - match_ms(policy.worth_ms, 0)
    return head_start + max(offsets) + bonus + spread * max(values)


def test_nobody_is_overtaken_by_somebody_who_came_later_than_the_stated_bound():
    """Under the default rule: head start + medium offset + slider x highest value."""

    def within_the_bound(center: Center, offer: Offered, now: Instant) -> None:
        if center.policy.rule is not Rule.WARMLINE or center.trial is not None:
            return
        chosen = center.interactions[offer.interaction]
        if ruleset.policy_of(center, chosen).rule is not Rule.WARMLINE:
            return
        bound = _bound_ms(center.policy, list(center.segments.values()))
        for other in center.queued():
            if _may(center, other, offer, now):
                assert chosen.arrived_at - other.arrived_at <= bound

    assert _days(within_the_bound, range(20, 40), 1_500) > 500
