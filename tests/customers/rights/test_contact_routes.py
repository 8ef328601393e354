"""Consent, wishes and flags through the API: kept, told, heeded, and closed to who may not."""

import pytest

from tests.conversations.house import House
from warmline.core.words import CustomerId, Verification
from warmline.customers.model import Claim, IdentifierKind
from warmline.customers.rights.model import Purpose, Way

REVEAL = {"cause": "legal", "reason": "asks what is kept"}


async def jan(house: House, *claims: tuple[IdentifierKind, str]) -> CustomerId:
    listed = [
        Claim(kind=kind, value=value, verification=Verification.VERIFIED)
        for kind, value in claims or ((IdentifierKind.EMAIL, "jan@mail.example"),)
    ]
    who = (await house.directory.resolve(listed, source="mail", name="Jan")).customer
    assert who is not None
    return who


def said(purpose: str = "marketing", **more: object) -> dict[str, object]:
    statement = {"purpose": purpose, "given": True, "proof": "ticked the box", "source": "web"}
    return statement | more


async def test_what_was_said_is_kept_and_the_newest_counts(house: House):
    who = await jan(house)
    async with house.browser("sue") as sue:
        path = f"/customers/{who}/consents"
        assert (await sue.post(path, json=said())).status_code == 201
        house.clock.on(1000)
        assert (await sue.post(path, json=said(given=False, channel="email"))).is_success
        kept = (await sue.get(path)).json()
        assert [(one["channel"], one["given"]) for one in kept["history"]] == [
            ("email", False), (None, True),
        ]  # fmt: skip
        assert [(one["channel"], one["given"]) for one in kept["standing"]] == [
            (None, True), ("email", False),
        ]  # fmt: skip
        assert {one["proof"] for one in kept["history"]} == {"···"}
        assert kept["history"][0]["by_name"] == "Sue"
        assert (await sue.post("/reveals", json=REVEAL | {"customer": who})).is_success
        opened = (await sue.get(path)).json()["history"]
        assert {one["proof"] for one in opened} == {"ticked the box"}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"purpose": "fun"}, "purpose"),
        ({"channel": "pigeon"}, "channel"),
        ({"proof": ""}, "proof"),
        ({"proof": "x" * 501}, "proof"),
        ({"proof": "   "}, "proof"),
        ({"source": "Über"}, "source"),
        ({"at": 9_999_999_999_999}, "at"),
        ({"more": 1}, "more"),
    ],
)
async def test_a_statement_that_makes_no_sense_is_refused(
    house: House, change: dict[str, object], field: str
):
    who = await jan(house)
    async with house.browser("sue") as sue:
        answer = await sue.post(f"/customers/{who}/consents", json=said() | change)
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["field"] == field


async def test_an_agent_sees_only_own_customers_and_an_administrator_all(house: House):
    who = await jan(house)
    async with house.browser("ann") as ann, house.browser("ada") as ada:
        for path in ("consents", "flags", "preference"):
            assert (await ann.get(f"/customers/{who}/{path}")).status_code == 404
            assert (await ada.get(f"/customers/{who}/{path}")).status_code == 200
        assert (await ada.get("/customers/nobody/consents")).status_code == 404
        question = f"/customers/{who}/may-contact?purpose=service&channel=email"
        assert (await ann.get(question)).status_code == 404
        await house.available("ann")
        await house.accept(await house.arrive(customer=who))
        assert (await ann.get(f"/customers/{who}/consents")).status_code == 200
        assert (await ann.put(f"/customers/{who}/flags/abusive", json={})).status_code == 403


async def test_the_question_is_answered_with_reasons(house: House):
    who = await jan(house)
    async with house.browser("sue") as sue:
        path = f"/customers/{who}/may-contact?purpose=marketing&channel=phone"
        answer = (await sue.get(path)).json()
        assert answer["allowed"] is False
        assert answer["reasons"] == ["no_consent", "unreachable"]
        assert answer["earliest"] is None
        await sue.post(f"/customers/{who}/consents", json=said())
        mail = (await sue.get(path.replace("phone", "email"))).json()
        assert mail == {"allowed": True, "preferred": None}
        async with house.database.write() as connection:
            await house.rights.contacts.made(connection, who, Purpose.MARKETING, Way.EMAIL)
        full = (await sue.get(path.replace("phone", "email"))).json()
        assert (full["reason"], full["facts"]) == ("cap", {"most": 1, "days": 7})
        assert full["earliest"] == house.clock.now() + 7 * 86_400_000
        later = path.replace("phone", "email") + f"&at={full['earliest']}"
        assert (await sue.get(later)).json()["allowed"] is True
        wrong = await sue.get(f"/customers/{who}/may-contact?purpose=fun&channel=email")
        assert wrong.status_code == 400


