"""A customer asks to be called: whose number, in which line, and what comes of it."""

import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI, Request
from joserfc import jwt
from joserfc.jwk import OctKey

from tests.contracts.house import ANNA, SHOP, SITE, House, TeamNames, who
from warmline.channels.callback.channel import NUMBERS_PER_MINUTE
from warmline.channels.callback.door import callback_routes
from warmline.channels.callback.erasure import CallbackTraces
from warmline.channels.callback.tables import request
from warmline.channels.webchat import tables as webchat
from warmline.conversations.scope import Sight
from warmline.core import events as e
from warmline.core.permissions import Right
from warmline.core.words import DAY, Actor, AgentId, InboxId, InteractionId, Verification
from warmline.customers.model import Claim, IdentifierKind
from warmline.customers.tables import candidate
from warmline.ports import Person
from warmline.security.privacy import OpenPersons
from warmline.storage.rows import rows
from warmline.web import problems

SECRET = "the shop's own long secret, 32 bytes"
NUMBER = "+48501234567"
BORIS = AgentId("boris")


async def asks(house: House, *, status: int = 201, origin: str | None = None, **body: Any) -> Any:
    wish = {"inbox": "call-me", "number": NUMBER, **body}
    headers = {"Origin": origin} if origin else {}
    answer = await house.http.post("/api/v1/callbacks", json=wish, headers=headers)
    assert answer.status_code == status, answer.text
    return answer.json()["interaction"] if status == 201 else answer.json()


async def numbers(house: House) -> list[str]:
    async with house.database.read() as connection:
        return [one["number"] for one in await rows(connection, request.select())]


@pytest.mark.parametrize(
    ("text", "region"),
    [("501 234 567", "PL"), ("+48 (501) 234-567", None), ("0048501234567", "pl")],
)
async def test_the_number_is_kept_in_one_form_and_waits_in_the_line(
    house: House, text: str, region: str | None
):
    talk = await asks(
        house, number=text, region=region, name="Eva", text="My lamp", reason="orders"
    )
    (arrived,) = await house.log(e.Arrived)
    assert (arrived.interaction, arrived.reason, arrived.medium) == (talk, "orders", "callback")
    assert arrived.verification is Verification.CLAIMED
    assert house.open(talk).queue == "orders"
    assert await numbers(house) == [NUMBER]


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({"number": "501 234 567"}, "number", "no_phone"),
        ({"number": "112", "region": "PL"}, "number", "no_phone"),
        ({"number": "+48 000 000 000"}, "number", "no_phone"),
        ({"number": "+48 700 123 456"}, "number", "premium_phone"),
        ({"number": "lamp"}, "number", "no_phone"),
        ({"region": "P1"}, "region", "no_region"),
        ({"reason": "gossip"}, "reason", "no_such"),
        ({"language": "!"}, "language", "no_language"),
        ({"id": "one"}, "id", "no_uuid"),
    ],
)
async def test_what_cannot_be_called_is_refused_and_says_why(
    house: House, body: dict[str, str], field: str, code: str
):
    refused = await asks(house, status=400, **body)
    (error,) = refused["errors"]
    assert (error["field"], error["code"]) == (field, code)
    assert await house.log(e.Arrived) == []


async def test_asked_again_while_nobody_has_taken_it_it_is_one_request(house: House):
    first = await asks(house)
    assert await asks(house, id=str(uuid4())) == first
    await house.comes()
    await house.takes(first)
    assert await asks(house) != first
    assert len(await house.log(e.Arrived)) == 2


async def test_nobody_is_rung_up_again_and_again(house: House):
    await house.comes()
    for _ in range(NUMBERS_PER_MINUTE):
        talk = await asks(house)
        await house.takes(talk)
        await house.ends(talk)
    assert (await asks(house, status=429))["code"] == "too_many"
    await asks(house, number="+48501234568")


async def test_outside_the_hours_a_request_waits_until_the_line_opens(house: House):
    talk = await asks(house, inbox="call-late")
    waiting = house.open(talk)
    assert (waiting.queue, waiting.phase) == ("night", "queued")
    assert waiting.due_at > waiting.arrived_at


async def test_the_door_is_for_the_pages_of_its_inbox(house: House):
    await asks(house, origin=SHOP)
    assert (await asks(house, status=403, origin="https://other.example"))["code"] == "origin"
    assert (await asks(house, status=404, inbox="chat"))["code"] == "unknown_inbox"


def vouched(login: str, **claims: str) -> str:
    now = int(time.time())
    body = {"sub": login, "iat": now, "exp": now + 300, **claims}
    return jwt.encode({"alg": "HS256"}, body, OctKey.import_key(SECRET))


