"""The door for the SIP of browsers: who may come in, what they may say, and what ends it."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
import uvicorn
from fastapi import FastAPI, WebSocket
from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Origin

from tests.channels.webrtc.browsers import Chair
from tests.contracts.house import until
from tests.services.ports import LOOPBACK, free_port
from warmline.channels.asterisk.ari import Ari
from warmline.channels.asterisk.board import Board
from warmline.channels.asterisk.browsers import Browsers
from warmline.channels.asterisk.devices import Devices
from warmline.channels.asterisk.lines import MESSAGE_LIMIT_BYTES, SIP
from warmline.channels.asterisk.sip import AWAY, REFUSED, sip_socket
from warmline.channels.webrtc.pages import FORBIDDEN, UNAUTHORISED
from warmline.channels.webrtc.sockets import Seat
from warmline.core.words import AgentId
from warmline.engine.clock import WallClock

ANSWER = "SIP/2.0 180 Ringing\r\nCall-ID: 1\r\n\r\n"
INVITE = "INVITE sip:112@a SIP/2.0\r\nFrom: <sip:anna~web@a>;tag=1\r\nTo: <sip:112@a>\r\n\r\n"


@dataclass(slots=True)
class Door:
    """The door, and what stands behind it in place of an exchange."""

    port: int
    browsers: Browsers
    signed_out: asyncio.Event = field(default_factory=asyncio.Event)
    heard: list[str] = field(default_factory=list[str])
    behind: list[ServerConnection] = field(default_factory=list[ServerConnection])

    async def seat_of(self, websocket: WebSocket) -> Seat | None:
        agent = websocket.query_params.get("agent")
        return None if agent is None else Chair(AgentId(agent), self.signed_out)

    async def exchange(self, wire: ServerConnection) -> None:
        """Hears what is said to Asterisk."""
        self.behind.append(wire)
        async for text in wire:
            self.heard.append(str(text))

    @asynccontextmanager
    async def page(
        self, agent: str | None = "anna", **more: str
    ) -> AsyncGenerator[ClientConnection]:
        who = f"&agent={agent}" if agent else ""
        where = f"ws://{LOOPBACK}:{self.port}/ws/sip?window=window-1&page=page-number-1{who}"
        origin = Origin(more.get("origin", f"http://{LOOPBACK}:{self.port}"))
        wanted = [SIP] if more.get("protocol", "sip") == "sip" else None
        async with connect(where, subprotocols=wanted, origin=origin, proxy=None) as wire:
            yield wire


@pytest.fixture
async def door() -> AsyncGenerator[Door]:
    port, behind = free_port(), free_port()
    clock = WallClock()
    board = Board(Ari(f"http://{LOOPBACK}:{behind}", user="u", password="p", app="a"), clock)
    there = Door(port, Browsers(board, Devices(clock), f"ws://{LOOPBACK}:{behind}/ws"))
    app = FastAPI()
    url = f"http://{LOOPBACK}:{port}"
    app.include_router(sip_socket(there.browsers, seat_of=there.seat_of, url=url, clock=clock))
    config = uvicorn.Config(app, host=LOOPBACK, port=port, log_level="error", lifespan="off")
    server = uvicorn.Server(config)
    async with serve(there.exchange, LOOPBACK, behind, subprotocols=[SIP]):
        serving = asyncio.create_task(server.serve())
        await until("the server's start", lambda: server.started)
        yield there
        await there.browsers.lines.close()
        server.should_exit = True
        await serving


async def code_of(wire: ClientConnection) -> int:
    with pytest.raises(ConnectionClosed):
        async with asyncio.timeout(10):
            await wire.recv()
    return wire.close_code or 0


async def test_what_is_said_goes_both_ways(door: Door):
    async with door.page() as page:
        assert page.subprotocol == SIP
        await page.send(ANSWER)
        await until("it to be heard", lambda: door.heard == [ANSWER])
        await page.send("\r\n")  # I am still there
        await until("that to be heard", lambda: door.heard == [ANSWER, "\r\n"])
        await door.behind[0].send("OPTIONS sip:x SIP/2.0\r\n\r\n")
        assert await page.recv() == "OPTIONS sip:x SIP/2.0\r\n\r\n"


async def test_nobody_comes_in_without_a_session(door: Door):
    async with door.page(agent=None) as page:
        assert await code_of(page) == UNAUTHORISED
    assert door.behind == []


@pytest.mark.parametrize("more", [{"origin": "http://elsewhere.example"}, {"protocol": "none"}])
async def test_other_pages_and_other_protocols_are_refused(door: Door, more: dict[str, str]):
    with pytest.raises(InvalidStatus) as refused:
        async with door.page(**more):
            pass
    assert refused.value.response.status_code == FORBIDDEN - 4000


@pytest.mark.parametrize("text", [INVITE, "x" * (MESSAGE_LIMIT_BYTES + 1)])
async def test_no_call_begins_in_a_page_and_nothing_is_endless(door: Door, text: str):
    async with door.page() as page:
        await page.send(text)
        assert await code_of(page) == REFUSED
    assert door.heard == []


async def test_the_line_ends_with_the_session(door: Door):
    async with door.page() as page:
        await page.send(ANSWER)
        await until("it to be heard", lambda: bool(door.heard))
        door.signed_out.set()
        assert await code_of(page) == UNAUTHORISED


async def test_a_page_comes_again_when_asterisk_was_gone(door: Door):
    async with door.page() as page:
        await until("the line", lambda: bool(door.behind))
        await door.behind[0].close()
        assert await code_of(page) == AWAY
    async with door.page() as page:
        await page.send(ANSWER)
        await until("it to be heard", lambda: door.heard == [ANSWER])
    assert len(door.behind) == 2


async def test_a_page_that_is_cut_off_for_a_moment_misses_nothing(door: Door):
    async with door.page():
        await until("the line", lambda: bool(door.behind))
    await door.behind[0].send("BYE sip:x SIP/2.0\r\n\r\n")
    async with door.page() as page:
        assert await page.recv() == "BYE sip:x SIP/2.0\r\n\r\n"
    assert len(door.behind) == 1, "the line is the same"
