"""The lines from agents' pages to Asterisk's SIP door: kept over a reload, cut with the session."""

import asyncio
import re
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field

import structlog
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidHandshake, WebSocketException
from websockets.typing import Subprotocol

from warmline.channels.asterisk.ari import NotThere
from warmline.channels.asterisk.words import BROWSER
from warmline.core.words import SECOND, AgentId, Millis

SIP = Subprotocol("sip")
MESSAGE_LIMIT_BYTES = 64 * 1024
"""Of one SIP message; those of a page are some 4 kB."""
WAITING_MESSAGES = 32
"""What may wait for a page that is away for a moment."""
LOST_AFTER_MS: Millis = 10 * SECOND
"""So long a page may be away, as while it is loaded again, before its talk counts as lost."""
OPEN_WITHIN_S = 5.0
HEARTBEAT_S = 20.0
LINES_LIMIT = 2_000

_LINE = re.ASCII | re.IGNORECASE | re.MULTILINE
_REGISTERED = re.compile(r"^SIP/2\.0 200 ", re.ASCII)
_FINAL = re.compile(r"^SIP/2\.0 [2-6]\d\d ", re.ASCII)
_OF_REGISTER = re.compile(r"^CSeq:\s*\d+ REGISTER\s*$", _LINE)
_CONTACT = re.compile(r"^(Contact|m)\s*:", _LINE)
_CALL_ID = re.compile(r"^(?:Call-ID|i)\s*:\s*(\S+)", _LINE)
_FROM = re.compile(r"^(?:From|f)\s*:[^\n]*?<sips?:([^@>;]+)@", _LINE)
_IN_DIALOG = re.compile(r"^(?:To|t)\s*:[^\n]*;\s*tag=", _LINE)

log = structlog.get_logger()

Send = Callable[[str], Awaitable[None]]
"""Sends a message to a page; raises when the page is gone."""


class Elsewhere(Exception):
    """Another window of the agent rings or talks: that one keeps the line."""


EMPTY_LINES = ("\r\n", "\r\n\r\n")


def may_say(text: str, agent: AgentId) -> bool:
    r"""Whether a page of this agent may send a message: it registers as itself, and answers.

    Empty lines are answers too: by them Asterisk asks whether somebody is there (RFC 5626).

    All else belongs to a call that Asterisk has sent it; none begins here.

    >>> may_say("SIP/2.0 180 Ringing\r\n", AgentId("anna"))
    True
    >>> register = "REGISTER sip:a SIP/2.0\r\nFrom: <sip:{}@a>;tag=1\r\nTo: <sip:b@a>\r\n"
    >>> [may_say(register.format(who), AgentId("anna")) for who in ("anna~web", "eva~web")]
    [True, False]
    >>> invite = "INVITE sip:b@a SIP/2.0\r\nFrom: <sip:x@a>;tag=1\r\nTo: <sip:b@a>{}\r\n"
    >>> [may_say(invite.format(tag), AgentId("anna")) for tag in ("", ";tag=2")]
    [False, True]
    """
    if text in EMPTY_LINES:
        return True
    head = text.partition("\r\n\r\n")[0]
    if head.startswith("SIP/2.0 "):
        return True
    if not head.startswith("REGISTER "):
        return _IN_DIALOG.search(head) is not None
    found = _FROM.search(head)
    return found is not None and found[1] == BROWSER.format(agent=agent)


