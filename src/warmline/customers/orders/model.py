"""What an order is: its status, what may happen to it, money in whole minor units."""

from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache

from warmline.core.words import CustomerId, Instant, Malformed, fact

CURRENCY_CHARS = 3
TEXT_LIMIT_CHARS = 200
TOTAL_LIMIT_MINOR = 10**13
"""No order is worth more, and a sum of a hundred thousand such still fits into 64 bits."""
UNITS_LIMIT = 1_000_000
BATCH_LIMIT = 1_000
"""Orders, or customers, in one request."""
EVENTS_PER_ORDER = 100


class OrderStatus(StrEnum):
    """How far an order is."""

    PLACED = "placed"
    PAID = "paid"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"
    RETURNED = "returned"


ON_ITS_WAY = frozenset({OrderStatus.PLACED, OrderStatus.PAID, OrderStatus.SHIPPED})
"""What the customer still waits for: late once the promised time is over."""


class OrderEventKind(StrEnum):
    """What happens to an order beside its status."""

    LATE = "late"
    PAYMENT_FAILED = "payment_failed"
    PART_MISSING = "part_missing"
    DAMAGED = "damaged"
    REFUNDED = "refunded"
    COMPLAINT = "complaint"


@fact
class Order:
    """An order as the shop tells it; what is None is not said, and stays as it was."""

    id: str
    customer: str
    """The shop's own number of the customer."""
    at: Instant
    total_minor: int
    currency: str
    units: int | None = None
    status: OrderStatus | None = None
    status_at: Instant | None = None
    promised_at: Instant | None = None
    text: str | None = None


class Outcome(StrEnum):
    """What became of one row."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    WRONG = "wrong"


@dataclass(slots=True, kw_only=True)
class Kept:
    """What became of some rows, in their order, and whom it concerned."""

    outcomes: list[Outcome] = field(default_factory=list[Outcome])
    customers: set[CustomerId] = field(default_factory=set[CustomerId])


@cache
def minor_digits(currency: str) -> int:
    """How many digits of the currency (ISO 4217) stand after the point; `Malformed` for none.

    >>> minor_digits("PLN"), minor_digits("JPY"), minor_digits("KWD")
    (2, 0, 3)
    """
    from babel.numbers import get_currency_precision, is_currency  # noqa: PLC0415 - large

    if len(currency) != CURRENCY_CHARS or not is_currency(currency):
        raise Malformed("currency", "is no currency of ISO 4217", "no_currency")
    return get_currency_precision(currency)
