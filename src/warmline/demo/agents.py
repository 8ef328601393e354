"""A simulated agent: at the desk by session and live socket, with breaks, misses and wrap-up."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import structlog
from websockets.asyncio.client import ClientConnection

from warmline.core.agent import MISSED_OFFER
from warmline.core.words import MINUTE, SECOND, Millis, Phase, Presence, QueueId
from warmline.demo import behaviour, roster
from warmline.demo.desk import Desk, headers_of
from warmline.demo.desk_frames import Event, Left, Own, State, View, read
from warmline.demo.door import CUT, Door, Refused
from warmline.demo.pace import Pace
from warmline.demo.shop import Person
from warmline.demo.talking import Talking
from warmline.ports import Clock

log = structlog.get_logger()

MISSED_PAUSE_MS: Millis = 2 * MINUTE
Being = tuple[Presence, str | None]
AT_WORK: Being = (Presence.AVAILABLE, None)
STEPPED_BACK: Being = (Presence.BUSY, "paperwork")
GONE: Being = (Presence.OFFLINE, None)
_ABSENCES: tuple[tuple[Being, Millis, float], ...] = (
    ((Presence.BREAK, "coffee"), 8 * MINUTE, 0.40),
    ((Presence.MEAL, "lunch"), 25 * MINUTE, 0.15),
    ((Presence.MEETING, "team-meeting"), 12 * MINUTE, 0.10),
    ((Presence.MEETING, "one-to-one"), 15 * MINUTE, 0.07),
    ((Presence.BUSY, "warehouse"), 4 * MINUTE, 0.15),
    ((Presence.TRAINING, "course"), 20 * MINUTE, 0.05),
    (GONE, 30 * MINUTE, 0.08),
)
"""Where agents go, for how long about, and how often it is that."""
_AT_WORK_FROM_MS, _AT_WORK_TO_MS = 25 * MINUTE, 90 * MINUTE
_AWAY_AT_FIRST = 0.12
LOOK_AT_ROSTER_S = 20.0


class Agent:
    """One simulated agent; `work` lasts as long as the connection does."""

    def __init__(
        self,
        person: Person,
        *,
        door: Door,
        pace: Pace,
        chance: random.Random,
        sign_in: Callable[[Person], Awaitable[str]],
        clock: Clock,
    ) -> None:
        self.person = person
        self._clock = clock
        self._door = door
        self._pace = pace
        self._chance = chance
        self._sign_in = sign_in
        self._away: Being | None = None
        self._on_duty = False
        self._steps_back = False
        self._now: Being = GONE
        self._missed = False
        self._moved = asyncio.Event()
        self._views: dict[str, View] = {}
        self._talks: dict[str, Talking] = {}
        self._deeds: dict[str, asyncio.Task[None]] = {}

    def step_back(self, *, wanted: bool) -> None:
        """Leave new work to a human colleague, or take it again."""
        if wanted != self._steps_back:
            self._steps_back = wanted
            self._moved.set()

    async def work(self) -> None:
        """Sign in and work until the line is cut."""
        token = await self._sign_in(self.person)
        async with self._door.socket("/ws/live", headers_of(token)) as socket:
            desk = Desk(self._door, self.person, token, socket)
            try:
                async with asyncio.TaskGroup() as group:
                    group.create_task(self._follow(desk, socket))
                    group.create_task(self._keep_presence(desk))
                    group.create_task(self._live_the_day())
                    group.create_task(self._keep_hours())
            finally:
                await self._drop_everything()

    # What the live socket says

    async def _follow(self, desk: Desk, socket: ClientConnection) -> None:
        async for raw in socket:
            match read(raw):
                case State() as state:
                    self._sits_down(desk, state)
                case View() as view:
                    self._views[view.id] = view
                case Event() as event:
                    self._hears(desk, event)
                case Left(id=interaction):
                    self._lets_go(interaction)
                    self._views.pop(interaction, None)
                case None:
                    pass
        raise ConnectionError("the live socket was closed")

    def _sits_down(self, desk: Desk, state: State) -> None:
        """Go on with what is in hand since before."""
        own = state.agents.get(self.person.id, Own(presence=Presence.OFFLINE))
        self._knows((own.presence, own.reason))
        self._views = dict(state.interactions)
        for view in state.interactions.values():
            if view.offer is not None and view.offer.agent == self.person.id:
                self._is_offered(desk, view.id, view.offer.id)
            elif view.agent != self.person.id:
                continue
            elif view.phase is Phase.WRAPPING:
                self._wraps_up(desk, view.id)
            else:
                self._talks_with(desk, view.id)

    def _hears(self, desk: Desk, event: Event) -> None:
        mine = event.agent == self.person.id
        match event.name:
            case "PresenceChanged" if mine and event.presence is not None:
                self._knows((event.presence, event.reason))
            case "Offered" if mine and event.offer is not None:
                self._is_offered(desk, event.interaction, event.offer)
            case "Accepted" if mine:
                self._talks_with(desk, event.interaction)
            case "MessageReceived" if event.interaction in self._talks:
                self._talks[event.interaction].news.set()
            case "Ended" if mine:
                self._lets_go(event.interaction)
                self._wraps_up(desk, event.interaction)
            case "Transferred" | "Returned" | "Abandoned" | "OfferWithdrawn" | "OfferLapsed":
                self._lets_go(event.interaction)
            case _:
                pass

    # Work

    def _is_offered(self, desk: Desk, interaction: str, offer: str) -> None:
        answer = behaviour.answers_offer(self._chance)
        if answer == "miss":
            return

        async def answers() -> None:
            await self._pace.sleep(behaviour.reaction_ms(self._chance))
            await (desk.accept if answer == "accept" else desk.decline)(interaction, offer)

        self._begins(f"offer:{interaction}", answers())

    def _talks_with(self, desk: Desk, interaction: str) -> None:
        view = self._views.get(interaction)
        if view is None:
            return
        talk = Talking(desk=desk, pace=self._pace, chance=self._chance, view=view)
        self._talks[interaction] = talk
        self._begins(f"talk:{interaction}", talk.perform())

    def _wraps_up(self, desk: Desk, interaction: str) -> None:
        view = self._views.get(interaction)
        queue = QueueId(view.queue) if view is not None and view.queue else None

        async def finishes() -> None:
            await self._pace.sleep(behaviour.wrap_up_ms(self._chance))
            code = behaviour.disposition(self._chance, queue) if queue else "solved"
            await desk.wrap_up(interaction, code)

        self._begins(f"wrap:{interaction}", finishes())

    def _begins(self, name: str, deed: Coroutine[Any, Any, None]) -> None:
        """Do something beside the rest; what the moment has passed for is let be."""
        before = self._deeds.pop(name, None)
        if before is not None:
            before.cancel()
        task = asyncio.create_task(self._tried(deed), name=f"{self.person.id}-{name}")
        self._deeds[name] = task
        task.add_done_callback(lambda done: self._ended(name, done))

    async def _tried(self, deed: Coroutine[Any, Any, None]) -> None:
        try:
            await deed
        except Refused as refusal:
            log.debug("simulated_refused", agent=self.person.id, code=refusal.code)
        except CUT:
            log.debug("simulated_cut", agent=self.person.id)

    def _ended(self, name: str, task: asyncio.Task[None]) -> None:
        if self._deeds.get(name) is task:
            del self._deeds[name]
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("simulated_agent_failed", agent=self.person.id, deed=name, exc_info=error)

    def _lets_go(self, interaction: str) -> None:
        self._talks.pop(interaction, None)
        for kind in ("talk", "offer"):
            task = self._deeds.pop(f"{kind}:{interaction}", None)
            if task is not None and task is not asyncio.current_task():
                task.cancel()

    async def _drop_everything(self) -> None:
        self._talks.clear()
        deeds, self._deeds = list(self._deeds.values()), {}
        for deed in deeds:
            deed.cancel()
        await asyncio.gather(*deeds, return_exceptions=True)

    # Presence

    def _knows(self, now: Being) -> None:
        self._now = now
        self._missed = now == (Presence.BUSY, MISSED_OFFER)
        self._moved.set()

    async def _keep_presence(self, desk: Desk) -> None:
        """Be what one wants to be; after a missed offer only when one has noticed."""
        while True:
            await self._moved.wait()
            self._moved.clear()
            if self._missed:
                self._missed = False
                await self._pace.sleep(MISSED_PAUSE_MS)
            wanted = self._wanted()
            if wanted == self._now:
                continue
            try:
                await desk.is_now(*wanted)
            except Refused as refusal:
                if refusal.code != "still_holding":
                    raise
                await self._pace.sleep(20 * SECOND)  # then the talk in hand is over, perhaps
                self._moved.set()

    def _wanted(self) -> Being:
        if not self._on_duty:
            return GONE
        if self._away is not None:
            return self._away
        return STEPPED_BACK if self._steps_back else AT_WORK

    async def _keep_hours(self) -> None:
        """Come and go as the roster says, by the center's clock."""
        while True:
            on_duty = roster.on_duty(self.person.id, self._clock.now())
            if on_duty != self._on_duty:
                self._on_duty = on_duty
                self._moved.set()
            await asyncio.sleep(LOOK_AT_ROSTER_S)

    async def _live_the_day(self) -> None:
        """Work for a while, be away for a while."""
        if self._chance.random() < _AWAY_AT_FIRST:
            await self._is_away()
        while True:
            working = self._chance.randint(_AT_WORK_FROM_MS, _AT_WORK_TO_MS)
            await self._pace.sleep(working, stops=True)
            await self._is_away()

    async def _is_away(self) -> None:
        weights = [weight for _, _, weight in _ABSENCES]
        where, about, _ = self._chance.choices(_ABSENCES, weights=weights)[0]
        self._away = where
        self._moved.set()
        await self._pace.sleep(round(about * self._chance.uniform(0.6, 1.4)))
        self._away = None
        self._moved.set()
