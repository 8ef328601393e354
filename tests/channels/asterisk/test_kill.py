"""kill -9 of the center's own process in the middle of twenty talks: nobody's talk ends by it."""

import asyncio
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.channels.asterisk.telephones import AsteriskPhones, HeardPhone
from tests.contracts.house import until
from tests.services import tones
from tests.services.asterisk import TEAM
from tests.services.server import WarmlineServer, running_server
from warmline.bench.center import LINE, Seat, engine_over, prepare
from warmline.config import Settings
from warmline.core import commands as c
from warmline.core import events as e
from warmline.core.settings import Disposition, Queue
from warmline.core.words import SYSTEM, CommandId, DispositionId, SiteId
from warmline.engine.codec import EventCodec
from warmline.storage.database import open_database
from warmline.storage.journal import DatabaseJournal

pytestmark = pytest.mark.crash

FRAMES = 25
"""Half a second of sound."""


async def furnished(settings: Settings) -> dict[str, Seat]:
    """A center whose talks are wrapped up, with an agent for each telephone."""
    seats = await prepare(settings, agents=len(TEAM))
    database = open_database(settings)
    engine = engine_over(database, settings)
    await engine.start()
    for command in (
        c.DefineDisposition(
            id=CommandId("done"),
            by=SYSTEM,
            disposition=Disposition(id=DispositionId("done"), name="Done"),
        ),
        c.DefineQueue(
            id=CommandId("wraps"), by=SYSTEM, queue=Queue(id=LINE, name="Line", preferred_ms=0)
        ),
    ):
        await engine.submit(command)
    await engine.stop()
    await database.close()
    return {seat.agent: seat for seat in seats}


class Desk:
    """What the agents do on their screens, over HTTP."""

    def __init__(self, server: WarmlineServer, seats: dict[str, Seat]) -> None:
        self._http = httpx.AsyncClient(base_url=server.url, timeout=20)
        self._seats = seats

    async def network_is_up(self) -> bool:
        found = await self._get(TEAM[0], "/api/v1/voice")
        return any(one["name"] == "asterisk" and one["up"] for one in found)

    async def legs_there(self, agent: str, interaction: str) -> set[str]:
        """Whose legs of the call are in its room."""
        call = await self._get(agent, f"/api/v1/interactions/{interaction}/call")
        there = (one for one in call["legs"] if one["ended_at"] is None)
        return {one["role"] for one in there if one["place"] == interaction}

    async def wraps_up(self, agent: str, interaction: str) -> bool:
        """Whether the wrap-up was taken: before the talk is over it is not."""
        body = {"id": str(uuid4()), "interaction": interaction, "disposition": "done"}
        headers = {**self._headers(agent), "X-CSRF-Token": self._seats[agent].csrf}
        answer = await self._http.post("/api/v1/commands/WrapUp", json=body, headers=headers)
        return answer.status_code == 200

    async def close(self) -> None:
        await self._http.aclose()

    async def _get(self, agent: str, path: str) -> Any:
        return (await self._http.get(path, headers=self._headers(agent))).raise_for_status().json()

    def _headers(self, agent: str) -> dict[str, str]:
        seat = self._seats[agent]
        return {"Cookie": f"warmline_session={seat.token}; warmline_csrf={seat.csrf}"}


async def twenty_talks(phones: AsteriskPhones) -> list[tuple[str, str, HeardPhone, HeardPhone]]:
    """Twenty customers who talk with twenty agents: interaction, agent, both telephones."""
    desks = [await phones.person(name, password=f"{name}-secret") for name in TEAM]
    talks: list[tuple[str, str, HeardPhone, HeardPhone]] = []
    for _ in TEAM:
        customer = await phones.call("calls")
        free = [desk for desk in desks if not any(desk is talk[3] for talk in talks)]
        ringing = lambda free=free: next((one for one in free if one.phone.is_ringing()), None)  # noqa: E731
        desk: HeardPhone = await until("a telephone to ring", ringing)
        talk = desk.phone.talk
        assert talk is not None
        assert talk.invite is not None
        await desk.answers()
        talks.append((talk.invite.get("x-warmline-interaction"), desk.name, customer, desk))
    return talks


async def hear_each_other(talks: Iterable[tuple[str, str, HeardPhone, HeardPhone]]) -> None:
    """Everybody hears whom they talk with, and nobody else."""

    async def hears(one: HeardPhone, other: HeardPhone) -> None:
        every = {phone.phone.hertz for talk in talks for phone in talk[2:]}
        while (heard := tones.heard(await one.phone.listens(FRAMES), every)) != frozenset(
            {other.phone.hertz}
        ):
            assert len(heard) < 2, f"{one.name} hears {heard}"

    async with asyncio.timeout(30):
        pairs = [pair for *_, one, other in talks for pair in ((one, other), (other, one))]
        await asyncio.gather(*(hears(*pair) for pair in pairs))


async def told(settings: Settings) -> dict[str, list[type[e.Event]]]:
    """What the log says of each interaction."""
    database = open_database(settings)
    found: dict[str, list[type[e.Event]]] = {}
    async for chunk in DatabaseJournal(database, SiteId(settings.site), EventCodec()).read(after=0):
        for recorded in chunk:
            if isinstance(recorded.event, e.InteractionEvent):
                found.setdefault(recorded.event.interaction, []).append(type(recorded.event))
    await database.close()
    return found


async def test_twenty_talks_outlive_a_killed_center(tmp_path: Path, exchange: AsteriskPhones):
    settings = Settings(data=tmp_path / "data")
    seats = await furnished(settings)
    env = {
        "WARMLINE_ASTERISK_URL": exchange.exchange.url,
        "WARMLINE_ASTERISK_PASSWORD": exchange.exchange.exchange.password,
        "WARMLINE_MOOD": "off",
    }
    with running_server(settings.data, env=env) as server:
        desk = Desk(server, seats)
        await until("the exchange", desk.network_is_up)
        talks = await twenty_talks(exchange)
        await hear_each_other(talks)
        await asyncio.to_thread(server.kill)
        await hear_each_other(talks)
        await asyncio.to_thread(server.start)
        await until("the exchange again", desk.network_is_up)
        await hear_each_other(talks)
        for interaction, agent, _, _ in talks:

            async def adopted(agent: str = agent, interaction: str = interaction) -> bool:
                return await desk.legs_there(agent, interaction) == {"customer", "agent"}

            await until("the talk to be adopted", adopted)
        for interaction, agent, customer, _ in talks:
            await customer.hangs_up()

            async def wrapped(agent: str = agent, interaction: str = interaction) -> bool:
                return await desk.wraps_up(agent, interaction)

            await until("the wrap-up", wrapped)
        await desk.close()
    log = await told(settings)
    assert set(log) == {interaction for interaction, *_ in talks}
    for kinds in log.values():
        assert [kinds.count(one) for one in (e.Ended, e.WrappedUp, e.Abandoned)] == [1, 1, 0]
