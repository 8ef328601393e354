"""The days on which something came in, by the site's own calendar."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from warmline.core.words import MINUTE, Instant, SiteId
from warmline.insight.tables import contact
from warmline.storage.database import Database
from warmline.storage.rows import rows

DAYS_LIMIT = 60
# No zone of the world begins its day inside a quarter of an hour.
_PART_MS = 15 * MINUTE


async def busy_days(
    database: Database, site: SiteId, *, now: Instant, zone: ZoneInfo
) -> Sequence[tuple[str, int]]:
    """The last 60 days with arrivals, today left out: (date, how many came), the newest first."""
    today = _date(now, zone)
    since = datetime.fromtimestamp(now / 1000, tz=UTC) - timedelta(days=DAYS_LIMIT + 1)
    part = (contact.c.arrived_at // _PART_MS).label("part")
    query = (
        select(part, func.count().label("many"))
        .where(contact.c.site == site, contact.c.arrived_at >= round(since.timestamp() * 1000))
        .group_by(part)
    )
    counts: Counter[str] = Counter()
    async with database.read() as connection:
        for found in await rows(connection, query):
            counts[_date(int(found["part"]) * _PART_MS, zone)] += found["many"]
    counts.pop(today, None)
    return sorted(counts.items(), reverse=True)[:DAYS_LIMIT]


def _date(at: Instant, zone: ZoneInfo) -> str:
    return datetime.fromtimestamp(at / 1000, tz=zone).date().isoformat()
