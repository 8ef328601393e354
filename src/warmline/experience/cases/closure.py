"""How well the loop is closed: one definition of rate, time and share won back, and the rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.core.words import Instant, SiteId
from warmline.experience.cases.model import CaseState
from warmline.experience.cases.queries import answers_of
from warmline.experience.cases.rules import is_good
from warmline.experience.cases.tables import case
from warmline.storage.rows import Row, rows

CHUNK = 500

TEXTS: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    "closed_loop_pct": {
        "names": {"en": "Loop closed", "ru": "Закрытые кейсы", "pl": "Domknięte sprawy"},
        "formulas": {
            "en": "Closed cases ÷ cases opened in the period.",
            "ru": "Закрытые кейсы ÷ кейсы, открытые за период.",
            "pl": "Zamknięte sprawy ÷ sprawy otwarte w okresie.",
        },
    },
    "closure_ms": {
        "names": {"en": "Time to close", "ru": "Время до закрытия", "pl": "Czas do zamknięcia"},
        "formulas": {
            "en": "Median time from opening to closing, of the cases opened in the period and "
            "closed since.",
            "ru": "Медиана времени от открытия до закрытия кейсов, открытых за период "
            "и уже закрытых.",
            "pl": "Mediana czasu od otwarcia do zamknięcia spraw otwartych w okresie "
            "i już zamkniętych.",
        },
    },
    "won_back_pct": {
        "names": {"en": "Won back", "ru": "Вернули доверие", "pl": "Odzyskani"},
        "formulas": {
            "en": "Good second answers ÷ customers who answered when asked again, of the cases "
            "opened in the period.",
            "ru": "Хорошие повторные ответы ÷ клиенты, ответившие на повторный опрос, "
            "по кейсам, открытым за период.",
            "pl": "Dobre ponowne odpowiedzi ÷ klienci, którzy odpowiedzieli zapytani ponownie, "
            "w sprawach otwartych w okresie.",
        },
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """One case as the figures count it."""

    case: Row
    closed_ms: int | None
    """How long it took; None while it stands."""
    won_back: bool | None
    """Whether the second answer was good; None when there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Closure:
    """The figures of a period, and the cases behind them, the newest first."""

    opened: int
    closed: int
    asked_again: int
    answered_again: int
    won_back: int
    closure_ms: int | None
    cases: Sequence[Counted]

    @property
    def closed_loop_pct(self) -> float | None:
        """Closed ÷ opened; None without cases."""
        return _share(self.closed, self.opened)

    @property
    def won_back_pct(self) -> float | None:
        """Good second answers ÷ all second answers; None without any."""
        return _share(self.won_back, self.answered_again)

    def plain(self) -> dict[str, Any]:
        """The figures without their rows."""
        names = ("opened", "closed", "asked_again", "answered_again", "won_back", "closure_ms")
        return {
            **{name: getattr(self, name) for name in names},
            "closed_loop_pct": self.closed_loop_pct,
            "won_back_pct": self.won_back_pct,
        }


def _share(part: int, whole: int) -> float | None:
    return None if whole == 0 else round(100 * part / whole, 1)


def cases_of(
    site: SiteId, since: Instant, until: Instant, narrowed: Mapping[str, str | None] | None = None
) -> Select[Any]:
    """The cases that count in a period: opened in it, and not taken back by the customer."""
    query = (
        select(case)
        .where(
            case.c.site == site,
            case.c.opened_at >= since,
            case.c.opened_at < until,
            case.c.state != CaseState.WITHDRAWN.value,
        )
        .order_by(case.c.opened_at.desc(), case.c.id.desc())
    )
    for name, value in (narrowed or {}).items():
        if value is not None:
            query = query.where(case.c[name] == value)
    return query


async def closure(
    connection: AsyncConnection,
    site: SiteId,
    since: Instant,
    until: Instant,
    narrowed: Mapping[str, str | None] | None = None,
) -> Closure:
    """How many cases of a period were closed, in what time, and how many customers won back.

    `narrowed` may name a `queue`, `segment`, `agent`, `owner` or `source`.
    """
    found = await rows(connection, cases_of(site, since, until, narrowed))
    again = [one["asked_again"] for one in found if one["asked_again"] is not None]
    good: dict[str, bool] = {}
    for start in range(0, len(again), CHUNK):
        answers = await answers_of(connection, site, again[start : start + CHUNK])
        good |= {ask: won for ask, said in answers.items() if (won := is_good(said)) is not None}
    counted = [_counted(one, good) for one in found]
    times = [one.closed_ms for one in counted if one.closed_ms is not None]
    return Closure(
        opened=len(counted),
        closed=len(times),
        asked_again=len(again),
        answered_again=sum(one.won_back is not None for one in counted),
        won_back=sum(one.won_back is True for one in counted),
        closure_ms=round(median(times)) if times else None,
        cases=counted,
    )


def _counted(one: Row, good: Mapping[str, bool]) -> Counted:
    closed = one["state"] == CaseState.CLOSED.value
    return Counted(
        case=one,
        closed_ms=one["closed_at"] - one["opened_at"] if closed else None,
        won_back=good.get(one["asked_again"]),
    )
