"""Finding our own words at the end of a reply, for clients whose way of quoting no rule knows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_WORD = re.compile(r"\w+")
_RUN_WORDS = 5
_MOST_WORDS = 20_000
_MOST_SENT = 50
_OURS = 0.8
_ANNOUNCES = re.compile(r"[@:]|\d{4}")
_ANNOUNCEMENT_LINES = 2


def ours_from(lines: Sequence[str], sent: Sequence[str]) -> int | None:
    """The index from which all lines to the end are words that we sent, None if there is none."""
    runs = _runs(sent)
    words, owner = _words(lines)
    if not runs or not _RUN_WORDS <= len(words) <= _MOST_WORDS:
        return None
    covered = [False] * len(words)
    for start in range(len(words) - _RUN_WORDS + 1):
        if tuple(words[start : start + _RUN_WORDS]) in runs:
            covered[start : start + _RUN_WORDS] = [True] * _RUN_WORDS
    total, ours = [0] * len(lines), [0] * len(lines)
    for index, is_ours in zip(owner, covered, strict=True):
        total[index] += 1
        ours[index] += is_ours
    return _start(lines, total, ours)


def _start(lines: Sequence[str], total: Sequence[int], ours: Sequence[int]) -> int | None:
    start: int | None = None
    for index in range(len(lines) - 1, -1, -1):
        if not total[index]:
            continue
        if ours[index] < _OURS * total[index]:
            break
        start = index
    if start is None:
        return None
    for _ in range(_ANNOUNCEMENT_LINES):
        above = next((each for each in range(start - 1, -1, -1) if lines[each].strip()), None)
        if (
            above is None
            or not _ANNOUNCES.search(lines[above])
            or not lines[above].rstrip().endswith(":")
        ):
            break
        start = above
    return start


def _runs(sent: Sequence[str]) -> set[tuple[str, ...]]:
    runs: set[tuple[str, ...]] = set()
    for text in sent[-_MOST_SENT:]:
        words = _WORD.findall(text.casefold())[:_MOST_WORDS]
        runs.update(tuple(words[at : at + _RUN_WORDS]) for at in range(len(words) - _RUN_WORDS + 1))
    return runs


def _words(lines: Sequence[str]) -> tuple[list[str], list[int]]:
    """The words in order and, for each, the index of its line."""
    words: list[str] = []
    owner: list[int] = []
    for index, line in enumerate(lines):
        found = _WORD.findall(line.casefold())
        words += found
        owner += [index] * len(found)
        if len(words) > _MOST_WORDS:
            break
    return words, owner
