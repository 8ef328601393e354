"""The HTTP door to a site's topics: the taxonomy, how often each, which conversations, learning."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Path, Query
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import update

from warmline.core.permissions import Right
from warmline.core.words import DAY, Actor, Malformed, Rejected
from warmline.experience.mood import queries
from warmline.experience.mood.estimates import OTHER
from warmline.experience.mood.model import (
    EXAMPLE_CHARS,
    EXAMPLES_LIMIT,
    NAME_CHARS,
    TOPICS_LIMIT,
    Doors,
    Place,
)
from warmline.experience.mood.room import Moods, facts_of
from warmline.experience.mood.tables import interaction_topic, topic
from warmline.ports import Talk
from warmline.storage.rows import Row, rows
from warmline.storage.upsert import upsert

RESERVED = frozenset({OTHER, "new"})
ROWS_LIMIT = 100
GLIMPSE_CHARS = 140
GLIMPSE_LINES = 2
SUGGESTED_FROM = 400
"""So many of the newest conversations about nothing known are looked at for new topics."""
Id = Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]
Days = Annotated[int, Query(ge=1, le=366)]


class Names(BaseModel):
    """What a topic is called; English is asked for, the other languages fall back to it."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    en: str = Field(min_length=1, max_length=NAME_CHARS)
    ru: str | None = Field(default=None, min_length=1, max_length=NAME_CHARS)
    pl: str | None = Field(default=None, min_length=1, max_length=NAME_CHARS)


class TopicBody(BaseModel):
    """A topic: its names, and sentences that are about it, in any of the languages."""

    model_config = ConfigDict(extra="forbid")

    names: Names
    examples: list[Annotated[str, Field(min_length=3, max_length=EXAMPLE_CHARS)]] = Field(
        min_length=1, max_length=EXAMPLES_LIMIT
    )


def add_topic_routes(router: APIRouter, place: Place, doors: Doors, moods: Moods) -> None:
    """`/topics`, `/topics/{id}` and what is behind them; `/mood/learning`."""
    _add_taxonomy(router, place, doors, moods)
    _add_behind(router, place, doors, moods)


def _add_taxonomy(router: APIRouter, place: Place, doors: Doors, moods: Moods) -> None:
    knows = Depends(doors.needs(Right.KNOW))

    @router.get("/topics")
    async def taxonomy(_actor: Annotated[Actor, knows], days: Days = 7) -> dict[str, object]:
        """The taxonomy with how many conversations of the last `days` are about what."""
        since = place.clock.now() - days * DAY
        async with place.database.read() as connection:
            found = await queries.topics(connection, place.site)
            counts = await queries.counts(connection, place.site, since)
            model = await queries.newest_model(connection, place.site)
        known = {one["id"] for one in found}
        return {
            "topics": [{**_shown(one), "count": counts.get(one["id"], 0)} for one in found],
            "other": sum(many for id_, many in counts.items() if id_ not in known),
            "days": days,
            "model": facts_of(model),
            "learning": moods.learning,
            "on": moods.on,
        }

    @router.put("/topics/{id_}")
    async def define(id_: Id, body: TopicBody, actor: Annotated[Actor, knows]) -> dict[str, object]:
        """Make a topic, or change it; recent conversations find their topic anew."""
        examples = _examples(body)
        if id_ in RESERVED:
            raise Malformed("id", "is a word of our own", "wrong_form")
        async with place.database.write() as connection:
            known = {one["id"]: one for one in await queries.topics(connection, place.site)}
            before = known.get(id_)
            if before is None and len(known) >= TOPICS_LIMIT:
                raise Rejected("too_many_topics", f"{TOPICS_LIMIT} topics are enough.")
            values = {
                "site": place.site,
                "id": id_,
                "names": body.names.model_dump(exclude_none=True),
                "examples": examples,
                "version": 1 if before is None else before["version"] + 1,
            }
            await connection.execute(upsert(topic, values, keys=("site", "id")))
            action = "created" if before is None else "changed"
            await connection.execute(_audited(doors, actor, action, before, values))
        moods.learn_soon(train=False)
        return _shown(values)

    @router.delete("/topics/{id_}")
    async def remove(id_: Id, actor: Annotated[Actor, knows]) -> dict[str, object]:
        """Remove a topic; what was about it is about something else, or nothing known."""
        async with place.database.write() as connection:
            known = {one["id"]: one for one in await queries.topics(connection, place.site)}
            if id_ not in known:
                raise HTTPException(404, f"there is no topic {id_}")
            await connection.execute(
                topic.delete().where(topic.c.site == place.site, topic.c.id == id_)
            )
            gone = await connection.execute(
                update(interaction_topic)
                .where(interaction_topic.c.site == place.site, interaction_topic.c.topic == id_)
                .values(topic=OTHER, share=1.0, by="model")
            )
            await connection.execute(_audited(doors, actor, "removed", known[id_], None))
        moods.learn_soon(train=False)
        return {"conversations": gone.rowcount}


