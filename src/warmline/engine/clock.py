"""The time on the wall as a clock that never runs backwards, whatever is done to the machine's."""

import time
from collections.abc import Callable

from warmline.core.words import SECOND, Instant

JUMP_MS = 2 * SECOND
"""When the wall is this far ahead, it jumped (or the machine slept), and we follow."""

_NS_PER_MS = 1_000_000


def _wall_ms() -> int:
    return time.time_ns() // _NS_PER_MS


def _steady_ms() -> int:
    return time.monotonic_ns() // _NS_PER_MS


class WallClock:
    """Starts at the wall's time and goes on by the machine's steady counter.

    A wall that is set back is not followed: we stay ahead until it has caught up. One that is set
    forward by more than `JUMP_MS` is followed at once.
    """

    def __init__(
        self, *, wall: Callable[[], int] = _wall_ms, steady: Callable[[], int] = _steady_ms
    ) -> None:
        self._wall = wall
        self._steady = steady
        self._ahead = wall() - steady()

    def now(self) -> Instant:
        """The present moment, never before one that was returned earlier."""
        steady = self._steady()
        difference = self._wall() - steady
        if difference > self._ahead + JUMP_MS:
            self._ahead = difference
        return steady + self._ahead
