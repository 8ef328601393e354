"""What rules can speak of: the fields of a customer, of an order, of a contact, by their kind."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a field holds."""

    NUMBER = "number"
    MONEY = "money"
    """In whole units of the site's currency (12.50), kept in minor ones."""
    TEXT = "text"
    FLAG = "flag"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field: its kind, whether `in top n %` and whether `has` can be asked of it."""

    name: str
    kind: Kind
    ranked: bool = False
    written: bool = False
    """Free words of a person."""


def _fields(*found: Field) -> Mapping[str, Field]:
    return {one.name: one for one in found}


CUSTOMER = _fields(
    Field(name="value", kind=Kind.MONEY, ranked=True),
    Field(name="money", kind=Kind.MONEY, ranked=True),
    Field(name="orders", kind=Kind.NUMBER, ranked=True),
    Field(name="average_order", kind=Kind.MONEY),
    Field(name="expected_orders", kind=Kind.NUMBER),
    Field(name="recency_days", kind=Kind.NUMBER),
    Field(name="alive_pct", kind=Kind.NUMBER),
    Field(name="churn_pct", kind=Kind.NUMBER),
    Field(name="r", kind=Kind.NUMBER),
    Field(name="f", kind=Kind.NUMBER),
    Field(name="m", kind=Kind.NUMBER),
    Field(name="language", kind=Kind.TEXT),
    Field(name="contacts", kind=Kind.NUMBER),
    Field(name="days_since_contact", kind=Kind.NUMBER),
)
"""What is known of every customer; `orders` are days on which something was ordered."""

CONTACT = _fields(
    Field(name="segment", kind=Kind.TEXT),
    Field(name="reason", kind=Kind.TEXT),
    Field(name="medium", kind=Kind.TEXT),
    Field(name="inbox", kind=Kind.TEXT),
    Field(name="words", kind=Kind.TEXT, written=True),
    Field(name="last_order", kind=Kind.MONEY),
    Field(name="last_order_days", kind=Kind.NUMBER),
    Field(name="last_order_status", kind=Kind.TEXT),
    Field(name="last_order_late", kind=Kind.FLAG),
)
"""What is known of an interaction that comes, beside its customer; `words` is what is written."""

SEGMENT_FIELDS: Mapping[str, Field] = CUSTOMER
STAKE_FIELDS: Mapping[str, Field] = {**CUSTOMER, **CONTACT}

CUSTOM = "field."
"""Before the name of a field that the site defined itself."""
