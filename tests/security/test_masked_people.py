"""Who sees a customer unmasked: who works with them, for a while after, and who says why."""

from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.conversations.house import PEOPLE, SITE, START, House, running_house
from warmline.conversations.model import Envelope
from warmline.core import commands as c
from warmline.core import events as e
from warmline.core.masking import DOTS
from warmline.core.words import (
    HOUR,
    MINUTE,
    AgentId,
    CustomerId,
    InteractionId,
    UserId,
    Verification,
)
from warmline.customers.model import Claim, IdentifierKind
from warmline.security.tables import audit
from warmline.storage.rows import rows

NAME, MAIL, PHONE = "Jan Żółw", "jan@mail.example", "+48501234567"
MASKED = {"name": "J··· Ż···", "email": "j···@m···.example", "phone": "+48 ··· ··67"}
WHY = {"cause": "complaint", "reason": "Checks what was promised"}
SECRETS = ("Żółw", "jan@", "501234567", "two cats", "VIP")


@pytest.fixture
async def house(tmp_path: Path) -> AsyncGenerator[House]:
    async with running_house(tmp_path / "data") as house:
        yield house


async def known(house: House) -> CustomerId:
    claims = [
        Claim(kind=IdentifierKind.EMAIL, value=MAIL, verification=Verification.MATCHED),
        Claim(kind=IdentifierKind.PHONE, value=PHONE, verification=Verification.MATCHED),
    ]
    return (await house.directory.resolve(claims, source="mail", name=NAME)).someone


async def card_of(house: House, who: str, customer: str) -> dict[str, Any]:
    async with house.browser(who) as browser:
        answer = await browser.get(f"/customers/{customer}")
        assert answer.status_code == 200, answer.text
        return answer.json()


async def reveal(browser: httpx.AsyncClient, customer: str, **why: str) -> httpx.Response:
    return await browser.post("/reveals", json={"customer": customer, **WHY, **why})


async def held(house: House, customer: CustomerId) -> InteractionId:
    await house.available("ann")
    interaction = await house.arrive(customer=customer)
    await house.accept(interaction)
    return interaction


async def test_a_supervisor_who_has_nothing_to_do_with_a_customer_sees_hints(house: House):
    jan = await known(house)
    await held(house, jan)
    async with house.browser("ann") as ann:
        await ann.patch(f"/customers/{jan}", json={"note": "VIP"})
        await ann.post(f"/customers/{jan}/facts", json={"text": "Has two cats"})
    card = await card_of(house, "sue", jan)
    assert card["masked"] is True
    assert (card["name"], card["display_name"], card["note"]) == (MASKED["name"],) * 2 + (DOTS,)
    assert {one["kind"]: one["value"] for one in card["identifiers"]} == {
        kind: MASKED[kind] for kind in ("email", "phone")
    }
    assert [one["text"] for one in card["facts"]] == [DOTS]
    assert not any(secret in str(card) for secret in SECRETS)
    own = await card_of(house, "ann", jan)
    assert (own["masked"], own["name"], own["note"]) == (False, NAME, "VIP")


async def test_from_the_offer_to_a_quarter_of_an_hour_after_the_end_a_customer_is_open(
    house: House,
):
    jan = await known(house)
    await house.available("ann")
    interaction = await house.arrive(customer=jan)
    assert (await card_of(house, "ann", jan))["name"] == NAME  # offered
    await house.accept(interaction)
    assert (await card_of(house, "ann", jan))["open_until"] is None
    await house.finish(interaction)
    await house.settled()
    over = house.clock.now() + 15 * MINUTE
    card = await card_of(house, "ann", jan)
    assert (card["name"], card["open_until"]) == (NAME, over)
    house.clock.on(15 * MINUTE - 1)
    assert (await card_of(house, "ann", jan))["name"] == NAME
    house.clock.on(1)
    card = await card_of(house, "ann", jan)
    assert (card["name"], card["masked"], card["open_until"]) == (MASKED["name"], True, None)


async def test_who_is_consulted_sees_whom_it_is_about(house: House):
    jan = await known(house)
    interaction = await held(house, jan)
    await house.available("bob")
    await house.do(
        c.Consult,
        by=PEOPLE["ann"],
        interaction=interaction,
        colleague=AgentId("bob"),
        consult="q-1",
    )
    assert (await card_of(house, "bob", jan))["name"] == NAME


async def test_a_person_is_open_by_every_id_they_had(house: House):
    jan = await known(house)
    login = Claim(kind=IdentifierKind.LOGIN, value="jan", verification=Verification.VERIFIED)
    other = (await house.directory.resolve([login], source="chat")).someone
    await held(house, jan)
    mail = Claim(kind=IdentifierKind.EMAIL, value=MAIL, verification=Verification.VERIFIED)
    await house.directory.resolve([login, mail], source="chat")
    for id_ in (jan, other):
        assert (await card_of(house, "ann", id_))["masked"] is False
        assert (await card_of(house, "sue", id_))["masked"] is True


