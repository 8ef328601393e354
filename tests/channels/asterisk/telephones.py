"""An Asterisk with people at telephones around it, who are known by the tones they send."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import httpx

from tests.contracts.phones import Phone
from tests.services import asterisk as service
from tests.services import tones
from tests.services.asterisk import PHONES, PROVIDER, Asterisk, shared_asterisk
from tests.services.ports import LOOPBACK
from tests.services.relay import Relay
from tests.services.sip import SipPhone
from warmline.channels.asterisk.network import AsteriskNetwork
from warmline.channels.asterisk.words import RECORDINGS
from warmline.core.words import AgentId
from warmline.engine.clock import WallClock

OUTSIDE = "+48601234567"
PLAYED: dict[float, str] = {
    service.MUSIC_HZ: "music",
    service.PROMPT_HZ: "prompt",
    service.GREETING_HZ: "greeting",
    service.POLISH_HZ: "polish",
}
VOICES = (600, 750, 850, 1050, 1150, 1250, 1350, 650)
"""The tones of people; no two of them sound like a third."""


class HeardPhone:
    """A person at a SIP telephone, as the voice contract wants one."""

    def __init__(self, phone: SipPhone, known: dict[float, str]) -> None:
        self.phone, self._known = phone, known

    @property
    def name(self) -> str:
        return self.phone.name

    async def rings(self) -> None:
        await self.phone.rings()

    async def answers(self) -> None:
        await self.phone.answers()

    async def declines(self) -> None:
        await self.phone.declines()

    async def hangs_up(self) -> None:
        await self.phone.hangs_up()

    async def over(self) -> None:
        await self.phone.over()

    async def presses(self, digits: str) -> None:
        await self.phone.presses(digits)

    async def speaks(self, *, on: bool = True) -> None:
        self.phone.speaks(on=on)

    async def hears(self) -> frozenset[str]:
        return self.phone.hears(self._known)

    async def heard_for(self, frames: int) -> frozenset[str]:
        """All that is heard within so many packets of 20 ms, however shortly."""
        sound = await self.phone.listens(frames)
        step = 4 * tones.FRAME
        parts = (sound[at : at + step] for at in range(0, len(sound), step))
        heard = (tones.heard(part, self._known) for part in parts)
        return frozenset(self._known[one] for found in heard for one in found)


class AsteriskPhones:
    """The exchange, a wire to it that can be cut, and the people."""

    apart = True

    def __init__(self, exchange: Asterisk) -> None:
        self.exchange = exchange
        self.relay = Relay(exchange.exchange.http_port)
        self.known = dict(PLAYED)
        self.network: AsteriskNetwork
        self._open: dict[str, HeardPhone] = {}
        self._calls = 0

    async def open(self) -> None:
        await self.relay.open()
        self.network = self.another_network()

    def another_network(self) -> AsteriskNetwork:
        """The same exchange as a new process sees it."""
        told = self.exchange.exchange
        return AsteriskNetwork(
            f"http://{LOOPBACK}:{self.relay.port}",
            user=told.user,
            password=told.password,
            clock=WallClock(),
        )

    async def call(self, called: str, *, name: str = "") -> HeardPhone:
        self._calls += 1
        phone = await self.person(f"+48501234{self._calls:03}", host=PROVIDER)
        await phone.phone.calls(called, caller=name)
        return phone

    async def device(self, agent: AgentId) -> HeardPhone:
        found = self._open.get(agent)
        return found or await self.person(agent, password=PHONES[agent])

    async def outside(self) -> tuple[str, Phone]:
        port = self.exchange.provider_port
        return OUTSIDE, await self.person(OUTSIDE, host=PROVIDER, port=port)

    async def person(
        self, name: str, *, host: str = "127.0.0.3", port: int = 0, password: str | None = None
    ) -> HeardPhone:
        hertz = VOICES[len(self._open) % len(VOICES)]
        where = (LOOPBACK, self.exchange.exchange.sip_port)
        phone = SipPhone(name, hertz=hertz, exchange=where, host=host, port=port, password=password)
        self.known[hertz] = name
        self._open[name] = HeardPhone(await phone.open(), self.known)
        return self._open[name]

    async def cut(self) -> None:
        await self.relay.cut()

    async def mend(self) -> None:
        await self.relay.open()

    async def forget(self) -> None:
        """All telephones are thrown away, whatever they were doing."""
        for one in self._open.values():
            await one.phone.close()
        self._open.clear()

    async def close(self) -> None:
        for one in self._open.values():
            await one.phone.hangs_up()
            if one.name in PHONES:
                await one.phone.register(seconds=0)
            await one.phone.close()
        await self.relay.cut()
        await asyncio.to_thread(clear, self.exchange)


def clear(exchange: Asterisk) -> None:
    """Nothing of a test is left in the exchange for the next one."""
    login = (exchange.exchange.user, exchange.exchange.password)
    with httpx.Client(base_url=f"{exchange.url}/ari", auth=login, verify=False) as ari:
        for kind in ("channels", "bridges"):
            for one in ari.get(f"/{kind}").json():
                ari.delete(f"/{kind}/{one['id']}")
        ari.post("/asterisk/variable", params={"variable": RECORDINGS, "value": "[]"})


def bridges(exchange: Asterisk) -> list[str]:
    """Which places the exchange has."""
    login = (exchange.exchange.user, exchange.exchange.password)
    return [
        one["id"]
        for one in httpx.get(f"{exchange.url}/ari/bridges", auth=login, verify=False).json()
    ]


@asynccontextmanager
async def asterisk_phones() -> AsyncGenerator[AsteriskPhones]:
    """The exchange of this process with nobody in it yet."""
    phones = AsteriskPhones(shared_asterisk())
    await phones.open()
    try:
        yield phones
    finally:
        await phones.close()


@asynccontextmanager
async def closing(phones: AsteriskPhones) -> AsyncGenerator[None]:
    """However it ends, nothing of them is left."""
    try:
        yield
    finally:
        await phones.forget()
        await phones.relay.cut()
