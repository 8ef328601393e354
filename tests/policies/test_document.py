from pathlib import Path

import jsonschema_rs
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.policies.rulesets import rulesets
from warmline.core.policy import Ruleset
from warmline.core.settings import Need, Policy, Queue, Ring, Rule, Segment, Target
from warmline.core.words import QueueId, SegmentId, SkillId
from warmline.policies.document import Document, read, schema
from warmline.policies.writing import written

TEXT = """\
# Ours, since the move
rule: longest-idle   # for now
slider:
  fair_to_best: 15 min

segments:
  platinum: {name: Platinum, head_start: 10 min, value: 5, target: 90 % in 20 s}

queues:
  billing:
    name: Billing
    target: 80 % in 30 s
    plan:
      - needs: [billing >= 3]
      - after: 30 s
        any_of: [billing, sales >= 2]
        language: any
"""


def said(text: str, *, version: int = 1) -> Document:
    """What a text says that is without mistakes."""
    found = read(text, version=version)
    assert found.problems == (), text
    assert found.document is not None
    return found.document


def test_a_policy_is_read_as_it_is_meant():
    assert said(TEXT, version=7).ruleset == Ruleset(
        policy=Policy(version=7, rule=Rule.LONGEST_IDLE, worth_ms=900_000),
        segments=(
            Segment(
                id=SegmentId("platinum"),
                name="Platinum",
                head_start_ms=600_000,
                value=5,
                target=Target(within_ms=20_000, share_pct=90),
            ),
        ),
        queues=(
            Queue(
                id=QueueId("billing"),
                name="Billing",
                target=Target(within_ms=30_000, share_pct=80),
                rings=(
                    Ring(needs=(Need(skill=SkillId("billing"), level=3),)),
                    Ring(
                        after_ms=30_000,
                        any_of=(
                            Need(skill=SkillId("billing")),
                            Need(skill=SkillId("sales"), level=2),
                        ),
                        language_level=0,
                    ),
                ),
            ),
        ),
    )


@settings(max_examples=60)
@given(rulesets)
def test_what_is_written_reads_as_the_same_rules(ruleset):
    text = written(ruleset, name="Autumn: calm", comment="why\nnot # this")
    found = said(text, version=ruleset.policy.version)
    assert found.ruleset == ruleset, text
    assert (found.name, found.comment) == ("Autumn: calm", "why\nnot # this")


@settings(max_examples=60)
@given(rulesets)
def test_what_is_written_fits_the_schema(ruleset):
    # As an editor reads it: every value that is no number is a text.
    loaded = yaml.load(written(ruleset), Loader=yaml.BaseLoader)
    assert problems_with(loaded, numbers=True) == []


def problems_with(value, *, numbers=False):
    def as_editors_do(one):
        if isinstance(one, dict):
            return {key: as_editors_do(inner) for key, inner in one.items()}
        if isinstance(one, list):
            return [as_editors_do(inner) for inner in one]
        return int(one) if numbers and one.isascii() and one.isdigit() else one

    validator = jsonschema_rs.validator_for(dict(schema()))
    return [str(one) for one in validator.iter_errors(as_editors_do(value))]


def test_the_schema_refuses_what_the_reader_refuses():
    assert problems_with({"rule": "dice"})
    assert problems_with({"sliderr": {}})
    assert problems_with({"queues": {"billing": {}}})
    assert problems_with({"slider": {"fair_to_best": "soon"}})
    assert problems_with({"slider": {"fair_to_best": "15 min"}, "rule": "random"}) == []


