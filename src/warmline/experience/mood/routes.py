"""The HTTP door to moods and topics of conversations, and to what supervisors put right."""

from collections.abc import Sequence
from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Depends, HTTPException
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import insert, update
from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.core.permissions import Right, has
from warmline.core.words import Actor, InteractionId, Malformed
from warmline.experience.mood import queries
from warmline.experience.mood.estimates import OTHER, kind_of
from warmline.experience.mood.falling import FLOOR, TURNS, is_low
from warmline.experience.mood.model import Doors, Place
from warmline.experience.mood.room import Moods
from warmline.experience.mood.tables import interaction_topic, mood_correction, turn_mood
from warmline.experience.mood.topic_routes import add_topic_routes
from warmline.storage.rows import Row
from warmline.storage.upsert import upsert

FEELINGS = ("unhappy", "neutral", "glad")
MESSAGE_CHARS = 128


class Correction(BaseModel):
    """What a supervisor puts right: a message's mood, or what the conversation is about."""

    model_config = ConfigDict(extra="forbid")

    interaction: str = Field(min_length=1, max_length=MESSAGE_CHARS)
    message: str | None = Field(default=None, min_length=1, max_length=MESSAGE_CHARS)
    mood: float | None = Field(default=None, ge=-1, le=1, allow_inf_nan=False)
    topic: str | None = Field(default=None, min_length=1, max_length=MESSAGE_CHARS)


def routes(*, place: Place, doors: Doors, moods: Moods) -> APIRouter:
    """The routes of this room, under `/api/v1`."""
    router = APIRouter(tags=["mood"])
    add_topic_routes(router, place, doors, moods)
    _add_mood(router, place, doors, moods)
    _add_corrections(router, place, doors)
    return router


def _add_mood(router: APIRouter, place: Place, doors: Doors, moods: Moods) -> None:
    reader = Depends(doors.needs(Right.READ_OWN))

    @router.get("/interactions/{id_}/mood")
    async def mood(id_: InteractionId, actor: Annotated[Actor, reader]) -> dict[str, object]:
        """How the customer's turns sound and what it is about: an estimate, of the customer alone.

        `mood` is the mean of the last three turns, None before the first.
        """
        if not await doors.sight.conversation(actor, id_):
            raise HTTPException(404, f"there is no interaction {id_}")
        async with place.database.read() as connection:
            turns = await queries.turns_of(connection, place.site, id_)
            about = await queries.topic_of(connection, place.site, id_)
            topics = await queries.topics(connection, place.site)
        values = [one["mood"] for one in turns]
        last = values[-TURNS:]
        now = sum(last) / len(last) if last else None
        return {
            "estimate": True,
            "on": moods.on,
            "mood": None if now is None else round(now, 3),
            "feeling": None if now is None else FEELINGS[kind_of(now)],
            "low": is_low(values),
            "rule": {"turns": TURNS, "under": FLOOR},
            "turns": [_turn(one) for one in turns],
            "topic": _about(about, topics),
            "topics": [{"id": one["id"], "names": one["names"]} for one in topics]
            if has(actor, Right.SUPERVISE)
            else [],
        }


def _add_corrections(router: APIRouter, place: Place, doors: Doors) -> None:
    supervisor = Depends(doors.needs(Right.SUPERVISE))

    @router.post("/mood/corrections", status_code=201)
    async def correct(body: Correction, actor: Annotated[Actor, supervisor]) -> dict[str, object]:
        """Put an estimate right; it counts at once, and is learnt from at the next learning."""
        if (body.mood is None) == (body.topic is None):
            raise Malformed("mood", "say either a mood or a topic")
        if (body.mood is None) != (body.message is None):
            raise Malformed("message", "is the one whose mood is put right")
        correction = uuid4().hex
        async with place.database.write() as connection:
            if body.mood is not None:
                await _correct_mood(connection, place, body)
            else:
                await _correct_topic(connection, place, body)
            values = {
                **body.model_dump(),
                "site": place.site,
                "id": correction,
                "at": place.clock.now(),
                "user": actor.user,
            }
            await connection.execute(insert(mood_correction).values(**values))
            what = "mood" if body.topic is None else "topic"
            told = doors.deed(actor, "corrected", what, body.interaction, fields=[what])
            await connection.execute(told)
        return {"id": correction}


async def _correct_mood(connection: AsyncConnection, place: Place, body: Correction) -> None:
    changed = await connection.execute(
        update(turn_mood)
        .where(
            turn_mood.c.site == place.site,
            turn_mood.c.message == body.message,
            turn_mood.c.interaction == body.interaction,
        )
        .values(mood=body.mood, by=queries.BY_HAND)
    )
    if not changed.rowcount:
        raise HTTPException(404, "there is no estimate of this message")


async def _correct_topic(connection: AsyncConnection, place: Place, body: Correction) -> None:
    before = await queries.topic_of(connection, place.site, body.interaction)
    if before is None:
        raise HTTPException(404, "there is no estimate of this conversation")
    known = {one["id"] for one in await queries.topics(connection, place.site)}
    if body.topic != OTHER and body.topic not in known:
        raise Malformed("topic", f"there is no topic {body.topic}", "no_such", item=str(body.topic))
    values = {**before, "topic": body.topic, "share": 1.0, "by": queries.BY_HAND}
    await connection.execute(upsert(interaction_topic, values, keys=("site", "interaction")))


def _turn(one: Row) -> dict[str, object]:
    names = ("message", "at", "mood", "by")
    return {**{name: one[name] for name in names}, "feeling": FEELINGS[kind_of(one["mood"])]}


def _about(about: Row | None, topics: Sequence[Row]) -> dict[str, object] | None:
    if about is None:
        return None
    found = next((one for one in topics if one["id"] == about["topic"]), None)
    return {
        "id": about["topic"],
        "names": None if found is None else found["names"],
        "share": about["share"],
        "by": about["by"],
    }
