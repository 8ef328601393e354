"""Targets and the site's terms: kept as rows, found for a figure, changed with an audit row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import msgspec
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.core.settings import Trait
from warmline.core.words import Instant, SiteId
from warmline.experience.results.model import Side
from warmline.experience.results.tables import target, terms
from warmline.storage.rows import row, rows
from warmline.storage.upsert import upsert

SITE = "site"
"""The side of a target for everything together."""
SIDES = (SITE, *(one.value for one in Side if one is not Side.LANGUAGE))
TRAITS = (Trait.INTERPERSONAL, Trait.QUALITY)
"""What of an agent's scores answers can tell."""
TARGETS_LIMIT = 500
LEAST_ANSWERS = (5, 1_000)
SCORE_DAYS = (7, 400)
PRIOR_ANSWERS = (1, 1_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What a measure is to reach, for the whole site or one queue, segment, channel or agent."""

    measure: str
    side: str = SITE
    item: str = ""
    aim: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How the site judges answers."""

    least_answers: int = 30
    """With fewer nothing is said of a target."""
    computed: Sequence[Trait] = field(default_factory=tuple[Trait, ...])
    """The agents' scores that answers set; none until an administrator says so."""
    score_days: int = 90
    prior_answers: int | None = None
    """How many answers the team's mean is worth; None estimates it from the answers."""


async def the_terms(connection: AsyncConnection, site: SiteId) -> Terms:
    """How the site judges."""
    found = await row(connection, select(terms).where(terms.c.site == site))
    return Terms() if found is None else msgspec.convert(found["terms"], Terms)


async def keep_terms(connection: AsyncConnection, site: SiteId, new: Terms) -> None:
    """Remember how the site judges."""
    values = {"site": site, "terms": terms_json(new)}
    await connection.execute(upsert(terms, values, keys=("site",)))


def terms_json(one: Terms) -> dict[str, object]:
    """The terms as plain parts."""
    return msgspec.to_builtins(one)


async def all_targets(connection: AsyncConnection, site: SiteId) -> Sequence[Target]:
    """Every target of the site."""
    query = (
        select(target.c.measure, target.c.side, target.c.item, target.c.aim)
        .where(target.c.site == site)
        .order_by(target.c.measure, target.c.side, target.c.item)
    )
    return [Target(**one) for one in await rows(connection, query)]


async def keep_target(
    connection: AsyncConnection, site: SiteId, one: Target, *, at: Instant, by: str | None
) -> None:
    """Set a target, instead of what it was."""
    values = {"site": site, **msgspec.to_builtins(one), "at": at, "by": by}
    await connection.execute(upsert(target, values, keys=("site", "measure", "side", "item")))


async def drop_target(connection: AsyncConnection, site: SiteId, one: Target) -> None:
    """Have no target there."""
    await connection.execute(
        delete(target).where(
            target.c.site == site,
            target.c.measure == one.measure,
            target.c.side == one.side,
            target.c.item == one.item,
        )
    )


def by_place(targets: Sequence[Target]) -> Mapping[tuple[str, str, str], Target]:
    """Targets by measure, side and item."""
    return {(one.measure, one.side, one.item): one for one in targets}
