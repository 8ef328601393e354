"""The newest events in memory, so that who follows closely need not read the log."""

from collections import deque
from collections.abc import Sequence

from warmline.ports import Journal, Recorded

KEPT = 10_000
"""Events kept in memory."""
AT_ONCE = 500
"""The most events that are given at once."""


class Recent:
    """The last `KEPT` events, in order and without gaps; older ones come from the journal."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._events: deque[Recorded] = deque(maxlen=KEPT)

    def add(self, recorded: Sequence[Recorded]) -> None:
        """Keep the events, which follow those before."""
        self._events.extend(recorded)

    async def after(self, position: int, limit: int = AT_ONCE) -> Sequence[Recorded]:
        """Up to `limit` events after `position`, empty when there are none yet."""
        if self._events and position + 1 >= self._events[0].position:
            start = position + 1 - self._events[0].position
            # By index: what is asked for is nearly always at the end, where a walk comes last.
            end = min(start + limit, len(self._events))
            return [self._events[index] for index in range(start, end)]
        async for chunk in self._journal.read(after=position, limit=limit):
            return chunk
        return []

    async def between(self, first: int, last: int) -> tuple[Recorded, ...]:
        """The events at positions `first` to `last`; none when `first` is 0."""
        found: list[Recorded] = []
        while first and first <= last:
            found.extend(await self.after(first - 1, last - first + 1))
            first = found[-1].position + 1
        return tuple(found)
