"""Learns from what was shown and held out whom an offer moves, nightly, and settles what followed.

One model over all offers, which offer it was is one of its facts: the hold-out of one offer alone
is small. Its order is judged on rows that it did not learn from.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import msgspec
import numpy as np
from sqlalchemy import select

from warmline.core.words import DAY, CustomerId, Instant, Millis, SiteId
from warmline.outreach.offers import keeping, uplift
from warmline.outreach.offers.curve import Judged, area, spread
from warmline.outreach.offers.logistic import Floats
from warmline.outreach.offers.model import Arm, Bought, Fact, Facts, Span
from warmline.outreach.offers.tables import offer_model, offer_shown
from warmline.outreach.offers.uplift import Rows, Uplift
from warmline.ports import Clock
from warmline.storage.database import Database
from warmline.storage.rows import Row, row, rows
from warmline.storage.upsert import upsert

LEAST_ROWS = 400
LEAST_DOERS = 20
"""Fewer people who ordered in one of the arms tell nothing."""
MOST_ROWS = 50_000
SETTLED_AT_ONCE = 500
DRAWS, SEED = 200, 11
EVERY_MS: Millis = DAY
LOOK_S = 900.0

NUMBERS = (
    "orders", "money", "average_order", "expected_orders", "recency_days", "churn_pct", "contacts",
    "days_since_contact",
)  # fmt: skip
WORDS = ("offer", "segment", "medium", "language")


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """How facts become the row of numbers that a model takes."""

    numbers: Mapping[str, tuple[float, float]]
    """Mean and spread of the logarithm; what is not known counts as the mean."""
    words: Mapping[str, tuple[str, ...]]

    def row(self, facts: Facts) -> Floats:
        """One row."""
        found: list[float] = []
        for name, (mean, scale) in self.numbers.items():
            value = _number(facts.get(name))
            found.append(0.0 if value is None else (value - mean) / scale)
        for name, known in self.words.items():
            found += [float(facts.get(name) == word) for word in known]
        return np.asarray(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """How well the order finds whom an offer moves, on rows that were not learnt from."""

    rows: int
    auuc: float
    random_auuc: float
    above_random: tuple[float, float]
    """95 % interval of how far the area lies above that of a random order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Learnt:
    """What was learnt, when, from how much."""

    at: Instant
    rows: int
    design: Design
    model: Uplift
    quality: Quality

    def uplift_of(self, offer: str, facts: Facts) -> float:
        """How much likelier a customer orders for being offered it, -1 to 1."""
        known = self.design.row({**facts, "offer": offer})
        return float(self.model.of(known[None, :])[0])


def _number(value: Fact) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(np.log1p(max(0.0, value)))


def kept_facts(facts: Facts) -> dict[str, Fact]:
    """Those facts that a model can learn from; what somebody wrote is not among them."""
    return {name: facts[name] for name in (*NUMBERS, *WORDS) if facts.get(name) is not None}


