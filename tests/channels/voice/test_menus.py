"""Callers who meet a flow first: a menu with keys, then the line, or the end."""

import pytest

from tests.channels.voice.people import CustomerCall, Office
from tests.contracts.house import until
from tests.flows.house import Fitted
from warmline.channels.voice import words as w
from warmline.core import events as e
from warmline.core.words import Phase

MENU = """\
flow: menu
name: Menu
media: [voice]
inboxes: [calls]
start: what
fallback: anybody

steps:
  what:
    menu: {en: "Press 1 about an order, 2 for nothing, 3 for the night."}
    choices:
      1: {next: order}
      2: {next: bye}
      3: {next: night}
    wait: 30 s
    retries: 1
    otherwise: anybody
  order:
    queue: orders
  night:
    queue: night
  anybody:
    queue: talks
  bye:
    hang_up: {en: Good bye.}
"""


@pytest.fixture
async def fitted(office: Office) -> Fitted:
    fitted = Fitted(office.house)
    office.house.voice.treat(fitted.runs)
    await fitted.publish("menu", MENU)
    return fitted


async def meets(office: Office) -> CustomerCall:
    call = await office.calls()
    await office.hears(call.phone, "menu-what")
    assert office.house.open(call.interaction).phase is Phase.TREATING
    return call


async def test_a_key_leads_into_the_line_and_the_agent_answers(
    office: Office, fitted: Fitted
) -> None:
    del fitted
    call = await meets(office)
    call.phone.press("1")
    await office.in_line(call)
    assert office.house.open(call.interaction).queue == "orders"
    await office.house.comes()
    await office.takes(call)


async def test_the_flow_ends_the_call(office: Office, fitted: Fitted) -> None:
    del fitted
    call = await meets(office)
    call.phone.press("2")
    await office.over(call)
    [abandoned] = await office.log(call, e.Abandoned)
    assert abandoned.cause == "flow"
    assert not await office.log(call, e.Queued)


async def test_a_flow_into_a_closed_line_says_so(office: Office, fitted: Fitted) -> None:
    del fitted
    call = await meets(office)
    call.phone.press("3")
    await office.hears(call.phone, "closed")
    await office.over(call)
    [abandoned] = await office.log(call, e.Abandoned)
    assert abandoned.cause == "closed"


async def test_who_hangs_up_in_the_menu_has_abandoned(office: Office, fitted: Fitted) -> None:
    del fitted
    call = await meets(office)
    call.phone.hang_up()
    await office.over(call)
    [abandoned] = await office.log(call, e.Abandoned)
    assert abandoned.cause == "customer"


async def test_a_menu_asks_once_more_after_a_restart(
    office: Office, fitted: Fitted, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = await meets(office)
    asked: list[w.VoiceCommand] = []
    does = office.net.do

    async def noting(command: w.VoiceCommand) -> w.Outcome:
        asked.append(command)
        return await does(command)

    monkeypatch.setattr(office.net, "do", noting)
    await office.house.restart()
    fitted.fit()
    office.house.voice.treat(fitted.runs)
    await office.house.reconcile()
    # The phone has not stopped to hear the first one: a key before the second would be nobody's.
    await until("the question", lambda: any(isinstance(one, w.Play) for one in asked))
    call.phone.press("1")
    await office.in_line(call)
    assert len(await office.log(call, e.Arrived)) == 1
