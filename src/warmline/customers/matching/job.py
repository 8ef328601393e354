"""Looks for duplicates in the background: of who changed every half minute, of all when asked."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from warmline.config import Settings
from warmline.core.words import SYSTEM, Instant, Rejected, SiteId
from warmline.customers.matching.run import Search
from warmline.customers.matching.tables import match_state
from warmline.customers.matching.worker import SearchFailed, Worker
from warmline.customers.model import Audit
from warmline.ports import Clock
from warmline.storage.database import Database
from warmline.storage.rows import row

PAUSE_S = 30.0
AT_ONCE = 200
"""So many changed people are compared in the center's own process; more have one of their own."""
log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Where the search stands; `failed` says that the last full one ended early."""

    running: bool
    share: float
    joined: int
    """Merges of the run that goes on, or of the last one."""
    full_at: Instant | None
    customers: int
    failed: bool


class Matching:
    """The search of one site; `run` goes with the center."""

    def __init__(
        self, *, settings: Settings, database: Database, site: SiteId, clock: Clock, audit: Audit
    ) -> None:
        self._settings = settings
        self._database = database
        self._site = site
        self._clock = clock
        self._audit = audit
        self._asked = asyncio.Event()
        self._full = False
        self._share = 0.0
        self._joined = 0
        self._failed = False
        self._worker: Worker | None = None
        self._telling: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Search until cancelled."""
        try:
            while True:
                try:
                    await self._round()
                except SQLAlchemyError as error:
                    # What was not compared is compared in the next round.
                    log.warning("duplicates_search_failed", error=type(error).__name__)
                try:
                    async with asyncio.timeout(PAUSE_S):
                        await self._asked.wait()
                except TimeoutError:
                    continue
        finally:
            await asyncio.gather(*self._telling)

    async def ask(self) -> None:
        """Compare everybody with everybody, now; refused while that goes on."""
        if self._full:
            raise Rejected("search_running", "A search for duplicates goes on already.")
        self._full = True
        self._share, self._joined, self._failed = 0.0, 0, False
        self._asked.set()

    async def cancel(self) -> None:
        """End the full search soon; what was joined stays."""
        if self._worker is not None:
            self._worker.cancel()

    async def progress(self) -> Progress:
        """Where it stands."""
        async with self._database.read() as connection:
            query = select(match_state).where(match_state.c.site == self._site)
            state: Any = await row(connection, query) or {"full_at": None, "customers": 0}
        return Progress(
            running=self._full,
            share=self._share,
            joined=self._joined,
            full_at=state["full_at"],
            customers=state["customers"],
            failed=self._failed,
        )

    async def settle(self) -> None:
        """One round, at once: who changed has been compared when it returns."""
        await self._round()
        await asyncio.gather(*self._telling)

    async def _round(self) -> None:
        self._asked.clear()
        search = Search(
            database=self._database, site=self._site, clock=self._clock, joined=self._made
        )
        lately = None if self._full else await search.lately()
        if lately is not None and len(lately) <= AT_ONCE:
            if lately:
                await search.some(lately)
        elif not self._full and await search.many() <= AT_ONCE:
            await search.everybody()
        else:
            await self._everybody()

    async def _everybody(self) -> None:
        self._full = True
        self._worker = Worker(self._settings)
        try:
            done = await self._worker.run(told=self._tell, joined=self._made)
            log.info("duplicates_searched", finished=done, joined=self._joined)
        except SearchFailed:
            self._failed = True
            log.warning("duplicates_search_failed", joined=self._joined)
        finally:
            self._worker = None
            self._full = False

    def _tell(self, share: float) -> None:
        self._share = share

    def _made(self, merges: Sequence[str]) -> None:
        self._joined += len(merges)
        task = asyncio.create_task(self._tell_audit(merges), name="match-audit")
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)

    async def _tell_audit(self, merges: Sequence[str]) -> None:
        async with self._database.write() as connection:
            for id_ in merges:
                await connection.execute(self._audit(SYSTEM, "merged", "merge", id_, fields=()))
