"""The live feed: every connected screen gets a snapshot, then each event that concerns it."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Sequence
from itertools import islice

from warmline.core import events as e
from warmline.core.words import AgentId, InteractionId
from warmline.engine import metrics
from warmline.engine.engine import Engine
from warmline.engine.frames import (
    Scope,
    Told,
    encode_config,
    pong_frame,
    signal_frame,
    snapshot_frame,
    tell,
)
from warmline.engine.views import LiveState, live_state, shown
from warmline.ports import Clock, Recorded, Signal, Signals

KEPT = 10_000
"""Events a screen may have missed and still go on without a snapshot."""
QUEUE_LIMIT = 2_000
"""Frames that wait for one slow screen before it begins anew with a snapshot."""


class Screen:
    """One connected screen: frames wait here until its socket takes them."""

    def __init__(self, feed: "LiveFeed", *, scope: Scope, me: AgentId | None) -> None:
        self.scope = scope
        self.me = me
        self._feed = feed
        self._frames: deque[str] = deque()
        self._news = asyncio.Event()
        self._stale = False
        self._closed = False

    def put(self, frames: Sequence[str]) -> None:
        """Let the frames wait; too many are dropped for a snapshot to come."""
        if self._stale:
            return
        if len(self._frames) + len(frames) > QUEUE_LIMIT:
            metrics.LIVE_OVERFLOWS.inc()
            self.begin_anew()
            return
        self._frames.extend(frames)
        self._news.set()

    def begin_anew(self) -> None:
        """The next frame will be a snapshot."""
        self._frames.clear()
        self._stale = True
        self._news.set()

    async def take(self) -> list[str]:
        """All frames that wait, at least one; empty when the screen was closed."""
        while not (self._frames or self._stale or self._closed):
            self._news.clear()
            await self._news.wait()
        if self._stale:
            self._stale = False
            self._frames.append(self._feed.snapshot(self.scope, self.me))
        frames = list(self._frames)
        self._frames.clear()
        return frames

    async def __aiter__(self) -> AsyncIterator[str]:
        """The frames one by one, until the screen is closed."""
        while frames := await self.take():
            for frame in frames:
                yield frame

    def close(self) -> None:
        """The socket is gone."""
        if not self._closed:
            self._closed = True
            self._frames.clear()
            self._stale = False
            self._news.set()
            self._feed.forget(self)


class LiveFeed:
    """Tells screens what happens, once it is durable; each event is encoded once for all."""

    def __init__(self, engine: Engine, clock: Clock, signals: Signals) -> None:
        self._engine = engine
        self._clock = clock
        self._state = live_state(engine.center())
        self._position = engine.position()
        self._config: str | None = None
        self._told: deque[Told] = deque(maxlen=KEPT)
        self._all: set[Screen] = set()
        self._desks: dict[AgentId, set[Screen]] = {}
        self._in_view: dict[AgentId, set[InteractionId]] = {}
        for view in self._state.interactions.values():
            for agent in view.viewers():
                self._in_view.setdefault(agent, set()).add(view.id)
        self._stops = (engine.subscribe(self._heard), signals.listen(self._signalled))

    def stop(self) -> None:
        """Close every screen."""
        for stop in self._stops:
            stop()
        for screen in [*self._all, *(s for screens in self._desks.values() for s in screens)]:
            screen.close()

    def connect(
        self, *, scope: Scope, me: AgentId | None = None, since: int | None = None
    ) -> Screen:
        """A new screen; it goes on after event `since` if that is remembered, else a snapshot.

        `scope` is the agent whose own view it is, or None for everything; `me` is the agent who
        looks at everything, if it is one.
        """
        screen = Screen(self, scope=scope, me=scope if scope is not None else me)
        missed = None if since is None else self._missed(scope, since)
        if missed is None:
            screen.begin_anew()
        else:
            screen.put([*missed, pong_frame(self._clock.now())])
        screens = self._all if scope is None else self._desks.setdefault(scope, set())
        screens.add(screen)
        metrics.LIVE_SCREENS.inc()
        return screen

    def forget(self, screen: Screen) -> None:
        """The screen was closed."""
        metrics.LIVE_SCREENS.dec()
        if screen.scope is None:
            self._all.discard(screen)
            return
        screens = self._desks.get(screen.scope, set[Screen]())
        screens.discard(screen)
        if not screens:
            self._desks.pop(screen.scope, None)

    def screens_of(self, agent: AgentId) -> int:
        """How many screens show this agent's own view."""
        return len(self._desks.get(agent, ()))

    def snapshot(self, scope: Scope, me: AgentId | None) -> str:
        """The frame that shows everything in scope as it is now."""
        if self._config is None:
            self._config = encode_config(self._state.config)
        view = self._own(scope) if scope is not None else self._state
        now = self._clock.now()
        return snapshot_frame(self._position, view, now, scope=scope, me=me, config=self._config)

    def _own(self, agent: AgentId) -> LiveState:
        state = self._state
        return shown(
            state,
            {agent: state.agents[agent]} if agent in state.agents else {},
            {id_: state.interactions[id_] for id_ in sorted(self._in_view.get(agent, ()))},
            agent,
        )

    def _missed(self, scope: Scope, since: int) -> list[str] | None:
        """What the screen has missed after event `since`; None when that is too much or unknown."""
        start = self._position - len(self._told)
        if not start <= since <= self._position:
            return None
        missed: list[str] = []
        for told in islice(self._told, since - start, None):
            missed.extend(told.frames(scope))
            if len(missed) >= QUEUE_LIMIT:
                return None
        return missed

    def _heard(self, recorded: Sequence[Recorded]) -> None:
        now = self._clock.now()
        for item in recorded:
            told = tell(self._state, item, now)
            self._note_views(item.event, told)
            self._position = item.position
            self._told.append(told)
            if not isinstance(item.event, e.InteractionEvent | e.AgentEvent):
                self._config = None
            self._pass_on(told)

    def _note_views(self, event: e.Event, told: Told) -> None:
        """Keep the index of who has which interaction in view."""
        if not isinstance(event, e.InteractionEvent):
            return
        view = self._state.interactions.get(event.interaction)
        viewers = view.viewers() if view is not None else frozenset[AgentId]()
        for agent in told.desks:
            in_view = self._in_view.setdefault(agent, set())
            if agent in viewers:
                in_view.add(event.interaction)
            else:
                in_view.discard(event.interaction)

    def _pass_on(self, told: Told) -> None:
        if self._all:
            frames = (told.event,)
            for screen in self._all:
                screen.put(frames)
        if told.to_all_desks:
            for agent, screens in self._desks.items():
                frames = told.frames(agent)
                for screen in screens:
                    screen.put(frames)
            return
        for agent, frames in told.desks.items():
            for screen in self._desks.get(agent, ()):
                screen.put(frames)

    def _signalled(self, signal: Signal) -> None:
        frames = (signal_frame(signal),)
        agents = signal.agents
        if agents is None:
            view = self._state.interactions.get(signal.interaction)
            agents = view.viewers() if view is not None else frozenset[AgentId]()
        for screen in self._all:
            screen.put(frames)
        for agent in agents:
            for screen in self._desks.get(agent, ()):
                screen.put(frames)
