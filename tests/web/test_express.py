"""The short way answers what the framework would answer, and leaves to it whatever is unusual."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

import httpx
import pytest
from fastapi import APIRouter, Depends, FastAPI, Header, Query, Request
from fastapi.routing import APIRoute
from pydantic import BaseModel, ConfigDict
from starlette.types import Receive, Scope, Send

from tests.web.center import HERE, Center
from warmline.core.words import Rejected
from warmline.web.express import Express
from warmline.web.problems import install, rejected

PRESENCE = "/api/v1/commands/SetPresence"
SHORT, LONG = "application/json", "application/json; charset=utf-8"
"""The same to the framework; only the plain one is taken the short way."""
GOOD = b'{"agent":"a-ann","presence":"break"}'


class Order(BaseModel):
    """An order."""

    model_config = ConfigDict(extra="forbid")
    cups: int


class Bill(BaseModel):
    """What it costs."""

    cents: int
    table: str


async def table_of(request: Request) -> str:
    return request.headers.get("table", "none")


def counter() -> APIRouter:
    """One route as ours are: a body, a dependency that looks at the request, an optional header."""
    routes = APIRouter()

    @routes.post("/orders", status_code=201)
    async def order(
        body: Order,
        table: Annotated[str, Depends(table_of)],
        tip: Annotated[int, Header(alias="Tip")] = 0,
    ) -> Bill:
        if body.cups > 9:
            raise Rejected("too_many", "nine cups at most")
        return Bill(cents=body.cups * 200 + tip, table=table)

    return routes


class Counted:
    """An application with the short way before it; counts who went the long way."""

    def __init__(self) -> None:
        self.long = 0
        routes = counter()
        app = FastAPI()
        app.include_router(routes)
        install(app)

        async def inner(scope: Scope, receive: Receive, send: Send) -> None:
            self.long += 1
            await app(scope, receive, send)

        lanes = [("/orders", route) for route in routes.routes if isinstance(route, APIRoute)]
        self.client = httpx.AsyncClient(
            transport=httpx.ASGITransport(
                Express(inner, routes=lanes, refusals=app.exception_handlers)
            ),
            base_url=HERE,
        )

    async def order(self, content: Any, media_type: str = SHORT, **headers: str) -> httpx.Response:
        told = {"Content-Type": media_type, **headers}
        return await self.client.post("/orders", content=content, headers=told)


async def test_a_faultless_request_is_answered_at_once():
    counted = Counted()
    answer = await counted.order(b'{"cups": 2}', table="7")
    assert (answer.status_code, answer.json()) == (201, {"cents": 400, "table": "7"})
    assert answer.headers["content-type"] == SHORT
    assert counted.long == 0


async def test_a_body_that_comes_in_parts_is_put_together():
    async def parts() -> AsyncIterator[bytes]:
        yield b'{"cu'
        yield b'ps": 3}'

    counted = Counted()
    answer = await counted.order(parts())
    assert (answer.json()["cents"], counted.long) == (600, 0)


@pytest.mark.parametrize(
    ("content", "media_type", "headers"),
    [
        (b'{"cups": "many"}', SHORT, {}),
        (b'{"cups": 1, "sugar": 2}', SHORT, {}),
        (b"{", SHORT, {}),
        (b"", SHORT, {}),
        (b'{"cups": 1}', "text/plain", {}),
        (b'{"cups": 1}', LONG, {}),
        (b'{"cups": 1}', SHORT, {"Tip": "50"}),
    ],
)
async def test_whatever_is_unusual_goes_the_long_way_with_its_body(
    content: bytes, media_type: str, headers: dict[str, str]
):
    counted = Counted()
    answer = await counted.order(content, media_type, **headers)
    assert counted.long == 1
    if answer.status_code == 201:
        assert answer.json()["cents"] == 200 + int(headers.get("Tip", 0))
    else:
        assert answer.json()["code"] in {"malformed", "not_json"}


async def test_a_refusal_is_the_applications_own():
    counted = Counted()
    answer = await counted.order(b'{"cups": 10}')
    assert (answer.status_code, answer.json()["code"]) == (409, "too_many")
    assert counted.long == 0


async def test_what_nobody_expected_is_raised():
    async def inner(_scope: Scope, _receive: Receive, _send: Send) -> None:
        raise AssertionError("the short way was not taken")

    routes = APIRouter()

    @routes.post("/orders")
    async def order(body: Order) -> Bill:
        raise ZeroDivisionError(body.cups)

    lanes = [("/orders", route) for route in routes.routes if isinstance(route, APIRoute)]
    express = Express(inner, routes=lanes, refusals={Rejected: rejected})
    client = httpx.AsyncClient(transport=httpx.ASGITransport(express), base_url=HERE)
    with pytest.raises(ZeroDivisionError):
        await client.post("/orders", json={"cups": 1})


def test_a_route_that_needs_more_than_a_body_cannot_be_a_lane():
    routes = APIRouter()

    @routes.post("/orders")
    async def order(body: Order, again: Annotated[bool, Query()] = False) -> Bill:
        return Bill(cents=body.cups, table=str(again))

    lanes = [("/orders", route) for route in routes.routes if isinstance(route, APIRoute)]
    with pytest.raises(AssertionError, match="more than a lane"):
        Express(FastAPI(), routes=lanes, refusals={})


# The center's own


@pytest.mark.parametrize(
    "content",
    [
        GOOD,
        b'{"agent":"a-ann","presence":"asleep"}',
        b'{"agent":"a-ann"}',
        b'{"agent":"a-ann","presence":"break","by":1}',
        b'{"agent":"a-nobody","presence":"break"}',
        b'{"agent":"a-ann","presence":"break","id":"\\ud800"}',
        b"[]",
        b"null",
        b"{",
        b'{"agent":"\xff"}',
        b"",
    ],
)
@pytest.mark.parametrize("who", ["ann", "nobody", "forger"])
async def test_both_ways_give_the_same_answer(center: Center, who: str, content: bytes):
    browser = center.browser() if who == "nobody" else await center.signed_in("ann")
    forged = {"X-CSRF-Token": "forged"} if who == "forger" else {}
    answers = [
        await browser.post(PRESENCE, content=content, headers={"Content-Type": way, **forged})
        for way in (SHORT, LONG)
    ]
    short, long = ({**one.json(), "events": []} for one in answers)
    assert answers[0].status_code == answers[1].status_code
    assert short == long
    plain = [{k: v for k, v in one.headers.items() if k != "content-length"} for one in answers]
    assert plain[0] == plain[1]


@pytest.mark.parametrize("way", [SHORT, LONG])
async def test_a_body_that_turns_out_too_large_is_refused_on_either_way(center: Center, way: str):
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b" " * 64 * 1024

    ann = await center.signed_in("ann")
    answer = await ann.post(PRESENCE, content=endless(), headers={"Content-Type": way})
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
