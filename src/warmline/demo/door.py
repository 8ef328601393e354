"""The center's doors as simulated people use them: HTTP and sockets, like everybody else."""

import asyncio
import hmac
import logging
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from typing import TypeVar

import httpx
import msgspec
from starlette.requests import HTTPConnection
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

BADGE = "X-Warmline-Simulated"
"""Shows the chat door that it is one of us: the demonstration's own people are not counted."""
NOBODY: Mapping[str, str] = {}
TOO_MANY, UNAVAILABLE, FIRST_FAULT = 429, 503, 400
AGAIN = 3
LONGEST_PAUSE_S = 10.0
FRAME_LIMIT_BYTES = 8 * 1024 * 1024
Answer = TypeVar("Answer")

# It writes every address at INFO, and in ours there are ids and tokens.
logging.getLogger("httpx").setLevel(logging.WARNING)


class Refused(Exception):
    """The center said no: `status` and, for programs, `code`."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(f"{status} {code}")
        self.status = status
        self.code = code


class _Problem(msgspec.Struct):
    code: str = "unclear"


def is_simulated(request: HTTPConnection, badge: str) -> bool:
    """Whether a request comes from one of us."""
    return hmac.compare_digest(request.headers.get(BADGE, "").encode(), badge.encode())


CUT = (httpx.HTTPError, WebSocketException, OSError)
"""What it looks like when the center goes away in the middle of something."""


class Door:
    """One way in for all simulated people; each request brings its own cookie or token."""

    def __init__(self, url: str, badge: str) -> None:
        self._client = httpx.AsyncClient(
            base_url=f"{url}/api/v1",
            headers={BADGE: badge},
            timeout=httpx.Timeout(15.0),
            limits=httpx.Limits(max_connections=100, max_keepalive_connections=40),
            trust_env=False,
        )
        self._url = url
        self._sockets = url.replace("http", "ws", 1)

    async def close(self) -> None:
        """Nobody comes in any more."""
        await self._client.aclose()

    async def is_open(self) -> bool:
        """Whether the center serves."""
        try:
            answer = await self._client.get(f"{self._url}/readyz")
        except httpx.HTTPError:
            return False
        return answer.is_success

    async def get(self, path: str, kind: type[Answer], headers: Mapping[str, str]) -> Answer:
        """What the center answers, as `kind`."""
        return msgspec.json.decode(await self._ask("GET", path, None, headers), type=kind)

    async def post(
        self, path: str, body: object, kind: type[Answer], headers: Mapping[str, str] = NOBODY
    ) -> Answer:
        """Ask for something; what the center answers, as `kind`."""
        return msgspec.json.decode(await self._ask("POST", path, body, headers), type=kind)

    async def give(self, path: str, body: object, headers: Mapping[str, str] = NOBODY) -> None:
        """Ask for something whose answer says nothing more."""
        await self._ask("POST", path, body, headers)

    async def put(self, path: str, body: object, headers: Mapping[str, str] = NOBODY) -> None:
        """Change something; the answer says nothing more."""
        await self._ask("PUT", path, body, headers)

    async def send_form(self, page: str, form: Mapping[str, str]) -> None:
        """Fill in the form of a page and send it off; what comes after it is not looked at."""
        answer = await self._client.post(f"{self._url}{page}", data=dict(form))
        if answer.status_code >= FIRST_FAULT:
            raise Refused(answer.status_code, "form")

    async def look_at(self, page: str) -> None:
        """Have a page shown."""
        answer = await self._client.get(f"{self._url}{page}")
        if answer.status_code >= FIRST_FAULT:
            raise Refused(answer.status_code, "page")

    def socket(
        self, path: str, headers: Mapping[str, str] = NOBODY
    ) -> AbstractAsyncContextManager[ClientConnection]:
        """A socket of the center, open inside the block."""
        return connect(
            f"{self._sockets}{path}",
            additional_headers=dict(headers),
            compression=None,
            max_size=FRAME_LIMIT_BYTES,
            ping_interval=None,
            proxy=None,
            close_timeout=2,
        )

    async def _ask(self, method: str, path: str, body: object, headers: Mapping[str, str]) -> bytes:
        content = None if body is None else msgspec.json.encode(body)
        sent = {**headers, "Content-Type": "application/json"} if content else headers
        answer = await self._client.request(method, path, content=content, headers=sent)
        for _ in range(AGAIN):
            if answer.status_code not in {TOO_MANY, UNAVAILABLE}:
                break
            await asyncio.sleep(_pause_s(answer.headers.get("Retry-After")))
            answer = await self._client.request(method, path, content=content, headers=sent)
        if answer.status_code >= FIRST_FAULT:
            raise Refused(answer.status_code, _code(answer.content))
        return answer.content


def _pause_s(told: str | None) -> float:
    return min(LONGEST_PAUSE_S, float(told)) if told and told.isdecimal() else 1.0


def _code(content: bytes) -> str:
    try:
        return msgspec.json.decode(content, type=_Problem).code
    except msgspec.MsgspecError:
        return "unclear"
