"""In the browser: one person by chat, by mail and by callback, known before anybody answers."""

import subprocess
import time
from collections.abc import Generator
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import OctKey
from playwright.async_api import Browser, Page, expect

from tests.e2e.office import ANNA, SHOP_ADDRESS, SUPERVISOR, Office, open_office
from tests.e2e.pages import Pages, go_available, picture, reply, settled, sign_in, take, wrap_up
from tests.services.ports import LOOPBACK, wait_for
from tests.services.smtp_sink import SmtpSink

pytestmark = pytest.mark.e2e

NINA = "Nina Wolf"
NUMBER, FIRST_MAIL, SECOND_MAIL = "+48501234567", "nina@mail.example", "n.wolf@work.example"
SHOP_ID = "C-1042"
PROMISE = "A new shade by courier"
DAY_S = 86_400
AHEAD_MS = 600_000


@pytest.fixture
def office(tmp_path: Path, smtp_sink: SmtpSink) -> Generator[Office]:
    with open_office(tmp_path, smtp_sink) as opened:
        _doors(opened)
        yield opened
        print(opened.server.output()[-6000:])


def _doors(office: Office) -> None:
    """Segments, a door for callbacks with its outcomes, and secrets to sign with."""
    admin = office.admin
    for id_, name, ahead, value in (
        ("platinum", "Platinum", AHEAD_MS, 10),
        ("bronze", "Bronze", 0, 1),
    ):
        admin.send(
            "PUT", f"/config/segment/{id_}", {"name": name, "head_start_ms": ahead, "value": value}
        )
    for id_, name in (("reached", "Reached"), ("not-reached", "Not reached")):
        admin.send("PUT", f"/config/disposition/{id_}", {"name": name})
    ring = {"language_level": 0}
    wrap = {"mode": "required", "limit_ms": 600_000, "automatic": "solved"}
    queue = {"name": "Callbacks", "rings": [ring], "calendar": "always", "wrap_up": wrap}
    admin.send("PUT", "/config/queue/callbacks", queue)
    inbox = {"name": "Call me back", "medium": "callback", "queue": "callbacks"}
    admin.send("PUT", "/config/inbox/call-me", inbox)


def _is_known(office: Office) -> str:
    """What the center knows of Nina from the shop: two addresses, a number, a late order."""
    admin, now = office.admin, int(time.time())
    for mail in (FIRST_MAIL, SECOND_MAIL):
        body = {"name": NINA, "email": mail, "phone": NUMBER, "language": "en"}
        known = admin.send("PUT", f"/customers/{SHOP_ID}", body)
    order = {
        "customer": SHOP_ID,
        "at": (now - 6 * DAY_S) * 1000,
        "total_minor": 41_200,
        "currency": "EUR",
        "status": "shipped",
        "promised_at": (now - 2 * DAY_S) * 1000,
    }
    admin.send("PUT", "/orders/48213", order)
    admin.send("POST", "/orders/48213/events", {"kind": "late"})
    with closing(office.signed_in(SUPERVISOR)) as boss:
        who = known["customer"]
        boss.send("PATCH", f"/customers/{who}", {"segment": "platinum"})
        promise = {"text": PROMISE, "due_at": (now + DAY_S) * 1000}
        boss.send("POST", f"/customers/{who}/promises", promise)
    return who


def _signed(office: Office, inbox: str) -> str:
    """The shop's own server says who its customer is."""
    secret = office.admin.send("POST", f"/inboxes/{inbox}/identity-secret")["secret"]
    now = int(time.time())
    claims = {
        "sub": SHOP_ID, "name": NINA, "email": FIRST_MAIL, "phone_number": NUMBER,
        "iat": now, "exp": now + 600,
    }  # fmt: skip
    return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(secret))


def _ask(office: Office, path: str, **body: Any) -> str:
    answer = httpx.post(f"{office.url}/api/v1/{path}", json=body, timeout=20)
    assert answer.is_success, answer.text
    return answer.json()["interaction"]


def _chat(office: Office, **body: Any) -> str:
    return _ask(office, "chat", inbox="shop-chat", id=str(uuid4()), language="en", **body)


async def _speaks(office: Office, page: Page, language: str) -> None:
    with closing(office.signed_in(ANNA)) as api:
        api.send("PUT", "/me", {"locale": language})
    await page.reload()
    await expect(page.locator("html")).to_have_attribute("lang", language)


