"""A simulated customer who calls from the shop's page, and talks by a voice that is made."""

import asyncio
import json
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any, cast

import msgspec
import numpy as np
from numpy.typing import NDArray
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from warmline.channels.voice.words import Sound
from warmline.channels.webrtc.media import Port
from warmline.channels.webrtc.speech import FRAME, RATE_HZ, frames_of
from warmline.demo import behaviour, shop
from warmline.demo.behaviour import Contact
from warmline.demo.door import Door
from warmline.demo.ringers import Speak

FRAME_S = 0.02
PATIENCE_S = 120.0
"""So long somebody stays in the line."""
LONGEST_TALK_S = 150.0
GREETED_S = 6.0
"""After so long without a word from the agent the customer begins by themselves."""
QUIET_S = 1.4
"""Who has been silent for so long has said what they had to say."""
ANSWERED_S = 25.0
"""So long an answer is waited for, and listened to: behind a noisy microphone it has no end."""
LOUD = 500.0
"""From which mean amplitude on somebody is heard to speak."""
PING_EVERY_S = 10.0
_NOTES_HZ = (450, 550, 650)
"""Whole in 20 ms, so that one frame goes on in the next."""


class _Begun(msgspec.Struct):
    token: str


class Telephone:
    """One call, from the button on the page to hanging up."""

    def __init__(self, *, door: Door, about: Contact, chance: random.Random, speak: Speak) -> None:
        self._door, self._about, self._chance, self._speak = door, about, chance, speak
        self._ports: dict[str, Port] = {}
        self._leg: Mapping[str, Any] | None = None
        self._socket: ClientConnection | None = None
        self._saying: list[NDArray[np.int16]] = []
        self._heard_at = 0.0
        self._loud = 0.0
        self._over = asyncio.Event()
        self._doing: set[asyncio.Task[Any]] = set()
        self._closing: list[Awaitable[None]] = []

    async def perform(self) -> None:
        """Call, wait, talk, hang up."""
        token = await self._begin()
        async with self._door.socket(f"/ws/call?token={token}") as socket:
            self._socket = socket
            work = [self._read(socket), self._speaks(), self._lives()]
            tasks = [asyncio.create_task(one) for one in work]
            try:
                await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in (*tasks, *self._doing):
                    task.cancel()
                await asyncio.gather(*tasks, *self._doing, return_exceptions=True)
                self._closing += [port.close() for port in self._ports.values()]
                await asyncio.gather(*self._closing)

    async def _begin(self) -> str:
        who = self._about.customer
        wish = {
            "inbox": shop.PHONE_INBOX,
            "name": who.name,
            "number": who.phone,
            "language": who.language,
        }
        return (await self._door.post("/calls", wish, _Begun)).token

    # What the customer does

    async def _lives(self) -> None:
        """Says what the matter is, listens in between, and hangs up."""
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE_S):
                await self._until(self._talks)
            async with asyncio.timeout(LONGEST_TALK_S):
                await self._talk()
        await self._ask("hang_up")
        with suppress(TimeoutError):
            async with asyncio.timeout(GREETED_S):
                await self._over.wait()

    async def _talk(self) -> None:
        await self._listens(begins_s=GREETED_S)
        for text in self._texts():
            await self._says(text)
            await self._listens(begins_s=ANSWERED_S)

    def _texts(self) -> Sequence[str]:
        about = self._about
        return (
            behaviour.opening(about),
            *behaviour.details(self._chance, about),
            self._chance.choice(about.manner.thanks),
        )

    async def _says(self, text: str) -> None:
        wav = await self._speak(Sound(text=text, language=self._about.customer.language))
        self._saying.extend(frames_of(wav) if wav is not None else _hums(len(text)))
        await self._until(lambda: not self._saying)

    async def _listens(self, *, begins_s: float) -> None:
        """Until the agent has said something and is quiet again, or for long enough."""
        loop = asyncio.get_running_loop()
        began, self._heard_at = loop.time(), 0.0

        def said() -> bool:
            now = loop.time()
            if self._heard_at and now - began < begins_s + QUIET_S:
                return now - self._heard_at > QUIET_S
            return now - began > begins_s

        await self._until(said)

    def _talks(self) -> bool:
        connected = any(port.up for port in self._ports.values())
        return connected and self._leg is not None and self._leg["phase"] == "talking"

    async def _until(self, check: Callable[[], bool]) -> None:
        while not check():  # noqa: ASYNC110 - sound comes and goes each 20 ms
            await asyncio.sleep(FRAME_S)

    # The sound

    async def _speaks(self) -> None:
        loop, silence = asyncio.get_running_loop(), np.zeros(FRAME, np.int16)
        due = loop.time()
        while True:
            # On hold nobody would hear it: the sentence waits.
            saying = self._saying.pop(0) if self._saying and self._talks() else silence
            for port in self._ports.values():
                port.give(saying)
                self._hears(port.heard(), loop.time())
            due = max(due + FRAME_S, loop.time() - 10 * FRAME_S)
            await asyncio.sleep(max(0.0, due - loop.time()))

    def _hears(self, frame: NDArray[np.int16], now: float) -> None:
        # A mean over some frames: a click is no word.
        self._loud = 0.8 * self._loud + 0.2 * float(np.abs(frame.astype(np.int32)).mean())
        if self._loud > LOUD and not self._saying:
            self._heard_at = now

    # The line to the center

    async def _read(self, socket: ClientConnection) -> None:
        with suppress(ConnectionClosed):
            async for text in socket:
                await self._took(cast("Mapping[str, Any]", json.loads(text)))
        self._over.set()

    async def _took(self, told: Mapping[str, Any]) -> None:
        match told["type"]:
            case "hello":
                for leg in told["legs"]:
                    self._leg = leg
                await self._send({"type": "here", "connections": []})
            case "leg":
                self._leg = told
            case "connect":
                await self._connects(told)
            case "signal" if port := self._ports.get(told["connection"]):
                port.take(told["kind"], told["body"])
            case "disconnect" if port := self._ports.pop(told["connection"], None):
                self._closing.append(asyncio.ensure_future(port.close()))
            case "ended":
                self._over.set()
            case _:
                pass

    async def _connects(self, told: Mapping[str, Any]) -> None:
        connection = told["connection"]
        of_it = {"leg": told["leg"], "connection": connection}

        def say(kind: str, body: str) -> None:
            self._soon({"type": "signal", **of_it, "kind": kind, "body": body})

        port = Port(
            told["ice"],
            say=say,
            stands=lambda: self._soon({"type": "up", **of_it}),
            failed=lambda: self._soon({"type": "failed", **of_it}),
        )
        self._ports[connection] = port
        if told["offers"]:
            port.offer()

    async def _ask(self, type_: str) -> None:
        if self._leg is not None:
            await self._send({"type": type_, "leg": self._leg["leg"]})

    def _soon(self, frame: Mapping[str, object]) -> None:
        task = asyncio.get_running_loop().create_task(self._send(frame))
        self._doing.add(task)
        task.add_done_callback(self._doing.discard)

    async def _send(self, frame: Mapping[str, object]) -> None:
        assert self._socket is not None
        with suppress(ConnectionClosed):
            await self._socket.send(json.dumps(frame))


def _hums(chars: int) -> list[NDArray[np.int16]]:
    """Notes in place of a sentence, where nothing can speak: as long as it would take."""
    at = np.arange(FRAME) / RATE_HZ
    notes = [(4_000 * np.sin(2 * np.pi * hertz * at)).astype(np.int16) for hertz in _NOTES_HZ]
    # A syllable of 160 ms for some four letters.
    return [
        notes[syllable % len(notes)] for syllable in range(max(1, chars // 4)) for _ in range(8)
    ]
