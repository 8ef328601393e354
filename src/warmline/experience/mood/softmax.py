"""A small classifier: multinomial logistic regression over sentence vectors."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Vectors: TypeAlias = NDArray[np.float64]
"""One row per text."""
STEPS_LIMIT = 300
RIDGE = 1e-3
"""How much large weights cost; chosen by five folds of the seed alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Softmax:
    """Weights and offsets of each class."""

    weights: Vectors
    offsets: NDArray[np.float64]

    def shares(self, vectors: Vectors) -> Vectors:
        """How likely each class is for each row; rows add up to 1."""
        return _shares(vectors @ self.weights + self.offsets)


def fit(
    vectors: Vectors,
    classes: Sequence[int],
    *,
    kinds: int,
    counts: Sequence[float] | None = None,
    ridge: float = RIDGE,
) -> Softmax:
    """Learn which of `kinds` classes a vector has; `counts` says how often each row counts.

    >>> learnt = fit(np.array([[0.0], [0.1], [1.0], [0.9]]), [0, 0, 1, 1], kinds=2)
    >>> learnt.shares(np.array([[0.0], [1.0]])).argmax(axis=1).tolist()
    [0, 1]
    """
    many, width = vectors.shape
    weight = np.ones(many) if counts is None else np.asarray(counts, dtype=np.float64)
    weight = weight[:, None] / weight.sum()
    truth = np.eye(kinds)[np.asarray(classes, dtype=np.int64)]

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        weights, offsets = flat[: width * kinds].reshape(width, kinds), flat[width * kinds :]
        found = _shares(vectors @ weights + offsets)
        wrong = weight * (found - truth)
        cost = -(weight * truth * np.log(found + 1e-12)).sum() + ridge * (weights**2).sum() / 2
        slope = vectors.T @ wrong + ridge * weights
        return float(cost), np.concatenate([slope.ravel(), wrong.sum(axis=0)])

    start = np.zeros((width + 1) * kinds)
    options = {"maxiter": STEPS_LIMIT}
    optimize: Any = import_module("scipy.optimize")  # half a second, and it says no types itself
    best: Any = optimize.minimize(loss, start, jac=True, method="L-BFGS-B", options=options)
    flat: NDArray[np.float64] = best.x
    return Softmax(
        weights=flat[: width * kinds].reshape(width, kinds), offsets=flat[width * kinds :]
    )


def macro_f1(truth: Sequence[int], guesses: Sequence[int], *, kinds: int) -> float:
    """The mean over classes of F1, 0 to 1; a class that nobody names counts 0.

    >>> macro_f1([0, 0, 1, 1], [0, 0, 1, 0], kinds=2)
    0.7333333333333334
    """
    total = 0.0
    for kind in range(kinds):
        both = sum(t == g == kind for t, g in zip(truth, guesses, strict=True))
        either = sum(t == kind for t in truth) + sum(g == kind for g in guesses)
        total += 2 * both / either if either else 0.0
    return total / kinds


def _shares(scores: Vectors) -> Vectors:
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    return raised / raised.sum(axis=1, keepdims=True)
