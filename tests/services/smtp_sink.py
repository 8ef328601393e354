"""A real SMTP server that keeps what it gets and can be told to misbehave: the relay of the tests."""

import asyncio
import ssl
import threading
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import TypeVar

from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.services.ports import LOOPBACK, free_port

TAKEN = "250 2.0.0 taken"
LATER = "451 4.3.0 try again later"
NEVER = "550 5.1.1 no such mailbox"
LIMIT_BYTES = 50 * 1024 * 1024
LONGEST_WAIT_S = 20.0
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenMail:
    """One mail that was acknowledged to its sender."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes
    encrypted: bool = False
    """Whether it came after STARTTLS."""

    @property
    def message(self) -> EmailMessage:
        """The mail parsed by the standard library."""
        return message_from_bytes(self.content, _class=EmailMessage, policy=policy.default)


class SmtpSink:
    """An SMTP server at `host`:`port`. Its answers can be switched at any moment, also between mails.

    `replies` answers the end of DATA, `recipient_reply` each RCPT TO, `delay_s` slows DATA down,
    `go_down` closes the door and `come_up` opens it again on the same port.
    """

    host = LOOPBACK

    def __init__(self, tls: ssl.SSLContext | None = None, *, implicit: bool = False) -> None:
        self._starttls = None if implicit else tls
        self._implicit = tls if implicit else None
        self.port = free_port()
        self.reply = TAKEN
        self.recipient_reply: str | None = None
        self.delay_s = 0.0
        self.attempts = 0
        self._taken: list[TakenMail] = []
        self._changed = threading.Condition()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(
            target=self._loop.run_forever, name="smtp-sink", daemon=True
        )
        self._server: asyncio.Server | None = None
        self._sessions: set[asyncio.BaseTransport] = set()

    @property
    def mails(self) -> list[TakenMail]:
        """What was acknowledged so far, the oldest first."""
        with self._changed:
            return list(self._taken)

    def wait_for_mails(self, count: int, *, deadline_s: float = LONGEST_WAIT_S) -> list[TakenMail]:
        """At least `count` mails, or a TimeoutError that says how many came."""
        return self._wait(lambda: len(self._taken) >= count, f"{count} mails", deadline_s)

    def wait_for_attempts(
        self, count: int, *, deadline_s: float = LONGEST_WAIT_S
    ) -> list[TakenMail]:
        """At least `count` tries to hand over a mail, whatever the answer was."""
        return self._wait(lambda: self.attempts >= count, f"{count} attempts", deadline_s)

    def start(self) -> None:
        """Listens when it returns."""
        self._thread.start()
        self.come_up()

    def stop(self) -> None:
        """The port is closed and the thread has ended when it returns."""
        self.go_down()
        self._run(self._settle)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=10)
        self._loop.close()

    def come_up(self) -> None:
        """Opens the door; on the very first time on a fresh port."""
        if self._server is None:
            self._server = self._run(self._listen)

    def go_down(self) -> None:
        """Closes the door and cuts whoever is inside."""
        if self._server is not None:
            self._run(self._close)
            self._server = None

    async def handle_RCPT(  # noqa: N802 - aiosmtpd finds it by this name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """The answer to RCPT TO."""
        if self.recipient_reply is not None:
            with self._changed:
                self.attempts += 1
                self._changed.notify_all()
            return self.recipient_reply
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 fine"

    async def handle_DATA(  # noqa: N802 - aiosmtpd finds it by this name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """The answer to the end of DATA; only an acknowledged mail is kept."""
        await asyncio.sleep(self.delay_s)
        with self._changed:
            self.attempts += 1
            if self.reply.startswith("2"):
                self._taken.append(as_taken(envelope, encrypted=session.ssl is not None))
            self._changed.notify_all()
        return self.reply

    def _wait(self, met: Callable[[], bool], what: str, deadline_s: float) -> list[TakenMail]:
        with self._changed:
            if not self._changed.wait_for(met, deadline_s):
                came = f"{len(self._taken)} mails, {self.attempts} attempts"
                raise TimeoutError(
                    f"{what} did not come within {deadline_s:g} s; there were {came}"
                )
            return list(self._taken)

    def _run(self, deed: Callable[[], Awaitable[Answer]]) -> Answer:
        async def done() -> Answer:
            return await deed()

        return asyncio.run_coroutine_threadsafe(done(), self._loop).result(timeout=10)

    async def _listen(self) -> asyncio.Server:
        return await self._loop.create_server(
            self._session, self.host, self.port, ssl=self._implicit
        )

    def _session(self) -> SMTP:
        session = RememberedSession(
            self,
            data_size_limit=LIMIT_BYTES,
            enable_SMTPUTF8=True,
            hostname="sink.warmline.test",
            tls_context=self._starttls,
        )
        session.remember_in(self._sessions)
        return session

    async def _close(self) -> None:
        assert self._server is not None
        self._server.close()
        self._cut()
        await self._server.wait_closed()

    def _cut(self) -> None:
        for transport in list(self._sessions):
            if isinstance(transport, asyncio.WriteTransport):
                transport.abort()

    async def _settle(self) -> None:
        # Whoever was being let in while the door closed is inside a few turns later: cut too.
        for _ in range(5):
            await asyncio.sleep(0)
            self._cut()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        # One more turn of the loop, in which the cut connections say that they are lost.
        await asyncio.sleep(0)


class RememberedSession(SMTP):
    """A session that can be cut from outside, as when the server's machine goes away."""

    def remember_in(self, sessions: set[asyncio.BaseTransport]) -> None:
        """Where its connection is listed while it lives."""
        self._open_sessions = sessions

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Enters the connection in the list."""
        self._open_sessions.add(transport)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        """Takes the connection off the list."""
        self._open_sessions.discard(self.transport)
        super().connection_lost(error)


def as_taken(envelope: Envelope, *, encrypted: bool = False) -> TakenMail:
    """The envelope as a fact."""
    content = envelope.content or b""
    return TakenMail(
        sender=envelope.mail_from or "",
        recipients=tuple(envelope.rcpt_tos),
        content=content if isinstance(content, bytes) else content.encode(),
        encrypted=encrypted,
    )


@contextmanager
def running_smtp_sink(
    tls: ssl.SSLContext | None = None, *, implicit: bool = False
) -> Generator[SmtpSink]:
    """A started sink, stopped afterwards; with `tls` it offers STARTTLS, or speaks TLS at once."""
    sink = SmtpSink(tls, implicit=implicit)
    sink.start()
    try:
        yield sink
    finally:
        sink.stop()
