"""Keys with which the operator's own programs come in: shown once, kept as hashes, revocable."""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import uuid4

from sqlalchemy import func, insert, select, update

from warmline.core.words import MINUTE, SECOND, Actor, Instant, Millis, Rejected, SiteId, UserId
from warmline.ports import Clock
from warmline.security.audit import Audit
from warmline.security.model import SignedOut
from warmline.security.sessions import hash_of
from warmline.security.tables import api_key
from warmline.security.tries import PER_ADDRESS, Tries
from warmline.storage.database import Database
from warmline.storage.rows import Row, row, rows

BEGINNING = "wlk_"
KEY_BYTES = 32
SHOWN_CHARS = 10
"""So much of a key is kept to tell it from others."""
LONGEST = 128
KEYS_LIMIT = 50
PER_MINUTE = 600
"""Requests of one key."""
FRESH_MS: Millis = 5 * SECOND
"""How long a look into the database is believed."""
USED_EVERY_MS: Millis = MINUTE
"""How exactly it is written down when a key was last used."""
REMEMBERED = 1_000


class Scope(StrEnum):
    """What a program may do with a key."""

    CUSTOMERS_WRITE = "customers:write"
    ORDERS_WRITE = "orders:write"
    READ_ORDERS = "read:orders"


@dataclass(slots=True)
class _Known:
    id: str
    scopes: frozenset[str]
    used_at: Instant | None
    read_at: Instant


@dataclass(slots=True, eq=False)
class ApiKeys:
    """The keys of one site."""

    database: Database
    site: SiteId
    clock: Clock
    audit: Audit
    _known: dict[str, _Known] = field(default_factory=dict[str, _Known])
    _rate: Tries = field(init=False)
    _wrong: Tries = field(init=False)

    def __post_init__(self) -> None:
        self._rate = Tries(self.clock, PER_MINUTE, window_ms=MINUTE)
        self._wrong = Tries(self.clock, PER_ADDRESS)

    async def create(self, actor: Actor, name: str, scopes: Collection[Scope]) -> tuple[Row, str]:
        """A new key: its row, and the key itself, which is nowhere else."""
        secret = BEGINNING + secrets.token_urlsafe(KEY_BYTES)
        id_, may = uuid4().hex, sorted(scopes)
        given = {
            "site": self.site,
            "id": id_,
            "name": name,
            "begins": secret[:SHOWN_CHARS],
            "scopes": may,
            "created_at": self.clock.now(),
            "created_by": actor.user,
        }
        async with self.database.write() as connection:
            living = select(func.count()).where(
                api_key.c.site == self.site, api_key.c.revoked_at.is_(None)
            )
            if (await connection.scalar(living) or 0) >= KEYS_LIMIT:
                raise Rejected("too_many_keys", f"{KEYS_LIMIT} keys are enough; revoke some.")
            await connection.execute(insert(api_key).values(**given, key_hash=hash_of(secret)))
            told = self.audit.row(actor, "created", "api_key", id_, fields=may)
            await connection.execute(told)
        return {**given, "used_at": None, "revoked_at": None}, secret

    async def all(self) -> Sequence[Row]:
        """Every key, the newest first, revoked ones too."""
        query = select(api_key).where(api_key.c.site == self.site)
        async with self.database.read() as connection:
            return await rows(connection, query.order_by(api_key.c.created_at.desc(), api_key.c.id))

    async def revoke(self, actor: Actor, id_: str) -> bool:
        """The key opens nothing any more; False when there is no living key of this id."""
        async with self.database.write() as connection:
            gone = await connection.execute(
                update(api_key)
                .where(
                    api_key.c.site == self.site,
                    api_key.c.id == id_,
                    api_key.c.revoked_at.is_(None),
                )
                .values(revoked_at=self.clock.now())
            )
            if gone.rowcount:
                await connection.execute(self.audit.row(actor, "revoked", "api_key", id_))
        self._known.clear()
        return bool(gone.rowcount)

    async def actor(self, secret: str, scope: str, *, address: str | None) -> Actor:
        """The program that brings this key.

        Raises `SignedOut` for no living key, `Rejected` without the scope, `TooManyTries`.
        """
        now = self.clock.now()
        hashed = hash_of(secret[:LONGEST])
        known = self._known.get(hashed)
        if known is None or now - known.read_at >= FRESH_MS:
            tried = address or "?"
            self._wrong.take(tried)
            known = await self._read(hashed, now)
            if known is None:
                raise SignedOut
            self._wrong.give_back(tried)
        self._rate.take(known.id)
        if scope not in known.scopes:
            raise Rejected("forbidden", f"This key has not the scope {scope}.")
        if known.used_at is None or now - known.used_at >= USED_EVERY_MS:
            known.used_at = now
            async with self.database.write() as connection:
                await connection.execute(
                    update(api_key)
                    .where(api_key.c.site == self.site, api_key.c.id == known.id)
                    .values(used_at=now)
                )
        return Actor(user=UserId(f"key:{known.id}"))

    async def _read(self, hashed: str, now: Instant) -> _Known | None:
        query = select(api_key).where(
            api_key.c.site == self.site,
            api_key.c.key_hash == hashed,
            api_key.c.revoked_at.is_(None),
        )
        async with self.database.read() as connection:
            found = await row(connection, query)
        if found is None:
            self._known.pop(hashed, None)
            return None
        if len(self._known) >= REMEMBERED:
            self._known.clear()
        known = _Known(found["id"], frozenset(found["scopes"]), found["used_at"], now)
        self._known[hashed] = known
        return known
