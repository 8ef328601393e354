"""What is kept of a talk: one sound of a room, or the customer's side and ours apart."""

import asyncio
import io
import json
import wave
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field

import numpy as np
import structlog

from warmline.channels.asterisk import words as ast
from warmline.channels.asterisk.ari import MISSING, SOUND_WITHIN_S, NotThere, path
from warmline.channels.asterisk.board import Board, Leg, outcome
from warmline.channels.voice import words as w
from warmline.core.words import Instant, Millis

SIDES = {"-them": "in", "-us": "out"}
"""Where the customer's leg is listened into: what it says, and what it hears."""
SAMPLE = np.dtype("<i2")
CONFLICT = 409
LOOKS, LOOK_AGAIN_S = 40, 0.05
"""So often, and after so long, it is tried again on a recording that has not begun yet."""
OVER_WITHIN_S = 2.0
"""So long the end of a recording is waited for before its room is closed."""

log = structlog.get_logger()


@dataclass(slots=True, kw_only=True)
class Recording:
    """One recording that goes on."""

    id: w.RecordingId
    room: w.RoomId
    split: bool
    since: Instant
    """When it began, or went on after a pause."""
    kept_ms: Millis = 0
    """How much was kept before that."""
    paused: bool = False
    open: int = 1
    """How many of its files still grow."""
    over: asyncio.Event = field(default_factory=asyncio.Event)

    def names(self) -> list[str]:
        """What its files are called in Asterisk."""
        return [f"{self.id}{side}" for side in SIDES] if self.split else [str(self.id)]

    def kept(self, now: Instant) -> Millis:
        """How much is kept by now."""
        return self.kept_ms + (0 if self.paused else max(0, now - self.since))


