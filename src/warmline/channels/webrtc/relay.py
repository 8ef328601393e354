"""The relay: calls whose sound goes through the server, to be recorded or spoken into.

Everybody in such a call is connected with the relay instead of with each other, and hears from it
what they would have heard. It costs about a sixth of a core for each call, so that there is a most
of them, and a call that needs nothing of it stays between the pages.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np
import structlog
from numpy.typing import NDArray

from warmline.channels.voice.words import (
    LegId,
    Outcome,
    Play,
    Played,
    PlayId,
    PlayInRoom,
    RecordingFailed,
    Role,
    RoomId,
    Sound,
    StartRecording,
    VoiceEvent,
)
from warmline.channels.webrtc.board import Board
from warmline.channels.webrtc.keys import KEYS, Keys
from warmline.channels.webrtc.legs import Leg, hears
from warmline.channels.webrtc.pages import Page, Told
from warmline.channels.webrtc.speech import FRAME, frames_of
from warmline.channels.webrtc.tapes import Tapes

FRAME_S = 0.02
CATCH_UP_S = 0.2
"""A server that was busy for longer leaves the rest out."""
REACHED_WITHIN_S = 10.0
"""So long a prompt waits for the connection that it is to be heard on."""
FULL = "relay_full"
PAGE = "relay"
"""Also how the id of the relay's side of a leg begins, as the board knows."""

log = structlog.get_logger()

WavOf = Callable[[Sound], Awaitable[bytes | None]]
"""The sound of a prompt (WAV); None when there is none."""


class Line(Protocol):
    """The relay's end of one connection."""

    @property
    def up(self) -> bool: ...

    def take(self, kind: str, body: str) -> None: ...

    def heard(self) -> NDArray[np.int16]: ...

    def give(self, frame: NDArray[np.int16]) -> None: ...

    async def close(self) -> None: ...


class MakeLine(Protocol):
    """Makes the end of a new connection."""

    def __call__(
        self,
        servers: Sequence[Told],
        *,
        say: Callable[[str, str], None],
        stands: Callable[[], None],
        failed: Callable[[], None],
    ) -> Line: ...


class RelayPage(Page):
    """The relay as the page of a leg of its own: frames for it are heard here, by no browser."""

    def __init__(self, hear: Callable[[Told], None]) -> None:
        super().__init__(key=PAGE)
        self._hear = hear

    def tell(self, told: Told) -> None:
        """Hear a frame at once."""
        self._hear(told)

    def cut_off(self, code: int) -> None:
        """There is no socket to close."""


@dataclass(slots=True, kw_only=True)
class _Playing:
    asked: Play
    frames: list[NDArray[np.int16]] = field(default_factory=list[NDArray[np.int16]])
    ready: bool = False


@dataclass(slots=True, eq=False, kw_only=True)
class End:
    """One leg as the relay has it."""

    leg: Leg
    mine: Leg
    """The relay's own side of the connection."""
    connection: str = ""
    line: Line | None = None
    playing: _Playing | None = None


