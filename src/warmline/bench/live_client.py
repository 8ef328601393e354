"""The other side of `warmline bench live`: agents' sockets and customers, in a process of its own.

Reads one JSON object on standard input, prints one when the measured time is over.
"""

import asyncio
import json
import sys
import time
from contextlib import suppress
from itertools import count
from typing import TypedDict
from uuid import uuid4

from websockets.asyncio.client import ClientConnection, connect

from warmline.bench.http import Http

CONNECTING_AT_ONCE = 40
WARM_UP_S = 3.0
WAIT_FOR_LAST_S = 10.0
CREATED = 201
OK = 200


class Wanted(TypedDict):
    """What is read on standard input."""

    port: int
    seats: list[tuple[str, str]]
    rate_per_s: float
    seconds: float


class Seen(TypedDict):
    """What is printed."""

    waits_ms: list[float]
    arrivals: int
    refused: int


class Floor:
    """Every agent at a screen: takes what is offered, ends it, and notes when the offer came."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.http = Http(port)
        self.offered_at: dict[str, float] = {}
        self.refused = 0
        self._offered = asyncio.Event()
        self._gate = asyncio.Semaphore(CONNECTING_AT_ONCE)
        self._deeds: set[asyncio.Task[None]] = set()

    async def all_offered(self, interactions: set[str]) -> None:
        """Return when each of the interactions was offered to somebody."""
        while interactions - self.offered_at.keys():
            self._offered.clear()
            await self._offered.wait()

    async def sit_down(self, token: str, csrf: str) -> asyncio.Task[None]:
        """Connect one screen; returns the task that follows it."""
        cookie = f"warmline_session={token}; warmline_csrf={csrf}"
        async with self._gate:
            socket = await connect(
                f"ws://127.0.0.1:{self._port}/ws/live",
                additional_headers={"Cookie": cookie},
                compression=None,
                ping_interval=None,
                max_queue=None,
                open_timeout=60,
            )
            await socket.recv()
        return asyncio.create_task(self._follow(socket, {"Cookie": cookie, "X-CSRF-Token": csrf}))

    async def _follow(self, socket: ClientConnection, headers: dict[str, str]) -> None:
        async for text in socket:
            now = time.perf_counter()
            if '"name":"Offered"' not in str(text):
                continue
            event = json.loads(text)["event"]
            self.offered_at.setdefault(event["interaction"], now)
            self._offered.set()
            deed = asyncio.create_task(self._work(event, headers))
            self._deeds.add(deed)
            deed.add_done_callback(self._deeds.discard)

    async def _work(self, event: dict[str, str], headers: dict[str, str]) -> None:
        one = {"interaction": event["interaction"]}
        status, _ = await self.http.post(
            "/api/v1/commands/Accept", {**one, "offer": event["offer"]}, headers
        )
        if status == OK:
            status, _ = await self.http.post("/api/v1/commands/End", one, headers)
        self.refused += status != OK


async def arrive(http: Http, started: dict[str, float], at: float) -> bool:
    """One customer begins a chat; `at` is when they pressed the key."""
    body = {"inbox": "chat", "id": str(uuid4()), "text": "Dzień dobry, Ё"}
    status, answer = await http.post("/api/v1/chat", body)
    if status == CREATED:
        started[answer["interaction"]] = at
    return status == CREATED


async def measure(wanted: Wanted) -> Seen:
    """Connect everybody, let customers arrive at an even rate, and say how long offers took."""
    floor = Floor(wanted["port"])
    seats = wanted["seats"]
    screens = await asyncio.gather(*(floor.sit_down(token, csrf) for token, csrf in seats))
    print("connected", flush=True)
    started: dict[str, float] = {}
    http = Http(wanted["port"])
    arrivals: list[asyncio.Task[bool]] = []
    began = time.perf_counter()
    measured_from = began + WARM_UP_S
    for number in count():
        due = began + number / wanted["rate_per_s"]
        if due > measured_from + wanted["seconds"]:
            break
        # The time of pressing the key is the due one: a client that lags must not look quick.
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        arrivals.append(asyncio.create_task(arrive(http, started, due)))
    print("measured", flush=True)
    opened = await asyncio.gather(*arrivals)
    with suppress(TimeoutError):
        async with asyncio.timeout(WAIT_FOR_LAST_S):
            await floor.all_offered(set(started))
    for screen in screens:
        screen.cancel()
    waits = _waits_ms(started, floor.offered_at, measured_from)
    return Seen(waits_ms=waits, arrivals=len(opened), refused=floor.refused + opened.count(False))


def _waits_ms(started: dict[str, float], offered_at: dict[str, float], since: float) -> list[float]:
    return [
        (offered_at.get(name, float("inf")) - at) * 1000
        for name, at in started.items()
        if at >= since
    ]


if __name__ == "__main__":
    print(json.dumps(asyncio.run(measure(json.load(sys.stdin)))))
