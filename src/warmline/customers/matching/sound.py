"""How a name sounds: one spelling for what Cyrillic, Polish and every transliteration write apart.

Cyrillic letters become Latin ones, and the letter groups by which ICAO Doc 9303, GOST 7.79, older
passports, people at a keyboard and Polish write the same sound become one letter: щ, shch, szcz and
sch are `s`; ж, zh, rz and ż are `z`; ч, ch, cz, х, kh and h are `h`; ц, ts and c are `c`. What is
lost in telling names apart (`Marsz` is `Mars`) is little beside what is found.
"""

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache

_CYRILLIC: Mapping[str, str] = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "e", "ж": "z", "з": "z",
    "и": "i", "й": "i", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r",
    "с": "s", "т": "t", "у": "u", "ф": "f", "х": "h", "ц": "c", "ч": "h", "ш": "s", "щ": "s",
    "ъ": "", "ы": "i", "ь": "", "э": "e", "ю": "iu", "я": "ia", "і": "i", "ї": "i", "є": "e",
    "ґ": "g", "ў": "u",
}  # fmt: skip
_LETTERS = str.maketrans({**_CYRILLIC, "ł": "l", "ó": "u", "ß": "ss", "đ": "d", "ø": "o", "æ": "e"})
_GROUPS: Mapping[str, str] = {
    "shch": "s", "szcz": "s", "sch": "s", "tsch": "h", "tch": "h", "sh": "s", "sz": "s",
    "zh": "z", "rz": "z", "cz": "h", "ch": "h", "kh": "h", "ts": "c", "tz": "c", "ck": "k",
    "ph": "f", "th": "t", "w": "v", "x": "ks", "q": "k", "j": "i", "y": "i",
}  # fmt: skip
_GROUP = re.compile("|".join(sorted(_GROUPS, key=len, reverse=True)))
_GLIDE = re.compile(r"(?<!^)i+(?=[aeou])|^i+(?=e)")
_TWICE = re.compile(r"(.)\1+")
_VOWELS = re.compile(r"(?<!^)[aeiou]")
_WORD = re.compile(r"[^\W\d_]+(?:['’`][^\W\d_]+)*")


@lru_cache(maxsize=200_000)
def sound(word: str) -> str:
    """One word as it sounds, in the letters a to z.

    >>> {sound(one) for one in ("Щербакова", "Shcherbakova", "Szczerbakowa", "Scherbakova")}
    {'serbakova'}
    >>> sound("Ковальская") == sound("Kowalska")
    True
    """
    latin = word.casefold().translate(_LETTERS)
    bare = "".join(one for one in unicodedata.normalize("NFD", latin) if "a" <= one <= "z")
    grouped = _GROUP.sub(lambda found: _GROUPS[found[0]], bare)
    return _TWICE.sub(r"\1", _GLIDE.sub("", grouped))


def skeleton(heard: str) -> str:
    """What stays of a sound when only the first letter and the consonants count.

    >>> skeleton(sound("Nowakowska"))
    'nvkvsk'
    """
    return _TWICE.sub(r"\1", _VOWELS.sub("", heard))


def words(name: str) -> list[str]:
    """The words of a name; signs, digits and double names' hyphens part them."""
    return _WORD.findall(unicodedata.normalize("NFC", name))
