"""Made-up orders of the sample shop's customers, and what the center computes from them.

Every order says that it is made up, in its text and its source. How good a customer is meant to be
only sets how often and for how much they order; value and segment are computed as in any center.
"""

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from sqlalchemy import func, insert, select

from warmline.conversations.queries import last_contacts
from warmline.core.center import Center
from warmline.core.words import DAY, HOUR, Instant, SegmentId, SiteId
from warmline.customers.orders.tables import order, order_event
from warmline.customers.tables import customer
from warmline.customers.value import keeping, lifetime
from warmline.customers.value.appraisal import Appraisal, valued
from warmline.customers.value.keeping import RuleKind
from warmline.customers.value.ledger import Days, Ledger
from warmline.customers.value.lifetime import Terms
from warmline.customers.value.purchases import Orders, purchases
from warmline.demo import shop
from warmline.demo.behaviour import Customer
from warmline.ports import Clock
from warmline.storage.database import Database
from warmline.storage.rows import rows

SOURCE = "sample"
LAST_NUMBER = 49_999
CURRENCY = "PLN"
LONGEST_DAYS, SHORTEST_DAYS = 720, 40
"""How long ago a customer ordered first."""
STOPS = 0.06
"""How likely it is, after each order, that it was the last one."""
PROMISED_MS = 5 * DAY
LATE_SHARE, FAILED_SHARE, RETURNED_SHARE, CANCELLED_SHARE = 0.12, 0.05, 0.04, 0.02
OPEN_DAYS = 9
"""Younger orders are still on their way."""

# Orders a year and the usual sum, by how good a customer is meant to be.
HABITS: Mapping[str, tuple[float, float]] = {
    "platinum": (12.0, 900.0),
    "gold": (6.0, 520.0),
    "silver": (2.6, 330.0),
    "bronze": (0.7, 210.0),
}
GOODS = ("Desk lamp", "Floor lamp", "Pendant lamp", "Oak table", "Bookcase", "Armchair", "Bulbs")
SEGMENT_RULES = (
    ("platinum", "value in top 5 %"),
    ("gold", "value in top 20 %"),
    ("silver", "value in top 50 %"),
    ("bronze", "orders >= 1"),
)
STAKE_RULES = (
    (
        "cancellation",
        "words has (cancel, отменить, отмена, отказ, anulować, anulowanie, zrezygnować)",
    ),
    ("large-order", "last_order >= 1500 and last_order_days <= 30"),
    ("lead", "reason = advice"),
)
_TOPS = ((50, "platinum"), (200, "gold"), (500, "silver"))


@dataclass(frozen=True, slots=True, kw_only=True)
class PastOrders:
    """The orders and what happened to them, as rows; the customers with computed segments."""

    everybody: Sequence[Customer]
    orders: Sequence[Mapping[str, object]]
    events: Sequence[Mapping[str, object]]


def past_orders(site: SiteId, everybody: Sequence[Customer], until: Instant) -> PastOrders:
    """Make up everybody's orders, and see what segments follow."""
    drafts = [one for who in everybody for one in _of_one(who, until)]
    drafts.sort(key=lambda one: (one.at, one.who))
    made = [
        _row(site, one, LAST_NUMBER - len(drafts) + place, until)
        for place, one in enumerate(drafts, 1)
    ]
    segments = _segments(made, until)
    numbers = {str(one["customer"]): int(str(one["id"])) for one in made}
    return PastOrders(
        everybody=[
            replace(who, segment=segments.get(who.id), order=numbers.get(who.id))
            for who in everybody
        ],
        orders=made,
        events=[event for one in made for event in _events(site, one, until)],
    )


async def keep_past_orders(
    database: Database, site: SiteId, clock: Clock, center: Center, past: PastOrders
) -> None:
    """Write the orders and the rules, and let the center value everybody as it does at night."""
    async with database.write() as connection:
        await connection.execute(insert(order), list(past.orders))
        await connection.execute(insert(order_event), list(past.events))
        await keeping.keep_rules(connection, site, RuleKind.SEGMENT, SEGMENT_RULES)
        await keeping.keep_rules(connection, site, RuleKind.STAKE, STAKE_RULES)
    appraisal = Appraisal(
        database=database, site=site, clock=clock, state=_Past(center), contacts=last_contacts
    )
    await appraisal.everybody()


async def as_segmented(
    database: Database, site: SiteId, everybody: Sequence[Customer]
) -> Sequence[Customer]:
    """The customers with the segments and latest orders that the center has for them now."""
    ids = func.max(order.c.id)
    async with database.read() as connection:
        found = await rows(
            connection,
            select(customer.c.id, customer.c.segment).where(customer.c.site == site),
        )
        newest = await rows(
            connection,
            select(order.c.customer, ids.label("id"))
            .where(order.c.site == site, order.c.source == SOURCE)
            .group_by(order.c.customer),
        )
    segments = {one["id"]: one["segment"] for one in found}
    numbers = {one["customer"]: int(one["id"]) for one in newest}
    return [
        replace(who, segment=segments.get(who.id), order=numbers.get(who.id)) for who in everybody
    ]


