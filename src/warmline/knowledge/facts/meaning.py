"""What a topic and a condition mean for a kind of value: the cost of a return is of its parcel."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from warmline.knowledge.facts.about import About, pattern_of
from warmline.knowledge.facts.amounts import Seen
from warmline.knowledge.facts.lexicon import DEFAULTS
from warmline.knowledge.facts.model import Kind, Value

_CONTACTS = frozenset({Kind.HOURS, Kind.PHONE, Kind.EMAIL})
_RENAMED: Mapping[Kind, Mapping[str, str]] = {
    # The cost of sending back, of being sent, of fetching: each is one fact.
    Kind.MONEY: {
        "price": "",
        "return": "return_shipping",
        "dispatch": "delivery",
        "pickup": "delivery",
    },
    Kind.TIME: {"dispatch": "cutoff", "delivery": "cutoff", "price": "cutoff"},
    Kind.PERCENT: {"promotion": "discount", "promo_code": "discount", "price": "discount"},
    Kind.DURATION: {"price": ""},
}
_DROPPED: Mapping[str, frozenset[str]] = {
    "warranty": frozenset({"what:faulty"}),
    "complaint": frozenset({"what:faulty"}),
    "repair": frozenset({"what:faulty"}),
    "pickup": frozenset({"how:pickup"}),
    "storage": frozenset({"how:pickup"}),
    "points": frozenset({"who:member"}),
    "cash_on_delivery": frozenset({"pay:on_delivery"}),
    # Most are paid by the month, and back to the card; another way is said.
    "subscription": frozenset({"more:month"}),
    "refund": frozenset({"pay:card"}),
}
"""Conditions that go without saying with a topic."""
_ELSEWHERE = frozenset({"response", "support", "chat", "contact", "open"})
"""Where the way of writing is a condition; elsewhere it is only how something is told."""
_ONLINE = frozenset({"discount", "price", "order_minimum"})
_EACH = frozenset({"", "delivery", "assembly", "lifting", "visit", "subscription"})
_EACH_ONE = frozenset({"more:item", "more:floor", "more:kilometre"})
_OF_CONTACTS = ("where:", "when:holiday", "when:summer", "who:")
_FILED = re.compile(
    r"\b(?:submit|file|report|make a complaint|raise|подать|подайте|сообщ\w+|предъяв\w+|zglos\w*"
    r"|zlozyc|zlozenie)\b"
)
_TAKES = re.compile(r"\b(?:takes?|занима\w+|длится|trwa\w*|zajmuje)\b")
_FROM: Mapping[str, str] = {
    "en": r"(?:from|for|at|of) ?$",
    "ru": r"(?:от|при|за) ?$",
    "pl": r"(?:od|przy|za) ?$",
}
_AROUND_A_DATE = (60, 40)


def settled(seen: Seen, name: str, beside: Collection[str], around: Collection[str | None]) -> str:
    """A topic as this kind of value means it, with those beside it and of what stands above."""
    if seen.kind is Kind.PERCENT and "interest" in beside:
        return "interest"
    if seen.kind is Kind.DURATION:
        name = _lasting(seen, name, beside, around)
    return _RENAMED.get(seen.kind, {}).get(name, name)


def _lasting(seen: Seen, name: str, beside: Collection[str], around: Collection[str | None]) -> str:
    """The topic of a time that passes."""
    if name == "invoice" and "payment" in around:
        return "payment"
    if name in {"response", "consideration"} and "complaint" in around:
        return "complaint"
    if name == "cutoff":
        return next((one for one in beside if one != "cutoff"), name)
    if name in {"pickup", "delivery"} and "storage" in beside:
        return "storage"
    if {"warranty", "repair"} <= set(beside):
        return "warranty" if seen.value.unit == "month" else "repair"
    return name


def counting(seen: Seen, topic: str, conditions: Collection[str]) -> frozenset[str]:
    """Only the conditions that can make another fact of this kind."""
    left = set(conditions) - DEFAULTS - {"what:sealed"} - _DROPPED.get(topic, frozenset())
    if topic not in _ELSEWHERE:
        left = {one for one in left if not one.startswith("via:")}
    if topic not in _ONLINE:
        left -= {"where:online"}
    if topic not in _EACH:
        left -= _EACH_ONE
    if seen.kind is Kind.TIME:
        left = {one for one in left if not one.startswith(("tier:", "pay:"))}
    if seen.kind in _CONTACTS:
        left = {one for one in left if one.startswith(_OF_CONTACTS)}
    return frozenset(left)


def conditions_of(here: About, topic: str, wider: Sequence[About]) -> frozenset[str]:
    """The conditions of a part with those that stand above it and do not fight with its own."""
    found = set(here.conditions)
    for wide in wider:
        if wide.topic not in {None, topic} and here.stands_alone:
            continue
        groups = {one.partition(":")[0] for one in found}
        for one in wide.conditions:
            group = one.partition(":")[0]
            alone = sum(other.startswith(f"{group}:") for other in wide.conditions) == 1
            if group not in groups and alone:
                found.add(one)
    return frozenset(found)


def threshold(folded: str, seen: Seen, language: str, *, beside: Sequence[Seen], at: int) -> str:
    """`over` or `under` for money that an order must reach, else nothing; `at` is its place."""
    if seen.kind is not Kind.MONEY or seen.value.unit == "":
        return ""
    # A bound that was read as part of the value belongs to what stands before it.
    bound = re.match(r"[^\d$€£₽]*", folded[at:])
    before = folded[:at] + (bound[0] if bound else "")
    if re.search(pattern_of("threshold", language), before):
        last = list(pattern_of("under", language).finditer(before))
        return "under" if last and last[-1].end() >= len(before.rstrip()) else "over"
    free = any(one.kind is Kind.MONEY and one.value.unit == "" for one in beside)
    return "over" if free and re.search(_FROM[language], before) else ""


def aspect(seen: Seen, topic: str, folded: str, part: tuple[int, int], language: str) -> str:
    """Which side of a topic a value is: a least price, an end, the time for filing."""
    if seen.kind in {Kind.MONEY, Kind.PERCENT}:
        return "from" if seen.value.high is None else "up_to" if seen.value.low is None else ""
    if seen.kind is Kind.DURATION and topic == "complaint":
        return "file" if _FILED.search(folded[slice(*part)]) else ""
    if seen.kind is Kind.DURATION and topic in {"return", "exchange"}:
        # Not until when one may, but how long it goes on.
        return "takes" if _TAKES.search(folded[slice(*part)]) else ""
    if seen.kind is Kind.DATE:
        start = max(part[0], seen.start - _AROUND_A_DATE[0])
        around = folded[start : min(part[1], seen.end + _AROUND_A_DATE[1])]
        return "until" if pattern_of("until", language).search(around) else ""
    return ""


def exact(value: Value) -> Value:
    """What must be reached is one amount, however it is said."""
    amount = value.low if value.low is not None else value.high
    return replace(value, low=amount, high=amount)


def short(seen: Seen) -> str:
    """A value as a word that tells one step from another.

    >>> short(Seen(kind=Kind.PERCENT, value=Value(unit="%", low=10, high=10), start=0, end=3))
    '=10%'
    """
    if seen.kind is Kind.MONEY and not seen.value.unit:
        return "=free"
    amount = seen.value.low if seen.value.low is not None else seen.value.high
    return "=" if amount is None else f"={amount:g}{seen.value.unit}"
