"""A callback over a network that dials numbers: the agent's phone first, or the customer's."""

from uuid import uuid4

from tests.channels.callback.test_promises import rules
from tests.channels.voice.people import CustomerCall, Office
from tests.contracts.house import ANNA, until
from warmline.core import commands as c
from warmline.core.callback import FirstRung
from warmline.core.words import InteractionId, Phase

NUMBER = "+48501234567"


async def asks(office: Office) -> CustomerCall:
    answer = await office.house.http.post(
        "/api/v1/callbacks", json={"inbox": "call-me", "number": NUMBER, "id": str(uuid4())}
    )
    assert answer.status_code == 201, answer.text
    id_ = InteractionId(answer.json()["interaction"])
    return CustomerCall(office.net.number(NUMBER), id_)


async def taken(office: Office) -> CustomerCall:
    call = await asks(office)
    await office.house.comes()
    await office.house.takes(call.interaction)
    await until("Anna's phone to ring", office.net.device(ANNA).is_ringing)
    assert not call.phone.is_ringing()
    office.net.device(ANNA).answer()
    await until("the customer's phone to ring", call.phone.is_ringing)
    return call


async def test_taking_a_callback_calls_the_customer(office: Office) -> None:
    call = await taken(office)
    call.phone.answer()
    await office.hear_each_other(call)
    await office.gives(c.Hold, call)
    await office.hears(call.phone, "music")
    await office.gives(c.Resume, call)
    await office.hear_each_other(call)
    await office.house.ends(call.interaction)
    await office.quiet()
    await office.over(call)
    assert [one["role"] for one in await office.legs(call)] == ["agent", "customer"]


async def test_a_customer_who_does_not_answer_leaves_the_agent_to_say_so(office: Office) -> None:
    call = await taken(office)
    call.phone.decline()
    await until("Anna to be off the phone", office.net.device(ANNA).is_idle)
    assert office.house.open(call.interaction).phase is Phase.CONNECTED
    await office.house.ends(call.interaction)
    await office.over(call)


async def test_an_agent_who_puts_it_down_stops_the_ringing(office: Office) -> None:
    call = await taken(office)
    office.net.device(ANNA).hang_up()
    await until("silence", call.phone.is_idle)
    assert office.house.open(call.interaction).phase is Phase.CONNECTED


async def test_a_callback_goes_on_over_a_restart(office: Office) -> None:
    call = await taken(office)
    call.phone.answer()
    await office.hear_each_other(call)
    await office.house.restart()
    await office.house.reconcile()
    await until("the network", lambda: office.house.voice.up)
    await office.gives(c.Hold, call)
    await office.hears(call.phone, "music")
    await office.house.ends(call.interaction)
    await office.quiet()


async def customer_first(office: Office) -> CustomerCall:
    """The customer's phone rings first, by the policy, and is answered."""
    await rules(office.house, first=FirstRung.CUSTOMER)
    call = await asks(office)
    await office.house.comes()
    await office.house.takes(call.interaction)
    await until("the customer's phone to ring", call.phone.is_ringing)
    assert not office.net.device(ANNA).is_ringing()
    return call


async def test_the_customer_first_where_the_policy_says_so(office: Office) -> None:
    call = await customer_first(office)
    call.phone.answer()
    await until("Anna's phone to ring", office.net.device(ANNA).is_ringing)
    await office.hears(call.phone, "music")
    office.net.device(ANNA).answer()
    await office.hear_each_other(call)
    await office.house.ends(call.interaction)
    await office.over(call)


async def test_nobody_of_ours_is_rung_when_the_customer_does_not_answer(office: Office) -> None:
    call = await customer_first(office)
    call.phone.decline()
    await until("the end of the leg", call.phone.is_idle)
    assert not office.net.device(ANNA).is_ringing()
    assert office.house.open(call.interaction).phase is Phase.CONNECTED
    await office.house.ends(call.interaction)
    await office.over(call)
