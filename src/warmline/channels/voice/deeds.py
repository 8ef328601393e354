"""What the desk and the floor do with a call: keys, a pause of the recording, coming into it."""

from collections.abc import Callable

from warmline.channels.voice import words as w
from warmline.channels.voice.around import Around
from warmline.channels.voice.doing import Doing
from warmline.channels.voice.steps import PAUSE_LIMIT_MS
from warmline.core.interaction import TALKING
from warmline.core.words import AgentId, Instant, InteractionId, Millis, Rejected


class Deeds:
    """Deeds of people with the calls of one network; each refuses what cannot be."""

    def __init__(
        self,
        around: Around,
        *,
        doing: Doing,
        later: Callable[[InteractionId, Millis], None],
    ) -> None:
        self._network = around.network
        self._calls = around.calls
        self._state = around.state
        self._clock = around.clock
        self._doing = doing
        self._later = later

    async def press(self, interaction: InteractionId, digits: str) -> None:
        """Press keys for the other end."""
        call = self._calls.get(interaction)
        customer = call.customer() if call is not None else None
        if customer is None or not customer.talks():
            raise Rejected("no_talk", "Nobody is on the line.")
        outcome = await self._network.do(w.SendDigits(leg=customer.id, digits=digits))
        if outcome is not w.Outcome.DONE:
            raise Rejected("not_possible", "This network takes no keys.")

    def must_admit(
        self,
        interaction: InteractionId,
        agent: AgentId | None,
        mode: w.Mode,
        *,
        announced: bool = False,
    ) -> None:
        """Refuse a supervisor who cannot come into this talk, or of whom nobody can be told."""
        found = self._state.center().interactions.get(interaction)
        if found is None or found.phase not in TALKING:
            raise Rejected("no_talk", "Nobody talks there now.")
        if w.Ability(mode.value) not in self._network.abilities:
            raise Rejected("not_possible", f"This network cannot {mode}.")
        if announced and w.Ability.PLAY not in self._network.abilities:
            raise Rejected("not_possible", "This network cannot say that you come in.")
        if agent is None:
            raise Rejected("no_phone", "You have no phone of your own.")
        if agent == found.agent:
            raise Rejected("same_agent", "This talk is your own.")

    def supervise(
        self,
        interaction: InteractionId,
        agent: AgentId | None,
        mode: w.Mode | None,
        *,
        announced: bool = False,
    ) -> None:
        """A supervisor is in the talk from now on, in some way, or out of it."""
        call = self._calls.get(interaction)
        if call is None or agent is None:
            return
        if mode is None:
            call.above.pop(agent, None)
        else:
            call.above[agent] = mode
            call.announces = announced
        self._later(interaction, 0)

    async def pause(self, interaction: InteractionId, *, on: bool) -> Instant | None:
        """Pause the recording of a talk, or go on; when a pause ends by itself. Refuses without."""
        call = self._calls.get(interaction)
        if call is None or call.tape is None:
            raise Rejected("not_recorded", "This talk is not recorded.")
        command = w.PauseRecording if on else w.ResumeRecording
        now = self._clock.now()
        if await self._doing.do(call, command(recording=call.tape.id), now) is not w.Outcome.DONE:
            raise Rejected("not_recorded", "The recording could not be changed.")
        if not on:
            return None
        self._later(interaction, PAUSE_LIMIT_MS)
        return now + PAUSE_LIMIT_MS