@dataclass(frozen=True, slots=True)
class _Past:
    """The state at the end of the made-up past."""

    _center: Center

    def center(self) -> Center:
        return self._center

    def position(self) -> int:
        return 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draft:
    who: str
    at: Instant
    total: float
    goods: str
    chance: float
    """Decides what became of it."""


def _of_one(who: Customer, until: Instant) -> list[_Draft]:
    chance = random.Random(f"orders-{who.number}")
    a_year, usual = HABITS[who.meant]
    rate = chance.gammavariate(3.0, a_year / 3.0) / 365
    at = until - round(chance.uniform(SHORTEST_DAYS, LONGEST_DAYS) * DAY)
    mean = usual * chance.lognormvariate(0, 0.25)
    found: list[_Draft] = []
    while at < until:
        found.append(
            _Draft(
                who=who.id,
                at=at,
                total=mean * chance.lognormvariate(0, 0.45),
                goods=chance.choice(GOODS),
                chance=chance.random(),
            )
        )
        if chance.random() < STOPS:
            break
        at += max(2 * HOUR, round(chance.expovariate(rate) * DAY))
    return found


def _row(site: SiteId, draft: _Draft, number: int, until: Instant) -> Mapping[str, object]:
    status, status_at, promised_at = _became(draft, until)
    return {
        "site": site,
        "id": str(number),
        "customer": draft.who,
        "at": draft.at,
        "total_minor": 100 * max(20, math.ceil(draft.total)) - 1,
        "currency": CURRENCY,
        "units": 1 + number % 3,
        "status": status,
        "status_at": status_at,
        "promised_at": promised_at,
        "text": f"{draft.goods} (made up)",
        "source": SOURCE,
    }


def _became(draft: _Draft, until: Instant) -> tuple[str, Instant, Instant]:
    """How far the order is, since when, and when it was promised."""
    promised = draft.at + PROMISED_MS
    age = until - draft.at
    if age < OPEN_DAYS * DAY:
        late = draft.chance < LATE_SHARE
        if age > PROMISED_MS and not late:
            return "delivered", promised - 6 * HOUR, promised
        steps = (("placed", 0), ("paid", 2 * HOUR), ("shipped", 2 * DAY))
        status, since = next(one for one in reversed(steps) if one[1] <= age)
        return status, draft.at + since, promised
    if draft.chance < CANCELLED_SHARE:
        return "cancelled", draft.at + DAY, promised
    if draft.chance < CANCELLED_SHARE + RETURNED_SHARE:
        return "returned", min(until, promised + 4 * DAY), promised
    return "delivered", promised - 6 * HOUR, promised


def _events(site: SiteId, row: Mapping[str, object], until: Instant) -> list[Mapping[str, object]]:
    chance = random.Random(f"events-{row['id']}")
    found: list[tuple[str, Instant]] = []
    at, promised = row["at"], row["promised_at"]
    assert isinstance(at, int), "as it was made above"
    assert isinstance(promised, int), "as it was made above"
    if promised < until and row["status"] in {"placed", "paid", "shipped"}:
        found.append(("late", promised))
    if chance.random() < FAILED_SHARE and at + HOUR < until:
        found.append(("payment_failed", at + HOUR))
    return [
        {
            "site": site,
            "id": f"{row['id']}-{kind}",
            "order": row["id"],
            "customer": row["customer"],
            "kind": kind,
            "at": when,
        }
        for kind, when in found
    ]


def _segments(made: Sequence[Mapping[str, object]], until: Instant) -> Mapping[str, SegmentId]:
    """What the rules will give, seen before anybody is written down."""
    days = Days(shop.ZONE)
    ledger = _ledger(made, days)
    today = days.of(until)
    basis = lifetime.learn(purchases(ledger.orders, until=today), Terms())
    found: dict[str, SegmentId] = {}
    for one in valued(ledger, basis, now=until, today=today):
        top = one["value_top"]
        assert isinstance(top, int), "as it was computed"
        segment = next((name for most, name in _TOPS if top <= most), "bronze")
        found[str(one["customer"])] = SegmentId(segment)
    return found


def _ledger(made: Sequence[Mapping[str, object]], days: Days) -> Ledger:
    counted = [one for one in made if one["status"] not in {"cancelled", "returned"}]
    names = sorted({str(one["customer"]) for one in counted})
    numbers = {name: number for number, name in enumerate(names)}
    first: dict[str, Instant] = {}
    last: dict[str, Instant] = {}
    for one in counted:  # they stand in the order of time
        who, at = str(one["customer"]), one["at"]
        assert isinstance(at, int), "as it was made above"
        first.setdefault(who, at)
        last[who] = at
    return Ledger(
        orders=Orders(
            customers=names,
            who=np.asarray([numbers[str(one["customer"])] for one in counted], dtype=np.int64),
            day=np.asarray([days.of(int(str(one["at"]))) for one in counted], dtype=np.int64),
            money=np.asarray([one["total_minor"] for one in counted], dtype=np.float64),
        ),
        first_at=first,
        last_at=last,
        count=len(counted),
        unpriced=0,
    )
