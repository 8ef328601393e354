"""Loyalty over HTTP: orders as the shop sends them, answers as customers give them, every row."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from tests.conversations.house import SITE, Called, House, asking, running_house
from warmline.core.words import DAY, CustomerId, Verification
from warmline.customers.model import Claim, IdentifierKind
from warmline.customers.orders.tables import order
from warmline.experience.loyalty.model import LEAST, Room
from warmline.experience.loyalty.routes import loyalty_routes
from warmline.experience.loyalty.study import Studies
from warmline.experience.surveys.tables import survey_answer, survey_ask
from warmline.security.privacy import OpenPersons
from warmline.wiring.loyalty import LedgerPurchases

CONTACT_DAYS_AGO = 40


@dataclass
class Shop:
    house: House

    async def person(self) -> CustomerId:
        claim = Claim(
            kind=IdentifierKind.EXTERNAL,
            value=self.house.next("shopper"),
            verification=Verification.VERIFIED,
        )
        found = await self.house.directory.resolve([claim], source="shop", name="Jan Kowalski")
        return found.someone

    async def bought(self, who: CustomerId, *days_ago: float) -> None:
        now = self.house.clock.now()
        values = [
            {
                "site": SITE, "id": f"{who}-{ago}", "customer": who,
                "at": now - round(ago * DAY), "total_minor": 5_000, "currency": "EUR",
                "status": "delivered", "status_at": now, "source": "test",
            }
            for ago in days_ago
        ]  # fmt: skip
        async with self.house.database.write() as connection:
            await connection.execute(insert(order), values)

    async def said(self, who: CustomerId, csat: float) -> None:
        at = self.house.clock.now() - CONTACT_DAYS_AGO * DAY
        asked = {
            "site": SITE, "id": f"ask-{who}", "interaction": f"talk-{who}", "customer": who,
            "agent": "ann", "queue": "shop", "segment": None, "channel": "chat", "language": "pl",
            "survey": "after", "version": 1, "state": "answered", "via": "widget",
            "again_of_case": None, "asked_at": at, "answered_at": at, "closes_at": at + DAY,
        }  # fmt: skip
        answer = {
            "site": SITE, "ask": f"ask-{who}", "question": "csat", "kind": "csat",
            "feeling": None, "value": csat, "words": None, "at": at,
        }  # fmt: skip
        async with self.house.database.write() as connection:
            await connection.execute(insert(survey_ask).values(asked))
            await connection.execute(insert(survey_answer).values(answer))

    async def get(self, path: str, **query: Any) -> Any:
        async with self.house.browser("sue") as browser:
            answer = await browser.get(path, params=query)
        return answer.json() if answer.status_code == 200 else answer


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncGenerator[Shop]:
    async with running_house(tmp_path / "data") as house:
        names = Called(house.directory, OpenPersons(house.engine, house.clock, house.directory))
        room = Room(
            database=house.database,
            site=SITE,
            state=house.engine,
            clock=house.clock,
            needs=asking,
            purchases=LedgerPurchases(house.database, SITE, house.engine),
            agents=names.agents,
            customers=names.customers,
        )
        house.app.include_router(loyalty_routes(room, Studies(room)), prefix="/api/v1")
        yield Shop(house)


async def test_an_empty_center_shows_the_published_figures(shop: Shop):
    found = await shop.get("/loyalty")
    assert [one["loyalty"] for one in found["effects"]] == [
        {"pct": -28.0, "low_pct": None, "high_pct": None, "own": False},
        {"pct": 18.0, "low_pct": None, "high_pct": None, "own": False},
    ]
    assert (found["segments"], found["least"]) == ([], LEAST)
    assert all(set(one) == {"en", "ru", "pl"} for one in found["texts"].values())


async def test_own_figures_once_there_are_enough_and_the_rows_behind_them(shop: Shop):
    for place in range(LEAST):
        bad, good, other = [await shop.person() for _ in range(3)]
        await shop.bought(bad, 60)
        await shop.bought(good, 60, 30)
        await shop.bought(other, 60, *([30] if place % 2 else []))
        await shop.said(bad, 1)
        await shop.said(good, 5)
    stranger = await shop.person()
    await shop.said(stranger, 3)  # neither good nor bad
    found = await shop.get("/loyalty", days=30)
    bad, good = found["effects"]
    assert (bad["counted"], bad["again"]["mean"], bad["again"]["others"]) == (LEAST, 0.0, 0.5)
    assert bad["loyalty"]["own"]
    assert bad["loyalty"]["pct"] == -100.0
    assert bad["money"]["minor"] == -2_500 * LEAST
    assert good["loyalty"]["pct"] == 100.0
    assert found["segments"][0]["effects"] == found["effects"]
    page = await shop.get("/loyalty/rows", kind="bad", days=30, limit=20)
    rest = await shop.get("/loyalty/rows", kind="bad", days=30, limit=20, after=page["next"])
    assert page["listed"] == LEAST == len(page["rows"]) + len(rest["rows"])
    one = page["rows"][0]
    assert one["others"] == {"count": LEAST, "again": 0.5, "lost": 0.5, "spent_minor": 2500}
    assert (one["again"], one["lost"], one["standing"]) == (False, True, "counted")
    assert one["customer_name"] not in {None, "Jan Kowalski"}  # masked: nobody serves them


async def test_days_that_are_not_over_and_days_nobody_offers(shop: Shop):
    who = await shop.person()
    await shop.bought(who, 60)
    await shop.said(who, 1)
    found = await shop.get("/loyalty", days=90)
    assert found["effects"][0]["waiting"] == 1
    assert found["effects"][0]["money"]["minor"] == round(-0.28 * 5_000 * 90 / 365)
    assert len((await shop.get("/loyalty/rows", kind="bad", standing="waiting"))["rows"]) == 1
    assert (await shop.get("/loyalty", days=31)).status_code == 400
