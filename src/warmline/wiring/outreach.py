"""What outreach asks of the other rooms: rules, the rule of contact, moods, cases, orders."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from fastapi import APIRouter
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.conversations.queries import last_contacts
from warmline.conversations.scope import Sight
from warmline.core.words import (
    DAY,
    Actor,
    AgentId,
    CustomerId,
    Instant,
    InteractionId,
    Malformed,
    Medium,
    SiteId,
)
from warmline.customers.assurance import Action, Assurance
from warmline.customers.orders import queries as orders
from warmline.customers.orders.model import OrderStatus
from warmline.customers.orders.tables import order
from warmline.customers.rights.contact import PASSING, Allowed, Reason
from warmline.customers.rights.contacts import Contacts
from warmline.customers.rights.model import Purpose, Way
from warmline.customers.tables import customer
from warmline.customers.value import keeping
from warmline.customers.value.asking import Asking, by_person
from warmline.customers.value.deciding import Known, is_true, terms
from warmline.customers.value.keeping import RuleKind
from warmline.customers.value.ledger import Money, digits
from warmline.customers.value.rules import BadRule, read_rule
from warmline.customers.value.words import CUSTOM, CUSTOMER
from warmline.desk.guidance.live import Guide
from warmline.desk.guidance.rule import Guidance
from warmline.experience.cases.tables import case
from warmline.experience.mood.tables import interaction_topic, turn_mood
from warmline.outreach.offers import desk_routes, routes
from warmline.outreach.offers.choosing import Choosing
from warmline.outreach.offers.learning import Learning
from warmline.outreach.offers.model import (
    AgentNames,
    Around,
    CustomerNames,
    Facts,
    LoadAllows,
    Room,
    Same,
    Span,
    Talk,
)
from warmline.ports import Clock, Guard, State
from warmline.security.audit import Audit
from warmline.storage.database import Database
from warmline.storage.rows import row, rows

_GONE = (OrderStatus.CANCELLED.value, OrderStatus.RETURNED.value)
_ASIDE = PASSING | {Reason.UNREACHABLE}
"""What forbids to begin a contact, but not to add a word to one that the customer began."""
_OBJECTS = frozenset({Reason.OBJECTS_PROFILING, Reason.RESTRICTED, Reason.WITHDRAWN})
"""Choosing an offer for somebody is profiling: nobody is asked first, an objection holds."""
WAYS: Mapping[Medium, Way] = {
    Medium.VOICE: Way.PHONE,
    Medium.CALLBACK: Way.PHONE,
    Medium.EMAIL: Way.EMAIL,
    Medium.CHAT: Way.MESSENGER,
    Medium.MESSAGE: Way.MESSENGER,
}
COMPLAINTS = frozenset({"complaint", "complaints"})
"""Reasons and topics that are a complaint, whoever opened a case or not."""
STANDING = ("open", "answered")
FALLING = -0.3
"""The last turn may be so much below the first, or below nothing, before mood counts as falling."""
TURNS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedRules:
    """The language of stakes, asked of a customer and a conversation (`offers.model.Rules`)."""

    database: Database
    site: SiteId
    clock: Clock

    async def check(self, text: str) -> None:
        """`Malformed` with the place for a text that is no rule."""
        async with self.database.read() as connection:
            fields = await keeping.fields_of(connection, self.site, RuleKind.STAKE)
            money = await self._money(connection)
        try:
            read_rule(text, fields, digits=digits(money.currency))
        except BadRule as bad:
            problem = bad.problem
            raise Malformed(
                "rule", problem.detail, "no_rule", why=problem.code, at=problem.at + 1
            ) from None

    async def facts(self, ids: Sequence[CustomerId], talk: Talk) -> Facts | None:
        """What is known of a person and the conversation; None for one who objects to profiling."""
        now = self.clock.now()
        async with self.database.read() as connection:
            fields = await keeping.fields_of(connection, self.site, RuleKind.STAKE)
            asked = [
                field
                for name, field in fields.items()
                if name in CUSTOMER or name.startswith(CUSTOM)
            ]
            contacts = by_person(self.site, last_contacts(self.site, ids))
            asking = Asking(site=self.site, now=now, contacts=contacts)
            known = await row(connection, asking.facts(asked, ids[0]))
            if known is None:
                return None
            newest = await row(
                connection, orders.of_customers(self.site, ids, before=None, limit=1)
            )
            money = await self._money(connection)
            query = select(customer.c.segment).where(
                customer.c.site == self.site, customer.c.id == ids[0]
            )
            segment = talk.segment or await connection.scalar(query)
        last: dict[str, Any] = {}
        if newest is not None:
            same = newest["currency"] == money.currency
            last = {
                "last_order": newest["total_minor"] if same else None,
                "last_order_days": (now - newest["at"]) // DAY,
                "last_order_status": newest["status"],
                "last_order_late": orders.is_late(newest, now),
            }
        of_talk = {"segment": segment, "reason": talk.reason, "inbox": talk.inbox}
        return {**known, **last, **of_talk, "medium": talk.medium.value}

    async def weigh(self, text: str, facts: Facts) -> Sequence[Mapping[str, object]] | None:
        """The conditions of a rule with what was found, None when it is not true."""
        async with self.database.read() as connection:
            fields = await keeping.fields_of(connection, self.site, RuleKind.STAKE)
            money = await self._money(connection)
        try:
            rule = read_rule(text, fields, digits=digits(money.currency))
        except BadRule:  # a field has gone since it was saved
            return None
        known: Known = facts
        if not is_true(rule, known):
            return None
        return [msgspec.to_builtins(one) for one in terms(rule, known)]

    async def _money(self, connection: AsyncConnection) -> Money:
        site_terms = await keeping.site_terms(connection, self.site)
        return await keeping.money_of(connection, self.site, site_terms)


@dataclass(frozen=True, slots=True, kw_only=True)
class SureEnough:
    """Whether it is sure who talks, as for the details of an order (`offers.model.Sure`)."""

    assurance: Assurance

    async def __call__(self, actor: Actor, ids: Collection[CustomerId]) -> bool:
        """Whether the actor may speak to this person of their orders."""
        return (await self.assurance.allowed(actor, ids))[Action.ORDER_DETAILS]


@dataclass(frozen=True, slots=True, kw_only=True)
class InPassing:
    """The one rule of contact, asked for a word in a conversation (`offers.model.MayOffer`)."""

    contacts: Contacts

    async def __call__(self, ids: Collection[CustomerId], medium: Medium) -> str | None:
        """Why not, in its word: consent and flags hold; caps and quiet hours are for our calls."""
        way = WAYS[medium]
        for purpose, aside in (
            (Purpose.MARKETING, frozenset(Reason) - _ASIDE),
            (Purpose.PROFILING, _OBJECTS),
        ):
            verdict = await self.contacts.may(ids, purpose, way)
            if not isinstance(verdict, Allowed):
                found = next((one for one in verdict.reasons if one in aside), None)
                if found is not None:
                    return found.value
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaints:
    """Whether somebody complains, or did and is not answered yet (`offers.model.Complains`)."""

    database: Database
    site: SiteId

    async def __call__(self, talk: Talk, ids: Collection[CustomerId]) -> bool:
        """By the reason that was chosen, the topic found, or an open case of the person."""
        if talk.reason in COMPLAINTS:
            return True
        of_talk = select(interaction_topic.c.topic).where(
            interaction_topic.c.site == self.site,
            interaction_topic.c.interaction == talk.interaction,
        )
        standing = (
            select(case.c.id)
            .where(case.c.site == self.site, case.c.customer.in_(ids), case.c.state.in_(STANDING))
            .limit(1)
        )
        async with self.database.read() as connection:
            if await connection.scalar(of_talk) in COMPLAINTS:
                return True
            return await connection.scalar(standing) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Moods:
    """Whether a customer's mood falls, by the estimates of the turns (`offers.model.MoodFalls`)."""

    database: Database
    site: SiteId

    async def __call__(self, interaction: InteractionId) -> bool:
        """The last turn is low, and not above the first; no estimate is no objection."""
        query = (
            select(turn_mood.c.mood)
            .where(turn_mood.c.site == self.site, turn_mood.c.interaction == interaction)
            .order_by(turn_mood.c.at.desc(), turn_mood.c.message.desc())
            .limit(TURNS)
        )
        async with self.database.read() as connection:
            moods = list(await connection.scalars(query))
        return bool(moods) and falls(moods[::-1])


