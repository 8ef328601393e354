"""Recency, frequency, money: where a customer stands among all, in fifths and in shares.

Equal customers always stand at the same place, whatever their order in a file.
"""

from dataclasses import dataclass

import numpy as np

from warmline.customers.value.purchases import Floats, Purchases, Whole

FIFTHS = 5
STEPS = 1_000
"""Shares are known to a tenth of a percent."""
BEYOND = 1e300
"""More than anybody has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """What a figure must exceed for each next fifth, and reach for each next top share."""

    fifths: tuple[float, ...]
    tops: tuple[float, ...]
    """Entry k is what it takes to be in the top (k + 1) ‰, `BEYOND` where equal ones fill more."""

    def fifth(self, figures: Floats) -> Whole:
        """1 (lowest) to 5: how many fifths of all customers stand strictly below."""
        return 1 + np.searchsorted(np.asarray(self.fifths), figures, side="left").astype(np.int64)

    def top(self, figures: Floats) -> Whole:
        """The smallest top share, in ‰, that each figure is in; 1,000 at the bottom."""
        rising = -np.asarray(self.tops)
        return np.minimum(1 + np.searchsorted(rising, -figures, side="left"), STEPS).astype(
            np.int64
        )


def scale(figures: Floats) -> Scale:
    """The scale on which these customers stand."""
    if not len(figures):
        return Scale(fifths=(), tops=())
    rising = np.sort(figures)
    count = len(rising)
    places = [-(-count * part // FIFTHS) - 1 for part in range(1, FIFTHS)]
    # In the top k ‰ is whom at most so many have as much as: ties never make it more than k ‰.
    room = count * np.arange(1, STEPS + 1) // STEPS
    falling = rising[::-1]
    reach = np.full(STEPS, BEYOND)
    some = room > 0
    last = falling[room[some] - 1]
    as_much = count - np.searchsorted(rising, last, side="left")
    above = count - np.searchsorted(rising, last, side="right")
    higher = np.where(above > 0, falling[np.maximum(above, 1) - 1], BEYOND)
    reach[some] = np.where(as_much <= room[some], last, higher)
    return Scale(
        fifths=tuple(float(rising[max(place, 0)]) for place in places),
        tops=tuple(float(one) for one in reach),
    )


def fifths(known: Purchases) -> tuple[Whole, Whole, Whole]:
    """Recency (5 is the most recent), frequency and money of each customer, in fifths."""
    figures = (-known.days_since.astype(np.float64), known.days, known.money)
    r, f, m = (scale(one).fifth(one) for one in figures)
    return r, f, m
