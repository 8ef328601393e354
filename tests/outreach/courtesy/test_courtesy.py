"""The courtesy contact: who gets a mail after a delivery, once, and who does not."""

import doctest
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select

from tests.conversations.house import SITE, House, asking, running_house
from warmline.core.words import DAY, CustomerId
from warmline.customers.model import IdentifierKind
from warmline.customers.orders.tables import order, order_event
from warmline.customers.rights.tables import consent, contact, flag, preference
from warmline.customers.tables import customer, identifier
from warmline.experience.cases.tables import case
from warmline.outreach.courtesy import model
from warmline.outreach.courtesy.erasure import courtesy_traces
from warmline.outreach.courtesy.routes import CourtesyRoom, routes
from warmline.outreach.courtesy.tables import courtesy
from warmline.outreach.courtesy.writing import Courtesy
from warmline.ports import Person
from warmline.security.audit import Audit
from warmline.storage.rows import Row, rows
from warmline.wiring.courtesy import DeliveredOrders, Written, courtesy_rule

PROGRAMME: dict[str, Any] = {
    "on": True,
    "days_after": 5,
    "days_late": 7,
    "pause_days": 90,
    "subjects": dict(model.SUBJECTS),
    "texts": {**model.TEXTS, "pl": "{name}: {order}, {agent}"},
}


@dataclass
class Post:
    """Where this house's mails go."""

    open: bool = True
    broken: bool = False
    left: list[tuple[str, str, str]] = field(default_factory=list)

    async def ready(self) -> bool:
        return self.open

    async def send(self, to: str, subject: str, text: str, html: str, language: str) -> None:
        if self.broken:
            raise OSError("the disk is full")
        self.left.append((to, text, language))


class Names:
    """What people are called here."""

    def __init__(self, house: House) -> None:
        self._house = house

    async def agents(self, ids: Any) -> Any:
        return {one: one.title() for one in ids}

    async def customers(self, ids: Any, *, reader: Any) -> Any:
        return await self._house.directory.names(ids)


@dataclass
class Desk:
    house: House
    post: Post
    courtesy: Courtesy
    count: int = 0

    async def put(self, table: Any, **values: Any) -> None:
        async with self.house.database.write() as connection:
            await connection.execute(insert(table).values(site=SITE, **values))

    async def person(self, who: str, *, mail: bool = True, **more: Any) -> CustomerId:
        now = self.house.clock.now()
        more = {"name": f"{who.title()} Nowak", "language": "pl", **more}
        await self.put(customer, id=who, folded=who, created_at=now, updated_at=now, **more)
        if mail:
            await self.put(
                identifier, kind=IdentifierKind.EMAIL.value, value=f"{who}@mail.example",
                customer=who, verification="matched", method="imported", source="test",
                created_at=now,
            )  # fmt: skip
        return CustomerId(who)

    async def delivered(self, who: str, days_ago: float, **more: Any) -> str:
        self.count += 1
        at = self.house.clock.now() - round(days_ago * DAY)
        values = {
            "id": f"o{self.count}", "customer": who, "at": at - DAY, "total_minor": 100,
            "currency": "PLN", "units": 1, "status": "delivered", "status_at": at,
            "promised_at": None, "text": "a lamp", "source": "test", **more,
        }  # fmt: skip
        await self.put(order, **values)
        return str(values["id"])

    async def ask(self, who: str, method: str, path: str, body: Any = None, status: int = 200):
        async with self.house.browser(who) as browser:
            answer = await browser.request(method, path, json=body)
        assert answer.status_code == status, answer.text
        return answer.json()

    async def became(self) -> dict[str, Row]:
        async with self.house.database.read() as connection:
            return {one["order"]: one for one in await rows(connection, select(courtesy))}


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncGenerator[Desk]:
    async with running_house(tmp_path / "data") as house:
        base: dict[str, Any] = {"database": house.database, "site": SITE}
        orders = DeliveredOrders(**base)
        names: Any = Names(house)
        people = Written(**base, directory=house.directory, called=names)
        post = Post()
        runs = Courtesy(
            **base, clock=house.clock, orders=orders, people=people, mail=post,
            rule=courtesy_rule(house.database, SITE, house.clock, house.engine),
        )  # fmt: skip
        room = CourtesyRoom(
            **base, clock=house.clock, needs=asking, orders=orders, people=people,
            audit=Audit(house.database, SITE, house.clock).setting, changed=runs.soon,
        )  # fmt: skip
        house.app.include_router(routes(room), prefix="/api/v1")
        yield Desk(house, post, runs)


async def test_nobody_is_written_to_until_an_administrator_switches_it_on(desk: Desk):
    await desk.delivered(await desk.person("ola"), 6)
    assert await desk.courtesy.look() == 0
    assert (await desk.ask("sue", "GET", "/courtesy"))["on"] is False
    await desk.ask("sue", "PUT", "/courtesy", PROGRAMME, 403)
    await desk.ask("sue", "PUT", "/courtesy", {**PROGRAMME, "on": False})
    await desk.ask("ada", "PUT", "/courtesy", PROGRAMME)
    await desk.ask("sue", "PUT", "/courtesy", {**PROGRAMME, "days_after": 6})
    await desk.ask("sue", "PUT", "/courtesy", {**PROGRAMME, "on": False}, 403)
    desk.post.open = False
    assert await desk.courtesy.look() == 0
    assert await desk.became() == {}
    desk.post.open = True
    assert await desk.courtesy.look() == 1


