"""The kinds of values that hold others: tables by id, and records with named fields."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields
from typing import Any

from yaml import MappingNode, Node, ScalarNode

from warmline.written.kinds import LIST_LIMIT, Flow, Kind, Plain, Schema
from warmline.written.problems import Failed, Notes, Path, Wrong, nearest

_NONE = object()
KEY = "(key)"
"""The last part of the path of a key itself."""


def _entries(node: Node, path: Path, notes: Notes, what: str) -> list[tuple[str, Node, Node]]:
    """The keys and values of a table: each key once."""
    notes.nodes[path] = node
    if not isinstance(node, MappingNode):
        raise Wrong("wrong_form", f"Here belongs {what}.", "Write `key: value` lines, indented.")
    if len(node.value) > LIST_LIMIT:
        raise Wrong("too_many", f"These are {len(node.value)}.", f"{LIST_LIMIT} are enough.")
    found: list[tuple[str, Node, Node]] = []
    for key, value in node.value:
        if not isinstance(key, ScalarNode):
            notes.wrong(key, path, Wrong("wrong_form", "A key is one word."))
            continue
        name = str(key.value)
        if any(name == known for known, _, _ in found):
            notes.wrong(key, (*path, name), Wrong("twice", f"{name[:60]} stands here twice.",
                                                  "Keep one of the two."))  # fmt: skip
            continue
        found.append((name, key, value))
    return found


class TableOf:
    """Values by a key, which is itself a value of some kind."""

    def __init__(self, key: Kind, kind: Kind) -> None:
        self._key = key
        self._kind = self.inner = kind

    def read(self, node: Node, path: Path, notes: Notes) -> dict[Any, Any]:
        """The table; every mistake in it is noted."""
        before = len(notes.problems)
        found: dict[Any, Any] = {}
        failed = False
        for name, key, value in _entries(node, path, notes, "a table"):
            place = (*path, name)
            try:
                at = self._key.read(key, (*place, KEY), notes)
            except Wrong as wrong:
                notes.wrong(key, place, wrong)
                continue
            try:
                found[at] = self._kind.read(value, place, notes)
            except Wrong as wrong:
                notes.wrong(value, place, wrong)
            except Failed:
                failed = True
        if failed or len(notes.problems) > before:
            raise Failed
        return found

    def plain(self, value: Any, *, full: bool) -> Plain:
        """The whole table."""
        return Flow(
            (_text(self._key.plain(key, full=full)), self._kind.plain(inner, full=full))
            for key, inner in value.items()
        )

    def schema(self) -> Schema:
        """A table; its keys have a kind too."""
        keys = self._key.schema()
        named: Schema = {"propertyNames": {"enum": keys["enum"]}} if "enum" in keys else {}
        return {"type": "object", "additionalProperties": self._kind.schema(), **named}


def _text(plain: Plain) -> str:
    assert isinstance(plain, str), "a key is one word"
    return plain


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One line of a record: its key, what it becomes, and what it means."""

    key: str
    kind: Kind
    means: str
    into: str = ""
    """The name of the core's field; empty: the key itself."""
    default: Any = _NONE
    """Where it is not the core's own."""
    required: bool = False
    quiet: bool = False
    """Left out of a written document while it has its default."""
    get: Callable[[Any], Any] | None = None
    """How the value is found where it is not a field."""
    inline: bool = False
    """Its values are fields of the record around it."""

    @property
    def name(self) -> str:
        """The name under which the value is handed on."""
        return self.into or self.key


