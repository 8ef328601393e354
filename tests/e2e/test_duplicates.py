"""A supervisor finds one person twice, looks at why, joins the two, and takes it back."""

from collections.abc import Generator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.e2e.office import ADMIN, PASSWORD, SUPERVISOR, Office, open_office
from tests.e2e.pages import Pages, picture
from tests.services.ports import wait_for
from tests.services.smtp_sink import SmtpSink

pytestmark = pytest.mark.e2e


@pytest.fixture
def office(tmp_path: Path, smtp_sink: SmtpSink) -> Generator[Office]:
    with open_office(tmp_path, smtp_sink) as opened:
        yield opened


def one_person_twice(office: Office) -> None:
    """Two records of the shop's own that may be one person, found by a search."""
    with closing(office.signed_in(ADMIN)) as api:
        for number, name in (("K-1", "Ewa Zielińska"), ("K-2", "E. Zielinska")):
            api.send("PUT", f"/customers/{number}", {"name": name, "phone": "+48501234567"})
        wait_for("the first search", lambda: not api.send("GET", "/duplicates/search")["running"])
        api.send("POST", "/duplicates/search", {})
        wait_for("a suggestion", lambda: api.send("GET", "/duplicates")["total"] == 1)


@pytest.mark.parametrize(
    ("locale", "merge", "merges", "undo", "none"),
    [
        ("en", "Merge", "Merges", "Undo", "No pair waits for a decision."),
        ("ru", "Объединить", "Объединения", "Отменить", "Ни одна пара не ждёт решения."),
    ],
)
async def test_a_pair_is_joined_and_taken_apart_again(
    office: Office, pages: Pages, locale: str, merge: str, merges: str, undo: str, none: str
):
    one_person_twice(office)
    with closing(office.signed_in(SUPERVISOR)) as api:
        api.send("PUT", "/me", {"locale": locale})
    page = await pages.open(office.url)
    await page.locator("[autocomplete=username]").fill(SUPERVISOR)
    await page.locator("[autocomplete=current-password]").fill(PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page.locator("header nav")).to_be_visible()
    await page.goto(f"{office.url}/customers/duplicates")
    await expect(page.get_by_text("E··· Z···").first).to_be_visible()
    assert "501234567" not in await page.content()
    await picture(page, f"{locale}-duplicates-pair")
    await page.get_by_role("button", name=merge, exact=True).click()
    await expect(page.get_by_text(none)).to_be_visible()
    await page.get_by_text(merges, exact=True).first.click()
    row = page.get_by_role("row").filter(has=page.get_by_role("button", name=undo))
    await expect(row).to_have_count(1)
    await picture(page, f"{locale}-duplicates-merges")
    await row.get_by_role("button", name=undo).click()
    await expect(row).to_have_count(0)
    with closing(office.signed_in(SUPERVISOR)) as api:
        made = api.send("GET", "/merges")["merges"]
        assert [(one["cause"], one["undone_at"] is not None) for one in made] == [("hand", True)]
        assert api.send("GET", "/duplicates?state=refused")["total"] == 1
