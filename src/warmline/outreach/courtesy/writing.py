"""Writes to customers some days after a delivery: who may be, once, in their language."""

import asyncio
from collections.abc import Collection
from contextlib import suppress
from html import escape

import structlog

from warmline.core.words import DAY, CustomerId, Instant, SiteId
from warmline.outreach.courtesy import keeping
from warmline.outreach.courtesy.model import (
    TEAM,
    THEIR_ORDER,
    Addressee,
    Delivered,
    Left,
    Mail,
    Orders,
    People,
    Programme,
    Rule,
    State,
    said,
    spoken,
)
from warmline.ports import Clock
from warmline.storage.database import Database

log = structlog.get_logger()

LOOK_S = 1_200.0
GATHER_S = 2.0
"""After news it waits so long for more: orders come in crowds."""
AT_ONCE = 50
"""So many mails leave in one look: a large import must not empty itself over the relay."""
EMAIL = "email"


class Courtesy:
    """The programme of one site."""

    def __init__(
        self,
        *,
        database: Database,
        site: SiteId,
        clock: Clock,
        orders: Orders,
        people: People,
        rule: Rule,
        mail: Mail,
    ) -> None:
        self._database = database
        self._site = site
        self._clock = clock
        self._orders = orders
        self._people = people
        self._rule = rule
        self._mail = mail
        self._news = asyncio.Event()

    async def ordered(self, customers: Collection[CustomerId] | None) -> None:
        """Orders came or changed (`ports.OrdersChanged`), whosever they are: look soon."""
        del customers
        self.soon()

    def soon(self) -> None:
        """Something is new: look without waiting for the time."""
        self._news.set()

    async def run(self) -> None:
        """Look every twenty minutes and soon after news, until cancelled."""
        while True:
            self._news.clear()
            await self.look()
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_S):
                    await self._news.wait()
                    await asyncio.sleep(GATHER_S)

    async def look(self) -> int:
        """Write to those whose time has come; how many that were."""
        async with self._database.read() as connection:
            programme = await keeping.programme_of(connection, self._site)
        if not programme.on or not await self._mail.ready():
            return 0
        until = self._clock.now() - programme.days_after * DAY
        found = await self._orders.delivered(until - programme.days_late * DAY, until)
        async with self._database.read() as connection:
            known = await keeping.dealt_with(connection, self._site, [one.order for one in found])
        many = 0
        for one in found:
            if one.order not in known and await self._deal(programme, one):
                many += 1
            if many == AT_ONCE:
                break
        return many

    async def _deal(self, programme: Programme, one: Delivered) -> bool:
        """Write about one order, leave it out, or try again later; True when a mail left."""
        now = self._clock.now()
        who = await self._people.addressee(one.customer)
        async with self._database.read() as connection:
            since = now - programme.pause_days * DAY
            lately = await keeping.written_since(connection, self._site, who.ids, since)
        reason = await self._left(one, who, lately=lately)
        if reason is None:
            may = await self._rule.may(who.ids)
            if may.reason is not None and may.passing:
                return False  # the next look asks again, until it is too late for a courtesy
            reason = may.reason
        if reason is not None:
            async with self._database.write() as connection:
                await keeping.keep(connection, self._row(one, who, now, State.LEFT, reason))
            return False
        return await self._write(programme, one, who, now)

    async def _left(self, one: Delivered, who: Addressee, *, lately: bool) -> str | None:
        """Why nobody is written to, before the rule of contact is asked."""
        if lately:
            return Left.LATELY.value
        if one.troubled or await self._people.troubled(who.ids):
            return Left.TROUBLE.value
        if who.way not in {None, EMAIL}:
            return Left.OTHER_WAY.value
        return Left.NO_ADDRESS.value if who.address is None else None

    async def _write(
        self, programme: Programme, one: Delivered, who: Addressee, now: Instant
    ) -> bool:
        """First remembered, then sent: a crash between leaves nobody with two mails."""
        assert who.address is not None, "it was looked at before"
        async with self._database.write() as connection:
            row = self._row(one, who, now, State.SENDING, None)
            if not await keeping.keep(connection, row):
                return False
            await self._rule.made(connection, CustomerId(who.ids[0]))
        language = spoken(who.language)
        facts = {
            "name": (who.name or "").split(" ")[0],
            "order": one.text or THEIR_ORDER[language],
            "agent": who.agent or TEAM[language],
        }
        text = said(programme.texts[language], facts)
        subject = said(programme.subjects[language], facts)
        html = "".join(f"<p>{escape(part)}</p>" for part in text.split("\n\n"))
        await self._mail.send(who.address, subject, text, html.replace("\n", "<br>"), language)
        async with self._database.write() as connection:
            await keeping.sent(connection, self._site, one.order)
        log.info("courtesy_sent", order=one.order, customer=who.ids[0])
        return True

    def _row(
        self, one: Delivered, who: Addressee, now: Instant, state: State, reason: str | None
    ) -> dict[str, object]:
        return {
            "site": self._site,
            "order": one.order,
            "customer": who.ids[0],
            "delivered_at": one.at,
            "at": now,
            "state": state.value,
            "reason": reason,
            "channel": None if state is State.LEFT else EMAIL,
        }
