"""Identifiers in their one form, names as they are searched, and records of one person."""

import re
import unicodedata

from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.core.words import (
    CustomerId,
    Malformed,
    SiteId,
)
from warmline.customers.model import NAME_LIMIT_CHARS, IdentifierKind
from warmline.customers.tables import customer
from warmline.storage.rows import row, rows

EMAIL_LIMIT_CHARS = 254
OTHER_LIMIT_CHARS = 200
_EMAIL = re.compile(r"[^\s@<>\",;:()\[\]\\]+@[^\s@<>\",;:()\[\]\\]+")
_MESSENGER = re.compile(r"[a-z][a-z0-9_-]{1,30}:[!-~]{1,160}")
_FOLDED = str.maketrans({"ł": "l", "Ł": "l", "ё": "е", "Ё": "е"})


def normalise(kind: IdentifierKind, text: str, *, region: str | None = None) -> str:
    """The one form in which an identifier is kept; `region` is where bare phone numbers are from.

    >>> normalise(IdentifierKind.EMAIL, " Anna@Shop.Example ")
    'anna@shop.example'
    >>> normalise(IdentifierKind.PHONE, "501 234 567", region="PL")
    '+48501234567'
    >>> normalise(IdentifierKind.MESSENGER, "Telegram:12345")
    'telegram:12345'
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    match kind:
        case IdentifierKind.EMAIL:
            if len(plain) > EMAIL_LIMIT_CHARS or not _EMAIL.fullmatch(plain):
                raise Malformed("email", "is not an address", "no_email")
            return plain.casefold()
        case IdentifierKind.PHONE:
            return _phone(plain, region)
        case IdentifierKind.MESSENGER:
            provider, colon, own = plain.partition(":")
            if not _MESSENGER.fullmatch(messenger := provider.casefold() + colon + own):
                raise Malformed("messenger", "must be provider:id", "wrong_form")
            return messenger
        case _:
            if not plain or len(plain) > OTHER_LIMIT_CHARS or not plain.isprintable():
                raise Malformed(
                    kind.value,
                    f"must be 1 to {OTHER_LIMIT_CHARS} characters",
                    "wrong_length",
                    min=1,
                    max=OTHER_LIMIT_CHARS,
                )
            return plain.casefold() if kind is IdentifierKind.LOGIN else plain


def _phone(text: str, region: str | None) -> str:
    import phonenumbers  # noqa: PLC0415 - large, and a center starts without waiting for it

    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        raise Malformed("phone", "is not a phone number", "no_phone") from None
    if not phonenumbers.is_possible_number(number):
        raise Malformed("phone", "is not a phone number", "no_phone")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def fold(name: str) -> str:
    """A name as it is searched: `Łukasz Żółć` is `lukasz zolc`, `Алёна` is `алена`."""
    lowered = name.translate(_FOLDED).casefold()
    kept = (
        letter if "а" <= letter <= "я" else unicodedata.normalize("NFD", letter)[0]
        for letter in unicodedata.normalize("NFC", lowered)
    )
    return " ".join("".join(kept).split())[:NAME_LIMIT_CHARS]


# Nearly every route about a person asks this first, so both are built once.
_ROOT = select(customer.c.merged_into).where(
    customer.c.site == bindparam("of_site"), customer.c.id == bindparam("who")
)
_OTHERS = select(customer.c.id).where(
    customer.c.site == bindparam("of_site"), customer.c.merged_into == bindparam("who")
)

_COUNTS = select(func.coalesce(customer.c.merged_into, customer.c.id)).where(
    customer.c.site == bindparam("of_site"), customer.c.id == bindparam("who")
)
PERSON = select(customer.c.id).where(
    customer.c.site == bindparam("of_site"),
    or_(
        customer.c.id == _COUNTS.scalar_subquery(),
        customer.c.merged_into == _COUNTS.scalar_subquery(),
    ),
)
"""All ids of one person (`of_site`, `who`), inside the statement that asks for them."""


async def same(
    connection: AsyncConnection, site: SiteId, who: CustomerId
) -> tuple[CustomerId, ...]:
    """All ids of one person, the one that counts first; empty when there is nobody of that id."""
    found = await row(connection, _ROOT, {"of_site": site, "who": who})
    if found is None:
        return ()
    root = CustomerId(found["merged_into"] or who)
    others = await rows(connection, _OTHERS, {"of_site": site, "who": root})
    # Sorted here: asked to sort, SQLite walks all of the site in that order instead.
    return (root, *sorted(CustomerId(one["id"]) for one in others))
