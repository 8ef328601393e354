"""Numbers, minutes, times and days as each language says them."""

import re
from datetime import date, timedelta

import pytest
from babel.core import Locale
from hypothesis import given
from hypothesis import strategies as st

from warmline.channels.voice.saying import languages, polish, russian
from warmline.channels.voice.saying.grammar import MOST, Gender, Noun, Range
from warmline.channels.voice.saying.languages import STANDARD, TONGUES

TO_999 = range(1_000)
WORD = re.compile(r"[^\W\d_]+([ -][^\W\d_]+)*")


@pytest.mark.parametrize("tongue", TONGUES)
def test_every_number_to_999_has_words_of_its_own(tongue: str):
    for gender in Gender:
        for say in (TONGUES[tongue].number, TONGUES[tongue].ordinal):
            said = [say(n, gender) for n in TO_999]
            assert all(WORD.fullmatch(one) for one in said)
            assert len(set(said)) == len(said)


@pytest.mark.parametrize("tongue", TONGUES)
@given(n=st.integers(1_000, MOST))
def test_thousands_are_said_with_what_follows_them(tongue: str, n: int):
    said = TONGUES[tongue].number(n)
    assert WORD.fullmatch(said)
    assert n % 1_000 == 0 or said.endswith(TONGUES[tongue].number(n % 1_000).split()[-1])


@pytest.mark.parametrize(("tongue", "room"), [("ru", russian), ("pl", polish)])
def test_the_form_after_a_number_is_the_one_of_cldr(tongue: str, room):
    rule = Locale.parse(tongue).plural_form
    assert [room.plural(n).value for n in TO_999] == [rule(n) for n in TO_999]


@pytest.mark.parametrize(
    ("tongue", "room", "said"),
    [
        ("ru", russian, {0: "ноль минут", 1: "одна минута", 2: "две минуты", 5: "пять минут",
                         11: "одиннадцать минут", 21: "двадцать одна минута",
                         22: "двадцать две минуты", 112: "сто двенадцать минут"}),
        ("pl", polish, {0: "zero minut", 1: "jedna minuta", 2: "dwie minuty", 5: "pięć minut",
                        12: "dwanaście minut", 21: "dwadzieścia jeden minut",
                        22: "dwadzieścia dwie minuty", 101: "sto jeden minut"}),
    ],
)  # fmt: skip
def test_minutes_are_counted_as_people_do(tongue: str, room, said: dict[int, str]):
    minute: Noun = room.MINUTE
    speaker: russian.Russian | polish.Polish = {"ru": russian.Russian(), "pl": polish.Polish()}[
        tongue
    ]
    assert {n: speaker.counted(n, minute) for n in said} == said


@pytest.mark.parametrize(
    ("tongue", "said"),
    [
        ("en", {1: "You are next in line.", 2: "You are second in line.",
                21: "You are twenty-first in line."}),
        ("ru", {1: "Вы на первом месте в очереди.", 2: "Ваше место в очереди — второе.",
                3: "Ваше место в очереди — третье.", 40: "Ваше место в очереди — сороковое.",
                99: "Ваше место в очереди — девяносто девятое."}),
        ("pl", {1: "To jest pierwsze miejsce w kolejce.", 2: "Miejsce w kolejce: drugie.",
                23: "Miejsce w kolejce: dwudzieste trzecie."}),
    ],
)  # fmt: skip
def test_the_place_in_line_is_an_ordinal(tongue: str, said: dict[int, str]):
    assert {n: languages.position(n, tongue) for n in said} == said


@pytest.mark.parametrize(
    ("tongue", "low", "high", "said"),
    [
        ("en", 0, 1, "Somebody will probably be with you within a minute."),
        ("en", 2, 5, "Somebody will probably be with you in two to five minutes."),
        ("ru", 0, 2, "Ожидание займёт не больше двух минут."),
        ("ru", 1, 3, "Ожидание займёт от одной до трёх минут."),
        ("ru", 2, 21, "Ожидание займёт от двух до двадцати одной минуты."),
        ("ru", 4, 4, "Ожидание займёт примерно четыре минуты."),
        ("pl", 0, 1, "Ktoś odbierze w ciągu minuty."),
        ("pl", 1, 5, "Czas oczekiwania wynosi od jednej do pięciu minut."),
        (
            "pl",
            22,
            44,
            "Czas oczekiwania wynosi od dwudziestu dwóch do czterdziestu czterech minut.",
        ),
        ("pl", 61, 90, "Czas oczekiwania wynosi ponad godzinę."),
    ],
)
def test_the_expected_wait_is_an_honest_range(tongue: str, low: int, high: int, said: str):
    assert TONGUES[tongue].wait(Range(low_min=low, high_min=high)) == said


@pytest.mark.parametrize("tongue", TONGUES)
@given(low=st.integers(0, 4 * 3_600_000), more=st.integers(0, 4 * 3_600_000))
def test_every_range_has_words_without_a_figure(tongue: str, low: int, more: int):
    assert not re.search(r"\d|  ", languages.wait(low, low + more, tongue))


@pytest.mark.parametrize("tongue", TONGUES)
def test_every_minute_of_a_day_and_every_day_have_words(tongue: str):
    speaker = TONGUES[tongue]
    times = [speaker.time(hour, minute) for hour in range(24) for minute in range(60)]
    days = [speaker.date(date(2028, 1, 1) + timedelta(days=day)) for day in range(366)]
    assert len(set(times)) == 24 * 60
    assert len(set(days)) == 366
    assert not any(re.search(r"\d", said) for said in (*times, *days))


@pytest.mark.parametrize(
    ("tongue", "text", "said"),
    [
        ("en", "Open from 9:00 to 17:30.", "Open from nine o'clock to seventeen thirty."),
        ("en", "Order 0471", "Order zero, four, seven, one"),
        ("en", "Since 2026-11-23, 3.5 % less.", "Since Monday, the twenty-third of November, 3.5 % less."),
        ("ru", "1 минута, 2 письма, 3 часа", "одна минута, два письма, три часа"),
        ("ru", "Откроемся в 10:00", "Откроемся в десять часов"),
        ("ru", "С 9:00 до 21:30", "С девяти часов до двадцати одного часа тридцати минут"),
        ("pl", "Zamówienie 48213, 2 minuty", "Zamówienie cztery, osiem, dwa, jeden, trzy, dwie minuty"),
        ("pl", "Od 8:00 do 16:15", "Od ósmej do szesnastej piętnaście"),
    ],
)  # fmt: skip
def test_numbers_in_a_text_are_said_as_people_do(tongue: str, text: str, said: str):
    assert languages.aloud(text, tongue) == said


@given(st.text(max_size=200), st.sampled_from(sorted(TONGUES)))
def test_any_text_can_be_said(text: str, tongue: str):
    assert isinstance(languages.aloud(text, tongue), str)


def test_standard_prompts_are_there_in_every_language_and_say_something_else():
    for name in STANDARD:
        said = [languages.standard(name, tongue) for tongue in TONGUES]
        assert all(said)
        assert len(set(said)) == len(TONGUES)
    assert {len(tongue.prompts) for tongue in TONGUES.values()} == {len(STANDARD)}
