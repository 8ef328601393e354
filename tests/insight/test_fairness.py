"""Whether groups are served alike: told with intervals, and only where groups play a part."""

from __future__ import annotations

import random

import pytest

from tests.conversations.house import House
from warmline.core import commands as c
from warmline.core import settings as s
from warmline.core.words import SECOND, InboxId, InteractionId, MessageId
from warmline.insight.fairness import FEWEST, Group, compared, ratio, share


def group(n: int, wait_s: float, answered: float, seed: int = 1) -> Group:
    chance = random.Random(seed)
    made = Group()
    for _ in range(n):
        made.waits_ms.append(round(chance.expovariate(1 / wait_s) * SECOND))
        if chance.random() < answered:
            made.answered += 1
        else:
            made.abandoned += 1
    return made


def test_groups_that_are_served_alike_show_no_difference():
    told = compared({"young": group(800, 40, 0.9, 1), "old": group(900, 40, 0.9, 2)})
    assert told["reference"] == "old"
    young = told["groups"][1]
    assert young["wait_ratio"]["low"] < 1 < young["wait_ratio"]["high"]
    assert young["answered_ratio"]["low"] < 1 < young["answered_ratio"]["high"]
    assert told["groups"][0]["wait_ratio"] is None


def test_a_group_that_waits_twice_as_long_shows():
    told = compared({"young": group(800, 80, 0.7, 1), "old": group(900, 40, 0.9, 2)})
    young = told["groups"][1]
    assert young["wait_ratio"]["low"] > 1.5
    assert young["answered_ratio"]["high"] < 1


@pytest.mark.parametrize("n", [1, FEWEST - 1])
def test_of_a_small_group_nothing_is_concluded(n: int):
    told = compared({"young": group(n, 80, 0.7), "old": group(900, 40, 0.9)})
    young = told["groups"][1]
    assert (young["too_small"], young["wait_ratio"], young["answered_ratio"]) == (True, None, None)


def test_nothing_has_no_interval():
    assert share(0, 0) is None
    assert ratio(None, share(1, 2)) is None
    assert compared({}) == {"reference": None, "groups": []}


async def test_without_an_affinity_rule_there_is_nothing_to_say(house: House):
    async with house.browser("sue") as sue:
        told = (await sue.get("/fairness")).json()
    assert (told["ever_on"], told["on"], told["traits"]) == (False, [], [])


async def test_where_a_rule_is_or_was_on_the_groups_stand_side_by_side(house: House):
    rule = s.Affinity(trait="age_band", bonus_ms=5_000, reason="Asked for by our patients.")
    await house.do(c.DefinePolicy, policy=s.Policy(version=2, affinities=(rule,)))
    for number, age in enumerate(("20-39", "20-39", "60+")):
        await house.do(
            c.Arrive,
            interaction=InteractionId(f"stated-{number}"),
            inbox=InboxId("shop-chat"),
            message=MessageId(f"stated-m{number}"),
            groups={"age_band": age},
        )
    await house.arrive()
    for interaction in list(house.engine.center().interactions):
        await house.do(c.HangUp, interaction=interaction)
    await house.do(c.DefinePolicy, policy=s.Policy(version=3))
    await house.settled()
    async with house.browser("sue") as sue:
        told = (await sue.get("/fairness")).json()
    assert (told["ever_on"], told["on"]) == (True, [])
    (trait,) = told["traits"]
    assert [(one["group"], one["n"], one["too_small"]) for one in trait["groups"]] == [
        ("20-39", 2, True),
        ("60+", 1, True),
    ]