def _add_behind(router: APIRouter, place: Place, doors: Doors, moods: Moods) -> None:
    knows = Depends(doors.needs(Right.KNOW))
    reads = Depends(doors.needs(Right.READ_ALL))

    @router.get("/topics/{id_}/conversations")
    async def behind(
        id_: Id,
        _actor: Annotated[Actor, reads],
        days: Days = 7,
        limit: Annotated[int, Query(ge=1, le=ROWS_LIMIT)] = 50,
    ) -> dict[str, object]:
        """The conversations about a topic, the newest first, each with how it began."""
        since = place.clock.now() - days * DAY
        async with place.database.read() as connection:
            query = queries.about(place.site, id_, since)
            found = await rows(connection, query.limit(limit))
        talks = await place.words.talks([one["interaction"] for one in found])
        by_id = {talk.interaction: talk for talk in talks}
        return {
            "conversations": [
                {
                    **{name: one[name] for name in ("interaction", "at", "share", "by")},
                    **_glimpse(by_id.get(one["interaction"])),
                }
                for one in found
            ]
        }

    @router.get("/topic-suggestions")
    async def suggestions(_actor: Annotated[Actor, reads]) -> dict[str, object]:
        """Groups of recent conversations about nothing known that are alike; may take seconds."""
        if not moods.on:
            return {"groups": []}
        async with place.database.read() as connection:
            query = queries.about(place.site, OTHER, place.clock.now() - 90 * DAY)
            found = await rows(connection, query.limit(SUGGESTED_FROM))
        talks = await place.words.talks([one["interaction"] for one in found])
        groups = await moods.suggestions(talks)
        return {
            "groups": [
                {
                    "count": len(group),
                    "conversations": [
                        {"interaction": talk.interaction, **_glimpse(talk)} for talk in group[:3]
                    ],
                }
                for group in groups
            ]
        }

    @router.post("/mood/learning", status_code=202)
    async def learn(_actor: Annotated[Actor, knows]) -> dict[str, object]:
        """Learn from the corrections now, not only at night."""
        if not moods.on:
            raise Rejected("mood_off", "This center does not estimate moods.")
        moods.learn_soon(train=True)
        return {"learning": True}


def _examples(body: TopicBody) -> list[str]:
    """The examples without spaces around and without repetitions."""
    found: dict[str, str] = {}
    for place, text in enumerate(body.examples):
        clean = " ".join(text.split())
        if not any(map(str.isalpha, clean)):
            raise Malformed(f"examples.{place}", "has no words", "empty")
        found.setdefault(clean.casefold(), clean)
    return list(found.values())


def _audited(
    doors: Doors,
    actor: Actor,
    action: str,
    before: Row | None,
    after: Mapping[str, Any] | None,
) -> Any:
    told = doors.setting(
        actor,
        action,
        "topic",
        str((before or after or {})["id"]),
        before=None if before is None else _shown(before),
        after=None if after is None else _shown(after),
    )
    return told.statement


def _shown(one: Mapping[str, Any]) -> dict[str, object]:
    return {name: one[name] for name in ("id", "names", "examples", "version")}


def _glimpse(talk: Talk | None) -> dict[str, object]:
    """How a conversation began: words are open to whoever may read the conversation."""
    if talk is None:
        return {"words": None}
    lines = [line for line in talk.text.splitlines() if line.strip()]
    words = " ".join(" ".join(lines[:GLIMPSE_LINES]).split())  # a signature comes later
    return {"words": words if len(words) <= GLIMPSE_CHARS else words[: GLIMPSE_CHARS - 1] + "…"}
