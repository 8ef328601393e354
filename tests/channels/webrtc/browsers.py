"""Scripted pages for the built-in network: real sockets and signalling, no sound."""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx
import uvicorn
from fastapi import FastAPI, WebSocket
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.contracts.house import until
from tests.services.ports import LOOPBACK, free_port
from warmline.channels.voice.words import LegId
from warmline.channels.webrtc.board import Board
from warmline.channels.webrtc.callers import Callers
from warmline.channels.webrtc.door import call_door
from warmline.channels.webrtc.ice import IceServers
from warmline.channels.webrtc.network import WebRtcNetwork
from warmline.channels.webrtc.sockets import Seat, call_socket, phone_socket
from warmline.config import Settings
from warmline.core.settings import Inbox
from warmline.core.state import Center
from warmline.core.words import AgentId, InboxId, Medium, QueueId
from warmline.engine.clock import WallClock
from warmline.web import problems

SHOP = "https://shop.example"


@dataclass(slots=True, eq=False)
class Wire:
    """A connection as one page has it."""

    leg: str
    offers: bool
    send: bool
    receive: bool
    told: list[str] = field(default_factory=list)
    up: bool = False


class ScriptedPage:
    """A page that does with its socket what a browser's would do, and plays no sound."""

    def __init__(self, name: str, pages: "Browsers", address: str) -> None:
        self.name = name
        self.agent = address.startswith("/ws/phone")
        self.pages = pages
        self.legs: dict[str, dict[str, Any]] = {}
        self.wires: dict[str, Wire] = {}
        self.heard: list[dict[str, Any]] = []
        self.closed: int | None = None
        self._address = address
        self._socket: ClientConnection | None = None
        self._reading: asyncio.Task[None] | None = None

    async def come(self, *, able: bool = True, keep: bool = False) -> None:
        """Connect, as a page does that is loaded; with `keep` only its socket had gone."""
        kept = [id_ for id_, wire in self.wires.items() if wire.up] if keep else []
        self.wires = {id_: wire for id_, wire in self.wires.items() if id_ in kept}
        self.legs, self.heard, self.closed = {}, [], None
        url = f"ws://{LOOPBACK}:{self.pages.port}{self._address}"
        self._socket = await connect(url)
        self._reading = asyncio.create_task(self._read(self._socket))
        await until("the greeting", lambda: self.heard or self.closed is not None)
        if self.agent and able:
            await self.say({"type": "able", "on": True})
        await self.say({"type": "here", "connections": kept})

    async def speaks(self, *, on: bool = True) -> None:
        """Say something from now on, or nothing; this page plays no sound anyway."""

    async def go(self) -> None:
        """The page is closed, without a word."""
        assert self._socket is not None
        await self._socket.close()
        assert self._reading is not None
        await self._reading

    async def say(self, frame: dict[str, Any]) -> None:
        """Send a frame."""
        assert self._socket is not None
        with suppress(ConnectionClosed):
            await self._socket.send(json.dumps(frame))

    async def ask(self, type_: str, **more: Any) -> None:
        """Send a frame about the only leg."""
        await self.say({"type": type_, "leg": next(iter(self.legs)), **more})

    # A person at a telephone

    async def rings(self) -> None:
        await until(f"{self.name} to ring", lambda: self._phase() == "ringing")

    async def answers(self) -> None:
        await self.ask("answer")

    async def declines(self) -> None:
        await self.ask("reject")

    async def hangs_up(self) -> None:
        await until(f"{self.name} to have a call", lambda: self.legs)
        await self.ask("hang_up")

    async def over(self) -> None:
        await until(f"{self.name}'s call to be over", lambda: not self.legs)

    async def presses(self, digits: str) -> None:
        raise NotImplementedError("there are no keys in a browser call")

    async def hears(self) -> frozenset[str]:
        heard = {
            other.name
            for other in self.pages.pages
            for id_, wire in self.wires.items()
            if other is not self and wire.up and wire.receive and other.sounds_on(id_)
        }
        music = {"music"} if any(leg["music"] for leg in self.legs.values()) else set[str]()
        return frozenset(heard | music)

    def sounds_on(self, id_: str) -> bool:
        """Whether its microphone goes out on a connection."""
        wire = self.wires.get(id_)
        if wire is None or not wire.up or not wire.send:
            return False
        leg = self.legs.get(wire.leg)
        return leg is not None and not leg["muted"]

    def _phase(self) -> str | None:
        return next((leg["phase"] for leg in self.legs.values()), None)

    # What a browser does by itself

    async def _read(self, socket: ClientConnection) -> None:
        try:
            async for text in socket:
                told = json.loads(text)
                self.heard.append(told)
                await self._took(told)
        except ConnectionClosed:
            pass
        self.closed = socket.close_code

    async def _took(self, told: dict[str, Any]) -> None:
        match told["type"]:
            case "hello":
                self.legs = {leg["leg"]: leg for leg in told["legs"]}
            case "leg":
                self.legs[told["leg"]] = told
            case "ended" | "taken":
                self.legs.pop(told["leg"], None)
            case "pick_up":
                await self.say({"type": "answer", "leg": told["leg"]})
            case "connect":
                wire = Wire(told["leg"], told["offers"], told["send"], told["receive"])
                self.wires[told["connection"]] = wire
                if wire.offers:
                    await self._signal(told["connection"], wire, "offer")
            case "disconnect":
                self.wires.pop(told["connection"], None)
            case "signal":
                await self._signalled(told)
            case _:
                pass

    async def _signalled(self, told: dict[str, Any]) -> None:
        id_ = told["connection"]
        wire = self.wires.get(id_)
        if wire is None:
            return
        wire.told.append(told["kind"])
        if told["kind"] == "offer":
            await self._signal(id_, wire, "answer")
        # Both sides know each other now: a browser would have sound.
        wire.up = True
        await self.say({"type": "up", "leg": wire.leg, "connection": id_})

    async def _signal(self, id_: str, wire: Wire, kind: str) -> None:
        body = {"type": "signal", "leg": wire.leg, "connection": id_, "kind": kind, "body": "v=0"}
        await self.say(body)


