"""Cases put together: conversations, promises and people as the room of cases asks them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from fastapi import APIRouter
from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.conversations.queries import header
from warmline.conversations.scope import Sight
from warmline.core.permissions import Right, has
from warmline.core.words import AgentId, CustomerId, Instant, InteractionId, Role, SiteId
from warmline.customers.portrait.due import PromiseBook
from warmline.customers.value.keeping import site_terms
from warmline.customers.value.ledger import usual_currency
from warmline.experience.cases.model import AskAgain, Member, Promised, Room, Talk
from warmline.experience.cases.opening import Opening
from warmline.experience.cases.routes import routes
from warmline.experience.cases.watch import Watch
from warmline.ports import Signal, Signals, State
from warmline.storage.database import Database
from warmline.storage.rows import Row, row
from warmline.wiring.foundation import Foundation

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


def open_cases(base: Foundation, ask_again: AskAgain) -> Cases:
    """The room of cases; `ask_again` asks the customer of a closed one."""
    room = case_room(base, ask_again)
    opening = Opening(room)
    return Cases(room=room, opening=opening, watch=Watch(room, opening))


def case_room(base: Foundation, ask_again: AskAgain) -> Room:
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
