"""Planted words go into every door of a real center: the export tells them all, erasure leaves none."""

import io
import json
import secrets
import smtplib
import sqlite3
import time
import zipfile
from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import make_msgid
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.e2e.office import BORIS, SHOP_ADDRESS, SUPERVISOR, Api, Office, open_office
from tests.services.ports import wait_for
from tests.services.smtp_sink import SmtpSink

pytestmark = pytest.mark.e2e

ADDRESS = "zyplanted@qwmail.example"
NAME = "Zyxina Quargel"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64 + b"qwfilepixels"
DAY = 86_400_000


@dataclass
class Planted:
    """What was planted where; `told` must be in the export, `gone` nowhere after the erasure."""

    customer: str = ""
    told: dict[str, str] = field(default_factory=dict)
    gone: dict[str, str] = field(default_factory=dict)

    def say(self, door: str, word: str, *, is_told: bool = True) -> str:
        """The word with an end of its own: an index keeps only what differs from the word before."""
        unlike = f"{word}{1_000 + 37 * len(self.words)}x{secrets.token_hex(3)}7"
        return self.say_as_it_is(door, unlike, is_told=is_told)

    def say_as_it_is(self, door: str, word: str, *, is_told: bool = True) -> str:
        (self.told if is_told else self.gone)[door] = word
        return word

    @property
    def words(self) -> dict[str, str]:
        return self.told | self.gone


@pytest.fixture
def office(tmp_path: Path, smtp_sink: SmtpSink) -> Generator[Office]:
    with open_office(tmp_path, smtp_sink) as opened:
        yield opened


def test_everything_is_told_and_nothing_is_left(office: Office, tmp_path: Path):
    planted = Planted()
    other = talk_of_somebody_else(office)
    with closing(office.signed_in(BORIS)) as boris:
        talk = chat(office, boris, planted)
        notes(boris, talk, planted)
        finish(office, boris, talk, planted)
    mail(office, planted)
    rejected_mail(office, planted)
    records(office, planted)
    orders(office, planted)
    imported(office, planted)
    merged(office, planted)
    everything_ends(office, planted)

    document = told(office, planted)
    missing = {door for door, word in planted.told.items() if word not in document}
    assert missing == set()

    # In Polish, as the chat was; nothing that somebody wrote is markup.
    page = office.admin.http.get(f"/customers/{planted.customer}/export.html").text
    assert '<html lang="pl">' in page
    assert "Co o Tobie wiemy" in page
    assert "<script>" not in page
    packed = office.admin.http.get(f"/customers/{planted.customer}/export.zip")
    with zipfile.ZipFile(io.BytesIO(packed.content)) as archive:
        contents = b"".join(archive.read(name) for name in archive.namelist())
    assert b"qwfilepixels" in contents
    assert b"qwattachedinside" in contents

    proof = office.admin.send(
        "POST", f"/erasures/{planted.customer}", {"confirm": planted.customer}
    )
    assert proof["left"] == 0
    assert left_in(office.server.data, planted) == {}
    certificate = office.admin.send("GET", f"/erasure-certificates/{proof['certificate']}.json")
    assert certificate["intact"] is True
    assert certificate["journal_emptied"] is True
    assert certificate["backups"] is None
    assert planted.customer in certificate["ids"]

    with closing(office.signed_in(SUPERVISOR)) as boss:
        assert boss.send("GET", f"/conversations/{other}/messages")["messages"] != []
        assert boss.send("GET", "/interactions?q=elephant")["interactions"] != []
    office.server.stop()
    assert left_in(office.server.data, planted) == {}, "after the server has closed the file"
    assert (tmp_path / "center.log").exists()
    log = (tmp_path / "center.log").read_bytes().lower()
    assert [door for door, word in planted.words.items() if word.lower().encode() in log] == []


def talk_of_somebody_else(office: Office) -> str:
    """What must stay: another person's chat."""
    first = {"inbox": "shop-chat", "name": "Ewa Kos", "email": "ewa@mail.example"}
    talk = begun(office, {**first, "text": "My elephant lamp hums."})
    with as_customer(office, talk["token"]) as customer:
        assert customer.post("/chat/end").is_success
    return talk["interaction"]


