"""Following customers after a contact: bands, matched others, a planted effect found again."""

import random
from collections.abc import Sequence

import numpy as np
import pytest

from warmline.core.words import DAY, AgentId, CustomerId, Instant
from warmline.experience.loyalty.effect import effect
from warmline.experience.loyalty.following import Followed, follow
from warmline.experience.loyalty.model import LEAST, PUBLISHED_PCT, Bought, Contact, Kind, Standing

BEGAN = 738_000
"""A day, as calendars number it."""
DAYS = 30
Orders = Sequence[tuple[str, int, float]]


def at(day: int) -> Instant:
    return (day - BEGAN) * DAY


def bought(orders: Orders, segments: dict[str, str] | None = None) -> Bought:
    people = sorted({one[0] for one in orders})
    places = {one: place for place, one in enumerate(people)}
    return Bought(
        people=[CustomerId(one) for one in people],
        segments=[(segments or {}).get(one) for one in people],
        who=np.asarray([places[one[0]] for one in orders], dtype=np.int64),
        day=np.asarray([one[1] for one in orders], dtype=np.int64),
        money=np.asarray([one[2] for one in orders], dtype=np.float64),
        currency="EUR",
        day_of=lambda moment: moment // DAY + BEGAN,
    )


def contact(who: str, day: int, kind: Kind = Kind.BAD, segment: str | None = None) -> Contact:
    return Contact(
        ask=f"{who}-{day}", interaction=f"talk-{who}-{day}", customer=CustomerId(who),
        segment=segment, agent=AgentId("ann"), at=at(day), kind=kind,
    )  # fmt: skip


def followed(contacts: Sequence[Contact], known: Bought, *, today: int) -> Sequence[Followed]:
    return follow(contacts, {}, known, days=DAYS, today=today)


def test_by_hand_one_customer_beside_two_like_ones():
    # All three ordered once, for the same, ten days before; only one of the others came back.
    known = bought(
        [
            ("touched", BEGAN, 100), ("first", BEGAN, 100), ("second", BEGAN, 100),
            ("first", BEGAN + 20, 60), ("touched", BEGAN + 10, 7),
        ],
    )  # fmt: skip
    (one,) = followed([contact("touched", BEGAN + 10)], known, today=BEGAN + 41)
    # The day of the contact is before it: two order days, unlike the others.
    assert one.standing is Standing.ALONE
    known = bought([
        ("touched", BEGAN, 100), ("first", BEGAN, 100), ("second", BEGAN, 100),
        ("first", BEGAN + 20, 60),
    ])  # fmt: skip
    (one,) = followed([contact("touched", BEGAN + 10)], known, today=BEGAN + 41)
    assert one.standing is Standing.COUNTED
    assert one.others is not None
    assert (one.others.count, one.others.again[0], one.others.spent[0]) == (2, 0.5, 30.0)
    assert (one.again, one.lost, one.spent, one.year) == (0.0, 1.0, 0.0, 100.0)


def test_the_days_must_be_over_and_the_customer_must_have_bought():
    known = bought([("a", BEGAN, 10), ("b", BEGAN, 10), ("late", BEGAN + 30, 10)])
    contacts = [contact("a", BEGAN + 5), contact("late", BEGAN + 6), contact("nobody", BEGAN + 7)]
    told = followed(contacts, known, today=BEGAN + 35)
    assert [one.standing for one in told] == [
        Standing.WAITING, Standing.NO_ORDERS, Standing.NO_ORDERS,
    ]  # fmt: skip
    assert followed(contacts[:1], known, today=BEGAN + 36)[0].standing is Standing.COUNTED


def test_only_the_first_contact_within_the_days_is_followed():
    known = bought([("a", BEGAN, 10), ("b", BEGAN, 10)])
    days = [BEGAN + 1, BEGAN + 1 + DAYS, BEGAN + 2 + DAYS]
    told = followed([contact("a", day) for day in days], known, today=BEGAN + 400)
    assert [one.contact.ask for one in told] == [f"a-{days[0]}", f"a-{days[2]}"]


def test_who_had_a_judged_contact_is_nobodys_other():
    known = bought([("a", BEGAN, 10), ("b", BEGAN, 10)])
    both = [contact("a", BEGAN + 1), contact("b", BEGAN + 20, Kind.GOOD)]
    assert {one.standing for one in followed(both, known, today=BEGAN + 400)} == {Standing.ALONE}


def test_another_segment_is_not_alike():
    known = bought([("a", BEGAN, 10), ("b", BEGAN, 10)], {"a": "gold", "b": "basic"})
    (gold,) = followed([contact("a", BEGAN + 1, segment="gold")], known, today=BEGAN + 400)
    (basic,) = followed([contact("a", BEGAN + 1, segment="basic")], known, today=BEGAN + 400)
    assert (gold.standing, basic.standing) == (Standing.ALONE, Standing.COUNTED)


def shop(seed: int, *, change: float, touched: int = 400, others: int = 1_600) -> Bought:
    """Customers with one to four orders before day 200; half of them buy again in time.

    Those touched do so `change` more seldom, and each kind of customer is as often among both.
    """
    chance = random.Random(seed)
    orders: list[tuple[str, int, float]] = []
    for place in range(touched + others):
        who = f"{'t' if place < touched else 'o'}{place}"
        orders += [
            (who, BEGAN + 10 + 40 * number, float(chance.choice([20, 50])))
            for number in range(place % 4 + 1)
        ]
        usual = 0.3 + 0.1 * (place % 4)
        if chance.random() < usual + (change if place < touched else 0.0):
            orders.append((who, BEGAN + 201 + chance.randrange(DAYS), 40.0))
    return bought(orders)


def planted(seed: int, change: float) -> Sequence[Followed]:
    known = shop(seed, change=change)
    contacts = [contact(one, BEGAN + 200) for one in known.people if one.startswith("t")]
    return followed(contacts, known, today=BEGAN + 300)


@pytest.mark.parametrize("change", [-0.2, 0.0])
def test_a_planted_change_is_within_the_interval_nearly_always(change: float):
    found = [effect(Kind.BAD, planted(seed, change), days=DAYS).again for seed in range(40)]
    inside = [one is not None and one.low <= change <= one.high for one in found]
    # 95 of 100 are meant: fewer than 34 of 40 would come once in hundreds of times.
    assert sum(inside) >= 34
    assert all(one is not None and one.high - one.low < 0.15 for one in found)


def test_in_percent_and_in_money():
    told = effect(Kind.BAD, planted(1, -0.2), days=DAYS)
    assert told.again is not None
    assert told.spent is not None
    assert told.enough
    assert told.counted == 400
    assert told.loyalty.own
    assert told.loyalty.pct == pytest.approx(100 * told.again.by / told.again.others)
    assert told.money.low is not None
    assert told.money.high is not None
    assert told.money.low < told.money.minor == round(told.spent.by * 400) < told.money.high < 0


def test_with_too_few_the_published_figures_stand_in():
    found = planted(1, -0.2)[: LEAST - 1]
    for kind, contacts in ((Kind.BAD, LEAST - 1), (Kind.GOOD, 0)):
        told = effect(kind, found, days=DAYS)
        assert (told.contacts, told.enough, told.loyalty.own) == (contacts, False, False)
        assert told.loyalty.pct == PUBLISHED_PCT[kind]
        assert told.money.low is None
    year = sum(one.year for one in found)
    bad = effect(Kind.BAD, found, days=DAYS)
    assert bad.money.minor == round(-0.28 * year * DAYS / 365)
