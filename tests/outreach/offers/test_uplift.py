"""Whom an offer moves: learnt from what was shown and held out, judged on others."""

import csv
import gzip
import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from warmline.bench.offers import Arm, Outcome, Unreadable, Wanted, measure, read
from warmline.outreach.offers import learning, logistic, uplift
from warmline.outreach.offers.curve import Judged, area, spread
from warmline.outreach.offers.uplift import Kind, Recipe, Rows


def moved(many: int = 4_000, seed: int = 3, *, share: float = 0.5) -> Rows:
    """Those with a first fact above nothing are moved by 20 points, the others put off by 10."""
    random = np.random.default_rng(seed)
    x = random.normal(size=(many, 3))
    shown = (random.random(many) < share).astype(np.float64)
    likely = 0.2 + shown * np.where(x[:, 0] > 0, 0.2, -0.1)
    return Rows(x=x, shown=shown, did=(random.random(many) < likely).astype(np.float64))


def test_the_fit_is_where_the_likelihood_is_flat():
    rows = moved()
    weights = logistic.fit(rows.x, rows.did, counts=np.ones(len(rows.did)), penalty=2.0)
    likely = logistic.chance(rows.x, weights)
    slope = rows.x.T @ (likely - rows.did) + 2.0 * weights[1:]
    assert np.abs(slope).max() < 1e-6
    assert abs((likely - rows.did).sum()) < 1e-3


def test_a_row_that_counts_twice_is_two_rows():
    rows = moved(200)
    twice = np.concatenate([rows.x, rows.x[:50]]), np.concatenate([rows.did, rows.did[:50]])
    counts = np.ones(200)
    counts[:50] = 2
    one = logistic.fit(rows.x, rows.did, counts=counts, penalty=1.0)
    assert np.allclose(one, logistic.fit(*twice, counts=np.ones(250), penalty=1.0))


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("share", [0.5, 0.9])
def test_both_ways_find_who_is_moved_whatever_the_size_of_the_hold_out(kind: Kind, share: float):
    model = uplift.fit(moved(20_000, share=share), Recipe(kind=kind, penalty=10.0))
    assert model.of(np.asarray([[1.5, 0, 0]]))[0] > 0.1
    assert model.of(np.asarray([[-1.5, 0, 0]]))[0] < 0.0


def test_what_was_learnt_orders_others_better_than_chance():
    model, others = uplift.learn(moved(seed=1)), moved(seed=2)
    judged = Judged(uplift=model.of(others.x), shown=others.shown, did=others.did)
    found, sure = area(judged), spread(judged, draws=100, seed=1)
    assert found.auuc > found.random
    assert sure.above_random[0] > 0
    assert sure.above_random[0] < found.auuc - found.random < sure.above_random[1]
    turned = area(Judged(uplift=-judged.uplift, shown=others.shown, did=others.did))
    assert turned.auuc < turned.random
    assert turned.random == pytest.approx(found.random)


def test_the_area_of_four_people_is_what_paper_says():
    # The best half is moved in full, the other half not at all: up to 1/2, then level.
    judged = Judged(
        uplift=np.asarray([0.9, 0.9, 0.1, 0.1]),
        shown=np.asarray([1.0, 0.0, 1.0, 0.0]),
        did=np.asarray([1.0, 0.0, 0.0, 0.0]),
    )
    found = area(judged)
    assert found.auuc == pytest.approx(0.5 * 0.5 / 2 + 0.5 * 0.5)
    assert found.random == pytest.approx(0.25)


@given(st.randoms(use_true_random=False))
def test_equal_people_are_one_step_whatever_their_order_in_the_file(random):
    rows = moved(60)
    places = list(range(60))
    random.shuffle(places)
    guessed = np.round(rows.x[:, 0])
    one = area(Judged(uplift=guessed, shown=rows.shown, did=rows.did))
    other = area(Judged(uplift=guessed[places], shown=rows.shown[places], did=rows.did[places]))
    assert one.auuc == pytest.approx(other.auuc)
    same = area(Judged(uplift=np.zeros(60), shown=rows.shown, did=rows.did))
    assert same.auuc == pytest.approx(same.random)