class Relay:
    """The relayed legs of one board, at most of `limit` calls."""

    def __init__(
        self, board: Board, *, make: MakeLine, wav_of: WavOf, folder: Path, limit: int
    ) -> None:
        self._board, self._make, self._wav_of = board, make, wav_of
        self._limit = limit
        self._ends: dict[LegId, End] = {}
        self._doing: set[asyncio.Task[None]] = set()
        self._closing: set[asyncio.Task[None]] = set()
        self._mixing: asyncio.Task[None] | None = None
        self.keys = Keys(board.clock, self._tell)
        self.tapes = Tapes(folder, board.clock, self._tell)

    def _tell(self, event: VoiceEvent) -> None:
        self._board.tell(event)  # whoever listens then

    # What the board asks

    def settle(self, legs: Sequence[Leg], room: RoomId) -> bool:
        """Connect all of a room with the relay, when it is relayed; whether it is."""
        if not self.tapes.of_room(room) and not any(leg.id in self._ends for leg in legs):
            return False
        for leg in legs:
            self._connect(leg)
        return True

    def back(self, leg: Leg) -> None:
        """The page of a leg is here again."""
        if leg.id in self._ends:
            self._connect(leg)

    def left(self, leg: Leg) -> None:
        """A leg is over."""
        self.keys.forget(leg.id)
        end = self._ends.pop(leg.id, None)
        if end is not None:
            end.playing = None
            self._hang_up(end)
        if not self._ends and self._mixing is not None:
            self._mixing.cancel()
            self._mixing = None

    def pressed(self, leg: Leg, digits: str) -> None:
        """Keys on a page; while a recording of the room is paused nobody is told of them."""
        if leg.room is not None and any(tape.paused for tape in self.tapes.of_room(leg.room)):
            return
        for digit in digits:
            if digit in KEYS:
                end = self._ends.get(leg.id)
                if end is not None and end.playing is not None and end.playing.asked.stop_on_digit:
                    self._played(end)
                self.keys.pressed(leg.id, digit)

    async def closed(self) -> None:
        """Returns once the connections that are over have left nothing behind."""
        self.tapes.close()
        await asyncio.gather(*self._closing, return_exceptions=True)

    # What the center asks

    def play(self, leg: Leg, asked: Play) -> Outcome:
        """Play sounds to a leg, one after another."""
        if not self._admits(leg):
            return Outcome.UNSUPPORTED
        end = self._connect(leg)
        if end.playing is not None:
            if end.playing.asked.play == asked.play:
                return Outcome.DONE
            self._played(end)
        end.playing = playing = _Playing(asked=asked)
        leg.prompted = True
        self._board.show(leg)
        self._do(self._load(end, playing))
        return Outcome.DONE

    def play_in(self, asked: PlayInRoom) -> Outcome:
        """Play sounds to everybody in a room."""
        inside = [leg for leg in self._board.legs.values() if leg.room == asked.room]
        if asked.room not in self._board.rooms:
            return Outcome.GONE
        if not all(self._admits(leg) for leg in inside):
            return Outcome.UNSUPPORTED
        for leg in inside:
            self.play(leg, Play(leg=leg.id, play=asked.play, sounds=asked.sounds))
        self._board.settle(asked.room)
        return Outcome.DONE

    def stop_playing(self, leg: Leg, play: PlayId | None = None) -> Outcome:
        """Fall silent; without an id whatever is played."""
        end = self._ends.get(leg.id)
        if end is None or end.playing is None:
            return Outcome.GONE
        if play is not None and end.playing.asked.play != play:
            return Outcome.GONE
        self._played(end)
        return Outcome.DONE

    def record(self, asked: StartRecording) -> Outcome:
        """Record a room; told why not when too many are recorded already."""
        inside = [leg for leg in self._board.legs.values() if leg.room == asked.room]
        if asked.room not in self._board.rooms:
            return Outcome.GONE
        if not all(self._admits(leg) for leg in inside):
            log.warning("relay_full", recording=asked.recording, calls=self._limit)
            now = self._board.clock.now()
            self._board.tell(RecordingFailed(at=now, recording=asked.recording, why=FULL))
            return Outcome.UNSUPPORTED
        self.tapes.start(asked)
        self._board.settle(asked.room)
        return Outcome.DONE

    # Inside

    def _admits(self, leg: Leg) -> bool:
        """Whether one more leg can be relayed: of a call that is, or of one more call."""
        if leg.id in self._ends:
            return True
        calls = {_call(end.leg) for end in self._ends.values()}
        return _call(leg) in calls or len(calls) < self._limit

    def _connect(self, leg: Leg) -> End:
        end = self._ends.get(leg.id)
        if end is None:
            mine = Leg(id=LegId(f"{PAGE}:{leg.id}"), role=Role.OUTSIDE)
            self._ends[leg.id] = end = End(leg=leg, mine=mine)
            mine.page = RelayPage(lambda told, end=end: self._told(end, told))
        self._board.mesh.link(leg, end.mine)
        if self._mixing is None:
            self._mixing = asyncio.get_running_loop().create_task(self._mix_on())
        return end

    def _told(self, end: End, told: Told) -> None:
        match told["type"]:
            case "connect":
                self._hang_up(end)
                self._answer(end, told)
            case "signal" if end.line is not None and told["connection"] == end.connection:
                end.line.take(str(told["kind"]), str(told["body"]))
            case "disconnect" if told["connection"] == end.connection:
                self._hang_up(end)
            case _:
                pass

    def _answer(self, end: End, told: Told) -> None:
        end.connection = connection = str(told["connection"])
        servers: Sequence[Told] = told["ice"]  # type: ignore[assignment]

        def say(kind: str, body: str) -> None:
            if end.leg.page is not None and end.connection == connection:
                signal = {"type": "signal", "leg": end.leg.id, "connection": connection}
                end.leg.page.tell({**signal, "kind": kind, "body": body})

        def stands() -> None:
            if there := self._board.mesh.find(connection, end.mine.id):
                there.up.add(end.mine.id)

        def failed() -> None:
            if there := self._board.mesh.find(connection, end.mine.id):
                self._board.mesh.again(there)

        end.line = self._make(servers, say=say, stands=stands, failed=failed)

    def _hang_up(self, end: End) -> None:
        line, end.line, end.connection = end.line, None, ""
        if line is not None:
            closing = asyncio.ensure_future(line.close())
            self._closing.add(closing)
            closing.add_done_callback(self._closing.discard)

    # Prompts

    async def _load(self, end: End, playing: _Playing) -> None:
        for sound in playing.asked.sounds:
            playing.frames.extend(frames_of(await self._wav_of(sound)))
        if not playing.frames:
            log.warning("nothing_to_play", play=playing.asked.play)
            playing.ready = True
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(REACHED_WITHIN_S):
                while end.playing is playing and (end.line is None or not end.line.up):  # noqa: ASYNC110 - the line tells nobody
                    await asyncio.sleep(FRAME_S)
        playing.ready = True

    def _played(self, end: End) -> None:
        assert end.playing is not None, "something is played"
        play, end.playing, end.leg.prompted = end.playing.asked.play, None, False
        self._board.show(end.leg)
        self._board.tell(Played(at=self._board.clock.now(), leg=end.leg.id, play=play))

    # Sound

    async def _mix_on(self) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            self._mix()
            due = max(due + FRAME_S, loop.time() - CATCH_UP_S)
            await asyncio.sleep(max(0.0, due - loop.time()))

    def _mix(self) -> None:
        """20 ms: what each one said goes to those who hear them, and into the recordings."""
        ends = list(self._ends.values())
        said = {end.leg.id: _said(end) for end in ends}
        for end in ends:
            if end.line is None or not end.line.up:
                continue
            sound = np.zeros(FRAME, np.int32)
            for other in ends:
                if other is not end and _hears(end.leg, other.leg):
                    sound += said[other.leg.id]
            prompt = self._next_of_prompt(end)
            if prompt is not None:
                sound += prompt
            end.line.give(np.clip(sound, -32_768, 32_767).astype(np.int16))
        for end in ends:
            # A page that is away hears nothing of a prompt, and is not waited for.
            if end.playing is not None and end.playing.ready and not end.playing.frames:
                self._played(end)
        self._record(ends, said)

    def _next_of_prompt(self, end: End) -> NDArray[np.int16] | None:
        playing = end.playing
        if playing is None or not playing.ready or not playing.frames:
            return None
        return playing.frames.pop(0)

    def _record(self, ends: Sequence[End], said: dict[LegId, NDArray[np.int32]]) -> None:
        for tape in self.tapes.live():
            sides = {True: np.zeros(FRAME, np.int32), False: np.zeros(FRAME, np.int32)}
            for end in ends:
                leg = end.leg
                # A supervisor who whispers is heard by the agent alone.
                if leg.room == tape.asked.room and leg.of is None:
                    sides[leg.role is Role.CUSTOMER] += said[leg.id]
            tape.write(sides[True], sides[False])
        self.tapes.full()

    def _do(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._doing.add(task)
        task.add_done_callback(self._doing.discard)


def _call(leg: Leg) -> str:
    return leg.call or leg.id


def _said(end: End) -> NDArray[np.int32]:
    silent = end.line is None or end.leg.muted
    if end.line is None:
        return np.zeros(FRAME, np.int32)
    sound = end.line.heard()
    return np.zeros(FRAME, np.int32) if silent else sound.astype(np.int32)


def _hears(one: Leg, other: Leg) -> bool:
    return one.room is not None and one.room == other.room and hears(one, other)
