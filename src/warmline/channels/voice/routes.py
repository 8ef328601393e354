"""Calls over HTTP: who is in one, its recordings, keys, a supervisor who listens, the lines."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, HTTPException, Response
from pydantic import BaseModel, ConfigDict, Field

from warmline.channels.voice import quality, tables
from warmline.channels.voice import words as w
from warmline.channels.voice.room import VoiceRoom
from warmline.channels.voice.shapes import CallAnswer, LineAnswer, NetworkAnswer, call_answer
from warmline.channels.voice.supervision import in_sight, rules_of
from warmline.core.permissions import Right
from warmline.core.words import Actor, InboxId, InteractionId, Medium, Rejected
from warmline.storage.rows import row, rows
from warmline.storage.schema import ID_CHARS

DIGITS_MOST = 32


class PauseBody(BaseModel):
    """Nothing is kept of what is said, or it is again."""

    model_config = ConfigDict(extra="forbid")
    do: Literal["pause", "resume"]


class PauseAnswer(BaseModel):
    """When a pause ends by itself; null when it is none."""

    goes_on_at: int | None


class DigitsBody(BaseModel):
    """Keys to press, as on a telephone."""

    model_config = ConfigDict(extra="forbid")
    digits: Annotated[str, Field(pattern=r"^[0-9*#A-D]+$", max_length=DIGITS_MOST)]


class LineBody(BaseModel):
    """Where a called number or page leads."""

    model_config = ConfigDict(extra="forbid")
    inbox: Annotated[str, Field(min_length=1, max_length=ID_CHARS)]
    greeting: Annotated[str | None, Field(max_length=ID_CHARS)] = None
    language: Annotated[str | None, Field(max_length=tables.LANGUAGE_CHARS)] = None
    recorded: bool = False
    announce: Literal["position", "wait", "both"] | None = None
    announce_first_s: Annotated[int | None, Field(ge=5, le=600)] = None
    """After so many seconds in the line; 20 unless given."""
    announce_every_s: Annotated[int | None, Field(ge=20, le=3600)] = None
    """And again so often; null says it once."""


def voice_routes(room: VoiceRoom) -> APIRouter:
    """The routes for the desk, the floor and the settings."""
    router = APIRouter(tags=["calls"])
    _of_calls(router, room)
    _of_recordings(router, room)
    _of_lines(router, room)
    return router


def _of_calls(router: APIRouter, room: VoiceRoom) -> None:
    reader = Depends(room.needs(Right.READ_OWN))
    worker = Depends(room.needs.any_of(frozenset({Right.WORK, Right.SUPERVISE})))

    @router.get("/interactions/{interaction}/call")
    async def call(interaction: InteractionId, actor: Annotated[Actor, reader]) -> CallAnswer:
        """Who is or was in the call, and what of it was recorded."""
        if not await room.sight.conversation(actor, interaction):
            raise HTTPException(404, f"there is no interaction {interaction}")
        site = room.first.site
        async with room.first.database.read() as connection:
            legs = await rows(connection, tables.legs(site, interaction))
            recordings = await rows(connection, tables.recordings(site, interaction))
            measured = await rows(connection, quality.of_call(site, interaction))
            rules = await rules_of(connection, site)
        if not legs and not recordings:
            raise HTTPException(404, f"interaction {interaction} is no call")
        seen = in_sight(legs, actor, rules)
        return call_answer(interaction, seen, recordings, room.voices, measured)

    @router.post("/interactions/{interaction}/call/digits", status_code=204)
    async def digits(
        interaction: InteractionId, body: DigitsBody, actor: Annotated[Actor, worker]
    ) -> None:
        """Press keys for the other end, as in somebody else's menu; they are kept nowhere."""
        room.must_hold(actor, interaction)
        await room.of(interaction).deeds.press(interaction, body.digits)


