"""The language of rules: `value in top 5 %`, `orders >= 3 and recency_days < 90`, read and checked.

A rule is a condition: comparisons joined by `and`, `or`, `not` and brackets. What is not known of a
customer makes a comparison false.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from warmline.customers.value.words import Field, Kind

TEXT_LIMIT_CHARS = 1_000
TESTS_LIMIT = 50
DEPTH_LIMIT = 20
VALUES_LIMIT = 100
LEAST_TOP_PCT, MOST_TOP_PCT = 0.1, 100.0
_NUMBER_LIMIT = 1e12

_TOKEN = re.compile(
    r"""(?P<space>\s+)
    |(?P<number>\d+(?:\.\d+)?)
    |(?P<quoted>"[^"\n]*")
    |(?P<op><=|>=|!=|=|<|>)
    |(?P<sign>[(),%])
    |(?P<word>[^\W\d][\w.-]*)""",
    re.VERBOSE,
)
_JOINING = frozenset({"and", "or", "not", "in", "has", "top", "everybody", "is"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What is wrong at a place of the text (counted from 0), with the facts to say it in words."""

    code: str
    at: int
    length: int
    detail: str
    facts: Mapping[str, str | float]


class BadRule(Exception):
    """The text is no rule."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.detail)
        self.problem = problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Compare:
    """A field against a number, a text or (for flags) true and false."""

    field: Field
    op: str
    value: float | str | bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OneOf:
    """A field is one of several."""

    field: Field
    values: tuple[float | str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class InTop:
    """A customer is among the highest by a field, in ‰ of all."""

    field: Field
    permille: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Has:
    """A text holds one of some words, whatever their case."""

    field: Field
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Everybody:
    """Always."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Not:
    """The opposite."""

    part: "Rule"


