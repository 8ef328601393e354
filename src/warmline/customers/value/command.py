"""What `warmline value fit` does: fit the models, hold them against what came, tell the figures."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import msgspec

from warmline.core.words import SiteId
from warmline.customers.value import bgnbd, gamma_gamma, keeping
from warmline.customers.value.bgnbd import TooFew
from warmline.customers.value.holdout import Holdout, holdout
from warmline.customers.value.ledger import Days, read_ledger
from warmline.customers.value.purchases import Orders, Purchases, purchases
from warmline.customers.value.reading import Unreadable, read_orders
from warmline.storage.database import Database

MOST_SAMPLES = 100


class Refused(Exception):
    """It cannot be fitted; the message says why."""


async def own_orders(database: Database, site: SiteId, zone: str) -> Orders:
    """The center's own orders, as every night."""
    async with database.read() as connection:
        terms = await keeping.site_terms(connection, site)
        money = await keeping.money_of(connection, site, terms)
        return (await read_ledger(connection, site, Days(zone), money)).orders


def file_orders(path: Path) -> Orders:
    """The orders of a file."""
    try:
        return read_orders(path)
    except Unreadable as refusal:
        raise Refused(str(refusal)) from None


def fitted(
    orders: Orders, *, until: str | None, days: int | None, samples: int
) -> Mapping[str, object]:
    """The figures, as JSON; without a day the last quarter of the time is held back."""
    if not len(orders.day):
        raise Refused("There are no orders.")
    first, last = int(orders.day.min()), int(orders.day.max())
    cut = last - (last - first) // 4 if until is None else _day(until)
    held = last - cut if days is None else days
    if not first <= cut < last or held < 1:
        raise Refused(
            f"The orders are of {date.fromordinal(first)} to {date.fromordinal(last)}: "
            "the calibration must end between, and something be left after it."
        )
    try:
        found = holdout(orders, until=cut, days=held)
        spread = _samples(purchases(orders, until=cut), samples)
    except TooFew:
        raise Refused(f"Fewer than {bgnbd.LEAST_REPEATERS} customers came again.") from None
    return {
        "bgnbd": msgspec.to_builtins(found.ordering),
        "gamma_gamma": msgspec.to_builtins(found.spending),
        "calibration_until": date.fromordinal(cut).isoformat(),
        "holdout_days": held,
        "customers": found.customers,
        "repeats_before": found.repeats_before,
        "holdout_actual": found.actual,
        "holdout_expected": round(found.expected, 1),
        "holdout_total_ratio": round(found.total_ratio, 4),
        "total_ratio_with_calibration": round(_whole(found), 4),
        "tracking_ratio": round(found.tracking_ratio, 4),
        "mae": round(found.mae, 4),
        "mae_baseline": round(found.mae_baseline, 4),
        "top20_revenue_share": round(found.top20_revenue_share, 4),
        "top20_best_share": round(found.top20_best_share, 4),
        "by_repeats": msgspec.to_builtins(found.by_repeats),
        **({"samples": spread} if samples else {}),
    }


def _whole(found: Holdout) -> float:
    """Repeat orders since the beginning: those seen and those foretold, by those that came."""
    seen = found.repeats_before
    return (seen + found.expected) / max(1.0, seen + found.actual)


def _samples(known: Purchases, samples: int) -> Sequence[Mapping[str, object]]:
    """The fit of every systematic sample: each n-th customer, from each of the first n."""
    return [
        {"begins": begin + 1, **msgspec.to_builtins(bgnbd.fit(_every(known, begin, samples)).model)}
        for begin in range(samples)
    ]


def _every(known: Purchases, begin: int, step: int) -> Purchases:
    place = slice(begin, None, step)
    return Purchases(
        customers=known.customers[place],
        repeats=known.repeats[place],
        last=known.last[place],
        age=known.age[place],
        money=known.money[place],
        days_since=known.days_since[place],
    )


def _day(text: str) -> int:
    try:
        return date.fromisoformat(text).toordinal()
    except ValueError:
        raise Refused(f"{text} is no day; write it like 1997-09-30.") from None


def told(found: Mapping[str, object]) -> Sequence[str]:
    """The figures in lines."""
    model = msgspec.convert(found["bgnbd"], bgnbd.BgNbd)
    parameters = f"r {model.r:.3f}, alpha {model.alpha:.3f}, a {model.a:.3f}, b {model.b:.3f}"
    lines = [
        f"BG/NBD: {parameters} (weeks), {found['customers']} customers",
        f"Calibrated until {found['calibration_until']}, held out {found['holdout_days']} days",
        (
            f"Repeat orders: foretold {found['holdout_expected']}, "
            f"came {found['holdout_actual']}, ratio {found['holdout_total_ratio']}"
        ),
        f"The same since everybody's first order, by the model alone: {found['tracking_ratio']}",
        f"Mean error by customer: {found['mae']}, as before: {found['mae_baseline']}",
        f"Revenue of the top 20 %: {found['top20_revenue_share']}",
    ]
    if found["gamma_gamma"] is not None:
        spending = msgspec.convert(found["gamma_gamma"], gamma_gamma.GammaGamma)
        lines.insert(1, f"Gamma-Gamma: p {spending.p:.3f}, q {spending.q:.3f}, v {spending.v:.2f}")
    return lines
