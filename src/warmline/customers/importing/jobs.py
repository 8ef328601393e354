"""The imports of a site: files that came, runs one at a time, gone on with after a restart."""

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from typing import Any
from uuid import uuid4

import structlog
from sqlalchemy import func, insert, select
from sqlalchemy.exc import SQLAlchemyError

from warmline.config import Settings
from warmline.core.words import HOUR, SECOND, Actor, Instant, Malformed, Rejected, SiteId
from warmline.customers.importing import queries
from warmline.customers.importing.fields import Columns, check_columns, proposed
from warmline.customers.importing.files import File, Files
from warmline.customers.importing.model import (
    JOBS_LIMIT,
    KEPT_MS,
    UNDONE,
    WAITING_LIMIT,
    Dates,
    Format,
    Kind,
    Reading,
    State,
)
from warmline.customers.importing.run import Run
from warmline.customers.importing.sniffing import Guess
from warmline.customers.importing.tables import import_job
from warmline.customers.importing.worker import Ended, Worker
from warmline.customers.model import Audit
from warmline.customers.orders.model import Outcome
from warmline.ports import Blobs, Clock, OrdersChanged
from warmline.storage.database import Database
from warmline.storage.rows import Row, row, rows

log = structlog.get_logger()
TIDY_EVERY_S = HOUR / SECOND
_ZERO = {one.value: 0 for one in Outcome}


class NoSuchImport(Exception):
    """There is no import of this id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What imports work with."""

    settings: Settings
    database: Database
    site: SiteId
    clock: Clock
    blobs: Blobs
    audit: Audit
    region: str | None = None


