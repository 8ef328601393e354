"""What the sample shop wants its customers to feel: targets that some reach and some do not."""

from warmline.core.words import Instant, SiteId
from warmline.experience.results.targets import Target, keep_target
from warmline.storage.database import Database

TARGETS = (
    Target(measure="feelings", aim=70),
    Target(measure="csat_pct", aim=75),
    Target(measure="delighted_pct", aim=40),
    Target(measure="answered_pct", aim=25),
)


async def set_aims(database: Database, site: SiteId, at: Instant) -> None:
    """Set the targets, as a supervisor would."""
    async with database.write() as connection:
        for one in TARGETS:
            await keep_target(connection, site, one, at=at, by=None)
