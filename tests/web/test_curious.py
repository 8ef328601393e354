"""A curious agent walks over ten thousand customers, a supervisor over a quarter, and see nobody."""

import asyncio
import json
import re
import smtplib
import sqlite3
import time
from collections.abc import AsyncGenerator, Iterable, Sequence
from contextlib import asynccontextmanager, closing
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.services.ports import LOOPBACK, free_port
from tests.services.server import WarmlineServer, running_server
from tests.web.center import PASSWORD
from tests.web.curious import API, Curious, about_customers, described, other_routes
from tests.web.test_openapi import first_admin

MANY = 10_000
FEWER = 4
"""A supervisor asks about one in so many."""
SOME = 40
"""An administrator, who may read few routes about people, asks about one in so many."""
REVEALS = 20
WITHIN_S = 20
ACTIVE = "Quorbinactive Velmaractive"
"""Who chats with the agent just now."""
_MARKS = re.compile(r"quorbin\w+|velmar\w+|planted[\w.@]+|\+487770\d+|secretnote\w*", re.IGNORECASE)
WHY = {"cause": "quality", "reason": "Nothing but curiosity"}


def marks(text: str) -> Iterable[str]:
    """Words that only planted people have, in their name, addresses, numbers, notes."""
    return _MARKS.findall(text)


def id_of(number: int) -> str:
    return f"planted-{number:05}".replace("planted", "cust")


def plant(data: Path) -> list[str]:
    """Ten thousand people straight into the database; their ids."""
    now = int(time.time() * 1000)
    numbers = range(MANY)
    with closing(sqlite3.connect(data / "warmline.db", timeout=WITHIN_S)) as base, base:
        base.executemany(
            "INSERT INTO customer (site, id, name, folded, note, created_at, updated_at)"
            " VALUES ('main', ?, ?, ?, ?, ?, ?)",
            [
                (
                    id_of(n),
                    f"Quorbin{n:05} Velmar{n:05}",
                    f"quorbin{n:05} velmar{n:05}",
                    f"secretnote {n}",
                    now,
                    now,
                )
                for n in numbers
            ],
        )
        kinds = {"email": "planted{0:05}@mail.example", "phone": "+487770{0:05}"}
        base.executemany(
            "INSERT INTO identifier (site, kind, value, customer, verification, source, created_at)"
            " VALUES ('main', ?, ?, ?, 'matched', 'mail', ?)",
            [
                (kind, value.format(n), id_of(n), now)
                for n in numbers
                for kind, value in kinds.items()
            ],
        )
        base.executemany(
            "INSERT INTO customer_fact (site, id, customer, text, author, created_at)"
            " VALUES ('main', ?, ?, ?, 'nobody', ?)",
            [(f"fact-{n}", id_of(n), f"secretnote{n}", now) for n in numbers],
        )
    return [id_of(n) for n in numbers]


def send(admin: httpx.Client, method: str, path: str, body: object) -> Any:
    answer = admin.request(method, f"{API}{path}", json=body)
    assert answer.is_success, f"{path}: {answer.status_code} {answer.text}"
    return answer.json() if answer.content else None


def furnish(server: WarmlineServer) -> None:
    """Queues and doors, an agent, a supervisor."""
    with httpx.Client(base_url=server.url, headers=first_admin(server), timeout=30) as admin:
        send(admin, "PUT", "/config/queue/shop", {"name": "Shop", "rings": [{"language_level": 0}]})
        chat = {"name": "Chat", "medium": "chat", "queue": "shop"}
        send(admin, "PUT", "/config/inbox/chat", chat)
        # Nobody takes its mail: it waits while the curious look.
        ring = {"language_level": 0, "agents": ["nobody"]}
        send(admin, "PUT", "/config/agent/nobody", {})
        send(admin, "PUT", "/config/queue/post", {"name": "Post", "rings": [ring]})
        send(
            admin, "PUT", "/config/inbox/mail", {"name": "Mail", "medium": "email", "queue": "post"}
        )
        box = {"id": "help", "inbox": "mail", "address": "help@shop.example", "name": "Shop"}
        send(admin, "POST", "/mailboxes", box)
        for login, role in (("ann", "agent"), ("sue", "supervisor")):
            user = {"name": login.title(), "login": login, "roles": [role], "password": PASSWORD}
            agent = {"agent": login} if role == "agent" else {}
            send(admin, "POST", "/users", {**user, **agent})


def write_a_mail(port: int) -> None:
    mail = EmailMessage()
    mail["From"] = "Quorbinpost Velmarpost <plantedpost@mail.example>"
    mail["To"] = "help@shop.example"
    mail["Cc"] = "plantedfriend@mail.example"
    mail["Subject"] = "A parcel"
    mail["Message-ID"] = "<1@plantedpost.mail.example>"
    mail.set_content("Where is it?")
    with smtplib.SMTP(LOOPBACK, port, timeout=WITHIN_S) as smtp:
        smtp.send_message(mail)


@asynccontextmanager
async def curious(server: WarmlineServer, login: str) -> AsyncGenerator[Curious]:
    async with httpx.AsyncClient(base_url=server.url, timeout=30) as browser:
        given = {"login": login, "password": PASSWORD}
        answer = await browser.post(f"{API}/session", json=given)
        assert answer.status_code == 200, answer.text
        yield Curious(url=httpx.URL(server.url), browser=browser, planted=marks)


