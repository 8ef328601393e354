"""Calls from the first ring to the wrap-up, over the real center and simulated phones."""

import time
from dataclasses import replace

from joserfc import jwt
from joserfc.jwk import OctKey

from tests.channels.voice.people import BORIS, CustomerCall, Office
from tests.contracts.house import ANNA, SITE, new, until
from warmline.channels.voice.words import By, Caller, Cause
from warmline.channels.webchat.tables import keep_secret
from warmline.core import commands as c
from warmline.core import events as e
from warmline.core.settings import Policy
from warmline.core.words import InboxId, Medium, Party, Phase


async def test_a_customer_calls_and_the_agent_answers_by_phone(office: Office) -> None:
    call = await office.talks()
    [accepted] = await office.log(call, e.Accepted)
    assert accepted.agent == ANNA
    office.net.device(ANNA).hang_up()
    await office.in_phase(call, Phase.WRAPPING)
    await until("the customer to be off the phone", call.phone.is_idle)
    await office.wraps_up(call)
    await office.over(call)
    [ended] = await office.log(call, e.Ended)
    assert ended.by is Party.AGENT
    legs = await office.legs(call)
    assert [(leg["role"], leg["by"]) for leg in legs] == [
        ("customer", "center"),
        ("agent", "party"),
    ]
    assert all(leg["answered_at"] and leg["ended_at"] for leg in legs)


async def test_the_agent_answers_on_the_screen(office: Office) -> None:
    await office.house.comes()
    call = await office.calls()
    await until("the ring", office.net.device(ANNA).is_ringing)
    await office.house.takes(call.interaction)
    await office.hear_each_other(call)
    await office.house.ends(call.interaction)
    await office.quiet()
    await office.over(call)


async def test_the_customer_hears_music_until_somebody_is_there(office: Office) -> None:
    call = await office.calls()
    await office.in_line(call)
    await office.house.comes()
    await office.takes(call)
    call.phone.hang_up()
    await office.in_phase(call, Phase.WRAPPING)
    [ended] = await office.log(call, e.Ended)
    assert (ended.by, ended.cause) == (Party.CUSTOMER, "customer")
    await office.quiet()


async def test_the_customer_gives_up_in_the_line(office: Office) -> None:
    call = await office.calls()
    await office.in_line(call)
    call.phone.hang_up()
    await office.over(call)
    [abandoned] = await office.log(call, e.Abandoned)
    assert abandoned.cause == "customer"


async def test_the_customer_gives_up_while_it_rings(office: Office) -> None:
    await office.house.comes()
    call = await office.calls()
    await until("the ring", office.net.device(ANNA).is_ringing)
    call.phone.hang_up()
    await office.over(call)
    await office.quiet()
    assert len(await office.log(call, e.Abandoned, e.OfferWithdrawn)) == 2


async def test_the_customer_gives_up_on_hold(office: Office) -> None:
    call = await office.talks()
    await office.gives(c.Hold, call)
    await office.hears(call.phone, "music")
    call.phone.hang_up()
    await office.in_phase(call, Phase.WRAPPING)
    await office.quiet()


async def test_the_customers_phone_is_lost(office: Office) -> None:
    call = await office.talks()
    call.phone.vanish()
    await office.in_phase(call, Phase.WRAPPING)
    [ended] = await office.log(call, e.Ended)
    assert (ended.by, ended.cause) == (Party.CUSTOMER, "customer_lost")


async def test_hold_and_resume_from_the_desk_and_from_the_phone(office: Office) -> None:
    call = await office.talks()
    phone = office.net.device(ANNA)
    await office.gives(c.Hold, call)
    await office.hears(call.phone, "music")
    await office.hears(phone)
    await office.gives(c.Resume, call)
    await office.hear_each_other(call)
    phone.ask_hold(on=True)
    await office.in_phase(call, Phase.HELD)
    await office.hears(call.phone, "music")
    phone.ask_hold(on=False)
    await office.hear_each_other(call)


async def test_nobody_answers_and_the_next_one_is_rung(office: Office) -> None:
    await office.house.comes()
    call = await office.calls()
    await until("the ring", office.net.device(ANNA).is_ringing)
    office.net.device(ANNA).decline()
    await office.house.comes(BORIS)
    await office.takes(call, BORIS)
    [declined] = await office.log(call, e.OfferDeclined)
    assert declined.agent == ANNA


async def test_an_offer_that_lapses_stops_the_ringing(office: Office) -> None:
    await office.house.give(short_offers())
    await office.house.comes()
    call = await office.calls()
    await until("the ring", office.net.device(ANNA).is_ringing)
    await until("the lapse", lambda: office.house.open(call.interaction).offer is None)
    await until("silence", office.net.device(ANNA).is_idle)
    await office.in_line(call)
    assert len(await office.log(call, e.OfferLapsed)) == 1
    assert not await office.log(call, e.OfferDeclined)


async def test_a_phone_that_cannot_be_reached_declines(office: Office) -> None:
    office.net.device(ANNA).vanish()
    await office.house.comes()
    call = await office.calls()
    await office.in_line(call)
    await until("the declining", lambda: declined(office, call))
    assert (await office.legs(call))[-1]["cause"] == Cause.UNREACHABLE
    await office.house.comes(BORIS)
    await office.takes(call, BORIS)


async def declined(office: Office, call: CustomerCall) -> bool:
    return bool(await office.log(call, e.OfferDeclined))


