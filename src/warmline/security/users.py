"""The users of a site: made, changed and removed together with the agents that they are."""

import asyncio
import secrets
import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace

from sqlalchemy import Executable, delete, insert, update

from warmline.core.commands import Command, DefineAgent, Remove, SetPresence
from warmline.core.settings import Agent, Kind
from warmline.core.words import (
    SYSTEM,
    Actor,
    AgentId,
    CommandId,
    Malformed,
    Presence,
    Rejected,
    Role,
    SiteId,
    UserId,
)
from warmline.ports import Clock, State, Submit, Write
from warmline.security import tables
from warmline.security.audit import Audit
from warmline.security.model import User, tidy_login
from warmline.security.passwords import Passwords, check_password
from warmline.security.sessions import Sessions
from warmline.storage.database import Database
from warmline.storage.rows import row, rows

USERS_LIMIT = 10_000


class Users:
    """Changes of users, one at a time, so that logins stay unique and an administrator remains."""

    def __init__(
        self,
        *,
        database: Database,
        site: SiteId,
        clock: Clock,
        submit: Submit,
        state: State,
        passwords: Passwords,
        sessions: Sessions,
        audit: Audit,
    ) -> None:
        self._database = database
        self._site = site
        self._clock = clock
        self._submit = submit
        self._state = state
        self._passwords = passwords
        self._sessions = sessions
        self._audit = audit
        self._turn = asyncio.Lock()

    async def all(self) -> list[User]:
        """Every user, by name."""
        async with self._database.read() as connection:
            return [
                tables.read_user(one) for one in await rows(connection, tables.users(self._site))
            ]

    async def one(self, who: UserId) -> User:
        """The user, or a refusal (`unknown_user`)."""
        async with self._database.read() as connection:
            found = await row(connection, tables.user_by_id(self._site, who))
        if found is None:
            raise Rejected("unknown_user", "there is no such user")
        return tables.read_user(found)

    async def agent_names(self) -> dict[str, str]:
        """The names of those who answer customers, by agent id."""
        async with self._database.read() as connection:
            found = await rows(connection, tables.agent_names(self._site))
            return {one["agent"]: one["name"] for one in found}

    async def create(
        self, by: Actor, person: User, password: str | None, *, only_first: bool = False
    ) -> User:
        """A new user; without a password nobody can sign in as them by password yet."""
        person = replace(person, login=tidy_login(person.login))
        hashed = await self._hashed(password, person.login)
        async with self._turn:
            existing = await self.all()
            if only_first and existing:
                raise Rejected("not_first", "this center has its first administrator already")
            if len(existing) >= USERS_LIMIT:
                raise Rejected("too_many_users", "the limit of users is reached", limit=USERS_LIMIT)
            person = _with_agent(person)
            _check_unique(existing, person)
            self._check_scope(person)
            now = self._clock.now()
            values = {
                "site": self._site,
                "id": person.id,
                "password_hash": hashed,
                "created_at": now,
                "changed_at": now,
                **tables.columns_of(person),
            }
            audited = self._audit.row(
                by, "created", "user", person.id, fields=sorted(tables.columns_of(person))
            )
            statements: list[Executable] = [insert(tables.user).values(values), audited]
            if only_first:
                statements.append(
                    delete(tables.first_admin).where(tables.first_admin.c.site == self._site)
                )
            await self._keep(self._definition(by, person), statements)
        return person

    async def change(
        self,
        by: Actor,
        who: UserId,
        alter: Callable[[User], User],
        password: str | None = None,
    ) -> User:
        """The user as `alter` makes them; a new password or roles, or a lock-out, sign them out."""
        hashed = await self._hashed(password, (await self.one(who)).login)
        async with self._turn:
            existing = await self.all()
            before = next((user for user in existing if user.id == who), None)
            if before is None:
                raise Rejected("unknown_user", "there is no such user")
            person = alter(before)
            person = _with_agent(replace(person, id=who, login=tidy_login(person.login)))
            _check_unique(existing, person)
            _check_administrator_remains(existing, person)
            self._check_scope(person, before)
            old, new = tables.columns_of(before), tables.columns_of(person)
            fields = [name for name in new if old[name] != new[name]]
            values: dict[str, object] = {**new, "changed_at": self._clock.now()}
            if hashed is not None:
                values["password_hash"] = hashed
                fields.append("password")
            statements: list[Executable] = [
                update(tables.user)
                .where(tables.user.c.site == self._site, tables.user.c.id == person.id)
                .values(values),
                self._audit.row(by, "changed", "user", person.id, fields=sorted(fields)),
            ]
            out = not person.active or not {"roles", "agent", "password"}.isdisjoint(fields)
            await self._keep(self._definition(by, person), statements, out=before if out else None)
            self._sessions.refresh(who)
            if before.agent and (not person.active or person.agent != before.agent):
                await self._go_offline(before.agent)
        return person

    async def change_password(
        self, by: Actor, who: UserId, password: str, *, but: str | None = None
    ) -> None:
        """A user's own new password: ends all their other sessions."""
        person = await self.one(who)
        hashed = await self._hashed(password, person.login)
        statements: list[Executable] = [
            update(tables.user)
            .where(tables.user.c.site == self._site, tables.user.c.id == who)
            .values(password_hash=hashed, changed_at=self._clock.now()),
            self._audit.row(by, "changed", "user", who, fields=["password"]),
        ]
        await self._keep(None, statements, out=person, but=but)

    async def remove(self, by: Actor, who: UserId) -> None:
        """Forget a user; refused while their agent has work or is named by a setting."""
        async with self._turn:
            existing = await self.all()
            person = next((user for user in existing if user.id == who), None)
            if person is None:
                raise Rejected("unknown_user", "there is no such user")
            _check_administrator_remains(existing, replace(person, active=False))
            command = None
            if person.agent and person.agent in self._state.center().agents:
                await self._go_offline(person.agent)
                command = Remove(id=_new_id(), by=by, kind=Kind.AGENT, item=person.agent)
            statements: list[Executable] = [
                delete(tables.user).where(
                    tables.user.c.site == self._site, tables.user.c.id == who
                ),
                self._audit.row(by, "removed", "user", who),
            ]
            await self._keep(command, statements, out=person)

    async def password_hash(self, who: UserId) -> str | None:
        """The hash of a user's password, None when they have none."""
        async with self._database.read() as connection:
            found = await row(connection, tables.password_of(self._site, who))
        return found["password_hash"] if found is not None else None

    async def _hashed(self, password: str | None, login: str) -> str | None:
        if password is None:
            return None
        check_password(password, login=login)
        return await self._passwords.hash(password)

    def _check_scope(self, person: User, before: User | None = None) -> None:
        """Teams and queues are those that there are; what was named before may have gone since."""
        center = self._state.center()
        teams = person.teams - center.teams.keys()
        queues = person.queues - center.queues.keys()
        if before is not None:
            teams, queues = teams - before.teams, queues - before.queues
        for field, unknown in (("teams", teams), ("queues", queues)):
            for item in sorted(unknown):
                raise Malformed(field, f"there is no {item}", "no_such", item=item)

    def _definition(self, by: Actor, person: User) -> Command | None:
        """The command that brings a new agent onto the floor; what is known stays as it is."""
        if person.agent is None or person.agent in self._state.center().agents:
            return None
        return DefineAgent(id=_new_id(), by=by, agent=Agent(id=person.agent))

    async def _keep(
        self,
        command: Command | None,
        statements: Sequence[Executable],
        *,
        out: User | None = None,
        but: str | None = None,
    ) -> None:
        """Write all of it or nothing, together with the command; then `out` is signed out."""
        ended: list[str] = []
        if out is not None:
            async with self._database.read() as connection:
                ended = [
                    one for one in await self._sessions.ids_of(connection, out.id) if one != but
                ]
            statements = [*statements, tables.end_sessions(self._site, out.id, but=but)]
        if command is not None:
            await self._submit(command, *(Write(statement=statement) for statement in statements))
        else:
            async with self._database.write() as connection:
                for statement in statements:
                    await connection.execute(statement)
        self._sessions.forget(ended)

    async def _go_offline(self, agent: AgentId) -> None:
        known = self._state.center().agents.get(agent)
        if known is None or known.presence is Presence.OFFLINE:
            return
        await self._submit(
            SetPresence(id=_new_id(), by=SYSTEM, agent=agent, presence=Presence.OFFLINE)
        )


def new_user_id() -> UserId:
    """An id that says nothing about the person."""
    return UserId(f"u-{secrets.token_hex(8)}")


def _new_id() -> CommandId:
    return CommandId(str(uuid.uuid4()))


def _with_agent(person: User) -> User:
    """Who has the role of an agent is one on the floor, and nobody else is."""
    if Role.AGENT not in person.roles:
        return replace(person, agent=None)
    return replace(person, agent=person.agent or AgentId(person.id))


def _check_unique(existing: Sequence[User], person: User) -> None:
    for other in existing:
        if other.id == person.id:
            continue
        if other.login == person.login:
            raise Rejected("login_taken", "somebody else has this login")
        if person.agent and other.agent == person.agent:
            raise Rejected("agent_taken", "somebody else is this agent", agent=person.agent)


def _check_administrator_remains(existing: Sequence[User], changed: User) -> None:
    after = [changed if user.id == changed.id else user for user in existing]
    before = any(user.active and Role.ADMINISTRATOR in user.roles for user in existing)
    if before and not any(user.active and Role.ADMINISTRATOR in user.roles for user in after):
        raise Rejected("last_administrator", "somebody must remain who can administer the center")
