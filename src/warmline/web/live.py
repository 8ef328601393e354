"""The live socket of desk and floor: snapshot, then events, for as long as the session lasts."""

import asyncio
import uuid
from collections import Counter, deque
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Annotated

import msgspec
import structlog
from fastapi import APIRouter, Query, WebSocket, WebSocketDisconnect

from warmline.core.commands import Command, ConnectAgent, DisconnectAgent
from warmline.core.permissions import Right, has
from warmline.core.words import AgentId, CommandId, InteractionId, Millis, Party, Rejected
from warmline.engine.engine import Engine
from warmline.engine.frames import Scope, pong_frame
from warmline.engine.live import LiveFeed, Screen
from warmline.ports import Busy, Clock, Signal, Signals, State, Submit, Unavailable
from warmline.security.cookies import token_of
from warmline.security.model import Session
from warmline.security.sessions import Sessions
from warmline.web.auth import from_here

log = structlog.get_logger()

SIGNED_OUT, FORBIDDEN, TOO_FAST, MALFORMED = 4401, 4403, 4429, 4400
GOING_AWAY = 1001
CHECK_EVERY_S = 30.0
"""How often a session is looked at again; its end in this process is told at once."""
CLOSE_WITHIN_S = 2.0
AGAIN_AFTER_S = 1.0
FRAME_LIMIT_CHARS = 4096
FRAMES_LIMIT, FRAMES_WINDOW_MS = 200, 10_000
SOCKETS_PER_USER = 30


class _Frame(msgspec.Struct, forbid_unknown_fields=True):
    """What a screen sends: `typing` with its fields, or `ping`."""

    type: str
    interaction: str | None = None
    on: bool | None = None


_decode = msgspec.json.Decoder(_Frame).decode


class AgentsAtScreens:
    """Tells the center when the first screen of an agent comes and the last one goes.

    One task for each agent, so that coming and going stay in order, also when storage fails.
    """

    def __init__(self, submit: Submit, state: State) -> None:
        self._submit = submit
        self._state = state
        self._screens: Counter[AgentId] = Counter()
        self._settling: dict[AgentId, asyncio.Task[None]] = {}

    def come(self, agent: AgentId) -> None:
        """One more screen shows this agent's work."""
        self._screens[agent] += 1
        self._settle(agent)

    def go(self, agent: AgentId) -> None:
        """One screen less."""
        self._screens[agent] -= 1
        if not self._screens[agent]:
            del self._screens[agent]
        self._settle(agent)

    async def settled(self) -> None:
        """Returns when the center knows of everybody."""
        while tasks := list(self._settling.values()):
            await asyncio.gather(*tasks)

    def _settle(self, agent: AgentId) -> None:
        if agent not in self._settling:
            self._settling[agent] = asyncio.create_task(self._agree(agent))

    async def _agree(self, agent: AgentId) -> None:
        try:
            while (command := self._missing(agent)) is not None:
                try:
                    await self._submit(command)
                except (Unavailable, Busy):
                    await asyncio.sleep(AGAIN_AFTER_S)
                except Rejected as refusal:  # removed meanwhile
                    log.warning("agent_not_told", agent=agent, code=refusal.code)
                    return
        finally:
            del self._settling[agent]

    def _missing(self, agent: AgentId) -> Command | None:
        """The command that the center has not been given yet."""
        known = self._state.center().agents.get(agent)
        here = self._screens[agent] > 0
        if known is None or known.connected is here:
            return None
        kind = ConnectAgent if here else DisconnectAgent
        return kind(id=CommandId(str(uuid.uuid4())), agent=agent)


@dataclass(slots=True, kw_only=True)
class LiveDoor:
    """What every live socket needs."""

    url: str
    clock: Clock
    state: State
    signals: Signals
    sessions: Sessions
    at_screens: AgentsAtScreens
    feed: LiveFeed | None = None
    """There is one only while the center runs."""
    open: Counter[str] = field(default_factory=Counter[str])

    @asynccontextmanager
    async def opened(self, engine: Engine) -> AsyncGenerator[None]:
        """Sockets are served inside the block, in which the engine runs."""
        self.feed = LiveFeed(engine, self.clock, self.signals)
        try:
            yield
        finally:
            feed, self.feed = self.feed, None
            feed.stop()
            await self.at_screens.settled()


