"""In the browser: a customer calls from the shop's page, without any telephone, and is heard."""

import re
from collections.abc import Generator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Locator, Page, expect

from tests.e2e.office import ADMIN, ANNA, BORIS, NAMES, SUPERVISOR, Office, open_office
from tests.e2e.pages import LONGEST_MS, Pages, go_available, picture, shop_site, sign_in
from tests.services.smtp_sink import SmtpSink

pytestmark = pytest.mark.e2e

NINA, NUMBER = "Nina Wolf", "+48 501 234 567"
LOUD = re.compile(r"^(2[5-9]|[3-9]\d|100)$")
"""25 to 100: the fake microphone's beep is far above, silence is 0."""


@pytest.fixture
def office(tmp_path: Path, smtp_sink: SmtpSink) -> Generator[Office]:
    with open_office(tmp_path, smtp_sink) as opened:
        admin = opened.admin
        wrap = {"mode": "required", "limit_ms": 600_000, "automatic": "solved"}
        queue = {"name": "Calls", "rings": [{"language_level": 0}], "calendar": "always"}
        queue |= {"wrap_up": wrap, "when_unstaffed": "wait"}
        admin.send("PUT", "/config/queue/calls", queue)
        inbox = {"name": "Call us", "medium": "voice", "queue": "calls"}
        admin.send("PUT", "/config/inbox/shop-calls", inbox)
        policy = admin.send("GET", "/config")["policy"]
        policy["version"] += 1
        policy["offer_ms"] = {**policy["offer_ms"], "voice": 120_000}
        admin.send("PUT", "/config/policy", policy)
        body = {"name": NINA, "phone": NUMBER.replace(" ", ""), "language": "en"}
        admin.send("PUT", "/customers/C-1042", body)
        yield opened
        print(opened.server.output()[-6000:])


@pytest.fixture
def shop(tmp_path: Path, office: Office) -> Generator[str]:
    """The shop's page on an origin of its own, with the call beside the chat."""
    with shop_site(tmp_path / "shop", office.url) as url:
        page = tmp_path / "shop" / "index.html"
        call = f'<script async src="{office.url}/widget-call.js" data-inbox="shop-calls"></script>'
        page.write_text(page.read_text(encoding="utf-8") + call, encoding="utf-8")
        yield url


async def test_a_call_from_the_shop_is_talked_held_handed_on_and_wrapped_up(
    office: Office, shop: str, headset: Browser
):
    pages = Pages(headset, microphone=True)
    boris = await _at_the_desk(pages, office, BORIS)
    anna = await _at_the_desk(pages, office, ANNA)

    customer = await pages.open(shop, width=320)
    await _calls(customer)
    await expect(customer.get_by_role("heading", name="You are in the line")).to_be_visible()
    await expect(customer.get_by_text("You are number 1.")).to_be_visible()
    await picture(customer, "call-us-waits")
    await go_available(anna)

    # Who calls stands there before anybody answers.
    strip = anna.get_by_role("region", name="Now")
    await expect(strip.get_by_text(NINA)).to_be_visible()
    await expect(anna.get_by_role("region", name="Phone").get_by_text("Ringing")).to_be_visible()
    await picture(anna, "call-us-rings")
    await anna.keyboard.press("Alt+A")
    await expect(customer.get_by_role("heading", name="You are talking")).to_be_visible()
    await _both_hear(customer, anna)
    await picture(anna, "call-us-talk-desk")
    await picture(customer, "call-us-talk-customer")
    assert not await _shut_out(customer)

    await _phone(anna).get_by_role("button", name="Hold").click()
    await expect(customer.get_by_role("heading", name="On hold")).to_be_visible()
    await picture(customer, "call-us-held")
    await _phone(anna).get_by_role("button", name="Resume").click()
    await _both_hear(customer, anna)

    # A page that is loaded again has the talk again.
    await anna.reload()
    await _both_hear(customer, anna)

    # A colleague is asked while the customer waits, then all three talk, then the colleague goes.
    await go_available(boris)
    await _to(anna, "Ask a colleague", "Colleague", NAMES[BORIS])
    await expect(boris.get_by_role("button", name="Accept")).to_be_visible()
    await boris.keyboard.press("Alt+A")
    await _hears(boris, "How loud the caller is")
    await expect(customer.get_by_role("heading", name="On hold")).to_be_visible()
    await _phone(anna).get_by_role("button", name="Resume").click()
    await _both_hear(customer, boris)
    await _both_hear(customer, anna)
    await picture(anna, "call-us-three")
    await _phone(boris).get_by_role("button", name="Hang up").click()
    await expect(_phone(boris).get_by_text("Phone ready")).to_be_visible()

    await _to(anna, "Transfer", "Queue or colleague", NAMES[BORIS])
    await expect(boris.get_by_role("button", name="Accept")).to_be_visible()
    await boris.keyboard.press("Alt+A")
    await _both_hear(customer, boris)
    await expect(_phone(anna).get_by_text("Phone ready")).to_be_visible()
    await picture(boris, "call-us-handed-on")

    await customer.get_by_role("button", name="Hang up").click()
    await expect(customer.get_by_role("heading", name="The call is over")).to_be_visible()
    await expect(_phone(boris).get_by_text("Phone ready")).to_be_visible()
    await _came_of_it(boris, "Solved")
    assert pages.broken == []


