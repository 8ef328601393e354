"""What a flow says to callers, by the names under which it can be recorded."""

from collections.abc import Iterable, Mapping

from warmline.core import flow_steps as s
from warmline.core.words import Medium

SORRY = "-sorry"
CONFIRM = "-confirm"


def prompt_name(flow: str, step: str) -> str:
    """The name of a step's prompt."""
    return f"{flow}-{step}"


def said(flows: Iterable[s.Flow]) -> Mapping[str, s.Words]:
    """The words that callers hear of these flows, by name; what holds a caller's values is none."""
    found: dict[str, s.Words] = {}
    for flow in flows:
        if Medium.VOICE not in flow.media:
            continue
        for id_, step in flow.steps.items():
            name = prompt_name(flow.id, id_)
            if isinstance(step, s.Say | s.Asking | s.End):
                found[name] = step.words
            if isinstance(step, s.Asking):
                found[name + SORRY] = step.sorry
            if isinstance(step, s.Say):
                found.update(_recordings(step))
    return {name: words for name, words in found.items() if words and not _personal(words)}


def _recordings(step: s.Say) -> Mapping[str, s.Words]:
    """The recordings that a step names, by name: each in its language."""
    return {name: {language: ""} for language, name in step.recordings.items()}


def _personal(words: s.Words) -> bool:
    return any("{" in text for text in words.values())
