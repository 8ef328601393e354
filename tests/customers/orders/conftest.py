"""A whole center with an administrator signed in, for tests of orders and imports."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.services.database import lay_tables
from tests.web.center import PASSWORD, Browser
from warmline.config import Settings
from warmline.core.words import SYSTEM, Role, UserId
from warmline.security.model import User
from warmline.storage.rows import rows
from warmline.web.app import make_app
from warmline.web.wired import Wired
from warmline.wiring import lay_foundation, wire

OVER = {"tried", "done", "cancelled", "failed"}
DEADLINE_S = 120


@dataclass(frozen=True)
class Shop:
    """A center, and who works with it."""

    data: Path
    wired: Wired
    boss: httpx.AsyncClient
    """The administrator's browser."""

    def program(self, key: str | None = None) -> httpx.AsyncClient:
        """A program of the operator, with a key."""
        client = anybody(self.boss)
        if key is not None:
            client.headers["Authorization"] = f"Bearer {key}"
        return client

    async def bring(
        self, content: bytes, *, kind: str = "orders", name: str = "file.csv", **more: str
    ) -> dict[str, Any]:
        params = {"kind": kind, "name": name, **more}
        answer = await self.boss.post("/imports", params=params, content=content)
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def change(self, job: dict[str, Any], **reading: Any) -> dict[str, Any]:
        """Correct how a file is read; `mapping` is what its columns are."""
        mapping = reading.pop("mapping", job["mapping"])
        kept = {k: v for k, v in job["reading"].items() if k not in {"sure", "gzip"}}
        body = {"reading": kept | reading, "mapping": mapping}
        answer = await self.boss.put(f"/imports/{job['id']}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def run(self, job: dict[str, Any], *, dry: bool = False) -> dict[str, Any]:
        """Run an import and wait for its end."""
        answer = await self.boss.post(f"/imports/{job['id']}/run", json={"dry": dry})
        assert answer.status_code == 202, answer.text
        return await self.over(job)

    async def over(self, job: dict[str, Any]) -> dict[str, Any]:
        async with asyncio.timeout(DEADLINE_S):
            while True:
                found = (await self.boss.get(f"/imports/{job['id']}")).json()
                if found["state"] in OVER:
                    return found
                await asyncio.sleep(0.05)

    async def person(self, login: str, role: Role) -> httpx.AsyncClient:
        """Somebody else, signed in."""
        return await signed_in(self.wired, self.boss._transport, login, role)

    async def rows(self, query: Any) -> list[Any]:
        """What the database holds."""
        base = lay_foundation(Settings(data=self.data))
        try:
            async with base.database.read() as connection:
                return list(await rows(connection, query))
        finally:
            await base.database.close()


def anybody(like: httpx.AsyncClient) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=like._transport, base_url=like.base_url)


def counts(found: dict[str, Any]) -> tuple[int, int, int, int]:
    return found["new"], found["changed"], found["same"], found["wrong"]


@asynccontextmanager
async def open_shop(data: Path) -> AsyncGenerator[Shop]:
    """The whole center over a data folder, which may have been used before."""
    lay_tables(data)
    wired = wire(Settings(data=data, region="PL", smtp_in_port=None))
    app = make_app(wired)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app, client=("192.0.2.7", 1))
        boss = await signed_in(wired, transport, "administrator", Role.ADMINISTRATOR)
        yield Shop(data, wired, boss)


async def signed_in(
    wired: Wired, transport: httpx.AsyncBaseTransport, login: str, role: Role
) -> httpx.AsyncClient:
    """A browser in which somebody is signed in, who is made when there is nobody of that login."""
    if login not in {user.login for user in await wired.security.users.all()}:
        person = User(id=UserId(login), name=login, login=login, roles=frozenset({role}))
        await wired.security.users.create(SYSTEM, person, PASSWORD)
    browser = Browser(transport=transport, base_url="http://center.test/api/v1/")
    answer = await browser.post("/session", json={"login": login, "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    return browser


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncGenerator[Shop]:
    async with open_shop(tmp_path / "data") as opened:
        yield opened
