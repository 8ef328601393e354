"""What is kept of what a person bought."""

from warmline.core.words import SiteId
from warmline.customers.orders.tables import order, order_event
from warmline.storage.traces import RowTraces


def order_traces(site: SiteId) -> RowTraces:
    """A person's orders, and what happened to them."""
    return RowTraces(site, {"orders": order, "order_events": order_event})
