"""The two cookies of a session: one that only the server reads, one that the page repeats."""

from fastapi import Request, Response

from warmline.security.model import Session
from warmline.security.sessions import Sessions, csrf_of

SESSION_COOKIE = "warmline_session"
CSRF_COOKIE = "warmline_csrf"
CSRF_HEADER = "X-CSRF-Token"
_LONGEST = 128


def give(response: Response, token: str, *, secure: bool, max_age_s: int) -> None:
    """Set both cookies on an answer."""
    response.set_cookie(
        SESSION_COOKIE, token, max_age=max_age_s, httponly=True, samesite="lax", secure=secure
    )
    response.set_cookie(
        CSRF_COOKIE, csrf_of(token), max_age=max_age_s, samesite="lax", secure=secure
    )


def take(response: Response, *, secure: bool) -> None:
    """Remove both cookies with an answer."""
    response.delete_cookie(SESSION_COOKIE, httponly=True, samesite="lax", secure=secure)
    response.delete_cookie(CSRF_COOKIE, samesite="lax", secure=secure)


def token_of(cookies: dict[str, str]) -> str | None:
    """The session token that a request brings, when it can be one."""
    token = cookies.get(SESSION_COOKIE)
    return token if token and len(token) <= _LONGEST and token.isascii() else None


async def session_of(request: Request, sessions: Sessions) -> Session | None:
    """The living session of a request, looked up once."""
    if not hasattr(request.state, "session"):
        token = token_of(request.cookies)
        request.state.session = await sessions.find(token) if token else None
    return request.state.session


def is_secure(request: Request, url: str) -> bool:
    """Whether browsers reach us by https, so that cookies may not travel otherwise."""
    return url.startswith("https://") or request.url.scheme == "https"


def address_of(request: Request) -> str | None:
    """The address that a request comes from."""
    return request.client.host if request.client else None
