"""Customers and agents who keep a center busy over crashes, and remember what was acknowledged."""

import asyncio
import json
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from email.message import EmailMessage
from typing import Any, TypeAlias
from uuid import uuid4

import aiosmtplib
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from warmline.bench.center import ADDRESS, Seat
from warmline.bench.http import Http, Lost

CHATTING = 10
"""Customers by HTTP, and as many by socket."""
MAILING = 4
MESSAGES_EACH = 4
AGAIN_AFTER_S = 0.1
OK, CREATED = 200, 201
ECHO_WITHIN_S = 10.0
NOT_NOW = frozenset({"busy", "too_many", "unavailable"})
UNKNOWN = (502, 503, 429)
"""Answers that say: not now, try the same again."""

Say: TypeAlias = Callable[[str], Awaitable[None]]
"""Says a few things in the chat of a token."""


class Load:
    """Everything said carries a word of its own, by which it is found again in the end."""

    def __init__(self, port: int, smtp_port: int | None, seats: Sequence[Seat]) -> None:
        self._port = port
        self._smtp_port = smtp_port
        self._seats = seats
        self._http = Http(port)
        self.acknowledged: set[str] = set()
        """The words that the server said it keeps."""
        self.by_door: Counter[str] = Counter()
        """How many of them by which door."""
        self.tried: set[str] = set()

    async def run(self) -> None:
        """Go on until cancelled."""
        async with asyncio.TaskGroup() as group:
            for seat in self._seats:
                group.create_task(self._agent(seat))
            for _ in range(CHATTING):
                group.create_task(self._chatting(self._say_by_http))
                group.create_task(self._chatting(self._say_by_socket))
            if self._smtp_port is not None:
                for _ in range(MAILING):
                    group.create_task(self._mailing(self._smtp_port))

    async def close(self) -> None:
        """Close the connections."""
        self._http.close()
        await asyncio.sleep(0)  # they are gone with the loop's next turn

    def _acknowledge(self, word: str, door: str) -> None:
        self.acknowledged.add(word)
        self.by_door[door] += 1

    def _word(self) -> str:
        word = f"word{uuid4().hex}"
        self.tried.add(word)
        return word

    async def _insist(
        self, path: str, body: dict[str, str], headers: dict[str, str]
    ) -> tuple[int, dict[str, str]]:
        """Give the same request until there is an answer; the ids in it make that safe."""
        while True:
            with suppress(Lost):
                status, answer = await self._http.post(path, body, headers)
                if status not in UNKNOWN:
                    return status, answer
            await asyncio.sleep(AGAIN_AFTER_S)

    async def _chatting(self, say: Say) -> None:
        while True:
            word = self._word()
            start = {"inbox": "chat", "id": str(uuid4()), "text": word}
            status, begun = await self._insist("/api/v1/chat", start, {})
            if status != CREATED:
                raise RuntimeError(f"a chat was refused: {status} {begun}")
            self._acknowledge(word, "http")
            await say(begun["token"])
            await self._insist("/api/v1/chat/end", {}, _bearer(begun["token"]))

    async def _say_by_http(self, token: str) -> None:
        for _ in range(MESSAGES_EACH):
            await asyncio.sleep(random.uniform(0.05, 0.4))
            word = self._word()
            message = {"id": str(uuid4()), "text": word}
            status, _ = await self._insist("/api/v1/chat/messages", message, _bearer(token))
            if status != CREATED:
                break
            self._acknowledge(word, "http")

    async def _say_by_socket(self, token: str) -> None:
        """Like the widget: what was not echoed is sent again, with its id, on the next socket."""
        url = f"ws://127.0.0.1:{self._port}/ws/chat?token={token}"
        unsaid = [(str(uuid4()), self._word()) for _ in range(MESSAGES_EACH)]
        while unsaid:
            with suppress(OSError, WebSocketException, TimeoutError):
                async with connect(url) as socket:
                    while unsaid:
                        id_, word = unsaid[0]
                        await socket.send(json.dumps({"type": "send", "id": id_, "text": word}))
                        if await _echoed(socket, id_):
                            self._acknowledge(word, "socket")
                        unsaid.pop(0)
                        await asyncio.sleep(random.uniform(0.05, 0.4))
            await asyncio.sleep(AGAIN_AFTER_S)

    async def _mailing(self, port: int) -> None:
        while True:
            word = self._word()
            mail = EmailMessage()
            mail["From"] = f"{uuid4().hex}@example.net"
            mail["To"] = ADDRESS
            mail["Subject"] = "Order"
            mail["Message-ID"] = f"<{word}@example.net>"
            mail.set_content(word)
            while word not in self.acknowledged:
                with suppress(OSError, aiosmtplib.SMTPException):
                    await aiosmtplib.send(
                        mail, hostname="127.0.0.1", port=port, timeout=10, start_tls=False
                    )
                    self._acknowledge(word, "smtp")
                await asyncio.sleep(random.uniform(0.1, 0.5))

    async def _agent(self, seat: Seat) -> None:
        """A desk that comes back after every crash, with everything in its hands."""
        cookie = f"warmline_session={seat.token}; warmline_csrf={seat.csrf}"
        headers = {"Cookie": cookie, "X-CSRF-Token": seat.csrf}
        url = f"ws://127.0.0.1:{self._port}/ws/live"
        async with asyncio.TaskGroup() as group:
            while True:
                with suppress(OSError, WebSocketException, TimeoutError):
                    async with connect(url, additional_headers={"Cookie": cookie}) as socket:
                        async for text in socket:
                            for interaction, offer in _offers(str(text), seat.agent):
                                group.create_task(self._handle(interaction, offer, headers))
                await asyncio.sleep(AGAIN_AFTER_S)

    async def _handle(self, interaction: str, offer: str, headers: dict[str, str]) -> None:
        one = {"interaction": interaction}
        accept = {**one, "id": str(uuid4()), "offer": offer}
        status, _ = await self._insist("/api/v1/commands/Accept", accept, headers)
        if status != OK:
            return
        for _ in range(2):
            await asyncio.sleep(random.uniform(0.05, 0.4))
            word = self._word()
            message = {"id": str(uuid4()), "text": word, "mode": "reply"}
            path = f"/api/v1/conversations/{interaction}/messages"
            status, _ = await self._insist(path, message, headers)
            if status == CREATED:
                self._acknowledge(word, "desk")
        await self._insist("/api/v1/commands/End", {**one, "id": str(uuid4())}, headers)


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def _echoed(socket: ClientConnection, id_: str) -> bool:
    """Whether the message with this id came back; False when it was refused."""
    async with asyncio.timeout(ECHO_WITHIN_S):
        async for text in socket:
            frame: dict[str, Any] = json.loads(text)
            if frame["type"] == "message" and frame["message"]["id"] == id_:
                return True
            if frame["type"] == "error" and frame["code"] not in NOT_NOW:
                return False
            if frame["type"] == "error":
                raise TimeoutError
    raise TimeoutError


def _offers(text: str, agent: str) -> list[tuple[str, str]]:
    """The offers to the agent that a frame tells of, as (interaction, offer)."""
    frame: dict[str, Any] = json.loads(text)
    if frame["type"] == "event" and frame["event"]["name"] == "Offered":
        return [(frame["event"]["interaction"], frame["event"]["offer"])]
    if frame["type"] == "snapshot":
        open_now: list[dict[str, Any]] = list(frame["state"]["interactions"].values())
        live = [(item["id"], item["offer"]) for item in open_now if item["offer"] is not None]
        return [(id_, offer["id"]) for id_, offer in live if offer["agent"] == agent]
    return []
