"""Sign-in and sign-out, and the link by which the first administrator comes in."""

import asyncio
import hmac
import secrets
from dataclasses import dataclass

from sqlalchemy import update

from warmline.core.words import SYSTEM, Actor, Rejected, Role, SiteId
from warmline.ports import Clock
from warmline.security import tables
from warmline.security.audit import Audit
from warmline.security.model import Session, User, WrongCredentials, tidy_login
from warmline.security.passwords import LONGEST, Passwords
from warmline.security.sessions import Sessions, hash_of
from warmline.security.tries import PER_ADDRESS, PER_LOGIN, Tries
from warmline.security.users import Users
from warmline.storage.database import Database
from warmline.storage.rows import row
from warmline.storage.upsert import upsert

FIRST_ROLES = frozenset({Role.ADMINISTRATOR, Role.SUPERVISOR})
"""The first user sees the floor as well: nobody else is there yet to do so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """A user with the token of the new session."""

    user: User
    token: str


class SignIn:
    """The door for people: slow for those who guess, the same answer to every wrong try."""

    def __init__(
        self,
        *,
        database: Database,
        site: SiteId,
        clock: Clock,
        passwords: Passwords,
        sessions: Sessions,
        users: Users,
        audit: Audit,
    ) -> None:
        self._database = database
        self._site = site
        self._clock = clock
        self._passwords = passwords
        self._sessions = sessions
        self._users = users
        self._audit = audit
        self._by_login = Tries(clock, PER_LOGIN)
        self._by_address = Tries(clock, PER_ADDRESS)
        self._first = asyncio.Lock()

    async def by_password(
        self, login: str, password: str, *, address: str | None, replaces: Session | None = None
    ) -> SignedIn:
        """A session for whoever has this login and password; `replaces` ends with it."""
        login = tidy_login(login)
        where = address or "unknown"
        self._by_address.take(where)
        self._by_login.take(login)
        async with self._database.read() as connection:
            found = await row(connection, tables.user_by_login(self._site, login))
        kept: str | None = found["password_hash"] if found is not None else None
        right = await self._passwords.verify(kept, password[: LONGEST + 1])
        person = tables.read_user(found) if found is not None else None
        if not right or kept is None or person is None or not person.active:
            raise WrongCredentials
        self._by_address.give_back(where)
        self._by_login.forget(login)
        renewed = await self._passwords.hash(password) if self._passwords.outdated(kept) else None
        return await self.open(person, address=address, replaces=replaces, renewed=renewed)

    async def open(
        self,
        person: User,
        *,
        address: str | None,
        replaces: Session | None = None,
        renewed: str | None = None,
    ) -> SignedIn:
        """A session for a user who is known already; `renewed` is their password, hashed anew."""
        async with self._database.write() as connection:
            if replaces is not None:
                await self._sessions.end(connection, replaces.id)
            if renewed is not None:
                await connection.execute(
                    update(tables.user)
                    .where(tables.user.c.site == self._site, tables.user.c.id == person.id)
                    .values(password_hash=renewed)
                )
            token = await self._sessions.open(connection, person, address=address)
            await connection.execute(
                self._audit.row(person.actor, "signed_in", "session", person.id)
            )
        if replaces is not None:
            self._sessions.forget([replaces.id])
        return SignedIn(user=person, token=token)

    async def out(self, session: Session) -> None:
        """Ends the session."""
        async with self._database.write() as connection:
            await self._sessions.end(connection, session.id)
            await connection.execute(
                self._audit.row(session.user.actor, "signed_out", "session", session.user.id)
            )
        self._sessions.forget([session.id])

    async def new_password(
        self, session: Session, *, current: str, password: str, address: str | None
    ) -> SignedIn:
        """The user's own new password: every session of theirs ends, and one new one begins."""
        self._by_login.take(session.user.login)
        kept = await self._users.password_hash(session.user.id)
        if not await self._passwords.verify(kept, current[: LONGEST + 1]):
            raise Rejected("wrong_password", "the present password is another one")
        self._by_login.forget(session.user.login)
        actor: Actor = session.user.actor
        await self._users.change_password(actor, session.user.id, password, but=session.id)
        return await self.open(session.user, address=address, replaces=session)

    async def first_admin_token(self) -> str | None:
        """A new single-use token while the site has no user, else None; older ones are void."""
        async with self._database.write() as connection:
            if await row(connection, tables.some_user(self._site)) is not None:
                return None
            token = secrets.token_urlsafe(32)
            values = {
                "site": self._site,
                "token_hash": hash_of(token),
                "created_at": self._clock.now(),
            }
            await connection.execute(upsert(tables.first_admin, values, keys=["site"]))
        return token

    async def first_admin(
        self, token: str, person: User, password: str, *, address: str | None
    ) -> SignedIn:
        """The first administrator, signed in; the token is spent with it."""
        where = address or "unknown"
        self._by_address.take(where)
        async with self._first:
            async with self._database.read() as connection:
                kept = await row(connection, tables.first_admin_token(self._site))
            if kept is None or not hmac.compare_digest(kept["token_hash"], hash_of(token)):
                raise Rejected("unknown_link", "this link is spent, or was never given")
            self._by_address.give_back(where)
            created = await self._users.create(SYSTEM, person, password, only_first=True)
        return await self.open(created, address=address)
