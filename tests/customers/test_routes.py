from dataclasses import replace

import pytest

from tests.conversations.house import House
from warmline.core.words import CustomerId, Verification
from warmline.customers.model import Claim, IdentifierKind


async def known(house: House, name: str, email: str) -> CustomerId:
    claim = Claim(kind=IdentifierKind.EMAIL, value=email, verification=Verification.MATCHED)
    return (await house.directory.resolve([claim], source="mail", name=name)).someone


async def test_a_card_says_who_it_is_and_how_often_they_came(house: House):
    jan = await known(house, "Jan Żółw", "jan@mail.example")
    await house.available("ann")
    await house.arrive(customer=jan)
    async with house.browser("ann") as ann:
        card = (await ann.get(f"/customers/{jan}")).json()
    assert card["name"] == card["display_name"] == "Jan Żółw"
    assert card["verification"] == "matched"
    assert card["identifiers"] == [
        {
            "kind": "email",
            "value": "jan@mail.example",
            "verification": "matched",
            "method": "channel",
            "source": "mail",
        }
    ]
    assert card["counts"] == {"total": 1, "open": 1, "last_at": house.clock.now()}
    assert card["facts"] == []


@pytest.mark.parametrize("q", ["zolw", "Żół", "jan@ma", "JAN"])
async def test_a_customer_is_found_by_part_of_a_name_or_the_start_of_an_address(house: House, q):
    jan = await known(house, "Jan Żółw", "jan@mail.example")
    await known(house, "Ewa", "ewa@mail.example")
    async with house.browser("sue") as sue:
        found = (await sue.get("/customers", params={"q": q})).json()["customers"]
    assert [one["id"] for one in found] == [jan]


async def test_a_percent_sign_is_a_percent_sign(house: House):
    await known(house, "Jan", "jan@mail.example")
    async with house.browser("sue") as sue:
        assert (await sue.get("/customers", params={"q": "%%"})).json()["customers"] == []
        assert (await sue.get("/customers", params={"q": "%"})).status_code == 400


async def test_an_agent_sees_only_the_customers_of_their_interactions(house: House):
    jan = await known(house, "Jan", "jan@mail.example")
    ewa = await known(house, "Janina", "ewa@mail.example")
    await house.available("ann")
    await house.arrive(customer=jan)
    async with house.browser("ann") as ann, house.browser("ada") as ada:
        assert (await ann.get(f"/customers/{jan}")).status_code == 200
        for url in (f"/customers/{ewa}", f"/customers/{ewa}/timeline", "/customers/nobody"):
            assert (await ann.get(url)).status_code == 404
        assert (await ann.patch(f"/customers/{ewa}", json={"name": "x"})).status_code == 404
        found = (await ann.get("/customers?q=jan")).json()["customers"]
        assert [one["id"] for one in found] == [jan]
        assert (await ada.get(f"/customers/{jan}")).status_code == 403


async def test_the_timeline_runs_over_all_channels_and_both_records_of_one_person(house: House):
    jan = await known(house, "Jan", "jan@mail.example")
    found = [await house.arrive(customer=jan, inbox="shop-mail", text="By mail", subject="Zwrot")]
    login = Claim(kind=IdentifierKind.LOGIN, value="jan", verification=Verification.VERIFIED)
    verified = (await house.directory.resolve([login], source="chat")).customer
    for number in range(3):
        house.clock.on(1_000)
        found.append(await house.arrive(customer=verified, text=f"By chat {number}"))
    mail = Claim(
        kind=IdentifierKind.EMAIL, value="jan@mail.example", verification=Verification.VERIFIED
    )
    await house.directory.resolve([login, mail], source="chat")
    async with house.browser("sue") as sue:
        first = (await sue.get(f"/customers/{jan}/timeline?kind=conversation&limit=3")).json()
        second = (
            await sue.get(
                f"/customers/{jan}/timeline?kind=conversation&limit=3&before={first['next']}"
            )
        ).json()
    shown = first["entries"] + second["entries"]
    assert [one["interaction"] for one in shown] == found[::-1]
    assert [one["glimpse"] for one in shown] == ["By chat 2", "By chat 1", "By chat 0", "By mail"]
    assert {one["medium"] for one in shown} == {"chat", "email"}
    assert second["next"] is None


