"""Consent and rights in a browser: a statement, a flag, an export in hand, an erasure with its proof."""

import asyncio
import re
from collections.abc import Generator
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Page, expect

from tests.e2e.office import ADMIN, SUPERVISOR, Office, open_office
from tests.e2e.pages import Pages, picture, sign_in
from tests.services.smtp_sink import SmtpSink

pytestmark = pytest.mark.e2e


@pytest.fixture
def office(tmp_path: Path, smtp_sink: SmtpSink) -> Generator[Office]:
    with open_office(tmp_path, smtp_sink) as opened:
        yield opened


def wrote(office: Office) -> str:
    """Adela wrote and left again; the id under which she is known."""
    first = {"inbox": "shop-chat", "name": "Adela Wrona", "email": "adela@mail.example"}
    with httpx.Client(base_url=f"{office.url}/api/v1", timeout=20) as customer:
        begun = customer.post("/chat", json={**first, "text": "Forget my armchair"}).json()
        bearer = {"Authorization": f"Bearer {begun['token']}"}
        assert customer.post("/chat/end", headers=bearer).is_success
    with closing(office.signed_in(SUPERVISOR)) as boss:
        return boss.send("GET", f"/conversations/{begun['interaction']}")["customer"]


async def test_a_supervisor_records_consent_and_a_flag_and_asks(office: Office, pages: Pages):
    who = wrote(office)
    boss = await pages.open(office.url)
    await sign_in(boss, SUPERVISOR)
    await boss.goto(f"{office.url}/customers/{who}")
    consents = boss.get_by_role("region", name="Consent")
    await consents.get_by_role("button", name="Ask").click()
    await expect(consents.get_by_role("status")).to_contain_text("no address or number")
    await consents.get_by_role("button", name="Record a statement").click()
    await consents.get_by_label("How we know").fill("Ticked the box at the till")
    await picture(boss, "rights-statement")
    await consents.get_by_role("button", name="Keep").click()
    await expect(consents.get_by_role("listitem").first).to_contain_text("Marketing · every way")
    await consents.get_by_role("button", name="1 statement").click()
    await expect(consents.get_by_text("on the phone")).to_be_visible()
    await expect(consents.get_by_text("Ticked the box")).to_be_hidden()
    flags = boss.get_by_role("region", name="Flags")
    await flags.get_by_role("button", name="Set a flag").click()
    await flags.get_by_role("button", name="Set", exact=True).click()
    await expect(flags.get_by_text("Use of data restricted").first).to_be_visible()
    await consents.get_by_role("button", name="Ask").click()
    await expect(consents.get_by_role("status")).to_contain_text("use of their data is restricted")
    await picture(boss, "rights-card")
    with closing(office.signed_in(SUPERVISOR)) as api:
        kept = api.send("GET", f"/customers/{who}/consents")["standing"]
        assert [(one["purpose"], one["given"]) for one in kept] == [("marketing", True)]


async def test_an_administrator_hands_over_what_is_known_and_erases(office: Office, pages: Pages):
    who = wrote(office)
    admin = await pages.open(office.url)
    await sign_in(admin, ADMIN)
    await admin.goto(f"{office.url}/settings/erasure")
    await admin.get_by_role("searchbox").last.fill("adela@mail.example")
    await admin.get_by_role("button", name="A··· W···").click()
    await _reveals(admin)
    await expect(admin.get_by_role("heading", name="Adela Wrona")).to_be_visible()
    await picture(admin, "rights-request")
    page = await _saved(admin, "Readable page")
    assert "Forget my armchair" in page
    assert "Adela Wrona" in page
    assert '"format": "warmline.person.1"' in await _saved(admin, "JSON")
    await admin.get_by_role("button", name="Erase this customer").click()
    sure = admin.get_by_role("dialog").get_by_role("button").last
    await sure.click()
    await sure.click()
    proofs = admin.get_by_role("table", name="Certificates")
    await expect(proofs.get_by_role("row", name=re.compile(re.escape(who)))).to_be_visible()
    await picture(admin, "rights-proof")
    proof = await _saved(admin, re.compile("^Certificate of"))
    assert "Certificate of erasure" in proof
    assert "This certificate is not what was sealed" not in proof
    assert "Adela" not in proof
    await _says_how_long_things_are_kept(office, admin)
    await _holds_to_another_limit(office, admin)


async def _says_how_long_things_are_kept(office: Office, admin: Page) -> None:
    """What would go is shown before a rule is kept."""
    await admin.goto(f"{office.url}/settings/retention")
    days = admin.get_by_role("textbox", name=re.compile("Words of closed conversations"))
    await days.fill("x")
    await expect(admin.get_by_role("button", name="Save")).to_be_disabled()
    await days.fill("365")
    await admin.get_by_role("button", name="Dry run").click()
    await expect(admin.get_by_text("Nothing is due.")).to_be_visible()
    await admin.get_by_role("button", name="Save").click()
    await expect(admin.get_by_text("Saved.").first).to_be_visible()
    await admin.reload()
    await expect(days).to_have_value("365")


async def _holds_to_another_limit(office: Office, admin: Page) -> None:
    await admin.goto(f"{office.url}/settings/contact")
    await admin.get_by_role("button", name="Add a limit").click()
    await admin.get_by_role("textbox", name="Days").last.fill("14")
    await picture(admin, "rights-contact-rules")
    await admin.get_by_role("button", name="Save").click()
    await expect(admin.get_by_text("Saved.").first).to_be_visible()
    assert office.admin.send("GET", "/contact-rules")["caps"][-1]["days"] == 14


async def _reveals(admin: Page) -> None:
    """An export shows everything, so one says why first."""
    await expect(admin.get_by_role("link", name="JSON")).to_be_hidden()
    await admin.get_by_role("button", name="Reveal").click()
    sheet = admin.get_by_role("dialog")
    await sheet.get_by_label("What for").click()
    await admin.get_by_role("option", name="Legal duty").click()
    await sheet.get_by_label("Why, in your own words").fill("They ask for a copy")
    await sheet.get_by_role("button", name="Reveal for").click()


async def _saved(page: Page, name: str | re.Pattern[str]) -> str:
    """What a link saves."""
    async with page.expect_download() as waiting:
        await page.get_by_role("link", name=name).click()
    saved = Path(await (await waiting.value).path())
    return await asyncio.to_thread(saved.read_text, encoding="utf-8")
