"""What speaks for care, and whom orders are not told to."""

import pytest
from sqlalchemy import update

from tests.conversations.house import PEOPLE, SITE, House
from tests.customers.desk_calls import (
    CLAIMED,
    EMAIL,
    PHONE,
    VERIFIED,
    claim,
    held_by_ann,
)
from warmline.core.words import DAY, Rejected
from warmline.customers.assurance import Assurance
from warmline.customers.risk import Reason, judged, risk_of
from warmline.customers.tables import identifier

NUMBER = "+48501234567"


@pytest.mark.parametrize(
    ("found", "level", "reasons"),
    [
        ({}, "none", []),
        ({"shared": 2}, "none", []),
        ({"failed": 1}, "none", []),
        ({"failed": 2}, "some", [Reason.FAILED]),
        ({"failed": 3}, "high", [Reason.FAILED]),
        ({"moved": 1}, "some", [Reason.MOVED]),
        ({"shared": 3}, "some", [Reason.SHARED]),
        ({"started": 5}, "some", [Reason.MANY]),
        ({"moved": 1, "shared": 4}, "high", [Reason.MOVED, Reason.SHARED]),
    ],
)
def test_the_note_says_what_it_rests_on(found, level, reasons):
    risk = judged(**{"failed": 0, "moved": 0, "shared": 0, "started": 0} | found)
    assert risk.level == level
    assert [code for code, _ in risk.reasons] == reasons


async def shares(house: House, name: str):
    address = f"{name}@mail.example"
    await house.directory.resolve([claim(EMAIL, address)], source="mail", name=name)
    claims = [claim(EMAIL, address, VERIFIED), claim(PHONE, NUMBER)]
    return (await house.directory.resolve(claims, source="voice")).someone


async def test_a_number_that_was_somebody_elses_is_noted_for_a_week(house: House):
    await shares(house, "anna")
    house.clock.on(30 * DAY)
    thief = await shares(house, "thief")
    async with house.database.read() as connection:
        now = await risk_of(connection, SITE, [thief], now=house.clock.now())
        later = await risk_of(connection, SITE, [thief], now=house.clock.now() + 8 * DAY)
    assert now.reasons == [(Reason.MOVED, 1)]
    assert later.reasons == []


async def test_several_people_behind_one_number_are_noted(house: House):
    ids = [await shares(house, name) for name in ("anna", "jan", "eva")]
    async with house.database.write() as connection:
        await connection.execute(update(identifier).values(created_at=1))
        risk = await risk_of(connection, SITE, ids[:1], now=house.clock.now())
    assert risk.reasons == [(Reason.SHARED, 3)]


def assurance(house: House) -> Assurance:
    return Assurance(database=house.database, site=SITE, clock=house.clock, state=house.engine)


async def test_orders_are_not_told_to_whoever_only_claims_to_be_the_customer(house: House):
    mail = claim(EMAIL, "jan@mail.example")
    jan = (await house.directory.resolve([mail], source="mail", name="Jan")).someone
    sure = assurance(house)
    await sure.tells_orders(PEOPLE["ann"], [jan])
    typed = await house.directory.resolve([claim(EMAIL, "jan@mail.example", CLAIMED)], source="c")
    await held_by_ann(house, typed)
    with pytest.raises(Rejected) as refused:
        await sure.tells_orders(PEOPLE["ann"], [jan])
    assert refused.value.code == "verification_needed"
    await sure.tells_orders(PEOPLE["sue"], [jan])


async def test_orders_are_told_to_whoever_is_matched(house: House):
    found = await house.directory.resolve([claim(EMAIL, "jan@mail.example")], source="mail")
    await held_by_ann(house, found)
    await assurance(house).tells_orders(PEOPLE["ann"], [found.someone])
