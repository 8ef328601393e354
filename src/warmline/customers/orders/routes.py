"""The HTTP door to orders: a shop's programs write them, screens read a person's."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import Annotated, Any, TypeAlias, TypeVar

from fastapi import APIRouter, Depends, HTTPException, Path, Query
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy import select

from warmline.core.permissions import Right
from warmline.core.words import LATEST, Actor, CustomerId, Malformed, Rejected, SiteId
from warmline.customers.importing.values import words
from warmline.customers.model import Sight
from warmline.customers.orders import queries
from warmline.customers.orders.book import OrderBook, TooManyEvents
from warmline.customers.orders.model import (
    BATCH_LIMIT,
    EVENTS_PER_ORDER,
    TEXT_LIMIT_CHARS,
    TOTAL_LIMIT_MINOR,
    UNITS_LIMIT,
    Order,
    OrderEventKind,
    OrderStatus,
    Outcome,
    minor_digits,
)
from warmline.customers.tables import customer
from warmline.ports import Clock, Programs
from warmline.storage.database import Database
from warmline.storage.rows import Row, rows
from warmline.storage.schema import ID_CHARS

WRITE = "orders:write"
READ = "read:orders"
SOURCE = "api"
Number = Annotated[str, Field(min_length=1, max_length=ID_CHARS)]
At = Annotated[int, Field(ge=0, le=LATEST)]
_T = TypeVar("_T")
Same: TypeAlias = Callable[[CustomerId], Awaitable[Collection[CustomerId]]]
"""All ids of one person."""
Sure: TypeAlias = Callable[[Actor, Collection[CustomerId]], Awaitable[None]]
"""Refuses who is not sure enough that it is them who ask."""


class OrderBody(BaseModel):
    """An order; `total_minor` is in cents, or what the currency has; left out stays as it was."""

    model_config = ConfigDict(extra="forbid")

    customer: Number
    at: At
    total_minor: int = Field(ge=0, le=TOTAL_LIMIT_MINOR)
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    units: int | None = Field(default=None, ge=0, le=UNITS_LIMIT)
    status: OrderStatus | None = None
    status_at: At | None = None
    promised_at: At | None = None
    text: str | None = Field(default=None, max_length=TEXT_LIMIT_CHARS)

    def order(self, id_: str) -> Order:
        """The order of this number; `Malformed` for a currency or number that is none."""
        minor_digits(self.currency)
        return Order(
            id=words("id", id_, longest=ID_CHARS),
            customer=words("customer", self.customer, longest=ID_CHARS),
            at=self.at,
            total_minor=self.total_minor,
            currency=self.currency,
            units=self.units,
            status=self.status,
            status_at=self.status_at,
            promised_at=self.promised_at,
            text=words("text", self.text, longest=TEXT_LIMIT_CHARS) if self.text else None,
        )


class NumberedOrderBody(OrderBody):
    """An order with its number."""

    id: Number


class OrdersBody(BaseModel):
    """Many orders; each is taken or refused by itself."""

    model_config = ConfigDict(extra="forbid")

    orders: list[dict[str, Any]] = Field(min_length=1, max_length=BATCH_LIMIT)


class EventBody(BaseModel):
    """What happened to an order."""

    model_config = ConfigDict(extra="forbid")

    kind: OrderEventKind
    at: At | None = None
    id: Number | None = None
    """The shop's own; without it the same kind at the same time is the same event."""


def order_routes(
    *,
    book: OrderBook,
    database: Database,
    site: SiteId,
    clock: Clock,
    sight: Sight,
    same: Same,
    programs: Programs,
    sure: Sure | None = None,
) -> APIRouter:
    """All routes of orders; `sure` refuses whoever is not sure enough who asks for theirs."""
    router = APIRouter(tags=["orders"])
    _add_writing(router, book, programs)
    _add_events(router, book, programs, clock)
    _add_reading(router, book, programs, clock)
    _add_of_customer(router, _OfCustomer(book, database, site, clock, sight, same, sure), programs)
    return router


def _add_writing(router: APIRouter, book: OrderBook, programs: Programs) -> None:
    writer = Depends(programs(Right.GOVERN, WRITE))

    @router.put("/orders/{id_}")
    async def put_order(
        id_: Annotated[str, Path(max_length=ID_CHARS)],
        body: OrderBody,
        _actor: Annotated[Actor, writer],
    ) -> dict[str, object]:
        """An order by the shop's own number, new or changed; again nothing changes."""
        kept = await book.keep([body.order(id_)], source=SOURCE)
        return {"id": id_, "outcome": kept.outcomes[0]}

    @router.post("/orders/batch")
    async def put_orders(body: OrdersBody, _actor: Annotated[Actor, writer]) -> dict[str, object]:
        """Up to 1,000 orders; says of each what became of it, in their order."""
        results, good = read_each(
            body.orders,
            lambda given: (one := NumberedOrderBody.model_validate(given)).order(one.id),
        )
        kept = await book.keep(good, source=SOURCE)
        return answered(results, kept.outcomes)


