"""A process of its own for one import, so that the center's loop stays free while it runs."""

import asyncio
import multiprocessing
import os
import time
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from warmline.config import Settings
from warmline.core.words import CustomerId, Instant, Malformed
from warmline.customers.importing.records import Unreadable
from warmline.customers.importing.run import Importing, Run
from warmline.storage.blobs import open_blobs
from warmline.storage.database import open_database

NICENESS = 10
"""Live work goes first on a busy machine."""
_SPAWN = multiprocessing.get_context("spawn")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a run ended: to its end, or why not."""

    finished: bool = False
    code: str | None = None
    detail: str | None = None
    touched: Collection[CustomerId] | None = ()
    """Whose orders changed; None for too many to name."""


class Worker:
    """One run in its own process, from start to end."""

    def __init__(self, settings: Settings, run: Run) -> None:
        self._ours, theirs = _SPAWN.Pipe(duplex=False)
        self._theirs = theirs
        self._cancel = _SPAWN.Event()
        self._process = _SPAWN.Process(
            target=_work, args=(settings, run, theirs, self._cancel), name="import", daemon=True
        )

    async def run(self) -> Ended:
        """How it ended; a process that ends without a word has failed."""
        await asyncio.to_thread(self._process.start)
        self._theirs.close()  # else the end of the process would not end the pipe
        try:
            while True:
                try:
                    told = await asyncio.to_thread(self._ours.recv)
                except (EOFError, OSError):
                    return Ended(code="worker_ended", detail="The import stopped unexpectedly.")
                if told is not None:
                    return told
        finally:
            if self._process.is_alive():
                self._cancel.set()
                await asyncio.to_thread(self._process.join, 5)
                self._process.kill()
            await asyncio.to_thread(self._process.join)
            self._ours.close()

    def cancel(self) -> None:
        """Ask it to end after the chunk in its hands."""
        self._cancel.set()


class _WallClock:
    def now(self) -> Instant:
        return time.time_ns() // 1_000_000


def _work(settings: Settings, run: Run, pipe: Connection, cancel: Any) -> None:
    """What the process does."""
    os.nice(NICENESS)
    # The center is gone: its next start goes on with this import.
    with suppress(BrokenPipeError):
        ended = asyncio.run(_imported(settings, run, pipe, cancel))
        pipe.send(ended)


async def _imported(settings: Settings, run: Run, pipe: Connection, cancel: Any) -> Ended:
    database = open_database(settings)
    importing = Importing(
        run,
        database=database,
        blobs=open_blobs(settings),
        clock=_WallClock(),
        # Nothing to tell but that we live; it fails when nobody listens any more.
        moved=lambda: pipe.send(None),
        cancelled=cancel.is_set,
    )
    try:
        finished = await importing.work()
    except Unreadable as error:
        return Ended(code=error.code, detail=str(error), touched=importing.touched)
    except Malformed as error:
        return Ended(code=error.code, detail=str(error), touched=importing.touched)
    finally:
        await database.close()
    return Ended(finished=finished, touched=importing.touched)
