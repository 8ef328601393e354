"""What a conversation is about: the nearest topic of the site's taxonomy, or none of them."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from warmline.experience.mood.estimates import OTHER, About, Found
from warmline.experience.mood.sentiment import Embed
from warmline.experience.mood.softmax import Softmax, Vectors, fit

NEAR = 0.35
"""A text less like every example than this is `other`; chosen on training data."""
ALIKE = 0.55
"""Conversations whose vectors are this alike belong to one suggested topic."""
LINES_LIMIT = 8
_NUMBER = re.compile(r"\d{4,}")
SUGGESTED_LEAST = 4
SUGGESTED_MOST = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Taxonomy:
    """A site's topics, ready to tell texts apart."""

    names: tuple[str, ...]
    known: Vectors
    of: tuple[int, ...]
    model: Softmax | None

    def tell(self, embed: Embed, texts: Sequence[str]) -> list[Found]:
        """The topic of each text; `other` with what is missing to the nearest.

        Each line speaks for itself, the louder the nearer it is to an example: thanks and
        asides say nothing.
        """
        pieces = [_lines(text) for text in texts]
        flat = [line for one in pieces for line in one]
        if self.model is None or not flat:
            return [Found(topic=OTHER, share=1.0) for _ in texts]
        vectors = embed(flat)
        shares = self.model.shares(vectors)
        near = (vectors @ self.known.T).max(axis=1)
        found: list[Found] = []
        at = 0
        for one in pieces:
            mine = slice(at, at + len(one))
            at += len(one)
            found.append(self._found(shares[mine], near[mine]))
        return found

    def _found(self, shares: Vectors, near: Any) -> Found:
        loud = np.maximum(near - NEAR, 0)
        if not loud.sum():
            return Found(topic=OTHER, share=round(1 - max(0.0, *near, 0.0), 3))
        row = (shares * loud[:, None]).sum(axis=0) / loud.sum()
        best = int(row.argmax())
        return Found(topic=self.names[best], share=round(float(row[best]), 3))


def _plain(text: str) -> str:
    """Without long numbers: that of an order says nothing about the topic."""
    return " ".join(_NUMBER.sub(" ", text).split())


def _lines(text: str) -> list[str]:
    """Lines of more than one word, the first few."""
    lines = [_plain(line) for line in text.splitlines()]
    said = [line for line in lines if len(line.split()) > 1]
    return (said or [line for line in lines if line])[:LINES_LIMIT]


def taxonomy(embed: Embed, examples: Sequence[About]) -> Taxonomy:
    """Learn topics from their examples; with fewer than two topics everything is `other`."""
    names = tuple(sorted({one.topic for one in examples}))
    of = tuple(names.index(one.topic) for one in examples)
    if len(names) < 2:  # noqa: PLR2004 - there is nothing to tell apart
        return Taxonomy(names=names, known=np.zeros((0, 0)), of=of, model=None)
    known = embed([_plain(one.text) for one in examples])
    rare = {place: 1 / of.count(place) for place in set(of)}
    model = fit(known, of, kinds=len(names), counts=[rare[place] for place in of])
    return Taxonomy(names=names, known=known, of=of, model=model)


def grouped(vectors: Vectors) -> list[list[int]]:
    """Groups of texts that are alike, the largest first, in each the most typical text first.

    Greedy: who has most neighbours begins a group with all of them that are still free.
    """
    if not len(vectors):
        return []
    alike = vectors @ vectors.T
    free = set(range(len(vectors)))
    groups: list[list[int]] = []
    while free and len(groups) < SUGGESTED_MOST:
        around: dict[int, list[int]] = defaultdict(list)
        for one in free:
            around[one] = sorted(
                (other for other in free if alike[one, other] >= ALIKE),
                key=lambda other: (-alike[one, other], other),
            )
        middle = max(sorted(free), key=lambda one: len(around[one]))
        if len(around[middle]) < SUGGESTED_LEAST:
            break
        groups.append(around[middle])
        free -= set(around[middle])
    return groups
