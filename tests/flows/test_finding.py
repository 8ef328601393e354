"""What flows find out: of another system within its time, of the customer, by their PIN."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.contracts.house import new
from tests.services.database import lay_tables
from warmline.config import Settings
from warmline.core import commands as c
from warmline.core import flow_acts as a
from warmline.core import settings as s
from warmline.core.words import (
    CHANNEL,
    SYSTEM,
    CustomerId,
    InboxId,
    InteractionId,
    Medium,
    QueueId,
    Verification,
)
from warmline.customers.model import Claim, IdentifierKind
from warmline.flows.asking import ANSWER_BYTES, asked_of
from warmline.wiring.channels import open_channels
from warmline.wiring.flows import open_flows
from warmline.wiring.foundation import lay_foundation

TALK = InteractionId("i-1")


@asynccontextmanager
async def answering(body: str, *, status: int = 200) -> AsyncGenerator[str]:
    """A web server that says one thing; with no body, nothing."""
    over = asyncio.Event()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        if body:
            head = f"HTTP/1.1 {status} X\r\ncontent-length: {len(body.encode())}\r\n\r\n"
            writer.write((head + body).encode())
        else:
            await over.wait()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/orders"
        over.set()


@pytest.mark.parametrize(
    ("body", "status", "found"),
    [
        ('{"state": "sent", "n": 3, "late": false, "none": null, "more": "x"}', 200,
         {"state": "sent", "n": "3", "late": "no"}),
        ("{}", 200, {}),
        ("[1]", 200, None),
        ("not json", 200, None),
        ('{"state": "sent"}', 404, None),
        ('{"state": "' + "x" * ANSWER_BYTES + '"}', 200, None),
        ("", 200, None),
    ],
)  # fmt: skip
async def test_another_system_is_asked_within_its_time(
    body: str, status: int, found: dict[str, str] | None
):
    wait_ms = 10_000 if body else 200
    async with answering(body, status=status) as url:
        fields = ("state", "n", "late", "none")
        assert await asked_of(url, fields, wait_ms=wait_ms, step="where") == found


async def test_an_address_where_nobody_is_gives_nothing():
    assert await asked_of("http://127.0.0.1:1/x", (), wait_ms=1_000, step="where") is None


@pytest.fixture
async def center(tmp_path: Path):
    lay_tables(tmp_path)
    base = lay_foundation(Settings(data=tmp_path))
    await base.engine.start()
    channels = open_channels(base)
    flows = open_flows(base, channels)
    callbacks = asyncio.create_task(channels.callbacks.listen(base.submit))
    await asyncio.sleep(0)
    for command in (
        c.DefineSegment(id=new(), segment=s.Segment(id=s.SegmentId("gold"), name="Gold")),
        c.DefineQueue(id=new(), queue=s.Queue(id=QueueId("help"), name="Help")),
        c.DefineInbox(id=new(), inbox=s.Inbox(
            id=InboxId("calls"), name="Calls", medium=Medium.VOICE, queue=QueueId("help"))),
        c.DefineInbox(id=new(), inbox=s.Inbox(
            id=InboxId("back"), name="Back", medium=Medium.CALLBACK, queue=QueueId("help"))),
    ):  # fmt: skip
        await base.submit(command)
    yield base, flows
    callbacks.cancel()
    await base.engine.stop()
    await base.database.close()


async def test_a_customer_is_found_and_verified_by_the_pin_that_is_theirs(center):
    base, flows = center
    claim = Claim(kind=IdentifierKind.PHONE, value="+48501234567",
                  verification=Verification.CLAIMED)  # fmt: skip
    who = (await base.directory.resolve([claim], source="test", name="Eva")).customer
    assert isinstance(who, str)
    find = flows.runs.finder
    assert await find(TALK, a.Fetch(step="x", of="customer"), {}) is None
    await base.submit(
        c.Arrive(id=new(), by=CHANNEL, interaction=TALK, inbox=InboxId("calls"), language="pl",
                 customer=CustomerId(who), verification=Verification.CLAIMED, treated=True)
    )  # fmt: skip
    known = await find(TALK, a.Fetch(step="x", of="number"), {})
    assert known == {"language": "pl", "verification": "claimed", "open_promise": "no"}
    await flows.pins.put(SYSTEM, CustomerId(who), "4711")
    assert await find(TALK, a.Fetch(step="x", of="pin", pin="1111"), {}) is None
    proven = await find(TALK, a.Fetch(step="x", of="pin", pin="4711"), {})
    assert proven is not None
    assert proven["verification"] == "verified"
    assert base.engine.center().interactions[TALK].verification is Verification.VERIFIED


async def test_who_wrote_a_letter_is_known_by_what_came_with_it(center):
    _, flows = center
    find = flows.runs.finder
    given = {"known": "yes", "segment": "gold", "language": "en"}
    fetch = a.Fetch(step="x", of="customer")
    assert await find(TALK, fetch, given) == {"segment": "gold", "language": "en"}
    assert await find(TALK, fetch, {"known": "no"}) is None


async def test_a_callback_is_noted_once_for_the_number_that_calls(center):
    base, flows = center
    find = flows.runs.finder
    fetch = a.Fetch(step="x", of="callback", queue="help")
    for _ in range(2):
        assert await find(TALK, fetch, {"caller": "+48501234567", "language": "pl"}) == {}
    [noted] = [one for one in base.engine.center().interactions.values() if one.inbox == "back"]
    assert (noted.queue, noted.language) == ("help", "pl")
    assert await find(TALK, fetch, {"caller": ""}) is None
    assert await find(TALK, fetch, {"caller": "anonymous"}) is None
    other = a.Fetch(step="x", of="callback", queue="elsewhere")
    assert await find(TALK, other, {"caller": "+48501234567"}) is None
