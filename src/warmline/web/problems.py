"""Every refusal as a problem document (RFC 9457), and the one place where the unexpected ends."""

import secrets
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import InterfaceError, InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from warmline.core.words import Malformed, Rejected
from warmline.ports import Busy, Unavailable, WriteRefused
from warmline.security.model import SignedOut, TooManyTries, WrongCredentials
from warmline.web.faults import coded

log = structlog.get_logger()

MEDIA_TYPE = "application/problem+json"
ERRORS_LIMIT = 50
RETRY_SOON_S = 1


def problem(
    status: int,
    code: str,
    detail: str,
    *,
    headers: Mapping[str, str] | None = None,
    facts: Mapping[str, object] | None = None,
) -> JSONResponse:
    """A problem document; `code` is for programs, `detail` for people."""
    body = {
        **(facts or {}),
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
    }
    return JSONResponse(body, status, headers=headers, media_type=MEDIA_TYPE)


def retry(status: int, code: str, detail: str, after_s: int) -> JSONResponse:
    """A problem that passes: try again after some seconds."""
    return problem(
        status,
        code,
        detail,
        headers={"Retry-After": str(after_s)},
        facts={"retry_after_s": after_s},
    )


def rejected(_request: Request, error: Exception) -> JSONResponse:
    """The world said no."""
    assert isinstance(error, Rejected)
    status = HTTPStatus.CONFLICT
    if error.code == "forbidden":
        status = HTTPStatus.FORBIDDEN
    elif error.code.startswith("unknown_"):
        status = HTTPStatus.NOT_FOUND
    return problem(status, error.code, error.detail, facts=error.facts)


def malformed(_request: Request, error: Exception) -> JSONResponse:
    """Bad input, found by a rule of the center."""
    assert isinstance(error, Malformed)
    fields = [_fault(error.field, error.code, error.detail, error.facts)]
    return problem(400, "malformed", str(error), facts={"field": error.field, "errors": fields})


def invalid(_request: Request, error: Exception) -> JSONResponse:
    """Bad input, found by the shape of the request; what was sent is not repeated."""
    assert isinstance(error, RequestValidationError)
    found: Sequence[Mapping[str, Any]] = error.errors()
    if any(one["type"] == "json_invalid" for one in found):
        return problem(400, "not_json", "The body is not JSON.")
    errors = [
        _fault(_field(one["loc"]), *coded(one["type"], one.get("ctx") or {}, str(one["msg"])))
        for one in found[:ERRORS_LIMIT]
    ]
    detail = f"{errors[0]['field']}: {errors[0]['detail']}" if errors else "Not understood."
    return problem(400, "malformed", detail, facts={"errors": errors})


def _fault(
    field: str, code: str, detail: str, facts: Mapping[str, str | float]
) -> dict[str, object]:
    """One field that was not understood; without facts nothing is said of them."""
    fault: dict[str, object] = {"field": field, "code": code, "detail": detail}
    return {**fault, "facts": dict(facts)} if facts else fault


def _field(place: Sequence[str | int]) -> str:
    """`("body", "rings", 0, "needs")` as `rings.0.needs`; names that we did not give are cut."""
    named = place[1:] if len(place) > 1 else place
    return ".".join(str(part)[:64] for part in named)[:200]


def http_error(_request: Request, error: Exception) -> JSONResponse:
    """What the framework refuses: no such address, wrong method, too large."""
    assert isinstance(error, HTTPException)
    codes = {400: "malformed", 404: "not_found", 405: "method_not_allowed", 413: "too_large"}
    code = codes.get(error.status_code, HTTPStatus(error.status_code).name.lower())
    return problem(error.status_code, code, error.detail, headers=error.headers)


def busy(_request: Request, error: Exception) -> JSONResponse:
    """Too much waits; later."""
    assert isinstance(error, Busy)
    return retry(503, "busy", "The center is too busy just now.", error.retry_after_s)


def unavailable(_request: Request, error: Exception) -> JSONResponse:
    """Nothing can be kept just now; the same command id may be sent again."""
    log.warning("unavailable", kind=type(error).__name__)
    return retry(503, "unavailable", "This cannot be stored just now.", RETRY_SOON_S)


def write_refused(_request: Request, _error: Exception) -> JSONResponse:
    """The database did not take the rows that came with a command: somebody was faster."""
    return problem(409, "conflict", "Somebody else changed the same thing; look again.")


def signed_out(_request: Request, _error: Exception) -> JSONResponse:
    """Nobody is signed in."""
    return problem(401, "signed_out", "Sign in first.")


def wrong_credentials(_request: Request, _error: Exception) -> JSONResponse:
    """Login or password are wrong; which, is not said."""
    return problem(401, "wrong_credentials", "Login or password are wrong.")


def too_many_tries(_request: Request, error: Exception) -> JSONResponse:
    """Too many failed sign-ins."""
    assert isinstance(error, TooManyTries)
    return retry(429, "too_many_tries", "Too many tries; wait a while.", error.retry_after_s)


def install(app: FastAPI) -> None:
    """Answer every refusal of this application with a problem document."""
    app.add_exception_handler(Rejected, rejected)
    app.add_exception_handler(Malformed, malformed)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, http_error)
    app.add_exception_handler(Busy, busy)
    for kind in (Unavailable, OperationalError, InterfaceError, InternalError, PoolTimeout):
        app.add_exception_handler(kind, unavailable)
    app.add_exception_handler(WriteRefused, write_refused)
    app.add_exception_handler(SignedOut, signed_out)
    app.add_exception_handler(WrongCredentials, wrong_credentials)
    app.add_exception_handler(TooManyTries, too_many_tries)


class Unexpected:
    """The last resort: answers 500 with an id, and logs where it happened under the same id.

    The message of an error may hold what somebody wrote, so only its type and place are logged.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = False

        async def watching(message: Message) -> None:
            nonlocal begun
            begun = begun or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, watching)
        except ClientDisconnect:
            return
        except Exception as error:  # noqa: BLE001 - answered, and told with its place
            error_id = report(error, route=_route(scope), begun=begun)
            if not begun:  # else the connection is cut: half an answer is none
                await _five_hundred(error_id)(scope, receive, send)


def report(error: BaseException, **facts: object) -> str:
    """Log an unexpected error by type and place; returns the id under which it is found."""
    error_id = secrets.token_hex(8)
    log.error("unexpected", error_id=error_id, exc_info=error, **facts)
    return error_id


def _five_hundred(error_id: str) -> JSONResponse:
    return problem(
        500, "unexpected", f"Something went wrong on our side ({error_id}).", facts={"id": error_id}
    )


def _route(scope: Scope) -> str:
    """The pattern of the address, as the address itself may name somebody."""
    return getattr(scope.get("route"), "path", "unknown")
