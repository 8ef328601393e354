"""Values the customers of a site: all of them every night, one at once when an order comes."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import delete, or_, select

from warmline.core.words import SECOND, CustomerId, Instant, SiteId
from warmline.customers.matching.tables import merge
from warmline.customers.rights.tables import flag
from warmline.customers.tables import customer
from warmline.customers.value import keeping, lifetime
from warmline.customers.value.asking import Asking, Contacts, by_person
from warmline.customers.value.assigning import assign, portions
from warmline.customers.value.bgnbd import TooFew
from warmline.customers.value.holdout import Holdout, holdout
from warmline.customers.value.keeping import Model, RuleKind, SiteTerms
from warmline.customers.value.ledger import Days, Ledger, Money, read_ledger
from warmline.customers.value.lifetime import Basis
from warmline.customers.value.purchases import Orders, purchases
from warmline.customers.value.tables import customer_value
from warmline.ports import Clock, State, Unavailable
from warmline.storage.database import Database
from warmline.storage.journal import storage_errors
from warmline.storage.rows import rows
from warmline.storage.upsert import upsert

log = structlog.get_logger()

NIGHT_HOUR = 3
"""Local hour at which everybody is valued anew."""
ONE_BY_ONE = 200
"""More people than this at once are left to the next full round."""
ROUND_PAUSE_S = 60.0
"""Full rounds that orders ask for are at least so far apart."""
LOOK_S = 30.0
"""How often it is looked who was merged or began to object."""
CHUNK = 500
HELD_BACK_SHARE = 0.25
"""Of the time that orders cover, to say how good the forecast is."""
LEAST_HELD_BACK_DAYS, MOST_HELD_BACK_DAYS = 28, 365


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What a full round came to."""

    customers: int
    changed: int
    took_ms: int


