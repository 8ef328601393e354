"""The application: all routes together, with their limits, headers and problem documents."""

import sys
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute
from pydantic import BaseModel

from warmline.channels.webchat.cors import ChatCors
from warmline.channels.webchat.door import ChatRoute
from warmline.knowledge.import_routes import IMPORT_LIMIT_BYTES
from warmline.security.key_routes import key_routes
from warmline.security.people_routes import audit_routes, people_routes
from warmline.security.routes import me_routes, session_routes
from warmline.web.auth import SafeHeaders
from warmline.web.commands import command_routes
from warmline.web.config import Configuration, config_routes
from warmline.web.express import Express
from warmline.web.limits import BodyLimit
from warmline.web.live import AgentsAtScreens, LiveDoor, live_routes
from warmline.web.ops import ops_routes
from warmline.web.problems import MEDIA_TYPE, Unexpected, install
from warmline.web.scores import score_routes
from warmline.web.signpost import API, put_up
from warmline.web.static import find_screens, screens
from warmline.web.wired import Wired

BUSIEST = frozenset({"begin", "say"})
"""The customers' routes that are asked for all the time; of the agents' all commands are."""


class Fault(BaseModel):
    """One field that was not understood: `code` and `facts` for programs, `detail` for people."""

    field: str
    code: str
    detail: str
    facts: dict[str, str | float] | None = None


class ProblemDocument(BaseModel):
    """Why not (RFC 9457): `code` is for programs, `detail` for people."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: list[Fault] | None = None


_MEANINGS = {
    400: "Not understood: says which field and why",
    401: "Nobody is signed in",
    403: "Not among your rights",
    404: "There is no such thing",
    409: "Understood and refused: says why",
    413: "Too large",
    415: "Not in UTF-8",
    429: "Too often; Retry-After says when",
    503: "Not just now; Retry-After says when",
}
PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {
        "description": meaning,
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDocument"}}},
    }
    for status, meaning in _MEANINGS.items()
}


def make_app(wired: Wired) -> FastAPI:
    """The web of a composed center."""
    live = _live_door(wired)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncGenerator[None]:
        async with wired.running(), live.opened(wired.state):
            await _greet(wired)
            yield

    app = FastAPI(
        title="Warmline",
        version=version("warmline"),
        summary="A self-hosted contact center",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        responses=PROBLEMS,
        separate_input_output_schemas=False,
    )
    install(app)
    # A request is held against the routes in this order: the busiest come first.
    for routes in wired.doors:
        _take_in(app, routes)
    commands = command_routes(wired.submit, wired.guard)
    for routes in (commands, *_api(wired)):
        _take_in(app, routes, API)
    _take_in(
        app, ops_routes(state=wired.state, sessions=wired.security.sessions, ready=wired.ready)
    )
    _take_in(app, live_routes(live))
    app.router.default = screens(find_screens())
    _describe(app)
    # The last one added is the outermost.
    app.add_middleware(
        Express, routes=tuple(_busiest(wired, commands)), refusals=app.exception_handlers
    )
    app.add_middleware(
        BodyLimit,
        file_limit_bytes=wired.settings.file_limit_bytes,
        file_paths=wired.file_paths,
        larger={
            f"{API}/imports": wired.settings.import_limit_bytes,
            f"{API}/knowledge/import": IMPORT_LIMIT_BYTES,
        },
    )
    app.add_middleware(Unexpected)
    app.add_middleware(SafeHeaders)
    app.add_middleware(ChatCors, state=wired.state)
    return app


def _take_in(app: FastAPI, routes: APIRouter, prefix: str = "") -> None:
    app.include_router(routes, prefix=prefix)
    put_up(app.routes[-1], routes, prefix)


def _busiest(wired: Wired, commands: APIRouter) -> Iterator[tuple[str, APIRoute]]:
    """The routes that are answered at once, by address."""
    for route in commands.routes:
        assert isinstance(route, APIRoute)
        yield API + route.path, route
    for doors in wired.doors:
        for route in doors.routes:
            if isinstance(route, ChatRoute) and route.name in BUSIEST:
                yield route.path, route


async def _greet(wired: Wired) -> None:
    """Tell whoever started an empty center how its first administrator comes in.

    The link is a secret, so it goes to the terminal and never into the log.
    """
    if wired.settings.demo:
        return
    link = await wired.security.first_admin_link()
    if link is not None:
        sys.stdout.write(f"\nNobody can sign in yet. Become the first administrator:\n  {link}\n\n")
        sys.stdout.flush()


def _live_door(wired: Wired) -> LiveDoor:
    return LiveDoor(
        url=wired.settings.url,
        clock=wired.clock,
        state=wired.state,
        signals=wired.signals,
        sessions=wired.security.sessions,
        at_screens=AgentsAtScreens(wired.submit, wired.state),
    )


def _api(wired: Wired) -> list[APIRouter]:
    configuration = Configuration(
        state=wired.state,
        submit=wired.submit,
        audit=wired.security.audit,
        users=wired.security.users,
    )
    return [
        session_routes(wired.security, wired.guard),
        me_routes(wired.security, wired.guard),
        people_routes(wired.security, wired.guard),
        key_routes(wired.security.keys, wired.guard),
        audit_routes(wired.security, wired.guard),
        config_routes(configuration, wired.guard),
        score_routes(configuration, wired.guard, wired.state, wired.security.users),
        *wired.rooms,
    ]


def _describe(app: FastAPI) -> None:
    """Make the description say what really comes back: problem documents, and 400 for bad input."""
    plain = app.openapi

    def described() -> dict[str, Any]:
        if app.openapi_schema is None:
            schema = plain()
            parts = schema.setdefault("components", {}).setdefault("schemas", {})
            document = ProblemDocument.model_json_schema(
                ref_template="#/components/schemas/{model}"
            )
            parts.update(document.pop("$defs", {}))
            parts["ProblemDocument"] = document
            for operations in schema["paths"].values():
                for operation in operations.values():
                    operation.get("responses", {}).pop("422", None)
            for unused in ("HTTPValidationError", "ValidationError"):
                parts.pop(unused, None)
            app.openapi_schema = schema
        return app.openapi_schema

    app.openapi = described
