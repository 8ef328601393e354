"""Our own words of customer service in three languages: topics, conditions, cues."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

DEFAULTS = frozenset({"tier:standard", "where:home", "when:usual"})
"""What goes without saying, so that saying it makes no other fact."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A topic or a condition: its word for us, and how each language says it."""

    name: str
    said: Mapping[str, str]


@cache
def _file(name: str) -> Any:
    return yaml.safe_load(files(__name__).joinpath(f"{name}.yaml").read_text("utf-8"))


@cache
def terms(name: str) -> Sequence[Term]:
    """The terms of `topics`, `places` or `conditions`, in the order in which they are tried."""
    return [
        Term(name=one["name"], said={tag: "|".join(one[tag]) for tag in one if tag != "name"})
        for one in _file(name)
    ]


def cue(name: str, language: str) -> str:
    """How a language says what part a value plays, as a regular expression."""
    return "|".join(_file("cues")[name][language])


def unspecific(language: str) -> str:
    """Words that say nothing about which one is meant, as a regular expression."""
    return "|".join((*_file("words")["small"][language], *_file("words")["usual"][language]))
