"""Whether the uplift model finds whom an offer moves: a randomised mailing, half learnt from."""

import csv
import gzip
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import numpy as np

from warmline.outreach.offers import uplift
from warmline.outreach.offers.curve import TOP_SHARE, Judged, area, spread
from warmline.outreach.offers.uplift import Rows

DRAWS = 1_000
FILE = "hillstrom_half.csv.gz"
_CATEGORIES = ("zip_code", "channel")
_LOGS = ("history",)
_NUMBERS = ("recency", "mens", "womens", "newbie")
_NEEDED = frozenset({*_CATEGORIES, *_LOGS, *_NUMBERS, "segment"})


class Arm(StrEnum):
    """Which mail counts as the offer."""

    WOMENS = "womens"
    MENS = "mens"
    ANY = "any"


class Outcome(StrEnum):
    """What counts as done, within the two weeks after the mail."""

    VISIT = "visit"
    CONVERSION = "conversion"


_MAILS: Mapping[Arm, frozenset[str]] = {
    Arm.WOMENS: frozenset({"Womens E-Mail"}),
    Arm.MENS: frozenset({"Mens E-Mail"}),
    Arm.ANY: frozenset({"Womens E-Mail", "Mens E-Mail"}),
}
_NO_MAIL = "No E-Mail"


class Unreadable(Exception):
    """The file is not the randomised mailing; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is measured."""

    arm: Arm = Arm.WOMENS
    outcome: Outcome = Outcome.VISIT
    seed: int = 2008
    draws: int = DRAWS


def measure(path: Path, wanted: Wanted) -> Mapping[str, object]:
    """The figures of the half that was not learnt from; kind and penalty come from the other.

    `ci95` is of how far the area lies above that of a random order, `auuc_ci95` of the area itself,
    which also moves with how many do it at all.
    """
    rows = read(path, wanted)
    places = np.random.default_rng(wanted.seed).permutation(len(rows.did))
    inside, outside = places[: len(places) // 2], places[len(places) // 2 :]
    centre, scale = rows.x[inside].mean(axis=0), rows.x[inside].std(axis=0)
    scaled = Rows(
        x=(rows.x - centre) / np.where(scale > 0, scale, 1.0), shown=rows.shown, did=rows.did
    )
    model = uplift.learn(scaled.at(inside))
    held = scaled.at(outside)
    judged = Judged(uplift=model.of(held.x), shown=held.shown, did=held.did)
    found = area(judged)
    sure = spread(judged, draws=wanted.draws, seed=wanted.seed)
    return {
        "auuc": round(found.auuc, 6),
        "random_auuc": round(found.random, 6),
        "top30_uplift": round(found.top_uplift, 5),
        "above_random": round(found.auuc - found.random, 6),
        "ci95": _rounded(sure.above_random),
        "auuc_ci95": _rounded(sure.auuc),
        "top30_ci95": _rounded(sure.top_uplift),
        "all_uplift": round(found.all_uplift, 5),
        "outcome": wanted.outcome.value,
        "arm": wanted.arm.value,
        "model": model.recipe.kind.value,
        "penalty": model.recipe.penalty,
        "learnt": len(inside),
        "judged": len(outside),
        "top_share": TOP_SHARE,
        "draws": wanted.draws,
        "seed": wanted.seed,
    }


def _rounded(interval: Sequence[float]) -> list[float]:
    return [round(one, 6) for one in interval]


def read(path: Path, wanted: Wanted) -> Rows:
    """The customers of an arm and those without a mail; `Unreadable` for another file."""
    place = path / FILE if path.is_dir() else path
    try:
        with gzip.open(place, "rt", encoding="utf-8", newline="") as file:
            lines = csv.DictReader(file)
            missing = (_NEEDED | {wanted.outcome.value}).difference(lines.fieldnames or ())
            if missing:
                raise Unreadable(f"{place} has no column {', '.join(sorted(missing))}.")
            wanted_mails = _MAILS[wanted.arm] | {_NO_MAIL}
            people = [one for one in lines if one["segment"] in wanted_mails]
        return _rows(people, wanted)
    except (OSError, EOFError, UnicodeDecodeError, ValueError) as fault:
        raise Unreadable(f"{place} cannot be read: {fault}") from fault


def _rows(people: Sequence[Mapping[str, str]], wanted: Wanted) -> Rows:
    shown = np.asarray([float(one["segment"] != _NO_MAIL) for one in people])
    if not 0 < shown.sum() < len(shown):
        raise Unreadable("There is nobody with, or nobody without the mail.")
    columns = [np.asarray([float(one[name]) for one in people]) for name in _NUMBERS]
    columns += [np.log1p(np.asarray([float(one[name]) for one in people])) for name in _LOGS]
    for name in _CATEGORIES:
        for word in sorted({one[name] for one in people})[1:]:
            columns.append(np.asarray([float(one[name] == word) for one in people]))
    did = np.asarray([float(one[wanted.outcome.value]) for one in people])
    return Rows(x=np.column_stack(columns), shown=shown, did=did)
