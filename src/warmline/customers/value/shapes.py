"""What the routes of value take and give, as JSON."""

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from pydantic import BaseModel, ConfigDict, Field

from warmline.customers.value.deciding import Term
from warmline.customers.value.keeping import Model, RuleKind, SiteTerms
from warmline.customers.value.lifetime import HORIZON_DAYS
from warmline.customers.value.rfm import STEPS
from warmline.customers.value.rules import TEXT_LIMIT_CHARS, Problem
from warmline.storage.rows import Row
from warmline.storage.schema import ID_CHARS

RULES_LIMIT = 30
RATES_LIMIT = 50
CHECKED_CHARS = TEXT_LIMIT_CHARS * 2
"""A text that is too long is told so, up to here."""
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]


class RuleBody(BaseModel):
    """One rule: what it gives (a segment, a stake) and its text."""

    model_config = ConfigDict(extra="forbid")

    item: str = Field(min_length=1, max_length=ID_CHARS)
    text: str = Field(min_length=1, max_length=CHECKED_CHARS)


class RulesBody(BaseModel):
    """All rules of a kind, the first that is true wins."""

    model_config = ConfigDict(extra="forbid")

    rules: list[RuleBody] = Field(max_length=RULES_LIMIT)


class CheckBody(BaseModel):
    """A text to be checked while it is written."""

    model_config = ConfigDict(extra="forbid")

    kind: RuleKind = RuleKind.SEGMENT
    text: str = Field(max_length=CHECKED_CHARS)


class TermsBody(BaseModel):
    """How the site counts."""

    model_config = ConfigDict(extra="forbid")

    margin_pct: float = Field(gt=0, le=100)
    discount_pct: float = Field(ge=0, le=100)
    horizon_days: int = Field(ge=HORIZON_DAYS[0], le=HORIZON_DAYS[1])
    currency: Currency | None = None
    rates: dict[Currency, Annotated[float, Field(gt=0, le=1e9)]] = Field(
        default_factory=dict, max_length=RATES_LIMIT
    )


def problem_json(problem: Problem) -> dict[str, object]:
    """What is wrong with a rule, and where."""
    return msgspec.to_builtins(problem)


def term_json(term: Term) -> dict[str, object]:
    """One condition of a rule."""
    return msgspec.to_builtins(term)


def terms_json(terms: SiteTerms) -> dict[str, object]:
    """How the site counts."""
    return msgspec.to_builtins(terms)


def model_json(model: Model) -> dict[str, Any]:
    """The models of the last night, without the scales."""
    basis = model.basis
    return {
        "computed_at": model.computed_at,
        "took_ms": model.took_ms,
        "currency": model.currency,
        "orders": model.orders,
        "unpriced": model.unpriced,
        "bgnbd": msgspec.to_builtins(basis.ordering),
        "gamma_gamma": msgspec.to_builtins(basis.spending),
        "quality": msgspec.to_builtins(basis.quality),
        "terms": msgspec.to_builtins(basis.terms),
        "holdout": msgspec.to_builtins(model.holdout),
    }


def value_json(found: Row) -> Mapping[str, object]:
    """What one customer is worth."""
    plain = (
        "computed_at", "first_at", "last_at", "recency_days", "frequency", "money_minor", "r", "f",
        "m", "alive_pct", "churn_pct", "expected_orders", "average_minor", "value_minor",
    )  # fmt: skip
    top = found["value_top"]
    return {
        **{name: found[name] for name in plain},
        "value_top_pct": None if found["value_minor"] is None or top == STEPS else top / 10,
    }
