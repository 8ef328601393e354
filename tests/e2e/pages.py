"""What the browser tests do on the screens, named as a person would say it."""

from collections.abc import Generator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from time import monotonic
from weakref import WeakKeyDictionary

from playwright.async_api import Browser, Page, Request, expect

from tests.e2e.office import PASSWORD
from tests.services.ports import LOOPBACK

PICTURES = Path(__file__).resolve().parents[2] / "test-results" / "pictures"
LONGEST_MS = 20_000
STILL = 3
"""So many times in a row nothing may be on its way."""
DRAWN = """() => document.fonts.ready.then(() => new Promise((drawn) =>
    requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(drawn, 20)))))"""

expect.set_options(timeout=LONGEST_MS)


class Quiet(SimpleHTTPRequestHandler):
    """A web server that keeps its log to itself."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
        """Nothing."""


@contextmanager
def shop_site(folder: Path, center_url: str, *, locale: str = "en") -> Generator[str]:
    """The shop's own web site, on another origin than the center; gives its address."""
    folder.mkdir()
    (folder / "index.html").write_text(
        f"""<!doctype html><html lang="{locale}"><meta charset="utf-8"><title>Shop</title>
        <body><h1>Larkfold</h1><script async src="{center_url}/widget.js"
        data-inbox="shop-chat" data-locale="{locale}"></script>""",
        encoding="utf-8",
    )
    server = ThreadingHTTPServer((LOOPBACK, 0), partial(Quiet, directory=str(folder)))
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://{LOOPBACK}:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


_ASKED: WeakKeyDictionary[Page, set[Request]] = WeakKeyDictionary()
"""What each page has asked the center for and not been given yet."""


async def settled(page: Page) -> None:
    """Return when a page waits for no answer and has drawn what it was given.

    The browser's own "network idle" needs half a second of silence, on every screen.
    """
    quiet, deadline = 0, monotonic() + LONGEST_MS / 1000
    while quiet < STILL:
        assert monotonic() < deadline, f"{page.url} never rests: {_ASKED[page]}"
        await page.evaluate(DRAWN)
        quiet = 0 if _ASKED[page] else quiet + 1


def _count_requests(page: Page) -> None:
    under_way = _ASKED[page] = set[Request]()

    def asks(request: Request) -> None:
        under_way.add(request)

    def has(request: Request) -> None:
        under_way.discard(request)

    page.on("request", asks)
    page.on("requestfinished", has)
    page.on("requestfailed", has)


class Pages:
    """Opens pages, each in a browser of its own, and remembers what broke in any of them."""

    def __init__(self, browser: Browser, *, microphone: bool = False) -> None:
        self._browser = browser
        self._allowed = ["microphone"] if microphone else []
        self.broken: list[str] = []

    async def open(
        self, url: str, *, width: int = 1440, locale: str = "en-GB", dark: bool = False
    ) -> Page:
        """A page at an address."""
        opened = await self._browser.new_context(
            viewport={"width": width, "height": 900},
            locale=locale,
            color_scheme="dark" if dark else "light",
            permissions=self._allowed,
        )
        opened.set_default_timeout(LONGEST_MS)
        page = await opened.new_page()
        _count_requests(page)
        page.on("pageerror", lambda error: self.broken.append(f"{page.url}: {error}"))
        await page.goto(url)
        return page


FOLLOWED = """(address) => {
    const link = Object.assign(document.createElement("a"), { href: address });
    document.body.append(link);
    link.click();
    link.remove();
}"""


async def go(page: Page, address: str) -> None:
    """As one who follows a link: from screen to screen without loading all anew."""
    if page.url != address:
        async with page.expect_event("framenavigated"):
            await page.evaluate(FOLLOWED, address)


async def sign_in(page: Page, login: str, password: str = PASSWORD) -> None:
    """Through the sign-in page, by keyboard."""
    await page.get_by_label("Login").fill(login)
    await page.get_by_role("textbox", name="Password").fill(password)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="Your account")).to_be_visible()


async def go_available(page: Page) -> None:
    """The agent is there."""
    await page.get_by_role("button", name="Go on line").click()
    await expect(page.get_by_role("button", name="Your state Available")).to_be_visible()


async def take(page: Page, who: str) -> None:
    """Accept what rings, by its key, and have the conversation open."""
    await expect(page.get_by_role("button", name="Accept")).to_be_visible()
    await page.keyboard.press("Alt+A")
    talk = page.get_by_role("region", name="Conversation")
    await expect(talk.get_by_role("heading", name=who)).to_be_visible()
    await expect(talk.get_by_text("Connected", exact=True)).to_be_visible()


async def reply(page: Page, text: str) -> None:
    """Write to the chat customer."""
    box = page.get_by_role("textbox", name="Reply to")
    await box.fill(text)
    await box.press("Enter")
    await expect(page.get_by_role("log", name="Messages").get_by_text(text)).to_be_visible()


async def wrap_up(page: Page, disposition: str) -> None:
    """End the talk by its key and say what came of it, by typing."""
    await page.keyboard.press("Alt+E")
    find = page.get_by_role("combobox", name="What came of it")
    await expect(find).to_be_focused()
    await find.fill(disposition)
    await find.press("Enter")
    await expect(find).to_be_hidden()


async def picture(page: Page, name: str) -> None:
    """A screenshot for people, kept after the test."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    await page.screenshot(path=PICTURES / f"{name}.png")
