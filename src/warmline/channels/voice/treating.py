"""Callers who meet a flow before they stand in line: when it begins, goes on, and what follows."""

from collections.abc import Awaitable, Callable

from warmline.channels.voice import words as w
from warmline.channels.voice.around import Around
from warmline.channels.voice.calls import Call
from warmline.channels.voice.treatment import Ending, Treated, TreatedCall, Treatment
from warmline.channels.webchat.limits import TooMany
from warmline.core import commands as c
from warmline.core.words import (
    CHANNEL,
    CommandId,
    InboxId,
    InteractionId,
    Malformed,
    Millis,
    Phase,
    QueueId,
    Rejected,
)
from warmline.flows.runs import Runs


class Treating:
    """The flows of one network's callers; without any, nobody is treated."""

    def __init__(
        self,
        around: Around,
        *,
        ask: Callable[[InteractionId, c.Command], None],
        leaves: Callable[[Call, QueueId, Millis], bool],
        goes_outside: Callable[[Call, str], Awaitable[None]],
        look: Callable[[InteractionId], None],
    ) -> None:
        self._network = around.network
        self._state = around.state
        self._find = around.calls.get
        self._ask = ask
        self._leaves = leaves
        self._goes_outside = goes_outside
        self._look = look
        self._treatment: Treatment | None = None

    def treat(self, runs: Runs) -> None:
        """Let callers meet the flows that stand at their inboxes."""
        self._treatment = Treatment(runs=runs, do=self._network.do, over=self._over)

    async def stands_at(self, inbox: InboxId) -> bool:
        """Whether callers of an inbox meet a flow first."""
        return self._treatment is not None and await self._treatment.stands_at(inbox)

    async def heard(self, event: w.LegEvent) -> bool:
        """Whether it was the flow's alone."""
        return self._treatment is not None and await self._treatment.heard(event)

    def meets(self, call: Call) -> bool:
        """Whether the caller is to meet a flow, or meets one."""
        return self._met(call) is not None

    async def answered(self, call: Call) -> None:
        """The caller is on the line: the flow begins; without one they stand in line."""
        met = self._met(call)
        if met is None:
            return
        call.treated = True
        if self._treatment is None or not await self._treatment.begin(met):
            self._admit(call)

    async def again(self, call: Call) -> None:
        """After the network or the center was away: asked once more, or into the line."""
        met = self._met(call)
        if met is None:
            return
        call.treated = True
        if self._treatment is None or not await self._treatment.again(met):
            self._admit(call)

    def _met(self, call: Call) -> TreatedCall | None:
        found = self._state.center().interactions.get(call.interaction)
        leg = call.customer()
        if found is None or found.phase is not Phase.TREATING or leg is None or not leg.talks():
            return None
        return TreatedCall(
            leg=leg.id,
            interaction=call.interaction,
            inbox=found.inbox,
            caller=call.caller.number,
            called=call.called,
            language=found.language,
        )

    async def _over(self, met: TreatedCall, end: Treated) -> None:
        """The flow is over: the caller stands in line, or is let go."""
        call = self._find(met.interaction)
        if call is None:
            return
        match end.ending:
            case Ending.HANG_UP:
                call.refused = "flow"
                await self._network.do(w.HangUpLeg(leg=met.leg))
            case Ending.VOICEMAIL if end.queue is not None and self._leaves(
                call, end.queue, end.most_ms
            ):
                self._look(call.interaction)
            case Ending.TRANSFER:
                await self._transfer(call, end)
            case _:
                self._admit(call, end)

    async def _transfer(self, call: Call, end: Treated) -> None:
        """To a number outside, with music meanwhile; into the line where that cannot be."""
        call.treated = False
        try:
            await self._goes_outside(call, end.number)
        except (Rejected, Malformed, TooMany):
            self._admit(call, end)

    def _admit(self, call: Call, end: Treated | None = None) -> None:
        call.treated = False
        command = c.Admit(
            id=CommandId(f"admit:{call.interaction}"),
            by=CHANNEL,
            interaction=call.interaction,
            queue=end.queue if end is not None else None,
            reason=end.reason if end is not None else None,
        )
        self._ask(call.interaction, command)
