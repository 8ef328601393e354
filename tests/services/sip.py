"""A telephone for the tests: speaks SIP and RTP, sends a tone of its own, tells whom it hears."""

import asyncio
import hashlib
import re
import struct
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from typing import Any
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

from tests.services import tones

FRAME_S = 0.02
WINDOW_FRAMES = 8
STALE_S = 0.2
WITHIN_S = 15.0
PCMU, DIGITS = 0, 101
KEYS = "0123456789*#ABCD"
OK = 200
BUSY, DECLINED = 486, 603


@dataclass(slots=True)
class Message:
    """One SIP message: its first line, its headers by small name, its body."""

    first: str
    headers: list[tuple[str, str]]
    body: str

    @classmethod
    def read(cls, content: bytes) -> "Message":
        head, _, body = content.decode().partition("\r\n\r\n")
        first, *lines = head.split("\r\n")
        pairs = (line.partition(":") for line in lines)
        return cls(first, [(name.strip().lower(), value.strip()) for name, _, value in pairs], body)

    def get(self, name: str) -> str:
        return next((value for key, value in self.headers if key == name), "")

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key == name]

    @property
    def status(self) -> int:
        """0 for a request."""
        return int(self.first.split()[1]) if self.first.startswith("SIP/") else 0

    @property
    def method(self) -> str:
        return self.get("cseq").split()[1] if self.status else self.first.split()[0]


@dataclass(slots=True)
class Talk:
    """One dialog, as this phone has it."""

    id: str
    ours: str
    """Our From or To, with its tag."""
    theirs: str
    target: str
    sequence: int = 0
    invite: Message | None = None
    """The INVITE that rings here, or that we sent."""
    sent: str = ""
    answered: bool = False
    held: bool = False
    sound_to: tuple[str, int] | None = None
    answers: dict[int, "asyncio.Future[Message]"] = field(default_factory=dict)


class Sound(asyncio.DatagramProtocol):
    """The sound side: sends the tone, keeps the last of what comes."""

    def __init__(self) -> None:
        self.wire: asyncio.DatagramTransport | None = None
        self.frames: deque[tuple[float, NDArray[np.int16]]] = deque(maxlen=WINDOW_FRAMES)
        self.listeners: list[Callable[[NDArray[np.int16]], None]] = []
        self.digits = ""
        self._digit_at = -1

    def connection_made(self, transport: Any) -> None:
        self.wire = transport

    def datagram_received(self, data: bytes, addr: tuple[str | Any, int]) -> None:
        kind, at = data[1] & 0x7F, struct.unpack("!I", data[4:8])[0]
        if kind == PCMU:
            frame = tones.decoded(data[12:])
            self.frames.append((asyncio.get_running_loop().time(), frame))
            for listener in self.listeners:
                listener(frame)
        elif kind == DIGITS and at != self._digit_at:
            self._digit_at = at
            self.digits += KEYS[data[12]]

    def last(self) -> NDArray[np.int16]:
        """What was heard in the last moment; nothing when nothing comes."""
        now = asyncio.get_running_loop().time()
        fresh = [frame for at, frame in self.frames if now - at < STALE_S + WINDOW_FRAMES * FRAME_S]
        quiet = not self.frames or now - self.frames[-1][0] > STALE_S
        return np.zeros(0, np.int16) if quiet or not fresh else np.concatenate(fresh)


