"""A small real center for the browser tests: set up through its own API, as an administrator would.

Two agents, one supervisor, a chat, a mailbox by SMTP and one by IMAP; outgoing mail goes to a sink.
"""

import atexit
import re
import shutil
from collections.abc import Generator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import httpx

from tests.services.dovecot import Dovecot
from tests.services.ports import LOOPBACK, free_port, wait_for
from tests.services.server import WarmlineServer, running_server
from tests.services.smtp_sink import SmtpSink

PASSWORD = "lamp-and-chair-9"
ADMIN, SUPERVISOR = "piotr", "marek"
ANNA, BORIS = "anna", "boris"
NAMES = {ADMIN: "Piotr Lasota", SUPERVISOR: "Marek Dolny", ANNA: "Anna Kowal", BORIS: "Борис Титов"}
SHOP_ADDRESS = "help@larkfold.example"
IMAP_ADDRESS = "office@larkfold.example"
ALWAYS = [{"opens": 0, "closes": 1440}]
WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class Api:
    """A signed-in client of the HTTP API."""

    def __init__(self, url: str) -> None:
        self.http = httpx.Client(base_url=f"{url}/api/v1", timeout=20, verify=False)
        self.close = self.http.close

    def sign_in(self, login: str, password: str = PASSWORD) -> None:
        """Become a user."""
        self.send("POST", "/session", {"login": login, "password": password})

    def send(self, method: str, path: str, body: Any = None) -> Any:
        """The answer's JSON; an error says what the center said."""
        token = self.http.cookies.get("warmline_csrf") or ""
        answer = self.http.request(method, path, json=body, headers={"X-CSRF-Token": token})
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None


@dataclass(frozen=True, slots=True)
class Office:
    """A running center and what surrounds it."""

    server: WarmlineServer
    admin: Api
    smtp_port: int
    sink: SmtpSink

    @property
    def url(self) -> str:
        """Where browsers go."""
        return self.server.url

    def signed_in(self, login: str) -> Api:
        """Another client, as somebody."""
        api = Api(self.url)
        api.sign_in(login)
        return api


def publish_flow(admin: Api, flow: str, text: str) -> None:
    """Draft, save and run a flow, each with the tag of what it changes."""
    draft = admin.http.post("/flows", json={"id": flow, "name": flow}, headers=_tagged(admin))
    where = f"/flows/versions/{draft.json()['id']}"
    headers = _tagged(admin, draft.headers["etag"])
    saved = admin.http.put(where, json={"text": text}, headers=headers)
    assert saved.is_success, saved.text
    headers = _tagged(admin, saved.headers["etag"])
    assert admin.http.post(f"{where}/publish", headers=headers).is_success


def _tagged(admin: Api, tag: str = "") -> dict[str, str]:
    token = admin.http.cookies.get("warmline_csrf") or ""
    return {"X-CSRF-Token": token, **({"If-Match": tag} if tag else {})}


@contextmanager
def open_office(
    folder: Path, sink: SmtpSink, dovecot: Dovecot | None = None, **more: str
) -> Generator[Office]:
    """A center with people, queues and doors, ready to work; `more` is for its environment."""
    shutil.copytree(_furnished(), folder / "center")
    smtp_port = free_port()
    env = {
        "WARMLINE_SMTP_OUT_HOST": sink.host,
        "WARMLINE_SMTP_OUT_PORT": str(sink.port),
        "WARMLINE_SMTP_OUT_TLS": "never",
        "WARMLINE_UNDO_SEND_MS": "1500",
        "WARMLINE_MOOD": "off",  # an encoder for each center would take the machine of the others
        **more,
    }
    options = ("--smtp-port", str(smtp_port))
    with (
        running_server(folder / "center", options=options, env=env) as server,
        closing(Api(server.url)) as admin,
    ):
        admin.sign_in(ADMIN)
        if dovecot is not None:
            _fetched_mailbox(admin, dovecot)
        yield Office(server=server, admin=admin, smtp_port=smtp_port, sink=sink)


