"""What is kept of a simulated talk: a tone for each voice that could be heard, as a sound file."""

import asyncio
import io
import math
import wave
from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field

from warmline.core.words import Instant, Millis

RATE = 8_000
BLOCK_MS = 10
"""All tones fit into a block a whole number of times, so that blocks can be laid end to end."""
LOWEST_HZ = 300
STEP_HZ = 100
TONES = 16
LEVEL = 2_000
LONGEST_MS: Millis = 4 * 3_600_000


@dataclass(slots=True, kw_only=True)
class Tape:
    """Who could be heard, from when to when; nothing while it is paused."""

    paused: bool = False
    silence_ms: Millis = 0
    """It ends by itself after so long without a voice; 0 is never."""
    ending: asyncio.TimerHandle | None = None
    _pieces: list[tuple[Millis, tuple[int, ...]]] = field(
        default_factory=list[tuple[Millis, tuple[int, ...]]]
    )
    _voices: tuple[int, ...] | None = None
    _since: Instant = 0
    _done: bool = False

    def record(self, at: Instant, voices: Iterable[str]) -> None:
        """From now on these are heard."""
        self._cut(at)
        self._voices = None if self.paused else tuple(sorted({tone_of(one) for one in voices}))

    def finish(self, at: Instant) -> None:
        """No more of it."""
        if self.ending is not None:
            self.ending.cancel()
        self._cut(at)
        self._done = True

    def is_done(self) -> bool:
        """Whether it is finished."""
        return self._done

    def duration_ms(self) -> Millis:
        """How long what was kept lasts."""
        return sum(ms for ms, _ in self._pieces)

    def spoken_ms(self) -> Millis:
        """How long somebody could be heard in it."""
        return sum(ms for ms, voices in self._pieces if voices)

    def is_silent(self) -> bool:
        """Whether it runs and nobody can be heard."""
        return self._voices == ()

    def wav(self) -> bytes:
        """The sound, 16 bits of one channel."""
        out = io.BytesIO()
        with wave.open(out, "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE)
            at = 0
            for ms, tones in self._pieces:
                blocks = (at + ms) // BLOCK_MS - at // BLOCK_MS
                file.writeframes(_block(tones) * min(blocks, LONGEST_MS // BLOCK_MS))
                at += ms
        return out.getvalue()

    def _cut(self, at: Instant) -> None:
        if self._voices is not None:
            self._pieces.append((at - self._since, self._voices))
        self._since = at


def tone_of(name: str) -> int:
    """The pitch of somebody's voice, in Hz.

    >>> tone_of("anna") == tone_of("anna"), tone_of("anna") % STEP_HZ
    (True, 0)
    """
    return LOWEST_HZ + STEP_HZ * (sum(name.encode()) % TONES)


def _block(tones: tuple[int, ...]) -> bytes:
    count = RATE * BLOCK_MS // 1_000
    turns = [2 * math.pi * tone / RATE for tone in tones]
    return array(
        "h", (int(LEVEL * sum(math.sin(turn * i) for turn in turns)) for i in range(count))
    ).tobytes()
