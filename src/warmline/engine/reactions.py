"""What follows from events outside the core: each at its own pace, with a durable cursor."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Protocol

import structlog

from warmline.engine import metrics
from warmline.engine.engine import Engine
from warmline.engine.recent import AT_ONCE
from warmline.ports import Channel, Reaction, Recorded, Unavailable

log = structlog.get_logger()

FIRST_RETRY_S = 0.5
LONGEST_RETRY_S = 60.0
REST_S = 0.1
"""A reaction that nobody waits for rests this long after a batch, so that the next one is larger:
a hundred small transactions a second would take the turn of the writer's own."""
KEEP_EVERY_S = 0.25
"""Cursors are kept together, at most this often: after a crash that much is done again."""


class Cursors(Protocol):
    """How far each reaction has come, durably."""

    async def load(self) -> Mapping[str, int]: ...
    async def save(self, positions: Mapping[str, int]) -> None: ...


class ChannelReaction:
    """A channel's `react` as a reaction; within one run of the server no event is done twice."""

    def __init__(self, channel: Channel) -> None:
        self.name = f"channel:{channel.name}"
        self._channel = channel
        self._done = 0

    async def react(self, batch: Sequence[Recorded]) -> None:
        """Do what each event asks, in order."""
        for recorded in batch:
            if recorded.position > self._done:
                await self._channel.react(recorded)
                self._done = recorded.position


class Reactions:
    """Runs every reaction: at least once, in order, each in a task of its own.

    The `urgent` ones (channels: somebody waits for a message) follow each event at once.

    One that raises is tried again with the same events after a growing pause, for ever; the others
    go on. A reaction that is new begins with the first event of the log.
    """

    def __init__(
        self,
        engine: Engine,
        cursors: Cursors,
        reactions: Sequence[Reaction],
        *,
        urgent: Sequence[Reaction] = (),
    ) -> None:
        reactions = (*reactions, *urgent)
        names = [reaction.name for reaction in reactions]
        assert len(set(names)) == len(names), "two reactions of one name share a cursor"
        self._engine = engine
        self._cursors = cursors
        self._reactions = reactions
        self._urgent = frozenset(reaction.name for reaction in urgent)
        self._positions: dict[str, int] = {}
        self._kept: dict[str, int] = {}
        self._news = {name: asyncio.Event() for name in names}
        self._moved = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._unsubscribe = lambda: None

    async def start(self) -> None:
        """Load the cursors and let every reaction run."""
        known = await self._cursors.load()
        self._positions = {name: known.get(name, 0) for name in self._news}
        self._kept = dict(self._positions)
        self._unsubscribe = self._engine.subscribe(self._heard)
        self._tasks = [
            asyncio.create_task(self._run(reaction), name=f"reaction-{reaction.name}")
            for reaction in self._reactions
        ]
        self._tasks.append(asyncio.create_task(self._keep_cursors(), name="reaction-cursors"))

    async def stop(self) -> None:
        """Stop where each stands, and keep that."""
        self._unsubscribe()
        for task in self._tasks:
            task.cancel()
        for task in self._tasks:
            with suppress(asyncio.CancelledError):
                await task
        with suppress(Unavailable):  # then some events are done once more
            await self._keep()

    async def caught_up(self, position: int) -> None:
        """Return when every reaction has dealt with the events up to `position`."""
        while any(done < position for done in self._positions.values()):
            self._moved.clear()
            await self._moved.wait()

    def positions(self) -> Mapping[str, int]:
        """How far each reaction has come."""
        return dict(self._positions)

    def _heard(self, _: Sequence[Recorded]) -> None:
        for news in self._news.values():
            news.set()

    async def _run(self, reaction: Reaction) -> None:
        name = reaction.name
        news = self._news[name]
        pause_s = FIRST_RETRY_S
        while True:
            news.clear()
            position = self._positions[name]
            try:
                batch = await self._engine.recent.after(position)
                if batch:
                    await reaction.react(batch)
            except Exception as error:
                # Whatever the reason, these events are not done yet: say so and try again.
                metrics.REACTION_FAILURES.labels(name).inc()
                log.warning(
                    "reaction_failed",
                    reaction=name,
                    after=position,
                    retry_s=pause_s,
                    exc_info=error,
                )
                await asyncio.sleep(pause_s)
                pause_s = min(2 * pause_s, LONGEST_RETRY_S)
                continue
            pause_s = FIRST_RETRY_S
            if batch:
                self._advance(name, batch[-1].position)
                if name not in self._urgent and len(batch) < AT_ONCE:
                    await asyncio.sleep(REST_S)
            else:
                await news.wait()

    def _advance(self, name: str, position: int) -> None:
        self._positions[name] = position
        self._moved.set()
        metrics.REACTION_LAG.labels(name).set(self._engine.position() - position)

    async def _keep_cursors(self) -> None:
        while True:
            await asyncio.sleep(KEEP_EVERY_S)
            if self._kept == self._positions:
                self._moved.clear()
                await self._moved.wait()
                continue
            with suppress(Unavailable):  # tried again in a moment; until then work may be repeated
                await self._keep()

    async def _keep(self) -> None:
        moved = {
            name: position
            for name, position in self._positions.items()
            if self._kept.get(name) != position
        }
        if moved:
            await self._cursors.save(moved)
            self._kept.update(moved)
