"""Contradictions planted among texts of invented companies: how many are found, how many are none."""

import json

from typer.testing import CliRunner

from warmline.bench.commands import app
from warmline.bench.facts import PARTS, measure, planted_in, read


def test_most_planted_contradictions_are_found_and_little_else():
    figures = measure()
    print(json.dumps(figures))
    assert figures["texts"] >= 60
    assert figures["planted"] >= 15
    assert figures["precision"] >= 0.9
    assert figures["recall"] >= 0.8


def test_texts_that_the_rule_never_saw_are_judged_as_well():
    figures = measure(["judged"])
    assert figures["precision"] >= 0.9
    assert figures["recall"] >= 0.8


def test_the_planted_texts_are_of_three_languages_and_their_pairs_exist():
    for part in PARTS:
        given = read(part)
        ids = [one["id"] for one in given["texts"]]
        assert len(set(ids)) == len(ids)
        assert {one["language"] for one in given["texts"]} == {"en", "ru", "pl"}
        assert frozenset().union(*planted_in(given)) <= set(ids)


def test_the_command_line_prints_one_object():
    answer = CliRunner().invoke(app, ["facts", "--json"])
    figures = json.loads(answer.stdout.splitlines()[-1])
    assert {"precision", "recall", "planted", "texts"} <= set(figures)
