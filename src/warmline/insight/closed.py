"""Conversations with an agent, closed in a period: who had them last, and in what queue."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from warmline.core.words import Instant, SiteId
from warmline.insight.tables import contact, visit

_COLUMNS: Sequence[ColumnElement[Any]] = (
    contact.c.interaction,
    contact.c.customer,
    visit.c.queue,
    contact.c.segment,
    contact.c.medium.label("channel"),
    visit.c.agent,
    contact.c.language,
    contact.c.closed_at.label("at"),
)


def closed_contacts(site: SiteId, since: Instant, until: Instant) -> Select[Any]:
    """One row each: `interaction`, `customer`, `queue`, `segment`, `channel`, `agent`, `language`.

    `agent` and `queue` are of the last visit that an agent took, `at` is when it was closed.
    """
    taken = visit.alias("taken")
    last = (
        select(func.max(taken.c.visit))
        .where(
            taken.c.site == contact.c.site,
            taken.c.interaction == contact.c.interaction,
            taken.c.accepted_at.is_not(None),
        )
        .correlate(contact)
        .scalar_subquery()
    )
    theirs = (visit.c.site == contact.c.site) & (visit.c.interaction == contact.c.interaction)
    return (
        select(*_COLUMNS)
        .select_from(contact.join(visit, theirs & (visit.c.visit == last)))
        .where(contact.c.site == site, contact.c.closed_at >= since, contact.c.closed_at < until)
    )
