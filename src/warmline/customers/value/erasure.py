"""What a person is worth to the center, as rows."""

from warmline.core.words import SiteId
from warmline.customers.value.tables import customer_value
from warmline.storage.traces import RowTraces


def value_traces(site: SiteId) -> RowTraces:
    """A person's figures, and the rule that gave the segment."""
    return RowTraces(site, {"values": customer_value})
