"""From the first word to a closed conversation: a chat, a mail by SMTP and a mail by IMAP."""

import subprocess
from collections.abc import Generator
from contextlib import closing
from email.message import EmailMessage
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from tests.e2e.office import (
    ANNA,
    BORIS,
    IMAP_ADDRESS,
    NAMES,
    SHOP_ADDRESS,
    SUPERVISOR,
    Office,
    open_office,
)
from tests.e2e.pages import (
    Pages,
    go_available,
    picture,
    reply,
    shop_site,
    sign_in,
    take,
    wrap_up,
)
from tests.services.dovecot import Dovecot
from tests.services.ports import LOOPBACK, wait_for
from tests.services.smtp_sink import SmtpSink

pytestmark = pytest.mark.e2e

CUSTOMER = "Helen Marsh"
QUESTION = "The glass shade of my lamp is cracked right across."
NOTE = "She needs a new shade before Saturday."
SURVEY = {
    "How was it?": "5",
    "They were glad that I got in touch": "5",
    "They understood what I need": "4",
    "They looked for the best answer for me": "5",
    "They would be glad to hear from me again": "4",
}


@pytest.fixture
def office(tmp_path: Path, smtp_sink: SmtpSink, dovecot: Dovecot) -> Generator[Office]:
    with open_office(tmp_path, smtp_sink, dovecot) as opened:
        yield opened
        print(opened.server.output()[-6000:])


async def test_a_chat_and_two_mails_from_door_to_wrap_up(
    office: Office, browser: Browser, tmp_path: Path, dovecot: Dovecot
):
    pages = Pages(browser)
    anna = await pages.open(office.url)
    await sign_in(anna, ANNA)
    await go_available(anna)
    with shop_site(tmp_path / "shop", office.url) as shop:
        customer = await pages.open(shop)
        await _begins(customer)
        await take(anna, CUSTOMER)
        await picture(anna, "desk-chat")
        await _talks(anna, customer)
        boris = await pages.open(office.url)
        await sign_in(boris, BORIS)
        await go_available(boris)
        await _is_handed_on(anna, boris)
        await reply(boris, "A new shade leaves today by courier.")
        await expect(customer.locator(".msg").get_by_text("leaves today")).to_be_visible()
        await wrap_up(boris, "Replacement")
        await _answers_the_survey(customer)
    await boris.close()
    _is_kept(office)

    _write_by_smtp(office)
    await take(anna, "Tomasz Gaj")
    await _answers_mail(anna, "The invoice is on its way.")
    await wrap_up(anna, "Solved")
    _arrives_threaded(office.sink, count=1, to="tomasz@mail.example", id_="<gaj-1@mail.example>")

    _write_by_imap(dovecot)
    await take(anna, "Ольга Петрова")
    await picture(anna, "desk-mail")
    await _answers_mail(anna, "Заказ привезём завтра.")
    await wrap_up(anna, "Solved")
    _arrives_threaded(office.sink, count=2, to="olga@mail.example", id_="<petrova-1@mail.example>")
    assert any(b"Seen" in name for name in _flags(dovecot)), "the mail is marked as dealt with"
    assert pages.broken == []


async def _begins(customer: Page) -> None:
    await customer.locator(".launcher").click()
    await customer.get_by_label("Your name").fill(CUSTOMER)
    await customer.get_by_label("E-mail").fill("helen@mail.example")
    await customer.get_by_label("Message").fill(QUESTION)
    await customer.get_by_role("button", name="Start the chat").click()
    await expect(customer.locator(".msg .text")).to_have_text([QUESTION])


async def _talks(anna: Page, customer: Page) -> None:
    await expect(customer.locator("header")).to_contain_text("Anna")
    await reply(anna, "Good afternoon, Helen. May I see a photo?")
    await expect(customer.locator(".msg").get_by_text("May I see a photo?")).to_be_visible()
    await customer.locator(".composer textarea").fill("It is a present for Saturday.")
    await expect(anna.get_by_text("is writing")).to_be_visible()
    await customer.locator(".composer textarea").press("Enter")
    await expect(anna.get_by_role("log").get_by_text("for Saturday")).to_be_visible()
    await picture(customer, "widget-talk")


