"""One definition for each figure of feedback: its name, its formula, its scale, whom it counts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from warmline.experience.cases.closure import TEXTS as CLOSURE
from warmline.experience.results.intervals import Interval, mean, share
from warmline.experience.results.model import Fact, Source


class Unit(StrEnum):
    """How a figure is written."""

    PERCENT = "pct"
    SCORE = "score"
    """A mean on the scale of the question."""
    INDEX = "index"
    """0 to 100."""
    NET = "net"
    """−100 to 100."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A figure with a name; higher is always better."""

    key: str
    unit: Unit
    source: Source
    least: float
    most: float
    names: Mapping[str, str]
    formulas: Mapping[str, str]

    def estimate(self, facts: Iterable[Fact]) -> tuple[Interval | None, int]:
        """The figure with its 95 % interval, by Wilson or Student, and how many speak for it."""
        key = self.key
        if self.unit is not Unit.PERCENT:
            values = [one.values[key] for one in facts if key in one.values]
            return mean(values, least=self.least, most=self.most), len(values)
        n, good = 0, 0.0
        for one in facts:
            if (value := one.values.get(key)) is not None:
                n += one.n
                good += value * one.n
        found = share(good, n)
        return None if found is None else Interval(*(100 * part for part in found)), n


def _texts(en: str, ru: str, pl: str) -> Mapping[str, str]:
    return {"en": en, "ru": ru, "pl": pl}


def _share(
    key: str, source: Source, names: Mapping[str, str], formulas: Mapping[str, str]
) -> Measure:
    return Measure(
        key=key, unit=Unit.PERCENT, source=source, least=0, most=100, names=names, formulas=formulas
    )


def _index(key: str, names: Mapping[str, str], formulas: Mapping[str, str]) -> Measure:
    return Measure(
        key=key,
        unit=Unit.INDEX,
        source=Source.ANSWERS,
        least=0,
        most=100,
        names=names,
        formulas=formulas,
    )


def _feeling(names: Mapping[str, str]) -> Mapping[str, str]:
    return _texts(
        f"Mean of (answer − 1) ÷ 4 × 100 over the surveys that answered “{names['en']}”, "
        "on 5 steps.",
        f"Среднее (ответ − 1) ÷ 4 × 100 по анкетам с ответом на «{names['ru']}» по 5 ступеням.",
        f"Średnia (odpowiedź − 1) ÷ 4 × 100 z ankiet z odpowiedzią na „{names['pl']}” "
        "w 5 stopniach.",
    )


_FEELINGS: Mapping[str, Mapping[str, str]] = {
    "glad": _texts("They are glad I called", "Мне здесь рады", "Cieszą się, że się odzywam"),
    "understood": _texts(
        "They understand what I need", "Понимают, что мне нужно", "Rozumieją, czego potrzebuję"
    ),
    "best_answer": _texts(
        "They look for the best answer for me",
        "Ищут лучшее решение для меня",
        "Szukają najlepszego rozwiązania dla mnie",
    ),
    "again": _texts(
        "They will be glad to hear from me again",
        "Будут рады мне снова",
        "Chętnie usłyszą mnie znowu",
    ),
}
_FOUR = "feelings"

