"""`warmline explain`: decisions of one interaction, told on a terminal."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from warmline.insight.explain_words import say

_OUTCOMES: Mapping[str, Mapping[str, str]] = {
    "en": {
        "accepted": "accepted", "declined": "declined", "lapsed": "not answered",
        "withdrawn": "withdrawn", "open": "still ringing", "changes": "What would have changed it",
    },
    "ru": {
        "accepted": "принято", "declined": "отклонено", "lapsed": "без ответа",
        "withdrawn": "отозвано", "open": "ещё звонит", "changes": "Что изменило бы решение",
    },
    "pl": {
        "accepted": "odebrane", "declined": "odrzucone", "lapsed": "bez odpowiedzi",
        "withdrawn": "wycofane", "open": "jeszcze dzwoni", "changes": "Co zmieniłoby decyzję",
    },
}  # fmt: skip


def told(decisions: Sequence[Mapping[str, Any]], locale: str) -> Iterator[str]:
    """Every decision as lines of text, the first one first."""
    words = _OUTCOMES[locale]
    for decision in decisions:
        at = datetime.fromtimestamp(decision["at"] / 1000).astimezone()
        outcome = words[decision["outcome"] or "open"]
        yield f"{at:%Y-%m-%d %H:%M:%S} · {outcome}"
        said = decision["words"]
        yield said["headline"]
        for line in said["lines"]:
            yield f"{'    - ' if line['about'] == 'excluded' else '  '}{line['text']}"
        if said["flips"]:
            yield f"  {words['changes']}:"
            for flip in said["flips"]:
                yield f"    - {flip['text']} → {flip['then']}"
        if said["note"]:
            yield f"  {said['note']}"
        yield ""


def nothing(locale: str) -> str:
    """What is said of an interaction that was never offered to anybody."""
    return say(locale, "never_offered")
