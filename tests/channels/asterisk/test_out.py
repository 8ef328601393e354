"""Calls that go out over a real exchange: an agent's own, and talks that go to a number outside."""

from collections.abc import AsyncGenerator
from pathlib import Path

import httpx
import pytest

from tests.channels.asterisk.floor import Floor, open_floor
from tests.channels.asterisk.telephones import OUTSIDE, AsteriskPhones, HeardPhone
from tests.channels.asterisk.test_recordings import names
from tests.channels.voice.desks import as_, open_desk
from tests.channels.voice.people import BORIS, Office
from tests.contracts.house import ANNA, until
from tests.contracts.phones import hears
from tests.flows.house import Fitted
from tests.services import tones
from warmline.core import commands as c
from warmline.core import events as e
from warmline.core.words import InteractionId, Phase, Role

SHOWN = "+48221112233"


@pytest.fixture
async def floor(tmp_path: Path, exchange: AsteriskPhones) -> AsyncGenerator[Floor]:
    async with open_floor(tmp_path / "data", exchange) as floor:
        yield floor


@pytest.fixture
async def desk(floor: Floor) -> AsyncGenerator[httpx.AsyncClient]:
    async with open_desk(Office(floor.house)) as desk:
        yield desk


async def outside(exchange: AsteriskPhones) -> HeardPhone:
    _, phone = await exchange.outside()
    assert isinstance(phone, HeardPhone)
    return phone


FLOW = """\
flow: night
name: Night
media: [voice]
inboxes: [calls]
start: message
fallback: anybody

steps:
  message:
    voicemail: orders
    most: 30 s
  anybody:
    queue: talks
"""


async def out_of_it(floor: Floor, id_: InteractionId, anna: HeardPhone) -> None:
    """Anna is off the phone, and wraps up a talk that went outside."""
    await anna.over()
    await floor.wraps_up(id_)
    [ended] = await floor.log(id_, e.Ended)
    assert ended.cause == "transferred_out"


async def test_an_agent_calls_a_number_with_the_queues_own_shown(
    exchange: AsteriskPhones, floor: Floor, desk: httpx.AsyncClient
) -> None:
    theirs, anna = await outside(exchange), await floor.comes()
    await desk.put(
        "/voice/callers/talks", json={"number": SHOWN}, headers=as_(ANNA, Role.ADMINISTRATOR)
    )
    body = {"queue": "talks", "number": OUTSIDE, "warned": True}
    answer = await desk.post("/calls/out", json=body, headers=as_(ANNA))
    assert answer.status_code == 201, answer.text
    id_ = InteractionId(answer.json()["interaction"])
    await anna.rings()
    await anna.answers()
    await theirs.rings()
    talk = theirs.phone.talk
    assert talk is not None
    assert talk.invite is not None
    assert SHOWN in talk.invite.get("from")
    await theirs.answers()
    await hears(theirs, anna)
    await hears(anna, theirs)
    await floor.gives(c.Hold, id_)
    await hears(theirs, "music")
    await floor.gives(c.Resume, id_)
    await hears(theirs, anna)
    await theirs.hangs_up()
    await anna.over()
    await floor.wraps_up(id_)


async def test_why_the_number_did_not_answer_is_kept(
    exchange: AsteriskPhones, floor: Floor, desk: httpx.AsyncClient
) -> None:
    theirs, anna = await outside(exchange), await floor.comes()
    body = {"queue": "talks", "number": OUTSIDE, "warned": True}
    answer = await desk.post("/calls/out", json=body, headers=as_(ANNA))
    id_ = InteractionId(answer.json()["interaction"])
    await anna.rings()
    await anna.answers()
    await theirs.rings()
    await theirs.phone.declines(486)
    await floor.in_phase(id_, Phase.WRAPPING)
    [ended] = await floor.log(id_, e.Ended)
    assert ended.cause == "busy"
    await anna.over()


async def test_a_talk_goes_to_a_number_that_is_asked_first(
    exchange: AsteriskPhones, floor: Floor, desk: httpx.AsyncClient
) -> None:
    theirs = await outside(exchange)
    id_, customer, anna = await floor.talks()
    url = f"/interactions/{id_}/call/outside"
    answer = await desk.post(url, json={"number": OUTSIDE, "first": True}, headers=as_(ANNA))
    assert answer.status_code == 204, answer.text
    await theirs.rings()
    await theirs.answers()
    await hears(theirs, anna)
    await hears(customer, "music")
    await floor.gives(c.Resume, id_)
    await hears(customer, anna, theirs)
    await hears(theirs, anna, customer)
    assert (await desk.post(f"{url}/handover", headers=as_(ANNA))).status_code == 204
    await out_of_it(floor, id_, anna)
    await hears(theirs, customer)
    await customer.hangs_up()
    await theirs.over()