async def test_a_call_from_the_shop_is_recorded_and_heard_again(
    office: Office, shop: str, headset: Browser
):
    line = {"inbox": "shop-calls", "recorded": True}
    office.admin.send("PUT", "/voice/lines/webrtc/shop-calls", line)
    pages = Pages(headset, microphone=True)
    anna = await _at_the_desk(pages, office, ANNA)
    await go_available(anna)
    customer = await pages.open(shop, width=320)
    await _calls(customer)
    await expect(anna.get_by_role("button", name="Accept")).to_be_visible()
    await anna.keyboard.press("Alt+A")
    await expect(customer.get_by_role("heading", name="You are talking")).to_be_visible()
    # The sound goes through the center now: both hear each other by it, and the tape runs.
    panel = anna.get_by_role("region", name="Call", exact=True)
    await panel.get_by_role("button", name="Pause recording").click()
    await customer.get_by_role("button", name="Keys").click()
    await customer.get_by_role("button", name="Key 4").click()
    await picture(customer, "call-us-keys")
    assert not await _shut_out(customer)
    await panel.get_by_role("button", name="Record again").click()
    await _both_hear(customer, anna)
    await customer.get_by_role("button", name="Hang up").click()
    await expect(customer.get_by_role("heading", name="The call is over")).to_be_visible()
    await panel.get_by_role("button", name="Play recording").click()
    playing = "() => document.querySelector('audio')?.currentTime > 0"
    await anna.wait_for_function(playing, timeout=LONGEST_MS)
    await picture(anna, "call-us-recording")
    await _came_of_it(anna, "Solved")
    assert pages.broken == []


async def test_a_supervisor_takes_a_talk_over_from_the_floor_in_two_clicks(
    office: Office, shop: str, headset: Browser
):
    pages = Pages(headset, microphone=True)
    await _limits_and_rules(pages, office)
    marek = await _at_the_desk(pages, office, SUPERVISOR)
    anna = await _at_the_desk(pages, office, ANNA)
    await go_available(anna)
    customer = await pages.open(shop, width=320)
    await _calls(customer)
    await expect(anna.get_by_role("button", name="Accept")).to_be_visible()
    await anna.keyboard.press("Alt+A")
    await _both_hear(customer, anna)

    # The talk is in a queue of Marek's; the people are of no team of his: no states to be set.
    await go_available(marek)
    await marek.goto(f"{office.url}/floor")
    await marek.get_by_role("switch", name="Offline too").click()
    people = marek.get_by_role("group", name="People")
    await expect(people.get_by_text(NAMES[BORIS])).to_be_visible()
    for deed in ("Actions", "Read along"):
        offered = people.get_by_role("button", name=f"{deed}: {NAMES[BORIS]}")
        await expect(offered).to_have_count(0)
    await picture(marek, "floor-scope")
    await people.get_by_role("button", name=f"Read along: {NAMES[ANNA]}").click()
    await expect(marek.get_by_role("button", name="Listen")).to_be_visible()
    await picture(marek, "floor-take-over")
    await marek.get_by_role("button", name="Take over").click()

    await expect(_phone(marek).get_by_role("button", name="Hang up")).to_be_visible()
    await _both_hear(customer, marek)
    await expect(_phone(anna).get_by_text("Phone ready")).to_be_visible()
    await picture(marek, "taken-over")
    assert office.admin.send("GET", f"/interactions/{await _interaction(marek)}/call")["live"]
    state = {"agent": ANNA, "presence": "break"}
    refused = _refusal(office, SUPERVISOR, "/commands/SetPresence", state)
    assert refused == "out_of_scope"
    await customer.get_by_role("button", name="Hang up").click()
    await _came_of_it(marek, "Solved")
    assert pages.broken == []


