"""What a route's parameters may be is worked out once, however many centers a test process makes."""

from typing import Any

from fastapi._compat import v2
from pydantic import TypeAdapter

_known: dict[tuple[Any, str], tuple[Any, TypeAdapter[Any]]] = {}


def keep_adapters() -> None:
    """Let every application of this process share what it validates its parameters with.

    Half of the making of an application is to make these anew, equal to those of the one before.
    """
    v2.TypeAdapter = _adapter  # type: ignore[misc]


def _adapter(kind: Any, *, config: Any = None) -> TypeAdapter[Any]:
    """The adapter of an annotated type: the same for the same type with the same words on it."""
    if config is not None:
        return TypeAdapter(kind, config=config)
    key = (kind.__origin__, repr(kind.__metadata__))
    if key not in _known:
        # Kept with it, because a function or object in those words is named by its address.
        _known[key] = (kind, TypeAdapter(kind))
    return _known[key][1]
