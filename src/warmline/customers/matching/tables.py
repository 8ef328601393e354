"""The tables of matching: keys to find candidates by, suggestions, merges and what they moved."""

from typing import Any

from sqlalchemy import JSON, BigInteger, Boolean, Column, Float, Index, Integer, String, Table

from warmline.storage.schema import ID_CHARS, metadata

ID = String(ID_CHARS)
_JSON = JSON(none_as_null=True)


def _column(name: str, kind: Any, *, required: bool = False) -> Column[Any]:
    return Column(name, kind, nullable=not required)


match_key = Table(
    "match_key",
    metadata,
    Column("site", ID, primary_key=True),
    Column("key", String(128), primary_key=True),
    Column("customer", ID, primary_key=True),
    Index("ix_match_key_customer", "site", "customer", "key"),
)
"""By which keys a customer is found as a candidate; only of those who count, not of merged ones."""

match_word = Table(
    "match_word",
    metadata,
    Column("site", ID, primary_key=True),
    Column("word", String(64), primary_key=True),
    _column("customers", Integer, required=True),
)
"""How many customers have a word in their name, by sound; rare words are left out."""

match_setting = Table(
    "match_setting",
    metadata,
    Column("site", ID, primary_key=True),
    _column("suggest_pct", Float, required=True),
    _column("automatic_pct", Float, required=True),
    _column("automatic", Boolean, required=True),
)

match_state = Table(
    "match_state",
    metadata,
    Column("site", ID, primary_key=True),
    _column("seen_until", BigInteger, required=True),
    _column("customers", Integer, required=True),
    _column("full_at", BigInteger),
)
"""How far changes were looked at, and when everybody was compared last."""

duplicate = Table(
    "customer_duplicate",
    metadata,
    Column("site", ID, primary_key=True),
    Column("a", ID, primary_key=True),
    Column("b", ID, primary_key=True),
    _column("state", String(16), required=True),
    _column("share", Float, required=True),
    _column("terms", _JSON, required=True),
    _column("veto", String(16)),
    _column("at", BigInteger, required=True),
    _column("until", BigInteger),
    _column("decided_by", ID),
    _column("decided_at", BigInteger),
    Index("ix_customer_duplicate_state", "site", "state", "share"),
    Index("ix_customer_duplicate_b", "site", "b"),
)
"""Two records (`a` before `b`) that may be one person; `terms` say why, without any value.

`state` is `open`, `later` (open again after `until`) or `refused`: they are two people.
"""

merge = Table(
    "customer_merge",
    metadata,
    Column("site", ID, primary_key=True),
    Column("id", ID, primary_key=True),
    _column("number", BigInteger, required=True),
    _column("kind", String(16), required=True),
    _column("other", ID, required=True),
    _column("into", ID, required=True),
    _column("cause", String(16), required=True),
    _column("share", Float),
    _column("terms", _JSON),
    _column("at", BigInteger, required=True),
    _column("by", ID),
    _column("undone_at", BigInteger),
    _column("undone_by", ID),
    Index("uq_customer_merge_number", "site", "number", unique=True),
    Index("ix_customer_merge_other", "site", "other"),
    Index("ix_customer_merge_into", "site", "into"),
)
"""A merge of `other` into `into`, or a split of `other` from it; `number` counts them in order."""

moved = Table(
    "customer_merge_row",
    metadata,
    Column("site", ID, primary_key=True),
    Column("merge", ID, primary_key=True),
    Column("place", Integer, primary_key=True, autoincrement=False),
    _column("what", String(16), required=True),
    _column("before", _JSON),
    _column("after", _JSON),
)
"""A row as it was before a merge and as the merge left it; None where there was, or is, no row."""
