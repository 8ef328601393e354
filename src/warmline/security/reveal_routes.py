"""The HTTP API of reveals: look at a customer for a reason, and the list of who looked at whom."""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Annotated, Protocol

from fastapi import APIRouter, Depends, HTTPException, Query
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from warmline.core import privacy
from warmline.core.commands import Reveal
from warmline.core.permissions import Right, has
from warmline.core.words import Actor, CommandId, CustomerId, Instant, UserId
from warmline.ports import Clock, Guard, Privacy, State, Submit
from warmline.security.reveals import PAGE_LIMIT, Reveals
from warmline.storage.schema import ID_CHARS

SHORTEST_REASON, LONGEST_REASON = 5, 500
Id = Annotated[str, Field(min_length=1, max_length=ID_CHARS)]


class Customers(Protocol):
    """What the room of customers tells of them."""

    async def ids(self, who: CustomerId) -> Collection[CustomerId]:
        """All ids of one person, the one that counts first; empty when there is nobody."""
        ...


class Names(Protocol):
    """What people are called; customers masked, unless open to the reader."""

    async def users(self, ids: Collection[UserId]) -> Mapping[UserId, str]: ...
    async def customers(
        self, ids: Collection[CustomerId], *, reader: Actor
    ) -> Mapping[CustomerId, str]: ...


class Sight(Protocol):
    """Who may see which customer at all, masked or not."""

    async def customer(self, actor: Actor, same: Collection[CustomerId]) -> bool: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class RevealDesk:
    """What the routes work with."""

    submit: Submit
    state: State
    clock: Clock
    customers: Customers
    names: Names
    sight: Sight
    privacy: Privacy
    reveals: Reveals

    async def person(self, actor: Actor, who: CustomerId) -> Collection[CustomerId]:
        """All ids of a person whom the actor may see at least masked, else 404."""
        ids = await self.customers.ids(who)
        allowed = has(actor, Right.CONFIGURE) or has(actor, Right.READ_ALL)
        if not ids or not (allowed or await self.sight.customer(actor, ids)):
            raise HTTPException(404, f"there is no customer {who}")
        return ids

    def budget(self, actor: Actor) -> "BudgetAnswer":
        """How many reveals the actor has left."""
        center = self.state.center()
        assert actor.user is not None, "who is signed in is a user"
        left, again_at = privacy.budget(center, actor.user, self.clock.now())
        return BudgetAnswer(
            left=left,
            limit=center.policy.reveals_per_hour,
            again_at=None if left else again_at,
            lasts_ms=center.policy.unmasked_ms,
            causes=list(privacy.REVEAL_CAUSES),
        )


class RevealBody(BaseModel):
    """Whom to look at, and why: a cause to be counted by, and a sentence to be read."""

    model_config = ConfigDict(extra="forbid")

    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{8,64}$")] | None = None
    customer: Id
    cause: Annotated[str, Field(max_length=32)]
    reason: Annotated[
        str,
        StringConstraints(
            strip_whitespace=True, min_length=SHORTEST_REASON, max_length=LONGEST_REASON
        ),
    ]


class BudgetAnswer(BaseModel):
    """How many reveals are left this hour, and when the next comes free if none is."""

    left: int
    limit: int
    again_at: Instant | None
    lasts_ms: int
    causes: list[str]


class StandingAnswer(BudgetAnswer):
    """The same, and of the customer who was named whether they are masked, else until when."""

    masked: bool | None = None
    open_until: Instant | None = None


class RevealAnswer(BudgetAnswer):
    """Until when the customer is open; None while one works with them anyway."""

    customer: str
    open_until: Instant | None


class RevealRow(BaseModel):
    """One look; the customer's name is masked unless they are open to who reads this."""

    id: str
    at: Instant
    user: str | None
    user_name: str | None
    customer: str
    customer_name: str | None
    cause: str
    reason: str | None


