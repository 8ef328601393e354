"""Making sure at the desk who it is: codes, PIN, questions, limits, and what each level allows."""

import re
from typing import Any

import pytest

from tests.conversations.house import SITE, House
from tests.customers.desk_calls import CLAIMED, EMAIL, VERIFIED, claim, held_by_ann
from warmline.core.words import HOUR, MINUTE
from warmline.customers.tables import identifier
from warmline.customers.verification import PER_VALUE, TRIES

ADDRESS = "jan@mail.example"


async def claimant(house: House):
    """Somebody who typed Jan's address into a chat, and Ann holds it."""
    await house.directory.resolve([claim(EMAIL, ADDRESS)], source="mail", name="Jan")
    found = await house.directory.resolve([claim(EMAIL, ADDRESS, CLAIMED)], source="chat")
    interaction = await held_by_ann(house, found)
    return found.customer, interaction


async def send_code(ann, who, interaction=None):
    ways = (await ann.get(f"/customers/{who}/verifications")).json()
    body = {"method": "code", "identifier": ways["code_to"][0]["key"], "interaction": interaction}
    return await ann.post(f"/customers/{who}/verifications", json=body)


def code_in(house: House) -> str:
    to, text = house.sent.mails[-1]
    assert to == ADDRESS
    return re.findall(r"\d{6}", text)[0]


async def test_a_code_by_mail_verifies_the_person_the_address_and_the_talk(house: House):
    jan, interaction = await claimant(house)
    url = f"/customers/{jan}/verifications"
    async with house.browser("ann") as ann:
        before = (await ann.get(url)).json()
        assert before["level"] == "claimed"
        assert before["may"] == {
            "change_contact": False, "order_details": False, "set_pin": False, "personal_data": False,
        }  # fmt: skip
        assert (before["by_mail"], before["by_text"], before["pin"]) == (True, False, False)
        begun = (await send_code(ann, jan, interaction)).json()
        wrong = "000000" if code_in(house) != "000000" else "111111"
        tried = (await ann.post(f"{url}/{begun['id']}", json={"digits": wrong})).json()
        assert tried == {"state": "open", "left": TRIES - 1, "level": "claimed"}
        right = (await ann.post(f"{url}/{begun['id']}", json={"digits": code_in(house)})).json()
        assert (right["state"], right["level"]) == ("passed", "verified")
        live = house.engine.center().interactions[interaction]
        assert live.verification is VERIFIED
        after = (await ann.get(url)).json()
        assert set(after["may"].values()) == {True}
        known = (await ann.get(f"/customers/{jan}/identifiers")).json()["identifiers"]
        assert [(one["verification"], one["method"]) for one in known] == [("verified", "code")]
        again = await ann.post(f"{url}/{begun['id']}", json={"digits": code_in(house)})
        assert again.json()["code"] == "verification_over"


async def test_no_code_is_kept_to_be_read(house: House):
    jan, _ = await claimant(house)
    async with house.browser("ann") as ann:
        await send_code(ann, jan)
    async with house.database.read() as connection:
        found = await connection.exec_driver_sql("SELECT secret FROM verification_attempt")
        secret = found.scalar_one()
    assert secret.startswith("$argon2id$")
    assert code_in(house) not in secret


async def test_a_code_is_good_for_five_tries_and_ten_minutes(house: House):
    jan, _ = await claimant(house)
    url = f"/customers/{jan}/verifications"
    async with house.browser("ann") as ann:
        begun = (await send_code(ann, jan)).json()
        wrong = "000000" if code_in(house) != "000000" else "111111"
        states = [
            (await ann.post(f"{url}/{begun['id']}", json={"digits": wrong})).json()["state"]
            for _ in range(TRIES)
        ]
        assert states == ["open"] * (TRIES - 1) + ["failed"]
        late = await ann.post(f"{url}/{begun['id']}", json={"digits": code_in(house)})
        assert late.json()["code"] == "verification_over"
        begun = (await send_code(ann, jan)).json()
        house.clock.on(10 * MINUTE)
        late = await ann.post(f"{url}/{begun['id']}", json={"digits": code_in(house)})
        assert late.json()["code"] == "verification_over"


async def test_so_many_codes_an_hour_go_to_one_address(house: House):
    jan, _ = await claimant(house)
    async with house.browser("ann") as ann:
        for _ in range(PER_VALUE):
            assert (await send_code(ann, jan)).status_code == 201
        refused = (await send_code(ann, jan)).json()
        assert (refused["code"], refused["what"]) == ("verification_limit", "address")
        house.clock.on(HOUR + 1)
        assert (await send_code(ann, jan)).status_code == 201


async def test_no_code_goes_to_an_address_that_others_have_too(house: House):
    jan, _ = await claimant(house)
    shared = claim(EMAIL, "family@mail.example")
    await house.directory.resolve([shared], source="mail", name="Eva")
    async with house.database.write() as connection:
        row = {"site": SITE, "kind": "email", "value": shared.value, "customer": jan}
        more = {"verification": "matched", "source": "test", "created_at": 1}
        await connection.execute(identifier.insert().values(**row, **more))
    async with house.browser("ann") as ann:
        ways = (await ann.get(f"/customers/{jan}/verifications")).json()
        assert [one["value"] for one in ways["code_to"]] == [ADDRESS]
        known = (await ann.get(f"/customers/{jan}/identifiers")).json()["identifiers"]
        key = next(one["key"] for one in known if one["value"] == shared.value)
        body = {"method": "code", "identifier": key}
        refused = await ann.post(f"/customers/{jan}/verifications", json=body)
    assert refused.json()["code"] == "shared_address"
    assert house.sent.mails == []


