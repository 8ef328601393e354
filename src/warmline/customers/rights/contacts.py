"""What the rule of contact looks at, read for one person; and flags for whoever heeds them."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import uuid4

from sqlalchemy import func, insert, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.core.words import DAY, CustomerId, Instant, InteractionId, SiteId
from warmline.customers.rights import queries
from warmline.customers.rights.contact import ContactProfile, Verdict, may_contact
from warmline.customers.rights.model import UNPROFILED, Purpose, Way
from warmline.customers.rights.tables import contact, flag
from warmline.customers.tables import customer
from warmline.ports import Clock, State
from warmline.storage.database import Database
from warmline.storage.rows import rows

_UNPROFILED = tuple(sorted(UNPROFILED))


@dataclass(frozen=True, slots=True, kw_only=True)
class Contacts:
    """Answers whether a person may be contacted, and remembers that they were."""

    database: Database
    site: SiteId
    clock: Clock
    state: State

    async def may(
        self, ids: Collection[CustomerId], purpose: Purpose, way: Way, *, at: Instant | None = None
    ) -> Verdict:
        """Whether we may contact a person, known by all of `ids`, now or at a moment."""
        when = self.clock.now() if at is None else at
        async with self.database.read() as connection:
            profile = await self.profile(connection, ids, at=when)
        return may_contact(profile, purpose, way, when)

    async def profile(
        self, connection: AsyncConnection, ids: Collection[CustomerId], *, at: Instant
    ) -> ContactProfile:
        """What the rule looks at; `contacts` are those that a cap may still count at `at`."""
        center = self.state.center()
        zone = center.zone
        awaits = any(one.customer in ids for one in center.interactions.values())
        rules = await queries.rules_of(connection, self.site)
        longest_days = max((cap.days for cap in rules.caps), default=0)
        since = at - longest_days * DAY
        wish = await queries.preference_of(connection, self.site, ids)
        made = await rows(connection, queries.contacts(self.site, ids, since=since))
        said = await rows(connection, queries.consents(self.site, ids))
        flagged = await rows(connection, queries.flags(self.site, ids))
        own_zone = wish["zone"] if wish is not None and wish["zone"] else zone
        return ContactProfile(
            rules=rules,
            zone=own_zone,
            consents=[queries.read_consent(one) for one in said],
            flags=queries.read_flags(flagged),
            reached_by=await queries.reached_by(connection, self.site, ids),
            preferred=Way(wish["channel"]) if wish is not None and wish["channel"] else None,
            quiet=queries.read_quiet(wish, zone=zone),
            contacts=[queries.read_contact(one) for one in made],
            awaits_answer=awaits,
        )

    async def made(
        self,
        connection: AsyncConnection,
        who: CustomerId,
        purpose: Purpose,
        way: Way,
        *,
        interaction: InteractionId | None = None,
    ) -> None:
        """Remember, in the transaction that begins it, that we contact a person now."""
        await connection.execute(
            insert(contact).values(
                site=self.site,
                id=uuid4().hex,
                customer=who,
                at=self.clock.now(),
                channel=way.value,
                purpose=purpose.value,
                interaction=interaction,
            )
        )


class Flags:
    """Of whom nothing may weigh in routing (`customers.model.Restrictions`)."""

    def __init__(self, site: SiteId) -> None:
        self._site = site

    async def weightless(
        self, connection: AsyncConnection, ids: Collection[CustomerId]
    ) -> Collection[CustomerId]:
        """Those of some people who restricted their data or object to profiling.

        A flag of any record of a person counts, whichever their records are joined into.
        """
        root = func.coalesce(customer.c.merged_into, customer.c.id)
        query = (
            select(root)
            .join(flag, (flag.c.site == customer.c.site) & (flag.c.customer == customer.c.id))
            .where(
                customer.c.site == self._site,
                or_(customer.c.id.in_(ids), customer.c.merged_into.in_(ids)),
                flag.c.flag.in_(_UNPROFILED),
            )
            .distinct()
        )
        return [CustomerId(one) for one in await connection.scalars(query)]
