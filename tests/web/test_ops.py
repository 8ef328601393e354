"""The operator's doors, the built screens, and the log."""

import io
import json
import logging
from collections.abc import AsyncGenerator
from pathlib import Path

import httpx
import pytest
import structlog

from tests.web.center import HERE, Center
from warmline.web.logs import configure
from warmline.web.static import screens


async def test_health_and_readiness(center: Center):
    browser = center.browser()
    assert (await browser.get("/healthz")).json() == {"status": "ok"}
    ready = await browser.get("/readyz")
    assert ready.json() == {"status": "ready", "position": center.engine.position()}


async def test_a_center_that_does_not_serve_says_when_to_ask_again(center: Center):
    from dataclasses import replace

    from warmline.web.app import make_app

    waiting = make_app(replace(center.wired, ready=lambda: False))
    transport = httpx.ASGITransport(waiting)
    async with httpx.AsyncClient(transport=transport, base_url=HERE) as browser:
        answer = await browser.get("/readyz")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")


async def test_figures_are_for_this_machine_and_for_administrators(center: Center):
    assert (await center.browser(address="127.0.0.1").get("/metrics")).status_code == 200
    assert (await center.browser(address="::1").get("/metrics")).status_code == 200
    far = center.browser(address="192.0.2.7")
    assert (await far.get("/metrics")).status_code == 403
    far.cookies.update(dict((await center.signed_in("sue")).cookies))
    assert (await far.get("/metrics")).status_code == 403
    near = center.browser(address="192.0.2.7")
    near.cookies.update(dict((await center.signed_in("ada")).cookies))
    assert (await near.get("/metrics")).status_code == 200


async def test_the_figures_are_those_of_the_center(center: Center):
    text = (await center.browser().get("/metrics")).text
    assert f"warmline_position {float(center.engine.position())}" in text
    assert 'warmline_agents{presence="offline"} 1.0' in text
    for name in ("warmline_inbox", "warmline_append_seconds_bucket", "warmline_live_screens"):
        assert name in text


@pytest.fixture
async def built(tmp_path: Path) -> AsyncGenerator[httpx.AsyncClient]:
    place = tmp_path / "dist"
    (place / "assets").mkdir(parents=True)
    (place / "index.html").write_text("<!doctype html>" + "x" * 2000)
    (place / "assets" / "main-abc123.js").write_text("let x;" * 500)
    (place / "widget.js").write_text("widget")
    (place / "gallery.html").write_text("gallery")
    (place / ".env").write_text("hidden")
    (tmp_path / "outside.txt").write_text("outside")
    (place / "link.txt").symlink_to(tmp_path / "outside.txt")
    from fastapi import FastAPI

    from warmline.web.problems import install

    app = FastAPI(docs_url=None, redoc_url=None)
    install(app)
    app.router.default = screens(place)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=HERE) as browser:
        yield browser


@pytest.mark.parametrize("path", ["/", "/desk", "/desk/chat-1", "/welcome?token=x", "/index.html"])
async def test_every_address_of_the_app_is_the_page(built: httpx.AsyncClient, path: str):
    answer = await built.get(path)
    assert answer.text.startswith("<!doctype html>")
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.headers["content-encoding"] == "gzip"


async def test_hashed_files_are_kept_for_ever_and_the_widget_for_minutes(built: httpx.AsyncClient):
    hashed = await built.get("/assets/main-abc123.js")
    assert "immutable" in hashed.headers["cache-control"]
    widget = await built.get("/widget.js")
    assert widget.headers["cache-control"] == "public, max-age=300"
    assert widget.headers["access-control-allow-origin"] == "*"
    assert (await built.head("/widget.js")).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/gallery", "/gallery.html", "/api/v1/x", "/ws/none", "/assets/", "/assets/none.js",
        "/missing.png", "/.env", "/%2e%2e/outside.txt", "/..%2foutside.txt", "/link.txt",
        "/desk%00", "/" + "a" * 600, "/assets",
    ],
)  # fmt: skip
async def test_everything_else_is_not_there(built: httpx.AsyncClient, path: str):
    answer = await built.get(path)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@pytest.fixture
def written() -> io.StringIO:
    """What is logged, as JSON; the settings of other tests come back afterwards."""
    return io.StringIO()


def test_an_error_is_logged_by_type_and_place_not_by_its_words(written: io.StringIO):
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    try:
        configure(json=True, stream=written)
        try:
            int("anna@customer.test")
        except ValueError:
            structlog.get_logger().exception("import_failed", command="c-1")
            logging.getLogger("uvicorn.error").exception("Exception in ASGI application")
        logging.getLogger("uvicorn.access").info("GET /welcome?token=secret")
    finally:
        structlog.reset_defaults()
        root.handlers[:] = before
        root.setLevel(level)
    lines = [json.loads(line) for line in written.getvalue().splitlines()]
    assert [line["event"] for line in lines] == ["import_failed", "Exception in ASGI application"]
    for line in lines:
        assert line["kind"] == "ValueError"
        assert line["places"][-1].startswith("test_ops.py:")
    assert lines[0]["command"] == "c-1"
    assert "anna@customer.test" not in written.getvalue()
    assert "secret" not in written.getvalue()
