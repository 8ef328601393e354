"""The networks that the voice contract is run against, each with its people."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from tests.contracts.house import until
from tests.contracts.phones import Phone, Telephones
from warmline.channels.loopback.telephone import Telephone
from warmline.channels.loopback.telephones import TelephoneNetwork
from warmline.channels.voice.network import VoiceNetwork
from warmline.channels.voice.words import Caller
from warmline.core.words import AgentId
from warmline.engine.clock import WallClock

CUSTOMER = "+48501234567"
OUTSIDE = "+48601234567"


class SimulatedPhone:
    """A person at a telephone of the simulated network."""

    def __init__(self, phone: Telephone) -> None:
        self._phone = phone

    @property
    def name(self) -> str:
        return self._phone.name

    async def rings(self) -> None:
        await until(f"{self.name} to ring", self._phone.is_ringing)

    async def answers(self) -> None:
        self._phone.answer()

    async def declines(self) -> None:
        self._phone.decline()

    async def hangs_up(self) -> None:
        self._phone.hang_up()

    async def over(self) -> None:
        await until(f"{self.name}'s call to be over", self._phone.is_idle)

    async def presses(self, digits: str) -> None:
        self._phone.press(digits)

    async def speaks(self, *, on: bool = True) -> None:
        self._phone.speaks(on=on)

    async def hears(self) -> frozenset[str]:
        return self._phone.hears()


class Simulated:
    """The simulated network and its people."""

    apart = True

    def __init__(self) -> None:
        self.telephones = TelephoneNetwork(clock=WallClock())
        self._calls = 0

    @property
    def network(self) -> VoiceNetwork:
        return self.telephones

    async def call(self, called: str) -> Phone:
        self._calls += 1
        caller = Caller(number=f"{CUSTOMER[:-1]}{self._calls}")
        return SimulatedPhone(self.telephones.call(called, caller=caller))

    async def device(self, agent: AgentId) -> Phone:
        return SimulatedPhone(self.telephones.device(agent))

    async def outside(self) -> tuple[str, Phone]:
        return OUTSIDE, SimulatedPhone(self.telephones.number(OUTSIDE))

    async def cut(self) -> None:
        self.telephones.cut()

    async def mend(self) -> None:
        self.telephones.mend()


@asynccontextmanager
async def simulated() -> AsyncGenerator[Telephones]:
    yield Simulated()