async def test_a_phones_own_transfer_key_takes_the_talk_to_a_number(
    exchange: AsteriskPhones, floor: Floor
) -> None:
    theirs = await outside(exchange)
    id_, customer, anna = await floor.talks()
    assert await anna.phone.transfers(OUTSIDE) == 202
    await theirs.rings()
    await hears(customer, "music")
    await theirs.answers()
    await out_of_it(floor, id_, anna)
    await hears(theirs, customer)
    await hears(customer, theirs)
    await theirs.hangs_up()
    await customer.over()


async def test_a_caller_leaves_a_message_that_waits_in_its_queue(
    exchange: AsteriskPhones, floor: Floor
) -> None:
    fitted = Fitted(floor.house)
    floor.house.voice.treat(fitted.runs)
    await fitted.publish("night", FLOW)
    id_, customer = await floor.calls()
    await until("the recording", lambda: floor.recordings(id_))
    # Nothing comes to the caller meanwhile whose packets could be counted.
    since = floor.house.clock.now()
    await until("some words", lambda: floor.house.clock.now() > since + 1_500)
    await customer.presses("#")
    await customer.over()

    def message() -> InteractionId | None:
        found = floor.house.engine.center().interactions.values()
        return next((one.id for one in found if one.follows == id_), None)

    left = await until("the message to wait", message)
    [kept] = await floor.recordings(left)
    heard = tones.sides(await floor.house.blobs.get(kept["blob"]))
    assert any(customer.name in names(exchange, side) for side in heard)
    assert floor.house.open(left).queue == "orders"
    [ended] = await floor.log(id_, e.Ended)
    assert ended.cause == "voicemail"


async def test_a_message_is_over_when_the_caller_falls_silent(
    exchange: AsteriskPhones, floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("warmline.channels.voice.leaving.SILENCE_MS", 2_000)
    fitted = Fitted(floor.house)
    floor.house.voice.treat(fitted.runs)
    await fitted.publish("night", FLOW)
    id_, customer = await floor.calls()
    await until("the recording", lambda: floor.recordings(id_))
    since = floor.house.clock.now()
    await until("some words", lambda: floor.house.clock.now() > since + 1_500)
    await customer.speaks(on=False)
    await customer.over()
    waiting = lambda: [one.follows for one in floor.house.engine.center().interactions.values()]  # noqa: E731
    await until("the message to wait", lambda: waiting() == [id_])
    [kept] = await floor.recordings(next(iter(floor.house.engine.center().interactions)))
    assert kept["duration_ms"] >= 3_000
    del exchange


async def test_a_caller_who_says_nothing_leaves_no_message(
    exchange: AsteriskPhones, floor: Floor
) -> None:
    fitted = Fitted(floor.house)
    floor.house.voice.treat(fitted.runs)
    await fitted.publish("night", FLOW)
    id_, customer = await floor.calls()
    await until("the recording", lambda: floor.recordings(id_))
    await customer.hangs_up()
    await until("nobody to wait", lambda: not floor.house.engine.center().interactions)
    [gone] = await floor.log(id_, e.Abandoned)
    assert gone.cause == "customer"


async def test_a_supervisor_listens_then_takes_the_talk_over(
    exchange: AsteriskPhones, floor: Floor, desk: httpx.AsyncClient
) -> None:
    del exchange
    id_, customer, anna = await floor.talks()
    boris = await floor.comes(BORIS)
    above = as_(BORIS, Role.SUPERVISOR)
    url = f"/interactions/{id_}"
    answer = await desk.post(f"{url}/call/supervision", json={"mode": "listen"}, headers=above)
    assert answer.status_code == 204, answer.text
    await boris.rings()
    await boris.answers()
    await hears(boris, anna, customer)
    await hears(customer, anna)
    answer = await desk.post(f"{url}/take-over", json={"id": "one"}, headers=above)
    assert answer.status_code == 204, answer.text
    await anna.over()
    await hears(customer, boris)
    await hears(boris, customer)
    await floor.gives(c.Hold, id_, BORIS)
    await hears(customer, "music")
    await floor.gives(c.Resume, id_, BORIS)
    await hears(customer, boris)
    await customer.hangs_up()
    await floor.wraps_up(id_, BORIS)