class OftenRow(BaseModel):
    """How often a user looked within a day and within thirty."""

    user: str | None
    user_name: str | None
    day: int
    month: int


class RevealsAnswer(BaseModel):
    """A page, the newest first; `next` goes into `before` for the page that follows."""

    rows: list[RevealRow]
    users: list[OftenRow]
    next: str | None


def reveal_routes(desk: RevealDesk, needs: Guard) -> APIRouter:
    """`/reveals`."""
    router = APIRouter(prefix="/reveals", tags=["reveals"])
    _add_revealing(router, desk, needs)
    _add_report(router, desk, needs)
    return router


def _add_revealing(router: APIRouter, desk: RevealDesk, needs: Guard) -> None:
    may = Depends(needs.any_of(frozenset({Right.READ_OWN, Right.CONFIGURE})))

    @router.post("", status_code=201)
    async def reveal(body: RevealBody, actor: Annotated[Actor, may]) -> RevealAnswer:
        """Open a customer's personal data to the reader for a while; counted and kept."""
        ids = await desk.person(actor, CustomerId(body.customer))
        root = next(iter(ids))
        if not await desk.privacy.opens(actor, ids):
            command = Reveal(
                id=CommandId(f"{actor.user}/reveal:{body.id or uuid.uuid4()}"),
                by=actor,
                customer=root,
                cause=body.cause,
            )
            kept = desk.reveals.row(actor, root, cause=body.cause, reason=body.reason)
            await desk.submit(command, kept)
        return RevealAnswer(
            **desk.budget(actor).model_dump(),
            customer=root,
            open_until=await desk.privacy.open_until(actor, ids),
        )

    @router.get("/budget")
    async def budget(
        actor: Annotated[Actor, may],
        customer: Annotated[str | None, Query(max_length=ID_CHARS)] = None,
    ) -> StandingAnswer:
        """How many reveals are left, which causes there are, and how a customer stands."""
        left = desk.budget(actor).model_dump()
        if customer is None:
            return StandingAnswer(**left)
        ids = await desk.person(actor, CustomerId(customer))
        return StandingAnswer(
            **left,
            masked=not await desk.privacy.opens(actor, ids),
            open_until=await desk.privacy.open_until(actor, ids),
        )


def _add_report(router: APIRouter, desk: RevealDesk, needs: Guard) -> None:
    @router.get("")
    async def report(
        actor: Annotated[Actor, Depends(needs(Right.READ_AUDIT))],
        user: Annotated[str | None, Query(max_length=ID_CHARS)] = None,
        customer: Annotated[str | None, Query(max_length=ID_CHARS)] = None,
        before: Annotated[str | None, Query(pattern=r"^[0-9a-f]{12}-[0-9a-f]{16}$")] = None,
        limit: Annotated[int, Query(ge=1, le=PAGE_LIMIT)] = 50,
    ) -> RevealsAnswer:
        """Who looked at whom and why, the newest first, and how often each user did."""
        same = (await desk.customers.ids(CustomerId(customer)) or [customer]) if customer else ()
        found = await desk.reveals.page(user=user, customers=same, before=before, limit=limit)
        often = await desk.reveals.often()
        users = await desk.names.users({UserId(one.user) for one in [*found, *often] if one.user})
        customers = await desk.names.customers({one.customer for one in found}, reader=actor)

        def called(user: str | None) -> str | None:
            return users.get(UserId(user)) if user else None

        return RevealsAnswer(
            rows=[
                RevealRow(
                    id=one.id,
                    at=one.at,
                    user=one.user,
                    user_name=called(one.user),
                    customer=one.customer,
                    customer_name=customers.get(one.customer),
                    cause=one.cause,
                    reason=one.reason,
                )
                for one in found
            ],
            users=[
                OftenRow(user=one.user, user_name=called(one.user), day=one.day, month=one.month)
                for one in often
            ],
            next=found[-1].id if len(found) == limit else None,
        )
