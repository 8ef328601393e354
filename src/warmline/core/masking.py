"""What is left of a personal field for a reader to whom the person is not open: a hint, no more."""

import re
import unicodedata

DOTS = "···"
WORDS_SHOWN = 4
"""A longer name says by dots that it goes on."""
ENDING_DIGITS = 2
SHORTEST_WITH_ENDING = 7
"""A number with fewer digits after its country shows no ending: two would be too much of it."""
DOMAIN_END_CHARS = 12
_TWO_DIGITS = frozenset(
    {20, 27, 36, 39, 40, 41, 81, 82, 84, 86, 98}.union(
        range(30, 35), range(43, 50), range(51, 59), range(60, 67), range(90, 96)
    )
)
"""Calling codes of two digits; 1 and 7 have one, all others three (ITU-T E.164)."""
_MASKED_PHONE = re.compile(r"(?:\+\d{1,3} )?···(?: ··\d\d)?")
_NUMBER = re.compile(r"(?=.*\d)\+?[\d\s().·/-]{5,}")


def name(text: str) -> str:
    """The first letter of each of the first four words.

    >>> name("Nina Wolf"), name("Ола"), name("🙂")
    ('N··· W···', 'О···', '···')
    """
    words = unicodedata.normalize("NFC", text).split()
    shown = [_initial(word) + DOTS for word in words[:WORDS_SHOWN]]
    return " ".join(shown)


def email(text: str) -> str:
    """The first letters of box and host, and the end of the host; `other` when it has no @.

    >>> email("nina.wolf@mail.shop.example")
    'n···@m···.example'
    """
    box, at, host = unicodedata.normalize("NFC", text.strip()).rpartition("@")
    if not at:
        return other(text)
    front, dot, end = host.rpartition(".")
    shown_end = f".{end}" if dot and end.isalpha() and len(end) <= DOMAIN_END_CHARS else ""
    return f"{_initial(box)}{DOTS}@{_initial(front or host)}{DOTS}{shown_end}"


def phone(text: str) -> str:
    """The country and the last two digits.

    >>> phone("+48501234567"), phone("501 234 567"), phone("112")
    ('+48 ··· ··67', '··· ··67', '···')
    """
    plain = text.strip()
    if _MASKED_PHONE.fullmatch(plain):
        return plain
    digits = "".join(sign for sign in plain if sign in "0123456789")
    if not digits:
        return other(text)
    code = _country(digits) if plain.startswith("+") else ""
    own = digits[len(code) :]
    ending = f" ··{own[-ENDING_DIGITS:]}" if len(own) >= SHORTEST_WITH_ENDING else ""
    return (f"+{code} " if code else "") + DOTS + ending


def other(text: str) -> str:
    """Nothing but that there is something.

    >>> other("order 17 is a present"), other("  ")
    ('···', '')
    """
    return DOTS if text.strip() else ""


def address(text: str) -> str:
    """An address of a mail, with or without the name before it.

    >>> address("Nina Wolf <nina@shop.example>"), address("nina@shop.example")
    ('N··· W··· <n···@s···.example>', 'n···@s···.example')
    """
    plain = text.strip()
    front, angle, rest = plain.rpartition("<")
    if not (angle and rest.endswith(">") and "@" in rest):
        return email(plain)
    called = name(front.replace('"', " "))
    bare = f"<{email(rest[:-1])}>"
    return f"{called} {bare}" if called else bare


def called(text: str) -> str:
    """What somebody is called, by its form: an address, a number, else a name or a login.

    >>> called("nina@shop.example"), called("+48501234567"), called("Nina")
    ('n···@s···.example', '+48 ··· ··67', 'N···')
    """
    plain = text.strip()
    if "@" in plain:
        return address(plain)
    if _NUMBER.fullmatch(plain):
        return phone(plain)
    return name(plain)


def identifier(kind: str, value: str) -> str:
    """By what a person is known: an address and a number leave a hint, the rest none.

    >>> identifier("email", "nina@shop.example"), identifier("login", "nina")
    ('n···@s···.example', '···')
    """
    if kind == "email":
        return email(value)
    return phone(value) if kind == "phone" else other(value)


def _initial(word: str) -> str:
    """The first letter, with nothing that stands before it."""
    return word[0] if word and word[0].isalpha() else ""


def _country(digits: str) -> str:
    if digits[0] in "17":
        return digits[0]
    return digits[:2] if int(digits[:2]) in _TWO_DIGITS else digits[:3]
