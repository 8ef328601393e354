"""The chat socket `/ws/chat`: one open tab of a customer, frames in both directions."""

import asyncio
import contextlib
from dataclasses import dataclass
from typing import Any, TypeAlias

import msgspec
from fastapi import APIRouter, WebSocket, WebSocketDisconnect

from warmline.channels.webchat.channel import WebChat
from warmline.channels.webchat.chats import Chat
from warmline.channels.webchat.deeds import UnknownChat
from warmline.channels.webchat.limits import FRAME_LIMIT_BYTES, TooMany
from warmline.channels.webchat.shapes import ID_LIMIT_CHARS
from warmline.channels.webchat.tabs import (
    FORBIDDEN,
    TOO_MANY,
    UNAUTHORISED,
    Frame,
    Tab,
    encoded,
)
from warmline.core.words import Malformed, Rejected
from warmline.ports import Busy, Unavailable

CLOSE_WITHIN_S = 2.0
LONGEST_PAUSE_S = 5


class _Frame(msgspec.Struct, forbid_unknown_fields=True):
    """Any frame of the widget; which fields it needs depends on its type."""

    type: str
    id: str | None = None
    text: str | None = None
    message: str | None = None
    on: bool | None = None


_decode = msgspec.json.Decoder(_Frame).decode


def chat_socket(webchat: WebChat) -> APIRouter:
    """The route of the socket."""
    router = APIRouter()

    @router.websocket("/ws/chat")
    async def chat(websocket: WebSocket, token: str = "", after: int = 0) -> None:
        await websocket.accept()
        found = await webchat.chats.by_token(token)
        if found is None:
            await _refuse(websocket, UNAUTHORISED, "no_such_chat", "this chat is not known")
            return
        headers = websocket.headers
        if not webchat.may_embed(found.inbox, headers.get("origin"), host=headers.get("host")):
            await _refuse(
                websocket, FORBIDDEN, "origin", "this web site may not show the chat of this inbox"
            )
            return
        try:
            tab = webchat.open_tab(found)
        except TooMany as many:
            await _refuse(websocket, TOO_MANY, "too_many", str(many))
            return
        try:
            await _Visit(webchat, websocket, found, tab).run(after=max(0, after))
        finally:
            webchat.close_tab(tab)

    return router


async def _refuse(websocket: WebSocket, code: int, name: str, detail: str) -> None:
    with contextlib.suppress(WebSocketDisconnect, RuntimeError):
        await websocket.send_text(encoded({"type": "error", "code": name, "detail": detail}))
        await websocket.close(code)


