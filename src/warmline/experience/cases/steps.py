"""What is done with a case: handed over, answered, put down to a cause, closed and asked again."""

from collections.abc import Mapping

from fastapi import HTTPException
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.core.permissions import Right, has
from warmline.core.words import Actor, InteractionId, Malformed, Rejected, UserId
from warmline.experience.cases import queries
from warmline.experience.cases.keeping import causes_of, kept_rules
from warmline.experience.cases.model import (
    STANDING,
    TRANSITIONS,
    UNANSWERED,
    CaseState,
    Deed,
    Outcome,
    Room,
    Via,
)
from warmline.experience.cases.opening import Opening, Told
from warmline.experience.cases.tables import case
from warmline.experience.surveys.tables import survey_ask
from warmline.storage.rows import Row


class Steps:
    """Moves cases on; every step is audited."""

    def __init__(self, room: Room, opening: Opening) -> None:
        self._room = room
        self._opening = opening

    async def hand_over(self, actor: Actor, id_: str, owner: UserId) -> None:
        """Somebody else sees to it from now on."""
        room = self._room
        staff = await room.staff()
        if owner not in {one.user for one in staff}:
            raise Malformed("owner", f"there is no user {owner}", "no_such", item=owner)
        async with room.database.write() as connection:
            known = await self._standing(connection, id_)
            await self._set(connection, actor, id_, {"owner": owner, "reminded_at": None})
        self._opening.tell([Told(id_, owner, known["interaction"])], staff, "opened")

    async def annotate(
        self, actor: Actor, id_: str, *, cause: str | None, note: str | None
    ) -> None:
        """Put it down to a cause, or note something; what is None stays."""
        room = self._room
        values: dict[str, object] = {}
        async with room.database.write() as connection:
            await self._standing(connection, id_)
            if cause is not None:
                values["cause"] = await self._cause(connection, cause)
            if note is not None:
                values["note"] = note.strip() or None
            if values:
                await self._set(connection, actor, id_, values)
        await self._tell(id_)

    async def write(self, actor: Actor, id_: str, subject: str | None, text: str) -> None:
        """Answer the customer by a mail, which is in the outbox when this returns.

        Kept with the case after that: were the center to die between, the owner would see the case
        as not answered yet, and a second mail is better than none.
        """
        room = self._room
        async with room.database.read() as connection:
            known = await self._standing(connection, id_)
        if known["customer"] is None:
            raise Rejected("no_address", "Nobody knows who the customer is.")
        await room.letters(known["customer"], subject, text)
        await self.answer(actor, id_, Via.MAIL, None, words=text)

    async def answer(
        self,
        actor: Actor,
        id_: str,
        via: Via,
        interaction: str | None,
        *,
        words: str | None = None,
    ) -> None:
        """The customer was answered; where it was by a conversation, in which one."""
        room = self._room
        if interaction is not None and not await room.sight.conversation(
            actor, InteractionId(interaction)
        ):
            raise Malformed(
                "interaction", f"there is no conversation {interaction}", "no_such",
                item=interaction,
            )  # fmt: skip
        async with room.database.write() as connection:
            known = await self._standing(connection, id_)
            await self._set(
                connection,
                actor,
                id_,
                {
                    "state": _moved(known, Deed.ANSWER).value,
                    "answered_at": known["answered_at"] or room.clock.now(),
                    "answered_via": via.value,
                    "answered_in": interaction or known["interaction"],
                    "answered_words": words or known["answered_words"],
                },
            )
        await self._tell(id_)

    async def close(self, actor: Actor, id_: str, outcome: Outcome, cause: str) -> None:
        """It is over; unless nobody was reached or nothing was wrong, the customer is asked again.

        Refused (`not_answered`) while the customer has no answer but the end says so.
        """
        room = self._room
        async with room.database.write() as connection:
            known = await self._standing(connection, id_)
            if known["answered_at"] is None and outcome not in UNANSWERED:
                raise Rejected("not_answered", "Answer the customer first.")
            values = {
                "state": _moved(known, Deed.CLOSE).value,
                "outcome": outcome.value,
                "cause": await self._cause(connection, cause),
                "closed_at": room.clock.now(),
                "closed_by": actor.user,
            }
            await self._set(connection, actor, id_, values)
            rules = await kept_rules(connection, room.site)
            asks = rules.asks_again and outcome not in UNANSWERED
            asks = asks and not await self._was_again(connection, known["ask"])
        if asks and known["interaction"] is not None:
            await self._ask_again(id_, InteractionId(known["interaction"]))
        await self._tell(id_)

    async def _tell(self, id_: str) -> None:
        """The screens that show it have to look again."""
        room = self._room
        async with room.database.read() as connection:
            known = await queries.case_by(connection, room.site, id=id_)
        assert known is not None, "it was there a moment ago"
        told = Told(id_, known["owner"], known["interaction"])
        self._opening.tell([told], await room.staff(), "changed")

    async def _ask_again(self, id_: str, interaction: InteractionId) -> None:
        room = self._room
        ask = await room.ask_again(interaction, id_)
        if ask is not None:
            async with room.database.write() as connection:
                await connection.execute(
                    update(case)
                    .where(case.c.site == room.site, case.c.id == id_)
                    .values(asked_again=ask)
                )

    async def _was_again(self, connection: AsyncConnection, ask: str | None) -> bool:
        """Whether the bad answer came to a second asking already: nobody is asked a third time."""
        if ask is None:
            return False
        query = select(survey_ask.c.again_of_case).where(
            survey_ask.c.site == self._room.site, survey_ask.c.id == ask
        )
        return await connection.scalar(query) is not None

    async def _standing(self, connection: AsyncConnection, id_: str) -> Row:
        known = await queries.case_by(connection, self._room.site, id=id_)
        if known is None:
            raise HTTPException(404, f"there is no case {id_}")
        if CaseState(known["state"]) not in STANDING:
            raise Rejected("case_closed", "The case is closed.")
        return known

    async def _cause(self, connection: AsyncConnection, cause: str) -> str:
        known = await causes_of(connection, self._room.site)
        if cause not in {one["id"] for one in known if not one["retired"]}:
            raise Malformed("cause", f"there is no cause {cause}", "no_such", item=cause)
        return cause

    async def _set(
        self, connection: AsyncConnection, actor: Actor, id_: str, values: Mapping[str, object]
    ) -> None:
        room = self._room
        await connection.execute(
            update(case).where(case.c.site == room.site, case.c.id == id_).values(**values)
        )
        await connection.execute(room.audit(actor, "changed", "case", id_, fields=sorted(values)))


def _moved(known: Row, deed: Deed) -> CaseState:
    to = TRANSITIONS.get((CaseState(known["state"]), deed))
    assert to is not None, "a standing case is answered and closed"
    return to


def may_work(actor: Actor, known: Row) -> bool:
    """Whether a case is the actor's to move on: its owner, or a supervisor."""
    return has(actor, Right.SUPERVISE) or (actor.user is not None and known["owner"] == actor.user)
