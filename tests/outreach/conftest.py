"""A house in which things are offered: its customers, their consents and orders, Ann at work."""

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import insert, select

from tests.conversations.house import PEOPLE, SITE, House, asking, running_house
from warmline.core import commands as c
from warmline.core.words import DAY, CustomerId, InteractionId, Verification
from warmline.customers.orders.tables import order
from warmline.customers.rights.tables import consent, flag
from warmline.customers.tables import customer
from warmline.outreach.offers.model import held_out
from warmline.outreach.offers.tables import offer_shown
from warmline.security.audit import Audit
from warmline.storage.rows import Row, rows
from warmline.wiring.outreach import Outreach, offer_room_routes, open_outreach

OFFER: Mapping[str, Any] = {
    "names": {"en": "Care plan", "ru": "Гарантия плюс", "pl": "Opieka"},
    "words": {"en": "We can look after it.", "ru": "Мы позаботимся.", "pl": "Zaopiekujemy się."},
    "value_minor": 4_000,
    "rule": "everybody",
    "valid_from": None,
    "valid_until": None,
    "active": True,
}


def somebody(*, out: bool, like: str = "cara") -> str:
    """A customer's id that is, or is not, held out when one in ten is."""
    names = (f"{like}-{number}" for number in range(1_000))
    return next(one for one in names if held_out(SITE, CustomerId(one), 100) is out)


@dataclass
class Stall:
    house: House
    outreach: Outreach
    busy: set[str]
    """Agents who are asked to be brief."""
    orders: int = 0

    async def ask(self, who: str, method: str, path: str, body: Any = None, status: int = 200):
        async with self.house.browser(who) as browser:
            answer: httpx.Response = await browser.request(method, path, json=body)
        assert answer.status_code == status, answer.text
        return answer.json()

    async def offer(self, id_: str = "care", status: int = 200, **more: Any):
        return await self.ask("sue", "PUT", f"/offers/{id_}", {**OFFER, **more}, status)

    async def person(self, id_: str, *, consents: bool = True, **more: Any) -> str:
        now = self.house.clock.now()
        async with self.house.database.write() as connection:
            await connection.execute(
                insert(customer).values(
                    site=SITE, id=id_, name=id_.title(), folded=id_, created_at=now,
                    updated_at=now, **more,
                )
            )  # fmt: skip
        if consents:
            await self.says(id_, given=True)
        return id_

    async def says(self, who: str, *, given: bool, purpose: str = "marketing"):
        """Agrees, or takes it back, on every way."""
        self.house.clock.on(1)
        async with self.house.database.write() as connection:
            await connection.execute(
                insert(consent).values(
                    site=SITE, id=self.house.next("consent"), customer=who, purpose=purpose,
                    channel=None, given=given, proof="said so", source="test",
                    at=self.house.clock.now(), by=None,
                )
            )  # fmt: skip

    async def flag(self, who: str, word: str):
        async with self.house.database.write() as connection:
            await connection.execute(
                insert(flag).values(
                    site=SITE, customer=who, flag=word, since=self.house.clock.now(), by=None,
                    note=None,
                )
            )  # fmt: skip

    async def orders_now(self, who: str, total: int = 10_000, **more: Any):
        self.orders += 1
        at = self.house.clock.now()
        values = {
            "site": SITE, "id": f"o{self.orders}", "customer": who, "at": at,
            "total_minor": total, "currency": "PLN", "units": 1, "status": "delivered",
            "status_at": at, "promised_at": None, "text": None, "source": "test", **more,
        }  # fmt: skip
        async with self.house.database.write() as connection:
            await connection.execute(insert(order).values(**values))

    async def talk(
        self, who: str | None, inbox: str = "shop-chat", *, sure: bool = True
    ) -> InteractionId:
        """Ann talks with somebody."""
        given = None if who is None else CustomerId(who)
        talk = await self.house.arrive(customer=given, inbox=inbox)
        await self.house.accept(talk)
        if given is not None and sure:
            await self.house.do(
                c.Identify,
                by=PEOPLE["ann"],
                interaction=talk,
                customer=given,
                verification=Verification.MATCHED,
            )
        return talk

    async def solved(self, talk: str, status: int = 200):
        return await self.ask("ann", "POST", f"/interactions/{talk}/offers", None, status)

    async def shown(self) -> list[Row]:
        async with self.house.database.read() as connection:
            return list(await rows(connection, select(offer_shown).order_by(offer_shown.c.at)))

    async def days_pass(self, days: float):
        self.house.clock.on(round(days * DAY))


@pytest.fixture
async def stall(tmp_path: Path) -> AsyncGenerator[Stall]:
    async with running_house(tmp_path / "data") as house:
        around: dict[str, Any] = {
            "database": house.database,
            "site": SITE,
            "clock": house.clock,
            "state": house.engine,
        }
        busy: set[str] = set()
        outreach = open_outreach(
            **around, same=house.directory.same, load_allows=lambda agent: agent not in busy
        )
        audit = Audit(house.database, SITE, house.clock)

        async def agents(ids: Any) -> Any:
            return {one: one.title() for one in ids}

        async def customers(ids: Any, *, reader: Any) -> Any:
            return await house.directory.names(ids)

        for router in offer_room_routes(
            outreach, **around, needs=asking, sight=house.sight, agents=agents,
            customers=customers, audit=audit,
        ):  # fmt: skip
            house.app.include_router(router, prefix="/api/v1")
        await house.available("ann")
        yield Stall(house, outreach, busy)