class Appraisal:
    """Keeps values and computed segments of one site up to date."""

    def __init__(
        self,
        *,
        database: Database,
        site: SiteId,
        clock: Clock,
        state: State,
        contacts: Contacts,
    ) -> None:
        self._database = database
        self._site = site
        self._clock = clock
        self._state = state
        self._contacts = contacts
        self._waiting: set[CustomerId] = set()
        self._everybody = False
        self._news = asyncio.Event()
        self._turn = asyncio.Lock()

    # Asked for

    async def ordered(self, customers: Collection[CustomerId] | None) -> None:
        """Orders came or changed (`ports.OrdersChanged`): their customers are valued soon."""
        if customers is None:
            self._everybody = True
        else:
            self._waiting.update(customers)
        self._news.set()

    async def run(self) -> None:
        """Value for ever, until cancelled."""
        loop = asyncio.get_running_loop()
        last_round = loop.time() - ROUND_PAUSE_S
        looked, night = self._clock.now(), self._next_night()
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_S):
                    await self._news.wait()
            self._news.clear()
            now = self._clock.now()
            if now >= night:
                self._everybody, night = True, self._next_night()
            try:
                with storage_errors():
                    self._waiting |= await self.touched(since=looked)
                    looked = now
                    if self._everybody or len(self._waiting) > ONE_BY_ONE:
                        self._everybody = True
                        await asyncio.sleep(max(0.0, last_round + ROUND_PAUSE_S - loop.time()))
                        last_round = loop.time()
                    await self._serve()
            except Unavailable as failure:
                log.warning("valuing_failed", cause=str(failure))

    async def touched(self, *, since: Instant) -> set[CustomerId]:
        """Who was merged, split again, or began to object since then."""
        site = self._site
        async with self._database.read() as connection:
            flagged = await connection.scalars(
                select(flag.c.customer).where(flag.c.site == site, flag.c.since >= since)
            )
            merged = await rows(
                connection,
                select(merge.c.other, merge.c.into).where(
                    merge.c.site == site, or_(merge.c.at >= since, merge.c.undone_at >= since)
                ),
            )
        people = {CustomerId(one) for one in flagged}
        return people | {CustomerId(one[name]) for one in merged for name in ("other", "into")}

    async def _serve(self) -> None:
        waiting, self._waiting = self._waiting, set()
        everybody, self._everybody = self._everybody, False
        if everybody:
            await self.everybody()
        elif waiting:
            await self.one_by_one(waiting)

    # Everybody

    async def everybody(self) -> Round:
        """Fit the models to all orders, value everybody and give segments."""
        async with self._turn:
            began = asyncio.get_running_loop().time()
            now = self._clock.now()
            days = Days(self._state.center().zone)
            async with self._database.read() as connection:
                terms = await keeping.site_terms(connection, self._site)
                money = await keeping.money_of(connection, self._site, terms)
                ledger = await read_ledger(connection, self._site, days, money)
            today = days.of(now)
            basis, found, held = await asyncio.to_thread(_all, ledger, terms, now, today)
            for some in portions(found, CHUNK):
                async with self._database.write() as connection:
                    await connection.execute(_KEEP, [{"site": self._site, **one} for one in some])
            took_ms = round((asyncio.get_running_loop().time() - began) * SECOND)
            model = Model(
                computed_at=now,
                currency=money.currency,
                orders=ledger.count,
                unpriced=ledger.unpriced,
                basis=basis,
                holdout=held,
                took_ms=took_ms,
            )
            async with self._database.write() as connection:
                await connection.execute(
                    delete(customer_value).where(
                        customer_value.c.site == self._site, customer_value.c.computed_at < now
                    )
                )
                await keeping.keep_model(connection, self._site, model)
            changed = await self._segments(now, money)
            log.info("valued", customers=len(found), changed=changed, took_ms=took_ms)
            return Round(customers=len(found), changed=changed, took_ms=took_ms)

    async def reassign(self) -> int:
        """Give segments by the rules as they are now; returns how many people changed."""
        async with self._turn:
            async with self._database.read() as connection:
                terms = await keeping.site_terms(connection, self._site)
                money = await keeping.money_of(connection, self._site, terms)
            return await self._segments(self._clock.now(), money)

    async def _segments(
        self, now: Instant, money: Money, among: Collection[CustomerId] | None = None
    ) -> int:
        async with self._database.read() as connection:
            rules = await keeping.ruled(connection, self._site, RuleKind.SEGMENT, money.currency)
        return await assign(
            self._database,
            self.asking(now, among),
            rules,
            known=self._state.center().segments.keys(),
            now=now,
            among=among,
        )

    def asking(self, now: Instant, among: Collection[CustomerId] | None = None) -> Asking:
        """What turns rules into statements, at a moment; about some (all ids of theirs) or all."""
        contacts = by_person(self._site, self._contacts(self._site, among))
        return Asking(site=self._site, now=now, contacts=contacts)

    # One by one

    async def one_by_one(self, customers: Collection[CustomerId]) -> None:
        """Value some people by the models of the last night; all, where there are none yet."""
        now = self._clock.now()
        days = Days(self._state.center().zone)
        async with self._turn:
            async with self._database.read() as connection:
                model = await keeping.newest_model(connection, self._site)
            if model is not None:
                async with self._database.read() as connection:
                    terms = await keeping.site_terms(connection, self._site)
                    money = Money(currency=model.currency, rates=terms.rates)
                    roots, ids = await self._persons(customers)
                    ledger = await read_ledger(connection, self._site, days, money, among=ids)
                found = valued(ledger, model.basis, now=now, today=days.of(now))
                gone = {*roots, *ids} - {str(one["customer"]) for one in found}
                async with self._database.write() as connection:
                    if gone:
                        await connection.execute(
                            delete(customer_value).where(
                                customer_value.c.site == self._site,
                                customer_value.c.customer.in_(gone),
                            )
                        )
                    if found:
                        kept = [{"site": self._site, **one} for one in found]
                        await connection.execute(_KEEP, kept)
                await self._segments(now, money, ids)
        if model is None:
            await self.everybody()

    async def _persons(
        self, customers: Collection[CustomerId]
    ) -> tuple[set[str], Collection[CustomerId]]:
        """The ids that count of these people, and all ids of theirs."""
        async with self._database.read() as connection:
            found = await connection.execute(
                select(customer.c.id, customer.c.merged_into).where(
                    customer.c.site == self._site, customer.c.id.in_(sorted(customers))
                )
            )
            roots = {merged or id_ for id_, merged in found}
            same = await connection.scalars(
                select(customer.c.id).where(
                    customer.c.site == self._site,
                    or_(customer.c.id.in_(roots), customer.c.merged_into.in_(roots)),
                )
            )
            return roots, [CustomerId(one) for one in same]

    def _next_night(self) -> Instant:
        zone = ZoneInfo(self._state.center().zone)
        now = datetime.fromtimestamp(self._clock.now() / SECOND, zone)
        night = now.replace(hour=NIGHT_HOUR, minute=0, second=0, microsecond=0)
        if night <= now:
            night += timedelta(days=1)
        return round(night.timestamp() * SECOND)