WRONG = [
    ("sliderr: {}", (1, 1, "sliderr"), "unknown_key", "Did you mean slider?"),
    ("slider:\n  fair_to_best: soon", (2, 17, "slider.fair_to_best"), "not_a_duration", "Write a"),
    ("slider:\n  fair_to_best: 90", (2, 17, "slider.fair_to_best"), "not_a_duration", "Write a"),
    ("slider:\n  fair_to_best:", (2, 16, "slider.fair_to_best"), "empty", "Give a value"),
    ("rule: longest_idle", (1, 7, "rule"), "unknown_word", "Did you mean longest-idle?"),
    ("rule: random\nrule: fewest", (2, 1, "rule"), "twice", "Keep one"),
    ("queues: {billing: {}}", (1, 19, "queues.billing"), "missing", "Add a line `name:`"),
    (
        "queues: {a: {name: A, plan: [{needs: [pl >= 9]}]}}",
        (1, 39, "queues.a.plan.0.needs.0"),
        "out_of_range",
        "Levels are 1 to 5.",
    ),
    ("queues: [a]", (1, 9, "queues"), "wrong_form", "Write `key: value`"),
    ("segments: {a: {name: A, value: 11}}", (1, 32, "segments.a.value"), "out_of_range", "1 to 10"),
    ("medium_offsets: {fax: 1 h}", (1, 18, "medium_offsets.fax"), "unknown_word", "Use one of"),
    ("hours: {a: {name: A, monday: 18:00-08:00}}", (1, 30, "hours.a.monday"), "not_hours", "08:00"),
    ("modes: {s: {name: S}}", (1, 12, "modes.s"), "mode_without_start", "waiting >= 25"),
    (
        "modes: {s: {name: S, when: waiting >= 5, until: occupancy <= 3 %}}",
        (1, 12, "modes.s"),
        "mode_without_end",
        "waiting <= 8",
    ),
    ("guard: {every: 1 min, atmost: 3}", (1, 23, "guard.atmost"), "unknown_key", "at_most"),
    ("a: &x 1\nb: *x", (1, 4, ""), "alias", "Remove"),
    ("a: !!python/name:os.system x", (1, 4, ""), "tag", "Remove"),
    ("rule: random\n---\nrule: fewest", (2, 1, ""), "two_documents", "Remove"),
    ("slider:\n\tfair: 1 s", (2, 1, ""), "not_yaml", "spaces"),
    ("rule: [", (2, 1, ""), "not_yaml", "just above"),
    ("just words", (1, 1, ""), "not_a_policy", "Begin with"),
    ("", (1, 1, ""), "not_a_policy", "Begin with"),
    ("name: a\x00b", (1, 8, ""), "not_text", "Remove"),
    ("a: " + "[" * 30, (1, 23, ""), "too_deep", ""),
    ("#" * 200_001, (1, 1, ""), "too_long", ""),
]


@pytest.mark.parametrize(
    ("text", "place", "code", "fix"), WRONG, ids=[w[2] + w[1][2] for w in WRONG]
)
def test_a_mistake_is_told_with_its_place_and_what_to_do(text, place, code, fix):
    found = read(text)
    assert found.document is None
    first = found.problems[0]
    assert (first.line, first.column, first.path) == place
    assert first.code == code
    assert fix in first.fix
    assert first.detail.endswith(".")


def test_several_mistakes_are_told_at_once_in_order():
    found = read(
        "rule: dice\nslider: {fair_to_best: x}\nqueues:\n  a: {name: A, hour: b, plan: 1}\n"
    )
    assert [(one.line, one.code) for one in found.problems] == [
        (1, "unknown_word"),
        (2, "not_a_duration"),
        (4, "unknown_key"),
        (4, "wrong_form"),
    ]


def test_a_text_full_of_mistakes_is_told_fifty_of_them():
    found = read("".join(f"key{n}: 1\n" for n in range(400)))
    assert len(found.problems) == 50
    assert found.document is None


PIECES = st.lists(
    st.sampled_from(
        [*TEXT.splitlines(keepends=True), "- ", ": ", "{", "}", "[", "]", "|\n", ">", "'", '"', "#",
         "\t", "  ", "\n", "~", "!!x", "\u2028", "\x00", "queues: ", "when: waiting >= 3", "null"]
    )
    | st.text(max_size=5)
).map("".join)  # fmt: skip


@given(PIECES)
def test_no_text_whatever_breaks_the_reader(text):
    found = read(text)
    assert (found.document is None) == bool(found.problems)


def test_a_very_long_value_is_refused_at_once():
    for key in (
        "slider: {fair_to_best: ",
        "modes: {m: {name: M, when: ",
        "queues: {a: {name: A, target: ",
    ):
        closing = "}" * key.count("{")
        first = read(f"{key}{'a ' * 50_000}{closing}").problems[0]
        assert first.code == "too_long"


def test_words_that_yaml_takes_for_something_else_are_read_as_they_stand():
    queue = "queues: {a: {name: No, words: {busy: {no: Yes, en: 012}}}}"
    found = said(queue).ruleset.queues[0]
    assert (found.name, found.words) == ("No", {"busy": {"no": "Yes", "en": "012"}})
    assert said("prices: yes").ruleset.policy.prices is True


def test_both_ways_of_reading_yaml_find_the_same_places(monkeypatch):
    fast = [(one.line, one.column, one.code) for one in read(TEXT + "rul: 1").problems]
    monkeypatch.setattr("warmline.written.nodes._LOADER", yaml.SafeLoader)
    assert [(one.line, one.column, one.code) for one in read(TEXT + "rul: 1").problems] == fast
    assert read(TEXT).document == read(TEXT).document


def test_the_example_in_the_how_to_can_be_read():
    page = Path(__file__).parents[2] / "docs" / "how-to" / "change-the-policy.md"
    blocks = page.read_text().split("```yaml\n")[1:]
    assert blocks
    for block in blocks:
        said(block.split("```")[0])
