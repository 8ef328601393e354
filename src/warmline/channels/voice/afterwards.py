"""After a talk: the agent has hung up, and the caller is asked by keys how it was."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from warmline.channels.voice import words as w
from warmline.channels.voice.around import Around
from warmline.channels.voice.calls import Call
from warmline.core import events as e
from warmline.core.words import SECOND, Instant, InteractionId, Millis, Party

PATIENCE_MS: Millis = 7 * SECOND
"""How long a key is waited for after the words."""
TRIES = 2
"""So often one question is asked; whoever presses nothing then is let go."""
ABLE = frozenset({w.Ability.PLAY, w.Ability.DIGITS})


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyQuestion:
    """A question as it is spoken, and what each key means."""

    words: str
    keys: Mapping[str, int]


class Questions(Protocol):
    """The questions of one survey to one caller."""

    @property
    def language(self) -> str:
        """In which it is spoken."""
        ...

    @property
    def opening(self) -> str:
        """What is said first."""
        ...

    @property
    def thanks(self) -> str:
        """What is said last."""
        ...

    def next(self) -> KeyQuestion | None:
        """What is asked of somebody who has answered so far; None when that was all."""
        ...

    async def take(self, value: int) -> None:
        """Keep the answer to the last question."""
        ...

    async def over(self) -> None:
        """The caller is gone."""
        ...


Asks: TypeAlias = Callable[[InteractionId], Awaitable[Questions | None]]
"""The questions about a talk that has just ended; None when nothing is asked."""


@dataclass(slots=True, kw_only=True)
class _Asking:
    """How far a caller is."""

    questions: Questions
    question: KeyQuestion | None = None
    play: w.PlayId | None = None
    tries: int = 0
    plays: int = 0
    until: Instant | None = None
    """The words are over; a key is waited for until then."""
    thanked: bool = False


class Afterwards:
    """Keeps callers of one network on the line for as long as they are asked."""

    def __init__(self, around: Around, *, later: Callable[[InteractionId, Millis], None]) -> None:
        self.asks: Asks | None = None
        """What is asked; nobody is, where nothing asks."""
        self._network = around.network
        self._calls = around.calls
        self._clock = around.clock
        self._later = later
        self._asking: dict[InteractionId, _Asking] = {}

    def begins(self, call: Call, event: e.Ended) -> None:
        """Let the caller stay on the line: the agent has ended the talk."""
        call.stays = event.by is Party.AGENT and self._could_stay(call)

    def is_on_the_line(self, interaction: InteractionId) -> bool | None:
        """Whether the caller can be asked by keys now; None while the end is not heard of here."""
        call = self._calls.get(interaction)
        if call is None:
            return False
        return None if not call.ended and self._could_stay(call) else call.stays

    def _could_stay(self, call: Call) -> bool:
        customer = call.customer()
        return (
            self.asks is not None
            and self._network.abilities >= ABLE
            and call.message is None
            and call.left_alone() is None
            and customer is not None
            and customer.talks()
            and not customer.leaving
        )

    async def goes_on(self, call: Call) -> None:
        """Begin, or see whether the patience for a key is over."""
        if not call.stays:
            return
        asking = self._asking.get(call.interaction)
        if asking is None:
            assert self.asks is not None
            questions = await self.asks(call.interaction)
            if questions is None:
                call.stays = False
                return
            asking = self._asking[call.interaction] = _Asking(questions=questions)
            await self._next(call, asking, questions.opening)
        elif asking.until is not None and self._clock.now() >= asking.until:
            await self._once_more(call, asking)

    async def heard(self, call: Call, event: w.LegEvent) -> None:
        """A key, or the end of the words, of whoever is asked."""
        asking = self._asking.get(call.interaction)
        customer = call.customer()
        if asking is None or customer is None or event.leg != customer.id:
            return
        match event:
            case w.DigitPressed(digit=digit):
                await self._pressed(call, asking, digit)
            case w.Played(play=play) if play == asking.play and asking.thanked:
                await self._is_over(call, asking)
            case w.Played(play=play) if play == asking.play:
                asking.until = self._clock.now() + PATIENCE_MS
                self._later(call.interaction, PATIENCE_MS)
            case w.LegEnded():
                await self._is_over(call, asking)
            case _:
                return

    async def _pressed(self, call: Call, asking: _Asking, digit: str) -> None:
        if asking.question is None or asking.thanked:
            return
        value = asking.question.keys.get(digit)
        if value is None:
            await self._once_more(call, asking)
            return
        await asking.questions.take(value)
        await self._next(call, asking)

    async def _next(self, call: Call, asking: _Asking, before: str = "") -> None:
        asking.question, asking.tries = asking.questions.next(), 1
        if asking.question is None:
            await self._thanks(call, asking)
        else:
            await self._say(call, asking, f"{before} {asking.question.words}".strip())

    async def _once_more(self, call: Call, asking: _Asking) -> None:
        asking.tries += 1
        if asking.question is None or asking.tries > TRIES:
            await self._thanks(call, asking)
        else:
            await self._say(call, asking, asking.question.words)

    async def _thanks(self, call: Call, asking: _Asking) -> None:
        asking.thanked = True
        await self._say(call, asking, asking.questions.thanks)

    async def _say(self, call: Call, asking: _Asking, words: str) -> None:
        customer = call.customer()
        asking.plays += 1
        asking.until = None
        asking.play = w.PlayId(f"{call.interaction}:after-{asking.plays}")
        sounds = (w.Sound(text=words, language=asking.questions.language),)
        said = customer is not None and await self._network.do(
            w.Play(leg=customer.id, play=asking.play, sounds=sounds, stop_on_digit=True)
        )
        if said is not w.Outcome.DONE:
            await self._is_over(call, asking)

    async def _is_over(self, call: Call, asking: _Asking) -> None:
        """Nobody is asked any more: the caller is let go."""
        self._asking.pop(call.interaction, None)
        call.stays = False
        await asking.questions.over()