_MEASURES = (
    _index(
        _FOUR,
        _texts("Four feelings", "Четыре чувства", "Cztery uczucia"),
        _texts(
            "Of each survey that answered all four: the mean of (answer − 1) ÷ 4 × 100. "
            "The index is the mean over these surveys.",
            "По каждой анкете с ответами на все четыре: среднее (ответ − 1) ÷ 4 × 100. "
            "Индекс — среднее по этим анкетам.",
            "Z każdej ankiety z odpowiedzią na wszystkie cztery: średnia "
            "(odpowiedź − 1) ÷ 4 × 100. Indeks to średnia z tych ankiet.",
        ),
    ),
    *(_index(key, names, _feeling(names)) for key, names in _FEELINGS.items()),
    _share(
        "csat_pct",
        Source.ANSWERS,
        _texts("Satisfied", "Довольны", "Zadowoleni"),
        _texts(
            "CSAT: surveys with 4 or 5 of 5 ÷ surveys that answered.",
            "CSAT: анкеты с оценкой 4 или 5 из 5 ÷ анкеты с ответом.",
            "CSAT: ankiety z oceną 4 lub 5 na 5 ÷ ankiety z odpowiedzią.",
        ),
    ),
    Measure(
        key="csat",
        unit=Unit.SCORE,
        source=Source.ANSWERS,
        least=1,
        most=5,
        names=_texts("Satisfaction, mean", "Удовлетворённость, среднее", "Satysfakcja, średnia"),
        formulas=_texts(
            "CSAT: mean of the answers, 1 to 5.",
            "CSAT: среднее ответов от 1 до 5.",
            "CSAT: średnia odpowiedzi od 1 do 5.",
        ),
    ),
    _share(
        "delighted_pct",
        Source.ANSWERS,
        _texts("Delighted", "В восторге", "Zachwyceni"),
        _texts(
            "Top box: surveys with 5 of 5 ÷ surveys that answered, apart from the average.",
            "Верхняя оценка: анкеты с 5 из 5 ÷ анкеты с ответом, отдельно от среднего.",
            "Najwyższa ocena: ankiety z 5 na 5 ÷ ankiety z odpowiedzią, osobno od średniej.",
        ),
    ),
    Measure(
        key="nps",
        unit=Unit.NET,
        source=Source.ANSWERS,
        least=-100,
        most=100,
        names=_texts("Would recommend (NPS)", "Порекомендуют (NPS)", "Poleciłoby nas (NPS)"),
        formulas=_texts(
            "NPS: share of 9 and 10 − share of 0 to 6, in points.",
            "NPS: доля оценок 9–10 − доля оценок 0–6, в пунктах.",
            "NPS: odsetek ocen 9–10 − odsetek ocen 0–6, w punktach.",
        ),
    ),
    Measure(
        key="ces",
        unit=Unit.SCORE,
        source=Source.ANSWERS,
        least=1,
        most=7,
        names=_texts("It was easy (CES)", "Было легко (CES)", "Było łatwo (CES)"),
        formulas=_texts(
            "CES: mean of the answers, 1 (very hard) to 7 (very easy).",
            "CES: среднее ответов от 1 (очень трудно) до 7 (очень легко).",
            "CES: średnia odpowiedzi od 1 (bardzo trudno) do 7 (bardzo łatwo).",
        ),
    ),
    _share(
        "asked_pct",
        Source.CONTACTS,
        _texts("Asked", "Спросили", "Zapytani"),
        _texts(
            "Conversations with an agent, closed in the period, about which the customer was asked "
            "÷ all of them.",
            "Разговоры с оператором, закрытые за период, о которых клиента спросили, "
            "÷ все такие разговоры.",
            "Rozmowy z konsultantem zamknięte w okresie, o które zapytano klienta, "
            "÷ wszystkie takie rozmowy.",
        ),
    ),
    _share(
        "answered_pct",
        Source.ASKED,
        _texts("Answered the survey", "Ответили", "Odpowiedzieli"),
        _texts(
            "Surveys sent in the period and answered so far ÷ surveys sent.",
            "Отправленные за период анкеты, на которые уже ответили, ÷ отправленные.",
            "Ankiety wysłane w okresie, na które już odpowiedziano, ÷ wysłane.",
        ),
    ),
    *(
        _share(key, Source.CASES, CLOSURE[key]["names"], CLOSURE[key]["formulas"])
        for key in ("closed_loop_pct", "won_back_pct")
    ),
)
MEASURES: Mapping[str, Measure] = {one.key: one for one in _MEASURES}
"""Every figure of feedback by its key, in the order of the screen."""

INTERVALS = _texts(
    "Shares carry Wilson's interval (1927), means and NPS Student's: the truth lies inside "
    "95 times of 100. What is asked again after a case counts for Won back alone.",
    "У долей интервал Уилсона (1927), у средних и NPS — Стьюдента: истина лежит внутри 95 раз из "
    "100. Повторный опрос после кейса считается только в «Вернули доверие».",
    "Odsetki mają przedział Wilsona (1927), średnie i NPS przedział Studenta: prawda leży wewnątrz "
    "95 razy na 100. Ponowne pytania po sprawie liczą się tylko do „Odzyskanych”.",
)
JUDGING = _texts(
    "Attained: even the low end of the interval reaches the target. Not attained: even the high "
    "end misses it. Otherwise, or with fewer than {least} answers: not enough answers.",
    "Достигнута: даже нижний край интервала не ниже цели. Не достигнута: даже верхний край ниже "
    "цели. Иначе или при менее чем {least} ответах — ответов мало.",
    "Osiągnięty: nawet dolny kraniec przedziału sięga celu. Nieosiągnięty: nawet górny nie sięga. "
    "W innym razie albo przy mniej niż {least} odpowiedziach: za mało odpowiedzi.",
)


def estimate(key: str, facts: Iterable[Fact]) -> tuple[Interval | None, int]:
    """A figure over some facts, and how many of them speak for it."""
    return MEASURES[key].estimate(facts)


def definitions() -> list[dict[str, Any]]:
    """All definitions, for the screen that explains them."""
    return [
        {
            "key": one.key,
            "unit": one.unit.value,
            "source": one.source.value,
            "least": one.least,
            "most": one.most,
            "names": dict(one.names),
            "formulas": dict(one.formulas),
        }
        for one in MEASURES.values()
    ]
