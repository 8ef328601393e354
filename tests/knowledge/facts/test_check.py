"""The check: it reads what changed, keeps what it found, and leaves what somebody decided."""

import asyncio
from dataclasses import dataclass

import pytest
from sqlalchemy import select

from tests.conversations.house import KEYS, PEOPLE, SITE, House, asking
from tests.knowledge.conftest import Library
from warmline.channels.email.mailboxes import Mailbox, Mailboxes
from warmline.core import commands as c
from warmline.core.settings import Queue, Situation
from warmline.core.words import DAY, InboxId, QueueId
from warmline.knowledge.facts.check import Check
from warmline.knowledge.facts.routes import contradiction_routes
from warmline.knowledge.facts.tables import fact_state, read_text
from warmline.ports import Write
from warmline.storage.rows import rows
from warmline.wiring.contradictions import attend, open_check

TWO_WEEKS = {
    "shortcut": "back",
    "title": "Sending back",
    "text": "You may return goods within 14 days.",
    "language": "en",
    "queues": [],
}


@dataclass
class Checked:
    library: Library
    check: Check
    mailboxes: Mailboxes

    @property
    def house(self) -> House:
        return self.library.house

    async def found(self, state: str = "open") -> list[dict]:
        await self.check.settle()
        async with self.house.browser("sue") as sue:
            answer = await sue.get("/contradictions", params={"state": state})
        assert answer.status_code == 200, answer.text
        return answer.json()["contradictions"]


@pytest.fixture
async def checked(library: Library) -> Checked:
    house = library.house
    check = open_check(
        database=house.database,
        site=SITE,
        clock=house.clock,
        state=house.engine,
        articles=library.articles,
    )
    mailboxes = Mailboxes(site=SITE, database=house.database, keys=KEYS, clock=house.clock)
    attend(check, mailboxes, house.engine)
    routes = contradiction_routes(check=check, needs=asking, users=library.around.users)
    house.app.include_router(routes, prefix="/api/v1")
    await library.publish(
        "returns",
        {
            "en": ("Returns", "You may return goods within 30 days."),
            "ru": ("Возврат", "Вернуть товар можно в течение 30 дней."),
        },
    )
    return Checked(library, check, mailboxes)


async def test_a_canned_reply_that_differs_from_articles_stands_beside_them(checked: Checked):
    assert await checked.found() == []
    await checked.library.send("sue", "POST", "/canned", TWO_WEEKS, fits=201)
    found = await checked.found()
    assert sorted((one["one"]["language"], one["other"]["source"]) for one in found) == [
        ("en", "canned"),
        ("ru", "canned"),
    ]
    one = next(one["one"] for one in found if one["one"]["language"] == "ru")
    assert one["sentence"][one["start"] : one["end"]] == "в течение 30 дней"


async def test_what_is_mended_goes_and_only_what_changed_is_read_again(checked: Checked):
    made = await checked.library.send("sue", "POST", "/canned", TWO_WEEKS, fits=201)
    await checked.found()
    checked.house.clock.on(DAY)
    mended = {**TWO_WEEKS, "text": "You may return goods within 30 days."}
    await checked.library.send("sue", "PUT", f"/canned/{made['id']}", mended)
    assert await checked.found() == []
    async with checked.house.database.read() as connection:
        read = await rows(connection, select(read_text.c.source, read_text.c.read_at))
    now = checked.house.clock.now()
    assert {one["source"] for one in read if one["read_at"] == now} == {"canned"}
    await checked.library.send("sue", "DELETE", f"/canned/{made['id']}", fits=204)
    await checked.check.settle()
    async with checked.house.database.read() as connection:
        left = await rows(connection, select(read_text.c.source))
    assert {one["source"] for one in left} == {"article"}


async def test_not_a_contradiction_is_kept_with_who_said_it_until_a_text_changes(checked: Checked):
    made = await checked.library.send("sue", "POST", "/canned", TWO_WEEKS, fits=201)
    first, second = await checked.found()
    path = f"/contradictions/{first['id']}/dismissal"
    await checked.library.send("sue", "PUT", path, {"note": "Old orders only."}, fits=204)
    assert [one["id"] for one in await checked.found()] == [second["id"]]
    (kept,) = await checked.found("dismissed")
    assert kept["dismissed"]["by_name"] == "Sue"
    assert kept["dismissed"]["note"] == "Old orders only."
    await checked.library.send("ada", "DELETE", path, fits=204)
    assert len(await checked.found()) == 2
    await checked.library.send("sue", "PUT", path, {}, fits=204)
    week = {**TWO_WEEKS, "text": "You may return goods within 7 days."}
    await checked.library.send("sue", "PUT", f"/canned/{made['id']}", week)
    assert len(await checked.found()) == 2
    assert await checked.found("dismissed") == []


async def test_a_date_that_passes_is_found_without_any_change(checked: Checked):
    offer = {"en": ("Summer", "The offer is valid until 10 June 2026.")}
    await checked.library.publish("summer", offer)
    assert await checked.found() == []
    checked.house.clock.on(2 * DAY)
    (one,) = await checked.found()
    assert (one["why"], one["other"]) == ("outdated", None)


async def test_agents_do_not_decide_and_what_is_not_there_is_not_found(checked: Checked):
    async with checked.house.browser("ann") as ann:
        assert (await ann.get("/contradictions")).status_code == 403
        assert (await ann.put("/contradictions/x/dismissal", json={})).status_code == 403
    async with checked.house.browser("sue") as sue:
        assert (await sue.put("/contradictions/x/dismissal", json={})).status_code == 404
        long = {"note": "x" * 301}
        assert (await sue.put("/contradictions/x/dismissal", json=long)).status_code == 400
        assert (await sue.get("/contradictions", params={"state": "all"})).status_code == 400


async def test_it_runs_by_itself_when_a_text_changes(checked: Checked):
    actor = PEOPLE["ada"]
    audit = checked.library.around.audit

    def told(_before: Mailbox | None) -> Write:
        return Write(
            statement=audit(actor, "created", "mailbox", "shop", before=None, after={}).statement
        )

    box = Mailbox(
        id="shop",
        inbox=InboxId("shop-mail"),
        address="help@shop.example",
        name="Shop",
        auto_reply={"pl": "Na zwrot mają Państwo 45 dni."},
    )
    running = asyncio.create_task(checked.check.run())
    try:
        async with asyncio.timeout(20):
            await _read(checked, 2)
            words = {Situation.CLOSED: {"en": "You may return goods within 60 days."}}
            queue = Queue(id=QueueId("late"), name="Late", preferred_ms=0, words=words)
            await checked.house.do(c.DefineQueue, queue=queue)
            await _read(checked, 3)
            await checked.mailboxes.keep(box, told)
            await _read(checked, 4)
    finally:
        running.cancel()
    async with checked.house.browser("sue") as sue:
        found = (await sue.get("/contradictions")).json()["contradictions"]
    assert {one["other"]["source"] for one in found} == {"queue", "mail"}


async def _read(checked: Checked, texts: int) -> None:
    """Return when so many texts are compared."""
    compared = 0
    while compared < texts:
        await asyncio.sleep(0.02)
        async with checked.house.database.read() as connection:
            found = await rows(connection, select(fact_state.c.texts))
        compared = found[0]["texts"] if found else 0
