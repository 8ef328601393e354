"""What-if runs: one at a time, in order, kept with what was asked and what came of it."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import msgspec
import structlog
from sqlalchemy import func, insert, select
from sqlalchemy.exc import SQLAlchemyError

from warmline.core.words import Instant, Rejected, SiteId
from warmline.policies import tables
from warmline.policies.tables import what_if_run
from warmline.policies.worker import Inputs, RunFailed, Work, Worker
from warmline.ports import Clock
from warmline.storage.database import Database
from warmline.storage.rows import Row, row, rows

QUEUE_LIMIT = 10
RUNS_LIMIT = 500
log = structlog.get_logger()


class State(StrEnum):
    """Where a run stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    STOPPED = "stopped"


UNDONE = frozenset({State.WAITING, State.RUNNING})


class NoSuchRun(Exception):
    """There is no run of this id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A run as it was asked for."""

    id: str
    name: str
    kind: str
    day: str
    seeds: int
    inputs: Mapping[str, Any]
    """As they were asked for, to be shown and to be asked again."""
    created_by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Live:
    """What is known of a run that is not over, in memory only."""

    run: Run
    inputs: Inputs
    state: State = State.WAITING
    progress: float = 0.0
    step: int


class Runs:
    """The runs of one site. `start` and `stop` go with the center."""

    def __init__(
        self, *, database: Database, clock: Clock, site: SiteId, work: Work | None
    ) -> None:
        self._database = database
        self._clock = clock
        self._site = site
        self._work = work
        self._live: dict[str, _Live] = {}
        self._moved = asyncio.Event()
        self._turn = asyncio.Lock()
        self._worker: Worker | None = None
        self._running: str | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def can_run(self) -> bool:
        """Whether there is something to run with."""
        return self._work is not None

    async def start(self) -> None:
        """Say of what the last stop interrupted that it was; wait for runs."""
        async with self._database.write() as connection:
            await connection.execute(
                what_if_run.update()
                .where(
                    what_if_run.c.site == self._site,
                    what_if_run.c.state.in_([one.value for one in UNDONE]),
                )
                .values(state=State.STOPPED.value, ended_at=self._clock.now())
            )
        if self._work is not None:
            self._task = asyncio.create_task(self._serve(self._work), name="what-if")

    async def stop(self) -> None:
        """End what runs; what waits is told so by the next start."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
            self._task = None
        self._live.clear()
        self._tell()

    async def ask(self, run: Run, inputs: Inputs) -> None:
        """Put a run into the line; `queue_full` when too many wait."""
        async with self._turn:
            if len(self._live) >= QUEUE_LIMIT:
                raise Rejected("queue_full", f"{QUEUE_LIMIT} runs wait; cancel one, or wait.")
            now = self._clock.now()
            async with self._database.write() as connection:
                many = select(func.count()).where(what_if_run.c.site == self._site)
                if (await connection.scalar(many) or 0) >= RUNS_LIMIT:
                    raise Rejected("too_many_runs", f"{RUNS_LIMIT} runs are kept; remove some.")
                await connection.execute(insert(what_if_run).values(_columns(run, self._site, now)))
            self._live[run.id] = _Live(run=run, inputs=inputs, step=now)
        self._tell()

    async def cancel(self, id_: str) -> None:
        """End a run that waits at once, one that runs soon; one that is over stays as it is."""
        live = self._live.get(id_)
        if live is None:
            await self.get(id_)
        elif live.state is State.WAITING:
            await self._over(live, State.CANCELLED)
        elif self._worker is not None:
            self._live[id_] = replace(live, state=State.CANCELLED)
            self._worker.cancel()

    async def remove(self, id_: str) -> None:
        """A run goes, with its result; it is cancelled first."""
        await self.cancel(id_)
        while id_ in self._live:
            await self._moved.wait()
        async with self._database.write() as connection:
            await connection.execute(
                what_if_run.delete().where(
                    what_if_run.c.site == self._site, what_if_run.c.id == id_
                )
            )

    async def get(self, id_: str) -> Row:
        """A run as it stands; `NoSuchRun` when there is none."""
        async with self._database.read() as connection:
            found = await row(connection, tables.one_run(self._site, id_))
        if found is None:
            raise NoSuchRun(id_)
        return self._now(found)

    async def newest(self) -> list[Row]:
        """The runs without their results, the newest first."""
        async with self._database.read() as connection:
            return [
                self._now(one) for one in await rows(connection, tables.newest_runs(self._site))
            ]

    async def wait(self, id_: str, *, seen: int, longest_s: float) -> Row:
        """The run once its step is no longer `seen`, or it is over, or the time is up."""
        with suppress(TimeoutError):
            async with asyncio.timeout(longest_s):
                while id_ in self._live and self._live[id_].step == seen:
                    await self._moved.wait()
        return await self.get(id_)

    def _now(self, found: Row) -> Row:
        """A row with what memory knows better."""
        live = self._live.get(found["id"])
        if live is not None:
            state = State.RUNNING if found["id"] == self._running else State.WAITING
            return {**found, "state": state.value, "progress": live.progress, "step": live.step}
        done = found["state"] == State.DONE.value
        step = found["ended_at"] or found["created_at"]
        return {**found, "progress": 1.0 if done else 0.0, "step": step}

    # Serving

    async def _serve(self, work: Work) -> None:
        while True:
            live = self._next()
            if live is None:
                await self._moved.wait()
                continue
            try:
                await self._run(work, live)
            except SQLAlchemyError as error:  # the next start says that this one was stopped
                log.exception("what_if_not_kept", run=live.run.id, exc_info=error)
                self._live.pop(live.run.id, None)
                self._tell()

    def _next(self) -> _Live | None:
        return next((one for one in self._live.values() if one.state is State.WAITING), None)

    async def _run(self, work: Work, live: _Live) -> None:
        id_ = live.run.id
        self._running, self._worker = id_, Worker(work, live.inputs)
        self._live[id_] = replace(live, state=State.RUNNING, step=live.step + 1)
        self._tell()
        async with self._database.write() as connection:
            await connection.execute(
                tables.change_run(self._site, id_).values(
                    state=State.RUNNING.value, started_at=self._clock.now()
                )
            )
        try:
            body = await self._worker.run(lambda share: self._progress(id_, share))
        except RunFailed as failed:
            cancelled = self._live[id_].state is State.CANCELLED
            state = State.CANCELLED if cancelled else State.FAILED
            log.info("what_if_over", run=id_, state=state.value)
            await self._over(live, state, detail=None if cancelled else str(failed))
        else:
            cancelled = self._live[id_].state is State.CANCELLED
            state = State.CANCELLED if cancelled else State.DONE
            log.info("what_if_over", run=id_, state=state.value)
            result = None if cancelled else msgspec.json.decode(body)
            await self._over(live, state, result=result)
        finally:
            self._running = self._worker = None

    def _progress(self, id_: str, share: float) -> None:
        live = self._live[id_]
        self._live[id_] = replace(live, progress=share, step=live.step + 1)
        self._tell()

    async def _over(
        self,
        live: _Live,
        state: State,
        *,
        result: object = None,
        detail: str | None = None,
    ) -> None:
        at: Instant = max(self._clock.now(), self._live[live.run.id].step + 1)
        async with self._database.write() as connection:
            await connection.execute(
                tables.change_run(self._site, live.run.id).values(
                    state=state.value, result=result, detail=detail, ended_at=at
                )
            )
        del self._live[live.run.id]
        self._tell()

    def _tell(self) -> None:
        """Wake up whoever waits for something to move."""
        self._moved.set()
        self._moved = asyncio.Event()


def _columns(run: Run, site: SiteId, now: Instant) -> dict[str, object]:
    return {
        "site": site,
        "id": run.id,
        "name": run.name,
        "kind": run.kind,
        "day": run.day,
        "seeds": run.seeds,
        "inputs": run.inputs,
        "state": State.WAITING.value,
        "created_at": now,
        "created_by": run.created_by,
    }
