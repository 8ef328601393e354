"""The survey as a page of its own: no JavaScript, 320 px, the keyboard alone, light and dark."""

from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import httpx
import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

from tests.e2e.office import ANNA, SUPERVISOR, Office, open_office
from tests.e2e.pages import picture
from tests.services.ports import wait_for
from tests.services.smtp_sink import SmtpSink

pytestmark = pytest.mark.e2e

QUESTIONS = 5


@pytest.fixture
def office(tmp_path: Path, smtp_sink: SmtpSink) -> Generator[Office]:
    with open_office(tmp_path, smtp_sink) as opened:
        yield opened


def _asked(office: Office, language: str) -> str:
    """The address at which a customer is asked about a chat that Anna has just ended."""
    first = {"inbox": "shop-chat", "text": "Где мой заказ?", "language": language}
    with (
        httpx.Client(base_url=f"{office.url}/api/v1", timeout=20) as customer,
        closing(office.signed_in(ANNA)) as anna,
    ):
        anna.send("POST", "/commands/SetPresence", {"agent": ANNA, "presence": "available"})
        begun = customer.post("/chat", json=first).json()
        talk = begun["interaction"]
        path = f"/interactions/{talk}/decisions"
        wait_for("the offer", lambda: anna.send("GET", path)["decisions"])
        offer = anna.send("GET", path)["decisions"][0]["offer"]
        anna.send("POST", "/commands/Accept", {"interaction": talk, "offer": offer})
        anna.send("POST", "/commands/End", {"interaction": talk})
        bearer = {"Authorization": f"Bearer {begun['token']}"}
        page = customer.get("/chat/survey", headers=bearer).json()["page"]
    assert page is not None
    return f"{office.url}{page}"


@asynccontextmanager
async def _narrow(browser: Browser, *, dark: bool, script: bool) -> AsyncGenerator[Page]:
    context = await browser.new_context(
        viewport={"width": 320, "height": 640},
        color_scheme="dark" if dark else "light",
        java_script_enabled=script,
    )
    context.set_default_timeout(15_000)
    yield await context.new_page()
    await context.close()


async def test_the_keyboard_alone_answers_and_changes_without_javascript(
    office: Office, browser: Browser
):
    address = _asked(office, "ru")
    async with _narrow(browser, dark=True, script=False) as page:
        await page.goto(address)
        await expect(page.locator("html")).to_have_attribute("lang", "ru")
        await expect(page.get_by_role("group")).to_have_count(QUESTIONS)
        await picture(page, "survey-320-dark")
        for _ in range(QUESTIONS):
            await page.keyboard.press("Tab")
            for _ in range(4):
                await page.keyboard.press("ArrowRight")
        await page.keyboard.press("Tab")
        await page.keyboard.type("Спасибо")
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("status")).to_contain_text("Спасибо")
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("textbox")).to_have_value("Спасибо")
        satisfied = page.get_by_role("group", name="Как всё прошло?")
        await expect(satisfied.get_by_role("radio", name="5")).to_be_checked()
        await page.keyboard.press("Tab")
        await page.keyboard.press("ArrowLeft")
        await page.get_by_role("button", name="Сохранить изменения").press("Enter")
        await expect(page.get_by_role("status")).to_be_visible()
    with closing(office.signed_in(SUPERVISOR)) as boss:
        (ask,) = boss.send("GET", "/asks")["asks"]
        given = {one["question"]: one["value"] or one["words"] for one in ask["answers"]}
    assert given == {
        "score": 4,
        "glad": 5,
        "understood": 5,
        "best_answer": 5,
        "again": 5,
        "why": "Спасибо",
    }


@pytest.mark.parametrize("dark", [False, True])
async def test_nobody_is_shut_out_and_nothing_is_cut_off(
    office: Office, browser: Browser, *, dark: bool
):
    async with _narrow(browser, dark=dark, script=True) as page:
        await page.goto(_asked(office, "pl"))
        width = "document.documentElement.scrollWidth"
        assert await page.evaluate(width) <= 320
        # The page lets no script in, so what looks at it comes by the browser's own door.
        await page.get_by_role("button", name="Wyślij").click()
        await expect(page.get_by_role("alert")).to_be_visible()
        assert await page.evaluate(width) <= 320
        found = (await Axe().run(page)).response["violations"]
        assert [f"{one['id']} {one['nodes'][0]['html'][:120]}" for one in found] == []
