"""Reads the policy that a run is to follow: the same document that a center publishes."""

from pathlib import Path

from warmline.core.policy import Ruleset
from warmline.policies.document import read
from warmline.sim.reading import ModelError, file_text


def read_rules(path: Path) -> Ruleset:
    """The policy in a file. Raises `ModelError`; `OSError` when it cannot be read."""
    return rules_of(file_text(path))


def rules_of(text: str) -> Ruleset:
    """The policy that a text says; what it leaves out has its usual value. Raises `ModelError`."""
    reading = read(text)
    wrong = [one for one in reading.problems if one.severity == "error"]
    if wrong or reading.document is None:
        raise ModelError(
            [(f"line {one.line}, {one.path or 'the document'}", one.detail) for one in wrong]
        )
    return reading.document.ruleset
