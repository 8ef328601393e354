"""The phone menu: a flow's words are played to the caller, the keys pressed are its answers."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import uuid4

from warmline.channels.voice import words as w
from warmline.core import flow_acts as a
from warmline.core import flow_steps as s
from warmline.core.words import SECOND, InboxId, InteractionId, Medium, Millis, QueueId
from warmline.flows.runs import Runs, Turned

BETWEEN_MS: Millis = 3 * SECOND
"""So long after a key another one may follow."""
ENDING = "#"


@dataclass(frozen=True, slots=True, kw_only=True)
class TreatedCall:
    """A call that meets a flow."""

    leg: w.LegId
    interaction: InteractionId
    inbox: InboxId
    caller: str | None = None
    called: str = ""
    language: str | None = None


class Ending(StrEnum):
    """What a flow leads to."""

    QUEUE = "queue"
    VOICEMAIL = "voicemail"
    TRANSFER = "transfer"
    HANG_UP = "hang_up"


@dataclass(frozen=True, slots=True, kw_only=True)
class Treated:
    """How the flow of a call ended."""

    ending: Ending
    queue: QueueId | None = None
    reason: str | None = None
    most_ms: Millis = 0
    number: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict[str, str])


Speak = Callable[[str, "a.Tell | a.Ask"], tuple[w.Sound, ...]]
"""The sounds of words: which prompt they are of, and what is to be said."""
Do = Callable[[w.VoiceCommand], Awaitable[w.Outcome]]
Over = Callable[[TreatedCall, Treated], Awaitable[None]]


def by_name(prompt: str, act: "a.Tell | a.Ask") -> tuple[w.Sound, ...]:
    """The recording of a step by its name (`reception-hello`), else its words."""
    words = act.words or None
    return (w.Sound(prompt=prompt, text=words, language=act.language, passing=act.personal),)


@dataclass(slots=True, kw_only=True)
class _Stands:
    """A call in its flow."""

    call: TreatedCall
    flow: str = ""
    play: w.PlayId | None = None
    ask: a.Ask | None = None
    digits: str = ""
    timer: asyncio.TimerHandle | None = None
    done: Treated | None = None
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    def quiet(self) -> None:
        """Wait for no time any more."""
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None


class Treatment:
    """Takes the callers of one network through flows; `over` is told how each ended, once."""

    def __init__(self, *, runs: Runs, do: Do, over: Over, speak: Speak = by_name) -> None:
        self._runs = runs
        self._do = do
        self._over = over
        self._speak = speak
        self._calls: dict[w.LegId, _Stands] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def stands_at(self, inbox: InboxId) -> bool:
        """Whether callers of an inbox meet a flow first."""
        return await self._runs.stands_at(inbox, Medium.VOICE)

    async def begin(self, call: TreatedCall) -> bool:
        """The first words for a call; False when there is no flow, or it is in one already."""
        given = {"medium": Medium.VOICE.value, "called": call.called,
                 "caller": call.caller or "", "language": call.language or "en"}  # fmt: skip
        turned = await self._runs.begin(call.interaction, inbox=call.inbox, attributes=given)
        if turned is None:
            return False
        await self._goes_on(await self._known(call), turned)
        return True

    async def again(self, call: TreatedCall) -> bool:
        """Ask once more where a call stood before a restart; False when it is in no flow."""
        run = await self._runs.get(call.interaction)
        if run is None or run.end is not None:
            return False
        await self._goes_on(await self._known(call), await self._runs.again(call.interaction))
        return True

    async def heard(self, event: w.VoiceEvent) -> bool:
        """Take what concerns a call in a flow; False when it is no business of a flow."""
        if not isinstance(event, w.LegEvent):
            return False
        found = self._calls.get(event.leg)
        if found is None:
            return False
        match event:
            case w.LegEnded():
                found.quiet()
                del self._calls[event.leg]
                await self._runs.leave(found.call.interaction)
                return False
            case w.DigitPressed(digit=digit):
                await self._pressed(found, digit)
            case w.Played(play=play) if play == found.play:
                await self._played(found)
            case w.Played() | w.Collected():
                return False
            case _:
                return False
        return True

    # Inside

    async def _known(self, call: TreatedCall) -> _Stands:
        run = await self._runs.get(call.interaction)
        flow = run.flow.id if run is not None else ""
        return self._calls.setdefault(call.leg, _Stands(call=call, flow=flow))

    async def _goes_on(self, found: _Stands, turned: Turned) -> None:
        """Play all words at once, and let keys interrupt them where something is asked."""
        sounds: list[w.Sound] = []
        found.ask, found.digits = None, ""
        asked = {act.step for act in turned.acts if isinstance(act, a.Ask)}
        for act in turned.acts:
            match act:
                case a.Tell():
                    sounds += self._sounds(found, act, sorry=act.step in asked)
                case a.Ask():
                    again = "-confirm" if act.again else ""
                    sounds += self._speak(self._prompt(found, act) + again, act)
                    found.ask = act
                case a.Finish():
                    found.done = _treated(act)
                case _:
                    continue
        found.quiet()
        if sounds and await self._plays(found, sounds):
            return
        await self._played(found)

    async def _plays(self, found: _Stands, sounds: list[w.Sound]) -> bool:
        found.play = w.PlayId(uuid4().hex)
        command = w.Play(leg=found.call.leg, play=found.play, sounds=tuple(sounds),
                         stop_on_digit=found.ask is not None)  # fmt: skip
        outcome = await self._do(command)
        if outcome is w.Outcome.UNSUPPORTED and found.ask is not None:
            # Nobody can be asked who hears nothing: on to a person.
            found.ask, found.done = None, Treated(ending=Ending.QUEUE)
        return outcome is w.Outcome.DONE

    async def _played(self, found: _Stands) -> None:
        """The words are over: wait for keys, or the flow is over too."""
        found.play = None
        if found.done is not None:
            self._calls.pop(found.call.leg, None)
            await self._over(found.call, found.done)
        elif found.ask is not None and not found.digits:
            self._wait(found, found.ask.wait_ms)

    async def _pressed(self, found: _Stands, digit: str) -> None:
        ask = found.ask
        if ask is None:
            return
        ends = digit == ENDING and ask.most > 1
        found.digits += "" if ends else digit
        if ends or len(found.digits) >= ask.most:
            await self._answered(found)
        else:
            self._wait(found, BETWEEN_MS)

    async def _answered(self, found: _Stands) -> None:
        """What was keyed in is the answer; nothing is silence."""
        found.quiet()
        given = a.Answered(text=found.digits) if found.digits else a.Silent()
        async with found.turn:
            if found.ask is None:
                return
            found.ask, found.play = None, None
            turned = await self._runs.advance(found.call.interaction, given)
            await self._goes_on(found, turned)

    def _wait(self, found: _Stands, ms: Millis) -> None:
        found.quiet()
        loop = asyncio.get_running_loop()
        found.timer = loop.call_later(ms / SECOND, self._soon, self._late, found)

    def _soon(self, deed: Callable[[_Stands], Coroutine[Any, Any, None]], found: _Stands) -> None:
        task = asyncio.get_running_loop().create_task(deed(found))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _late(self, found: _Stands) -> None:
        if self._calls.get(found.call.leg) is found:
            await self._answered(found)

    def _sounds(self, found: _Stands, act: a.Tell, *, sorry: bool) -> tuple[w.Sound, ...]:
        if act.recording is not None:
            return (w.Sound(prompt=act.recording, language=act.language),)
        return self._speak(self._prompt(found, act) + ("-sorry" if sorry else ""), act)

    def _prompt(self, found: _Stands, act: a.Act) -> str:
        return f"{found.flow}-{act.step}"


def _treated(done: a.Finish) -> Treated:
    """How a flow ended, as the call goes on from there."""
    attributes = dict(done.attributes)
    match done.end:
        case s.ToQueue(queue=queue, reason=reason):
            return Treated(ending=Ending.QUEUE, queue=queue, reason=reason,
                           attributes=attributes)  # fmt: skip
        case s.Voicemail(queue=queue, most_ms=most_ms):
            return Treated(ending=Ending.VOICEMAIL, queue=queue, most_ms=most_ms,
                           attributes=attributes)  # fmt: skip
        case s.Transfer(number=number):
            return Treated(ending=Ending.TRANSFER, number=number,
                           attributes=attributes)  # fmt: skip
        case _:
            return Treated(ending=Ending.HANG_UP, attributes=attributes)
