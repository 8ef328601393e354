"""Talks that go to a number outside: from the desk, from a device, from a flow."""

from collections.abc import Callable
from uuid import uuid4

from warmline.channels.callback.numbers import number_to_call
from warmline.channels.voice import numbers
from warmline.channels.voice import words as w
from warmline.channels.voice.around import Around
from warmline.channels.voice.calls import Call, Outside
from warmline.channels.voice.out import TRANSFERRED_OUT
from warmline.channels.webchat.limits import Rate
from warmline.core import commands as c
from warmline.core.interaction import TALKING, Interaction
from warmline.core.words import (
    Actor,
    CommandId,
    InteractionId,
    Phase,
    QueueId,
    Rejected,
)
from warmline.ports import Submit
from warmline.storage.journal import storage_errors

OUTSIDE_PER_MINUTE = 30
"""Numbers rung up for talks of one queue."""


class Outward:
    """Hands the talks of one network to numbers outside; each deed refuses what cannot be."""

    def __init__(
        self,
        around: Around,
        *,
        ask: Submit,
        look: Callable[[InteractionId], None],
    ) -> None:
        self._site = around.site
        self._network = around.network
        self._database = around.database
        self._calls = around.calls
        self._state = around.state
        self._clock = around.clock
        self._region = around.region
        self._ask = ask
        self._look = look
        self._rate = Rate("numbers outside", per_minute=OUTSIDE_PER_MINUTE)

    async def shown(self, queue: QueueId | None) -> str | None:
        """The number of ours that is shown to whom a queue calls."""
        if queue is None:
            return None
        with storage_errors():
            async with self._database.read() as connection:
                return await connection.scalar(numbers.shown(self._site, queue))

    async def hand_out(self, interaction: InteractionId, to: str, *, first: bool) -> None:
        """Ring up a number outside: the talk goes there, or it is asked first."""
        call, found = self._in_call(interaction)
        if w.Ability.NUMBERS not in self._network.abilities:
            raise Rejected("no_numbers", "This network calls no numbers.")
        if call.outside is not None:
            raise Rejected("already_asked", "A number outside is on the line already.")
        number = number_to_call(to, region=self._region)
        self._rate.spend(found.queue or "", self._clock.now())
        wish = Outside(
            leg=w.LegId(str(uuid4())),
            number=number,
            shown=await self.shown(found.queue) or call.shown,
            first=first,
        )
        values = {
            "interaction": interaction,
            "network": self._network.name,
            "number": number,
            "shown": wish.shown,
            "first": first,
        }
        write = numbers.called(
            self._site, wish.leg, values, role=w.Role.OUTSIDE, at=self._clock.now()
        )
        with storage_errors():
            async with self._database.write() as connection:
                await connection.execute(write.statement, write.rows)
        call.outside = wish
        self._look(interaction)

    async def leads(self, call: Call, to: str) -> None:
        """A flow leads to a number outside."""
        await self.hand_out(call.interaction, to, first=False)

    async def hand_over(self, interaction: InteractionId, by: Actor) -> None:
        """Whoever was asked first has the talk from now on; the agent is out of it."""
        call, _ = self._in_call(interaction)
        leg = call.last_of(call.outside.leg) if call.outside is not None else None
        if leg is None or not leg.talks():
            raise Rejected("no_talk", "Nobody outside is on the line.")
        await self._ask(
            c.End(
                id=CommandId(f"out:{leg.id}"),
                by=by,
                interaction=interaction,
                cause=TRANSFERRED_OUT,
            )
        )

    async def let_go(self, interaction: InteractionId) -> None:
        """Nobody outside is wanted any more; the customer is taken up again."""
        call, _ = self._in_call(interaction)
        if call.outside is None:
            raise Rejected("no_talk", "Nobody outside is on the line.")
        leg = call.last_of(call.outside.leg)
        if leg is None:
            call.outside = None
            return
        await self._network.do(w.HangUpLeg(leg=leg.id, cause=w.Cause.CANCELLED))

    def _in_call(self, interaction: InteractionId) -> tuple[Call, Interaction]:
        call = self._calls.get(interaction)
        found = self._state.center().interactions.get(interaction)
        customer = call.customer() if call is not None else None
        there = customer is not None and customer.talks()
        if call is None or found is None or not there:
            raise Rejected("no_talk", "Nobody is on the line.")
        if found.phase not in TALKING | {Phase.TREATING}:
            raise Rejected("no_talk", "Nobody talks there now.")
        return call, found
