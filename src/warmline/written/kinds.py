"""The kinds of values in a text: how each is read, written and described."""

import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, Protocol, TypeAlias

from yaml import Node, SequenceNode

from warmline.core.words import Millis
from warmline.written import units
from warmline.written.nodes import text_of
from warmline.written.problems import Failed, Notes, Path, Reference, Wrong, nearest

Plain: TypeAlias = "str | list[Plain] | dict[str, Plain]"
"""A value as text, as it stands in a document."""


class Flow(dict[str, Plain]):
    """A small table that is written on one line where it fits."""


Schema: TypeAlias = dict[str, Any]
LIST_LIMIT = 500
NOTATION_CHARS = 300
"""Longer than any duration, target or day of hours: patterns are not tried on more."""
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


class Kind(Protocol):
    """One kind of value; `plain` may be told to leave out what nobody needs to see."""

    def read(self, node: Node, path: Path, notes: Notes) -> Any:
        """The value at a node; raises `Wrong`, or `Failed` when the mistakes are noted."""
        ...

    def plain(self, value: Any, *, full: bool) -> Plain: ...
    def schema(self) -> Schema: ...


class Scalar:
    """A value in one word or line, read and said by two functions."""

    def __init__(
        self,
        what: str,
        read: Callable[[str], Any],
        say: Callable[[Any], str],
        schema: Mapping[str, Any],
        *,
        empty: bool = False,
        most: int = NOTATION_CHARS,
    ) -> None:
        self._empty = empty
        self._most = most
        self._what = what
        self._read = read
        self._say = say
        self._schema = schema

    def read(self, node: Node, path: Path, notes: Notes) -> Any:
        """The value."""
        notes.nodes[path] = node
        text = text_of(node, self._what, empty=self._empty)
        if len(text) > self._most:
            raise Wrong(
                "too_long", f"These are {len(text)} characters.", f"{self._most} are enough here."
            )
        return self._read(text)

    def plain(self, value: Any, *, full: bool) -> Plain:  # noqa: ARG002 - see Kind
        """The value as text."""
        return self._say(value)

    def schema(self) -> Schema:
        """What fits here."""
        return {"title": self._what, **self._schema}


def length(least: Millis, most: Millis, *, seconds: bool = False, never: bool = False) -> Scalar:
    """A duration within bounds; with `never`, none at all is 0 and may be called so."""

    def read(text: str) -> Millis:
        if never and text in {"never", "off"}:
            return 0
        given = units.duration(text)
        if not least <= given <= most and not (never and given == 0):
            span = f"{units.said_duration(least)} to {units.said_duration(most)}"
            raise Wrong("out_of_range", f"{text} is out of range.", f"It may be {span}.")
        return given

    def say(value: Millis) -> str:
        return "never" if never and value == 0 else units.said_duration(value, seconds=seconds)

    text = {"type": "string", "pattern": f"^({units.DURATION}{'|never|off' if never else ''})$",
            "examples": ["90 s", "10 min", "2 h"]}  # fmt: skip
    return Scalar("a duration (90 s, 10 min)", read, say, {"anyOf": [text, {"const": 0}]})


def whole(least: int, most: int, *, percent: bool = False, zero: str = "") -> Scalar:
    """A whole number within bounds; 0 may have a word of its own."""

    def read(text: str) -> int:
        if zero and text == zero:
            return 0
        digits = text.removesuffix("%").strip() if percent else text
        if not (digits.isascii() and digits.isdigit() and len(digits) <= 10):  # noqa: PLR2004
            raise Wrong("not_a_number", f"{text[:40]!r} is not a whole number.")
        if not least <= int(digits) <= most:
            raise Wrong("out_of_range", f"{text} is out of range.", f"It may be {least} to {most}.")
        return int(digits)

    def say(value: int) -> str:
        return zero if zero and value == 0 else f"{value} %" if percent else str(value)

    number: Schema = {"type": "integer", "minimum": least, "maximum": most}
    others: list[Schema] = [{"const": zero}] if zero else []
    if percent:
        others.append({"type": "string", "pattern": r"^\d{1,4} ?%$"})
    schema = {"anyOf": [number, *others]} if others else number
    return Scalar(f"a number from {least} to {most}", read, say, schema)


def word(choices: type[StrEnum], docs: str = "") -> Scalar:
    """One of a few words."""
    known = [str(one) for one in choices]

    def read(text: str) -> StrEnum:
        if text not in known:
            raise Wrong("unknown_word", f"There is no {text[:40]}.", nearest(text, known))
        return choices(text)

    schema: Schema = {"enum": known}
    return Scalar(docs or f"one of {', '.join(known)}", read, str, schema)


def switch() -> Scalar:
    """On or off."""

    def read(text: str) -> bool:
        if text.lower() not in {"on", "off", "true", "false", "yes", "no"}:
            raise Wrong("not_a_switch", f"{text[:40]!r} is neither on nor off.", "Write on or off.")
        return text.lower() in {"on", "true", "yes"}

    return Scalar(
        "on or off",
        read,
        lambda value: "on" if value else "off",
        {"enum": ["on", "off", True, False]},
    )


