"""The HTTP API of sign-in: the session, the first administrator, and one's own settings."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Annotated, TypeAlias

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from warmline.core.permissions import Right
from warmline.core.words import HOUR, SECOND, Actor, Role
from warmline.ports import Guard
from warmline.security import cookies
from warmline.security.model import (
    EMAIL_LIMIT,
    LOGIN_LIMIT,
    NAME_LIMIT,
    Locale,
    Session,
    SignedOut,
    Theme,
    User,
)
from warmline.security.passwords import LONGEST
from warmline.security.room import Security
from warmline.security.sessions import Sessions
from warmline.security.sign_in import FIRST_ROLES, SignedIn
from warmline.security.users import new_user_id

_SHOWN = r"^[^\x00-\x1f\x7f]*$"
Name = Annotated[
    str,
    StringConstraints(min_length=1, max_length=NAME_LIMIT, strip_whitespace=True, pattern=_SHOWN),
]
Login = Annotated[
    str,
    StringConstraints(
        min_length=2, max_length=LOGIN_LIMIT, strip_whitespace=True, pattern=r"^[\w.@+-]*$"
    ),
]
Email = Annotated[
    str, StringConstraints(max_length=EMAIL_LIMIT, pattern=r"^[^@\s\x00-\x1f]+@[^@\s\x00-\x1f]+$")
]
Password = Annotated[str, Field(max_length=LONGEST)]
Flag = Annotated[bool, Field(strict=True)]


class Body(BaseModel):
    """What a client sends: nothing beyond what is named."""

    model_config = ConfigDict(extra="forbid")


class Credentials(Body):
    """Login and password."""

    login: Annotated[str, Field(max_length=LOGIN_LIMIT)]
    password: Password


class FirstAdmin(Body):
    """Who the first administrator is, with the token of the link printed at the first start."""

    token: Annotated[str, Field(max_length=128)]
    name: Name
    login: Login
    email: Email | None = None
    password: Password
    locale: Locale = Locale.EN


class OwnSettings(Body):
    """What everybody may change about themselves; what is left out stays."""

    name: Name | None = None
    locale: Locale | None = None
    theme: Theme | None = None


class NewPassword(Body):
    """A new password, with the present one as proof."""

    current: Password
    password: Password


class Me(BaseModel):
    """Who is signed in."""

    id: str
    name: str
    login: str
    email: str | None
    roles: list[Role]
    agent: str | None
    locale: Locale
    theme: Theme
    teams: list[str]
    queues: list[str]
    """What a supervisor is limited to; both empty for everybody else."""


class SessionAnswer(BaseModel):
    """The session: who, where, the time zone of the center, and its time in milliseconds."""

    user: Me
    demo: bool
    site: str
    zone: str
    now: int


Current: TypeAlias = Callable[[Request], Awaitable[Session]]


def me_of(person: User) -> Me:
    """A user as they see themselves."""
    scope = person.scope
    return Me(
        id=person.id,
        name=person.name,
        login=person.login,
        email=person.email,
        roles=sorted(person.roles),
        agent=person.agent,
        locale=person.locale,
        theme=person.theme,
        teams=[] if scope is None else sorted(str(one) for one in scope.teams),
        queues=[] if scope is None else sorted(str(one) for one in scope.queues),
    )


def answer_of(security: Security, person: User) -> SessionAnswer:
    """What a signed-in browser is told about its session."""
    return SessionAnswer(
        user=me_of(person),
        demo=security.settings.demo,
        site=security.settings.site,
        zone=security.state.center().zone,
        now=security.clock.now(),
    )


def give_session(
    security: Security, request: Request, response: Response, signed: SignedIn
) -> None:
    """Set the cookies of a new session; the demo's one-click sign-in ends here too."""
    cookies.give(
        response,
        signed.token,
        secure=cookies.is_secure(request, security.settings.url),
        max_age_s=security.settings.session_hours * HOUR // SECOND,
    )


def current_of(sessions: Sessions) -> Current:
    """A dependency: the session of the request, or `SignedOut`."""

    async def current(request: Request) -> Session:
        session = await cookies.session_of(request, sessions)
        if session is None:
            raise SignedOut
        return session

    return current


def session_routes(security: Security, guard: Guard) -> APIRouter:
    """Sign in, look, sign out; and come in as the first administrator."""
    routes = APIRouter(tags=["session"])
    current = current_of(security.sessions)

    @routes.post("/session")
    async def sign_in(
        credentials: Credentials, request: Request, response: Response
    ) -> SessionAnswer:
        """Sign in with login and password; sets the cookies of the session."""
        signed = await security.sign_in.by_password(
            credentials.login,
            credentials.password,
            address=cookies.address_of(request),
            replaces=await cookies.session_of(request, security.sessions),
        )
        give_session(security, request, response, signed)
        return answer_of(security, signed.user)

    @routes.get("/session")
    async def look(
        _actor: Annotated[Actor, Depends(guard(Right.SIGNED_IN))],
        session: Annotated[Session, Depends(current)],
    ) -> SessionAnswer:
        """Who is signed in here."""
        return answer_of(security, session.user)

    @routes.delete("/session", status_code=204)
    async def sign_out(
        _actor: Annotated[Actor, Depends(guard(Right.SIGNED_IN))],
        session: Annotated[Session, Depends(current)],
        request: Request,
        response: Response,
    ) -> None:
        """End this session."""
        await security.sign_in.out(session)
        cookies.take(response, secure=cookies.is_secure(request, security.settings.url))

    @routes.post("/first-admin", status_code=201)
    async def first_admin(body: FirstAdmin, request: Request, response: Response) -> SessionAnswer:
        """Become the first administrator of an empty center, by the link printed at its start."""
        person = User(
            id=new_user_id(),
            name=body.name,
            login=body.login,
            email=body.email,
            roles=FIRST_ROLES,
            locale=body.locale,
        )
        signed = await security.sign_in.first_admin(
            body.token, person, body.password, address=cookies.address_of(request)
        )
        give_session(security, request, response, signed)
        return answer_of(security, signed.user)

    return routes


def me_routes(security: Security, guard: Guard) -> APIRouter:
    """One's own language, look, name and password."""
    routes = APIRouter(prefix="/me", tags=["session"])
    current = current_of(security.sessions)

    @routes.put("")
    async def change_me(
        body: OwnSettings,
        actor: Annotated[Actor, Depends(guard(Right.SIGNED_IN))],
        session: Annotated[Session, Depends(current)],
    ) -> Me:
        """Change one's own settings; what is left out stays."""
        given = body.model_dump(exclude_none=True)
        changed = await security.users.change(
            actor, session.user.id, lambda person: replace(person, **given)
        )
        return me_of(changed)

    @routes.put("/password", status_code=204)
    async def change_password(
        body: NewPassword,
        _actor: Annotated[Actor, Depends(guard(Right.SIGNED_IN))],
        session: Annotated[Session, Depends(current)],
        request: Request,
        response: Response,
    ) -> None:
        """Change one's own password; every other session of the user ends."""
        signed = await security.sign_in.new_password(
            session,
            current=body.current,
            password=body.password,
            address=cookies.address_of(request),
        )
        give_session(security, request, response, signed)

    return routes
