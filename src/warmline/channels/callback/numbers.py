"""Numbers to call: in the one international form, and none that costs whoever calls it."""

import re

from warmline.core.words import Malformed
from warmline.customers.identity import normalise
from warmline.customers.model import IdentifierKind

NUMBER_LIMIT_CHARS = 40
_REGION = re.compile(r"[A-Za-z]{2}")


def region_of(text: str | None) -> str | None:
    """The country that a number without its code is from, as two letters."""
    if not text:
        return None
    if not _REGION.fullmatch(text):
        raise Malformed("region", "must be the two letters of a country", "no_region")
    return text.upper()


def number_to_call(text: str, *, region: str | None) -> str:
    """The number in E.164; refuses what is none, and what is charged at a premium.

    >>> number_to_call("501 234 567", region="PL")
    '+48501234567'
    """
    import phonenumbers  # noqa: PLC0415 - large, and a center starts without waiting for it

    try:
        number = normalise(IdentifierKind.PHONE, text, region=region)
    except Malformed:
        raise Malformed("number", "is not a phone number", "no_phone") from None
    parsed = phonenumbers.parse(number)
    if not phonenumbers.is_valid_number(parsed):
        raise Malformed("number", "is not a phone number", "no_phone")
    dear = phonenumbers.PhoneNumberType.PREMIUM_RATE, phonenumbers.PhoneNumberType.SHARED_COST
    if phonenumbers.number_type(parsed) in dear:
        raise Malformed("number", "is charged at a premium and is not called", "premium_phone")
    return number


def is_number(text: str, number: str) -> bool:
    """Whether a number as somebody else wrote it, with its country, is this one.

    >>> is_number("+48 501 234 567", "+48501234567"), is_number("unknown", "+48501234567")
    (True, False)
    """
    try:
        return normalise(IdentifierKind.PHONE, text) == number
    except Malformed:
        return False
