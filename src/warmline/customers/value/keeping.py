"""What the room keeps: the site's terms, the saved rules, the newest models."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import msgspec
from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.core.words import Instant, SiteId
from warmline.customers.portrait.tables import field as own_field
from warmline.customers.value import words
from warmline.customers.value.asking import Ruled
from warmline.customers.value.holdout import Holdout
from warmline.customers.value.ledger import Money, digits, usual_currency
from warmline.customers.value.lifetime import Basis, Terms
from warmline.customers.value.rules import BadRule, read_rule
from warmline.customers.value.tables import value_model, value_rule, value_terms
from warmline.customers.value.words import Field, Kind
from warmline.storage.rows import row, rows
from warmline.storage.upsert import upsert

MODELS_KEPT = 30
NO_CURRENCY = "EUR"
"""Counted in while there are no orders."""


class RuleKind(StrEnum):
    """What saved rules give: a segment to a customer, or what is at stake in an interaction."""

    SEGMENT = "segment"
    STAKE = "stake"


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteTerms:
    """How a site counts; without a currency it is that of most orders."""

    margin_pct: float = 30.0
    discount_pct: float = 10.0
    horizon_days: int = 365
    currency: str | None = None
    rates: Mapping[str, float] = field(default_factory=dict[str, float])

    @property
    def terms(self) -> Terms:
        """What the models need of it."""
        return Terms(
            margin_pct=self.margin_pct,
            discount_pct=self.discount_pct,
            horizon_days=self.horizon_days,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """The models of one night."""

    computed_at: Instant
    currency: str
    orders: int
    unpriced: int
    basis: Basis
    holdout: Holdout | None
    took_ms: int


async def site_terms(connection: AsyncConnection, site: SiteId) -> SiteTerms:
    """How the site counts."""
    found = await row(connection, select(value_terms).where(value_terms.c.site == site))
    return SiteTerms() if found is None else msgspec.convert(found["terms"], SiteTerms)


async def keep_terms(connection: AsyncConnection, site: SiteId, terms: SiteTerms) -> None:
    """Remember how the site counts."""
    values = {"site": site, "terms": msgspec.to_builtins(terms)}
    await connection.execute(upsert(value_terms, values, keys=("site",)))


async def money_of(connection: AsyncConnection, site: SiteId, terms: SiteTerms) -> Money:
    """The currency in which the site counts."""
    currency = terms.currency or await usual_currency(connection, site) or NO_CURRENCY
    return Money(currency=currency, rates=terms.rates)


async def keep_model(connection: AsyncConnection, site: SiteId, model: Model) -> None:
    """Remember the models of a night; the oldest go."""
    values = {
        "site": site,
        "computed_at": model.computed_at,
        "currency": model.currency,
        "orders": model.orders,
        "unpriced": model.unpriced,
        "basis": msgspec.to_builtins(model.basis),
        "holdout": msgspec.to_builtins(model.holdout),
        "took_ms": model.took_ms,
    }
    await connection.execute(upsert(value_model, values, keys=("site", "computed_at")))
    kept = (
        select(value_model.c.computed_at)
        .where(value_model.c.site == site)
        .order_by(value_model.c.computed_at.desc())
        .limit(MODELS_KEPT)
    )
    newest = [one["computed_at"] for one in await rows(connection, kept)]
    await connection.execute(
        delete(value_model).where(
            value_model.c.site == site, value_model.c.computed_at < min(newest)
        )
    )


async def newest_model(connection: AsyncConnection, site: SiteId) -> Model | None:
    """The models in force."""
    found = await row(
        connection,
        select(value_model)
        .where(value_model.c.site == site)
        .order_by(value_model.c.computed_at.desc())
        .limit(1),
    )
    if found is None:
        return None
    return Model(
        computed_at=found["computed_at"],
        currency=found["currency"],
        orders=found["orders"],
        unpriced=found["unpriced"],
        basis=msgspec.convert(found["basis"], Basis),
        holdout=None if found["holdout"] is None else msgspec.convert(found["holdout"], Holdout),
        took_ms=found["took_ms"],
    )


async def fields_of(
    connection: AsyncConnection, site: SiteId, kind: RuleKind
) -> Mapping[str, Field]:
    """What rules of a kind can speak of, the site's own fields among them."""
    fields = words.SEGMENT_FIELDS if kind is RuleKind.SEGMENT else words.STAKE_FIELDS
    own = await rows(connection, select(own_field).where(own_field.c.site == site))
    return {
        **fields,
        **{
            words.CUSTOM + one["id"]: Field(
                name=words.CUSTOM + one["id"],
                kind=Kind.NUMBER if one["kind"] == "number" else Kind.TEXT,
            )
            for one in own
        },
    }


async def rule_rows(
    connection: AsyncConnection, site: SiteId, kind: RuleKind
) -> Sequence[Mapping[str, Any]]:
    """The saved rules of a kind as they were written, in their order."""
    return await rows(
        connection,
        select(value_rule.c.place, value_rule.c.item, value_rule.c.text)
        .where(value_rule.c.site == site, value_rule.c.kind == kind.value)
        .order_by(value_rule.c.place),
    )


async def ruled(
    connection: AsyncConnection, site: SiteId, kind: RuleKind, currency: str
) -> tuple[Ruled, ...]:
    """The saved rules of a kind; one that is none any more (a field has gone) is left out."""
    fields = await fields_of(connection, site, kind)
    found: list[Ruled] = []
    for one in await rule_rows(connection, site, kind):
        try:
            rule = read_rule(one["text"], fields, digits=digits(currency))
        except BadRule:
            continue
        found.append(Ruled(item=one["item"], place=one["place"], text=one["text"], rule=rule))
    return tuple(found)


async def keep_rules(
    connection: AsyncConnection, site: SiteId, kind: RuleKind, rules: Sequence[tuple[str, str]]
) -> None:
    """Remember rules, (what it gives, text) each, in their order, instead of those before."""
    await connection.execute(
        delete(value_rule).where(value_rule.c.site == site, value_rule.c.kind == kind.value)
    )
    listed = [
        {"site": site, "kind": kind.value, "place": place, "item": item, "text": text}
        for place, (item, text) in enumerate(rules)
    ]
    if listed:
        await connection.execute(insert(value_rule), listed)
