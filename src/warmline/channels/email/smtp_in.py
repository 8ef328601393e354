"""The SMTP door: takes mail for our addresses and answers 250 only when it is durable."""

import asyncio
import logging
import re
from collections import Counter, OrderedDict
from collections.abc import Awaitable, Callable
from typing import Protocol, cast

import structlog
from aiosmtpd.smtp import (
    SMTP,
    Envelope,
    Session,
    syntax,  # pyright: ignore[reportUnknownVariableType] - it has no types
)

from warmline.channels.email.mail import Limits, Refused
from warmline.channels.email.mailboxes import Mailbox
from warmline.channels.email.reading import Delivery
from warmline.channels.email.receive import Postponed
from warmline.core.words import MINUTE, Instant
from warmline.ports import Busy, Clock, Unavailable

log = structlog.get_logger()

CONNECTIONS = 200
CONNECTIONS_PER_PEER = 50
MAILS_PER_MINUTE = 1_200
"""Of one peer; a relay in front of us is one peer too."""
PEERS_KEPT = 10_000
RECIPIENTS = 100
IDLE_S = 120.0
LINE_LIMIT_BYTES = 64 * 1024
COMMAND_LIMIT = 2_000
"""Commands of one kind in one connection."""
HOST_NAME = "warmline"
_DOT = b"\r\n.\r\n"
_STUFFED = re.compile(rb"(^|\r\n)\.")

# It writes every command at INFO, and with it people's addresses.
logging.getLogger("mail.log").setLevel(logging.ERROR)


class Door(Protocol):
    """What stands behind the SMTP door."""

    async def mailboxes_of(self, address: str) -> Mailbox | None:
        """The mailbox that mail to an address belongs to."""
        ...

    async def take(self, mailbox: Mailbox, delivery: Delivery) -> object:
        """Deal with one mail; durable when it returns."""
        ...


class Peers:
    """How many connections and mails there are, in all and per peer."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.open: Counter[str] = Counter()
        self._mails: OrderedDict[str, tuple[Instant, int]] = OrderedDict()

    def enter(self, peer: str) -> bool:
        """One more connection; False when there are too many."""
        if self.open.total() >= CONNECTIONS or self.open[peer] >= CONNECTIONS_PER_PEER:
            return False
        self.open[peer] += 1
        return True

    def leave(self, peer: str) -> None:
        """One connection less."""
        self.open[peer] -= 1
        if self.open[peer] <= 0:
            del self.open[peer]

    def mail(self, peer: str) -> bool:
        """One more mail; False when it is too many within a minute."""
        now = self._clock.now()
        since, count = self._mails.pop(peer, (now, 0))
        if now - since >= MINUTE:
            since, count = now, 0
        self._mails[peer] = (since, count + 1)
        while len(self._mails) > PEERS_KEPT:
            self._mails.popitem(last=False)
        return count < MAILS_PER_MINUTE


class Conversation(SMTP):
    """One SMTP connection. DATA is read in one piece: the library keeps an object for each line."""

    line_length_limit = LINE_LIMIT_BYTES

    def __init__(self, behind: "Behind", *, limit_bytes: int) -> None:
        super().__init__(
            behind,
            data_size_limit=limit_bytes,
            enable_SMTPUTF8=True,
            hostname=HOST_NAME,
            ident="ESMTP",
            timeout=IDLE_S,
            command_call_limit=COMMAND_LIMIT,
            loop=asyncio.get_running_loop(),
        )
        self._behind = behind
        self._peer: str | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Let the peer in, unless there are too many."""
        peer = _host(transport.get_extra_info("peername"))
        if not self._behind.peers.enter(peer):
            if isinstance(transport, asyncio.WriteTransport):
                transport.write(b"421 4.7.0 too many connections, come back later\r\n")
            transport.close()
            self._refused = True
            return
        self._refused = False
        self._peer = peer
        self._behind.connections.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        """The peer has gone."""
        if self._peer is None:
            return
        self._behind.connections.discard(self)
        self._behind.peers.leave(self._peer)
        super().connection_lost(error)

    def data_received(self, data: bytes) -> None:
        """What a peer sends whom we did not let in is not read."""
        if not self._refused:
            super().data_received(data)

    def eof_received(self) -> bool | None:
        """The peer says no more."""
        return False if self._refused else super().eof_received()

    @syntax("DATA")
    async def smtp_DATA(self, arg: str | None) -> None:  # noqa: N802 - aiosmtpd finds it by this name
        """The mail itself, up to the limit; the rest of a larger one is read and forgotten."""
        if await self.check_helo_needed():
            return
        if self.envelope is None or not self.envelope.rcpt_tos:
            await self.push("503 5.5.1 need RCPT command")
            return
        if arg:
            await self.push("501 5.5.4 syntax: DATA")
            return
        await self.push("354 End data with <CR><LF>.<CR><LF>")
        content = await self._content()
        if content is None:
            status = f"552 5.3.4 the mail is over {self.data_size_limit} bytes"
        else:
            self.envelope.content = content
            status = await self._behind.take(self._peer or "", self.envelope)
        self._set_post_data_state()
        await self.push(status)

    async def _content(self) -> bytes | None:
        """The mail without its end mark and stuffed dots, None when it is too large."""
        limit = self.data_size_limit or 0
        kept = bytearray()
        tail = b"\r\n"
        too_large = False
        while True:
            try:
                piece = await self._reader.readuntil(b".\r\n")
            except asyncio.LimitOverrunError as error:
                piece = await self._reader.read(error.consumed)
            except asyncio.IncompleteReadError as error:
                raise ConnectionResetError("the peer left within a mail") from error
            tail = (tail + piece)[-len(_DOT) :]
            too_large = too_large or len(kept) + len(piece) > limit + len(_DOT)
            if not too_large:
                kept += piece
            if tail == _DOT:
                break
        if too_large:
            return None
        return _STUFFED.sub(rb"\1", bytes(kept[: -len(b".\r\n")]))