class Imports:
    """The imports of one site. `start` and `stop` go with the center."""

    def __init__(self, around: Surroundings, changed: OrdersChanged) -> None:
        self._around = around
        self._database = around.database
        self._site = around.site
        self._changed = changed
        self._worker: Worker | None = None
        self._running: str | None = None
        self._moved = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self.files = Files(around.blobs, limit_bytes=around.settings.import_limit_bytes)

    # With the center

    async def start(self) -> None:
        """Go on with what the last stop interrupted, and with what waits."""
        self._tasks = [
            asyncio.create_task(self._serve(), name="imports"),
            asyncio.create_task(self._tidy_always(), name="imports-tidy"),
        ]

    async def stop(self) -> None:
        """End the process that imports; the next start goes on where it was."""
        for task in self._tasks:
            task.cancel()
        for task in self._tasks:
            with suppress(asyncio.CancelledError):
                await task
        self._tasks = []

    # What people ask

    async def add(
        self, actor: Actor, kind: Kind, name: str, content: AsyncIterator[bytes], *, zone: str
    ) -> str:
        """Take a file in and guess how it is to be read; the id of the import."""
        async with self._database.read() as connection:
            many = select(func.count()).where(import_job.c.site == self._site)
            if (await connection.scalar(many) or 0) >= JOBS_LIMIT:
                raise Rejected(
                    "too_many_imports", f"{JOBS_LIMIT} imports are kept; remove some first."
                )
        pieces: list[str] = []
        try:
            file = await self.files.take(content, pieces)
            found = await asyncio.to_thread(file.guess, zone=zone, region=self._around.region)
            columns = await asyncio.to_thread(file.columns, found.reading)
            return await self._added(actor, kind, name, file, found, columns)
        except BaseException:
            await self._drop(pieces)
            raise

    async def _added(
        self,
        actor: Actor,
        kind: Kind,
        name: str,
        file: File,
        found: Guess,
        columns: Sequence[str],
    ) -> str:
        id_ = uuid4().hex
        async with self._database.write() as connection:
            await connection.execute(
                insert(import_job).values(
                    site=self._site,
                    id=id_,
                    kind=kind.value,
                    name=name,
                    bytes=file.size,
                    pieces=list(file.pieces),
                    reading={**asdict(found.reading), "sure": found.sure},
                    mapping=proposed(kind, columns),
                    state=State.READY.value,
                    dry=True,
                    position=0,
                    progress=0,
                    **_ZERO,
                    created_at=self._around.clock.now(),
                    created_by=actor.user,
                )
            )
            told = self._around.audit(actor, "created", "import", id_, fields=[kind.value])
            await connection.execute(told)
        return id_

    async def get(self, id_: str) -> Row:
        """An import as it stands."""
        async with self._database.read() as connection:
            found = await row(connection, queries.one(self._site, id_))
        if found is None:
            raise NoSuchImport(id_)
        return found

    async def newest(self) -> Sequence[Row]:
        """The imports, the newest first."""
        async with self._database.read() as connection:
            return await rows(connection, queries.newest(self._site))

    async def change(self, id_: str, reading: Reading, mapping: Columns) -> None:
        """Say how the file is read; what was tried before no longer counts."""
        found = await self._still(id_)
        check_columns(Kind(found["kind"]), mapping)
        async with self._database.write() as connection:
            await connection.execute(
                queries.change(self._site, id_).values(
                    reading={**asdict(reading), "gzip": found["reading"]["gzip"], "sure": True},
                    mapping=dict(mapping),
                    state=State.READY.value,
                    position=0,
                    progress=0,
                    detail=None,
                    **_ZERO,
                )
            )

    async def run(self, actor: Actor, id_: str, *, dry: bool) -> None:
        """Put it into the line; one that was cut short goes on where it was."""
        found = await self._still(id_)
        check_columns(Kind(found["kind"]), found["mapping"])
        goes_on = not dry and not found["dry"] and found["state"] in {State.CANCELLED, State.FAILED}
        anew: Mapping[str, object] = {} if goes_on else {"position": 0, "progress": 0, **_ZERO}
        async with self._database.write() as connection:
            many = select(func.count()).where(
                import_job.c.site == self._site, import_job.c.state == State.WAITING.value
            )
            if (await connection.scalar(many) or 0) >= WAITING_LIMIT:
                raise Rejected("queue_full", f"{WAITING_LIMIT} imports wait; cancel one, or wait.")
            await connection.execute(
                queries.change(self._site, id_).values(
                    state=State.WAITING.value,
                    dry=dry,
                    detail=None,
                    started_at=self._around.clock.now(),
                    ended_at=None,
                    **anew,
                )
            )
            if not dry:
                told = self._around.audit(actor, "ran", "import", id_, fields=[found["kind"]])
                await connection.execute(told)
        self._tell()

    async def cancel(self, id_: str) -> None:
        """End one that waits at once, one that runs after its chunk."""
        found = await self.get(id_)
        if found["state"] == State.WAITING and id_ != self._running:
            await self._ends(id_, State.CANCELLED)
        elif id_ == self._running and self._worker is not None:
            self._worker.cancel()

    async def remove(self, id_: str) -> None:
        """Forget an import and its file; what it brought in stays."""
        found = await self._still(id_, with_file=False)
        async with self._database.write() as connection:
            await connection.execute(queries.faults_of(self._site, id_))
            await connection.execute(
                import_job.delete().where(import_job.c.site == self._site, import_job.c.id == id_)
            )
        await self._drop(found["pieces"])

    async def _still(self, id_: str, *, with_file: bool = True) -> Row:
        """An import that does not run, and whose file is still here."""
        found = await self.get(id_)
        if found["state"] in UNDONE:
            raise Rejected("import_runs", "This import is running; cancel it first.")
        if with_file and not found["pieces"]:
            raise Rejected("file_gone", "The file of this import is erased; bring it again.")
        return found

    # Serving

    async def _serve(self) -> None:
        while True:
            moved = self._moved
            try:
                found = await self._next()
                if found is not None:
                    await self._work(found)
                    continue
            except (SQLAlchemyError, OSError) as error:  # it is looked for again in a moment
                log.exception("import_not_kept", exc_info=error)
                await asyncio.sleep(1)
                continue
            await moved.wait()

    async def _next(self) -> Row | None:
        """What has waited longest; what was running when nothing runs was cut short."""
        async with self._database.write() as connection:
            await connection.execute(
                queries.in_states(self._site, [State.RUNNING]).values(state=State.WAITING.value)
            )
            return await row(connection, queries.next_waiting(self._site))

    async def _work(self, found: Row) -> None:
        id_ = found["id"]
        run = self._run_of(found)
        self._running, self._worker = id_, Worker(self._around.settings, run)
        try:
            async with self._database.write() as connection:
                await connection.execute(
                    queries.change(self._site, id_).values(state=State.RUNNING.value)
                )
            ended = await self._worker.run()
            state = _state_after(ended, dry=run.dry)
            log.info("import_over", job=id_, state=state.value, code=ended.code)
            await self._ends(id_, state, detail=ended.detail)
            if run.kind is Kind.ORDERS and not run.dry and ended.touched != set():
                await self._changed(ended.touched)
        finally:
            self._running = self._worker = None

    def _run_of(self, found: Row) -> Run:
        dry = bool(found["dry"])
        return Run(
            site=self._site,
            job=found["id"],
            kind=Kind(found["kind"]),
            bytes=found["bytes"],
            pieces=found["pieces"],
            reading=reading_of(found["reading"]),
            mapping=found["mapping"],
            dry=dry,
            limit_bytes=self._around.settings.import_limit_bytes,
            # What a try remembers of rows that come twice did not survive.
            position=0 if dry else found["position"],
            counts=dict(_ZERO) if dry else {name: found[name] for name in _ZERO},
        )

    async def _ends(self, id_: str, state: State, *, detail: str | None = None) -> None:
        values: dict[str, object] = {"progress": 1_000} if state in _WHOLE else {}
        async with self._database.write() as connection:
            await connection.execute(
                queries.change(self._site, id_).values(
                    state=state.value, detail=detail, ended_at=self._around.clock.now(), **values
                )
            )
        self._tell()

    def _tell(self) -> None:
        self._moved.set()
        self._moved = asyncio.Event()

    # Forgetting

    async def _tidy_always(self) -> None:
        while True:
            await self.tidy(before=self._around.clock.now() - KEPT_MS)
            await asyncio.sleep(TIDY_EVERY_S)

    async def tidy(self, *, before: Instant) -> None:
        """Erase files, and rows that were wrong, of imports that came before a moment."""
        async with self._database.write() as connection:
            old = await rows(connection, queries.with_files(self._site, before=before))
            ids = [one["id"] for one in old]
            await connection.execute(queries.faults_of(self._site, *ids))
            await connection.execute(
                import_job.update()
                .where(import_job.c.site == self._site, import_job.c.id.in_(ids))
                .values(pieces=[])
            )
        await self._drop([key for one in old for key in one["pieces"]])

    async def _drop(self, keys: Collection[str]) -> None:
        """Remove pieces that no other import needs: the same content is kept once."""
        if keys:
            async with self._database.read() as connection:
                others = await rows(connection, queries.with_files(self._site))
            needed = {key for one in others for key in one["pieces"]}
            await self.files.remove(set(keys) - needed)


_WHOLE = frozenset({State.DONE, State.TRIED})


def _state_after(ended: Ended, *, dry: bool) -> State:
    if ended.code is not None:
        return State.FAILED
    if not ended.finished:
        return State.CANCELLED
    return State.TRIED if dry else State.DONE


def reading_of(kept: Mapping[str, Any]) -> Reading:
    """How a file is read, as it was kept."""
    given = {name: value for name, value in kept.items() if name != "sure"}
    reading = Reading(**given)
    try:
        return replace(reading, format=Format(reading.format), dates=Dates(reading.dates))
    except ValueError:
        raise Malformed("reading", "is not understood", "invalid") from None
