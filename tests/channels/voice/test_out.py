"""Calls that an agent begins: their own phone first, then the customer's, then like any call."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx
from sqlalchemy import insert

from tests.channels.voice.desks import as_
from tests.channels.voice.people import BORIS, CustomerCall, Office
from tests.contracts.house import ANNA, SITE, new, until, who
from warmline.channels.voice.erasure import NumberTraces
from warmline.channels.voice.numbers import call_number
from warmline.core import commands as c
from warmline.core import events as e
from warmline.core.words import MINUTE, CustomerId, InteractionId, Phase, Presence, Role
from warmline.customers.rights import tables as rights
from warmline.ports import Person
from warmline.storage.rows import rows

NUMBER = "+48601234567"
OUTSIDE = "+48221234567"
ADMIN = as_(ANNA, Role.ADMINISTRATOR)


async def quiet_now(office: Office, *, on: bool) -> None:
    """It is night for everybody, or never."""
    minute = datetime.now(UTC).hour * 60 + datetime.now(UTC).minute
    span = ((minute - 60) % 1440, (minute + 60) % 1440) if on else (0, 0)
    values = {"quiet_since_minute": span[0], "quiet_until_minute": span[1]}
    async with office.house.database.write() as connection:
        await connection.execute(insert(rights.contact_rules).values(site=SITE, rules=values))


async def asks(desk: httpx.AsyncClient, **more: Any) -> httpx.Response:
    body = {"queue": "talks", "number": NUMBER, "id": str(uuid4()), **more}
    return await desk.post("/calls/out", json=body, headers=as_(ANNA))


async def begins(office: Office, desk: httpx.AsyncClient, **more: Any) -> CustomerCall:
    """Anna calls; her own phone rings, and nobody else's."""
    phone = office.net.number(NUMBER)
    await office.house.comes()
    answer = await asks(desk, warned=True, **more)
    assert answer.status_code == 201, answer.text
    await until("Anna's phone to ring", office.net.device(ANNA).is_ringing)
    assert not phone.is_ringing()
    return CustomerCall(phone, InteractionId(answer.json()["interaction"]))


async def talks_out(office: Office, desk: httpx.AsyncClient) -> CustomerCall:
    call = await begins(office, desk)
    office.net.device(ANNA).answer()
    await until("the customer's phone to ring", call.phone.is_ringing)
    call.phone.answer()
    await office.hear_each_other(call)
    return call


async def test_an_agent_calls_a_number_and_it_is_a_talk_like_any_other(
    office: Office, desk: httpx.AsyncClient
) -> None:
    kept = await desk.put("/voice/callers/talks", json={"number": OUTSIDE}, headers=ADMIN)
    assert kept.status_code == 200, kept.text
    call = await talks_out(office, desk)
    assert call.phone.caller == OUTSIDE
    found = office.house.open(call.interaction)
    assert (found.begun, found.agent, found.queue) == (True, ANNA, "talks")
    await office.gives(c.Hold, call)
    await office.hears(call.phone, "music")
    await office.gives(c.Resume, call)
    await office.hear_each_other(call)
    await office.house.comes(BORIS)
    await office.asks(call)
    await until("Boris's phone to ring", office.net.device(BORIS).is_ringing)
    office.net.device(BORIS).answer()
    await office.hears(office.net.device(BORIS), ANNA)
    office.net.device(BORIS).hang_up()
    await office.hear_each_other(call)
    call.phone.hang_up()
    await office.in_phase(call, Phase.WRAPPING)
    await office.wraps_up(call)
    await office.over(call)
    assert [type(one) for one in await office.log(call, e.Begun, e.Offered, e.Queued)] == [e.Begun]
    assert [one["role"] for one in await office.legs(call)] == ["agent", "customer", "colleague"]


async def test_why_the_customer_did_not_come_to_the_phone_is_kept(
    office: Office, desk: httpx.AsyncClient
) -> None:
    call = await begins(office, desk)
    office.net.device(ANNA).answer()
    await until("the customer's phone to ring", call.phone.is_ringing)
    call.phone.decline()
    await office.in_phase(call, Phase.WRAPPING)
    [over] = await office.log(call, e.Ended)
    assert (over.cause, over.agent) == ("rejected", ANNA)
    await office.quiet()


async def test_an_agent_who_does_not_pick_up_calls_nobody(
    office: Office, desk: httpx.AsyncClient
) -> None:
    call = await begins(office, desk)
    office.net.device(ANNA).decline()
    await office.in_phase(call, Phase.WRAPPING)
    [over] = await office.log(call, e.Ended)
    assert over.cause == "not_called"
    assert call.phone.is_idle()


