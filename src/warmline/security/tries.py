"""How often somebody may fail to sign in: counters in memory, bounded in number."""

from collections import OrderedDict
from dataclasses import dataclass

from warmline.core.words import MINUTE, SECOND, Instant, Millis
from warmline.ports import Clock
from warmline.security.model import TooManyTries

WINDOW_MS: Millis = 15 * MINUTE
PER_LOGIN, PER_ADDRESS = 10, 30
KEPT_LIMIT = 100_000


@dataclass(slots=True)
class _Count:
    since: Instant
    tries: int = 0


class Tries:
    """At most `limit` tries by one key in a window; a try that turns out well is given back."""

    def __init__(
        self, clock: Clock, limit: int, *, window_ms: Millis = WINDOW_MS, kept: int = KEPT_LIMIT
    ) -> None:
        self._clock = clock
        self._limit = limit
        self._window_ms = window_ms
        self._kept = kept
        self._counts: OrderedDict[str, _Count] = OrderedDict()

    def take(self, key: str) -> None:
        """Count a try before it is made, so that many at once are counted too."""
        now = self._clock.now()
        count = self._counts.get(key)
        if count is None or now - count.since >= self._window_ms:
            self._counts.pop(key, None)
            count = self._counts[key] = _Count(since=now)
            if len(self._counts) > self._kept:
                self._counts.popitem(last=False)
        if count.tries >= self._limit:
            left_ms = count.since + self._window_ms - now
            raise TooManyTries(max(1, -(-left_ms // SECOND)))
        count.tries += 1

    def give_back(self, key: str) -> None:
        """The try was a good one: it does not count."""
        count = self._counts.get(key)
        if count is not None and count.tries > 0:
            count.tries -= 1

    def forget(self, key: str) -> None:
        """Whoever this is has shown who they are: count from nothing."""
        self._counts.pop(key, None)
