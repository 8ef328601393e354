"""What is at stake in an interaction that comes, by saved rules over reason, customer and order."""

from dataclasses import replace

import pytest

from tests.customers.value.conftest import Shop
from warmline.channels.stake import at_stake
from warmline.core import commands as c
from warmline.core import settings as s
from warmline.core.words import (
    MINUTE,
    CustomerId,
    InboxId,
    Medium,
    SegmentId,
    StakeId,
    Verification,
)
from warmline.customers.model import Resolved
from warmline.ports import Coming

STAKES = tuple(
    s.Stake(id=StakeId(id_), name=id_.title(), head_start_ms=ms, value=3)
    for id_, ms in (("leaving", 5 * MINUTE), ("large", 4 * MINUTE), ("lead", MINUTE))
)
RULES = (
    {"item": "leaving", "text": 'words has (cancel, "отменить")'},
    {"item": "large", "text": "last_order >= 1500 and last_order_days <= 30 or last_order_late"},
    {"item": "lead", "text": "reason = advice and not segment = gold"},
)
CHAT = Coming(medium=Medium.CHAT, inbox=InboxId("shop-chat"))


@pytest.fixture
async def ruled(shop: Shop) -> Shop:
    await shop.house.do(c.DefinePolicy, policy=s.Policy(version=2, stakes=STAKES))
    await shop.rule(*RULES, kind="stake")
    return shop


async def test_the_first_rule_that_is_true_says_what_is_at_stake(ruled: Shop):
    await ruled.person("eva")
    await ruled.orders_of("eva", 400, total=900_000)
    await ruled.orders_of("eva", 3, total=150_000)
    eva = replace(CHAT, customer=CustomerId("eva"))
    assert await ruled.stakes.of(CHAT) is None
    assert await ruled.stakes.of(replace(CHAT, reason="advice")) == "lead"
    assert await ruled.stakes.of(eva) == "large"
    assert await ruled.stakes.of(replace(eva, text="Хочу ОТМЕНИТЬ заказ")) == "leaving"
    gold = replace(CHAT, reason="advice", segment=SegmentId("gold"))
    assert await ruled.stakes.of(gold) is None


async def test_only_the_latest_order_counts_and_a_late_one_does(ruled: Shop):
    await ruled.person("eva")
    eva = replace(CHAT, customer=CustomerId("eva"))
    await ruled.orders_of("eva", 90, total=900_000)
    assert await ruled.stakes.of(eva) is None
    past = ruled.house.clock.now() - MINUTE
    await ruled.orders_of("eva", 20, total=2_000, status="shipped", promised_at=past)
    assert await ruled.stakes.of(eva) == "large"


async def test_who_objects_to_profiling_is_not_looked_at_but_their_words_are(ruled: Shop):
    await ruled.person("eva")
    await ruled.orders_of("eva", 3, total=900_000)
    await ruled.objects("eva")
    eva = replace(CHAT, customer=CustomerId("eva"))
    assert await ruled.stakes.of(eva) is None
    assert await ruled.stakes.of(replace(eva, text="cancel it")) == "leaving"


async def test_a_stake_that_the_policy_does_not_weigh_is_none(ruled: Shop):
    policy = replace(ruled.house.engine.center().policy, version=3, stakes=STAKES[1:])
    await ruled.house.do(c.DefinePolicy, policy=policy)
    assert await ruled.stakes.of(replace(CHAT, text="cancel", reason="advice")) == "lead"
    await ruled.house.do(c.DefinePolicy, policy=replace(policy, version=4, stakes=()))
    assert await ruled.stakes.of(replace(CHAT, text="cancel", reason="advice")) is None


async def test_saved_rules_hold_from_the_next_interaction_on(ruled: Shop):
    assert await ruled.stakes.of(replace(CHAT, reason="advice")) == "lead"
    found = await ruled.rule({"item": "large", "text": "reason = advice"}, kind="stake")
    assert found["rules"] == [{"item": "large", "text": "reason = advice"}]
    assert await ruled.stakes.of(replace(CHAT, reason="advice")) == "large"


@pytest.mark.parametrize(
    ("sure", "stake"), [(Verification.VERIFIED, "large"), (Verification.CLAIMED, None)]
)
async def test_who_only_says_who_they_are_brings_no_order_to_the_scale(ruled: Shop, sure, stake):
    await ruled.person("eva")
    await ruled.orders_of("eva", 3, total=900_000)
    who = Resolved(customer=CustomerId("eva"), verification=sure, segment=SegmentId("gold"))
    found = await at_stake(
        ruled.stakes, who, medium=Medium.EMAIL, inbox=InboxId("shop-mail"), text="Hello"
    )
    assert found == stake


async def test_value_counts_for_stakes_as_well(ruled: Shop):
    await ruled.regulars()
    await ruled.appraisal.everybody()
    values = await ruled.values()
    best = max(values, key=lambda who: values[who]["value_minor"])
    await ruled.rule({"item": "large", "text": "value in top 5 % and contacts = 0"}, kind="stake")
    assert await ruled.stakes.of(replace(CHAT, customer=CustomerId(best))) == "large"
    worst = min(values, key=lambda who: values[who]["value_minor"])
    assert await ruled.stakes.of(replace(CHAT, customer=CustomerId(worst))) is None
