"""Restriction and objection are honoured: routing sees nobody special, the contact rule says no."""

import pytest
from sqlalchemy import update

from tests.conversations.house import House
from warmline.core.words import AgentId, CustomerId, SegmentId, Verification
from warmline.customers.model import Claim, IdentifierKind, Resolved
from warmline.customers.tables import customer


async def gold(house: House, *values: str) -> Resolved:
    """Nina, who is Gold and Ann's, known by one login or several."""
    claims = [
        Claim(kind=IdentifierKind.LOGIN, value=value, verification=Verification.VERIFIED)
        for value in values or ("nina",)
    ]
    return await house.directory.resolve(claims, source="chat", name="Nina")


async def make_gold(house: House, who: CustomerId) -> None:
    async with house.database.write() as connection:
        await connection.execute(
            update(customer).where(customer.c.id == who).values(segment="gold", owner_agent="ann")
        )


async def test_without_a_flag_routing_knows_segment_and_owner(house: House):
    found = await gold(house)
    assert found.customer is not None
    await make_gold(house, found.customer)
    again = await gold(house)
    assert (again.segment, again.owner) == (SegmentId("gold"), AgentId("ann"))


@pytest.mark.parametrize("flag", ["restricted", "objects_profiling"])
async def test_with_a_flag_routing_knows_only_who_it_is(house: House, flag: str):
    who = (await gold(house)).customer
    assert who is not None
    await make_gold(house, who)
    async with house.browser("sue") as sue:
        await sue.put(f"/customers/{who}/flags/{flag}", json={})
        again = await gold(house)
        assert (again.customer, again.segment, again.owner) == (who, None, None)
        assert not again.weighs
        await sue.delete(f"/customers/{who}/flags/{flag}")
    back = await gold(house)
    assert (back.segment, back.weighs) == (SegmentId("gold"), True)


@pytest.mark.parametrize("flag", ["deceased", "abusive"])
async def test_other_flags_do_not_change_the_routing(house: House, flag: str):
    who = (await gold(house)).customer
    assert who is not None
    await make_gold(house, who)
    async with house.browser("sue") as sue:
        await sue.put(f"/customers/{who}/flags/{flag}", json={})
    assert (await gold(house)).segment == SegmentId("gold")


async def test_a_flag_of_a_joined_record_counts_for_the_person(house: House):
    mail = Claim(
        kind=IdentifierKind.EMAIL, value="n@mail.example", verification=Verification.MATCHED
    )
    old = (await house.directory.resolve([mail], source="mail")).customer
    who = (await gold(house)).customer
    assert old is not None
    assert who is not None
    await make_gold(house, who)
    async with house.browser("sue") as sue:
        await sue.put(f"/customers/{old}/flags/restricted", json={})
    sure = Claim(kind=mail.kind, value=mail.value, verification=Verification.VERIFIED)
    login = Claim(kind=IdentifierKind.LOGIN, value="nina", verification=Verification.VERIFIED)
    joined = await house.directory.resolve([login, sure], source="chat")
    assert joined.joined == (old,)
    assert (joined.customer, joined.segment) == (who, None)
