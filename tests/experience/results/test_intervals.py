"""How sure figures are: values worked out by hand, and what holds whatever was answered."""

from math import sqrt
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warmline.experience.results.definitions import MEASURES, estimate
from warmline.experience.results.facts import values_of
from warmline.experience.results.intervals import Interval, mean, share
from warmline.experience.results.judging import Verdict, judge
from warmline.experience.results.model import FEELINGS, Fact, Side

answers = st.lists(st.integers(1, 5), min_size=1, max_size=60)


def facts_of(*scores: dict[str, float]) -> list[Fact]:
    return [
        Fact(
            id=str(place),
            interaction=None,
            ask=str(place),
            customer=None,
            at=place,
            sides=dict.fromkeys(Side),
            values=values_of(one),
        )
        for place, one in enumerate(scores)
    ]


def test_wilson_gives_the_published_interval():
    # Newcombe (1998), table I: 81 of 263.
    found = share(81, 263)
    assert found is not None
    assert found == pytest.approx((0.308, 0.2553, 0.3662), abs=5e-4)


def test_student_gives_the_interval_by_the_table():
    # 4 3 5 4 4: mean 4, s² = 0.5, t(4) = 2.776 → 4 ± 2.776 · √(0.5 / 5).
    found = mean([4, 3, 5, 4, 4], least=1, most=5)
    assert found is not None
    half = 2.776445 * sqrt(0.5 / 5)
    assert found == pytest.approx((4, 4 - half, 4 + half), abs=1e-5)


def test_nothing_has_no_figure_and_one_answer_no_certainty():
    assert share(0, 0) is None
    assert mean([], least=1, most=5) is None
    assert mean([5], least=1, most=5) == (5, 1, 5)


def test_equal_answers_are_not_certain():
    few, many = mean([5] * 3, least=1, most=5), mean([5] * 300, least=1, most=5)
    assert few is not None
    assert many is not None
    assert few.low < many.low < 5
    assert few.high == many.high == 5


@given(answers)
def test_an_interval_holds_its_figure_and_stays_on_the_scale(values: list[int]):
    found = mean([float(one) for one in values], least=1, most=5)
    part = share(sum(one >= 4 for one in values), len(values))
    assert found is not None
    assert part is not None
    assert 1 <= found.low <= found.value <= found.high <= 5
    assert 0 <= part.low <= part.value <= part.high <= 1
    assert found.value == pytest.approx(fmean(values))


def test_each_figure_by_hand():
    found = facts_of(
        {"csat": 5, "nps": 10, "ces": 7, **dict.fromkeys(FEELINGS, 5.0)},
        {"csat": 4, "nps": 9, "ces": 5, **dict.fromkeys(FEELINGS, 3.0)},
        {"csat": 1, "nps": 6, "ces": 2, "glad": 1.0},
        {"csat": 2, "nps": 8},
    )

    def value(key: str) -> float:
        figure, _ = estimate(key, found)
        assert figure is not None
        return round(figure.value, 3)

    assert value("csat") == 3.0
    assert value("csat_pct") == 50.0
    assert value("delighted_pct") == 25.0
    assert value("nps") == 25.0  # two of four recommend, one would not
    assert value("ces") == 4.667
    assert value("feelings") == 75.0  # 100 and 50; the third did not answer all four
    assert value("glad") == 50.0  # 100, 50, 0
    assert [estimate(key, found)[1] for key in ("csat", "ces", "feelings", "glad")] == [4, 3, 2, 3]


def test_every_measure_is_explained_in_three_languages():
    for one in MEASURES.values():
        assert set(one.names) == set(one.formulas) == {"en", "ru", "pl"}
        assert all(len(text) > 3 for text in (*one.names.values(), *one.formulas.values()))


@given(
    low=st.floats(0, 100),
    middle=st.floats(0, 100),
    high=st.floats(0, 100),
    n=st.integers(0, 500),
    aim=st.floats(0, 100),
)
def test_a_verdict_never_speaks_against_the_interval(
    low: float, middle: float, high: float, n: int, aim: float
):
    low, middle, high = sorted((low, middle, high))
    judged = judge(Interval(middle, low, high), n, aim=aim, least=30)
    if judged.verdict is Verdict.ATTAINED:
        assert low >= aim
        assert n >= 30
    elif judged.verdict is Verdict.NOT_ATTAINED:
        assert high < aim
        assert n >= 30
    else:
        assert n < 30 or low < aim <= high
        assert judged.needed is None or judged.needed > n


def test_too_few_answers_say_how_many_would_tell():
    assert judge(None, 0, aim=80, least=30).needed == 30
    # 84 with a half width of 8 below: four points away need four times the answers.
    assert judge(Interval(84, 76, 92), 100, aim=80, least=30).needed == 400
    assert judge(Interval(80, 76, 92), 100, aim=80, least=30).needed is None
