"""Request bodies made from the core's dataclasses: the same fields, each with a limit."""

import types
from collections.abc import Collection, Mapping
from dataclasses import MISSING, fields
from dataclasses import Field as DataField
from enum import Enum
from typing import Annotated, Any, NewType, Union, cast, get_args, get_origin, get_type_hints

from pydantic import BaseModel, ConfigDict, Field, create_model

from warmline.core.words import DAY

ITEM_LIMIT = 500
"""The most entries of any list or table in one setting."""
ID_PATTERN = r"^[A-Za-z0-9._:@+-]{1,64}$"
WORD_PATTERN = r"^[A-Za-z0-9._-]{1,64}$"
NAME_PATTERN = r"^[^\x00-\x1f\x7f]*[^\x00-\x20\x7f][^\x00-\x1f\x7f]*$"
NAME_LIMIT = 120
WORDS_PATTERN = r"^[^\x00-\x08\x0b-\x1f\x7f]*[^\x00-\x20\x7f][^\x00-\x08\x0b-\x1f\x7f]*$"
"""Some words, in lines."""
WORDS_LIMIT = 1_000
LONGEST_MS = 31 * DAY

# What a number may be, by the name of its field (the field's own word, or that of the table).
_RANGES: Mapping[str, tuple[int, int]] = {
    "level": (1, 5),
    "language_level": (0, 5),
    "skills": (1, 5),
    "share_pct": (0, 100),
    "quality_pct": (0, 100),
    "slots": (0, 50),
    "total": (0, 50),
    "value": (1, 10),
    "opens": (0, 1440),
    "closes": (0, 1440),
    "version": (1, 1_000_000_000),
    "head_starts": (0, LONGEST_MS),
    "seed": (0, 1_000_000_000),
    "reveals_per_hour": (0, 1_000),
    "weights": (1, 50),
    "traits": (0, 100),
    "overflow_waiting": (0, 100_000),
    "n": (0, 1_000_000_000),
    "step_pct": (1, 100),
    "most_pct": (100, 1_000),
    "least": (1, 100_000),
    "on_at": (0, 1_000_000),
    "off_at": (0, 1_000_000),
    "offer_after": (0, LONGEST_MS),
    "attempts": (1, 20),
}
_TEXTS: Mapping[str, Any] = {
    "name": Annotated[str, Field(max_length=NAME_LIMIT, pattern=NAME_PATTERN)],
    "zone": Annotated[str, Field(pattern=r"^[A-Za-z0-9_+/-]{1,64}$")],
    "origins": Annotated[str, Field(pattern=r"^https?://[^\s/?#\x00-\x1f]{1,253}$")],
    "exceptions": Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")],
    "by_reason": Annotated[str, Field(max_length=NAME_LIMIT, pattern=NAME_PATTERN)],
    "words": Annotated[str, Field(max_length=WORDS_LIMIT, pattern=WORDS_PATTERN)],
    "reason": Annotated[str, Field(max_length=WORDS_LIMIT, pattern=WORDS_PATTERN)],
    "reason_labels": Annotated[str, Field(max_length=NAME_LIMIT, pattern=NAME_PATTERN)],
}
_Id = Annotated[str, Field(pattern=ID_PATTERN)]
_Word = Annotated[str, Field(pattern=WORD_PATTERN)]
_Flag = Annotated[bool, Field(strict=True)]


class Shape(BaseModel):
    """A body derived from a dataclass; unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


_Less = frozenset[str]
_ALL: _Less = frozenset()
_SHAPES: dict[tuple[type[Any], _Less, _Less], type[Shape]] = {}
"""By dataclass, the fields it lacks, and those that may be left out: a shape is made once."""
_SPECS: dict[type[Shape], type[Any]] = {}


def shape_of(
    spec: type[Any], *, without: Collection[str] = (), optional: Collection[str] = ()
) -> type[Shape]:
    """The body for a dataclass, less some fields; `optional` ones may be left out (None)."""
    key = (spec, frozenset(without), frozenset(optional))
    if key in _SHAPES:
        return _SHAPES[key]
    hints = get_type_hints(spec)
    members: dict[str, Any] = {}
    for field in fields(spec):
        if field.name in without:
            continue
        kind = _type(hints[field.name], field.name)
        if field.name in optional:
            members[field.name] = (kind | None, None)
        else:
            members[field.name] = (kind, _default(field))
    shape = create_model(spec.__name__, __base__=Shape, __doc__=spec.__doc__, **members)
    _SPECS[shape] = spec
    _SHAPES[key] = shape
    return shape


def spec_of(shape: Shape, **given: object) -> Any:
    """The dataclass that a body describes; `given` fields come from elsewhere."""
    spec = _SPECS[type(shape)]
    named = {name: _value(getattr(shape, name)) for name in type(shape).model_fields}
    return spec(**{**named, **given})


def _value(value: Any) -> Any:
    if isinstance(value, Shape):
        return spec_of(value)
    if isinstance(value, dict):
        table = cast("dict[Any, Any]", value)
        return {key: _value(inner) for key, inner in table.items()}
    if isinstance(value, tuple):
        return tuple(_value(inner) for inner in cast("tuple[Any, ...]", value))
    return value


def _default(field: DataField[Any]) -> Any:
    if field.default is not MISSING:
        return _shaped(field.default)
    if field.default_factory is not MISSING:
        made = field.default_factory()
        return Field(default_factory=lambda: _shaped(made))
    return ...


def _shaped(value: Any) -> Any:
    """A default value of the core as the shape that stands for it."""
    kind = cast("type[Any]", type(value))
    whole = _SHAPES.get((kind, _ALL, _ALL))
    if whole is not None:
        return whole(**{f.name: _shaped(getattr(value, f.name)) for f in fields(kind)})
    if isinstance(value, tuple):
        return tuple(_shaped(inner) for inner in cast("tuple[Any, ...]", value))
    return value


def _type(hint: Any, name: str) -> Any:
    """The pydantic type for a type of the core, limited by the field's name."""
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return _type(next(one for one in inner if one is not type(None)), name) | None
    if origin is tuple:
        return Annotated[tuple[_type(inner[0], name), ...], Field(max_length=ITEM_LIMIT)]
    if origin is not None and issubclass(origin, Mapping):
        table = dict[_type(inner[0], name), _type(inner[1], name)]
        return Annotated[table, Field(max_length=ITEM_LIMIT)]
    if isinstance(hint, NewType):
        return _Id
    if isinstance(hint, type) and issubclass(hint, Enum):
        return hint
    return _plain(hint, name)


def _plain(hint: Any, name: str) -> Any:
    if hint is bool:
        return _Flag
    if hint is int:
        low, high = (0, LONGEST_MS) if name.endswith("_ms") else _RANGES[name]
        return Annotated[int, Field(ge=low, le=high, strict=True)]
    if hint is float:
        return Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
    if hint is str:
        return _TEXTS.get(name, _Word)
    return shape_of(hint)
