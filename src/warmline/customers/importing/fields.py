"""What a row of a file may say, how files call it in three languages, and which column is what."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from warmline.core.words import Malformed
from warmline.customers.identity import fold
from warmline.customers.importing.model import CELL_LIMIT_CHARS, Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One thing that a row may say."""

    name: str
    required: bool = False
    names: tuple[str, ...] = ()
    """How files call it, folded, in English, Russian and Polish."""


ROW_NUMBER = "="
"""As the column of an order's number: made from the row itself, for files that have none."""

CUSTOMER_FIELDS = (
    Field(
        name="id",
        required=True,
        names=(
            "customer id", "customer number", "customer no", "customer", "client id", "client",
            "external id", "id", "number", "user id", "account", "account id", "login id",
            "id клиента", "номер клиента", "код клиента", "клиент", "номер", "код", "ид",
            "id klienta", "numer klienta", "nr klienta", "klient", "numer", "kod klienta", "kod",
        ),
    ),
    Field(
        name="name",
        names=(
            "name", "full name", "customer name", "client name", "имя", "фио", "имя клиента",
            "наименование", "nazwa", "imie i nazwisko", "nazwa klienta", "imie nazwisko",
        ),
    ),
    Field(name="first_name", names=("first name", "given name", "firstname", "имя", "imie")),
    Field(
        name="last_name",
        names=("last name", "surname", "family name", "lastname", "фамилия", "nazwisko"),
    ),
    Field(
        name="email",
        names=(
            "email", "mail", "email address", "почта",
            "электронная почта", "эл почта", "имейл", "adres email", "poczta",
        ),
    ),
    Field(
        name="phone",
        names=(
            "phone", "phone number", "telephone", "mobile", "tel", "cell", "телефон",
            "номер телефона", "моб телефон", "мобильный", "telefon", "numer telefonu",
            "nr telefonu", "komorka",
        ),
    ),
    Field(
        name="language",
        names=("language", "lang", "locale", "язык", "jezyk"),
    ),
)  # fmt: skip

ORDER_FIELDS = (
    Field(
        name="id",
        required=True,
        names=(
            "order id", "order number", "order no", "order", "invoice", "invoice number", "number",
            "transaction id", "transaction", "id", "номер заказа", "заказ", "id заказа", "номер",
            "номер документа", "numer zamowienia", "nr zamowienia", "zamowienie", "id zamowienia",
            "numer",
        ),
    ),
    Field(
        name="customer",
        required=True,
        names=(
            "customer id", "customer number", "customer no", "customer", "client id", "client",
            "user id", "account", "buyer", "id клиента", "номер клиента", "клиент", "код клиента",
            "покупатель", "id klienta", "numer klienta", "nr klienta", "klient", "kupujacy",
        ),
    ),
    Field(
        name="at",
        required=True,
        names=(
            "date", "order date", "ordered at", "ordered", "created at", "created", "placed at",
            "time", "at", "purchase date", "дата", "дата заказа", "создан", "дата создания", "data",
            "data zamowienia", "utworzono", "data utworzenia",
        ),
    ),
    Field(
        name="total",
        required=True,
        names=(
            "total", "amount", "sum", "price", "value", "order total", "grand total", "dollars",
            "revenue", "total price", "сумма", "итого", "стоимость", "сумма заказа", "цена",
            "kwota", "suma", "wartosc", "razem", "cena", "wartosc zamowienia",
        ),
    ),
    Field(name="currency", names=("currency", "currency code", "валюта", "waluta")),
    Field(
        name="units",
        names=(
            "units", "quantity", "qty", "items", "pieces", "cds", "количество", "кол во", "штук",
            "ilosc", "sztuk", "liczba sztuk",
        ),
    ),
    Field(
        name="status",
        names=("status", "order status", "state", "статус", "статус заказа", "состояние", "stan"),
    ),
    Field(
        name="status_at",
        names=("status date", "status at", "updated at", "дата статуса", "data statusu"),
    ),
    Field(
        name="promised_at",
        names=(
            "promised at", "promised", "delivery date", "due", "deliver by", "due date",
            "дата доставки", "обещано", "доставить до", "срок", "data dostawy", "termin",
            "termin dostawy",
        ),
    ),
    Field(
        name="text",
        names=(
            "text", "description", "product", "products", "title", "item", "contents", "описание",
            "товар", "товары", "содержание", "opis", "produkt", "produkty", "tresc",
        ),
    ),
)  # fmt: skip

FIELDS: Mapping[Kind, tuple[Field, ...]] = {
    Kind.CUSTOMERS: CUSTOMER_FIELDS,
    Kind.ORDERS: ORDER_FIELDS,
}

Columns = Mapping[str, str]
"""Which column says what: the field's name to the column's."""


def check_columns(kind: Kind, columns: Columns) -> None:
    """`Malformed` unless every field is one of the kind's and those that must be are mapped."""
    known = {one.name for one in FIELDS[kind]}
    for name, column in columns.items():
        if name not in known:
            raise Malformed("mapping", f"there is no field {name[:32]}", "no_such", item=name[:32])
        if len(column) > CELL_LIMIT_CHARS:
            raise Malformed("mapping", "is too long", "too_long", max=CELL_LIMIT_CHARS)
    for one in FIELDS[kind]:
        if one.required and not columns.get(one.name):
            raise Malformed(f"mapping.{one.name}", f"say which column is {one.name}", "missing")


def proposed(kind: Kind, columns: Sequence[str]) -> dict[str, str]:
    """Which column seems to be which field, by its name; each column once.

    >>> proposed(Kind.ORDERS, ["Nr zamówienia", "Klient", "Data", "Kwota"])
    {'id': 'Nr zamówienia', 'customer': 'Klient', 'at': 'Data', 'total': 'Kwota'}
    """
    plain = {column: _plain(column) for column in columns}
    ranked = sorted(
        (one.names.index(name), place, one.name, column)
        for place, one in enumerate(FIELDS[kind])
        for column, name in plain.items()
        if name in one.names
    )
    found: dict[str, str] = {}
    for _, _, name, column in ranked:
        if name not in found and column not in found.values():
            found[name] = column
    if kind is Kind.ORDERS and "id" not in found and found:
        found["id"] = ROW_NUMBER
    return {one.name: found[one.name] for one in FIELDS[kind] if one.name in found}


def _plain(column: str) -> str:
    """A column's name as it is compared: `Order_ID` and `orderId` are `order id`."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", column)
    plain = " ".join(fold(re.sub(r"[\W_]+", " ", spaced)).split())
    return plain.replace("e mail", "email")
