import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from tests.channels.asterisk.floor import Floor, open_floor
from tests.channels.asterisk.telephones import AsteriskPhones, closing
from tests.channels.asterisk.test_recordings import names
from tests.contracts.house import ANNA, until
from tests.contracts.phones import hears
from tests.services import tones
from tests.services.asterisk import TEAM, running_asterisk
from warmline.core import commands as c
from warmline.core import events as e
from warmline.core.words import AgentId, Phase, QueueId

BORIS = AgentId("boris")


@pytest.fixture
async def floor(tmp_path: Path, exchange: AsteriskPhones) -> AsyncGenerator[Floor]:
    async with open_floor(tmp_path / "data", exchange) as floor:
        yield floor


async def test_a_call_from_the_greeting_to_the_wrap_up(exchange: AsteriskPhones, floor: Floor):
    await floor.records()
    id_, customer = await floor.calls()
    await hears(customer, "greeting")
    await hears(customer, "music")
    anna = await floor.comes()
    await anna.rings()
    talk = anna.phone.talk
    assert talk is not None
    assert talk.invite is not None
    assert talk.invite.get("x-warmline-interaction") == id_
    assert customer.name in talk.invite.get("from")
    await anna.answers()
    await hears(customer, anna)
    await hears(anna, customer)
    await floor.gives(c.Hold, id_)
    await hears(customer, "music")
    await floor.gives(c.Resume, id_)
    await hears(customer, anna)
    await anna.phone.holds()
    await floor.in_phase(id_, Phase.HELD)
    await anna.phone.holds(on=False)
    await floor.in_phase(id_, Phase.CONNECTED)
    await hears(customer, anna)
    boris = await floor.comes(BORIS)
    await floor.gives(c.Transfer, id_, to_queue=QueueId("orders"))
    await anna.over()
    await boris.rings()
    await boris.answers()
    await hears(customer, boris)
    await hears(boris, customer)
    await customer.hangs_up()
    await boris.over()
    await floor.wraps_up(id_, BORIS)
    [ended] = await floor.log(id_, e.Ended)
    assert ended.cause == "customer"

    async def kept() -> list[dict[str, object]]:
        found = await floor.recordings(id_)
        return found if found and all(one["blob"] for one in found) else []

    heard: set[str] = set()
    for recording in await until("the recordings", kept):
        for side in tones.sides(await floor.house.blobs.get(recording["blob"])):
            heard |= names(exchange, side)
    assert {customer.name, anna.name, boris.name} <= heard
    folder = exchange.exchange.home / "spool" / "recording"
    for recording in await kept():
        name = f"{recording['id']}*"
        await until("its copy to go", lambda name=name: not list(folder.glob(name)))


async def test_talks_outlive_the_center_and_are_wrapped_up_once(
    exchange: AsteriskPhones, floor: Floor
):
    talks = []
    for agent in TEAM:
        desk = await floor.hires(AgentId(agent))
        id_, customer = await floor.calls()
        await desk.rings()
        await desk.answers()
        await floor.in_phase(id_, Phase.CONNECTED)
        talks.append((id_, customer, desk, AgentId(agent)))
    assert len(talks) == 20
    waiting, last = await floor.calls()
    await hears(last, "music")
    await floor.dies_and_starts_again()
    for id_, customer, desk, _ in talks:
        assert floor.house.open(id_).phase is Phase.CONNECTED
        assert customer.phone.talk is not None
        assert desk.phone.talk is not None
        assert customer.phone.sound.last().any(), "they hear each other all the time"
    assert floor.house.open(waiting).phase is Phase.QUEUED
    for id_, customer, _, agent in talks[:-1]:
        await customer.hangs_up()
        await floor.wraps_up(id_, agent)
    id_, customer, desk, agent = talks[-1]
    await desk.hangs_up()
    await customer.over()
    await floor.wraps_up(id_, agent)
    for id_, *_ in talks:
        ended = await floor.log(id_, e.Ended, e.Abandoned)
        wrapped = await floor.log(id_, e.WrappedUp)
        assert (len(ended), len(wrapped)) == (1, 1)
    await last.hangs_up()
    await until("the waiting one to leave", lambda: floor.house.open(waiting) is None)


@pytest.mark.crash
async def test_an_exchange_that_dies_ends_its_calls_as_lost(tmp_path: Path):
    with running_asterisk() as service:
        phones = AsteriskPhones(service)
        await phones.open()
        async with closing(phones), open_floor(tmp_path / "data", phones) as floor:
            for _ in range(10):
                id_, _, _ = await floor.talks()
                waiting, _ = await floor.calls()
                await floor.in_phase(waiting, Phase.QUEUED)
                service.kill()
                await until("the network to go", lambda: not floor.house.voice.up)
                assert floor.house.open(id_).phase is Phase.CONNECTED
                await phones.forget()
                await asyncio.to_thread(service.start)
                await floor.ready()
                await floor.wraps_up(id_)
                gone = lambda waiting=waiting: floor.house.open(waiting) is None  # noqa: E731
                await until("nobody to wait", gone)
                for one in (id_, waiting):
                    assert len(await floor.log(one, e.Ended, e.Abandoned)) == 1
            assert not floor.house.engine.center().interactions
            assert ANNA in floor.house.engine.center().agents
