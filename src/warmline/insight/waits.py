"""How long one who waits may still wait: ranges learnt from recent starts of service.

A *line* is all who wait for the same people. From the pace at which it has moved lately, and at
this time of day, follows how long a place takes; how far the truth has been from that, lately and
for such a place, gives the range; and how often the truth has been outside gives its width. So
the range holds its word also while the day changes: it says 80 % and four of five waits are in it.
"""

from bisect import bisect_left, bisect_right, insort
from collections import deque
from collections.abc import Hashable
from dataclasses import dataclass, field
from math import ceil, log2, sqrt
from statistics import NormalDist

from warmline.core.words import DAY, MINUTE, Instant, Millis

OUTSIDE = 0.1
"""The share of waits that may be shorter than said, and the share that may be longer."""
FEWEST = 2.5
"""With fewer starts of service than three nothing is said (older ones count less than one)."""
_FADE = 0.93
"""How much of an older start still counts at the next one: about fourteen make the pace."""
_SLOT: Millis = 30 * MINUTE
_USUAL = 4.0
"""The pace of this time of day counts like so many starts of service."""
_SAMPLES = 150
_OWN_SAMPLES = 40
"""From so many on, a place of a line (or of a segment in it) speaks for itself."""
_GAIN = 0.02
"""How fast the width follows the misses."""
_PROMPT = 6
_NARROWEST = 0.4
_STRETCH = 10
_LATE = 0.5
"""From this share of the mean on, what is left is learnt from those who waited as long …"""
_DOUBLED = 8
"""… so often twice as long, and no further."""
_NEAR = 3
"""Who stands so near the front says something new at each step."""
_PLACES = (1, 2, 3, 6, 12, 25)
"""Places that behave alike: the first, the second, … up to the sixth, the twelfth, beyond."""
_LONGEST: Millis = DAY
_NORMAL = NormalDist()

Line = Hashable
Key = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Expected:
    """Four of five wait between `low_ms` and `high_ms` from now; `place` 1 is next."""

    place: int
    low_ms: Millis
    high_ms: Millis


@dataclass(slots=True)
class _Pace:
    """The mean time between starts of service while somebody waits, newer ones counting more."""

    n: float = 0.0
    total: float = 0.0

    def add(self, interval: float) -> None:
        self.n = self.n * _FADE + 1
        self.total = self.total * _FADE + interval


@dataclass(slots=True)
class _Width:
    """The shares that are left out of the samples, so that the shares `OUTSIDE` are missed."""

    below: float = OUTSIDE
    above: float = OUTSIDE

    def missed(self, said: "_Said", truth: float) -> None:
        """Become wider after a miss, narrower after a hit."""
        # At the end of a long line the truth comes late, and many have been told by then.
        gain = _GAIN * min(1.0, _PROMPT / said.place)
        self.below += gain * (OUTSIDE - (truth < said.low))
        self.above += gain * (OUTSIDE - (truth > said.high))
        self.below = min(max(self.below, 0.0), _NARROWEST)
        self.above = min(max(self.above, -OUTSIDE), _NARROWEST)


@dataclass(slots=True)
class _Said:
    """What was foretold to one, when, and by which samples."""

    at: Instant
    place: int
    mean: float
    keys: tuple[Key, ...]
    low: float
    high: float


@dataclass(slots=True)
class _Place:
    """Where one stands, and what was foretold on the way."""

    line: "_Line"
    key: Instant
    segment: str | None
    since: Instant = 0
    said: list[_Said] = field(default_factory=list[_Said])
    shown: _Said | None = None
    called: bool = False


@dataclass(slots=True)
class _Line:
    """One line: who stands in it by key, how it moves, how well its ranges have held."""

    id: Line
    order: list[tuple[Instant, str]] = field(default_factory=list[tuple[Instant, str]])
    since: Instant = 0
    """The last start of service, or when somebody began to wait after nobody did."""
    pace: _Pace = field(default_factory=_Pace)
    usual: dict[int, _Pace] = field(default_factory=dict[int, _Pace])
    widths: dict[int, "_Width"] = field(default_factory=dict[int, "_Width"])

    def mean(self, now: Instant) -> float | None:
        """How long a place takes, in ms; None while too little is known."""
        usual = self.usual.get(_slot(now))
        n, total = self.pace.n, self.pace.total
        if usual is not None and usual.n > 0:
            n += _USUAL
            total += _USUAL * usual.total / usual.n
        if n < FEWEST:
            return None
        # A silence that lasts longer than usual says that the line has become slower.
        silence = max(0.0, now - self.since - total / n) if self.order else 0.0
        return max(1.0, (total + silence) / n)

    def width(self, place: int) -> _Width:
        """What the misses at such a place have made of the range."""
        return self.widths.setdefault(bisect_left(_PLACES, place), _Width())

    def moved(self, at: Instant) -> None:
        """A start of service."""
        interval = float(at - self.since)
        self.since = at
        self.pace.add(interval)
        self.usual.setdefault(_slot(at), _Pace()).add(interval)


