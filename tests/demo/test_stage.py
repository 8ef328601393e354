"""A whole demonstration as a process of its own: people come in by the doors and are served."""

import asyncio
import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Generator
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import connect

from tests.services.ports import Found, wait_for
from tests.services.server import WarmlineServer, running_server

# One demonstration for all, not one beside another.
pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("stage")]
WITHIN_S = 240.0
MAIL = {
    "name": "Nina Wolf",
    "address": "nina.wolf@mail.example",
    "to": "help@larkfold.example",
    "subject": "Order 48377",
    "text": "Hello, where is my order 48377? It should have come yesterday.",
}
SINCE = "SELECT name FROM event WHERE position > ?"
OPEN_CHATS = """
SELECT interaction FROM conversation WHERE medium = 'chat' AND closed_at IS NULL
AND phase NOT IN ('wrapping', 'closed') AND customer LIKE 'sample-%'
"""
OPTIONS = ("--speed", "5", "--weeks", "1", "--quiet")


class Stage:
    """A demonstration that runs, and what is asked of it."""

    def __init__(self, server: WarmlineServer, http: httpx.Client) -> None:
        self.server = server
        self.http = http

    def post(self, path: str, body: object, **headers: str) -> httpx.Response:
        return self.http.post(f"/demo/{path}", json=body, headers=headers)

    def state(self) -> dict[str, Any]:
        return self.http.get("/demo").json()

    def rows(self, query: str, *values: object) -> list[Any]:
        """What its database says, read beside it."""
        database = sqlite3.connect(f"file:{self.server.data / 'warmline.db'}?mode=ro", uri=True)
        try:
            return database.execute(query, values).fetchall()
        finally:
            database.close()

    def last(self) -> int:
        """The position of the last event."""
        return self.rows("SELECT max(position) FROM event")[0][0]

    def lived(self, after: int) -> Counter[str]:
        """How often what happened after a position in the log."""
        return Counter(name for (name,) in self.rows(SINCE, after))

    def open_chats(self) -> set[str]:
        """Chats of simulated customers that nobody has ended."""
        return {interaction for (interaction,) in self.rows(OPEN_CHATS)}


def until(what: str, check: Callable[[], Found], *, within_s: float = WITHIN_S) -> Found:
    """Asked seldom: the demonstration needs the processor itself."""
    return wait_for(what, check, deadline_s=within_s, every_s=0.25)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Generator[Stage]:
    data = tmp_path_factory.mktemp("demo") / "data"
    with (
        running_server(data, command="demo", options=OPTIONS) as started,
        httpx.Client(base_url=f"{started.url}/api/v1", timeout=20, verify=False) as http,
    ):
        yield Stage(started, http)


@pytest.fixture(scope="module")
def mail(demo: Stage) -> dict[str, str]:
    """A letter that is written at once, since answering takes people a while."""
    # Once a second: the demonstration takes twelve mails a minute from its page.
    sent = wait_for(
        "the receiver", lambda: _taken(demo.post("mail", MAIL)), deadline_s=WITHIN_S, every_s=1.0
    )
    assert sent is not None
    return sent


@pytest.fixture(scope="module")
def callback(demo: Stage) -> str:
    """A call that is asked for at once."""
    wish = {"inbox": "shop-callback", "number": "201 555 0142", "region": "US", "language": "en"}
    answer = demo.http.post("/callbacks", json=wish)
    assert answer.status_code == 201, answer.text
    return answer.json()["interaction"]


@pytest.mark.usefixtures("mail", "callback")
def test_customers_are_accepted_answered_and_wrapped_up(demo: Stage):
    wanted = {"Accepted", "MessageSent", "MessagesRead", "Ended", "WrappedUp"}
    after = demo.last()
    until("a whole conversation", lambda: wanted <= set(demo.lived(after)))
    assert demo.state()["talking"] + demo.state()["waiting"] > 0


def test_a_mail_is_answered_and_the_answer_arrives_threaded(demo: Stage, mail: dict[str, str]):
    of = {"address": MAIL["address"]}
    letters = until("an answer", lambda: demo.http.get("/demo/mail", params=of).json()["letters"])
    assert letters[0]["in_reply_to"] == mail["message_id"]
    assert mail["message_id"] in letters[0]["references"]
    assert letters[0]["subject"] == "Re: Order 48377"
    assert "left our warehouse" in letters[0]["text"]


