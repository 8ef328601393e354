"""Where the center's mail arrives in the demonstration: an SMTP server that is every customer's."""

import asyncio
import logging
import socket
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parseaddr

from aiosmtpd.smtp import SMTP, Envelope, Session

from warmline.core.words import Instant
from warmline.ports import Clock

LIMIT_BYTES = 30 * 1024 * 1024
KEPT_PER_ADDRESS = 20
ADDRESSES_KEPT = 2_000
TEXT_LIMIT_CHARS = 20_000
TAKEN = "250 2.0.0 taken"

# It writes every command at INFO, and with it people's addresses.
logging.getLogger("mail.log").setLevel(logging.ERROR)


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A mail that arrived for one address; `text` is its plain part."""

    at: Instant
    to: str
    sender: str
    reply_to: str
    subject: str
    text: str
    message_id: str
    in_reply_to: str
    references: str


Listener = Callable[[Letter], None]


class Sink:
    """Takes every mail, remembers the last ones of each address, and tells who listens."""

    def __init__(self, listening: socket.socket, clock: Clock) -> None:
        self._socket = listening
        self._clock = clock
        self._letters: OrderedDict[str, deque[Letter]] = OrderedDict()
        self._listeners: list[Listener] = []
        self._server: asyncio.Server | None = None

    @property
    def port(self) -> int:
        """Where it listens."""
        return self._socket.getsockname()[1]

    def listen(self, listener: Listener) -> None:
        """Tell `listener` of every letter."""
        self._listeners.append(listener)

    def letters(self, address: str) -> Sequence[Letter]:
        """The last letters of an address, the newest first."""
        return list(reversed(self._letters.get(address.casefold(), ())))

    async def open(self) -> None:
        """Mail is taken from now on."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: SMTP(
                self,
                data_size_limit=LIMIT_BYTES,
                enable_SMTPUTF8=True,
                hostname="customers.example",
                loop=loop,
            ),
            sock=self._socket,
        )

    async def close(self) -> None:
        """Mail is taken no more."""
        if self._server is not None:
            self._server.close()
            self._server = None

    async def handle_DATA(  # noqa: N802 - aiosmtpd finds it by this name
        self,
        server: SMTP,  # noqa: ARG002
        session: Session,  # noqa: ARG002
        envelope: Envelope,
    ) -> str:
        """One mail for one or several addresses."""
        content = envelope.content or b""
        mail = message_from_bytes(
            content if isinstance(content, bytes) else content.encode(),
            _class=EmailMessage,
            policy=policy.default,
        )
        for address in envelope.rcpt_tos:
            self._deliver(_letter(mail, address, self._clock.now()))
        return TAKEN

    def _deliver(self, letter: Letter) -> None:
        box = self._letters.setdefault(letter.to, deque(maxlen=KEPT_PER_ADDRESS))
        box.append(letter)
        self._letters.move_to_end(letter.to)
        while len(self._letters) > ADDRESSES_KEPT:
            self._letters.popitem(last=False)
        for listener in self._listeners:
            listener(letter)


def _letter(mail: EmailMessage, address: str, at: Instant) -> Letter:
    sender = str(mail.get("From", ""))
    return Letter(
        at=at,
        to=address.casefold(),
        sender=sender,
        reply_to=parseaddr(str(mail.get("Reply-To", "")) or sender)[1],
        subject=str(mail.get("Subject", "")),
        text=_plain(mail)[:TEXT_LIMIT_CHARS],
        message_id=str(mail.get("Message-ID", "")).strip(),
        in_reply_to=str(mail.get("In-Reply-To", "")).strip(),
        references=str(mail.get("References", "")).strip(),
    )


def _plain(mail: EmailMessage) -> str:
    part = mail.get_body(preferencelist=("plain",))
    if part is None:
        return ""
    try:
        return str(part.get_content())
    except (LookupError, UnicodeError):
        return ""
