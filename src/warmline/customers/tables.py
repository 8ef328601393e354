"""The tables of customers: who they are, how they are known, what is worth remembering."""

from typing import Any

from sqlalchemy import BigInteger, Column, Index, String, Table, Text

from warmline.storage.schema import ID_CHARS, metadata

ID = String(ID_CHARS)


def _column(name: str, kind: Any, *, required: bool = False) -> Column[Any]:
    return Column(name, kind, nullable=not required)


customer = Table(
    "customer",
    metadata,
    Column("site", ID, primary_key=True),
    Column("id", ID, primary_key=True),
    _column("name", String(200)),
    _column("folded", String(200), required=True),
    _column("language", String(16)),
    _column("segment", ID),
    _column("note", Text),
    _column("owner_agent", ID),
    _column("merged_into", ID),
    _column("created_at", BigInteger, required=True),
    _column("updated_at", BigInteger, required=True),
    Index("ix_customer_folded", "site", "folded"),
    Index("ix_customer_merged", "site", "merged_into"),
)
"""A person; `merged_into` names who it turned out to be. `folded` is the name as it is searched.

`owner_agent` is the person's own contact, asked first.
"""

identifier = Table(
    "identifier",
    metadata,
    Column("site", ID, primary_key=True),
    Column("kind", String(16), primary_key=True),
    Column("value", String(320), primary_key=True),
    _column("customer", ID, required=True),
    _column("verification", String(16), required=True),
    _column("source", String(32), required=True),
    _column("created_at", BigInteger, required=True),
    Index("ix_identifier_customer", "site", "customer"),
)
"""One way to recognise a customer, normalised; at most one customer has it."""

fact = Table(
    "customer_fact",
    metadata,
    Column("site", ID, primary_key=True),
    Column("id", ID, primary_key=True),
    _column("customer", ID, required=True),
    _column("text", String(500), required=True),
    _column("author", ID, required=True),
    _column("created_at", BigInteger, required=True),
    _column("expires_at", BigInteger),
    Index("ix_customer_fact_customer", "site", "customer", "created_at"),
)

CHUNK = 400
"""How many ids one statement names."""
