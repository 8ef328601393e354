"""What a call needs, done in the network, and remembered so that it is not asked for again."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress

from warmline.channels.voice import leaving
from warmline.channels.voice import words as w
from warmline.channels.voice.around import Around
from warmline.channels.voice.calls import WAITING, Call, Leg
from warmline.channels.voice.recordings import LOST
from warmline.core import commands as c
from warmline.core.words import Instant, InteractionId, Rejected
from warmline.ports import Submit

RINGS_WITHIN_S = 0.02
"""The agent's phone comes first: so long the caller's own answer waits for that, at most."""


class Doing:
    """Does one thing after another for the calls of one network."""

    def __init__(
        self,
        around: Around,
        *,
        ask: Submit,
        missing: Callable[[w.LegId], None],
        again: Callable[[InteractionId], None],
    ) -> None:
        self._around = around
        self._network = around.network
        self._calls = around.calls
        self._recordings = around.recordings
        self._state = around.state
        self._missing = missing
        """Told of a leg that the network does not have."""
        self._ask = ask
        self._again = again
        """Told of a call that needs to be looked at once more after a while."""

    async def all(
        self, call: Call, needed: Sequence[w.VoiceCommand | c.Command], now: Instant
    ) -> bool:
        """Do them in order, but let nobody wait for a call to be taken; whether to look again."""
        taking = [one for one in needed if isinstance(one, w.Answer)]
        rest = [one for one in needed if not isinstance(one, w.Answer)]
        if not taking:
            return await self._in_turn(call, rest, now)
        rung = asyncio.Event()
        answers = asyncio.create_task(self._take_calls(call, taking, now, rung))
        try:
            await self._in_turn(call, rest, now)
            rung.set()
            taken = await answers
        finally:
            answers.cancel()
        if w.Outcome.FAILED in taken:
            self._again(call.interaction)
            return False
        return True

    async def _take_calls(
        self, call: Call, taking: Sequence[w.Answer], now: Instant, rung: asyncio.Event
    ) -> Sequence[w.Outcome]:
        with suppress(TimeoutError):
            async with asyncio.timeout(RINGS_WITHIN_S):
                await rung.wait()
        return [await self.do(call, one, now) for one in taking]

    async def _in_turn(
        self, call: Call, needed: Sequence[w.VoiceCommand | c.Command], now: Instant
    ) -> bool:
        again = bool(needed)
        for step in needed:
            if isinstance(step, c.Command):
                again = False  # what comes of it is told as an event
                with suppress(Rejected):
                    await self._calls.tell(call, self._ask, step)
                continue
            outcome = await self.do(call, step, now)
            if outcome is w.Outcome.FAILED and not isinstance(step, w.Dial):
                self._again(call.interaction)
                return False
        return again

    async def do(self, call: Call, step: w.VoiceCommand, now: Instant) -> w.Outcome:
        match step:
            case w.Dial():
                return await self._dial(call, step, now)
            case w.StartRecording():
                found = self._state.center().interactions.get(call.interaction)
                agent = found.agent if found is not None else None
                number = leaving.number_left(self._around, call, step, now)
                await self._recordings.begin(call, step.recording, agent, now, *number)
            case _:
                pass
        outcome = await self._network.do(step)
        if outcome is not w.Outcome.FAILED:
            if call.message is not None:
                leaving.remember(call.message, step, outcome)
            await self._did(call, step, outcome, now)
        return outcome

    async def _dial(self, call: Call, step: w.Dial, now: Instant) -> w.Outcome:
        agent = step.to.agent if isinstance(step.to, w.Device) else None
        matter = step.facts.get("offer", step.leg)
        leg = Leg(id=step.leg, role=step.role, at=now, agent=agent, matter=matter)
        if "offer" in step.facts:
            self._calls.begin_offered(call, leg)
        else:
            await self._calls.begin(call, leg)
        outcome = await self._network.do(step)
        if outcome is not w.Outcome.DONE:
            ended = w.LegEnded(at=now, leg=leg.id, cause=w.Cause.FAILED, by=w.By.NETWORK)
            await self._calls.ended(leg, ended)
            if agent is not None and leg.role is w.Role.SUPERVISOR:
                call.above.pop(agent, None)
        return outcome

    async def _did(
        self, call: Call, step: w.VoiceCommand, outcome: w.Outcome, now: Instant
    ) -> None:
        """Remember what was done, so that it is not asked for again."""
        if isinstance(step, w.LegCommand):
            leg = call.legs[step.leg]
            _remember(leg, step)
            if outcome is w.Outcome.GONE and not isinstance(step, w.Join):
                # Its end is being told, or was missed: the network's own word on it comes first.
                self._missing(leg.id)
            return
        match step:
            case w.PlayInRoom(play=play):
                call.announced[play] = outcome is w.Outcome.DONE
            case w.OpenRoom():
                call.opened = True
            case w.CloseRoom():
                call.opened = False
            case w.PauseRecording() | w.ResumeRecording():
                assert call.tape is not None
                paused = now if isinstance(step, w.PauseRecording) else None
                await self._recordings.pause(call.tape, paused)
            case w.StopRecording():
                await self._recordings.stop(call, now)
            case _:
                pass
        if isinstance(step, w.StopRecording | w.StartRecording) and outcome is w.Outcome.GONE:
            await self._recordings.failed(step.recording, LOST, now)
        if isinstance(step, w.StartRecording) and outcome is not w.Outcome.DONE:
            call.tape = None
            call.recorded = False


def _remember(leg: Leg, step: w.LegCommand) -> None:
    match step:
        case w.Wait():
            leg.place, leg.mode = WAITING, None
        case w.Join():
            leg.place, leg.mode = step.room, step.mode
        case w.Answer() | w.PickUp():
            leg.picked_up = True
        case w.HangUpLeg():
            leg.leaving = True
        case w.Mute():
            leg.muted = step.on
        case _:
            pass
