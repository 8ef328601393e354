"""Loyalty in money put together: orders as customers keep them, for what customers answered."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from fastapi import APIRouter
from sqlalchemy import select

from warmline.core.words import CustomerId, SiteId
from warmline.customers.tables import customer
from warmline.customers.value import keeping
from warmline.customers.value.ledger import Days, read_ledger
from warmline.experience.loyalty.model import USUAL_DAYS, Bought, Room
from warmline.experience.loyalty.routes import loyalty_routes
from warmline.experience.loyalty.study import Studies
from warmline.insight.benchmark_model import Change
from warmline.ports import State
from warmline.storage.database import Database
from warmline.storage.rows import rows
from warmline.wiring.foundation import Foundation

CHUNK = 500


def open_loyalty(base: Foundation) -> "Loyalty":
    """The room of loyalty."""
    room = Room(
        database=base.database,
        site=base.site,
        state=base.engine,
        clock=base.clock,
        needs=base.guard,
        purchases=LedgerPurchases(base.database, base.site, base.engine),
        agents=base.people.agents,
        customers=base.people.customers,
    )
    return Loyalty(room=room, studies=Studies(room))


@dataclass(frozen=True, slots=True, kw_only=True)
class Loyalty:
    """What customers buy after contacts: studies, and the routes to them."""

    room: Room
    studies: Studies

    def routes(self) -> APIRouter:
        """`/loyalty`."""
        return loyalty_routes(self.room, self.studies)

    async def changes(self) -> Mapping[str, Change]:
        """Own changes, by the row of the benchmark panel; none before there are enough."""
        study = await self.studies.over(USUAL_DAYS)
        found: dict[str, Change] = {}
        for one in study.effects():
            told = one.loyalty
            if told.low is not None and told.high is not None:
                change = Change(pct=told.pct, low=told.low, high=told.high, n=one.counted)
                found[f"loyalty_{one.kind.value}"] = change
        return found


class LedgerPurchases:
    """Orders that count, of people who may be profiled."""

    def __init__(self, database: Database, site: SiteId, state: State) -> None:
        self._database = database
        self._site = site
        self._state = state

    async def __call__(self) -> Bought:
        """All of them, in the currency that the site counts in."""
        days = Days(self._state.center().zone)
        async with self._database.read() as connection:
            terms = await keeping.site_terms(connection, self._site)
            money = await keeping.money_of(connection, self._site, terms)
            ledger = await read_ledger(connection, self._site, days, money)
        people = [CustomerId(one) for one in ledger.orders.customers]
        segments: dict[str, str | None] = {}
        for start in range(0, len(people), CHUNK):
            query = select(customer.c.id, customer.c.segment).where(
                customer.c.site == self._site, customer.c.id.in_(people[start : start + CHUNK])
            )
            async with self._database.read() as connection:
                found = await rows(connection, query)
            segments |= {one["id"]: one["segment"] for one in found}
        return Bought(
            people=people,
            segments=[segments.get(one) for one in people],
            who=ledger.orders.who,
            day=ledger.orders.day,
            money=ledger.orders.money,
            currency=money.currency,
            day_of=days.of,
        )

    async def roots(self, ids: Collection[CustomerId]) -> Mapping[CustomerId, CustomerId]:
        """Who others turned out to be; who is nobody else counts as themselves."""
        found = dict[CustomerId, CustomerId]()
        wanted = sorted(ids)
        for start in range(0, len(wanted), CHUNK):
            query = select(customer.c.id, customer.c.merged_into).where(
                customer.c.site == self._site,
                customer.c.id.in_(wanted[start : start + CHUNK]),
                customer.c.merged_into.is_not(None),
            )
            async with self._database.read() as connection:
                for one in await rows(connection, query):
                    found[CustomerId(one["id"])] = CustomerId(one["merged_into"])
        return found
