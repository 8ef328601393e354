"""How likely two records are one person: weights of evidence, each term explained.

The rule is Fellegi and Sunter's (A theory for record linkage, Journal of the American Statistical
Association 64, 1969, pages 1183-1210): agreement on a field counts for log2(m / u), m being how
often it agrees when both records are one person, u when they are not. Ours has two rivals instead
of one, since two members of a household agree on surname, address and phone without being one
person: u for strangers, h for relatives. The probability is that of one person against both:
1 / (1 + 2^-s + 2^-t), s and t being the sums against strangers and relatives with their prior odds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from math import log2

from rapidfuzz.distance import OSA

from warmline.core.words import CustomerId
from warmline.customers.matching.model import Match, Population, Record, Term, Veto
from warmline.customers.matching.names import Likeness, Pairing, pair
from warmline.customers.model import IdentifierKind

PRIOR_PAIRS = 0.5
"""Prior odds against strangers: this over all records, half the duplicates that one has."""
PRIOR_RELATIVE = 0.5
"""Duplicates for each pair of relatives that is on record."""
LEAST_CUSTOMERS = 1_000
SHARED = 0.01
"""u of a number that k of N people share: this over N, times the square of k - 1."""
SMOOTHING = 1_000
"""So many people of typical names are thought to be there beside those that are."""
TYPICAL = {"given": 0.01, "surname": 0.001}
EMAIL, PHONE = IdentifierKind.EMAIL.value, IdentifierKind.PHONE.value
IDENTITIES = frozenset({IdentifierKind.LOGIN.value, IdentifierKind.EXTERNAL.value})
_LOCAL_LEAST = 5
_MOST_SHARED = 60
_DATE_PARTS = 3
_STREET_SLIPS = 2
_PAIR = 2


@dataclass(frozen=True, slots=True)
class Odds:
    """How often something is seen: of one person, of strangers, of relatives in one household."""

    m: float
    u: float
    h: float


GIVEN: Mapping[Likeness, Odds] = {
    Likeness.SAME: Odds(0.74, 0.0, 0.010),  # u: how common the name is
    Likeness.SHORT: Odds(0.13, 0.0, 0.002),
    Likeness.CLOSE: Odds(0.07, 0.002, 0.001),
    Likeness.INITIAL: Odds(0.04, 0.05, 0.05),
    Likeness.DIFFERENT: Odds(0.02, 0.94, 0.94),
}
SURNAME: Mapping[Likeness, Odds] = {
    Likeness.SAME: Odds(0.88, 0.0, 0.62),
    Likeness.CLOSE: Odds(0.08, 0.002, 0.01),
    Likeness.ENDING: Odds(0.01, 0.001, 0.20),
    Likeness.INITIAL: Odds(0.01, 0.05, 0.01),
    Likeness.DIFFERENT: Odds(0.02, 0.95, 0.16),
}
EMAIL_SAME, EMAIL_CLOSE = Odds(0.62, 0.0, 0.015), Odds(0.04, 1e-5, 0.001)
EMAIL_LOCAL, EMAIL_OTHER = Odds(0.01, 5e-4, 0.001), Odds(0.33, 1.0, 0.97)
PHONE_SAME, PHONE_OTHER = Odds(0.82, 0.0, 0.08), Odds(0.18, 1.0, 0.80)
# One in common, and each has another of their own: that is a family's.
EMAIL_PART, PHONE_PART = Odds(0.03, 0.0, 0.02), Odds(0.04, 0.0, 0.12)
OTHER_SAME = Odds(0.90, 0.0, 0.05)
HOME_SAME, STREET_SAME = Odds(0.64, 2e-6, 0.90), Odds(0.18, 2e-5, 0.25)
POSTCODE_SAME, HOME_CLOSE = Odds(0.01, 0.0005, 0.01), Odds(0.06, 1e-4, 0.08)
HOME_OTHER = Odds(0.11, 0.998, 0.10)
BORN_SAME, BORN_CLOSE, BORN_OTHER = (
    Odds(0.94, 3e-5, 0.005),
    Odds(0.05, 0.003, 0.005),
    Odds(0.01, 0.997, 0.99),
)
_Seen = tuple[str, Odds, int | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Holders:
    """How many people have an identifier, by kind and value; one that only two have is left out."""

    counts: Mapping[tuple[str, str], int]

    def of(self, kind: str, value: str) -> int:
        """How many people have it, at least the two that are compared."""
        return max(_PAIR, self.counts.get((kind, value), _PAIR))


def compare(a: Record, b: Record, *, among: Population, holders: Holders) -> Match:
    """How likely `a` and `b` are one person, and what it rests on."""
    laid = [pair(x, y) for x, y in product(a.names, b.names)]
    seen = [
        *_names(among, laid),
        *_email(a, b, among, holders),
        *_phone(a, b, among, holders),
        *_others(a, b, among, holders),
        *_home(a, b),
        *_born(a, b),
    ]
    people = max(LEAST_CUSTOMERS, among.customers)
    strangers = log2(PRIOR_PAIRS / people) + sum(log2(odds.m / odds.u) for _, odds, _ in seen)
    relatives = log2(PRIOR_RELATIVE) + sum(log2(odds.m / odds.h) for _, odds, _ in seen)
    terms = tuple(
        Term(
            code=code,
            bits=round(log2(odds.m / (odds.u if strangers <= relatives else odds.h)), 2),
            count=count,
        )
        for code, odds, count in seen
    )
    rival = "strangers" if strangers <= relatives else "relatives"
    prior = PRIOR_PAIRS / people if rival == "strangers" else PRIOR_RELATIVE
    return Match(
        a=CustomerId(min(a.id, b.id)),
        b=CustomerId(max(a.id, b.id)),
        share=1 / (1 + 2 ** -_bounded(strangers) + 2 ** -_bounded(relatives)),
        terms=(*terms, Term(code=rival, bits=round(log2(prior), 2))),
        veto=_veto(a, b, laid),
    )


def _bounded(bits: float) -> float:
    return max(-200.0, min(200.0, bits))


def veto(a: Record, b: Record) -> Veto | None:
    """What forbids joining the two without a person, or at all."""
    return _veto(a, b, [pair(x, y) for x, y in product(a.names, b.names)])


def _veto(a: Record, b: Record, laid: Sequence[Pairing]) -> Veto | None:
    if apart(a, b):
        return Veto.IDENTITIES
    if any(one.given is Likeness.DIFFERENT for one in laid):
        return Veto.GIVEN
    if any(_dates(x, y) == "born_other" for x, y in product(a.born, b.born)):
        return Veto.BORN
    return None


def apart(a: Record, b: Record) -> bool:
    """Whether verified identities say that these are two people.

    A verified login or customer number of each, none in common; or two different verified
    identifiers of one kind.
    """
    mine, theirs = ({(k.kind, k.value) for k in one.known if k.verified} for one in (a, b))
    if not mine or not theirs:
        return False
    identities = [{one for one in some if one[0] in IDENTITIES} for some in (mine, theirs)]
    if all(identities) and not identities[0] & identities[1]:
        return True
    for kind in {one[0] for one in mine} & {one[0] for one in theirs}:
        if not {one for one in mine if one[0] == kind} & {one for one in theirs if one[0] == kind}:
            return True
    return False


def _names(among: Population, laid: Sequence[Pairing]) -> list[_Seen]:
    if not laid:
        return []
    best = laid[0] if len(laid) == 1 else max(laid, key=_goodness)
    seen: list[_Seen] = []
    if best.given is not None and best.given_words is not None:
        odds = GIVEN[best.given]
        if best.given in (Likeness.SAME, Likeness.SHORT):
            odds = Odds(odds.m, _common(best.given_words, "given", among), odds.h)
        apart_ = best.slips if best.given is Likeness.CLOSE else None
        seen.append((f"given_{best.given.value}", odds, apart_))
    if best.surname is not None and best.surname_words is not None:
        odds = SURNAME[best.surname]
        if best.surname is Likeness.SAME:
            odds = Odds(odds.m, _common(best.surname_words, "surname", among), odds.h)
        seen.append(
            (
                f"surname_{best.surname.value}",
                odds,
                best.slips if best.surname is Likeness.CLOSE else None,
            )
        )
    return seen


def _goodness(one: Pairing) -> float:
    levels = tuple(Likeness)
    parts = [level for level in (one.given, one.surname) if level is not None]
    return sum(len(levels) - levels.index(level) - 1.5 for level in parts)


def _common(heard: tuple[str, str], part: str, among: Population) -> float:
    many = max(among.counts.get(one, 0) for one in heard)
    return (many + SMOOTHING * TYPICAL[part]) / (among.customers + SMOOTHING)


def _shared(odds: Odds, holders: int, among: Population) -> Odds:
    people = max(LEAST_CUSTOMERS, among.customers)
    sharing = min(holders, _MOST_SHARED) - 1
    return Odds(odds.m, min(0.5, SHARED / people * sharing**2), odds.h)


def _email(a: Record, b: Record, among: Population, holders: Holders) -> list[_Seen]:
    mine, theirs = a.of(EMAIL), b.of(EMAIL)
    if not mine or not theirs:
        return []
    if common := mine & theirs:
        fewest = min(holders.of(EMAIL, one) for one in common)
        if mine - common and theirs - common:
            return [("email_part", _shared(EMAIL_PART, fewest, among), _told(fewest))]
        return [("email_same", _shared(EMAIL_SAME, fewest, among), _told(fewest))]
    kinds = {_emails(x, y) for x, y in product(mine, theirs)}
    if "email_close" in kinds:
        return [("email_close", EMAIL_CLOSE, 1)]
    if "email_local" in kinds:
        return [("email_local", EMAIL_LOCAL, None)]
    return [("email_other", EMAIL_OTHER, None)]


def _told(holders: int) -> int | None:
    return holders if holders > _PAIR else None


@lru_cache(maxsize=50_000)
def _emails(x: str, y: str) -> str:
    local, _, domain = x.partition("@")
    other, _, elsewhere = y.partition("@")
    if min(len(local), len(other)) < _LOCAL_LEAST:
        return "email_other"
    if local == other:
        return "email_local"
    close = OSA.distance(local, other, score_cutoff=1) <= 1 and not _numbers(local, other)
    return "email_close" if domain == elsewhere and close else "email_other"


def _numbers(x: str, y: str) -> bool:
    """Whether two names differ in their digits: anna1 and anna2 are two people."""
    return [c for c in x if c.isdecimal()] != [c for c in y if c.isdecimal()]


def _phone(a: Record, b: Record, among: Population, holders: Holders) -> list[_Seen]:
    mine, theirs = a.of(PHONE), b.of(PHONE)
    if not mine or not theirs:
        return []
    if common := mine & theirs:
        fewest = min(holders.of(PHONE, one) for one in common)
        if mine - common and theirs - common:
            return [("phone_part", _shared(PHONE_PART, fewest, among), _told(fewest))]
        return [("phone_same", _shared(PHONE_SAME, fewest, among), _told(fewest))]
    return [("phone_other", PHONE_OTHER, None)]


def _others(a: Record, b: Record, among: Population, holders: Holders) -> list[_Seen]:
    common = {k for k in a.known if k.kind not in (EMAIL, PHONE)}
    kinds = {(k.kind, k.value) for k in common} & {(k.kind, k.value) for k in b.known}
    if not kinds:
        return []
    fewest = min(holders.of(kind, value) for kind, value in kinds)
    return [("id_same", _shared(OTHER_SAME, fewest, among), _told(fewest))]


def _home(a: Record, b: Record) -> list[_Seen]:
    seen: tuple[str, Odds]
    codes = bool(a.postcodes & b.postcodes)
    both = bool(a.postcodes and b.postcodes)
    if not (a.streets and b.streets):
        if not both:
            return []
        seen = ("postcode_same", POSTCODE_SAME) if codes else ("home_other", HOME_OTHER)
    elif a.streets & b.streets:
        if codes:
            seen = ("home_same", HOME_SAME)
        else:
            seen = ("home_other", HOME_OTHER) if both else ("street_same", STREET_SAME)
    elif any(_streets(x, y) for x, y in product(a.streets, b.streets)):
        seen = ("home_close", HOME_CLOSE)
    else:
        seen = ("postcode_same", POSTCODE_SAME) if codes else ("home_other", HOME_OTHER)
    return [(seen[0], seen[1], None)]


def _streets(x: str, y: str) -> bool:
    """Whether two addresses are a typo or two apart, and end alike."""
    return x[-1] == y[-1] and OSA.distance(x, y, score_cutoff=2) <= _STREET_SLIPS


def _born(a: Record, b: Record) -> list[_Seen]:
    if not a.born or not b.born:
        return []
    kinds = {_dates(x, y) for x, y in product(a.born, b.born)}
    odds = {"born_same": BORN_SAME, "born_close": BORN_CLOSE, "born_other": BORN_OTHER}
    for code, worth in odds.items():
        if code in kinds:
            return [(code, worth, None)]
    return []


def _dates(x: str, y: str) -> str:
    """Two days of birth: the same, day and month swapped or one digit off, or different."""
    if x == y:
        return "born_same"
    mine, theirs = x.split("-"), y.split("-")
    if len(mine) == len(theirs) == _DATE_PARTS and mine[0] == theirs[0]:
        if mine[1] == theirs[2] and mine[2] == theirs[1]:
            return "born_close"
        # Forms that ask for a day only of those who care have the first of the month.
        if mine[1] == theirs[1] and "01" in (mine[2], theirs[2]):
            return "born_close"
    return "born_close" if OSA.distance(x, y, score_cutoff=1) <= 1 else "born_other"