async def test_a_profile_is_corrected_and_the_audit_names_the_fields_alone(house: House):
    jan = await known(house, "Jan", "jan@mail.example")
    await house.available("ann")
    await house.arrive(customer=jan)
    async with house.browser("ann") as ann, house.browser("sue") as sue:
        changed = await ann.patch(
            f"/customers/{jan}", json={"name": "Jan Secretname", "note": "VIP"}
        )
        assert changed.json()["name"] == "Jan Secretname"
        refused = await ann.patch(f"/customers/{jan}", json={"segment": "gold"})
        assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
        assert (await sue.patch(f"/customers/{jan}", json={"segment": "gold"})).status_code == 200
        assert (await sue.patch(f"/customers/{jan}", json={"segment": "tin"})).status_code == 400
        assert (await sue.patch(f"/customers/{jan}", json={"age": 4})).status_code == 400
        assert (await sue.get("/customers?q=secretname")).json()["customers"][0]["id"] == jan
    async with house.database.read() as connection:
        told = (await connection.exec_driver_sql("SELECT * FROM audit")).mappings().all()
    assert [one["item"] for one in told] == [jan, jan]
    assert "Secretname" not in str(told)


async def test_a_supervisor_says_who_a_customers_own_contact_is(house: House):
    jan = await known(house, "Jan", "jan@mail.example")
    await house.available("ann")
    await house.arrive(customer=jan)
    own = {"owner_agent": "ann"}
    async with house.browser("ann") as ann, house.browser("sue") as sue:
        refused = await ann.patch(f"/customers/{jan}", json=own)
        assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
        assert (
            await sue.patch(f"/customers/{jan}", json={"owner_agent": "tin"})
        ).status_code == 400
        assert (await sue.patch(f"/customers/{jan}", json=own)).json()["owner_agent"] == "ann"
        assert (await ann.get(f"/customers/{jan}")).json()["owner_agent"] == "ann"
        claim = Claim(
            kind=IdentifierKind.EMAIL, value="jan@mail.example", verification=Verification.MATCHED
        )
        assert (await house.directory.resolve([claim], source="mail")).owner == "ann"
        typed = replace(claim, verification=Verification.CLAIMED)
        assert (await house.directory.resolve([typed], source="chat")).owner is None
        gone = await sue.patch(f"/customers/{jan}", json={"owner_agent": None})
        assert gone.json()["owner_agent"] is None


async def test_small_things_are_remembered_until_they_are_over(house: House):
    jan = await known(house, "Jan", "jan@mail.example")
    url = f"/customers/{jan}/facts"
    await house.available("ann")
    await house.arrive(customer=jan)
    async with house.browser("ann") as ann:
        kept = await ann.post(url, json={"text": "Has two cats"})
        assert kept.status_code == 201
        soon = house.clock.now() + 1_000
        await ann.post(url, json={"text": "On holiday", "expires_at": soon})
        assert (await ann.post(url, json={"text": "x", "expires_at": 5})).status_code == 400
        assert (await ann.post(url, json={"text": "  "})).status_code == 400
        facts = (await ann.get(f"/customers/{jan}")).json()["facts"]
        assert {one["text"] for one in facts} == {"Has two cats", "On holiday"}
        assert {one["author_name"] for one in facts} == {"Ann"}
        house.clock.on(1_000)
        facts = (await ann.get(f"/customers/{jan}")).json()["facts"]
        assert [one["text"] for one in facts] == ["Has two cats"]
        assert (await ann.delete(f"{url}/{kept.json()['id']}")).status_code == 204
        assert (await ann.delete(f"{url}/{kept.json()['id']}")).status_code == 404
        assert (await ann.get(f"/customers/{jan}")).json()["facts"] == []
