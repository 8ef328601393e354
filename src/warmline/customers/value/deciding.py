"""Whether a rule is true of what is known, and the terms that made it so."""

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from warmline.customers.value.rules import (
    Both,
    Compare,
    Either,
    Everybody,
    Has,
    InTop,
    Not,
    OneOf,
    Rule,
    Test,
    tests,
)

Fact: TypeAlias = float | str | bool
Known: TypeAlias = Mapping[str, Fact | None]
"""Facts by the names of the fields; what is not there is not known. `value.top` is in ‰."""

TOP = ".top"


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One condition of a rule: what it asked, what was found, whether that fits."""

    field: str
    kind: str
    op: str
    wanted: Fact | Sequence[float | str] | None
    found: Fact | None
    fits: bool


def is_true(rule: Rule, known: Known) -> bool:
    """Whether the rule holds."""
    match rule:
        case Not(part=part):
            return not is_true(part, known)
        case Both(parts=parts):
            return all(is_true(part, known) for part in parts)
        case Either(parts=parts):
            return any(is_true(part, known) for part in parts)
        case _:
            return _fits(rule, known)


def terms(rule: Rule, known: Known) -> Sequence[Term]:
    """Every condition of the rule with what was found."""
    return [_term(one, known) for one in tests(rule) if not isinstance(one, Everybody)]


def _fits(test: Test, known: Known) -> bool:
    match test:
        case Everybody():
            return True
        case InTop(field=field, permille=permille):
            top = known.get(field.name + TOP)
            return isinstance(top, int | float) and top <= permille
        case Has(field=field, words=words):
            text = known.get(field.name)
            return isinstance(text, str) and any(one.casefold() in text.casefold() for one in words)
        case OneOf(field=field, values=values):
            return any(_compares("=", known.get(field.name), one) for one in values)
        case Compare(field=field, op=op, value=value):
            return _compares(op, known.get(field.name), value)


_COMPARE: Mapping[str, Callable[[float, float], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def _compares(op: str, found: Fact | None, wanted: Fact) -> bool:
    if found is None:
        return False
    if isinstance(found, str) or isinstance(wanted, str):
        return (found == wanted) is (op == "=")
    return _COMPARE[op](found, wanted)


def _term(test: Test, known: Known) -> Term:
    fits = _fits(test, known)
    match test:
        case InTop(field=field, permille=permille):
            top = known.get(field.name + TOP)
            found = top / 10 if isinstance(top, int | float) else None
            return Term(
                field=field.name,
                kind=field.kind,
                op="top",
                wanted=permille / 10,
                found=found,
                fits=fits,
            )
        case Has(field=field, words=words):
            # What somebody wrote is theirs: the term says what was looked for, not the text.
            return Term(
                field=field.name, kind=field.kind, op="has", wanted=words, found=None, fits=fits
            )
        case OneOf(field=field, values=values):
            return Term(
                field=field.name,
                kind=field.kind,
                op="in",
                wanted=values,
                found=known.get(field.name),
                fits=fits,
            )
        case Compare(field=field, op=op, value=value):
            return Term(
                field=field.name,
                kind=field.kind,
                op=op,
                wanted=value,
                found=known.get(field.name),
                fits=fits,
            )
        case Everybody():
            return Term(field="", kind="", op="everybody", wanted=None, found=None, fits=True)
