"""An administrator imports a shop's orders by hand: a file, a look, a try, the run, what was wrong."""

from collections.abc import Generator
from pathlib import Path

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import FilePayload, Page, expect

from tests.e2e.office import ADMIN, PASSWORD, Office, open_office
from tests.e2e.pages import Pages, picture
from tests.services.smtp_sink import SmtpSink

pytestmark = pytest.mark.e2e

ROWS = "customer_id,date,cds,dollars\n" + "".join(
    f"{n % 30:05},1997{n % 12 + 1:02}{n % 28 + 1:02},{n % 5 + 1},{n}.77\n" for n in range(200)
)
RUSSIAN = (
    "Номер заказа;Номер клиента;Дата заказа;Сумма;Статус\n"
    "А-1;17;31.01.2026;1 234,50;оплачен\n"
    "А-2;17;32.01.2026;20,00;доставлен\n"
)


@pytest.fixture
def office(tmp_path: Path, smtp_sink: SmtpSink) -> Generator[Office]:
    with open_office(tmp_path, smtp_sink) as opened:
        yield opened


async def enter(office: Office, pages: Pages, *, locale: str) -> Page:
    office.admin.send("PUT", "/me", {"locale": locale[:2]})
    page = await pages.open(f"{office.url}/customers/import", locale=locale)
    await page.locator("[autocomplete=username]").fill(ADMIN)
    await page.locator("[autocomplete=current-password]").fill(PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page.locator("header nav").first).to_be_visible()
    await page.goto(f"{office.url}/customers/import")
    return page


async def bring(page: Page, name: str, content: bytes) -> None:
    file: FilePayload = {"name": name, "mimeType": "text/csv", "buffer": content}
    await page.locator("input[type=file]").set_input_files(file)


async def counted(page: Page, **wanted: str) -> None:
    for name, many in wanted.items():
        await expect(page.locator(f"[data-count={name}]")).to_have_text(many)


async def shut_out(page: Page) -> list[str]:
    found = await Axe().run(page)
    return [
        f"{one['id']}: {one['nodes'][0]['html'][:200]}"
        for one in found.response["violations"]
        if one["impact"] in {"serious", "critical"}
    ]


async def test_a_shop_imports_its_purchases(office: Office, pages: Pages):
    page = await enter(office, pages, locale="en-GB")
    await bring(page, "purchases.csv", ROWS.encode())
    await page.get_by_role("button", name="Bring the file").click()
    await expect(page.get_by_role("heading", name="purchases.csv")).to_be_visible()

    # The columns are known by their names; money is said to be dollars by hand.
    await expect(page.get_by_label("Ordered at")).to_contain_text("date")
    await expect(page.get_by_label("Order number")).to_contain_text("Made from the row")
    await page.get_by_label("Currency, where none is said").click()
    await page.get_by_role("option", name="USD").click()
    await expect(page.get_by_label("Currency, where none is said")).to_contain_text("USD")
    await expect(page.get_by_role("table", name="First rows")).to_contain_text("19970101")
    await page.get_by_label("Keep this mapping as").fill("Purchases")
    await page.get_by_role("button", name="Keep", exact=True).click()
    await expect(page.get_by_label("Kept mapping")).to_be_visible()

    await page.get_by_role("button", name="Try all rows").click()
    await counted(page, new="200", wrong="0")
    await page.get_by_role("button", name="Import", exact=True).click()
    await expect(page.get_by_text("The rows were taken in.")).to_be_visible()
    await counted(page, new="200", same="0", wrong="0")
    await picture(page, "import-en")
    assert await shut_out(page) == []
    kept = office.admin.send("GET", "/imports")["imports"]
    assert [(one["state"], one["new"]) for one in kept] == [("done", 200)]

    # The same file once more changes nothing.
    await page.get_by_role("button", name="Import", exact=True).click()
    await counted(page, new="0", same="200")


async def test_in_russian_what_is_wrong_is_said_and_can_be_taken_along(
    office: Office, pages: Pages
):
    page = await enter(office, pages, locale="ru-RU")
    await bring(page, "заказы.csv", RUSSIAN.encode("windows-1251"))
    await page.get_by_role("button", name="Загрузить файл").click()
    await expect(page.get_by_role("heading", name="заказы.csv")).to_be_visible()
    await expect(page.get_by_label("Кодировка")).to_contain_text("1251")
    await expect(page.get_by_text("Мы угадали это по буквам")).to_be_visible()
    await page.get_by_role("button", name="Импортировать").click()
    await counted(page, new="1", wrong="1")
    wrong = page.get_by_role("table", name="Строки с ошибками")
    await expect(wrong).to_contain_text("Это не дата в заданном порядке.")
    async with page.expect_download() as coming:
        await page.get_by_role("link", name="Все ошибки файлом").click()
    file = await (await coming.value).path()
    assert "32.01.2026" in file.read_text(encoding="utf-8-sig")
    await picture(page, "import-ru")
    assert await shut_out(page) == []
    order = office.admin.send("GET", "/orders/%D0%90-1")
    assert (order["total_minor"], order["status"]) == (123_450, "paid")


async def test_a_key_is_made_shown_once_and_revoked(office: Office, pages: Pages):
    page = await enter(office, pages, locale="en-GB")
    await page.goto(f"{office.url}/settings/keys")
    await page.get_by_role("button", name="New key").click()
    await page.get_by_role("textbox", name="What it is for").fill("Shop")
    await page.get_by_role("button", name="Make the key").click()
    secret = await page.get_by_label("Your key, shown only now").input_value()
    assert secret.startswith("wlk_")
    await page.get_by_role("button", name="I have put it away").click()
    await expect(page.get_by_role("cell", name=f"{secret[:10]}…")).to_be_visible()
    assert secret not in await page.content()
    await picture(page, "keys-en")
    revoke = page.get_by_role("button", name="Revoke")
    await revoke.click()
    await page.get_by_role("row", name="Shop").get_by_role("button").click()
    await expect(page.get_by_role("cell", name="Revoked")).to_be_visible()
