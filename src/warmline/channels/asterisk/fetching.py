"""Which sounds Asterisk has itself, and where it fetches the others from: from us, over HTTP."""

from typing import Any, Protocol, cast

from warmline.channels.asterisk.ari import Ari, path
from warmline.channels.voice import words as w

_SOUND = "sound:"


class Heard(Protocol):
    """What is heard of the center: own recordings, and words that are spoken."""

    async def own(self, sound: w.Sound, /) -> bytes | None: ...
    async def wav_of(self, sound: w.Sound, /) -> bytes | None: ...
    def address(self, wav: bytes, /, *, passing: bool = False) -> str: ...


class Fetching:
    """Finds the name by which Asterisk plays a sound; `heard` is None where nothing is served.

    An own recording that was uploaded comes first, then a file of Asterisk's, then spoken words.
    """

    def __init__(self, ari: Ari, heard: Heard | None) -> None:
        self._ari = ari
        self._heard = heard
        self._there: dict[str, frozenset[str]] = {}
        """The names of Asterisk's own sounds, by language."""

    async def look(self) -> None:
        """Ask Asterisk which sounds it has; it knows them from its start or last reload."""
        told = cast("list[Any]", (await self._ari.ask("GET", path("sounds"))).value() or [])
        there: dict[str, set[str]] = {}
        for one in told:
            for kept in one.get("formats", ()):
                there.setdefault(str(kept.get("language")), set()).add(str(one["id"]))
        self._there = {language: frozenset(names) for language, names in there.items()}

    async def media(self, sound: w.Sound) -> str | None:
        """What Asterisk is to play; None when there is nothing to be heard."""
        if self._heard is not None:
            wav = await self._heard.own(sound)
            if wav is None and not self._has(sound):
                wav = await self._heard.wav_of(sound)
            if wav is not None:
                return _SOUND + self._heard.address(wav, passing=sound.passing)
        return None if sound.prompt is None else _SOUND + sound.prompt

    def _has(self, sound: w.Sound) -> bool:
        return sound.prompt is not None and sound.prompt in self._there.get(sound.language, ())