def begun(office: Office, first: dict[str, str]) -> dict[str, str]:
    answer = httpx.post(f"{office.url}/api/v1/chat", json=first, timeout=20)
    assert answer.is_success, answer.text
    return answer.json()


def as_customer(office: Office, token: str) -> httpx.Client:
    bearer = {"Authorization": f"Bearer {token}"}
    return httpx.Client(base_url=f"{office.url}/api/v1", headers=bearer, timeout=20)


def chat(office: Office, boris: Api, planted: Planted) -> dict[str, str]:
    """The customer comes by the chat, sends a file; Boris takes it."""
    boris.send("POST", "/commands/SetPresence", {"agent": BORIS, "presence": "available"})
    talk = begun(
        office,
        {
            "inbox": "shop-chat",
            "name": planted.say_as_it_is("the name", NAME),
            "email": planted.say_as_it_is("the address", ADDRESS),
            "language": "pl",
            "text": f"Moja lampa <script>{planted.say('a message', 'qwmessage')}</script> nie świeci",
        },
    )
    with as_customer(office, talk["token"]) as customer:
        words = f"A {planted.say('one more message', 'qwfollowing')} lampa"
        assert customer.post("/chat/messages", json={"text": words}).is_success
        name = planted.say("the name of a file", "qwpicture") + ".png"
        sent = customer.post("/chat/files", files={"file": (name, PNG)})
        assert sent.is_success, sent.text
    planted.say_as_it_is("the content of a file", "qwfilepixels", is_told=False)
    path = f"/interactions/{talk['interaction']}/decisions"

    def ours() -> Any:
        answer = boris.http.get(path)
        return answer.json()["decisions"] if answer.is_success else []

    wait_for("the offer to Boris", lambda: ours() != [])
    offer = {"interaction": talk["interaction"], "offer": ours()[0]["offer"]}
    boris.send("POST", "/commands/Accept", offer)
    head = boris.send("GET", f"/conversations/{talk['interaction']}")
    planted.customer = head["customer"]
    return talk


def notes(boris: Api, talk: dict[str, str], planted: Planted) -> None:
    """What Boris writes: an answer, a note, a draft, a fact, a note on the record."""
    place = f"/conversations/{talk['interaction']}"
    who = f"/customers/{planted.customer}"
    boris.send("POST", f"{place}/messages", {"text": planted.say("an answer", "qwanswered")})
    boris.send("POST", f"{place}/notes", {"text": planted.say("a note", "qwnoted")})
    boris.send("PUT", f"{place}/draft", {"text": "qwoverwritten " * 300})
    planted.say_as_it_is("a draft that was written over", "qwoverwritten", is_told=False)
    boris.send("PUT", f"{place}/draft", {"text": planted.say("a draft", "qwdrafted")})
    boris.send("POST", f"{who}/facts", {"text": planted.say("a fact", "qwfact")})
    boris.send("PATCH", who, {"note": planted.say("the note on the record", "qwrecordnote")})
    boris.send(
        "POST",
        f"{who}/consents",
        {"purpose": "survey", "given": True, "source": "chat",
         "proof": planted.say("the proof of a consent", "qwproof")},
    )  # fmt: skip
    tomorrow = int(time.time() * 1000) + DAY
    promise = {"text": planted.say("a promise", "qwpromise"), "due_at": tomorrow}
    boris.send("POST", f"{who}/promises", {**promise, "interaction": talk["interaction"]})
    gift = {"customer": planted.customer, "kind": "gift", "cost_minor": 100, "why": "late"}
    boris.send("POST", "/gestures", {**gift, "words": planted.say("a gesture", "qwgesture")})


def finish(office: Office, boris: Api, talk: dict[str, str], planted: Planted) -> None:
    with as_customer(office, talk["token"]) as customer:
        assert customer.post("/chat/end").is_success
        rating = {"score": 2, "comment": planted.say("a comment", "qwcomment")}
        assert customer.post("/chat/rating", json=rating).is_success
        page = customer.get("/chat/survey").json()["page"]
        form = {"score": "2", "why": planted.say("an answer to a survey", "qwsurveyed")}
        assert httpx.post(f"{office.url}{page}", data=form, timeout=20).status_code == 303
    done = {"interaction": talk["interaction"], "disposition": "solved"}
    boris.send("POST", "/commands/WrapUp", done)
    away = {"agent": BORIS, "presence": "break", "reason": "coffee"}
    boris.send("POST", "/commands/SetPresence", away)