class Learning:
    """Keeps what was learnt: in memory for who asks, in a table for the next start."""

    def __init__(self, database: Database, site: SiteId, clock: Clock, bought: Bought) -> None:
        self._database = database
        self._site = site
        self._clock = clock
        self._bought = bought
        self._learnt: Learnt | None = None
        self._turn = asyncio.Lock()

    async def run(self) -> None:
        """Settle what is over, and learn anew every day, until cancelled."""
        learnt_at = 0
        while True:
            await self.settle()
            if self._clock.now() - learnt_at >= EVERY_MS:
                learnt_at = self._clock.now()
                await self.learn()
            await asyncio.sleep(LOOK_S)

    async def settle(self) -> int:
        """Say of all whose window is over what their customers ordered in it; how many they were.

        What is ordered while a window still runs is not counted before its end, in neither arm.
        """
        many = 0
        while spans := await self._over():
            revenue = await self._bought(spans)
            settled = {one.key: revenue.get(one.key, 0) for one in spans}
            async with self._database.write() as connection:
                await keeping.settle(connection, self._site, settled)
            many += len(spans)
        return many

    async def _over(self) -> Sequence[Span]:
        async with self._database.read() as connection:
            terms = await keeping.terms_of(connection, self._site)
            window = terms.window_days * DAY
            found = await keeping.unsettled(
                connection, self._site, before=self._clock.now() - window, limit=SETTLED_AT_ONCE
            )
        return [
            Span(
                key=one["id"],
                customer=CustomerId(one["customer"]),
                since=one["at"],
                until=one["at"] + window,
            )
            for one in found
        ]

    async def learnt(self) -> Learnt | None:
        """What was learnt last; None while there is too little to learn from."""
        if self._learnt is None:
            query = select(offer_model).where(offer_model.c.site == self._site)
            async with self._database.read() as connection:
                found = await row(connection, query)
            if found is not None:
                self._learnt = msgspec.convert({**found["body"], "at": found["at"]}, Learnt)
        return self._learnt

    async def learn(self) -> Learnt | None:
        """Learn from all that is settled; None, and nothing changes, when that is too little."""
        async with self._turn:
            query = keeping.shown(
                self._site, offer_shown.c.revenue_minor.is_not(None), newest=MOST_ROWS
            )
            async with self._database.read() as connection:
                found = await rows(connection, query)
            learnt = await asyncio.to_thread(learn, found, self._clock.now())
            if learnt is None:
                return None
            body: dict[str, Any] = msgspec.to_builtins(asdict(learnt))
            values = {"site": self._site, "at": body.pop("at"), "body": body}
            async with self._database.write() as connection:
                await connection.execute(upsert(offer_model, values, keys=("site",)))
            self._learnt = learnt
            return learnt


def learn(found: Sequence[Row], now: Instant) -> Learnt | None:
    """Learn from rows of `offer_shown` that are settled; None for too few."""
    shown = np.asarray([float(one["arm"] == Arm.SHOWN.value) for one in found])
    did = np.asarray([float(one["revenue_minor"] > 0) for one in found])
    doers = [int(did[shown == arm].sum()) for arm in (0, 1)]
    if len(found) < LEAST_ROWS or min(doers) < LEAST_DOERS:
        return None
    facts = [{**one["facts"], "offer": one["offer"]} for one in found]
    design = _design(facts)
    given = Rows(x=np.stack([design.row(one) for one in facts]), shown=shown, did=did)
    return Learnt(
        at=now,
        rows=len(found),
        design=design,
        model=uplift.learn(given),
        quality=_quality(given, [str(one["customer"]) for one in found]),
    )


def _design(facts: Sequence[Facts]) -> Design:
    numbers: dict[str, tuple[float, float]] = {}
    for name in NUMBERS:
        known = [one for each in facts if (one := _number(each.get(name))) is not None]
        scale = float(np.std(known)) if known else 0.0
        if scale > 0:
            numbers[name] = (float(np.mean(known)), scale)
    words: dict[str, tuple[str, ...]] = {}
    for name in WORDS:
        seen = sorted({str(one[name]) for one in facts if one.get(name) is not None})
        words[name] = tuple(seen)
    return Design(numbers=numbers, words=words)


def _quality(given: Rows, customers: Sequence[str]) -> Quality:
    """Learnt from every second customer, judged on the others; a customer is on one side only."""
    place = {who: number for number, who in enumerate(sorted(set(customers)))}
    side = np.asarray([place[who] % 2 for who in customers])
    model = uplift.learn(given.at(np.flatnonzero(side == 0)))
    rest = given.at(np.flatnonzero(side == 1))
    judged = Judged(uplift=model.of(rest.x), shown=rest.shown, did=rest.did)
    found = area(judged)
    return Quality(
        rows=len(rest.did),
        auuc=found.auuc,
        random_auuc=found.random,
        above_random=spread(judged, draws=DRAWS, seed=SEED).above_random,
    )
