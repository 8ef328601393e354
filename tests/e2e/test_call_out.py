"""In the browser: an agent calls a number, is warned of the quiet hours, and both hear each other."""

from collections.abc import Generator
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.channels.asterisk.telephones import OUTSIDE, AsteriskPhones, HeardPhone
from tests.contracts.phones import hears
from tests.e2e import softphone
from tests.e2e.office import ANNA, Office, open_office
from tests.e2e.pages import Pages, go_available, picture, sign_in
from tests.services.ports import wait_for
from tests.services.smtp_sink import SmtpSink

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("asterisk")]

HERTZ, SHOWN = 900, "+48220000000"


@pytest.fixture
def office(tmp_path: Path, smtp_sink: SmtpSink, exchange: AsteriskPhones) -> Generator[Office]:
    told = exchange.exchange
    exchange.known[float(HERTZ)] = ANNA
    with open_office(
        tmp_path,
        smtp_sink,
        WARMLINE_ASTERISK_URL=told.url,
        WARMLINE_ASTERISK_PASSWORD=told.exchange.password,
    ) as opened:
        queue = {"name": "Calls", "rings": [{"language_level": 0}], "calendar": "always"}
        opened.admin.send("PUT", "/config/queue/calls", queue)
        inbox = {"name": "Telephone", "medium": "voice", "queue": "calls"}
        opened.admin.send("PUT", "/config/inbox/calls", inbox)
        opened.admin.send("PUT", "/voice/callers/calls", {"number": SHOWN})
        rules = opened.admin.send("GET", "/contact-rules")
        quiet = {"quiet_from": 0, "quiet_until": 1439, "caps": []}
        opened.admin.send("PUT", "/contact-rules", {**rules, **quiet})
        yield opened


async def test_an_agent_calls_a_number_and_both_hear_each_other(
    office: Office, exchange: AsteriskPhones, headset: Browser
) -> None:
    _, theirs = await exchange.outside()
    assert isinstance(theirs, HeardPhone)
    pages = Pages(headset, microphone=True)
    anna = await pages.open(f"{office.url}/mark.svg")
    await softphone.speak(anna, HERTZ)
    await anna.goto(office.url)
    await sign_in(anna, ANNA)
    await softphone.ready(anna)
    wait_for("Anna's phone", lambda: _is_there(office))
    await go_available(anna)

    await anna.keyboard.press("Control+k")
    await anna.keyboard.type(OUTSIDE)
    await anna.get_by_role("option", name=f"Call {OUTSIDE}").click()
    dialog = anna.get_by_role("dialog")
    await expect(dialog.get_by_label("Number")).to_have_value(OUTSIDE)
    await dialog.get_by_role("button", name="Call", exact=True).click()
    await expect(dialog.get_by_role("alert")).to_contain_text("quiet hours")
    await picture(anna, "call-out")
    await dialog.get_by_role("button", name="Call all the same").click()
    phone = anna.get_by_role("region", name="Phone")
    await expect(phone.get_by_text("Ringing")).to_be_visible()
    await phone.get_by_role("button", name="Answer").click()
    await theirs.rings()
    talk = theirs.phone.talk
    assert talk is not None
    assert talk.invite is not None
    assert SHOWN in talk.invite.get("from")
    await theirs.answers()
    tones = (int(theirs.phone.hertz), HERTZ, 450)
    await softphone.hears(anna, [tones[0]], tones)
    await hears(theirs, ANNA)

    await theirs.hangs_up()
    await expect(anna.get_by_text("The conversation").last).to_be_visible()
    await expect(anna.get_by_text("Called by").first).to_be_visible()
    await picture(anna, "call-out-over")
    assert pages.broken == []


def _is_there(office: Office) -> bool:
    networks = office.admin.send("GET", "/voice")
    return any(ANNA in one["phones"] for one in networks if one["name"] == "asterisk")
