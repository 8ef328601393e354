"""When the live state is kept as a whole, so that a start replays little."""

import asyncio

import structlog

from warmline.core.state import Center
from warmline.core.words import Instant
from warmline.engine.codec import encode_center
from warmline.ports import Journal, Unavailable

log = structlog.get_logger()

PATIENCE = 2
"""A busy writer puts a snapshot off until this many times the usual distance has passed."""


class Snapshots:
    """Keeps a snapshot every so many events or milliseconds, in a quiet moment if there is one."""

    def __init__(self, journal: Journal, *, every_events: int, every_ms: int) -> None:
        self._journal = journal
        self._every_events = every_events
        self._every_ms = every_ms
        self._position = 0
        self._at: Instant = 0
        self._saving: asyncio.Task[None] | None = None

    def begin(self, position: int, now: Instant) -> None:
        """The newest snapshot is of `position`."""
        self._position = position
        self._at = now

    def consider(self, center: Center, position: int, now: Instant, *, busy: bool) -> None:
        """Take a snapshot when one is due; it is written while the work goes on."""
        events = position - self._position
        if events == 0 or self._saving is not None:
            return
        patience = PATIENCE if busy else 1
        due = events >= patience * self._every_events or now - self._at >= patience * self._every_ms
        if due:
            self._at = now
            body = encode_center(center)
            self._saving = asyncio.create_task(self._save(position, body))

    async def _save(self, position: int, body: bytes) -> None:
        try:
            await self._journal.save_snapshot(position, body)
            self._position = position
        except Unavailable as failure:
            # The log holds everything; the next attempt is one distance away.
            log.warning("snapshot_failed", position=position, cause=str(failure))
        finally:
            self._saving = None

    async def finish(self, center: Center, position: int) -> None:
        """Keep a last snapshot, for a quick start."""
        if self._saving is not None:
            await self._saving
        if position > self._position:
            await self._save(position, encode_center(center))
