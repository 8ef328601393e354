"""In the browser: who it is, why they come and what was promised, read before the answer."""

import re
from collections.abc import Generator
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import OctKey
from playwright.async_api import Browser, Page, expect

from tests.e2e.office import BORIS, PASSWORD, SUPERVISOR, Api, Office, open_office
from tests.e2e.pages import Pages, picture
from tests.services.ports import wait_for
from tests.services.smtp_sink import SmtpSink

pytestmark = pytest.mark.e2e

HELEN = "Helen Marsh"
EMAIL = "helen.marsh@mail.example"
DAY_MS = 86_400_000
WORDS = {
    "en": ("Likely reason", "Order 48213 is 2 days late", "We promised", "Last time"),
    "ru": ("Вероятная причина", "Заказ 48213 опаздывает на 2 дня", "Мы обещали", "В прошлый раз"),
}

CUSTOMER = re.compile("Customer|Клиент")


@pytest.fixture
def office(tmp_path: Path, smtp_sink: SmtpSink) -> Generator[Office]:
    with open_office(tmp_path, smtp_sink) as opened:
        yield opened


def _chat(office: Office, secret: str, text: str) -> str:
    """Helen, whom her shop vouches for, writes."""
    now = office.admin.send("GET", "/session")["now"] // 1000
    claims = {"sub": "helen", "name": HELEN, "email": EMAIL, "iat": now, "exp": now + 600}
    identity = jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(secret))
    first = {"inbox": "shop-chat", "identity": identity, "text": text}
    answer = httpx.post(f"{office.url}/api/v1/chat", json=first, timeout=20)
    assert answer.is_success, answer.text
    return answer.json()["interaction"]


def _decisions(api: Api, talk: str) -> list[dict[str, str]]:
    return api.send("GET", f"/interactions/{talk}/decisions")["decisions"]


def _served_before(office: Office, secret: str) -> str:
    """Boris has talked with Helen and promised her a call; the talk is over."""
    with closing(office.signed_in(BORIS)) as boris:
        boris.send("POST", "/commands/SetPresence", {"agent": BORIS, "presence": "available"})
        talk = _chat(office, secret, "The glass shade is cracked right across.")
        wait_for("the offer", lambda: _decisions(boris, talk) != [])
        offer = _decisions(boris, talk)[0]["offer"]
        boris.send("POST", "/commands/Accept", {"interaction": talk, "offer": offer})
        boris.send("POST", f"/conversations/{talk}/messages", {"text": "A new one leaves today."})
        customer = boris.send("GET", f"/conversations/{talk}")["customer"]
        due = boris.send("GET", "/session")["now"] + DAY_MS
        made = {"text": "A call once it has left", "interaction": talk, "due_at": due}
        boris.send("POST", f"/customers/{customer}/promises", made)
        boris.send("POST", "/commands/End", {"interaction": talk})
        boris.send("POST", "/commands/WrapUp", {"interaction": talk, "disposition": "replaced"})
        boris.send("POST", "/commands/SetPresence", {"agent": BORIS, "presence": "offline"})
    return customer


def _known_by_her_shop(office: Office) -> str:
    """Her shop tells who she is and that an order of hers is late; she is a gold customer."""
    now = office.admin.send("GET", "/session")["now"]
    office.admin.send("PUT", "/config/segment/gold", {"name": "Gold", "head_start_ms": 60_000})
    told = office.admin.send("PUT", "/customers/C-17", {"name": HELEN, "email": EMAIL})
    order = {
        "customer": "C-17", "at": now - 9 * DAY_MS, "total_minor": 12_900, "currency": "EUR",
        "status": "shipped", "status_at": now - 8 * DAY_MS, "promised_at": now - 2 * DAY_MS - 1,
    }  # fmt: skip
    office.admin.send("PUT", "/orders/48213", order)
    with closing(office.signed_in(SUPERVISOR)) as boss:
        boss.send("PATCH", f"/customers/{told['customer']}", {"segment": "gold"})
    return told["customer"]


async def _enter(pages: Pages, office: Office, language: str) -> Page:
    with closing(office.signed_in(BORIS)) as api:
        api.send("PUT", "/me", {"locale": language})
    page = await pages.open(office.url)
    await page.locator("[autocomplete=username]").fill(BORIS)
    await page.locator("[autocomplete=current-password]").fill(PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page.locator("header nav")).to_be_visible()
    return page


@pytest.mark.parametrize("language", ["en", "ru"])
async def test_who_why_and_what_was_promised_stand_in_the_offer_before_it_is_accepted(
    office: Office, browser: Browser, language: str
):
    secret = office.admin.send("POST", "/inboxes/shop-chat/identity-secret")["secret"]
    customer = _known_by_her_shop(office)
    assert _served_before(office, secret) == customer
    pages = Pages(browser)
    page = await _enter(pages, office, language)
    with closing(office.signed_in(BORIS)) as api:
        api.send("POST", "/commands/SetPresence", {"agent": BORIS, "presence": "available"})
        talk = _chat(office, secret, "Has the shade left?")
        strip = page.locator("section.now")
        await expect(strip.get_by_role("heading", name=HELEN)).to_be_visible()
        for word in (*WORDS[language], "A call once it has left", "Replacement sent", "Gold"):
            await expect(strip).to_contain_text(word)
        assert _decisions(api, talk)[0].get("outcome") in {None, "open"}, "not accepted yet"
        await picture(page, f"offer-before-{language}")
        await page.keyboard.press("Alt+a")
        card = page.get_by_role("tabpanel", name=CUSTOMER)
        await expect(card).to_contain_text("A call once it has left")
        await expect(card).to_contain_text(WORDS[language][1])
        await picture(page, f"card-{language}")
        if language == "en":
            await _promise_in_two_clicks(page)
            await _customer_page(page)
            await _finds(page)
    assert pages.broken == []


async def _promise_in_two_clicks(page: Page) -> None:
    card = page.get_by_role("tabpanel", name=CUSTOMER)
    await card.get_by_role("button", name="Promise").click()
    await page.get_by_label("What we promise").fill("A photo of the parcel")
    await card.get_by_role("button", name="Promise").click()
    await expect(
        card.get_by_role("listitem").filter(has_text="A photo of the parcel")
    ).to_be_visible()


async def _customer_page(page: Page) -> None:
    await page.get_by_role("link", name="Open the customer's page").click()
    story = page.get_by_role("group", name="Story").first
    for word in ("Order 48213", "Promised: A photo of the parcel", "Has the shade left?"):
        await expect(story).to_contain_text(word)
    await picture(page, "customer-en")
    await story.get_by_role("button", name="Orders").click()
    await expect(story).not_to_contain_text("Has the shade left?")
    await expect(story).to_contain_text("Order 48213")


async def _finds(page: Page) -> None:
    """Ctrl K takes what was typed to where the center looks for it; never into the address."""
    await page.keyboard.press("Control+k")
    await page.keyboard.type("cracked shades")
    await page.get_by_role("option", name="Search in messages").click()
    hit = page.get_by_role("listitem").filter(has_text="The glass shade is cracked")
    await expect(hit.locator("mark")).to_have_text(["shade", "cracked"])
    assert "cracked" not in page.url
    await picture(page, "search-en")
    await page.keyboard.press("Control+k")
    await page.keyboard.type("helen.marsh")
    await page.get_by_role("option", name="Find customers").click()
    await expect(page.get_by_role("link", name=HELEN)).to_be_visible()
    assert "helen" not in page.url
    await picture(page, "find-en")
