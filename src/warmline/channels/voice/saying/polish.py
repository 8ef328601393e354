"""How the center speaks Polish."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from warmline.channels.voice.saying.grammar import (
    LONGEST_WAIT_MIN,
    Gender,
    Noun,
    Plural,
    Range,
    at,
    hundreds,
    joined,
    listed,
)

UNITS = listed(
    "zero jeden dwa trzy cztery pięć sześć siedem osiem dziewięć dziesięć jedenaście"
    " dwanaście trzynaście czternaście piętnaście szesnaście siedemnaście osiemnaście"
    " dziewiętnaście"
)
TENS = listed(
    "- - dwadzieścia trzydzieści czterdzieści pięćdziesiąt sześćdziesiąt siedemdziesiąt"
    " osiemdziesiąt dziewięćdziesiąt"
)
HUNDREDS = listed(
    "- sto dwieście trzysta czterysta pięćset sześćset siedemset osiemset dziewięćset"
)
ONE = MappingProxyType({Gender.MALE: "jeden", Gender.FEMALE: "jedna", Gender.NEUTER: "jedno"})
TWO_FEMALE = "dwie"
OF_UNITS = listed(
    "zera jeden dwóch trzech czterech pięciu sześciu siedmiu ośmiu dziewięciu dziesięciu"
    " jedenastu dwunastu trzynastu czternastu piętnastu szesnastu siedemnastu osiemnastu"
    " dziewiętnastu"
)
"""In the genitive; after tens one never changes."""
OF_ONE_MINUTE = "jednej"
OF_TENS = listed(
    "- - dwudziestu trzydziestu czterdziestu pięćdziesięciu sześćdziesięciu"
    " siedemdziesięciu osiemdziesięciu dziewięćdziesięciu"
)
ORDINAL_UNITS = listed(
    "zerowy pierwszy drugi trzeci czwarty piąty szósty siódmy ósmy dziewiąty dziesiąty"
    " jedenasty dwunasty trzynasty czternasty piętnasty szesnasty siedemnasty osiemnasty"
    " dziewiętnasty"
)
ORDINAL_TENS = listed(
    "- - dwudziesty trzydziesty czterdziesty pięćdziesiąty sześćdziesiąty siedemdziesiąty"
    " osiemdziesiąty dziewięćdziesiąty"
)
ORDINAL_HUNDREDS = listed(
    "- setny dwusetny trzechsetny czterechsetny pięćsetny sześćsetny siedemsetny"
    " osiemsetny dziewięćsetny"
)
DAYS = listed("poniedziałek wtorek środa czwartek piątek sobota niedziela")
MONTHS = listed(
    "- stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października"
    " listopada grudnia"
)
MINUTE = Noun("minuta", "minuty", "minut", Gender.FEMALE)
HOUR = Noun("godzina", "godziny", "godzin", Gender.FEMALE)
OF_HOURS = frozenset({"od", "do", "o", "po", "około", "godziny", "godzinie"})
THOUSAND = Noun("tysiąc", "tysiące", "tysięcy")
FEMALE = ("minut", "sekund", "godzin", "koron", "spraw", "osob", "osób", "sztuk", "przesył", "pacz")
NEUTER = ("miejsc", "zgłosze", "zamówie", "euro")


def plural(n: int) -> Plural:
    """The form that follows a whole number.

    >>> [plural(n).value for n in (1, 2, 5, 12, 21, 22)]
    ['one', 'few', 'many', 'many', 'many', 'few']
    """
    if n == 1:
        return Plural.ONE
    return Plural.FEW if n % 10 in {2, 3, 4} and n % 100 not in {12, 13, 14} else Plural.MANY


class Polish:
    """Polish: three genders, and three forms of what is counted."""

    prompts: Mapping[str, str] = MappingProxyType(
        {
            "welcome": "Dzień dobry. Dziękujemy za telefon.",
            "waiting": "Wszyscy konsultanci prowadzą teraz rozmowy."
            " Prosimy pozostać na linii, wkrótce ktoś odbierze.",
            "closed": "W tej chwili jest już zamknięte. Prosimy zadzwonić w godzinach pracy.",
            "unstaffed": "W tej chwili nikt nie może odebrać. Prosimy zadzwonić później.",
            "unavailable": "W tej chwili nie możemy przyjąć tego połączenia."
            " Prosimy zadzwonić później.",
            "voicemail": "Prosimy zostawić wiadomość po sygnale."
            " Aby zakończyć, wystarczy się rozłączyć lub nacisnąć krzyżyk.",
            "voicemail_kept": "Dziękujemy, wiadomość została nagrana.",
            "callback": "Aby zachować miejsce w kolejce i poczekać na telefon od nas,"
            " proszę nacisnąć 1. Aby wybrać inną porę, proszę nacisnąć 2.",
            "callback_booked": "Dziękujemy. Zadzwonimy o tej porze. Można się rozłączyć.",
            "callback_noted": "Dziękujemy. Miejsce w kolejce jest zachowane, oddzwonimy."
            " Można się rozłączyć.",
            "callback_refused": "Niestety nie możemy oddzwonić na ten numer."
            " Prosimy pozostać na linii, miejsce w kolejce jest zachowane.",
            "connecting": "Łączymy.",
            "recorded": "Rozmowa jest nagrywana.",
            "supervised": "Do rozmowy dołączył kierownik.",
            "sorry": "Przepraszamy, nie udało się zrozumieć odpowiedzi.",
            "thanks": "Dziękujemy za telefon. Do usłyszenia!",
        }
    )

    def number(self, n: int, gender: Gender = Gender.MALE) -> str:
        """A whole number; only one by itself and two have a gender.

        >>> Polish().number(1, Gender.FEMALE), Polish().number(22, Gender.FEMALE)
        ('jedna', 'dwadzieścia dwie')
        """
        if n >= 1_000:  # noqa: PLR2004
            many, rest = divmod(n, 1_000)
            head = THOUSAND.one if many == 1 else self.counted(many, THOUSAND)
            return joined(head, self._in_a_row(rest, gender) if rest else "")
        return ONE[gender] if n == 1 else self._in_a_row(n, gender)

    def _in_a_row(self, n: int, gender: Gender) -> str:
        hundred, ten, unit = hundreds(n)
        two = unit == 2 and gender is Gender.FEMALE  # noqa: PLR2004
        last = TWO_FEMALE if two else at(UNITS, unit)
        return joined(at(HUNDREDS, hundred), at(TENS, ten), last) or UNITS[0]

    def counted(self, n: int, noun: Noun) -> str:
        """So many of something.

        >>> [Polish().counted(n, MINUTE) for n in (1, 2, 5)]
        ['jedna minuta', 'dwie minuty', 'pięć minut']
        """
        return f"{self.number(n, noun.gender)} {noun.form(plural(n))}"

    def ordinal(self, n: int, gender: Gender = Gender.MALE) -> str:
        """The place in a row: tens and what follows them both say it.

        >>> Polish().ordinal(23, Gender.NEUTER), Polish().ordinal(102, Gender.FEMALE)
        ('dwudzieste trzecie', 'sto druga')
        """
        hundred, ten, unit = hundreds(n)
        if n and not ten and not unit:
            return _ending(ORDINAL_HUNDREDS[hundred], gender)
        last = at(ORDINAL_UNITS, unit) if n else ORDINAL_UNITS[0]
        parts = [_ending(part, gender) for part in (at(ORDINAL_TENS, ten), last) if part]
        return joined(at(HUNDREDS, hundred), *parts)

    def gender_before(self, word: str) -> Gender:
        """The gender of what is counted."""
        if word.lower().startswith(FEMALE):
            return Gender.FEMALE
        return Gender.NEUTER if word.lower().startswith(NEUTER) else Gender.MALE

    def time(self, hour: int, minute: int, after: str = "") -> str:
        """A time of 24 hours; `from`, `until`, `at` and the like change its end.

        >>> Polish().time(14, 30), Polish().time(9, 5), Polish().time(20, 0)
        ('czternasta trzydzieści', 'dziewiąta zero pięć', 'dwudziesta')
        >>> Polish().time(8, 0, "od"), Polish().time(22, 15, "do"), Polish().time(3, 0, "o")
        ('ósmej', 'dwudziestej drugiej piętnaście', 'trzeciej')
        """
        said = "" if minute == 0 else self.number(minute)
        zero = UNITS[0] if 0 < minute < 10 else ""  # noqa: PLR2004
        hours = self.ordinal(hour, Gender.FEMALE)
        if after.lower() in OF_HOURS:
            hours = " ".join(_of_an_hour(word) for word in hours.split())
        return joined(hours, zero, said)

    def date(self, day: date) -> str:
        """A day.

        >>> Polish().date(date(2026, 11, 23))
        'poniedziałek, dwudziesty trzeci listopada'
        """
        return f"{DAYS[day.weekday()]}, {self.ordinal(day.day)} {MONTHS[day.month]}"

    def position(self, n: int) -> str:
        """The place in the line; nothing is said of who stands there."""
        if n == 1:
            return "To jest pierwsze miejsce w kolejce."
        return f"Miejsce w kolejce: {self.ordinal(n, Gender.NEUTER)}."

    def wait(self, told: Range) -> str:
        """The range of the wait.

        >>> Polish().wait(Range(low_min=1, high_min=21))
        'Czas oczekiwania wynosi od jednej do dwudziestu jeden minut.'
        """
        low, high = told.low_min, told.high_min
        if low >= LONGEST_WAIT_MIN:
            return "Czas oczekiwania wynosi ponad godzinę."
        if high <= 1:
            return "Ktoś odbierze w ciągu minuty."
        if high > LONGEST_WAIT_MIN:
            return "Czas oczekiwania może wynieść ponad godzinę."
        if low == 0:
            return f"Czas oczekiwania nie przekroczy {self._of(high)}."
        if low == high:
            return f"Czas oczekiwania wynosi około {self._of(high)}."
        return f"Czas oczekiwania wynosi od {self._of(low, named=False)} do {self._of(high)}."

    def _of(self, n: int, *, named: bool = True) -> str:
        """So many minutes, in the genitive: of one minute, of two minutes."""
        if n == 1:
            return joined(OF_ONE_MINUTE, MINUTE.few if named else "")
        _, ten, unit = hundreds(n)
        return joined(at(OF_TENS, ten), at(OF_UNITS, unit), MINUTE.many if named else "")


def _of_an_hour(word: str) -> str:
    """A female ordinal after `od`, `do`, `o`."""
    return f"{word[:-1]}iej" if word.endswith("ga") else f"{word[:-1]}ej"


def _ending(word: str, gender: Gender) -> str:
    """An ordinal as it ends in a gender.

    >>> [_ending("drugi", one) for one in Gender], _ending("trzeci", Gender.FEMALE)
    (['drugi', 'druga', 'drugie'], 'trzecia')
    """
    if gender is Gender.MALE:
        return word
    last = "a" if gender is Gender.FEMALE else "e"
    if word.endswith("gi"):
        return word[:-1] + "a" if gender is Gender.FEMALE else word + "e"
    return word + last if word.endswith("i") else word[:-1] + last
