"""Opens cases: after a bad answer, for a broken promise, or by hand; and keeps praise."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import uuid4

from sqlalchemy import delete, insert, update
from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.core.words import (
    SYSTEM,
    Actor,
    AgentId,
    CustomerId,
    InteractionId,
    Millis,
    UserId,
)
from warmline.experience.cases import queries
from warmline.experience.cases.keeping import kept_rules
from warmline.experience.cases.model import (
    TRANSITIONS,
    CaseState,
    Deed,
    Member,
    Promised,
    Room,
    Source,
    WowKind,
)
from warmline.experience.cases.rules import Said, due_at, is_bad, is_top, owner_of
from warmline.experience.cases.tables import case, wow
from warmline.ports import Signal
from warmline.storage.rows import Row, rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """What a case is opened for."""

    source: Source
    ask: str | None = None
    promise: str | None = None
    interaction: str | None = None
    customer: CustomerId | None = None
    queue: str | None = None
    segment: str | None = None
    agent: AgentId | None = None
    owner: UserId | None = None
    """None lets the rule say."""
    note: str | None = None
    due_open_ms: Millis | None = None
    """None lets the rule say."""


@dataclass(frozen=True, slots=True)
class Told:
    """An owner who is to hear of a case."""

    case: str
    owner: str | None
    interaction: str | None


class Opening:
    """Makes cases and wow moments; the same cause twice makes one."""

    def __init__(self, room: Room) -> None:
        self._room = room

    async def answered(self, ask: str) -> None:
        """Look at what was answered: bad opens a case, praise is kept, a change takes either back.

        For whoever keeps the answers: at least once after each change, in any order.
        """
        room = self._room
        staff = await room.staff()
        async with room.database.write() as connection:
            found = await queries.ask_of(connection, room.site, ask)
            if found is None:
                return
            said = (await queries.answers_of(connection, room.site, [ask])).get(ask, ())
            known = await queries.case_by(connection, room.site, ask=ask)
            opened = await self._of_answer(connection, found, known, said, staff)
            again = found["again_of_case"]
            before = again and await queries.case_by(connection, room.site, id=again)
            praised = await self._praise(connection, found, said)
        self.tell(opened, staff, "opened")
        self.tell([_told(one) for one in (known, before) if one], staff, "changed")
        if praised:
            self._tell_praise(found)

    async def broken(self, promises: Sequence[Promised]) -> int:
        """Open a case for each promise that was not kept and has none; how many those were."""
        room = self._room
        staff = await room.staff()
        told: list[Told] = []
        for one in promises:
            talk = None if one.interaction is None else await room.talks(one.interaction)
            occasion = Occasion(
                source=Source.PROMISE,
                promise=one.id,
                interaction=one.interaction,
                customer=one.customer,
                queue=talk and talk.queue,
                segment=talk and talk.segment,
                agent=one.agent or (talk and talk.agent),
            )
            async with room.database.write() as connection:
                if not await queries.with_promise(connection, room.site, [one.id]):
                    told.append(await self.open(connection, SYSTEM, occasion, staff))
        self.tell(told, staff, "opened")
        return len(told)

    async def of_talk(
        self, source: Source, interaction: InteractionId, due_open_ms: Millis | None = None
    ) -> bool:
        """Open a case for a conversation, unless one was opened for it already."""
        room = self._room
        talk = await room.talks(interaction)
        if talk is None:
            return False
        occasion = Occasion(
            source=source,
            interaction=interaction,
            customer=talk.customer,
            queue=talk.queue,
            segment=talk.segment,
            agent=talk.agent,
            due_open_ms=due_open_ms,
        )
        staff = await room.staff()
        async with room.database.write() as connection:
            known = await queries.case_by(connection, room.site, interaction=interaction)
            if known is not None:
                return False
            told = await self.open(connection, SYSTEM, occasion, staff)
        self.tell([told], staff, "opened")
        return True

    async def by_hand(self, actor: Actor, occasion: Occasion) -> str:
        """Open a case because somebody says so; its id."""
        room = self._room
        staff = await room.staff()
        async with room.database.write() as connection:
            told = await self.open(connection, actor, occasion, staff)
            await connection.execute(
                room.audit(actor, "created", "case", told.case, fields=["note", "owner"])
            )
        self.tell([told], staff, "opened")
        return told.case

    async def open(
        self, connection: AsyncConnection, actor: Actor, occasion: Occasion, staff: Sequence[Member]
    ) -> Told:
        """One new case, with its owner by rule and its time in business hours."""
        room = self._room
        rules = await kept_rules(connection, room.site)
        center, now = room.state.center(), room.clock.now()
        owner = occasion.owner or owner_of(
            occasion.agent,
            center=center,
            leaders=rules.leaders,
            staff=staff,
            load=await queries.load_of(connection, room.site),
        )
        due = due_at(center, occasion.queue, now, occasion.due_open_ms or rules.due_open_ms)
        id_ = uuid4().hex
        await connection.execute(
            insert(case).values(
                site=room.site,
                id=id_,
                opened_at=now,
                opened_by=actor.user,
                source=occasion.source.value,
                ask=occasion.ask,
                promise=occasion.promise,
                interaction=occasion.interaction,
                customer=occasion.customer,
                queue=occasion.queue,
                segment=occasion.segment,
                agent=occasion.agent,
                owner=owner,
                due_at=due,
                remind_at=max(now, due - rules.remind_ms),
                state=CaseState.OPEN.value,
                note=occasion.note,
            )
        )
        return Told(id_, owner, occasion.interaction)

    def tell(self, told: Sequence[Told], staff: Sequence[Member], why: str) -> None:
        """Let the screens of owners know, by ids."""
        seats = {one.user: one.agent for one in staff}
        for one in told:
            seat = None if one.owner is None else seats.get(UserId(one.owner))
            self._room.signals.send(
                Signal(
                    name="case",
                    interaction=InteractionId(one.interaction or ""),
                    facts={"case": one.case, "owner": one.owner or "", "why": why},
                    agents=frozenset() if seat is None else frozenset({seat}),
                )
            )

    async def _of_answer(
        self,
        connection: AsyncConnection,
        ask: Row,
        known: Row | None,
        said: Sequence[Said],
        staff: Sequence[Member],
    ) -> Sequence[Told]:
        if known is not None:
            deed = Deed.OPEN_AGAIN if is_bad(said) else Deed.WITHDRAW
            # A closed case stays closed, whatever is written after.
            if known["state"] != CaseState.CLOSED:
                await self._move(connection, known, deed)
            return ()
        if not is_bad(said):
            return ()
        occasion = Occasion(
            source=Source.ANSWER,
            ask=ask["id"],
            interaction=ask["interaction"],
            customer=ask["customer"],
            queue=ask["queue"],
            segment=ask["segment"],
            agent=ask["agent"],
        )
        return [await self.open(connection, SYSTEM, occasion, staff)]

    async def _move(self, connection: AsyncConnection, known: Row, deed: Deed) -> None:
        to = TRANSITIONS.get((CaseState(known["state"]), deed))
        if to is not None:
            await connection.execute(
                update(case)
                .where(case.c.site == self._room.site, case.c.id == known["id"])
                .values(state=to.value)
            )

    async def _praise(self, connection: AsyncConnection, ask: Row, said: Sequence[Said]) -> bool:
        """A top answer is a wow moment of who served; one that is no longer top is none.

        Whether one came.
        """
        room = self._room
        its = (wow.c.site == room.site, wow.c.ask == ask["id"])
        if ask["agent"] is None or not is_top(said):
            await connection.execute(delete(wow).where(*its))
            return False
        if await rows(connection, queries.wows(room.site).where(*its)):
            return False
        given = ask["customer"] is not None and any(
            one["agent"] == ask["agent"] and one["interaction"] == ask["interaction"]
            for one in await queries.given_to(connection, room.site, [ask["customer"]], 0)
        )
        await connection.execute(
            insert(wow).values(
                site=room.site,
                id=uuid4().hex,
                at=room.clock.now(),
                agent=ask["agent"],
                interaction=ask["interaction"],
                ask=ask["id"],
                customer=ask["customer"],
                kind=(WowKind.GESTURE if given else WowKind.TOP_ANSWER).value,
                shared=False,
            )
        )
        return True

    def _tell_praise(self, ask: Row) -> None:
        self._room.signals.send(
            Signal(
                name="wow",
                interaction=InteractionId(ask["interaction"]),
                agents=frozenset({AgentId(ask["agent"])}),
            )
        )


def _told(one: Row) -> Told:
    return Told(one["id"], one["owner"], one["interaction"])
