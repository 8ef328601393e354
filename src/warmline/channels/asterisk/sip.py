"""The SIP of agents' browsers through our own door: `/ws/sip`, and what a page registers with."""

import asyncio
import contextlib
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any

import structlog
from fastapi import APIRouter, Depends, Query, Request, WebSocket, WebSocketDisconnect
from pydantic import BaseModel

from warmline.channels.asterisk.ari import NotThere
from warmline.channels.asterisk.browsers import Browsers
from warmline.channels.asterisk.lines import MESSAGE_LIMIT_BYTES, SIP, Elsewhere, Line, may_say
from warmline.channels.webchat.limits import Rate, TooMany, may_embed
from warmline.channels.webrtc.pages import ELSEWHERE, FORBIDDEN, TOO_MANY, UNAUTHORISED
from warmline.channels.webrtc.sockets import Seat, SeatOf
from warmline.core.permissions import Right
from warmline.core.words import Actor, AgentId
from warmline.ports import Clock, Guard
from warmline.security.cookies import session_of
from warmline.security.sessions import Sessions

CLOSE_WITHIN_S = 2.0
MESSAGES_PER_MINUTE = 600
GRANTS_PER_MINUTE = 20
KEY_CHARS = 80
AWAY, REFUSED = 1013, 4400
"""Asterisk is not there, come again; and: this is not the SIP of a phone."""

log = structlog.get_logger()


class SipAnswer(BaseModel):
    """With what the page registers; told once, and of no use after `expires_at`."""

    user: str
    password: str
    expires_at: int
    ice_servers: list[dict[str, Any]]


class PhoneAnswer(BaseModel):
    """By which ways calls come to the page: from browser to browser they always do."""

    telephones: bool
    """Whether there is an Asterisk at all; without `sip` it does not answer just now."""
    sip: SipAnswer | None


def phone_door(
    browsers: Browsers | None,
    *,
    needs: Guard,
    sessions: Sessions,
    clock: Clock,
    ice: Callable[[], Sequence[Mapping[str, object]]],
) -> APIRouter:
    """The route by which a page becomes a telephone."""
    router = APIRouter(tags=["calls"])
    pace = Rate("phones", per_minute=GRANTS_PER_MINUTE)

    @router.post("/phone")
    async def phone(
        request: Request, actor: Annotated[Actor, Depends(needs(Right.WORK))]
    ) -> PhoneAnswer:
        """What the page needs to be the agent's phone; a new password each time."""
        session = await session_of(request, sessions)
        if browsers is None or actor.agent is None or session is None:
            return PhoneAnswer(telephones=False, sip=None)
        pace.spend(actor.agent, clock.now())
        try:
            grant = await browsers.grant(actor.agent, session.id)
        except NotThere as error:
            log.warning("phone_not_granted", agent=actor.agent, cause=str(error))
            return PhoneAnswer(telephones=True, sip=None)
        return PhoneAnswer(
            telephones=True,
            sip=SipAnswer(
                user=grant.user,
                password=grant.password,
                expires_at=grant.expires_at,
                ice_servers=[dict(one) for one in ice()],
            ),
        )

    return router


def sip_socket(browsers: Browsers, *, seat_of: SeatOf, url: str, clock: Clock) -> APIRouter:
    """The socket of agents' phones; only pages of `url` may use it."""
    router = APIRouter()
    pace = Rate("SIP messages", per_minute=MESSAGES_PER_MINUTE)

    @router.websocket("/ws/sip")
    async def sip(
        websocket: WebSocket,
        window: Annotated[str, Query(min_length=8, max_length=KEY_CHARS)],
        page: Annotated[str, Query(min_length=8, max_length=KEY_CHARS)],
    ) -> None:
        headers = websocket.headers
        asked: list[str] = websocket.scope.get("subprotocols", [])
        if SIP not in asked or not may_embed(
            headers.get("origin"), (url,), host=headers.get("host")
        ):
            await websocket.close(FORBIDDEN)
            return
        await websocket.accept(subprotocol=SIP)
        seat = await seat_of(websocket)
        if seat is None:
            await _close(websocket, UNAUTHORISED)
            return
        try:
            line = await browsers.lines.take(seat.agent, window, page, websocket.send_text)
        except Elsewhere:
            await _close(websocket, ELSEWHERE)
        except NotThere as error:
            log.warning("sip_line_not_opened", agent=seat.agent, cause=str(error))
            await _close(websocket, AWAY)
        else:
            await _Carried(websocket, browsers, line, seat, pace, clock).run()

    return router


async def _close(websocket: WebSocket, code: int) -> None:
    # A page that reads nothing would not read our goodbye either: do not wait for it long.
    with contextlib.suppress(WebSocketDisconnect, RuntimeError, TimeoutError):
        async with asyncio.timeout(CLOSE_WITHIN_S):
            await websocket.close(code)


class _Carried:
    """One page at its line, until either goes."""

    def __init__(
        self,
        websocket: WebSocket,
        browsers: Browsers,
        line: Line,
        seat: Seat,
        pace: Rate,
        clock: Clock,
    ) -> None:
        self._websocket, self._lines, self._line = websocket, browsers.lines, line
        self._seat, self._pace, self._clock = seat, pace, clock
        self._send, self._cut = line.send, line.cut

    async def run(self) -> None:
        """Carry what is said; whatever ends first ends all."""
        ends: dict[asyncio.Task[int], None] = {
            asyncio.create_task(self._receive()): None,
            asyncio.create_task(self._taken()): None,
            asyncio.create_task(self._signed_out()): None,
        }
        code = AWAY
        try:
            done, _ = await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
            code = next(iter(done)).result()
        finally:
            for one in ends:
                one.cancel()
            await asyncio.gather(*ends, return_exceptions=True)
            if self._send is not None:
                self._lines.went(self._line, self._send)
            await _close(self._websocket, code)

    async def _taken(self) -> int:
        await self._cut.wait()
        reader = self._line.reader
        return AWAY if reader is not None and reader.done() else ELSEWHERE

    async def _signed_out(self) -> int:
        await self._seat.over()
        return UNAUTHORISED

    async def _receive(self) -> int:
        agent: AgentId = self._seat.agent
        while True:
            received = await self._websocket.receive()
            if received["type"] == "websocket.disconnect":
                return AWAY
            text = received.get("text")
            if text is None or len(text.encode()) > MESSAGE_LIMIT_BYTES or not may_say(text, agent):
                log.warning("sip_refused", agent=agent, chars=len(text or ""))
                return REFUSED
            try:
                self._pace.spend(agent, self._clock.now())
                await self._lines.say(self._line, text)
            except TooMany:
                return TOO_MANY
            except NotThere:
                return AWAY
