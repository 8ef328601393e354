"""The tables of orders and of what happened to them."""

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table

from warmline.customers.orders.model import CURRENCY_CHARS, TEXT_LIMIT_CHARS
from warmline.storage.schema import ID_CHARS, SITE_CHARS, metadata

_ID = String(ID_CHARS)
_WORD = String(32)

order = Table(
    "customer_order",
    metadata,
    Column("site", String(SITE_CHARS), primary_key=True),
    Column("id", _ID, primary_key=True),
    Column("customer", _ID, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("total_minor", BigInteger, nullable=False),
    Column("currency", String(CURRENCY_CHARS), nullable=False),
    Column("units", Integer),
    Column("status", _WORD, nullable=False),
    Column("status_at", BigInteger, nullable=False),
    Column("promised_at", BigInteger),
    Column("text", String(TEXT_LIMIT_CHARS)),
    Column("source", _WORD, nullable=False),
    Index("ix_customer_order_customer", "site", "customer", "at"),
    Index("ix_customer_order_status_at", "site", "status", "status_at"),
)
"""An order; `id` is the shop's own number, `total_minor` whole cents (or what the currency has)."""

order_event = Table(
    "customer_order_event",
    metadata,
    Column("site", String(SITE_CHARS), primary_key=True),
    Column("id", _ID, primary_key=True),
    Column("order", _ID, nullable=False),
    Column("customer", _ID, nullable=False),
    Column("kind", _WORD, nullable=False),
    Column("at", BigInteger, nullable=False),
    Index("ix_customer_order_event_customer", "site", "customer", "at"),
    Index("ix_customer_order_event_order", "site", "order"),
)
"""What happened to an order and is worth knowing: it is late, a payment failed."""