def line(most: int, *, empty: bool = False) -> Scalar:
    """A text of people, on one line or several; `empty` allows `""`."""
    schema: Schema = {"type": ["string", "number", "boolean"], "maxLength": most}
    return Scalar("a text", str, str, schema, empty=empty, most=most)


def date() -> Scalar:
    """A day of the calendar."""

    def read(text: str) -> str:
        if not _DATE.fullmatch(text):
            raise Wrong("not_a_date", f"{text[:40]!r} is not a date.", "Write it as: 2026-12-24.")
        return text

    return Scalar("a date", read, str, {"type": "string", "pattern": _DATE.pattern})


def said(
    what: str, read: Callable[[str], Any], say: Callable[[Any], str], *examples: str
) -> Scalar:
    """A value with a notation of its own."""
    return Scalar(what, read, say, {"type": "string", "examples": list(examples)})


class Id:
    """The id of something; with `of`, of something that must exist."""

    def __init__(self, of: str = "") -> None:
        self._of = of

    def read(self, node: Node, path: Path, notes: Notes) -> str:
        """The id; whether it exists is asked later."""
        notes.nodes[path] = node
        text = text_of(node, f"the id of a {self._of or 'thing'}")
        check_id(text)
        if self._of:
            notes.references.append(Reference(of=self._of, id=text, path=path, node=node))
        return text

    def plain(self, value: Any, *, full: bool) -> Plain:  # noqa: ARG002 - see Kind
        """The id itself."""
        return str(value)

    def schema(self) -> Schema:
        """An id; what it names is said for completion."""
        title = f"the id of a {self._of}" if self._of else "an id"
        return {"title": title, "type": ["string", "integer"], "x-names": self._of}


def check_id(text: str) -> None:
    """Refuse what can be no id."""
    fits = all(sign.isascii() and (sign.isalnum() or sign in "._:@+-") for sign in text)
    if not (fits and 1 <= len(text) <= 64):  # noqa: PLR2004 - as everywhere
        raise Wrong("not_an_id", f"{text[:40]!r} is not an id.",
                    "An id has 1 to 64 letters, digits, and . _ : @ + - among them.")  # fmt: skip


class NeedKind:
    """A skill with its least level."""

    def read(self, node: Node, path: Path, notes: Notes) -> Any:
        """The need; whether there is such a skill is asked later."""
        notes.nodes[path] = node
        given = units.need(text_of(node, "a skill (billing >= 3)"))
        check_id(given.skill)
        notes.references.append(Reference(of="skill", id=given.skill, path=path, node=node))
        return given

    def plain(self, value: Any, *, full: bool) -> Plain:  # noqa: ARG002 - see Kind
        """The need as it is written."""
        return units.said_need(value)

    def schema(self) -> Schema:
        """What fits here."""
        return {
            "title": "a skill (billing >= 3)",
            "type": ["string", "integer"],
            "examples": ["billing >= 3"],
            "x-names": "skill",
        }


class Maybe:
    """A value or none; none has words of its own, with a space where an id could stand there."""

    def __init__(self, kind: Kind, none: str, default: object = None) -> None:
        self._kind = kind
        self._none = none
        self._default = default

    def read(self, node: Node, path: Path, notes: Notes) -> Any:
        """The value, or None; `on` stands for the default where there is one."""
        text = node.value if isinstance(node.value, str) else ""
        if text in {self._none, "false"}:
            notes.nodes[path] = node
            return None
        if self._default is not None and text in {"on", "true"}:
            notes.nodes[path] = node
            return self._default
        return self._kind.read(node, path, notes)

    def plain(self, value: Any, *, full: bool) -> Plain:
        """The value as text, or the word."""
        return self._none if value is None else self._kind.plain(value, full=full)

    def schema(self) -> Schema:
        """Both."""
        none: list[object] = [self._none, False] if self._none == "off" else [self._none]
        if self._default is not None:
            none += ["on", True]
        return {"anyOf": [{"enum": none}, self._kind.schema()]}


class ListOf:
    """Several values in order."""

    def __init__(self, kind: Kind, *, most: int = LIST_LIMIT) -> None:
        self._kind = self.inner = kind
        self._most = most

    def read(self, node: Node, path: Path, notes: Notes) -> tuple[Any, ...]:
        """The values; every mistake among them is noted."""
        notes.nodes[path] = node
        if not isinstance(node, SequenceNode):
            raise Wrong(
                "wrong_form", "Here belongs a list.", "Write [one, two], or lines with `- `."
            )
        if len(node.value) > self._most:
            raise Wrong("too_many", f"These are {len(node.value)}.", f"{self._most} are enough.")
        values: list[Any] = []
        failed = False
        for index, inner in enumerate(node.value):
            place = (*path, str(index))
            try:
                values.append(self._kind.read(inner, place, notes))
            except Wrong as wrong:
                notes.wrong(inner, place, wrong)
                failed = True
            except Failed:
                failed = True
        if failed:
            raise Failed
        return tuple(values)

    def plain(self, value: Any, *, full: bool) -> Plain:
        """All of them."""
        return [self._kind.plain(one, full=full) for one in value]

    def schema(self) -> Schema:
        """A list."""
        return {"type": "array", "items": self._kind.schema(), "maxItems": self._most}