def read_each(
    given: Sequence[Mapping[str, Any]], read: Callable[[Mapping[str, Any]], _T]
) -> tuple[list[dict[str, object]], list[_T]]:
    """Rows of a batch read one by one: results with what is wrong, and what is good."""
    results: list[dict[str, object]] = []
    good: list[_T] = []
    for one in given:
        shown = one.get("id")
        result: dict[str, object] = {"id": shown[:ID_CHARS] if isinstance(shown, str) else None}
        try:
            good.append(read(one))
        except ValidationError as error:
            first = error.errors(include_url=False, include_context=False, include_input=False)[0]
            field = ".".join(str(part)[:64] for part in first["loc"])[:200]
            fault = {"field": field, "code": first["type"], "detail": first["msg"]}
            result |= {"outcome": Outcome.WRONG, "error": fault}
        except Malformed as error:
            fault = {"field": error.field, "code": error.code, "detail": error.detail}
            result |= {"outcome": Outcome.WRONG, "error": fault}
        results.append(result)
    return results, good


def answered(results: list[dict[str, object]], outcomes: Sequence[Outcome]) -> dict[str, object]:
    """The answer to a batch: what became of each row, and how many of each."""
    kept = iter(outcomes)
    for result in results:
        if "outcome" not in result:
            result["outcome"] = next(kept)
    counts = {one.value: sum(each["outcome"] == one for each in results) for one in Outcome}
    return {"results": results, "counts": counts}


def _add_events(router: APIRouter, book: OrderBook, programs: Programs, clock: Clock) -> None:
    writer = Depends(programs(Right.GOVERN, WRITE))

    @router.post("/orders/{id_}/events", status_code=201)
    async def happened(
        id_: Annotated[str, Path(max_length=ID_CHARS)],
        body: EventBody,
        _actor: Annotated[Actor, writer],
    ) -> dict[str, object]:
        """Something happened to an order: it is late, a payment failed; again changes nothing."""
        found = await book.one(id_)
        if found is None:
            raise HTTPException(404, "there is no such order")
        at = clock.now() if body.at is None else body.at
        try:
            event, outcome = await book.happened(found, body.kind, at=at, id_=body.id)
        except TooManyEvents:
            raise Rejected(
                "too_many_events", f"{EVENTS_PER_ORDER} events of one order are enough."
            ) from None
        return {**{name: event[name] for name in ("id", "kind", "at")}, "outcome": outcome}


def _add_reading(router: APIRouter, book: OrderBook, programs: Programs, clock: Clock) -> None:
    @router.get("/orders/{id_}")
    async def read_order(
        id_: Annotated[str, Path(max_length=ID_CHARS)],
        _actor: Annotated[Actor, Depends(programs(Right.GOVERN, READ))],
    ) -> dict[str, object]:
        """One order."""
        found = await book.one(id_)
        if found is None:
            raise HTTPException(404, "there is no such order")
        return queries.shown(found, now=clock.now())


class _OfCustomer:
    """Looks for whose orders somebody may see."""

    def __init__(
        self,
        book: OrderBook,
        database: Database,
        site: SiteId,
        clock: Clock,
        sight: Sight,
        same: Same,
        sure: Sure | None,
    ) -> None:
        self.book = book
        self.clock = clock
        self._database = database
        self._site = site
        self._sight = sight
        self._same = same
        self._sure = sure

    async def ids(self, actor: Actor, who: CustomerId) -> Collection[CustomerId]:
        """All ids of a person whose orders the actor may see, else 404."""
        ids = await self._same(who)
        # A program with the scope sees every customer's orders; it has no roles.
        seen = not actor.roles or await self._sight.customer(actor, ids)
        if not seen or not await self._exists(who):
            raise HTTPException(404, f"there is no customer {who}")
        if self._sure is not None and actor.roles:
            await self._sure(actor, ids)
        return ids

    async def _exists(self, who: CustomerId) -> bool:
        query = select(customer.c.id).where(customer.c.site == self._site, customer.c.id == who)
        async with self._database.read() as connection:
            return bool(await rows(connection, query))


def _add_of_customer(router: APIRouter, look: _OfCustomer, programs: Programs) -> None:
    reader = Depends(programs(Right.READ_OWN, READ))

    @router.get("/customers/{who}/orders")
    async def orders_of(
        who: CustomerId,
        actor: Annotated[Actor, reader],
        before: Annotated[str | None, Query(max_length=200)] = None,
        limit: Annotated[int, Query(ge=1, le=queries.PAGE_LIMIT)] = 10,
    ) -> dict[str, object]:
        """A person's orders, the newest first, with what happened to them, and what they sum to."""
        ids = await look.ids(actor, who)
        found, happened, totals = await look.book.of(ids, before=_cursor(before), limit=limit)
        now = look.clock.now()
        return {
            "orders": [
                {**queries.shown(one, now=now), "events": _events(one, happened)} for one in found
            ],
            "totals": [dict(one) for one in totals],
            "next": f"{found[-1]['at']}.{found[-1]['id']}" if len(found) == limit else None,
        }


def _events(one: Row, happened: Sequence[Row]) -> list[dict[str, object]]:
    shown = ("id", "kind", "at")
    return [
        {name: event[name] for name in shown} for event in happened if event["order"] == one["id"]
    ]


def _cursor(text: str | None) -> tuple[int, str] | None:
    if text is None:
        return None
    at, dot, id_ = text.partition(".")
    if not dot or not at.isdecimal():
        raise Malformed("before", "is not from a page", "invalid")
    return int(at), id_
