"""Erasing a customer: everything personal goes, ids and figures stay, and nobody else loses."""

import json

import pytest
from sqlalchemy import func, insert, select

from tests.conversations.house import KEYS, PEOPLE, SITE, House
from warmline.channels.email.tables import acknowledged, outbox, receipt
from warmline.conversations import tables as said
from warmline.conversations.model import Envelope
from warmline.core import commands as c
from warmline.core.words import CustomerId, InteractionId, Verification
from warmline.customers.model import Claim, IdentifierKind
from warmline.customers.rights.tables import certificate
from warmline.customers.tables import customer, fact, identifier
from warmline.security.tables import audit
from warmline.storage.rows import rows

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64
ADDRESS = "jan@mail.example"
REVEAL = {"cause": "legal", "reason": "asks for erasure"}


async def known(house: House, name: str, *claims: tuple[IdentifierKind, str]) -> CustomerId:
    listed = [
        Claim(kind=kind, value=value, verification=Verification.VERIFIED) for kind, value in claims
    ]
    who = (await house.directory.resolve(listed, source="mail", name=name)).customer
    assert who is not None
    return who


async def a_life(house: House) -> tuple[CustomerId, InteractionId]:
    """Jan wrote a mail, was answered with a file, was noted about, rated; all is closed."""
    jan = await known(house, "Jan Żółw", (IdentifierKind.EMAIL, ADDRESS))
    await house.available("ann")
    interaction = await house.arrive(
        customer=jan,
        inbox="shop-mail",
        text="Gdzie jest moja lampa",
        subject="Lampa",
        envelope=Envelope(sender=f"Jan <{ADDRESS}>", subject="Lampa"),
    )
    await house.accept(interaction)
    async with house.browser("ann") as ann:
        put = await ann.post("/files", files={"file": ("lampa.png", PNG)})
        body = {"text": "Here", "attachments": [put.json()["id"]], "mode": "reply"}
        assert (
            await ann.post(f"/conversations/{interaction}/messages", json=body)
        ).status_code == 201
        await ann.post(f"/conversations/{interaction}/notes", json={"text": "Jan is angry"})
        await ann.put(f"/conversations/{interaction}/draft", json={"text": "Dear Jan"})
        await ann.post(f"/customers/{jan}/facts", json={"text": "Has a dog"})
    house.clock.on(60_000)
    await house.finish(interaction)
    await house.settled()
    return jan, interaction


async def mails_of(house: House, interaction: InteractionId, blob: str) -> None:
    """What the mail channel would keep: a receipt with its mail, an acknowledgement, a transcript."""
    sender = KEYS.pseudonym(ADDRESS)
    async with house.database.write() as connection:
        for id_, who in (("r1", sender), ("r2", KEYS.pseudonym("ewa@mail.example"))):
            await connection.execute(
                insert(receipt).values(
                    site=SITE, id=id_, mailbox="m", at=1, kind="bounce", outcome="ignored",
                    sender=who, raw=blob,
                )
            )  # fmt: skip
        await connection.execute(
            insert(acknowledged).values(
                site=SITE, message="m", root=interaction, sender=sender, at=1
            )
        )
        for id_, to in (("o1", [ADDRESS.upper()]), ("o2", ["ewa@mail.example"])):
            await connection.execute(
                insert(outbox).values(
                    site=SITE, id=id_, state="waiting", attempts=0, since=1, next_at=9,
                    recipients=to, some_refused=False, raw=blob,
                )
            )  # fmt: skip


async def everything(house: House) -> str:
    """Every row of every table but the journal's, as one text."""
    found: list[object] = []
    async with house.database.read() as connection:
        for table in (*said.metadata.tables.values(),):
            found += [dict(one) for one in await rows(connection, table.select())]
    return json.dumps(found, default=str, ensure_ascii=False)


