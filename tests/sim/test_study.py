"""Studies over seeds and processes, and the command that prints them."""

from __future__ import annotations

import json
from threading import Event

import pytest
from typer.testing import CliRunner

from tests.sim import models
from warmline.__main__ import app
from warmline.core.settings import Rule
from warmline.sim import model as m
from warmline.sim.figures import quantile
from warmline.sim.intervals import estimate, paired, t_95
from warmline.sim.run import run_model
from warmline.sim.study import Cancelled, Candidate, study, summary

CANDIDATES = [
    Candidate(name=rule.value, rules=models.rules(rule)) for rule in (Rule.FEWEST, Rule.WARMLINE)
]


@pytest.fixture(scope="module")
def made():
    return study(models.shop(), CANDIDATES, seeds=[1, 2, 3], days=1)


def test_other_processes_come_to_the_same_figures(made):
    told: list[tuple[int, int]] = []
    spread = study(
        models.shop(),
        CANDIDATES,
        seeds=[1, 2, 3],
        days=1,
        jobs=2,
        progress=lambda done, of: told.append((done, of)),
    )
    assert summary(spread) == summary(made)
    assert told == [(number, 6) for number in range(1, 7)]


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_study_can_be_stopped(jobs):
    cancel = Event()
    with pytest.raises(Cancelled):
        study(
            models.shop(),
            CANDIDATES,
            seeds=range(1, 200),
            days=1,
            jobs=jobs,
            progress=lambda done, of: cancel.set(),
            cancel=cancel,
        )


def test_the_summary_has_means_intervals_and_differences_run_by_run(made):
    found = summary(made)
    runs = made.runs["warmline"]
    levels = [run.folds.all["service_level_pct"] for run in runs]
    assert found["policies"]["warmline"]["all"]["service_level_pct"] == estimate(levels)
    gold = [run.folds.segments["gold"]["outcome"] for run in runs]
    assert found["policies"]["warmline"]["segments"]["gold"]["outcome"] == estimate(gold)
    (difference,) = found["differences"]
    assert (difference["of"], difference["from"]) == ("warmline", "fewest")
    before = [run.folds.all["service_level_pct"] for run in made.runs["fewest"]]
    assert difference["all"]["service_level_pct"] == paired(levels, before)
    assert set(difference["queues"]) == {"billing", "sales", "mail"}


def test_the_half_hours_add_up_to_the_day(made):
    run = made.runs["fewest"][0]
    day = run.folds.days[0]
    assert len(run.folds.series) == 48
    assert sum(row["arrivals"] for row in run.folds.series) == day["offered"]
    assert sum(row["served"] for row in run.folds.series) == day["answered"]
    assert max(row["waiting_max"] for row in run.folds.series) > 5


def test_segments_add_up_to_those_who_are_known(made):
    run = made.runs["fewest"][0]
    known = sum(one["offered"] for one in run.folds.segments.values())
    strangers = run.folds.queues["mail"]["offered"]
    assert known + strangers == run.folds.all["offered"]


def test_without_warm_up_everything_offered_is_answered_given_up_or_left_over():
    model = models.one_line(agents=5, per_hour=100, mean_s=180, patience_s=100)
    offered, answered, abandoned, unfinished = counts(model)
    assert (unfinished, offered) == (0, answered + abandoned)
    assert min(answered, abandoned) > 100
    crowded = models.changed(models.one_line(agents=1, per_hour=100, mean_s=180), overtime_s=0.0)
    offered, answered, abandoned, unfinished = counts(crowded)
    in_hand = 1
    assert (abandoned, unfinished) == (0, offered - answered + in_hand)
    assert unfinished > 1500


def counts(model: m.Model) -> list[float]:
    found = run_model(model, models.rules(), seed=1).folds.all
    return [found[key] or 0 for key in ("offered", "answered", "abandoned", "unfinished")]


def test_the_outcome_is_the_formula():
    model = models.changed(
        models.one_line(agents=1, per_hour=0, mean_s=60),
        segments={"gold": m.Segment(value=5), "basic": m.Segment()},
        streams={
            "calls": m.Stream(
                queue="line",
                arrivals=m.Arrivals(instants_s=(0.0, 0.0)),
                talk=m.Constant(value_s=120.0),
                segments={"gold": 1.0},
            ),
            "others": m.Stream(
                queue="line",
                arrivals=m.Arrivals(instants_s=(1.0,)),
                talk=m.Constant(value_s=1.0),
                patience=m.Constant(value_s=30.0),
                segments={"basic": 1.0},
            ),
        },
        agents={"agent": m.Group(count=1, quality=0.8, capacity=models.ONE_CALL)},
    )
    found = run_model(model, models.rules(), seed=1).folds
    # 60 x 0.8 + 40 at once; 48 + 40/e after 120 s; nothing for who gave up.
    first, second = 88.0, 48.0 + 40.0 / 2.718281828459045
    assert found.segments["gold"]["outcome"] == pytest.approx((first + second) / 2)
    assert found.all["outcome"] == pytest.approx((first + second) / 3)
    assert found.all["outcome_weighted"] == pytest.approx(5 * (first + second) / 11)


