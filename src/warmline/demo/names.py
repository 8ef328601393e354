"""What the sample center's invented customers are called, in three languages."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Names:
    """First and last names that go together; `latin` spells a first name for an address."""

    women: tuple[str, ...]
    men: tuple[str, ...]
    women_last: tuple[str, ...]
    men_last: tuple[str, ...]


_EN = Names(
    women=(
        "Alice", "Amelia", "Beth", "Carol", "Clara", "Diana", "Edith", "Emma", "Fiona", "Grace",
        "Hannah", "Isla", "Jane", "Kate", "Laura", "Lucy", "Maud", "Nell", "Olive", "Ruth",
    ),
    men=(
        "Adam", "Alan", "Ben", "Colin", "David", "Edwin", "Frank", "George", "Harry", "Ivo",
        "James", "Keith", "Leo", "Mark", "Noel", "Oscar", "Paul", "Roger", "Simon", "Tom",
    ),
    women_last=(),
    men_last=(
        "Abbot", "Barlow", "Brandt", "Carver", "Dale", "Ellery", "Fenwick", "Garland", "Hale",
        "Ingram", "Jarvis", "Keane", "Lowell", "Marlow", "Norris", "Oakes", "Penrose", "Quill",
        "Rowan", "Sutton", "Thorne", "Underhill", "Vance", "Whitby", "Yates",
    ),
)  # fmt: skip
_RU = Names(
    women=(
        "Анна", "Вера", "Галина", "Дарья", "Елена", "Жанна", "Зоя", "Инна", "Ирина", "Ксения",
        "Лидия", "Мария", "Нина", "Ольга", "Полина", "Раиса", "Светлана", "Тамара", "Ульяна",
        "Юлия",
    ),
    men=(
        "Андрей", "Борис", "Вадим", "Григорий", "Денис", "Егор", "Захар", "Иван", "Кирилл", "Лев",
        "Максим", "Никита", "Олег", "Павел", "Роман", "Сергей", "Тимур", "Фёдор", "Юрий", "Яков",
    ),
    women_last=(
        "Агеева", "Белова", "Волкова", "Гусева", "Дёмина", "Ершова", "Жукова", "Зуева", "Ильина",
        "Котова", "Лаврова", "Маслова", "Носова", "Орлова", "Панина", "Рыбакова", "Сомова",
        "Титова", "Уварова", "Фомина", "Хохлова", "Цветкова", "Чернова", "Шилова", "Яшина",
    ),
    men_last=(
        "Агеев", "Белов", "Волков", "Гусев", "Дёмин", "Ершов", "Жуков", "Зуев", "Ильин",
        "Котов", "Лавров", "Маслов", "Носов", "Орлов", "Панин", "Рыбаков", "Сомов",
        "Титов", "Уваров", "Фомин", "Хохлов", "Цветков", "Чернов", "Шилов", "Яшин",
    ),
)  # fmt: skip
_PL = Names(
    women=(
        "Agata", "Beata", "Celina", "Dorota", "Elżbieta", "Ewa", "Gabriela", "Hanna", "Iwona",
        "Joanna", "Kinga", "Lena", "Małgorzata", "Natalia", "Olga", "Paulina", "Róża", "Sylwia",
        "Urszula", "Zuzanna",
    ),
    men=(
        "Adam", "Bartosz", "Cezary", "Damian", "Eryk", "Filip", "Grzegorz", "Hubert", "Igor",
        "Jakub", "Kamil", "Łukasz", "Marcin", "Norbert", "Olaf", "Paweł", "Radosław", "Szymon",
        "Tomasz", "Wojciech",
    ),
    women_last=(
        "Bąk", "Cicha", "Dudek", "Figura", "Gaj", "Głowacka", "Jasińska", "Kaczmarek", "Kępa",
        "Lewicka", "Łęcka", "Malik", "Nowicka", "Olszewska", "Pawlak", "Rybak", "Sikora",
        "Śliwa", "Tarnowska", "Urban", "Wilk", "Wrona", "Zając", "Zielińska", "Żak",
    ),
    men_last=(
        "Bąk", "Cichy", "Dudek", "Figura", "Gaj", "Głowacki", "Jasiński", "Kaczmarek", "Kępa",
        "Lewicki", "Łęcki", "Malik", "Nowicki", "Olszewski", "Pawlak", "Rybak", "Sikora",
        "Śliwa", "Tarnowski", "Urban", "Wilk", "Wrona", "Zając", "Zieliński", "Żak",
    ),
)  # fmt: skip

NAMES: Mapping[str, Names] = {"en": _EN, "ru": _RU, "pl": _PL}

_CYRILLIC = "абвгдеёжзийклмнопрстуфхцчшщъыьэюя"
_SPELT = [
    "a", "b", "v", "g", "d", "e", "e", "zh", "z", "i", "y", "k", "l", "m", "n", "o", "p", "r",
    "s", "t", "u", "f", "kh", "ts", "ch", "sh", "sch", "", "y", "", "e", "yu", "ya",
]  # fmt: skip
_POLISH = str.maketrans("ąćęłńóśźż", "acelnoszz")
_LATIN = dict(zip(_CYRILLIC, _SPELT, strict=True))


def full_name(language: str, number: int) -> str:
    """The name of the customer with a number: the same number is always the same name.

    >>> full_name("en", 0), full_name("ru", 1)
    ('Alice Abbot', 'Андрей Агеев')
    """
    names = NAMES[language]
    woman = number % 2 == 0
    first = names.women if woman else names.men
    last = names.women_last if woman and names.women_last else names.men_last
    half = number // 2
    return f"{first[half % len(first)]} {last[half // len(first) % len(last)]}"


def address(name: str, number: int, domain: str = "mail.example") -> str:
    """The invented e-mail address of a customer.

    >>> address("Łukasz Żak", 7)
    'lukasz.zak7@mail.example'
    """
    plain = "".join(_LATIN.get(letter, letter) for letter in name.lower().translate(_POLISH))
    return f"{plain.replace(' ', '.')}{number}@{domain}"
