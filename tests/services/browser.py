"""A real Chromium for the tests, driven by Playwright; the machine's own, nothing is downloaded."""

import shutil
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager

from playwright.async_api import Browser as AsyncBrowser
from playwright.async_api import Playwright
from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
"""The first has no windows, tabs and menus of its own: it starts with a seventh of the work."""

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

HEADSET = (
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
    "--allow-loopback-in-peer-connection",
    "--disable-features=WebRtcHideLocalIpsWithMdns",
)
"""A microphone that beeps each second, and sound that plays and travels within this machine."""


def program() -> str:
    """Where the browser is."""
    found = next((path for path in map(shutil.which, NAMES) if path), None)
    if not found:
        raise RuntimeError("Chromium is not installed: run scripts/test_services.py")
    return found


@asynccontextmanager
async def running_browser(driver: Playwright, *more: str) -> AsyncGenerator[AsyncBrowser]:
    """A browser for an async test, with `more` flags; closed afterwards, with all that it opened."""
    browser = await driver.chromium.launch(executable_path=program(), args=[*FLAGS, *more])
    try:
        yield browser
    finally:
        await browser.close()


@contextmanager
def running_browser_sync() -> Generator[Browser]:
    """The same for a test without an event loop; not while one runs in this thread."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program(), args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()
