"""In the browser: why it came to this agent, and what the customer is told while waiting."""

from collections.abc import Generator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from tests.e2e.office import ANNA, SUPERVISOR, Office, open_office
from tests.e2e.pages import Pages, go_available, picture, shop_site, sign_in, take
from tests.services.dovecot import Dovecot
from tests.services.smtp_sink import SmtpSink

pytestmark = pytest.mark.e2e

CUSTOMER = "Helen Marsh"


@pytest.fixture
def office(tmp_path: Path, smtp_sink: SmtpSink, dovecot: Dovecot) -> Generator[Office]:
    with open_office(tmp_path, smtp_sink, dovecot) as opened:
        yield opened
        print(opened.server.output()[-6000:])


async def begins(page: Page, name: str) -> None:
    await page.locator(".launcher").click()
    await page.get_by_label("Your name").fill(name)
    await page.get_by_label("E-mail").fill("customer@mail.example")
    await page.get_by_label("Message").fill("Where is my lamp?")
    await page.get_by_role("button", name="Start the chat").click()
    await expect(page.locator(".msg .text")).to_have_text(["Where is my lamp?"])


async def test_the_customer_sees_the_place_and_the_agent_sees_why(
    office: Office, browser: Browser, tmp_path: Path
):
    pages = Pages(browser)
    with shop_site(tmp_path / "shop", office.url) as shop:
        first, second = await pages.open(shop), await pages.open(shop)
        await begins(first, CUSTOMER)
        await expect(first.get_by_text("You are next")).to_be_visible()
        await begins(second, "Colin Carver")
        await expect(second.get_by_text("You are number 2 in the line")).to_be_visible()
        await expect(second.get_by_text("1 person before you")).to_be_visible()
        await picture(second, "widget-waits")
        anna = await pages.open(office.url)
        await sign_in(anna, ANNA)
        await go_available(anna)
        await take(anna, CUSTOMER)
        # Her place in the line is told as soon as it changes, without a word of hers.
        await expect(second.get_by_text("You are number 2")).to_be_hidden()
        await anna.get_by_role("tab", name="Why").click()
        why = anna.get_by_role("article", name="Why")
        await expect(why).to_contain_text("because there was room here")
        await expect(why).to_contain_text("Why this came to you")
        await why.get_by_text("How it was decided").click()
        await expect(why).to_contain_text("Policy version")
        await picture(anna, "desk-why")
        await on_the_floor(await pages.open(office.url), office)
    assert pages.broken == []


async def on_the_floor(boss: Page, office: Office) -> None:
    await sign_in(boss, SUPERVISOR)
    await boss.goto(f"{office.url}/floor")
    await boss.get_by_role("button", name="Read along").first.click()
    drawer = boss.get_by_role("dialog")
    await drawer.get_by_text("To whom it came, and why").click()
    await expect(drawer.get_by_role("article", name="Why")).to_contain_text("because")
    await picture(boss, "floor-why")
