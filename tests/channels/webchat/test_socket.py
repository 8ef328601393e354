"""The chat socket in bad company: strangers, nonsense, floods, and pages that do not read."""

import asyncio
import json
from contextlib import AsyncExitStack
from uuid import uuid4

import pytest

from tests.contracts.house import SHOP, House, Page, until
from warmline.channels.webchat import limits
from warmline.core import events as e


async def test_a_stranger_is_told_and_shut_out(house: House):
    await house.begin()
    for token in ("", "wl_" + "A" * 43, "x" * 500):
        async with house.tab(token) as page:
            assert (await page.next("error"))["code"] == "no_such_chat"
            assert await page.closed() == 4401


async def test_a_page_of_another_site_is_shut_out(house: House):
    start = {"inbox": "own"}
    begun = await house.http.post("/api/v1/chat", json=start, headers={"Origin": SHOP})
    token = begun.json()["token"]
    async with house.tab(token, origin="https://evil.example") as page:
        assert (await page.next("error"))["code"] == "origin"
        assert await page.closed() == 4403
    async with house.tab(token, origin=SHOP) as page:
        assert (await page.next("hello"))["phase"] == "queued"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no json",
        "[]",
        "null",
        '{"type":"unheard"}',
        '{"type":"send"}',
        '{"type":"send","id":"x","text":"hi"}',
        '{"type":"send","id":5,"text":"hi"}',
        '{"type":"send","id":"6f1f4c1e-53c6-4d5f-9a3d-0f7f3b1f5a10","text":"   "}',
        '{"type":"typing"}',
        '{"type":"read","message":""}',
        '{"type":"ping","surprise":1}',
        "[" * 5_000,
        '{"type":"send","id":"6f1f4c1e-53c6-4d5f-9a3d-0f7f3b1f5a10","text":"' + "x" * 70_000 + '"}',
    ],
)
async def test_nonsense_is_answered_and_does_no_harm(house: House, text: str):
    _, token = await house.begin()
    async with house.tab(token) as page:
        await page.next("hello")
        await page.wire.send(text)
        error = await page.next("error")
        assert error["code"] == "malformed"
        assert error["detail"]
        await page.send(type="ping")
        assert (await page.next("pong"))["now"] > 0
    assert await house.log(e.MessageReceived) == []


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("", "malformed"),
        ("x" * 20_000, "malformed"),
        ("x" * 70_000, "malformed"),
        ("taken", "id_taken"),
    ],
)
async def test_a_refused_message_is_named_by_its_id(house: House, said: str, code: str):
    id_ = str(uuid4())
    _, other = await house.begin()
    async with house.tab(other) as page:
        await page.next("hello")
        await page.send(type="send", id=id_, text="theirs")
        await page.next("message")
    _, token = await house.begin()
    async with house.tab(token) as page:
        await page.next("hello")
        await page.send(type="send", id=id_, text=said)
        error = await page.next("error")
        assert (error["code"], error["id"]) == (code, id_)
        assert error.get("fault") == {"": "empty", "taken": None}.get(said, "too_long")
        await page.send(type="read")
        assert "id" not in await page.next("error")


async def test_a_message_too_many_is_named_too(house: House):
    _, token = await house.begin()
    async with house.tab(token) as page:
        await page.next("hello")
        ids = [str(uuid4()) for _ in range(limits.FRAMES_PER_MINUTE + 1)]
        for id_ in ids:
            await page.send(type="typing", on=True, id=id_)
        error = await page.next("error")
        assert (error["code"], error["id"]) == ("too_many", ids[-1])


async def test_bytes_instead_of_text_are_answered(house: House):
    _, token = await house.begin()
    async with house.tab(token) as page:
        await page.next("hello")
        await page.wire.send(b"\x00\xff")
        assert (await page.next("error"))["code"] == "malformed"


async def test_a_flood_of_frames_is_slowed_down(house: House):
    _, token = await house.begin()
    async with house.tab(token) as page:
        await page.next("hello")
        for _ in range(limits.FRAMES_PER_MINUTE + 50):
            await page.send(type="typing", on=True)
        error = await page.next("error")
        assert error["code"] == "too_many"
        assert error["retry_after_s"] >= 1


async def test_too_many_windows_of_one_chat_are_refused(house: House):
    _, token = await house.begin()
    async with AsyncExitStack() as stack:
        for _ in range(limits.SOCKETS_PER_CHAT):
            page = await stack.enter_async_context(house.tab(token))
            await page.next("hello")
        async with house.tab(token) as page:
            assert (await page.next("error"))["code"] == "too_many"
            assert await page.closed() == 4429


async def test_a_page_that_reads_too_slowly_is_cut_off_and_comes_back(house: House):
    interaction, token = await house.begin()
    await house.comes()
    await house.takes(interaction)
    async with house.tab(token) as page:
        seen = (await page.next("hello"))["last_seq"]
        talk = house.webchat.tabs.of(house.open(interaction).id)
        assert talk is not None
        for _ in range(limits.WAITING_FRAMES + 1):
            house.webchat.tabs.tell(talk, {"type": "typing", "on": True})
        assert await page.closed() == 4408
    await until("the goodbye", lambda: len(house.webchat.tabs) == 0)
    await house.writes(interaction, "Still here")
    async with house.tab(token, after=seen) as page:
        hello = await page.next("hello")
        assert [m["text"] for m in hello["messages"]] == ["Still here"]


async def test_a_page_that_never_reads_holds_nothing_up(house: House):
    interaction, token = await house.begin()
    async with house.tab(token, max_queue=1) as deaf, house.tab(token) as page:
        await deaf.next("hello")
        await page.next("hello")
        talk = house.webchat.tabs.of(house.open(interaction).id)
        assert talk is not None
        big = {
            "type": "message",
            "message": {"author": "system", "state": "read", "x": "x" * 65_536},
        }
        reading = asyncio.create_task(read_all(page))

        def cut() -> bool:
            house.webchat.tabs.tell(talk, big)
            return len(talk.tabs) == 1

        await until("the cut", cut)
        await page.send(type="send", id=str(uuid4()), text="I am fast")
        await until("the answer", lambda: "I am fast" in reading_texts(page))
        reading.cancel()


async def read_all(page: Page) -> None:
    while True:
        page.frames.append(json.loads(await page.wire.recv()))


def reading_texts(page: Page) -> set[str]:
    return {f["message"].get("text", "") for f in page.frames if f["type"] == "message"}
