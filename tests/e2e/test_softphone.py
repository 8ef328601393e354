"""In the browser: a call from the telephone network, from its first ring to its recording."""

import asyncio
import re
from collections.abc import Generator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from tests.channels.asterisk.telephones import AsteriskPhones, HeardPhone
from tests.e2e import softphone
from tests.e2e.office import ANNA, BORIS, NAMES, SUPERVISOR, Api, Office, open_office, publish_flow
from tests.e2e.pages import LONGEST_MS, Pages, go_available, picture, sign_in
from tests.services.ports import wait_for
from tests.services.smtp_sink import SmtpSink

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("asterisk")]

NINA, LINE = "Nina Wolf", "+48221234567"
TONES = {ANNA: 900, BORIS: 1100}
CALLER_HZ, MUSIC_HZ = 600, 450
ALL = (CALLER_HZ, MUSIC_HZ, *TONES.values())
MENU = """\
flow: phone
name: Phone menu
media: [voice]
inboxes: [calls]
start: what
fallback: anybody

steps:
  what:
    menu: {en: "1 for calls.", ru: "1 - звонки.", pl: "1 - rozmowy."}
    choices:
      1: {next: talk}
    wait: 30 s
    retries: 2
    otherwise: anybody
  talk:
    queue: calls
  anybody:
    queue: orders
"""


@pytest.fixture
def office(tmp_path: Path, smtp_sink: SmtpSink, exchange: AsteriskPhones) -> Generator[Office]:
    told = exchange.exchange
    exchange.known.update({float(hertz): agent for agent, hertz in TONES.items()})
    with open_office(
        tmp_path,
        smtp_sink,
        WARMLINE_ASTERISK_URL=told.url,
        WARMLINE_ASTERISK_PASSWORD=told.exchange.password,
    ) as opened:
        _furnish(opened.admin)
        yield opened
        print(opened.server.output()[-6000:])


def _furnish(admin: Api) -> None:
    wrap = {"mode": "required", "limit_ms": 600_000, "automatic": "solved"}
    queue = {"name": "Calls", "rings": [{"language_level": 0}], "calendar": "always"}
    queue |= {"wrap_up": wrap, "when_unstaffed": "wait"}
    admin.send("PUT", "/config/queue/calls", queue)
    inbox = {"name": "Telephone", "medium": "voice", "queue": "calls"}
    admin.send("PUT", "/config/inbox/calls", inbox)
    line = {"inbox": "calls", "language": "en", "recorded": True}
    admin.send("PUT", f"/voice/lines/asterisk/{LINE}", line)
    policy = admin.send("GET", "/config")["policy"]
    policy["version"] += 1
    policy["offer_ms"] = {**policy["offer_ms"], "voice": 120_000}
    admin.send("PUT", "/config/policy", policy)
    admin.send("PUT", "/customers/C-1042", {"name": NINA, "phone": "+48501234001"})
    publish_flow(admin, "phone", MENU)