async def test_the_same_call_asked_for_twice_is_one(
    office: Office, desk: httpx.AsyncClient
) -> None:
    id_ = str(uuid4())
    call = await begins(office, desk, id=id_)
    again = await asks(desk, id=id_, warned=True)
    assert again.json() == {"interaction": call.interaction}
    second = await asks(desk, warned=True)
    assert (second.status_code, second.json()["code"]) == (409, "no_capacity")


async def test_a_call_goes_on_over_a_restart(office: Office, desk: httpx.AsyncClient) -> None:
    call = await begins(office, desk)
    await office.house.restart()
    await office.house.reconcile()
    await until("the network", lambda: office.house.voice.up)
    office.net.device(ANNA).answer()
    await until("the customer's phone to ring", call.phone.is_ringing)
    call.phone.answer()
    await office.hear_each_other(call)
    office.net.device(ANNA).hang_up()
    await office.in_phase(call, Phase.WRAPPING)
    await office.quiet()


async def test_numbers_that_are_none_and_dear_ones_are_not_called(
    office: Office, desk: httpx.AsyncClient
) -> None:
    await office.house.comes()
    for number, code in (("12", "no_phone"), ("+48703123456", "premium_phone")):
        answer = await asks(desk, number=number)
        assert answer.status_code == 400, answer.text
        assert [one["code"] for one in answer.json()["errors"]] == [code]
    nobody = await desk.post("/calls/out", json={"queue": "talks"}, headers=as_(ANNA))
    assert nobody.status_code == 400
    nowhere = await asks(desk, queue="moon")
    assert nowhere.json()["code"] == "unknown_queue"
    away = await desk.post(
        "/calls/out", json={"queue": "talks", "number": NUMBER, "warned": True}, headers=as_(BORIS)
    )
    assert away.json()["code"] == "agent_offline"
    async with office.house.database.read() as connection:
        assert not await rows(connection, call_number.select())


async def test_what_the_customer_forbade_is_refused_and_a_bad_moment_is_warned_of(
    office: Office, desk: httpx.AsyncClient
) -> None:
    await office.house.comes()
    await quiet_now(office, on=True)
    night = await asks(desk)
    assert (night.status_code, night.json()["code"]) == (409, "bad_moment"), night.text
    assert night.json()["reasons"] == "quiet_hours"
    assert night.json()["earliest"] > office.house.clock.now()
    call = await begins(office, desk)
    office.net.device(ANNA).decline()
    await office.in_phase(call, Phase.WRAPPING)
    customer = office.house.open(call.interaction).customer
    await office.wraps_up(call)
    assert customer is not None
    await withdraws(office, customer)
    never = await asks(desk, warned=True)
    assert (never.status_code, never.json()["code"]) == (409, "may_not_call")
    assert never.json()["reasons"] == "withdrawn"
    async with office.house.database.read() as connection:
        assert len(await rows(connection, rights.contact.select())) == 1


async def withdraws(office: Office, customer: CustomerId) -> None:
    """The customer wants no more calls."""
    values = {
        "site": SITE,
        "id": uuid4().hex,
        "customer": customer,
        "purpose": "service",
        "channel": "phone",
        "given": False,
        "at": office.house.clock.now() - MINUTE,
        "source": "letter",
        "proof": "a letter",
    }
    async with office.house.database.write() as connection:
        await connection.execute(insert(rights.consent).values(**values))


async def test_whoever_is_on_a_break_may_call(office: Office, desk: httpx.AsyncClient) -> None:
    await office.house.comes()
    away = c.SetPresence(id=new(), by=who(ANNA), agent=ANNA, presence=Presence.BREAK)
    await office.house.give(away)
    answer = await asks(desk, warned=True)
    assert answer.status_code == 201, answer.text
    await until("Anna's phone to ring", office.net.device(ANNA).is_ringing)


async def test_a_network_that_calls_no_numbers_says_so(
    office: Office, desk: httpx.AsyncClient
) -> None:
    assert (await desk.get("/calls/out", headers=as_(ANNA))).json() == {"numbers": True}
    office.net.abilities = frozenset()
    assert (await desk.get("/calls/out", headers=as_(ANNA))).json() == {"numbers": False}
    refused = await asks(desk)
    assert refused.json()["code"] == "no_numbers"


async def test_numbers_that_were_called_are_told_and_erased_with_the_customer(
    office: Office, desk: httpx.AsyncClient
) -> None:
    call = await talks_out(office, desk)
    await office.house.caught_up()
    customer = office.house.open(call.interaction).customer
    person = Person(ids=frozenset({customer}), addresses=frozenset())
    traces = NumberTraces(SITE)
    async with office.house.database.write() as connection:
        assert await traces.count(connection, person) == {"numbers_called": 1}
        [told] = (await traces.tell(connection, person))["numbers_called"]
        assert told["number"] == NUMBER
        await traces.erase(connection, person, 0)
        assert await traces.count(connection, person) == {"numbers_called": 0}
