"""In the browser: an administrator sets a line and changes what callers hear."""

import io
import wave
from collections.abc import Generator
from pathlib import Path

import numpy as np
import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import FilePayload, expect

from tests.e2e.office import ADMIN, Office, open_office
from tests.e2e.pages import Pages, picture, sign_in
from tests.services.smtp_sink import SmtpSink
from tests.services.speech import speaking

pytestmark = pytest.mark.e2e


@pytest.fixture
def office(tmp_path: Path, smtp_sink: SmtpSink) -> Generator[Office]:
    speaking()
    with open_office(tmp_path, smtp_sink) as opened:
        queue = {"name": "Calls", "rings": [{"language_level": 0}]}
        opened.admin.send("PUT", "/config/queue/calls", queue)
        inbox = {"name": "Call us", "medium": "voice", "queue": "calls"}
        opened.admin.send("PUT", "/config/inbox/shop-calls", inbox)
        yield opened


def beep() -> bytes:
    """A second of 600 Hz, as a studio keeps it."""
    wave_ = 0.3 * np.sin(2 * np.pi * 600 * np.arange(44_100) / 44_100)
    file = io.BytesIO()
    with wave.open(file, "wb") as to:
        to.setnchannels(2)
        to.setsampwidth(2)
        to.setframerate(44_100)
        to.writeframes(np.repeat((wave_ * 2**15).astype("<i2"), 2).tobytes())
    return file.getvalue()


async def test_a_line_and_its_prompts_are_set_and_heard(office: Office, pages: Pages):
    page = await pages.open(office.url)
    await sign_in(page, ADMIN)
    await page.goto(f"{office.url}/settings/calls")
    await expect(page.get_by_text("Browser to browser")).to_be_visible()
    await expect(page.get_by_text("Words are spoken in: English, Русский, Polski.")).to_be_visible()

    await page.get_by_role("button", name="New line").click()
    await page.get_by_label("Called number or page").fill("+48221234567")
    await page.get_by_label("Announcements while waiting").click()
    await page.get_by_role("option", name="Place and expected wait").click()
    await page.get_by_label("First after").fill("3")
    await expect(page.get_by_text("A whole number from 5 to 600.")).to_be_visible()
    await page.get_by_label("First after").fill("15")
    await page.get_by_label("Greeting").click()
    await page.get_by_role("option", name="Welcome").click()
    await picture(page, "calls-line")
    await page.get_by_role("dialog").get_by_role("button", name="Save").click()
    row = page.get_by_role("row", name="+48221234567")
    await expect(row).to_contain_text("Place and expected wait")
    [line] = office.admin.send("GET", "/voice/lines")
    assert (line["greeting"], line["announce"]) == ("welcome", "both")
    assert (line["announce_first_s"], line["announce_every_s"]) == (15, 60)

    prompts = page.get_by_role("list", name="Prompts")
    goodbye = prompts.get_by_role("listitem").filter(has_text="Goodbye").first
    await goodbye.get_by_role("button", name="Change the words: Goodbye").click()
    await page.get_by_role("dialog").get_by_label("Words", exact=True).fill("See you soon!")
    await page.get_by_role("dialog").get_by_role("button", name="Save").click()
    await expect(goodbye).to_contain_text("Changed words")
    async with page.expect_response(lambda answer: answer.url.endswith("/sound")) as heard:
        await goodbye.get_by_role("button", name="Listen: Goodbye").click()
    assert (await heard.value).ok

    async with page.expect_file_chooser() as chooser:
        await page.get_by_role("button", name="Upload a recording (WAV): Welcome").click()
    file = FilePayload(name="hello.wav", mimeType="audio/wav", buffer=beep())
    await (await chooser.value).set_files(file)
    welcome = prompts.get_by_role("listitem").filter(has_text="Welcome").first
    await expect(welcome.get_by_text("Recording", exact=True)).to_be_visible()
    async with page.expect_file_chooser() as chooser:
        await page.get_by_role("button", name="Upload a recording (WAV): Closed").click()
    wrong = FilePayload(name="closed.wav", mimeType="audio/wav", buffer=b"ID3 nothing")
    await (await chooser.value).set_files(wrong)
    await expect(page.get_by_text("This is no WAV file.")).to_be_visible()
    await picture(page, "calls-prompts")
    await page.get_by_role("button", name="As at first: Welcome").click()
    await expect(welcome.get_by_text("Recording", exact=True)).to_be_hidden()

    found = await Axe().run(page)
    heavy = {"serious", "critical"}
    assert [one["id"] for one in found.response["violations"] if one["impact"] in heavy] == []
    await page.get_by_role("radio", name="Polski").check(force=True)
    await expect(prompts).to_contain_text("Dziękujemy za telefon.")