def row(number: int, *, shown: bool, did: bool, segment: str) -> dict[str, object]:
    return {
        "customer": f"c{number}",
        "offer": "care",
        "arm": "shown" if shown else "held_out",
        "revenue_minor": 5_000 if did else 0,
        "facts": {"segment": segment, "orders": number % 7},
    }


def test_the_rooms_own_model_learns_which_segment_is_moved():
    random = np.random.default_rng(5)
    found: list[dict[str, object]] = []
    for number in range(3_000):
        shown, gold = bool(random.random() < 0.8), number % 2 == 0
        likely = 0.15 + (0.25 if shown and gold else 0.0)
        did = bool(random.random() < likely)
        found.append(row(number, shown=shown, did=did, segment="gold" if gold else "silver"))
    learnt = learning.learn(found, 7)
    assert learnt is not None
    gold, silver = (
        learnt.uplift_of("care", {"segment": one, "orders": 3}) for one in ("gold", "silver")
    )
    assert gold > 0.1
    assert abs(silver) < 0.1 < gold
    assert learnt.quality.above_random[0] > 0
    assert learnt.uplift_of("never-seen", {}) == pytest.approx(
        learnt.uplift_of("never-seen", {"money": None, "segment": "new"})
    )


def test_too_little_teaches_nothing():
    some = [row(n, shown=n % 2 == 0, did=n % 3 == 0, segment="gold") for n in range(399)]
    assert learning.learn(some, 1) is None
    nobody = [row(n, shown=n % 2 == 0, did=False, segment="gold") for n in range(1_000)]
    assert learning.learn(nobody, 1) is None


COLUMNS = (
    "recency", "history_segment", "history", "mens", "womens", "zip_code", "newbie", "channel",
    "segment", "visit", "conversion", "spend",
)  # fmt: skip


def mailing(path: Path, many: int = 3_000, columns: tuple[str, ...] = COLUMNS) -> Path:
    random = np.random.default_rng(1)
    text = io.StringIO()
    lines = csv.DictWriter(text, columns, extrasaction="ignore")
    lines.writeheader()
    for number in range(many):
        womens, mail = number % 2, number % 3
        visit = random.random() < 0.1 + (0.2 if womens and mail == 1 else 0)
        lines.writerow(
            {
                "recency": 1 + number % 12, "history_segment": "", "history": 30.5 + number % 500,
                "mens": 1 - womens, "womens": womens, "zip_code": ["Urban", "Rural"][number % 2],
                "newbie": number % 2, "channel": "Web", "visit": int(visit), "conversion": 0,
                "segment": ["No E-Mail", "Womens E-Mail", "Mens E-Mail"][mail], "spend": "0.0",
            }
        )  # fmt: skip
    path.write_bytes(gzip.compress(text.getvalue().encode()))
    return path


def test_the_bench_learns_from_one_half_and_is_judged_on_the_other(tmp_path: Path):
    path = mailing(tmp_path / "mailing.csv.gz")
    found = measure(path, Wanted(draws=60))
    assert found["learnt"] == found["judged"] == 1_000
    assert isinstance(found["auuc"], float)
    assert isinstance(found["random_auuc"], float)
    assert found["auuc"] > found["random_auuc"]
    assert found == measure(path, Wanted(draws=60))
    assert len(read(path, Wanted(arm=Arm.ANY)).did) == 3_000


def test_the_bench_says_what_is_wrong_with_a_file(tmp_path: Path):
    with pytest.raises(Unreadable, match="cannot be read"):
        measure(tmp_path / "none.csv.gz", Wanted())
    short = mailing(tmp_path / "short.csv.gz", 10, COLUMNS[:-3])
    with pytest.raises(Unreadable, match="no column visit"):
        measure(short, Wanted())
    (tmp_path / "plain.csv.gz").write_text("not packed")
    with pytest.raises(Unreadable, match="cannot be read"):
        measure(tmp_path / "plain.csv.gz", Wanted(outcome=Outcome.CONVERSION))
