"""A curious user as a script: asks for everything the described API has, and reads what comes."""

import asyncio
import io
import re
import zipfile
from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

import httpx
from websockets.asyncio.client import connect

API = "/api/v1"
LINES = 8
ANSWERS_WITHIN_S = 150
CUSTOMER = frozenset({"who", "customer"})
"""What the API calls a customer's id in an address."""
NOT_ABOUT_PEOPLE = ("/chat", "/demo", "/openapi")
"""Customers' own doors: they have a token of their own."""


@dataclass
class Line:
    """One kept-alive connection, bare, because thousands of questions go over it."""

    host: str
    port: int
    cookie: str
    _reader: asyncio.StreamReader | None = None
    _writer: asyncio.StreamWriter | None = None

    async def get(self, path: str) -> tuple[int, bytes]:
        """The status and the whole body of an answer; of an archive what is in it."""
        if self._writer is None:
            self._reader, self._writer = await asyncio.open_connection(self.host, self.port)
        assert self._reader is not None
        head = f"GET {path} HTTP/1.1\r\nHost: {self.host}:{self.port}\r\nCookie: {self.cookie}\r\n"
        self._writer.write(f"{head}Accept: */*\r\n\r\n".encode())
        status = int((await self._reader.readline()).split()[1])
        headers: dict[str, str] = {}
        while line := (await self._reader.readline()).decode("latin-1").strip():
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        body = await self._body(headers)
        if headers.get("connection", "").lower() == "close":
            await self.close()
        if body[:2] == b"PK":
            with zipfile.ZipFile(io.BytesIO(body)) as archive:
                body = b"".join(archive.read(name) for name in archive.namelist())
        return status, body

    async def _body(self, headers: dict[str, str]) -> bytes:
        assert self._reader is not None
        if headers.get("transfer-encoding") != "chunked":
            return await self._reader.readexactly(int(headers.get("content-length", "0")))
        parts: list[bytes] = []
        while size := int((await self._reader.readline()).split(b";")[0], 16):
            parts.append(await self._reader.readexactly(size))
            await self._reader.readline()
        await self._reader.readline()
        return b"".join(parts)

    async def close(self) -> None:
        if self._writer is not None:
            self._writer.close()
            await self._writer.wait_closed()
            self._reader = self._writer = None


@dataclass
class Curious:
    """A signed-in user who asks and keeps what was not masked; `asked` counts the answers of 200."""

    url: httpx.URL
    browser: httpx.AsyncClient
    planted: Callable[[str], Iterable[str]]
    """What of the planted people stands in a text, as it should not."""
    opened: list[str] = field(default_factory=list[str])
    failed: list[str] = field(default_factory=list[str])
    asked: int = 0
    answered: int = 0
    frames: list[str] = field(default_factory=list[str])

    @property
    def cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.browser.cookies.items())

    async def walk(self, paths: Sequence[str]) -> None:
        """Ask for all of them over several lines at once."""
        waiting = iter(paths)

        async def ask() -> None:
            line = Line(host=self.url.host, port=self.url.port or 80, cookie=self.cookie)
            try:
                for path in waiting:
                    async with asyncio.timeout(ANSWERS_WITHIN_S):
                        answer = await line.get(API + path)
                    self._read(path, *answer)
            finally:
                await line.close()

        async with asyncio.TaskGroup() as tasks:
            for _ in range(LINES):
                tasks.create_task(ask())

    def _read(self, path: str, status: int, body: bytes) -> None:
        self.asked += 1
        self.answered += status == 200
        if status >= 500:
            self.failed.append(f"{path}: {status} {body[:200]!r}")
        found = sorted(set(self.planted(body.decode("utf-8", "replace"))))
        if found:
            self.opened.append(f"{path}: {found}")

    async def post(self, path: str, body: object) -> httpx.Response:
        token = self.browser.cookies["warmline_csrf"]
        return await self.browser.post(API + path, json=body, headers={"X-CSRF-Token": token})

    @asynccontextmanager
    async def looking(self) -> AsyncGenerator[None]:
        """Keeps every frame of the live feed meanwhile."""
        address = f"ws://{self.url.host}:{self.url.port}/ws/live"
        headers = {"Cookie": self.cookie}
        async with connect(address, additional_headers=headers, max_size=None) as socket:
            self.frames.append(str(await socket.recv()))

            async def listen() -> None:
                async for frame in socket:
                    self.frames.append(str(frame))

            listening = asyncio.create_task(listen())
            try:
                yield
            finally:
                listening.cancel()


async def described(browser: httpx.AsyncClient) -> dict[str, Any]:
    """Every route that only reads, by its address, with what it must be told."""
    paths = (await browser.get("/openapi.json")).json()["paths"]
    return {
        path.removeprefix(API): operations["get"].get("parameters", [])
        for path, operations in paths.items()
        if "get" in operations
        and path.startswith(API)
        and not path.removeprefix(API).startswith(NOT_ABOUT_PEOPLE)
    }


def about_customers(routes: dict[str, Any], told: dict[str, str]) -> list[Callable[[str], str]]:
    """The routes that name one customer, as functions of the customer's id."""
    found: list[Callable[[str], str]] = []
    for path, parameters in sorted(routes.items()):
        names = re.findall(r"\{(\w+)\}", path)
        if len(names) == 1 and CUSTOMER.issuperset(names):
            rest = query_of(parameters, told)
            found.append(
                lambda id_, path=path, name=names[0], rest=rest: (
                    path.replace(f"{{{name}}}", id_) + rest
                )
            )
    return found


def other_routes(
    routes: dict[str, Any], told: dict[str, str], ids: dict[str, Sequence[str]]
) -> list[str]:
    """All other routes, with each of the ids that are known for what they name."""
    found: list[str] = []
    for path, parameters in sorted(routes.items()):
        names = re.findall(r"\{(\w+)\}", path)
        if len(names) == 1 and CUSTOMER.issuperset(names):
            continue
        addresses = [path]
        for name in names:
            addresses = [
                one.replace(f"{{{name}}}", quote(id_))
                for one in addresses
                for id_ in ids.get(name, ["unknown"])
            ]
        found += [address + query_of(parameters, told) for address in addresses]
    return found


def query_of(parameters: Sequence[Any], told: dict[str, str]) -> str:
    """What a route must be told."""
    given = {
        one["name"]: told.get(one["name"]) or fitting(one["schema"])
        for one in parameters
        if one["in"] == "query" and one.get("required")
    }
    return f"?{urlencode(given)}" if given else ""


def fitting(schema: dict[str, Any]) -> str:
    """Something that the description lets through, or nearly."""
    if "enum" in schema:
        return str(schema["enum"][0])
    if schema.get("type") == "integer":
        return str(schema.get("minimum", 1))
    return "x" * max(3, schema.get("minLength", 0))