def test_who_asks_to_be_called_is_called(demo: Stage, callback: str):
    query = "SELECT disposition FROM conversation WHERE interaction = ? AND phase = 'closed'"
    [(outcome,)] = until("the call", lambda: demo.rows(query, callback))
    assert outcome in {"reached", "not-reached"}


def _taken(answer: httpx.Response) -> dict[str, str] | None:
    return answer.json() if answer.is_success else None


async def test_whoever_sits_down_is_offered_a_chat_and_a_mail(demo: Stage):
    here = demo.server.url
    async with httpx.AsyncClient(base_url=here, timeout=20, verify=False) as browser:
        answer = await browser.post("/api/v1/demo/sit", json={"chair": "anna"})
        assert answer.json()["user"]["agent"] == "anna"
        assert answer.json()["demo"] is True
        cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
        headers = {"X-CSRF-Token": browser.cookies["warmline_csrf"]}
        url = here.replace("http", "ws")
        async with (
            asyncio.timeout(240),
            connect(f"{url}/ws/live", additional_headers={"Cookie": cookies}) as socket,
        ):
            media, offered = {}, []  # what waits for anybody may ring before what is sent to Anna
            while not {"chat", "email"}.issubset(offered):
                frame = json.loads(await socket.recv())
                if frame["type"] == "enter":
                    media[frame["interaction"]["id"]] = frame["interaction"]["medium"]
                if frame["type"] != "event" or frame["event"]["name"] != "Offered":
                    continue
                offer = {name: frame["event"][name] for name in ("interaction", "offer")}
                assert frame["event"]["agent"] == "anna"
                offered.append(media[offer["interaction"]])
                await browser.post("/api/v1/commands/Accept", json=offer, headers=headers)
                # What is done leaves room, and Anna is as free as her colleagues for the mail.
                done = {"interaction": offer["interaction"]}
                await browser.post("/api/v1/commands/End", json=done, headers=headers)
                done |= {"disposition": "solved"}
                await browser.post("/api/v1/commands/WrapUp", json=done, headers=headers)


def test_an_outage_brings_many_and_is_shown(demo: Stage):
    before = demo.last()
    assert demo.post("incident", None).json() == {"started": True, "outage": True}
    assert demo.post("incident", None).json()["started"] is False
    assert demo.state()["outage"] is True
    until("the rush", lambda: demo.lived(before)["Arrived"] > 15)


def test_the_speed_is_changed_and_another_one_refused(demo: Stage):
    assert demo.post("speed", {"speed": 1}).json() == {"speed": 1}
    assert demo.state()["speed"] == 1
    assert demo.post("speed", {"speed": 2}).status_code == 400
    assert demo.post("speed", {"speed": 5}).json() == {"speed": 5}


@pytest.mark.parametrize("path", ["sit", "speed", "incident", "mail"])
def test_a_page_of_another_site_can_do_nothing(demo: Stage, path):
    bodies = {
        "sit": {"chair": "anna"},
        "speed": {"speed": 1},
        "incident": None,
        "mail": {
            "address": "a@b.example",
            "to": "help@larkfold.example",
            "subject": "",
            "text": "x",
        },
    }
    answer = demo.post(path, bodies[path], Origin="https://elsewhere.example")
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("sit", {"chair": "zofia"}, "chair"),
        ("mail", {"address": "nobody", "to": "x", "subject": "", "text": "x"}, "address"),
        ("mail", {"address": "a@b.example", "to": "x@y.example", "subject": "", "text": "x"}, "to"),
    ],
)
def test_bad_input_is_named(demo: Stage, path, body, field):
    answer = demo.post(path, body)
    assert answer.status_code == 400
    assert field in answer.text


def test_after_a_power_cut_everybody_goes_on(demo: Stage):
    until("chats that are open", demo.open_chats)
    demo.server.restart()
    cut_off = demo.open_chats()
    after = demo.last()
    until("nobody left behind", lambda: not cut_off & demo.open_chats(), within_s=60)
    wanted = {"AgentConnected", "Accepted", "MessageSent", "WrappedUp"}
    until("life again", lambda: wanted <= set(demo.lived(after)))
    assert "simulated_agent_failed" not in demo.server.output()
    assert "simulated_person_failed" not in demo.server.output()
