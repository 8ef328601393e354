"""What can be asked about duplicates and merges: one function per question, within one site."""

from typing import Any

from sqlalchemy import Select, func, or_, select

from warmline.core.words import CustomerId, Instant, SiteId
from warmline.customers.matching.tables import duplicate, merge
from warmline.customers.tables import customer


def suggestions(site: SiteId, *, now: Instant, refused: bool) -> Select[Any]:
    """Pairs of people that may be one (or were said not to be), the likeliest first."""
    one, other = customer.alias("one"), customer.alias("other")
    query = (
        select(duplicate)
        .join(one, (one.c.site == duplicate.c.site) & (one.c.id == duplicate.c.a))
        .join(other, (other.c.site == duplicate.c.site) & (other.c.id == duplicate.c.b))
        .where(
            duplicate.c.site == site,
            one.c.merged_into.is_(None),
            other.c.merged_into.is_(None),
        )
    )
    if refused:
        return query.where(duplicate.c.state == "refused").order_by(
            duplicate.c.decided_at.desc(), duplicate.c.a, duplicate.c.b
        )
    put_off = (duplicate.c.state == "later") & (duplicate.c.until <= now)
    return query.where(or_(duplicate.c.state == "open", put_off)).order_by(
        duplicate.c.share.desc(), duplicate.c.a, duplicate.c.b
    )


def counted(found: Select[Any]) -> Select[Any]:
    """How many rows a question has."""
    return select(func.count()).select_from(found.order_by(None).subquery())


def merges(
    site: SiteId, *, before: int | None, customers: tuple[CustomerId, ...] | None
) -> Select[Any]:
    """Merges and splits, the newest first; of some records only, where they are named."""
    query = select(merge).where(merge.c.site == site).order_by(merge.c.number.desc())
    if before is not None:
        query = query.where(merge.c.number < before)
    if customers is not None:
        query = query.where(or_(merge.c.other.in_(customers), merge.c.into.in_(customers)))
    return query