async def test_nobody_else_answers_an_attempt(house: House):
    jan, _ = await claimant(house)
    async with house.browser("ann") as ann, house.browser("bob") as bob:
        begun = (await send_code(ann, jan)).json()
        url = f"/customers/{jan}/verifications/{begun['id']}"
        assert (await bob.post(url, json={"digits": code_in(house)})).status_code == 404


async def test_two_right_answers_of_three_are_enough_and_one_is_not(house: House):
    jan, interaction = await claimant(house)
    url = f"/customers/{jan}/verifications"
    async with house.browser("ann") as ann:
        begun = (
            await ann.post(url, json={"method": "questions", "interaction": interaction})
        ).json()
        assert begun["right_needed"] == 2
        assert begun["asked"][0]["known"] == [ADDRESS]
        ids = [one["id"] for one in begun["asked"]]
        partly = await ann.post(f"{url}/{begun['id']}", json={"answers": {ids[0]: True}})
        assert partly.status_code == 400
        answers = dict.fromkeys(ids, False) | {ids[0]: True}
        failed = (await ann.post(f"{url}/{begun['id']}", json={"answers": answers})).json()
        assert (failed["state"], failed["level"]) == ("failed", "claimed")
        begun = (
            await ann.post(url, json={"method": "questions", "interaction": interaction})
        ).json()
        passed = await ann.post(f"{url}/{begun['id']}", json={"answers": dict.fromkeys(ids, True)})
        assert passed.json()["state"] == "passed"
    assert house.engine.center().interactions[interaction].verification is VERIFIED


@pytest.mark.parametrize("digits", ["123", "1111", "1234", "9876", "12a4", "123456789"])
async def test_a_pin_that_is_first_guessed_is_refused(house: House, digits):
    jan, _ = await claimant(house)
    async with house.browser("ann") as ann:
        begun = (await send_code(ann, jan)).json()
        url = f"/customers/{jan}/verifications/{begun['id']}"
        await ann.post(url, json={"digits": code_in(house)})
        assert (await ann.put(f"/customers/{jan}/pin", json={"digits": digits})).status_code == 400


async def test_a_pin_is_set_by_the_verified_alone_and_shows_who_it_is(house: House):
    jan, interaction = await claimant(house)
    url = f"/customers/{jan}/verifications"
    async with house.browser("ann") as ann:
        none = await ann.post(url, json={"method": "pin"})
        assert none.json()["code"] == "no_pin"
        refused = await ann.put(f"/customers/{jan}/pin", json={"digits": "4711"})
        assert (refused.json()["code"], refused.json()["level"]) == (
            "verification_needed",
            "verified",
        )
        begun = (await send_code(ann, jan)).json()
        await ann.post(f"{url}/{begun['id']}", json={"digits": code_in(house)})
        assert (await ann.put(f"/customers/{jan}/pin", json={"digits": "4711"})).status_code == 204
        house.clock.on(HOUR)
        begun = (await ann.post(url, json={"method": "pin", "interaction": interaction})).json()
        wrong = (await ann.post(f"{url}/{begun['id']}", json={"digits": "4712"})).json()
        assert wrong["state"] == "open"
        right = (await ann.post(f"{url}/{begun['id']}", json={"digits": "4711"})).json()
        assert right["state"] == "passed"


async def test_failures_and_shared_numbers_are_noted_for_the_agent(house: House):
    jan, _ = await claimant(house)
    url = f"/customers/{jan}/verifications"
    async with house.browser("ann") as ann:
        assert (await ann.get(f"/customers/{jan}")).json()["risk"] == {
            "level": "none",
            "reasons": [],
        }
        for _ in range(3):
            begun = (await ann.post(url, json={"method": "questions"})).json()
            answers = {one["id"]: False for one in begun["asked"]}
            await ann.post(f"{url}/{begun['id']}", json={"answers": answers})
        risk = (await ann.get(f"/customers/{jan}")).json()["risk"]
    assert risk == {"level": "high", "reasons": [{"code": "failed_verifications", "count": 3}]}


async def test_administrators_say_what_is_asked_and_how_sure_it_must_be(house: House):
    async with house.browser("ada") as ada, house.browser("ann") as ann:
        rules = (await ann.get("/verification-rules")).json()
        assert rules["levels"]["set_pin"] == "verified"
        assert (await ann.put("/verification-rules", json={})).status_code == 403
        body: dict[str, Any] = {
            "levels": {"change_contact": "claimed"},
            "questions": [{"id": "pet", "texts": {"pl": "Jak wabi się pies?"}}],
        }
        changed = (await ada.put("/verification-rules", json=body)).json()
        assert changed["levels"]["change_contact"] == "claimed"
        assert [one["id"] for one in changed["questions"]] == ["pet"]
        twice = {"questions": [body["questions"][0]] * 2}
        assert (await ada.put("/verification-rules", json=twice)).status_code == 400
        assert (
            await ada.put("/verification-rules", json={"levels": {"fly": "claimed"}})
        ).status_code == 400
    jan, _ = await claimant(house)
    async with house.browser("ann") as ann:
        added = await ann.post(
            f"/customers/{jan}/identifiers", json={"kind": "email", "value": "new@mail.example"}
        )
        assert added.status_code == 201
        few = await ann.post(f"/customers/{jan}/verifications", json={"method": "questions"})
        assert few.json()["code"] == "no_questions"
