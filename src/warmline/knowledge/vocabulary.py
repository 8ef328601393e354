"""The words of all published texts: which of them a query means, also when it is mistyped."""

import math
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import OSA

from warmline.knowledge.common import COMMON
from warmline.storage.stems import wanted

SHORTEST_MISTYPED = 4
"""Shorter words are too near to too many others."""
LONG = 7
"""From so many letters on two slips are forgiven, in shorter words one."""
NEAREST = 3
BEGINNINGS = 24
SHORTEST_BEGINNING = 3


@dataclass(frozen=True, slots=True)
class Meant:
    """One word of a query: the stems it may be found by, and how much it tells."""

    forms: frozenset[str]
    texts: int
    """In how many texts one of them stands, at most."""
    weight: float
    guessed: bool = False
    """Whether no text has it as it was typed."""


@dataclass(frozen=True, slots=True)
class Understood:
    """A query as the vocabulary knows it: the most telling words first."""

    words: Sequence[Meant]
    unknown: float = 0.0
    """What the words would tell that no text has: with many of them a hit means less."""

    def share(self, held: Iterable[Meant]) -> float:
        """How much of what the query tells some of its words have, 0 to 1."""
        told = sum(one.weight for one in held)
        return told / (self.unknown + sum(one.weight for one in self.words)) if told else 0.0


class Vocabulary:
    """Every stem with the number of texts it stands in."""

    def __init__(self, counts: Mapping[str, int], texts: int) -> None:
        self._counts = counts
        self._words = sorted(counts)
        self._texts = max(1, texts)

    def meant(self, query: str, *, most: int, typing: bool = False) -> Understood:
        """What each word of a query may mean.

        Words that every sentence has count only when there are no others. With `typing` the last
        word may go on.
        """
        asked = wanted(query, most)
        telling = [forms for forms in asked if not forms <= COMMON] or list(asked)
        last = telling[-1] if typing and telling and telling[-1] is asked[-1] else None
        each = [self._one(forms, begins=forms is last) for forms in telling]
        known = _each_once([one for one in each if one is not None])
        unknown = (len(each) - sum(one is not None for one in each)) * self._rarity(0) / 2
        return Understood(sorted(known, key=lambda one: one.texts), unknown)

    def _rarity(self, texts: int) -> float:
        return 0.05 + math.log(1 + (self._texts - texts + 0.5) / (texts + 0.5))

    def _one(self, forms: frozenset[str], *, begins: bool) -> Meant | None:
        known = frozenset(form for form in forms if form in self._counts)
        guessed = not known
        if begins:
            known |= self._begun(forms)
        known = known or self._near(forms)
        if not known:
            return None
        texts = min(self._texts, sum(self._counts[form] for form in known))
        return Meant(known, texts, self._rarity(texts) * (0.7 if guessed else 1.0), guessed)

    def _begun(self, forms: frozenset[str]) -> frozenset[str]:
        """Words that begin as one does that is still being typed, the shortest first."""
        found: list[str] = []
        for form in forms:
            if len(form) < SHORTEST_BEGINNING:
                continue
            at = bisect_left(self._words, form)
            while at < len(self._words) and self._words[at].startswith(form):
                found.append(self._words[at])
                at += 1
        return frozenset(sorted(found, key=len)[:BEGINNINGS])

    def _near(self, forms: frozenset[str]) -> frozenset[str]:
        """The words that a slip of the hand makes of it: those nearest, the commonest first."""
        found: dict[str, int] = {}
        for form in forms:
            if len(form) < SHORTEST_MISTYPED or any(sign.isdigit() for sign in form):
                continue
            slips = 2 if len(form) >= LONG else 1
            near = process.extract(
                form, self._words, scorer=OSA.distance, score_cutoff=slips, limit=NEAREST * 4
            )
            for word, distance, _ in near:
                found[word] = min(int(distance), found.get(word, slips))
        if not found:
            return frozenset()
        least = min(found.values())
        best = [word for word, distance in found.items() if distance == least]
        return frozenset(sorted(best, key=lambda word: -self._counts[word])[:NEAREST])


def _each_once(found: Sequence[Meant]) -> Sequence[Meant]:
    kept: dict[frozenset[str], Meant] = {}
    for one in found:
        kept.setdefault(one.forms, one)
    return list(kept.values())