@cache
def _furnished() -> Path:
    """The data folder of such a center, made once in each process that runs tests."""
    folder = Path(mkdtemp(prefix="warmline-office-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    with (
        running_server(folder / "center", env={"WARMLINE_MOOD": "off"}) as server,
        closing(_first_admin(server)) as admin,
    ):
        _define(admin)
        _people(admin)
        shop = {"id": "shop", "inbox": "shop-mail", "address": SHOP_ADDRESS, "name": "Larkfold"}
        admin.send("POST", "/mailboxes", shop)
    return folder / "center"


def _first_admin(server: WarmlineServer) -> Api:
    link = re.compile(r"/welcome\?token=([\w-]+)")
    wait_for("the first administrator's link", lambda: link.search(server.output()) is not None)
    found = link.search(server.output())
    assert found is not None
    api = Api(server.url)
    api.send(
        "POST",
        "/first-admin",
        {"token": found[1], "name": NAMES[ADMIN], "login": ADMIN, "password": PASSWORD},
    )
    return api


def _define(admin: Api) -> None:
    for tag, name in (("en", "English"), ("ru", "Русский"), ("pl", "Polski")):
        admin.send("PUT", f"/config/skill/{tag}", {"name": name, "language": True})
    admin.send("PUT", "/config/team/shop", {"name": "Shop"})
    hours = {"name": "Always", "zone": "Europe/Warsaw", "week": dict.fromkeys(WEEK, ALWAYS)}
    admin.send("PUT", "/config/calendar/always", hours)
    for id_, name in (("solved", "Solved"), ("replaced", "Replacement sent"), ("spam", "Spam")):
        admin.send("PUT", f"/config/disposition/{id_}", {"name": name})
    ring = {"language_level": 1}
    wrap = {"mode": "required", "limit_ms": 600_000, "automatic": "solved"}
    for id_, name in (("orders", "Orders"), ("returns", "Returns and damage")):
        queue = {"name": name, "rings": [ring], "calendar": "always", "wrap_up": wrap}
        admin.send("PUT", f"/config/queue/{id_}", queue)
    letters = {
        "name": "E-mail",
        "rings": [{"language_level": 0}],
        "calendar": "always",
        "wrap_up": wrap,
        "when_closed": "wait",
        "target": {"within_ms": 3_600_000, "share_pct": 90, "in_business_hours": True},
    }
    admin.send("PUT", "/config/queue/mail", letters)
    for id_, name in (("coffee", "Coffee"), ("paperwork", "Paperwork")):
        presence = "break" if id_ == "coffee" else "busy"
        admin.send("PUT", f"/config/reason/{id_}", {"name": name, "presence": presence})
    admin.send(
        "PUT", "/config/inbox/shop-mail", {"name": "Mail", "medium": "email", "queue": "mail"}
    )
    chat = {
        "name": "Shop chat",
        "medium": "chat",
        "queue": "orders",
        "by_reason": {"orders": "orders", "returns": "returns"},
        "offline_inbox": "shop-mail",
    }
    admin.send("PUT", "/config/inbox/shop-chat", chat)
    policy = admin.send("GET", "/config")["policy"]
    policy["version"] += 1
    policy["offer_ms"] = {**policy["offer_ms"], "chat": 120_000, "email": 120_000}
    admin.send("PUT", "/config/policy", policy)


def _people(admin: Api) -> None:
    everybody = (
        (SUPERVISOR, ["supervisor"]),
        (ANNA, ["agent"]),
        (BORIS, ["agent"]),
    )
    for login, roles in everybody:
        agent = login if roles == ["agent"] else None
        body = {"name": NAMES[login], "login": login, "roles": roles, "password": PASSWORD}
        admin.send("POST", "/users", {**body, **({"agent": agent} if agent else {})})
        if agent:
            skills = {"en": 5, "ru": 5, "pl": 3}
            admin.send("PUT", f"/config/agent/{agent}", {"team": "shop", "skills": skills})
    reply = {"shortcut": "replace", "title": "Replacement", "language": "en"}
    text = "I am sorry, {{customer.name}}. A new one leaves today by courier."
    admin.send("POST", "/canned", {**reply, "text": text})


def _fetched_mailbox(admin: Api, dovecot: Dovecot) -> None:
    imap = {
        "host": LOOPBACK,
        "port": dovecot.port,
        "tls": "none",
        "user": dovecot.user,
        "password": dovecot.password,
        "folder": "INBOX",
    }
    box = {"id": "office", "inbox": "shop-mail", "address": IMAP_ADDRESS, "name": "Larkfold"}
    admin.send("POST", "/mailboxes", {**box, "imap": imap})
