"""What became of the customers of a trial: the same measures as everywhere, by arm."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Float, cast, func, select

from warmline.core.words import LATEST, SiteId
from warmline.insight.metrics import METRICS, Metric, Unit, Window
from warmline.insight.tables import contact, visit
from warmline.ports import ArmOutcome, Sums
from warmline.storage.database import Database
from warmline.storage.rows import Row, rows

ALL_TIME = Window(since=0, until=LATEST)
# Who is not known is somebody else each time, as for the hash that chose the arm.
_who = func.coalesce(contact.c.customer, contact.c.interaction)


class TrialOutcomes:
    """Reads what the arms of a trial have come to so far."""

    def __init__(self, database: Database, site: SiteId) -> None:
        self._database = database
        self._site = site

    async def __call__(self, trial: str) -> Mapping[str, ArmOutcome]:
        """Both arms, as far as anybody came."""
        mine = (contact.c.site == self._site) & (contact.c.trial == trial)
        counted = (
            select(
                contact.c.arm,
                func.count().label("contacts"),
                func.count(_who.distinct()).label("customers"),
            )
            .where(mine)
            .group_by(contact.c.arm)
        )
        async with self._database.read() as connection:
            arms = await rows(connection, counted)
            sums = {
                key: await rows(connection, _summed(metric, mine))
                for key, metric in METRICS.items()
                if metric.each is not None
            }
        return {
            one["arm"]: ArmOutcome(
                customers=one["customers"],
                contacts=one["contacts"],
                measures={
                    key: _sums(found, share=METRICS[key].unit is Unit.PERCENT)
                    for key, several in sums.items()
                    for found in several
                    if found["arm"] == one["arm"]
                },
            )
            for one in arms
            if one["arm"]
        }


def _summed(metric: Metric, mine: Any) -> Any:
    """The sums over customers of a metric, by arm."""
    # As floating point: the squares of milliseconds would not fit whole numbers.
    each = cast(metric.each, Float)
    by_customer = (
        select(
            contact.c.arm,
            cast(func.count(), Float).label("n"),
            func.sum(each).label("s"),
        )
        .join(
            visit, (visit.c.site == contact.c.site) & (visit.c.interaction == contact.c.interaction)
        )
        .where(mine, metric.rows(ALL_TIME))
        .group_by(contact.c.arm, _who)
        .subquery()
    )
    n, s = by_customer.c.n, by_customer.c.s
    return select(
        by_customer.c.arm,
        func.count().label("customers"),
        *(
            func.sum(value).label(name)
            for name, value in {"n": n, "s": s, "nn": n * n, "ss": s * s, "ns": n * s}.items()
        ),
    ).group_by(by_customer.c.arm)


def _sums(found: Row, *, share: bool) -> Sums:
    names = ("n", "s", "nn", "ss", "ns")
    return Sums(
        customers=found["customers"], share=share, **{name: float(found[name]) for name in names}
    )
