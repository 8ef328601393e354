"""What figures are counted over, read from the rows: surveys, conversations, cases."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.core.words import Malformed, SiteId
from warmline.experience.cases.closure import CHUNK, Counted, closure
from warmline.experience.results.coverage import by_sides
from warmline.experience.results.model import FEELINGS, Closed, Fact, Side, Source, Wanted
from warmline.experience.surveys.tables import survey_answer, survey_ask
from warmline.storage.rows import Row, rows

MOST = 200_000
"""So many facts one question looks at."""
SATISFIED, DELIGHTED = 4, 5
PROMOTER, DETRACTOR = 9, 6
_SIDES = {
    Side.QUEUE: survey_ask.c.queue,
    Side.SEGMENT: survey_ask.c.segment,
    Side.CHANNEL: survey_ask.c.channel,
    Side.AGENT: survey_ask.c.agent,
    Side.LANGUAGE: survey_ask.c.language,
}
_ASKED = [
    survey_ask.c.id,
    survey_ask.c.id.label("ask"),
    survey_ask.c.interaction,
    survey_ask.c.customer,
    *(column.label(side.value) for side, column in _SIDES.items()),
]
_SCORES = ("csat", "nps", "ces", *FEELINGS)


def values_of(scores: Mapping[str, float | None]) -> dict[str, float]:
    """What one answered survey says for each measure; nothing for what it was not asked.

    >>> values_of({"csat": 5, "nps": 7, "glad": 5})
    {'csat': 5, 'csat_pct': 1.0, 'delighted_pct': 1.0, 'nps': 0.0, 'glad': 100.0}
    """
    found: dict[str, float] = {}
    csat, nps, ces = (scores.get(name) for name in ("csat", "nps", "ces"))
    if csat is not None:
        found |= {
            "csat": csat,
            "csat_pct": float(csat >= SATISFIED),
            "delighted_pct": float(csat >= DELIGHTED),
        }
    if nps is not None:
        found["nps"] = 100.0 * ((nps >= PROMOTER) - (nps <= DETRACTOR))
    if ces is not None:
        found["ces"] = ces
    felt = {
        name: 25.0 * (value - 1) for name in FEELINGS if (value := scores.get(name)) is not None
    }
    if len(felt) == len(FEELINGS):
        found["feelings"] = sum(felt.values()) / len(FEELINGS)
    return found | felt


def answered(site: SiteId, wanted: Wanted) -> Select[Any]:
    """Surveys answered in a period, each with its scores; those after a case left out."""
    theirs = (survey_answer.c.site == survey_ask.c.site) & (survey_answer.c.ask == survey_ask.c.id)
    return (
        select(
            *_ASKED,
            survey_ask.c.answered_at.label("at"),
            *(_scored(survey_answer.c.kind == one).label(one) for one in ("csat", "nps", "ces")),
            *(_scored(survey_answer.c.feeling == one).label(one) for one in FEELINGS),
        )
        .join(survey_answer, theirs)
        .where(
            survey_ask.c.site == site,
            survey_ask.c.answered_at >= wanted.since,
            survey_ask.c.answered_at < wanted.until,
            survey_ask.c.again_of_case.is_(None),
            *_only(wanted, _SIDES),
        )
        .group_by(survey_ask.c.site, survey_ask.c.id)
        .limit(MOST + 1)
    )


def _scored(which: ColumnElement[bool]) -> ColumnElement[Any]:
    return func.avg(case((which, survey_answer.c.value)))


def _only(wanted: Wanted, columns: Mapping[Side, Any]) -> Sequence[ColumnElement[bool]]:
    return [columns[side] == item for side, item in wanted.only.items()]


async def facts(
    connection: AsyncConnection, site: SiteId, source: Source, wanted: Wanted, closed: Closed
) -> Sequence[Fact]:
    """All that a figure is counted over; `Malformed` when that is too much for one question."""
    match source:
        case Source.ANSWERS:
            return await answers_in(connection, site, wanted)
        case Source.CASES:
            return await _cases(connection, site, wanted)
        case Source.ASKED | Source.CONTACTS:
            return await by_sides(connection, site, source, wanted, closed)


async def answers_in(connection: AsyncConnection, site: SiteId, wanted: Wanted) -> Sequence[Fact]:
    """All answered surveys of a period; `Malformed` when there are too many for one question."""
    found = await rows(connection, answered(site, wanted))
    if len(found) > MOST:
        raise Malformed(
            "from", "a shorter period is needed: too many answers", "too_many", max=MOST
        )
    return [
        Fact(
            id=one["id"],
            interaction=one["interaction"],
            ask=one["ask"],
            customer=one["customer"],
            at=one["at"],
            sides={side: one[side.value] for side in Side},
            values=values_of({name: one[name] for name in _SCORES}),
        )
        for one in found
    ]


async def _cases(connection: AsyncConnection, site: SiteId, wanted: Wanted) -> Sequence[Fact]:
    """Cases as their room counts them; channel and language are those of the survey before."""
    narrowed = {
        side.value: wanted.only.get(side) for side in (Side.QUEUE, Side.SEGMENT, Side.AGENT)
    }
    found = await closure(connection, site, wanted.since, wanted.until, narrowed)
    asks = [one.case["ask"] for one in found.cases if one.case["ask"] is not None]
    said: dict[str, Row] = {}
    for start in range(0, len(asks), CHUNK):
        query = select(survey_ask.c.id, survey_ask.c.channel, survey_ask.c.language).where(
            survey_ask.c.site == site, survey_ask.c.id.in_(asks[start : start + CHUNK])
        )
        said |= {one["id"]: one for one in await rows(connection, query)}
    facts = [_case(one, said.get(one.case["ask"])) for one in found.cases]
    return [
        one for one in facts if all(one.sides[side] == item for side, item in wanted.only.items())
    ]


def _case(one: Counted, asked: Row | None) -> Fact:
    values = {"closed_loop_pct": float(one.closed_ms is not None)}
    if one.won_back is not None:
        values["won_back_pct"] = float(one.won_back)
    return Fact(
        id=one.case["id"],
        interaction=one.case["interaction"],
        ask=one.case["ask"],
        customer=one.case["customer"],
        at=one.case["opened_at"],
        sides={
            Side.QUEUE: one.case["queue"],
            Side.SEGMENT: one.case["segment"],
            Side.AGENT: one.case["agent"],
            Side.CHANNEL: None if asked is None else asked["channel"],
            Side.LANGUAGE: None if asked is None else asked["language"],
        },
        values=values,
    )
