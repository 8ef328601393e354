"""What is known of a person's value, to be counted, told and erased."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.core.words import Instant, SiteId
from warmline.customers.value.tables import customer_value
from warmline.ports import Person
from warmline.storage.rows import rows


@dataclass(frozen=True, slots=True)
class ValueTraces:
    """What a person is worth to the center (`ports.Traces` and `ports.Known`)."""

    site: SiteId

    async def count(self, connection: AsyncConnection, who: Person) -> Mapping[str, int]:
        """How many figures there are: one a person."""
        query = (
            select(func.count())
            .select_from(customer_value)
            .where(customer_value.c.site == self.site, customer_value.c.customer.in_(who.ids))
        )
        return {"values": await connection.scalar(query) or 0}

    async def erase(self, connection: AsyncConnection, who: Person, at: Instant) -> Collection[str]:  # noqa: ARG002
        """Erase them; they speak of no file."""
        await connection.execute(
            customer_value.delete().where(
                customer_value.c.site == self.site, customer_value.c.customer.in_(who.ids)
            )
        )
        return ()

    async def needed(self, connection: AsyncConnection, blobs: Collection[str]) -> Collection[str]:  # noqa: ARG002
        """No figure needs a file."""
        return ()

    async def tell(
        self, connection: AsyncConnection, who: Person
    ) -> Mapping[str, Sequence[Mapping[str, object]]]:
        """Every figure, and the rule that gave the segment."""
        found = await rows(
            connection,
            select(customer_value).where(
                customer_value.c.site == self.site, customer_value.c.customer.in_(who.ids)
            ),
        )
        return {
            "values": [
                {name: value for name, value in one.items() if name != "site"} for one in found
            ]
        }
