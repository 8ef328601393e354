"""What the channel does by itself, soon and in the background: one errand at a time per matter."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeAlias

import structlog

from warmline.core.words import SECOND, Millis, Rejected
from warmline.ports import Busy, Unavailable

log = structlog.get_logger()

WORKERS = 8
TRIES = 6
FIRST_PAUSE_S = 0.2

Errand: TypeAlias = Callable[[], Awaitable[None]]


class Errands:
    """Errands by matter: a newer errand of the same matter replaces one that has not begun."""

    def __init__(self) -> None:
        self._wanted: dict[str, Errand] = {}
        self._active: set[str] = set()
        self._matters: asyncio.Queue[str] = asyncio.Queue()

    def soon(self, matter: str, errand: Errand) -> None:
        """Have it done soon; never at the same time as another one of the same matter."""
        self._wanted[matter] = errand
        if matter not in self._active:
            self._active.add(matter)
            self._matters.put_nowait(matter)

    def later(self, matter: str, errand: Errand, after_ms: Millis) -> None:
        """Have it done after a while."""
        loop = asyncio.get_running_loop()
        loop.call_later(after_ms / SECOND, self.soon, matter, errand)

    async def run(self) -> None:
        """Do errands until cancelled."""
        async with asyncio.TaskGroup() as group:
            for _ in range(WORKERS):
                group.create_task(self._work())

    async def _work(self) -> None:
        while True:
            matter = await self._matters.get()
            try:
                while errand := self._wanted.pop(matter, None):
                    await _do(matter, errand)
            finally:
                self._active.discard(matter)


async def _do(matter: str, errand: Errand) -> None:
    """Try until it is done, or the world said no; what stays impossible is left and logged."""
    pause_s = FIRST_PAUSE_S
    for _ in range(TRIES):
        try:
            await errand()
        except Rejected:
            return  # the interaction has moved on, so nothing is left to say
        except Busy as busy:
            await asyncio.sleep(busy.retry_after_s)
        except Unavailable:
            await asyncio.sleep(pause_s)
            pause_s *= 2
        else:
            return
    log.warning("webchat_errand_failed", matter=matter)