class Behind:
    """Answers RCPT and DATA for every connection of the door."""

    def __init__(self, door: Door, peers: Peers) -> None:
        self._door = door
        self.peers = peers
        self.connections: set[Conversation] = set()

    async def handle_RCPT(  # noqa: N802 - aiosmtpd finds it by this name
        self,
        server: SMTP,  # noqa: ARG002 - given by aiosmtpd
        session: Session,  # noqa: ARG002 - given by aiosmtpd
        envelope: Envelope,
        address: str,
        rcpt_options: list[str],
    ) -> str:
        """The answer to RCPT TO: only our own addresses."""
        if len(envelope.rcpt_tos) >= RECIPIENTS:
            return "452 4.5.3 too many recipients"
        try:
            mailbox = await self._door.mailboxes_of(address)
        except (Busy, Unavailable):
            return "451 4.3.0 cannot look up addresses now, try again"
        if mailbox is None:
            return "550 5.1.1 no such mailbox here"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(rcpt_options)
        return "250 2.1.5 fine"

    async def take(self, peer: str, envelope: Envelope) -> str:
        """The answer to the end of DATA."""
        if not self.peers.mail(peer):
            return "450 4.7.1 too many mails in a minute, try again later"
        content = envelope.content
        assert isinstance(content, bytes), "we do not decode"
        delivery = Delivery(
            raw=content, sender=envelope.mail_from or "", recipients=tuple(envelope.rcpt_tos)
        )
        return await answer(lambda: self._all(delivery))

    async def handle_exception(self, error: Exception) -> str:
        """What nobody expected: the peer keeps the mail and tries again."""
        log.error("smtp_in_failed", kind=type(error).__name__, exc_info=error)
        return "451 4.3.0 something went wrong here, try again"

    async def _all(self, delivery: Delivery) -> None:
        """Once for each mailbox among the recipients."""
        found: dict[str, Mailbox] = {}
        for address in delivery.recipients:
            mailbox = await self._door.mailboxes_of(address)
            if mailbox is not None:
                found.setdefault(mailbox.id, mailbox)
        if not found:
            raise Postponed("no_mailbox")
        for mailbox in found.values():
            await self._door.take(mailbox, delivery)


async def answer(deed: Callable[[], Awaitable[None]]) -> str:
    """The SMTP answer for what came of a mail."""
    try:
        await deed()
    except Refused as refusal:
        log.warning("mail_refused", code=refusal.code)
        status = "552 5.3.4" if refusal.code == "too_large" else "554 5.6.0"
        return f"{status} {refusal.message}"
    except Postponed as delay:
        return f"451 4.3.2 not now ({delay.code}), try again later"
    except Busy as busy:
        return f"451 4.3.2 too busy, try again in {busy.retry_after_s} s"
    except Unavailable as failure:
        log.warning("mail_not_kept", exc_info=failure)
        return "451 4.3.0 cannot keep the mail now, try again later"
    return "250 2.0.0 kept"


class SmtpDoor:
    """The listening socket of the door."""

    def __init__(self, door: Door, *, host: str, port: int, limits: Limits, clock: Clock) -> None:
        self._behind = Behind(door, Peers(clock))
        self._host = host
        self._port = port
        self._limits = limits
        self._server: asyncio.Server | None = None

    @property
    def port(self) -> int | None:
        """The port where it listens, None when it does not."""
        if self._server is None or not self._server.sockets:
            return None
        return self._server.sockets[0].getsockname()[1]

    async def open(self) -> None:
        """Listen; `OSError` when the port is taken."""
        loop = asyncio.get_running_loop()
        limit = self._limits.mail_bytes
        self._server = await loop.create_server(
            lambda: Conversation(self._behind, limit_bytes=limit), self._host, self._port
        )
        log.info("smtp_in_open", port=self.port)

    async def close(self) -> None:
        """Listen no more, and cut who is inside; what was not answered is sent again."""
        if self._server is None:
            return
        self._server.close()
        for connection in list(self._behind.connections):
            transport = connection.transport
            if isinstance(transport, asyncio.WriteTransport):
                transport.abort()
        await self._server.wait_closed()
        self._server = None


def _host(peer: object) -> str:
    return str(cast("tuple[object, ...]", peer)[0]) if isinstance(peer, tuple) and peer else ""
