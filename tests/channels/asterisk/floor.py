"""The whole center on a real Asterisk: customers and agents at SIP telephones."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.channels.asterisk.telephones import AsteriskPhones, HeardPhone
from tests.contracts.house import ANNA, SITE, House, new, until, who
from tests.contracts.phones import hears
from warmline.channels.voice import tables
from warmline.core import commands as c
from warmline.core import events as e
from warmline.core.settings import Agent, Capacity
from warmline.core.words import AgentId, DispositionId, InteractionId, Medium, Phase
from warmline.storage.rows import rows


class Floor:
    """The house, its exchange, and what people do."""

    def __init__(self, house: House, phones: AsteriskPhones) -> None:
        self.house, self.phones = house, phones

    async def ready(self) -> None:
        """The center hears the exchange."""
        await until("the network", lambda: self.house.voice.up)

    async def comes(self, agent: AgentId = ANNA) -> HeardPhone:
        """An agent is there, with a telephone."""
        phone = await self.phones.device(agent)
        await self.house.comes(agent)
        return phone

    async def hires(self, agent: AgentId) -> HeardPhone:
        """One agent more, who is there at once."""
        capacity = Capacity(slots={Medium.VOICE: 1}, total=1)
        await self.house.give(c.DefineAgent(id=new(), agent=Agent(id=agent, capacity=capacity)))
        return await self.comes(agent)

    async def calls(self, called: str = "calls") -> tuple[InteractionId, HeardPhone]:
        """A customer calls and is an interaction."""
        before = set(self.house.engine.center().interactions)
        phone = await self.phones.call(called)

        def arrived() -> InteractionId | None:
            new_ones = set(self.house.engine.center().interactions) - before
            return next(iter(new_ones), None)

        return await until("the arrival", arrived), phone

    async def talks(self, agent: AgentId = ANNA) -> tuple[InteractionId, HeardPhone, HeardPhone]:
        """A customer talks with an agent."""
        desk = await self.comes(agent)
        id_, customer = await self.calls()
        await desk.rings()
        await desk.answers()
        await hears(customer, desk)
        await hears(desk, customer)
        return id_, customer, desk

    async def gives(self, kind: Any, id_: InteractionId, agent: AgentId = ANNA, **more: Any):
        await self.house.give(kind(id=new(), by=who(agent), interaction=id_, **more))

    async def wraps_up(self, id_: InteractionId, agent: AgentId = ANNA) -> None:
        await self.in_phase(id_, Phase.WRAPPING)
        await self.gives(c.WrapUp, id_, agent, disposition=DispositionId("done"))

    async def in_phase(self, id_: InteractionId, *phases: Phase) -> None:
        def there() -> bool:
            found = self.house.open(id_)
            return found is not None and found.phase in phases

        await until(f"phase {phases}", there)

    async def log(self, id_: InteractionId, *kinds: type[e.Event]) -> list[Any]:
        found = await self.house.log(*kinds)
        return [one for one in found if getattr(one, "interaction", "") == id_]

    async def recordings(self, id_: InteractionId) -> list[dict[str, Any]]:
        async with self.house.database.read() as connection:
            found = await rows(connection, tables.recordings(SITE, id_))
        return [dict(one) for one in found]

    async def records(self, called: str = "calls") -> None:
        """The line greets and is recorded."""
        kept = tables.line_kept(
            SITE, "asterisk", called, inbox="calls", recorded=True, greeting="greeting"
        )
        async with self.house.database.write() as connection:
            await connection.execute(kept)

    async def dies_and_starts_again(self) -> None:
        """The process ends in the middle of it all; another one takes over."""
        await self.house.stop()
        self.phones.network = self.phones.another_network()
        self.house.network = self.phones.network
        await self.house.start()
        await self.house.reconcile()
        await self.ready()


@asynccontextmanager
async def open_floor(data: Path, phones: AsteriskPhones) -> AsyncGenerator[Floor]:
    """A center over these telephones."""
    house = House(data)
    house.network = phones.network
    await house.start()
    try:
        floor = Floor(house, phones)
        await floor.ready()
        yield floor
    finally:
        await house.close()