async def test_an_open_conversation_may_always_be_answered(house: House):
    who = await jan(house)
    async with house.browser("sue") as sue:
        await sue.put(f"/customers/{who}/flags/restricted", json={"note": "by letter"})
        path = f"/customers/{who}/may-contact?purpose=service&channel=email"
        assert (await sue.get(path)).json()["reason"] == "restricted"
        await house.arrive(customer=who)
        assert (await sue.get(path)).json()["allowed"] is True


async def test_wishes_are_kept_and_their_hours_are_hours(house: House):
    who = await jan(house, (IdentifierKind.PHONE, "+48501234567"))
    async with house.browser("sue") as sue:
        path = f"/customers/{who}/preference"
        assert (await sue.get(path)).json()["default"]["quiet_from"] == 20 * 60
        wish = {"channel": "phone", "quiet_from": 0, "quiet_until": 1439, "zone": "Asia/Tokyo"}
        assert (await sue.put(path, json=wish)).json() == wish
        shown = (await sue.get(path)).json()
        assert {name: shown[name] for name in wish} == wish
        call = await sue.get(f"/customers/{who}/may-contact?purpose=courtesy&channel=phone")
        assert call.json()["reason"] == "quiet_hours"
        for wrong, field in (
            ({"zone": "Mars/Base"}, "zone"),
            ({"quiet_from": 60}, "quiet_until"),
            ({"quiet_from": 1440, "quiet_until": 0}, "quiet_from"),
        ):
            answer = await sue.put(path, json=wrong)
            assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, field)


async def test_flags_are_set_told_and_cleared(house: House):
    who = await jan(house)
    async with house.browser("sue") as sue:
        path = f"/customers/{who}/flags"
        assert (await sue.put(f"{path}/deceased", json={"note": "his son called"})).is_success
        since = house.clock.now()
        house.clock.on(1000)
        assert (await sue.put(f"{path}/deceased", json={"note": "and wrote"})).is_success
        (one,) = (await sue.get(path)).json()["flags"]
        assert (one["flag"], one["since"], one["note"]) == ("deceased", since, "···")
        await sue.post("/reveals", json=REVEAL | {"customer": who})
        assert (await sue.get(path)).json()["flags"][0]["note"] == "and wrote"
        assert (await sue.put(f"{path}/grumpy", json={})).status_code == 400
        assert (await sue.delete(f"{path}/deceased")).status_code == 204
        assert (await sue.delete(f"{path}/deceased")).status_code == 404
        assert (await sue.get(path)).json()["flags"] == []


async def test_the_rules_of_the_site_are_an_administrators(house: House):
    who = await jan(house)
    async with house.browser("ada") as ada, house.browser("sue") as sue:
        rules = (await sue.get("/contact-rules")).json()
        assert rules["asks_consent"] == ["marketing", "profiling", "survey"]
        rules |= {
            "asks_consent": [],
            "caps": [{"most": 1, "days": 2, "purpose": None, "channel": "email"}],
        }
        assert (await sue.put("/contact-rules", json=rules)).status_code == 403
        assert (await ada.put("/contact-rules", json=rules)).json() == rules
        assert (await ada.get("/contact-rules")).json() == rules
        question = f"/customers/{who}/may-contact?purpose=marketing&channel=email"
        assert (await sue.get(question)).json()["allowed"] is True
        for wrong in ({"most": 0, "days": 1}, {"most": 1, "days": 0}, {"most": 1}):
            answer = await ada.put("/contact-rules", json=rules | {"caps": [wrong]})
            assert answer.status_code == 400


async def test_two_records_of_one_person_are_one(house: House):
    old = await jan(house)
    other = await jan(house, (IdentifierKind.LOGIN, "jan"))
    async with house.browser("sue") as sue:
        await sue.post(f"/customers/{old}/consents", json=said())
        await sue.put(f"/customers/{other}/flags/abusive", json={})
        joined = await jan(
            house, (IdentifierKind.LOGIN, "jan"), (IdentifierKind.EMAIL, "jan@mail.example")
        )
        assert joined in {old, other}
        for id_ in (old, other):
            assert len((await sue.get(f"/customers/{id_}/consents")).json()["history"]) == 1
            assert len((await sue.get(f"/customers/{id_}/flags")).json()["flags"]) == 1
