"""Wakes when a promise is overdue or an owner is to be reminded; between the two it sleeps."""

import asyncio
from contextlib import suppress

import structlog
from sqlalchemy import update

from warmline.core.words import HOUR, Instant
from warmline.experience.cases import queries
from warmline.experience.cases.model import BROKEN_WITHIN_MS, GRACE_MS, Room
from warmline.experience.cases.opening import Opening, Told
from warmline.experience.cases.tables import case
from warmline.ports import Signal, Unavailable
from warmline.storage.journal import storage_errors

log = structlog.get_logger()

LONGEST_SLEEP_MS = HOUR
"""Clocks of machines are set: nothing is trusted to be as far away as it seemed."""
AFTER_FAILURE_S = 30.0
SOONEST_S = 0.05


class Watch:
    """One alarm for the whole room."""

    def __init__(self, room: Room, opening: Opening) -> None:
        self._room = room
        self._opening = opening
        self._woken = asyncio.Event()
        self._seen: Instant | None = None

    async def run(self) -> None:
        """Do what is due whenever it is, until cancelled."""
        stop = self._room.signals.listen(self._heard)
        try:
            await self._forever()
        finally:
            stop()

    def _heard(self, signal: Signal) -> None:
        """A promise was made, or a case opened: something may be due sooner than thought."""
        if signal.name in {"case", "promise"}:
            self._woken.set()

    async def _forever(self) -> None:
        while True:
            self._woken.clear()
            try:
                with storage_errors():
                    await self.look()
                    pause_s = await self._pause_s()
            except Unavailable as failure:
                log.warning("cases_wait", cause=type(failure).__name__)
                pause_s = AFTER_FAILURE_S
            with suppress(TimeoutError):
                async with asyncio.timeout(pause_s):
                    await self._woken.wait()

    async def look(self) -> None:
        """Open cases for the promises that are broken by now, and remind owners."""
        room = self._room
        now = room.clock.now()
        until = now - GRACE_MS
        since = until - BROKEN_WITHIN_MS if self._seen is None else self._seen
        if until > since:
            await self._opening.broken(await room.promises.overdue(since, until))
            self._seen = until
        await self._remind(now)

    async def next_at(self) -> Instant | None:
        """When there is something to do again; None while nothing is in sight."""
        room = self._room
        async with room.database.read() as connection:
            reminder = await queries.next_reminder(connection, room.site)
        seen = room.clock.now() - GRACE_MS if self._seen is None else self._seen
        due = await room.promises.next_due(seen)
        moments = [one for one in (reminder, None if due is None else due + GRACE_MS + 1) if one]
        return min(moments, default=None)

    async def _remind(self, now: Instant) -> None:
        room = self._room
        staff = await room.staff()
        async with room.database.write() as connection:
            found = await queries.to_remind(connection, room.site, now)
            if found:
                await connection.execute(
                    update(case)
                    .where(case.c.site == room.site, case.c.id.in_([one["id"] for one in found]))
                    .values(reminded_at=now)
                )
        told = [Told(one["id"], one["owner"], one["interaction"]) for one in found]
        self._opening.tell(told, staff, "due")

    async def _pause_s(self) -> float:
        at = await self.next_at()
        wait = LONGEST_SLEEP_MS if at is None else at - self._room.clock.now()
        return max(SOONEST_S, min(wait, LONGEST_SLEEP_MS) / 1000)
