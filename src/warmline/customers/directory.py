"""The directory of customers: what channels and other rooms ask it, in transactions of its own."""

from asyncio import Lock
from collections.abc import AsyncGenerator, Collection, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from weakref import WeakValueDictionary

from sqlalchemy import func, select

from warmline.core.words import CustomerId, InteractionId, SiteId, Verification
from warmline.customers.candidates import undecided
from warmline.customers.choice import Key
from warmline.customers.finding import by_two_keys
from warmline.customers.identity import normalise, same
from warmline.customers.model import Claim, IdentifierKind, Resolved, Restrictions
from warmline.customers.newcomers import Arriving, is_newcomer, newcomer
from warmline.customers.resolution import (
    Coming,
    look_up,
    plain,
    pointed_out,
    recognise,
    resolve,
)
from warmline.customers.tables import CHUNK, customer, identifier
from warmline.ports import Clock, Write
from warmline.storage.database import Database
from warmline.storage.rows import rows

_CALLED_BY = (IdentifierKind.EMAIL.value, IdentifierKind.PHONE.value, IdentifierKind.LOGIN.value)


class Directory:
    """Finds and makes customers; `region` is where phone numbers without a country are from."""

    def __init__(
        self,
        database: Database,
        site: SiteId,
        clock: Clock,
        *,
        region: str | None = None,
        restrictions: Restrictions | None = None,
    ) -> None:
        self._database = database
        self._site = site
        self._clock = clock
        self._region = region
        self._restrictions = restrictions
        self._turns: WeakValueDictionary[Key, Lock] = WeakValueDictionary()

    async def resolve(
        self,
        claims: Sequence[Claim],
        *,
        source: str,
        name: str | None = None,
        language: str | None = None,
    ) -> Resolved:
        """The customer behind some claims, made when there is none; `Malformed` for a bad one.

        Where several come into question nobody is chosen: `candidates` says who they are.
        """
        claims = plain(claims, self._region)
        coming = Coming(claims=claims, source=source, name=name, language=language)
        async with self._database.read() as connection:
            found = await recognise(connection, self._site, coming, restrictions=self._restrictions)
        if found is not None:
            return found
        return await self._written(coming)

    @asynccontextmanager
    async def arriving(
        self,
        claims: Sequence[Claim],
        *,
        source: str,
        name: str | None = None,
        language: str | None = None,
    ) -> AsyncGenerator[Arriving]:
        """As `resolve`; but who only says who they are, and is new, is made by rows of the command.

        Nobody else with such a claim is looked up before the block ends, so that two calls of one
        number do not make two people: submit the command inside it.
        """
        claims = plain(claims, self._region)
        coming = Coming(claims=claims, source=source, name=name, language=language)
        async with AsyncExitStack() as alone:
            await self._take_turn(alone, coming)
            async with self._database.read() as connection:
                known = await look_up(connection, self._site, claims)
                found = await recognise(
                    connection, self._site, coming, restrictions=self._restrictions, known=known
                )
            if found is None and is_newcomer(coming, known):
                yield newcomer(self._site, coming, now=self._clock.now())
                return
        yield Arriving(who=found or await self._written(coming))

    async def _take_turn(self, alone: AsyncExitStack, coming: Coming) -> None:
        for key in sorted((one.kind, one.value) for one in coming.claims):
            await alone.enter_async_context(self._turns.setdefault(key, Lock()))

    async def _written(self, coming: Coming) -> Resolved:
        """Look again, and write what is new."""
        async with AsyncExitStack() as alone:
            await self._take_turn(alone, coming)
            connection = await alone.enter_async_context(self._database.write())
            return await resolve(
                connection,
                self._site,
                coming.claims,
                now=self._clock.now(),
                source=coming.source,
                name=coming.name,
                language=coming.language,
                region=self._region,
                restrictions=self._restrictions,
            )

    def plain(self, kind: IdentifierKind, text: str) -> str:
        """The one form in which an identifier is kept; `Malformed` for nonsense."""
        return normalise(kind, text, region=self._region)

    async def treatment(self, who: CustomerId, level: Verification) -> Resolved | None:
        """How a customer whom somebody pointed out is treated; None when there is nobody."""
        async with self._database.read() as connection:
            return await pointed_out(
                connection, self._site, who, level, restrictions=self._restrictions
            )

    def undecided(
        self, interaction: InteractionId, found: Resolved, *, source: str
    ) -> Sequence[Write]:
        """What travels with an arrival when several people come into question; else nothing."""
        return undecided(self._site, interaction, found, source=source, now=self._clock.now())

    async def same(self, who: CustomerId) -> Collection[CustomerId]:
        """All ids of one person; the id itself when nobody has it."""
        async with self._database.read() as connection:
            return await same(connection, self._site, who) or (who,)

    async def ids(self, who: CustomerId) -> Collection[CustomerId]:
        """All ids of one person, the one that counts first; empty when there is nobody."""
        async with self._database.read() as connection:
            return await same(connection, self._site, who)

    async def same_as(
        self, ids: Collection[CustomerId]
    ) -> Mapping[CustomerId, Collection[CustomerId]]:
        """For each id all ids of the same person, itself among them."""
        root = func.coalesce(customer.c.merged_into, customer.c.id)
        roots: dict[CustomerId, CustomerId] = {}
        groups: dict[CustomerId, set[CustomerId]] = {}
        listed = sorted(ids)
        async with self._database.read() as connection:
            for start in range(0, len(listed), CHUNK):
                asked = select(customer.c.id, root.label("root")).where(
                    customer.c.site == self._site,
                    customer.c.id.in_(listed[start : start + CHUNK]),
                )
                roots |= {one["id"]: one["root"] for one in await rows(connection, asked)}
            some = sorted(set(roots.values()))
            for start in range(0, len(some), CHUNK):
                asked = select(customer.c.id, customer.c.merged_into.label("root")).where(
                    customer.c.site == self._site,
                    customer.c.merged_into.in_(some[start : start + CHUNK]),
                )
                for one in await rows(connection, asked):
                    groups.setdefault(one["root"], {one["root"]}).add(one["id"])
        return {id_: {id_, *groups.get(top := roots.get(id_, id_), {top})} for id_ in listed}

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

    async def with_both(self, first: str, second: str) -> Collection[CustomerId]:
        """Who has two exact keys: identifiers, order numbers, one of them may be the surname."""
        async with self._database.read() as connection:
            return await by_two_keys(connection, self._site, (first, second), region=self._region)

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
