"""Telephones for the voice contract: a network, and people at phones who do what a test says."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any, Protocol, TypeVar
from uuid import uuid4

from tests.contracts.house import until
from warmline.channels.voice import words as w
from warmline.channels.voice.network import VoiceNetwork
from warmline.core.words import AgentId

_Event = TypeVar("_Event", bound=w.VoiceEvent)


class Phone(Protocol):
    """One person at a telephone; everything waits until the person's side has done it."""

    @property
    def name(self) -> str:
        """How `hears` of others tells this person."""
        ...

    async def rings(self) -> None:
        """Returns once it rings here."""
        ...

    async def answers(self) -> None:
        """Take the ringing call."""
        ...

    async def declines(self) -> None:
        """Refuse the ringing call: `rejected`, or `busy` where nothing else can be said."""
        ...

    async def hangs_up(self) -> None:
        """End the call, or give up calling."""
        ...

    async def over(self) -> None:
        """Returns once this phone knows that its call is over."""
        ...

    async def presses(self, digits: str) -> None:
        """Press keys."""
        ...

    async def speaks(self, *, on: bool = True) -> None:
        """Say something from now on, or nothing."""
        ...

    async def hears(self) -> frozenset[str]:
        """Whom and what they hear now: names of persons, and `music`."""
        ...


class Telephones(Protocol):
    """A network under test, and the people around it."""

    @property
    def network(self) -> VoiceNetwork: ...

    @property
    def apart(self) -> bool:
        """Whether it is outside the center, so that the way to it can be `cut`."""
        ...

    async def call(self, called: str) -> Phone:
        """Somebody calls a number or page of the center; `LegOffered` follows."""
        ...

    async def device(self, agent: AgentId) -> Phone:
        """The phone of an agent, there and able to ring; one for each agent."""
        ...

    async def outside(self) -> tuple[str, Phone]:
        """A phone with a number that can be dialled; asked for only with `Ability.NUMBERS`."""
        ...

    async def cut(self) -> None:
        """The network cannot be reached by the center; those who talk talk on."""
        ...

    async def mend(self) -> None:
        """It can be reached again."""
        ...


class Center:
    """What a center hears of a network, and asks of it, as a test goes on."""

    def __init__(self, phones: Telephones) -> None:
        self.phones = phones
        self.network = phones.network
        self.heard: list[w.VoiceEvent] = []
        self._ups = 0
        self._running: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Listen, and be back once the network is up."""
        self._running = asyncio.create_task(self.network.run(self.hear))
        await self.up()

    async def stop(self) -> None:
        """Listen no more, as when the process ends."""
        if self._running is not None:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)

    async def hear(self, event: w.VoiceEvent) -> None:
        self.heard.append(event)

    async def does(self, command: w.VoiceCommand) -> None:
        """The command must be done."""
        assert await self.network.do(command) is w.Outcome.DONE, command

    async def next(self, kind: type[_Event], **facts: Any) -> _Event:
        """The first event of this kind with these facts, of all that were or will be heard."""

        def found() -> _Event | None:
            return next(
                (
                    one
                    for one in self.heard
                    if isinstance(one, kind)
                    and all(getattr(one, name) == value for name, value in facts.items())
                ),
                None,
            )

        return await until(f"{kind.__name__} {facts}", found)

    async def up(self) -> None:
        """Returns once the network came (again) since the last time this was asked."""
        self._ups += 1

        def there() -> bool:
            ups = sum(1 for one in self.heard if isinstance(one, w.NetworkUp))
            return ups >= self._ups

        await until("the network", there)

    def of(self, leg: w.LegId) -> list[w.LegEvent]:
        """All that was heard of a leg."""
        return [one for one in self.heard if isinstance(one, w.LegEvent) and one.leg == leg]

    async def incoming(self, called: str = "shop") -> tuple[w.LegId, Phone]:
        """A customer calls and is answered."""
        before = {one.leg for one in self.heard if isinstance(one, w.LegOffered)}
        phone = await self.phones.call(called)

        def offered() -> w.LegOffered | None:
            new = (one for one in self.heard if isinstance(one, w.LegOffered))
            return next((one for one in new if one.leg not in before), None)

        leg = (await until("the call", offered)).leg
        await self.does(w.Answer(leg=leg))
        await self.next(w.LegAnswered, leg=leg)
        return leg, phone

    async def dials(
        self,
        to: w.Device | w.Number,
        *,
        ring_ms: int = 20_000,
        role: w.Role = w.Role.AGENT,
        leg: w.LegId | None = None,
    ) -> w.LegId:
        """A leg to somebody, not waited for."""
        leg = leg or new_leg()
        await self.does(w.Dial(leg=leg, call="call-1", to=to, role=role, ring_ms=ring_ms))
        return leg

    async def reaches(self, agent: str, role: w.Role = w.Role.AGENT) -> tuple[w.LegId, Phone]:
        """An agent is rung up and answers."""
        phone = await self.phones.device(AgentId(agent))
        leg = await self.dials(w.Device(agent=AgentId(agent)), role=role)
        await phone.rings()
        await phone.answers()
        await self.next(w.LegAnswered, leg=leg)
        return leg, phone

    async def joins(self, *legs: w.LegId, room: str = "room-1", **more: Any) -> None:
        """Those legs are in one room."""
        await self.does(w.OpenRoom(room=w.RoomId(room), call="call-1"))
        for leg in legs:
            await self.does(w.Join(leg=leg, room=w.RoomId(room), **more))


@asynccontextmanager
async def center_of(phones: Telephones) -> AsyncGenerator[Center]:
    """A center that listens to a network, once it is up."""
    center = Center(phones)
    try:
        await center.start()
        yield center
    finally:
        await center.stop()


def new_leg() -> w.LegId:
    return w.LegId(str(uuid4()))


async def hears(phone: Phone, *others: "Phone | str") -> None:
    """Returns once a person hears exactly these."""
    wanted = frozenset(one if isinstance(one, str) else one.name for one in others)
    await until(f"{phone.name} to hear {sorted(wanted)}", lambda: _hears(phone, wanted))


async def _hears(phone: Phone, wanted: frozenset[str]) -> bool:
    return await phone.hears() == wanted