def letter(text: str, **headers: str) -> EmailMessage:
    one = EmailMessage()
    one["From"], one["To"] = f"{NAME} <{ADDRESS}>", SHOP_ADDRESS
    one["Message-ID"] = make_msgid(domain="qwmail.example")
    for name, value in headers.items():
        one[name.replace("_", "-")] = value
    one.set_content(text)
    return one


def send(office: Office, one: EmailMessage) -> None:
    with smtplib.SMTP("127.0.0.1", office.smtp_port, timeout=20) as door:
        door.send_message(one)


def mail(office: Office, planted: Planted) -> None:
    """A mail with an attachment."""
    one = letter(
        f"Please {planted.say('the words of a mail', 'qwletter')} the shade.",
        Subject=planted.say("a subject", "qwsubject"),
    )
    one.add_attachment(
        b"qwattachedinside", "application", "octet-stream",
        filename=planted.say("the name of an attachment", "qwattached") + ".bin",
    )  # fmt: skip
    planted.say_as_it_is("the content of an attachment", "qwattachedinside", is_told=False)
    send(office, one)
    with closing(office.signed_in(SUPERVISOR)) as boss:

        def come() -> bool:
            story = boss.send("GET", f"/customers/{planted.customer}/timeline")
            return "email" in json.dumps(story)

        wait_for("the mail", come)


def rejected_mail(office: Office, planted: Planted) -> None:
    """An automatic answer that starts nothing and is kept as it came."""
    text = f"Away: {planted.say('an ignored mail', 'qwautomatic', is_told=False)}"
    send(office, letter(text, Subject="Re: away", Auto_Submitted="auto-replied"))
    wait_for("the ignored mail", lambda: office.admin.send("GET", "/ignored-mails")["mails"] != [])


def records(office: Office, planted: Planted) -> None:
    """What a supervisor writes: flag, wish, own field, the reason of a reveal."""
    who = f"/customers/{planted.customer}"
    labels = {"labels": {"en": "Shoe"}, "kind": "text", "required": False, "personal": True}
    office.admin.send("PUT", "/fields/shoe", {**labels, "place": 1, "choices": None})
    with closing(office.signed_in(SUPERVISOR)) as boss:
        note = {"note": planted.say("the note of a flag", "qwflagnote")}
        boss.send("PUT", f"{who}/flags/objects_profiling", note)
        boss.send("PUT", f"{who}/preference", {"channel": "email"})
        words = planted.say("the reason of a reveal", "qwrevealed") + " it"
        look = {"customer": planted.customer, "cause": "other", "reason": words}
        boss.send("POST", "/reveals", {"id": str(uuid4()), **look})
        shoe = {"values": {"shoe": planted.say("an own field", "qwfield")}}
        boss.send("PUT", f"{who}/fields", shoe)
        case = {"customer": planted.customer, "note": planted.say("the note of a case", "qwcase")}
        boss.send("POST", "/cases", case)


def orders(office: Office, planted: Planted) -> None:
    """The shop knows the customer by number, and what was bought."""
    number = planted.say_as_it_is("a customer number", "qwnumber-77")
    known = {"name": NAME, "email": ADDRESS, "phone": "+48 22 555 01 77", "language": "pl"}
    planted.say_as_it_is("a phone number", "+48225550177")
    record = office.admin.send("PUT", f"/customers/{number}", known)["customer"]
    bought = {
        "customer": number, "at": int(time.time() * 1000) - DAY, "total_minor": 12_300,
        "currency": "PLN", "text": planted.say("the text of an order", "qworder"),
    }  # fmt: skip
    office.admin.send("PUT", "/orders/o-1", bought)
    office.admin.send("POST", "/orders/o-1/events", {"kind": "late"})
    join(office, record, planted)


