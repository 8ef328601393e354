"""The tables of consent, flags, wishes, contacts made, erasures proved and retention."""

from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    String,
    Table,
)

from warmline.customers.rights.model import (
    NOTE_LIMIT_CHARS,
    PROOF_LIMIT_CHARS,
    SOURCE_LIMIT_CHARS,
)
from warmline.storage.schema import ID_CHARS, SITE_CHARS, metadata

ID = String(ID_CHARS)
_SITE = String(SITE_CHARS)
_WORD = String(32)
_JSON = JSON(none_as_null=True)


def _column(name: str, kind: Any, *, required: bool = False) -> Column[Any]:
    return Column(name, kind, nullable=not required)


consent = Table(
    "customer_consent",
    metadata,
    Column("site", _SITE, primary_key=True),
    Column("id", ID, primary_key=True),
    _column("customer", ID, required=True),
    _column("purpose", _WORD, required=True),
    _column("channel", _WORD),
    _column("given", Boolean, required=True),
    _column("proof", String(PROOF_LIMIT_CHARS), required=True),
    _column("source", String(SOURCE_LIMIT_CHARS), required=True),
    _column("at", BigInteger, required=True),
    _column("by", ID),
    Index("ix_customer_consent_customer", "site", "customer", "at"),
)
"""What a person agreed to or took back, with the proof; the newest of a purpose and way counts."""

flag = Table(
    "customer_flag",
    metadata,
    Column("site", _SITE, primary_key=True),
    Column("customer", ID, primary_key=True),
    Column("flag", _WORD, primary_key=True),
    _column("since", BigInteger, required=True),
    _column("by", ID),
    _column("note", String(NOTE_LIMIT_CHARS)),
)
"""What changes how a person is treated, everywhere."""

preference = Table(
    "customer_preference",
    metadata,
    Column("site", _SITE, primary_key=True),
    Column("customer", ID, primary_key=True),
    _column("channel", _WORD),
    _column("quiet_from", Integer),
    _column("quiet_until", Integer),
    _column("zone", String(64)),
)
"""How and when a person wants to be reached; quiet hours are minutes of the day in their zone."""

contact = Table(
    "customer_contact",
    metadata,
    Column("site", _SITE, primary_key=True),
    Column("id", ID, primary_key=True),
    _column("customer", ID, required=True),
    _column("at", BigInteger, required=True),
    _column("channel", _WORD, required=True),
    _column("purpose", _WORD, required=True),
    _column("interaction", ID),
    Index("ix_customer_contact_customer", "site", "customer", "at"),
)
"""A contact that we began: what the caps count."""

contact_rules = Table(
    "contact_rules",
    metadata,
    Column("site", _SITE, primary_key=True),
    _column("rules", _JSON, required=True),
)
"""Caps, quiet hours and purposes that need consent, as the site set them."""

certificate = Table(
    "erasure_certificate",
    metadata,
    Column("site", _SITE, primary_key=True),
    Column("id", ID, primary_key=True),
    _column("customer", ID, required=True),
    _column("at", BigInteger, required=True),
    _column("by", ID),
    _column("body", _JSON, required=True),
    _column("sha256", String(64), required=True),
    Index("ix_erasure_certificate_at", "site", "at"),
)
"""The proof that a person was erased: counts, when and by whom, nothing personal."""

retention = Table(
    "retention_rule",
    metadata,
    Column("site", _SITE, primary_key=True),
    Column("kind", _WORD, primary_key=True),
    _column("days", Integer, required=True),
)
"""How long a class of data is kept; a class without a row is kept for good."""

retention_run = Table(
    "retention_run",
    metadata,
    Column("site", _SITE, primary_key=True),
    Column("id", ID, primary_key=True),
    _column("at", BigInteger, required=True),
    _column("by", ID),
    _column("counts", _JSON, required=True),
    Index("ix_retention_run_at", "site", "at"),
)
"""What a run of retention let go, by class."""
