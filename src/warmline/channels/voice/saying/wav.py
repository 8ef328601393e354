"""Sound files as telephones carry them: 8 kHz, one channel, 16 bits; others are made so."""

import io
import struct
import wave
from importlib import import_module
from math import gcd
from types import MappingProxyType
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from warmline.core.words import Malformed

RATE_HZ = 8_000
LARGEST_BYTES = 20 * 1024 * 1024
LONGEST_S = 300
RATES_HZ = range(4_000, 192_001)
PEAK = 0.7
"""The loudest moment, as a share of what a telephone can carry: prompts are alike then."""
TONE_HZ, TONE_MS = 1_000, 400
QUIETEST = 0.001
"""A sound that never gets louder is silence."""
_EXTENSIBLE = 0xFFFE
_CHANNELS = 8

Samples: TypeAlias = "NDArray[np.floating[Any]]"
"""Between -1 and 1, one channel."""


def for_telephones(content: bytes) -> bytes:
    """A WAV of any usual kind as 8 kHz mono 16 bit; `Malformed` says what is wrong with it."""
    samples, rate_hz = samples_of(content)
    loudest = float(np.max(np.abs(samples)))
    if loudest < QUIETEST:
        raise Malformed("sound", "nothing can be heard in it", "no_sound")
    return wav(at_rate(samples, rate_hz) * (PEAK / loudest))


def samples_of(content: bytes) -> tuple[Samples, int]:
    """The samples of a WAV, its channels mixed into one, and their rate."""
    if len(content) > LARGEST_BYTES:
        raise Malformed("sound", f"larger than {LARGEST_BYTES // 1024 // 1024} MB")
    kind, channels, rate_hz, bits, data = _parts(content)
    if not 1 <= channels <= _CHANNELS or rate_hz not in RATES_HZ:
        raise Malformed("sound", "it has a strange rate or number of channels", "sound_kind")
    samples = _decoded(data, kind, bits)
    samples = samples[: len(samples) // channels * channels].reshape(-1, channels).mean(axis=1)
    if not len(samples):
        raise Malformed("sound", "it is empty", "no_sound")
    if len(samples) > LONGEST_S * rate_hz:
        raise Malformed("sound", f"longer than {LONGEST_S} s", "sound_long", max=LONGEST_S)
    return samples, rate_hz


def at_rate(samples: Samples, rate_hz: int) -> Samples:
    """The same sound with the telephone's rate."""
    if rate_hz == RATE_HZ:
        return samples
    signal: Any = import_module("scipy.signal")  # half a second, and it says no types itself
    shared = gcd(RATE_HZ, rate_hz)
    made = signal.resample_poly(samples, RATE_HZ // shared, rate_hz // shared)
    return np.asarray(made, dtype=np.float64)


def wav(samples: Samples) -> bytes:
    """A WAV of samples that have the telephone's rate already."""
    whole = (np.clip(samples, -1, 1) * 32_767).astype("<i2")
    file = io.BytesIO()
    with wave.open(file, "wb") as to:
        to.setnchannels(1)
        to.setsampwidth(2)
        to.setframerate(RATE_HZ)
        to.writeframes(whole.tobytes())
    return file.getvalue()


def tone() -> bytes:
    """The sound after which a caller speaks."""
    times = np.arange(RATE_HZ * TONE_MS // 1_000) / RATE_HZ
    return wav(np.sin(2 * np.pi * TONE_HZ * times) * PEAK)


def seconds(content: bytes) -> float:
    """How long one of ours lasts."""
    with wave.open(io.BytesIO(content)) as file:
        return file.getnframes() / file.getframerate()


def _parts(content: bytes) -> tuple[int, int, int, int, bytes]:
    """Kind, channels, rate, bits and data, chunk by chunk."""
    if content[:4] != b"RIFF" or content[8:12] != b"WAVE":
        raise Malformed("sound", "not a WAV file", "no_wav")
    told: tuple[int, int, int, int] | None = None
    at = 12
    while at + 8 <= len(content):
        name, size = content[at : at + 4], struct.unpack_from("<I", content, at + 4)[0]
        body = content[at + 8 : at + 8 + size]
        if name == b"fmt " and len(body) >= 16:  # noqa: PLR2004 - the least that a WAV tells
            kind, channels, rate_hz, _, _, bits = struct.unpack_from("<HHIIHH", body)
            if kind == _EXTENSIBLE and len(body) >= 26:  # noqa: PLR2004 - the kind stands there
                kind = struct.unpack_from("<H", body, 24)[0]
            told = kind, channels, rate_hz, bits
        elif name == b"data" and told is not None:
            # Who writes into a pipe does not know the size; then it is all that follows.
            return *told, body
        at += 8 + size + size % 2
    raise Malformed("sound", "a WAV file without sound in it", "no_sound")


def _decoded(data: bytes, kind: int, bits: int) -> Samples:
    width = max(1, bits // 8)
    data = data[: len(data) // width * width]
    if kind == 1 and bits in _WHOLE:
        return _whole(data, bits)
    if kind == 3 and bits in {32, 64}:  # noqa: PLR2004 - numbers with a point
        found = np.frombuffer(data, f"<f{width}").astype(np.float64)
        if np.isfinite(found).all():
            return found
    elif bits == 8 and kind in _LAWS:  # noqa: PLR2004
        return _LAWS[kind](np.frombuffer(data, np.uint8))
    raise Malformed("sound", "a kind of WAV that is not read here", "sound_kind")


def _whole(data: bytes, bits: int) -> Samples:
    """Whole numbers, the smallest first byte; one byte alone has no sign."""
    if bits == 8:  # noqa: PLR2004
        return (np.frombuffer(data, np.uint8).astype(np.float64) - 128) / 128
    if bits == 24:  # noqa: PLR2004
        three = np.frombuffer(data, np.uint8).reshape(-1, 3).astype(np.int32)
        high = (three[:, 0] << 8) | (three[:, 1] << 16) | (three[:, 2] << 24)
        return high.astype(np.float64) / 2**31
    return np.frombuffer(data, f"<i{bits // 8}").astype(np.float64) / 2 ** (bits - 1)


def _mulaw(data: NDArray[np.uint8]) -> Samples:
    flipped = ~data
    step, part = (flipped >> 4) & 7, (flipped & 15).astype(np.int32)
    size = ((2 * part + 33) << step.astype(np.int32)) - 33
    return np.where(flipped & 0x80, -size, size) / 8_031.0


def _alaw(data: NDArray[np.uint8]) -> Samples:
    flipped = data ^ 0x55
    step, part = ((flipped >> 4) & 7).astype(np.int32), (flipped & 15).astype(np.int32)
    size = np.where(step == 0, 2 * part + 1, (2 * part + 33) << np.maximum(step - 1, 0))
    return np.where(flipped & 0x80, size, -size) / 4_032.0


_WHOLE = frozenset({8, 16, 24, 32})
_LAWS = MappingProxyType({6: _alaw, 7: _mulaw})
"""How telephone networks write eight bits, by the number that a WAV has for it."""
