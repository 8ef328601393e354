"""Words spoken by espeak-ng, a program of its own that is asked for each text anew."""

import asyncio
import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

import structlog

from warmline.channels.voice.saying import wav
from warmline.core.words import Malformed

PROGRAM = "espeak-ng"
VOICES: Mapping[str, str] = MappingProxyType({"en": "en-us", "ru": "ru", "pl": "pl"})
"""The languages that are spoken, and the voice of each."""
LONGEST_CHARS = 1_500
WITHIN_S = 15.0
AT_ONCE = 2
WORDS_PER_MINUTE = 150
"""A little slower than the program's own pace: telephones swallow the high sounds."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """How espeak-ng is started."""

    words: tuple[str, ...]
    data: Path | None = None
    """Where its voices are; None where it knows that by itself."""

    @property
    def environment(self) -> dict[str, str]:
        """All that it is told of this machine."""
        more = {} if self.data is None else {"ESPEAK_DATA_PATH": str(self.data)}
        return {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", **more}


def found(named: Path | None = None) -> Program | None:
    """The espeak-ng that is named, or on PATH, or that was fetched before; else None."""
    if named is not None:
        return Program(words=(str(named),)) if named.is_file() else None
    if there := shutil.which(PROGRAM):
        return Program(words=(there,))
    home = os.environ.get("XDG_CACHE_HOME")
    cache = (Path(home) if home else Path.home() / ".cache") / "warmline"
    for root in sorted(cache.glob("espeak-*/")):
        if program := _unpacked(root):
            return program
    return None


def _unpacked(root: Path) -> Program | None:
    """One that was only unpacked runs with the libraries that came with it."""
    program = root / "usr/bin" / PROGRAM
    loader = next(iter(root.glob("usr/lib*/ld-linux-*")), None)
    loader = loader or next(iter(root.glob("usr/lib/*/ld-linux-*")), None)
    data = next(iter(root.glob("usr/lib/*/espeak-ng-data")), None)
    if not program.is_file() or loader is None or data is None:
        return None
    folders = sorted({str(file.parent) for file in data.parent.rglob("lib*.so*")})
    words = (str(loader), "--library-path", ":".join(folders), str(program))
    return Program(words=words, data=data.parent)


def version(program: Program) -> str | None:
    """What it says of itself; None when it does not start."""
    try:
        done = subprocess.run(  # noqa: S603 - the program that was found above
            [*program.words, "--version"],
            env=program.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=WITHIN_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    said = done.stdout.decode(errors="replace")
    return None if done.returncode else said.split("Data at:", 1)[0].strip() or PROGRAM


@dataclass(slots=True)
class Speech:
    """Speaks; without a program nothing is heard. A few at once, each with a limit of time."""

    program: Program | None
    look: Callable[[], Program | None] = found
    """Asked again while there is none: it may be fetched or installed meanwhile."""
    _turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    def can(self, language: str) -> bool:
        """Whether a language can be spoken here."""
        self.program = self.program or self.look()
        return self.program is not None and language in VOICES

    async def speak(self, text: str, language: str) -> bytes | None:
        """The words as a WAV for telephones; None when they cannot be spoken."""
        voice, cleaned = VOICES.get(language), plain(text)
        if voice is None or not cleaned or not self.can(language):
            return None
        assert self.program is not None
        async with self._turns:
            said = await _said(self.program, voice, cleaned)
        if said is None:
            return None
        try:
            return await asyncio.to_thread(wav.for_telephones, said)
        except Malformed as reason:
            log.warning("speech_unheard", language=language, reason=str(reason))
            return None


def plain(text: str) -> str:
    r"""Words without what the program would take for orders.

    >>> plain("One [[h@loU]]\ttwo\x00")
    'One h@loU two'
    """
    kept = "".join(" " if one.isspace() else one for one in text if one not in "[]<>")
    return " ".join("".join(one for one in kept if one.isprintable()).split())[:LONGEST_CHARS]


async def _said(program: Program, voice: str, text: str) -> bytes | None:
    """What the program says; the words go in by its standard input, never on a line of words."""
    words = [*program.words, "-v", voice, "-s", str(WORDS_PER_MINUTE), "--stdin", "--stdout"]
    try:
        process = await asyncio.create_subprocess_exec(
            *words,
            env=program.environment,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
    except OSError as reason:
        log.warning("speech_failed", reason=type(reason).__name__)
        return None
    try:
        async with asyncio.timeout(WITHIN_S):
            said, _ = await process.communicate(text.encode())
    except TimeoutError:
        log.warning("speech_failed", reason="too slow")
        return None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        log.warning("speech_failed", reason=f"ended with {process.returncode}")
        return None
    return said
