"""Work by matter: one piece at a time for each, all side by side, tried until it is done."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from warmline.core.words import SECOND, Millis
from warmline.ports import Busy, Unavailable

log = structlog.get_logger()

FIRST_PAUSE_S = 0.2
LONGEST_PAUSE_S = 5.0


class Turns:
    """Calls `work` for each matter that was named, and again for one named meanwhile."""

    def __init__(self, work: Callable[[str], Awaitable[None]]) -> None:
        self._work = work
        self._wanted: set[str] = set()
        self._active: set[str] = set()
        self._group: asyncio.TaskGroup | None = None

    def soon(self, matter: str) -> None:
        """Have it looked at soon."""
        self._wanted.add(matter)
        if self._group is not None and matter not in self._active:
            self._active.add(matter)
            self._group.create_task(self._attend(matter))

    def later(self, matter: str, after_ms: Millis) -> None:
        """Have it looked at after a while."""
        asyncio.get_running_loop().call_later(after_ms / SECOND, self.soon, matter)

    async def run(self) -> None:
        """Work until cancelled; what was named before is not forgotten."""
        try:
            async with asyncio.TaskGroup() as group:
                self._group = group
                for matter in tuple(self._wanted):
                    self.soon(matter)
                await asyncio.Event().wait()
        finally:
            self._group = None
            self._active.clear()

    async def _attend(self, matter: str) -> None:
        pause_s = FIRST_PAUSE_S
        try:
            while matter in self._wanted:
                self._wanted.discard(matter)
                try:
                    await self._work(matter)
                except (Busy, Unavailable, OSError) as error:
                    log.warning("call_waits", call=matter, cause=type(error).__name__)
                    self._wanted.add(matter)
                    await asyncio.sleep(pause_s)
                    pause_s = min(2 * pause_s, LONGEST_PAUSE_S)
                else:
                    pause_s = FIRST_PAUSE_S
        finally:
            self._active.discard(matter)
