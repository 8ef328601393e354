"""The tables of calls: their legs, their recordings, and which number leads to which inbox."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Delete,
    Float,
    Index,
    Integer,
    Select,
    String,
    Table,
    Update,
    bindparam,
    delete,
    false,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import Insert
from sqlalchemy.sql.dml import ReturningUpdate

from warmline.channels.voice.words import LegId, RecordingId
from warmline.core.words import Instant, InteractionId, SiteId
from warmline.ports import Write
from warmline.storage.schema import ID_CHARS, SITE_CHARS, metadata
from warmline.storage.upsert import upsert

WORD_CHARS = 16
CALLED_CHARS = 128
NETWORK_CHARS = 32
LANGUAGE_CHARS = 16

call_leg = Table(
    "call_leg",
    metadata,
    Column("site", String(SITE_CHARS), primary_key=True),
    Column("leg", String(ID_CHARS), primary_key=True),
    Column("interaction", String(ID_CHARS), nullable=False),
    Column("network", String(NETWORK_CHARS), nullable=False),
    Column("role", String(WORD_CHARS), nullable=False),
    Column("agent", String(ID_CHARS)),
    Column("matter", String(ID_CHARS)),
    Column("at", BigInteger, nullable=False),
    Column("answered_at", BigInteger),
    Column("ended_at", BigInteger),
    Column("cause", String(WORD_CHARS)),
    Column("by", String(WORD_CHARS)),
    Index(None, "site", "interaction"),
    Index(None, "site", "network", "ended_at"),
)
"""One party of a call; `matter` is the offer or consult that it was dialled for."""

call_recording = Table(
    "call_recording",
    metadata,
    Column("site", String(SITE_CHARS), primary_key=True),
    Column("id", String(ID_CHARS), primary_key=True),
    Column("interaction", String(ID_CHARS), nullable=False),
    Column("network", String(NETWORK_CHARS), nullable=False),
    Column("agent", String(ID_CHARS)),
    Column("started_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger),
    Column("duration_ms", BigInteger),
    Column("blob", String(64)),
    Column("paused_at", BigInteger),
    Column("failed", String(WORD_CHARS)),
    Column("queue", String(ID_CHARS)),
    Index(None, "site", "interaction"),
    Index(None, "blob"),
)
"""The sound of a talk with one agent; it has a `blob` once it is finished, until it is erased.

