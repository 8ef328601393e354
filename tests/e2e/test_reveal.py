"""A supervisor sees hints of a customer, says why, and sees the customer; the list knows it."""

from collections.abc import Generator
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Page, expect

from tests.e2e.office import ADMIN, NAMES, PASSWORD, SUPERVISOR, Office, open_office
from tests.e2e.pages import Pages, picture
from tests.services.smtp_sink import SmtpSink

pytestmark = pytest.mark.e2e

REASON = "Calls back about the broken lamp"


@pytest.fixture
def office(tmp_path: Path, smtp_sink: SmtpSink) -> Generator[Office]:
    with open_office(tmp_path, smtp_sink) as opened:
        yield opened


async def entered(office: Office, pages: Pages, login: str) -> Page:
    page = await pages.open(office.url)
    await page.locator("[autocomplete=username]").fill(login)
    await page.locator("[autocomplete=current-password]").fill(PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page.locator("header nav")).to_be_visible()
    return page


async def test_a_customer_is_revealed_for_a_reason_and_the_list_tells(office: Office, pages: Pages):
    start = {"inbox": "shop-chat", "name": "Ewa Lis", "email": "ewa@mail.example", "text": "Hello"}
    async with httpx.AsyncClient(base_url=f"{office.url}/api/v1", timeout=20) as customer:
        talk = (await customer.post("/chat", json=start)).json()["interaction"]
    page = await entered(office, pages, SUPERVISOR)
    await page.goto(f"{office.url}/conversations/{talk}")
    await expect(page.get_by_role("heading", name="E··· L···").first).to_be_visible()
    await expect(page.get_by_text("ewa@mail.example")).to_have_count(0)
    await page.get_by_role("button", name="Reveal").first.click()
    sheet = page.get_by_role("dialog", name="Reveal this customer")
    await expect(sheet.get_by_text("You have 20 reveals left this hour.")).to_be_visible()
    await sheet.get_by_role("button", name="Reveal for 15 min").click()
    await expect(sheet.get_by_text("Choose what for.")).to_be_visible()
    await sheet.get_by_label("What for").click()
    await page.get_by_role("option", name="Calling back").click()
    await sheet.get_by_label("Why, in your own words").fill(REASON)
    await picture(page, "reveal")
    await sheet.get_by_role("button", name="Reveal for 15 min").click()
    await expect(page.get_by_role("heading", name="Ewa Lis").first).to_be_visible()
    await expect(page.get_by_text("ewa@mail.example").first).to_be_visible()
    await expect(page.get_by_text("Visible until").first).to_be_visible()
    admin = await entered(office, pages, ADMIN)
    await admin.goto(f"{office.url}/settings/reveals")
    row = admin.get_by_role("table", name="Reveals").get_by_role("row").last
    for words in (NAMES[SUPERVISOR], "E··· L···", "Calling back", REASON):
        await expect(row).to_contain_text(words)
    await picture(admin, "reveals")
