"""A house whose customers have orders, with the room of value in it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from tests.conversations.house import SITE, House, asking
from warmline.conversations.queries import last_contacts
from warmline.core import commands as c
from warmline.core.settings import Segment
from warmline.core.words import DAY, CustomerId, SegmentId
from warmline.customers.orders.tables import order
from warmline.customers.rights.tables import flag
from warmline.customers.tables import customer
from warmline.customers.value.appraisal import Appraisal
from warmline.customers.value.routes import ValueRoom, routes
from warmline.customers.value.stakes import OrderStakes
from warmline.customers.value.tables import customer_value
from warmline.security.audit import Audit
from warmline.storage.rows import Row, rows

FOUR = ("platinum", "gold", "silver", "bronze")
RULES = [
    {"item": "platinum", "text": "value in top 5 %"},
    {"item": "gold", "text": "value in top 20 %"},
    {"item": "silver", "text": "value in top 50 %"},
    {"item": "bronze", "text": "orders >= 1"},
]


@dataclass
class Shop:
    house: House
    appraisal: Appraisal
    stakes: OrderStakes
    orders: int = field(default=0)

    async def person(self, id_: str, **more: object) -> CustomerId:
        now = self.house.clock.now()
        async with self.house.database.write() as connection:
            await connection.execute(
                insert(customer).values(
                    site=SITE, id=id_, name=id_.title(), folded=id_, created_at=now,
                    updated_at=now, **more,
                )
            )  # fmt: skip
        return CustomerId(id_)

    async def orders_of(self, who: str, *days_ago: float, total: int = 10_000, **more: object):
        values = [self._order(who, ago, total, **more) for ago in days_ago]
        async with self.house.database.write() as connection:
            await connection.execute(insert(order), values)

    async def regulars(self, many: int = 60) -> Sequence[CustomerId]:
        """So many customers, the later the better."""
        now = self.house.clock.now()
        people: list[dict[str, object]] = []
        orders: list[dict[str, object]] = []
        for number in range(many):
            who = f"c{number:03}"
            people.append(
                {
                    "site": SITE, "id": who, "name": who, "folded": who, "created_at": now,
                    "updated_at": now, "language": "pl" if number % 2 else "en",
                }
            )  # fmt: skip
            for step in range(1 + number * 20 // many):
                ago = 300 - (number * 7) % 60 - step * 11
                orders.append(self._order(who, ago, 5_000 + 300 * number))
        async with self.house.database.write() as connection:
            await connection.execute(insert(customer), people)
            await connection.execute(insert(order), orders)
        return [CustomerId(str(one["id"])) for one in people]

    def _order(self, who: str, ago: float, total: int, **more: object) -> dict[str, object]:
        self.orders += 1
        at = self.house.clock.now() - round(ago * DAY)
        return {
            "site": SITE, "id": f"o{self.orders}", "customer": who, "at": at,
            "total_minor": total, "currency": "PLN", "units": 1, "status": "delivered",
            "status_at": at, "promised_at": None, "text": None, "source": "test", **more,
        }  # fmt: skip

    async def values(self) -> dict[str, Row]:
        async with self.house.database.read() as connection:
            return {one["customer"]: one for one in await rows(connection, select(customer_value))}

    async def segments(self) -> dict[str, tuple[str | None, str | None]]:
        async with self.house.database.read() as connection:
            found = await rows(connection, select(customer))
        return {one["id"]: (one["segment"], one["segment_by"]) for one in found}

    async def set(self, who: str, **values: object) -> None:
        async with self.house.database.write() as connection:
            await connection.execute(update(customer).where(customer.c.id == who).values(**values))

    async def objects(self, who: str) -> None:
        async with self.house.database.write() as connection:
            await connection.execute(
                insert(flag).values(
                    site=SITE, customer=who, flag="objects_profiling",
                    since=self.house.clock.now(), by=None, note=None,
                )
            )  # fmt: skip

    async def one_by_one(self, *who: str) -> None:
        await self.appraisal.one_by_one({CustomerId(one) for one in who})

    async def rule(self, *rules: dict[str, str], kind: str = "segment"):
        async with self.house.browser("sue") as sue:
            answer = await sue.put(f"/{kind}-rules", json={"rules": list(rules)})
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture
async def shop(house: House) -> Shop:
    around: dict[str, Any] = {
        "database": house.database,
        "site": SITE,
        "clock": house.clock,
        "state": house.engine,
        "contacts": last_contacts,
    }
    appraisal, stakes = Appraisal(**around), OrderStakes(**around)
    room = ValueRoom(
        database=house.database,
        site=SITE,
        state=house.engine,
        clock=house.clock,
        needs=asking,
        sight=house.sight,
        directory=house.directory,
        appraisal=appraisal,
        stakes=stakes,
        audit=Audit(house.database, SITE, house.clock).setting,
    )
    house.app.include_router(routes(room), prefix="/api/v1")
    for one in FOUR:
        await house.do(c.DefineSegment, segment=Segment(id=SegmentId(one), name=one.title()))
    return Shop(house, appraisal, stakes)