def _of_recordings(router: APIRouter, room: VoiceRoom) -> None:
    reader = Depends(room.needs(Right.READ_OWN))
    worker = Depends(room.needs.any_of(frozenset({Right.WORK, Right.SUPERVISE})))

    @router.post("/interactions/{interaction}/call/recording")
    async def pause(
        interaction: InteractionId, body: PauseBody, actor: Annotated[Actor, worker]
    ) -> PauseAnswer:
        """Pause the recording, as while a card number is told; it goes on by itself in time."""
        room.must_hold(actor, interaction)
        voice = room.of(interaction)
        goes_on_at = await voice.deeds.pause(interaction, on=body.do == "pause")
        await room.audited(room.audit(actor, body.do, "recording", interaction))
        return PauseAnswer(goes_on_at=goes_on_at)

    @router.get("/recordings/{recording}/sound")
    async def sound(recording: str, actor: Annotated[Actor, reader]) -> Response:
        """The sound of a talk (WAV); who listened is on record."""
        site = room.first.site
        async with room.first.database.read() as connection:
            found = await row(connection, tables.recording(site, w.RecordingId(recording)))
        theirs = found is not None and await room.sight.conversation(
            actor, InteractionId(found["interaction"])
        )
        if found is None or not theirs or found["blob"] is None:
            raise HTTPException(404, f"there is no recording {recording}")
        await room.audited(room.audit(actor, "listened", "recording", recording))
        try:
            content = await room.first.blobs.get(found["blob"])
        except KeyError:
            raise HTTPException(404, f"the sound of recording {recording} is gone") from None
        return Response(content, media_type="audio/wav", headers=_PRIVATE)


_PRIVATE = {
    "Cache-Control": "private, no-store",
    "Content-Disposition": 'inline; filename="recording.wav"',
    "X-Content-Type-Options": "nosniff",
}


def _of_lines(router: APIRouter, room: VoiceRoom) -> None:
    reader = Depends(room.needs(Right.SIGNED_IN))
    admin = Depends(room.needs(Right.CONFIGURE))

    @router.get("/voice")
    async def networks(_: Annotated[Actor, reader]) -> list[NetworkAnswer]:
        """The networks that carry calls, and whether they are there."""
        return [
            NetworkAnswer(
                name=voice.network.name,
                up=voice.up,
                abilities=sorted(voice.network.abilities),
                phones=sorted(voice.devices),
            )
            for voice in room.voices
        ]

    @router.get("/voice/lines")
    async def lines(_: Annotated[Actor, admin]) -> list[LineAnswer]:
        """Where called numbers and pages lead."""
        async with room.first.database.read() as connection:
            found = await rows(connection, tables.lines(room.first.site))
        return [
            LineAnswer(**{name: one[name] for name in LineAnswer.model_fields}) for one in found
        ]

    @router.put("/voice/lines/{network}/{called}")
    async def keep(
        network: str, called: str, body: LineBody, actor: Annotated[Actor, admin]
    ) -> LineAnswer:
        """Say where a called number or page leads."""
        voice = room.network(network)
        inbox = voice.state.center().inboxes.get(InboxId(body.inbox))
        if inbox is None or inbox.medium is not Medium.VOICE:
            raise Rejected("unknown_inbox", "there is no inbox for calls of this name")
        changed = sorted(body.model_fields_set)
        async with room.first.database.write() as connection:
            values = body.model_dump()
            await connection.execute(tables.line_kept(voice.site, network, called, **values))
            row_ = room.audit(actor, "changed", "voice_line", called[:ID_CHARS], fields=changed)
            await connection.execute(row_)
        voice.lines.changed()
        return LineAnswer(network=network, called=called, **body.model_dump())

    @router.delete("/voice/lines/{network}/{called}", status_code=204)
    async def drop(network: str, called: str, actor: Annotated[Actor, admin]) -> None:
        """Forget a line; an inbox by the called name, where there is one, is reached again."""
        async with room.first.database.write() as connection:
            await connection.execute(tables.line_dropped(room.first.site, network, called))
            row_ = room.audit(actor, "removed", "voice_line", called[:ID_CHARS])
            await connection.execute(row_)
        for voice in room.voices:
            voice.lines.changed()
