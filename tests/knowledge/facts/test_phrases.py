"""Pairs of texts in three languages: those that contradict each other, and those that seem to."""

from datetime import date
from pathlib import Path

import pytest

from warmline.knowledge.facts.compare import Stated, contradictions
from warmline.knowledge.facts.extract import facts
from warmline.knowledge.facts.model import Kind, StoredText
from warmline.knowledge.facts.sentences import parts, sentences, values

LINES = [
    line
    for line in Path(__file__).with_name("phrases.txt").read_text("utf-8").splitlines()
    if line and not line.startswith("#")
]
TODAY = date(2026, 6, 9)


def text(given: str, id_: str = "one") -> StoredText:
    language, _, rest = given.partition(":")
    title, _, body = rest.rpartition("~")
    return StoredText(
        source="article",
        id=id_,
        language=language.strip(),
        title=title.strip(),
        text=body.strip().replace("\\n", "\n"),
    )


def stated(given: str, id_: str) -> list[Stated]:
    one = text(given, id_)
    return [Stated(text=one.key, title=one.title, fact=fact) for fact in facts(one)]


@pytest.mark.parametrize("line", LINES)
def test_two_texts_contradict_each_other_or_do_not(line: str):
    wanted, one, other = line.split(" | ")
    found, _ = contradictions([*stated(one, "one"), *stated(other, "other")], today=TODAY)
    assert bool(found) is (wanted == "X"), [found_.one.fact for found_ in found]


def said(given: str) -> list[tuple[Kind, str, float | None, float | None, str]]:
    return [
        (fact.kind, fact.value.unit, fact.value.low, fact.value.high, fact.value.text)
        for fact in facts(text(given))
    ]


@pytest.mark.parametrize(
    ("given", "unit", "low", "high"),
    [
        ("en: Delivery costs 1,200.50 zł.", "PLN", 1200.5, 1200.5),
        ("pl: Dostawa kosztuje 1 200,50 zł.", "PLN", 1200.5, 1200.5),
        ("ru: Доставка стоит 1 200 р.", "RUB", 1200, 1200),
        ("en: Delivery costs from £5.", "GBP", 5, None),
        ("en: Delivery costs $5–7.", "USD", 5, 7),
        ("ru: Возврат в течение двадцати четырёх часов.", "day", None, 1),
        ("pl: Zwrot do dwóch tygodni.", "day", None, 14),
        ("en: The warranty is one and only: 18 months.", "month", 18, 18),
        ("ru: Доставка за полтора часа.", "day", None, 0.0625),
        ("en: The discount is 12.5 percent.", "%", 12.5, 12.5),
    ],
)
def test_values_are_read_in_digits_and_in_words(given: str, unit: str, low, high):
    (_, *value, _) = said(given)[0]
    assert value == [unit, low, high]


@pytest.mark.parametrize(
    "given",
    [
        "en: Can I return it within 14 days?",
        "en: Delivery used to take 14 days.",
        "pl: Na przykład dostawa za 15 zł.",
        "ru: Раньше доставка стоила 300 рублей.",
        "en: Hello {{customer.name}}, your order 48213 is on its way.",
        "",
        "en: " + "x" * 200_000,
    ],
)
def test_what_is_asked_past_or_an_example_is_no_fact(given: str):
    assert said(given) == []


def test_a_fact_cites_its_sentence_and_the_place_of_its_value():
    (fact,) = facts(text("en: Good morning. **Returns** take [14 days](https://shop.example)."))
    assert fact.sentence == "Returns take 14 days."
    assert fact.sentence[fact.start : fact.end] == "14 days"


def test_a_fact_survives_being_kept():
    from warmline.knowledge.facts.model import known

    (fact,) = facts(text("pl: Klubowicze mają 7% rabatu."))
    assert known(fact.plain()) == fact


def test_each_value_of_a_sentence_has_words_of_its_own():
    one = next(sentences("Courier: 15 zł, parcel locker 9 zł, and pickup is free."))
    found = parts(one.folded, values(one.folded, "en"), "en")
    assert [one.folded[part.start : part.end].strip(" ,.") for part in found] == [
        "courier: 15 zl",
        "parcel locker 9 zl, and",
        "pickup is free",
    ]


def test_a_text_with_too_many_facts_says_the_first_ones():
    from warmline.knowledge.facts.extract import FACTS_LIMIT

    many = "\n".join(f"Delivery to zone {one} costs {one} zł." for one in range(1, 400))
    assert len(facts(text(f"en: {many}"))) == FACTS_LIMIT
