"""The numbers that we call: for whom, with which number of ours shown; erased with the customer."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Delete,
    Index,
    Select,
    String,
    Table,
    delete,
    select,
)
from sqlalchemy.dialects.postgresql import Insert

from warmline.channels.voice.words import LegId, Role
from warmline.core.words import Instant, InteractionId, QueueId, SiteId
from warmline.ports import Write
from warmline.storage.schema import ID_CHARS, SITE_CHARS, metadata
from warmline.storage.upsert import upsert

NUMBER_CHARS = 20
WORD_CHARS = 16

call_number = Table(
    "call_number",
    metadata,
    Column("site", String(SITE_CHARS), primary_key=True),
    Column("leg", String(ID_CHARS), primary_key=True),
    Column("interaction", String(ID_CHARS), nullable=False),
    Column("network", String(32), nullable=False),
    Column("role", String(WORD_CHARS), nullable=False),
    Column("number", String(NUMBER_CHARS), nullable=False),
    Column("shown", String(NUMBER_CHARS)),
    Column("first", Boolean, nullable=False),
    Column("at", BigInteger, nullable=False),
    Index(None, "site", "interaction"),
    Index(None, "site", "number"),
)
"""A number (E.164) that is called: the customer's, or one outside that the talk goes to."""

voice_caller = Table(
    "voice_caller",
    metadata,
    Column("site", String(SITE_CHARS), primary_key=True),
    Column("queue", String(ID_CHARS), primary_key=True),
    Column("number", String(NUMBER_CHARS), nullable=False),
)
"""Which number of ours is shown to whom a queue calls."""


def called(
    site: SiteId, leg: LegId, values: Mapping[str, object], *, role: Role, at: Instant
) -> Write:
    """A number that is about to be called; one that is there already stays as it is."""
    row = {"site": site, "leg": leg, "role": role.value, "at": at, "first": False, **values}
    return Write(statement=upsert(call_number, keys=("site", "leg"), change=()), rows=[row])


def of(site: SiteId, interactions: Sequence[InteractionId]) -> Select[Any]:
    """The numbers called in some interactions, the first one first."""
    return (
        select(call_number)
        .where(call_number.c.site == site, call_number.c.interaction.in_(interactions))
        .order_by(call_number.c.at, call_number.c.leg)
    )


def shown(site: SiteId, queue: QueueId) -> Select[Any]:
    """The number of ours that is shown to whom a queue calls."""
    return select(voice_caller.c.number).where(
        voice_caller.c.site == site, voice_caller.c.queue == queue
    )


def all_shown(site: SiteId) -> Select[Any]:
    """Those of all queues."""
    return select(voice_caller).where(voice_caller.c.site == site).order_by(voice_caller.c.queue)


def shown_kept(site: SiteId, queue: QueueId, number: str) -> Insert:
    """A queue shows this number from now on."""
    row = {"site": site, "queue": queue, "number": number}
    return upsert(voice_caller, row, keys=("site", "queue"))


def shown_dropped(site: SiteId, queue: QueueId) -> Delete:
    """A queue shows no number of its own any more."""
    return delete(voice_caller).where(voice_caller.c.site == site, voice_caller.c.queue == queue)
