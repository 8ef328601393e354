"""Who calls is let in, or told why not."""

from warmline.channels.voice import words as w
from warmline.channels.voice.around import Around
from warmline.channels.voice.arrivals import Arrivals
from warmline.channels.voice.calls import Call
from warmline.channels.voice.treating import Treating
from warmline.core.words import Malformed, Rejected
from warmline.ports import Busy, Submit


class Reception:
    """Lets the callers of one network in; `refused` are those who hear just now why not."""

    def __init__(
        self,
        around: Around,
        *,
        arrivals: Arrivals,
        treating: Treating,
        ask: Submit,
    ) -> None:
        self.refused: dict[w.LegId, w.PlayId] = {}
        self._arrivals = arrivals
        self._calls = around.calls
        self._network = around.network
        self._state = around.state
        self._treating = treating
        self._ask = ask

    async def comes(self, event: w.LegOffered) -> None:
        """A call comes in."""
        came = await self._arrivals.came(event)
        if came is None:
            await self._network.do(w.Reject(leg=event.leg, cause=w.Cause.UNREACHABLE))
            return
        if came.call.interaction in self._state.center().interactions:
            return
        self._calls.add(came.call)
        treated = await self._treating.stands_at(came.line.inbox)
        came.call.treated = treated
        try:
            await self._arrivals.arrive(came, self._ask, treated=treated)
        except Rejected as refusal:
            self._calls.drop(came.call)
            await self._refuse(event.leg, refusal.code, came.language)
        except (Busy, Malformed):
            self._calls.drop(came.call)
            await self._network.do(w.Reject(leg=event.leg, cause=w.Cause.BUSY))

    async def turn_away(self, call: Call, code: str) -> None:
        """The flow led into a line that takes nobody now."""
        call.refused = code
        found = self._state.center().interactions.get(call.interaction)
        customer = call.customer()
        if customer is not None and customer.is_there():
            language = found.language if found is not None else None
            await self._refuse(customer.id, code, language)

    async def _refuse(self, leg: w.LegId, code: str, language: str | None) -> None:
        """Say why nobody comes, where words can be said; then hang up."""
        if w.Ability.PLAY not in self._network.abilities:
            known = self._calls.of(leg) is not None
            no = w.HangUpLeg(leg=leg) if known else w.Reject(leg=leg, cause=w.Cause.BUSY)
            await self._network.do(no)
            return
        play = w.PlayId(f"{leg}:refused")
        self.refused[leg] = play
        await self._network.do(w.Answer(leg=leg))
        sound = w.Sound(prompt=code, language=language or "en")
        said = await self._network.do(w.Play(leg=leg, play=play, sounds=(sound,)))
        if said is not w.Outcome.DONE:
            del self.refused[leg]
            await self._network.do(w.HangUpLeg(leg=leg))
