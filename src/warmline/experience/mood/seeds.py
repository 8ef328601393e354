"""Our own labelled sentences, written for this project: what the first model is trained on."""

from dataclasses import dataclass
from importlib import resources

LANGUAGES = ("en", "ru", "pl")
CLASSES = ("-", "0", "+")
"""Unhappy, neutral, glad: the order of classes everywhere."""
FOLDS = 5
BLOCK = 10
"""So many sentences in a row share a fold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """A sentence, the place of its class in `CLASSES`, its language and its fold."""

    text: str
    kind: int
    language: str
    fold: int
    """Sentences that say the same in three languages stand in about the same place: in one fold."""


def seed() -> list[Labelled]:
    """All sentences of all languages."""
    found: list[Labelled] = []
    folder = resources.files("warmline.experience.mood") / "seed"
    for language in LANGUAGES:
        seen = [0, 0, 0]
        for line in (folder / f"{language}.txt").read_text(encoding="utf-8").splitlines():
            mark, _, text = line.partition(" ")
            kind = CLASSES.index(mark)
            fold = seen[kind] // BLOCK % FOLDS
            seen[kind] += 1
            found.append(Labelled(text=text, kind=kind, language=language, fold=fold))
    return found