def imported(office: Office, planted: Planted) -> None:
    """A file of customers, one row of which is wrong."""
    bad = planted.say("a wrong row of an import", "qwwrongrow", is_told=False)
    sheet = f"id,name,email\nqwnumber-77,{NAME},{ADDRESS}\n,{bad},no-address\n"
    token = office.admin.http.cookies.get("warmline_csrf") or ""
    brought = office.admin.http.post(
        "/imports", params={"kind": "customers", "name": "people.csv"},
        content=sheet.encode(), headers={"X-CSRF-Token": token, "Content-Type": "text/csv"},
    )  # fmt: skip
    assert brought.is_success, brought.text
    place = f"/imports/{brought.json()['id']}"
    office.admin.send("POST", f"{place}/run", {"dry": False})
    ended = ("done", "failed", "cancelled")
    wait_for("the import", lambda: office.admin.send("GET", place)["state"] in ended)
    assert office.admin.send("GET", place)["state"] == "done"


def merged(office: Office, planted: Planted) -> None:
    """Another record of the same person, joined by hand."""
    name = planted.say_as_it_is("the name of a joined record", "Qwdoubled Quargel", is_told=False)
    mail = planted.say_as_it_is("the address of a joined record", "qwother@qwmail.example")
    claimed = {"inbox": "shop-chat", "name": name, "email": mail, "text": "Hello"}
    talk = begun(office, claimed)
    with as_customer(office, talk["token"]) as customer:
        assert customer.post("/chat/end").is_success
    with closing(office.signed_in(SUPERVISOR)) as boss:
        head = boss.send("GET", f"/conversations/{talk['interaction']}")
    join(office, head["customer"], planted)


def join(office: Office, other: str, planted: Planted) -> None:
    """A supervisor says that a record is the same person's."""
    with closing(office.signed_in(SUPERVISOR)) as boss:
        boss.send("POST", "/merges", {"other": other, "into": planted.customer})
    planted.customer = office.admin.send("GET", f"/erasures/{planted.customer}")["id"]


def everything_ends(office: Office, planted: Planted) -> None:
    """Nothing of the person is open any more."""
    with closing(office.signed_in(SUPERVISOR)) as boss:

        def open_() -> list[str]:
            shown = office.admin.send("GET", f"/erasures/{planted.customer}")
            planted.customer = shown["id"]
            return shown["open"]

        for one in open_():
            boss.send("POST", "/commands/End", {"interaction": one})
        wait_for("the end of it all", lambda: open_() == [])


def told(office: Office, planted: Planted) -> str:
    words = f"They ask: {planted.say('the reason of another reveal', 'qwlookedat')}"
    why = {"customer": planted.customer, "cause": "legal", "reason": words}
    office.admin.send("POST", "/reveals", why)
    answer = office.admin.http.get(f"/customers/{planted.customer}/export.json", timeout=60)
    assert answer.is_success, answer.text
    document = answer.json()
    assert document["format"] == "warmline.person.1"
    assert {one["event"] for one in document["events"]} >= {"Arrived", "Accepted", "Rated"}
    assert document["events_whole"] is True
    assert "password" not in answer.text
    return answer.text


def left_in(data: Path, planted: Planted) -> dict[str, list[str]]:
    """Where planted words still stand: in any file of the data folder, and in the log's events."""
    found: dict[str, list[str]] = {}
    words = {door: word.lower().encode() for door, word in planted.words.items()}
    ends = {f"{door}, its end": word[-8:] for door, word in words.items() if word[-1:] == b"7"}
    words |= {door: end for door, end in ends.items() if b"x" in end}
    for path in sorted(data.rglob("*")):
        if path.is_file():
            content = path.read_bytes().lower()
            for door, word in words.items():
                if word in content or word.decode().encode("utf-16-le") in content:
                    found.setdefault(door, []).append(path.name)
    with closing(sqlite3.connect(f"file:{data / 'warmline.db'}?mode=ro", uri=True)) as database:
        events = database.execute("SELECT name, body FROM event").fetchall()
        assert len(events) > 20
        for name, body in events:
            for door, word in words.items():
                if word in bytes(body).lower():
                    found.setdefault(door, []).append(f"event {name}")
    return found
