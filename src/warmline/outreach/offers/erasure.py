"""What is kept of offers to a person: shown, and held out."""

from warmline.core.words import SiteId
from warmline.outreach.offers.tables import offer_shown
from warmline.storage.traces import RowTraces


def offer_traces(site: SiteId) -> RowTraces:
    """A person's offers; the arm is told too. What a model learnt holds nobody."""
    return RowTraces(site, {"offers": offer_shown}, hidden=("facts", "why"))
