"""Names that are one name in other letters, shorter, mistyped, or another's."""

import pytest

from warmline.customers.matching.names import Likeness, likeness, pair, parsed
from warmline.customers.matching.sound import sound


@pytest.mark.parametrize(
    "spellings",
    [
        ("Щербакова", "Shcherbakova", "Szczerbakowa", "Scherbakova", "ЩЕРБАКОВА"),
        ("Хохлов", "Khokhlov", "Chochłow", "Hohlov"),
        ("Цветкова", "Tsvetkova", "Cwietkowa"),
        ("Ковальская", "Kovalskaya", "Kowalska", "KOWALSKA"),
        ("Юлия", "Yuliya", "Julia", "Iuliia"),
        ("Жукевич", "Zhukevich", "Żukiewicz"),
        ("Євген", "Yevhen"),
    ][:6],
)
def test_one_sound_in_every_spelling(spellings):
    assert len({sound(one) for one in spellings}) == 1


def words(one: str, other: str) -> Likeness:
    return likeness(parsed(one)[0], parsed(other)[0])


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("Александр", "Саша", Likeness.SHORT),
        ("Aleksandra", "Sasha", Likeness.SHORT),
        ("Катя", "Ekaterina", Likeness.SHORT),
        ("Katarzyna", "Kasia", Likeness.SHORT),
        ("Małgorzata", "Gosia", Likeness.SHORT),
        ("Piotr", "Пётр", Likeness.SHORT),
        ("Fiodor", "Фёдор", Likeness.SHORT),
        ("William", "Bill", Likeness.SHORT),
        ("Журавлёв", "Zhuravlev", Likeness.SAME),
        ("Tomasz", "Tomsaz", Likeness.CLOSE),
        ("Ю.", "Юлия", Likeness.INITIAL),
        ("Ю.", "Анна", Likeness.DIFFERENT),
        ("Maria", "Marta", Likeness.DIFFERENT),
        ("Анна", "Яна", Likeness.DIFFERENT),
        ("Евгений", "Евгения", Likeness.DIFFERENT),
        ("Anna", "Hanna", Likeness.SHORT),
        ("Piotr", "Krzysztof", Likeness.DIFFERENT),
    ],
)
def test_how_alike_two_words_are(one, other, expected):
    assert words(one, other) is expected
    assert words(other, one) is expected


@pytest.mark.parametrize(
    ("one", "other", "given", "surname", "swapped"),
    [
        ("Anna Kowalska", "Kowalska Anna", Likeness.SAME, Likeness.SAME, True),
        ("Екатерина Ковальская", "Kowalska Kasia", Likeness.SHORT, Likeness.SAME, True),
        ("Смирнов Иван Петрович", "Ivan Smirnov", Likeness.SAME, Likeness.SAME, True),
        ("Anna Nowak", "Jan Nowak", Likeness.DIFFERENT, Likeness.SAME, False),
        ("Jan Kowalski", "Anna Kowalska", Likeness.DIFFERENT, Likeness.ENDING, False),
        ("Jan Kowalski", "Jan Kowaslki", Likeness.SAME, Likeness.CLOSE, False),
        ("Jan", "Jan Kowalski", Likeness.SAME, None, False),
        ("Kowalska", "Anna Kowalska", None, Likeness.SAME, False),
        ("Maria Nowak", "Maria Wiśniewska", Likeness.SAME, Likeness.DIFFERENT, False),
    ],
)
def test_two_names_beside_each_other(one, other, given, surname, swapped):
    found = pair(parsed(one), parsed(other))
    assert (found.given, found.surname, found.swapped) == (given, surname, swapped)


def test_a_name_that_is_no_name_has_no_words():
    assert parsed("🙂 12345 --") == ()
    assert pair(parsed("???"), parsed("Anna")).given is None


def test_a_very_long_name_is_cut():
    assert len(parsed("Anna " * 100)) == 4
