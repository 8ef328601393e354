"""Those who wait are told where they stand and how long it may take, over their music."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

import structlog

from warmline.channels.voice import tables
from warmline.channels.voice import words as w
from warmline.channels.voice.calls import WAITING, Call
from warmline.channels.voice.channel import VoiceChannel
from warmline.channels.voice.saying import languages
from warmline.channels.webchat.waiting import Line, Standing, standing
from warmline.core.interaction import Interaction
from warmline.core.words import SECOND, Instant, InteractionId, Medium, Millis, Phase
from warmline.ports import Clock, State, Unavailable
from warmline.storage.journal import storage_errors
from warmline.storage.rows import Row, rows

LOOK_EVERY_MS: Millis = SECOND
FIRST_S = 20
FARTHEST = 99
"""Whoever stands behind this place is told of the wait alone."""
POSITION, WAIT, BOTH = "position", "wait", "both"

log = structlog.get_logger()

Offers = Callable[[InteractionId], Awaitable[bool]]
"""Whether somebody who waits may ask to be called back by pressing 1."""


@dataclass(slots=True)
class _Told:
    """When somebody was told, and how often."""

    at: Instant
    times: int = 0


class Announcements:
    """Tells the callers of all networks, as their lines are set."""

    def __init__(
        self,
        *,
        voices: Sequence[VoiceChannel],
        line: Line,
        state: State,
        clock: Clock,
    ) -> None:
        self.offers: Offers | None = None
        self._voices = voices
        self._line = line
        self._state = state
        self._clock = clock
        self._told: dict[InteractionId, _Told] = {}

    async def run(self) -> None:
        """Look every second, until cancelled; costs nothing while nobody waits."""
        while True:
            await asyncio.sleep(LOOK_EVERY_MS / SECOND)
            try:
                await self.look()
            except Unavailable:
                log.warning("announcements_wait")

    async def look(self) -> None:
        """Tell those for whom it is time."""
        waiting = [
            (voice, call, found) for voice in self._voices for call, found in self._in(voice)
        ]
        here = {call.interaction for _, call, _ in waiting}
        self._told = {id_: told for id_, told in self._told.items() if id_ in here}
        if not waiting:
            return
        lines = await self._lines()
        for voice, call, found in waiting:
            line = _line_of(lines, voice.network.name, call.called, found.inbox)
            if line is not None and line["announce"] is not None:
                await self._tell(voice, call, found, line)

    def _in(self, voice: VoiceChannel) -> list[tuple[Call, Interaction]]:
        """Who stands in line on a network that can speak, and hears music."""
        if not voice.up or w.Ability.PLAY not in voice.network.abilities:
            return []
        interactions = self._state.center().interactions
        return [
            (call, found)
            for call in voice.calls
            if (found := interactions.get(call.interaction)) is not None
            if found.phase is Phase.QUEUED and found.medium is Medium.VOICE and not call.treated
            if (leg := call.customer()) is not None and leg.talks() and leg.place == WAITING
        ]

    async def _lines(self) -> Sequence[Row]:
        first = self._voices[0]
        with storage_errors():
            async with first.database.read() as connection:
                return await rows(connection, tables.lines(first.site))

    async def _tell(
        self, voice: VoiceChannel, call: Call, found: Interaction, line: Mapping[str, object]
    ) -> None:
        now = self._clock.now()
        told = self._told.get(call.interaction)
        due = _due(line, found.queued_at, told)
        if due is None or now < due:
            return
        first = told is None
        told = self._told.setdefault(call.interaction, _Told(now))
        told.at, told.times = now, told.times + 1
        language = languages.spoken_in(found.language or _text(line["language"]))
        stands = standing(self._state.center(), found, self._line, now)
        sounds = words_of(stands, str(line["announce"]), language)
        if first:
            sounds = (w.Sound(prompt="waiting", language=language), *sounds)
        if self.offers is not None and await self.offers(call.interaction):
            sounds = (*sounds, w.Sound(prompt="callback", language=language))
        leg = call.customer()
        if sounds and leg is not None:
            play = w.PlayId(f"{call.interaction}:told-{now}")
            await voice.network.do(w.Play(leg=leg.id, play=play, sounds=sounds))


def words_of(stands: Standing, which: str, language: str) -> tuple[w.Sound, ...]:
    """What one is told of where they stand: the true place, and the range as far as it is known."""
    texts: list[str] = []
    if which in {POSITION, BOTH} and stands.position is not None and stands.position <= FARTHEST:
        texts.append(languages.position(stands.position, language))
    if which in {WAIT, BOTH} and stands.expected is not None:
        texts.append(languages.wait(*stands.expected, language))
    return tuple(w.Sound(text=text, language=language) for text in texts)


def _due(line: Mapping[str, object], since: Instant, told: _Told | None) -> Instant | None:
    """When it is time; None where it is said once, and was."""
    first, every = line["announce_first_s"], line["announce_every_s"]
    if told is None:
        return since + (first if isinstance(first, int) else FIRST_S) * SECOND
    return told.at + every * SECOND if isinstance(every, int) else None


def _line_of(lines: Sequence[Row], network: str, called: str, inbox: str) -> Row | None:
    """The line of a call; after a restart the number is not known, the inbox is."""
    mine = [line for line in lines if line["network"] == network]
    for line in mine:
        if called and line["called"] == called:
            return line
    return next((line for line in mine if not called and line["inbox"] == inbox), None)


def _text(value: object) -> str | None:
    return None if value is None else str(value)
