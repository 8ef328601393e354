"""Server-side sessions: opened at sign-in, over after idleness, at their end, or with a change."""

import hashlib
import hmac
import secrets
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.core.words import HOUR, MINUTE, SECOND, Instant, Millis, SiteId, UserId
from warmline.ports import Clock
from warmline.security import tables
from warmline.security.model import Session, User
from warmline.storage.database import Database
from warmline.storage.rows import row, rows

IDLE_MS: Millis = 2 * HOUR
SEEN_EVERY_MS: Millis = MINUTE
"""How exactly it is written down when a session was last used."""
WRITE_DOWN_EVERY_MS: Millis = 2 * SECOND
"""Who begin to work together share a transaction."""
FRESH_MS: Millis = 30 * SECOND
"""How long a look into the database is believed; another process (a command line beside the
server) may have ended the session, what ends here is known at once."""
PER_USER = 20
REMEMBERED = 20_000
TOKEN_BYTES = 32

Ended = Callable[[str], None]


def hash_of(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def csrf_of(token: str) -> str:
    """The second cookie of a session: made from its token, so another session's never fits."""
    return hmac.new(token.encode(), b"csrf", hashlib.sha256).hexdigest()


@dataclass(slots=True)
class _Remembered:
    session: Session
    read_at: Instant


class Sessions:
    """The sessions of one site; who listens is told the id of each that ends."""

    def __init__(
        self, database: Database, site: SiteId, clock: Clock, *, longest_ms: Millis
    ) -> None:
        self._database = database
        self._site = site
        self._clock = clock
        self._longest_ms = longest_ms
        self._remembered: OrderedDict[str, _Remembered] = OrderedDict()
        self._listeners: set[Ended] = set()
        self._touched: dict[str, Instant] = {}
        self._writing_down = False
        self._written_at: Instant = 0

    async def open(self, connection: AsyncConnection, person: User, *, address: str | None) -> str:
        """A new session within a transaction; its token is nowhere but in the answer."""
        now = self._clock.now()
        token = secrets.token_urlsafe(TOKEN_BYTES)
        await connection.execute(tables.end_expired(self._site, now=now, idle_since=now - IDLE_MS))
        held = await self.ids_of(connection, person.id)
        if surplus := held[PER_USER - 1 :]:
            await connection.execute(tables.end_listed(self._site, surplus))
            self.forget(surplus)
        await connection.execute(
            insert(tables.session).values(
                site=self._site,
                id=hash_of(token),
                user=person.id,
                created_at=now,
                seen_at=now,
                expires_at=now + self._longest_ms,
                address=address,
            )
        )
        return token

    async def find(self, token: str) -> Session | None:
        """The session of a token while it lasts; looking at it keeps it from idling away."""
        session_id = hash_of(token)
        now = self._clock.now()
        known = self._remembered.get(session_id)
        if known is None or now - known.read_at >= FRESH_MS:
            known = await self._read(session_id, now)
        if known is None or self._over(known.session, now):
            self.forget([session_id])
            return None
        if now - known.session.seen_at >= SEEN_EVERY_MS:
            await self._touch(known, now)
        return known.session

    async def end(self, connection: AsyncConnection, session_id: str) -> None:
        """Ends one session in the database; call `forget` when that is durable."""
        await connection.execute(tables.end_listed(self._site, [session_id]))

    async def ids_of(self, connection: AsyncConnection, who: UserId) -> list[str]:
        """The sessions that a user has now."""
        found = await rows(connection, tables.sessions_of(self._site, who))
        return [one["id"] for one in found]

    def forget(self, session_ids: Sequence[str]) -> None:
        """These sessions have ended: nothing is remembered of them, listeners are told."""
        for session_id in session_ids:
            self._remembered.pop(session_id, None)
            for listener in tuple(self._listeners):
                listener(session_id)

    def refresh(self, who: UserId) -> None:
        """The user changed: sessions are read again before they are believed."""
        for session_id, known in tuple(self._remembered.items()):
            if known.session.user.id == who:
                del self._remembered[session_id]

    def listen(self, receiver: Ended) -> Callable[[], None]:
        """Tell `receiver` the id of every session that ends; the answer stops it."""
        self._listeners.add(receiver)
        return lambda: self._listeners.discard(receiver)

    async def _read(self, session_id: str, now: Instant) -> _Remembered | None:
        async with self._database.read() as connection:
            asked = {"site": self._site, "session_id": session_id}
            found = await row(connection, tables.SESSION_WITH_USER, asked)
        if found is None:
            return None
        session = Session(
            id=session_id,
            user=tables.read_user(found),
            created_at=found["session_created_at"],
            seen_at=found["session_seen_at"],
            expires_at=found["session_expires_at"],
        )
        known = _Remembered(session=session, read_at=now)
        self._remembered[session_id] = known
        self._remembered.move_to_end(session_id)
        while len(self._remembered) > REMEMBERED:
            self._remembered.popitem(last=False)
        return known

    async def _touch(self, known: _Remembered, now: Instant) -> None:
        """Note that the session is in use; what is noted within seconds is written together."""
        self._touched[known.session.id] = now
        known.session = replace(known.session, seen_at=now)
        if self._writing_down or now - self._written_at < WRITE_DOWN_EVERY_MS:
            return
        touched, self._touched = self._touched, {}
        self._writing_down, self._written_at = True, now
        try:
            async with self._database.write() as connection:
                await connection.execute(
                    tables.TOUCH,
                    [
                        {"in_site": self._site, "session_id": id_, "now": at}
                        for id_, at in touched.items()
                    ],
                )
        finally:
            self._writing_down = False

    def _over(self, session: Session, now: Instant) -> bool:
        return (
            not session.user.active or now >= session.expires_at or now - session.seen_at >= IDLE_MS
        )