async def test_a_telephone_call_rings_in_the_browser_and_is_heard_to_its_recording(
    office: Office, exchange: AsteriskPhones, headset: Browser
):
    pages = Pages(headset, microphone=True)
    anna = await _at_the_desk(pages, office, ANNA)
    _registers(office, ANNA)
    boris = await _at_the_desk(pages, office, BORIS)
    _registers(office, BORIS)
    await go_available(anna)

    # A menu by keys, then the line: the phone rings under the card of who calls.
    caller = await exchange.call(LINE)
    await caller.phone.talks()
    await caller.phone.presses("1")
    await expect(anna.get_by_role("region", name="Now").get_by_text(NINA)).to_be_visible()
    await expect(_phone(anna).get_by_text("Ringing")).to_be_visible()
    await picture(anna, "softphone-rings")
    await anna.reload()
    await expect(_phone(anna).get_by_text("Ringing")).to_be_visible()
    await anna.keyboard.press("Alt+A")
    await _talk(caller, anna, ANNA)
    await picture(anna, "softphone-talk")

    # The center dies and is started again: the talk goes on, and is ours again.
    office.server.restart()
    await _talk(caller, anna, ANNA)
    _registers(office, ANNA)

    await _phone(anna).get_by_role("button", name="Hold").click()
    await _caller_hears(caller, "music")
    await softphone.hears(anna, [], ALL)
    await _phone(anna).get_by_role("button", name="Resume").click()
    await _talk(caller, anna, ANNA)

    await _phone(anna).get_by_role("button", name="Keys").click()
    await anna.keyboard.press("5")
    await caller.phone.until("hear a key", lambda: caller.phone.sound.digits == "5")
    await anna.keyboard.press("Escape")

    await _phone(anna).get_by_role("button", name="Mute").click()
    await _caller_hears(caller)
    await _phone(anna).get_by_role("button", name="Unmute").click()
    await _talk(caller, anna, ANNA)

    # A page that is loaded again has the talk again, without another ring.
    await anna.reload()
    await _talk(caller, anna, ANNA)

    await go_available(boris)
    await _to(anna, "Ask a colleague", "Colleague", NAMES[BORIS])
    await expect(boris.get_by_role("button", name="Accept")).to_be_visible()
    await boris.keyboard.press("Alt+A")
    await softphone.hears(boris, [TONES[ANNA]], ALL)
    await softphone.hears(anna, [TONES[BORIS]], ALL)
    await _caller_hears(caller, "music")
    await picture(boris, "softphone-consult")
    await _phone(boris).get_by_role("button", name="Hang up").click()
    await _talk(caller, anna, ANNA)

    await _to(anna, "Transfer", "Queue or colleague", NAMES[BORIS])
    await expect(boris.get_by_role("button", name="Accept")).to_be_visible()
    await boris.keyboard.press("Alt+A")
    await _talk(caller, boris, BORIS)
    await expect(_phone(anna).get_by_text("Phone ready")).to_be_visible()
    await expect(_phone(boris).get_by_text("Good sound")).to_be_visible()

    await caller.hangs_up()
    await expect(_phone(boris).get_by_text("Phone ready")).to_be_visible()
    await _came_of_it(boris, "Solved")
    await _is_kept(office, await pages.open(office.url))
    assert pages.broken == []


async def _talk(caller: HeardPhone, desk: Page, agent: str) -> None:
    """Both hear each other, and nobody else."""
    await _caller_hears(caller, agent)
    await softphone.hears(desk, [CALLER_HZ], ALL)


async def _caller_hears(caller: HeardPhone, *names: str) -> None:
    deadline = asyncio.get_running_loop().time() + LONGEST_MS / 1000
    heard: frozenset[str] = frozenset()
    while heard != frozenset(names):
        assert asyncio.get_running_loop().time() < deadline, f"{names} not heard, but {heard}"
        heard = await caller.hears()
        await asyncio.sleep(0.02)


async def _is_kept(office: Office, page: Page) -> None:
    """The recordings and what was measured stand in the conversation."""
    with closing(office.signed_in(SUPERVISOR)) as api:
        found = api.send("GET", "/interactions?medium=voice")["interactions"]
    await sign_in(page, SUPERVISOR)
    await page.goto(f"{office.url}/conversations/{found[0]['interaction']}")
    call = page.get_by_role("region", name="Call")
    await expect(call.get_by_text(re.compile(r"^sound \d\.\d$")).first).to_be_visible()
    await call.get_by_role("button", name="Play recording").first.click()
    playing = "() => { const one = document.querySelector('audio'); return one.currentTime > 0; }"
    await page.wait_for_function(playing, timeout=LONGEST_MS)
    await picture(page, "softphone-recording")


def _phone(desk: Page) -> Locator:
    return desk.get_by_role("region", name="Phone")


async def _to(desk: Page, what: str, label: str, colleague: str) -> None:
    """Hand the talk on, or ask somebody in."""
    await desk.get_by_role("button", name=what).first.click()
    find = desk.get_by_role("combobox", name=label)
    await find.fill(colleague)
    await desk.get_by_role("option", name=colleague).click()
    await find.press("Control+Enter")


async def _came_of_it(desk: Page, disposition: str) -> None:
    find = desk.get_by_role("combobox", name="What came of it")
    await expect(find).to_be_visible()
    await find.fill(disposition)
    await find.press("Enter")
    await expect(find).to_be_hidden()


async def _at_the_desk(pages: Pages, office: Office, login: str) -> Page:
    desk = await pages.open(f"{office.url}/mark.svg")
    await softphone.speak(desk, TONES[login])
    await desk.goto(office.url)
    await sign_in(desk, login)
    await softphone.ready(desk)
    return desk


def _registers(office: Office, agent: str) -> None:
    """The exchange knows the agent's browser."""

    def there() -> bool:
        networks = office.admin.send("GET", "/voice")
        return any(agent in one["phones"] for one in networks if one["name"] == "asterisk")

    wait_for(f"{agent}'s phone", there)
