"""The live socket over a real server: who may connect, what agents' screens tell, when it closes."""

import asyncio
import contextlib
import json
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
import uvicorn
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Origin

from tests.web.center import Center
from warmline.core.commands import Arrive, Command, DefineInbox, DefineQueue
from warmline.core.settings import Inbox, Queue
from warmline.core.words import (
    CHANNEL,
    HOUR,
    SYSTEM,
    AgentId,
    CommandId,
    InboxId,
    InteractionId,
    Medium,
    QueueId,
)
from warmline.ports import Signal

ANN = AgentId("a-ann")


@asynccontextmanager
async def served(center: Center) -> AsyncGenerator[str]:
    """The center on a real port; the address of its live socket."""
    server = uvicorn.Server(
        uvicorn.Config(center.app, port=0, lifespan="off", log_config=None, ws="websockets-sansio")
    )
    serving = asyncio.create_task(server.serve())
    await until(lambda: server.started)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"ws://127.0.0.1:{port}/ws/live"
    finally:
        server.should_exit = True
        await serving


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not holds():  # noqa: ASYNC110 - the server gives no event to wait for
            await asyncio.sleep(0.01)


async def cookies_of(center: Center, login: str) -> dict[str, str]:
    browser = await center.signed_in(login)
    return {"Cookie": "; ".join(f"{name}={value}" for name, value in browser.cookies.items())}


async def next_frame(socket: ClientConnection) -> dict[str, object]:
    async with asyncio.timeout(20):
        return json.loads(await socket.recv())


async def frame_of(socket: ClientConnection, name: str) -> dict[str, object]:
    """The next event with this name."""
    while True:
        frame = await next_frame(socket)
        event = frame.get("event")
        if isinstance(event, dict) and event["name"] == name:
            return event


async def closing_code(socket: ClientConnection) -> int:
    async with asyncio.timeout(20):
        with contextlib.suppress(ConnectionClosed):
            while True:
                await socket.recv()
    assert socket.close_code is not None
    return socket.close_code


async def submit(center: Center, *commands: Command) -> None:
    for command in commands:
        await center.engine.submit(command)


async def a_chat(center: Center) -> InteractionId:
    """An inbox, a queue, and a chat that waits in it."""
    queue = Queue(id=QueueId("help"), name="Help")
    inbox = Inbox(id=InboxId("web"), name="Web", medium=Medium.CHAT, queue=queue.id)
    chat = InteractionId("chat-1")
    await submit(
        center,
        DefineQueue(id=CommandId("q"), by=SYSTEM, queue=queue),
        DefineInbox(id=CommandId("i"), by=SYSTEM, inbox=inbox),
        Arrive(id=CommandId("a"), by=CHANNEL, interaction=chat, inbox=inbox.id),
    )
    return chat


async def test_an_agent_gets_a_snapshot_of_their_own_and_is_connected(center: Center):
    async with served(center) as address:
        async with connect(address, additional_headers=await cookies_of(center, "ann")) as socket:
            frame = await next_frame(socket)
            assert (frame["type"], frame["scope"]) == ("snapshot", "own")
            assert isinstance(frame["state"], dict)
            assert frame["state"]["me"] == ANN
            await until(lambda: center.engine.center().agents[ANN].connected)
        await until(lambda: not center.engine.center().agents[ANN].connected)


async def test_an_agent_is_connected_until_the_last_screen_goes(center: Center):
    headers = await cookies_of(center, "ann")
    async with served(center) as address, connect(address, additional_headers=headers) as one:
        await until(lambda: center.engine.center().agents[ANN].connected)
        async with connect(address, additional_headers=headers) as two:
            await next_frame(two)
            before = center.engine.position()
        await one.send('{"type":"ping"}')
        while (await next_frame(one))["type"] != "pong":
            pass
        assert center.engine.center().agents[ANN].connected
        assert center.engine.position() == before


async def test_a_supervisor_sees_everything_as_it_happens(center: Center):
    headers = await cookies_of(center, "sue")
    async with served(center) as address, connect(address, additional_headers=headers) as socket:
        assert (await next_frame(socket))["scope"] == "all"
        await a_chat(center)
        assert (await frame_of(socket, "Arrived"))["interaction"] == "chat-1"


async def test_a_screen_goes_on_after_the_last_event_that_it_saw(center: Center):
    async with served(center) as address:
        headers = await cookies_of(center, "sue")
        async with connect(address, additional_headers=headers) as socket:
            seen = (await next_frame(socket))["seq"]
        await a_chat(center)
        async with connect(f"{address}?since={seen}", additional_headers=headers) as socket:
            first = await next_frame(socket)
            assert first["type"] == "event"
            assert isinstance(seen, int)
            assert first["seq"] == seen + 1


