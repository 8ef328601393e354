"""A whole small center for tests: real engine, real SQLite, real app; its people sign in over HTTP."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from fastapi import APIRouter, FastAPI

from tests.services.database import lay_tables
from warmline.config import Settings
from warmline.core.words import SYSTEM, AgentId, Instant, Role, SiteId, UserId
from warmline.engine.clock import WallClock
from warmline.engine.codec import EventCodec
from warmline.engine.engine import Engine
from warmline.engine.signals import InProcessSignals
from warmline.security.model import User
from warmline.security.room import Security, open_security
from warmline.storage.database import Database, open_database
from warmline.storage.journal import DatabaseJournal
from warmline.web.app import make_app
from warmline.web.auth import SessionGuard
from warmline.web.wired import Wired

HERE = "http://center.test"
PASSWORD = "seven green bicycles"


class SteeredClock:
    """A clock that the test moves on; it starts at the wall's time."""

    def __init__(self) -> None:
        self._wall = WallClock()
        self.ahead_ms = 0

    def now(self) -> Instant:
        return self._wall.now() + self.ahead_ms


@dataclass(frozen=True)
class Center:
    settings: Settings
    clock: SteeredClock
    database: Database
    engine: Engine
    signals: InProcessSignals
    security: Security
    app: FastAPI
    wired: Wired
    users: dict[str, User] = field(default_factory=dict)

    def browser(self, *, address: str = "127.0.0.1") -> httpx.AsyncClient:
        """Somebody's browser, with its own cookies; nobody is signed in yet."""
        transport = httpx.ASGITransport(self.app, client=(address, 40000))
        return Browser(transport=transport, base_url=HERE)

    async def user(
        self,
        login: str,
        *roles: Role,
        agent: str | None = None,
        password: str | None = PASSWORD,
    ) -> User:
        person = User(
            id=UserId(f"u-{login}"),
            name=login.title(),
            login=login,
            roles=frozenset(roles),
            agent=AgentId(agent) if agent else None,
        )
        self.users[login] = await self.security.users.create(SYSTEM, person, password)
        return self.users[login]

    async def signed_in(self, login: str, password: str = PASSWORD) -> httpx.AsyncClient:
        browser = self.browser()
        answer = await browser.post("/api/v1/session", json={"login": login, "password": password})
        assert answer.status_code == 200, answer.text
        return browser


class Browser(httpx.AsyncClient):
    """Repeats the second cookie in the header, as our page does."""

    async def request(self, method: str, url: Any, **options: Any) -> httpx.Response:
        token = self.cookies.get("warmline_csrf")
        headers = dict(options.pop("headers", None) or {})
        if token and method not in {"GET", "HEAD"}:
            headers.setdefault("X-CSRF-Token", token)
        return await super().request(method, url, headers=headers, **options)


@asynccontextmanager
async def running_center(
    data: Path,
    *,
    rooms: Sequence[APIRouter] = (),
    doors: Sequence[APIRouter] = (),
    public_url: str = HERE,
    **settings: Any,
) -> AsyncGenerator[Center]:
    """A center over a data folder, stopped afterwards; the folder may be opened again."""
    given = Settings(data=data, public_url=public_url, **settings)
    steered = SteeredClock()
    lay_tables(data)
    database = open_database(given)
    engine = Engine(
        DatabaseJournal(database, SiteId(given.site), EventCodec()),
        steered,
        snapshot_events=100_000,
    )
    security = open_security(
        given,
        database=database,
        clock=steered,
        submit=engine.submit,
        state=engine,
    )
    signals = InProcessSignals()

    @asynccontextmanager
    async def running() -> AsyncGenerator[None]:
        await engine.start()
        try:
            yield
        finally:
            await engine.stop()

    started = {"serving": False}
    wired = Wired(
        settings=given,
        clock=steered,
        state=engine,
        submit=engine.submit,
        signals=signals,
        security=security,
        guard=SessionGuard(security.sessions),
        running=running,
        ready=lambda: started["serving"],
        rooms=rooms,
        doors=doors,
    )
    app = make_app(wired)
    async with app.router.lifespan_context(app):
        started["serving"] = True
        try:
            yield Center(given, steered, database, engine, signals, security, app, wired)
        finally:
            started["serving"] = False
    await database.close()
