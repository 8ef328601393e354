"""Computes the bid prices of the coming hour in a process of its own, and says when it cannot."""

import asyncio
import sys
from collections.abc import Mapping, Sequence
from typing import Protocol
from uuid import uuid4

import msgspec
import structlog
from sqlalchemy import and_, case, func, or_, select

from warmline.core import events as e
from warmline.core.commands import SetPrices
from warmline.core.settings import Rule
from warmline.core.state import Center
from warmline.core.words import (
    DAY,
    HOUR,
    MINUTE,
    AgentId,
    CommandId,
    Instant,
    Malformed,
    Medium,
    Millis,
    Presence,
    QueueId,
    Rejected,
    SegmentId,
    SiteId,
)
from warmline.insight.prices import Demand, Market, market
from warmline.insight.tables import BEGUN, contact, visit
from warmline.ports import Clock, Recorded, Submit, Unavailable
from warmline.storage.database import Database
from warmline.storage.journal import storage_errors

log = structlog.get_logger()

LIMIT_S = 60.0
"""A model that takes longer is given up."""
WEEKS, DAYS = 4, 7
"""Looked back at: the same hour of the same weekday, or of all days where there is none yet."""
USUAL_MS = 5 * MINUTE
"""What one customer takes where nothing has been finished yet."""
PROGRAM = (sys.executable, "-m", "warmline.insight.prices")


class State(Protocol):
    """The live center, to look at."""

    def center(self) -> Center: ...


class PricingFailed(Exception):
    """The worker process gave no prices; the message says why."""


class Pricing:
    """Sets prices at the beginning of each hour, and when a policy that wants them is published."""

    def __init__(
        self, *, database: Database, site: SiteId, clock: Clock, state: State, submit: Submit
    ) -> None:
        self._database = database
        self._site = site
        self._clock = clock
        self._state = state
        self._submit = submit
        self._news = asyncio.Event()

    def receive(self, recorded: Sequence[Recorded]) -> None:
        """Another policy means other prices: at once."""
        if any(isinstance(one.event, e.PolicyPublished | e.PolicyDefined) for one in recorded):
            self._news.set()

    async def run(self) -> None:
        """Set prices for ever, until cancelled."""
        while True:
            self._news.clear()
            policy = self._state.center().policy
            if policy.prices and policy.rule is Rule.WARMLINE:
                await self.set_prices()
            now = self._clock.now()
            try:
                async with asyncio.timeout((HOUR - now % HOUR) / 1000):
                    await self._news.wait()
            except TimeoutError:
                continue

    async def set_prices(self) -> None:
        """Compute the prices and put them in force; without any, decisions do without."""
        try:
            found = await self._forecast()
        except (PricingFailed, Unavailable) as failure:
            log.warning("prices_failed", cause=str(failure))
            found = dict[str, Millis]()
        agents = self._state.center().agents
        prices = {AgentId(id_): price for id_, price in found.items() if id_ in agents}
        command = SetPrices(
            id=CommandId(f"prices-{uuid4().hex}"),
            prices=prices,
            cause="forecast" if prices else "failed",
        )
        try:
            await self._submit(command)
        except (Rejected, Malformed, Unavailable) as refusal:
            # The policy may have changed meanwhile; the next hour tries again.
            log.warning("prices_refused", cause=type(refusal).__name__)

    async def _forecast(self) -> Mapping[str, Millis]:
        with storage_errors():
            demand = await expected(self._database, self._site, self._clock.now())
        center = self._state.center()
        present = [a for a in center.agents.values() if a.presence is not Presence.OFFLINE]
        given = market(center, demand, present)
        if not given.wanted or not given.workers:
            return {}
        return await computed(given)


async def computed(given: Market) -> Mapping[str, Millis]:
    """The prices, from a process of its own. Raises `PricingFailed`."""
    worker = await asyncio.create_subprocess_exec(
        *PROGRAM,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(LIMIT_S):
            body, _ = await worker.communicate(msgspec.json.encode(given))
    except TimeoutError as late:
        raise PricingFailed("late") from late
    finally:
        if worker.returncode is None:
            worker.kill()
            await worker.wait()
    if worker.returncode != 0:
        raise PricingFailed(f"exit {worker.returncode}")
    try:
        return msgspec.json.decode(body, type=dict[str, int])
    except msgspec.MsgspecError as error:
        raise PricingFailed("unreadable") from error


async def expected(database: Database, site: SiteId, now: Instant) -> Sequence[Demand]:
    """Who came in the same hour of past days, as the mean of a day."""
    weekdays = [now - week * 7 * DAY for week in range(1, WEEKS + 1)]
    found = await _came(database, site, weekdays)
    return found or await _came(database, site, [now - day * DAY for day in range(1, DAYS + 1)])


async def _came(database: Database, site: SiteId, starts: Sequence[Instant]) -> Sequence[Demand]:
    """The mean of the hours that begin at `starts`; those before the first event do not count."""
    of_visit = (
        contact.c.site == visit.c.site,
        contact.c.interaction == visit.c.interaction,
    )
    hours = or_(*(and_(visit.c.queued_at >= at, visit.c.queued_at < at + HOUR) for at in starts))
    handled = and_(visit.c.accepted_at.is_not(None), visit.c.left_at.is_not(None))
    handle_ms = func.avg(case((handled, visit.c.left_at - visit.c.accepted_at)))
    kinds = (visit.c.queue, visit.c.medium, contact.c.segment, contact.c.language)
    query = (
        select(*kinds, func.count(), handle_ms)
        .select_from(visit.join(contact, and_(*of_visit)))
        .where(visit.c.site == site, hours, visit.c.cause != BEGUN)
        .group_by(*kinds)
        .order_by(*kinds)
    )
    first = select(func.min(visit.c.queued_at)).where(visit.c.site == site)
    async with database.read() as connection:
        begins = await connection.scalar(first)
        if begins is None:
            return []
        rows = (await connection.execute(query)).all()
    days = sum(1 for at in starts if at + HOUR > begins)
    return [
        Demand(
            queue=QueueId(queue),
            medium=Medium(medium),
            segment=SegmentId(segment) if segment is not None else None,
            language=language,
            per_hour=number / max(days, 1),
            handle_ms=float(handle) if handle else USUAL_MS,
        )
        for queue, medium, segment, language, number, handle in rows
    ]
