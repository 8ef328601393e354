"""After the network was away, or the center was: what is there is compared with what is known."""

from collections.abc import Callable

from warmline.channels.voice import words as w
from warmline.channels.voice.around import Around
from warmline.channels.voice.calls import Call, Leg
from warmline.channels.voice.turns import Turns
from warmline.core.words import SECOND, Instant, InteractionId, Phase

WORD_MS = 500
"""So long the network's own word on the end of a leg may be on the way."""
GRACE_MS = 3 * SECOND
"""A call that nobody knows may be just arriving; after this long it is hung up."""
NETWORK = "network"
CALL = "call "
TAPE = "tape "
GONE = "gone "
STRANGER = "stranger "
"""The kinds of matters that are looked at in turn."""

Finished = w.RecordingReady | w.RecordingFailed


class Comparing:
    """Adopts the calls that go on, ends those that are gone, hangs up those nobody knows."""

    def __init__(
        self,
        around: Around,
        *,
        tell: Callable[[Call, w.LegEvent], None],
        finished: Callable[[w.RecordingId, Finished], Finished],
        turns: Turns,
        is_stranger: Callable[[w.LegId], bool],
    ) -> None:
        self._network = around.network
        self._calls = around.calls
        self._recordings = around.recordings
        self._state = around.state
        self._clock = around.clock
        self._tell = tell
        self._finished = finished
        self._turns = turns
        self._is_stranger = is_stranger

    async def compare(self) -> None:
        """Look at all that is there now."""
        asked_at = self._clock.now()
        seen = await self._network.snapshot()
        for one in seen.legs:
            self._adopt(one, asked_at)
        legs = {one.leg: one for one in seen.legs}
        for call in self._calls:
            for leg in call.there():
                self._compare_leg(call, leg, legs.get(leg.id), asked_at)
            call.opened = call.room in seen.rooms
            call.again = call.again or self._is_treated(call)
            if call.tape is not None and call.tape.id not in seen.recordings:
                call.tape = None
            self._turns.soon(f"{CALL}{call.interaction}")
        for one in await self._recordings.unfinished() - set(seen.recordings):
            self._finished(one, w.RecordingReady(at=asked_at, recording=one, duration_ms=0))
            self._turns.soon(f"{TAPE}{one}")
        for one in seen.legs:
            if self._is_stranger(one.leg):
                self._turns.later(f"{STRANGER}{one.leg}", GRACE_MS)

    def _adopt(self, seen: w.LegSeen, now: Instant) -> None:
        """A leg dialled for an offer just before the center was killed: its row came too late."""
        call = self._calls.get(InteractionId(seen.call or ""))
        if call is None or seen.leg in call.legs or seen.agent is None:
            return
        found = self._state.center().interactions.get(call.interaction)
        offer = found.offer if found is not None else None
        offered = offer is not None and offer.id == seen.leg
        in_hand = found is not None and found.agent == seen.agent and seen.role is w.Role.AGENT
        if offered or (in_hand and call.of_agent(seen.agent) is None):
            leg = Leg(id=seen.leg, role=seen.role, at=now, agent=seen.agent, matter=seen.leg)
            self._calls.begin_offered(call, leg)

    def _is_treated(self, call: Call) -> bool:
        if call.message is not None:
            return False
        found = self._state.center().interactions.get(call.interaction)
        return found is not None and found.phase is Phase.TREATING

    def _compare_leg(self, call: Call, leg: Leg, seen: w.LegSeen | None, asked_at: Instant) -> None:
        if seen is not None:
            leg.leaving = leg.picked_up = False
            leg.place = seen.room
            leg.mode = None if seen.room is None else leg.mode or w.Mode.TALK
            if seen.answered and leg.answered_at is None:
                self._tell(call, w.LegAnswered(at=asked_at, leg=leg.id))
        elif leg.at < asked_at:
            # The word of its end may be on the way, and says who ended it.
            self._turns.later(f"{GONE}{leg.id}", WORD_MS)

    def missed(self, id_: w.LegId) -> None:
        """A leg is not there any more, and nobody told how that came."""
        call = self._calls.get(self._calls.of(id_) or InteractionId(""))
        leg = call.legs.get(id_) if call is not None else None
        if call is None or leg is None or not leg.is_there():
            return
        by = w.By.CENTER if leg.leaving else w.By.NETWORK
        cause = w.Cause.NORMAL if leg.leaving else w.Cause.LOST
        self._tell(call, w.LegEnded(at=self._clock.now(), leg=leg.id, cause=cause, by=by))
        self._turns.soon(f"{CALL}{call.interaction}")
