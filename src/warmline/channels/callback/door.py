"""The callback door: customers leave their number, agents read it when the turn has come."""

from collections.abc import Callable, Collection
from typing import Annotated, Protocol

from fastapi import APIRouter, Depends, HTTPException, Request
from pydantic import BaseModel, ConfigDict, Field

from warmline.channels.callback import tables
from warmline.channels.callback.channel import Callbacks, Wish
from warmline.channels.callback.numbers import NUMBER_LIMIT_CHARS
from warmline.channels.callback.plan import Span, windows
from warmline.channels.webchat.cors import REFUSED
from warmline.channels.webchat.door import ChatRoute, OriginRefused, counted_as
from warmline.channels.webchat.identity import TOKEN_LIMIT_CHARS
from warmline.channels.webchat.limits import NAME_LIMIT_CHARS, REASON_LIMIT_CHARS, may_embed
from warmline.channels.webchat.shapes import ID_LIMIT_CHARS, TEXT_LIMIT_CHARS
from warmline.core import masking
from warmline.core.permissions import Right
from warmline.core.words import (
    LATEST,
    Actor,
    CustomerId,
    InboxId,
    InteractionId,
    Malformed,
)
from warmline.ports import Guard, Privacy
from warmline.storage.rows import row


class Sight(Protocol):
    """Who may see which conversation."""

    async def conversation(self, actor: Actor, interaction: InteractionId) -> bool: ...


class Same(Protocol):
    """All ids of one person."""

    async def __call__(self, who: CustomerId) -> Collection[CustomerId]: ...


class WishBody(BaseModel):
    """What a customer asks who wants to be called."""

    model_config = ConfigDict(extra="forbid")

    inbox: Annotated[str, Field(max_length=ID_LIMIT_CHARS)]
    number: Annotated[str, Field(min_length=1, max_length=NUMBER_LIMIT_CHARS)]
    region: Annotated[str | None, Field(max_length=2)] = None
    """The country of a number without its code (`PL`); else the one of the center."""
    id: Annotated[str | None, Field(max_length=ID_LIMIT_CHARS)] = None
    """A UUID that the client made: sent again, it is the same request."""
    name: Annotated[str | None, Field(max_length=2 * NAME_LIMIT_CHARS)] = None
    reason: Annotated[str | None, Field(max_length=REASON_LIMIT_CHARS)] = None
    text: Annotated[str | None, Field(max_length=TEXT_LIMIT_CHARS)] = None
    language: Annotated[str | None, Field(max_length=ID_LIMIT_CHARS)] = None
    identity: Annotated[str | None, Field(max_length=TOKEN_LIMIT_CHARS + 1)] = None
    """A JWT signed by the shop's server with the inbox's secret, as for a chat."""
    window_from: Annotated[int | None, Field(ge=0, le=LATEST)] = None
    """The window that was chosen, in ms since the epoch; without one: as soon as possible."""
    window_by: Annotated[int | None, Field(ge=0, le=LATEST)] = None

    def wish(self) -> Wish:
        """The same as a value of ours. Raises `Malformed` for half a window."""
        if (self.window_from is None) != (self.window_by is None):
            raise Malformed("window_by", "a window has a beginning and an end", "window")
        window = None
        if self.window_from is not None and self.window_by is not None:
            window = Span(since=self.window_from, until=self.window_by)
        others = self.model_dump(exclude={"inbox", "window_from", "window_by"})
        return Wish(inbox=InboxId(self.inbox), window=window, **others)


class AskedAnswer(BaseModel):
    """The request that waits now, and what is promised."""

    interaction: str
    promised_by: int
    window_from: int | None
    page: str
    """Where the customer sees, moves or cancels it."""


class WindowsAnswer(BaseModel):
    """Windows to choose from, each with its beginning and its end."""

    windows: list[tuple[int, int]]


class AttemptAnswer(BaseModel):
    """An attempt before, and what came of it."""

    at: int
    outcome: str


class NumberAnswer(BaseModel):
    """The number to call, masked for whom the customer is not open."""

    interaction: str
    number: str
    asked_at: int
    masked: bool
    promised_by: int | None
    """Until when the call was promised; None for what was not."""
    attempts: list[AttemptAnswer]


def _nobody(_: Request) -> bool:
    return False


def callback_door(
    callbacks: Callbacks, *, uncounted: Callable[[Request], bool] = _nobody
) -> APIRouter:
    """The route for customers; requests that are `uncounted` are not held to the rates."""
    router = APIRouter(prefix="/api/v1/callbacks", tags=["callbacks"], route_class=ChatRoute)

    @router.post("", status_code=201)
    async def ask(request: Request, body: WishBody) -> AskedAnswer:
        """Ask to be called; outside business hours the request waits until the queue opens."""
        if not uncounted(request):
            callbacks.limits.call(counted_as(request))
        inbox = callbacks.inbox(InboxId(body.inbox))
        origin, host = request.headers.get("origin"), request.headers.get("host")
        if not may_embed(origin, inbox.origins, host=host):
            setattr(request.state, REFUSED, True)
            raise OriginRefused
        if not uncounted(request):
            callbacks.limits.start(counted_as(request))
        plan = await callbacks.promise(body.wish())
        return AskedAnswer(
            interaction=plan.id,
            promised_by=plan.promised_by,
            window_from=plan.window_from,
            page=callbacks.promises.link(plan),
        )

    @router.get("/{inbox}/windows")
    async def windows_of(request: Request, inbox: InboxId) -> WindowsAnswer:
        """The windows that a customer may choose from, by the hours of the inbox's queue."""
        if not uncounted(request):
            callbacks.limits.call(counted_as(request))
        center = callbacks.state.center()
        queue = center.queue(callbacks.inbox(inbox).queue)
        spans = windows(center, queue, callbacks.now())
        return WindowsAnswer(windows=[(one.since, one.until) for one in spans])

    return router


def callback_routes(
    callbacks: Callbacks, *, needs: Guard, sight: Sight, privacy: Privacy, same: Same
) -> APIRouter:
    """The route for agents."""
    router = APIRouter(tags=["callbacks"])
    reader = Depends(needs(Right.READ_OWN))

    @router.get("/interactions/{interaction}/callback")
    async def number(interaction: InteractionId, actor: Annotated[Actor, reader]) -> NumberAnswer:
        """The number that the customer left."""
        if not await sight.conversation(actor, interaction):
            raise HTTPException(404, f"there is no interaction {interaction}")
        async with callbacks.database.read() as connection:
            found = await row(connection, tables.of(callbacks.site, interaction))
            customer = await connection.scalar(tables.customer(callbacks.site, interaction))
        if found is None:
            raise HTTPException(404, "this is no callback, or its number was erased")
        opened = _holds(callbacks, actor, interaction) or (
            customer is not None and await privacy.opens(actor, await same(CustomerId(customer)))
        )
        plan = await callbacks.promises.of(interaction)
        tried = await callbacks.promises.attempts(plan) if plan is not None else []
        return NumberAnswer(
            interaction=interaction,
            number=found["number"] if opened else masking.phone(found["number"]),
            asked_at=plan.asked_at if plan is not None else found["at"],
            masked=not opened,
            promised_by=plan.promised_by if plan is not None else None,
            attempts=[AttemptAnswer(at=at, outcome=outcome) for at, outcome in tried],
        )

    return router


def _holds(callbacks: Callbacks, actor: Actor, interaction: InteractionId) -> bool:
    """Whether the actor is to call, known customer or not."""
    found = callbacks.state.center().interactions.get(interaction)
    return found is not None and actor.agent is not None and found.agent == actor.agent
