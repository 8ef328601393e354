"""How long those who were served would have waited: the product-limit estimate, and draws."""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from math import exp, log

from warmline.core.words import Millis

ENDLESS: Millis = -1
LONGEST: Millis = 24 * 3_600_000


@dataclass(frozen=True, slots=True)
class Patience:
    """The share still waiting after each time at which somebody gave up, and a tail beyond.

    The estimate is Kaplan and Meier's (1958, J. Am. Stat. Assoc. 53): who is served is censored.
    Beyond the longest wait the rate of giving up is constant: the number of those who gave up over
    the time that all waited.
    """

    times: tuple[Millis, ...]
    shares: tuple[float, ...]
    mean_ms: float
    """Of the tail; 0 when nobody gave up."""

    def share_waiting(self, waited_ms: Millis) -> float:
        """The share of customers, 0 to 1, with the patience for more than `waited_ms`."""
        place = bisect_left(self.times, waited_ms + 1)
        share = self.shares[place - 1] if place else 1.0
        last = self.times[-1] if self.times else 0
        if waited_ms > last and self.mean_ms:
            share *= exp(-(waited_ms - last) / self.mean_ms)
        return share

    def draw(self, uniform: float, *, beyond_ms: Millis = 0) -> Millis:
        """The patience of somebody known to have waited `beyond_ms`; `ENDLESS` has no end.

        `uniform` is 0 or more, below 1.
        """
        wanted = self.share_waiting(beyond_ms) * (1.0 - uniform)
        low, high = 0, len(self.shares)
        while low < high:
            middle = (low + high) // 2
            if self.shares[middle] < wanted:
                high = middle
            else:
                low = middle + 1
        if low < len(self.shares):
            return self.times[low]
        if not self.mean_ms:
            return ENDLESS
        last, share = (self.times[-1], self.shares[-1]) if self.times else (0, 1.0)
        if share <= 0.0 or wanted <= 0.0:
            return LONGEST
        tail = last - self.mean_ms * log(wanted / share)
        return min(LONGEST, max(round(tail), beyond_ms))


def patience_of(waits: Iterable[tuple[Millis, bool]]) -> Patience:
    """The estimate from waits: (how long, whether it ended by giving up).

    >>> patience_of([(10, True), (20, False), (30, True)]).shares
    (0.6666666666666667, 0.0)
    """
    ordered = sorted(waits)
    at_risk = len(ordered)
    share = 1.0
    times: list[Millis] = []
    shares: list[float] = []
    place = 0
    gave_up = total = 0
    while place < len(ordered):
        time = ordered[place][0]
        left = lost = 0
        while place < len(ordered) and ordered[place][0] == time:
            left += 1
            lost += ordered[place][1]
            total += time
            place += 1
        if lost:
            share *= 1 - lost / at_risk
            times.append(time)
            shares.append(share)
            gave_up += lost
        at_risk -= left
    return Patience(tuple(times), tuple(shares), total / gave_up if gave_up else 0.0)
