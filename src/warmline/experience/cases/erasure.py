"""What is kept of a person here: cases, gestures, wow moments."""

from warmline.core.words import SiteId
from warmline.experience.cases.tables import case, gesture, wow
from warmline.storage.traces import RowTraces

_OURS = ("opened_by", "owner", "closed_by", "user", "by", "remind_at")
"""Who of the center did what is not the customer's."""


def case_traces(site: SiteId) -> RowTraces:
    """A person's cases, gestures and wow moments."""
    return RowTraces(site, {"cases": case, "gestures": gesture, "wow_moments": wow}, hidden=_OURS)
