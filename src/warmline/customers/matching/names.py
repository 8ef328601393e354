"""Two names beside each other: which words mean the same, and how sure that is."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from rapidfuzz.distance import OSA

from warmline.customers.matching.short_names import bases, forms
from warmline.customers.matching.sound import sound, words

WORDS_LIMIT = 4
LONG_WORD = 8
"""From so many letters on, two slips of the fingers are as likely as one in a short word."""
SHORT_WORD = 4
_PATRONYMIC = ("ович", "евич", "ьич", "овна", "евна", "ична", "инична", "vich", "vna", "chna")
_PATRONYMIC_WORDS = 3


class Likeness(StrEnum):
    """How alike two words of names are, the most alike first."""

    SAME = "same"
    """The same sound, in whatever letters."""
    SHORT = "short"
    """One is a short form of the other, or both of one name."""
    CLOSE = "close"
    """A typo apart."""
    ENDING = "ending"
    """One is the woman's form of a surname, the other the man's."""
    INITIAL = "initial"
    DIFFERENT = "different"


_LEVELS = tuple(Likeness)
_RANK = {level: rank for rank, level in enumerate(_LEVELS)}


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a name: as written (folded), as it sounds, and the first names it may mean."""

    written: str
    heard: str
    means: frozenset[str]

    @property
    def letter(self) -> bool:
        """Whether it is an initial."""
        return len(self.written) == 1


@dataclass(frozen=True, slots=True)
class Pairing:
    """What two names have in common: given name and surname, None for a part that one lacks."""

    given: Likeness | None
    surname: Likeness | None
    given_words: tuple[str, str] | None = None
    """By sound."""
    surname_words: tuple[str, str] | None = None
    slips: int = 0
    """How many letters lie between the surnames, or the given names when the surnames agree."""
    swapped: bool = False
    """The words stand in another order."""


def parsed(name: str) -> tuple[Word, ...]:
    """The words of a name that tell people apart: at most four, without the father's name."""
    found = words(name)
    if len(found) >= _PATRONYMIC_WORDS:
        kept = [one for one in found if not one.casefold().endswith(_PATRONYMIC)]
        found = kept if len(kept) > 1 else found
    made = [(one, sound(one)) for one in found[:WORDS_LIMIT]]
    return tuple(Word(one.casefold(), heard, bases(heard)) for one, heard in made if heard)


def slips(one: Word, other: Word) -> int:
    """Letters to change, drop, add or swap between two words, 3 for more than two."""
    heard = OSA.distance(one.heard, other.heard, score_cutoff=2)
    if heard <= 1:
        return heard
    return min(heard, OSA.distance(one.written, other.written, score_cutoff=2), 3)


@lru_cache(maxsize=100_000)
def likeness(one: Word, other: Word) -> Likeness:
    """How alike two words are; two known first names are never a typo of each other."""
    if one.heard == other.heard:
        return Likeness.SAME
    if one.means & other.means:
        return Likeness.SHORT
    if one.letter or other.letter:
        letter, word = (one, other) if one.letter else (other, one)
        begins = {word.heard[0]} | {base[0] for base in word.means}
        return Likeness.INITIAL if letter.heard[0] in begins else Likeness.DIFFERENT
    if one.means and other.means:
        return Likeness.DIFFERENT
    shorter = min(len(one.heard), len(other.heard))
    allowed = 0 if shorter < SHORT_WORD - 1 else 1 if shorter < LONG_WORD else 2
    if slips(one, other) <= allowed or _misspelt(one, other) or _misspelt(other, one):
        return Likeness.CLOSE
    return Likeness.DIFFERENT


def _misspelt(one: Word, known: Word) -> bool:
    """Whether a word that is no first name is one letter off a short form of one."""
    if one.means or not known.means or len(one.heard) < SHORT_WORD:
        return False
    return any(OSA.distance(one.heard, form, score_cutoff=1) <= 1 for form in forms(known.means))


def pair(one: Sequence[Word], other: Sequence[Word]) -> Pairing:
    """The best way to lay two names beside each other, whatever the order of their words."""
    if not one or not other:
        return Pairing(given=None, surname=None)
    links = sorted(
        (
            (_RANK[likeness(a, b)], abs(i - j), i, j)
            for i, a in enumerate(one)
            for j, b in enumerate(other)
        ),
    )
    left, right = set(range(len(one))), set(range(len(other)))
    taken: list[tuple[int, int, int]] = []
    for rank, _, i, j in links:
        if i in left and j in right:
            left.discard(i)
            right.discard(j)
            taken.append((i, j, rank))
    given = _given(one, other, taken)
    rest = [link for link in taken if link is not given]
    surname = min(rest, key=lambda link: link[2], default=None)
    return _told(one, other, given, surname)


def _given(
    one: Sequence[Word], other: Sequence[Word], taken: Sequence[tuple[int, int, int]]
) -> tuple[int, int, int] | None:
    """Which pair of words is the given name: the one known as such, else the first."""

    def known(link: tuple[int, int, int]) -> tuple[int, int]:
        i, j, _ = link
        marks = bool(one[i].means) + bool(other[j].means)
        # A single letter is the initial of a given name.
        letter = one[i].letter or other[j].letter
        return (marks + letter, -(i + j))

    best = max(taken, key=known)
    if len(taken) == 1 and known(best)[0] == 0:
        return None  # one word in common, and no first name: a surname
    return best


def _told(
    one: Sequence[Word],
    other: Sequence[Word],
    given: tuple[int, int, int] | None,
    surname: tuple[int, int, int] | None,
) -> Pairing:
    apart = 0
    for link in (surname, given):
        if link is not None and _LEVELS[link[2]] is Likeness.CLOSE:
            apart = slips(one[link[0]], other[link[1]])
            break
    return Pairing(
        given=None if given is None else _LEVELS[given[2]],
        surname=None if surname is None else _surname(one[surname[0]], other[surname[1]]),
        given_words=None if given is None else (one[given[0]].heard, other[given[1]].heard),
        surname_words=None if surname is None else (one[surname[0]].heard, other[surname[1]].heard),
        slips=apart,
        swapped=given is not None
        and surname is not None
        and (given[0] < surname[0]) != (given[1] < surname[1]),
    )


def _surname(one: Word, other: Word) -> Likeness:
    level = likeness(one, other)
    if level is Likeness.CLOSE and _stem(one.heard) == _stem(other.heard):
        return Likeness.ENDING
    return Likeness.CLOSE if level is Likeness.SHORT else level


def _stem(heard: str) -> str:
    """A surname that Ковальский and Ковальская, Petrov and Petrova share."""
    return heard[:-1] if heard[-1] in "aie" else heard