async def test_lists_and_heads_name_only_whom_the_reader_works_with(house: House):
    jan = await known(house)
    interaction = await held(house, jan)
    await house.settled()
    async with house.browser("sue") as sue, house.browser("ann") as ann:
        for browser, name, masked in ((sue, MASKED["name"], True), (ann, NAME, False)):
            listed = (await browser.get("/interactions")).json()["interactions"][0]
            head = (await browser.get(f"/conversations/{interaction}")).json()
            said = (await browser.get(f"/conversations/{interaction}/messages")).json()
            for one in (listed, head):
                assert (one["customer_name"], one["masked"]) == (name, masked)
            assert said["messages"][0]["name"] == name


async def test_a_mail_shows_its_words_and_hides_its_addresses(house: House):
    jan = await known(house)
    await house.available("ann")
    envelope = Envelope(
        sender=f"{NAME} <{MAIL}>",
        to=("Help <help@shop.example>",),
        cc=("ewa@other.example",),
        subject="Zwrot",
        message_id="<1@jan-laptop.example>",
    )
    interaction = await house.arrive(
        inbox="shop-mail", customer=jan, subject="Zwrot", text="Oddaję buty", envelope=envelope
    )
    await house.accept(interaction)
    url = f"/conversations/{interaction}/messages"
    async with house.browser("sue") as sue, house.browser("ann") as ann:
        message = (await sue.get(url)).json()["messages"][0]
        assert (message["text"], message["email"]["subject"]) == ("Oddaję buty", "Zwrot")
        assert message["email"]["from"] == "J··· Ż··· <j···@m···.example>"
        assert message["email"]["to"] == ["Help <help@shop.example>"]
        assert message["email"]["cc"] == ["e···@o···.example"]
        assert message["email"]["message_id"] is None
        refused = await sue.get(f"{url}/{message['id']}/original?raw=true")
        assert (refused.status_code, refused.json()["code"]) == (409, "masked")
        own = (await ann.get(url)).json()["messages"][0]
        assert own["email"]["from"] == envelope.sender
        written = {"text": "x", "to": [message["email"]["cc"][0]]}
        answer = await ann.post(url, json=written)
        assert answer.json()["errors"][0]["code"] == "masked"


async def test_a_search_shows_at_most_five_of_those_who_are_not_open(house: House):
    for number in range(8):
        claim = Claim(
            kind=IdentifierKind.EMAIL,
            value=f"jan{number}@mail.example",
            verification=Verification.MATCHED,
        )
        await house.directory.resolve([claim], source="mail", name=f"Jan Żółw {number}")
    async with house.browser("sue") as sue:
        found = (await sue.get("/customers", params={"q": "żółw"})).json()
    assert [one["name"] for one in found["customers"]] == ["J··· Ż··· ···"] * 5
    assert found["more"] is True


async def test_what_one_does_not_see_one_does_not_correct(house: House):
    jan = await known(house)
    async with house.browser("sue") as sue:
        for field in ("name", "note"):
            refused = await sue.patch(f"/customers/{jan}", json={field: MASKED["name"] + "x"})
            assert (refused.status_code, refused.json()["code"]) == (409, "masked")
        kept = await sue.patch(f"/customers/{jan}", json={"language": "pl"})
        assert (kept.json()["language"], kept.json()["name"]) == ("pl", MASKED["name"])
        await reveal(sue, jan)
        assert (await sue.patch(f"/customers/{jan}", json={"note": "VIP"})).json()["note"] == "VIP"


async def test_a_reveal_opens_one_person_to_one_user_for_a_quarter_of_an_hour(house: House):
    jan = await known(house)
    eve = await known_by_mail(house, "ewa@mail.example")
    async with house.browser("sue") as sue:
        told = await reveal(sue, jan)
        assert told.status_code == 201
        answer = told.json()
        assert (answer["left"], answer["limit"], answer["again_at"]) == (19, 20, None)
        assert answer["open_until"] == house.clock.now() + 15 * MINUTE
    card = await card_of(house, "sue", jan)
    assert (card["name"], card["open_until"]) == (NAME, answer["open_until"])
    assert (await card_of(house, "sue", eve))["masked"] is True
    house.clock.on(15 * MINUTE)
    assert (await card_of(house, "sue", jan))["masked"] is True


async def test_each_reveal_is_an_event_and_a_row_of_the_audit_without_the_persons_name(
    house: House,
):
    jan = await known(house)
    async with house.browser("sue") as sue:
        await reveal(sue, jan)
        again = await reveal(sue, jan)
        assert again.json()["left"] == 19, "who sees somebody already need not look"
    told = [one.event for one in await house.log() if isinstance(one.event, e.Revealed)]
    assert told == [e.Revealed(at=START, user=UserId("u-sue"), customer=jan, cause="complaint")]
    async with house.database.read() as connection:
        kept = await rows(connection, audit.select().where(audit.c.site == SITE))
    assert [(one["user"], one["action"], one["kind"], one["item"]) for one in kept] == [
        ("u-sue", "revealed", "customer", jan)
    ]
    assert kept[0]["after"] == WHY
    assert not any(secret in str((told, kept)) for secret in SECRETS)


