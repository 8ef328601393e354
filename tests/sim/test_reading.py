"""A model or a policy with a mistake is refused with the path of the field."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.sim.models import SHOP, shop
from warmline.core.settings import Rule
from warmline.core.words import MINUTE, Medium
from warmline.sim.model import Hyperexponential, Model, Outcome
from warmline.sim.reading import ModelError, model_of, parse, read_model
from warmline.sim.rules import rules_of


def problems(text: str) -> dict[str, str]:
    with pytest.raises(ModelError) as refused:
        model_of(parse(text))
    return dict(refused.value.problems)


def with_line(old: str, new: str) -> str:
    assert old in SHOP
    return SHOP.replace(old, new, 1)


def test_a_model_says_what_its_text_says():
    model = shop()
    assert model.streams["orders"].medium is Medium.CHAT
    assert isinstance(model.streams["orders"].talk, Hyperexponential)
    assert model.queues["sales"].hours[0].opens == "09:00"
    assert model.agents["billers"].shifts[0].breaks[0].minutes == 30
    assert model.slowdown == {Medium.CHAT: 0.3}


@pytest.mark.parametrize(
    ("old", "new", "path", "said"),
    [
        ("mean_s: 180}", "mean_s: soon}", "streams.bills.patience.mean_s", "Expected float"),
        ("mean_s: 180}", "mean_s: 0}", "streams.bills.patience.mean_s", "> 0"),
        ("law: lognormal", "law: normal", "streams.bills.talk.law", "normal"),
        ("queue: mail", "queue: male", "streams.letters.queue", "no queue male"),
        ("sales: 3, en: 5", "sails: 3, en: 5", "agents.all-round.skills", "no skill sails"),
        ("{billing: 2}}", "{billing: 9}}", "queues.billing.rings[0].skills[...]", "<= 5"),
        ("platinum: 1, gold", "palladium: 1, gold", "streams.bills.segments", "palladium"),
        ("count: 5", "cont: 5", "agents.all-round", "unknown field cont"),
        ("start: 09:00", "start: 9 o'clock", "agents.all-round.shifts[0].start", "regex"),
        ("value: 10", "value: 11", "segments.platinum.value", "<= 10"),
        ("per_hour: 12}", "per_hour: 12, counts: [1]}", "streams.orders.arrivals", "counts"),
        ("[0.95, 0.7, 0.3]", "[0.95, 0.7]", "streams.orders.patience", "as many"),
        ("[0.95, 0.7, 0.3]", "[0.7, 0.95, 0.3]", "streams.orders.patience.survive", "go down"),
        ("weights: [2, 1]", "weights: [2]", "streams.orders.talk", "as many"),
        ("overflow_to: billing", "overflow_to: bills", "queues.sales.overflow_to", "bills"),
        ("days: 2", "days: 2\nstarts: 2026-02-31", "starts", "no day"),
        ("days: 2", "days: 2\nwarm_up_s: 172800", "warm_up_s", "nothing to count"),
        ("days: 2", "days: 2\ndays: 3", "line 4", "days is there twice"),
        ("days: 2", "days: [2", "line 4", "expected"),
    ],
)
def test_a_mistake_is_told_with_its_path(old, new, path, said):
    found = problems(with_line(old, new))
    assert said in found[path]


def test_a_list_is_no_model():
    assert problems("- one\n- two") == {"the document": "must be a table of fields"}


def test_times_and_words_are_read_as_people_mean_them():
    assert parse("{a: 12:30, b: no, c: 7, d: 1.5, e: true, f: ~}") == {
        "a": "12:30", "b": "no", "c": 7, "d": 1.5, "e": True, "f": None}  # fmt: skip


def test_recorded_moments_come_from_a_file_beside_the_model(tmp_path):
    text = with_line("{per_hour: 12}", "{instants_file: calls.txt}")
    (tmp_path / "shop.yaml").write_text(text)
    (tmp_path / "calls.txt").write_text("10.5\n3\n90000\n")
    model = read_model(tmp_path / "shop.yaml")
    assert isinstance(model, Model)
    assert model.streams["orders"].arrivals.instants_s == (10.5, 3.0, 90000.0)


@pytest.mark.parametrize(
    ("given", "said"),
    [("gone.txt", "cannot be read"), ("bad.txt", "no number"), ("[1]", "must be the name")],
)
def test_a_file_of_moments_with_a_mistake_is_refused(tmp_path, given, said):
    (tmp_path / "bad.txt").write_text("1\ntwo\n")
    (tmp_path / "shop.yaml").write_text(with_line("{per_hour: 12}", f"{{instants_file: {given}}}"))
    with pytest.raises(ModelError, match=said) as refused:
        read_model(tmp_path / "shop.yaml")
    assert refused.value.problems[0][0] == "streams.orders.arrivals.instants_file"


def test_a_policy_is_the_document_that_a_center_publishes():
    found = rules_of("rule: best-agent\nslider: {fair_to_best: 20 min}\n")
    assert (found.policy.rule, found.policy.worth_ms) == (Rule.BEST_AGENT, 20 * MINUTE)


def test_a_policy_with_a_mistake_is_refused_with_its_line():
    with pytest.raises(ModelError, match="line 2") as refused:
        rules_of("rule: longest-idle\nslider: {fair_to_best: soon}\n")
    assert "slider.fair_to_best" in refused.value.problems[0][0]


def test_the_model_that_the_page_shows_can_be_read():
    page = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "simulate-a-day.md"
    (text,) = re.findall(r"```yaml\n(.*?)```", page.read_text(), re.DOTALL)
    model = model_of(parse(text))
    assert set(model.streams) == {"bills", "letters"}
    assert model.outcome == Outcome(
        quality_points=60, prompt_points=40, tolerance_s=120, abandoned_points=0
    )
