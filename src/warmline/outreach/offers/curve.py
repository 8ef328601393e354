"""How well an order of people by expected uplift finds those whom an offer moves."""

from dataclasses import dataclass

import numpy as np

from warmline.outreach.offers.logistic import Floats

TOP_SHARE = 0.3
FEWEST = 1e-9
_LEVEL = (2.5, 97.5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """People of whom it is known what came: the expected uplift, who was shown it, who did it."""

    uplift: Floats
    shown: Floats
    did: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """The area under the uplift curve, the same of a random order, the uplift among the top."""

    auuc: float
    random: float
    top_uplift: float
    all_uplift: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """95 % intervals of an `Area`, from drawing the people again and again."""

    auuc: tuple[float, float]
    above_random: tuple[float, float]
    top_uplift: tuple[float, float]


def area(judged: Judged, *, counts: Floats | None = None, top: float = TOP_SHARE) -> Area:
    """The area under the uplift curve, 0 to 1 in shares of all people.

    Of the best share φ of people, V(φ) = (doers shown / shown - doers not shown / not shown) · φ:
    what offering to that share gains per head of all (the uplift curve of Gutierrez & Gérardy 2017,
    Causal Inference and Uplift Modelling; Radcliffe 2007 draws the same as a Qini curve by
    counts). The area is its mean over φ; a random order gains V(1) · φ, so half of V(1).
    People of equal expected uplift are one step, whatever their order in the file.
    """
    weight = np.ones(len(judged.did)) if counts is None else counts
    order = np.argsort(-judged.uplift, kind="stable")
    kept = [one[order] for one in (judged.uplift, judged.shown, judged.did, weight)]
    uplift, shown, did, times = kept
    ends = np.flatnonzero(np.append(np.diff(uplift) != 0, True))
    treated = np.cumsum(times * shown)[ends]
    others = np.cumsum(times * (1 - shown))[ends]
    gained = np.cumsum(times * shown * did)[ends] / np.maximum(treated, FEWEST)
    anyway = np.cumsum(times * (1 - shown) * did)[ends] / np.maximum(others, FEWEST)
    share = np.cumsum(times)[ends] / times.sum()
    # Before both arms have somebody there is no difference to tell.
    effect = np.where((treated > 0) & (others > 0), gained - anyway, 0.0)
    share, height = np.append(0.0, share), np.append(0.0, effect * share)
    whole = float(height[-1])
    at_top = float(np.interp(top, share, height)) / top
    return Area(
        auuc=float(np.sum(np.diff(share) * (height[1:] + height[:-1]) / 2)),
        random=whole / 2,
        top_uplift=at_top,
        all_uplift=whole,
    )


def spread(judged: Judged, *, draws: int, seed: int, top: float = TOP_SHARE) -> Spread:
    """Percentile intervals: people drawn with replacement, each arm apart; the order stays."""
    random = np.random.default_rng(seed)
    arms = [np.flatnonzero(judged.shown == arm) for arm in (0, 1)]
    found: list[tuple[float, float, float]] = []
    for _ in range(draws):
        counts = np.zeros(len(judged.did))
        for arm in arms:
            counts += np.bincount(random.choice(arm, len(arm)), minlength=len(counts))
        one = area(judged, counts=counts, top=top)
        found.append((one.auuc, one.auuc - one.random, one.top_uplift))
    low, high = np.percentile(np.asarray(found), _LEVEL, axis=0)
    intervals = [(float(a), float(b)) for a, b in zip(low, high, strict=True)]
    return Spread(auuc=intervals[0], above_random=intervals[1], top_uplift=intervals[2])