async def test_a_mail_in_their_language_once_and_the_answer_is_read_by_who_served_last(desk: Desk):
    await desk.ask("ada", "PUT", "/courtesy", PROGRAMME)
    ola = await desk.person("ola")
    await desk.house.available("ann")
    talk = await desk.house.arrive(customer=ola)
    await desk.house.accept(talk)
    await desk.house.finish(talk)
    await desk.house.settled()
    first, second = await desk.delivered(ola, 6), await desk.delivered(ola, 5.5)
    young, old = await desk.delivered(ola, 4), await desk.delivered(ola, 13)
    assert await desk.courtesy.look() == 1
    assert desk.post.left == [("ola@mail.example", "Ola: a lamp, Ann", "pl")]
    assert await desk.courtesy.look() == 0
    became = await desk.became()
    assert {id_: (one["state"], one["reason"]) for id_, one in became.items()} == {
        first: ("sent", None),
        second: ("left", "lately"),
    }
    assert young not in became
    assert old not in became
    async with desk.house.database.read() as connection:
        [made] = await rows(connection, select(contact))
    assert (made["customer"], made["purpose"], made["channel"]) == ("ola", "courtesy", "email")
    desk.house.clock.on(DAY)
    await desk.house.arrive(inbox="shop-mail", customer=ola)
    await desk.house.settled()
    told = await desk.ask("sue", "GET", "/courtesy")
    assert (told["customers"], told["reached"], told["answered"]) == (1, 1, 1)
    assert (told["covered_pct"], told["published_pct"]) == (100.0, 42.0)


async def test_who_does_not_want_it_or_has_other_worries_is_left_in_peace(desk: Desk):
    await desk.ask("ada", "PUT", "/courtesy", PROGRAMME)
    people = ("no", "gone", "quiet", "phone", "nomail", "broken", "cross")
    orders = {who: await desk.delivered(who, 6) for who in people}
    for who in people:
        await desk.person(who, mail=who != "nomail")
    now = desk.house.clock.now()
    await desk.put(
        consent, id="c1", customer="no", purpose="courtesy", channel=None, given=False,
        proof="said", source="test", at=now - 1, by=None,
    )  # fmt: skip
    for who, word in (("gone", "deceased"), ("quiet", "restricted")):
        await desk.put(flag, customer=who, flag=word, since=now, by=None, note=None)
    await desk.put(preference, customer="phone", channel="phone")
    await desk.put(
        order_event, id="e1", order=orders["broken"], customer="broken", kind="damaged", at=now
    )
    await desk.put(
        case, id="k1", opened_at=now, source="hand", customer="cross", due_at=now, state="open"
    )
    assert await desk.courtesy.look() == 0
    became = await desk.became()
    assert {who: became[id_]["reason"] for who, id_ in orders.items()} == {
        "no": "withdrawn", "gone": "deceased", "quiet": "restricted", "phone": "other_way",
        "nomail": "no_address", "broken": "trouble", "cross": "trouble",
    }  # fmt: skip
    told = await desk.ask("sue", "GET", "/courtesy/contacts?reason=trouble")
    assert {one["customer"] for one in told["contacts"]} == {"broken", "cross"}
    assert desk.post.left == []


async def test_a_full_cap_is_waited_for_until_it_would_be_no_courtesy(desk: Desk):
    await desk.ask("ada", "PUT", "/courtesy", PROGRAMME)
    async with desk.house.browser("ada") as ada:
        rules = (await ada.get("/contact-rules")).json()
        rules["caps"] = [{"most": 1, "days": 3, "purpose": "courtesy", "channel": None}]
        answer = await ada.put("/contact-rules", json=rules)
        assert answer.status_code == 200, answer.text
    ola = await desk.person("ola")
    now = desk.house.clock.now()
    await desk.put(
        contact, id="x", customer=ola, at=now, channel="email", purpose="courtesy",
        interaction=None,
    )  # fmt: skip
    await desk.delivered(ola, 6)
    assert await desk.courtesy.look() == 0
    assert await desk.became() == {}
    desk.house.clock.on(3 * DAY)
    assert await desk.courtesy.look() == 1


async def test_after_a_failure_in_between_rather_no_mail_than_two(desk: Desk):
    await desk.ask("ada", "PUT", "/courtesy", PROGRAMME)
    id_ = await desk.delivered(await desk.person("ola"), 6)
    desk.post.broken = True
    with pytest.raises(OSError, match="full"):
        await desk.courtesy.look()
    desk.post.broken = False
    assert await desk.courtesy.look() == 0
    assert (await desk.became())[id_]["state"] == "sending"


async def test_the_words_are_checked(desk: Desk):
    for texts in (
        {**model.TEXTS, "en": " "},
        {**model.TEXTS, "en": "Hello {nmae}"},
        {**model.TEXTS, "ru": "я" * 2_001},
        {"en": "Hello"},
        {**model.TEXTS, "de": "Hallo"},
    ):
        await desk.ask("ada", "PUT", "/courtesy", {**PROGRAMME, "texts": texts}, 400)


async def test_all_of_a_person_is_told_and_erased(desk: Desk):
    await desk.ask("ada", "PUT", "/courtesy", PROGRAMME)
    await desk.delivered(await desk.person("ola"), 6)
    await desk.courtesy.look()
    traces, who = courtesy_traces(SITE), Person(ids=[CustomerId("ola")])
    async with desk.house.database.write() as connection:
        assert await traces.count(connection, who) == {"courtesy_contacts": 1}
        [told] = (await traces.tell(connection, who))["courtesy_contacts"]
        assert told["state"] == "sent"
        await traces.erase(connection, who, 1)
        assert await traces.count(connection, who) == {"courtesy_contacts": 0}


def test_the_formulas_say_what_their_examples_say():
    found = doctest.testmod(model)
    assert (found.failed, found.attempted > 0) == (0, True)
