"""What the benchmark panel asks of other rooms: guidance, offers, contacts we began, people."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Select, and_, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.core.words import DAY, Instant, SiteId
from warmline.customers.orders.tables import order
from warmline.customers.rights.model import Purpose, Way
from warmline.customers.rights.tables import contact, preference
from warmline.customers.tables import customer
from warmline.desk.guidance.tables import guidance_seen
from warmline.insight.benchmark_model import Counted, Elsewhere
from warmline.outreach.courtesy import keeping
from warmline.outreach.offers.model import Arm
from warmline.outreach.offers.tables import offer_shown
from warmline.security.reveals import ACTION, KIND
from warmline.security.tables import audit, user
from warmline.storage.database import Database
from warmline.storage.rows import row
from warmline.wiring.courtesy import DeliveredOrders
from warmline.wiring.loyalty import Loyalty

FIRST = (Purpose.SERVICE.value, Purpose.COURTESY.value)
"""What a contact that we began is for, when the customer has something of it."""


def elsewhere(database: Database, site: SiteId, loyalty: Loyalty) -> Elsewhere:
    """What the panel of a site asks of other rooms."""
    talks: Mapping[str, Callable[[SiteId], Select[Any]]] = {
        "handle_time_steered": guided,
        "cross_sold": offered,
    }
    counted: Mapping[str, Counted] = {
        "courtesy": _Courtesy(database, site),
        "proactive": proactive,
        "mail_preferred": preferring_mail,
        "turnover": turnover,
        "leaks": revealed,
    }
    return Elsewhere(talks=talks, counted=counted, changes=loyalty.changes)


def guided(site: SiteId) -> Select[Any]:
    """Conversations in whose beginning the desk said how long to talk."""
    return select(guidance_seen.c.interaction).where(
        guidance_seen.c.site == site, guidance_seen.c.guided
    )


def offered(site: SiteId) -> Select[Any]:
    """Conversations in which the desk showed an offer."""
    return select(offer_shown.c.interaction).where(
        offer_shown.c.site == site, offer_shown.c.arm == Arm.SHOWN.value
    )


class _Courtesy:
    """Customers with a delivered order, and those of them who were written to."""

    def __init__(self, database: Database, site: SiteId) -> None:
        self._orders = DeliveredOrders(database=database, site=site)

    async def __call__(
        self, connection: AsyncConnection, site: SiteId, since: Instant, until: Instant
    ) -> tuple[int, int]:
        programme = await keeping.programme_of(connection, site)
        written = await keeping.written(connection, site, since)
        found = await self._orders.delivered(since, until - programme.days_after * DAY)
        customers = {one.customer for one in found}
        return len(customers & written.keys()), len(customers)


async def proactive(
    connection: AsyncConnection, site: SiteId, since: Instant, until: Instant
) -> tuple[int, int]:
    """Customers who ordered in a period, and those of them whom we contacted first in it."""
    began = (
        select(contact.c.id)
        .where(
            contact.c.site == order.c.site,
            contact.c.customer == func.coalesce(customer.c.merged_into, customer.c.id),
            contact.c.at >= since,
            contact.c.at < until,
            contact.c.purpose.in_(FIRST),
        )
        .exists()
    )
    root = func.coalesce(customer.c.merged_into, customer.c.id)
    query = (
        select(
            func.count(root.distinct()).label("of"),
            func.count(case((began, root)).distinct()).label("good"),
        )
        .select_from(
            order.join(
                customer, and_(customer.c.site == order.c.site, customer.c.id == order.c.customer)
            )
        )
        .where(order.c.site == site, order.c.at >= since, order.c.at < until)
    )
    return await _two(connection, query)


async def preferring_mail(
    connection: AsyncConnection, site: SiteId, since: Instant, until: Instant
) -> tuple[int, int]:
    """Customers who said what way they prefer, and those of them who said e-mail; as it is now."""
    del since, until
    mail = case((preference.c.channel == Way.EMAIL.value, 1))
    query = select(func.count().label("of"), func.count(mail).label("good")).where(
        preference.c.site == site, preference.c.channel.is_not(None)
    )
    return await _two(connection, query)


async def turnover(
    connection: AsyncConnection, site: SiteId, since: Instant, until: Instant
) -> tuple[int, int]:
    """Agents who left in a period, and the mean of those at its two ends, rounded.

    Nobody is counted in a center younger than the period: it would not be a year's turnover.
    """
    agents = (user.c.site == site) & user.c.agent.is_not(None)
    then = (user.c.created_at < since) & or_(user.c.active, user.c.changed_at >= since)
    left = user.c.active.is_(False) & (user.c.changed_at >= since) & (user.c.changed_at < until)
    query = select(
        func.count(case((left, 1))).label("left"),
        func.count(case((then, 1))).label("then"),
        func.count(case((user.c.active, 1))).label("now"),
    ).where(agents)
    found = await row(connection, query)
    if found is None or not found["then"]:
        return 0, 0
    return found["left"], max(1, round((found["then"] + found["now"]) / 2))


async def revealed(
    connection: AsyncConnection, site: SiteId, since: Instant, until: Instant
) -> tuple[int, int]:
    """How often somebody looked at a customer outside a conversation; of them no leak is known."""
    query = select(func.count()).where(
        audit.c.site == site,
        audit.c.action == ACTION,
        audit.c.kind == KIND,
        audit.c.at >= since,
        audit.c.at < until,
    )
    return 0, await connection.scalar(query) or 0


async def _two(connection: AsyncConnection, query: Select[int, int]) -> tuple[int, int]:
    found = await row(connection, query)
    assert found is not None, "a count has a row"
    return found["good"], found["of"]
