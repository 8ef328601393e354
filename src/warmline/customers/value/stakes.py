"""What is at stake in an interaction: saved rules over reason, customer and latest order."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.core.words import DAY, CustomerId, Instant, SiteId, StakeId
from warmline.customers.identity import same
from warmline.customers.orders.queries import is_late
from warmline.customers.orders.tables import order
from warmline.customers.tables import customer
from warmline.customers.value import keeping
from warmline.customers.value.asking import Asking, Contacts, Ruled, by_person, unprofiled
from warmline.customers.value.deciding import Known, is_true
from warmline.customers.value.keeping import RuleKind
from warmline.customers.value.rules import speaks_of
from warmline.customers.value.words import CONTACT, CUSTOM, CUSTOMER, Field
from warmline.ports import Clock, Coming, State
from warmline.storage.database import Database
from warmline.storage.rows import row

WORDS_LIMIT_CHARS = 2_000
"""So much of what somebody writes first is looked at."""
_OF_ORDER = frozenset(name for name in CONTACT if name.startswith("last_order"))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rules:
    """The rules in force, and which facts they need."""

    ruled: Sequence[Ruled]
    needs: frozenset[str]
    currency: str
    fields: Mapping[str, Field]


class OrderStakes:
    """Answers what is at stake (`ports.Stakes`); the rules are read once and kept until changed."""

    def __init__(
        self, *, database: Database, site: SiteId, clock: Clock, state: State, contacts: Contacts
    ) -> None:
        self._database = database
        self._site = site
        self._clock = clock
        self._state = state
        self._contacts = contacts
        self._rules: _Rules | None = None

    def changed(self) -> None:
        """The rules were saved anew."""
        self._rules = None

    async def of(self, coming: Coming) -> StakeId | None:
        """The stake of the first rule that is true, if the policy in force weighs it."""
        known = {stake.id for stake in self._state.center().policy.stakes}
        if not known:
            return None
        async with self._database.read() as connection:
            rules = self._rules = self._rules or await self._read(connection)
            if not rules.ruled:
                return None
            facts = await self._facts(connection, coming, rules)
        for one in rules.ruled:
            if one.item in known and is_true(one.rule, facts):
                return StakeId(one.item)
        return None

    async def _read(self, connection: AsyncConnection) -> _Rules:
        terms = await keeping.site_terms(connection, self._site)
        money = await keeping.money_of(connection, self._site, terms)
        ruled = await keeping.ruled(connection, self._site, RuleKind.STAKE, money.currency)
        return _Rules(
            ruled=ruled,
            needs=frozenset(name for one in ruled for name in speaks_of(one.rule)),
            currency=money.currency,
            fields=await keeping.fields_of(connection, self._site, RuleKind.STAKE),
        )

    async def _facts(self, connection: AsyncConnection, coming: Coming, rules: _Rules) -> Known:
        facts: dict[str, Any] = {
            "reason": coming.reason,
            "medium": coming.medium.value,
            "inbox": coming.inbox,
            "words": (coming.text or "")[:WORDS_LIMIT_CHARS] or None,
            "segment": coming.segment,
        }
        if coming.customer is None:
            return facts
        of_customer = {name for name in rules.needs if name in CUSTOMER or name.startswith(CUSTOM)}
        of_order = rules.needs & _OF_ORDER
        if not of_customer and not of_order:
            return facts
        ids = await same(connection, self._site, coming.customer)
        if not ids or await self._objects(connection, ids[0]):
            return facts
        now = self._clock.now()
        if of_customer:
            contacts = by_person(self._site, self._contacts(self._site, ids))
            asking = Asking(site=self._site, now=now, contacts=contacts)
            wanted = [rules.fields[name] for name in sorted(of_customer)]
            facts |= await row(connection, asking.facts(wanted, ids[0])) or {}
        if of_order:
            facts |= await self._order(connection, ids, rules.currency, now)
        return facts

    async def _objects(self, connection: AsyncConnection, who: CustomerId) -> bool:
        query = select(unprofiled(self._site, customer.c.id)).where(
            customer.c.site == self._site, customer.c.id == who
        )
        return bool(await connection.scalar(query))

    async def _order(
        self,
        connection: AsyncConnection,
        ids: Collection[CustomerId],
        currency: str,
        now: Instant,
    ) -> Known:
        """The latest order; its sum only where it is in the site's currency."""
        newest = (
            select(order)
            .where(order.c.site == self._site, or_(*(order.c.customer == one for one in ids)))
            .order_by(order.c.at.desc())
            .limit(1)
        )
        found = await row(connection, newest)
        if found is None:
            return {}
        return {
            "last_order": found["total_minor"] if found["currency"] == currency else None,
            "last_order_days": (now - found["at"]) // DAY,
            "last_order_status": found["status"],
            "last_order_late": is_late(found, now),
        }
