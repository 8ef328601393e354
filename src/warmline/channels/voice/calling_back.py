"""The offer on a call: who waits and presses 1 keeps the place and is called back; 2 is for later.

After 2 the next hours are read out, each with its key. Whoever presses none waits on, and at the
next announcement 1 and 2 are again what they were.
"""

from collections.abc import Sequence

from warmline.channels.callback.keeping import PlaceKeeping
from warmline.channels.callback.plan import Span
from warmline.channels.voice import words as w
from warmline.channels.voice.calls import WAITING, Call
from warmline.channels.voice.network import VoiceNetwork
from warmline.channels.voice.saying import languages
from warmline.channels.voice.saying.windows import windows
from warmline.channels.webchat.limits import TooMany
from warmline.core.words import InteractionId, Malformed, Phase, Rejected
from warmline.ports import Busy, Clock, State

KEEPS, CHOOSES = "1", "2"
BOOKED = "callback_booked"
NOTED = "callback_noted"
REFUSED = "callback_refused"


class CallsBack:
    """Takes the key of those who wait on all networks."""

    def __init__(self, *, keeping: PlaceKeeping, state: State, clock: Clock) -> None:
        self.keeping = keeping
        self._state = state
        self._clock = clock
        self._choosing: dict[InteractionId, Sequence[Span]] = {}
        self._noted: dict[InteractionId, w.PlayId] = {}

    async def offers(self, interaction: InteractionId) -> bool:
        """Whether somebody who waits is told of the keys."""
        self._choosing.pop(interaction, None)
        return interaction not in self._noted and self.keeping.is_offered(interaction)

    def is_choosing(self, interaction: InteractionId) -> bool:
        """Whether hours were read out to somebody, and none is chosen yet."""
        return interaction in self._choosing

    async def heard(self, network: VoiceNetwork, call: Call, event: w.LegEvent) -> None:
        """A key of who waits, or the end of the words that say that it is noted."""
        match event:
            case w.DigitPressed(digit=digit) if self._waits(call):
                await self._pressed(network, call, digit)
            case w.Played(play=play) if play == self._noted.get(call.interaction):
                await self._leaves(network, call)
            case w.LegEnded(leg=leg) if _is_callers(call, leg):
                self._noted.pop(call.interaction, None)
                self._choosing.pop(call.interaction, None)
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

    async def _pressed(self, network: VoiceNetwork, call: Call, digit: str) -> None:
        choices = self._choosing.get(call.interaction)
        if choices is not None:
            if digit in {str(key) for key in range(1, len(choices) + 1)}:
                await self._asked(network, call, choices[int(digit) - 1])
        elif digit in {KEEPS, CHOOSES} and self.keeping.is_offered(call.interaction):
            choices = self.keeping.windows(call.interaction) if digit == CHOOSES else ()
            if choices:
                await self._reads_out(network, call, choices)
            else:
                await self._asked(network, call, None)

    async def _reads_out(self, network: VoiceNetwork, call: Call, choices: Sequence[Span]) -> None:
        spans = [(one.since, one.until) for one in choices]
        language = self._language(call)
        now, zone = self._clock.now(), self._state.center().zone
        told = windows(spans, now=now, zone=zone, language=language)
        sounds = tuple(w.Sound(text=text, language=language) for text in told)
        play = w.PlayId(f"{call.interaction}:windows-{now}")
        if await self._play(network, call, play, sounds):
            self._choosing[call.interaction] = choices

    async def _asked(self, network: VoiceNetwork, call: Call, window: Span | None) -> None:
        self._choosing.pop(call.interaction, None)
        prompt = NOTED if window is None else BOOKED
        play = w.PlayId(f"{call.interaction}:{prompt}")
        self._noted[call.interaction] = play
        try:
            await self.keeping.promise(call.interaction, call.caller.number or "", window)
        except (Malformed, TooMany, Rejected, Busy):
            del self._noted[call.interaction]
            await self._say(network, call, w.PlayId(f"{call.interaction}:{REFUSED}"), REFUSED)
            return
        if not await self._say(network, call, play, prompt):
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
        sounds = (w.Sound(prompt=prompt, language=self._language(call)),)
        return await self._play(network, call, play, sounds)

    def _language(self, call: Call) -> str:
        found = self._state.center().interactions.get(call.interaction)
        return languages.spoken_in(found.language if found is not None else None)

    async def _play(
        self, network: VoiceNetwork, call: Call, play: w.PlayId, sounds: tuple[w.Sound, ...]
    ) -> bool:
        leg = call.customer()
        if leg is None or w.Ability.PLAY not in network.abilities:
            return False
        said = await network.do(w.Play(leg=leg.id, play=play, sounds=sounds))
        return said is w.Outcome.DONE


def _is_callers(call: Call, leg: w.LegId) -> bool:
    theirs = call.customer()
    return theirs is None or theirs.id == leg
