"""The directory of customers: what channels and other rooms ask it, in transactions of its own."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import func, select

from warmline.core.words import CustomerId, SiteId
from warmline.customers.identity import resolve, same
from warmline.customers.model import Claim, IdentifierKind, Resolved
from warmline.customers.tables import CHUNK, customer, identifier
from warmline.ports import Clock
from warmline.storage.database import Database
from warmline.storage.rows import rows

_CALLED_BY = (IdentifierKind.EMAIL.value, IdentifierKind.PHONE.value, IdentifierKind.LOGIN.value)


class Directory:
    """Finds and makes customers; `region` is where phone numbers without a country are from."""

    def __init__(
        self, database: Database, site: SiteId, clock: Clock, *, region: str | None = None
    ) -> None:
        self._database = database
        self._site = site
        self._clock = clock
        self._region = region

    async def resolve(
        self,
        claims: Sequence[Claim],
        *,
        source: str,
        name: str | None = None,
        language: str | None = None,
    ) -> Resolved:
        """The customer behind some claims, made when there is none; `Malformed` for a bad one."""
        async with self._database.write() as connection:
            return await resolve(
                connection,
                self._site,
                claims,
                now=self._clock.now(),
                source=source,
                name=name,
                language=language,
                region=self._region,
            )

    async def same(self, who: CustomerId) -> Collection[CustomerId]:
        """All ids of one person; the id itself when nobody has it."""
        async with self._database.read() as connection:
            return await same(connection, self._site, who) or (who,)

    async def names(self, ids: Collection[CustomerId]) -> Mapping[CustomerId, str]:
        """What customers are called: their name, else their address, number or login."""
        found: dict[CustomerId, str] = {}
        listed = sorted(ids)
        for start in range(0, len(listed), CHUNK):
            found |= await self._names(listed[start : start + CHUNK])
        return found

    async def _names(self, ids: Sequence[CustomerId]) -> Mapping[CustomerId, str]:
        root = func.coalesce(customer.c.merged_into, customer.c.id)
        async with self._database.read() as connection:
            people = await rows(
                connection,
                select(customer.c.id, root.label("root")).where(
                    customer.c.site == self._site, customer.c.id.in_(ids)
                ),
            )
            roots = {one["root"] for one in people}
            called = await rows(
                connection,
                select(customer.c.id, customer.c.name).where(
                    customer.c.site == self._site, customer.c.id.in_(roots)
                ),
            )
            nameless = [one["id"] for one in called if not one["name"]]
            known = await rows(
                connection,
                select(identifier.c.customer, func.min(identifier.c.value).label("value"))
                .where(
                    identifier.c.site == self._site,
                    identifier.c.customer.in_(nameless),
                    identifier.c.kind.in_(_CALLED_BY),
                )
                .group_by(identifier.c.customer),
            )
        names = {one["id"]: one["name"] for one in called if one["name"]}
        names |= {one["customer"]: one["value"] for one in known}
        return {CustomerId(one["id"]): names[one["root"]] for one in people if one["root"] in names}

    async def identifiers(self, who: CustomerId, kind: IdentifierKind) -> Sequence[str]:
        """A person's identifiers of one kind, the surest first."""
        ids = await self.same(who)
        async with self._database.read() as connection:
            found = await rows(
                connection,
                select(identifier.c.value, identifier.c.verification)
                .where(
                    identifier.c.site == self._site,
                    identifier.c.customer.in_(ids),
                    identifier.c.kind == kind.value,
                )
                .order_by(identifier.c.verification.desc(), identifier.c.created_at),
            )
        return [one["value"] for one in found]
