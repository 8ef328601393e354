"""Keeps the simulated people going: whoever fails is heard of in the log and starts again."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from typing import Any, cast

import structlog

from warmline.demo.door import CUT, Refused

log = structlog.get_logger()

FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 30.0
AT_ONCE = 400
"""Customers on the stage at most; more are not let in."""


class Troupe:
    """Tasks of the demonstration, none of which ends the others."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()
        self._passing = 0

    def keep(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        """Somebody who works all the time: starts again after a failure."""
        self._start(self._again(name, work), name)

    def send(self, name: str, performance: Callable[[], Awaitable[None]]) -> bool:
        """Somebody who comes once; False when too many are there."""
        if self._passing >= AT_ONCE:
            return False
        self._passing += 1
        self._start(self._watched(name, performance), name).add_done_callback(self._gone)
        return True

    async def leave(self) -> None:
        """Everybody goes."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task

    def _start(self, work: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def _gone(self, _: asyncio.Task[None]) -> None:
        self._passing -= 1

    async def _again(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        loop = asyncio.get_running_loop()
        pause_s = FIRST_PAUSE_S
        while True:
            began = loop.time()
            await self._watched(name, work)
            pause_s = FIRST_PAUSE_S if loop.time() - began > LONGEST_PAUSE_S else pause_s * 2
            await asyncio.sleep(min(pause_s, LONGEST_PAUSE_S))

    async def _watched(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        """Returns when the work has ended, in whatever way; says what nobody expected."""
        task = asyncio.ensure_future(work())
        try:
            await asyncio.wait({task})
        finally:
            if not task.done():
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
        if task.cancelled() or (error := task.exception()) is None:
            return
        if _is_of_the_line(error):
            log.debug("simulated_person_cut", person=name)
        else:
            log.error("simulated_person_failed", person=name, exc_info=error)


def _is_of_the_line(error: BaseException) -> bool:
    """Whether it only says that the center was away, or that the moment had passed."""
    if isinstance(error, BaseExceptionGroup):
        group = cast("BaseExceptionGroup[BaseException]", error)
        return all(_is_of_the_line(one) for one in group.exceptions)
    return isinstance(error, (Refused, *CUT))