class Recordings:
    """The recordings of an exchange; Asterisk remembers which they are for our next start."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self._live: dict[w.RecordingId, Recording] = {}
        self._looked = False

    def live(self) -> tuple[w.RecordingId, ...]:
        """Those that go on now."""
        return tuple(self._live)

    def is_paused(self, leg: Leg) -> bool:
        """Whether nothing may be known of what this leg keys in now, or that is not known yet."""
        return not self._looked or any(
            one.paused and one.room == leg.room for one in self._live.values()
        )

    async def start(self, command: w.StartRecording) -> w.Outcome:
        """Record a room."""
        board = self._board
        if command.recording in self._live:
            return w.Outcome.DONE
        room = board.rooms.get(command.room)
        if room is None:
            return w.Outcome.GONE
        recording = Recording(
            id=command.recording,
            room=command.room,
            split=command.split,
            since=board.clock.now(),
            open=len(SIDES) if command.split else 1,
        )
        self._live[recording.id] = recording
        done, most_s = w.Outcome.FAILED, command.most_ms // 1_000
        silence_s = command.silence_ms // 1_000
        try:
            if command.split:
                done = await self._start_split(recording, most_s)
            else:
                where = path("bridges", room.bridge, "record")
                done = await self._record(where, str(recording.id), most_s, silence_s)
        finally:
            if done is not w.Outcome.DONE:
                self._live.pop(recording.id, None)
        if done is w.Outcome.DONE:
            await self._remember()
        return done

    async def _start_split(self, recording: Recording, most_s: int) -> w.Outcome:
        inside = self._board.within(recording.room)
        of = next((leg for leg in inside if leg.role is w.Role.CUSTOMER), None)
        of = of or next(iter(inside), None)
        if of is None:
            return w.Outcome.GONE
        for side, way in SIDES.items():
            name = f"{recording.id}{side}"
            snoop = f"{ast.SNOOP}{name}"
            done = w.Outcome.FAILED
            if await self._board.snoop(snoop, of.id, spy=way):
                done = await self._record(path("channels", snoop, "record"), name, most_s)
            if done is not w.Outcome.DONE:
                await self._drop_snoops(recording)
                return done
        return w.Outcome.DONE

    async def _record(self, where: str, name: str, most_s: int, silence_s: int = 0) -> w.Outcome:
        wanted: dict[str, str | int] = {"name": name, "format": "wav", "ifExists": "overwrite"}
        if silence_s:
            wanted["maxSilenceSeconds"] = silence_s
        reply = await self._board.ari.send(
            "POST", where, {**wanted, "maxDurationSeconds": max(1, most_s)}
        )
        return w.Outcome.DONE if reply.good else w.Outcome.FAILED

    async def pause(self, id_: w.RecordingId, *, on: bool) -> w.Outcome:
        """Keep nothing from now on, or go on."""
        recording = self._live.get(id_)
        if recording is None:
            return w.Outcome.GONE
        if recording.paused is on:
            return w.Outcome.DONE
        now = self._board.clock.now()
        if on:  # from this moment, whatever Asterisk answers
            recording.kept_ms, recording.paused = recording.kept(now), True
        done = await self._each(recording, "POST" if on else "DELETE", "pause")
        if not on and done is w.Outcome.DONE:
            recording.since, recording.paused = self._board.clock.now(), False
        await self._remember()
        return done

    async def stop(self, id_: w.RecordingId) -> w.Outcome:
        """Finish; that it is ready is told."""
        recording = self._live.get(id_)
        if recording is None:
            return w.Outcome.GONE
        done = await self._each(recording, "POST", "stop")
        return w.Outcome.DONE if done is w.Outcome.GONE else done

    async def stop_of(self, room: w.RoomId) -> None:
        """Finish all recordings of a room, which is closed next.

        Their end is waited for: of a bridge that is gone Asterisk tells nothing more.
        """
        going = [one for one in self._live.values() if one.room == room]
        for recording in going:
            await self.stop(recording.id)
        for recording in going:
            with suppress(TimeoutError):
                async with asyncio.timeout(OVER_WITHIN_S):
                    await recording.over.wait()
            if recording.id in self._live:
                await self._look_at(recording)

    async def sound(self, id_: w.RecordingId) -> bytes:
        """The WAV, with two channels where the sides were kept apart."""
        if id_ in self._live:
            raise LookupError(id_)
        whole = await self._fetch(str(id_))
        if whole is not None:
            return whole
        sides = [await self._fetch(f"{id_}{side}") for side in SIDES]
        found = [side for side in sides if side is not None]
        if len(found) < len(SIDES):
            raise LookupError(id_)
        return woven(found)

    async def forget(self, id_: w.RecordingId) -> None:
        """Its files go."""
        for name in (str(id_), *(f"{id_}{side}" for side in SIDES)):
            await self._board.ari.ask("DELETE", path("recordings", "stored", name))

    async def finished(
        self,
        name: str,
        *,
        failed: str | None,
        spoken_ms: Millis | None = None,
        unseen: bool = False,
    ) -> None:
        """Asterisk closed one of our files; when is `unseen`, if its sound alone tells."""
        recording = next((one for one in self._live.values() if name in one.names()), None)
        if recording is None:
            return
        recording.open -= 1
        if recording.open and failed is None:
            return
        del self._live[recording.id]
        recording.over.set()
        now = self._board.clock.now()
        if failed is not None:
            log.warning("recording_failed", recording=recording.id, cause=failed)
            self._board.tell(w.RecordingFailed(at=now, recording=recording.id, why=failed))
        else:
            kept = 0 if unseen else recording.kept(now)
            self._board.tell(
                w.RecordingReady(
                    at=now, recording=recording.id, duration_ms=kept, spoken_ms=spoken_ms
                )
            )
        if recording.split:
            await self._drop_snoops(recording)
        await self._remember()

    async def look(self) -> None:
        """Take up what Asterisk remembers; what ended meanwhile is told."""
        ari = self._board.ari
        kept = await ari.ask("GET", "/asterisk/variable", variable=ast.RECORDINGS)
        said = kept.value()["value"] if kept.good else ""
        for one in json.loads(said) if said else ():
            id_ = w.RecordingId(one["id"])
            self._live.setdefault(id_, Recording(**one))
        self._looked = True
        for recording in list(self._live.values()):
            await self._look_at(recording)

    async def _look_at(self, recording: Recording) -> None:
        """Its end may have been missed."""
        ari = self._board.ari
        going = 0
        for name in recording.names():
            seen = await ari.ask("GET", path("recordings", "live", name))
            going += seen.status != MISSING
        recording.open = going
        if not going:
            recording.open = 1
            there = await ari.ask("GET", path("recordings", "stored", recording.names()[0]))
            failed = None if there.good else "not_there"
            await self.finished(recording.names()[0], failed=failed, unseen=True)

    async def _each(self, recording: Recording, method: str, deed: str) -> w.Outcome:
        done = [
            await self._once_it_runs(method, path("recordings", "live", name, deed))
            for name in recording.names()
        ]
        return w.Outcome.DONE if w.Outcome.DONE in done else done[0]

    async def _once_it_runs(self, method: str, where: str) -> w.Outcome:
        """Asked for a moment ago it waits for its first sound: until then nothing can be done."""
        reply = await self._board.ari.ask(method, where)
        for _ in range(LOOKS):
            if reply.status != CONFLICT:
                break
            await asyncio.sleep(LOOK_AGAIN_S)
            reply = await self._board.ari.ask(method, where)
        return outcome(reply)

    async def _drop_snoops(self, recording: Recording) -> None:
        for name in recording.names():
            await self._board.ari.ask("DELETE", path("channels", f"{ast.SNOOP}{name}"))

    async def _remember(self) -> None:
        kept = json.dumps([_facts(one) for one in self._live.values()])
        ask = self._board.ari.ask
        await ask("POST", "/asterisk/variable", variable=ast.RECORDINGS, value=kept)

    async def _fetch(self, name: str) -> bytes | None:
        where = path("recordings", "stored", name, "file")
        reply = await self._board.ari.send("GET", where, within_s=SOUND_WITHIN_S)
        if reply.good:
            return reply.body
        if reply.status == MISSING:
            return None
        raise NotThere(f"recording: {reply.status}")


def _facts(recording: Recording) -> dict[str, object]:
    return {
        "id": recording.id,
        "room": recording.room,
        "split": recording.split,
        "since": recording.since,
        "kept_ms": recording.kept_ms,
        "paused": recording.paused,
    }


def woven(sides: Iterable[bytes]) -> bytes:
    """One WAV with a channel for each of several; the shorter ones end in silence."""
    rate = 8_000
    tracks: list[np.ndarray[tuple[int], np.dtype[np.int16]]] = []
    for side in sides:
        with wave.open(io.BytesIO(side)) as file:
            rate = file.getframerate()
            tracks.append(np.frombuffer(file.readframes(file.getnframes()), SAMPLE))
    whole = np.zeros((max(map(len, tracks)), len(tracks)), SAMPLE)
    for index, track in enumerate(tracks):
        whole[: len(track), index] = track
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(len(tracks))
        file.setsampwidth(SAMPLE.itemsize)
        file.setframerate(rate)
        file.writeframes(whole.tobytes())
    return out.getvalue()
