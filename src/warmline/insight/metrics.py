"""One definition per metric: its name, its formula, the rows that it speaks of, the number."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, literal, or_

from warmline.core.words import Instant, Presence
from warmline.insight.tables import BEGUN, agent_span, visit


class Unit(StrEnum):
    """What a number counts."""

    COUNT = "count"
    PERCENT = "pct"
    MILLISECONDS = "ms"
    SCORE = "score"


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A stretch of time: `since` belongs to it, `until` does not."""

    since: Instant
    until: Instant

    def holds(self, column: ColumnElement[Any]) -> ColumnElement[bool]:
        """Whether a moment lies in it."""
        return and_(column >= self.since, column < self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """A number with a name: `value` over the `rows`, of which `counts` says who speaks for it."""

    key: str
    unit: Unit
    names: Mapping[str, str]
    formulas: Mapping[str, str]
    rows: Callable[[Window], ColumnElement[bool]]
    value: Callable[[Window], ColumnElement[Any]]
    counts: Callable[[Window], ColumnElement[bool]] = lambda _window: literal(value=True)
    each: ColumnElement[Any] | None = None
    """One row's own result, where the value is the mean of them."""


def _texts(en: str, ru: str, pl: str) -> Mapping[str, str]:
    return {"en": en, "ru": ru, "pl": pl}


_in_target = and_(visit.c.answered_at.is_not(None), visit.c.answered_at <= visit.c.due_at)
_identified = visit.c.identified.is_(True)
_outcome_at = func.coalesce(visit.c.answered_at, visit.c.abandoned_at)


def _answered(window: Window) -> ColumnElement[bool]:
    return window.holds(visit.c.answered_at)


def _abandoned(window: Window) -> ColumnElement[bool]:
    return window.holds(visit.c.abandoned_at)


def _judged(window: Window) -> ColumnElement[bool]:
    late = visit.c.abandoned_at > visit.c.due_at
    return or_(_answered(window), and_(_abandoned(window), late))


def _handled(window: Window) -> ColumnElement[bool]:
    return and_(window.holds(visit.c.left_at), visit.c.accepted_at.is_not(None))


_kept = and_(visit.c.answered_at.is_not(None), visit.c.answered_at <= visit.c.promised_by)


def _promised(window: Window) -> ColumnElement[bool]:
    given_up = and_(visit.c.answered_at.is_(None), window.holds(visit.c.left_at))
    broken = and_(given_up, visit.c.left_at > visit.c.promised_by)
    return and_(visit.c.promised_by.is_not(None), or_(_answered(window), broken))


def _wrapped(window: Window) -> ColumnElement[bool]:
    return and_(_handled(window), visit.c.ended_at.is_not(None))


def _share(condition: ColumnElement[bool]) -> ColumnElement[Any]:
    return 100.0 * func.sum(case((condition, 1), else_=0)) / func.count()


def _count(_window: Window) -> ColumnElement[Any]:
    return func.count()


METRICS: Mapping[str, Metric] = {
    metric.key: metric
    for metric in (
        Metric(
            key="offered",
            unit=Unit.COUNT,
            names=_texts("Came in", "Поступило", "Wpłynęło"),
            formulas=_texts(
                "Interactions that entered the queue in the period, each entry once.",
                "Обращения, вставшие в очередь за период; каждый вход считается один раз.",
                "Zgłoszenia, które weszły do kolejki w okresie; każde wejście liczy się raz.",
            ),
            rows=lambda window: window.holds(visit.c.queued_at) & (visit.c.cause != BEGUN),
            value=_count,
        ),
        Metric(
            key="answered",
            unit=Unit.COUNT,
            names=_texts("Answered", "Отвечено", "Odebrane"),
            formulas=_texts(
                "Interactions that an agent took in the period; in writing (e-mail): that got "
                "their first reply, or were closed without one.",
                "Обращения, принятые оператором за период; для писем — получившие первый ответ "
                "или закрытые без него.",
                "Zgłoszenia odebrane przez konsultanta w okresie; dla e-maili: z pierwszą "
                "odpowiedzią albo zamknięte bez niej.",
            ),
            rows=_answered,
            value=_count,
        ),
        Metric(
            key="abandoned",
            unit=Unit.COUNT,
            names=_texts("Gave up", "Не дождались", "Porzucone"),
            formulas=_texts(
                "Interactions whose customer left in the period before anybody took them.",
                "Обращения, в которых клиент ушёл за период, не дождавшись оператора.",
                "Zgłoszenia, w których klient odszedł w okresie, zanim ktoś je odebrał.",
            ),
            rows=_abandoned,
            value=_count,
        ),
        Metric(
            key="service_level_pct",
            unit=Unit.PERCENT,
            names=_texts("Service level", "Уровень сервиса", "Poziom obsługi"),
            formulas=_texts(
                "Answered within the target ÷ (answered + gave up after the target). "
                "Who gave up before the target does not count.",
                "Отвечено в пределах цели ÷ (отвечено + не дождались после цели). "
                "Ушедшие раньше цели не учитываются.",
                "Odebrane w czasie docelowym ÷ (odebrane + porzucone po czasie docelowym). "
                "Porzucone wcześniej się nie liczą.",
            ),
            rows=_judged,
            value=lambda _window: _share(_in_target),
            each=case((_in_target, 1), else_=0),
            counts=lambda _window: _in_target,
        ),
        Metric(
            key="abandoned_pct",
            unit=Unit.PERCENT,
            names=_texts("Share that gave up", "Доля не дождавшихся", "Odsetek porzuconych"),
            formulas=_texts(
                "Gave up ÷ (answered + gave up).",
                "Не дождались ÷ (отвечено + не дождались).",
                "Porzucone ÷ (odebrane + porzucone).",
            ),
            rows=lambda window: or_(_answered(window), _abandoned(window)),
            value=lambda _window: _share(visit.c.abandoned_at.is_not(None)),
            each=case((visit.c.abandoned_at.is_not(None), 1), else_=0),
            counts=lambda _window: visit.c.abandoned_at.is_not(None),
        ),
        Metric(
            key="answer_ms",
            unit=Unit.MILLISECONDS,
            names=_texts(
                "Average wait for an answer", "Среднее ожидание ответа", "Średni czas oczekiwania"
            ),
            formulas=_texts(
                "Mean time of the answered from arrival (after a transfer: from the transfer) "
                "to the answer.",
                "Среднее время отвеченных от обращения (после перевода — от перевода) до ответа.",
                "Średni czas odebranych od zgłoszenia (po przekazaniu: od przekazania) "
                "do odpowiedzi.",
            ),
            rows=_answered,
            value=lambda _window: func.avg(visit.c.answered_at - visit.c.since),
            each=visit.c.answered_at - visit.c.since,
        ),
        Metric(
            key="longest_answer_ms",
            unit=Unit.MILLISECONDS,
            names=_texts("Longest wait", "Самое долгое ожидание", "Najdłuższe oczekiwanie"),
            formulas=_texts(
                "The longest wait among those answered and those who gave up in the period.",
                "Самое долгое ожидание среди отвеченных и не дождавшихся за период.",
                "Najdłuższe oczekiwanie wśród odebranych i porzuconych w okresie.",
            ),
            rows=lambda window: or_(_answered(window), _abandoned(window)),
            value=lambda _window: func.max(_outcome_at - visit.c.since),
        ),
        Metric(
            key="handle_ms",
            unit=Unit.MILLISECONDS,
            names=_texts("Handle time", "Время обработки", "Czas obsługi"),
            formulas=_texts(
                "Mean time from taking an interaction to finishing the work after it, or to "
                "handing it on; holds are part of it.",
                "Среднее время от принятия до конца оформления или передачи; удержание входит.",
                "Średni czas od odebrania do końca podsumowania lub przekazania; z zawieszeniami.",
            ),
            rows=_handled,
            value=lambda _window: func.avg(visit.c.left_at - visit.c.accepted_at),
            each=visit.c.left_at - visit.c.accepted_at,
        ),
        Metric(
            key="wrap_ms",
            unit=Unit.MILLISECONDS,
            names=_texts("Wrap-up time", "Время оформления", "Czas podsumowania"),
            formulas=_texts(
                "Mean time from the end of the talk to the end of the work after it.",
                "Среднее время от конца разговора до конца оформления.",
                "Średni czas od końca rozmowy do końca podsumowania.",
            ),
            rows=_wrapped,
            value=lambda _window: func.avg(visit.c.left_at - visit.c.ended_at),
        ),
        Metric(
            key="identified_pct",
            unit=Unit.PERCENT,
            names=_texts(
                "Identified before the answer",
                "Узнаны до ответа",
                "Rozpoznani przed odpowiedzią",
            ),
            formulas=_texts(
                "Answered whose customer was known before the agent took it (by a number, an "
                "address or a signed login; what is only said does not count) ÷ answered.",
                "Отвеченные, где клиент был известен до принятия оператором (по номеру, адресу "
                "или подписанному входу; просто названное не считается) ÷ отвечено.",
                "Odebrane, w których klient był znany, zanim konsultant je odebrał (po numerze, "
                "adresie lub podpisanym loginie; samo podanie się nie liczy) ÷ odebrane.",
            ),
            rows=_answered,
            value=lambda _window: _share(_identified),
            each=case((_identified, 1), else_=0),
            counts=lambda _window: _identified,
        ),
        Metric(
            key="callback_kept_pct",
            unit=Unit.PERCENT,
            names=_texts("Callbacks in time", "Перезвонили вовремя", "Oddzwonienia na czas"),
            formulas=_texts(
                "Promised callbacks taken by an agent within the promised time ÷ (taken + given "
                "up after that time). One cancelled before does not count.",
                "Обещанные звонки, взятые оператором в обещанное время ÷ (взятые + те, от которых "
                "отказались позже него). Отменённые раньше не считаются.",
                "Obiecane oddzwonienia podjęte w obiecanym czasie ÷ (podjęte + porzucone po nim). "
                "Odwołane wcześniej się nie liczą.",
            ),
            rows=_promised,
            value=lambda _window: _share(_kept),
            each=case((_kept, 1), else_=0),
            counts=lambda _window: _kept,
        ),
        Metric(
            key="rating",
            unit=Unit.SCORE,
            names=_texts("Rating", "Оценка", "Ocena"),
            formulas=_texts(
                "Mean of the customers' ratings given in the period, 1 to 5.",
                "Средняя оценка клиентов за период, от 1 до 5.",
                "Średnia ocen klientów z okresu, od 1 do 5.",
            ),
            rows=lambda window: window.holds(visit.c.rated_at),
            value=lambda _window: func.avg(visit.c.rating),
            each=visit.c.rating,
        ),
    )
}
"""Every metric over visits to queues, by its key."""

NOW_METRICS: Mapping[str, tuple[Unit, Mapping[str, str], Mapping[str, str]]] = {
    "waiting": (
        Unit.COUNT,
        _texts("Waiting", "Ждут", "Czekają"),
        _texts(
            "Interactions in the queue now, with those that are being offered.",
            "Обращения в очереди сейчас, включая предлагаемые операторам.",
            "Zgłoszenia teraz w kolejce, także te proponowane konsultantom.",
        ),
    ),
    "longest_wait_ms": (
        Unit.MILLISECONDS,
        _texts("Waits longest", "Ждёт дольше всех", "Czeka najdłużej"),
        _texts(
            "The time since arrival of whoever waits longest now.",
            "Время с момента обращения у того, кто сейчас ждёт дольше всех.",
            "Czas od zgłoszenia u tego, kto teraz czeka najdłużej.",
        ),
    ),
    "in_hand": (
        Unit.COUNT,
        _texts("In hand", "В работе", "W obsłudze"),
        _texts(
            "Interactions that agents have now: talking, on hold, wrapping up.",
            "Обращения у операторов сейчас: разговор, удержание, оформление.",
            "Zgłoszenia teraz u konsultantów: rozmowa, zawieszenie, podsumowanie.",
        ),
    ),
}
"""What is counted in the live state, not in the facts."""

OCCUPANCY = "occupancy_pct"
OCCUPANCY_TEXTS = (
    _texts("Occupancy", "Занятость", "Zajętość"),
    _texts(
        "Agents' time with interactions in hand ÷ (that time + time available without any).",
        "Время операторов с обращениями ÷ (оно же + время на линии без обращений).",
        "Czas konsultantów ze zgłoszeniami ÷ (ten czas + czas na linii bez zgłoszeń).",
    ),
)
_busy = agent_span.c.in_hand > 0


def occupied(window: Window) -> ColumnElement[bool]:
    """The agents' spans that occupancy speaks of: at work or ready for it, within the window."""
    return and_(
        agent_span.c.started_at < window.until,
        or_(agent_span.c.ended_at.is_(None), agent_span.c.ended_at > window.since),
        or_(_busy, agent_span.c.presence == Presence.AVAILABLE.value),
    )


def occupancy(window: Window) -> ColumnElement[Any]:
    """The share of that time with work in hand, 0 to 100."""
    ended = func.coalesce(agent_span.c.ended_at, window.until)
    until = case((ended > window.until, window.until), else_=ended)
    since = case(
        (agent_span.c.started_at < window.since, window.since), else_=agent_span.c.started_at
    )
    length = until - since
    return 100.0 * func.sum(case((_busy, length), else_=0)) / func.nullif(func.sum(length), 0)


def definitions() -> list[dict[str, Any]]:
    """All definitions, for the screen that explains them."""
    shown: list[dict[str, Any]] = [
        _definition(metric.key, metric.unit, metric.names, metric.formulas)
        for metric in METRICS.values()
    ]
    others = {**NOW_METRICS, OCCUPANCY: (Unit.PERCENT, *OCCUPANCY_TEXTS)}
    shown += [
        _definition(key, unit, names, formulas) for key, (unit, names, formulas) in others.items()
    ]
    return shown


def _definition(
    key: str, unit: Unit, names: Mapping[str, str], formulas: Mapping[str, str]
) -> dict[str, Any]:
    return {
        "key": key,
        "unit": unit.value,
        "names": dict(names),
        "formulas": dict(formulas),
    }
