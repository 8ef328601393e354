"""Who asks: the actor from the session cookie, the guard of every route, and safe headers."""

import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from fastapi import Request
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from warmline.core.permissions import Right, rights
from warmline.core.words import Actor, Rejected
from warmline.security.api_keys import BEGINNING, ApiKeys
from warmline.security.cookies import (
    CSRF_COOKIE,
    CSRF_HEADER,
    address_of,
    session_of,
    token_of,
)
from warmline.security.model import SignedOut
from warmline.security.sessions import Sessions, csrf_of

READING = frozenset({"GET", "HEAD", "OPTIONS"})

_SOURCES = (
    "default-src 'self'",
    # https: for the pictures of a mail that its reader asked for; its frame has its own rule.
    "img-src 'self' data: blob: https:",
    "media-src 'self' blob:",
    # Components set the length of a line or the place of a menu as style attributes.
    "style-src 'self' 'unsafe-inline'",
    "connect-src 'self'",
    "frame-src 'self' blob:",
    "frame-ancestors 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "object-src 'none'",
)
CONTENT_SECURITY_POLICY = "; ".join(_SOURCES)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(self)",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_RAW_HEADERS = tuple((name.lower().encode(), value.encode()) for name, value in HEADERS.items())
_OF_API = (*_RAW_HEADERS, (b"cache-control", b"no-store"))


class SessionGuard:
    """The guard of this center (`ports.Guard`): lets in a living session with the right."""

    def __init__(self, sessions: Sessions, keys: ApiKeys | None = None) -> None:
        self._sessions = sessions
        self._keys = keys

    def __call__(self, right: Right) -> Callable[[Request], Awaitable[Actor]]:
        """Lets in who has this right."""
        return self.any_of(frozenset({right}))

    def any_of(self, wanted: frozenset[Right]) -> Callable[[Request], Awaitable[Actor]]:
        """Lets in who has at least one of these rights."""
        return Entrance(self._sessions, wanted)

    def programs(self, right: Right, scope: str) -> Callable[[Request], Awaitable[Actor]]:
        """Lets in who has this right, and programs whose key has the scope."""
        return Entrance(self._sessions, frozenset({right}), self._keys, scope)


@dataclass(frozen=True, slots=True)
class Entrance:
    """A dependency of a route: lets in a living session with one of the `wanted` rights.

    With `keys` also a program with a key; a browser adds none by itself, so no page can forge it.
    """

    sessions: Sessions
    wanted: frozenset[Right]
    keys: ApiKeys | None = None
    scope: str = ""

    async def __call__(self, request: Request) -> Actor:
        """Who it is; raises `SignedOut`, or `Rejected` `forbidden`."""
        kind, _, secret = request.headers.get("authorization", "").partition(" ")
        if secret.startswith(BEGINNING) and kind.lower() == "bearer":
            if self.keys is None:
                raise Rejected("forbidden", "This is not open to keys of programs.")
            return await self.keys.actor(secret, self.scope, address=address_of(request))
        session = await session_of(request, self.sessions)
        if session is None:
            raise SignedOut
        if request.method not in READING:
            _check_csrf(request)
        if self.wanted.isdisjoint(rights(session.user.actor)):
            raise Rejected("forbidden", "This is not among your rights.")
        return session.user.actor


def _check_csrf(request: Request) -> None:
    """The page must repeat the second cookie, which another site cannot read; and it must fit."""
    token = token_of(request.cookies)
    expected = csrf_of(token) if token else ""
    given = request.headers.get(CSRF_HEADER, "")
    cookie = request.cookies.get(CSRF_COOKIE, "")
    fits = hmac.compare_digest(given.encode(), expected.encode())
    if not expected or not fits or not hmac.compare_digest(given.encode(), cookie.encode()):
        raise Rejected(
            "forbidden", f"the header {CSRF_HEADER} must repeat the cookie {CSRF_COOKIE}"
        )


def from_here(connection: HTTPConnection, url: str) -> bool:
    """Whether a browser's request comes from our own pages; programs send no origin."""
    origin = connection.headers.get("origin")
    if origin is None:
        return True
    host = connection.headers.get("host", "")
    return origin.rstrip("/") == url or urlsplit(origin).netloc == host


class SafeHeaders:
    """Adds the headers that keep a browser careful, unless an answer has its own."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def adding(message: Message) -> None:
            if message["type"] == "http.response.start":
                given: list[tuple[bytes, bytes]] = message["headers"]
                names = {name for name, _ in given}
                careful = _OF_API if scope["path"].startswith("/api/") else _RAW_HEADERS
                message["headers"] = [*given, *(one for one in careful if one[0] not in names)]
            await send(message)

        await self._app(scope, receive, adding)