_COLUMNS = (
    "computed_at", "first_at", "last_at", "frequency", "money_minor", "recency_days", "r", "f",
    "m", "value_top", "money_top", "orders_top", "alive_pct", "churn_pct", "expected_orders",
    "average_minor", "value_minor",
)  # fmt: skip
_KEEP = upsert(customer_value, keys=("site", "customer"), change=_COLUMNS)
_Row = Mapping[str, object]


def _all(
    ledger: Ledger, terms: SiteTerms, now: Instant, today: int
) -> tuple[Basis, Sequence[_Row], Holdout | None]:
    """The models, everybody's value and how good the forecast is; heavy, so in a thread."""
    basis = lifetime.learn(purchases(ledger.orders, until=today), terms.terms)
    found = valued(ledger, basis, now=now, today=today)
    return basis, found, held_back(ledger.orders, today)


def held_back(orders: Orders, today: int) -> Holdout | None:
    """How well the last quarter of the orders is foretold from what came before."""
    if not len(orders.day):
        return None
    begin = int(orders.day.min())
    days = min(round((today - begin) * HELD_BACK_SHARE), MOST_HELD_BACK_DAYS)
    if days < LEAST_HELD_BACK_DAYS:
        return None
    try:
        return holdout(orders, until=today - days, days=days, begin=begin)
    except TooFew:
        return None


def valued(ledger: Ledger, basis: Basis, *, now: Instant, today: int) -> Sequence[_Row]:
    """The rows of the customers in a ledger, by models that are fitted already."""
    known = purchases(ledger.orders, until=today)
    worth = lifetime.worth(known, basis)
    stand = lifetime.standing(known, basis, worth)
    found: list[_Row] = []
    for place, who in enumerate(known.customers):
        row: dict[str, object] = {
            "customer": who,
            "computed_at": now,
            "first_at": ledger.first_at[who],
            "last_at": ledger.last_at[who],
            "frequency": int(known.days[place]),
            "money_minor": round(float(known.money[place])),
            "recency_days": int(known.days_since[place]),
            "r": int(stand.r[place]),
            "f": int(stand.f[place]),
            "m": int(stand.m[place]),
            "value_top": int(stand.value_top[place]),
            "money_top": int(stand.money_top[place]),
            "orders_top": int(stand.orders_top[place]),
            "alive_pct": None,
            "churn_pct": None,
            "expected_orders": None,
            "average_minor": round(float(known.mean[place])),
            "value_minor": None,
        }
        if worth is not None:
            row |= {
                "alive_pct": round(100 * float(worth.alive[place]), 2),
                "churn_pct": round(100 * float(worth.churn[place]), 2),
                "expected_orders": round(float(worth.orders[place]), 3),
                "average_minor": round(float(worth.mean[place])),
                "value_minor": round(float(worth.value[place])),
            }
        found.append(row)
    return found
