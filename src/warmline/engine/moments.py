"""The state as it was just before an offer: the log followed once more, from a snapshot."""

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from warmline.core.center import Center, evolve
from warmline.core.events import Offered
from warmline.core.words import Instant, OfferId
from warmline.engine.codec import Unreadable, decode_center, encode_center
from warmline.ports import Journal, Recorded

MOST_EVENTS = 40_000
"""How far a state is followed while somebody waits for the answer: about half a second."""
CHUNK = 2_000
"""How many events are followed at once, so that the center's own work is hardly held up."""
NEAR = 4
"""States found before are starting points too: offers of one interaction lie close together."""


class Moments:
    """Brings back states of one site's log; one at a time."""

    def __init__(self, journal: Journal, *, most_events: int = MOST_EVENTS) -> None:
        self._journal = journal
        self._most_events = most_events
        self._turn = asyncio.Lock()
        self._near: deque[tuple[int, bytes]] = deque(maxlen=NEAR)

    async def before(self, offer: OfferId, at: Instant) -> tuple[Center, Offered] | None:
        """The state before the offer made at `at`, and the offer; None when it is too far back."""
        async with self._turn:
            first = await self._first_at(at)
            center, position = await self._start(first)
            if first - position > self._most_events:
                return None
            until = position + self._most_events + CHUNK
            while position < until:
                batch = await self._read(position)
                if not batch:
                    return None
                found = await asyncio.to_thread(_follow, center, batch, offer, at)
                if found is not None:
                    self._near.append((found.position - 1, encode_center(center)))
                    return center, found.event
                if batch[-1].event.at > at:
                    return None
                position = batch[-1].position
            return None

    async def _read(self, after: int) -> Sequence[Recorded]:
        async for batch in self._journal.read(after=after, limit=CHUNK):
            return batch
        return ()

    async def _first_at(self, at: Instant) -> int:
        """The first position at or after an instant: times in the log never run backwards."""
        low, high = 0, await self._journal.last()
        while low < high:
            middle = (low + high) // 2
            async for batch in self._journal.read(after=middle, limit=1):
                if batch[0].event.at < at:
                    low = middle + 1
                else:
                    high = middle
        return low + 1

    async def _start(self, first: int) -> tuple[Center, int]:
        """The latest state that is kept from before a position."""
        saved = await self._journal.load_snapshot(before=first)
        kept = [*([saved] if saved else []), *(one for one in self._near if one[0] < first)]
        if not kept:
            return Center(), 0
        position, body = max(kept, key=lambda one: one[0])
        try:
            return await asyncio.to_thread(decode_center, body), position
        except Unreadable:  # of another version: the log itself is the truth
            return Center(), 0


def _follow(
    center: Center, batch: Sequence[Recorded], offer: OfferId, at: Instant
) -> "_Found | None":
    for recorded in batch:
        event = recorded.event
        if isinstance(event, Offered) and event.offer == offer and event.at == at:
            return _Found(event, recorded.position)
        evolve(center, event)
    return None


@dataclass(frozen=True, slots=True)
class _Found:
    event: Offered
    position: int
