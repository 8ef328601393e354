"""A program's end of a connection: what the other says comes in, what it hears goes out.

The relay has one for each page, and so has each simulated caller of the demonstration. The one
module that needs the extra `relay` (aiortc); it is loaded only where that is there.
"""

import asyncio
import json
import logging
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from fractions import Fraction
from typing import Any, cast

import numpy as np
from aiortc import (
    MediaStreamTrack,
    RTCConfiguration,
    RTCIceServer,
    RTCPeerConnection,
    RTCSessionDescription,
)
from aiortc.exceptions import InvalidStateError
from aiortc.mediastreams import MediaStreamError
from aiortc.sdp import candidate_from_sdp
from av import AudioFrame, AudioResampler
from numpy.typing import NDArray

from warmline.channels.webrtc.pages import Told
from warmline.channels.webrtc.speech import FRAME, RATE_HZ

# They tell addresses of people's machines, which belong in no log.
for _name in ("aioice", "aiortc"):
    logging.getLogger(_name).setLevel(logging.ERROR)

HEARD_FRAMES = 10
"""What a page says and nobody took for 200 ms is let go: late sound is worse than none."""
SENT_FRAMES = 10
SILENCE: NDArray[np.int16] = np.zeros(FRAME, np.int16)


class Speaking(MediaStreamTrack):
    """What a page hears: frames of 20 ms in the order in which they were given."""

    kind = "audio"

    def __init__(self) -> None:
        super().__init__()
        self._frames: asyncio.Queue[NDArray[np.int16]] = asyncio.Queue(SENT_FRAMES)
        self._at = 0

    def give(self, frame: NDArray[np.int16]) -> None:
        """Say this next; a line that takes nothing loses it."""
        with suppress(asyncio.QueueFull):
            self._frames.put_nowait(frame)

    async def recv(self) -> AudioFrame:
        """The next frame, once there is one."""
        samples = await self._frames.get()
        frame = AudioFrame.from_ndarray(samples.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate = RATE_HZ
        frame.pts, frame.time_base = self._at, Fraction(1, RATE_HZ)
        self._at += len(samples)
        return frame


class Port:
    """One connection; `say` takes what the other side is to be told."""

    def __init__(
        self,
        servers: Sequence[Told],
        *,
        say: Callable[[str, str], None],
        stands: Callable[[], None],
        failed: Callable[[], None],
    ) -> None:
        self.up = False
        self._closed = False
        self._say, self._stands, self._failed = say, stands, failed
        self._line = RTCPeerConnection(RTCConfiguration(iceServers=[_server(o) for o in servers]))
        self._speaking = Speaking()
        self._heard: deque[NDArray[np.int16]] = deque(maxlen=HEARD_FRAMES)
        self._doing: set[asyncio.Task[None]] = set()
        self._turn = asyncio.Lock()
        self._line.add_listener("track", self._comes)
        self._line.add_listener("connectionstatechange", self._changed)

    def offer(self) -> None:
        """Begin: else the other side does."""
        self._do(self._offer())

    def take(self, kind: str, body: str) -> None:
        """The other side's offer, answer or one of its candidates; in order."""
        self._do(self._take(kind, body))

    def heard(self) -> NDArray[np.int16]:
        """The next 20 ms of what the other side says."""
        return self._heard.popleft() if self._heard else SILENCE

    def give(self, frame: NDArray[np.int16]) -> None:
        """The next 20 ms of what the other side hears."""
        if self.up:
            self._speaking.give(frame)

    async def close(self) -> None:
        """Nothing is left of it, once this returns."""
        self._closed, self.up = True, False
        self._speaking.stop()
        # What is being described is described to its end: cut off, it would leave sockets behind.
        async with self._turn:
            await self._line.close()
        for task in list(self._doing):
            task.cancel()
        await asyncio.gather(*self._doing, return_exceptions=True)

    async def _offer(self) -> None:
        async with self._turn:
            if self._closed:
                return
            self._line.addTrack(self._speaking)
            await self._line.setLocalDescription(await self._line.createOffer())
            self._tell()

    def _tell(self) -> None:
        said = self._line.localDescription
        self._say(said.type, json.dumps({"type": said.type, "sdp": said.sdp}))

    async def _take(self, kind: str, body: str) -> None:
        async with self._turn:
            if self._closed:
                return
            try:
                await self._taken(kind, cast("Mapping[str, Any]", json.loads(body)))
            except (ValueError, KeyError, TypeError, InvalidStateError, AssertionError):
                self._failed()

    async def _taken(self, kind: str, told: Mapping[str, Any]) -> None:
        if kind == "offer":
            await self._line.setRemoteDescription(
                RTCSessionDescription(sdp=told["sdp"], type="offer")
            )
            self._line.addTrack(self._speaking)
            await self._line.setLocalDescription(await self._line.createAnswer())
            self._tell()
        elif kind == "answer":
            said = RTCSessionDescription(sdp=told["sdp"], type="answer")
            await self._line.setRemoteDescription(said)
        elif kind == "candidate" and told.get("candidate"):
            candidate = candidate_from_sdp(told["candidate"].removeprefix("candidate:"))
            candidate.sdpMid = told.get("sdpMid")
            candidate.sdpMLineIndex = told.get("sdpMLineIndex")
            await self._line.addIceCandidate(candidate)

    def _comes(self, track: MediaStreamTrack) -> None:
        self._do(self._listen(track))

    async def _listen(self, track: MediaStreamTrack) -> None:
        same = AudioResampler(format="s16", layout="mono", rate=RATE_HZ, frame_size=FRAME)
        with suppress(MediaStreamError):
            while True:
                frame = cast("AudioFrame", await cast("Any", track).recv())
                for one in same.resample(frame):
                    self._heard.append(one.to_ndarray().reshape(-1).astype(np.int16))

    def _changed(self) -> None:
        state = "closed" if self._closed else self._line.connectionState
        if state == "connected":
            self.up = True
            self._stands()
        elif state in {"failed", "closed"}:
            was, self.up = self.up, False
            if state == "failed" or was:
                self._failed()

    def _do(self, work: Any) -> None:
        task: asyncio.Task[None] = asyncio.get_running_loop().create_task(work)
        self._doing.add(task)
        task.add_done_callback(self._doing.discard)


def _server(told: Told) -> RTCIceServer:
    return RTCIceServer(
        urls=cast("list[str]", told["urls"]),
        username=cast("str | None", told.get("username")),
        credential=cast("str | None", told.get("credential")),
    )
