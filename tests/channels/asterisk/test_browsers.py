"""Agents' browsers as telephones: passwords that do not last, one line for each agent."""

from dataclasses import replace

import httpx
import pytest

from tests.channels.asterisk.telephones import AsteriskPhones
from tests.channels.asterisk.webphone import WebPhone
from tests.contracts.house import until
from tests.contracts.phones import Center
from warmline.channels.asterisk.browsers import Browsers
from warmline.channels.asterisk.lines import Elsewhere
from warmline.channels.asterisk.network import AsteriskNetwork
from warmline.channels.voice import words as w
from warmline.core.words import SECOND, AgentId

OLGA = AgentId("olga")
"""Who has no telephone on the table."""
SESSION, OTHER = "session-1", "session-2"


def browsers_of(center: Center) -> Browsers:
    assert isinstance(center.network, AsteriskNetwork)
    return center.network.browsers


def dial(leg: str) -> w.Dial:
    return w.Dial(
        leg=w.LegId(leg),
        call="call-1",
        to=w.Device(agent=OLGA),
        role=w.Role.AGENT,
        ring_ms=20 * SECOND,
        facts={"interaction": "call-1", "offer": leg},
    )


async def registered(center: Center, session: str = SESSION) -> WebPhone:
    browsers = browsers_of(center)
    page = WebPhone(browsers, await browsers.grant(OLGA, session))
    await page.comes()
    assert await page.registers() == 200
    await center.next(w.DeviceSeen, agent=OLGA, on=True)
    return page


async def test_a_page_registers_and_rings_with_what_it_is_about(center: Center):
    page = await registered(center)
    await center.does(dial("leg-1"))
    invite = await page.rings()
    assert invite.get("x-warmline-leg") == "leg-1"
    assert invite.get("x-warmline-interaction") == "call-1"
    await center.next(w.LegRinging, leg="leg-1")
    told: list[object] = []
    browsers_of(center).tell = lambda agent, frame: told.append((agent, frame)) is None
    await center.does(w.PickUp(leg=w.LegId("leg-1")))
    assert told == [(OLGA, {"type": "pick_up", "leg": "leg-1"})]
    await center.does(w.HangUpLeg(leg=w.LegId("leg-1")))


async def test_who_signs_out_has_no_phone_any_more(center: Center, exchange: AsteriskPhones):
    page = await registered(center)
    browsers_of(center).session_over(OTHER)
    assert not page.line.cut.is_set(), "the session of somebody else"
    browsers_of(center).session_over(SESSION)
    await until("the line to be cut", page.line.cut.is_set)

    def known() -> bool:
        told = exchange.exchange.exchange
        login = (told.user, told.password)
        where = f"{exchange.exchange.url}/ari/endpoints/PJSIP/olga~web"
        return httpx.get(where, auth=login).is_success

    await until("the phone to go", lambda: not known())
    await page.comes()
    assert await page.registers() == 401, "the password is worth nothing"


async def test_a_new_password_ends_the_one_before(center: Center):
    browsers = browsers_of(center)
    old = WebPhone(browsers, await browsers.grant(OLGA, SESSION))
    await browsers.grant(OLGA, OTHER)
    await old.comes()
    assert await old.registers() == 401


async def test_another_window_takes_the_line_but_not_while_it_rings(center: Center):
    browsers = browsers_of(center)
    first = await registered(center)
    second = WebPhone(browsers, await browsers.grant(OLGA, SESSION), "another-window")
    await second.comes()
    assert first.line.cut.is_set()
    assert await second.registers() == 200
    await center.does(dial("leg-2"))
    await second.rings()
    third = WebPhone(browsers, await browsers.grant(OLGA, SESSION), "the-third-window")
    with pytest.raises(Elsewhere):
        await third.comes()
    await center.does(w.HangUpLeg(leg=w.LegId("leg-2")))


async def test_what_rings_rings_on_in_the_page_that_is_loaded_again(center: Center):
    browsers = browsers_of(center)
    page = await registered(center)
    await center.does(dial("leg-3"))
    call = (await page.rings()).get("call-id")
    await page.goes()
    again = WebPhone(browsers, await browsers.grant(OLGA, SESSION))
    await again.comes()
    assert await again.registers() == 200
    assert (await again.rings()).get("call-id") == call
    await center.does(w.HangUpLeg(leg=w.LegId("leg-3")))
    ended = await center.next(w.LegEnded, leg="leg-3")
    assert ended.by is w.By.CENTER
    await center.does(dial("leg-5"))
    assert (await again.rings()).get("x-warmline-leg") == "leg-5"
    await center.does(w.HangUpLeg(leg=w.LegId("leg-5")))


async def test_a_telephone_on_the_table_rings_when_no_page_is_there(
    center: Center, exchange: AsteriskPhones
):
    anna = AgentId("anna")
    phone = await exchange.device(anna)
    await center.does(replace(dial("leg-4"), to=w.Device(agent=anna)))
    await phone.rings()
    outcome = await center.network.do(w.PickUp(leg=w.LegId("leg-4")))
    assert outcome is w.Outcome.UNSUPPORTED
    await center.does(w.HangUpLeg(leg=w.LegId("leg-4")))
