"""In the browser: a message left on a telephone while the center is killed is heard at the desk."""

from asyncio import to_thread
from collections.abc import Generator
from pathlib import Path
from time import monotonic

import httpx
import pytest
from playwright.async_api import Browser, expect

from tests.channels.asterisk.telephones import AsteriskPhones
from tests.contracts.house import until
from tests.e2e.office import ANNA, Office, open_office, publish_flow
from tests.e2e.pages import LONGEST_MS, Pages, go_available, picture, sign_in
from tests.services.smtp_sink import SmtpSink
from warmline.channels.asterisk.words import RECORDINGS

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("asterisk")]

LINE, SPEAKS_S = "calls", 2.5
FLOW = """\
flow: night
name: Night
media: [voice]
inboxes: [calls]
start: message
fallback: anybody

steps:
  message:
    voicemail: back
    most: 1 min
  anybody:
    queue: orders
"""


@pytest.fixture
def office(tmp_path: Path, smtp_sink: SmtpSink, exchange: AsteriskPhones) -> Generator[Office]:
    told = exchange.exchange
    with open_office(
        tmp_path,
        smtp_sink,
        WARMLINE_ASTERISK_URL=told.url,
        WARMLINE_ASTERISK_PASSWORD=told.exchange.password,
    ) as opened:
        admin = opened.admin
        admin.send("PUT", "/config/queue/back", {"name": "Callbacks", "rings": [{}]})
        back = {"name": "Call me", "medium": "callback", "queue": "back"}
        admin.send("PUT", "/config/inbox/call-me", back)
        inbox = {"name": "Telephone", "medium": "voice", "queue": "orders"}
        admin.send("PUT", f"/config/inbox/{LINE}", inbox)
        publish_flow(admin, "night", FLOW)
        yield opened
        print(opened.server.output()[-6000:])


async def test_a_message_left_while_the_center_is_killed_is_heard_at_the_desk(
    office: Office, exchange: AsteriskPhones, browser: Browser
) -> None:
    await until("the exchange", lambda: _is_up(office))
    caller = await exchange.call(LINE)
    await caller.phone.talks()
    await until("the recording", lambda: _records(exchange))
    since = monotonic()
    await until("some words", lambda: monotonic() > since + SPEAKS_S)
    await to_thread(office.server.kill)
    assert _records(exchange), "the exchange goes on without us"
    await caller.hangs_up()
    await to_thread(office.server.start)

    pages = Pages(browser)
    anna = await pages.open(office.url)
    await sign_in(anna, ANNA)
    await go_available(anna)
    await expect(anna.get_by_role("button", name="Accept")).to_be_visible()
    await anna.keyboard.press("Alt+A")
    await expect(anna.get_by_role("region", name="Callback")).to_contain_text(caller.name)
    panel = anna.get_by_role("region", name="Call", exact=True)
    await panel.get_by_role("button", name="Play recording").click()
    playing = "() => document.querySelector('audio')?.currentTime > 0"
    await anna.wait_for_function(playing, timeout=LONGEST_MS)
    await picture(anna, "voicemail")
    assert pages.broken == []


def _is_up(office: Office) -> bool:
    return any(
        one["name"] == "asterisk" and one["up"] for one in office.admin.send("GET", "/voice")
    )


def _records(exchange: AsteriskPhones) -> bool:
    """Whether something is being recorded, as we told the exchange to remember."""
    told = exchange.exchange
    url, login = f"{told.url}/ari/asterisk/variable", (told.exchange.user, told.exchange.password)
    kept = httpx.get(url, params={"variable": RECORDINGS}, auth=login)
    return kept.is_success and kept.json()["value"] not in {"", "[]"}
