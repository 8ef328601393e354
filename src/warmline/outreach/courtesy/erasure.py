"""What is kept of courtesy contacts with a person."""

from warmline.core.words import SiteId
from warmline.outreach.courtesy.tables import courtesy
from warmline.storage.traces import RowTraces


def courtesy_traces(site: SiteId) -> RowTraces:
    """A person's courtesy contacts, those left out among them."""
    return RowTraces(site, {"courtesy_contacts": courtesy})
