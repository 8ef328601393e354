"""The sample shop vouches for its signed-in customers, as a real one does: with a signed token."""

from dataclasses import dataclass

from warmline.channels.webchat import tables
from warmline.channels.webchat.identity import new_secret
from warmline.core.words import HOUR, SECOND, SiteId
from warmline.demo import shop
from warmline.demo.behaviour import Customer
from warmline.ports import Clock
from warmline.storage.database import Database

LASTS_MS = HOUR


@dataclass(frozen=True, slots=True, kw_only=True)
class Vouching:
    """What the shop's server would hold: the secret of the chat's inbox."""

    secret: str
    clock: Clock

    def identity(self, who: Customer) -> str:
        """A token (JWT) about a customer, good for an hour."""
        # Loads every algorithm there is; a demonstration opens without waiting for that.
        from joserfc import jwt  # noqa: PLC0415
        from joserfc.jwk import OctKey  # noqa: PLC0415

        now = self.clock.now()
        claims = {
            "sub": who.id,
            "name": who.name,
            "email": who.email,
            "phone_number": who.phone,
            "iat": now // SECOND,
            "exp": (now + LASTS_MS) // SECOND,
        }
        return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(self.secret))


async def vouching(database: Database, site: SiteId, clock: Clock) -> Vouching:
    """With the secret that the chat's inbox has; a new one where there is none."""
    async with database.write() as connection:
        secret = await tables.secret_of(connection, site, shop.CHAT_INBOX)
        if secret is None:
            secret = new_secret()
        for inbox in (shop.CHAT_INBOX, shop.CALL_INBOX):
            await connection.execute(tables.keep_secret(site, inbox, secret, clock.now()))
    return Vouching(secret=secret, clock=clock)
