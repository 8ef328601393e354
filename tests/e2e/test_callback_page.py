"""The page of a callback: no JavaScript, 320 px, the keyboard alone, in three languages."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from uuid import uuid4

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

from tests.contracts.house import House
from tests.e2e.pages import picture

pytestmark = pytest.mark.e2e

WIDTH = "document.documentElement.scrollWidth"


async def asked(house: House, language: str) -> str:
    number = f"+485012345{len(await house.log()) % 90 + 10}"
    wish = {"inbox": "call-me", "number": number, "language": language, "id": str(uuid4())}
    answer = await house.http.post("/api/v1/callbacks", json=wish)
    return house.url + "/c/" + answer.json()["page"].rpartition("/")[2]


@asynccontextmanager
async def narrow(browser: Browser, *, dark: bool, script: bool) -> AsyncGenerator[Page]:
    context = await browser.new_context(
        viewport={"width": 320, "height": 640},
        color_scheme="dark" if dark else "light",
        java_script_enabled=script,
    )
    context.set_default_timeout(15_000)
    yield await context.new_page()
    await context.close()


async def test_the_keyboard_alone_moves_and_cancels_without_javascript(
    house: House, browser: Browser
):
    async with narrow(browser, dark=True, script=False) as page:
        await page.goto(await asked(house, "ru"))
        await expect(page.locator("html")).to_have_attribute("lang", "ru")
        await page.keyboard.press("Tab")
        await page.keyboard.press("ArrowDown")
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("status")).to_have_text("Время изменено.")
        await picture(page, "callback-320-dark")
        for _ in range(3):
            await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        await expect(page.get_by_text("Звонок отменён.")).to_be_visible()
        await expect(page.get_by_role("button")).to_have_count(0)


@pytest.mark.parametrize("language", ["en", "ru", "pl"])
async def test_nobody_is_shut_out_and_nothing_is_cut_off(
    house: House, browser: Browser, language: str
):
    async with narrow(browser, dark=language == "ru", script=True) as page:
        await page.goto(await asked(house, language))
        assert await page.evaluate(WIDTH) <= 320
        found = (await Axe().run(page)).response["violations"]
        assert [f"{one['id']} {one['nodes'][0]['html'][:120]}" for one in found] == []
        await picture(page, f"callback-{language}")