def falls(moods: Sequence[float]) -> bool:
    """Whether moods, the oldest first, fall: the last is low, or much lower than the first.

    >>> falls([0.4, -0.1]), falls([-0.6, 0.1]), falls([-0.5])
    (True, False, True)
    """
    return moods[-1] <= FALLING or moods[-1] - moods[0] <= FALLING


@dataclass(frozen=True, slots=True, kw_only=True)
class Loads:
    """Whether an agent has time, by the guidance of the desk (`offers.model.LoadAllows`)."""

    guide: Guide

    def __call__(self, agent: AgentId) -> bool:
        """Not while the agent is asked to be brief; without guidance there is always time."""
        return self.guide.own(agent) is not Guidance.BRIEF


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderedSince:
    """What customers ordered and kept, in the site's currency (`offers.model.Bought`)."""

    database: Database
    site: SiteId

    async def currency(self) -> str:
        """The site's currency."""
        async with self.database.read() as connection:
            site_terms = await keeping.site_terms(connection, self.site)
            return (await keeping.money_of(connection, self.site, site_terms)).currency

    async def __call__(self, spans: Sequence[Span]) -> Mapping[str, int]:
        """Minor units by the key of each span; a currency without a rate counts as nothing."""
        if not spans:
            return {}
        root = func.coalesce(customer.c.merged_into, customer.c.id)
        who = {one.customer for one in spans}
        # Who was offered something may have turned out to be somebody else since.
        roots = select(customer.c.id, root.label("root")).where(
            customer.c.site == self.site, customer.c.id.in_(who)
        )
        async with self.database.read() as connection:
            site_terms = await keeping.site_terms(connection, self.site)
            ours = await keeping.money_of(connection, self.site, site_terms)
            query = (
                select(root.label("root"), order.c.at, order.c.total_minor, order.c.currency)
                .join(
                    customer,
                    (customer.c.site == order.c.site) & (customer.c.id == order.c.customer),
                )
                .where(
                    order.c.site == self.site,
                    root.in_(select(roots.subquery().c.root)),
                    order.c.status.not_in(_GONE),
                    order.c.at > min(one.since for one in spans),
                    order.c.at <= max(one.until for one in spans),
                )
            )
            found = await rows(connection, query)
            counts = await rows(connection, roots)
        counted = {one["id"]: one["root"] for one in counts}
        bought: dict[str, list[tuple[Instant, float]]] = defaultdict(list)
        for one in found:
            factor = ours.factor(one["currency"])
            bought[one["root"]].append((one["at"], (factor or 0.0) * one["total_minor"]))
        return {
            one.key: round(
                sum(
                    money
                    for at, money in bought[counted.get(one.customer, one.customer)]
                    if one.since < at <= one.until
                )
            )
            for one in spans
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Outreach:
    """What lives as long as the center: what was learnt of offers, and what it asks of others."""

    around: Around
    learning: Learning


def open_outreach(
    *,
    database: Database,
    site: SiteId,
    clock: Clock,
    state: State,
    same: Same,
    load_allows: LoadAllows,
) -> Outreach:
    """The room before anybody uses it."""
    bought = OrderedSince(database=database, site=site)
    around = Around(
        rules=SavedRules(database=database, site=site, clock=clock),
        sure=SureEnough(
            assurance=Assurance(database=database, site=site, clock=clock, state=state)
        ),
        may_offer=InPassing(
            contacts=Contacts(database=database, site=site, clock=clock, state=state)
        ),
        complains=Complaints(database=database, site=site),
        mood_falls=Moods(database=database, site=site),
        load_allows=load_allows,
        bought=bought,
        same=same,
    )
    return Outreach(around=around, learning=Learning(database, site, clock, bought))


def offer_room_routes(
    outreach: Outreach,
    *,
    database: Database,
    site: SiteId,
    clock: Clock,
    state: State,
    needs: Guard,
    sight: Sight,
    agents: AgentNames,
    customers: CustomerNames,
    audit: Audit,
) -> Sequence[APIRouter]:
    """The routes of offers: the screen's, then the desk's."""
    room = Room(
        database=database,
        state=state,
        needs=needs,
        clock=clock,
        site=site,
        sight=sight,
        agents=agents,
        customers=customers,
        audit=audit.setting,
        around=outreach.around,
    )
    choosing = Choosing(database, site, outreach.around, outreach.learning)
    return routes.offer_routes(room, outreach.learning), desk_routes.desk_routes(room, choosing)
