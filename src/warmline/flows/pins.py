"""PINs by which customers show in a flow who they are: kept as hashes, few tries, then a pause."""

from typing import Protocol

from sqlalchemy import BigInteger, Column, Integer, String, Table, delete, select, update

from warmline.core.words import MINUTE, Actor, CustomerId, Malformed, Millis, SiteId
from warmline.ports import Clock
from warmline.storage.database import Database
from warmline.storage.journal import storage_errors
from warmline.storage.rows import row
from warmline.storage.schema import ID_CHARS, SITE_CHARS, metadata
from warmline.storage.upsert import upsert
from warmline.storage.versions import Audit

SHORTEST, LONGEST = 4, 8
TRIES = 5
PAUSE_MS: Millis = 30 * MINUTE

flow_pin = Table(
    "flow_pin",
    metadata,
    Column("site", String(SITE_CHARS), primary_key=True),
    Column("customer", String(ID_CHARS), primary_key=True),
    Column("hash", String(200), nullable=False),
    Column("tries", Integer, nullable=False),
    Column("closed_until", BigInteger),
    Column("at", BigInteger, nullable=False),
)
"""The PIN of a customer: `tries` are wrong ones in a row; too many close it for a while."""


class Hashing(Protocol):
    """Makes and compares what is kept of a secret."""

    async def hash(self, password: str) -> str: ...
    async def verify(self, kept: str | None, password: str) -> bool: ...


class Pins:
    """The PINs of a site's customers."""

    def __init__(
        self, *, database: Database, site: SiteId, clock: Clock, hashing: Hashing, audit: Audit
    ) -> None:
        self._database = database
        self._site = site
        self._clock = clock
        self._hashing = hashing
        self._audit = audit

    async def put(self, by: Actor, customer: CustomerId, pin: str) -> None:
        """Give the customer a PIN, in place of the one before."""
        if not (pin.isascii() and pin.isdigit() and SHORTEST <= len(pin) <= LONGEST):
            raise Malformed(
                "pin",
                f"must be {SHORTEST} to {LONGEST} digits",
                "wrong_length",
                min=SHORTEST,
                max=LONGEST,
            )
        values = {"site": self._site, "customer": customer, "tries": 0, "closed_until": None,
                  "hash": await self._hashing.hash(pin), "at": self._clock.now()}  # fmt: skip
        change = ("hash", "tries", "closed_until", "at")
        statement = upsert(flow_pin, keys=("site", "customer"), change=change)
        told = self._audit(by, "changed", "pin", customer, before=None, after=None)
        with storage_errors():
            async with self._database.write() as connection:
                await connection.execute(statement, [values])
                await connection.execute(told.statement)

    async def remove(self, by: Actor, customer: CustomerId) -> None:
        """The customer has no PIN any more; without one nothing changes."""
        told = self._audit(by, "removed", "pin", customer, before=None, after=None)
        theirs = (flow_pin.c.site == self._site) & (flow_pin.c.customer == customer)
        with storage_errors():
            async with self._database.write() as connection:
                await connection.execute(delete(flow_pin).where(theirs))
                await connection.execute(told.statement)

    async def is_right(self, customer: CustomerId, pin: str) -> bool:
        """Whether it is the PIN of the customer; a closed one never is."""
        theirs = (flow_pin.c.site == self._site) & (flow_pin.c.customer == customer)
        now = self._clock.now()
        with storage_errors():
            async with self._database.read() as connection:
                found = await row(connection, select(flow_pin).where(theirs))
            if found is None or (found["closed_until"] or 0) > now:
                return False
            right = await self._hashing.verify(found["hash"], pin)
            tries = 0 if right else found["tries"] + 1
            closed = now + PAUSE_MS if tries >= TRIES else None
            change = {"tries": 0 if closed else tries, "closed_until": closed}
            async with self._database.write() as connection:
                await connection.execute(update(flow_pin).where(theirs).values(**change))
        return right
