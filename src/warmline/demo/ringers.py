"""Calls for a human who sits at a desk with a microphone: nobody else is rung up."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Collection
from datetime import datetime

from warmline.channels.voice.words import Sound
from warmline.core.words import MINUTE, SECOND, AgentId, Medium, Millis, Presence
from warmline.demo import behaviour, roster, shop
from warmline.demo.pace import Pace
from warmline.demo.shop import Person
from warmline.ports import Clock, State

FIRST_CALL_S = 12.0
"""So soon after a phone is there its first call comes."""
NEXT_CALL_MS: Millis = 3 * MINUTE
"""Between two calls at the busiest hour, in the mean; at quiet hours longer."""
SHORTEST_PAUSE_MS: Millis = MINUTE
LOOK_EVERY_S = 1.0

Speak = Callable[[Sound], Awaitable[bytes | None]]
"""The sound of a sentence (WAV); None where nothing can speak."""
Phones = Callable[[], Collection[AgentId]]
"""Whose phones are there."""


class Ringers:
    """Has a simulated customer call now and then, while a human could answer."""

    def __init__(
        self,
        state: State,
        clock: Clock,
        pace: Pace,
        chance: random.Random,
        *,
        phones: Phones,
        send: Callable[[Person], None],
        spared: Callable[[str], bool],
    ) -> None:
        self._state, self._clock, self._pace, self._chance = state, clock, pace, chance
        self._phones, self._send, self._spared = phones, send, spared

    async def watch(self) -> None:
        """Look each second who could be rung, and whether it is time."""
        loop = asyncio.get_running_loop()
        due: float | None = None
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            person = self.there()
            if person is None:
                due = None
                continue
            due = due if due is not None else loop.time() + FIRST_CALL_S
            if loop.time() >= due and self._pace.speed and self._is_free(person):
                self._send(person)
                due = loop.time() + self._pace.shortened(self._pause())

    def there(self) -> Person | None:
        """A human who is available and has a phone."""
        phones = set(self._phones())
        for person in shop.AGENTS:
            agent = self._state.center().agents.get(AgentId(person.id))
            if not person.chair or agent is None or agent.id not in phones:
                continue
            able = agent.connected and agent.presence is Presence.AVAILABLE
            if able and not self._spared(person.id):
                return person
        return None

    def _is_free(self, person: Person) -> bool:
        """Whether they are asked for nothing else just now, and are on no other call."""
        agent = self._state.center().agents[AgentId(person.id)]
        return agent.offer is None and agent.has_room(Medium.VOICE)

    def _pause(self) -> Millis:
        local = datetime.fromtimestamp(self._clock.now() / SECOND, roster.ZONE)
        busy = behaviour.DAILY_CURVE[local.hour] * behaviour.WEEKLY_CURVE[local.weekday()]
        mean = NEXT_CALL_MS / max(busy, 0.1)
        return max(SHORTEST_PAUSE_MS, behaviour.until_next(self._chance, 1 / mean))
