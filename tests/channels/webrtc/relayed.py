"""Pages with sound, by aiortc, at a network whose calls can go through the relay."""

import asyncio
import gc
import json
import warnings
from collections import deque
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from aiortc import RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError
from numpy.typing import NDArray

from tests.channels.webrtc.browsers import Browsers, ScriptedPage, Wire, browsers
from tests.contracts.house import until
from tests.services import tones
from warmline.channels.voice.words import Sound
from warmline.channels.webrtc.media import Port, Speaking
from warmline.channels.webrtc.network import WebRtcNetwork
from warmline.channels.webrtc.relay import Relay
from warmline.channels.webrtc.speech import FRAME, RATE_HZ

VOICES = (600, 750, 850, 1050, 1150, 1250, 1350, 650)
PROMPT_HZ = 1500
THIN = RATE_HZ // tones.RATE_HZ
LISTENED_FRAMES = 8
STALE_S = 0.2
MOST_CALLS = 2
YOUNG = 1
"""The generation of what one test has made: to look through all that was read takes half a second."""


def tone(hertz: float) -> NDArray[np.int16]:
    """20 ms of it; the next 20 ms are the same, as it is a multiple of 50 Hz."""
    at = np.arange(FRAME) / RATE_HZ
    return (tones.LOUD * np.sin(2 * np.pi * hertz * at)).astype(np.int16)


class Ear:
    """One connection of a page: what it says and what it hears."""

    def __init__(self, frame: NDArray[np.int16] | None) -> None:
        self.line = RTCPeerConnection()
        self.says = Speaking()
        self.frame = frame
        self.heard: deque[NDArray[np.int16]] = deque(maxlen=LISTENED_FRAMES)
        self.at = 0.0
        self.listening: asyncio.Task[None] | None = None
        self._turn = asyncio.Lock()
        self._closed = False
        self.line.add_listener("track", self._comes)

    def _comes(self, track: Any) -> None:
        self.listening = asyncio.create_task(self._listen(track))

    async def _listen(self, track: Any) -> None:
        with suppress(MediaStreamError):
            while True:
                frame = await track.recv()
                sound = frame.to_ndarray().reshape(-1)[:: len(frame.layout.channels)]
                self.heard.append(sound.reshape(-1, THIN).mean(axis=1).astype(np.int16))
                self.at = asyncio.get_running_loop().time()

    def last(self) -> NDArray[np.int16]:
        if not self.heard or asyncio.get_running_loop().time() - self.at > STALE_S:
            return np.zeros(0, np.int16)
        return np.concatenate(self.heard)

    async def describe(self, said: RTCSessionDescription | None = None) -> None:
        """Offer, or answer what the other side said; who is cut off still does it to its end."""
        await asyncio.shield(asyncio.ensure_future(self._describe(said)))

    async def _describe(self, said: RTCSessionDescription | None) -> None:
        async with self._turn:
            if self._closed:
                return
            if said is not None:
                await self.line.setRemoteDescription(said)
                if said.type == "answer":
                    return
            self.line.addTrack(self.says)
            made = self.line.createOffer() if said is None else self.line.createAnswer()
            await self.line.setLocalDescription(await made)

    async def close(self) -> None:
        self._closed = True
        if self.listening is not None:
            self.listening.cancel()
        self.says.stop()
        # Cut off while it describes itself it would leave a socket behind.
        async with self._turn:
            await self.line.close()


