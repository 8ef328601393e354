"""Checks the shape of the code: small files, short functions, honest names, a core without a clock.

usage: python scripts/shape.py [FILE ...]     (without files: everything below src)

A line counts when it is neither blank nor only a comment; a docstring is no part of a function's
length. Prints one line for each thing that is wrong and ends with 1.
"""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path
from typing import TypeAlias

SOURCE = Path(__file__).resolve().parent.parent / "src"
LONGEST_FILE = 500
LONGEST_FUNCTION = 70
# A name that ends like this says that nobody knew what the thing is.
VAGUE = re.compile(
    r"(manager|helper|util|factory|handler|processor|service|wrapper|(?<!data)base)s?$",
    re.IGNORECASE,
)
CLOCK = re.compile(r"\b(?:datetime|date|time)\.(?:now|utcnow|today|time|monotonic)\(")
Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef


def code_lines(source: str) -> int:
    """How many lines hold code or a docstring."""
    lines = (line.strip() for line in source.splitlines())
    return sum(1 for line in lines if line and not line.startswith("#"))


def length(function: Function) -> int:
    """The lines of a function from `def` to its end, without its docstring."""
    first = function.body[0]
    documented = ast.get_docstring(function, clean=False) is not None
    docstring = (first.end_lineno or 0) - first.lineno + 1 if documented else 0
    return (function.end_lineno or 0) - function.lineno + 1 - docstring


def complaints(path: Path) -> list[str]:
    """What is wrong with one file, each with its place."""
    source = path.read_text()
    tree = ast.parse(source, str(path))
    found: list[str] = []
    if ast.get_docstring(tree) is None:
        found.append(f"{path}:1: say in one sentence what this module is")
    if (lines := code_lines(source)) > LONGEST_FILE:
        found.append(
            f"{path}:1: {lines} lines, {LONGEST_FILE} are allowed; which two things is it?"
        )
    for node in ast.walk(tree):
        if isinstance(node, Function) and length(node) > LONGEST_FUNCTION:
            found.append(f"{path}:{node.lineno}: {node.name} has {length(node)} lines")
        if isinstance(node, ast.ClassDef) and VAGUE.search(node.name):
            found.append(
                f"{path}:{node.lineno}: {node.name} is a vague name; what is it in the field?"
            )
    if "core" in path.parts:
        found += [
            f"{path}:{number}: the core has no clock; the time comes in as `now`"
            for number, line in enumerate(source.splitlines(), 1)
            if CLOCK.search(line)
        ]
    return found


def main(arguments: list[str]) -> int:
    """0 when the shape is right."""
    files = [Path(name) for name in arguments] or sorted(
        path for path in SOURCE.rglob("*.py") if "versions" not in path.parts
    )
    found = [line for path in files for line in complaints(path)]
    print("\n".join(found) or f"{len(files)} files in good shape")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
