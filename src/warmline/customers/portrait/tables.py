"""The tables of the portrait: promises, own fields, what the likely reason is told by."""

from typing import Any

from sqlalchemy import JSON, BigInteger, Boolean, Column, Index, Integer, String, Table, Text

from warmline.storage.schema import ID_CHARS, metadata

ID = String(ID_CHARS)
_JSON = JSON(none_as_null=True)


def _column(name: str, kind: Any, *, required: bool = False) -> Column[Any]:
    return Column(name, kind, nullable=not required)


promise = Table(
    "customer_promise",
    metadata,
    Column("site", ID, primary_key=True),
    Column("id", ID, primary_key=True),
    _column("customer", ID, required=True),
    _column("interaction", ID),
    _column("text", String(500), required=True),
    _column("due_at", BigInteger, required=True),
    _column("state", String(16), required=True),
    _column("made_at", BigInteger, required=True),
    _column("made_by", ID, required=True),
    _column("agent", ID),
    _column("settled_at", BigInteger),
    _column("settled_by", ID),
    Index("ix_customer_promise_customer", "site", "customer", "made_at"),
    Index("ix_customer_promise_due", "site", "state", "due_at"),
)
"""What was promised to a customer and by when; `interaction` is the talk it was made in.

`state` is `open`, `kept`, `late` (kept after its time) or `withdrawn`.
"""

field = Table(
    "customer_field",
    metadata,
    Column("site", ID, primary_key=True),
    Column("id", ID, primary_key=True),
    _column("kind", String(16), required=True),
    _column("labels", _JSON, required=True),
    _column("choices", _JSON),
    _column("required", Boolean, required=True),
    _column("personal", Boolean, required=True),
    _column("place", Integer, required=True),
)
"""A field of the center's own: what it is called in each language, and what may stand in it."""

field_value = Table(
    "customer_field_value",
    metadata,
    Column("site", ID, primary_key=True),
    Column("customer", ID, primary_key=True),
    Column("field", ID, primary_key=True),
    _column("value", Text, required=True),
    _column("at", BigInteger, required=True),
    _column("by", ID, required=True),
    Index("ix_customer_field_value_at", "site", "at"),
)

likely = Table(
    "likely_reason",
    metadata,
    Column("site", ID, primary_key=True),
    _column("at", BigInteger, required=True),
    _column("body", _JSON, required=True),
)
"""What the likely reason is told by: counts of the own past, how often it was right."""
