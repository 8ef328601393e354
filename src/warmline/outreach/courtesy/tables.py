"""The tables of the courtesy contact: the programme, and whom it wrote to or why not."""

from typing import Any

from sqlalchemy import JSON, BigInteger, Boolean, Column, Index, Integer, String, Table

from warmline.storage.schema import ID_CHARS, metadata

ID = String(ID_CHARS)
_WORD = String(32)
_JSON = JSON(none_as_null=True)


def _column(name: str, kind: Any, *, required: bool = False) -> Column[Any]:
    return Column(name, kind, nullable=not required)


programme = Table(
    "courtesy_programme",
    metadata,
    Column("site", ID, primary_key=True),
    _column("on", Boolean, required=True),
    _column("days_after", Integer, required=True),
    _column("days_late", Integer, required=True),
    _column("pause_days", Integer, required=True),
    _column("subjects", _JSON, required=True),
    _column("texts", _JSON, required=True),
    _column("changed_at", BigInteger, required=True),
    _column("changed_by", ID),
)
"""When and with which words a customer is written to; off until somebody switches it on."""

courtesy = Table(
    "courtesy_contact",
    metadata,
    Column("site", ID, primary_key=True),
    Column("order", ID, primary_key=True),
    _column("customer", ID, required=True),
    _column("delivered_at", BigInteger, required=True),
    _column("at", BigInteger, required=True),
    _column("state", _WORD, required=True),
    _column("reason", _WORD),
    _column("channel", _WORD),
    Index("ix_courtesy_contact_customer", "site", "customer", "at"),
    Index("ix_courtesy_contact_at", "site", "at"),
)
"""What became of one delivered order: `sending`, `sent`, or `left` out with its reason.

One that stays `sending` was interrupted; nobody is written to twice for it.
"""
