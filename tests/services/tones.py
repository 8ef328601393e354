"""Sound for the tests: tones that tell who is heard, as a telephone carries them (µ-law, 8 kHz)."""

import io
import wave
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

RATE_HZ = 8000
FRAME = 160
"""Samples in one packet of 20 ms; every tone is a multiple of 50 Hz, so that it fits in whole."""
LOUD = 8000.0
HEARD = 1000.0
"""From which amplitude on a tone is heard: an eighth of what is sent."""


def sine(hertz: float, samples: int) -> NDArray[np.int16]:
    """A tone."""
    at = np.arange(samples) / RATE_HZ
    return (LOUD * np.sin(2 * np.pi * hertz * at)).astype(np.int16)


def amplitude(sound: NDArray[np.int16], hertz: float) -> float:
    """How loud one tone is in a sound, by Goertzel's recurrence.

    >>> round(amplitude(sine(600, 800), 600)), round(amplitude(sine(600, 800), 650))
    (8000, 0)
    """
    count = len(sound)
    if not count:
        return 0.0
    turn = 2 * np.cos(2 * np.pi * round(hertz * count / RATE_HZ) / count)
    before = last = 0.0
    for sample in sound.astype(float).tolist():
        before, last = last, sample + turn * last - before
    power = before * before + last * last - turn * before * last
    return float(2 * np.sqrt(max(power, 0.0)) / count)


def heard(sound: NDArray[np.int16], tones: Iterable[float]) -> frozenset[float]:
    """Which of these tones are in a sound."""
    return frozenset(hertz for hertz in tones if amplitude(sound, hertz) > HEARD)


def encoded(sound: NDArray[np.int16]) -> bytes:
    """A sound in µ-law, one byte a sample."""
    wide = sound.astype(np.int32)
    size = np.minimum(np.abs(wide), 32635) + 0x84
    exponent = np.floor(np.log2(size)).astype(np.int32) - 7
    mantissa = (size >> (exponent + 3)) & 0x0F
    sign = np.where(wide < 0, 0x80, 0)
    return (~(sign | (exponent << 4) | mantissa) & 0xFF).astype(np.uint8).tobytes()


def decoded(payload: bytes) -> NDArray[np.int16]:
    """What µ-law says."""
    code = ~np.frombuffer(payload, np.uint8).astype(np.int32) & 0xFF
    size = ((((code & 0x0F) << 3) + 0x84) << ((code >> 4) & 7)) - 0x84
    return np.where(code & 0x80, -size, size).astype(np.int16)


def save(path: Path, hertz: float, seconds: float) -> None:
    """A tone as a WAV file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(sine(hertz, int(RATE_HZ * seconds)).tobytes())


def sides(content: bytes) -> list[NDArray[np.int16]]:
    """The channels of a WAV."""
    with wave.open(io.BytesIO(content)) as file:
        assert (file.getframerate(), file.getsampwidth()) == (RATE_HZ, 2)
        whole = np.frombuffer(file.readframes(file.getnframes()), "<i2")
        return [whole[side :: file.getnchannels()] for side in range(file.getnchannels())]
