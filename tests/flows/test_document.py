"""The text of a flow: what it means, what is wrong with it, and that the documents name all of it."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from warmline.core.flow_steps import Say
from warmline.core.words import Instant
from warmline.flows.command import app
from warmline.flows.document import STEPS, put, read, schema
from warmline.flows.rehearsal import coverage, read_script, rehearse
from warmline.written.problems import Wrong

HERE = Path(__file__).parent
RECEPTION = HERE / "reception.yaml"
SCRIPT = HERE / "reception.script.yaml"
TEXT = RECEPTION.read_text(encoding="utf-8")
PAGE = HERE.parents[1] / "docs" / "how-to" / "write-flows.md"
NOON = Instant(1_767_612_000_000)


def codes(text: str) -> list[str]:
    return [one.code for one in read(text).errors]


def test_the_reception_has_every_kind_of_step_and_nothing_wrong():
    found = read(TEXT)
    assert found.flow is not None, found.problems
    assert found.problems == ()
    kinds = {line.split(":")[0].strip() for line in TEXT.splitlines()}
    assert set(STEPS) <= kinds


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        ("known: who", "known: whom", "unknown_step"),
        ("    queue: support\n    reason: vip", "    say: {en: A, ru: B, pl: C}\n    next: to-vip", "dead_end"),
        ("    cases: {platinum: to-vip}", "    cases: {platinum: what}", ""),
        ("9: {next: what}", "9: {next: what}\n      x: {next: what}", "not_a_key"),
        ("fallback: to-support", "fallback: what", "fallback_goes_on"),
        ("    next: hours\n  hours:", "    next: polish\n  hours:", "dead_end"),
        ("pl: Podaj PIN.", "de: PIN bitte.", "missing_language"),
        ("media: [voice]", "media: [voice, chat]", "only_by_phone"),
        ("least: 4", "least: 40", "out_of_range"),
        ("into: {state: state}", "into: {state: Big Word}", "not_an_attribute"),
        ("https://shop.example/orders", "https://{order}.example/orders", "not_an_address"),
        ("  workshop:\n    transfer", "  workshop:\n    conveys", "no_kind"),
        ("start: by-number", "start: by-number\nstars: 5", "unknown_key"),
        ("wait: 5 s", "wait: 5 h", "out_of_range"),
        ("+48221234567", "call me", "not_a_phone"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_place(before: str, after: str, code: str):
    assert before in TEXT
    found = codes(TEXT.replace(before, after, 1))
    assert (code in found) if code else found == []


def test_a_step_that_nobody_comes_to_is_named():
    text = TEXT + "  lonely:\n    queue: by reason\n"
    [problem] = read(text).errors
    assert (problem.code, problem.path) == ("unreachable", "steps.lonely.queue")


def test_the_script_of_the_reception_goes_every_way_but_one():
    found = read(TEXT).flow
    tries, problems = read_script(SCRIPT.read_text(encoding="utf-8"))
    assert found is not None
    assert not problems
    tried = [rehearse(found, one, NOON, {}) for one in tries]
    assert [one.faults for one in tried if one.faults] == []
    never = [way for way, n in coverage(found, tried).ways.items() if not n]
    assert never == [("who", "otherwise", "hours")]


def test_a_pin_stands_in_no_line_of_a_dry_run():
    found = read(TEXT).flow
    tries, _ = read_script(SCRIPT.read_text(encoding="utf-8"))
    assert found is not None
    by_pin = next(one for one in tries if one.id == "gold-by-pin")
    told = rehearse(found, by_pin, NOON, {})
    assert "4711" not in str(told)


@pytest.mark.parametrize("value", ["plain", "two words", 'a "quote" \\ # : {x}', "żółw\nrak", "no"])
def test_a_value_put_into_a_text_is_read_as_it_was_given(value: str):
    path = ("steps", "told", "say", "en")
    text = put(TEXT, path, value)
    found = read(text).flow
    assert found is not None
    told = found.steps["told"]
    assert isinstance(told, Say)
    assert told.words["en"] == value
    assert text.count("\n#") == TEXT.count("\n#")
    with pytest.raises(Wrong):
        put(TEXT, ("steps", "told"), value)


def test_the_command_line_tries_a_flow_and_says_what_is_missing(tmp_path: Path):
    run = CliRunner()
    good = run.invoke(app, ["test", str(RECEPTION), str(SCRIPT), "--least", "90"])
    assert good.exit_code == 0, good.output
    assert "never: who --otherwise--> hours" in good.output
    assert run.invoke(app, ["test", str(RECEPTION), str(SCRIPT), "--least", "97"]).exit_code == 1
    as_json = run.invoke(app, ["test", str(RECEPTION), str(SCRIPT), "--json"])
    assert json.loads(as_json.stdout)["coverage"]["share_pct"] == 96
    bad = tmp_path / "bad.yaml"
    bad.write_text(TEXT.replace("known: who", "known: whom"), encoding="utf-8")
    refused = run.invoke(app, ["check", str(bad)])
    assert refused.exit_code == 1
    assert "There is no step whom." in refused.output


def test_every_key_of_the_language_is_in_the_documents_and_in_the_schema():
    page = PAGE.read_text(encoding="utf-8")
    steps = schema()["properties"]["steps"]["additionalProperties"]["anyOf"]
    assert len(steps) == len(STEPS)
    for kind, (_, record) in STEPS.items():
        [line] = [one for one in page.splitlines() if one.startswith(f"| `{kind}` |")]
        for field in record.lines:
            assert f"`{field.key}`" in line or field.key in {"wait", "retries"}, (kind, field.key)
