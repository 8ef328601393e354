"""Callbacks offered to who waits: in a chat by a number, on a call by a key."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.channels.callback.test_promises import rules
from tests.channels.voice.people import Office
from tests.contracts.house import SITE, House, new, open_house, until
from warmline.channels.callback import plan_tables
from warmline.channels.callback.in_chat import ChatOffers
from warmline.channels.callback.keeping import WINDOWS_TOLD, PlaceKeeping
from warmline.channels.callback.plan import Stage, plan_of
from warmline.channels.voice.calling_back import CallsBack
from warmline.core import events as e
from warmline.core.words import MINUTE, InteractionId, Medium, Millis, QueueId
from warmline.storage.rows import rows

TALKS = QueueId("talks")


@dataclass
class Known:
    place: int
    low_ms: Millis
    high_ms: Millis


@dataclass
class LongLine:
    """A line in which everybody waits so long."""

    minutes: int = 5

    def place(self, interaction: InteractionId, /) -> int | None:
        del interaction
        return 3

    def expected(self, interaction: InteractionId, now: int, /) -> Known | None:
        del interaction, now
        return Known(3, (self.minutes - 1) * MINUTE, (self.minutes + 1) * MINUTE)


def keeping(house: House, minutes: int = 5) -> PlaceKeeping:
    return PlaceKeeping(
        callbacks=house.callbacks,
        line=LongLine(minutes),
        state=house.engine,
        clock=house.clock,
        submit=house.engine.submit,
    )


def offering(house: House, minutes: int = 5) -> ChatOffers:
    offers = ChatOffers(
        site=SITE,
        database=house.database,
        state=house.engine,
        clock=house.clock,
        submit=house.engine.submit,
        keeping=keeping(house, minutes),
        promises=house.callbacks.promises,
    )
    house.callbacks.heard = offers.heard
    return offers


async def test_who_waits_long_in_a_chat_writes_a_number_and_keeps_the_place(house: House):
    await rules(house, offer_after={TALKS: 3 * MINUTE})
    offers = offering(house)
    talk, token = await house.begin(text="Hello", language="en")
    arrived_at = house.open(talk).arrived_at
    async with house.tab(token) as page:
        await offers.look()
        await offers.look()
        offer = await page.next("message")
        while "keep your place" not in offer["message"]["text"]:
            offer = await page.next("message")
        await page.send(type="send", id=new(), text="112")
        await page.send(type="send", id=new(), text="+48 000 000 000")
        again = await page.next("message")
        while "cannot call this number" not in again["message"]["text"]:
            again = await page.next("message")
        await page.send(type="send", id=new(), text="+48 501 234 567")
        await page.next("ended")
    callback = next(one for one in await house.log(e.Arrived) if one.medium is Medium.CALLBACK)
    assert (callback.since, house.open(callback.interaction).queue) == (arrived_at, TALKS)
    assert house.open(talk) is None
    assert await house.log(e.Abandoned) == [], "who is called back has not given up"
    sent = [one for one in await house.log(e.MessageSent) if one.interaction == talk]
    assert len(sent) == 3, "offered once, refused once, confirmed once"


async def test_nobody_is_offered_one_where_the_wait_is_short_or_the_policy_says_nothing(
    house: House,
):
    talk, _ = await house.begin(text="Hello")
    await offering(house).look()
    await rules(house, offer_after={TALKS: 3 * MINUTE})
    await offering(house, minutes=2).look()
    await rules(house, offer_after={QueueId("orders"): 3 * MINUTE})
    await offering(house).look()
    assert house.open(talk) is not None
    assert await house.log(e.MessageSent) == []


@pytest.fixture
async def office(tmp_path: Path) -> AsyncGenerator[Office]:
    async with open_house(tmp_path / "data") as house:
        office = Office(house)
        house.voice.keys = CallsBack(keeping=keeping(house), state=house.engine, clock=house.clock)
        await office.begins()
        yield office


async def test_who_waits_on_the_phone_presses_a_key_and_is_called_back(office: Office):
    house = office.house
    await rules(house, offer_after={TALKS: 3 * MINUTE})
    call = await office.calls(number="+48501234567")
    await office.in_line(call)
    arrived_at = house.open(call.interaction).arrived_at
    call.phone.press("3")
    call.phone.press("1")
    await office.over(call)
    (ended,) = await office.log(call, e.Ended)
    assert (ended.cause, ended.agent) == ("callback", None)
    callback = next(one for one in await house.log(e.Arrived) if one.medium is Medium.CALLBACK)
    assert callback.since == arrived_at
    assert await house.callbacks.number(callback.interaction) == "+48501234567"


async def test_who_waits_on_the_phone_chooses_one_of_the_hours_that_are_read_out(office: Office):
    house = office.house
    await rules(house, offer_after={TALKS: 3 * MINUTE})
    call = await office.calls(number="+48501234567")
    await office.in_line(call)
    hours = keeping(house).windows(call.interaction)
    assert len(hours) == WINDOWS_TOLD
    call.phone.press("2")
    call.phone.press("9")  # none of those that were read out
    call.phone.press("2")
    await office.over(call)
    async with house.database.read() as connection:
        (found,) = await rows(connection, plan_tables.uncalled(SITE, "+48501234567"))
    plan = plan_of(found)
    assert (plan.stage, plan.window_from, plan.promised_by) == (
        Stage.BOOKED,
        hours[1].since,
        hours[1].until,
    )
    assert [one.medium for one in await house.log(e.Arrived)] == [Medium.VOICE], "not before then"


async def test_after_the_next_announcement_the_keys_are_again_what_they_were(office: Office):
    house = office.house
    await rules(house, offer_after={TALKS: 3 * MINUTE})
    call = await office.calls(number="+48501234567")
    await office.in_line(call)
    call.phone.press("2")
    keys = house.voice.keys
    assert isinstance(keys, CallsBack)
    await until("the hours", lambda: keys.is_choosing(call.interaction))
    assert await keys.offers(call.interaction)
    call.phone.press("1")
    await office.over(call)
    callback = next(one for one in await house.log(e.Arrived) if one.medium is Medium.CALLBACK)
    assert callback.since is not None, "the place is kept, no hour was chosen"


async def test_without_a_number_that_can_be_called_one_waits_on(office: Office):
    house = office.house
    await rules(house, offer_after={TALKS: 3 * MINUTE})
    call = await office.calls(number="anonymous")
    await office.in_line(call)
    call.phone.press("1")
    await office.hears(call.phone, "callback_refused")
    assert house.open(call.interaction) is not None
    assert [one.medium for one in await house.log(e.Arrived)] == [Medium.VOICE]


async def test_the_key_does_nothing_where_none_is_offered(office: Office):
    call = await office.calls()
    await office.in_line(call)
    keys = office.house.voice.keys
    assert keys is not None
    assert not await keys.offers(call.interaction)
    call.phone.press("1")
    await office.house.comes()
    await office.takes(call)
    await until("one arrival", lambda: office.house.open(call.interaction))
    assert len(await office.house.log(e.Arrived)) == 1
