"""The built widget in a real browser against the real web chat: nothing is lost and nothing doubled."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, FilePayload, Page, expect

from tests.contracts.house import House, new, until
from tests.e2e.pages import picture
from warmline.core import commands as c
from warmline.core import events as e
from warmline.core.settings import Situation, WhenUnstaffed
from warmline.core.words import SYSTEM, QueueId

pytestmark = pytest.mark.e2e

WIDGET = Path(__file__).resolve().parents[2] / "ui" / "dist" / "widget.js"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)


@pytest.fixture
def shop_url(tmp_path: Path) -> Iterator[str]:
    """The shop's own server: another origin than the center, and up while the center is down."""
    (tmp_path / "shop").mkdir()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path / "shop")))
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
        pass


async def shop(
    browser: Browser, house: House, *, inbox: str = "chat", more: str = ""
) -> BrowserContext:
    """A browser for which the center has the widget, and the shop's page that shows it."""
    page = f"""<!doctype html><html lang="en"><title>Shop</title><body><h1>Shop</h1>
    <script>window.warmline = window.warmline || function () {{ (warmline.q = warmline.q || []).push(arguments) }};
    heard = []; warmline("on", "started", () => heard.push("started"));
    warmline("on", "unread", (fact) => heard.push("unread " + fact.count));
    warmline("on", "ended", () => heard.push("ended"));</script>
    <script async src="{house.url}/widget.js" data-inbox="{inbox}" {more}></script>"""
    context = await browser.new_context()
    context.set_default_timeout(15_000)
    script = "text/javascript"
    await context.route(
        "**/widget.js", lambda route: route.fulfill(body=WIDGET.read_text(), content_type=script)
    )
    (house.settings.data.parent / "shop" / "index.html").write_text(page)
    return context


async def visit(context: BrowserContext, shop_url: str) -> Page:
    page = await context.new_page()
    page.on("pageerror", lambda error: pytest.fail(f"the page broke: {error}"))
    await page.goto(shop_url)
    return page


async def begun(page: Page, text: str) -> None:
    await page.locator(".launcher").click()
    await page.get_by_label("Your name").fill("Eva")
    await page.get_by_label("Message").fill(text)
    await page.get_by_role("button", name="Start the chat").click()
    await expect(page.locator(".msg .text")).to_have_text([text])


async def say(page: Page, text: str) -> None:
    await page.locator(".composer textarea").fill(text)
    await page.locator(".composer textarea").press("Enter")


async def interaction_of(house: House) -> str:
    return str((await house.log(e.Arrived))[0].interaction)