async def test_one_person_by_three_doors_is_known_before_the_answer(
    office: Office, browser: Browser
):
    who = _is_known(office)
    pages = Pages(browser)
    anna = await pages.open(office.url)
    await sign_in(anna, ANNA)
    _chat(office, name="Colin Carver", email="colin@mail.example", text="Is the red lamp in stock?")
    talk = _chat(office, identity=_signed(office, "shop-chat"), text="My lamp has not come.")
    await go_available(anna)
    await _shown_before_the_answer(office, anna)
    await take(anna, NINA)
    await _overtook(office, anna, talk)
    await reply(anna, "It leaves today.")
    await wrap_up(anna, "Solved")
    await take(anna, "Colin Carver")
    await wrap_up(anna, "Solved")

    _writes_from_the_second_address(office)
    await take(anna, NINA)
    await wrap_up(anna, "Solved")
    call = _ask(office, "callbacks", inbox="call-me", number="+48 501 234 567", text="The courier")
    await take(anna, NINA)
    await _is_called(office, anna, call)
    _is_one_story(office, who)
    await _story(office, anna, who)
    assert pages.broken == []


async def _shown_before_the_answer(office: Office, anna: Page) -> None:
    """Name, segment, likely reason and last promise stand there while it rings."""
    offer = anna.get_by_role("region", name="Now")
    for part in (NINA, "Platinum", "48213", PROMISE):
        await expect(offer).to_contain_text(part)
    await picture(anna, "known-before-en")
    await _speaks(office, anna, "ru")
    ringing = anna.locator("section").filter(has_text=PROMISE).first
    for part in (NINA, "Platinum", "48213", PROMISE):
        await expect(ringing).to_contain_text(part)
    await picture(anna, "known-before-ru")
    await _speaks(office, anna, "en")


async def _overtook(office: Office, anna: Page, talk: str) -> None:
    """The later one came first, by the head start that the explanation names."""
    with closing(office.signed_in(SUPERVISOR)) as boss:
        (decision,) = boss.send("GET", f"/interactions/{talk}/decisions?locale=en")["decisions"]
    assert decision["head_start_ms"] == AHEAD_MS
    assert any(
        "Platinum counts as having come" in line["text"] for line in decision["words"]["lines"]
    )
    await anna.get_by_role("tab", name="Why").click()
    why = anna.get_by_role("article", name="Why")
    await why.get_by_text("How it was decided").click()
    await expect(why.get_by_text("Platinum counts as having come 10 min earlier.")).to_be_visible()
    await picture(anna, "known-why-en")


def _writes_from_the_second_address(office: Office) -> None:
    swaks = ["swaks", "--server", LOOPBACK, "--port", str(office.smtp_port)]
    mail = [
        "--from", SECOND_MAIL, "--to", SHOP_ADDRESS,
        "--h-From", f"{NINA} <{SECOND_MAIL}>", "--h-Subject", "The same from work",
        "--h-Message-Id", "<wolf-1@work.example>", "--body", "Any news of my lamp?",
    ]  # fmt: skip
    done = subprocess.run([*swaks, *mail], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


async def _is_called(office: Office, anna: Page, call: str) -> None:
    """The number is there to be dialled, and one press says what came of it."""
    number = anna.get_by_role("link", name=f"Call {NUMBER}")
    await expect(number).to_have_attribute("href", f"tel:{NUMBER}")
    await expect(anna.get_by_role("log", name="Messages")).to_contain_text("The courier")
    await expect(anna.get_by_role("button", name="Send", exact=True)).to_be_hidden()
    await picture(anna, "known-callback-en")
    await anna.get_by_role("button", name="Reached", exact=True).click()
    await expect(number).to_be_hidden()
    with closing(office.signed_in(SUPERVISOR)) as boss:

        def closed() -> bool:
            found = boss.send("GET", f"/conversations/{call}")
            return (found["phase"], found["disposition"]) == ("closed", "reached")

        wait_for("the callback's end", closed)


def _is_one_story(office: Office, who: str) -> None:
    """All three are in one timeline of one customer."""
    with closing(office.signed_in(SUPERVISOR)) as boss:
        story = boss.send("GET", f"/customers/{who}/timeline")
    media = [one["medium"] for one in story["entries"] if one.get("medium")]
    assert sorted(media) == ["callback", "chat", "email"]


async def _story(office: Office, anna: Page, who: str) -> None:
    for language in ("en", "ru"):
        await _speaks(office, anna, language)
        await anna.goto(f"{office.url}/customers/{who}")
        await expect(anna.locator("main")).to_contain_text(NINA)
        await settled(anna)
        await picture(anna, f"known-customer-{language}")
