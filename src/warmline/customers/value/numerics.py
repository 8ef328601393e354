"""What we use of scipy, with the types that it does not say itself.

It is fetched when it is first used: half a second that no start of a center waits for.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any, cast

import numpy as np

from warmline.customers.value.purchases import Floats

Loss = Callable[[Floats], tuple[float, Floats]]
"""What is to be as small as possible, and its slopes."""


def gammaln(x: Floats | float) -> Floats:
    """The logarithm of the gamma function."""
    return cast("Floats", _special().gammaln(x))


def digamma(x: Floats | float) -> Floats:
    """The slope of that logarithm."""
    return cast("Floats", _special().digamma(x))


def expit(x: Floats) -> Floats:
    """1 / (1 + e^-x) without overflow."""
    return cast("Floats", _special().expit(x))


@dataclass(frozen=True, slots=True)
class Lowest:
    """Where a loss is lowest, how low, and the largest slope that is left."""

    at: Floats
    loss: float
    slope: float


def lowest(
    loss: Loss,
    starts: Sequence[Sequence[float]],
    bounds: Sequence[tuple[float, float]],
) -> Lowest:
    """The lowest place reached from any of the starts, within the bounds (L-BFGS-B)."""
    reached = [
        _optimize().minimize(
            loss,
            np.asarray(start, dtype=np.float64),
            jac=True,
            method="L-BFGS-B",
            bounds=bounds,
            options={"maxiter": 1_000, "ftol": 1e-14, "gtol": 1e-8},
        )
        for start in starts
    ]
    best = min(reached, key=lambda one: float(one.fun))
    at = cast("Floats", best.x)
    return Lowest(at=at, loss=float(best.fun), slope=float(np.abs(loss(at)[1]).max()))


def eigen(middle: Floats, beside: Floats) -> tuple[Floats, Floats]:
    """Eigenvalues and the first parts of the eigenvectors of a tridiagonal matrix."""
    values, vectors = _linalg().eigh_tridiagonal(middle, beside)
    return cast("Floats", values), cast("Floats", vectors[0])


def _special() -> Any:
    return import_module("scipy.special")


def _optimize() -> Any:
    return import_module("scipy.optimize")


def _linalg() -> Any:
    return import_module("scipy.linalg")