@dataclass(slots=True, eq=False, kw_only=True)
class Line:
    """One page's way to Asterisk."""

    agent: AgentId
    window: str
    """The same before and after a reload."""
    page: str
    """Another one after a reload."""
    wire: ClientConnection
    send: Send | None = None
    """To its page; None while that is away."""
    cut: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the socket of its page is to be closed."""
    before: "Line | None" = None
    """What the page had before it was loaded anew."""
    reader: "asyncio.Task[None] | None" = None
    going: asyncio.TimerHandle | None = None
    ringing: dict[str, str] = field(default_factory=dict[str, str])
    """The calls that the page has not answered yet, by Call-ID, as Asterisk sent them."""
    waiting: deque[str] = field(default_factory=lambda: deque[str](maxlen=WAITING_MESSAGES))


class Lines:
    """The lines of all agents: one for each."""

    def __init__(
        self,
        url: str,
        *,
        busy: Callable[[AgentId], bool],
        lost: Callable[[AgentId], None],
        registered: Callable[[AgentId], None],
        left: Callable[[AgentId], None],
        lost_after_ms: Millis = LOST_AFTER_MS,
    ) -> None:
        self._url = url
        self._busy, self._lost = busy, lost
        self._registered, self._left = registered, left
        self._lost_after_ms = lost_after_ms
        self._lines: dict[AgentId, Line] = {}
        self._ending: set[asyncio.Task[None]] = set()

    async def take(self, agent: AgentId, window: str, page: str, send: Send) -> Line:
        """The line of a page: the one it had, or a new one; the page before is cut off.

        Raises `Elsewhere` while another window rings or talks, `NotThere` without an Asterisk.
        """
        old = self._lines.get(agent)
        if old is not None and old.page == page and old.reader and not old.reader.done():
            old.cut.set()  # a socket of this page that has not noticed its own end
            old.cut = asyncio.Event()
            await self._attach(old, send)
            return old
        if old is not None and old.window != window and old.send and self._busy(agent):
            raise Elsewhere
        if len(self._lines) >= LINES_LIMIT:
            raise NotThere("too many lines")
        line = Line(agent=agent, window=window, page=page, wire=await self._open())
        old = self._lines.get(agent)  # it took a moment
        self._lines[agent] = line
        if old is not None:
            self._stop_timer(old)
            old.cut.set()
            if self._busy(agent):
                # Asterisk must not see it go before the new one is known: it would hang up.
                line.before = old
            else:
                self._end(old)
        line.reader = asyncio.create_task(self._read(line))
        await self._attach(line, send)
        return line

    async def say(self, line: Line, text: str) -> None:
        """Pass on what a page says; `NotThere` when Asterisk is gone."""
        if _FINAL.match(text):
            line.ringing.pop(_call_id(text), None)
        try:
            await line.wire.send(text)
        except WebSocketException as error:
            raise NotThere(type(error).__name__) from error

    def went(self, line: Line, send: Send) -> None:
        """A page is gone; it may come back."""
        if line.send is not send:
            return
        line.send = None
        if self._lines.get(line.agent) is line:
            loop = asyncio.get_running_loop()
            line.going = loop.call_later(self._lost_after_ms / SECOND, self._gone, line)

    def cut(self, agent: AgentId) -> None:
        """An agent has no line any more."""
        line = self._lines.pop(agent, None)
        if line is not None:
            self._gone(line)

    async def close(self) -> None:
        """Nobody has one."""
        for agent in list(self._lines):
            self._end(self._lines.pop(agent))
            self._left(agent)
        await asyncio.gather(*self._ending)

    async def _open(self) -> ClientConnection:
        try:
            return await connect(
                self._url,
                subprotocols=[SIP],
                open_timeout=OPEN_WITHIN_S,
                close_timeout=1,
                ping_interval=HEARTBEAT_S,
                ping_timeout=HEARTBEAT_S,
                max_size=MESSAGE_LIMIT_BYTES,
                compression=None,
                proxy=None,
            )
        except (OSError, TimeoutError, InvalidHandshake, WebSocketException) as error:
            raise NotThere(type(error).__name__) from error

    async def _attach(self, line: Line, send: Send) -> None:
        self._stop_timer(line)
        line.send = send
        while line.waiting and line.send is send:
            await send(line.waiting.popleft())

    async def _read(self, line: Line) -> None:
        """What Asterisk says goes to the page, until either is gone."""
        try:
            async for text in line.wire:
                if not isinstance(text, str):
                    continue
                _follow(line, text)
                await self._pass_on(line, text)
                if _is_registered(text):
                    await self._stands(line)
        except WebSocketException as error:
            log.info("sip_line_lost", agent=line.agent, cause=type(error).__name__)
        finally:
            line.cut.set()

    async def _stands(self, line: Line) -> None:
        before, line.before = line.before, None
        if before is not None:
            if before.page != line.page:
                self._lost(line.agent)
            if before.window == line.window:
                # What rang there rings here: the loaded page goes by the same name.
                for invite in before.ringing.values():
                    _follow(line, invite)
                    await self._pass_on(line, invite)
            self._end(before)
        self._registered(line.agent)

    async def _pass_on(self, line: Line, text: str) -> None:
        if line.send is not None:
            try:
                await line.send(text)
            except (RuntimeError, OSError):
                pass  # its socket is just being closed: it may come back for this
            else:
                return
        line.waiting.append(text)

    def _gone(self, line: Line) -> None:
        """The page did not come back: what it talked is lost."""
        if self._lines.get(line.agent) in {line, None}:
            self._lines.pop(line.agent, None)
            self._left(line.agent)
        self._lost(line.agent)
        self._end(line)

    def _end(self, line: Line) -> None:
        line.cut.set()
        self._stop_timer(line)
        ending = asyncio.get_running_loop().create_task(self._close(line))
        self._ending.add(ending)
        ending.add_done_callback(self._ending.discard)

    async def _close(self, line: Line) -> None:
        if line.before is not None:
            await self._close(line.before)
        if line.reader is not None:
            line.reader.cancel()
        with suppress(WebSocketException, OSError):
            await line.wire.close()

    def _stop_timer(self, line: Line) -> None:
        if line.going is not None:
            line.going.cancel()
            line.going = None


def _follow(line: Line, text: str) -> None:
    """Remember which calls ring at a page."""
    if text.startswith("INVITE ") and not _IN_DIALOG.search(text):
        line.ringing[_call_id(text)] = text
    elif text.startswith("CANCEL "):
        line.ringing.pop(_call_id(text), None)


def _call_id(text: str) -> str:
    found = _CALL_ID.search(text)
    return found[1] if found is not None else ""


def _is_registered(text: str) -> bool:
    """Asterisk's word that a phone is known now; without a contact it is that it is not."""
    head = text.partition("\r\n\r\n")[0]
    return bool(_REGISTERED.match(head) and _OF_REGISTER.search(head) and _CONTACT.search(head))
