"""How the center speaks Russian."""

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
    "ноль один два три четыре пять шесть семь восемь девять десять одиннадцать двенадцать"
    " тринадцать четырнадцать пятнадцать шестнадцать семнадцать восемнадцать девятнадцать"
)
TENS = listed("- - двадцать тридцать сорок пятьдесят шестьдесят семьдесят восемьдесят девяносто")
HUNDREDS = listed("- сто двести триста четыреста пятьсот шестьсот семьсот восемьсот девятьсот")
ONE = MappingProxyType({Gender.MALE: "один", Gender.FEMALE: "одна", Gender.NEUTER: "одно"})
TWO_FEMALE = "две"
OF_UNITS = listed(
    "нуля одной двух трёх четырёх пяти шести семи восьми девяти десяти одиннадцати"
    " двенадцати тринадцати четырнадцати пятнадцати шестнадцати семнадцати восемнадцати"
    " девятнадцати"
)
"""In the genitive, counting something female, as minutes are."""
OF_TENS = listed(
    "- - двадцати тридцати сорока пятидесяти шестидесяти семидесяти восьмидесяти девяноста"
)
ORDINAL_UNITS = listed(
    "нулев- перв- втор- трет- четвёрт- пят- шест- седьм- восьм- девят- десят- одиннадцат-"
    " двенадцат- тринадцат- четырнадцат- пятнадцат- шестнадцат- семнадцат- восемнадцат-"
    " девятнадцат-"
)
ORDINAL_TENS = listed(
    "- - двадцат- тридцат- сороков- пятидесят- шестидесят- семидесят- восьмидесят- девяност-"
)
ORDINAL_HUNDREDS = listed(
    "- сот- двухсот- трёхсот- четырёхсот- пятисот- шестисот- семисот- восьмисот- девятисот-"
)
ENDINGS = MappingProxyType({Gender.MALE: "ый", Gender.FEMALE: "ая", Gender.NEUTER: "ое"})
STRESSED = frozenset({"нулев-", "втор-", "шест-", "седьм-", "восьм-", "сороков-"})
"""Those that end in -ой for what is male."""
THIRD = MappingProxyType({Gender.MALE: "третий", Gender.FEMALE: "третья", Gender.NEUTER: "третье"})
DAYS = listed("понедельник вторник среда четверг пятница суббота воскресенье")
MONTHS = listed(
    "- января февраля марта апреля мая июня июля августа сентября октября ноября декабря"
)
MINUTE = Noun("минута", "минуты", "минут", Gender.FEMALE)
HOUR = Noun("час", "часа", "часов")
WITH_GENITIVE = frozenset({"с", "со", "от", "до", "после", "около"})
OF_ONE_HOUR = "одного"
THOUSAND = Noun("тысяча", "тысячи", "тысяч", Gender.FEMALE)
FEMALE = ("минут", "секунд", "недел", "тысяч", "копе", "гривн", "крон", "заяв", "посыл", "штук")
NEUTER = ("мест", "письм", "обращени", "сообщени")


def plural(n: int) -> Plural:
    """The form that follows a whole number.

    >>> [plural(n).value for n in (1, 2, 5, 11, 21, 112)]
    ['one', 'few', 'many', 'many', 'one', 'many']
    """
    if n % 10 == 1 and n % 100 != 11:  # noqa: PLR2004
        return Plural.ONE
    return Plural.FEW if n % 10 in {2, 3, 4} and n % 100 not in {12, 13, 14} else Plural.MANY


