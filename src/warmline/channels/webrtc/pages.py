"""The pages that take part in calls, and the frames that we and they exchange."""

import asyncio
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias
from uuid import uuid4

import msgspec

from warmline.core.words import AgentId, Malformed

Told: TypeAlias = Mapping[str, object]

FRAME_LIMIT_BYTES = 64 * 1024
BODY_LIMIT_CHARS = 48 * 1024
"""Of a description or candidate; those of one microphone are some 2 kB."""
ID_LIMIT_CHARS = 80
FRAMES_PER_MINUTE = 1_200
WAITING_FRAMES = 512
"""Frames that may wait for a slow page before it is cut off; it comes back by itself."""
CUT_AFTER_S = 2.0
CONNECTIONS_LIMIT = 32
SIGNALS = frozenset({"offer", "answer", "candidate"})

UNAUTHORISED, FORBIDDEN, TOO_SLOW, ELSEWHERE, TOO_MANY, OVER = 4401, 4403, 4408, 4409, 4429, 4410
"""Why a socket is closed; after `ELSEWHERE` and `OVER` the page does not come back."""


class Frame(msgspec.Struct, forbid_unknown_fields=True):
    """Any frame of a page; which fields it needs depends on its type."""

    type: str
    leg: str | None = None
    connection: str | None = None
    kind: str | None = None
    body: str | None = None
    on: bool | None = None
    digits: str | None = None
    connections: list[str] | None = None
    loss: float | None = None
    jitter_ms: float | None = None
    round_trip_ms: float | None = None
    mos: float | None = None


_decode = msgspec.json.Decoder(Frame).decode


def read_frame(text: str | None) -> Frame:
    """What a page sent; `Malformed` when it is too long or no frame of the protocol."""
    if text is None:
        raise Malformed("frame", "must be text, not bytes")
    try:
        raw = text.encode()
    except UnicodeEncodeError:
        raise Malformed("frame", "holds half a character") from None
    if len(raw) > FRAME_LIMIT_BYTES:
        detail = f"is longer than {FRAME_LIMIT_BYTES} bytes"
        raise Malformed("frame", detail, "too_long", max=FRAME_LIMIT_BYTES)
    try:
        return _decode(raw)
    except msgspec.MsgspecError:
        raise Malformed("frame", "is not a frame of this protocol") from None


def given(text: str | None, field_: str) -> str:
    """An id in a frame that needs it."""
    if not text or len(text) > ID_LIMIT_CHARS:
        raise Malformed(field_, f"must be 1 to {ID_LIMIT_CHARS} characters")
    return text


def figure(number: float | None, field_: str, *, least: float = 0.0, most: float) -> float:
    """A measured figure in a frame that needs it."""
    if number is None or not math.isfinite(number) or not least <= number <= most:
        raise Malformed(field_, f"must be {least:g} to {most:g}", "out_of_range")
    return number


def written(told: Told) -> str:
    """A frame of ours as it goes over the wire."""
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


@dataclass(slots=True, eq=False, kw_only=True)
class Page:
    """One page at its socket: what waits to be sent to it, and why it is cut off when it is."""

    key: str
    """The same before and after a reload, so that a talk finds its page again."""
    agent: AgentId | None = None
    """Whose phone it is; None for a customer's page."""
    able: bool = False
    """Its microphone may be used, so that it can be rung."""
    id: str = field(default_factory=lambda: uuid4().hex)
    cut: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when its socket is to be closed whatever still waits to be sent."""
    code: int | None = None
    _waiting: asyncio.Queue[Told | None] = field(
        default_factory=lambda: asyncio.Queue[Told | None](maxsize=WAITING_FRAMES)
    )

    def tell(self, told: Told) -> None:
        """Send it soon; a page that reads too slowly is cut off."""
        try:
            self._waiting.put_nowait(told)
        except asyncio.QueueFull:
            self.code = self.code or TOO_SLOW
            self.cut.set()

    def cut_off(self, code: int) -> None:
        """Close its socket with `code` once what waits is sent, but soon in any case."""
        if self.code is not None:
            return
        self.code = code
        asyncio.get_running_loop().call_later(CUT_AFTER_S, self.cut.set)
        try:
            self._waiting.put_nowait(None)
        except asyncio.QueueFull:
            self.cut.set()

    async def next(self) -> Told | None:
        """The next frame to send; None when there is no more."""
        return await self._waiting.get()
