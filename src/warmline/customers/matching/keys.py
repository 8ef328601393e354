"""Blocking keys: only who shares one of them is compared, not everybody with everybody."""

import re
from collections.abc import Iterable

from warmline.customers.matching.model import Record
from warmline.customers.matching.names import Word
from warmline.customers.matching.sound import skeleton, sound, words

KEY_CHARS = 120
BLOCK_LIMIT = 40
"""A key that more people share tells nothing: it is passed over."""
KEYS_LIMIT = 40
"""A record has no more keys than this."""
_LOCAL_LEAST = 5
_NUMBER = re.compile(r"\d+[a-z]?", re.IGNORECASE)
_STREET = """
ул улица пр просп проспект пер переулок бульвар д дом кв квартира корп строение г город
ul ulica al aleja aleje os osiedle pl plac m mieszkanie lok nr
street st road rd avenue ave lane ln flat apt house close drive
"""
_STREET_WORDS = frozenset(sound(word) for word in _STREET.split())


def keys(record: Record) -> frozenset[str]:
    """The keys of a record, at most 40; of more the first in order, always the same ones."""
    found = {*_identifiers(record), *_names(record), *_places(record), *_dates(record)}
    return frozenset(sorted(key[:KEY_CHARS] for key in found)[:KEYS_LIMIT])


def street(address: str) -> str:
    """An address by which it is compared: how the street sounds, then its numbers.

    >>> street("ul. Kościuszki 12 m. 3") == street("Kosciuszki 12/3")
    True
    """
    heard = [sound(word) for word in words(address)]
    named = "".join(sorted(one for one in heard if one not in _STREET_WORDS and len(one) > 1))
    return f"{named}:{'/'.join(_NUMBER.findall(address))}"


def postcode(text: str) -> str:
    """A postcode without its signs.

    >>> postcode("00-950"), postcode("sw1a 1aa")
    ('00950', 'SW1A1AA')
    """
    return "".join(one for one in text.upper() if one.isalnum())


def _identifiers(record: Record) -> Iterable[str]:
    for one in record.known:
        yield f"{one.kind}:{one.value}"
        if one.kind == "email":
            local = one.value.partition("@")[0]
            if len(local) >= _LOCAL_LEAST:
                yield f"local:{local}"


def _names(record: Record) -> Iterable[str]:
    for name in record.names:
        for at, word in enumerate(name):
            for other in (*name[:at], *name[at + 1 :]):
                for initial in _initials(word):
                    yield f"name:{skeleton(other.heard)}:{initial}"


def _initials(word: Word) -> Iterable[str]:
    return {base[0] for base in word.means} or {word.heard[0]}


def _places(record: Record) -> Iterable[str]:
    for place in record.streets:
        named, _, numbers = place.partition(":")
        if named and numbers:
            yield f"home:{skeleton(named)}:{numbers}"
    for code in record.postcodes:
        for name in record.names:
            for word in name:
                yield f"code:{code}:{skeleton(word.heard)}"


def _dates(record: Record) -> Iterable[str]:
    for born in record.born:
        year, _, rest = born.partition("-")
        yield f"born:{year}:{'-'.join(sorted(rest.split('-')))}"
