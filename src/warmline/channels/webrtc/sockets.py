"""The sockets of calls: `/ws/call` for a customer's page, `/ws/phone` for an agent's desk."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any, Protocol

from fastapi import APIRouter, Query, WebSocket, WebSocketDisconnect

from warmline.channels.webchat.limits import TooMany, may_embed
from warmline.channels.webrtc.board import Board
from warmline.channels.webrtc.callers import Callers
from warmline.channels.webrtc.deeds import Deeds
from warmline.channels.webrtc.pages import (
    FORBIDDEN,
    ID_LIMIT_CHARS,
    TOO_MANY,
    UNAUTHORISED,
    Page,
    read_frame,
    written,
)
from warmline.core.words import AgentId, Malformed

CLOSE_WITHIN_S = 2.0
LONGEST_PAUSE_S = 5
PHONES_PER_AGENT = 8


class Seat(Protocol):
    """A signed-in agent at a desk."""

    @property
    def agent(self) -> AgentId: ...

    async def over(self) -> None:
        """Returns when they are signed out."""
        ...


SeatOf = Callable[[WebSocket], Awaitable[Seat | None]]
"""Who sits at the other end of a socket; None for nobody who may take calls."""


def call_socket(callers: Callers, board: Board) -> APIRouter:
    """The socket of customers who call."""
    router = APIRouter()
    deeds = Deeds(board)

    @router.websocket("/ws/call")
    async def call(
        websocket: WebSocket, token: Annotated[str, Query(max_length=ID_LIMIT_CHARS)] = ""
    ) -> None:
        await websocket.accept()
        inbox = callers.inbox_of(token)
        if inbox is None:
            await _refuse(websocket, UNAUTHORISED, "no_such_call")
            return
        origin, host = websocket.headers.get("origin"), websocket.headers.get("host")
        if not may_embed(origin, callers.inbox(inbox).origins, host=host):
            await _refuse(websocket, FORBIDDEN, "origin")
            return
        page = callers.come(token)
        try:
            await _Visit(websocket, page, deeds, callers.count).run()
        finally:
            board.caller_went(page)

    return router


def phone_socket(callers: Callers, board: Board, *, seat_of: SeatOf, url: str) -> APIRouter:
    """The socket of agents' desks; only pages of `url` may use it."""
    router = APIRouter()
    deeds = Deeds(board)

    @router.websocket("/ws/phone")
    async def phone(
        websocket: WebSocket,
        device: Annotated[str, Query(min_length=8, max_length=ID_LIMIT_CHARS)],
    ) -> None:
        headers = websocket.headers
        if not may_embed(headers.get("origin"), (url,), host=headers.get("host")):
            await websocket.close(FORBIDDEN)
            return
        await websocket.accept()
        seat = await seat_of(websocket)
        if seat is None:
            await _refuse(websocket, UNAUTHORISED, "signed_out")
            return
        if board.pages_of(seat.agent) >= PHONES_PER_AGENT:
            await _refuse(websocket, TOO_MANY, "too_many")
            return
        page = Page(key=device, agent=seat.agent)
        board.phone_came(page)
        try:
            await _Visit(websocket, page, deeds, callers.count, seat).run()
        finally:
            board.phone_went(page)

    return router


async def _refuse(websocket: WebSocket, code: int, name: str) -> None:
    with contextlib.suppress(WebSocketDisconnect, RuntimeError):
        await websocket.send_text(written({"type": "error", "code": name}))
        await websocket.close(code)


@dataclass(slots=True)
class _Visit:
    """One connected page, until either side goes or the page is cut off."""

    websocket: WebSocket
    page: Page
    deeds: Deeds
    count: Callable[[Page], None]
    seat: Seat | None = None

    async def run(self) -> None:
        """Send, receive and watch; whichever ends first ends the others."""
        doing: list[asyncio.Task[Any]] = [
            asyncio.create_task(self._send()),
            asyncio.create_task(self._receive()),
            asyncio.create_task(self.page.cut.wait()),
        ]
        if self.seat is not None:
            doing.append(asyncio.create_task(self._watch(self.seat)))
        try:
            await asyncio.wait(doing, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in doing:
                one.cancel()
            ended = await asyncio.gather(*doing, return_exceptions=True)
        if self.page.code is not None:
            await self._close(self.page.code)
        for error in ended:
            # The line was cut while we sent: the other side is gone, which is no fault.
            if isinstance(error, Exception) and not isinstance(
                error, WebSocketDisconnect | RuntimeError
            ):
                raise error

    async def _close(self, code: int) -> None:
        # A page that reads nothing would not read our goodbye either: do not wait for it long.
        with contextlib.suppress(WebSocketDisconnect, RuntimeError, TimeoutError):
            async with asyncio.timeout(CLOSE_WITHIN_S):
                await self.websocket.close(code)

    async def _send(self) -> None:
        while (told := await self.page.next()) is not None:
            await self.websocket.send_text(written(told))

    async def _watch(self, seat: Seat) -> None:
        await seat.over()
        self.page.cut_off(UNAUTHORISED)

    async def _receive(self) -> None:
        while True:
            received = await self.websocket.receive()
            if received["type"] == "websocket.disconnect":
                return
            text = received.get("text")
            try:
                self.count(self.page)
                self.deeds.do(self.page, read_frame(text))
            except Malformed as refusal:
                self.page.tell(
                    {
                        "type": "error",
                        "code": "malformed",
                        "field": refusal.field,
                        "detail": refusal.detail,
                    }
                )
            except TooMany as many:
                self.page.tell({"type": "error", "code": "too_many"})
                # Who floods is not read for a while: the wire fills up on their side, not ours.
                await asyncio.sleep(min(many.retry_after_s, LONGEST_PAUSE_S))