async def test_a_whole_chat(browser: Browser, house: House, shop_url: str) -> None:
    context = await shop(browser, house)
    page = await visit(context, shop_url)
    await begun(page, "Where is my order?")
    await expect(page.locator(".wait")).to_contain_text("You are next")
    interaction = await interaction_of(house)
    await house.comes()
    await house.takes(interaction)
    await expect(page.locator("header")).to_contain_text("Anna")
    await expect(page.locator(".event")).to_contain_text(["Anna joined after"])
    sent = await house.writes(interaction, "Look at https://shop.example/1 <b>")
    link = page.locator(".msg:not(.mine) a")
    await expect(link).to_have_attribute("href", "https://shop.example/1")
    await expect(page.locator("[role=log]")).to_contain_text("Anna: Look at")
    await until("the read mark", lambda: read_marks(house, sent))
    await say(page, "Thank you")
    await expect(page.locator(".msg.mine .by").last).to_contain_text("sent")
    mine = (await house.log(e.MessageReceived))[-1].message
    await house.reads(interaction, mine)
    await expect(page.locator(".msg.mine .by").last).to_contain_text("read")
    photo: FilePayload = {"name": "photo.png", "mimeType": "image/png", "buffer": PNG}
    await page.locator(".composer input[type=file]").set_input_files([photo])
    await expect(page.get_by_label("File photo.png")).to_be_visible()
    tool: FilePayload = {"name": "tool.exe", "mimeType": "application/x-msdownload", "buffer": PNG}
    await page.locator(".composer input[type=file]").set_input_files([tool])
    await expect(page.locator(".strip")).to_contain_text("tool.exe: this kind of file cannot")
    false: FilePayload = {"name": "false.pdf", "mimeType": "application/pdf", "buffer": PNG}
    await page.locator(".composer input[type=file]").set_input_files([false])
    await expect(page.locator(".msg .late")).to_contain_text("false.pdf: this kind of file cannot")
    await page.get_by_role("button", name="Discard").last.click()
    await expect(page.locator("footer")).to_contain_text("answered by people · Warmline")
    await house.ends(interaction)
    await expect(page.locator("header")).to_contain_text("The chat has ended")
    await page.get_by_role("radio", name="5 Great").check()
    await page.get_by_label("What should we know?").fill("Quick")
    await page.get_by_role("button", name="Send the rating").click()
    await expect(page.locator(".card")).to_contain_text("Thank you")
    assert [rated.score for rated in await house.log(e.Rated)] == [5]
    assert (await page.evaluate("heard"))[0] == "started"
    assert await page.evaluate("heard.at(-1)") == "ended"
    await page.get_by_role("button", name="Start a new chat").click()
    await expect(page.get_by_label("Your name")).to_be_visible()
    assert await page.evaluate("Object.keys(localStorage)") == []


async def read_marks(house: House, message: str) -> bool:
    return any(event.message == message for event in await house.log(e.MessagesRead))


async def test_a_reload_a_second_tab_and_a_restart_lose_and_double_nothing(
    browser: Browser, house: House, shop_url: str
) -> None:
    context = await shop(browser, house)
    one = await visit(context, shop_url)
    two = await visit(context, shop_url)
    await begun(one, "One")
    interaction = await interaction_of(house)
    await house.comes()
    await house.takes(interaction)
    await two.locator(".launcher").click()
    await expect(two.locator(".msg .text")).to_have_text(["One"])
    await say(two, "Two")
    await expect(one.locator(".msg .text")).to_have_text(["One", "Two"])
    await one.reload()
    await expect(one.locator(".msg .text")).to_have_text(["One", "Two"])
    await house.stop()
    await expect(one.locator(".strip")).to_contain_text("No connection")
    await say(one, "Three")
    await expect(one.locator(".msg .by").last).to_contain_text("sending")
    await one.reload()
    await expect(one.locator(".msg .text").last).to_have_text("Three")
    await expect(one.locator(".strip")).to_contain_text("No connection", timeout=20_000)
    await say(one, "Four")
    await house.start()
    for page in (one, two):
        await expect(page.locator(".msg .text")).to_have_text(
            ["One", "Two", "Three", "Four"], timeout=30_000
        )
        await expect(page.locator(".msg .by").last).to_contain_text("sent")
    assert len(await house.log(e.MessageReceived)) == 4 - first_in_arrival(
        await house.log(e.Arrived)
    )
    await one.keyboard.press("Escape")
    await two.close()
    await house.writes(interaction, "Here you are")
    await expect(one.locator(".badge")).to_have_text("1")
    await expect(one.get_by_role("button", name="Open the chat, 1 unread message")).to_be_visible()


def first_in_arrival(arrived: list[e.Arrived]) -> int:
    """How many messages came with their arrival and not by an event of their own."""
    return sum(1 for each in arrived if getattr(each, "message", None))


async def test_the_customer_ends_after_a_question(
    browser: Browser, house: House, shop_url: str
) -> None:
    page = await visit(await shop(browser, house), shop_url)
    await begun(page, "Hello")
    await page.get_by_role("button", name="End the chat").click()
    await page.keyboard.press("Escape")
    await expect(page.locator(".composer")).to_be_visible()
    await page.get_by_role("button", name="End the chat").click()
    await (
        page.get_by_role("group", name="End this chat?")
        .get_by_role("button", name="End the chat")
        .click()
    )
    await expect(page.locator(".event").last).to_have_text("You ended the chat")


