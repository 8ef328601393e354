"""Cases put together: conversations, promises and people as the room of cases asks them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from html import escape

from fastapi import APIRouter
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.conversations.queries import header
from warmline.conversations.scope import Sight
from warmline.core.permissions import Right, has
from warmline.core.words import (
    AgentId,
    CustomerId,
    Instant,
    InteractionId,
    Rejected,
    Role,
    SiteId,
)
from warmline.customers.directory import Directory
from warmline.customers.model import IdentifierKind
from warmline.customers.portrait.due import PromiseBook
from warmline.customers.rights.contact import Reason, Refused
from warmline.customers.rights.contacts import Contacts
from warmline.customers.rights.model import Purpose, Way
from warmline.customers.tables import customer
from warmline.customers.value.keeping import site_terms
from warmline.customers.value.ledger import usual_currency
from warmline.customers.value.tables import customer_value
from warmline.experience.cases.model import AskAgain, Letters, Member, Promised, Room, Talk
from warmline.experience.cases.opening import Opening
from warmline.experience.cases.routes import routes
from warmline.experience.cases.watch import Watch
from warmline.experience.surveys.model import Mailer
from warmline.ports import Signal, Signals, State
from warmline.storage.database import Database
from warmline.storage.rows import Row, row
from warmline.wiring.channels import Channels
from warmline.wiring.foundation import Foundation

BARS = frozenset({Reason.DECEASED})
"""Who is restricted is still answered."""
OWNERS = frozenset({Role.AGENT, Role.SUPERVISOR})


@dataclass(frozen=True, slots=True, kw_only=True)
class Cases:
    """The room of cases: who opens them, and who watches over time."""

    room: Room
    opening: Opening
    watch: Watch

    def routes(self) -> APIRouter:
        """`/cases`, `/gestures`, `/wow` and the agent's day."""
        return routes(room=self.room, opening=self.opening)


def open_cases(base: Foundation, ask_again: AskAgain, channels: Channels) -> Cases:
    """The room of cases; `ask_again` asks the customer of a closed one."""
    room = case_room(base, ask_again, letters_of(base, channels))
    opening = Opening(room)
    return Cases(room=room, opening=opening, watch=Watch(room, opening))


def letters_of(base: Foundation, channels: Channels) -> Letters:
    """How a case is answered by mail."""
    rights = Contacts(database=base.database, site=base.site, clock=base.clock, state=base.engine)
    has_relay = base.settings.smtp_out_host is not None
    return CaseLetters(base.directory, rights, channels.email if has_relay else None)


def case_room(base: Foundation, ask_again: AskAgain, letters: Letters) -> Room:
    """What the room of cases works with; `ask_again` asks the customer of a closed one."""

    async def currency(connection: AsyncConnection) -> str | None:
        terms = await site_terms(connection, base.site)
        return terms.currency or await usual_currency(connection, base.site)

    return Room(
        database=base.database,
        state=base.engine,
        needs=base.guard,
        clock=base.clock,
        site=base.site,
        signals=base.signals,
        sight=Sight(base.database, base.site, base.engine, base.people),
        privacy=base.privacy,
        same=base.directory.ids,
        people=base.people,
        staff=_Staff(base),
        talks=TalkFinder(base.database, base.site, base.engine),
        promises=KeptPromises(base.database, base.site),
        ask_again=ask_again,
        currency=currency,
        worth=partial(worth_of, base.site),
        segment=Segments(base.database, base.site),
        letters=letters,
        audit=base.security.audit.row,
        setting_audit=base.security.audit.setting,
    )


def promise_changed(signals: Signals, agent: AgentId | None) -> None:
    """Tell that a promise was made or settled: an alarm may be due sooner, a list is another."""
    signals.send(
        Signal(
            name="promise",
            interaction=InteractionId(""),
            agents=frozenset() if agent is None else frozenset({agent}),
        )
    )


SUBJECTS: Mapping[str, str] = {
    "en": "About your conversation with us",
    "ru": "О вашем обращении к нам",
    "pl": "W sprawie rozmowy z nami",
}


