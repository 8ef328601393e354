"""Somebody who was never here: made by the rows that travel with their arrival, once."""

import asyncio
from collections.abc import Sequence

from sqlalchemy import select

from tests.conversations.house import SITE, House
from tests.customers.desk_calls import CLAIMED, LOGIN, PHONE, VERIFIED, claim
from warmline.core.words import CustomerId, Verification
from warmline.customers.model import Claim
from warmline.customers.newcomers import Arriving
from warmline.customers.tables import customer, identifier
from warmline.storage.rows import Row, rows

NUMBER = "+48601234567"
SAID = claim(PHONE, NUMBER, CLAIMED)


async def holders(house: House) -> list[Row]:
    async with house.database.read() as connection:
        query = select(identifier).where(identifier.c.value == NUMBER)
        return list(await rows(connection, query))


async def is_there(house: House, who: CustomerId | None) -> bool:
    async with house.database.read() as connection:
        found = await connection.scalar(select(customer.c.id).where(customer.c.id == who))
    return found is not None


async def write(house: House, coming: Arriving) -> None:
    """As the engine does, with the command."""
    async with house.database.write() as connection:
        for one in (one for one in coming.writes if one.rows):
            await connection.execute(one.statement, one.rows)


async def arrives(house: House, claims: Sequence[Claim], name: str | None = None) -> Arriving:
    async with house.directory.arriving(claims, source="voice", name=name, language="pl") as coming:
        await write(house, coming)
    return coming


async def test_nobody_is_made_before_the_command_and_then_they_are_known(house: House):
    async with house.directory.arriving([SAID], source="voice", name="Eva", language="pl") as eva:
        assert not await is_there(house, eva.who.customer)
        await write(house, eva)
    assert (eva.who.is_new, eva.who.verification, eva.who.weighs) == (True, CLAIMED, True)
    assert (eva.who.name, eva.who.language, eva.who.segment) == ("Eva", "pl", None)
    [kept] = await holders(house)
    assert (kept["customer"], kept["method"], kept["source"]) == (eva.who.customer, "said", "voice")
    again = await arrives(house, [SAID])
    assert (again.who.customer, again.who.is_new, again.writes) == (eva.who.customer, False, ())
    assert (again.who.name, again.who.language) == ("Eva", "pl")


async def test_two_at_once_are_one_person_by_whichever_way_they_come(house: House):
    first, second, third = await asyncio.gather(
        arrives(house, [SAID]),
        house.directory.resolve([SAID], source="chat"),
        arrives(house, [SAID, claim(PHONE, "+48601234568", CLAIMED)]),
    )
    assert first.who.customer == second.customer == third.who.customer
    assert len(await holders(house)) == 1


async def test_what_somebody_else_got_in_between_stays_theirs_alone(house: House):
    async with house.directory.arriving([SAID], source="voice") as eva:
        other = await house.directory.resolve(
            [claim(LOGIN, "adam", VERIFIED)], source="shop", name="Adam"
        )
        async with house.database.write() as connection:
            values = {"verification": "verified", "source": "import", "created_at": 1}
            key = {"site": SITE, "kind": "phone", "value": NUMBER, "customer": other.customer}
            await connection.execute(identifier.insert().values(**key, **values))
        await write(house, eva)
    assert [one["customer"] for one in await holders(house)] == [other.customer]
    assert await is_there(house, eva.who.customer)


async def test_who_is_proven_or_known_is_not_left_to_the_command(house: House):
    signed = await arrives(house, [claim(LOGIN, "eva", VERIFIED), claim(PHONE, NUMBER, VERIFIED)])
    assert (signed.writes, signed.who.verification) == ((), Verification.VERIFIED)
    assert await is_there(house, signed.who.customer)


async def test_somebody_without_any_claim_is_new_and_unknown(house: House):
    nobody = await arrives(house, [])
    assert (nobody.who.verification, nobody.who.is_new) == (Verification.UNKNOWN, True)
    assert await is_there(house, nobody.who.customer)
