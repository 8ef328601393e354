"""Follows customers over the days after a contact, and others who are like them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from warmline.core.words import CustomerId
from warmline.experience.loyalty.model import Bought, Contact, Floats, Standing, Whole

RECENCY_DAYS = (30, 90, 180, 365)
"""Where one band of days since the last order ends and the next begins."""
ORDER_DAYS = (1, 2, 5, 10)
"""Where one band of days with an order ends and the next begins."""
FIFTHS = (0.2, 0.4, 0.6, 0.8)
YEAR_DAYS = 365
_FAR = 1 << 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """What customers had bought up to a day each, the day included."""

    orders: Whole
    """Days with an order; 0 for who had bought nothing."""
    since: Whole
    """Days since the last."""
    gap: Floats
    """Usual days between two; 0 for who ordered on one day only."""
    money: Floats
    year: Floats
    """Money of the year before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class After:
    """What they bought in the days after."""

    again: Floats
    """1 who bought again, else 0."""
    lost: Floats
    """1 who bought nothing, and was silent in the end for over twice the usual gap; else 0."""
    spent: Floats


class Book:
    """Orders in the order of people and days, so that any stretch of days is found at once."""

    def __init__(self, bought: Bought) -> None:
        keys, places = np.unique(bought.who * _FAR + bought.day, return_inverse=True)
        self._keys: Whole = keys.astype(np.int64)
        money = np.bincount(places.ravel(), weights=bought.money, minlength=len(keys))
        self._money: Floats = np.concatenate([[0.0], np.cumsum(money)])
        self._days: Whole = self._keys % _FAR

    def before(self, who: Whole, day: Whole) -> Before:
        """What `who[k]` had bought up to `day[k]`."""
        first = self._place(who, np.zeros_like(day))
        last = self._place(who, day + 1)
        orders = last - first
        some = orders > 0
        newest = self._day(last - 1)
        span = np.where(some, newest - self._day(first), 0)
        year = self._place(who, np.maximum(day + 1 - YEAR_DAYS, 0))
        return Before(
            orders=orders,
            since=np.where(some, day - newest, 0),
            gap=span / np.maximum(orders - 1, 1),
            money=self._money[last] - self._money[first],
            year=self._money[last] - self._money[year],
        )

    def after(self, who: Whole, day: Whole, before: Before, days: int) -> After:
        """What they bought in the `days` days after."""
        start, end = self._place(who, day + 1), self._place(who, day + 1 + days)
        again = end > start
        silent = before.since + days
        return After(
            again=again.astype(np.float64),
            lost=(~again & (silent > 2 * before.gap)).astype(np.float64),
            spent=self._money[end] - self._money[start],
        )

    def _place(self, who: Whole, day: Whole) -> Whole:
        return np.searchsorted(self._keys, who * _FAR + day).astype(np.int64)

    def _day(self, places: Whole) -> Whole:
        if not len(self._days):
            return np.zeros_like(places)
        return self._days[np.clip(places, 0, len(self._days) - 1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """One contact with what came after, and what the others did; None where it does not count."""

    contact: Contact
    standing: Standing
    year: float
    """Money of the year before the contact."""
    again: float = 0.0
    lost: float = 0.0
    spent: float = 0.0
    others: "Others | None" = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Others:
    """The matched others of a contact: how many, and the mean and variance of what they did."""

    stratum: tuple[int, ...]
    count: int
    again: tuple[float, float]
    lost: tuple[float, float]
    spent: tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judged:
    """The contacts of people with orders, as numbers."""

    contacts: Sequence[Contact]
    who: Whole
    day: Whole
    segment: Whole


def follow(
    contacts: Sequence[Contact],
    roots: Mapping[CustomerId, CustomerId],
    bought: Bought,
    *,
    days: int,
    today: int,
) -> Sequence[Followed]:
    """Every contact, in order of time, with what its customer and like ones did in the days after.

    The day of the contact belongs to the time before. Of a customer's contacts within the days of
    another only the first is followed. Others are customers without a judged contact as many days
    before and after; each is looked at once a month, on a day on which one of the contacts was.
    """
    numbers = {one: place for place, one in enumerate(bought.people)}
    segments = _numbered([*bought.segments, *(one.segment for one in contacts)])
    ordered = _firsts(sorted(contacts, key=lambda one: (one.at, one.ask)), roots, bought, days)
    known = [(one, numbers.get(roots.get(one.customer, one.customer), -1)) for one in ordered]
    with_orders = [(one, who) for one, who in known if who >= 0]
    judged = _Judged(
        contacts=[one for one, _ in with_orders],
        who=np.asarray([who for _, who in with_orders], dtype=np.int64),
        day=np.asarray([bought.day_of(one.at) for one, _ in with_orders], dtype=np.int64),
        segment=np.asarray([segments[one.segment] for one, _ in with_orders], dtype=np.int64),
    )
    theirs = np.asarray([segments[one] for one in bought.segments], dtype=np.int64)
    found = _all_months(judged, theirs, Book(bought), days=days, today=today)
    return [
        found.get(one.ask, Followed(contact=one, standing=Standing.NO_ORDERS, year=0.0))
        for one, _ in known
    ]


def _firsts(
    contacts: Sequence[Contact],
    roots: Mapping[CustomerId, CustomerId],
    bought: Bought,
    days: int,
) -> list[Contact]:
    last: dict[CustomerId, int] = {}
    kept: list[Contact] = []
    for one in contacts:
        root, day = roots.get(one.customer, one.customer), bought.day_of(one.at)
        if root not in last or day - last[root] > days:
            last[root] = day
            kept.append(one)
    return kept


def _numbered(names: Sequence[str | None]) -> dict[str | None, int]:
    return {name: place for place, name in enumerate(dict.fromkeys(names))}


def _all_months(
    judged: _Judged, segments: Whole, book: Book, *, days: int, today: int
) -> dict[str, Followed]:
    before = book.before(judged.who, judged.day)
    after = book.after(judged.who, judged.day, before, days)
    found: dict[str, Followed] = {}
    by_month: dict[int, list[int]] = defaultdict(list)
    for place, contact in enumerate(judged.contacts):
        standing = Standing.ALONE
        if before.orders[place] == 0:
            standing = Standing.NO_ORDERS
        elif judged.day[place] + days >= today:
            standing = Standing.WAITING
        else:
            day = date.fromordinal(int(judged.day[place]))
            by_month[day.year * 12 + day.month].append(place)
        found[contact.ask] = Followed(
            contact=contact,
            standing=standing,
            year=float(before.year[place]),
            again=float(after.again[place]),
            lost=float(after.lost[place]),
            spent=float(after.spent[place]),
        )
    for month, places in sorted(by_month.items()):
        inside = np.asarray(places, dtype=np.int64)
        for place, others in _beside(judged, before, inside, segments, book, days, month):
            one = found[judged.contacts[place].ask]
            found[one.contact.ask] = Followed(
                contact=one.contact,
                standing=Standing.COUNTED,
                year=one.year,
                again=one.again,
                lost=one.lost,
                spent=one.spent,
                others=others,
            )
    return found


def _beside(
    judged: _Judged,
    before: Before,
    inside: Whole,
    segments: Whole,
    book: Book,
    days: int,
    month: int,
) -> Sequence[tuple[int, Others]]:
    """The others of a month's contacts that have any."""
    people = np.arange(len(segments), dtype=np.int64)
    moments = np.sort(judged.day[inside])
    day = moments[people % len(moments)]
    blocked = np.zeros(len(people), dtype=bool)
    blocked[judged.who[np.abs(judged.day - day[judged.who]) <= days]] = True
    theirs = book.before(people, day)
    free = np.flatnonzero(~blocked & (theirs.orders > 0))
    if not len(free):
        return []
    edges = np.quantile(theirs.money[free], FIFTHS)
    like = _strata(theirs, free, segments[free], edges)
    did = book.after(people, day, theirs, days)
    kinds, strata = np.unique(like, axis=0, return_inverse=True)
    strata = strata.ravel()
    count = np.bincount(strata, minlength=len(kinds))
    told = [_spread(part[free], strata, count) for part in (did.again, did.lost, did.spent)]
    places = {tuple(kind): place for place, kind in enumerate(kinds.tolist())}
    wanted = _strata(before, inside, judged.segment[inside], edges).tolist()
    found: list[tuple[int, Others]] = []
    for place, kind in zip(inside.tolist(), wanted, strict=True):
        stratum = places.get(tuple(kind))
        if stratum is not None:
            again, lost, spent = (
                (float(mean[stratum]), float(variance[stratum])) for mean, variance in told
            )
            found.append(
                (
                    place,
                    Others(
                        stratum=(month, *kind),
                        count=int(count[stratum]),
                        again=again,
                        lost=lost,
                        spent=spent,
                    ),
                )
            )
    return found


def _strata(known: Before, places: Whole, segments: Whole, edges: Floats) -> Whole:
    """Segment, and the bands of recency, frequency and value, of some customers."""
    return np.stack(
        [
            segments,
            np.searchsorted(np.asarray(RECENCY_DAYS), known.since[places]),
            np.searchsorted(np.asarray(ORDER_DAYS), known.orders[places]),
            np.searchsorted(edges, known.money[places]),
        ],
        axis=1,
    ).astype(np.int64)


def _spread(values: Floats, strata: Whole, count: Whole) -> tuple[Floats, Floats]:
    """Mean and variance in each stratum; of a stratum with one, the variance of all."""
    mean = np.bincount(strata, weights=values, minlength=len(count)) / count
    apart = (values - mean[strata]) ** 2
    inside = np.bincount(strata, weights=apart, minlength=len(count)) / np.maximum(count - 1, 1)
    return mean, np.where(count > 1, inside, float(values.var()))
