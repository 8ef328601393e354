from zoneinfo import ZoneInfo

import pytest

from tests.customers.portrait.test_likely import NOW, talk
from warmline.core.words import DAY
from warmline.customers.portrait.habits import habits, most
from warmline.customers.portrait.journey import Stage, journey


@pytest.mark.parametrize(
    ("orders", "contacts", "rating", "stage"),
    [
        ([5], [], None, Stage.NEW),
        ([400, 200, 10], [], None, Stage.RETURNING),
        ([400, 200], [2], None, Stage.RETURNING),
        ([400], [], None, Stage.LAPSED),
        ([200, 180, 160, 140], [], None, Stage.LAPSED),
        ([200, 150, 100], [40], None, Stage.AT_RISK),
        ([60, 40, 20], [3], 1, Stage.AT_RISK),
        ([60, 40, 20], [3], 5, Stage.ACTIVE),
        ([], [60, 45], None, Stage.ACTIVE),
    ],
)
def test_the_stage_follows_the_stated_rule(orders, contacts, rating, stage):
    found = journey(
        orders=[NOW - days * DAY for days in orders],
        contacts=[NOW - days * DAY for days in contacts],
        rating=rating,
        now=NOW,
    )
    assert found is not None
    assert found.stage is stage


def test_of_whom_nothing_is_known_nothing_is_said():
    assert journey(orders=[], contacts=[], rating=None, now=NOW) is None
    assert most([]) is None


def test_habits_are_counted():
    found = habits([talk(NOW - n * DAY) for n in range(4)], ZoneInfo("Europe/Warsaw"))
    shown = {name: one and one.plain() for name, one in found.items()}
    assert shown == {
        "language": {"value": "en", "count": 4, "of": 4},
        "channel": {"value": "chat", "count": 4, "of": 4},
        "time": {"value": "midday", "count": 4, "of": 4},
        "agent": None,
    }
