"""Photographs every state of the built widget, with a small scripted center in place of the real one.

`python ui/widget/dev/look.py FOLDER [--axe]` after `npm run build:widget`.
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import FilePayload, Page, Route, WebSocketRoute, sync_playwright

UI = Path(__file__).resolve().parents[2]
WIDGET = (UI / "dist" / "widget.js").read_text()
AXE = UI / "node_modules" / "axe-core" / "axe.min.js"
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run"
    " --disable-background-networking --disable-component-update --disable-sync"
).split()
NOW = 1_772_800_000_000
JSON = dict[str, Any]

SHOP = """<!doctype html><html lang="{locale}"><head><meta charset="utf-8"><title>Shop</title>
<meta name="viewport" content="width=device-width, initial-scale=1"></head>
<body style="background:#fbfbf9;font:16px Georgia,serif;margin:32px"><main><h1>Larkfold</h1><p>Heron floor lamp</p></main>
<script async src="/widget.js" data-inbox="shop" data-locale="{locale}" {more}></script></body></html>"""

WORDS = {
    "en": (
        "Hello, the floor lamp came today and the glass shade is cracked right across.",
        "Good afternoon, Helen, this is Anna. I am sorry, that is no way to unpack a lamp. May I see a photo?",
        "Of course. It is a present for Saturday, so I am a little worried.",
        "I can send a new shade by courier today. The details are on https://larkfold.example/orders/48377 (no sign-in).",
        "That would be lovely, thank you",
    ),
    "ru": (
        "Здравствуйте, сегодня привезли торшер, а стеклянный плафон треснул.",
        "Добрый день, Елена, это Анна. Мне очень жаль. Пришлёте фотографию?",
        "Конечно. Это подарок на субботу, поэтому я немного волнуюсь.",
        "Новый плафон отправим сегодня курьером. Подробности: https://larkfold.example/orders/48377.",
        "Замечательно, спасибо",
    ),
    "pl": (
        "Dzień dobry, dziś przyszła lampa, a szklany klosz jest pęknięty.",
        "Dzień dobry, tu Anna. Bardzo mi przykro. Czy mogę zobaczyć zdjęcie?",
        "Oczywiście. To prezent na sobotę, więc trochę się martwię.",
        "Nowy klosz wyślemy dziś kurierem. Szczegóły: https://larkfold.example/orders/48377.",
        "Świetnie, dziękuję",
    ),
}
NAMES = {"en": "Anna", "ru": "Анна", "pl": "Anna"}


def said(locale: str, count: int, *, file: bool = False) -> list[JSON]:
    """The first `count` messages of a conversation."""
    messages: list[JSON] = []
    for at, text in enumerate(WORDS[locale][:count]):
        mine = at % 2 == 0
        messages.append(
            {
                "seq": at + 1,
                "id": f"m{at}",
                "at": NOW + at * 60_000,
                "author": "customer" if mine else "agent",
                "name": None if mine else NAMES[locale],
                "text": text,
                "files": [],
                "state": ("read", "delivered", "sent")[0 if at < 3 else 1],
            }
        )
    if file and len(messages) > 2:
        name = {
            "en": "shade-crack.pdf",
            "ru": "трещина-на-плафоне.pdf",
            "pl": "pekniecie-klosza.pdf",
        }[locale]
        messages[2]["files"] = [
            {"id": "f1", "name": name, "media_type": "application/pdf", "size": 248_000}
        ]
    return messages


class ScriptedCenter:
    """Answers the chat door and the chat socket as told."""

    def __init__(self, locale: str, *, open_now: bool = True) -> None:
        self.locale = locale
        self.facts: JSON = {
            "open": open_now,
            "opens_at": None if open_now else NOW + 40_000_000,
            "name": "Larkfold",
            "prechat": {
                "name": True,
                "email": True,
                "reason": ["orders", "returns", "something else"],
            },
            "file_limit_bytes": 10_000_000,
            "file_types": ["image/*", "application/pdf"],
            "locales": ["en", "ru", "pl"],
            "online": 3,
        }
        self.hello: JSON = {
            "type": "hello", "now": NOW, "interaction": "i1", "phase": "queued", "position": 3,
            "expected": {"low_ms": 110_000, "high_ms": 250_000}, "agent": None, "messages": said(locale, 1), "last_seq": 1,
            "ended": False, "rated": False,
        }  # fmt: skip
        self.sockets: list[WebSocketRoute] = []
        self.deaf = False
        self.down = False

    def attach(self, page: Page, more: str) -> None:
        shop = SHOP.format(locale=self.locale, more=more)
        page.route(
            "http://shop.test/", lambda route: route.fulfill(body=shop, content_type="text/html")
        )
        page.route(
            "http://shop.test/widget.js",
            lambda route: route.fulfill(body=WIDGET, content_type="text/javascript"),
        )
        page.route("http://shop.test/api/v1/chat**", self.answer)
        page.route("http://shop.test/api/v1/chat/**", self.answer)
        page.route_web_socket("ws://shop.test/ws/**", self.socket)

    def answer(self, route: Route) -> None:
        path = route.request.url.partition("/api/v1/chat")[2]
        if self.down:
            route.abort()
        elif path.startswith("/inboxes"):
            route.fulfill(json=self.facts)
        elif path == "":
            route.fulfill(status=201, json={"interaction": "i1", "token": "wl_x"})
        elif path.startswith("/messages"):
            route.fulfill(json={"messages": []})
        elif path.startswith("/files"):
            problem = {"code": "too_large", "detail": "too large"}
            route.fulfill(status=413, json=problem, content_type="application/problem+json")
        else:
            route.fulfill(json={})

    def socket(self, socket: WebSocketRoute) -> None:
        if self.down:
            socket.close()
            return
        self.sockets.append(socket)
        socket.on_message(lambda text: self.heard(socket, json.loads(str(text))))
        socket.send(json.dumps(self.hello))

    def heard(self, socket: WebSocketRoute, frame: JSON) -> None:
        if frame["type"] == "send" and not self.deaf:
            seq = self.hello["last_seq"] = self.hello["last_seq"] + 1
            message: JSON = {
                "seq": seq, "id": frame["id"], "at": NOW, "author": "customer", "name": None,
                "text": frame["text"], "files": [], "state": "sent",
            }  # fmt: skip
            self.tell({"type": "message", "message": message})
        if frame["type"] == "end":
            self.tell({"type": "ended", "by": "customer"})

    def tell(self, frame: JSON) -> None:
        for socket in self.sockets:
            socket.send(json.dumps(frame))


Shot = Callable[[Page, ScriptedCenter], None]


def begin(page: Page, center: ScriptedCenter) -> None:
    page.locator(".launcher").click()
    page.locator("[name=name]").fill("Helen")
    page.locator("[name=text]").fill(WORDS[center.locale][0])
    page.locator("[name=text]").press("Enter")
    page.locator(".composer").wait_for()
    page.locator(".msg").first.wait_for()


def talking(page: Page, center: ScriptedCenter) -> None:
    begin(page, center)
    center.tell(
        {
            "type": "state",
            "phase": "connected",
            "position": None,
            "agent": {"name": NAMES[center.locale]},
        }
    )
    for message in said(center.locale, 5, file=True)[1:]:
        center.tell({"type": "message", "message": message})
    center.tell({"type": "typing", "on": True})
    page.locator(".typing:visible").wait_for()


def launcher(page: Page, center: ScriptedCenter) -> None:
    begin(page, center)
    page.keyboard.press("Escape")
    for message in said(center.locale, 4)[1:]:
        center.tell({"type": "message", "message": message})
    page.locator(".badge").wait_for()


def prechat(page: Page, _: ScriptedCenter) -> None:
    page.locator(".launcher").click()
    page.locator("[name=name]").wait_for()


def faults(page: Page, center: ScriptedCenter) -> None:
    prechat(page, center)
    page.locator("[name=email]").fill("helen@")
    page.locator(".btn.main").click()


def upload(page: Page, center: ScriptedCenter) -> None:
    talking(page, center)
    big: FilePayload = {"name": "film.mp4", "mimeType": "video/mp4", "buffer": b"1"}
    page.locator("input[type=file]").set_input_files([big])
    photo: FilePayload = {"name": "photo.png", "mimeType": "image/png", "buffer": b"1"}
    page.locator("input[type=file]").set_input_files([photo])
    page.get_by_text("photo.png").first.wait_for()
    center.deaf = True
    page.locator(".composer textarea").fill("One more thing")
    page.keyboard.press("Enter")


def asked(page: Page, center: ScriptedCenter) -> None:
    talking(page, center)
    page.locator("header .btn").first.click()


def ended(page: Page, center: ScriptedCenter) -> None:
    asked(page, center)
    page.locator(".btn.danger").click()
    page.locator(".scale label").nth(3).click()


def thanked(page: Page, center: ScriptedCenter) -> None:
    ended(page, center)
    page.locator(".card .btn.main").click()
    page.locator(".card .state.good").wait_for()


def transcript(page: Page, center: ScriptedCenter) -> None:
    talking(page, center)
    page.locator("footer .link").click()


def lost(page: Page, center: ScriptedCenter) -> None:
    talking(page, center)
    center.down = True
    for socket in center.sockets:
        socket.close()
    page.locator(".strip:visible").wait_for()


def noted(page: Page, center: ScriptedCenter) -> None:
    prechat(page, center)
    page.locator("[name=name]").fill("Helen")
    page.locator("[name=email]").fill("helen@example.org")
    page.locator("[name=text]").fill("When does it come?")
    page.locator(".btn.main").click()
    page.locator(".form.center").wait_for()


def unreachable(page: Page, center: ScriptedCenter) -> None:
    center.down = True
    page.locator(".launcher").click()
    page.locator(".form.center").wait_for()


DESK, PHONE = (1000, 720), (320, 640)
STATES: list[tuple[str, str, tuple[int, int], str, Shot]] = [
    ("launcher", "en", DESK, "", launcher),
    ("prechat", "en", DESK, "", prechat),
    ("prechat-ru", "ru", DESK, "", prechat),
    ("prechat-faults-pl", "pl", DESK, "", faults),
    ("waiting", "en", DESK, "", begin),
    ("waiting-ru", "ru", DESK, "", begin),
    ("talking", "en", DESK, "", talking),
    ("talking-ru", "ru", DESK, "", talking),
    ("talking-pl-dark", "pl", DESK, 'data-theme="dark"', talking),
    ("talking-colour", "en", DESK, 'data-color="#ffcc00" data-position="left"', talking),
    ("files", "en", DESK, "", upload),
    ("end-question", "ru", DESK, "", asked),
    ("ended-rating", "en", DESK, "", ended),
    ("ended-rating-ru-phone", "ru", PHONE, "", ended),
    ("thanks-pl", "pl", DESK, "", thanked),
    ("transcript", "en", DESK, "", transcript),
    ("lost", "en", DESK, "", lost),
    ("offline", "en", DESK, "", prechat),
    ("offline-sent-ru", "ru", DESK, "", noted),
    ("unreachable", "en", DESK, "", unreachable),
    ("phone", "en", PHONE, "", talking),
    ("phone-dark-ru", "ru", PHONE, 'data-theme="dark"', begin),
    ("zoom-200", "en", (640, 360), "", talking),
]


def main() -> int:
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    wanted = [name for name in sys.argv[2:] if not name.startswith("-")]
    bad = 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        for name, locale, (width, height), more, shot in STATES:
            if wanted and name not in wanted:
                continue
            page = browser.new_page(viewport={"width": width, "height": height})
            page.set_default_timeout(3_000)
            page.on("pageerror", lambda error, name=name: print(f"{name}: {error}"))
            page.emulate_media(color_scheme="light")
            center = ScriptedCenter(locale, open_now=not name.startswith("offline"))
            center.attach(page, more)
            page.clock.set_fixed_time(NOW) if "offline" in name else None
            page.goto("http://shop.test/")
            page.locator(".launcher").wait_for()
            try:
                shot(page, center)
            except Exception as failed:  # the other states are still worth a look
                print(f"{name}: {failed}")
            page.wait_for_function("document.getAnimations().length === 0")
            page.evaluate("new Promise(done => setTimeout(done, 250))")
            page.screenshot(path=folder / f"{name}.png")
            if "--axe" in sys.argv:
                page.evaluate(AXE.read_text())
                found = page.evaluate(
                    "axe.run({runOnly: ['wcag2a','wcag2aa','wcag21aa','wcag22aa','best-practice']})"
                )
                for violation in found["violations"]:
                    bad += 1
                    nodes = [node["html"][:160] for node in violation["nodes"]]
                    print(f"{name}: {violation['impact']} {violation['id']}: {nodes}")
            page.close()
        browser.close()
    print(f"{bad} findings")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
