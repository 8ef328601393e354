"""A flow on the telephone: words are played, keys are answers, over it goes on with the call."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

import pytest

from tests.contracts.house import House, new, open_house, until
from tests.flows.house import Fitted
from warmline.channels.loopback.telephone import Telephone
from warmline.channels.loopback.telephones import TelephoneNetwork
from warmline.channels.voice import words as w
from warmline.channels.voice.treatment import Ending, Treated, TreatedCall, Treatment
from warmline.core import commands as c
from warmline.core.words import CHANNEL, InboxId, InteractionId, Phase

MENU = """
flow: line
media: [voice]
inboxes: [calls]
start: hello
fallback: anybody
steps:
  hello:
    recording: {en: hello-there}
    next: what
  what:
    menu: {en: One or two?}
    choices:
      1: {next: order}
      2: {next: workshop}
    wait: 1 s
    retries: 0
    otherwise: later
  order:
    collect: order
    words: {en: The number}
    least: 3
    most: 5
    next: orders
    otherwise: anybody
  later:
    callback: {en: Shall we call you back?}
    queue: talks
    wait: 1 s
    accepted: bye
    otherwise: message
  orders: {queue: orders, reason: orders}
  anybody: {queue: by reason}
  workshop: {transfer: "+48221234567"}
  message: {voicemail: talks, words: {en: After the tone}}
  bye: {hang_up: {en: Bye}}
"""


class Line:
    """A caller on a simulated network whose call meets the flow."""

    def __init__(self, house: House, fitted: Fitted, *, mute: bool = False) -> None:
        self.house = house
        self.network = TelephoneNetwork(clock=house.clock)
        self.mute = mute
        self.played: list[w.Sound] = []
        self.ended: list[Treated] = []
        self.treatment = Treatment(runs=fitted.runs, do=self.do, over=self.over)
        self.leg = w.LegId("")

    async def do(self, command: w.VoiceCommand) -> w.Outcome:
        if isinstance(command, w.Play):
            if self.mute:
                return w.Outcome.UNSUPPORTED
            self.played += command.sounds
        return await self.network.do(command)

    async def over(self, call: TreatedCall, end: Treated) -> None:
        assert call.leg == self.leg
        self.ended.append(end)

    async def hear(self, event: w.VoiceEvent) -> None:
        if isinstance(event, w.LegOffered):
            self.leg = event.leg
            await self.network.do(w.Answer(leg=event.leg))
            interaction = InteractionId(str(uuid4()))
            inbox = InboxId("calls")
            await self.house.give(
                c.Arrive(id=new(), by=CHANNEL, interaction=interaction, inbox=inbox, treated=True)
            )
            assert self.house.open(interaction).phase is Phase.TREATING
            assert await self.treatment.begin(
                TreatedCall(leg=event.leg, interaction=interaction, inbox=inbox)
            )
        else:
            await self.treatment.heard(event)

    async def heard(self, prompt: str) -> None:
        await until(prompt, lambda: any(one.prompt == prompt for one in self.played))

    async def end(self) -> Treated:
        return (await until("the flow's end", lambda: self.ended))[0]


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path / "data") as house:
        yield house


@pytest.fixture
async def fitted(house: House) -> Fitted:
    fitted = Fitted(house)
    await fitted.publish("line", MENU)
    return fitted


@asynccontextmanager
async def a_call(line: Line) -> AsyncGenerator[Telephone]:
    """Somebody calls; whatever is waited for has 15 s."""
    async with asyncio.timeout(15):
        running = asyncio.create_task(line.network.run(line.hear))
        await asyncio.sleep(0)
        yield line.network.call("calls")
        running.cancel()


async def test_keys_choose_and_digits_are_taken_also_while_it_still_speaks(
    house: House, fitted: Fitted
):
    line = Line(house, fitted)
    async with a_call(line) as phone:
        await line.heard("line-what")
        phone.press("1")
        await line.heard("line-order")
        phone.press("123#")
        end = await line.end()
    assert (end.ending, end.queue, end.reason) == (Ending.QUEUE, "orders", "orders")
    assert end.attributes["order"] == "123"
    assert line.played[0] == w.Sound(prompt="hello-there", language="en")


async def test_silence_leads_to_the_offer_of_a_callback_and_a_key_takes_it(
    house: House, fitted: Fitted
):
    line = Line(house, fitted)
    fitted.known.found["callback"] = {}
    async with a_call(line) as phone:
        await line.heard("line-later")
        phone.press("1")
        end = await line.end()
    assert end.ending is Ending.HANG_UP
    assert [(one.of, one.queue) for one in fitted.known.asked] == [("callback", "talks")]


async def test_a_number_outside_and_a_message_are_told_to_whoever_carries_the_call(
    house: House, fitted: Fitted
):
    line = Line(house, fitted)
    async with a_call(line) as phone:
        await line.heard("line-what")
        phone.press("2")
        end = await line.end()
    assert (end.ending, end.number) == (Ending.TRANSFER, "+48221234567")


async def test_who_hangs_up_has_left_the_flow(house: House, fitted: Fitted):
    line = Line(house, fitted)
    async with a_call(line) as phone:
        await line.heard("line-what")
        phone.hang_up()

        async def nobody() -> bool:
            return not await fitted.runs.open()

        await until("the run's end", nobody)
    assert not line.ended


async def test_a_network_that_cannot_speak_leads_to_a_person(house: House, fitted: Fitted):
    line = Line(house, fitted, mute=True)
    async with a_call(line):
        end = await line.end()
    assert (end.ending, end.queue) == (Ending.QUEUE, None)
