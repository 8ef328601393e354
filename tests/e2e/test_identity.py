"""In the browser: two people behind one address, the agent asks who it is and makes sure by a code."""

import re
import subprocess
from collections.abc import Generator
from pathlib import Path

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

from tests.e2e.office import ADMIN, ANNA, SHOP_ADDRESS, Office, open_office
from tests.e2e.pages import Pages, go_available, picture, sign_in
from tests.services.ports import LOOPBACK
from tests.services.smtp_sink import SmtpSink

pytestmark = pytest.mark.e2e

SHARED, OWN = "wolf.family@mail.example", "otto@mail.example"
NINA, OTTO = "Nina Wolf", "Otto Wolf"


@pytest.fixture
def office(tmp_path: Path, smtp_sink: SmtpSink) -> Generator[Office]:
    with open_office(tmp_path, smtp_sink) as opened:
        for id_, name in (("C-1", NINA), ("C-2", OTTO)):
            opened.admin.send("PUT", f"/customers/{id_}", {"name": name, "email": SHARED})
        opened.admin.send("PUT", "/customers/C-2", {"name": OTTO, "email": OWN})
        yield opened
        print(opened.server.output()[-6000:])


async def test_who_of_a_family_it_is_is_asked_and_made_sure(office: Office, browser: Browser):
    pages = Pages(browser)
    anna = await pages.open(office.url)
    await sign_in(anna, ANNA)
    await go_available(anna)
    _writes(office)
    await expect(anna.get_by_role("button", name="Accept")).to_be_visible()
    await anna.keyboard.press("Alt+A")
    asked = anna.get_by_role("region", name="Who is it?")
    await expect(asked.get_by_text("N··· W···")).to_be_visible()
    await expect(asked.get_by_text("belongs to 2 customers")).to_be_visible()
    await picture(anna, "identity-pick-list")
    assert await _shut_out(anna) == []
    await asked.get_by_role("listitem").filter(has_text="O··· W···").get_by_role("button").click()
    card = anna.get_by_role("heading", name=OTTO)
    await expect(card).to_have_count(2)  # the talk and the card
    await _is_verified(anna, office)
    await _rules_are_seen(pages, office)
    assert pages.broken == []


async def _is_verified(anna: Page, office: Office) -> None:
    sure = anna.get_by_role("region", name="Who is it?")
    await expect(sure.get_by_text("Matched")).to_be_visible()
    await sure.get_by_role("button", name="Send a code").click()
    await sure.get_by_role("button", name="Send the code").click()
    await expect(sure.get_by_text("on its way")).to_be_visible()
    mail = next(one for one in office.sink.wait_for_mails(1)[::-1] if one.recipients == (OWN,))
    body = mail.message.get_body(("plain",))
    assert body is not None
    code = re.findall(r"\d{6}", body.get_content())[0]
    wrong = "000000" if code != "000000" else "111111"
    await sure.get_by_label("Digits the customer said").fill(wrong)
    await sure.get_by_role("button", name="Check").click()
    await expect(sure.get_by_text("4 tries left")).to_be_visible()
    await picture(anna, "identity-code")
    assert await _shut_out(anna) == []
    await sure.get_by_label("Digits the customer said").fill(code)
    await sure.get_by_role("button", name="Check").click()
    await expect(sure.get_by_text("Verified.")).to_be_visible()
    await expect(sure.get_by_role("button", name="Set a PIN")).to_be_visible()
    await picture(anna, "identity-verified")


async def _shut_out(page: Page) -> list[str]:
    """What axe holds against a page."""
    found = await Axe().run(page)
    return [
        f"{one['id']}: {one['nodes'][0]['html'][:200]}"
        for one in found.response["violations"]
        if one["impact"] in {"serious", "critical"}
    ]


async def _rules_are_seen(pages: Pages, office: Office) -> None:
    admin = await pages.open(office.url)
    await sign_in(admin, ADMIN)
    await admin.goto(f"{office.url}/customers/identity")
    await expect(admin.get_by_label("Question 1 · English")).to_have_value(re.compile("order"))
    await admin.get_by_role("button", name="Add a question").click()
    await admin.get_by_label("Question 5 · English").fill("What is the name of your dog?")
    await admin.get_by_role("button", name="Save").click()
    await expect(admin.get_by_text("Saved.")).to_be_visible()
    await picture(admin, "identity-rules")
    asked = office.admin.send("GET", "/verification-rules")["questions"]
    assert asked[-1]["texts"] == {"en": "What is the name of your dog?"}


def _writes(office: Office) -> None:
    swaks = ["swaks", "--server", LOOPBACK, "--port", str(office.smtp_port)]
    mail = [
        "--from", SHARED, "--to", SHOP_ADDRESS, "--h-From", f"Wolf <{SHARED}>",
        "--h-Subject", "Our order", "--body", "Where is it?",
    ]  # fmt: skip
    done = subprocess.run([*swaks, *mail], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
