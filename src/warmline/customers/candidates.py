"""Who may be behind an interaction: kept until the agent has asked and picked one, or another."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.core.words import (
    DAY,
    CustomerId,
    Instant,
    InteractionId,
    Millis,
    SiteId,
    Verification,
)
from warmline.customers.model import Method, Resolved, fresh_customer
from warmline.customers.resolution import created
from warmline.customers.tables import candidate, customer, identifier, unplaced
from warmline.ports import Write
from warmline.storage.rows import rows
from warmline.storage.upsert import upsert

KEPT_MS: Millis = 30 * DAY
"""So long it can still be said who it was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picked:
    """Whom the agent named: one of the candidates, or somebody new with a name."""

    customer: CustomerId | None = None
    name: str | None = None
    language: str | None = None


def undecided(
    site: SiteId, interaction: InteractionId, found: Resolved, *, source: str, now: Instant
) -> Sequence[Write]:
    """What travels with the arrival of somebody who may be several people; else nothing."""
    if not found.candidates:
        return ()
    about = {"site": site, "interaction": interaction, "at": now}
    people = [{**about, "customer": one} for one in found.candidates]
    claims = [
        {
            **about,
            "kind": one.kind.value,
            "value": one.value,
            "verification": one.verification.value,
            "source": source,
        }
        for one in found.claims
    ]
    keys = ("site", "interaction")
    over = [
        Write(statement=delete(table).where(table.c.site == site, table.c.at < now - KEPT_MS))
        for table in (candidate, unplaced)
    ]
    return [
        *over,
        Write(statement=upsert(candidate, keys=(*keys, "customer"), change=()), rows=people),
        Write(statement=upsert(unplaced, keys=(*keys, "kind", "value"), change=()), rows=claims),
    ]


def people(site: SiteId, interaction: InteractionId) -> Select[tuple[object, ...]]:
    """The candidates of an interaction who are still there, by name."""
    return (
        select(customer)
        .join(
            candidate,
            (candidate.c.site == site)
            & (candidate.c.interaction == interaction)
            & (candidate.c.customer == customer.c.id),
        )
        .where(customer.c.site == site, customer.c.merged_into.is_(None))
        .order_by(customer.c.folded, customer.c.id)
    )


def came_with(site: SiteId, interaction: InteractionId) -> Select[tuple[object, ...]]:
    """What they came with."""
    return select(unplaced).where(unplaced.c.site == site, unplaced.c.interaction == interaction)


def settled(site: SiteId, interaction: InteractionId) -> Sequence[Write]:
    """Nobody is in question any more."""
    return [
        Write(
            statement=delete(table).where(table.c.site == site, table.c.interaction == interaction)
        )
        for table in (candidate, unplaced)
    ]


async def placing(
    connection: AsyncConnection,
    site: SiteId,
    interaction: InteractionId,
    picked: Picked,
    *,
    by: str | None,
    now: Instant,
) -> tuple[CustomerId, Sequence[Write]]:
    """Whom the agent picked, made when new, and the rows that give them what they came with.

    What was only said stays said: the agent heard a name, not a proof of an address.
    """
    who = picked.customer or fresh_customer(now)
    writes: list[Write] = []
    if picked.customer is None:
        new = created(site, who, name=picked.name, language=picked.language, now=now)
        writes.append(Write(statement=new))
    claims = [
        {
            "site": site,
            "kind": one["kind"],
            "value": one["value"],
            "customer": who,
            "verification": _at_most_matched(one["verification"]),
            "method": Method.AGENT.value,
            "source": one["source"],
            "created_at": now,
            "verified_at": now,
            "verified_by": by,
        }
        for one in await rows(connection, came_with(site, interaction))
    ]
    if claims:
        keys = ("site", "kind", "value", "customer")
        writes.append(Write(statement=upsert(identifier, keys=keys, change=()), rows=claims))
    return who, [*writes, *settled(site, interaction)]


def _at_most_matched(level: str) -> str:
    return Verification.CLAIMED.value if level == "claimed" else Verification.MATCHED.value