async def test_what_is_personal_goes_and_ids_and_figures_stay(house: House):
    jan, interaction = await a_life(house)
    await mails_of(house, interaction, await house.blobs.put(b"From: jan"))
    before = await everything(house)
    for word in ("Żółw", ADDRESS, "lampa", "angry", "Dear Jan", "dog"):
        assert word in before, word
    async with house.browser("ada") as ada, house.browser("sue") as sue:
        shown = (await ada.get(f"/erasures/{jan}")).json()
        assert (shown["name"], shown["masked"]) == ("J··· Ż···", True)
        assert shown["identifiers"] == [{"kind": "email", "value": "j···@m···.example"}]
        assert {name: count for name, count in shown["counts"].items() if count} == {
            "identifiers": 1, "facts": 1, "conversations": 1, "messages": 3, "drafts": 1,
            "files": 1, "mails": 2,
        }  # fmt: skip
        floor = (await sue.get("/floor/rows?measure=answered")).json()
        done = await ada.post(f"/erasures/{jan}", json={"confirm": jan})
        assert (done.status_code, done.json()["erased"]) == (200, shown["counts"])
        after = await everything(house)
        for word in ("Żółw", "zolw", ADDRESS, "ampa", "angry", "Dear Jan", "dog"):
            assert word not in after, word
        assert KEYS.pseudonym(ADDRESS) not in after
        assert (await sue.get("/floor/rows?measure=answered")).json() == floor
        head = (await sue.get(f"/conversations/{interaction}")).json()
        assert (head["erased_at"], head["subject"], head["customer_name"]) == (
            house.clock.now(),
            None,
            None,
        )
        assert head["disposition"] == "solved"
        messages = (await sue.get(f"/conversations/{interaction}/messages")).json()
        assert messages["messages"] == []
        assert (await sue.get(f"/customers/{jan}")).status_code == 404
        story = (await sue.get(f"/customers/{jan}/timeline")).json()["entries"]
        assert [(one["interaction"], one["glimpse"]) for one in story] == [(interaction, "")]
        assert (await ada.get(f"/erasures/{jan}")).status_code == 404
    assert house.engine.center().interactions == {}


async def test_files_go_unless_somebody_else_has_the_same(house: House):
    jan, interaction = await a_life(house)
    kept = await house.blobs.put(b"From: jan")
    alone = await house.blobs.put(PNG)
    await mails_of(house, interaction, kept)
    async with house.browser("ada") as ada:
        await ada.post(f"/erasures/{jan}", json={"confirm": jan})
    assert await house.blobs.get(kept) == b"From: jan"
    with pytest.raises(KeyError):
        await house.blobs.get(alone)


async def test_both_records_of_one_person_go_and_nobody_elses(house: House):
    jan, _ = await a_life(house)
    other = await known(house, "Jan Z", (IdentifierKind.LOGIN, "janz"))
    same = await known(
        house, "Jan", (IdentifierKind.LOGIN, "janz"), (IdentifierKind.EMAIL, ADDRESS)
    )
    ewa = await known(house, "Ewa", (IdentifierKind.EMAIL, "ewa@mail.example"))
    assert same in {jan, other}
    async with house.browser("ada") as ada:
        found = (await ada.get("/erasures?q=jan")).json()["customers"]
        assert [one["id"] for one in found] == [same]
        assert found[0]["identifiers"] == ["j···@m···.example", "···"]
        assert (await ada.post("/reveals", json=REVEAL | {"customer": same})).is_success
        opened = (await ada.get("/erasures?q=jan")).json()["customers"]
        assert opened[0]["identifiers"] == [ADDRESS, "janz"]
        assert (await ada.post(f"/erasures/{other}", json={"confirm": other})).status_code == 200
    async with house.database.read() as connection:
        for table, column in ((customer, "id"), (identifier, "customer"), (fact, "customer")):
            left = set(await connection.scalars(select(table.c[column])))
            assert left <= {ewa}, table.name
        assert await connection.scalar(select(func.count()).select_from(customer)) == 1


