"""What is wrong with a text, where it stands, and what to do about it."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from difflib import get_close_matches
from typing import Protocol

from yaml import Node

PROBLEMS_LIMIT = 50
Path = tuple[str, ...]


class Place(Protocol):
    """A place in a text; lines and columns count from 0."""

    line: int
    column: int


@dataclass(slots=True)
class At:
    """A place that no node is at."""

    line: int = 0
    column: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One mistake; lines and columns count from 1, the end is behind the last character."""

    line: int
    column: int
    end_line: int
    end_column: int
    path: str
    code: str
    detail: str
    fix: str = ""
    severity: str = "error"

    def shown(self) -> dict[str, object]:
        """The problem as the API tells it."""
        return asdict(self)


class Mistaken(Exception):
    """A text that cannot be in force: what is wrong with it."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = problems


class Wrong(Exception):
    """A value that cannot be used: its code is for programs, its words for people."""

    def __init__(self, code: str, detail: str, fix: str = "") -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.fix = fix


class Failed(Exception):
    """Something inside could not be read; it is noted what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A place in the text that names something, such as a queue or a skill."""

    of: str
    id: str
    path: Path
    node: Node


@dataclass(slots=True)
class Notes:
    """What reading a text brought up beside its meaning."""

    problems: list[Problem] = field(default_factory=list[Problem])
    references: list[Reference] = field(default_factory=list[Reference])
    nodes: dict[Path, Node] = field(default_factory=dict[Path, Node])
    """Where each value stands."""

    def wrong(self, node: Node, path: Path, found: Wrong) -> None:
        """Note a mistake at a node."""
        self.add(node.start_mark, node.end_mark, path, found)

    def add(self, start: Place, end: Place, path: Path, found: Wrong) -> None:
        """Note a mistake between two places; after the fiftieth, nothing more."""
        if len(self.problems) < PROBLEMS_LIMIT:
            self.problems.append(
                Problem(
                    line=start.line + 1,
                    column=start.column + 1,
                    end_line=end.line + 1,
                    end_column=end.column + 1,
                    path=".".join(part[:64] for part in path),
                    code=found.code,
                    detail=found.detail,
                    fix=found.fix,
                )
            )


def another(noun: str, id_: str) -> Problem:
    """A text that is to be a version of one thing speaks of another."""
    return Problem(
        line=1, column=1, end_line=1, end_column=1, path=noun, code=f"other_{noun}",
        detail=f"This is a version of the {noun} {id_}.", fix=f"Write it as: {id_}.",
    )  # fmt: skip


def nearest(given: str, known: Iterable[str]) -> str:
    """What to do about a word that is not known: the word that was probably meant.

    >>> nearest("sliderr", ["slider", "rule"])
    'Did you mean slider?'
    """
    names = [str(one) for one in known]
    close = get_close_matches(given, names, n=1, cutoff=0.6)
    if close:
        return f"Did you mean {close[0]}?"
    return f"Use one of: {', '.join(sorted(names)[:30])}." if names else ""
