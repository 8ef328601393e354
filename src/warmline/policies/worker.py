"""A process of its own for one run: what it reports goes through a pipe, and it can be stopped."""

import asyncio
import multiprocessing
import os
import signal
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any, Protocol

import msgspec

from warmline.core.policy import Ruleset
from warmline.core.words import Malformed, Rejected

STEP = 0.005
"""Progress is told when it has moved on by this much."""
NICENESS = 10
"""Live work goes first on a busy machine."""
RESULT_LIMIT_BYTES = 4_000_000
RUN_LIMIT_S = 1_800
GRACE_S = 5.0
"""How long a run may take to notice that it was cancelled."""
_SPAWN = multiprocessing.get_context("spawn")


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """Agents more or fewer: `add` of a team with skills or like somebody, or `remove` of a team."""

    team: str | None = None
    like: str | None = None
    skills: Mapping[str, int]
    add: int = 0
    remove: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Trying:
    """One policy of a run, and who is there beside those of the day."""

    ruleset: Ruleset
    staff: tuple[Staff, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """What a run is about: a day, two policies, how often it is drawn anew."""

    kind: str
    """`replay_own`, `replay_sample` or `simulate`."""
    day: str
    a: Trying
    b: Trying
    seeds: int = 1


class Work(Protocol):
    """Runs a day under two policies, in a process of its own; it must be importable there.

    Tells `progress` from 0 to 1, ends soon once `cancelled` says so (what it returns then is not
    looked at), returns the result as plain JSON values; raises `Malformed` or `Rejected` with what
    to tell the person who asked.
    """

    def __call__(
        self,
        inputs: Inputs,
        progress: Callable[[float], None],
        cancelled: Callable[[], bool],
    ) -> Mapping[str, Any]: ...


class RunFailed(Exception):
    """The run came to nothing; the text says why, for people."""


class Worker:
    """One run in its own process, from start to end."""

    def __init__(self, work: Work, inputs: Inputs) -> None:
        self._ours, theirs = _SPAWN.Pipe(duplex=False)
        self._cancel = _SPAWN.Event()
        self._process = _SPAWN.Process(
            target=_work, args=(work, inputs, theirs, self._cancel), name="what-if"
        )
        self._theirs = theirs
        self._begun, self._over = asyncio.Event(), asyncio.Event()
        self._ending: asyncio.Task[None] | None = None

    async def run(self, told: Callable[[float], None]) -> bytes:
        """The result as JSON; `RunFailed` when there is none. `told` gets the progress."""
        starting = asyncio.create_task(asyncio.to_thread(self._process.start))
        starting.add_done_callback(lambda _: self._begun.set())
        try:
            await asyncio.shield(starting)
            self._theirs.close()  # else the end of the process would not end the pipe
            async with asyncio.timeout(RUN_LIMIT_S):
                return await self._listen(told)
        except TimeoutError as error:
            raise RunFailed(f"It took longer than {RUN_LIMIT_S // 60} minutes.") from error
        finally:
            await starting  # who is told to stop meanwhile leaves nobody behind
            self._kill()
            await asyncio.to_thread(self._process.join)
            self._ours.close()
            self._over.set()

    async def _listen(self, told: Callable[[float], None]) -> bytes:
        while True:
            try:
                word, value = await asyncio.to_thread(self._ours.recv)
            except (EOFError, OSError) as error:
                raise RunFailed("The process that computes it ended without a result.") from error
            if word == "progress":
                told(value)
            elif word == "done":
                return value
            else:
                raise RunFailed(value)

    def cancel(self) -> None:
        """Ask it to end; after a few seconds, end it."""
        self._cancel.set()
        if self._ending is None:
            self._ending = asyncio.create_task(self._end_in_time())

    async def _end_in_time(self) -> None:
        await self._begun.wait()
        try:
            async with asyncio.timeout(GRACE_S):
                await self._over.wait()
        except TimeoutError:
            self._kill()

    def _kill(self) -> None:
        """End the process and all that it started."""
        pid = self._process.pid
        if pid is not None and self._process.is_alive():
            # Before it leads its own group, the group of its number does not exist.
            with suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)
            self._process.kill()


def _work(work: Work, inputs: Inputs, pipe: Connection, cancel: Any) -> None:
    """What the process does."""
    os.setsid()
    os.nice(NICENESS)
    told = 0.0

    def progress(share: float) -> None:
        nonlocal told
        if share >= told + STEP:
            told = share
            pipe.send(("progress", min(1.0, share)))

    try:
        body = msgspec.json.encode(work(inputs, progress, cancel.is_set))
    except Malformed as error:
        pipe.send(("failed", str(error)))
    except Rejected as refusal:
        pipe.send(("failed", refusal.detail))
    else:
        if len(body) > RESULT_LIMIT_BYTES:
            pipe.send(("failed", "The result is too large to be kept."))
        else:
            pipe.send(("done", body))
