"""By what a person is known: several ways, each with its level; changed only by who may."""

import pytest
from sqlalchemy.exc import IntegrityError

from tests.conversations.house import SITE, House
from tests.customers.desk_calls import (
    CLAIMED,
    EMAIL,
    FAMILY_PHONE,
    LOGIN,
    VERIFIED,
    claim,
    family,
    held_by_ann,
)
from warmline.core.words import CustomerId
from warmline.customers.tables import identifier


async def jan_at_the_desk(house: House, level=None):
    mail = claim(EMAIL, "jan@mail.example", *([] if level is None else [level]))
    if level is CLAIMED:
        await house.directory.resolve([claim(EMAIL, "jan@mail.example")], source="mail", name="Jan")
    found = await house.directory.resolve([mail], source="chat", name="Jan")
    await held_by_ann(house, found)
    return found.customer


async def test_an_agent_adds_a_number_and_takes_it_away_again(house: House):
    jan = await jan_at_the_desk(house)
    url = f"/customers/{jan}/identifiers"
    async with house.browser("ann") as ann:
        added = await ann.post(url, json={"kind": "phone", "value": "501 234 567"})
        assert added.status_code == 201
        assert added.json()["value"] == FAMILY_PHONE
        assert (added.json()["verification"], added.json()["method"]) == ("matched", "agent")
        again = await ann.post(url, json={"kind": "phone", "value": FAMILY_PHONE})
        assert again.json()["code"] == "known_identifier"
        nonsense = await ann.post(url, json={"kind": "messenger", "value": "12345"})
        assert (nonsense.status_code, nonsense.json()["code"]) == (400, "malformed")
        messenger = await ann.post(url, json={"kind": "messenger", "value": "Telegram:12345"})
        assert messenger.json()["value"] == "telegram:12345"
        assert len((await ann.get(url)).json()["identifiers"]) == 3
        key = added.json()["key"]
        assert (await ann.delete(f"{url}/{key}")).status_code == 204
        assert (await ann.delete(f"{url}/{key}")).status_code == 404
        kinds = [one["kind"] for one in (await ann.get(url)).json()["identifiers"]]
    assert kinds == ["email", "messenger"]


async def test_whoever_only_claims_to_be_somebody_changes_nothing(house: House):
    jan = await jan_at_the_desk(house, CLAIMED)
    url = f"/customers/{jan}/identifiers"
    async with house.browser("ann") as ann:
        known = (await ann.get(url)).json()
        assert known["may_change"] is False
        refused = await ann.post(url, json={"kind": "email", "value": "thief@mail.example"})
        assert (refused.status_code, refused.json()["code"]) == (409, "verification_needed")
        key = known["identifiers"][0]["key"]
        assert (await ann.delete(f"{url}/{key}")).json()["code"] == "verification_needed"
    async with house.browser("sue") as sue:
        shown = (await sue.get(url)).json()
    assert shown["masked"] is True
    assert [one["value"] for one in shown["identifiers"]] == ["j···@m···.example"]


async def test_logins_are_a_supervisors_and_what_is_masked_is_nobodys(house: House):
    jan = await jan_at_the_desk(house)
    url = f"/customers/{jan}/identifiers"
    async with (
        house.browser("ann") as ann,
        house.browser("bob") as bob,
        house.browser("sue") as sue,
    ):
        refused = await ann.post(url, json={"kind": "login", "value": "jan"})
        assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
        cookie = await ann.post(url, json={"kind": "cookie", "value": "abc"})
        assert cookie.status_code == 400
        assert (await bob.get(url)).status_code == 404
        masked = await sue.post(url, json={"kind": "email", "value": "x@mail.example"})
        assert masked.json()["code"] == "masked"


async def test_a_verified_login_has_one_owner_in_the_tables_too(house: House):
    await house.directory.resolve([claim(LOGIN, "anna", VERIFIED)], source="chat")
    row = {
        "site": SITE,
        "kind": "login",
        "value": "anna",
        "customer": CustomerId("thief"),
        "verification": "verified",
        "source": "test",
        "created_at": 1,
    }
    with pytest.raises(IntegrityError):
        async with house.database.write() as connection:
            await connection.execute(identifier.insert().values(**row))


async def test_a_shared_number_says_with_how_many_it_is_shared(house: House):
    anna, _ = await family(house)
    async with house.browser("sue") as sue:
        known = (await sue.get(f"/customers/{anna}/identifiers")).json()["identifiers"]
    assert {(one["kind"], one["shared_with"]) for one in known} == {("email", 0), ("phone", 1)}
