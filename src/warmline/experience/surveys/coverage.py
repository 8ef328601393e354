"""How many talks were asked about and how many answered; why nobody was asked about the others."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from warmline.core.words import Instant, SiteId
from warmline.experience.surveys import tables
from warmline.storage.database import Database
from warmline.storage.rows import rows

_NONE: Mapping[str, int] = {"asked": 0, "opened": 0, "answered": 0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """The coverage of every survey since a moment."""

    asks: Mapping[str, Mapping[str, int]]
    reasons: Mapping[str, Mapping[str, int]] = field(default_factory=dict[str, Mapping[str, int]])
    talks: int = 0
    """Talks that ended while a survey was in force."""

    def of(self, survey: str) -> dict[str, object]:
        """Of one survey: asked, opened, answered, both shares in percent, reasons not to ask.

        The share asked is of the talks that the survey is about; None where there are none.
        """
        counts = self.asks.get(survey, _NONE)
        reasons = self.reasons.get(survey, {})
        # What was asked by hand or later again is no talk that was decided on.
        talks = max(counts["asked"], reasons.get("asked", 0)) + sum(
            many for why, many in reasons.items() if why != "asked"
        )
        return {
            **counts,
            "talks": talks,
            "asked_pct": _pct(counts["asked"], talks),
            "answered_pct": _pct(counts["answered"], counts["asked"]),
            "passed": {why: many for why, many in reasons.items() if why != "asked"},
        }


def _pct(part: int, whole: int) -> float | None:
    return round(100 * part / whole, 1) if whole else None


async def covered(database: Database, site: SiteId, since: Instant) -> Coverage:
    """The coverage of every survey since a moment."""
    async with database.read() as connection:
        asked = await rows(connection, tables.coverage(site, since))
        passed = await rows(connection, tables.passed_by(site, since))
    reasons: dict[str, dict[str, int]] = {}
    for one in passed:
        if one["survey"] is not None and one["state"] != "waiting":
            why = one["why"] or "asked"
            of = reasons.setdefault(one["survey"], {})
            of[why] = of.get(why, 0) + one["talks"]
    return Coverage(
        asks={one["survey"]: {name: one[name] for name in _NONE} for one in asked},
        reasons=reasons,
        talks=sum(one["talks"] for one in passed),
    )