async def test_outside_the_hours_a_note_becomes_mail(
    browser: Browser, house: House, shop_url: str
) -> None:
    page = await visit(await shop(browser, house, inbox="late"), shop_url)
    await page.locator(".launcher").click()
    await expect(page.locator(".panel")).to_contain_text("We are away now")
    await page.get_by_label("Your name").fill("Eva")
    await page.get_by_label("E-mail").fill("eva@example.org")
    await page.get_by_label("Message").fill("When does it come?")
    await page.get_by_role("button", name="Send the message").click()
    await expect(page.locator(".panel")).to_contain_text("eva@example.org")
    assert [str(each.inbox) for each in await house.log(e.Arrived)] == ["letters"]


async def says(house: House, queue: str, **more: Any) -> None:
    """The queue has words of its own."""
    words = {
        Situation.CLOSED: {"en": "Back at nine."},
        Situation.UNSTAFFED: {"en": "We are all at lunch."},
        Situation.BUSY: {"en": "All are talking."},
    }
    changed = replace(house.engine.center().queues[QueueId(queue)], words=words, **more)
    await house.give(c.DefineQueue(id=new(), by=SYSTEM, queue=changed))


async def test_who_waits_reads_the_queues_own_words_and_may_name_whom_they_wish(
    browser: Browser, house: House, shop_url: str
) -> None:
    await says(house, "talks")
    page = await visit(await shop(browser, house, more='data-agent="boris"'), shop_url)
    async with page.expect_request(
        lambda request: request.method == "POST" and request.url.endswith("/chat")
    ) as start:
        await begun(page, "Hello")
    asked = (await start.value).post_data_json
    assert asked is not None
    assert asked["agent"] == "boris"
    await expect(page.locator(".wait")).to_contain_text("We are all at lunch.")
    await picture(page, "widget-words")
    await house.comes()
    await house.takes(await interaction_of(house))
    await expect(page.locator(".wait")).to_be_hidden()


async def test_a_closed_queue_and_an_empty_one_say_so_in_their_own_words(
    browser: Browser, house: House, shop_url: str
) -> None:
    await says(house, "night")
    page = await visit(await shop(browser, house, inbox="late"), shop_url)
    await page.locator(".launcher").click()
    await expect(page.locator(".panel")).to_contain_text("Back at nine.")
    await expect(page.locator(".panel")).not_to_contain_text("We are back")
    page = await visit(await shop(browser, house), shop_url)
    await page.locator(".launcher").click()
    await page.get_by_label("Message").fill("Is anybody there?")
    await says(house, "talks", when_unstaffed=WhenUnstaffed.REFUSE)
    await page.get_by_role("button", name="Start the chat").click()
    await expect(page.locator(".panel")).to_contain_text("We are all at lunch.")
    assert await house.log(e.Arrived) == []


async def test_a_site_that_is_not_allowed_is_told_nothing(
    browser: Browser, house: House, shop_url: str
) -> None:
    page = await visit(await shop(browser, house, inbox="own"), shop_url)
    await page.locator(".launcher").click()
    await expect(page.locator(".panel")).to_contain_text("cannot be reached")


async def test_a_forgotten_token_leads_to_a_new_chat(
    browser: Browser, house: House, shop_url: str
) -> None:
    page = await visit(await shop(browser, house), shop_url)
    await begun(page, "Hello")
    kept = "Object.keys(localStorage).find((key) => key.endsWith(':chat'))"
    await page.evaluate(
        f"localStorage[{kept}] = JSON.stringify({{...JSON.parse(localStorage[{kept}]), token: 'wl_wrong'}})"
    )
    await page.reload()
    await expect(page.locator(".panel")).to_contain_text("no longer there")
    await expect(page.get_by_label("Your name")).to_be_visible()
