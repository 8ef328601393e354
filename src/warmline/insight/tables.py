"""The tables of facts: contacts, visits to queues, agents' spans, decisions."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    Select,
    String,
    Table,
    select,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.core.words import InteractionId, SiteId
from warmline.storage.schema import ID_CHARS, SITE_CHARS, metadata

CHUNK = 400
"""How many ids one statement names."""
BEGUN = "begun"
"""The cause of a stay that nobody waited in: an agent began it."""
_ID = String(ID_CHARS)
_WORD = String(32)


def _site() -> Column[str]:
    return Column("site", String(SITE_CHARS), primary_key=True)


contact = Table(
    "contact",
    metadata,
    _site(),
    Column("interaction", _ID, primary_key=True),
    Column("medium", _WORD, nullable=False),
    Column("inbox", _ID, nullable=False),
    Column("customer", _ID),
    Column("verification", _WORD, nullable=False, server_default="unknown"),
    Column("segment", _ID),
    Column("language", String(16)),
    Column("reason", String(200)),
    Column("arrived_at", BigInteger, nullable=False),
    Column("agent", _ID),
    Column("closed_at", BigInteger),
    Column("visits", Integer, nullable=False),
    Column("trial", _ID),
    Column("arm", _WORD),
    Column("policy", Integer),
    Column("promised_by", BigInteger),
    Index(None, "site", "arrived_at"),
    Index(None, "site", "trial"),
)
"""One interaction as a fact; `agent` has it in hand now, `policy` decided about it last."""

visit = Table(
    "visit",
    metadata,
    _site(),
    Column("interaction", _ID, primary_key=True),
    Column("visit", Integer, primary_key=True, autoincrement=False),
    Column("queue", _ID, nullable=False),
    Column("medium", _WORD, nullable=False),
    Column("cause", _WORD, nullable=False),
    Column("since", BigInteger, nullable=False),
    Column("queued_at", BigInteger, nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Column("agent", _ID),
    Column("accepted_at", BigInteger),
    Column("identified", Boolean),
    Column("answered_at", BigInteger),
    Column("answered_by", _ID),
    Column("abandoned_at", BigInteger),
    Column("ended_at", BigInteger),
    Column("left_at", BigInteger),
    Column("left_cause", _WORD),
    Column("held_since", BigInteger),
    Column("hold_ms", BigInteger, nullable=False),
    Column("disposition", _ID),
    Column("automatic", Boolean, nullable=False),
    Column("rating", Integer),
    Column("rated_at", BigInteger),
    Column("promised_by", BigInteger),
    Index(None, "site", "queued_at"),
    Index(None, "site", "answered_at"),
    Index(None, "site", "abandoned_at"),
    Index(None, "site", "left_at"),
    Index(None, "site", "rated_at"),
)
"""One stay of an interaction in a queue and with the agent who took it there.

`since` is what the customer's wait counts from, `answered_by` the message that was the answer,
`promised_by` the end of a callback's promise until it is taken.
"""

agent_span = Table(
    "agent_span",
    metadata,
    _site(),
    Column("agent", _ID, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("presence", _WORD, nullable=False),
    Column("reason", _ID),
    Column("in_hand", Integer, nullable=False),
    Column("started_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger),
    Index(None, "site", "ended_at"),
    Index(None, "site", "started_at"),
)
"""A stretch of an agent's time with one presence, busy with interactions or not."""

decision = Table(
    "decision",
    metadata,
    _site(),
    Column("interaction", _ID, primary_key=True),
    Column("offer", _ID, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("agent", _ID, nullable=False),
    Column("parts", JSON, nullable=False),
    Column("outcome", _WORD),
    Column("outcome_at", BigInteger),
)
"""Why an agent was asked, and what they said."""

progress = Table(
    "insight_progress",
    metadata,
    _site(),
    Column("position", BigInteger, nullable=False),
    Column("version", Integer, nullable=False, server_default="1"),
)
"""How far the facts have come; written with them, so that no event counts twice.

`version` says what they were made of: older ones are made anew.
"""

FACTS = (contact, visit, agent_span, decision)


def position(site: SiteId) -> Select[Any]:
    """The last event that the facts hold."""
    return select(progress.c.position).where(progress.c.site == site)


def version(site: SiteId) -> Select[Any]:
    """What the facts were made of."""
    return select(progress.c.version).where(progress.c.site == site)


def contacts(site: SiteId, ids: Collection[InteractionId]) -> Select[Any]:
    """Some interactions."""
    return select(contact).where(contact.c.site == site, contact.c.interaction.in_(ids))


def visits(site: SiteId, ids: Collection[InteractionId]) -> Select[Any]:
    """All visits of some interactions, in order."""
    return (
        select(visit)
        .where(visit.c.site == site, visit.c.interaction.in_(ids))
        .order_by(visit.c.interaction, visit.c.visit)
    )


def open_spans(site: SiteId, agents: Collection[str]) -> Select[Any]:
    """The present span of some agents."""
    return select(agent_span).where(
        agent_span.c.site == site,
        agent_span.c.agent.in_(agents),
        agent_span.c.ended_at.is_(None),
    )


def decisions(site: SiteId, interaction: InteractionId) -> Select[Any]:
    """Why agents were asked to take an interaction, in order."""
    return (
        select(decision)
        .where(decision.c.site == site, decision.c.interaction == interaction)
        .order_by(decision.c.at, decision.c.offer)
    )


async def forget(connection: AsyncConnection, site: SiteId) -> None:
    """Drop all facts of a site, so that a replay makes them anew."""
    for table in (*FACTS, progress):
        await connection.execute(table.delete().where(table.c.site == site))
