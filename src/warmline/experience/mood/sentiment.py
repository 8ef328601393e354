"""How a customer's words sound, from -1 to 1: the model, what it is trained on, and its classes."""

import io
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np

from warmline.experience.mood.estimates import Corrected, Heard, kind_of
from warmline.experience.mood.lexicon import overruled
from warmline.experience.mood.seeds import FOLDS, seed
from warmline.experience.mood.softmax import Softmax, Vectors, fit, macro_f1

Embed: TypeAlias = Callable[[Sequence[str]], Vectors]
"""Sentence vectors of texts, one row each."""
KINDS = 3
SHARP = 4
"""Shares are raised to this power: a small model on vectors of length 1 is too shy by itself."""
WHOLE_CHARS = 240
"""A text no longer than this is heard as one; a longer one sentence by sentence."""
SENTENCES_LIMIT = 24
CORRECTED_COUNTS = 3.0
"""A correction by hand counts as so many sentences of the seed."""
_ENDS = re.compile(r"(?<=[.!?…])\s+|\n+")


def leaning(shares: Vectors) -> Any:
    """From shares of the three classes to moods from -1 to 1."""
    sharp = shares**SHARP
    sharp /= sharp.sum(axis=1, keepdims=True)
    return sharp[:, 2] - sharp[:, 0]


def moods(model: Softmax, embed: Embed, texts: Sequence[str]) -> list[Heard]:
    """How each text sounds; of a long one, strong sentences count for more than calm ones."""
    pieces = [_pieces(text) for text in texts]
    flat = [piece for one in pieces for piece in one]
    if not flat:
        return [Heard(mood=0.0, by="model") for _ in texts]
    values = leaning(model.shares(embed(flat)))
    found: list[Heard] = []
    at = 0
    for text, one in zip(texts, pieces, strict=True):
        mine = values[at : at + len(one)]
        at += len(one)
        found.append(_heard(text, mine))
    return found


def train(embed: Embed, corrected: Sequence[Corrected] = ()) -> tuple[Softmax, Mapping[str, Any]]:
    """A model from the seed and what people put right, and what it was made of.

    `macro_f1` is over five folds of the seed, each judged by a model that has not seen it.
    """
    own = seed()
    vectors = embed([one.text for one in own])
    kinds = [one.kind for one in own]
    folds = np.array([one.fold for one in own])
    guesses = np.zeros(len(own), dtype=np.int64)
    for fold in range(FOLDS):
        rest = folds != fold
        learnt = fit(vectors[rest], [k for k, r in zip(kinds, rest, strict=True) if r], kinds=KINDS)
        values = leaning(learnt.shares(vectors[~rest]))
        guesses[~rest] = [kind_of(float(one)) for one in values]
    if corrected:
        vectors = np.vstack([vectors, embed([one.text for one in corrected])])
        kinds = [*kinds, *(kind_of(one.mood) for one in corrected)]
    counts = [1.0] * len(own) + [CORRECTED_COUNTS] * len(corrected)
    facts = {
        "seed": len(own),
        "corrections": len(corrected),
        "macro_f1": macro_f1([one.kind for one in own], guesses.tolist(), kinds=KINDS),
    }
    return fit(vectors, kinds, kinds=KINDS, counts=counts), facts


def packed(model: Softmax) -> bytes:
    """A model as bytes."""
    out = io.BytesIO()
    np.savez(out, weights=model.weights, offsets=model.offsets)
    return out.getvalue()


def unpacked(kept: bytes) -> Softmax:
    """A model from its bytes."""
    with np.load(io.BytesIO(kept), allow_pickle=False) as found:
        return Softmax(weights=found["weights"], offsets=found["offsets"])


def _pieces(text: str) -> list[str]:
    text = text.strip()
    if not text:
        return []
    if len(text) <= WHOLE_CHARS:
        return [text]
    found = [one.strip()[:WHOLE_CHARS] for one in _ENDS.split(text)]
    return [one for one in found if any(map(str.isalpha, one))][:SENTENCES_LIMIT]


def _heard(text: str, values: Any) -> Heard:
    if not len(values):
        return Heard(mood=0.0, by="model")
    loud = np.abs(values)
    mood = float((values * loud).sum() / loud.sum()) if loud.sum() else 0.0
    said = overruled(text, mood)
    return Heard(
        mood=round(mood if said is None else said, 3), by="model" if said is None else "lexicon"
    )
