"""Calls out over HTTP: an agent calls somebody, a talk goes outside, numbers of ours are shown."""

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from warmline.channels.callback.numbers import NUMBER_LIMIT_CHARS, number_to_call
from warmline.channels.voice import numbers
from warmline.channels.voice.outgoing import CallWish, Outgoing
from warmline.channels.voice.room import VoiceRoom
from warmline.core.permissions import Right
from warmline.core.words import Actor, CustomerId, InteractionId, Malformed, QueueId
from warmline.storage.rows import rows
from warmline.storage.schema import ID_CHARS

REGION_CHARS = 2
Id = Annotated[str, Field(min_length=1, max_length=ID_CHARS)]
Dialled = Annotated[str, Field(min_length=1, max_length=NUMBER_LIMIT_CHARS)]


class CallBody(BaseModel):
    """Whom to call: a customer, a number, or a customer by another number."""

    model_config = ConfigDict(extra="forbid")
    queue: Id
    id: Annotated[str | None, Field(max_length=ID_CHARS)] = None
    customer: Annotated[str | None, Field(min_length=1, max_length=ID_CHARS)] = None
    number: Annotated[str | None, Field(min_length=1, max_length=NUMBER_LIMIT_CHARS)] = None
    region: Annotated[str | None, Field(max_length=REGION_CHARS)] = None
    warned: bool = False
    follows: Annotated[str | None, Field(min_length=1, max_length=ID_CHARS)] = None

    def wish(self) -> CallWish:
        """The same as the channel has it."""
        if self.customer is None and self.number is None:
            raise Malformed("number", "name a customer or a number", "missing")
        return CallWish(
            queue=QueueId(self.queue),
            id=self.id,
            customer=None if self.customer is None else CustomerId(self.customer),
            number=self.number,
            region=self.region,
            warned=self.warned,
            follows=None if self.follows is None else InteractionId(self.follows),
        )


class CalledAnswer(BaseModel):
    """The interaction that began."""

    interaction: str


class CanAnswer(BaseModel):
    """Whether numbers can be called from here."""

    numbers: bool


class OutsideBody(BaseModel):
    """A number that the talk is to go to; `first` it is asked, with the customer waiting."""

    model_config = ConfigDict(extra="forbid")
    number: Dialled
    first: bool = False


class ShownBody(BaseModel):
    """A number of ours."""

    model_config = ConfigDict(extra="forbid")
    number: Dialled


class ShownAnswer(BaseModel):
    """Which number of ours is shown to whom a queue calls."""

    queue: str
    number: str


def out_routes(room: VoiceRoom, outgoing: Outgoing) -> APIRouter:
    """The routes for the desk and the settings."""
    router = APIRouter(tags=["calls"])
    _calls(router, room, outgoing)
    _outside(router, room)
    _shown(router, room)
    return router


def _calls(router: APIRouter, room: VoiceRoom, outgoing: Outgoing) -> None:
    worker = Depends(room.needs(Right.WORK))

    @router.get("/calls/out")
    async def can(_: Annotated[Actor, worker]) -> CanAnswer:
        """Whether calls can be begun: not without a network that dials numbers."""
        return CanAnswer(numbers=outgoing.can())

    @router.post("/calls/out", status_code=201)
    async def call(body: CallBody, actor: Annotated[Actor, worker]) -> CalledAnswer:
        """Call a customer or a number: one's own phone rings first, then theirs."""
        return CalledAnswer(interaction=await outgoing.call(body.wish(), actor))


def _outside(router: APIRouter, room: VoiceRoom) -> None:
    worker = Depends(room.needs.any_of(frozenset({Right.WORK, Right.SUPERVISE})))

    @router.post("/interactions/{interaction}/call/outside", status_code=204)
    async def hand_out(
        interaction: InteractionId, body: OutsideBody, actor: Annotated[Actor, worker]
    ) -> None:
        """Ring up a number outside; the talk goes there when it is answered, or it is asked."""
        room.must_hold(actor, interaction)
        voice = room.of(interaction)
        await voice.outward.hand_out(interaction, body.number, first=body.first)
        await room.audited(room.audit(actor, "called_outside", "call", interaction))

    @router.post("/interactions/{interaction}/call/outside/handover", status_code=204)
    async def hand_over(interaction: InteractionId, actor: Annotated[Actor, worker]) -> None:
        """Leave the customer to whom was asked outside."""
        room.must_hold(actor, interaction)
        await room.of(interaction).outward.hand_over(interaction, actor)

    @router.delete("/interactions/{interaction}/call/outside", status_code=204)
    async def let_go(interaction: InteractionId, actor: Annotated[Actor, worker]) -> None:
        """Hang up on whom was rung up outside; the customer is back."""
        room.must_hold(actor, interaction)
        await room.of(interaction).outward.let_go(interaction)


def _shown(router: APIRouter, room: VoiceRoom) -> None:
    admin = Depends(room.needs(Right.CONFIGURE))

    @router.get("/voice/callers")
    async def shown(_: Annotated[Actor, admin]) -> list[ShownAnswer]:
        """Which number of ours each queue shows to whom it calls."""
        async with room.first.database.read() as connection:
            found = await rows(connection, numbers.all_shown(room.first.site))
        return [ShownAnswer(queue=one["queue"], number=one["number"]) for one in found]

    @router.put("/voice/callers/{queue}")
    async def keep(queue: QueueId, body: ShownBody, actor: Annotated[Actor, admin]) -> ShownAnswer:
        """Show this number to whom the queue calls."""
        room.first.state.center().queue(queue)
        number = number_to_call(body.number, region=room.region)
        async with room.first.database.write() as connection:
            await connection.execute(numbers.shown_kept(room.first.site, queue, number))
            await connection.execute(room.audit(actor, "changed", "voice_caller", queue))
        return ShownAnswer(queue=queue, number=number)

    @router.delete("/voice/callers/{queue}", status_code=204)
    async def drop(queue: QueueId, actor: Annotated[Actor, admin]) -> None:
        """Show no number of its own any more."""
        async with room.first.database.write() as connection:
            await connection.execute(numbers.shown_dropped(room.first.site, queue))
            await connection.execute(room.audit(actor, "removed", "voice_caller", queue))