async def test_a_transfer_to_a_queue_keeps_the_age(office: Office) -> None:
    call = await office.talks()
    before = office.house.open(call.interaction).arrived_at
    await office.to_queue(call)
    await until("Anna to be free", office.net.device(ANNA).is_idle)
    await office.in_line(call)
    assert office.house.open(call.interaction).arrived_at == before
    await office.house.comes(BORIS)
    await office.takes(call, BORIS)
    office.net.device(BORIS).hang_up()
    await office.in_phase(call, Phase.WRAPPING)
    await office.wraps_up(call, BORIS)
    await office.over(call)
    assert len(await office.log(call, e.WrappedUp)) == 1


async def test_a_transfer_to_a_person_and_by_the_phones_own_key(office: Office) -> None:
    call = await office.talks()
    await office.house.comes(BORIS)
    await office.transfers(call, to_agent=BORIS)
    await office.takes(call, BORIS)
    office.net.device(BORIS).ask_transfer(ANNA)
    await office.takes(call, ANNA)
    office.net.device(ANNA).ask_transfer("orders")
    await until("the transfers", lambda: transferred(office, call, 3))


async def transferred(office: Office, call: CustomerCall, count: int) -> bool:
    return len(await office.log(call, e.Transferred)) == count


async def test_a_colleague_is_asked_joins_and_goes_again(office: Office) -> None:
    call = await office.talks()
    anna, boris = office.net.device(ANNA), office.net.device(BORIS)
    await office.house.comes(BORIS)
    consult = await office.asks(call)
    await office.hears(call.phone, "music")
    await until("the ring", boris.is_ringing)
    boris.answer()
    await office.hears(boris, anna.name)
    await office.hears(anna, boris.name)
    await office.hears(call.phone, "music")
    await office.gives(c.Resume, call)
    await office.hears(call.phone, anna.name, boris.name)
    await office.hears(boris, anna.name, call.phone.name)
    await office.gives(c.EndConsult, call, consult=consult)
    await until("Boris to be free", boris.is_idle)
    await office.hear_each_other(call)


async def test_a_colleague_who_does_not_want_brings_the_customer_back(office: Office) -> None:
    call = await office.talks()
    await office.house.comes(BORIS)
    await office.asks(call)
    boris = office.net.device(BORIS)
    await until("the ring", boris.is_ringing)
    await office.hears(call.phone, "music")
    boris.decline()
    await office.hear_each_other(call)
    assert not office.house.open(call.interaction).consults


async def test_after_asking_a_colleague_the_call_is_handed_on_without_a_ring(
    office: Office,
) -> None:
    call = await office.talks()
    await office.house.comes(BORIS)
    await office.asks(call)
    boris = office.net.device(BORIS)
    await until("the ring", boris.is_ringing)
    boris.answer()
    await office.hears(boris, ANNA)
    await office.transfers(call, to_agent=BORIS)
    await office.hear_each_other(call, BORIS)
    await until("Anna to be free", office.net.device(ANNA).is_idle)
    assert office.house.open(call.interaction).agent == BORIS
    boris.hang_up()
    await office.in_phase(call, Phase.WRAPPING)


async def test_an_agents_phone_that_was_lost_comes_back_by_itself(office: Office) -> None:
    call = await office.talks()
    anna = office.net.device(ANNA)
    leg = anna.leg
    assert leg is not None
    office.net.end(leg, Cause.LOST, By.NETWORK)
    await until("another leg", lambda: anna.leg not in {None, leg})
    await office.hear_each_other(call)
    assert [one["role"] for one in await office.legs(call)] == ["customer", "agent", "agent"]


async def test_an_agent_whose_phone_is_gone_gives_the_customer_back(office: Office) -> None:
    call = await office.talks()
    office.net.device(ANNA).vanish()
    await office.in_line(call)
    await office.house.comes(BORIS)
    await office.takes(call, BORIS)
    [given] = await office.log(call, e.Transferred)
    assert (given.by, given.from_agent) == (None, ANNA)


async def test_outside_business_hours_the_caller_is_told_and_hung_up(office: Office) -> None:
    phone = office.net.call("night-calls")
    assert phone.leg is not None
    id_ = office.house.voice.interaction_of(phone.leg)
    await office.hears(phone, "closed")
    await until("the end", phone.is_idle)
    assert office.house.open(id_) is None


async def test_a_number_that_leads_nowhere_is_refused(office: Office) -> None:
    phone = office.net.call("nowhere")
    await until("the refusal", phone.is_idle)


async def test_who_calls_is_known_by_the_number_and_only_claimed(office: Office) -> None:
    first = await office.calls(number="+48501234567")
    again = await office.calls(number="+48501234567")
    known = office.house.open(first.interaction)
    assert known.customer is not None
    assert known.customer == office.house.open(again.interaction).customer
    assert known.verification == "claimed"


def short_offers() -> c.Command:
    """As short as an offer may be."""
    usual = Policy(version=3)
    short = {**usual.offer_ms, Medium.VOICE: 5_000}
    return c.DefinePolicy(id=new(), policy=replace(usual, offer_ms=short))


async def test_whom_the_shop_signs_for_is_verified(office: Office) -> None:
    secret, now = "s" * 40, int(time.time())
    async with office.house.database.write() as connection:
        await connection.execute(keep_secret(SITE, InboxId("calls"), secret, 0))
    body = {"sub": "eva", "iat": now, "exp": now + 300, "phone_number": "+48501234599"}
    token = jwt.encode({"alg": "HS256"}, body, OctKey.import_key(secret))
    for identity, level in ((token, "verified"), ("x.y.z", "claimed")):
        phone = office.net.call(
            "calls", caller=Caller(number="+48501234599"), facts={"identity": identity}
        )
        assert phone.leg is not None
        id_ = office.house.voice.interaction_of(phone.leg)
        await until("the arrival", lambda id_=id_: office.house.open(id_))
        assert office.house.open(id_).verification == level
