"""What becomes of a match: joined without asking, suggested to a person, or forgotten."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from sqlalchemy import delete, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.core.words import CustomerId, Instant, Rejected, SiteId, Verification
from warmline.customers.choice import IDENTITIES
from warmline.customers.matching.merge import Cause, join, terms_json
from warmline.customers.matching.model import (
    Match,
    Population,
    Record,
    Thresholds,
    Veto,
)
from warmline.customers.matching.score import Holders, compare
from warmline.customers.matching.survey import family, records
from warmline.customers.matching.tables import duplicate, match_key, match_setting
from warmline.customers.tables import customer, identifier
from warmline.storage.rows import row, rows
from warmline.storage.upsert import upsert


async def thresholds(connection: AsyncConnection, site: SiteId) -> Thresholds:
    """What the center has set, else the defaults."""
    found = await row(connection, select(match_setting).where(match_setting.c.site == site))
    if found is None:
        return Thresholds()
    return Thresholds(
        suggest_pct=found["suggest_pct"],
        automatic_pct=found["automatic_pct"],
        automatic=found["automatic"],
    )


async def decide(
    connection: AsyncConnection,
    site: SiteId,
    matches: Sequence[Match],
    *,
    limits: Thresholds,
    among: Population,
    now: Instant,
) -> list[str]:
    """Join or suggest pairs, in this order; the ids of the merges.

    Looked at again inside the transaction that joins: as they are now, with all their records. An
    automatic merge needs each of their records to speak for it, or at least none against it.
    """
    standing = await stand(connection, site, {who for one in matches for who in (one.a, one.b)})
    made: list[str] = []
    suggested: list[Match] = []
    for found in matches:
        match = await _now(connection, site, found, standing, among)
        if match is None:
            continue
        sure = match.share * 100 >= limits.automatic_pct and match.veto is None
        if limits.automatic and sure:
            stays, goes = standing.survivor(match.a, match.b)
            # What was compared may be minutes old: a login verified since forbids it now.
            with suppress(Rejected):
                made.append(
                    await join(
                        connection,
                        site,
                        goes,
                        into=stays,
                        now=now,
                        cause=Cause.AUTOMATIC,
                        match=match,
                    )
                )
                standing.joined(goes, into=stays)
        elif match.share * 100 >= limits.suggest_pct and match.veto is not Veto.IDENTITIES:
            suggested.append(match)
    await _suggest(connection, site, suggested, now=now)
    return made


@dataclass(slots=True, kw_only=True)
class Standing:
    """Who some customers are at present, and which of them were said to be two people."""

    roots: dict[CustomerId, CustomerId]
    """Whose each record is, itself where it counts."""
    since: Mapping[CustomerId, Instant]
    identified: set[CustomerId]
    refused: Collection[tuple[CustomerId, CustomerId]]

    def members(self, root: CustomerId) -> Collection[CustomerId]:
        """All records of a person."""
        return [id_ for id_, top in self.roots.items() if top == root]

    def told_apart(self, one: CustomerId, other: CustomerId) -> bool:
        """Whether somebody has said of any of their records that they are two people."""
        sides = {one, other}
        return any({self.roots[a], self.roots[b]} == sides for a, b in self.refused)

    def survivor(self, one: CustomerId, other: CustomerId) -> tuple[CustomerId, CustomerId]:
        """Who stays and who goes: who has a verified identity stays, else the older record."""

        def order(who: CustomerId) -> tuple[bool, Instant, CustomerId]:
            return (who not in self.identified, self.since[who], who)

        stays, goes = sorted((one, other), key=order)
        return stays, goes

    def joined(self, goes: CustomerId, *, into: CustomerId) -> None:
        """They are one person now."""
        self.roots |= dict.fromkeys(self.members(goes), into)
        if goes in self.identified:
            self.identified.add(into)


async def stand(connection: AsyncConnection, site: SiteId, ids: Collection[CustomerId]) -> Standing:
    """How some customers stand; of those that are not there nothing is known."""
    root = func.coalesce(customer.c.merged_into, customer.c.id)
    asked = select(root.label("root")).where(customer.c.site == site, customer.c.id.in_(ids))
    tops = {one["root"] for one in await rows(connection, asked)}
    people = await family(connection, site, tops)
    identified = await rows(
        connection,
        select(identifier.c.customer).where(
            identifier.c.site == site,
            identifier.c.customer.in_(tops),
            identifier.c.kind.in_([kind.value for kind in IDENTITIES]),
            identifier.c.verification == Verification.VERIFIED.value,
        ),
    )
    everybody = [one["id"] for one in people]
    refused = await rows(
        connection,
        select(duplicate.c.a, duplicate.c.b).where(
            duplicate.c.site == site,
            duplicate.c.state == "refused",
            duplicate.c.a.in_(everybody),
            duplicate.c.b.in_(everybody),
        ),
    )
    return Standing(
        roots={one["id"]: one["merged_into"] or one["id"] for one in people},
        since={one["id"]: one["created_at"] for one in people},
        identified={one["customer"] for one in identified},
        refused=[(one["a"], one["b"]) for one in refused],
    )


async def _now(
    connection: AsyncConnection,
    site: SiteId,
    match: Match,
    standing: Standing,
    among: Population,
) -> Match | None:
    """A match as it stands now; None when it is none any more."""
    if match.a not in standing.roots or match.b not in standing.roots:
        return None
    one, other = standing.roots[match.a], standing.roots[match.b]
    if one == other or standing.told_apart(one, other):
        return None
    if len(standing.members(one)) == len(standing.members(other)) == 1:
        return match
    return await _again(connection, site, one, other, match, among)


async def _again(
    connection: AsyncConnection,
    site: SiteId,
    a: CustomerId,
    b: CustomerId,
    match: Match,
    among: Population,
) -> Match:
    """The match of two people of whom one has several records by now."""
    found = await records(connection, site, (a, b))
    holders = await _holders(connection, site, found[a], found[b])
    fresh = compare(found[a], found[b], among=among, holders=holders)
    if fresh.share < match.share:
        # What both have may look like a family's once a person has several of a kind.
        fresh = replace(fresh, share=match.share, terms=match.terms)
    return fresh


async def _holders(connection: AsyncConnection, site: SiteId, a: Record, b: Record) -> Holders:
    shared = {(k.kind, k.value) for k in a.known} & {(k.kind, k.value) for k in b.known}
    keys = {f"{kind}:{value}": (kind, value) for kind, value in shared}
    query = (
        select(match_key.c.key, func.count().label("many"))
        .where(match_key.c.site == site, match_key.c.key.in_(sorted(keys)))
        .group_by(match_key.c.key)
    )
    return Holders(counts={keys[one["key"]]: one["many"] for one in await rows(connection, query)})


async def _suggest(
    connection: AsyncConnection, site: SiteId, matches: Sequence[Match], *, now: Instant
) -> None:
    """Show pairs to a person; one that was put off stays put off."""
    for match in matches:
        shown = {
            "site": site, "a": match.a, "b": match.b, "state": "open",
            "share": round(match.share, 4), "terms": terms_json(match),
            "veto": None if match.veto is None else match.veto.value, "at": now,
        }  # fmt: skip
        change = ("share", "terms", "veto", "at")
        await connection.execute(upsert(duplicate, shown, keys=("site", "a", "b"), change=change))


async def forget(
    connection: AsyncConnection,
    site: SiteId,
    ids: Sequence[str],
    *,
    before: Instant,
    first_only: bool = False,
) -> None:
    """Suggestions about some people that were not made again are withdrawn.

    `first_only` looks at those whose first is among them.
    """
    about = duplicate.c.a.in_(ids)
    await connection.execute(
        delete(duplicate).where(
            duplicate.c.site == site,
            duplicate.c.state == "open",
            duplicate.c.at < before,
            about if first_only else or_(about, duplicate.c.b.in_(ids)),
        )
    )
