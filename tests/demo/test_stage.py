"""A whole demonstration as a process of its own: people come in by the doors and are served."""

import asyncio
import json
import sqlite3
from collections import Counter

import httpx
import pytest
from websockets.asyncio.client import connect

from tests.services.ports import wait_for
from tests.services.server import running_server

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
OPTIONS = ("--speed", "5", "--weeks", "1", "--quiet")


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    data = tmp_path_factory.mktemp("demo") / "data"
    with running_server(data, command="demo", options=OPTIONS) as started:
        yield started


@pytest.fixture(scope="module")
def mail(demo):
    """A letter that is written at once, since answering takes people a while."""
    # Once a second: the demonstration takes twelve mails a minute from its page.
    sent = wait_for(
        "the receiver", lambda: _taken(post(demo, "mail", MAIL)), deadline_s=WITHIN_S, every_s=1.0
    )
    assert sent is not None
    return sent


@pytest.fixture(scope="module")
def callback(demo):
    """A call that is asked for at once."""
    wish = {"inbox": "shop-callback", "number": "201 555 0142", "region": "US", "language": "en"}
    answer = httpx.post(f"{demo.url}/api/v1/callbacks", json=wish, timeout=20)
    assert answer.status_code == 201, answer.text
    return answer.json()["interaction"]


def lived(demo, after=0):
    """How often what happened since the demonstration opened."""
    database = sqlite3.connect(f"file:{demo.data / 'warmline.db'}?mode=ro", uri=True)
    try:
        live = "position > ? AND position > (SELECT max(position) FROM event WHERE "
        live += "name = 'Ended' AND body LIKE '%history_over%' OR position = 1)"
        return Counter(
            name for (name,) in database.execute(f"SELECT name FROM event WHERE {live}", [after])
        )
    finally:
        database.close()


def last(demo):
    database = sqlite3.connect(f"file:{demo.data / 'warmline.db'}?mode=ro", uri=True)
    try:
        return database.execute("SELECT max(position) FROM event").fetchone()[0]
    finally:
        database.close()


def post(demo, path, body, **headers):
    return httpx.post(f"{demo.url}/api/v1/demo/{path}", json=body, headers=headers, timeout=20)


def state(demo):
    return httpx.get(f"{demo.url}/api/v1/demo", timeout=20).json()


@pytest.mark.usefixtures("mail", "callback")
def test_customers_are_accepted_answered_and_wrapped_up(demo):
    wanted = {"Accepted", "MessageSent", "MessagesRead", "Ended", "WrappedUp"}
    after = last(demo)
    wait_for("a whole conversation", lambda: wanted <= set(lived(demo, after)), deadline_s=WITHIN_S)
    assert state(demo)["talking"] + state(demo)["waiting"] > 0


def test_a_mail_is_answered_and_the_answer_arrives_threaded(demo, mail):
    url = f"{demo.url}/api/v1/demo/mail"
    letters = wait_for(
        "an answer",
        lambda: httpx.get(url, params={"address": MAIL["address"]}, timeout=20).json()["letters"],
        deadline_s=WITHIN_S,
    )
    assert letters[0]["in_reply_to"] == mail["message_id"]
    assert mail["message_id"] in letters[0]["references"]
    assert letters[0]["subject"] == "Re: Order 48377"
    assert "left our warehouse" in letters[0]["text"]


def test_who_asks_to_be_called_is_called(demo, callback):
    def closed():
        database = sqlite3.connect(f"file:{demo.data / 'warmline.db'}?mode=ro", uri=True)
        try:
            query = (
                "SELECT disposition FROM conversation WHERE interaction = ? AND phase = 'closed'"
            )
            return database.execute(query, [callback]).fetchone()
        finally:
            database.close()

    (outcome,) = wait_for("the call", closed, deadline_s=WITHIN_S)
    assert outcome in {"reached", "not-reached"}


def _taken(answer):
    return answer.json() if answer.is_success else None


async def test_whoever_sits_down_is_offered_a_chat_and_a_mail(demo):
    async with httpx.AsyncClient(base_url=demo.url, timeout=20) as browser:
        answer = await browser.post("/api/v1/demo/sit", json={"chair": "anna"})
        assert answer.json()["user"]["agent"] == "anna"
        assert answer.json()["demo"] is True
        cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
        headers = {"X-CSRF-Token": browser.cookies["warmline_csrf"]}
        url = demo.url.replace("http", "ws")
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


def test_an_outage_brings_many_and_is_shown(demo):
    before = lived(demo)["Arrived"]
    assert post(demo, "incident", None).json() == {"started": True, "outage": True}
    assert post(demo, "incident", None).json()["started"] is False
    assert state(demo)["outage"] is True
    wait_for("the rush", lambda: lived(demo)["Arrived"] > before + 15, deadline_s=WITHIN_S)


def test_the_speed_is_changed_and_another_one_refused(demo):
    assert post(demo, "speed", {"speed": 1}).json() == {"speed": 1}
    assert state(demo)["speed"] == 1
    assert post(demo, "speed", {"speed": 2}).status_code == 400
    assert post(demo, "speed", {"speed": 5}).json() == {"speed": 5}


@pytest.mark.parametrize("path", ["sit", "speed", "incident", "mail"])
def test_a_page_of_another_site_can_do_nothing(demo, path):
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
    answer = post(demo, path, bodies[path], Origin="https://elsewhere.example")
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("sit", {"chair": "zofia"}, "chair"),
        ("mail", {"address": "nobody", "to": "x", "subject": "", "text": "x"}, "address"),
        ("mail", {"address": "a@b.example", "to": "x@y.example", "subject": "", "text": "x"}, "to"),
    ],
)
def test_bad_input_is_named(demo, path, body, field):
    answer = post(demo, path, body)
    assert answer.status_code == 400
    assert field in answer.text


def open_chats(demo):
    """Chats of simulated customers that nobody has ended."""
    database = sqlite3.connect(f"file:{demo.data / 'warmline.db'}?mode=ro", uri=True)
    try:
        return {
            interaction
            for (interaction,) in database.execute(
                "SELECT interaction FROM conversation WHERE medium = 'chat' AND closed_at IS NULL "
                "AND phase NOT IN ('wrapping', 'closed') AND customer LIKE 'sample-%'"
            )
        }
    finally:
        database.close()


def test_after_a_power_cut_everybody_goes_on(demo):
    wait_for("chats that are open", lambda: open_chats(demo), deadline_s=WITHIN_S)
    demo.restart()
    cut_off = open_chats(demo)
    after = last(demo)
    wait_for("nobody left behind", lambda: not cut_off & open_chats(demo), deadline_s=60)
    wanted = {"AgentConnected", "Accepted", "MessageSent", "WrappedUp"}
    wait_for("life again", lambda: wanted <= set(lived(demo, after)), deadline_s=WITHIN_S)
    assert "simulated_agent_failed" not in demo.output()
    assert "simulated_person_failed" not in demo.output()
