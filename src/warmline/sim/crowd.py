"""Who comes: the customers of all days with all their chance drawn, the same for every policy.

Each kind of chance of each stream has a generator of its own, seeded by the run's seed, and takes
the same count of numbers for every customer: no decision and no other stream moves a single draw.
"""

from bisect import bisect_right
from collections.abc import Mapping
from random import Random

from warmline.core.words import Instant, InteractionId, SegmentId
from warmline.sim.arrivals import MOST, TooMany, instants
from warmline.sim.laws import Draw, cumulated, draw
from warmline.sim.model import Law, Model, Redial, Stream
from warmline.sim.players import ENDLESS, Customer
from warmline.sim.stage import inbox_id


def crowd(model: Model, *, seed: int, days: int) -> list[Customer]:
    """Everybody who comes within `days`, in the order of coming; redials hang on the first call.

    Raises `TooMany`.
    """
    everybody: list[Customer] = []
    for name, stream in model.streams.items():
        moments = instants(model, stream.arrivals, seed=seed, stream=name, days=days)
        if len(everybody) + len(moments) > MOST:
            raise TooMany(f"more than {MOST:,} customers; make it fewer days.")
        everybody += _Chance(name, stream, seed).customers(moments)
    everybody.sort(key=_place)
    return everybody


def _place(customer: Customer) -> tuple[Instant, str]:
    return customer.at, customer.id


class _Chance:
    """All the chance of one stream."""

    def __init__(self, name: str, stream: Stream, seed: int) -> None:
        self._name = name
        self._seed = f"{seed}/{name}"
        self._inbox = inbox_id(stream)
        self._talk = self._durations(stream.talk, "talk")
        self._wrap_up = self._durations(stream.wrap_up, "wrap-up")
        self._answer = self._durations(stream.answer, "answer")
        self._patience = self._durations(stream.patience, "patience")
        self._segments = self._names(stream.segments, "segment")
        self._languages = self._names(stream.languages, "language")
        self._redial = stream.redial
        self._delay = draw(stream.redial.delay) if stream.redial else None
        self._again = Random(f"{self._seed}/again")

    def customers(self, moments: list[Instant]) -> list[Customer]:
        """One customer for each moment."""
        count = len(moments)
        drawn = zip(
            moments,
            self._talk.take(count, 0),
            self._patience.take(count, ENDLESS),
            self._wrap_up.take(count, 0),
            self._answer.take(count, 0),
            self._segments.take(count),
            self._languages.take(count),
            strict=True,
        )
        found: list[Customer] = []
        for at, talk_ms, patience_ms, wrap_ms, answer_ms, segment, language in drawn:
            customer = Customer(
                InteractionId(f"{self._name}-{len(found) + 1}"),
                at,
                self._inbox,
                talk_ms,
                patience_ms,
                wrap_ms,
                answer_ms,
                SegmentId(segment) if segment else None,
                language=language,
            )
            if self._redial is not None:
                self._calls_again(customer, self._redial)
            found.append(customer)
        return found

    def _calls_again(self, customer: Customer, redial: Redial) -> None:
        """The further attempts, should this one fail; each takes the same count of numbers."""
        assert self._delay is not None
        before, chance, goes_on = customer, self._again, True
        for attempt in range(2, redial.most + 2):
            coin, delay, patience, answer = (chance.random() for _ in range(4))
            goes_on = goes_on and coin < redial.probability
            if not goes_on:
                continue
            before.again_after_ms = self._delay(delay)
            before.again = Customer(
                id_=InteractionId(f"{customer.id}.{attempt}"),
                at=customer.at,
                inbox=customer.inbox,
                talk_ms=customer.talk_ms,
                patience_ms=self._patience.of(patience, ENDLESS),
                wrap_ms=customer.wrap_ms,
                answer_ms=self._answer.of(answer, 0),
                segment=customer.segment,
                language=customer.language,
                follows=customer.id,
            )
            before = before.again

    def _durations(self, law: Law | None, kind: str) -> "_Durations":
        return _Durations(None if law is None else draw(law), f"{self._seed}/{kind}")

    def _names(self, weights: Mapping[str, float], kind: str) -> "_Names":
        return _Names(weights, f"{self._seed}/{kind}")


class _Durations:
    """Draws from one law, in order."""

    def __init__(self, law: Draw | None, seed: str) -> None:
        self._law = law
        self._random = Random(seed).random

    def take(self, count: int, without: int) -> list[int]:
        """The next durations, so many; all of them `without` when there is no law."""
        law, uniform = self._law, self._random
        if law is None:
            return [without] * count
        return [law(uniform()) for _ in range(count)]

    def of(self, uniform: float, without: int) -> int:
        """The duration that belongs to a number."""
        return without if self._law is None else self._law(uniform)


class _Names:
    """Draws from a mix, in order."""

    def __init__(self, weights: Mapping[str, float], seed: str) -> None:
        self._names = list(weights)
        self._bounds = cumulated(list(weights.values())) if weights else []
        self._random = Random(seed).random

    def take(self, count: int) -> list[str | None]:
        """The next names, so many; None when the mix is empty."""
        names, bounds, uniform = self._names, self._bounds, self._random
        if not names:
            return [None] * count
        return [names[bisect_right(bounds, uniform())] for _ in range(count)]
