"""The export: all that is known, escaped, in the person's language, told in the audit."""

import io
import json
import zipfile
from html.parser import HTMLParser

import httpx
import pytest

from tests.conversations.house import House
from warmline.core.words import CustomerId, InteractionId, Verification
from warmline.customers.model import Claim, IdentifierKind
from warmline.customers.rights.export_html import rendered
from warmline.customers.rights.export_words import LANGUAGES, words_in
from warmline.customers.rights.past import Span, past_of
from warmline.security.tables import audit
from warmline.storage.rows import rows

EVIL = "</dd><script>alert('x')</script><img src=x onerror=y>"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64


async def olga(house: House, *, language: str | None = "ru") -> tuple[CustomerId, InteractionId]:
    """Olga talked with Ann, who sent her a file and wrote a note."""
    claim = Claim(
        kind=IdentifierKind.EMAIL,
        value="olga@mail.example",
        verification=Verification.VERIFIED,
    )
    found = await house.directory.resolve([claim], source="mail", name="Ольга", language=language)
    assert found.customer is not None
    await house.available("ann")
    interaction = await house.arrive(customer=found.customer, text=EVIL)
    await house.accept(interaction)
    async with house.browser("ann") as ann:
        put = await ann.post("/files", files={"file": ("../лампа.png", PNG)})
        body = {"text": "Here", "attachments": [put.json()["id"]]}
        path = f"/conversations/{interaction}"
        assert (await ann.post(f"{path}/messages", json=body)).status_code == 201
        assert (await ann.post(f"{path}/notes", json={"text": "Angry"})).is_success
    await house.finish(interaction)
    await house.settled()
    return found.customer, interaction


class Tags(HTMLParser):
    """The tags and addresses of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.loads: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.found.append(tag)
        self.loads += [value for name, value in attrs if name in {"src", "href"} and value]


def tags_of(page: str) -> Tags:
    tags = Tags()
    tags.feed(page)
    return tags


async def revealed(ada: httpx.AsyncClient, who: str) -> None:
    """An export shows everything, so the person must be open to who asks for it."""
    why = {"customer": who, "cause": "legal", "reason": "They ask what is kept"}
    assert (await ada.post("/reveals", json=why)).status_code == 201


async def test_the_document_holds_everything_by_what_it_is(house: House):
    who, interaction = await olga(house)
    async with house.browser("ada") as ada:
        await revealed(ada, who)
        answer = await ada.get(f"/customers/{who}/export.json")
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["cache-control"] == "no-store"
    document = json.loads(answer.text)
    sections = document["sections"]
    assert (document["format"], document["customer"]) == ("warmline.person.1", who)
    assert sections["records"][0]["name"] == "Ольга"
    assert sections["identifiers"][0]["value"] == "olga@mail.example"
    assert [one["text"] for one in sections["messages"]] == [EVIL, "Here", "Angry"]
    assert sections["conversations"][0]["interaction"] == interaction
    assert sections["files"][0]["name"] == "лампа.png"
    events = [one["event"] for one in document["events"]]
    assert events[0] == "Arrived"
    assert {one["interaction"] for one in document["events"]} == {interaction}
    log = [one for one in await house.log() if getattr(one.event, "interaction", "") == interaction]
    assert events == [type(one.event).__name__ for one in log]
    secret = {"token_hash", "password_hash", "site"}
    assert not any(secret & one.keys() for part in sections.values() for one in part)


async def test_the_page_is_in_the_persons_language_and_only_words(house: House):
    who, _ = await olga(house)
    async with house.browser("ada") as ada:
        await revealed(ada, who)
        answer = await ada.get(f"/customers/{who}/export.html")
    assert answer.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert '<html lang="ru">' in answer.text
    assert "Что о вас известно" in answer.text
    tags = tags_of(answer.text)
    assert not {"script", "img", "iframe", "object"} & set(tags.found)
    assert all(place.startswith("#") for place in tags.loads)
    assert "&lt;script&gt;" in answer.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_value_of_a_page_is_escaped(language: str):
    row = {EVIL: EVIL, "at": 1_781_000_000_000, "given": True, "list": [EVIL], "name": None}
    page = rendered(
        {EVIL: [row], "facts": []}, [row],
        customer=EVIL, made_at=1_781_000_000_000, language=language, zone="Europe/Warsaw",
    )  # fmt: skip
    tags = tags_of(page)
    assert not {"script", "img"} & set(tags.found)
    assert words_in(language)["nothing"] in page
    assert "2026" in page


def test_each_language_says_everything():
    english = words_in("en")
    for language in LANGUAGES:
        words = words_in(language)
        assert english.keys() <= words.keys()
        assert all("{when}" in words["made"] and text for text in words.values())
    assert words_in("ru").keys() == words_in("pl").keys()


async def test_the_archive_has_the_files_under_safe_names(house: House):
    who, _ = await olga(house)
    async with house.browser("ada") as ada:
        await revealed(ada, who)
        answer = await ada.get(f"/customers/{who}/export.zip")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        names = archive.namelist()
        assert {"person.json", "person.html"} <= set(names)
        (file,) = [name for name in names if name.startswith("files/")]
        assert file.endswith("лампа.png")
        assert ".." not in file
        assert archive.read(file) == PNG


async def test_a_file_that_is_lost_is_said_to_be(house: House):
    who, _ = await olga(house)
    async with house.browser("ada") as ada:
        await revealed(ada, who)
        document = (await ada.get(f"/customers/{who}/export.json")).json()
        await house.blobs.remove(document["sections"]["files"][0]["blob"])
        answer = await ada.get(f"/customers/{who}/export.zip")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert "лампа.png" in archive.read("files/missing.txt").decode()


async def test_it_is_an_administrators_and_told_in_the_audit(house: House):
    who, _ = await olga(house)
    async with (
        house.browser("ada") as ada,
        house.browser("sue") as sue,
        house.browser("ann") as ann,
    ):
        for ending in ("json", "html", "zip"):
            for other in (sue, ann):
                answer = await other.get(f"/customers/{who}/export.{ending}")
                assert answer.status_code == 403
            assert (await ada.get(f"/customers/nobody/export.{ending}")).status_code == 404
        refused = await ada.get(f"/customers/{who}/export.json")
        assert (refused.status_code, refused.json()["code"]) == (409, "masked")
        await revealed(ada, who)
        for ending in ("json", "html", "zip"):
            assert (await ada.get(f"/customers/{who}/export.{ending}")).status_code == 200
        again = (await ada.get(f"/customers/{who}/export.json")).json()
    async with house.database.read() as connection:
        told = await rows(connection, audit.select().where(audit.c.action == "exported"))
    assert {tuple(one["fields"]) for one in told} == {("json",), ("html",), ("zip",)}
    # Within one millisecond the order is open.
    actions = sorted(one["action"] for one in again["sections"]["audit"])
    assert actions == ["exported"] * 3 + ["revealed"]


async def test_of_a_long_log_only_what_is_theirs_is_read(house: House):
    _, first = await olga(house)
    house.clock.on(60_000)
    second = await house.arrive()
    house.clock.on(60_000)
    third = await house.arrive()
    now = house.clock.now()
    spans = [Span(interaction=second, since=now - 60_000, until=now - 60_000)]
    past = await past_of(house.journal, spans)
    assert {one["interaction"] for one in past.events} == {second}
    everything = await past_of(
        house.journal,
        [Span(interaction=one, since=0, until=now) for one in (first, second, third)],
    )
    assert {one["interaction"] for one in everything.events} == {first, second, third}
    positions = [int(str(one["position"])) for one in everything.events]
    assert positions == sorted(set(positions))
