"""Recordings: begun and paused in rows, and kept as files once the network has finished them."""

import io
import wave
from collections.abc import Callable, Sequence

import structlog

from warmline.channels.voice import tables
from warmline.channels.voice import words as w
from warmline.channels.voice.calls import Call, Taping
from warmline.channels.voice.network import VoiceNetwork
from warmline.core.words import (
    SECOND,
    AgentId,
    Instant,
    InteractionId,
    Malformed,
    Millis,
    SiteId,
)
from warmline.ports import Blobs, Write
from warmline.storage.database import Database
from warmline.storage.journal import storage_errors
from warmline.storage.rows import Row, row, rows

log = structlog.get_logger()

LOST = "lost"
"""The network came back and knew nothing of it any more."""
TOO_LARGE = "too_large"
LARGEST_BYTES = 512 * 1024 * 1024
"""Four hours with both sides apart, at 8,000 samples of 16 bits a second."""


def length_ms(sound: bytes) -> Millis:
    """How long a sound file lasts; 0 for one that cannot be read."""
    try:
        with wave.open(io.BytesIO(sound)) as file:
            return file.getnframes() * SECOND // file.getframerate()
    except (wave.Error, EOFError, ZeroDivisionError):
        return 0


class Recordings:
    """The recordings of one network's calls."""

    def __init__(
        self,
        *,
        database: Database,
        blobs: Blobs,
        site: SiteId,
        network: VoiceNetwork,
        changed: Callable[[InteractionId], None],
    ) -> None:
        self._database = database
        self._blobs = blobs
        self._site = site
        self._network = network
        self._changed = changed

    async def begin(
        self,
        call: Call,
        recording: w.RecordingId,
        agent: AgentId | None,
        at: Instant,
        *with_it: Write,
    ) -> None:
        """About to be recorded: known before the network knows it, as is what goes with it."""
        message = call.message
        values = {
            "interaction": call.interaction,
            "network": self._network.name,
            "agent": agent,
            "queue": message.queue if message and message.recording == recording else None,
        }
        with storage_errors():
            async with self._database.write() as connection:
                begun = tables.recording_begun(self._site, recording, values, at)
                await connection.execute(begun)
                for write in with_it:
                    await connection.execute(write.statement, write.rows)
        call.tape = Taping(id=recording, agent=agent)
        call.tapes += 1

    async def pause(self, tape: Taping, at: Instant | None) -> None:
        """Nothing is kept from now on; None: it goes on."""
        await self._change(tape.id, paused_at=at)
        tape.paused_at = at

    async def stop(self, call: Call, at: Instant) -> None:
        """No more of it; its sound comes later."""
        if call.tape is not None:
            await self._change(call.tape.id, ended_at=at, paused_at=None)
            call.tape = None

    async def failed(self, recording: w.RecordingId, why: str, at: Instant) -> None:
        """Nothing was kept."""
        short = why[: tables.WORD_CHARS]
        await self._change(recording, failed=short, ended_at=at, paused_at=None)
        log.warning("recording_failed", recording=recording, why=short)

    async def belongs(self, recording: w.RecordingId, interaction: InteractionId) -> None:
        """It is of another interaction from now on, in which it waits."""
        await self._change(recording, interaction=interaction, queue=None)

    async def messages(self) -> Sequence[Row]:
        """The messages that are finished and do not wait yet."""
        with storage_errors():
            async with self._database.read() as connection:
                return await rows(connection, tables.messages(self._site, self._network.name))

    async def drop(self, recording: w.RecordingId, why: str, at: Instant) -> None:
        """What was kept is worth nothing."""
        with storage_errors():
            async with self._database.read() as connection:
                found = await row(connection, tables.recording(self._site, recording))
        await self._change(recording, blob=None)
        await self.failed(recording, why, at)
        if found is not None and found["blob"] is not None:
            await self._blobs.remove(found["blob"])

    async def ready(self, recording: w.RecordingId, duration_ms: int, at: Instant) -> Millis | None:
        """Take the sound and keep it; how long it is. A sound that is gone by then has failed."""
        try:
            sound = await self._network.sound(recording)
            blob = await self._blobs.put(sound)
        except LookupError:
            await self.failed(recording, LOST, at)
        except Malformed:
            await self.failed(recording, TOO_LARGE, at)
        else:
            kept_ms = duration_ms or length_ms(sound)
            await self._change(
                recording, blob=blob, duration_ms=kept_ms, ended_at=at, paused_at=None, failed=None
            )
            await self._network.forget(recording)
            return kept_ms
        return None

    async def unfinished(self) -> set[w.RecordingId]:
        """Those of which no sound has come yet, as rows say."""
        with storage_errors():
            async with self._database.read() as connection:
                query = tables.unfinished(self._site, self._network.name)
                return {w.RecordingId(one["id"]) for one in await rows(connection, query)}

    async def _change(self, recording: w.RecordingId, **values: object) -> None:
        with storage_errors():
            async with self._database.write() as connection:
                interaction = await connection.scalar(
                    tables.recording_changed(self._site, recording, **values)
                )
        if interaction is not None:
            self._changed(InteractionId(interaction))