def live_routes(door: LiveDoor) -> APIRouter:
    """`/ws/live`."""
    routes = APIRouter()

    @routes.websocket("/ws/live")
    async def live(
        socket: WebSocket, since: Annotated[int | None, Query(ge=0, le=2**53)] = None
    ) -> None:
        if not from_here(socket, door.url):
            await socket.close(FORBIDDEN)
            return
        await socket.accept()
        token = token_of(socket.cookies)
        session = await door.sessions.find(token) if token else None
        if token is None or session is None:
            await _close(socket, SIGNED_OUT)
            return
        scope = _scope(session)
        if door.feed is None or isinstance(scope, _Nothing):
            await _close(socket, GOING_AWAY if door.feed is None else FORBIDDEN)
            return
        if door.open[session.user.id] >= SOCKETS_PER_USER:
            await _close(socket, TOO_FAST)
            return
        screen = door.feed.connect(scope=scope, me=session.user.agent, since=since)
        door.open[session.user.id] += 1
        try:
            await _Visit(door, socket, session, token, screen).run()
        finally:
            screen.close()
            door.open[session.user.id] -= 1

    return routes


class _Nothing:
    """The scope of who may see neither work of their own nor everything."""


def _scope(session: Session) -> Scope | _Nothing:
    actor = session.user.actor
    if has(actor, Right.READ_ALL):
        return None
    if has(actor, Right.WORK) and actor.agent is not None:
        return actor.agent
    return _Nothing()


async def _close(socket: WebSocket, code: int) -> None:
    # A screen that reads nothing would not read our goodbye either: do not wait for it long.
    with suppress(WebSocketDisconnect, RuntimeError, TimeoutError):
        async with asyncio.timeout(CLOSE_WITHIN_S):
            await socket.close(code)


@dataclass(slots=True)
class _Visit:
    """One connected screen, until either side goes."""

    door: LiveDoor
    socket: WebSocket
    session: Session
    token: str
    screen: Screen
    times: deque[Millis] = field(default_factory=deque[Millis])

    async def run(self) -> None:
        """Send, receive and watch the session; whichever ends first ends the others."""
        agent = self.session.user.agent
        ended = asyncio.Event()
        stop = self.door.sessions.listen(
            lambda session_id: ended.set() if session_id == self.session.id else None
        )
        if agent is not None:
            self.door.at_screens.come(agent)
        deeds: list[asyncio.Task[int | None]] = [
            asyncio.create_task(self._send()),
            asyncio.create_task(self._receive()),
            asyncio.create_task(self._watch(ended)),
        ]
        try:
            await asyncio.wait(deeds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stop()
            if agent is not None:
                self.door.at_screens.go(agent)
            for deed in deeds:
                deed.cancel()
            results = await asyncio.gather(*deeds, return_exceptions=True)
        await self._end(results)

    async def _end(self, results: list[int | BaseException | None]) -> None:
        for result in results:
            if isinstance(result, int):
                await _close(self.socket, result)
                return
        for result in results:
            # The line was cut while we sent: the other side is gone, which is no fault.
            cut = isinstance(result, WebSocketDisconnect | RuntimeError | asyncio.CancelledError)
            if isinstance(result, BaseException) and not cut:
                raise result

    async def _send(self) -> int:
        async for frame in self.screen:
            await self.socket.send_text(frame)
        return GOING_AWAY

    async def _watch(self, ended: asyncio.Event) -> int:
        """Returns when the session is over, by whatever rule."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(CHECK_EVERY_S):
                    await ended.wait()
                    return SIGNED_OUT
            if await self.door.sessions.find(self.token) is None:
                return SIGNED_OUT

    async def _receive(self) -> int | None:
        while True:
            message = await self.socket.receive()
            if message["type"] == "websocket.disconnect":
                return None
            frame = _read(message)
            if frame is None:
                return MALFORMED
            if self._is_too_fast():
                return TOO_FAST
            if frame.type == "ping":
                await self.socket.send_text(pong_frame(self.door.clock.now()))
            else:
                self._typing(frame)

    def _is_too_fast(self) -> bool:
        now = self.door.clock.now()
        self.times.append(now)
        while self.times[0] <= now - FRAMES_WINDOW_MS:
            self.times.popleft()
        return len(self.times) > FRAMES_LIMIT

    def _typing(self, frame: _Frame) -> None:
        """Tell the customer, when it is this agent who talks to them."""
        interaction = InteractionId(frame.interaction or "")
        known = self.door.state.center().interactions.get(interaction)
        agent = self.session.user.agent
        if known is None or agent is None or known.agent != agent:
            return
        self.door.signals.send(
            Signal(
                name="typing",
                interaction=interaction,
                facts={"party": Party.AGENT.value, "on": bool(frame.on)},
                agents=frozenset(),
            )
        )


def _read(message: Mapping[str, object]) -> _Frame | None:
    """A frame that we understand, else None."""
    text = message.get("text")
    if not isinstance(text, str) or len(text) > FRAME_LIMIT_CHARS:
        return None
    try:
        frame = _decode(text)
    except (msgspec.DecodeError, UnicodeError):
        return None
    is_typing = frame.type == "typing" and frame.interaction is not None and frame.on is not None
    return frame if is_typing or frame.type == "ping" else None
