"""What the portrait keeps of a person: promises and own fields."""

from warmline.core.words import SiteId
from warmline.customers.portrait.tables import field_value, promise
from warmline.storage.traces import RowTraces


def portrait_traces(site: SiteId) -> RowTraces:
    """A person's promises and fields."""
    return RowTraces(site, {"promises": promise, "fields": field_value})
