"""From cells to what they mean: an order, or a customer, or what is wrong with the row."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from warmline.core.words import Malformed, fact
from warmline.customers.identity import normalise
from warmline.customers.importing import values
from warmline.customers.importing.fields import ROW_NUMBER, Columns
from warmline.customers.importing.model import Kind, Reading
from warmline.customers.importing.records import Cells
from warmline.customers.model import NAME_LIMIT_CHARS, IdentifierKind
from warmline.customers.orders.model import TEXT_LIMIT_CHARS, Order
from warmline.storage.schema import ID_CHARS

DIGEST_BYTES = 12
_BESIDE_NUMBER = ("customer", "at", "total", "currency", "units", "text")


@fact
class Person:
    """A customer as the shop tells it; what is None is not said, and stays as it was."""

    id: str
    name: str | None = None
    email: str | None = None
    phone: str | None = None
    language: str | None = None


Item: TypeAlias = Order | Person


class Reader(Protocol):
    """Makes something of a row; `Malformed` says why not."""

    def __call__(self, cells: Cells) -> Item: ...


def reader_of(kind: Kind, reading: Reading, mapping: Columns, columns: Sequence[str]) -> Reader:
    """What reads the rows of a file; `Malformed` when it has not the columns of the mapping."""
    places: dict[str, int] = {}
    for name, column in mapping.items():
        if column == ROW_NUMBER and name == "id" and kind is Kind.ORDERS:
            continue
        if column not in columns:
            raise Malformed(
                f"mapping.{name}",
                f"the file has no column {column[:60]}",
                "no_column",
                item=column[:60],
            )
        places[name] = columns.index(column)
    if kind is Kind.ORDERS:
        return OrderRows(reading, places)
    return PersonRows(reading, places)


@dataclass(slots=True)
class _Cells:
    """Where the cells of the fields are."""

    places: dict[str, int]

    def of(self, name: str, cells: Cells) -> str:
        """The cell of a field, empty when it has none or holds nothing."""
        place = self.places.get(name)
        if place is None:
            return ""
        cell = cells[place]
        values.check_cell(cell)
        return cell if cell.strip() else ""


class OrderRows:
    """Reads orders."""

    def __init__(self, reading: Reading, places: dict[str, int]) -> None:
        self._cells = _Cells(places)
        self._moments = values.Moments(reading)
        self._decimal = reading.decimal
        self._currency = reading.currency
        self._numbered = "id" in places
        self._told = [places[name] for name in _BESIDE_NUMBER if name in places]
        self._seen: Counter[bytes] = Counter()

    def __call__(self, cells: Cells) -> Order:
        """The order of a row."""
        of = self._cells.of
        # First, as rows that are alike are told apart by how many came before, right or wrong.
        made = None if self._numbered else self._number(cells)
        currency = of("currency", cells).strip().upper() or self._currency
        at = self._moments.read("at", of("at", cells))
        units, status = of("units", cells), of("status", cells)
        status_at, promised = of("status_at", cells), of("promised_at", cells)
        text = " ".join(of("text", cells).split())
        return Order(
            id=made or values.words("id", of("id", cells), longest=ID_CHARS),
            customer=_number("customer", of("customer", cells)),
            at=at,
            total_minor=values.amount(
                "total", of("total", cells), decimal=self._decimal, currency=currency
            ),
            currency=currency,
            units=values.count("units", units) if units else None,
            status=values.status("status", status) if status else None,
            status_at=self._moments.read("status_at", status_at) if status_at else None,
            promised_at=self._moments.read("promised_at", promised) if promised else None,
            text=values.words("text", text, longest=TEXT_LIMIT_CHARS) if text else None,
        )

    def _number(self, cells: Cells) -> str:
        """A number made from the row: the same row of the same file has the same one."""
        told = "\x1f".join([cells[place] for place in self._told])
        digest = hashlib.blake2b(
            told.encode("utf-8", "surrogateescape"), digest_size=DIGEST_BYTES
        ).digest()
        self._seen[digest] += 1
        again = self._seen[digest]
        return f"row-{digest.hex()}" if again == 1 else f"row-{digest.hex()}-{again}"


class PersonRows:
    """Reads customers."""

    def __init__(self, reading: Reading, places: dict[str, int]) -> None:
        self._cells = _Cells(places)
        self._region = reading.region

    def __call__(self, cells: Cells) -> Person:
        """The customer of a row."""
        of = self._cells.of
        parts = [of("name", cells)] if of("name", cells) else []
        parts = parts or [of("first_name", cells), of("last_name", cells)]
        name = " ".join(" ".join(parts).split())
        email, phone, language = of("email", cells), of("phone", cells), of("language", cells)
        return person_of(
            number=of("id", cells),
            name=name or None,
            email=email or None,
            phone=phone or None,
            language=language or None,
            region=self._region,
        )


def person_of(
    *,
    number: str,
    name: str | None,
    email: str | None,
    phone: str | None,
    language: str | None,
    region: str | None,
) -> Person:
    """A customer from texts; `Malformed` says which one is none."""
    return Person(
        id=_number("id", number),
        name=values.words("name", name, longest=NAME_LIMIT_CHARS) if name else None,
        email=normalise(IdentifierKind.EMAIL, email) if email else None,
        phone=normalise(IdentifierKind.PHONE, phone, region=region) if phone else None,
        language=values.language("language", language) if language else None,
    )


def _number(name: str, text: str) -> str:
    """The shop's number of a customer, in the form in which identifiers are kept."""
    plain = values.words(name, text, longest=ID_CHARS)
    return plain if plain.isascii() else normalise(IdentifierKind.EXTERNAL, plain)