class Russian:
    """Russian: three genders, and three forms of what is counted."""

    prompts: Mapping[str, str] = MappingProxyType(
        {
            "welcome": "Здравствуйте! Спасибо за звонок.",
            "waiting": "Сейчас все операторы заняты. Оставайтесь на линии, вам скоро ответят.",
            "closed": "Сейчас мы не работаем. Пожалуйста, перезвоните в рабочее время.",
            "unstaffed": "Сейчас некому ответить на ваш звонок. Пожалуйста, перезвоните позже.",
            "unavailable": "Сейчас мы не можем принять ваш звонок. Пожалуйста, перезвоните позже.",
            "voicemail": "Пожалуйста, оставьте сообщение после сигнала."
            " Закончив, положите трубку или нажмите решётку.",
            "voicemail_kept": "Спасибо, ваше сообщение записано.",
            "callback": "Чтобы сохранить место в очереди и дождаться обратного звонка, нажмите 1."
            " Чтобы вам позвонили в другое время, нажмите 2.",
            "callback_booked": "Спасибо. Мы позвоним вам в это время. Можно положить трубку.",
            "callback_noted": "Спасибо. Ваше место в очереди сохранено, мы вам перезвоним."
            " Можно положить трубку.",
            "callback_refused": "К сожалению, на этот номер перезвонить нельзя."
            " Оставайтесь на линии, ваше место сохранено.",
            "connecting": "Соединяем вас.",
            "recorded": "Разговор записывается.",
            "supervised": "К разговору подключился супервизор.",
            "sorry": "Извините, не удалось разобрать ответ.",
            "thanks": "Спасибо за звонок. До свидания!",
        }
    )

    def number(self, n: int, gender: Gender = Gender.MALE) -> str:
        """A whole number.

        >>> Russian().number(2, Gender.FEMALE), Russian().number(341)
        ('две', 'триста сорок один')
        """
        if n >= 1_000:  # noqa: PLR2004
            rest = n % 1_000
            more = self.number(rest, gender) if rest else ""
            return joined(self.counted(n // 1_000, THOUSAND), more)
        hundred, ten, unit = hundreds(n)
        last = at(UNITS, unit)
        if unit == 1:
            last = ONE[gender]
        elif unit == 2 and gender is Gender.FEMALE:  # noqa: PLR2004
            last = TWO_FEMALE
        return joined(at(HUNDREDS, hundred), at(TENS, ten), last) or UNITS[0]

    def counted(self, n: int, noun: Noun) -> str:
        """So many of something.

        >>> [Russian().counted(n, MINUTE) for n in (1, 2, 5)]
        ['одна минута', 'две минуты', 'пять минут']
        """
        return f"{self.number(n, noun.gender)} {noun.form(plural(n))}"

    def ordinal(self, n: int, gender: Gender = Gender.MALE) -> str:
        """The place in a row: the last word alone says it.

        >>> Russian().ordinal(3, Gender.NEUTER), Russian().ordinal(142)
        ('третье', 'сто сорок второй')
        """
        hundred, ten, unit = hundreds(n)
        if unit == 3:  # noqa: PLR2004
            return joined(at(HUNDREDS, hundred), at(TENS, ten), THIRD[gender])
        if unit or not n:
            before, stem = joined(at(HUNDREDS, hundred), at(TENS, ten)), ORDINAL_UNITS[unit]
        elif ten:
            before, stem = at(HUNDREDS, hundred), ORDINAL_TENS[ten]
        else:
            before, stem = "", ORDINAL_HUNDREDS[hundred]
        stressed = gender is Gender.MALE and stem in STRESSED
        return joined(before, stem[:-1] + ("ой" if stressed else ENDINGS[gender]))

    def gender_before(self, word: str) -> Gender:
        """The gender of what is counted."""
        if word.lower().startswith(FEMALE):
            return Gender.FEMALE
        return Gender.NEUTER if word.lower().startswith(NEUTER) else Gender.MALE

    def time(self, hour: int, minute: int, after: str = "") -> str:
        """A time of 24 hours; `from`, `until` and the like ask for the genitive.

        >>> Russian().time(21, 2), Russian().time(14, 0)
        ('двадцать один час две минуты', 'четырнадцать часов')
        >>> Russian().time(9, 30, "с"), Russian().time(21, 0, "до")
        ('девяти часов тридцати минут', 'двадцати одного часа')
        """
        if after.lower() in WITH_GENITIVE:
            _, ten, unit = hundreds(hour)
            last = OF_ONE_HOUR if unit == 1 else OF_UNITS[unit] if unit or not hour else ""
            named = HOUR.few if plural(hour) is Plural.ONE else HOUR.many
            hours = joined(at(OF_TENS, ten), last, named)
            return joined(hours, self._of(minute) if minute else "")
        return joined(self.counted(hour, HOUR), self.counted(minute, MINUTE) if minute else "")

    def date(self, day: date) -> str:
        """A day.

        >>> Russian().date(date(2026, 11, 23))
        'понедельник, двадцать третье ноября'
        """
        return f"{DAYS[day.weekday()]}, {self.ordinal(day.day, Gender.NEUTER)} {MONTHS[day.month]}"

    def position(self, n: int) -> str:
        """The place in the line; nothing is said of who stands there."""
        if n == 1:
            return "Вы на первом месте в очереди."
        return f"Ваше место в очереди — {self.ordinal(n, Gender.NEUTER)}."

    def wait(self, told: Range) -> str:
        """The range of the wait.

        >>> Russian().wait(Range(low_min=1, high_min=21))
        'Ожидание займёт от одной до двадцати одной минуты.'
        """
        low, high = told.low_min, told.high_min
        if low >= LONGEST_WAIT_MIN:
            return "Ожидание займёт больше часа."
        if high <= 1:
            return "Вам ответят в течение минуты."
        if high > LONGEST_WAIT_MIN:
            return "Ожидание может занять больше часа."
        if low == 0:
            return f"Ожидание займёт не больше {self._of(high)}."
        if low == high:
            return f"Ожидание займёт примерно {self.counted(high, MINUTE)}."
        return f"Ожидание займёт от {self._of(low, named=False)} до {self._of(high)}."

    def _of(self, n: int, *, named: bool = True) -> str:
        """So many minutes, in the genitive: of one minute, of two minutes."""
        _, ten, unit = hundreds(n)
        noun = "минуты" if plural(n) is Plural.ONE else "минут"
        return joined(at(OF_TENS, ten), at(OF_UNITS, unit), noun if named else "")