async def chat_with(ann: Curious) -> tuple[str, str]:
    """A planted customer comes into the chat and Ann takes it; interaction and customer."""
    presence = {"agent": "ann", "presence": "available"}
    assert (await ann.post("/commands/SetPresence", presence)).status_code == 200
    body = {"inbox": "chat", "name": ACTIVE, "email": "plantedactive@mail.example", "text": "Hi"}
    began = (await ann.browser.post(f"{API}/chat", json=body)).json()
    offer = await heard(ann, lambda event: event["name"] == "Offered")
    taken = {"interaction": began["interaction"], "offer": offer["offer"]}
    assert (await ann.post("/commands/Accept", taken)).status_code == 200
    head = (await ann.browser.get(f"{API}/conversations/{began['interaction']}")).json()
    return began["interaction"], head["customer"]


async def heard(who: Curious, wanted: Any) -> Any:
    """The first event of the live feed that is wanted."""
    async with asyncio.timeout(WITHIN_S):
        while True:
            for frame in who.frames:
                told = json.loads(frame)
                if told["type"] == "event" and wanted(told["event"]):
                    return told["event"]
            await asyncio.sleep(0.02)


def cards_of(ids: Sequence[str]) -> list[str]:
    return [f"/customers/{id_}" for id_ in ids]


def paths_of(ids: Sequence[str], routes: dict[str, Any], interactions: Sequence[str]) -> list[str]:
    """Of each customer one thing, in turn all there is; of everything else each thing once."""
    told = {
        "q": "quorbin", "purpose": "service", "channel": "email", "hours": "24", "measure": "offers",
        "metric": "offers",
    }  # fmt: skip
    of_one = about_customers(routes, told)
    assert len(of_one) >= 2  # card and timeline
    named = {"interaction": interactions, "message": ["unknown"]}
    searches = [
        f"/customers?q={text}&limit=50"
        for text in (
            "quorbin",
            "Velmar00001",
            "planted00002@mail.example",
            "%2B48777000003",
            "mail",
        )
    ]
    return [
        *(of_one[number % len(of_one)](id_) for number, id_ in enumerate(ids)),
        *other_routes(routes, told, named),
        *searches,
        "/interactions?limit=100",
    ]


@pytest.mark.long
async def test_nobody_is_seen_outside_an_active_interaction_and_each_reveal_is_kept(
    tmp_path: Path,
):
    port = free_port()
    options = ("--smtp-port", str(port))
    with running_server(tmp_path / "data", options=options) as server:
        furnish(server)
        ids = plant(server.data)
        async with (
            curious(server, "ann") as ann,
            curious(server, "sue") as sue,
            curious(server, "ada") as ada,
            ann.looking(),
            sue.looking(),
        ):
            interaction, active = await chat_with(ann)
            write_a_mail(port)
            posted = await heard(
                sue, lambda one: one["name"] == "Arrived" and one["inbox"] == "mail"
            )
            routes = await described(sue.browser)
            interactions = (interaction, str(posted["interaction"]))
            hers = ids[::FEWER]
            await asyncio.gather(
                ann.walk(paths_of(ids, routes, interactions)),
                sue.walk(
                    [
                        *cards_of(hers[::4]),
                        *paths_of(hers[1::4], routes, interactions),
                        *(f"/customers/{id_}/identifiers" for id_ in (*hers[2::4], *hers[3::4])),
                    ]
                ),
                ada.walk(paths_of(ids[::SOME], routes, interactions)),
            )
            await sue.walk([f"/customers/{active}"])
            assert (ann.failed, sue.failed, ada.failed) == ([], [], [])
            assert sue.answered > len(hers) // 2
            assert (sue.opened, ada.opened) == ([], [])
            # Ann works with one of them; it is all that she sees, and what they see of it.
            unmasked = {mark for one in ann.opened for mark in marks(one.partition(": ")[2])}
            assert unmasked <= {*ACTIVE.split(), "plantedactive@mail.example"}
            card = (await ann.browser.get(f"{API}/customers/{active}")).json()
            assert card["name"] == ACTIVE
            await reveals_are_kept(server, sue, ada, ids)
            assert not any(marks(frame) for frame in (*ann.frames, *sue.frames))


async def reveals_are_kept(
    server: WarmlineServer, sue: Curious, ada: Curious, ids: Sequence[str]
) -> None:
    """Whom Sue reveals she sees, and nobody else; the audit and the log know each."""
    for id_ in ids[:REVEALS]:
        told = await sue.post("/reveals", {"customer": id_, **WHY})
        assert told.status_code == 201, told.text
    refused = await sue.post("/reveals", {"customer": ids[REVEALS], **WHY})
    assert (refused.status_code, refused.json()["code"]) == (409, "reveal_limit")
    await sue.walk(cards_of(ids[: 2 * REVEALS]))
    assert len(sue.opened) == REVEALS
    assert {one.partition(":")[0] for one in sue.opened} == {
        f"/customers/{id_}" for id_ in ids[:REVEALS]
    }
    await ada.walk(["/reveals?limit=200", *cards_of(ids[:REVEALS])])
    assert ada.opened == []
    report = (await ada.browser.get(f"{API}/reveals?limit=200")).json()["rows"]
    assert {(one["user_name"], one["customer"]) for one in report} == {
        ("Sue", id_) for id_ in ids[:REVEALS]
    }
    assert len(report) == REVEALS
    with closing(sqlite3.connect(server.data / "warmline.db")) as base:
        log = base.execute("SELECT body FROM event WHERE name = 'Revealed'").fetchall()
    kept = [json.loads(body)["customer"] for (body,) in log]
    assert sorted(kept) == sorted(ids[:REVEALS])
    assert not marks(str(log))
