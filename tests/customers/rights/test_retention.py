"""Retention: a dry run counts and changes nothing, a run lets go exactly that, by class and age."""

from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from tests.conversations.house import START, House
from warmline.conversations.tables import conversation, entry, file, message
from warmline.core.words import DAY, SYSTEM, CustomerId, InteractionId, Verification
from warmline.customers.model import Claim, IdentifierKind
from warmline.customers.rights.retention import last_night
from warmline.customers.rights.tables import certificate, retention_run
from warmline.customers.tables import customer
from warmline.security.tables import audit
from warmline.storage.rows import rows

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64


async def somebody(house: House, address: str) -> CustomerId:
    claim = Claim(kind=IdentifierKind.EMAIL, value=address, verification=Verification.VERIFIED)
    who = (await house.directory.resolve([claim], source="mail", name=address)).customer
    assert who is not None
    return who


async def talk(house: House, who: CustomerId, *, picture: bytes = PNG) -> InteractionId:
    """A finished conversation with a file in it."""
    interaction = await house.arrive(customer=who, text="My lamp is broken")
    await house.accept(interaction)
    async with house.browser("ann") as ann:
        put = await ann.post("/files", files={"file": ("lamp.png", picture)})
        body = {"text": "Here", "attachments": [put.json()["id"]]}
        path = f"/conversations/{interaction}/messages"
        assert (await ann.post(path, json=body)).status_code == 201
    await house.finish(interaction)
    await house.settled()
    return interaction


async def old_and_new(house: House) -> tuple[InteractionId, InteractionId]:
    """One conversation of forty days ago and one of today."""
    await house.available("ann")
    old = await talk(house, await somebody(house, "old@mail.example"))
    house.clock.on(40 * DAY)
    new = await talk(house, await somebody(house, "new@mail.example"), picture=PNG + b"new")
    return old, new


async def count(house: House, table, *where) -> int:
    async with house.database.read() as connection:
        query = select(func.count()).select_from(table).where(*where)
        return await connection.scalar(query) or 0


async def test_a_dry_run_counts_with_samples_and_changes_nothing(house: House):
    old, _ = await old_and_new(house)
    async with house.browser("ada") as ada:
        assert (await ada.post("/retention/preview", json={})).json() == {"due": []}
        tried = {"days": {"words": 30, "files": 30, "customers": 30}}
        due = (await ada.post("/retention/preview", json=tried)).json()["due"]
    assert {one["kind"]: one["count"] for one in due} == {"words": 1, "files": 1, "customers": 1}
    assert next(one for one in due if one["kind"] == "words")["samples"] == [old]
    assert await count(house, message) == 4
    assert await count(house, retention_run) == 0


async def test_words_go_when_their_days_are_over_and_the_header_stays(house: House):
    old, new = await old_and_new(house)
    async with house.browser("ada") as ada, house.browser("sue") as sue:
        assert (await ada.put("/retention/words", json={"days": 30})).is_success
        ran = await ada.post("/retention/run", json={"confirm": "run"})
        assert ran.json() == {"counts": {"words": 1}}
        assert (await sue.get(f"/conversations/{old}/messages")).json()["messages"] == []
        head = (await sue.get(f"/conversations/{old}")).json()
        assert (head["erased_at"], head["disposition"]) == (house.clock.now(), "solved")
        kept = (await sue.get(f"/conversations/{new}/messages")).json()["messages"]
        assert len(kept) == 2
        again = await ada.post("/retention/run", json={"confirm": "run"})
        assert again.json() == {"counts": {"words": 0}}
        runs = (await ada.get("/retention")).json()["runs"]
        assert sorted(one["counts"]["words"] for one in runs) == [0, 1]
    for table in (message, entry, file):
        assert await count(house, table, table.c.interaction == old) == 0, table.name


async def test_files_may_go_before_the_words(house: House):
    old, new = await old_and_new(house)
    async with house.database.read() as connection:
        (kept,) = await connection.scalars(select(file.c.blob).where(file.c.interaction == old))
    async with house.browser("ada") as ada, house.browser("sue") as sue:
        await ada.put("/retention/files", json={"days": 30})
        ran = await ada.post("/retention/run", json={"confirm": "run"})
        assert ran.json() == {"counts": {"files": 1}}
        messages = (await sue.get(f"/conversations/{old}/messages")).json()["messages"]
        assert [one["files"] for one in messages] == [[], []]
    with pytest.raises(KeyError):
        await house.blobs.get(kept)
    assert await count(house, file, file.c.interaction == new) == 1


