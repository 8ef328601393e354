"""The tables of value: what each customer is worth, the models it came from, the saved rules."""

from typing import Any

from sqlalchemy import JSON, BigInteger, Column, Float, Index, Integer, String, Table

from warmline.customers.value.rules import TEXT_LIMIT_CHARS
from warmline.storage.schema import ID_CHARS, metadata

ID = String(ID_CHARS)
_JSON = JSON(none_as_null=True)


def _column(name: str, kind: Any, *, required: bool = False) -> Column[Any]:
    return Column(name, kind, nullable=not required)


customer_value = Table(
    "customer_value",
    metadata,
    Column("site", ID, primary_key=True),
    Column("customer", ID, primary_key=True),
    _column("computed_at", BigInteger, required=True),
    _column("first_at", BigInteger, required=True),
    _column("last_at", BigInteger, required=True),
    _column("frequency", Integer, required=True),
    _column("money_minor", BigInteger, required=True),
    _column("recency_days", Integer, required=True),
    _column("r", Integer, required=True),
    _column("f", Integer, required=True),
    _column("m", Integer, required=True),
    _column("value_top", Integer, required=True),
    _column("money_top", Integer, required=True),
    _column("orders_top", Integer, required=True),
    _column("alive_pct", Float),
    _column("churn_pct", Float),
    _column("expected_orders", Float),
    _column("average_minor", BigInteger),
    _column("value_minor", BigInteger),
    _column("segment_why", _JSON),
    Index("ix_customer_value_top", "site", "value_top"),
)
"""What a person is worth, under the id that counts; `frequency` counts days with an order.

`*_top` is the smallest top share, in ‰ of all, that the person is in. Without a model there is no
`alive_pct` and what follows it. `segment_why` is the rule that gave the segment.
"""

value_model = Table(
    "value_model",
    metadata,
    Column("site", ID, primary_key=True),
    Column("computed_at", BigInteger, primary_key=True, autoincrement=False),
    _column("currency", String(3), required=True),
    _column("orders", BigInteger, required=True),
    _column("unpriced", BigInteger, required=True),
    _column("basis", _JSON, required=True),
    _column("holdout", _JSON),
    _column("took_ms", Integer, required=True),
)
"""The models and scales of one night, and how well they foretold what was held back.

`unpriced` orders are in a currency without a rate: they count as orders, not as money.
"""

value_terms = Table(
    "value_terms",
    metadata,
    Column("site", ID, primary_key=True),
    _column("terms", _JSON, required=True),
)
"""How the site counts: margin, discount, horizon, currency and rates."""

value_rule = Table(
    "value_rule",
    metadata,
    Column("site", ID, primary_key=True),
    Column("kind", String(16), primary_key=True),
    Column("place", Integer, primary_key=True, autoincrement=False),
    _column("item", ID, required=True),
    _column("text", String(TEXT_LIMIT_CHARS), required=True),
)
"""Saved rules of a kind (`segment`, `stake`), the first that is true wins; `item` is what it gives.
"""
