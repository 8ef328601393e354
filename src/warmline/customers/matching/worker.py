"""A process of its own for a full search, so that the center's loop stays free while it runs."""

import asyncio
import multiprocessing
import os
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any

from warmline.config import Settings
from warmline.core.words import Instant, SiteId
from warmline.customers.matching.run import Cancelled, Search
from warmline.storage.database import open_database

NICENESS = 10
"""Live work goes first on a busy machine."""
GRACE_S = 5
_SPAWN = multiprocessing.get_context("spawn")


class SearchFailed(Exception):
    """The process ended before the search did."""


class Worker:
    """One full search in its own process, from start to end."""

    def __init__(self, settings: Settings) -> None:
        self._ours, theirs = _SPAWN.Pipe(duplex=False)
        self._theirs = theirs
        self._cancel = _SPAWN.Event()
        self._process = _SPAWN.Process(
            target=_work, args=(settings, theirs, self._cancel), name="match", daemon=True
        )

    async def run(
        self, *, told: Callable[[float], None], joined: Callable[[Sequence[str]], None]
    ) -> bool:
        """Whether it came to its end, or was cancelled; `SearchFailed` when it just ended."""
        await asyncio.to_thread(self._process.start)
        self._theirs.close()  # else the end of the process would not end the pipe
        try:
            while True:
                try:
                    word, value = await asyncio.to_thread(self._ours.recv)
                except (EOFError, OSError) as error:
                    raise SearchFailed from error
                if word == "told":
                    told(value)
                elif word == "joined":
                    joined(value)
                else:
                    return value
        finally:
            if self._process.is_alive():
                self._cancel.set()
                await asyncio.to_thread(self._process.join, GRACE_S)
                self._process.kill()
            await asyncio.to_thread(self._process.join)
            self._ours.close()

    def cancel(self) -> None:
        """Ask it to end after the chunk in its hands."""
        self._cancel.set()


class _WallClock:
    def now(self) -> Instant:
        return time.time_ns() // 1_000_000


def _work(settings: Settings, pipe: Connection, cancel: Any) -> None:
    """What the process does."""
    os.nice(NICENESS)
    # When the center is gone, what was joined so far stands; the next search goes on.
    with suppress(BrokenPipeError):
        pipe.send(("done", asyncio.run(_searched(settings, pipe, cancel))))


async def _searched(settings: Settings, pipe: Connection, cancel: Any) -> bool:
    database = open_database(settings)
    search = Search(
        database=database,
        site=SiteId(settings.site),
        clock=_WallClock(),
        joined=lambda ids: pipe.send(("joined", list(ids))),
        told=lambda share: pipe.send(("told", share)),
        cancelled=cancel.is_set,
    )
    try:
        await search.everybody()
    except Cancelled:
        return False
    finally:
        await database.close()
    return True
