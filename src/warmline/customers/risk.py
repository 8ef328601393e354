"""Is this perhaps somebody else? A note for the agent, each reason with its figure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import distinct, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.core.words import DAY, CustomerId, Instant, Millis, SiteId, Verification
from warmline.customers.model import IdentifierKind
from warmline.customers.tables import attempt, identifier

LATELY_MS: Millis = 7 * DAY
FAILED_MANY = 2
SHARED_MANY = 3
STARTED_MANY = 5
"""Attempts of a day, or people behind one value, from which on it is worth a note."""


class Reason(StrEnum):
    """What speaks for care."""

    FAILED = "failed_verifications"
    MOVED = "identifier_moved"
    SHARED = "shared_identifier"
    MANY = "many_attempts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Risk:
    """How much speaks for care: `none`, `some` or `high`, and what."""

    level: str
    reasons: Sequence[tuple[Reason, int]]

    def shown(self) -> dict[str, object]:
        """As it is answered."""
        return {
            "level": self.level,
            "reasons": [{"code": code.value, "count": count} for code, count in self.reasons],
        }


def judged(*, failed: int, moved: int, shared: int, started: int) -> Risk:
    """The note; two reasons, or many failures, are high.

    >>> judged(failed=0, moved=0, shared=2, started=1).level
    'none'
    >>> judged(failed=2, moved=1, shared=1, started=2).level
    'high'
    """
    reasons: list[tuple[Reason, int]] = []
    if failed >= FAILED_MANY:
        reasons.append((Reason.FAILED, failed))
    if moved:
        reasons.append((Reason.MOVED, moved))
    if shared >= SHARED_MANY:
        reasons.append((Reason.SHARED, shared))
    if started >= STARTED_MANY:
        reasons.append((Reason.MANY, started))
    high = len(reasons) > 1 or failed > FAILED_MANY
    return Risk(level="high" if high else "some" if reasons else "none", reasons=reasons)


async def risk_of(
    connection: AsyncConnection, site: SiteId, ids: Collection[CustomerId], *, now: Instant
) -> Risk:
    """The note about a person: failed verifications, numbers that moved or are shared."""
    theirs = (attempt.c.site == site, attempt.c.customer.in_(ids))
    since = now - LATELY_MS
    failed = await connection.scalar(
        select(func.count()).where(
            *theirs, attempt.c.state == "failed", attempt.c.started_at > since
        )
    )
    started = await connection.scalar(
        select(func.count()).where(*theirs, attempt.c.started_at > now - DAY)
    )
    own, other = identifier.alias("own"), identifier.alias("other")
    both = (
        (other.c.site == own.c.site)
        & (other.c.kind == own.c.kind)
        & (other.c.value == own.c.value)
        & (other.c.customer != own.c.customer)
    )
    known = (
        own.c.site == site,
        own.c.customer.in_(ids),
        own.c.kind != IdentifierKind.COOKIE.value,
    )
    moved = await connection.scalar(
        select(func.count(distinct(own.c.value)))
        .join(other, both)
        .where(
            *known,
            own.c.created_at > since,
            other.c.created_at <= since,
            own.c.verification != Verification.UNKNOWN.value,
        )
    )
    sharing = (
        select(func.count(distinct(other.c.customer)).label("people"))
        .select_from(own.join(other, both))
        .where(*known)
        .group_by(own.c.kind, own.c.value)
        .subquery()
    )
    shared = await connection.scalar(select(func.max(sharing.c.people)))
    return judged(
        failed=failed or 0, moved=moved or 0, shared=(shared or 0) + 1, started=started or 0
    )
