"""What is known before an answer, as clues: channel, topic chosen, orders, the last talk."""

from collections.abc import Sequence
from dataclasses import dataclass

from warmline.core.words import DAY, Instant, Millis
from warmline.ports import Contact

ORDER_MS: Millis = 45 * DAY
"""An older order is no reason to come."""
EVENT_MS: Millis = 21 * DAY
AGAIN_MS: Millis = 30 * DAY
WAITED_FOR = frozenset({"placed", "paid", "shipped"})


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderSeen:
    """What counts of an order."""

    id: str
    at: Instant
    status: str
    status_at: Instant
    promised_at: Instant | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EventSeen:
    """What counts of something that happened to an order."""

    order: str
    kind: str
    at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What is known of a person at a moment; the newest of each kind first."""

    contact: Contact
    earlier: Sequence[Contact]
    orders: Sequence[OrderSeen]
    events: Sequence[EventSeen]


def clues(seen: Seen) -> frozenset[str]:
    """All clues at the moment when the contact came; nothing that became known later."""
    at = seen.contact.at
    found = {f"channel:{seen.contact.medium.value}", f"inbox:{seen.contact.inbox}"}
    if seen.contact.reason:
        found.add(f"asked:{seen.contact.reason}")
    last = next((one for one in seen.earlier if one.at < at), None)
    if last is not None and at - last.at <= AGAIN_MS and last.disposition:
        found.add(f"last:{last.disposition}")
    order = latest_order(seen)
    found.add(f"order:{status_at(order, at)}" if order else "order:none")
    if any(is_late(one, at) for one in seen.orders):
        found.add("late")
    found.update(
        f"event:{one.kind}" for one in seen.events if one.at <= at and at - one.at <= EVENT_MS
    )
    return frozenset(found)


def latest_order(seen: Seen) -> OrderSeen | None:
    """The newest order that may be a reason to come."""
    at = seen.contact.at
    return next((one for one in seen.orders if one.at <= at and at - one.at <= ORDER_MS), None)


def status_at(order: OrderSeen, at: Instant) -> str:
    """The status that an order had: what it became later was not known."""
    return order.status if order.status_at <= at else "underway"


def is_late(order: OrderSeen, at: Instant) -> bool:
    """Whether an order was waited for longer than promised."""
    if order.at > at or order.promised_at is None or order.promised_at >= at:
        return False
    came = order.status not in WAITED_FOR and order.status_at <= at
    return not came and at - order.promised_at <= ORDER_MS
