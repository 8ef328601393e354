"""What callers hear of the center: own recordings first, else words that are spoken to them."""

import hashlib
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence

from warmline.channels.voice import prompt_tables as tables
from warmline.channels.voice import words as w
from warmline.channels.voice.saying import languages, wav
from warmline.channels.voice.saying.espeak import VOICES, Speech
from warmline.channels.voice.shelf import Shelf
from warmline.core.words import Malformed, SiteId
from warmline.ports import Blobs, Clock
from warmline.storage.database import Database
from warmline.storage.journal import storage_errors
from warmline.storage.rows import Row, row, rows

KEEPS_BYTES = 32 * 1024 * 1024
"""So much of what was spoken is kept for the next caller."""
TONE = "tone"
"""The sound after which a caller speaks."""
PROMPTS_LIMIT = 3_000
Said = Callable[[], Awaitable[Mapping[str, Mapping[str, str]]]]
"""What flows say, by name and language."""


async def nothing() -> Mapping[str, Mapping[str, str]]:
    """No flow says anything."""
    return {}


class Prompts:
    """The sounds of one site; what a network plays it asks for here (`wav_of`)."""

    def __init__(
        self,
        *,
        site: SiteId,
        database: Database,
        blobs: Blobs,
        clock: Clock,
        speech: Speech,
        url: str = "",
    ) -> None:
        self.speech = speech
        self.said: Said = nothing
        self.shelf = Shelf(clock)
        self._site = site
        self._database = database
        self._blobs = blobs
        self._clock = clock
        self._url = url
        """Where a network that fetches sounds finds us."""
        self._spoken: OrderedDict[str, bytes] = OrderedDict()
        self._held = 0

    # What networks ask

    async def wav_of(self, sound: w.Sound) -> bytes | None:
        """A sound as telephones carry it (8 kHz, mono, 16 bit); None when there is none."""
        if (own := await self.own(sound)) is not None:
            return own
        if sound.prompt == TONE:
            return wav.tone()
        text = sound.text
        if text is None and sound.prompt is not None:
            text = languages.standard(sound.prompt, sound.language)
        if text is None:
            return None
        language = languages.spoken_in(sound.language)
        return await self._say(text, language, passing=sound.passing)

    async def own(self, sound: w.Sound) -> bytes | None:
        """What an administrator put in its place: a recording, or other words."""
        key, language = sound.blob, languages.spoken_in(sound.language)
        if key is None and sound.prompt is not None:
            found = await self._kept(sound.prompt, language)
            if found is not None and found["text"]:
                return await self._say(found["text"], language, passing=False)
            key = found["blob"] if found is not None else None
        if key is None:
            return None
        try:
            return await self._blobs.get(key)
        except KeyError:
            return None

    def address(self, wav: bytes, *, passing: bool = False) -> str:
        """Where a network fetches a sound, for a while."""
        return self._url + self.shelf.address(wav, passing=passing)

    # What administrators do

    async def all(self) -> Sequence[Row]:
        """What was put in place of prompts."""
        with storage_errors():
            async with self._database.read() as connection:
                return await rows(connection, tables.prompts(self._site))

    async def keep_text(self, name: str, language: str, text: str) -> None:
        """Say a standard prompt in other words."""
        if languages.standard(name, language) is None:
            raise Malformed("name", "only standard prompts have words that can be changed here")
        await self._keep(name, language, text=text.strip(), blob=None)

    async def keep_recording(self, name: str, language: str, content: bytes) -> float:
        """Play a recording in place of a prompt; its seconds. `Malformed` when it is none."""
        made = wav.for_telephones(content)
        await self._keep(name, language, text=None, blob=await self._blobs.put(made))
        return wav.seconds(made)

    async def keep_blob(self, content: bytes) -> str:
        """Keep a sound that no prompt is made of; its key, for `Sound(blob=…)`."""
        return await self._blobs.put(wav.for_telephones(content))

    async def drop(self, name: str, language: str) -> None:
        """The standard prompt is heard again."""
        before = await self._kept(name, language)
        with storage_errors():
            async with self._database.write() as connection:
                await connection.execute(tables.dropped(self._site, name, language))
        await self._let_go(before)

    # Inside

    async def _keep(self, name: str, language: str, *, text: str | None, blob: str | None) -> None:
        before = await self._kept(name, language)
        if before is None and len(await self.all()) >= PROMPTS_LIMIT:
            raise Malformed("name", f"there are {PROMPTS_LIMIT:,} prompts of your own already")
        statement = tables.kept(self._site, name, language, self._clock.now(), text=text, blob=blob)
        with storage_errors():
            async with self._database.write() as connection:
                await connection.execute(statement)
        if before is not None and before["blob"] != blob:
            await self._let_go(before)

    async def _let_go(self, before: Row | None) -> None:
        """A recording that no prompt plays any more goes."""
        blob = before["blob"] if before is not None else None
        if blob is None:
            return
        with storage_errors():
            async with self._database.read() as connection:
                used = await row(connection, tables.of_blob(self._site, blob))
        if used is None:
            await self._blobs.remove(blob)

    async def _kept(self, name: str, language: str) -> Row | None:
        with storage_errors():
            async with self._database.read() as connection:
                return await row(connection, tables.prompt(self._site, name, language))

    async def _say(self, text: str, language: str, *, passing: bool) -> bytes | None:
        told = languages.aloud(text, language)
        key = hashlib.sha256(f"{VOICES[language]}\0{language}\0{told}".encode()).hexdigest()
        found = self._spoken.get(key)
        if found is not None:
            self._spoken.move_to_end(key)
            return found
        made = await self.speech.speak(told, language)
        if made is not None and not passing and key not in self._spoken:
            self._spoken[key] = made
            self._held += len(made)
            while self._held > KEEPS_BYTES:
                self._held -= len(self._spoken.popitem(last=False)[1])
        return made