async def test_nobody_is_told_to_sign_in(center: Center):
    async with served(center) as address, connect(address) as socket:
        assert await closing_code(socket) == 4401


async def test_who_may_see_no_work_is_refused(center: Center):
    headers = await cookies_of(center, "ada")
    async with served(center) as address, connect(address, additional_headers=headers) as socket:
        assert await closing_code(socket) == 4403


async def test_a_page_of_another_site_cannot_connect(center: Center):
    headers = await cookies_of(center, "ann")
    async with served(center) as address:
        with pytest.raises(InvalidStatus) as refusal:
            await connect(
                address, origin=Origin("https://evil.example"), additional_headers=headers
            )
        assert refusal.value.response.status_code == 403
        here = "http://" + address.split("/")[2]
        async with connect(address, origin=Origin(here), additional_headers=headers) as socket:
            assert (await next_frame(socket))["type"] == "snapshot"


async def sign_out(center: Center, cookie: str) -> None:
    browser = center.browser()
    for pair in cookie.split("; "):
        browser.cookies.set(*pair.split("=", 1))
    assert (await browser.delete("/api/v1/session")).status_code == 204


async def deactivate(center: Center, _cookie: str) -> None:
    ada = await center.signed_in("ada")
    body = {"name": "Ann", "login": "ann", "roles": ["agent"], "agent": "a-ann", "active": False}
    assert (await ada.put("/api/v1/users/u-ann", json=body)).status_code == 200


async def lose_the_role(center: Center, _cookie: str) -> None:
    ada = await center.signed_in("ada")
    body = {"name": "Ann", "login": "ann", "roles": ["supervisor"]}
    assert (await ada.put("/api/v1/users/u-ann", json=body)).status_code == 200


@pytest.mark.parametrize("end", [sign_out, deactivate, lose_the_role])
async def test_the_socket_closes_when_the_session_ends(
    center: Center, end: Callable[[Center, str], Awaitable[None]]
):
    headers = await cookies_of(center, "ann")
    async with served(center) as address, connect(address, additional_headers=headers) as socket:
        await next_frame(socket)
        await end(center, headers["Cookie"])
        assert await closing_code(socket) == 4401


async def test_the_socket_closes_when_the_session_expires(
    center: Center, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("warmline.web.live.CHECK_EVERY_S", 0.05)
    headers = await cookies_of(center, "ann")
    async with served(center) as address, connect(address, additional_headers=headers) as socket:
        await next_frame(socket)
        center.clock.ahead_ms += 12 * HOUR
        assert await closing_code(socket) == 4401


@pytest.mark.parametrize(
    "frame",
    ["", "{", "[]", '{"type":"dance"}', '{"type":"typing"}', b"\x00\xff", '{"type":"ping","x":1}',
     '{"type":"ping","interaction":"' + "x" * 5000 + '"}'],
)  # fmt: skip
async def test_a_frame_that_makes_no_sense_closes_the_socket(center: Center, frame: str | bytes):
    headers = await cookies_of(center, "ann")
    async with served(center) as address, connect(address, additional_headers=headers) as socket:
        await next_frame(socket)
        await socket.send(frame)
        assert await closing_code(socket) == 4400


async def test_a_flood_of_frames_closes_the_socket(center: Center):
    headers = await cookies_of(center, "ann")
    async with served(center) as address, connect(address, additional_headers=headers) as socket:
        await next_frame(socket)
        with contextlib.suppress(ConnectionClosed):
            for _ in range(201):
                await socket.send('{"type":"ping"}')
        assert await closing_code(socket) == 4429


async def test_typing_reaches_the_customer_of_the_agent_and_no_other(center: Center):
    heard: list[Signal] = []
    center.signals.listen(heard.append)
    chat = await a_chat(center)
    ann = await center.signed_in("ann")
    headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in ann.cookies.items())}
    typing = json.dumps({"type": "typing", "interaction": chat, "on": True})
    async with served(center) as address, connect(address, additional_headers=headers) as socket:
        await next_frame(socket)
        await socket.send(typing)
        await until(lambda: center.engine.center().agents[ANN].connected)
        await ann.post("/api/v1/commands/SetPresence", json={"agent": ANN, "presence": "available"})
        offered = await frame_of(socket, "Offered")
        assert heard == []
        answer = await ann.post(
            "/api/v1/commands/Accept", json={"interaction": chat, "offer": offered["offer"]}
        )
        assert answer.status_code == 200, answer.text
        await socket.send(typing)
        await until(lambda: bool(heard))
        assert (heard[0].interaction, heard[0].facts) == (chat, {"party": "agent", "on": True})
