"""The offer on a call: who waits and presses 1 keeps the place, hangs up and is called back."""

from collections.abc import Sequence

from warmline.channels.callback.keeping import PlaceKeeping
from warmline.channels.voice import words as w
from warmline.channels.voice.calls import WAITING, Call
from warmline.channels.voice.network import VoiceNetwork
from warmline.channels.voice.saying import languages
from warmline.channels.webchat.limits import TooMany
from warmline.core.words import InteractionId, Malformed, Phase, Rejected
from warmline.ports import Busy, State

KEY = "1"
NOTED = "callback_noted"
REFUSED = "callback_refused"


class CallsBack:
    """Takes the key of those who wait on all networks."""

    def __init__(self, *, keeping: PlaceKeeping, state: State) -> None:
        self.keeping = keeping
        self._state = state
        self._noted: dict[InteractionId, w.PlayId] = {}

    async def offers(self, interaction: InteractionId) -> bool:
        """Whether somebody who waits is told of the key."""
        return interaction not in self._noted and self.keeping.is_offered(interaction)

    async def heard(self, network: VoiceNetwork, call: Call, event: w.LegEvent) -> None:
        """A key of who waits, or the end of the words that say that it is noted."""
        match event:
            case w.DigitPressed(digit=digit) if digit == KEY and self._waits(call):
                await self._asked(network, call)
            case w.Played(play=play) if play == self._noted.get(call.interaction):
                await self._leaves(network, call)
            case w.LegEnded():
                self._noted.pop(call.interaction, None)
            case _:
                return

    def _waits(self, call: Call) -> bool:
        found = self._state.center().interactions.get(call.interaction)
        leg = call.customer()
        return (
            found is not None
            and found.phase in {Phase.QUEUED, Phase.OFFERED}
            and not call.treated
            and call.message is None
            and leg is not None
            and leg.talks()
            and leg.place == WAITING
            and call.interaction not in self._noted
        )

    async def _asked(self, network: VoiceNetwork, call: Call) -> None:
        if not self.keeping.is_offered(call.interaction):
            return
        play = w.PlayId(f"{call.interaction}:{NOTED}")
        self._noted[call.interaction] = play
        try:
            await self.keeping.promise(call.interaction, call.caller.number or "")
        except (Malformed, TooMany, Rejected, Busy):
            del self._noted[call.interaction]
            await self._say(network, call, w.PlayId(f"{call.interaction}:{REFUSED}"), REFUSED)
            return
        if not await self._say(network, call, play, NOTED):
            await self._leaves(network, call)

    async def _leaves(self, network: VoiceNetwork, call: Call) -> None:
        """They wait no more; whom an agent took in this moment talks on, and is not called."""
        self._noted.pop(call.interaction, None)
        try:
            await self.keeping.leave(call.interaction)
        except Rejected:
            return
        leg = call.customer()
        if leg is not None and leg.is_there():
            leg.leaving = True
            await network.do(w.HangUpLeg(leg=leg.id))

    async def _say(self, network: VoiceNetwork, call: Call, play: w.PlayId, prompt: str) -> bool:
        leg = call.customer()
        if leg is None or w.Ability.PLAY not in network.abilities:
            return False
        found = self._state.center().interactions.get(call.interaction)
        language = languages.spoken_in(found.language if found is not None else None)
        sounds: Sequence[w.Sound] = (w.Sound(prompt=prompt, language=language),)
        said = await network.do(w.Play(leg=leg.id, play=play, sounds=tuple(sounds)))
        return said is w.Outcome.DONE