class Browsers:
    """The built-in network behind a real server, and the pages around it."""

    apart = False
    page = ScriptedPage

    def __init__(self, *, lost_after_ms: int = 10_000, settings: Settings | None = None) -> None:
        clock = WallClock()
        self.settings = settings or Settings()
        self.center_state = Center()
        for id_ in ("shop", "second"):
            inbox = Inbox(
                id=InboxId(id_),
                name=id_.title(),
                medium=Medium.VOICE,
                queue=QueueId("calls"),
                origins=(SHOP,),
            )
            self.center_state.inboxes[inbox.id] = inbox
        servers = IceServers(["stun:stun.example:3478"], None, clock)
        self.board = Board(clock=clock, servers=servers, lost_after_ms=lost_after_ms)
        self.network = WebRtcNetwork(self.board)
        self.callers = Callers(
            network=self.network, settings=self.settings, state=self, clock=clock
        )
        self.pages: list[ScriptedPage] = []
        self.signed_out = asyncio.Event()
        self.port = free_port()
        self.http = httpx.AsyncClient(base_url=f"http://{LOOPBACK}:{self.port}", verify=False)

    # The state that callers look at

    def center(self) -> Center:
        return self.center_state

    def position(self) -> int:
        return 0

    # The people

    async def call(self, called: str) -> ScriptedPage:
        """A customer on a page of the shop calls."""
        address = await self.call_address(called)
        page = self.page(f"customer-{len(self.pages)}", self, address)
        self.pages.append(page)
        await page.come()
        return page

    async def call_address(self, called: str, **more: Any) -> str:
        """Where the page of a new call connects to."""
        answer = await self.http.post("/api/v1/calls", json={"inbox": called, **more})
        assert answer.status_code == 201, answer.text
        return f"/ws/call?token={answer.json()['token']}"

    async def device(self, agent: AgentId, **more: Any) -> ScriptedPage:
        """The desk of an agent in a browser; the same one when asked again."""
        known = next((one for one in self.pages if one.name == agent), None)
        if known is not None:
            return known
        return await self.desk(agent, **more)

    async def desk(self, agent: str, *, able: bool = True, key: str | None = None) -> ScriptedPage:
        """One more window of an agent's desk."""
        device = key or uuid4().hex
        page = self.page(agent, self, f"/ws/phone?device={device}&agent={agent}")
        self.pages.append(page)
        await page.come(able=able)
        if able:
            await until("the phone", lambda: self.board.phones(AgentId(agent)))
        return page

    async def outside(self) -> tuple[str, ScriptedPage]:
        raise NotImplementedError("there are no numbers")

    async def cut(self) -> None:
        raise NotImplementedError("the network is inside the center: nothing can cut it off")

    async def mend(self) -> None:
        """Nothing was cut."""

    async def seat_of(self, websocket: WebSocket) -> Seat | None:
        """Whoever says so sits at a desk."""
        agent = websocket.query_params.get("agent")
        return None if agent is None else Chair(AgentId(agent), self.signed_out)


@dataclass(frozen=True, slots=True)
class Chair:
    """An agent until everybody is signed out."""

    agent: AgentId
    signed_out: asyncio.Event

    async def over(self) -> None:
        await self.signed_out.wait()


def leg_of(page: ScriptedPage) -> LegId:
    """The only leg of a page."""
    return LegId(next(iter(page.legs)))


@asynccontextmanager
async def browsers(
    kind: type[Browsers] = Browsers, /, *args: Any, **more: Any
) -> AsyncGenerator[Browsers]:
    """The network and its doors, served."""
    there = kind(*args, **more)
    app = FastAPI()
    problems.install(app)
    app.include_router(call_door(there.callers))
    app.include_router(call_socket(there.callers, there.board))
    url = f"http://{LOOPBACK}:{there.port}"
    app.include_router(phone_socket(there.callers, there.board, seat_of=there.seat_of, url=url))
    config = uvicorn.Config(
        app,
        host=LOOPBACK,
        port=there.port,
        log_level="error",
        lifespan="off",
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    try:
        await until("the server's start", lambda: server.started)
        yield there
    finally:
        for page in there.pages:
            if page.closed is None:
                await page.go()
        server.should_exit = True
        await serving
        await there.http.aclose()
