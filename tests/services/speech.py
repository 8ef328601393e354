"""Speech for the tests: the real espeak-ng, and which of some sounds was heard on a telephone."""

import io
import subprocess
import sys
import wave
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from warmline.channels.voice.saying.espeak import Program, found

FETCH = Path(__file__).resolve().parents[2] / "scripts" / "fetch_asterisk.py"
RATE_HZ = 8000
PIECE = RATE_HZ * 2 // 5
ALIKE = 0.85
LOUD = 300.0
"""Pieces that are quieter are pauses, which any sound has."""


@cache
def speaking() -> Program:
    """The espeak-ng of this machine, fetched when it has none; what fails, fails the test."""
    if there := found():
        return there
    done = subprocess.run(
        [sys.executable, FETCH, "espeak"], capture_output=True, text=True, check=False
    )
    there = found()
    assert there is not None, done.stderr.strip()
    return there


def samples(content: bytes) -> NDArray[np.float64]:
    """The samples of one of our WAVs."""
    with wave.open(io.BytesIO(content)) as file:
        shape = file.getframerate(), file.getnchannels(), file.getsampwidth()
        assert shape == (RATE_HZ, 1, 2)
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.float64)


def share_heard(heard: NDArray[np.int16], sound: NDArray[np.float64]) -> float:
    """Which share of the loud pieces of a sound, 0 to 1, is somewhere in what was heard.

    A piece (0.4 s) is there where the normalised correlation of the two waves is high: the same
    words of another voice, or other words of the same voice, do not come near.
    """
    pieces = [sound[at : at + PIECE] for at in range(0, len(sound) - PIECE + 1, PIECE)]
    loud = [piece for piece in pieces if np.sqrt(np.mean(piece**2)) > LOUD]
    assert loud, "there is nothing to be heard in it"
    return sum(_alike(heard.astype(np.float64), piece) > ALIKE for piece in loud) / len(loud)


def recognised(heard: NDArray[np.int16], sounds: Mapping[str, bytes]) -> dict[str, float]:
    """How much of each sound was heard."""
    return {name: share_heard(heard, samples(sound)) for name, sound in sounds.items()}


def _alike(heard: NDArray[np.float64], piece: NDArray[np.float64]) -> float:
    from scipy.signal import fftconvolve  # it takes longest of all to load, and few listen

    if len(heard) < len(piece):
        return 0.0
    found = fftconvolve(heard, piece[::-1], mode="valid")
    power = fftconvolve(heard**2, np.ones(len(piece)), mode="valid")
    size = np.sqrt(np.maximum(power, 1.0) * np.sum(piece**2))
    return float(np.max(found / size))