async def test_an_erasure_that_was_cut_short_is_cleaned_after(house: House):
    jan, _ = await a_life(house)
    erasure = house.rights.erasure
    async with house.database.write() as connection:
        person = await erasure.everything(connection, jan)
        assert person is not None
        proof = await erasure.erase_rows(connection, PEOPLE["ada"], person)
    async with house.browser("ada") as ada:
        path = f"/erasure-certificates/{proof.id}.json"
        before = (await ada.get(path)).json()
        assert (before["journal_emptied"], before["intact"]) == (None, True)
        assert await erasure.finish() == 1
        assert await erasure.finish() == 0
        after = (await ada.get(path)).json()
        assert (after["journal_emptied"], after["intact"]) == (True, True)
        assert (after["counts"], after["at"]) == (before["counts"], before["at"])


async def test_a_certificate_that_was_changed_says_so_and_backups_are_listed(house: House):
    jan, _ = await a_life(house)
    lines = "# ours\n2026-06-01T03:00:00+00:00 the second disk\n\nthe old tape\n"
    house.rights.erasure.backups.write_text(lines)
    async with house.browser("ada") as ada:
        done = (await ada.post(f"/erasures/{jan}", json={"confirm": jan})).json()
        path = f"/erasure-certificates/{done['certificate']}"
        proof = (await ada.get(f"{path}.json")).json()
        assert [one["name"] for one in proof["backups"]] == ["the second disk", "the old tape"]
        assert [one["at"] for one in proof["backups"]] == [1_780_282_800_000, None]
        listed = (await ada.get("/erasure-certificates")).json()["certificates"]
        assert [one["customer"] for one in listed] == [jan]
        for locale, title in (
            ("en", "Certificate of erasure"),
            ("ru", "Свидетельство"),
            ("pl", "Zaświadczenie"),
        ):
            page = (await ada.get(f"{path}.html?locale={locale}")).text
            assert title in page
            assert "the old tape" in page
            assert "Żółw" not in page
        async with house.database.write() as connection:
            changed = {
                key: value for key, value in proof.items() if key not in {"sha256", "intact"}
            }
            await connection.execute(certificate.update().values(body={**changed, "by": "nobody"}))
        assert (await ada.get(f"{path}.json")).json()["intact"] is False
        assert (await ada.get("/erasure-certificates/none.json")).status_code == 404


async def test_an_open_conversation_keeps_it_from_happening(house: House):
    jan = await known(house, "Jan", (IdentifierKind.EMAIL, ADDRESS))
    interaction = await house.arrive(customer=jan, text="Hello there")
    async with house.browser("ada") as ada:
        assert (await ada.get(f"/erasures/{jan}")).json()["open"] == [interaction]
        refused = await ada.post(f"/erasures/{jan}", json={"confirm": jan})
        assert (refused.status_code, refused.json()["code"]) == (409, "conversation_open")
        assert refused.json()["open"] == 1
        await house.do(c.HangUp, interaction=interaction)
        assert (await ada.post(f"/erasures/{jan}", json={"confirm": jan})).status_code == 200


async def test_it_is_asked_for_by_name_and_told_in_the_audit(house: House):
    jan, _ = await a_life(house)
    async with (
        house.browser("ada") as ada,
        house.browser("sue") as sue,
        house.browser("ann") as ann,
    ):
        for other in (sue, ann):
            assert (await other.get(f"/erasures/{jan}")).status_code == 403
            assert (await other.post(f"/erasures/{jan}", json={"confirm": jan})).status_code == 403
        wrong = await ada.post(f"/erasures/{jan}", json={"confirm": "jan"})
        assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (400, "confirm")
        nobody = await ada.post("/erasures/nobody", json={"confirm": "nobody"})
        assert nobody.status_code == 404
        assert (await ada.post(f"/erasures/{jan}", json={"confirm": jan})).status_code == 200
    async with house.database.read() as connection:
        told = await rows(connection, audit.select().where(audit.c.action == "erased"))
    (row,) = told
    assert (row["user"], row["kind"], row["item"]) == (PEOPLE["ada"].user, "customer", jan)
    assert row["fields"] == ["conversations", "drafts", "facts", "files", "identifiers", "messages"]
    assert (row["before"], row["after"]) == (None, None)
