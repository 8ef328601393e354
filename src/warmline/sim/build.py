"""Which build of the core a simulation runs on: the pure modules, or the same ones compiled.

The live center always runs the pure modules. `scripts/compile_core.py` makes the others from the
same source; a build that is older than its source is not used.
"""

import dataclasses
import hashlib
import importlib
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, Literal, TypeAlias, TypeVar, cast

PURE = "warmline"
NATIVE = "warmline_compiled"
PACKAGE = Path(__file__).resolve().parent.parent
IN_THE_LOOP = ("arrivals", "crowd", "kernel", "laws", "ledger", "players")
"""The simulator's own modules that run for every customer or event: compiled with the core."""
RARE = ("checks", "definitions", "policy_checks")
"""Modules of the core that a day hardly ever needs: compiling them would only take longer."""
AROUND = ("roster", "run", "stage")
"""Those that make what the loop runs on: the same source on top of the compiled modules."""

Wanted: TypeAlias = Literal["auto", "pure", "compiled"]
Fact = TypeVar("Fact")


class NotCompiled(Exception):
    """The compiled build was asked for and there is none that fits; says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """One build: its name, and why it is not the compiled one."""

    name: Literal["pure", "compiled"]
    reason: str | None = None

    def __str__(self) -> str:
        return f"{self.name} ({self.reason})" if self.reason else self.name

    def module(self, name: str) -> ModuleType:
        """The module of this build, named as in `core.center` or `sim.run`."""
        return importlib.import_module(f"{PURE if self.name == 'pure' else NATIVE}.{name}")

    def own(self, fact: Fact) -> Fact:
        """The same fact in the classes of this build, which are told apart by their module only."""
        return fact if self.name == "pure" else _moved(fact, PURE, NATIVE)

    def pure(self, fact: Fact) -> Fact:
        """The same fact in the pure classes: to be kept, sent to another process, or shown."""
        return fact if self.name == "pure" else _moved(fact, NATIVE, PURE)


def core(wanted: Wanted = "auto") -> Build:
    """The build to run: the compiled one where it fits its source, unless told.

    Raises `NotCompiled` when that one is asked for and cannot be had.
    """
    if wanted == "pure":
        return Build(name="pure")
    reason = _lacking()
    if reason is None:
        return Build(name="compiled")
    if wanted == "compiled":
        raise NotCompiled(f"There is no compiled core: {reason}. Run `make setup`.")
    return Build(name="pure", reason=reason)


@cache
def _lacking() -> str | None:
    try:
        made_of = importlib.import_module(NATIVE).MADE_OF
    except ImportError:
        return "the core is not compiled here"
    if made_of != fingerprint():
        return "the compiled core is of another source"
    try:
        importlib.import_module(f"{NATIVE}.sim.run")
    except ImportError as error:
        return f"the compiled core does not load: {error}"
    return None


def sources() -> Iterator[tuple[str, Path]]:
    """Every module that is compiled, and its file."""
    for file in sorted((PACKAGE / "core").glob("*.py")):
        if file.stem not in {"__init__", *RARE}:
            yield f"{PURE}.core.{file.stem}", file
    for name in IN_THE_LOOP:
        yield f"{PURE}.sim.{name}", PACKAGE / "sim" / f"{name}.py"


def surroundings() -> Iterator[tuple[str, Path]]:
    """Every module that goes with the compiled ones as it is, and its file."""
    for name in RARE:
        yield f"{PURE}.core.{name}", PACKAGE / "core" / f"{name}.py"
    for name in AROUND:
        yield f"{PURE}.sim.{name}", PACKAGE / "sim" / f"{name}.py"


def fingerprint() -> str:
    """Changes with any source of the compiled build, and with the Python it is for."""
    digest = hashlib.sha256(sys.version.encode())
    for name, file in (*sources(), *surroundings()):
        digest.update(f"\0{name}\0".encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()


# The same fact in other classes


_CONTAINERS: Mapping[Any, Callable[[Iterator[Any]], Any]] = {
    list: list,
    tuple: tuple,
    set: set,
    frozenset: frozenset,
}


def _moved(fact: Any, origin: str, to: str) -> Any:
    if isinstance(fact, Enum):
        return fact
    kind = cast("type[object]", type(fact))
    names = _fields(kind, origin)
    if names is not None:
        moved = {name: _moved(getattr(fact, name), origin, to) for name in names}
        return _counterpart(kind, origin, to)(**moved)
    if isinstance(fact, Mapping):
        return {_moved(k, origin, to): _moved(v, origin, to) for k, v in _items(fact)}
    moved_each = _CONTAINERS.get(kind)
    if moved_each is not None:
        return moved_each(_moved(one, origin, to) for one in _each(fact))
    return fact


def _items(mapping: Any) -> Iterator[tuple[Any, Any]]:
    yield from mapping.items()


def _each(values: Any) -> Iterator[Any]:
    yield from values


@cache
def _fields(kind: Any, origin: str) -> tuple[str, ...] | None:
    """The names of a fact's fields; None when the value is no fact of `origin`."""
    if kind.__module__.partition(".")[0] != origin:
        return None
    if origin == NATIVE and hasattr(kind, "__facts__"):
        return kind.__facts__
    if not dataclasses.is_dataclass(kind):
        return None
    native = {name for name, _ in (*sources(), *surroundings())}
    if origin == PURE and kind.__module__ not in native:
        return None
    return tuple(field.name for field in dataclasses.fields(kind) if field.init)


@cache
def _counterpart(kind: type[object], origin: str, to: str) -> Any:
    module = importlib.import_module(to + kind.__module__.removeprefix(origin))
    return getattr(module, kind.__name__)
