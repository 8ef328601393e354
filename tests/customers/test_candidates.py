"""Several people behind one number: nobody is guessed, the agent asks and says who it is."""

from sqlalchemy import select, update

from tests.conversations.house import House
from tests.customers.desk_calls import (
    EMAIL,
    FAMILY_PHONE,
    MATCHED,
    PHONE,
    claim,
    comes_in,
    family,
    held_by_ann,
)
from warmline.customers.tables import candidate, customer, identifier, unplaced
from warmline.storage.rows import rows


async def calls(house: House):
    return await house.directory.resolve([claim(PHONE, FAMILY_PHONE)], source="voice")


async def test_a_family_phone_is_nobody_in_particular(house: House):
    anna, jan = await family(house)
    found = await calls(house)
    assert found.customer is None
    assert found.segment is None
    assert set(found.candidates) == {anna, jan}
    assert (await house.directory.same(anna)) == (anna,)


async def test_the_agent_sees_a_pick_list_masked_and_says_who_it_is(house: House):
    anna, jan = await family(house)
    async with house.database.write() as connection:
        await connection.execute(
            update(customer).where(customer.c.id == jan).values(segment="gold")
        )
    interaction = await held_by_ann(house, await calls(house))
    url = f"/interactions/{interaction}/candidates"
    async with house.browser("ann") as ann, house.browser("bob") as bob:
        shown = (await ann.get(url)).json()
        assert [(one["id"], one["name"], one["masked"]) for one in shown["candidates"]] == [
            (anna, "A··· N···", True),
            (jan, "J··· N···", True),
        ]
        assert shown["came_with"] == [{"kind": "phone", "value": "+48 ··· ··67"}]
        assert shown["may_pick"] is True
        assert (await bob.get(url)).status_code == 404
        assert (await bob.post(url, json={"customer": jan})).json()["code"] == "not_yours"
        picked = await ann.post(url, json={"customer": jan})
        assert picked.json() == {"customer": jan, "verification": "matched"}
        live = house.engine.center().interactions[interaction]
        assert (live.customer, live.verification, live.segment) == (jan, MATCHED, "gold")
        assert (await ann.get(f"/customers/{jan}")).json()["name"] == "Jan Nowak"
        assert (await ann.get(url)).json()["candidates"] == []
    async with house.database.read() as connection:
        assert not await rows(connection, select(candidate))
        assert not await rows(connection, select(unplaced))
    await house.settled()
    async with house.browser("sue") as sue:
        header = (await sue.get(f"/conversations/{interaction}")).json()
    assert header["customer"] == jan or header["customer"]["id"] == jan


async def test_somebody_new_gets_the_number_too(house: House):
    await family(house)
    interaction = await held_by_ann(house, await calls(house))
    url = f"/interactions/{interaction}/candidates"
    async with house.browser("ann") as ann:
        picked = (await ann.post(url, json={"name": "Ola Nowak"})).json()
        known = (await ann.get(f"/customers/{picked['customer']}/identifiers")).json()
    assert [(one["value"], one["verification"], one["method"]) for one in known["identifiers"]] == [
        (FAMILY_PHONE, "matched", "agent")
    ]
    assert known["identifiers"][0]["shared_with"] == 2
    again = await calls(house)
    assert len(again.candidates) == 3


async def test_who_was_no_candidate_cannot_be_picked_unless_open(house: House):
    await family(house)
    other = await house.directory.resolve([claim(EMAIL, "eva@mail.example")], source="mail")
    interaction = await held_by_ann(house, await calls(house))
    url = f"/interactions/{interaction}/candidates"
    async with house.browser("ann") as ann:
        assert (await ann.post(url, json={"customer": other.customer})).status_code == 404
        assert (await ann.get(f"/customers/{other.customer}")).status_code == 404
        await comes_in(house, other)
        assert (await ann.post(url, json={"customer": other.customer})).status_code == 200


async def test_one_address_of_two_verified_people_stays_with_both(house: House):
    await family(house)
    async with house.database.read() as connection:
        found = await rows(
            connection,
            select(identifier.c.customer).where(identifier.c.value == FAMILY_PHONE),
        )
    assert len(found) == 2