class SipPhone(asyncio.DatagramProtocol):
    """A telephone and who holds it: one call at a time."""

    def __init__(
        self,
        name: str,
        *,
        hertz: float,
        exchange: tuple[str, int],
        host: str = "127.0.0.3",
        port: int = 0,
        password: str | None = None,
    ) -> None:
        self.name, self.hertz = name, hertz
        self.host, self.port = host, port
        self.exchange = exchange
        self.talk: Talk | None = None
        self.sound = Sound()
        self.ended_with: str = ""
        self.notified: list[str] = []
        self.busy = False
        self._password = password
        self._wire: asyncio.DatagramTransport | None = None
        self._tasks: set[asyncio.Task[Any]] = set()
        self._replies: dict[tuple[str, str], str] = {}
        self._pending: dict[tuple[str, str], asyncio.Future[Message]] = {}
        self._clock = count(0, tones.FRAME)
        self._numbers = count(1)
        self._keys: deque[bytes] = deque()
        self._frame = tones.encoded(tones.sine(hertz, tones.FRAME))
        self._id = uuid4().int & 0xFFFFFFFF

    async def open(self) -> "SipPhone":
        """Reachable, and known to the exchange when there is a password."""
        loop = asyncio.get_running_loop()
        await loop.create_datagram_endpoint(lambda: self, local_addr=(self.host, self.port))
        await loop.create_datagram_endpoint(lambda: self.sound, local_addr=(self.host, 0))
        assert self._wire is not None
        self.port = self._wire.get_extra_info("sockname")[1]
        self._do(self._speak())
        if self._password is not None:
            await self.register()
        return self

    async def close(self) -> None:
        """Nothing of it is left; its call ends without a word."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for wire in (self._wire, self.sound.wire):
            if wire is not None:
                wire.close()

    # What somebody does with it

    async def register(self, *, seconds: int = 600) -> None:
        """Tell the exchange where this phone is; with 0 that it is gone."""
        host, port = self.exchange
        uri = f"sip:{host}:{port}"
        me = f"<sip:{self.name}@{host}>"
        talk = Talk(uuid4().hex, f"{me};tag={uuid4().hex[:8]}", me, uri)
        more = {"Contact": self._contact(), "Expires": str(seconds)}
        reply = await self._ask(talk, "REGISTER", more)
        if reply.status == 401:
            login = self._login("REGISTER", uri, reply.get("www-authenticate"))
            reply = await self._ask(talk, "REGISTER", {**more, "Authorization": login})
        assert reply.status == OK, reply.first

    async def calls(self, number: str, *, caller: str = "", **headers: str) -> None:
        """Call; returns when the exchange has heard of it."""
        host, port = self.exchange
        ours = f'"{caller}" <sip:{self.name}@{self.host}>;tag={uuid4().hex[:8]}'
        target = f"sip:{number}@{host}:{port}"
        talk = self.talk = Talk(uuid4().hex, ours, f"<{target}>", target)
        self.ended_with = ""
        self._do(self._invite(talk, headers))

    async def rings(self) -> None:
        """Returns once it rings here."""
        await self.until("ring", self.is_ringing)

    def is_ringing(self) -> bool:
        talk = self.talk
        return talk is not None and talk.invite is not None and not talk.answered

    async def answers(self) -> None:
        """Take the ringing call."""
        talk = self._ringing()
        assert talk.invite is not None
        talk.sound_to = _sound_to(talk.invite.body)
        talk.answered = True
        self._reply(talk.invite, OK, "OK", body=self._sdp())

    async def declines(self, status: int = DECLINED) -> None:
        """Refuse the ringing call."""
        talk = self._ringing()
        assert talk.invite is not None
        self._reply(talk.invite, status, "No")
        await self._end(talk, "declined")

    async def hangs_up(self) -> None:
        """End the call, or give up calling."""
        talk = self.talk
        if talk is None:
            return
        if talk.answered:
            await self._ask(talk, "BYE", {})
        elif talk.sent:
            self._cancel(talk)
        else:
            await self.declines()
        await self._end(talk, "by us")

    async def over(self) -> None:
        """Returns once no call is here."""
        await self.until("be over", lambda: self.talk is None)

    async def talks(self) -> None:
        """Returns once a call that was made from here is answered."""
        await self.until("talk", lambda: self.talk is not None and self.talk.answered)

    async def presses(self, digits: str) -> None:
        """Press keys; returns when the last was sent (RFC 4733)."""
        for digit in digits:
            event = KEYS.index(digit)
            for step, end in ((1, 0), (2, 0), (3, 0), (4, 0x80), (4, 0x80), (4, 0x80)):
                body = struct.pack("!BBH", event, end | 10, step * tones.FRAME)
                self._keys.append(bytes([0x80 if step == 1 else 0]) + body)
            self._keys.extend([b""] * 3)
        await self.until("press", lambda: not self._keys)

    def speaks(self, *, on: bool = True) -> None:
        """Send the tone from now on, or packets in which nothing is heard."""
        said = tones.sine(self.hertz, tones.FRAME)
        self._frame = tones.encoded(said if on else said * 0)

    async def holds(self, *, on: bool = True) -> None:
        """Use the phone's own hold key."""
        talk = self._talking()
        talk.held = on
        way = "sendonly" if on else "sendrecv"
        reply = await self._ask(talk, "INVITE", self._has_sdp(), body=self._sdp(way))
        assert reply.status == OK, reply.first
        self._ack(talk, reply)

    async def transfers(self, number: str) -> int:
        """Use the phone's own transfer key; the status of the exchange's answer."""
        talk = self._talking()
        host, port = self.exchange
        to = {"Refer-To": f"<sip:{number}@{host}:{port}>", "Referred-By": talk.ours.split(";")[0]}
        return (await self._ask(talk, "REFER", to)).status

    # What it hears

    def hears(self, known: Mapping[float, str]) -> frozenset[str]:
        """The names of the tones that are heard now."""
        return frozenset(known[one] for one in tones.heard(self.sound.last(), known))

    async def listens(self, frames: int) -> NDArray[np.int16]:
        """What is heard from now on for so many packets of 20 ms."""
        taken: list[NDArray[np.int16]] = []
        self.sound.listeners.append(taken.append)
        try:
            await self.until("hear", lambda: len(taken) >= frames)
        finally:
            self.sound.listeners.remove(taken.append)
        return np.concatenate(taken)

    async def until(self, what: str, check: Callable[[], bool]) -> None:
        """Returns once `check` is true."""
        try:
            async with asyncio.timeout(WITHIN_S):
                while not check():  # noqa: ASYNC110 — the sound changes with every packet
                    await asyncio.sleep(FRAME_S)
        except TimeoutError:
            raise TimeoutError(f"{self.name} did not {what} in {WITHIN_S:g} s") from None

    # The wire

    def connection_made(self, transport: Any) -> None:
        self._wire = transport

    def datagram_received(self, data: bytes, addr: tuple[str | Any, int]) -> None:
        if not data.strip():
            return
        message = Message.read(data)
        if message.status:
            self._answered(message)
            return
        key = (message.get("via"), message.get("cseq"))
        if message.method != "ACK" and key in self._replies:
            self._send(self._replies[key])  # it was sent again: so is the answer
            return
        self._do(self._asked(message))

    def _answered(self, message: Message) -> None:
        key = (message.get("call-id"), message.get("cseq"))
        talk = self.talk
        if message.method == "INVITE" and message.status >= OK and key not in self._pending:
            if talk is not None and talk.id == key[0] and message.status < 300:
                self._ack(talk, message)  # our ACK was lost
            return
        waiting = self._pending.get(key)
        if waiting is not None and message.status >= OK and not waiting.done():
            waiting.set_result(message)

    async def _asked(self, message: Message) -> None:
        talk = self.talk
        ours = talk is not None and talk.id == message.get("call-id")
        match message.method:
            case "INVITE" if ours and talk is not None:
                talk.sound_to = _sound_to(message.body)
                self._reply(message, OK, "OK", body=self._sdp())
            case "INVITE":
                await self._rung(message)
            case "BYE" if ours and talk is not None:
                self._reply(message, OK, "OK")
                await self._end(talk, "by them")
            case "CANCEL" if ours and talk is not None and talk.invite is not None:
                self._reply(message, OK, "OK")
                self._reply(talk.invite, 487, "Request Terminated")
                await self._end(talk, "cancelled")
            case "NOTIFY":
                self.notified.append(message.body.strip())
                self._reply(message, OK, "OK")
            case "OPTIONS":
                self._reply(message, OK, "OK")
            case "ACK":
                pass
            case _:
                self._reply(message, 481, "No Such Call")

    async def _rung(self, message: Message) -> None:
        if self.talk is not None or self.busy:
            self._reply(message, BUSY, "Busy Here")
            return
        target = re.search(r"<([^>]+)>", message.get("contact"))
        assert target
        ours = f"{message.get('to')};tag={uuid4().hex[:8]}"
        talk = Talk(message.get("call-id"), ours, message.get("from"), target[1])
        talk.invite = message
        self.talk, self.ended_with = talk, ""
        self._reply(message, 180, "Ringing")

    async def _invite(self, talk: Talk, headers: Mapping[str, str]) -> None:
        reply = await self._ask(talk, "INVITE", {**self._has_sdp(), **headers}, body=self._sdp())
        if self.talk is not talk:
            return
        if reply.status != OK:
            self._ack(talk, reply, branch=talk.sent)
            await self._end(talk, str(reply.status))
            return
        talk.theirs = reply.get("to")
        target = re.search(r"<([^>]+)>", reply.get("contact"))
        talk.target = target[1] if target else talk.target
        talk.sound_to, talk.answered = _sound_to(reply.body), True
        self._ack(talk, reply)

    async def _ask(
        self, talk: Talk, method: str, more: Mapping[str, str], *, body: str = ""
    ) -> Message:
        talk.sequence += 1
        key = (talk.id, f"{talk.sequence} {method}")
        self._pending[key] = asyncio.get_running_loop().create_future()
        branch = f"z9hG4bK{uuid4().hex[:16]}"
        if method == "INVITE" and not talk.answered:
            talk.sent = branch
        try:
            self._request(talk, method, branch, more, body=body)
            async with asyncio.timeout(60 if method == "INVITE" else WITHIN_S):
                return await self._pending[key]
        finally:
            del self._pending[key]

    def _request(
        self, talk: Talk, method: str, branch: str, more: Mapping[str, str], *, body: str = ""
    ) -> None:
        sequence = talk.sequence
        lines = {
            "Via": f"SIP/2.0/UDP {self.host}:{self.port};branch={branch}",
            "Max-Forwards": "70",
            "From": talk.ours,
            "To": talk.theirs,
            "Call-ID": talk.id,
            "CSeq": f"{sequence} {'ACK' if method == 'ACK' else method}",
            "Contact": self._contact(),
            **more,
            "Content-Length": str(len(body)),
        }
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        self._send(f"{method} {talk.target} SIP/2.0\r\n{head}\r\n{body}")

    def _ack(self, talk: Talk, reply: Message, *, branch: str = "") -> None:
        theirs, sequence = talk.theirs, talk.sequence
        talk.theirs, talk.sequence = reply.get("to"), int(reply.get("cseq").split()[0])
        self._request(talk, "ACK", branch or f"z9hG4bK{uuid4().hex[:16]}", {})
        talk.sequence = max(sequence, talk.sequence)
        if reply.status != OK:
            talk.theirs = theirs

    def _cancel(self, talk: Talk) -> None:
        self._request(talk, "CANCEL", talk.sent, {})

    def _reply(self, message: Message, status: int, word: str, *, body: str = "") -> None:
        talk = self.talk
        to = message.get("to")
        if talk is not None and talk.id == message.get("call-id") and "tag=" not in to:
            to = talk.ours
        lines = [("Via", via) for via in message.all("via")]
        lines += [("Record-Route", route) for route in message.all("record-route")]
        lines += [("From", message.get("from")), ("To", to)]
        lines += [("Call-ID", message.get("call-id")), ("CSeq", message.get("cseq"))]
        lines += [("Contact", self._contact())]
        lines += [("Content-Type", "application/sdp")] if body else []
        head = "".join(f"{name}: {value}\r\n" for name, value in lines)
        text = f"SIP/2.0 {status} {word}\r\n{head}Content-Length: {len(body)}\r\n\r\n{body}"
        if status >= OK:
            self._replies[message.get("via"), message.get("cseq")] = text
        self._send(text)

    def _send(self, text: str) -> None:
        assert self._wire is not None
        if not self._wire.is_closing():
            self._wire.sendto(text.encode(), self.exchange)

    def _contact(self) -> str:
        return f"<sip:{self.name}@{self.host}:{self.port}>"

    def _has_sdp(self) -> dict[str, str]:
        return {"Content-Type": "application/sdp", "Allow": "INVITE,ACK,BYE,CANCEL,REFER,NOTIFY"}

    def _sdp(self, way: str = "sendrecv") -> str:
        assert self.sound.wire is not None
        port = self.sound.wire.get_extra_info("sockname")[1]
        return "".join(
            f"{line}\r\n"
            for line in (
                "v=0",
                f"o=- 1 {next(self._numbers)} IN IP4 {self.host}",
                "s=-",
                f"c=IN IP4 {self.host}",
                "t=0 0",
                f"m=audio {port} RTP/AVP {PCMU} {DIGITS}",
                f"a=rtpmap:{PCMU} PCMU/8000",
                f"a=rtpmap:{DIGITS} telephone-event/8000",
                f"a={way}",
            )
        )

    def _login(self, method: str, uri: str, asked: str) -> str:
        said = dict(re.findall(r'(\w+)="?([^",]+)"?', asked))
        md5 = partial(hashlib.new, "md5")
        who = md5(f"{self.name}:{said['realm']}:{self._password}".encode()).hexdigest()
        what = md5(f"{method}:{uri}".encode()).hexdigest()
        proof = md5(f"{who}:{said['nonce']}:00000001:x:auth:{what}".encode()).hexdigest()
        words = {
            "username": self.name,
            "realm": said["realm"],
            "nonce": said["nonce"],
            "uri": uri,
            "response": proof,
            "cnonce": "x",
        }
        text = ", ".join(f'{name}="{value}"' for name, value in words.items())
        more = f', opaque="{said["opaque"]}"' if "opaque" in said else ""
        return f"Digest {text}, qop=auth, nc=00000001, algorithm=MD5{more}"

    async def _speak(self) -> None:
        """Send the tone, a packet each 20 ms, as long as there is somebody to send it to."""
        loop = asyncio.get_running_loop()
        due, sequence, key_at = loop.time(), count(1), 0
        while True:
            at = next(self._clock)
            if self.talk is not None and self.talk.answered and self.talk.sound_to is not None:
                key = self._keys.popleft() if self._keys else b""
                if key and key[0]:
                    key_at = at
                kind, stamp = (DIGITS, key_at) if key else (PCMU, at)
                head = struct.pack("!BBHII", 0x80, kind, next(sequence) & 0xFFFF, stamp, self._id)
                if self.sound.wire is not None:
                    self.sound.wire.sendto(head + (key[1:] or self._frame), self.talk.sound_to)
            due = max(due + FRAME_S, loop.time() - 5 * FRAME_S)
            await asyncio.sleep(max(0, due - loop.time()))

    def _ringing(self) -> Talk:
        assert self.talk is not None
        assert self.is_ringing(), f"{self.name} does not ring"
        return self.talk

    def _talking(self) -> Talk:
        assert self.talk is not None
        assert self.talk.answered, f"{self.name} is in no call"
        return self.talk

    async def _end(self, talk: Talk, why: str) -> None:
        if self.talk is talk:
            self.talk, self.ended_with = None, why
            self._keys.clear()
            self.sound.frames.clear()

    def _do(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)

        def done(one: asyncio.Task[Any]) -> None:
            self._tasks.discard(one)
            with suppress(asyncio.CancelledError):
                one.result()

        task.add_done_callback(done)


def _sound_to(sdp: str) -> tuple[str, int] | None:
    host = re.search(r"^c=IN IP4 (\S+)", sdp, re.MULTILINE)
    port = re.search(r"^m=audio (\d+)", sdp, re.MULTILINE)
    return (host[1], int(port[1])) if host and port else None