@dataclass(slots=True)
class _Visit:
    """One connected socket from hello to the end."""

    webchat: WebChat
    websocket: WebSocket
    chat: Chat
    tab: Tab

    async def run(self, *, after: int) -> None:
        """Until either side is gone, or the tab is cut off."""
        deeds: list[asyncio.Task[Any]] = [
            asyncio.create_task(self._send(after)),
            asyncio.create_task(self._receive()),
            asyncio.create_task(self.tab.cut.wait()),
        ]
        try:
            await asyncio.wait(deeds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for deed in deeds:
                deed.cancel()
            ended = await asyncio.gather(*deeds, return_exceptions=True)
        if self.tab.code is not None:
            await self._close(self.tab.code)
        for error in ended:
            if isinstance(error, Exception) and not _is_goodbye(error):
                raise error

    async def _close(self, code: int) -> None:
        # A socket that reads nothing would not read our goodbye either: do not wait for it long.
        with contextlib.suppress(WebSocketDisconnect, RuntimeError, TimeoutError):
            async with asyncio.timeout(CLOSE_WITHIN_S):
                await self.websocket.close(code)

    async def _send(self, after: int) -> None:
        hello = await self.webchat.hello(self.chat.key, after=after)
        await self.websocket.send_text(encoded(hello))
        self.webchat.shown(hello)
        while True:
            frame = await self.tab.next()
            await self.websocket.send_text(encoded(frame))
            self.webchat.shown(frame)

    async def _receive(self) -> None:
        while True:
            frame: _Frame | None = None
            try:
                text = await self._text()
                frame = _frame(text)
                self.webchat.limits.frame(self.tab.id)
                answer = await self._answer(text, frame)
            except TooMany as many:
                self.tab.tell(_error(many, frame))
                # Who floods is not read for a while: the wire fills up on their side, not ours.
                await asyncio.sleep(min(many.retry_after_s, LONGEST_PAUSE_S))
                continue
            except (Malformed, Rejected, Busy, Unavailable, UnknownChat) as refusal:
                answer = _error(refusal, frame)
            if answer is not None:
                self.tab.tell(answer)

    async def _text(self) -> str:
        received = await self.websocket.receive()
        if received["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(received["code"], received.get("reason"))
        text = received.get("text")
        if text is None:
            raise Malformed("frame", "must be text, not bytes")
        return text

    async def _answer(self, text: str, frame: _Frame | None) -> Frame | None:
        if len(text) > FRAME_LIMIT_BYTES or len(text.encode()) > FRAME_LIMIT_BYTES:
            detail = f"is longer than {FRAME_LIMIT_BYTES} bytes"
            raise Malformed("frame", detail, "too_long", max=FRAME_LIMIT_BYTES)
        if frame is None:
            raise Malformed("frame", "is not a frame of this protocol")
        match frame.type:
            case "send":
                return await self._sent(frame)
            case "typing":
                return self._typing(frame)
            case "read":
                return await self._read(frame)
            case "end":
                await self.webchat.deeds.end(self.chat.key)
                return None
            case "ping":
                return {"type": "pong", "now": self.webchat.clock.now()}
            case _:
                raise Malformed("type", "is none that we know")

    async def _sent(self, frame: _Frame) -> Frame | None:
        if frame.id is None or frame.text is None:
            raise Malformed("frame", "a message needs `id` and `text`")
        said = await self.webchat.deeds.say(self.chat.key, id_=frame.id, text=frame.text)
        # A first message reaches every tab by its event; a repeated one is answered here alone.
        return {"type": "message", "message": said.message} if said.repeated else None

    def _typing(self, frame: _Frame) -> None:
        if frame.on is None:
            raise Malformed("on", "is missing")
        self.webchat.deeds.typing(self.chat.key, on=frame.on)

    async def _read(self, frame: _Frame) -> Frame | None:
        if frame.message is None:
            raise Malformed("message", "is missing")
        await self.webchat.deeds.read(self.chat.key, frame.message)
        return None


def _frame(text: str) -> _Frame | None:
    """What was sent, None when it is no frame of the protocol."""
    try:
        text.encode()  # half a character is none
        return _decode(text)
    except (msgspec.MsgspecError, UnicodeEncodeError):
        return None


def _is_goodbye(error: Exception) -> bool:
    """Whether it only says that the other side is gone."""
    return isinstance(error, WebSocketDisconnect) or (
        isinstance(error, RuntimeError) and "close" in str(error)
    )


_Refusal: TypeAlias = Malformed | Rejected | Busy | Unavailable | UnknownChat | TooMany


def _error(refusal: _Refusal, frame: _Frame | None) -> Frame:
    """Why not; a message that was refused is named by its id, so that the page can mark it."""
    about = {} if frame is None or frame.id is None else {"id": frame.id[:ID_LIMIT_CHARS]}
    return {**_said(refusal), **about}


def _said(refusal: _Refusal) -> Frame:
    match refusal:
        case UnknownChat():
            return {"type": "error", "code": "no_such_chat", "detail": "this chat is not known"}
        case Malformed():
            return {
                "type": "error",
                "code": "malformed",
                "field": refusal.field,
                "fault": refusal.code,
                "detail": refusal.detail,
            }
        case Rejected():
            facts = dict(refusal.facts)
            return {**facts, "type": "error", "code": refusal.code, "detail": refusal.detail}
        case TooMany() | Busy():
            return {
                "type": "error",
                "code": "too_many" if isinstance(refusal, TooMany) else "busy",
                "detail": str(refusal),
                "retry_after_s": refusal.retry_after_s,
            }
        case Unavailable():
            return {
                "type": "error",
                "code": "unavailable",
                "detail": "try again",
                "retry_after_s": 1,
            }
