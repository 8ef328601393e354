"""A request is held against the routes of its own first word, and answered as if against all."""

from collections import Counter

import httpx
import pytest
from fastapi import APIRouter, FastAPI, WebSocket
from starlette.types import Message, Scope

from warmline.web.signpost import API, first_word, put_up


def town() -> tuple[FastAPI, Counter[str]]:
    """Routers of several kinds, and how often each was asked."""
    inns, lists, anything, streets = APIRouter(), APIRouter(), APIRouter(), APIRouter()

    @inns.get("/inns/{inn}")
    async def inn(inn: str) -> str:
        return f"the {inn}"

    @inns.websocket("/inns")
    async def door(socket: WebSocket) -> None:
        await socket.accept()
        await socket.send_text("come in")

    @lists.put("/inns/{inn}")
    async def build(inn: str) -> str:
        return f"a new {inn}"

    @lists.get("/streets")
    async def all_streets() -> str:
        return "all"

    @streets.get("/streets/{street}")
    async def street(street: str) -> str:
        return street

    @anything.get("/{place}/far")
    async def far(place: str) -> str:
        return f"{place} is far"

    app, asked = FastAPI(), Counter[str]()
    named = {"inns": inns, "lists": lists, "streets": streets, "anything": anything}
    for name, routes in named.items():
        app.include_router(routes, prefix=API)
        included = app.routes[-1]
        put_up(included, routes, API)
        real = routes.matches

        def counted(scope: Scope, name: str = name, real=real):
            asked[name] += 1
            return real(scope)

        routes.matches = counted
    return app, asked


async def got(app: FastAPI, method: str, path: str) -> tuple[int, str]:
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://town.test"
    ) as client:
        answer = await client.request(method, f"{API}{path}")
        return answer.status_code, answer.text


@pytest.mark.parametrize(
    ("method", "path", "status", "text"),
    [
        ("GET", "/inns/star", 200, '"the star"'),
        ("PUT", "/inns/star", 200, '"a new star"'),
        ("GET", "/streets", 200, '"all"'),
        ("GET", "/streets/mill", 200, '"mill"'),
        ("GET", "/moon/far", 200, '"moon is far"'),
        ("DELETE", "/inns/star", 405, ""),
        ("GET", "/streets/", 307, ""),
        ("GET", "/castles/old", 404, ""),
        ("GET", "/", 404, ""),
    ],
)
async def test_everything_is_answered_as_without(method: str, path: str, status: int, text: str):
    app, _ = town()
    found = await got(app, method, path)
    assert found[0] == status
    assert text in found[1]


async def test_only_those_of_the_word_are_asked():
    app, asked = town()
    await got(app, "GET", "/streets/mill")
    assert asked.keys() <= {"lists", "streets"}
    asked.clear()
    await got(app, "GET", "/castles/old")
    # Whose addresses begin with a parameter may mean anything.
    assert asked.keys() == {"anything"}


async def test_sockets_have_words_too():
    app, asked = town()
    told: list[Message] = []

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    async def send(message: Message) -> None:
        told.append(message)

    door = {"type": "websocket", "path": f"{API}/inns", "headers": [], "query_string": b""}
    await app(door, receive, send)
    assert told[1]["text"] == "come in"
    assert asked.keys() == {"inns"}


@pytest.mark.parametrize(
    ("address", "word"),
    [
        (f"{API}/customers/7/timeline", "customers"),
        (f"{API}/customers", "customers"),
        ("/healthz", "healthz"),
        ("/s/token", "s"),
        (f"{API}/{{id}}", "{id}"),
        (API, ""),
        ("/", ""),
    ],
)
def test_the_first_word_of_an_address(address: str, word: str):
    assert first_word(address) == word
