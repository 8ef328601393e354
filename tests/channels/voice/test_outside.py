"""A talk goes to a number outside: at once, after asking there first, from a phone's own key."""

import httpx

from tests.channels.voice.desks import as_
from tests.channels.voice.people import BORIS, CustomerCall, Office
from tests.contracts.house import ANNA, until
from warmline.channels.loopback.telephone import Telephone
from warmline.core import commands as c
from warmline.core import events as e
from warmline.core.words import Phase

NUMBER = "+48221234567"


async def hands_out(
    office: Office, desk: httpx.AsyncClient, call: CustomerCall, *, first: bool = False
) -> Telephone:
    """Anna gives the talk to a number, which rings while the customer hears music."""
    theirs = office.net.number(NUMBER)
    url = f"/interactions/{call.interaction}/call/outside"
    answer = await desk.post(url, json={"number": NUMBER, "first": first}, headers=as_(ANNA))
    assert answer.status_code == 204, answer.text
    await until("the number to ring", theirs.is_ringing)
    await office.hears(call.phone, "music")
    return theirs


async def goes_on_outside(office: Office, call: CustomerCall, theirs: Telephone) -> None:
    """Both hear each other, Anna is out of it and wraps up."""
    await office.hears(call.phone, theirs.name)
    await office.hears(theirs, call.phone.name)
    await until("Anna to be off the phone", office.net.device(ANNA).is_idle)
    await office.in_phase(call, Phase.WRAPPING)
    [over] = await office.log(call, e.Ended)
    assert (over.cause, over.agent) == ("transferred_out", ANNA)
    await office.wraps_up(call)


async def test_a_talk_goes_to_a_number_and_on_without_us(
    office: Office, desk: httpx.AsyncClient
) -> None:
    call = await office.talks()
    theirs = await hands_out(office, desk, call)
    theirs.answer()
    await goes_on_outside(office, call, theirs)
    call.phone.hang_up()
    await until("the other to be off the phone", theirs.is_idle)
    await office.over(call)
    [customer, _, outside] = await office.legs(call)
    assert (customer["cause"], customer["by"]) == ("normal", "party")
    assert (outside["role"], outside["by"]) == ("outside", "center")


async def test_the_agent_has_the_customer_back_when_nobody_answers_outside(
    office: Office, desk: httpx.AsyncClient
) -> None:
    call = await office.talks()
    theirs = await hands_out(office, desk, call)
    theirs.decline()
    await office.hear_each_other(call)
    theirs = await hands_out(office, desk, call)
    theirs.answer()
    await goes_on_outside(office, call, theirs)


async def test_a_number_is_asked_first_then_all_three_talk_then_it_is_handed_over(
    office: Office, desk: httpx.AsyncClient
) -> None:
    call = await office.talks()
    anna = office.net.device(ANNA)
    theirs = await hands_out(office, desk, call, first=True)
    url = f"/interactions/{call.interaction}/call/outside"
    early = await desk.post(f"{url}/handover", headers=as_(ANNA))
    assert early.json()["code"] == "no_talk"
    theirs.answer()
    await office.hears(anna, theirs.name)
    await office.hears(theirs, ANNA)
    await office.hears(call.phone, "music")
    twice = await desk.post(url, json={"number": NUMBER}, headers=as_(ANNA))
    assert twice.json()["code"] == "already_asked"
    await office.gives(c.Resume, call)
    await office.hears(call.phone, ANNA, theirs.name)
    await office.hears(theirs, ANNA, call.phone.name)
    assert (await desk.post(f"{url}/handover", headers=as_(ANNA))).status_code == 204
    await goes_on_outside(office, call, theirs)
    theirs.hang_up()
    await office.over(call)


async def test_a_number_that_was_asked_is_let_go_again(
    office: Office, desk: httpx.AsyncClient
) -> None:
    call = await office.talks()
    theirs = await hands_out(office, desk, call, first=True)
    theirs.answer()
    await office.hears(theirs, ANNA)
    url = f"/interactions/{call.interaction}/call/outside"
    refused = await desk.delete(url, headers=as_(BORIS))
    assert refused.json()["code"] == "not_yours"
    assert (await desk.delete(url, headers=as_(ANNA))).status_code == 204
    await until("the other to be off the phone", theirs.is_idle)
    await office.hear_each_other(call)
    gone = await desk.delete(url, headers=as_(ANNA))
    assert gone.json()["code"] == "no_talk"


async def test_an_agent_who_puts_the_phone_down_leaves_the_two_to_each_other(
    office: Office, desk: httpx.AsyncClient
) -> None:
    call = await office.talks()
    theirs = await hands_out(office, desk, call, first=True)
    theirs.answer()
    await office.hears(theirs, ANNA)
    office.net.device(ANNA).hang_up()
    await goes_on_outside(office, call, theirs)


async def test_a_phones_own_transfer_key_reaches_a_number(office: Office) -> None:
    theirs = office.net.number(NUMBER)
    call = await office.talks()
    office.net.device(ANNA).ask_transfer(NUMBER)
    await until("the number to ring", theirs.is_ringing)
    theirs.answer()
    await goes_on_outside(office, call, theirs)


async def test_a_talk_outside_goes_on_over_a_restart(
    office: Office, desk: httpx.AsyncClient
) -> None:
    call = await office.talks()
    theirs = await hands_out(office, desk, call)
    theirs.answer()
    await goes_on_outside(office, call, theirs)
    await office.house.restart()
    await office.house.reconcile()
    await until("the network", lambda: office.house.voice.up)
    await until("the call", lambda: office.house.voice.calls.get(call.interaction))
    await office.hears(call.phone, theirs.name)
    theirs.hang_up()
    await office.over(call)


async def test_a_customer_who_hangs_up_meanwhile_ends_it_for_all(
    office: Office, desk: httpx.AsyncClient
) -> None:
    call = await office.talks()
    theirs = await hands_out(office, desk, call)
    call.phone.hang_up()
    await until("silence", theirs.is_idle)
    await office.in_phase(call, Phase.WRAPPING)
    [over] = await office.log(call, e.Ended)
    assert over.cause == "customer"
