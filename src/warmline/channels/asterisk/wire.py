"""The least of HTTP that Asterisk needs, over connections that stay: each call is a dozen requests.

A general client took half of the processor time of a call.
"""

import asyncio
import base64
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import urlsplit

CONNECTIONS = 64
KEPT_S = 10.0
"""Less than the fifteen seconds after which Asterisk closes an idle connection."""
HEAD_LIMIT = 64 * 1024
BODY_LIMIT = 600 * 1024 * 1024
"""A recording of the longest talk fits."""
_HEX = 16
_NO_BODY = frozenset({204, 304})

_Streams: TypeAlias = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class WireLost(ConnectionError):
    """The connection broke before the answer: whether it was done is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Head:
    status: int
    length: int | None
    chunked: bool
    stays: bool


class Wire:
    """Requests to one server, each on a connection of its own while it lasts."""

    def __init__(self, url: str, *, user: str, password: str) -> None:
        where = urlsplit(url)
        self._secure = where.scheme == "https"
        self._host = where.hostname or "127.0.0.1"
        self._port = where.port or (443 if self._secure else 80)
        login = base64.b64encode(f"{user}:{password}".encode()).decode()
        self._headers = f"Host: {where.netloc}\r\nAuthorization: Basic {login}\r\n"
        self._idle: list[tuple[float, _Streams]] = []
        self._free = asyncio.Semaphore(CONNECTIONS)

    async def ask(
        self, method: str, target: str, body: bytes = b"", *, within_s: float
    ) -> tuple[int, bytes]:
        """Status and content of the answer; `WireLost` when none came in time."""
        kind = "Content-Type: application/json\r\n" if body else ""
        head = f"{method} {target} HTTP/1.1\r\n{self._headers}{kind}"
        request = f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body
        try:
            async with asyncio.timeout(within_s), self._free:
                return await self._ask(request)
        except (OSError, ValueError, EOFError, asyncio.LimitOverrunError) as error:
            raise WireLost(type(error).__name__) from error

    def close(self) -> None:
        """No connection is left."""
        for _, (_, writer) in self._idle:
            writer.close()
        self._idle.clear()

    async def _ask(self, request: bytes) -> tuple[int, bytes]:
        while True:
            kept = self._kept()
            reader, writer = kept or await self._connect()
            stays = False
            try:
                writer.write(request)
                head = _head(await reader.readuntil(b"\r\n\r\n"))
                content = await _content(reader, head)
                stays = head.stays
            except (ConnectionError, asyncio.IncompleteReadError) as error:
                # It was closed for being idle, just as we wrote: nobody has read the request.
                if kept is None or getattr(error, "partial", b""):
                    raise
            else:
                return head.status, content
            finally:
                if stays:
                    self._keep((reader, writer))
                else:
                    writer.close()

    def _kept(self) -> _Streams | None:
        now = asyncio.get_running_loop().time()
        while self._idle:
            since, streams = self._idle.pop()
            if now - since < KEPT_S and not streams[0].at_eof():
                return streams
            streams[1].close()
        return None

    def _keep(self, streams: _Streams) -> None:
        self._idle.append((asyncio.get_running_loop().time(), streams))

    async def _connect(self) -> _Streams:
        return await asyncio.open_connection(
            self._host, self._port, ssl=self._secure or None, limit=HEAD_LIMIT
        )


def _head(text: bytes) -> _Head:
    first, *lines = text.decode("latin-1").split("\r\n")
    version, status, *_ = first.split(" ", 2)
    fields = {name.strip().lower(): value.strip() for name, _, value in _pairs(lines)}
    length = fields.get("content-length")
    chunked = fields.get("transfer-encoding", "").lower() == "chunked"
    number = int(status)
    sized = chunked or length is not None or number in _NO_BODY
    wish = fields.get("connection", "").lower()
    stays = sized and (wish == "keep-alive" if version == "HTTP/1.0" else wish != "close")
    size = 0 if number in _NO_BODY else None if length is None else int(length)
    return _Head(status=number, length=size, chunked=chunked, stays=stays)


def _pairs(lines: list[str]) -> list[tuple[str, str, str]]:
    return [line.partition(":") for line in lines if line]


async def _content(reader: asyncio.StreamReader, head: _Head) -> bytes:
    if head.chunked:
        return await _chunks(reader)
    if head.length is None:
        return await reader.read(BODY_LIMIT)
    if not 0 <= head.length <= BODY_LIMIT:
        raise ValueError(f"{head.length} bytes are too many.")
    return await reader.readexactly(head.length)


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    parts: list[bytes] = []
    left = BODY_LIMIT
    while size := int((await reader.readuntil(b"\r\n")).split(b";")[0], _HEX):
        left -= size
        if left < 0:
            raise ValueError("The answer is too long.")
        parts.append(await reader.readexactly(size))
        await reader.readexactly(2)
    while await reader.readuntil(b"\r\n") != b"\r\n":
        pass
    return b"".join(parts)
