"""An office with telephones: customers who call, agents with a phone and a desk."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from tests.contracts.house import ANNA, SITE, House, new, until, who
from warmline.channels.loopback.telephone import Telephone
from warmline.channels.voice import tables
from warmline.channels.voice.words import Caller
from warmline.core import commands as c
from warmline.core import events as e
from warmline.core.words import AgentId, ConsultId, DispositionId, InteractionId, Phase, QueueId
from warmline.storage.rows import rows

BORIS = AgentId("boris")


@dataclass(slots=True)
class CustomerCall:
    """A customer on the phone."""

    phone: Telephone
    interaction: InteractionId


class Office:
    """The house, and what people do in it."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.net = house.telephones
        self._callers = 0

    async def begins(self) -> None:
        """The network is there, and everybody has a phone."""
        await until("the network", lambda: self.house.voice.up)
        self.net.device(ANNA)
        self.net.device(BORIS)

    async def calls(self, called: str = "calls", number: str | None = None) -> CustomerCall:
        """A customer calls, and waits."""
        self._callers += 1
        number = number or f"+4850123450{self._callers}"
        phone = self.net.call(called, caller=Caller(number=number))
        assert phone.leg is not None
        id_ = self.house.voice.interaction_of(phone.leg)
        await until("the arrival", lambda: self.house.open(id_))
        return CustomerCall(phone, id_)

    async def talks(self, agent: AgentId = ANNA) -> CustomerCall:
        """A customer calls, and the agent takes it by the phone."""
        await self.house.comes(agent)
        call = await self.calls()
        await self.takes(call, agent)
        return call

    async def takes(self, call: CustomerCall, agent: AgentId = ANNA) -> None:
        """The agent's phone rings and is answered; they hear each other."""
        phone = self.net.device(agent)
        await until(f"{agent}'s phone to ring", phone.is_ringing)
        phone.answer()
        await self.hear_each_other(call, agent)

    async def hear_each_other(self, call: CustomerCall, agent: AgentId = ANNA) -> None:
        phone = self.net.device(agent)
        await until("the customer to be heard", lambda: set(phone.hears()) == {call.phone.name})
        await until("the agent to be heard", lambda: set(call.phone.hears()) == {phone.name})

    async def hears(self, phone: Telephone, *others: str) -> None:
        await until(f"{phone.name} to hear {others}", lambda: set(phone.hears()) == set(others))

    async def in_phase(self, call: CustomerCall, phase: Phase) -> None:
        def there() -> bool:
            found = self.house.open(call.interaction)
            return found is not None and found.phase is phase

        await until(f"phase {phase}", there)

    async def in_line(self, call: CustomerCall) -> None:
        await self.in_phase(call, Phase.QUEUED)
        await self.hears(call.phone, "music")

    async def asks(self, call: CustomerCall, colleague: AgentId = BORIS) -> ConsultId:
        """Anna asks a colleague."""
        consult = ConsultId(str(uuid4()))
        await self.gives(c.Consult, call, consult=consult, colleague=colleague)
        return consult

    async def gives(
        self, kind: Any, call: CustomerCall, agent: AgentId = ANNA, **facts: Any
    ) -> None:
        await self.house.give(kind(id=new(), by=who(agent), interaction=call.interaction, **facts))

    async def transfers(self, call: CustomerCall, **to: Any) -> None:
        await self.gives(c.Transfer, call, **to)

    async def to_queue(self, call: CustomerCall, queue: str = "orders") -> None:
        await self.transfers(call, to_queue=QueueId(queue))

    async def wraps_up(self, call: CustomerCall, agent: AgentId = ANNA) -> None:
        await self.gives(c.WrapUp, call, agent, disposition=DispositionId("done"))

    async def quiet(self, *phones: Telephone) -> None:
        """Everybody is off the phone and the channel has forgotten the calls."""
        for phone in phones or (self.net.device(ANNA), self.net.device(BORIS)):
            await until(f"{phone.name} to be off the phone", phone.is_idle)
        await until("no legs", lambda: not self.net.lines)

    async def over(self, call: CustomerCall) -> None:
        """The call is over for everybody, and forgotten."""
        await until("the customer to be off the phone", call.phone.is_idle)
        gone = lambda: self.house.voice.calls.get(call.interaction) is None  # noqa: E731
        await until("the call to be forgotten", gone)

    async def log(self, call: CustomerCall, *kinds: type[e.Event]) -> list[Any]:
        found = await self.house.log(*kinds)
        return [one for one in found if getattr(one, "interaction", "") == call.interaction]

    async def legs(self, call: CustomerCall) -> list[dict[str, Any]]:
        """The legs of a call, as rows say."""
        async with self.house.database.read() as connection:
            found = await rows(connection, tables.legs(SITE, call.interaction))
        return [dict(one) for one in found]

    async def recordings(self, call: CustomerCall) -> list[dict[str, Any]]:
        async with self.house.database.read() as connection:
            found = await rows(connection, tables.recordings(SITE, call.interaction))
        return [dict(one) for one in found]

    async def records(self, called: str = "calls") -> None:
        """The line is recorded."""
        async with self.house.database.write() as connection:
            await connection.execute(
                tables.line_kept(
                    SITE, self.net.name, called, inbox="calls", recorded=True, greeting="welcome"
                )
            )
