"""Who calls for the first time, and where called numbers lead: known together with the call."""

import asyncio

import httpx
import pytest
from sqlalchemy import func, select

from tests.channels.voice.desks import as_
from tests.channels.voice.people import CustomerCall, Office
from tests.contracts.house import ANNA, SITE, until
from warmline.channels.voice import words as w
from warmline.channels.voice.words import Caller
from warmline.core.words import Role
from warmline.customers.tables import customer, identifier
from warmline.storage.rows import rows

NUMBER = "+48501234567"


async def people(office: Office) -> int:
    async with office.house.database.read() as connection:
        query = select(func.count()).select_from(customer).where(customer.c.site == SITE)
        return await connection.scalar(query) or 0


async def test_two_calls_of_a_new_number_at_once_are_of_one_person(office: Office) -> None:
    phones = [office.net.call("calls", caller=Caller(number=NUMBER)) for _ in range(3)]
    found: set[object] = set()
    for phone in phones:
        assert phone.leg is not None
        id_ = office.house.voice.interaction_of(phone.leg)
        known = await until("the arrival", lambda id_=id_: office.house.open(id_))
        found.add(known.customer)
    assert len(found) == 1
    assert await people(office) == 1
    async with office.house.database.read() as connection:
        [kept] = await rows(connection, select(identifier))
    assert (kept["value"], kept["customer"]) == (NUMBER, found.pop())
    assert (kept["verification"], kept["source"]) == ("claimed", "loopback")


async def test_of_a_caller_who_is_refused_nothing_is_kept(office: Office) -> None:
    refused = office.net.call("night-calls", caller=Caller(number=NUMBER))
    await office.hears(refused, "closed")
    assert await people(office) == 0
    taken = await office.calls(number=NUMBER)
    assert office.house.open(taken.interaction).customer is not None
    assert await people(office) == 1


async def test_a_line_that_is_changed_counts_from_the_next_call_on(
    office: Office, desk: httpx.AsyncClient
) -> None:
    admin, url = as_(ANNA, Role.ADMINISTRATOR), "/voice/lines/loopback/+48221234567"
    for greeting in ("welcome", "good-day"):
        body = {"inbox": "calls", "greeting": greeting}
        assert (await desk.put(url, json=body, headers=admin)).status_code == 200
        call = await office.calls("+48221234567")
        await office.hears(call.phone, greeting)
        call.phone.hang_up()
        await office.over(call)
    assert (await desk.delete(url, headers=admin)).status_code == 204
    nobody = office.net.call("+48221234567")
    await until("the refusal", nobody.is_idle)


async def test_the_agents_phone_is_rung_before_the_callers_own_call_is_taken(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[type[w.VoiceCommand]] = []
    does = office.net.do

    async def noting(command: w.VoiceCommand) -> w.Outcome:
        asked.append(type(command))
        return await does(command)

    monkeypatch.setattr(office.net, "do", noting)
    await office.talks()
    assert asked[:2] == [w.Dial, w.Answer]


async def test_a_caller_does_not_wait_for_a_phone_that_is_slow_to_ring(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    rings = asyncio.Event()
    does = office.net.do

    async def slow(command: w.VoiceCommand) -> w.Outcome:
        if isinstance(command, w.Dial):
            await rings.wait()
        return await does(command)

    monkeypatch.setattr(office.net, "do", slow)
    await office.house.comes()
    call = await office.calls()
    leg = leg_of(call)
    await until("the caller to be taken", lambda: office.net.lines[leg].answered)
    assert office.net.device(ANNA).is_idle()
    rings.set()
    await office.takes(call)


def leg_of(call: CustomerCall) -> w.LegId:
    assert call.phone.leg is not None
    return call.phone.leg
