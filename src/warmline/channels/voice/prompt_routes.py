"""Prompts over HTTP: what callers hear, heard by administrators, in other words or recorded."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, HTTPException, Path, Response, UploadFile
from pydantic import BaseModel, ConfigDict, Field

from warmline.channels.voice import words as w
from warmline.channels.voice.prompt_tables import TEXT_CHARS
from warmline.channels.voice.prompts import Prompts
from warmline.channels.voice.room import VoiceRoom
from warmline.channels.voice.saying import languages
from warmline.channels.voice.saying.wav import LARGEST_BYTES
from warmline.core.permissions import Right
from warmline.core.words import Actor, Malformed

Name = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
Language = Annotated[Literal["en", "ru", "pl"], Path()]


class TextBody(BaseModel):
    """Other words for a standard prompt."""

    model_config = ConfigDict(extra="forbid")
    text: Annotated[str, Field(min_length=1, max_length=TEXT_CHARS, pattern=r"\S")]


class PromptAnswer(BaseModel):
    """A prompt in one language."""

    name: str
    of: str
    """`center` for a standard one, `flow` for what a flow says, `own` for any other name."""
    language: str
    text: str
    """What is said where nothing is recorded; empty when nothing is."""
    recorded: bool
    changed: bool
    """Whether it is something else than at first."""


class PromptsAnswer(BaseModel):
    """All prompts, and in which languages words are spoken here."""

    speaks: list[str]
    """Without any, only recordings are heard: espeak-ng is not there."""
    prompts: list[PromptAnswer]


class RecordedAnswer(BaseModel):
    """A recording was kept."""

    seconds: float


def prompt_routes(prompts: Prompts, room: VoiceRoom) -> APIRouter:
    """The routes for the settings of calls."""
    router = APIRouter(tags=["calls"])
    _of_all(router, prompts, room)
    _of_one(router, prompts, room)
    return router


def _of_all(router: APIRouter, prompts: Prompts, room: VoiceRoom) -> None:
    admin = Depends(room.needs(Right.CONFIGURE))

    @router.get("/voice/prompts")
    async def every(_: Annotated[Actor, admin]) -> PromptsAnswer:
        """What callers hear: standard prompts, what flows say, and recordings of other names."""
        kept = {(one["name"], one["language"]): one for one in await prompts.all()}
        flows = await prompts.said()
        told: list[PromptAnswer] = []
        for name in sorted({*languages.STANDARD, *flows, *(name for name, _ in kept)}):
            standard = name in languages.STANDARD
            for language in languages.TONGUES:
                mine = kept.get((name, language))
                words = languages.standard(name, language) or flows.get(name, {}).get(language)
                if words is None and mine is None:
                    continue
                told.append(
                    PromptAnswer(
                        name=name,
                        of="center" if standard else "flow" if name in flows else "own",
                        language=language,
                        text=(mine["text"] if mine is not None else None) or words or "",
                        recorded=mine is not None and mine["blob"] is not None,
                        changed=mine is not None,
                    )
                )
        speaks = [one for one in languages.TONGUES if prompts.speech.can(one)]
        return PromptsAnswer(speaks=speaks, prompts=told)


def _of_one(router: APIRouter, prompts: Prompts, room: VoiceRoom) -> None:
    admin = Depends(room.needs(Right.CONFIGURE))

    @router.get("/voice/prompts/{name}/{language}/sound")
    async def hear(name: Name, language: Language, _: Annotated[Actor, admin]) -> Response:
        """What callers hear (WAV)."""
        words = (await prompts.said()).get(name, {}).get(language) or None
        sound = w.Sound(prompt=name, language=language, text=words)
        found = await prompts.wav_of(sound)
        if found is None:
            raise HTTPException(404, f"nothing is heard of {name} in {language}")
        return Response(found, media_type="audio/wav", headers=_PRIVATE)

    @router.put("/voice/prompts/{name}/{language}", status_code=204)
    async def say(
        name: Name, language: Language, body: TextBody, actor: Annotated[Actor, admin]
    ) -> None:
        """Say a standard prompt in other words; a recording of it goes."""
        await prompts.keep_text(name, language, body.text)
        await room.audited(room.audit(actor, "changed", "voice_prompt", name, fields=[language]))

    @router.put("/voice/prompts/{name}/{language}/recording")
    async def record(
        name: Name, language: Language, file: UploadFile, actor: Annotated[Actor, admin]
    ) -> RecordedAnswer:
        """Play a recording (WAV) instead; it is made as loud and as long as telephones want it."""
        if file.size is not None and file.size > LARGEST_BYTES:
            raise Malformed("file", f"larger than {LARGEST_BYTES // 1024 // 1024} MB")
        seconds = await prompts.keep_recording(name, language, await file.read())
        await room.audited(room.audit(actor, "recorded", "voice_prompt", name, fields=[language]))
        return RecordedAnswer(seconds=round(seconds, 1))

    @router.delete("/voice/prompts/{name}/{language}", status_code=204)
    async def drop(name: Name, language: Language, actor: Annotated[Actor, admin]) -> None:
        """What was there at first is heard again."""
        await prompts.drop(name, language)
        await room.audited(room.audit(actor, "removed", "voice_prompt", name, fields=[language]))


_PRIVATE = {
    "Cache-Control": "private, no-store",
    "Content-Disposition": 'inline; filename="prompt.wav"',
    "X-Content-Type-Options": "nosniff",
}