class Record:
    """Named fields that make one value: a queue, a ring, a policy."""

    def __init__(
        self,
        what: str,
        lines: Sequence[Field],
        build: Callable[..., Any],
        *,
        spec: type[Any] | None = None,
    ) -> None:
        self.what = what
        self.lines = tuple(lines)
        self._build = build
        self._defaults: Mapping[str, Any] = _defaults(spec) if spec is not None else {}

    def read(self, node: Node, path: Path, notes: Notes, **given: object) -> Any:
        """The value; every mistake in it is noted, every key that is not known is one."""
        before = len(notes.problems)
        known = {one.key: one for one in self.lines}
        values: dict[str, Any] = dict(given)
        seen: set[str] = set()
        failed = False
        for name, key, value in _entries(node, path, notes, self.what):
            place = (*path, name)
            line = known.get(name)
            seen.add(name)
            try:
                if line is None:
                    what = f"There is no key {name[:60]} here."
                    notes.wrong(key, place, Wrong("unknown_key", what, nearest(name, known)))
                    continue
                found = line.kind.read(value, place, notes)
                values.update(found if line.inline else {line.name: found})
            except Wrong as wrong:
                notes.wrong(value, place, wrong)
                failed = True
            except Failed:
                failed = True
        self._fill(node, path, notes, seen, values)
        if failed or len(notes.problems) > before:
            raise Failed
        return self._build(**values)

    def _fill(
        self, node: Node, path: Path, notes: Notes, seen: set[str], values: dict[str, Any]
    ) -> None:
        for line in self.lines:
            if line.key in seen or line.inline:
                continue
            if line.required:
                notes.add(node.start_mark, node.start_mark, path, Wrong(
                    "missing", f"{self.what[0].upper()}{self.what[1:]} needs the key {line.key}.",
                    f"Add a line `{line.key}:` ({line.means.rstrip('.')})."))  # fmt: skip
            elif line.default is not _NONE:
                values[line.name] = line.default

    def plain(self, value: Any, *, full: bool) -> Plain:
        """The lines; unless `full`, without those that are quiet and say nothing new."""
        return dict(self.some(self.lines, value, full=full))

    def some(self, lines: Sequence[Field], value: Any, *, full: bool) -> dict[str, Plain]:
        """Some of the lines."""
        shown: dict[str, Plain] = {}
        for line in lines:
            if line.inline:
                inner = line.kind.plain(value, full=full)
                if inner or full:
                    shown[line.key] = inner
                continue
            found = line.get(value) if line.get else getattr(value, line.name)
            if line.quiet and not full and found == self._default(line):
                continue
            shown[line.key] = line.kind.plain(found, full=full)
        return shown

    def _default(self, line: Field) -> Any:
        return self._defaults.get(line.name) if line.default is _NONE else line.default

    def schema(self) -> Schema:
        """An object with exactly these keys."""
        required = [one.key for one in self.lines if one.required]
        return {
            "type": "object",
            "properties": {
                one.key: {**one.kind.schema(), "description": one.means} for one in self.lines
            },
            "additionalProperties": False,
            **({"required": required} if required else {}),
        }


class Shelf:
    """Records by their id, which is one of their fields; in order."""

    def __init__(self, of: str, key: Kind, record: Record, *, id_field: str = "id") -> None:
        self.of = of
        self.record = self.inner = record
        self._key = key
        self._id = id_field

    def read(self, node: Node, path: Path, notes: Notes) -> tuple[Any, ...]:
        """The items."""
        items: list[Any] = []
        failed = False
        before = len(notes.problems)
        for name, key, value in _entries(node, path, notes, f"a table of {self.of}s"):
            place = (*path, name)
            try:
                id_ = self._key.read(key, (*place, KEY), notes)
            except Wrong as wrong:
                notes.wrong(key, place, wrong)
                continue
            try:
                items.append(self.record.read(value, place, notes, **{self._id: id_}))
            except Wrong as wrong:
                notes.wrong(value, place, wrong)
            except Failed:
                failed = True
        if failed or len(notes.problems) > before:
            raise Failed
        return tuple(items)

    def plain(self, value: Any, *, full: bool) -> Plain:
        """The items by id."""
        return {str(getattr(one, self._id)): self.record.plain(one, full=full) for one in value}

    def schema(self) -> Schema:
        """A table of them."""
        return {"type": "object", "additionalProperties": self.record.schema()}


def path_of(kind: object, parts: Sequence[str]) -> tuple[str, ...]:
    """Where in a document something stands that the core names by its own fields.

    It goes as deep as the two agree: `("queues", "help", "rings", "0", "level")` becomes
    `("queues", "help", "plan", "0")`.
    """
    if not parts:
        return ()
    if isinstance(kind, Record):
        for line in kind.lines:
            if line.inline and (inner := path_of(line.kind, parts)):
                return (line.key, *inner)
            if line.name == parts[0] or (line.key == "when" and parts[0] == "trigger"):
                return (line.key, *path_of(line.kind, parts[1:]))
        return ()
    inner = getattr(kind, "inner", None)
    return (parts[0], *path_of(inner, parts[1:])) if inner is not None else ()


def _defaults(spec: type[Any]) -> Mapping[str, Any]:
    found: dict[str, Any] = {}
    for one in fields(spec):
        if one.default is not MISSING:
            found[one.name] = one.default
        elif one.default_factory is not MISSING:
            found[one.name] = one.default_factory()
    return found