class Waits:
    """The ranges of one site. Every call is cheap: none looks at a whole line."""

    def __init__(self) -> None:
        self._lines: dict[Line, _Line] = {}
        self._places: dict[str, _Place] = {}
        self._samples: dict[Key, deque[float]] = {}
        self._sorted: dict[Key, list[float]] = {}

    def join(self, who: str, line: Line, *, key: Instant, at: Instant, segment: str | None) -> None:
        """Somebody waits from now on; a smaller key is served earlier."""
        self.leave(who)
        found = self._lines.get(line)
        if found is None:
            found = self._lines[line] = _Line(line)
        place = self._places[who] = _Place(found, key, segment)
        self._stand(who, place, at)

    def call(self, who: str, at: Instant) -> None:
        """Somebody is asked to take them: they are out of the line, for now at least."""
        place = self._places.get(who)
        if place is None or place.called:
            return
        place.called = True
        if place.since == at:
            place.said.clear()  # somebody was free: they have not waited in line at all
        else:
            place.line.moved(at)
        self._step_out(who, place, at)

    def back(self, who: str, at: Instant) -> None:
        """Nobody took them: they stand where they stood."""
        place = self._places.get(who)
        if place is not None and place.called:
            place.called = False
            self._stand(who, place, at)

    def serve(self, who: str, at: Instant) -> None:
        """The wait is over: what was foretold is compared with the truth."""
        place = self._places.get(who)
        if place is None:
            return
        self.call(who, at)
        for said in place.said:
            self._learn(place.line, said, float(at - said.at))
        del self._places[who]

    def leave(self, who: str, at: Instant | None = None) -> None:
        """They wait no more without having been served."""
        place = self._places.pop(who, None)
        if place is None:
            return
        if not place.called:
            self._step_out(who, place, at)
        for said in place.said:
            # Who gave up after more than the longest that was said, was told wrong.
            if at is not None and at - said.at > said.high:
                self._learn(place.line, said, float(at - said.at))

    def move(self, who: str, key: Instant) -> None:
        """Somebody's key is another one now; what was foretold stays to be compared."""
        place = self._places.get(who)
        if place is None or place.key == key:
            return
        if not place.called:
            order = place.line.order
            del order[bisect_left(order, (place.key, who))]
            insort(order, (key, who))
        place.key = key

    def place(self, who: str) -> int | None:
        """How many stand before them, plus one; None when they do not wait."""
        found = self._places.get(who)
        if found is None:
            return None
        return bisect_left(found.line.order, (found.key, who)) + 1

    def expected(self, who: str, now: Instant) -> Expected | None:
        """How long they may still wait; None when they do not, or when too little is known."""
        found = self._places.get(who)
        if found is None:
            return None
        at = bisect_left(found.line.order, (found.key, who)) + 1
        shown = found.shown
        if shown is None or shown.place != at:
            shown = found.shown = self._foretell(found.line, at, found.segment, now)
        if shown is None:
            return None
        low, high = self._remaining(found.line, shown, now - shown.at)
        return Expected(at, round(low), round(high))

    def newcomer(self, line: Line, now: Instant) -> Expected | None:
        """How long one would wait who came now and stood last."""
        found = self._lines.get(line)
        if found is None:
            return None
        last = len(found.order) + 1
        said = self._foretell(found, last, None, now)
        return None if said is None else Expected(last, round(said.low), round(said.high))

    def standing(self, line: Line) -> int:
        """How many stand in a line."""
        found = self._lines.get(line)
        return 0 if found is None else len(found.order)

    def line(self, who: str) -> Line | None:
        """The line in which somebody stands, or is called from."""
        found = self._places.get(who)
        return None if found is None else found.line.id

    # Inside

    def _stand(self, who: str, place: _Place, at: Instant) -> None:
        line = place.line
        place.since = at
        if not line.order:
            line.since = at
        insort(line.order, (place.key, who))
        self._say(who, place, bisect_left(line.order, (place.key, who)) + 1, at)

    def _step_out(self, who: str, place: _Place, at: Instant | None) -> None:
        order = place.line.order
        index = bisect_left(order, (place.key, who))
        del order[index]
        if at is None:
            return
        for nearer in range(index, min(_NEAR, len(order))):
            other = order[nearer][1]
            self._say(other, self._places[other], nearer + 1, at)

    def _say(self, who: str, place: _Place, at_place: int, at: Instant) -> None:
        assert self._places[who] is place
        said = self._foretell(place.line, at_place, place.segment, at)
        place.shown = said
        if said is not None:
            place.said.append(said)

    def _foretell(self, line: _Line, place: int, segment: str | None, now: Instant) -> _Said | None:
        pace = line.mean(now)
        if pace is None:
            return None
        mean = min(place * pace, float(_LONGEST))
        alike = bisect_left(_PLACES, place)
        keys: tuple[Key, ...] = ((line.id, segment, alike), (line.id, alike), (alike,))
        said = _Said(now, place, mean, keys, 0.0, 0.0)
        said.low, said.high = self._remaining(line, said, 0)
        return said

    def _remaining(self, line: _Line, said: _Said, elapsed: Millis) -> tuple[float, float]:
        """The range of what is left, given that it has lasted `elapsed` already."""
        late = self._late(said, elapsed)
        if late is not None:
            low, high = (_quantile(late, 0, share) for share in (OUTSIDE, 1 - OUTSIDE))
            return low * elapsed, min(max(1.0, high * elapsed), float(_LONGEST))
        ratios = self._ratios(said)
        gone = bisect_right(ratios, elapsed / said.mean)
        left = len(ratios) - gone
        if left == 0:
            # Longer than ever: as long again, as far as anybody knows.
            return 0.0, float(max(elapsed, 1))
        width = line.width(said.place)
        low = _quantile(ratios, gone, width.below) * said.mean - elapsed
        high = _quantile(ratios, gone, 1 - width.above) * said.mean - elapsed
        # Where even the longest of the samples was too short too often, the range goes beyond.
        high *= 1 + _STRETCH * max(0.0, -width.above)
        return max(0.0, low), min(max(1.0, high), float(_LONGEST))

    def _late(self, said: _Said, elapsed: Millis) -> list[float] | None:
        """How much longer it took those who had waited as long, as shares of that time."""
        if elapsed < _LATE * said.mean:
            return None
        doubled = int(log2(elapsed / (_LATE * said.mean)))
        for key in said.keys[-2:]:
            found = self._sorted.get((*key, doubled, "late"))
            if found is not None and len(found) >= _OWN_SAMPLES:
                return found
        return None

    def _ratios(self, said: _Said) -> list[float]:
        for key in said.keys[:-1]:
            found = self._sorted.get(key)
            if found is not None and len(found) >= _OWN_SAMPLES:
                return found
        return self._sorted.get(said.keys[-1]) or self._begin(said.keys[-1], said.place)

    def _begin(self, key: Key, place: int) -> list[float]:
        """Before anything is known: as if starts of service came by pure chance."""
        ratios = [_erlang(place, (rank + 0.5) / _OWN_SAMPLES) for rank in range(_OWN_SAMPLES)]
        self._samples[key] = deque(ratios, maxlen=_SAMPLES)
        self._sorted[key] = sorted(ratios)
        return self._sorted[key]

    def _learn(self, line: _Line, said: _Said, truth: float) -> None:
        line.width(said.place).missed(said, truth)
        for key in said.keys:
            self._add(key, truth / said.mean)
        doubled, waited = 0, _LATE * said.mean
        while truth > waited and doubled < _DOUBLED:
            for key in said.keys[-2:]:
                self._add((*key, doubled, "late"), (truth - waited) / waited)
            doubled, waited = doubled + 1, 2 * waited

    def _add(self, key: Key, sample: float) -> None:
        samples = self._samples.get(key)
        if samples is None:
            samples = self._samples[key] = deque(maxlen=_SAMPLES)
            self._sorted[key] = []
        in_order = self._sorted[key]
        if len(samples) == _SAMPLES:
            del in_order[bisect_left(in_order, samples[0])]
        samples.append(sample)
        insort(in_order, sample)


def _slot(at: Instant) -> int:
    return at % DAY // _SLOT


def _quantile(ordered: list[float], start: int, share: float) -> float:
    """The quantile of `ordered[start:]`, 0 to 1, between the two nearest.

    What comes next is one more of them, so each gap between them, and either end, is as likely.
    """
    last = len(ordered) - 1
    where = min(max(start + share * (last - start + 2) - 1, start), last)
    lower = int(where)
    upper = min(ceil(where), last)
    return ordered[lower] + (ordered[upper] - ordered[lower]) * (where - lower)


def _erlang(places: int, share: float) -> float:
    """A quantile of the sum of `places` exponential times, as a share of its mean.

    >>> round(_erlang(1, 0.5), 2), round(_erlang(9, 0.9), 2)
    (0.7, 1.44)
    """
    # Wilson and Hilferty: the cube root of such a sum is nearly normal.
    spread = 1 / (9 * places)
    return max(0.0, 1 - spread + _NORMAL.inv_cdf(share) * sqrt(spread)) ** 3
