"""What is kept of moods, topics and models: one function per question, always within a site."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.core.words import Instant, SiteId
from warmline.experience.mood.tables import (
    interaction_topic,
    mood_correction,
    mood_model,
    topic,
    turn_mood,
)
from warmline.storage.rows import Row, row, rows

CHUNK = 400
BY_HAND = "hand"


async def newest_model(connection: AsyncConnection, site: SiteId) -> Row | None:
    """The model in use, or None before the first."""
    query = select(mood_model).where(mood_model.c.site == site)
    return await row(connection, query.order_by(mood_model.c.version.desc()).limit(1))


async def topics(connection: AsyncConnection, site: SiteId) -> Sequence[Row]:
    """The whole taxonomy."""
    return await rows(connection, select(topic).where(topic.c.site == site).order_by(topic.c.id))


async def turns_of(connection: AsyncConnection, site: SiteId, interaction: str) -> Sequence[Row]:
    """The moods of one conversation, in order of time."""
    query = (
        select(turn_mood)
        .where(turn_mood.c.site == site, turn_mood.c.interaction == interaction)
        .order_by(turn_mood.c.at, turn_mood.c.message)
    )
    return await rows(connection, query)


async def moods_of(
    connection: AsyncConnection, site: SiteId, interactions: Collection[str]
) -> Mapping[str, Sequence[float]]:
    """The moods of some conversations, each in order of time."""
    found: dict[str, list[float]] = defaultdict(list)
    ids = sorted(interactions)
    for start in range(0, len(ids), CHUNK):
        query = (
            select(turn_mood.c.interaction, turn_mood.c.mood)
            .where(
                turn_mood.c.site == site,
                turn_mood.c.interaction.in_(ids[start : start + CHUNK]),
            )
            .order_by(turn_mood.c.at, turn_mood.c.message)
        )
        for one in await rows(connection, query):
            found[one["interaction"]].append(one["mood"])
    return found


async def estimated(
    connection: AsyncConnection, site: SiteId, messages: Collection[str]
) -> frozenset[str]:
    """Those of some messages whose mood is known."""
    found: set[str] = set()
    ids = sorted(messages)
    for start in range(0, len(ids), CHUNK):
        query = select(turn_mood.c.message).where(
            turn_mood.c.site == site, turn_mood.c.message.in_(ids[start : start + CHUNK])
        )
        found.update(await connection.scalars(query))
    return frozenset(found)


async def topic_of(connection: AsyncConnection, site: SiteId, interaction: str) -> Row | None:
    """What one conversation is about, as far as that is known."""
    query = select(interaction_topic).where(
        interaction_topic.c.site == site, interaction_topic.c.interaction == interaction
    )
    return await row(connection, query)


async def put_by_hand(
    connection: AsyncConnection, site: SiteId, interactions: Collection[str]
) -> frozenset[str]:
    """Those of some conversations whose topic a person chose."""
    found: set[str] = set()
    ids = sorted(interactions)
    for start in range(0, len(ids), CHUNK):
        query = select(interaction_topic.c.interaction).where(
            interaction_topic.c.site == site,
            interaction_topic.c.by == BY_HAND,
            interaction_topic.c.interaction.in_(ids[start : start + CHUNK]),
        )
        found.update(await connection.scalars(query))
    return frozenset(found)


async def counts(connection: AsyncConnection, site: SiteId, since: Instant) -> Mapping[str, int]:
    """How many conversations since a moment are about what."""
    query = (
        select(interaction_topic.c.topic, func.count().label("many"))
        .where(interaction_topic.c.site == site, interaction_topic.c.at >= since)
        .group_by(interaction_topic.c.topic)
    )
    return {one["topic"]: one["many"] for one in await rows(connection, query)}


def about(site: SiteId, topic_id: str, since: Instant) -> Select[Any]:
    """The conversations about a topic, the newest first."""
    return (
        select(interaction_topic)
        .where(
            interaction_topic.c.site == site,
            interaction_topic.c.topic == topic_id,
            interaction_topic.c.at >= since,
        )
        .order_by(interaction_topic.c.at.desc(), interaction_topic.c.interaction.desc())
    )


async def newest_by_model(connection: AsyncConnection, site: SiteId, limit: int) -> Sequence[str]:
    """The newest conversations whose topic nobody chose by hand."""
    query = (
        select(interaction_topic.c.interaction)
        .where(interaction_topic.c.site == site, interaction_topic.c.by != BY_HAND)
        .order_by(interaction_topic.c.at.desc())
        .limit(limit)
    )
    return (await connection.scalars(query)).all()


async def corrections(connection: AsyncConnection, site: SiteId, limit: int) -> Sequence[Row]:
    """The newest corrections, the newest first; what was corrected later counts."""
    query = (
        select(mood_correction)
        .where(mood_correction.c.site == site)
        .order_by(mood_correction.c.at.desc(), mood_correction.c.id)
        .limit(limit)
    )
    return await rows(connection, query)
