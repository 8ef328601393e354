"""The made-up orders of the demonstration: labelled, whole, and valued as any shop's are."""

from collections import Counter

import pytest

from warmline.core.words import DAY, SiteId
from warmline.customers.value.rules import read_rule
from warmline.customers.value.words import SEGMENT_FIELDS, STAKE_FIELDS
from warmline.demo import behaviour, shop
from warmline.demo.past_orders import SEGMENT_RULES, STAKE_RULES, PastOrders, past_orders

NOW = 1_795_000_000_000


@pytest.fixture(scope="module")
def past() -> PastOrders:
    return past_orders(SiteId("main"), behaviour.customers(), NOW)


def test_every_order_says_that_it_is_made_up(past: PastOrders):
    assert all(one["source"] == "sample" for one in past.orders)
    assert all(str(one["text"]).endswith("(made up)") for one in past.orders)


def test_orders_are_numbered_in_the_order_of_time_and_lie_in_the_past(past: PastOrders):
    numbers = [int(str(one["id"])) for one in past.orders]
    times = [int(str(one["at"])) for one in past.orders]
    assert numbers == sorted(set(numbers))
    assert times == sorted(times)
    assert all(NOW - 800 * DAY < at < NOW for at in times)


def test_segments_follow_from_value_five_fifteen_thirty_and_the_rest(past: PastOrders):
    segments = Counter(str(who.segment) for who in past.everybody if who.segment is not None)
    valued = sum(segments.values())
    for segment, share in (("platinum", 0.05), ("gold", 0.15), ("silver", 0.3), ("bronze", 0.5)):
        assert abs(segments[segment] / valued - share) < 0.01
    assert segments.keys() == dict(SEGMENT_RULES).keys()


def test_the_same_moment_makes_the_same_orders(past: PastOrders):
    again = past_orders(SiteId("main"), behaviour.customers(), NOW)
    assert again == past


def test_a_customer_speaks_of_their_latest_order(past: PastOrders):
    newest = {one["customer"]: int(str(one["id"])) for one in past.orders}
    assert all(who.order == newest.get(who.id) for who in past.everybody)


def test_the_rules_of_the_sample_can_be_read_and_name_what_the_center_has():
    assert all(read_rule(text, SEGMENT_FIELDS) for _, text in SEGMENT_RULES)
    assert all(read_rule(text, STAKE_FIELDS) for _, text in STAKE_RULES)
    assert {item for item, _ in STAKE_RULES} == {str(one.id) for one in shop.STAKES}
