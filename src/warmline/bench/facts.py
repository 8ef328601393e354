"""How well contradictions between texts are found: texts with contradictions planted among them."""

from collections.abc import Mapping, Sequence
from datetime import date
from importlib.resources import files
from typing import Any, cast

import yaml

from warmline.knowledge.facts.compare import Contradiction, Stated, contradictions
from warmline.knowledge.facts.extract import facts
from warmline.knowledge.facts.model import StoredText

PARTS = ("tuned", "widened", "mended", "judged")
"""The rule was made while looking at the first part; the second was written after that."""


def measure(parts: Sequence[str] = PARTS) -> Mapping[str, Any]:
    """Precision and recall over all parts together, and of each part for itself.

    Counted are pairs of texts (or single texts whose date has passed), not single values.
    """
    each = {name: _part(name) for name in parts}
    hits = sum(one["hits"] for one in each.values())
    found = sum(one["found"] for one in each.values())
    planted = sum(one["planted"] for one in each.values())
    return {
        "precision": _share(hits, found),
        "recall": _share(hits, planted),
        "planted": planted,
        "texts": sum(one["texts"] for one in each.values()),
        "parts": {
            name: {
                "precision": _share(one["hits"], one["found"]),
                "recall": _share(one["hits"], one["planted"]),
                "planted": one["planted"],
                "texts": one["texts"],
            }
            for name, one in each.items()
        },
    }


def _share(some: int, of: int) -> float:
    return round(some / of, 3) if of else 1.0


def _part(name: str) -> Mapping[str, int]:
    given = read(name)
    found = {named(one) for one in found_in(given)}
    planted = planted_in(given)
    return {
        "hits": len(found & planted),
        "found": len(found),
        "planted": len(planted),
        "texts": len(given["texts"]),
    }


def read(name: str) -> Mapping[str, Any]:
    """One part of the planted texts."""
    text = files("warmline.bench").joinpath("planted_facts", f"{name}.yaml").read_text("utf-8")
    return cast("Mapping[str, Any]", yaml.safe_load(text))


def planted_in(given: Mapping[str, Any]) -> set[frozenset[str]]:
    """The pairs that contradict each other, and the single texts that are out of date."""
    return {
        *(frozenset(one["pair"]) for one in given["differs"]),
        *(frozenset({one["text"]}) for one in given["outdated"]),
    }


def found_in(given: Mapping[str, Any]) -> Sequence[Contradiction]:
    """What the rule finds in one part."""
    stated: list[Stated] = []
    for one in given["texts"]:
        text = StoredText(**one)
        stated += [Stated(text=text.key, title=text.title, fact=fact) for fact in facts(text)]
    today = given["today"]
    assert isinstance(today, date)
    return contradictions(stated, today=today)[0]


def named(one: Contradiction) -> frozenset[str]:
    """The texts of a contradiction."""
    return frozenset({one.one.text[1]} | ({one.other.text[1]} if one.other else set[str]()))
