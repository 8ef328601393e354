"""Prompts as the relay says them: a WAV of any rate, cut into frames of 20 ms."""

import io
import wave

import numpy as np
from numpy.typing import NDArray

RATE_HZ = 48_000
FRAME = 960
LONGEST_S = 300
_WIDTH = 2


def frames_of(content: bytes | None) -> list[NDArray[np.int16]]:
    """The frames of a WAV (16 bit); none of a sound that is not there or not readable."""
    if content is None:
        return []
    try:
        with wave.open(io.BytesIO(content)) as file:
            rate_hz, channels = file.getframerate(), file.getnchannels()
            if file.getsampwidth() != _WIDTH or not rate_hz:
                return []
            raw = file.readframes(LONGEST_S * rate_hz)
    except (wave.Error, EOFError):
        return []
    sound = np.frombuffer(raw, "<i2")[::channels]
    if not len(sound):
        return []
    wanted = len(sound) * RATE_HZ // rate_hz
    at = np.linspace(0, len(sound) - 1, wanted)
    before = at.astype(np.int64)
    after = np.minimum(before + 1, len(sound) - 1)
    same = (sound[before] + (at - before) * (sound[after].astype(float) - sound[before])).astype(
        np.int16
    )
    whole = np.concatenate((same, np.zeros(-wanted % FRAME, np.int16)))
    return list(whole.reshape(-1, FRAME))