async def test_the_twenty_first_reveal_of_an_hour_is_refused_and_told_when(house: House):
    people = [await known_by_mail(house, f"p{number}@mail.example") for number in range(22)]
    async with house.browser("sue") as sue, house.browser("ada") as ada:
        for left, customer in zip(range(19, -1, -1), people, strict=False):
            assert (await reveal(sue, customer)).json()["left"] == left
            house.clock.on(MINUTE)
        refused = await reveal(sue, people[20])
        assert (refused.status_code, refused.json()["code"]) == (409, "reveal_limit")
        assert (refused.json()["limit"], refused.json()["again_at"]) == (20, START + HOUR)
        budget = (await sue.get("/reveals/budget")).json()
        assert (budget["left"], budget["again_at"]) == (0, START + HOUR)
        assert (await reveal(ada, people[20])).status_code == 201, "everybody has their own"
        house.clock.on(40 * MINUTE)
        assert (await reveal(sue, people[20])).status_code == 201
        assert (await sue.get(f"/customers/{people[21]}")).json()["masked"] is True
    assert len([one for one in await house.log() if isinstance(one.event, e.Revealed)]) == 22


async def known_by_mail(house: House, mail: str) -> CustomerId:
    claim = Claim(kind=IdentifierKind.EMAIL, value=mail, verification=Verification.MATCHED)
    return (await house.directory.resolve([claim], source="mail", name="Somebody")).someone


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"reason": "why"}, "reason"),
        ({"reason": "   x   "}, "reason"),
        ({"reason": "x" * 501}, "reason"),
        ({"cause": "curiosity"}, "cause"),
        ({"customer": ""}, "customer"),
        ({"colour": "red"}, "colour"),
    ],
)
async def test_a_reveal_says_what_it_is_for(house: House, change, field):
    jan = await known(house)
    async with house.browser("sue") as sue:
        refused = (
            await reveal(sue, jan, **change)
            if "customer" not in change
            else (await sue.post("/reveals", json={**WHY, **change}))
        )
        assert refused.status_code == 400
        assert refused.json()["errors"][0]["field"] == field
        assert (await sue.get(f"/customers/{jan}")).json()["masked"] is True


async def test_an_agent_reveals_whom_they_had_to_do_with_and_nobody_else(house: House):
    jan = await known(house)
    interaction = await held(house, jan)
    await house.finish(interaction)
    await house.settled()
    house.clock.on(HOUR)
    other = await known_by_mail(house, "other@mail.example")
    async with house.browser("ann") as ann:
        assert (await ann.get(f"/customers/{jan}")).json()["masked"] is True
        assert (await reveal(ann, jan)).status_code == 201
        assert (await ann.get(f"/customers/{jan}")).json()["name"] == NAME
        for nobody in (other, "nobody"):
            assert (await reveal(ann, nobody)).status_code == 404
    async with house.browser("sue") as sue:
        assert (await reveal(sue, "nobody")).status_code == 404


async def test_the_report_says_who_looked_at_whom_and_why_and_how_often(house: House):
    jan = await known(house)
    other = await known_by_mail(house, "other@mail.example")
    async with house.browser("sue") as sue, house.browser("ada") as ada:
        await reveal(sue, jan)
        house.clock.on(25 * HOUR)
        await reveal(sue, other, cause="legal", reason="Asked by the court")
        assert (await sue.get("/reveals")).status_code == 403
        report = (await ada.get("/reveals")).json()
        assert [
            (one["user_name"], one["customer_name"], one["cause"], one["reason"])
            for one in report["rows"]
        ] == [
            ("Sue", "S···", "legal", "Asked by the court"),
            ("Sue", MASKED["name"], "complaint", WHY["reason"]),
        ]
        assert [(one["user"], one["day"], one["month"]) for one in report["users"]] == [
            ("u-sue", 1, 2)
        ]
        first = (await ada.get("/reveals?limit=1")).json()
        second = (await ada.get(f"/reveals?limit=1&before={first['next']}")).json()
        assert [one["customer"] for one in first["rows"] + second["rows"]] == [other, jan]
        assert len((await ada.get(f"/reveals?customer={jan}")).json()["rows"]) == 1
        assert (await ada.get("/reveals?user=u-ann")).json()["rows"] == []


async def test_the_reason_goes_with_the_person_and_the_row_stays(house: House):
    jan = await known(house)
    async with house.browser("sue") as sue, house.browser("ada") as ada:
        await reveal(sue, jan, reason="Jan Żółw called me")
        erased = await ada.post(f"/erasures/{jan}", json={"confirm": jan})
        assert erased.status_code == 200, erased.text
        row = (await ada.get("/reveals")).json()["rows"][0]
    assert (row["customer"], row["cause"], row["reason"]) == (jan, "complaint", None)
    async with house.database.read() as connection:
        kept = await rows(connection, audit.select().where(audit.c.site == SITE))
    assert "Żółw" not in str(kept)
