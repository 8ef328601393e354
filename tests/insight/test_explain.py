"""Decisions in words: every language, every cause, with the facts and without loose ends."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from tests.insight.histories import AGENTS, a_day, moments
from warmline.core import settings as s
from warmline.core.events import Decision
from warmline.core.words import AgentId, InteractionId, SkillId
from warmline.insight.command import told
from warmline.insight.explain import (
    Surroundings,
    agents_in,
    from_the_record,
    surroundings,
    words,
)
from warmline.insight.explain_words import LOCALES, NAMED, WORDS, plural, say, span
from warmline.insight.flips import Flip, What
from warmline.insight.fold import decision_of, parts

NAMES = {AgentId(f"a{number}"): f"Agent {number}" for number in range(AGENTS)}
ANNA, PAVEL = AgentId("anna"), AgentId("pavel")
PEOPLE = {ANNA: "Anna Kowal", PAVEL: "Pavel Dorn"}
BEST = Decision(
    cause="best",
    ring=0,
    considered=6,
    winner=(ANNA, -618_000, 72_000, 546_000, 0),
    runners_up=((PAVEL, -578_000, 206_000, 372_000, 0),),
    excluded=(("full", 19), ("skill", 9)),
    waited_ms=4_000,
    policy=14,
    worth_ms=600_000,
)


def headline(decision: Decision, locale: str = "en", around: Surroundings | None = None) -> str:
    told_ = words(decision, around or Surroundings(), PEOPLE, locale).headline
    return told_.replace("\u00a0", " ")


def test_the_headline_says_who_and_why():
    assert headline(BEST) == (
        "Anna Kowal, because the match is the best of 6 who could take it: "
        "that outweighs 2 min 14 s more without work (Pavel Dorn)."
    )
    assert headline(BEST, "ru").startswith("Anna Kowal, потому что здесь лучшее соответствие из 6")
    assert headline(BEST, "pl").startswith("Anna Kowal, bo tu dopasowanie jest najlepsze spośród 6")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"runners_up": ()}, "nobody else could take it"),
        ({"cause": "fallback"}, "the matcher had failed"),
        ({"cause": "freed", "line": 4}, "this customer was next of 4"),
        ({"cause": "freed", "line": 1}, "nobody else waited"),
        ({"rule": s.Rule.ROUND_ROBIN}, "this person’s turn"),
        ({"rule": s.Rule.RANDOM}, "by lot"),
        ({"winner": (ANNA, -900, 900_000, 0, 0)}, "nobody had been free longer"),
        ({"winner": (ANNA, -9, 206_000, 372_000, 0),
          "runners_up": ((PAVEL, 0, 206_000, 372_000, 60_000),)}, "less is in hand"),
        ({"winner": (ANNA, -9, 206_000, 372_000, 0),
          "runners_up": ((PAVEL, 0, 206_000, 372_000, 0),),
          "adjustments": ((PAVEL, "price", 90_000),)}, "needed more elsewhere"),
        ({"winner": (ANNA, -9, 206_000, 372_000, 0),
          "runners_up": ((PAVEL, 0, 206_000, 372_000, 0),),
          "adjustments": ((ANNA, "affinity", -20_000),)}, "the group that the customer named"),
    ],
)  # fmt: skip
def test_every_cause_has_its_sentence(change: dict[str, object], said: str):
    decision = replace(BEST, **change)
    assert said in headline(decision)


@pytest.mark.parametrize("why", ["last", "owner", "chosen", "transfer", None])
def test_a_preferred_person_is_explained(why: str | None):
    decision = replace(BEST, cause="preferred", ring=-1)
    for locale in LOCALES:
        said = headline(decision, locale, Surroundings(preferred_why=why))
        assert said.startswith("Anna Kowal, ")
    assert words(decision, Surroundings(tried=True), PEOPLE, "en").note is None


def test_the_lines_hold_the_figures():
    around = Surroundings(slider=(600_000, 1), tried=True, segment="Platinum", mode="Storm")
    decision = replace(BEST, head_start_ms=600_000, mode="storm", arm="b", ring=1)
    lines = {
        line.about: line.text.replace("\u00a0", " ")
        for line in words(decision, around, PEOPLE, "en").lines
    }
    assert (
        lines["score"] == "Anna Kowal: free for 1 min 12 s, match +9 min 6 s; together 10 min 18 s."
    )
    assert lines["behind"].endswith("together 9 min 38 s, behind by 40 s.")
    assert lines["considered"] == "6 people could take it, 28 could not."
    assert lines["head_start"] == "Platinum counts as having come 10 min earlier."
    assert lines["worth"] == (
        "Between the worst match and the best lie 10 min: slider 10 min × weight 1."
    )
    assert "“Storm”" in lines["mode"]
    assert "on trial" in lines["arm"]
    assert "ring 2" in lines["ring"]
    assert "version 14" in lines["policy"]


def test_what_is_at_stake_is_told_apart_from_the_segment():
    decision = replace(BEST, head_start_ms=840_000, stake_ms=240_000)
    around = Surroundings(segment="Platinum", stake="an order worth much", tried=True)
    lines = {
        line.about: line.text.replace("\u00a0", " ")
        for line in words(decision, around, PEOPLE, "en").lines
    }
    assert lines["head_start"] == "Platinum counts as having come 10 min earlier."
    assert lines["stake"] == (
        "At stake: an order worth much. That counts as 4 min more of waiting."
    )
    alone = words(replace(BEST, head_start_ms=9_000, stake_ms=9_000), Surroundings(), PEOPLE, "pl")
    assert [line.about for line in alone.lines if line.about in {"head_start", "stake"}] == [
        "stake"
    ]


def test_what_is_too_long_ago_is_told_from_the_record():
    around = from_the_record(BEST)
    said = words(BEST, around, PEOPLE, "en")
    assert [turn.then for turn in said.flips] == ["Pavel Dorn"]
    assert (
        said.flips[0].text.replace("\u00a0", " ")
        == "Pavel Dorn free 41 s longer: 4 min 7 s, not 3 min 26 s"
    )
    assert said.note == say("en", "not_tried")


def test_a_decision_comes_back_from_its_parts():
    rival = (InteractionId("i9"), 5)
    for decision in (
        BEST,
        replace(BEST, cause="freed", line=3, rivals=(rival,), rule=s.Rule.LONGEST_IDLE, arm="a"),
        replace(BEST, adjustments=((ANNA, "price", 5),), mode="storm", head_start_ms=9, stake_ms=4),
    ):
        assert decision_of(parts(decision)) == decision
    old = {key: value for key, value in parts(BEST).items() if key not in {"rule", "worth_ms"}}
    assert decision_of(old) == replace(BEST, worth_ms=0)


# The languages


def holes(sentence: str) -> set[str]:
    return {hole.partition(":")[0] for hole in re.findall(r"\{([^}]+)\}", sentence)}


@pytest.mark.parametrize("locale", LOCALES)
def test_every_language_says_everything_with_the_same_facts(locale: str):
    assert WORDS[locale].keys() == WORDS["en"].keys()
    assert NAMED[locale].keys() == NAMED["en"].keys()
    for key, sentence in WORDS[locale].items():
        assert holes(sentence) <= holes(WORDS["en"][key]) | {"agent", "other", "idle"}, key
        counted = re.findall(r"\{n:([^}]+)\}", sentence)
        assert all(len(forms.split("|")) == (2 if locale == "en" else 3) for forms in counted), key


def test_counted_words_take_the_right_form():
    assert [plural(n, "ru") for n in (1, 2, 5, 11, 21, 22, 112)] == [0, 1, 2, 2, 0, 1, 2]
    assert [plural(n, "pl") for n in (1, 2, 5, 12, 21, 22, 25)] == [0, 1, 2, 2, 2, 1, 2]
    told_ = say("ru", "line", n=3).replace("\u00a0", " ")
    assert told_ == "Этого человека ждали 3 клиента."


def test_spans_are_short_and_in_the_language():
    assert [span(ms, "en").replace("\u00a0", " ") for ms in (0, 40, 3_300, 60_000, 3_725_000)] == [
        "0 s", "0.1 s", "3.3 s", "1 min", "1 h 2 min 5 s",
    ]  # fmt: skip
    assert span(3_300, "pl") == "3,3\u00a0s"


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("locale", LOCALES)
def test_every_decision_of_a_day_can_be_told(seed: int, locale: str):
    seen = 0
    for _, moment in moments(a_day(seed, steps=80)):
        around = surroundings(moment)
        said = words(moment.decision, around, NAMES, locale)
        everything = [
            said.headline,
            *(line.text for line in said.lines),
            *(turn.text for turn in said.flips),
        ]
        assert not any(re.search(r"[{}?]|\ba\d\b", text) for text in everything), everything
        assert agents_in(moment.decision, around.flips) <= NAMES.keys()
        seen += 1
    assert seen > 10


def test_a_terminal_shows_every_decision_in_order():
    said = words(BEST, from_the_record(BEST), PEOPLE, "pl")
    shown = {
        "headline": said.headline,
        "lines": [{"about": line.about, "text": line.text} for line in said.lines],
        "flips": [{"text": turn.text, "then": turn.then} for turn in said.flips],
        "note": said.note,
    }
    lines = list(told([{"at": 0, "outcome": None, "words": shown}], "pl"))
    assert lines[0].endswith("· jeszcze dzwoni")
    assert lines[1] == said.headline
    assert any(line.startswith("    - ") and line.endswith("→ Pavel Dorn") for line in lines)


def test_a_change_of_a_skill_is_told_by_its_name():
    flip = Flip(what=What.SKILL, of=PAVEL, to=PAVEL, by=3, now=1, then=3, skill=SkillId("billing"))
    around = Surroundings(flips=(flip,), tried=True, skills={SkillId("billing"): "Billing"})
    (turn,) = words(BEST, around, PEOPLE, "en").flips
    assert turn.text == "Pavel Dorn with “Billing” at level 3, not 1"
