"""The tables of customers: who they are, how they are known, what is worth remembering."""

from typing import Any

from sqlalchemy import JSON, BigInteger, Column, Index, Integer, String, Table, Text, text

from warmline.storage.schema import ID_CHARS, metadata

ID = String(ID_CHARS)


_SURE_IDENTITY = "kind IN ('login', 'external') AND verification = 'verified'"


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
    _column("segment_by", String(16)),
    _column("note", Text),
    _column("owner_agent", ID),
    _column("merged_into", ID),
    _column("created_at", BigInteger, required=True),
    _column("updated_at", BigInteger, required=True),
    Index("ix_customer_folded", "site", "folded"),
    Index("ix_customer_merged", "site", "merged_into"),
    Index("ix_customer_updated", "site", "updated_at"),
)
"""A person; `merged_into` names who it turned out to be. `folded` is the name as it is searched.

`owner_agent` is the person's own contact, asked first. `segment_by` is `computed` where rules gave
the segment; else somebody gave it by hand, and rules leave it.
"""

identifier = Table(
    "identifier",
    metadata,
    Column("site", ID, primary_key=True),
    Column("kind", String(16), primary_key=True),
    Column("value", String(320), primary_key=True),
    Column("customer", ID, primary_key=True),
    _column("verification", String(16), required=True),
    _column("method", String(16)),
    _column("source", String(32), required=True),
    _column("created_at", BigInteger, required=True),
    _column("verified_at", BigInteger),
    _column("verified_by", ID),
    Index("ix_identifier_customer", "site", "customer"),
    Index("ix_identifier_created", "site", "created_at"),
    Index(
        "uq_identifier_identity",
        "site",
        "kind",
        "value",
        unique=True,
        sqlite_where=text(_SURE_IDENTITY),
        postgresql_where=text(_SURE_IDENTITY),
    ),
)
"""One way to recognise a customer, normalised; a family may share one, a verified login nobody.

`method` says how it was found to be theirs.
"""

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

candidate = Table(
    "customer_candidate",
    metadata,
    Column("site", ID, primary_key=True),
    Column("interaction", ID, primary_key=True),
    Column("customer", ID, primary_key=True),
    _column("at", BigInteger, required=True),
    Index("ix_customer_candidate_customer", "site", "customer"),
    Index("ix_customer_candidate_at", "site", "at"),
)
"""Who may be behind an interaction, until the agent has asked."""

unplaced = Table(
    "customer_unplaced",
    metadata,
    Column("site", ID, primary_key=True),
    Column("interaction", ID, primary_key=True),
    Column("kind", String(16), primary_key=True),
    Column("value", String(320), primary_key=True),
    _column("verification", String(16), required=True),
    _column("source", String(32), required=True),
    _column("at", BigInteger, required=True),
    Index("ix_customer_unplaced_value", "site", "kind", "value"),
    Index("ix_customer_unplaced_at", "site", "at"),
)
"""What somebody came with who may be several people; goes to whom the agent picks."""

attempt = Table(
    "verification_attempt",
    metadata,
    Column("site", ID, primary_key=True),
    Column("id", ID, primary_key=True),
    _column("customer", ID, required=True),
    _column("method", String(16), required=True),
    _column("state", String(16), required=True),
    _column("interaction", ID),
    _column("started_at", BigInteger, required=True),
    _column("started_by", ID, required=True),
    _column("ends_at", BigInteger, required=True),
    _column("tries", Integer, required=True),
    _column("kind", String(16)),
    _column("value", String(320)),
    _column("secret", String(200)),
    _column("asked", JSON(none_as_null=True)),
    _column("done_at", BigInteger),
    Index("ix_verification_attempt_customer", "site", "customer", "started_at"),
    Index("ix_verification_attempt_agent", "site", "started_by", "started_at"),
    Index("ix_verification_attempt_value", "site", "kind", "value", "started_at"),
)
"""One try to make sure who a person is; `secret` is the code as Argon2 keeps it."""

pin = Table(
    "customer_pin",
    metadata,
    Column("site", ID, primary_key=True),
    Column("customer", ID, primary_key=True),
    _column("hash", String(200), required=True),
    _column("set_at", BigInteger, required=True),
    _column("set_by", ID, required=True),
)
"""The digits a customer says to show who they are, as Argon2 keeps them."""

question = Table(
    "verification_question",
    metadata,
    Column("site", ID, primary_key=True),
    Column("id", ID, primary_key=True),
    _column("place", Integer, required=True),
    _column("texts", JSON(none_as_null=True), required=True),
    _column("hint", String(32)),
)
"""What agents ask to make sure who it is; `texts` by language, `hint` names what we know of it."""

needed_level = Table(
    "verification_needed",
    metadata,
    Column("site", ID, primary_key=True),
    Column("action", String(32), primary_key=True),
    _column("level", String(16), required=True),
)
"""How sure it must be who it is, for an action on their request."""

CHUNK = 400
"""How many ids one statement names."""
