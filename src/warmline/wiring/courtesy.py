"""The courtesy contact put together: orders, people, the rule of contact, the e-mail channel."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from fastapi import APIRouter
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.channels.email.channel import EmailChannel
from warmline.conversations.contacts import PastContacts
from warmline.conversations.tables import CHUNK, conversation
from warmline.core.words import DAY, Actor, CustomerId, Instant, Medium, SiteId
from warmline.customers.directory import Directory
from warmline.customers.model import IdentifierKind
from warmline.customers.orders.model import OrderEventKind, OrderStatus
from warmline.customers.orders.tables import order, order_event
from warmline.customers.rights.contact import Allowed
from warmline.customers.rights.contacts import Contacts
from warmline.customers.rights.model import Purpose, Way
from warmline.customers.rights.queries import preference_of
from warmline.customers.tables import customer
from warmline.experience.cases.tables import case
from warmline.outreach.courtesy.model import Addressee, Delivered, May
from warmline.outreach.courtesy.routes import CourtesyRoom, routes
from warmline.outreach.courtesy.writing import Courtesy
from warmline.ports import Clock, State
from warmline.storage.database import Database
from warmline.storage.rows import row, rows
from warmline.wiring.foundation import Foundation, People
from warmline.wiring.outreach import STANDING

TROUBLES = (
    OrderEventKind.DAMAGED.value,
    OrderEventKind.PART_MISSING.value,
    OrderEventKind.COMPLAINT.value,
    OrderEventKind.REFUNDED.value,
)
ANSWER_MS = 14 * DAY
DELIVERED_LIMIT = 50_000
LAST_TALKS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveredOrders:
    """Orders that reached their customers (`courtesy.model.Orders`)."""

    database: Database
    site: SiteId

    async def delivered(self, since: Instant, until: Instant) -> Sequence[Delivered]:
        """Those delivered in a time, the oldest first, each under the id that counts."""
        troubled = (
            select(order_event.c.id)
            .where(
                order_event.c.site == order.c.site,
                order_event.c.order == order.c.id,
                order_event.c.kind.in_(TROUBLES),
            )
            .exists()
        )
        root = func.coalesce(customer.c.merged_into, customer.c.id)
        query = (
            select(
                order.c.id,
                order.c.text,
                order.c.status_at,
                root.label("root"),
                troubled.label("troubled"),
            )
            .join(
                customer,
                (customer.c.site == order.c.site) & (customer.c.id == order.c.customer),
            )
            .where(
                order.c.site == self.site,
                order.c.status == OrderStatus.DELIVERED.value,
                order.c.status_at > since,
                order.c.status_at <= until,
            )
            .order_by(order.c.status_at, order.c.id)
            .limit(DELIVERED_LIMIT)
        )
        async with self.database.read() as connection:
            found = await rows(connection, query)
        return [
            Delivered(
                order=one["id"],
                customer=CustomerId(one["root"]),
                at=one["status_at"],
                text=one["text"],
                troubled=bool(one["troubled"]),
            )
            for one in found
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """Who customers are, and how they are reached (`courtesy.model.People`)."""

    database: Database
    site: SiteId
    directory: Directory
    called: People

    async def addressee(self, who: CustomerId) -> Addressee:
        """Their name, language, address, who served them last, how they want to be reached."""
        ids = list(await self.directory.same(who))
        addresses = await self.directory.identifiers(who, IdentifierKind.EMAIL)
        query = select(customer.c.name, customer.c.language).where(
            customer.c.site == self.site, customer.c.id == ids[0]
        )
        async with self.database.read() as connection:
            known = await row(connection, query) or {"name": None, "language": None}
            wish = await preference_of(connection, self.site, ids)
        talks = await PastContacts(self.database, self.site).of(ids, limit=LAST_TALKS)
        served = next((one.agent for one in talks if one.agent is not None), None)
        names = await self.called.agents(() if served is None else (served,))
        return Addressee(
            ids=ids,
            name=known["name"],
            language=known["language"],
            address=addresses[0] if addresses else None,
            agent=None if served is None else names.get(served),
            way=None if wish is None else wish["channel"],
        )

    async def troubled(self, ids: Collection[CustomerId]) -> bool:
        """Whether a case of theirs is open."""
        query = (
            select(case.c.id)
            .where(case.c.site == self.site, case.c.customer.in_(ids), case.c.state.in_(STANDING))
            .limit(1)
        )
        async with self.database.read() as connection:
            return await connection.scalar(query) is not None

    async def answered(self, written: Mapping[CustomerId, Instant]) -> Collection[CustomerId]:
        """Those who wrote to us by mail within two weeks after they were written to."""
        found: set[CustomerId] = set()
        ids = sorted(written)
        for start in range(0, len(ids), CHUNK):
            query = select(conversation.c.customer, conversation.c.arrived_at).where(
                conversation.c.site == self.site,
                conversation.c.medium == Medium.EMAIL.value,
                conversation.c.customer.in_(ids[start : start + CHUNK]),
                conversation.c.arrived_at > min(written.values()),
            )
            async with self.database.read() as connection:
                talks = await rows(connection, query)
            found.update(
                CustomerId(one["customer"])
                for one in talks
                if 0 < one["arrived_at"] - written[CustomerId(one["customer"])] <= ANSWER_MS
            )
        return found

    async def names(
        self, ids: Collection[CustomerId], *, reader: Actor
    ) -> Mapping[CustomerId, str]:
        """What they are called, masked unless open to the reader."""
        return await self.called.customers(ids, reader=reader)


@dataclass(frozen=True, slots=True, kw_only=True)
class CourtesyRule:
    """The one rule of contact, asked for a courtesy mail (`courtesy.model.Rule`)."""

    contacts: Contacts

    async def may(self, ids: Collection[CustomerId]) -> May:
        """Whether a person may get a courtesy mail now."""
        verdict = await self.contacts.may(ids, Purpose.COURTESY, Way.EMAIL)
        if isinstance(verdict, Allowed):
            return May()
        return May(reason=verdict.reason.value, passing=verdict.earliest is not None)

    async def made(self, connection: AsyncConnection, who: CustomerId) -> None:
        """Remember that they are written to, in the transaction that begins it."""
        await self.contacts.made(connection, who, Purpose.COURTESY, Way.EMAIL)


@dataclass(frozen=True, slots=True, kw_only=True)
class CourtesyMail:
    """The e-mail channel (`courtesy.model.Mail`)."""

    email: EmailChannel
    relayed: bool

    async def ready(self) -> bool:
        """Whether a relay is set and a mailbox is active."""
        return self.relayed and any(one.active for one in await self.email.mailboxes.all())

    async def send(self, to: str, subject: str, text: str, html: str, language: str) -> None:
        """A mail to a customer; durable when this returns."""
        await self.email.send(to, subject, text, html, language)


def open_courtesy(base: Foundation, email: EmailChannel) -> Courtesy:
    """The programme as it runs."""
    return Courtesy(
        database=base.database,
        site=base.site,
        clock=base.clock,
        orders=DeliveredOrders(database=base.database, site=base.site),
        people=_people(base),
        rule=courtesy_rule(base.database, base.site, base.clock, base.engine),
        mail=CourtesyMail(email=email, relayed=base.settings.smtp_out_host is not None),
    )


def courtesy_rule(database: Database, site: SiteId, clock: Clock, state: State) -> CourtesyRule:
    """The rule of contact of a site."""
    contacts = Contacts(database=database, site=site, clock=clock, state=state)
    return CourtesyRule(contacts=contacts)


def courtesy_routes(base: Foundation, courtesy: Courtesy) -> APIRouter:
    """The routes of the programme."""
    return routes(
        CourtesyRoom(
            database=base.database,
            site=base.site,
            clock=base.clock,
            needs=base.guard,
            orders=DeliveredOrders(database=base.database, site=base.site),
            people=_people(base),
            audit=base.security.audit.setting,
            changed=courtesy.soon,
        )
    )


def _people(base: Foundation) -> Written:
    return Written(
        database=base.database,
        site=base.site,
        directory=base.directory,
        called=base.people,
    )