class TonePage(ScriptedPage):
    """A page whose person sends a tone, and tells whom they hear by theirs."""

    def __init__(self, name: str, pages: "Relayed", address: str) -> None:
        super().__init__(name, pages, address)
        self.hertz = VOICES[len(pages.pages) % len(VOICES)]
        pages.known[self.hertz] = name
        self.known = pages.known
        self.silent = False
        self.ears: dict[str, Ear] = {}
        self.closing: list[asyncio.Future[None]] = []
        self.speaking = asyncio.create_task(self._speak())

    async def go(self) -> None:
        self.speaking.cancel()
        await super().go()
        await asyncio.gather(*self.closing, *(ear.close() for ear in self.ears.values()))

    async def speaks(self, *, on: bool = True) -> None:
        self.silent = not on

    async def presses(self, digits: str) -> None:
        for digit in digits:
            await self.ask("digits", digits=digit)
        asked = self._pongs()
        await self.say({"type": "ping"})  # frames are answered in order
        await until("the keys to arrive", lambda: self._pongs() > asked)

    def _pongs(self) -> int:
        return sum(one["type"] == "pong" for one in self.heard)

    async def hears(self) -> frozenset[str]:
        music = {"music"} if any(leg["music"] for leg in self.legs.values()) else set[str]()
        heard = {
            self.known[hertz]
            for id_, ear in self.ears.items()
            if self.wires[id_].receive
            for hertz in tones.heard(ear.last(), self.known)
        }
        return frozenset(heard | music)

    async def _speak(self) -> None:
        loop, mine, quiet = asyncio.get_running_loop(), tone(self.hertz), np.zeros(FRAME, np.int16)
        due = loop.time()
        while True:
            for id_, ear in self.ears.items():
                wire = self.wires.get(id_)
                leg = self.legs.get(wire.leg) if wire is not None else None
                speaks = wire is not None and wire.send and leg is not None and not leg["muted"]
                speaks = speaks and not self.silent
                if ear.line.connectionState == "connected":
                    ear.says.give(mine if speaks else quiet)
            due = max(due + 0.02, loop.time() - 0.2)
            await asyncio.sleep(max(0, due - loop.time()))

    async def _took(self, told: dict[str, Any]) -> None:
        if told["type"] == "connect":
            ear = self.ears[told["connection"]] = Ear(None)
            wire = Wire(told["leg"], told["offers"], told["send"], told["receive"])
            self.wires[told["connection"]] = wire
            if wire.offers:
                await ear.describe()
                await self._describe(told["connection"], wire, ear)
            return
        if told["type"] == "disconnect" and (gone := self.ears.pop(told["connection"], None)):
            # Not awaited: who stops reading in the middle of it would leave sockets open.
            self.closing.append(asyncio.ensure_future(gone.close()))
        await super()._took(told)

    async def _signalled(self, told: dict[str, Any]) -> None:
        id_ = told["connection"]
        wire, ear = self.wires.get(id_), self.ears.get(id_)
        if wire is None or ear is None or told["kind"] == "candidate":
            return
        said = json.loads(told["body"])
        await ear.describe(RTCSessionDescription(said["sdp"], said["type"]))
        if told["kind"] == "offer":
            await self._describe(id_, wire, ear)
        wire.up = True
        await self.say({"type": "up", "leg": wire.leg, "connection": id_})

    async def _describe(self, id_: str, wire: Wire, ear: Ear) -> None:
        said = ear.line.localDescription
        body = json.dumps({"type": said.type, "sdp": said.sdp})
        frame = {"type": "signal", "leg": wire.leg, "connection": id_, "kind": said.type}
        await self.say({**frame, "body": body})


class Relayed(Browsers):
    """The built-in network with its relay."""

    page = TonePage

    def __init__(self, folder: Path, **more: Any) -> None:
        super().__init__(**more)
        self.known: dict[float, str] = {PROMPT_HZ: "prompt"}
        self.relay = Relay(
            self.board, make=Port, wav_of=self.wav_of, folder=folder, limit=MOST_CALLS
        )
        self.network = WebRtcNetwork(self.board, self.relay)
        self.callers.network = self.network
        self._folder = folder

    async def wav_of(self, sound: Sound) -> bytes | None:
        """A tone for each prompt: a short one for the welcome, ten seconds for the other."""
        file = self._folder / f"{sound.prompt}.wav"
        tones.save(file, PROMPT_HZ, 0.3 if sound.prompt == "welcome" else 10)
        return file.read_bytes()


@asynccontextmanager
async def relayed() -> AsyncGenerator[Relayed]:
    """The network and its doors, served, with sound."""
    with TemporaryDirectory() as folder:
        async with browsers(Relayed, Path(folder)) as there:
            assert isinstance(there, Relayed)
            yield there
            for page in there.pages:
                if page.closed is None:
                    await page.go()
            for leg in list(there.board.legs.values()):
                there.relay.left(leg)
            await there.relay.closed()
        for _ in range(5):  # the loop lets go of sockets a few turns after they were closed
            await asyncio.sleep(0)
        # Now and then one UDP socket of a page is collected before it is closed, and which one was
        # not found out: it must not fail a later test.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)
            gc.collect(YOUNG)