A message of a caller has the `queue` in which it is to wait, until it does.
"""

call_quality = Table(
    "call_quality",
    metadata,
    Column("site", String(SITE_CHARS), primary_key=True),
    Column("leg", String(ID_CHARS), primary_key=True),
    Column("interaction", String(ID_CHARS), nullable=False),
    Column("measured", Integer, nullable=False),
    Column("loss_sum", Float, nullable=False),
    Column("loss_most", Float, nullable=False),
    Column("jitter_sum_ms", Float, nullable=False),
    Column("jitter_most_ms", Float, nullable=False),
    Column("round_trip_sum_ms", Float, nullable=False),
    Column("round_trip_most_ms", Float, nullable=False),
    Column("mos_sum", Float, nullable=False),
    Column("mos_least", Float, nullable=False),
    Column("at", BigInteger, nullable=False),
    Index(None, "site", "interaction"),
)
"""How a leg heard the others: sums over `measured` measurements, and the worst of them."""

voice_line = Table(
    "voice_line",
    metadata,
    Column("site", String(SITE_CHARS), primary_key=True),
    Column("network", String(NETWORK_CHARS), primary_key=True),
    Column("called", String(CALLED_CHARS), primary_key=True),
    Column("inbox", String(ID_CHARS), nullable=False),
    Column("greeting", String(ID_CHARS)),
    Column("language", String(LANGUAGE_CHARS)),
    Column("recorded", Boolean, nullable=False),
    Column("announce", String(WORD_CHARS)),
    Column("announce_first_s", Integer),
    Column("announce_every_s", Integer),
)
"""Where a called number or page leads, what is heard first, and whether talks are recorded."""


supervision = Table(
    "voice_supervision",
    metadata,
    Column("site", String(SITE_CHARS), primary_key=True),
    Column("visible", Boolean, nullable=False),
    Column("announced", Boolean, nullable=False, server_default=false()),
    Column("modes", String(64), nullable=False),
)
"""How supervisors may come into talks, whether agents see it, and whether both are told."""


def supervision_of(site: SiteId) -> Select[Any]:
    """What the site decided about supervisors in talks."""
    return select(supervision).where(supervision.c.site == site)


def supervision_kept(site: SiteId, *, visible: bool, announced: bool, modes: str) -> Insert:
    """The site decides anew."""
    row = {"site": site, "visible": visible, "announced": announced, "modes": modes}
    return upsert(supervision, row, keys=("site",))


def leg_row(site: SiteId, values: Mapping[str, object]) -> Write:
    """A new leg; one that is there already stays as it is."""
    row = {"site": site, **values}
    return Write(statement=upsert(call_leg, keys=("site", "leg"), change=()), rows=[row])


def leg_changed(site: SiteId, leg: LegId, **values: object) -> Write:
    """What became of a leg; its end is written once."""
    row = {f"new_{name}": value for name, value in values.items()}
    return Write(
        statement=_leg_changed(tuple(values)), rows=[{"of_site": site, "of_leg": leg, **row}]
    )


@cache
def _leg_changed(names: tuple[str, ...]) -> Update:
    """Built once for the columns that change: that takes longer than to run it."""
    return (
        update(call_leg)
        .where(
            call_leg.c.site == bindparam("of_site"),
            call_leg.c.leg == bindparam("of_leg"),
            call_leg.c.ended_at.is_(None),
        )
        .values({name: bindparam(f"new_{name}") for name in names})
    )


def open_legs(site: SiteId, network: str) -> Select[Any]:
    """The legs of a network that have not ended."""
    return (
        select(call_leg)
        .where(
            call_leg.c.site == site,
            call_leg.c.network == network,
            call_leg.c.ended_at.is_(None),
        )
        .order_by(call_leg.c.at)
    )


def legs(site: SiteId, interaction: InteractionId) -> Select[Any]:
    """The legs of a call, the first one first."""
    return (
        select(call_leg)
        .where(call_leg.c.site == site, call_leg.c.interaction == interaction)
        .order_by(call_leg.c.at, call_leg.c.leg)
    )


def recording_begun(
    site: SiteId, recording: RecordingId, values: Mapping[str, object], at: Instant
) -> Insert:
    """A recording begins; one that is there already stays as it is."""
    row = {"site": site, "id": recording, "started_at": at, **values}
    return upsert(call_recording, row, keys=("site", "id"), change=())


def recording_changed(
    site: SiteId, recording: RecordingId, **values: object
) -> ReturningUpdate[Any]:
    """What became of a recording; gives the interaction back."""
    return (
        update(call_recording)
        .where(call_recording.c.site == site, call_recording.c.id == recording)
        .values(**values)
        .returning(call_recording.c.interaction)
    )


def recordings(site: SiteId, interaction: InteractionId) -> Select[Any]:
    """The recordings of a call, the first one first."""
    return (
        select(call_recording)
        .where(call_recording.c.site == site, call_recording.c.interaction == interaction)
        .order_by(call_recording.c.started_at, call_recording.c.id)
    )


def unfinished(site: SiteId, network: str) -> Select[Any]:
    """The recordings of a network of which no sound has come yet."""
    return select(call_recording).where(
        call_recording.c.site == site,
        call_recording.c.network == network,
        call_recording.c.duration_ms.is_(None),
        call_recording.c.failed.is_(None),
    )


def messages(site: SiteId, network: str) -> Select[Any]:
    """The messages of callers that are finished and do not wait yet."""
    return select(call_recording).where(
        call_recording.c.site == site,
        call_recording.c.network == network,
        call_recording.c.queue.is_not(None),
        call_recording.c.blob.is_not(None),
        call_recording.c.failed.is_(None),
    )


def recording(site: SiteId, id_: RecordingId) -> Select[Any]:
    """One recording."""
    return select(call_recording).where(call_recording.c.site == site, call_recording.c.id == id_)


def line(site: SiteId, network: str, called: str) -> Select[Any]:
    """Where a called number or page leads."""
    return select(voice_line).where(
        voice_line.c.site == site,
        voice_line.c.network == network,
        voice_line.c.called == called[:CALLED_CHARS],
    )


def line_kept(site: SiteId, network: str, called: str, **values: object) -> Insert:
    """A line, new or changed."""
    row = {"site": site, "network": network, "called": called[:CALLED_CHARS], **values}
    return upsert(voice_line, row, keys=("site", "network", "called"))


def line_dropped(site: SiteId, network: str, called: str) -> Delete:
    """A line is no more."""
    return delete(voice_line).where(
        voice_line.c.site == site,
        voice_line.c.network == network,
        voice_line.c.called == called[:CALLED_CHARS],
    )


def lines(site: SiteId) -> Select[Any]:
    """All lines."""
    return (
        select(voice_line)
        .where(voice_line.c.site == site)
        .order_by(voice_line.c.network, voice_line.c.called)
    )
