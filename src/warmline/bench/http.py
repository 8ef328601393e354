"""The least of an HTTP client that a measurement needs: kept connections, JSON both ways."""

import asyncio
import json
import time
from collections.abc import Mapping
from typing import Any, TypeAlias

NOTHING: Mapping[str, str] = {}
KEPT_S = 3.0
"""Less than the five seconds after which the server closes an idle connection."""

_Streams: TypeAlias = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Lost(Exception):
    """The connection broke before the answer: the outcome is not known."""


class Http:
    """Requests to one server on this machine."""

    def __init__(self, port: int, *, host: str = "127.0.0.1") -> None:
        self._host = host
        self._port = port
        self._idle: list[tuple[float, _Streams]] = []

    async def post(
        self, path: str, body: object, headers: Mapping[str, str] = NOTHING
    ) -> tuple[int, Any]:
        """Status and JSON of the answer; raises `Lost`."""
        return await self._ask("POST", path, json.dumps(body).encode(), headers)

    async def get(self, path: str, headers: Mapping[str, str] = NOTHING) -> tuple[int, Any]:
        """Status and JSON of the answer; raises `Lost`."""
        return await self._ask("GET", path, b"", headers)

    def close(self) -> None:
        """Close what is idle."""
        for _, (_, writer) in self._idle:
            writer.close()
        self._idle.clear()

    async def _ask(
        self, method: str, path: str, body: bytes, headers: Mapping[str, str]
    ) -> tuple[int, Any]:
        lines = [f"{method} {path} HTTP/1.1", f"Host: {self._host}:{self._port}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}", "", ""]
        try:
            reader, writer = await self._connection()
            try:
                writer.write("\r\n".join(lines).encode() + body)
                answer = await _read(reader)
            except BaseException:
                writer.close()  # what is half read is of no use to the next request
                raise
        except (OSError, asyncio.IncompleteReadError, ValueError) as error:
            self.close()
            raise Lost from error
        self._idle.append((time.monotonic(), (reader, writer)))
        return answer

    async def _connection(self) -> _Streams:
        while self._idle:
            since, (reader, writer) = self._idle.pop()
            if not reader.at_eof() and time.monotonic() - since < KEPT_S:
                return reader, writer
            writer.close()
        return await asyncio.open_connection(self._host, self._port)


async def _read(reader: asyncio.StreamReader) -> tuple[int, Any]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    status = int(head[0].split(" ", 2)[1])
    length = 0
    for line in head[1:]:
        name, _, value = line.partition(":")
        if name.lower() == "content-length":
            length = int(value)
    content = await reader.readexactly(length)
    return status, json.loads(content) if content else None
