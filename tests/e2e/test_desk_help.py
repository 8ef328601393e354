"""In the browser: the desk helps: how long to talk, what belongs into a conversation, what to offer."""

from collections.abc import Generator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from tests.e2e.office import ANNA, PASSWORD, SUPERVISOR, Office, open_office
from tests.e2e.pages import Pages, picture, shop_site
from tests.e2e.test_closed_loop import CHAT
from tests.services.ports import wait_for
from tests.services.smtp_sink import SmtpSink

pytestmark = pytest.mark.e2e

WORDS = {
    "en": {
        "pace": "Take your time", "standards": "Standards", "greeting": "Greeting",
        "solution": "Solution", "tick": "Tick", "untick": "Untick", "card": "Offer",
        "solved": "Problem solved", "accepted": "Accepted", "hello": "Hello, Helen! A moment, please.",
    },
    "ru": {
        "pace": "Не спешите", "standards": "Стандарты", "greeting": "Приветствие",
        "solution": "Решение", "tick": "Отметить", "untick": "Снять", "card": "Предложение",
        "solved": "Вопрос решён", "accepted": "Принято", "hello": "Здравствуйте, Helen! Минуту.",
    },
}  # fmt: skip


@pytest.fixture
def office(tmp_path: Path, smtp_sink: SmtpSink) -> Generator[Office]:
    with open_office(tmp_path, smtp_sink) as opened:
        yield opened


@pytest.mark.parametrize("language", ["en", "ru"])
async def test_the_desk_says_how_long_what_belongs_in_and_what_to_offer(
    office: Office, browser: Browser, tmp_path: Path, language: str
):
    pages, words = Pages(browser), WORDS[language]
    _is_set_up(office)
    agent = await _enter(pages, office, language)
    await expect(agent.get_by_text(words["pace"], exact=True).first).to_be_visible()
    with shop_site(tmp_path / "shop", office.url, locale=language) as shop:
        customer = await pages.open(shop)
        name, mail, message, start = CHAT[language]
        await customer.locator(".launcher").click()
        await customer.get_by_label(name).fill("Helen Marsh")
        await customer.get_by_label(mail).fill("helen.marsh@mail.example")
        await customer.get_by_label(message).fill("My lamp?")
        await customer.get_by_role("button", name=start).click()
        talk = _is_taken(office)
        await agent.goto(f"{office.url}/desk/{talk}")
        await _is_checked(office, agent, talk, words)
        await _is_offered(office, agent, talk, words)
        await picture(agent, f"desk-help-{language}")
    assert pages.broken == []


def _is_set_up(office: Office) -> None:
    """Guidance is on, a script for every queue, an offer for everybody who is known and agreed."""
    rules = office.admin.send("GET", "/guidance/settings")
    kept = rules.get("rules", rules)
    office.admin.send("PUT", "/guidance/settings", {**kept, "on": True})
    steps = [{"kind": "greeting"}, {"kind": "solution"}]
    office.admin.send("PUT", "/standards/usual", {"name": "Usual", "steps": steps})
    words = {"en": "Our care plan", "ru": "Забота о лампе", "pl": "Opieka"}
    offer = {"names": words, "words": words, "value_minor": 100, "rule": "everybody"}
    office.admin.send("PUT", "/offers/care", offer)
    terms = {"holdout_permille": 0, "pause_days": 1, "window_days": 1}
    office.admin.send("PUT", "/offer-terms", terms)
    # A name and an address typed into the chat are enough here to speak of the record.
    office.admin.send("PUT", "/verification-rules", {"levels": {"order_details": "claimed"}})


async def _enter(pages: Pages, office: Office, language: str) -> Page:
    with closing(office.signed_in(ANNA)) as api:
        api.send("PUT", "/me", {"locale": language})
    page = await pages.open(office.url, locale="ru-RU" if language == "ru" else "en-GB")
    await page.locator("[autocomplete=username]").fill(ANNA)
    await page.locator("[autocomplete=current-password]").fill(PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page.locator("header nav")).to_be_visible()
    with closing(office.signed_in(ANNA)) as api:
        api.send("POST", "/commands/SetPresence", {"agent": ANNA, "presence": "available"})
    return page


def _is_taken(office: Office) -> str:
    with closing(office.signed_in(ANNA)) as anna:
        wait_for("the chat", lambda: anna.send("GET", "/interactions")["interactions"] != [])
        talk = anna.send("GET", "/interactions")["interactions"][0]["interaction"]
        path = f"/interactions/{talk}/decisions"
        wait_for("the offer", lambda: anna.send("GET", path)["decisions"] != [])
        offer = anna.send("GET", path)["decisions"][0]["offer"]
        anna.send("POST", "/commands/Accept", {"interaction": talk, "offer": offer})
    return talk


async def _is_checked(office: Office, agent: Page, talk: str, words: dict[str, str]) -> None:
    """A greeting ticks itself once it is written; what nobody can read is ticked by hand."""
    steps = agent.get_by_role("list", name=words["standards"])
    greeting = steps.get_by_role("button").filter(has_text=words["greeting"])
    solution = steps.get_by_role("button").filter(has_text=words["solution"])
    await expect(greeting).to_have_attribute("aria-pressed", "false")
    with closing(office.signed_in(ANNA)) as anna:
        anna.send("POST", f"/conversations/{talk}/messages", {"text": words["hello"]})
    await expect(greeting).to_have_attribute("aria-pressed", "true")
    await solution.click()
    await expect(solution).to_have_attribute("aria-pressed", "true")


async def _is_offered(office: Office, agent: Page, talk: str, words: dict[str, str]) -> None:
    """Nothing before the problem is solved; then the words to say, and one click for the answer."""
    with closing(office.signed_in(SUPERVISOR)) as boss:
        found = boss.send("GET", f"/conversations/{talk}")
        who = found.get("customer") or found["header"]["customer"]
        agreed = {"purpose": "marketing", "given": True, "source": "phone", "proof": "said so"}
        boss.send("POST", f"/customers/{who}/consents", agreed)
    card = agent.get_by_role("region", name=words["card"])
    await card.get_by_role("button", name=words["solved"]).click()
    await card.get_by_role("button", name=words["accepted"]).click()
    await expect(card).to_contain_text(words["accepted"])
    await expect(card.get_by_role("blockquote")).to_have_count(0)
