"""Logistic regression with weights and a penalty, fitted by Newton's method."""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]

MOST_STEPS = 50
CLOSE_ENOUGH = 1e-9
_FLAT = 30.0
"""Beyond this many log-odds a probability is 0 or 1 for all that we do with it."""


def chance(x: Floats, weights: Floats) -> Floats:
    """The probability of each row; the first weight is the intercept.

    >>> [float(one) for one in chance(np.zeros((1, 1)), np.asarray([0.0, 5.0]))]
    [0.5]
    """
    odds = np.clip(weights[0] + x @ weights[1:], -_FLAT, _FLAT)
    return np.asarray(1.0 / (1.0 + np.exp(-odds)))


def fit(x: Floats, y: Floats, *, counts: Floats, penalty: float) -> Floats:
    """The weights, intercept first, that make `y` (0 or 1) most likely.

    Iteratively reweighted least squares (Hastie, Tibshirani, Friedman: The Elements of Statistical
    Learning, 2nd edition, 4.4.1), `penalty` / 2 on the squares of all weights but the intercept;
    a row counts `counts` times. The loss is convex, and a step that would raise it is halved.
    """
    design = np.column_stack([np.ones(len(x)), x])
    ridge = np.full(design.shape[1], penalty)
    ridge[0] = 1e-6
    weights = np.zeros(design.shape[1])
    now = _loss(x, y, counts, ridge, weights)
    for _ in range(MOST_STEPS):
        likely = chance(x, weights)
        slope = design.T @ (counts * (likely - y)) + ridge * weights
        bend = (design * (counts * likely * (1 - likely))[:, None]).T @ design + np.diag(ridge)
        step = np.linalg.solve(bend, slope)
        further, loss = weights - step, _loss(x, y, counts, ridge, weights - step)
        while loss > now and np.abs(step).max() > CLOSE_ENOUGH:
            step = step / 2
            further, loss = weights - step, _loss(x, y, counts, ridge, weights - step)
        weights, now = further, loss
        if np.abs(step).max() <= CLOSE_ENOUGH:
            break
    return np.asarray(weights)


def _loss(x: Floats, y: Floats, counts: Floats, ridge: Floats, weights: Floats) -> float:
    odds = np.clip(weights[0] + x @ weights[1:], -_FLAT, _FLAT)
    return float((counts * (np.logaddexp(0.0, odds) - y * odds)).sum() + (ridge @ weights**2) / 2)
