import hashlib
import io
import zipfile

import pytest

from tests.conversations.house import SITE, House
from warmline.conversations.erasure import ConversationTraces
from warmline.conversations.files import headers, served_type
from warmline.conversations.uploads import Uploads
from warmline.core.words import DAY

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64


async def test_a_file_goes_with_a_message_and_is_read_by_who_may(house: House):
    await house.available("ann")
    interaction = await house.arrive()
    await house.accept(interaction)
    async with house.browser("ann") as ann, house.browser("bob") as bob:
        put = await ann.post("/files", files={"file": ("Żółw.png", PNG)})
        assert put.status_code == 201, put.text
        id_ = put.json()["id"]
        assert (await bob.get(f"/files/{id_}")).status_code == 404
        sent = await ann.post(f"/conversations/{interaction}/messages", json={"attachments": [id_]})
        assert sent.json()["message"]["files"] == [
            {
                "id": id_,
                "name": "Żółw.png",
                "media_type": "image/png",
                "size": len(PNG),
                "content_id": None,
            }
        ]
        got = await ann.get(f"/files/{id_}")
        assert got.content == PNG
        assert got.headers["content-disposition"].startswith("inline")
        assert got.headers["x-content-type-options"] == "nosniff"
        assert (await bob.get(f"/files/{id_}")).status_code == 404
        again = await ann.post(
            f"/conversations/{interaction}/messages", json={"text": "again", "attachments": [id_]}
        )
        assert again.json()["message"]["files"][0]["id"] != id_


async def test_what_is_no_file_of_ours_is_refused(house: House):
    async with house.browser("ann") as ann:
        large = await ann.post("/files", files={"file": ("a.txt", b"x" * (1024 * 1024 + 1))})
        assert large.status_code == 413
        empty = await ann.post("/files", files={"file": ("a.txt", b"")})
        assert empty.status_code == 400


async def test_a_file_that_waits_can_be_dropped_by_its_owner_alone(house: House):
    async with house.browser("ann") as ann, house.browser("bob") as bob:
        id_ = (await ann.post("/files", files={"file": ("a.txt", b"hello")})).json()["id"]
        await bob.delete(f"/files/{id_}")
        assert (await ann.get(f"/files/{id_}")).status_code == 200
        assert (await ann.delete(f"/files/{id_}")).status_code == 204
        assert (await ann.get(f"/files/{id_}")).status_code == 404


async def test_an_office_file_is_downloaded(house: House):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    async with house.browser("ann") as ann:
        put = await ann.post("/files", files={"file": ("offer.docx", held.getvalue())})
        got = await ann.get(f"/files/{put.json()['id']}")
    assert got.headers["content-disposition"] == (
        "attachment; filename=\"offer.docx\"; filename*=UTF-8''offer.docx"
    )


def test_nothing_that_runs_is_served_as_what_it_is():
    for kind in (
        "text/html",
        "image/svg+xml",
        "application/javascript",
        "application/x-msdownload",
    ):
        assert served_type(kind) == "application/octet-stream"
        assert headers("a", kind)["Content-Disposition"].startswith("attachment")


def test_a_name_cannot_break_the_header():
    shown = headers('a"\r\nSet-Cookie: x=1; ".png', "image/png")["Content-Disposition"]
    assert "\r" not in shown
    assert "\n" not in shown
    assert shown.count('"') == 2


async def test_what_was_put_up_and_not_sent_is_gone_after_a_day(house: House):
    await house.available("ann")
    interaction = await house.arrive()
    await house.accept(interaction)
    uploads = Uploads(
        database=house.database,
        site=SITE,
        clock=house.clock,
        blobs=house.blobs,
        traces=(ConversationTraces(SITE),),
    )
    async with house.browser("ann") as ann:

        async def put(name: str, content: bytes) -> str:
            return (await ann.post("/files", files={"file": (name, content)})).json()["id"]

        forgotten, twin = await put("a.txt", b"forgotten"), await put("b.txt", b"both")
        sent, drafted = await put("c.txt", b"both"), await put("d.txt", b"drafted")
        talk = f"/conversations/{interaction}"
        said = await ann.post(f"{talk}/messages", json={"attachments": [sent]})
        sent = said.json()["message"]["files"][0]["id"]
        await ann.put(f"{talk}/draft", json={"text": "later", "attachments": [drafted]})
        house.clock.on(DAY - 1)
        assert await uploads.expire() == 0
        house.clock.on(2)
        young = await put("e.txt", b"young")
        assert await uploads.expire() == 2
        there = {
            id_: (await ann.get(f"/files/{id_}")).status_code
            for id_ in (forgotten, twin, sent, drafted, young)
        }
    assert there == {forgotten: 404, twin: 404, sent: 200, drafted: 200, young: 200}
    with pytest.raises(KeyError):
        await house.blobs.get(hashlib.sha256(b"forgotten").hexdigest())