@dataclass(frozen=True, slots=True, kw_only=True)
class Both:
    """All of several."""

    parts: tuple["Rule", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Either:
    """At least one of several."""

    parts: tuple["Rule", ...]


Test: TypeAlias = Compare | OneOf | InTop | Has | Everybody
Rule: TypeAlias = Test | Not | Both | Either


def read_rule(text: str, fields: Mapping[str, Field], *, digits: int = 2) -> Rule:
    """The rule that a text says; `BadRule` with a place where it says none.

    Sums are written in whole units of a currency with so many `digits`, and kept in minor ones.
    """
    if len(text) > TEXT_LIMIT_CHARS:
        raise _bad(
            "too_long",
            TEXT_LIMIT_CHARS,
            len(text) - TEXT_LIMIT_CHARS,
            f"is longer than {TEXT_LIMIT_CHARS} characters",
            max=TEXT_LIMIT_CHARS,
        )
    return _Reader(text, fields, digits).rule()


def tests(rule: Rule) -> Iterator[Test]:
    """Every single condition of a rule, from left to right."""
    match rule:
        case Not(part=part):
            yield from tests(part)
        case Both(parts=parts) | Either(parts=parts):
            for part in parts:
                yield from tests(part)
        case _:
            yield rule


def speaks_of(rule: Rule) -> frozenset[str]:
    """The names of the fields that it needs."""
    return frozenset(one.field.name for one in tests(rule) if not isinstance(one, Everybody))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Token:
    kind: str
    text: str
    at: int


def _bad(code: str, at: int, length: int, detail: str, **facts: str | float) -> BadRule:
    return BadRule(Problem(code=code, at=at, length=max(1, length), detail=detail, facts=facts))


def _tokens(text: str) -> Iterator[_Token]:
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            detail = "is not ended" if text[at] == '"' else f"{text[at]} means nothing here"
            code = "unended_quote" if text[at] == '"' else "strange_sign"
            length = len(text) - at if text[at] == '"' else 1
            raise _bad(code, at, length, detail, sign=text[at])
        kind = found.lastgroup or ""
        if kind != "space":
            yield _Token(kind=kind, text=found.group(), at=at)
        at = found.end()
    yield _Token(kind="end", text="", at=len(text))


class _Reader:
    """Reads one text, token by token."""

    def __init__(self, text: str, fields: Mapping[str, Field], digits: int) -> None:
        self._fields = fields
        self._minor = 10**digits
        self._tokens = list(_tokens(text))
        self._place = 0
        self._tests = 0

    def rule(self) -> Rule:
        found = self._either(0)
        rest = self._now
        if rest.kind != "end":
            raise self._wanted("joining", "and, or, or the end", rest)
        return found

    @property
    def _now(self) -> _Token:
        return self._tokens[self._place]

    def _take(self) -> _Token:
        token = self._now
        self._place = min(self._place + 1, len(self._tokens) - 1)
        return token

    def _is(self, word: str) -> bool:
        return self._now.kind in {"word", "sign"} and self._now.text.casefold() == word

    def _takes(self, word: str) -> bool:
        if self._is(word):
            self._take()
            return True
        return False

    def _either(self, depth: int) -> Rule:
        parts = [self._both(depth)]
        while self._takes("or"):
            parts.append(self._both(depth))
        return parts[0] if len(parts) == 1 else Either(parts=tuple(parts))

    def _both(self, depth: int) -> Rule:
        parts = [self._not(depth)]
        while self._takes("and"):
            parts.append(self._not(depth))
        return parts[0] if len(parts) == 1 else Both(parts=tuple(parts))

    def _not(self, depth: int) -> Rule:
        token = self._now
        if depth > DEPTH_LIMIT:
            raise _bad("too_deep", token.at, len(token.text), "is nested too deep", max=DEPTH_LIMIT)
        if self._takes("not"):
            return Not(part=self._not(depth + 1))
        if self._takes("("):
            found = self._either(depth + 1)
            if not self._takes(")"):
                raise self._wanted("bracket", ")", self._now)
            return found
        return self._test()

    def _test(self) -> Test:
        token = self._take()
        self._tests += 1
        if self._tests > TESTS_LIMIT:
            raise _bad(
                "too_many_tests", token.at, len(token.text), "is one too many", max=TESTS_LIMIT
            )
        name = token.text.casefold()
        if token.kind == "word" and name == "everybody":
            return Everybody()
        if token.kind != "word" or name in _JOINING:
            raise self._wanted("field", "the name of a field", token)
        field = self._fields.get(name) or self._fields.get(token.text)
        if field is None:
            raise _bad(
                "no_field", token.at, len(token.text), f"there is no field {name}", field=name
            )
        if self._takes("in"):
            return self._in(field)
        if self._is("has"):
            return self._has(field)
        if field.written:
            raise self._wanted("has", "has", self._now)
        if field.kind is Kind.FLAG and self._now.kind != "op":
            return Compare(field=field, op="=", value=True)
        return self._compare(field)

    def _compare(self, field: Field) -> Compare:
        op = self._take()
        if op.kind != "op":
            raise self._wanted("comparison", "=, !=, <, <=, >, >=, in", op)
        if field.kind in {Kind.TEXT, Kind.FLAG} and op.text not in {"=", "!="}:
            raise _bad(
                "no_order", op.at, len(op.text), f"{field.name} has no order", field=field.name
            )
        return Compare(field=field, op=op.text, value=self._value(field))

    def _value(self, field: Field) -> float | str | bool:
        token = self._take()
        if field.kind is Kind.TEXT:
            return self._text(field, token)
        if field.kind is Kind.FLAG:
            said = token.text.casefold()
            if said not in {"true", "false", "yes", "no"}:
                raise self._wanted("yes_or_no", "yes or no", token)
            return said in {"true", "yes"}
        number = self._number(token)
        if field.kind is Kind.MONEY:
            return round(number * self._minor, 4)
        self._takes("%")
        return number

    def _text(self, field: Field, token: _Token) -> str:
        if token.kind == "quoted":
            text = token.text[1:-1].strip()
            if not text:
                raise _bad("empty_text", token.at, len(token.text), "is empty")
            return text
        if token.kind not in {"word", "number"}:
            raise self._wanted("text", f"a text for {field.name}", token)
        return token.text

    def _number(self, token: _Token) -> float:
        if token.kind != "number":
            raise self._wanted("number", "a number", token)
        number = float(token.text)
        if number > _NUMBER_LIMIT:
            raise _bad("too_large", token.at, len(token.text), "is too large", max=_NUMBER_LIMIT)
        return number

    def _in(self, field: Field) -> Test:
        token = self._now
        if self._takes("top"):
            if not field.ranked:
                raise _bad(
                    "no_top",
                    token.at,
                    len(token.text),
                    f"top is not known of {field.name}",
                    field=field.name,
                )
            share = self._now
            permille = round(self._number(self._take()) * 10, 6)
            if not LEAST_TOP_PCT * 10 <= permille <= MOST_TOP_PCT * 10 or permille % 1:
                raise _bad(
                    "no_share",
                    share.at,
                    len(share.text),
                    f"must be {LEAST_TOP_PCT} to {MOST_TOP_PCT:g}, in tenths",
                    min=LEAST_TOP_PCT,
                    max=MOST_TOP_PCT,
                )
            if not self._takes("%"):
                raise self._wanted("percent", "%", self._now)
            return InTop(field=field, permille=int(permille))
        if field.kind is Kind.FLAG:
            raise self._wanted("comparison", "=", token)
        values = self._listed(field)
        return OneOf(field=field, values=values)

    def _listed(self, field: Field) -> tuple[float | str, ...]:
        if not self._takes("("):
            raise self._wanted("list", "a list in brackets", self._now)
        values: list[float | str] = [self._value(field)]
        while self._takes(","):
            if len(values) == VALUES_LIMIT:
                at = self._now
                raise _bad(
                    "too_many_values", at.at, len(at.text), "is one too many", max=VALUES_LIMIT
                )
            values.append(self._value(field))
        if not self._takes(")"):
            raise self._wanted("bracket", ")", self._now)
        return tuple(values)

    def _has(self, field: Field) -> Has:
        token = self._take()
        if not field.written:
            raise _bad(
                "no_text",
                token.at,
                len(token.text),
                f"{field.name} holds no words",
                field=field.name,
            )
        if self._is("("):
            return Has(field=field, words=tuple(str(one) for one in self._listed(field)))
        return Has(field=field, words=(self._text(field, self._take()),))

    def _wanted(self, what: str, detail: str, token: _Token) -> BadRule:
        code = f"wants_{what}"
        if token.kind == "end":
            return _bad(code, token.at, 1, f"here {detail} is missing", found="")
        return _bad(code, token.at, len(token.text), f"{detail} is wanted here", found=token.text)