async def test_who_is_signed_for_is_verified_and_the_number_joins_them(house: House):
    async with house.database.write() as connection:
        await connection.execute(webchat.keep_secret(SITE, InboxId("call-me"), SECRET, 0))
    login = Claim(kind=IdentifierKind.LOGIN, value="eva", verification=Verification.VERIFIED)
    eva = await house.customers.resolve([login], source="test")
    await asks(house, identity=vouched("eva", phone_number="+48 501 234 567", name="Eva"))
    (arrived,) = await house.log(e.Arrived)
    assert (arrived.customer, arrived.verification) == (eva.customer, Verification.VERIFIED)
    assert await house.customers.identifiers(eva.someone, IdentifierKind.PHONE) == [NUMBER]
    assert (await asks(house, status=401, identity="x.y.z"))["code"] == "identity_signature"


async def test_a_known_number_that_was_only_typed_is_claimed(house: House):
    phone = Claim(kind=IdentifierKind.PHONE, value=NUMBER, verification=Verification.MATCHED)
    known = await house.customers.resolve([phone], source="test", name="Eva")
    await asks(house)
    (arrived,) = await house.log(e.Arrived)
    assert (arrived.customer, arrived.verification) == (known.customer, Verification.CLAIMED)
    assert arrived.segment is None, "what anybody can type puts nobody before others"


@dataclass
class Known:
    """A guard that lets everybody in as whom the header says."""

    def __call__(self, right: Right) -> Callable[[Request], Awaitable[Actor]]:
        async def asker(request: Request) -> Actor:
            return who(AgentId(request.headers["x-who"]))

        return asker

    def any_of(self, wanted: frozenset[Right]) -> Callable[[Request], Awaitable[Actor]]:
        return self(next(iter(wanted)))


@asynccontextmanager
async def desk(house: House) -> AsyncGenerator[httpx.AsyncClient]:
    app = FastAPI()
    problems.install(app)
    app.include_router(
        callback_routes(
            house.callbacks,
            needs=Known(),
            sight=Sight(house.database, SITE, house.engine, TeamNames()),
            privacy=OpenPersons(house.engine, house.clock, house.customers),
            same=house.customers.same,
        )
    )
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://center.test") as client:
        yield client


async def read(client: httpx.AsyncClient, talk: str, agent: AgentId) -> httpx.Response:
    return await client.get(f"/interactions/{talk}/callback", headers={"x-who": agent})


async def test_the_number_is_shown_to_who_is_to_call_and_to_nobody_else(house: House):
    talk = await asks(house)
    async with desk(house) as client:
        assert (await read(client, talk, ANNA)).status_code == 404
        await house.comes()
        await house.takes(talk)
        shown = (await read(client, talk, ANNA)).json()
        assert (shown["number"], shown["masked"]) == (NUMBER, False)
        assert shown["promised_by"] > shown["asked_at"]
        assert shown["attempts"] == []
        assert (await read(client, talk, BORIS)).status_code == 404
        assert (await read(client, "nobody", ANNA)).status_code == 404


async def test_the_number_is_erased_with_its_customer(house: House):
    other = await asks(house, number="+48501234568")
    talk = await asks(house)
    found = house.open(talk).customer
    traces = CallbackTraces(SITE)
    eva = Person(ids=[found])
    async with house.database.write() as connection:
        assert await traces.count(connection, eva) == {"callbacks": 1, "callback_promises": 1}
        (told,) = (await traces.tell(connection, eva))["callbacks"]
        assert (told["interaction"], told["number"]) == (talk, NUMBER)
        assert await traces.erase(connection, eva, 0) == ()
        assert await traces.count(connection, eva) == {"callbacks": 0, "callback_promises": 0}
        assert await traces.needed(connection, ["x"]) == ()
    assert await numbers(house) == ["+48501234568"]
    assert house.open(InteractionId(other)) is not None


async def test_a_number_is_forgotten_after_ninety_days(house: House):
    await asks(house)
    async with house.database.write() as connection:
        await connection.execute(request.update().values(at=house.clock.now() - 90 * DAY - 1))
    await asks(house, number="+48501234568")
    assert await numbers(house) == ["+48501234568"]


async def test_events_hold_no_number(house: House):
    await asks(house, name="Eva Nowak", text="Call me in the evening")
    async with house.database.read() as connection:
        log = (await connection.exec_driver_sql("select * from event")).all()
    written = repr(log)
    assert "callback" in written
    for secret in ("501234567", "Eva", "evening"):
        assert secret not in written


async def test_a_number_of_a_family_guesses_nobody_and_who_calls_still_sees_it(house: House):
    phone = Claim(kind=IdentifierKind.PHONE, value=NUMBER, verification=Verification.MATCHED)
    family: set[str | None] = set()
    for name in ("eva", "jan"):
        login = Claim(kind=IdentifierKind.LOGIN, value=name, verification=Verification.VERIFIED)
        found = await house.customers.resolve([login, phone], source="test", name=name.title())
        family.add(found.customer)
    talk = await asks(house)
    (arrived,) = await house.log(e.Arrived)
    assert len(family) == 2
    assert arrived.customer is None
    async with house.database.read() as connection:
        kept = await rows(connection, candidate.select())
    assert {one["customer"] for one in kept} == family
    await house.comes()
    await house.takes(talk)
    async with desk(house) as client:
        assert (await read(client, talk, ANNA)).json()["number"] == NUMBER
