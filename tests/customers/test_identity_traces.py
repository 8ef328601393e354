"""What is kept of making sure who somebody is goes with them, and is told to whoever asks."""

from sqlalchemy import select

from tests.conversations.house import SITE, House
from tests.customers.desk_calls import EMAIL, claim, comes_in, family, held_by_ann
from tests.customers.test_candidates import calls
from warmline.core.words import CustomerId
from warmline.customers.identity_traces import IdentityTraces
from warmline.customers.tables import attempt, candidate, pin, unplaced
from warmline.ports import Person
from warmline.storage.rows import rows


async def test_verifications_pins_and_candidates_are_counted_told_and_erased(house: House):
    anna, jan = await family(house)
    found = await house.directory.resolve([claim(EMAIL, "anna@mail.example")], source="mail")
    await held_by_ann(house, found)
    await comes_in(house, await calls(house))
    async with house.browser("ann") as ann:
        ways = (await ann.get(f"/customers/{anna}/verifications")).json()
        key = next(one["key"] for one in ways["code_to"] if one["kind"] == "email")
        body = {"method": "code", "identifier": key}
        assert (await ann.post(f"/customers/{anna}/verifications", json=body)).status_code == 201
    async with house.database.write() as connection:
        await connection.execute(
            pin.insert().values(site=SITE, customer=anna, hash="h", set_at=1, set_by="u-ann")
        )
    traces = IdentityTraces(site=SITE)
    person = Person(ids=[CustomerId(anna)])
    async with house.database.write() as connection:
        assert await traces.count(connection, person) == {
            "verifications": 1, "candidates": 1, "pins": 1,
        }  # fmt: skip
        told = await traces.tell(connection, person)
        assert told["verifications"][0]["value"] == "anna@mail.example"
        shown = {*told["verifications"][0], *told["pins"][0]}
        assert shown.isdisjoint({"secret", "hash", "site"})
        assert await traces.erase(connection, person, house.clock.now()) == ()
        for table in (attempt, pin, unplaced):
            assert not await rows(connection, select(table))
        left = await rows(connection, select(candidate.c.customer))
        assert [one["customer"] for one in left] == [jan]
        assert set((await traces.count(connection, person)).values()) == {0}
