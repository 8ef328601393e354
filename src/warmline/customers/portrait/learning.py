"""Learns why people come from the center's own past, nightly or when asked, off the loop."""

import asyncio
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, select

from warmline.core.words import DAY, CustomerId, Instant, Millis, SiteId
from warmline.customers.orders.tables import order, order_event
from warmline.customers.portrait.clues import EventSeen, OrderSeen, Seen, clues
from warmline.customers.portrait.likely import Counts, Example, Measured, learn, measure, read
from warmline.customers.portrait.tables import likely
from warmline.customers.tables import CHUNK, customer
from warmline.ports import Clock, Contact, Contacts, State
from warmline.storage.database import Database
from warmline.storage.rows import Query, Row, row, rows
from warmline.storage.upsert import upsert

LEARNT_CONTACTS = 20_000
"""The newest of the past that are learnt from."""
ORDERS_SEEN = 20
"""So many of the newest orders, and of their events, count for one person."""
EVERY_MS: Millis = DAY
LOOK_S = 600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Learnt:
    """What was learnt, when, and how often it is right."""

    at: Instant
    counts: Counts
    measured: Measured | None


def orders_of(site: SiteId, ids: Collection[CustomerId], *, newest: int | None = None) -> Query:
    """What counts of the orders of some people, the newest first."""
    query = (
        select(
            order.c.customer,
            order.c.id,
            order.c.at,
            order.c.status,
            order.c.status_at,
            order.c.promised_at,
        )
        .where(order.c.site == site, order.c.customer.in_(ids))
        .order_by(order.c.at.desc(), order.c.id)
    )
    return query if newest is None else query.limit(newest)


def events_of(site: SiteId, ids: Collection[CustomerId], *, newest: int | None = None) -> Query:
    """What happened to the orders of some people, the newest first."""
    query = (
        select(order_event.c.customer, order_event.c.order, order_event.c.kind, order_event.c.at)
        .where(order_event.c.site == site, order_event.c.customer.in_(ids))
        .order_by(order_event.c.at.desc(), order_event.c.id)
    )
    return query if newest is None else query.limit(newest)


def order_seen(found: Row) -> OrderSeen:
    """An order as clues look at it."""
    names = ("id", "at", "status", "status_at", "promised_at")
    return OrderSeen(**{name: found[name] for name in names})


def event_seen(found: Row) -> EventSeen:
    """An event of an order as clues look at it."""
    return EventSeen(order=found["order"], kind=found["kind"], at=found["at"])


class Learning:
    """Keeps what was learnt: in memory for who asks, in a table for the next start."""

    def __init__(
        self, database: Database, site: SiteId, clock: Clock, state: State, contacts: Contacts
    ) -> None:
        self._database = database
        self._state = state
        self._site = site
        self._clock = clock
        self._contacts = contacts
        self._learnt: Learnt | None = None
        self._turn = asyncio.Lock()

    async def run(self) -> None:
        """Learn anew every day, until cancelled."""
        while True:
            learnt = await self.learnt()
            if learnt is None or self._clock.now() - learnt.at >= EVERY_MS:
                await self.learn()
            await asyncio.sleep(LOOK_S)

    async def learnt(self) -> Learnt | None:
        """What was learnt last; None when nothing ever was."""
        if self._learnt is None:
            async with self._database.read() as connection:
                found = await row(connection, select(likely).where(likely.c.site == self._site))
            if found is not None:
                self._learnt = _read(found)
        return self._learnt

    async def learn(self) -> Learnt:
        """Learn from the past as it is now; one at a time."""
        async with self._turn:
            now = self._clock.now()
            nothing = self._says_nothing()
            found = await self._contacts.closed(newest=LEARNT_CONTACTS)
            contacts = [one for one in found if one.disposition not in nothing]
            roots = await self._roots(contacts)
            orders, events = await self._bought(contacts)
            learnt = await asyncio.to_thread(_learn, contacts, roots, orders, events, now)
            measured = None if learnt.measured is None else learnt.measured.plain()
            body = {**learnt.counts.plain(), "measured": measured}
            values = {"site": self._site, "at": now, "body": body}
            async with self._database.write() as connection:
                await connection.execute(upsert(likely, values, keys=("site",)))
            self._learnt = learnt
            return learnt

    def _says_nothing(self) -> Collection[str | None]:
        """What conversations are closed with when nobody chose anything."""
        return {queue.wrap_up.automatic for queue in self._state.center().queues.values()}

    async def _roots(self, contacts: Sequence[Contact]) -> Mapping[str, str]:
        """Who turned out to be somebody else."""
        merged: dict[str, str] = {}
        for chunk in _chunks(contacts):
            query: Select[*tuple[str, str | None]] = select(
                customer.c.id, customer.c.merged_into
            ).where(
                customer.c.site == self._site,
                customer.c.id.in_(chunk),
                customer.c.merged_into.is_not(None),
            )
            async with self._database.read() as connection:
                merged |= {one["id"]: one["merged_into"] for one in await rows(connection, query)}
        return merged

    async def _bought(
        self, contacts: Sequence[Contact]
    ) -> tuple[Mapping[str, list[OrderSeen]], Mapping[str, list[EventSeen]]]:
        orders: dict[str, list[OrderSeen]] = defaultdict(list)
        events: dict[str, list[EventSeen]] = defaultdict(list)
        for chunk in _chunks(contacts):
            async with self._database.read() as connection:
                for one in await rows(connection, orders_of(self._site, chunk)):
                    orders[one["customer"]].append(order_seen(one))
                for one in await rows(connection, events_of(self._site, chunk)):
                    events[one["customer"]].append(event_seen(one))
        return orders, events


def _chunks(contacts: Sequence[Contact]) -> list[list[CustomerId]]:
    ids = sorted({one.customer for one in contacts if one.customer is not None})
    return [ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK)]


def _learn(
    contacts: Sequence[Contact],
    roots: Mapping[str, str],
    orders: Mapping[str, Sequence[OrderSeen]],
    events: Mapping[str, Sequence[EventSeen]],
    now: Instant,
) -> Learnt:
    """Examples in order of time, each with what was known before it; measured, then all learnt."""
    earlier: dict[str, list[Contact]] = defaultdict(list)
    examples: list[Example] = []
    for one in reversed(contacts):
        assert one.customer is not None
        assert one.disposition is not None
        who = roots.get(one.customer, one.customer)
        seen = Seen(
            contact=one,
            earlier=earlier[who][-1:],
            orders=orders.get(one.customer, ()),
            events=events.get(one.customer, ()),
        )
        examples.append(Example(clues=clues(seen), reason=one.disposition))
        earlier[who].append(one)
    return Learnt(at=now, counts=learn(examples), measured=measure(examples))


def _read(found: Row) -> Learnt:
    body = found["body"]
    measured = body["measured"]
    return Learnt(
        at=found["at"],
        counts=read(body),
        measured=None if measured is None else Measured(**measured),
    )
