"""The HTTP API of administration: the users of the center, and the audit."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from pydantic import BaseModel, Field, StringConstraints

from warmline.core.permissions import Right
from warmline.core.words import Actor, AgentId, QueueId, Role, TeamId, UserId
from warmline.ports import Guard
from warmline.security.audit import PAGE_LIMIT
from warmline.security.model import Locale, PersonRole, Theme, User
from warmline.security.room import Security
from warmline.security.routes import Body, Email, Flag, Login, Me, Name, Password, me_of
from warmline.security.users import new_user_id

ItemId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._:@-]{1,64}$")]
ITEM_LIMIT = 500
Word = Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,32}$")]


class UserBody(Body):
    """A user as an administrator writes them; without `password` it stays (or there is none)."""

    name: Name
    login: Login
    email: Email | None = None
    roles: Annotated[set[PersonRole], Field(min_length=1)]
    agent: ItemId | None = None
    locale: Locale = Locale.EN
    theme: Theme = Theme.SYSTEM
    active: Flag = True
    teams: Annotated[frozenset[ItemId], Field(max_length=ITEM_LIMIT)] = frozenset()
    queues: Annotated[frozenset[ItemId], Field(max_length=ITEM_LIMIT)] = frozenset()
    """Whose talks a supervisor may come into; without any team and queue everybody's."""
    password: Password | None = None

    def user(self, who: UserId) -> User:
        """The user that this describes."""
        return User(
            id=who,
            name=self.name,
            login=self.login,
            email=self.email,
            roles=frozenset(Role(role) for role in self.roles),
            agent=AgentId(self.agent) if self.agent else None,
            locale=self.locale,
            theme=self.theme,
            active=self.active,
            teams=frozenset(TeamId(one) for one in self.teams),
            queues=frozenset(QueueId(one) for one in self.queues),
        )


class UserAnswer(Me):
    """A user as an administrator sees them; teams and queues as they were written."""

    active: bool


class UsersAnswer(BaseModel):
    """Every user of the site."""

    users: list[UserAnswer]


class AuditEntry(BaseModel):
    """One change: of settings with the values that changed, of people with the fields' names."""

    id: str
    at: int
    user: str | None
    action: str
    kind: str
    item: str
    fields: list[str]
    before: Mapping[str, object] | None
    after: Mapping[str, object] | None


class AuditAnswer(BaseModel):
    """A page of the audit; `next` goes into `before` for the page that follows."""

    rows: list[AuditEntry]
    next: str | None


def _answer(person: User) -> UserAnswer:
    named = {"teams": sorted(person.teams), "queues": sorted(person.queues)}
    return UserAnswer.model_validate(
        {**me_of(person).model_dump(), **named, "active": person.active}
    )


def people_routes(security: Security, guard: Guard) -> APIRouter:
    """Create, read, change and remove users."""
    routes = APIRouter(prefix="/users", tags=["people"])
    manage = Depends(guard(Right.MANAGE_PEOPLE))
    users = security.users

    @routes.get("")
    async def list_users(_actor: Annotated[Actor, manage]) -> UsersAnswer:
        """All users, by name."""
        return UsersAnswer(users=[_answer(person) for person in await users.all()])

    @routes.post("", status_code=201)
    async def create_user(body: UserBody, actor: Annotated[Actor, manage]) -> UserAnswer:
        """A new user; with the role of an agent also a new agent on the floor."""
        return _answer(await users.create(actor, body.user(new_user_id()), body.password))

    @routes.get("/{user}")
    async def read_user(
        user: Annotated[ItemId, Path()], _actor: Annotated[Actor, manage]
    ) -> UserAnswer:
        """One user."""
        return _answer(await users.one(UserId(user)))

    @routes.put("/{user}")
    async def change_user(
        user: Annotated[ItemId, Path()], body: UserBody, actor: Annotated[Actor, manage]
    ) -> UserAnswer:
        """Change a user; new roles, a new password or a lock-out end their sessions."""
        person = body.user(UserId(user))
        return _answer(await users.change(actor, person.id, lambda _: person, body.password))

    @routes.delete("/{user}", status_code=204)
    async def remove_user(user: Annotated[ItemId, Path()], actor: Annotated[Actor, manage]) -> None:
        """Remove a user for good; to keep their name in old conversations, deactivate instead."""
        await users.remove(actor, UserId(user))

    return routes


def audit_routes(security: Security, guard: Guard) -> APIRouter:
    """Read the audit."""
    routes = APIRouter(prefix="/audit", tags=["audit"])

    @routes.get("")
    async def read_audit(
        _actor: Annotated[Actor, Depends(guard(Right.READ_AUDIT))],
        user: Annotated[ItemId | None, Query()] = None,
        action: Annotated[Word | None, Query()] = None,
        kind: Annotated[Word | None, Query()] = None,
        item: Annotated[ItemId | None, Query()] = None,
        before: Annotated[str | None, Query(pattern=r"^[0-9a-f]{12}-[0-9a-f]{16}$")] = None,
        limit: Annotated[int, Query(ge=1, le=PAGE_LIMIT)] = 100,
    ) -> AuditAnswer:
        """Changes and sign-ins, the newest first."""
        given = {"user": user, "action": action, "kind": kind, "item": item}
        equal = {name: value for name, value in given.items() if value is not None}
        rows = await security.audit.page(equal=equal, before=before, limit=limit)
        return AuditAnswer(
            rows=[AuditEntry.model_validate(asdict(row)) for row in rows],
            next=rows[-1].id if len(rows) == limit else None,
        )

    return routes
