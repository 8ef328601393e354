"""Every code of a fault stands in its document, and every kind of bad value has a code of its own."""

import ast
import re
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from warmline.web import faults

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "docs" / "faults.md"


def documented() -> set[str]:
    return set(re.findall(r"^\| `(\w+)` \|", DOCUMENT.read_text(), re.MULTILINE))


def given_in(source: str) -> set[str]:
    """The codes that `Malformed(field, detail, code)` is made with."""
    return {
        str(call.args[2].value)
        for call in ast.walk(ast.parse(source))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id == "Malformed"
        and len(call.args) > 2
        and isinstance(call.args[2], ast.Constant)
    }


def test_every_code_that_the_center_gives_is_documented():
    given = {
        code
        for path in (ROOT / "src" / "warmline").rglob("*.py")
        for code in given_in(path.read_text())
    }
    assert {"empty", "too_long", "no_email", "out_of_range"} <= given
    assert given - documented() == set()


class Everything(BaseModel):
    """One field of each kind."""

    model_config = ConfigDict(extra="forbid")

    text: Annotated[str, Field(min_length=2, max_length=4, pattern="^[a-z]+$")] = "ab"
    number: Annotated[int, Field(ge=1, le=9)] = 1
    flag: bool = True
    items: Annotated[list[int], Field(min_length=1, max_length=2)] = [1]
    word: Literal["one", "two", "three"] = "one"
    table: dict[str, int] = {}
    needed: str


@pytest.mark.parametrize(
    ("given", "code", "facts"),
    [
        ({}, "missing", {}),
        ({"needed": "x", "more": 1}, "unknown_field", {}),
        ({"needed": "x", "text": "abcde"}, "too_long", {"max": 4}),
        ({"needed": "x", "text": "a"}, "too_short", {"min": 2}),
        ({"needed": "x", "text": "A1"}, "wrong_form", {}),
        ({"needed": "x", "text": 7}, "wrong_type", {"expected": "text"}),
        ({"needed": "x", "number": 0}, "too_small", {"min": 1}),
        ({"needed": "x", "number": 10}, "too_large", {"max": 9}),
        ({"needed": "x", "number": "many"}, "wrong_type", {"expected": "number"}),
        ({"needed": "x", "flag": "perhaps"}, "wrong_type", {"expected": "yes_no"}),
        ({"needed": "x", "items": []}, "too_few", {"min": 1}),
        ({"needed": "x", "items": [1, 2, 3]}, "too_many", {"max": 2}),
        ({"needed": "x", "items": 5}, "wrong_type", {"expected": "list"}),
        ({"needed": "x", "table": 5}, "wrong_type", {"expected": "table"}),
        ({"needed": "x", "word": "four"}, "not_one_of", {"allowed": "one, two, three"}),
    ],
)
def test_what_the_shape_of_a_request_shows(
    given: dict[str, Any], code: str, facts: dict[str, object]
):
    with pytest.raises(ValidationError) as failure:
        Everything.model_validate(given)
    [one] = failure.value.errors()
    found, detail, with_facts = faults.coded(one["type"], one.get("ctx") or {}, one["msg"])
    assert (found, dict(with_facts)) == (code, facts)
    assert detail
    assert code in documented()
