"""The log of one site in a database: events, answers, their rows and snapshots; portable SQL."""

from collections.abc import AsyncIterator, Generator, Mapping, Sequence
from contextlib import contextmanager
from typing import Protocol

from sqlalchemy import Connection, bindparam, delete, func, insert, select
from sqlalchemy.exc import (
    IntegrityError,
    InterfaceError,
    InternalError,
    OperationalError,
    SQLAlchemyError,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.core.events import Event
from warmline.core.words import SiteId
from warmline.ports import Answered, Batch, Conflict, Recorded, Unavailable, Write, WriteRefused
from warmline.storage.database import Database
from warmline.storage.schema import answer, cursor, event, snapshot
from warmline.storage.upsert import upsert

CHUNK = 5_000
"""Events that are read at once."""
SNAPSHOTS = 2
"""How many snapshots are kept: the newest, and the one before should it be unreadable."""
OLDER, APART = 12, 10_000
"""So many older ones stay, so many events apart, to bring moments of the past back quickly …"""
OLDER_BYTES = 2 * 1024 * 1024
"""… unless the state is so large that keeping it so often would fill the disk."""

_ADD_EVENTS = insert(event)
_ADD_ANSWERS = insert(answer)
_LAST = select(func.max(event.c.position)).where(event.c.site == bindparam("site"))
_AFTER = (
    select(event.c.position, event.c.name, event.c.body)
    .where(
        event.c.site == bindparam("site"),
        event.c.position > bindparam("after"),
        event.c.position <= bindparam("until"),
    )
    .order_by(event.c.position)
)
_ANSWER_COLUMNS = (answer.c.command, answer.c.first, answer.c.last, answer.c.code, answer.c.detail)


class Codec(Protocol):
    """How events become bytes, and bytes events."""

    def encode(self, event: Event, /) -> tuple[str, bytes]: ...
    def decode(self, name: str, body: bytes, /) -> Event: ...


class DatabaseJournal:
    """The `Journal` of one site in a `Database`."""

    def __init__(self, database: Database, site: SiteId, codec: Codec) -> None:
        self._database = database
        self._site = site
        self._codec = codec

    async def append(self, batch: Batch, *, after: int) -> None:
        """Make `batch` durable after position `after`, all of it or nothing.

        Raises `Conflict`, `WriteRefused` (nothing was kept), or `Unavailable` (outcome unknown).
        """
        events = [self._event_row(recorded) for recorded in batch.events]
        answers = [self._answer_row(answered, batch.at) for answered in batch.answers]

        def add(connection: Connection) -> None:
            if (connection.scalar(_LAST, {"site": self._site}) or 0) != after:
                raise Conflict(f"the log does not end at {after}")
            try:
                if events:
                    connection.execute(_ADD_EVENTS, events)
                if answers:
                    connection.execute(_ADD_ANSWERS, answers)
            except IntegrityError as error:
                raise Conflict("a position or a command is taken already") from error
            for index, write in enumerate(batch.writes):
                _write(connection, write, index)

        with storage_errors():
            await self._database.at_once(add)

    def _event_row(self, recorded: Recorded) -> dict[str, object]:
        name, body = self._codec.encode(recorded.event)
        return {
            "site": self._site,
            "position": recorded.position,
            "at": recorded.event.at,
            "name": name,
            "body": body,
        }

    def _answer_row(self, answered: Answered, at: int) -> dict[str, object]:
        return {
            "site": self._site,
            "command": answered.command,
            "first": answered.first,
            "last": answered.last,
            "code": answered.code,
            "detail": answered.detail,
            "at": at,
        }

    async def read(
        self, *, after: int, limit: int | None = None
    ) -> AsyncIterator[Sequence[Recorded]]:
        """Events after a position, in order, in chunks of up to `CHUNK`."""
        decode = self._codec.decode
        end = None if limit is None else after + limit
        while end is None or after < end:
            until = after + CHUNK if end is None else min(after + CHUNK, end)
            given = {"site": self._site, "after": after, "until": until}
            with storage_errors():
                async with self._database.read() as connection:
                    rows = (await connection.execute(_AFTER, given)).all()
            if not rows:
                return
            yield [
                Recorded(position=position, event=decode(name, body))
                for position, name, body in rows
            ]
            after = rows[-1][0]

    async def last(self) -> int:
        """The last position, 0 when the log is empty."""
        with storage_errors():
            async with self._database.read() as connection:
                return await _last(connection, self._site)

    async def answers(self, *, newest: int) -> Sequence[Answered]:
        """The newest remembered answers, oldest first."""
        statement = (
            select(*_ANSWER_COLUMNS)
            .where(answer.c.site == self._site)
            .order_by(answer.c.at.desc())
            .limit(newest)
        )
        with storage_errors():
            async with self._database.read() as connection:
                rows = (await connection.execute(statement)).all()
        return [_answered(tuple(row)) for row in reversed(rows)]

    async def answer(self, command: str) -> Answered | None:
        """The first answer to a command id, or None."""
        statement = select(*_ANSWER_COLUMNS).where(
            answer.c.site == self._site, answer.c.command == command
        )
        with storage_errors():
            async with self._database.read() as connection:
                row = (await connection.execute(statement)).first()
        return None if row is None else _answered(tuple(row))

    async def save_snapshot(self, position: int, body: bytes) -> None:
        """Keep a snapshot of the state after `position`; of older ones few stay, far apart."""
        known = (
            select(snapshot.c.position)
            .where(snapshot.c.site == self._site)
            .order_by(snapshot.c.position.desc())
        )
        values = {"site": self._site, "position": position, "body": body}
        with storage_errors():
            async with self._database.write() as connection:
                await connection.execute(upsert(snapshot, values, keys=["site", "position"]))
                positions = (await connection.scalars(known)).all()
                older = OLDER if len(body) <= OLDER_BYTES else 0
                await connection.execute(
                    delete(snapshot).where(
                        snapshot.c.site == self._site,
                        snapshot.c.position.not_in(_kept(positions, older)),
                    )
                )

    async def load_snapshot(self, *, before: int | None = None) -> tuple[int, bytes] | None:
        """The newest snapshot, of those before a position when one is given, or None."""
        statement = (
            select(snapshot.c.position, snapshot.c.body)
            .where(snapshot.c.site == self._site)
            .order_by(snapshot.c.position.desc())
            .limit(1)
        )
        if before is not None:
            statement = statement.where(snapshot.c.position < before)
        with storage_errors():
            async with self._database.read() as connection:
                row = (await connection.execute(statement)).first()
        return None if row is None else (row[0], row[1])


def _kept(positions: Sequence[int], older: int) -> list[int]:
    """Which snapshots stay: the newest, and of the older ones `older` that are far apart.

    Counted from the oldest, so that what stays today stays tomorrow until it is too old.
    """
    apart: list[int] = []
    for position in reversed(positions[SNAPSHOTS:]):
        if position - (apart[-1] if apart else 0) >= APART:
            apart.append(position)
    return [*positions[:SNAPSHOTS], *apart[max(0, len(apart) - older) :]]


class DatabaseCursors:
    """How far each reaction of one site has come, in a `Database`."""

    def __init__(self, database: Database, site: SiteId) -> None:
        self._database = database
        self._site = site

    async def load(self) -> Mapping[str, int]:
        """The position that each reaction has dealt with."""
        statement = select(cursor.c.name, cursor.c.position).where(cursor.c.site == self._site)
        with storage_errors():
            async with self._database.read() as connection:
                rows = (await connection.execute(statement)).all()
        return {name: position for name, position in rows}  # noqa: C416 - rows are no pairs to dict()

    async def save(self, positions: Mapping[str, int]) -> None:
        """Keep the positions, all in one transaction."""
        rows = [
            {"site": self._site, "name": name, "position": position}
            for name, position in positions.items()
        ]
        with storage_errors():
            async with self._database.write() as connection:
                await connection.execute(upsert(cursor, keys=["site", "name"]), rows)


@contextmanager
def storage_errors() -> Generator[None]:
    """Say `Unavailable` for whatever goes wrong between us and the disk or the server."""
    try:
        yield
    except (SQLAlchemyError, OSError) as error:
        raise Unavailable(f"the storage failed: {type(error).__name__}") from error


async def _last(connection: AsyncConnection, site: SiteId) -> int:
    return (await connection.scalar(_LAST, {"site": site})) or 0


def _write(connection: Connection, write: Write, index: int) -> None:
    try:
        if write.rows is None:
            connection.execute(write.statement)
        elif write.rows:
            connection.execute(write.statement, write.rows)
    except (OperationalError, InterfaceError, InternalError):
        raise  # the storage, not the rows
    except (SQLAlchemyError, TypeError, ValueError) as error:
        raise WriteRefused(index, str(error.__class__.__name__)) from error


def _answered(row: tuple[str, int, int, str | None, str | None]) -> Answered:
    command, first, last, code, detail = row
    return Answered(command=command, first=first, last=last, code=code, detail=detail)