class CaseLetters:
    """Writes to the customer of a case (`cases.model.Letters`)."""

    def __init__(self, directory: Directory, rights: Contacts, mailer: Mailer | None) -> None:
        self._directory = directory
        self._rights = rights
        self._mailer = mailer

    async def __call__(self, who: CustomerId, subject: str | None, text: str) -> None:
        """A mail in the customer's language; refused when it may not or cannot be."""
        if self._mailer is None:
            raise Rejected("no_relay", "No relay for mail is set.")
        ids = list(await self._directory.same(who))
        addresses = await self._directory.identifiers(who, IdentifierKind.EMAIL)
        if not addresses:
            raise Rejected("no_address", "No e-mail address of the customer is known.")
        verdict = await self._rights.may(ids, Purpose.SERVICE, Way.EMAIL)
        barred = verdict.reason if isinstance(verdict, Refused) else None
        # The customer complained and waits for this: neither caps nor the hour are against it.
        if barred in BARS:
            raise Rejected("may_not_contact", "This customer may not be written to.")
        language = await self._language(ids)
        html = "".join(f"<p>{escape(part)}</p>" for part in text.split("\n\n"))
        html = html.replace("\n", "<br>")
        await self._mailer.send(addresses[0], subject or SUBJECTS[language], text, html, language)
        async with self._rights.database.write() as connection:
            await self._rights.made(connection, ids[0], Purpose.SERVICE, Way.EMAIL)

    async def _language(self, ids: Sequence[CustomerId]) -> str:
        query = select(customer.c.language).where(
            customer.c.site == self._rights.site, customer.c.id == ids[0]
        )
        async with self._rights.database.read() as connection:
            found = (await connection.scalar(query) or "").split("-")[0].lower()
        return found if found in SUBJECTS else "en"


class Segments:
    """The segment that a person is in."""

    def __init__(self, database: Database, site: SiteId) -> None:
        self._database = database
        self._site = site

    async def __call__(self, ids: Collection[CustomerId]) -> str | None:
        """That of the record that counts, the first of the ids."""
        first = next(iter(ids), None)
        query = select(customer.c.segment).where(
            customer.c.site == self._site, customer.c.id == first
        )
        async with self._database.read() as connection:
            return await connection.scalar(query)


async def worth_of(
    site: SiteId, connection: AsyncConnection, ids: Collection[CustomerId]
) -> int | None:
    """What a customer is worth; without a model, what they bought."""
    worth = func.coalesce(customer_value.c.value_minor, customer_value.c.money_minor)
    query = select(func.max(worth)).where(
        customer_value.c.site == site, customer_value.c.customer.in_(ids)
    )
    return await connection.scalar(query)


class _Staff:
    """Who can own a case."""

    def __init__(self, base: Foundation) -> None:
        self._base = base

    async def __call__(self) -> Sequence[Member]:
        return [
            Member(user=one.id, agent=one.agent, supervises=has(one.actor, Right.SUPERVISE))
            for one in await self._base.security.users.all()
            if one.active and not OWNERS.isdisjoint(one.roles)
        ]


class TalkFinder:
    """Finds a conversation: what is live says more than its row."""

    def __init__(self, database: Database, site: SiteId, state: State) -> None:
        self._database = database
        self._site = site
        self._state = state

    async def __call__(self, interaction: InteractionId) -> Talk | None:
        async with self._database.read() as connection:
            found = await row(connection, header(self._site, interaction))
        live = self._state.center().interactions.get(interaction)
        if live is not None:
            return Talk(
                interaction=interaction,
                customer=live.customer,
                queue=live.queue,
                segment=live.segment,
                agent=live.agent or (None if found is None else found["agent"]),
                medium=live.medium.value,
            )
        if found is None:
            return None
        names = ("customer", "queue", "segment", "agent", "medium")
        return Talk(interaction=interaction, **{name: found[name] for name in names})


class KeptPromises:
    """The promises of the portrait, as the room of cases reads them."""

    def __init__(self, database: Database, site: SiteId) -> None:
        self._book = PromiseBook(database, site)
        self.next_due = self._book.next_due

    async def overdue(self, since: Instant, until: Instant) -> Sequence[Promised]:
        """Those still open that were due in a period."""
        return [_promised(one) for one in await self._book.overdue(since, until)]

    async def of_agent(self, agent: AgentId, until: Instant) -> Sequence[Promised]:
        """Those still open that an agent made and that are due before a moment."""
        return [_promised(one) for one in await self._book.of_agent(agent, until)]

    async def some(self, ids: Collection[str]) -> Sequence[Promised]:
        """Some by id."""
        return [_promised(one) for one in await self._book.some(ids)]


def _promised(one: Row) -> Promised:
    return Promised(
        id=one["id"],
        customer=CustomerId(one["customer"]),
        interaction=one["interaction"],
        agent=one["agent"],
        due_at=one["due_at"],
        text=one["text"],
        state=one["state"],
    )
