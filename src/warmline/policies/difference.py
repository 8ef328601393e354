"""What differs between two policies: line by line, and meaning by meaning."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import unified_diff

from warmline.core.policy import Ruleset
from warmline.policies.writing import plain
from warmline.written.kinds import Plain

SHELVES = ("segments", "queues", "hours")


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One meaning that differs; None: it is not there."""

    path: str
    before: str | None
    after: str | None


def changes(before: Ruleset, after: Ruleset) -> Sequence[Change]:
    """Every meaning that differs, in the order of the document."""
    old, new = dict(_flat(plain(before, full=True))), dict(_flat(plain(after, full=True)))
    paths = [*new, *(path for path in old if path not in new)]
    return [
        Change(path=path, before=old.get(path), after=new.get(path))
        for path in paths
        if old.get(path) != new.get(path)
    ]


def outside(document: Ruleset, live: Ruleset) -> tuple[Sequence[Change], Sequence[str]]:
    """What was changed beside the document, and what the center has that it does not name."""
    found = changes(document, live)
    named = {
        f"{shelf}.{item.id}."
        for shelf, items in zip(
            SHELVES, (document.segments, document.queues, document.calendars), strict=True
        )
        for item in items
    }
    differing: list[Change] = []
    others: dict[str, None] = {}
    for one in found:
        shelf, _, rest = one.path.partition(".")
        if shelf in SHELVES and not any(one.path.startswith(name) for name in named):
            others[f"{shelf}.{rest.partition('.')[0]}"] = None
        else:
            differing.append(one)
    return differing, list(others)


def unified(before: str, after: str, names: tuple[str, str]) -> str:
    """The differing lines of two texts, with three lines around them; empty when there are none."""
    lines = unified_diff(before.splitlines(), after.splitlines(), *names, lineterm="")
    return "\n".join(lines)


def _flat(value: Plain, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _flat(inner, f"{path}.{key}" if path else key)
    elif all(isinstance(one, str) for one in value):
        yield path, f"[{', '.join(str(one) for one in value)}]"
    else:
        for index, inner in enumerate(value):
            yield from _flat(inner, f"{path}.{index}")
