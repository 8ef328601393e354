"""A center's own fields on its customers: what they are, what may stand in them, what stands."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Select, select

from warmline.core import masking
from warmline.core.words import CustomerId, Malformed, SiteId
from warmline.customers.portrait.model import Room
from warmline.customers.portrait.tables import field, field_value
from warmline.storage.rows import Row, rows

FIELDS_LIMIT = 50
CHOICES_LIMIT = 50
TEXT_LIMIT_CHARS = 1_000
LABEL_LIMIT_CHARS = 80
NUMBER_LIMIT = Decimal(10) ** 15
NUMBER_DIGITS = 6
ID = r"^[a-z][a-z0-9_-]{0,39}$"
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
Label = Annotated[str, Field(min_length=1, max_length=LABEL_LIMIT_CHARS)]
Name = Annotated[str, Field(pattern=ID)]


class FieldKind(StrEnum):
    """What may stand in a field."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    YES_NO = "yes_no"
    CHOICE = "choice"


class Labels(BaseModel):
    """What something is called; a language that is left out says it in English."""

    model_config = ConfigDict(extra="forbid")

    en: Label
    ru: Label | None = None
    pl: Label | None = None


class ChoiceBody(BaseModel):
    """One thing to choose."""

    model_config = ConfigDict(extra="forbid")

    id: Name
    labels: Labels


class FieldBody(BaseModel):
    """A field: its kind cannot change once something stands in it."""

    model_config = ConfigDict(extra="forbid")

    kind: FieldKind
    labels: Labels
    choices: list[ChoiceBody] | None = Field(default=None, max_length=CHOICES_LIMIT)
    required: bool = False
    personal: bool = True
    place: int = Field(default=0, ge=0, le=1_000)


class ValuesBody(BaseModel):
    """Values by field; None empties one, what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    values: dict[Name, str | bool | int | float | None] = Field(max_length=FIELDS_LIMIT)


def definitions(site: SiteId) -> Select[Any]:
    """The fields of a site in their order."""
    return select(field).where(field.c.site == site).order_by(field.c.place, field.c.id)


def values_of(site: SiteId, ids: Sequence[CustomerId]) -> Select[Any]:
    """What stands in the fields of a person."""
    return select(field_value).where(field_value.c.site == site, field_value.c.customer.in_(ids))


def stored(definition: Row, given: str | float) -> str:  # bool and int are numbers here
    """A value as it is kept; `Malformed` for one that may not stand in the field."""
    name, kind = str(definition["id"]), FieldKind(definition["kind"])
    match kind, given:
        case FieldKind.YES_NO, bool():
            return "yes" if given else "no"
        case (FieldKind.NUMBER, int() | float() | str()) if not isinstance(given, bool):
            return _number(name, str(given))
        case FieldKind.TEXT, str():
            return _text(name, given)
        case FieldKind.DATE, str():
            return _date(name, given)
        case FieldKind.CHOICE, str():
            if given in _choices(definition):
                return given
            raise _not_among(name, definition)
        case FieldKind.CHOICE, _:
            raise _not_among(name, definition)
        case FieldKind.DATE, _:
            raise Malformed(name, "is not a day like 2026-11-22", "no_date")
        case _:
            raise Malformed(name, f"must be {kind.value}", "wrong_type", expected=kind.value)


def _choices(definition: Row) -> Sequence[str]:
    return [one["id"] for one in definition["choices"] or ()]


def _not_among(name: str, definition: Row) -> Malformed:
    allowed = ", ".join(_choices(definition))
    return Malformed(name, f"is none of: {allowed}", "not_one_of", allowed=allowed)


def _text(name: str, given: str) -> str:
    plain = given.strip()
    if not plain or len(plain) > TEXT_LIMIT_CHARS:
        raise Malformed(
            name,
            f"must be 1 to {TEXT_LIMIT_CHARS} characters",
            "wrong_length",
            min=1,
            max=TEXT_LIMIT_CHARS,
        )
    return plain


def _number(name: str, given: str) -> str:
    try:
        number = Decimal(given.replace(",", ".").strip())
    except InvalidOperation:
        raise Malformed(name, "is not a number", "wrong_type", expected="number") from None
    if not number.is_finite() or abs(number) > NUMBER_LIMIT:
        limit = int(NUMBER_LIMIT)
        raise Malformed(name, "is too large", "out_of_range", min=-limit, max=limit)
    plain = f"{round(number, NUMBER_DIGITS):f}"
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def _date(name: str, given: str) -> str:
    try:
        return date.fromisoformat(given if _DATE.fullmatch(given) else "").isoformat()
    except ValueError:
        raise Malformed(name, "is not a day like 2026-11-22", "no_date") from None


def told(definition: Row, value: str | None) -> str | bool | float | None:
    """A value as programs read it."""
    if value is None:
        return None
    match FieldKind(definition["kind"]):
        case FieldKind.YES_NO:
            return value == "yes"
        case FieldKind.NUMBER:
            return float(value)
        case _:
            return value


def shown(definition: Row) -> dict[str, object]:
    """A definition as a screen reads it."""
    fields = ("id", "kind", "labels", "choices", "required", "personal", "place")
    return {name: definition[name] for name in fields}


async def with_values(room: Room, ids: Sequence[CustomerId], *, masked: bool) -> list[object]:
    """All fields with what stands in them for a person; the personal ones masked where it must."""
    async with room.database.read() as connection:
        known = await rows(connection, definitions(room.site))
        found = await rows(connection, values_of(room.site, ids)) if known else ()
    # Of several records of one person the one that counts comes last, and so wins.
    order = {id_: place for place, id_ in enumerate(ids)}
    by_field = {
        one["field"]: one["value"] for one in sorted(found, key=lambda one: -order[one["customer"]])
    }
    return [{**shown(one), **_value(one, by_field.get(one["id"]), masked=masked)} for one in known]


def _value(definition: Row, value: str | None, *, masked: bool) -> Mapping[str, object]:
    hidden = masked and definition["personal"] and value is not None
    return {
        "value": masking.DOTS if hidden else told(definition, value),
        "masked": hidden,
        "missing": definition["required"] and value is None,
    }


def check_choices(body: FieldBody) -> None:
    """`Malformed` when the choices do not fit the kind."""
    names = [one.id for one in body.choices or ()]
    if body.kind is FieldKind.CHOICE and not names:
        raise Malformed("choices", "must have one at least", "too_few", min=1)
    if body.kind is not FieldKind.CHOICE and names:
        raise Malformed("choices", "belong to a field of the kind choice", "too_many", max=0)
    for name in names:
        if names.count(name) > 1:
            raise Malformed("choices", f"{name} is there twice", "twice", item=name)
