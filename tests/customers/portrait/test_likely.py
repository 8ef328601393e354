import random

import pytest

from warmline.core.words import DAY, CustomerId, InteractionId, Medium
from warmline.customers.portrait.clues import EventSeen, OrderSeen, Seen, clues
from warmline.customers.portrait.likely import Example, guess, learn, measure, read
from warmline.ports import Contact

NOW = 1_781_000_000_000


def talk(at=NOW, *, reason=None, disposition=None, medium=Medium.CHAT):
    return Contact(
        interaction=InteractionId(f"i{at}"), customer=CustomerId("c"), medium=medium, inbox="shop",
        queue=None, agent=None, language="en", reason=reason, disposition=disposition, rating=None,
        phase="closed", at=at, ended_at=None,
    )  # fmt: skip


def order(at, *, status="shipped", status_at=None, promised_at=None):
    return OrderSeen(
        id="48213", at=at, status=status, status_at=status_at or at, promised_at=promised_at
    )


def seen(contact=None, *, earlier=(), orders=(), events=()):
    return Seen(contact=contact or talk(), earlier=earlier, orders=orders, events=events)


def test_clues_are_the_door_the_topic_the_last_talk_and_the_newest_order():
    found = clues(
        seen(
            talk(reason="orders"),
            earlier=[talk(NOW - 3 * DAY, disposition="replaced")],
            orders=[order(NOW - 5 * DAY), order(NOW - 9 * DAY, status="delivered")],
            events=[EventSeen(order="48213", kind="payment_failed", at=NOW - DAY)],
        )
    )
    assert found == {
        "channel:chat", "inbox:shop", "asked:orders", "last:replaced", "order:shipped",
        "event:payment_failed",
    }  # fmt: skip


def test_what_became_known_later_is_no_clue():
    later = [
        order(NOW - 5 * DAY, status="delivered", status_at=NOW + DAY),
        order(NOW + DAY),
    ]
    found = clues(
        seen(
            earlier=[talk(NOW + DAY, disposition="replaced")],
            orders=later,
            events=[EventSeen(order="48213", kind="late", at=NOW + DAY)],
        )
    )
    assert found == {"channel:chat", "inbox:shop", "order:underway"}


@pytest.mark.parametrize(
    ("known", "late"),
    [
        (order(NOW - 9 * DAY, promised_at=NOW - 2 * DAY), True),
        (order(NOW - 9 * DAY, promised_at=NOW + DAY), False),
        (order(NOW - 9 * DAY, promised_at=None), False),
        (
            order(
                NOW - 9 * DAY, status="delivered", status_at=NOW - DAY, promised_at=NOW - 2 * DAY
            ),
            False,
        ),
        (
            order(
                NOW - 9 * DAY, status="delivered", status_at=NOW + DAY, promised_at=NOW - 2 * DAY
            ),
            True,
        ),
    ],
)
def test_an_order_is_late_while_it_is_waited_for_longer_than_promised(known, late):
    assert ("late" in clues(seen(orders=[known]))) is late


def past(many: int, *, noise: float) -> list[Example]:
    """Late orders lead to questions about the order, failed payments to payments; some to any."""
    chance = random.Random(3)
    causes = {"late": "told-status", "event:payment_failed": "payment", "asked:advice": "advised"}
    found: list[Example] = []
    for _ in range(many):
        clue = chance.choice(list(causes))
        reason = causes[clue]
        if chance.random() < noise:
            reason = chance.choice(list(causes.values()))
        found.append(Example(clues=frozenset({clue, "channel:chat"}), reason=reason))
    return found


def test_the_reason_that_the_clues_came_with_is_guessed_and_says_why():
    counts = learn(past(300, noise=0.1))
    found = guess(counts, {"late", "channel:chat", "never:seen"})
    assert found is not None
    assert found.reason == "told-status"
    assert 0.8 < found.share <= 1
    assert found.clues[0] == "late"
    assert read(counts.plain()) == counts


def test_shares_of_all_reasons_are_one_in_all():
    counts = learn(past(90, noise=0.5))
    found = guess(counts, {"late"})
    assert found is not None
    weights = {}
    for reason in counts.reasons:
        only = counts.clues[reason]["late"]
        weights[reason] = counts.reasons[reason] * (only + 1) / (counts.reasons[reason] + 2)
    assert found.share == pytest.approx(weights[found.reason] / sum(weights.values()))


def test_it_is_measured_on_the_later_part_that_it_did_not_learn_from():
    measured = measure(past(400, noise=0.1))
    assert measured is not None
    assert measured.contacts == 100
    assert measured.right > 80
    assert measured.commonest < 50
    # What comes later may follow other rules: then it is seldom right, and says so.
    turned = [Example(clues=one.clues, reason="other") for one in past(100, noise=0)]
    worse = measure([*past(300, noise=0), *turned])
    assert worse is not None
    assert worse.right == 0


def test_with_too_few_contacts_nothing_is_measured():
    assert measure(past(40, noise=0)) is None
    assert guess(learn([]), {"late"}) is None
