"""Recordings of relayed calls: as they go on, and as files until somebody has taken them."""

import hashlib
import io
import wave
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from warmline.channels.voice.words import (
    RecordingId,
    RecordingReady,
    RoomId,
    StartRecording,
    VoiceEvent,
)
from warmline.core.words import SECOND, Millis
from warmline.ports import Clock

RATE_HZ = 16_000
"""Of what is kept: a third of what is heard, and twice a telephone."""
QUIET = 256
"""A mean amplitude below this is silence, as a telephone exchange takes it."""
_THIN = 3
_WIDTH = 2


@dataclass(slots=True, kw_only=True)
class Tape:
    """A recording that goes on."""

    asked: StartRecording
    file: BinaryIO
    paused: bool = False
    samples: int = 0
    spoken: int = 0
    """In how many samples something could be heard."""
    quiet: int = 0
    """How many have passed since then."""

    @property
    def length_ms(self) -> Millis:
        """How much was kept so far."""
        return self.samples * SECOND // RATE_HZ

    @property
    def spoken_ms(self) -> Millis:
        """How long something could be heard."""
        return self.spoken * SECOND // RATE_HZ

    def is_full(self) -> bool:
        """Whether it is as long as it may be, or nothing has been heard for so long."""
        silent = self.asked.silence_ms and self.quiet * SECOND >= self.asked.silence_ms * RATE_HZ
        return bool(silent) or self.length_ms >= self.asked.most_ms

    def write(self, theirs: NDArray[np.int32], ours: NDArray[np.int32]) -> None:
        """Keep 20 ms of the customer's side and of ours."""
        if self.paused:
            return
        if self.asked.split:
            sound = np.stack((_thin(theirs), _thin(ours)), axis=1)
        else:
            sound = _thin(theirs + ours)
        self.samples += len(sound)
        if np.abs(sound).mean() < QUIET:
            self.quiet += len(sound)
        else:
            self.spoken, self.quiet = self.spoken + len(sound), 0
        self.file.write(sound.astype("<i2").tobytes())


class Tapes:
    """All recordings of one network; their files are sound alone, so that none is ever broken."""

    def __init__(self, folder: Path, clock: Clock, tell: Callable[[VoiceEvent], None]) -> None:
        self._folder, self._clock, self._tell = folder, clock, tell
        self._of: dict[RecordingId, Tape] = {}

    def live(self) -> list[Tape]:
        """Those that go on."""
        return list(self._of.values())

    def ids(self) -> tuple[RecordingId, ...]:
        """Their ids."""
        return tuple(self._of)

    def of_room(self, room: RoomId | None) -> list[Tape]:
        """Those of a room."""
        return [tape for tape in self._of.values() if tape.asked.room == room]

    def get(self, recording: RecordingId) -> Tape | None:
        """One that goes on."""
        return self._of.get(recording)

    def start(self, asked: StartRecording) -> None:
        """Begin; one that goes on already goes on."""
        if asked.recording in self._of:
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        file = self._file(asked.recording, 2 if asked.split else 1)
        self._of[asked.recording] = Tape(asked=asked, file=file.open("wb"))

    def stop(self, recording: RecordingId) -> bool:
        """Finish one, and tell; whether it went on."""
        tape = self._of.pop(recording, None)
        if tape is None:
            return False
        tape.file.close()
        self._tell(
            RecordingReady(
                at=self._clock.now(),
                recording=recording,
                duration_ms=tape.length_ms,
                spoken_ms=tape.spoken_ms,
            )
        )
        return True

    def stop_of(self, room: RoomId) -> None:
        """Finish those of a room that is closed."""
        for tape in self.of_room(room):
            self.stop(tape.asked.recording)

    def close(self) -> None:
        """Nobody records any more: what was kept is on the disk, to be taken after a restart."""
        for tape in self._of.values():
            tape.file.close()
        self._of.clear()

    def full(self) -> None:
        """Finish those that are as long as they may be, or silent for too long."""
        for tape in self.live():
            if tape.is_full():
                self.stop(tape.asked.recording)

    def sound(self, recording: RecordingId) -> bytes:
        """A finished one (WAV), also of a server that ended in the middle of it."""
        for channels in (1, 2):
            file = self._file(recording, channels)
            if file.is_file() and recording not in self._of:
                return _wav(file.read_bytes(), channels)
        raise LookupError(recording)

    def forget(self, recording: RecordingId) -> None:
        """No copy stays here."""
        if recording not in self._of:
            for channels in (1, 2):
                self._file(recording, channels).unlink(missing_ok=True)

    def _file(self, recording: RecordingId, channels: int) -> Path:
        # The id is the center's own; its hash is a file name whatever it holds.
        name = hashlib.sha256(recording.encode()).hexdigest()[:32]
        return self._folder / f"{name}.{channels}.pcm"


def _thin(sound: NDArray[np.int32]) -> NDArray[np.int32]:
    mean = sound.reshape(-1, _THIN).sum(axis=1) // _THIN
    return np.clip(mean, -32_768, 32_767)


def _wav(sound: bytes, channels: int) -> bytes:
    whole = len(sound) - len(sound) % (_WIDTH * channels)
    content = io.BytesIO()
    with wave.open(content, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(_WIDTH)
        file.setframerate(RATE_HZ)
        file.writeframes(sound[:whole])
    return content.getvalue()
