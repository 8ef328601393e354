"""An agent's page as far as SIP goes: it registers by a line of the center, and hears what rings."""

import asyncio
import hashlib
import re
from uuid import uuid4

from tests.services.sip import Message
from warmline.channels.asterisk.browsers import Browsers
from warmline.channels.asterisk.lines import Line
from warmline.channels.asterisk.provision import Grant

WITHIN_S = 10.0
_COPIED = frozenset({"via", "from", "to", "call-id", "cseq"})
WINDOW = "window-of-anna"


class WebPhone:
    """One page; a loaded one is another `WebPhone` with the same window."""

    def __init__(self, browsers: Browsers, grant: Grant, window: str = WINDOW) -> None:
        self._browsers, self._grant, self._window = browsers, grant, window
        self._came: asyncio.Queue[Message] = asyncio.Queue()
        self._call, self._sequence = uuid4().hex, 0
        self._line: Line | None = None

    @property
    def line(self) -> Line:
        """Its way to Asterisk."""
        assert self._line is not None, "the page has not come"
        return self._line

    async def comes(self) -> None:
        """The page is loaded."""
        self._line = await self._browsers.lines.take(
            self._grant.agent, self._window, uuid4().hex, self._hear
        )

    async def goes(self) -> None:
        """The page is closed, without a word."""
        self._browsers.lines.went(self.line, self._hear)

    async def registers(self) -> int:
        """The status that Asterisk gives in the end."""
        asked = await self._register("")
        if asked.status != 401:
            return asked.status
        return (await self._register(self._proof(asked.get("www-authenticate")))).status

    async def rings(self) -> Message:
        """The call that comes."""
        invite = await self._next("INVITE")
        told = [f"{name}: {value}" for name, value in invite.headers if name in _COPIED]
        lines = ["SIP/2.0 180 Ringing", *told, "Content-Length: 0", "", ""]
        await self._browsers.lines.say(self.line, "\r\n".join(lines))
        return invite

    async def _hear(self, text: str) -> None:
        self._came.put_nowait(Message.read(text.encode()))

    async def _next(self, method: str) -> Message:
        async with asyncio.timeout(WITHIN_S):
            while True:
                message = await self._came.get()
                if message.method == method and message.status != 100:
                    return message

    async def _register(self, proof: str) -> Message:
        self._sequence += 1
        me = f"<sip:{self._grant.user}@warmline.invalid>"
        lines = [
            "REGISTER sip:warmline.invalid SIP/2.0",
            f"Via: SIP/2.0/WS page.invalid;branch=z9hG4bK{uuid4().hex}",
            "Max-Forwards: 70",
            f"From: {me};tag={self._call[:8]}",
            f"To: {me}",
            f"Call-ID: {self._call}",
            f"CSeq: {self._sequence} REGISTER",
            f"Contact: <sip:{self._window}@warmline.invalid;transport=ws>;expires=300",
            *([f"Authorization: {proof}"] if proof else []),
            "Content-Length: 0",
        ]
        await self._browsers.lines.say(self.line, "\r\n".join([*lines, "", ""]))
        return await self._next("REGISTER")

    def _proof(self, asked: str) -> str:
        said = dict(re.findall(r'(\w+)="?([^",]+)"?', asked))
        user, realm, uri = self._grant.user, said["realm"], "sip:warmline.invalid"
        who, what = _md5(f"{user}:{realm}:{self._grant.password}"), _md5(f"REGISTER:{uri}")
        proof = _md5(f"{who}:{said['nonce']}:00000001:x:auth:{what}")
        words = {"username": user, "realm": realm, "nonce": said["nonce"], "uri": uri}
        words |= {"response": proof, "cnonce": "x", "opaque": said.get("opaque", "")}
        text = ", ".join(f'{name}="{value}"' for name, value in words.items())
        return f"Digest {text}, qop=auth, nc=00000001, algorithm=MD5"


def _md5(text: str) -> str:
    return hashlib.new("md5", text.encode()).hexdigest()