async def _limits_and_rules(pages: Pages, office: Office) -> None:
    """Marek supervises the queue of calls alone, and how he comes in is decided on the screen."""
    users = office.admin.send("GET", "/users")["users"]
    marek = next(one for one in users if one["login"] == SUPERVISOR)
    roles = ["agent", "supervisor"]
    office.admin.send("PUT", f"/users/{marek['id']}", {**_body(marek), "roles": roles})
    page = await pages.open(office.url)
    await sign_in(page, ADMIN)
    await page.goto(f"{office.url}/settings/users/{marek['id']}")
    supervises = page.get_by_role("group", name="Queues")
    await supervises.get_by_label("Calls").check()
    await supervises.scroll_into_view_if_needed()
    await picture(page, "supervises")
    assert not await _shut_out(page)
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("Saved", exact=True).first).to_be_visible()

    await page.goto(f"{office.url}/settings/calls")
    for name in ("Agents see that somebody listens", "Both are told in words"):
        await page.get_by_role("switch", name=name).click()
    await page.reload()
    silent = page.get_by_role("switch", name="Agents see that somebody listens")
    told = page.get_by_role("switch", name="Both are told in words")
    await expect(told).to_have_attribute("aria-checked", "true")
    await expect(silent).to_have_attribute("aria-checked", "false")
    await told.scroll_into_view_if_needed()
    await picture(page, "supervision-settings")
    rules = office.admin.send("GET", "/voice/supervision")
    assert (rules["visible"], rules["announced"]) == (False, True)


def _body(user: dict[str, Any]) -> dict[str, Any]:
    """A user as they are written."""
    kept = ("name", "login", "email", "roles", "agent", "locale", "theme", "active")
    return {name: user[name] for name in kept}


def _refusal(office: Office, who: str, path: str, body: dict[str, str]) -> str:
    with closing(office.signed_in(who)) as api:
        headers = {"X-CSRF-Token": api.http.cookies.get("warmline_csrf") or ""}
        answer = api.http.post(path, json=body, headers=headers)
        assert answer.status_code == 409, answer.text
        return answer.json()["code"]


async def _interaction(desk: Page) -> str:
    """Which one is open on the desk."""
    await expect(desk).to_have_url(re.compile(r"/desk/[\w-]+$"))
    return desk.url.rsplit("/", 1)[1]


async def _at_the_desk(pages: Pages, office: Office, login: str) -> Page:
    desk = await pages.open(office.url)
    await sign_in(desk, login)
    await expect(_phone(desk).get_by_text("Phone ready")).to_be_visible()
    return desk


def _phone(desk: Page) -> Locator:
    return desk.get_by_role("region", name="Phone")


async def _calls(customer: Page) -> None:
    await customer.get_by_role("button", name="Call us").click()
    await customer.get_by_label("Your name").fill("Nina")
    await customer.get_by_label("Your phone number").fill(NUMBER)
    await picture(customer, "call-us-form")
    assert not await _shut_out(customer)
    await customer.get_by_role("button", name="Call", exact=True).click()


async def _both_hear(customer: Page, desk: Page) -> None:
    """Both sides measure the other's microphone, and their own."""
    for page, others in ((customer, "How loud we are"), (desk, "How loud the caller is")):
        await _hears(page, "How loud you are")
        await _hears(page, others)


async def _hears(page: Page, meter: str) -> None:
    shown = page.get_by_role("meter", name=meter)
    await expect(shown).to_have_attribute("aria-valuenow", LOUD, timeout=2 * LONGEST_MS)


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


async def _shut_out(page: Page) -> list[str]:
    """What axe holds against a page."""
    found = await Axe().run(page)
    return [
        f"{one['id']}: {one['nodes'][0]['html'][:200]}"
        for one in found.response["violations"]
        if one["impact"] in {"serious", "critical"}
    ]
