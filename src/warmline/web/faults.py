"""What is wrong with a field, in words that stay: codes and facts that a screen can translate."""

from collections.abc import Mapping
from typing import Any

Facts = Mapping[str, str | float]
NOTHING: Facts = {}
DETAIL_CHARS = 200

_PLAIN: Mapping[str, str] = {
    "missing": "missing",
    "extra_forbidden": "unknown_field",
    "string_pattern_mismatch": "wrong_form",
    "string_unicode": "wrong_form",
    "int_from_float": "wrong_type",
}
_BOUNDS: Mapping[str, tuple[str, str, str]] = {
    "string_too_long": ("too_long", "max", "max_length"),
    "string_too_short": ("too_short", "min", "min_length"),
    "bytes_too_long": ("too_long", "max", "max_length"),
    "too_long": ("too_many", "max", "max_length"),
    "too_short": ("too_few", "min", "min_length"),
    "greater_than_equal": ("too_small", "min", "ge"),
    "greater_than": ("too_small", "min", "gt"),
    "less_than_equal": ("too_large", "max", "le"),
    "less_than": ("too_large", "max", "lt"),
}
"""By the word of pydantic: our code, the fact, and where pydantic has it."""
_EXPECTED: Mapping[str, str] = {
    "string": "text",
    "int": "number",
    "float": "number",
    "finite": "number",
    "decimal": "number",
    "bool": "yes_no",
    "list": "list",
    "tuple": "list",
    "set": "list",
    "frozen": "list",
    "dict": "table",
    "mapping": "table",
    "model": "table",
    "bytes": "file",
}
"""By the first part of pydantic's word for a wrong kind of value: what is expected instead."""


def coded(kind: str, context: Mapping[str, Any], message: str) -> tuple[str, str, Facts]:
    """The code of a fault that the shape of the request showed, its detail, and its facts.

    >>> coded("string_too_long", {"max_length": 5}, "String should have at most 5 characters")
    ('too_long', 'String should have at most 5 characters', {'max': 5})
    >>> coded("int_type", {}, "Input should be a valid integer")[0::2]
    ('wrong_type', {'expected': 'number'})
    """
    detail = message[:DETAIL_CHARS]
    if kind in _PLAIN:
        return _PLAIN[kind], detail, NOTHING
    if kind in _BOUNDS:
        code, name, place = _BOUNDS[kind]
        return code, detail, {name: context[place]}
    if kind in {"enum", "literal_error"}:
        return "not_one_of", detail, {"allowed": _listed(context.get("expected", ""))}
    first, _, rest = kind.partition("_")
    if first in _EXPECTED and ("type" in rest or "parsing" in rest or "number" in rest):
        return "wrong_type", detail, {"expected": _EXPECTED[first]}
    return "invalid", detail, NOTHING


def _listed(expected: str) -> str:
    """The words `'a', 'b' or 'c'` as `a, b, c`.

    >>> _listed("'chat', 'email' or 'voice'")
    'chat, email, voice'
    """
    return ", ".join(expected.replace(" or ", ", ").replace("'", "").split(", "))[:DETAIL_CHARS]
