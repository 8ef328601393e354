"""Whom an offer moves: two logistic models, or one of the transformed class, chosen by trial.

The two-model approach fits what people do with and without the offer and takes the difference
(Hansotia & Rukstales 2002, Incremental Value Modeling). The class transformation (Jaskowski &
Jaroszewicz 2012, Uplift Modeling for Clinical Trial Data) fits Z = 1 for who did it when shown or
did not when not; with arms that weigh the same the uplift is 2 P(Z = 1) - 1. Which of them, and
how strong the penalty, is decided by cross-validation among the rows that are learnt from.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from warmline.outreach.offers import logistic
from warmline.outreach.offers.curve import Judged, area
from warmline.outreach.offers.logistic import Floats

FOLDS = 5
PENALTIES = (1.0, 10.0, 100.0, 1000.0)
FOLD_SEED = 7


class Kind(StrEnum):
    """How uplift is modelled."""

    TWO_MODELS = "two_models"
    CLASS_TRANSFORMATION = "class_transformation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """What is learnt from: a row each, who was shown the offer (1) or not (0), who did it."""

    x: Floats
    shown: Floats
    did: Floats

    def at(self, places: np.ndarray) -> "Rows":
        """Some of the rows."""
        return Rows(x=self.x[places], shown=self.shown[places], did=self.did[places])


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """One way to learn."""

    kind: Kind
    penalty: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Uplift:
    """A learnt model: weights with and without the offer, or one row of the transformed class."""

    recipe: Recipe
    weights: tuple[tuple[float, ...], ...]

    def of(self, x: Floats) -> Floats:
        """How much likelier each row does it for being shown the offer, -1 to 1."""
        if self.recipe.kind is Kind.TWO_MODELS:
            with_it, without = (np.asarray(one) for one in self.weights)
            return np.asarray(logistic.chance(x, with_it) - logistic.chance(x, without))
        return np.asarray(2 * logistic.chance(x, np.asarray(self.weights[0])) - 1)


def fit(rows: Rows, recipe: Recipe) -> Uplift:
    """Learn by one recipe; both arms must have somebody."""
    shown = rows.shown == 1
    if recipe.kind is Kind.TWO_MODELS:
        weights = [
            logistic.fit(
                rows.x[arm], rows.did[arm], counts=np.ones(int(arm.sum())), penalty=recipe.penalty
            )
            for arm in (shown, ~shown)
        ]
    else:
        share = float(shown.mean())
        counts = np.where(shown, 1 / (2 * share), 1 / (2 * (1 - share)))
        same = np.where(shown, rows.did, 1 - rows.did)
        weights = [logistic.fit(rows.x, same, counts=counts, penalty=recipe.penalty)]
    kept = tuple(tuple(float(one) for one in row) for row in weights)
    return Uplift(recipe=recipe, weights=kept)


def chosen(rows: Rows) -> Recipe:
    """The recipe whose models find most above random in the folds they did not see."""
    recipes = [Recipe(kind=kind, penalty=penalty) for kind in Kind for penalty in PENALTIES]
    folds = list(_folds(rows))
    return max(recipes, key=lambda recipe: _found(rows, folds, recipe))


def learn(rows: Rows) -> Uplift:
    """Choose a recipe and learn by it from all rows."""
    return fit(rows, chosen(rows))


def _found(rows: Rows, folds: list[tuple[np.ndarray, np.ndarray]], recipe: Recipe) -> float:
    """What models by a recipe find above random, a mean over the folds they did not see."""
    gains: list[float] = []
    for inside, outside in folds:
        model = fit(rows.at(inside), recipe)
        judged = rows.at(outside)
        found = area(Judged(uplift=model.of(judged.x), shown=judged.shown, did=judged.did))
        gains.append(found.auuc - found.random)
    return float(np.mean(gains))


def _folds(rows: Rows) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Each arm and outcome spread evenly over the folds; the same every time."""
    random = np.random.default_rng(FOLD_SEED)
    fold = np.zeros(len(rows.did), dtype=np.int64)
    for shown in (0, 1):
        for did in (0, 1):
            places = np.flatnonzero((rows.shown == shown) & (rows.did == did))
            fold[random.permutation(places)] = np.arange(len(places)) % FOLDS
    for one in range(FOLDS):
        yield np.flatnonzero(fold != one), np.flatnonzero(fold == one)