async def test_customers_not_heard_of_are_erased_with_a_proof(house: House):
    await house.available("ann")
    gone = await somebody(house, "gone@mail.example")
    talker = await somebody(house, "talker@mail.example")
    house.clock.on(40 * DAY)
    await talk(house, talker)
    waiting = await somebody(house, "waiting@mail.example")
    async with house.browser("ada") as ada:
        await ada.put("/retention/customers", json={"days": 30})
        ran = await ada.post("/retention/run", json={"confirm": "run"})
        assert ran.json() == {"counts": {"customers": 1}}
    async with house.database.read() as connection:
        assert set(await connection.scalars(select(customer.c.id))) == {talker, waiting}
        proofs = await rows(connection, certificate.select())
        assert [one["customer"] for one in proofs] == [gone]
        assert proofs[0]["body"]["journal_emptied"] is True


async def test_who_talks_with_us_now_is_not_forgotten(house: House):
    who = await somebody(house, "slow@mail.example")
    await house.arrive(customer=who)
    house.clock.on(400 * DAY)
    await house.settled()
    async with house.browser("ada") as ada:
        await ada.put("/retention/customers", json={"days": 30})
        ran = await ada.post("/retention/run", json={"confirm": "run"})
        assert ran.json() == {"counts": {"customers": 0}}


async def test_the_record_of_who_looked_goes_and_of_who_changed_stays(house: House):
    who = await somebody(house, "seen@mail.example")
    async with house.browser("ada") as ada:
        reveal = {"customer": who, "cause": "legal", "reason": "asks what is kept"}
        assert (await ada.post("/reveals", json=reveal)).is_success
        assert (await ada.get(f"/customers/{who}/export.json")).is_success
        await ada.put(f"/customers/{who}/flags/abusive", json={})
        house.clock.on(40 * DAY)
        await ada.put("/retention/views", json={"days": 30})
        ran = await ada.post("/retention/run", json={"confirm": "run"})
        assert ran.json() == {"counts": {"views": 2}}
    async with house.database.read() as connection:
        left = set(await connection.scalars(select(audit.c.action).where(audit.c.item == who)))
    assert left == {"flag_set"}


async def test_nothing_that_makes_no_sense_is_taken(house: House):
    async with house.browser("ada") as ada, house.browser("sue") as sue:
        for days in (0, -1, 36_501, "x"):
            answer = await ada.put("/retention/words", json={"days": days})
            assert answer.status_code == 400
        nothing = await ada.put("/retention/dreams", json={"days": 1})
        assert nothing.json()["errors"][0]["code"] == "no_such"
        preview = await ada.post("/retention/preview", json={"days": {"dreams": 1}})
        assert preview.status_code == 400
        assert (await ada.post("/retention/run", json={})).status_code == 400
        assert (await sue.get("/retention")).status_code == 403
        await ada.put("/retention/words", json={"days": 5})
        await ada.put("/retention/words", json={"days": None})
        kinds = {
            one["kind"]: one["days"] for one in (await ada.get("/retention")).json()["classes"]
        }
        assert set(kinds.values()) == {None}
        assert {"words", "files", "views", "customers"} <= kinds.keys()


async def test_it_runs_once_a_night_and_only_with_a_rule(house: House):
    retention = house.rights.retention
    assert not await retention.is_due()
    await retention.keep(SYSTEM, "words", 30)
    assert await retention.is_due()
    await retention.run(SYSTEM)
    assert not await retention.is_due()
    house.clock.on(DAY)
    assert await retention.is_due()


def test_the_night_is_that_of_the_center():
    zone = ZoneInfo("Europe/Warsaw")
    three = last_night(START, zone)
    assert START - three < DAY
    assert last_night(three, zone) == three
    assert last_night(three - 1, zone) == three - DAY


async def test_a_file_that_somebody_else_has_stays(house: House):
    await house.available("ann")
    await talk(house, await somebody(house, "old@mail.example"))
    house.clock.on(40 * DAY)
    new = await talk(house, await somebody(house, "new@mail.example"))
    async with house.browser("ada") as ada:
        await ada.put("/retention/words", json={"days": 30})
        assert (await ada.post("/retention/run", json={"confirm": "run"})).is_success
    async with house.database.read() as connection:
        (blob,) = await connection.scalars(select(file.c.blob).where(file.c.interaction == new))
        assert (
            await connection.scalar(
                select(conversation.c.erased_at).where(conversation.c.interaction == new)
            )
            is None
        )
    assert await house.blobs.get(blob) == PNG