def test_occupancy_and_its_spread_are_of_the_agents():
    model = models.changed(
        models.one_line(agents=2, per_hour=0, mean_s=1),
        streams={
            "calls": m.Stream(
                queue="line",
                arrivals=m.Arrivals(instants_s=(0.0,)),
                talk=m.Constant(value_s=43_200.0),
            )
        },
    )
    found = run_model(model, models.rules(), seed=1).folds.all
    assert found["occupancy_pct"] == pytest.approx(25.0)
    assert found["occupancy_spread"] == pytest.approx(25.0)


def test_intervals_are_students():
    assert [round(t_95(n), 3) for n in (1, 2, 5, 19, 120)] == [12.706, 4.303, 2.571, 2.093, 1.98]
    assert estimate([1.0, 2.0, 3.0, None]) == {
        "mean": 2.0,
        "ci95": pytest.approx([2 - 4.3027 / 3**0.5, 2 + 4.3027 / 3**0.5], rel=1e-4),
    }
    assert estimate([7.0]) == {"mean": 7.0, "ci95": None}
    assert estimate([None]) == {"mean": None, "ci95": None}
    assert paired([3.0, 5.0], [1.0, 3.0])["ci95"] == [2.0, 2.0]
    assert quantile([1, 2, 3, 4], 0.5) == 2.5


# The command


@pytest.fixture
def files(tmp_path):
    (tmp_path / "shop.yaml").write_text(models.SHOP)
    (tmp_path / "idle.yaml").write_text("rule: longest-idle\n")
    (tmp_path / "best.yaml").write_text("rule: best-agent\n")
    return tmp_path


def simulate(*arguments: object):
    return CliRunner().invoke(app, ["simulate", *map(str, arguments)])


def test_the_command_prints_figures_of_every_policy_and_their_differences(files):
    done = simulate(
        files / "shop.yaml", "--policy", files / "idle.yaml", "--policy", files / "best.yaml",
        "--seeds", 2, "--days", 1, "--explain", 2, "--json",
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert (found["model"], found["days"], found["seeds"]) == ("a shop", 1, 2)
    assert set(found["policies"]) == {"idle", "best"}
    level = found["policies"]["best"]["segments"]["platinum"]["service_level_pct"]
    assert level["ci95"][0] <= level["mean"] <= level["ci95"][1]
    assert (found["differences"][0]["of"], found["differences"][0]["from"]) == ("best", "idle")
    assert [len(lines) for lines in found["decisions"].values()] == [2, 2]
    first = found["decisions"]["idle"][0]
    assert (first["interaction"], first["agent"]) == ("letters-1", "billers-1")
    assert "billers-1" in first["headline"]
    assert first["lines"]


def test_the_command_shows_a_table_to_people(files):
    done = simulate(files / "shop.yaml", "--seeds", 1, "--days", 1, "--explain", 1)
    assert done.exit_code == 0, done.output
    assert "service level, %" in done.stdout
    assert "default, the first decisions:" in done.stdout


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("shop.yaml", models.SHOP.replace("mean_s: 180", "mean_s: x"), "streams.bills.patience"),
        ("shop.yaml", models.SHOP.replace("per_hour: 12}", "per_hour: 1.0e9}"), "fewer days"),
        ("best.yaml", "rule: best-agents\n", "line 1, rule"),
        ("best.yaml", "queues: {billing: {name: B, plan: [{needs: [knitting]}]}}\n", "knitting"),
    ],
)
def test_a_mistake_is_one_line_and_not_a_trace(files, file, text, said):
    (files / file).write_text(text)
    done = simulate(files / "shop.yaml", "--policy", files / "best.yaml", "--seeds", 1)
    assert (done.exit_code, done.stdout) == (1, "")
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_missing_file_and_two_of_one_name_are_refused(files):
    assert "cannot be read" in simulate(files / "none.yaml").stderr
    (files / "more").mkdir()
    (files / "more" / "idle.yaml").write_text("rule: random\n")
    same = ("--policy", files / "idle.yaml", "--policy", files / "more" / "idle.yaml")
    assert "same name" in simulate(files / "shop.yaml", *same).stderr
