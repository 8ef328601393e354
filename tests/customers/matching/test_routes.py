"""The duplicates screen's door: suggestions, decisions, merges, thresholds, who may."""

from typing import Any

from tests.conversations.house import PEOPLE, House
from tests.customers.matching.test_search import PHONE, searched, somebody
from warmline.core.commands import Reveal
from warmline.core.words import CustomerId
from warmline.security.tables import audit
from warmline.storage.rows import rows

MAIL = ("email", "kowalska77@mail.example")


async def a_suggestion(house: House) -> tuple[CustomerId, CustomerId]:
    """Two who may be one: an initial, and a number that a family could share."""
    one = await somebody(house, "A. Kowalska", PHONE)
    house.clock.on(1)
    other = await somebody(house, "Anna Kowalska", PHONE, ("cookie", "c-1"))
    await searched(house)
    return one, other


async def listed(house: House, state: str = "open") -> dict[str, Any]:
    async with house.browser("sue") as browser:
        answer = await browser.get("/duplicates", params={"state": state})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def decided(house: House, pair: tuple[str, str], **body: str) -> dict[str, Any]:
    async with house.browser("sue") as browser:
        answer = await browser.post(f"/duplicates/{pair[0]}/{pair[1]}", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_suggestion_says_why_without_saying_whom(house: House):
    pair = await a_suggestion(house)
    found = await listed(house)
    assert found["total"] == 1
    shown = found["duplicates"][0]
    assert {one["id"] for one in shown["people"]} == set(pair)
    assert 0.5 < shown["share"] < 0.95
    assert {"given_initial", "surname_same", "phone_same"} <= {t["code"] for t in shown["terms"]}
    assert all(one["masked"] for one in shown["people"])
    numbers = [{i["number"] for i in one["identifiers"]} for one in shown["people"]]
    assert len(numbers[0] & numbers[1]) == 1
    assert "Kowalska" not in str(found)
    assert "501234567" not in str(found)


async def test_who_reveals_a_person_sees_their_values(house: House):
    one, other = await a_suggestion(house)
    from tests.conversations.house import PEOPLE

    await house.do(Reveal, by=PEOPLE["sue"], customer=one, cause="other")
    people = {p["id"]: p for p in (await listed(house))["duplicates"][0]["people"]}
    assert (people[one]["name"], people[one]["masked"]) == ("A. Kowalska", False)
    assert people[one]["identifiers"][0]["value"] == PHONE[1]
    assert people[other]["masked"] is True


async def test_a_person_joins_a_suggested_pair_and_takes_it_back(house: House):
    one, other = await a_suggestion(house)
    made = await decided(house, (one, other), decision="merge", stays=other)
    assert await house.directory.same(one) == (other, one)
    assert (await listed(house))["total"] == 0
    async with house.browser("sue") as browser:
        merges = (await browser.get("/merges", params={"customer": one})).json()["merges"]
        assert [(m["id"], m["cause"], m["into"]["id"]) for m in merges] == [
            (made["merge"], "hand", other)
        ]
        assert merges[0]["by_name"] == "Sue"
        back = await browser.post(f"/merges/{made['merge']}/undo")
        assert back.status_code == 200
    assert await house.directory.same(one) == (one,)
    await searched(house)
    assert (await listed(house))["total"] == 0
    assert (await listed(house, "refused"))["total"] == 1
    async with house.database.read() as connection:
        kept = await rows(connection, audit.select().where(audit.c.kind == "merge"))
    assert sorted((a["action"], a["item"], a["user"]) for a in kept) == [
        ("merged", made["merge"], "u-sue"),
        ("undone", made["merge"], "u-sue"),
    ]


async def test_not_the_same_is_remembered(house: House):
    pair = await a_suggestion(house)
    await decided(house, pair, decision="apart")
    await searched(house)
    assert (await listed(house))["total"] == 0
    assert (await listed(house, "refused"))["total"] == 1


async def test_later_comes_back_after_a_month(house: House):
    pair = await a_suggestion(house)
    await decided(house, pair, decision="later")
    await searched(house)
    assert (await listed(house))["total"] == 0
    house.clock.on(31 * 24 * 3_600_000)
    assert (await listed(house))["total"] == 1


async def test_a_suggestion_that_is_none_any_more_goes(house: House):
    one, _ = await a_suggestion(house)
    house.clock.on(120_000)
    await house.do(Reveal, by=PEOPLE["sue"], customer=one, cause="other")
    async with house.browser("sue") as browser:
        changed = await browser.patch(f"/customers/{one}", json={"name": "Zenon Wilk"})
        assert changed.is_success, changed.text
    await house.matching.settle()
    assert (await listed(house))["total"] == 0


async def test_thresholds_are_settings(house: House):
    given = {"suggest_pct": 30.0, "automatic_pct": 99.9, "automatic": False}
    async with house.browser("sue") as browser:
        assert (await browser.put("/duplicates/settings", json=given)).status_code == 200
        assert (await browser.get("/duplicates/settings")).json() == given
        wrong = given | {"suggest_pct": 99.8, "automatic_pct": 90}
        assert (await browser.put("/duplicates/settings", json=wrong)).status_code == 400
    one = await somebody(house, "Anna Kowalska", PHONE, MAIL)
    await somebody(house, "Anna Kowalska", PHONE, MAIL)
    await searched(house)
    assert await house.directory.same(one) == (one,)
    assert (await listed(house))["total"] == 1


async def test_two_that_nobody_suggested_can_be_joined(house: House):
    one, other = await somebody(house, "Ewa"), await somebody(house, "Adam")
    async with house.browser("sue") as browser:
        same = await browser.post("/merges", json={"other": one, "into": one})
        assert same.status_code == 400
        nobody = await browser.post("/merges", json={"other": "nobody", "into": one})
        assert nobody.status_code == 404
        made = await browser.post("/merges", json={"other": one, "into": other})
        assert made.status_code == 201
    assert await house.directory.same(one) == (other, one)


async def test_a_full_search_runs_in_a_process_of_its_own(house: House):
    one = await somebody(house, "Anna Kowalska", PHONE, MAIL)
    house.clock.on(1)
    other = await somebody(house, "Kowalska Anna", PHONE, MAIL)
    async with house.browser("sue") as browser:
        assert (await browser.post("/duplicates/search")).status_code == 202
        busy = await browser.post("/duplicates/search")
        assert (busy.status_code, busy.json()["code"]) == (409, "search_running")
        await house.matching.settle()
        done = (await browser.get("/duplicates/search")).json()
    assert (done["running"], done["joined"], done["customers"]) == (False, 1, 2)
    assert await house.directory.same(other) == (one, other)
    async with house.database.read() as connection:
        kept = await rows(connection, audit.select().where(audit.c.kind == "merge"))
    assert [one["action"] for one in kept] == ["merged"]


async def test_agents_neither_merge_nor_split(house: House):
    one, other = await a_suggestion(house)
    async with house.browser("ann") as browser:
        answers = [
            await browser.get("/duplicates"),
            await browser.post(f"/duplicates/{one}/{other}", json={"decision": "merge"}),
            await browser.post("/merges", json={"other": one, "into": other}),
            await browser.post(f"/customers/{one}/split", json={"facts": ["f"]}),
            await browser.get("/merges"),
        ]
    assert {answer.status_code for answer in answers} == {403}
