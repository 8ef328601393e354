"""Feedback in a browser: a customer's answer becomes a figure, and the figure opens the answer."""

import re
from collections.abc import Generator
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Page, expect

from tests.e2e.office import ANNA, PASSWORD, SUPERVISOR, Office, open_office
from tests.e2e.pages import Pages, picture
from tests.services.ports import wait_for
from tests.services.smtp_sink import SmtpSink

pytestmark = pytest.mark.e2e

ANSWERS = {"score": "5", "glad": "5", "understood": "4", "best_answer": "5", "again": "5"}
WORDS = "Anna found my lamp at once"


@pytest.fixture
def office(tmp_path: Path, smtp_sink: SmtpSink) -> Generator[Office]:
    with open_office(tmp_path, smtp_sink) as opened:
        yield opened


def _answered(office: Office) -> None:
    """A customer talked with Anna and answered the survey on its page."""
    with (
        httpx.Client(base_url=f"{office.url}/api/v1", timeout=20) as customer,
        closing(office.signed_in(ANNA)) as anna,
    ):
        anna.send("POST", "/commands/SetPresence", {"agent": ANNA, "presence": "available"})
        begun = customer.post("/chat", json={"inbox": "shop-chat", "text": "My lamp?"}).json()
        talk = {"interaction": begun["interaction"]}
        path = f"/interactions/{begun['interaction']}/decisions"
        wait_for("the offer", lambda: anna.send("GET", path)["decisions"])
        offer = anna.send("GET", path)["decisions"][0]["offer"]
        anna.send("POST", "/commands/Accept", {**talk, "offer": offer})
        anna.send("POST", "/commands/End", talk)
        bearer = {"Authorization": f"Bearer {begun['token']}"}
        page = customer.get("/chat/survey", headers=bearer).json()["page"]
    answer = httpx.post(f"{office.url}{page}", data={**ANSWERS, "why": WORDS}, timeout=20)
    assert answer.status_code < httpx.codes.BAD_REQUEST, answer.text


async def _entered(pages: Pages, office: Office, login: str, language: str) -> Page:
    with closing(office.signed_in(login)) as api:
        api.send("PUT", "/me", {"locale": language})
    page = await pages.open(office.url)
    await page.locator("[autocomplete=username]").fill(login)
    await page.locator("[autocomplete=current-password]").fill(PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page.locator("header nav")).to_be_visible()
    return page


async def test_a_number_opens_the_answers_behind_it_and_the_agent_reads_the_words(
    office: Office, pages: Pages
):
    _answered(office)
    for language, satisfied, count in (
        ("en", "Satisfied", "1 answer"),
        ("ru", "Довольны", "1 ответ"),
    ):
        boss = await _entered(pages, office, SUPERVISOR, language)
        await boss.goto(f"{office.url}/experience/feedback")
        number = re.compile(rf"100\s%\s*, {satisfied}")
        await boss.get_by_role("button", name=number).first.click()
        drawer = boss.get_by_role("dialog")
        await expect(drawer.get_by_text(count, exact=True)).to_be_visible()
        await expect(drawer.get_by_text(WORDS)).to_be_visible()
        await picture(boss, f"feedback-rows-{language}")
    anna = await _entered(pages, office, ANNA, "en")
    await anna.goto(f"{office.url}/my-day")
    own = anna.get_by_role("region", name="What customers say of your work")
    await expect(own.get_by_text(WORDS)).to_be_visible()
