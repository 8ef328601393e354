"""What pages measure of a call is kept for each leg: the mean, and the worst of it."""

import httpx
import pytest

from tests.channels.voice.desks import as_
from tests.channels.voice.people import CustomerCall, Office
from tests.contracts.house import ANNA, SITE, until
from warmline.channels.voice import quality
from warmline.channels.voice import words as w
from warmline.channels.voice.erasure import VoiceTraces
from warmline.core.words import Phase
from warmline.ports import Person
from warmline.storage.rows import Row, rows


async def measured(office: Office, leg: str, *scores: float) -> None:
    for score in scores:
        await office.house.voice.hear(
            w.QualityMeasured(
                at=office.house.clock.now(),
                leg=w.LegId(leg),
                loss=(4.5 - score) / 10,
                jitter_ms=4.5 - score,
                round_trip_ms=100,
                mos=score,
            )
        )


async def kept(office: Office, call: CustomerCall) -> list[Row]:
    async with office.house.database.read() as connection:
        return list(await rows(connection, quality.of_call(SITE, call.interaction)))


async def ends(office: Office, call: CustomerCall) -> None:
    """The customer hangs up, and nobody is on the phone any more."""
    call.phone.hang_up()
    await office.in_phase(call, Phase.WRAPPING)
    await office.quiet(call.phone, office.net.device(ANNA))
    known = office.house.voice.calls.get(call.interaction)
    assert known is not None
    await until("the legs to end", lambda: not any(one.is_there() for one in known.legs.values()))


async def agents_leg(office: Office, call: CustomerCall) -> str:
    return next(one["leg"] for one in await office.legs(call) if one["role"] == "agent")


async def test_the_mean_and_the_worst_are_told_of_the_leg_that_measured(
    office: Office, desk: httpx.AsyncClient
):
    call = await office.talks()
    leg = await agents_leg(office, call)
    await measured(office, leg, 4.5, 3.5, 4.0)
    assert await kept(office, call) == [], "some are gathered before they are written"
    await ends(office, call)
    answer = await desk.get(f"/interactions/{call.interaction}/call", headers=as_(ANNA))
    told = {one["leg"]: one["quality"] for one in answer.json()["legs"]}
    found = told.pop(leg)
    assert found["measured"] == 3
    assert found["mos"] == pytest.approx(4.0)
    assert found["mos_least"] == 3.5
    assert found["loss_most"] == pytest.approx(0.1)
    assert found["jitter_ms"] == pytest.approx(0.5)
    assert set(told.values()) == {None}, "nobody measured at the customer's telephone"


async def test_a_customer_is_told_what_their_own_page_measured(office: Office):
    call = await office.talks()
    (leg,) = [one["leg"] for one in await office.legs(call) if one["role"] == "customer"]
    await measured(office, leg, 4.0)
    await measured(office, await agents_leg(office, call), 2.0)
    await ends(office, call)
    found = office.house.engine.center().interactions[call.interaction]
    assert found.customer is not None
    async with office.house.database.read() as connection:
        told = await VoiceTraces(SITE).tell(connection, Person(ids=[found.customer]))
    assert [one["mos"] for one in told["call_quality"]] == [4.0]


async def test_what_is_written_on_the_way_is_added_up(office: Office):
    call = await office.talks()
    leg = await agents_leg(office, call)
    await measured(office, leg, *[4.0] * quality.WRITE_EVERY)
    assert [one["measured"] for one in await kept(office, call)] == [quality.WRITE_EVERY]
    await measured(office, leg, 2.0)
    await ends(office, call)
    (row,) = await kept(office, call)
    told = quality.summary(row)
    assert told["measured"] == quality.WRITE_EVERY + 1
    assert told["mos_least"] == 2.0
    assert told["mos"] == pytest.approx(50 / 13)
    assert told["round_trip_most_ms"] == 100


async def test_a_leg_that_is_over_or_nobodys_measures_nothing(office: Office):
    call = await office.talks()
    leg = await agents_leg(office, call)
    await ends(office, call)
    await measured(office, leg, 1.0)
    await measured(office, "nobody", *[1.0] * quality.WRITE_EVERY)
    assert await kept(office, call) == []
