"""`warmline value fit`: from a file as from the center's own orders, and what it refuses."""

import gzip
import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from tests.conversations.house import SITE
from tests.customers.value.conftest import Shop
from warmline.__main__ import app
from warmline.customers.value import command
from warmline.customers.value.command import Refused
from warmline.customers.value.reading import Unreadable, read_orders


def written(path: Path, customers: int = 400) -> Path:
    """Orders like CDNOW's, of customers who come again now and then."""
    chance = np.random.default_rng(3)
    lines = ["customer_id,date,cds,dollars"]
    for number in range(customers):
        at, rate = chance.uniform(0, 60), chance.gamma(0.6, 1 / 30)
        while at < 500:
            day = np.datetime64("1997-01-01") + int(at)
            lines.append(f"{number:05},{str(day).replace('-', '')},1,{chance.gamma(6, 5):.2f}")
            if chance.random() < 0.2:
                break
            at += chance.exponential(1 / max(rate, 1e-9))
    text = "\n".join(lines).encode()
    path.write_bytes(gzip.compress(text) if path.suffix == ".gz" else text)
    return path


def test_a_file_is_fitted_and_held_against_what_came(tmp_path: Path):
    file = written(tmp_path / "orders.csv.gz")
    cut = ("--calibration-until", "1997-09-30", "--holdout-days", "200")
    run = CliRunner().invoke(app, ["value", "fit", "--json", "--orders", str(file), *cut])
    assert run.exit_code == 0, run.output
    found = json.loads(run.stdout)
    assert found["bgnbd"].keys() == {"r", "alpha", "a", "b"}
    assert 0.5 < found["holdout_total_ratio"] < 1.6
    assert 0.5 < found["tracking_ratio"] < 1.6
    assert found["mae"] < found["mae_baseline"]
    assert 0 < found["top20_revenue_share"] <= found["top20_best_share"] <= 1
    assert found["holdout_total_ratio"] == pytest.approx(
        found["holdout_expected"] / found["holdout_actual"], abs=1e-3
    )
    words = CliRunner().invoke(app, ["value", "fit", "--orders", str(file), "--samples", "2"])
    assert words.exit_code == 0
    assert "BG/NBD: r " in words.stdout


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "No column is called"),
        ("customer_id,date,dollars\n", "has no orders"),
        ("customer_id,date,dollars\n1,1997-02-30,5\n", "line 2"),
        ("customer_id,date,dollars\n1,1997-02-03,five\n", "line 2"),
        ("customer_id,date\n1,1997-02-03\n", "No column is called dollars"),
    ],
)
def test_a_file_that_is_no_list_of_orders_is_refused_with_its_place(tmp_path: Path, text, said):
    file = tmp_path / "orders.csv"
    file.write_text(text)
    with pytest.raises(Unreadable, match=said):
        read_orders(file)


def test_what_cannot_be_fitted_says_so(tmp_path: Path):
    file = written(tmp_path / "orders.csv", customers=5)
    orders = command.file_orders(file)
    for until, said in (("1998", "is no day"), ("2001-01-01", "must end between")):
        with pytest.raises(Refused, match=said):
            command.fitted(orders, until=until, days=30, samples=0)
    with pytest.raises(Refused, match="came again"):
        command.fitted(orders, until="1997-03-01", days=30, samples=0)
    run = CliRunner().invoke(app, ["value", "fit", "--data", str(tmp_path / "none")])
    assert run.exit_code == 1


async def test_the_own_orders_are_fitted_like_a_file(shop: Shop):
    await shop.regulars(120)
    orders = await command.own_orders(shop.house.database, SITE, "Europe/Warsaw")
    found = command.fitted(orders, until=None, days=None, samples=0)
    assert found["customers"] == 120
    assert set(command.told(found)) >= {
        f"Mean error by customer: {found['mae']}, as before: {found['mae_baseline']}"
    }