async def _is_handed_on(anna: Page, boris: Page) -> None:
    await anna.keyboard.press("Alt+T")
    target = anna.get_by_role("combobox", name="Queue or colleague")
    await target.press_sequentially("Борис")
    await picture(anna, "desk-transfer")
    await anna.get_by_role("option", name=NAMES[BORIS]).click()
    await anna.get_by_label("Note for whoever takes it").fill(NOTE)
    await anna.keyboard.press("Control+Enter")
    await take(boris, CUSTOMER)
    await expect(boris.get_by_text(NOTE)).to_be_visible()
    await expect(boris.get_by_role("log").get_by_text(QUESTION)).to_be_visible()
    await expect(
        anna.get_by_role("navigation", name="Your work").get_by_role("link")
    ).to_have_count(0)


async def _answers_the_survey(customer: Page) -> None:
    """Satisfied, and the four feelings; the page stands in the widget and has no script."""
    survey = customer.frame_locator("iframe.survey")
    for question, score in SURVEY.items():
        group = survey.get_by_role("group", name=question)
        await group.get_by_role("radio", name=score, exact=True).check()
    await survey.get_by_label("What should we know?").fill("Quick and kind")
    await picture(customer, "widget-survey")
    await survey.get_by_role("button", name="Send").click()
    await expect(survey.get_by_role("status")).to_contain_text("Thank you")
    await expect(survey.get_by_role("link", name="Change my answers")).to_be_visible()


def _is_kept(office: Office) -> None:
    with closing(office.signed_in(SUPERVISOR)) as boss:
        path = "/interactions?medium=chat"
        wait_for("the rating", lambda: boss.send("GET", path)["interactions"][0]["rating"])
        found = boss.send("GET", path)["interactions"]
        assert [(one["disposition"], one["rating"]) for one in found] == [("replaced", 5)]
        (ask,) = boss.send("GET", "/asks")["asks"]
        assert (ask["interaction"], ask["via"]) == (found[0]["interaction"], "widget")
        assert ask["state"] == "answered"
        given = {one["asked"]: one["words"] or str(int(one["value"])) for one in ask["answers"]}
        assert given == {**SURVEY, "What should we know?": "Quick and kind"}


def _write_by_smtp(office: Office) -> None:
    swaks = ["swaks", "--server", LOOPBACK, "--port", str(office.smtp_port)]
    mail = [
        "--from", "tomasz@mail.example", "--to", SHOP_ADDRESS,
        "--h-From", "Tomasz Gaj <tomasz@mail.example>", "--h-Subject", "Invoice for 47990",
        "--h-Message-Id", "<gaj-1@mail.example>",
        "--body", "Could you send me an invoice for order 47990?",
    ]  # fmt: skip
    done = subprocess.run([*swaks, *mail], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def _write_by_imap(dovecot: Dovecot) -> None:
    mail = EmailMessage()
    mail["From"] = "Ольга Петрова <olga@mail.example>"
    mail["To"] = IMAP_ADDRESS
    mail["Subject"] = "Где мой заказ 48213?"
    mail["Message-ID"] = "<petrova-1@mail.example>"
    mail.set_content("Здравствуйте, где мой заказ 48213? Обещали привезти вчера.\n")
    dovecot.deliver(mail.as_bytes())


async def _answers_mail(agent: Page, text: str) -> None:
    editor = agent.locator("[contenteditable=true]")
    await editor.click()
    await agent.keyboard.type(text)
    await agent.keyboard.press("Control+Enter")
    await expect(agent.get_by_role("log").get_by_text(text)).to_be_visible()


def _arrives_threaded(sink: SmtpSink, *, count: int, to: str, id_: str) -> None:
    taken = sink.wait_for_mails(count)[-1]
    assert to in str(taken.message["To"])
    assert taken.message["In-Reply-To"] == id_
    assert id_ in taken.message["References"]
    assert taken.message["Subject"].startswith("Re: ")


def _flags(dovecot: Dovecot) -> list[bytes]:
    """What the maildir's file names say of each mail: `S` after the comma is seen."""
    names = [path.name for path in (dovecot.maildir() / "cur").iterdir()]
    return [b"Seen" if "S" in name.rpartition(",")[2] else b"" for name in names]
