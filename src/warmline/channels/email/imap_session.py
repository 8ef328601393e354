"""One signed-in IMAP connection to one folder: what fetching needs, each step with a time-out."""

import asyncio
import logging
import re
import ssl
from collections.abc import AsyncGenerator, Awaitable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import aioimaplib

from warmline.channels.email import trust
from warmline.channels.email.mailboxes import Imap

STEP_S = 30.0
FETCH_S = 180.0
REFUSED_FLAG = "$WarmlineRefused"
_VALIDITY = re.compile(rb"UIDVALIDITY (\d+)")
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")
_UIDS = re.compile(rb"[\d ]+")
_NEWS = re.compile(rb"\bEXISTS\b|\bRECENT\b|stop_wait_server_push")
_Found = TypeVar("_Found")

logging.getLogger("aioimaplib").setLevel(logging.ERROR)


class ImapTrouble(Exception):
    """The mailbox cannot be reached or does not do what is asked; the text is for people."""


@dataclass(slots=True)
class ImapSession:
    """A connection with the folder selected; `validity` tells whether UIDs are still the same."""

    client: Any
    """An `aioimaplib.IMAP4`, which has no types that hold."""
    lost: asyncio.Event
    validity: int = 0
    keywords: bool = False

    @property
    def can_idle(self) -> bool:
        """Whether the server tells by itself when mail comes."""
        return self.client.has_capability("IDLE")

    async def step(self, deed: Awaitable[_Found], *, timeout_s: float = STEP_S) -> _Found:
        """The answer to one step; `ImapTrouble` when the connection is lost or nothing comes."""
        task = asyncio.ensure_future(deed)
        lost = asyncio.ensure_future(self.lost.wait())
        try:
            await asyncio.wait({task, lost}, timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                return task.result()
        finally:
            lost.cancel()
            if not task.done():
                task.cancel()
        raise ImapTrouble(
            "the IMAP server closed the connection"
            if self.lost.is_set()
            else "the IMAP server did not answer in time"
        )

    async def uids(self, criteria: str) -> list[int]:
        """The UIDs of the mails that fit, in order."""
        lines = await self._ask(self.client.uid_search(criteria, charset=None), "search")
        found = [line for line in lines if _UIDS.fullmatch(line)]
        return sorted({int(uid) for line in found for uid in line.split()})

    async def size(self, uid: int) -> int | None:
        """The size of a mail in bytes, None when it is gone."""
        lines = await self._ask(self.client.uid("fetch", str(uid), "(RFC822.SIZE)"), "fetch")
        sizes = [int(found[1]) for line in lines if (found := _SIZE.search(line))]
        return sizes[0] if sizes else None

    async def content(self, uid: int) -> bytes | None:
        """A mail, not marked as seen by that; None when it is gone."""
        fetch = self.client.uid("fetch", str(uid), "(BODY.PEEK[])")
        lines = await self._ask(fetch, "fetch", timeout_s=FETCH_S)
        return next((bytes(line) for line in lines if isinstance(line, bytearray)), None)

    async def mark(self, uid: int, *flags: str) -> None:
        """Set flags on a mail."""
        store = self.client.uid("store", str(uid), "+FLAGS", f"({' '.join(flags)})")
        await self._ask(store, "store")

    async def refuse(self, uid: int) -> None:
        """Mark a mail as one that we did not take."""
        flags = ("\\Flagged", REFUSED_FLAG) if self.keywords else ("\\Flagged",)
        await self.mark(uid, *flags)

    async def wait_for_news(self, *, longest_s: float) -> None:
        """Return when mail has come, or after `longest_s`."""
        idle = await self.step(self.client.idle_start(timeout=longest_s))
        try:
            while True:
                pushed = await self.step(
                    self.client.wait_server_push(longest_s + STEP_S), timeout_s=longest_s + STEP_S
                )
                if any(_NEWS.search(bytes(line)) for line in pushed):
                    return
        finally:
            if self.client.has_pending_idle() and not self.lost.is_set():
                self.client.idle_done()
                with suppress(ImapTrouble):
                    await self.step(asyncio.shield(idle))

    async def _ask(
        self, deed: Awaitable[Any], what: str, *, timeout_s: float = STEP_S
    ) -> Sequence[bytes]:
        answer = await self.step(deed, timeout_s=timeout_s)
        if answer.result != "OK":
            raise ImapTrouble(f"the IMAP server refused to {what}: {_said(answer.lines)}")
        return answer.lines


@asynccontextmanager
async def signed_in(
    imap: Imap, password: str, *, ca_file: Path | None = None
) -> AsyncGenerator[ImapSession]:
    """A session on the folder of `imap`; `ImapTrouble` says in words what does not work."""
    lost = asyncio.Event()
    try:
        context = trust.context(ca_file) if imap.tls == "implicit" else None
    except OSError as error:
        raise ImapTrouble(f"{ca_file} holds no certificates that we can read: {error}") from error
    library: Any = aioimaplib

    def told(_error: Exception | None) -> None:
        lost.set()

    client = library.IMAP4(
        imap.host, imap.port, timeout=STEP_S, conn_lost_cb=told, ssl_context=context
    )
    session = ImapSession(client, lost)
    try:
        await _enter(session, imap, password)
        yield session
        with suppress(ImapTrouble):
            await session.step(client.logout())
    except ssl.SSLError as error:
        raise ImapTrouble(trust.failure(error, imap.host)) from error
    except OSError as error:
        raise ImapTrouble(f"{imap.host}:{imap.port} cannot be reached: {error}") from error
    except aioimaplib.AioImapException as error:
        raise ImapTrouble(f"the IMAP server said something unexpected: {error}") from error
    finally:
        await _leave(client)


async def _enter(session: ImapSession, imap: Imap, password: str) -> None:
    client = session.client
    await session.step(client.wait_hello_from_server())
    answer = await session.step(client.login(_quoted(imap.user), password))
    if answer.result != "OK":
        raise ImapTrouble(
            f"the IMAP server refused the user or the password: {_said(answer.lines)}"
        )
    answer = await session.step(client.select(_quoted(imap.folder)))
    if answer.result != "OK":
        raise ImapTrouble(f"the folder {imap.folder} cannot be opened: {_said(answer.lines)}")
    head = b"\n".join(bytes(line) for line in answer.lines)
    found = _VALIDITY.search(head)
    session.validity = int(found[1]) if found else 0
    session.keywords = b"\\*" in head


async def _leave(client: Any) -> None:
    """Close the connection and end what the library left running."""
    transport = client.protocol.transport
    if transport is not None:
        transport.close()
    # The library has no close(), so what it keeps for itself must be ended from here.
    left: list[asyncio.Future[Any]] = [client._client_task, *client.tasks]  # noqa: SLF001 - see above
    if client._idle_waiter is not None:  # noqa: SLF001 - see above
        client._idle_waiter.cancel()  # noqa: SLF001 - see above
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _said(lines: Sequence[bytes]) -> str:
    return bytes(lines[-1]).decode("utf-8", "replace")[:120] if lines else "no reason given"
