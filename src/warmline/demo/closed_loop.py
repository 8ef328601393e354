"""What the sample shop made good in the weeks that never were: cases, gestures, praise."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.core.words import DAY, HOUR, MINUTE, Instant, SiteId
from warmline.customers.portrait.tables import promise
from warmline.demo import shop
from warmline.demo.felt import answers
from warmline.experience.cases.keeping import CAUSES
from warmline.experience.cases.model import CaseState, GestureKind, Outcome, Source, Via, WowKind
from warmline.experience.cases.queries import answers_of
from warmline.experience.cases.rules import Said, is_bad, is_top
from warmline.experience.cases.tables import case, gesture, wow
from warmline.experience.surveys.tables import survey_answer, survey_ask
from warmline.storage.database import Database
from warmline.storage.rows import Row, rows

SINCE_MS = 21 * DAY
CLOSED, AGAIN, ANSWERED, GIVEN, SHARED = 0.6, 0.8, 0.55, 0.12, 0.3
STANDING_WITHIN_MS = 20 * HOUR
"""Only what is younger may still be open: an operator who closes the loop has no old cases."""
PRAISED_WITHIN_MS = 14 * DAY
_ASKS_AT_ONCE = 500

Rows = list[dict[str, object]]


@dataclass(frozen=True, slots=True)
class _Made:
    """Rows to be written."""

    cases: Rows = field(default_factory=list[dict[str, object]])
    asks: Rows = field(default_factory=list[dict[str, object]])
    given: Rows = field(default_factory=list[dict[str, object]])
    gestures: Rows = field(default_factory=list[dict[str, object]])
    wows: Rows = field(default_factory=list[dict[str, object]])
    settled: list[str] = field(default_factory=list[str])
    """Promises that were kept in the end."""


async def make_good(database: Database, site: SiteId, now: Instant) -> None:
    """Write them, after the past answers and promises."""
    asked = select(survey_ask).where(
        survey_ask.c.site == site, survey_ask.c.answered_at >= now - SINCE_MS
    )
    broken = select(promise).where(
        promise.c.site == site, promise.c.state == "open", promise.c.due_at < now - HOUR
    )
    async with database.read() as connection:
        asks = await rows(connection, asked)
        promises = await rows(connection, broken)
        said: dict[str, Sequence[Said]] = {}
        for start in range(0, len(asks), _ASKS_AT_ONCE):
            some = [one["id"] for one in asks[start : start + _ASKS_AT_ONCE]]
            said |= await answers_of(connection, site, some)
    made = _Made()
    for ask in asks:
        told = said.get(ask["id"], ())
        if is_bad(told):
            _case(made, site, _of_ask(ask), ask, now)
        elif is_top(told) and ask["agent"] and ask["answered_at"] > now - PRAISED_WITHIN_MS:
            made.wows.append(_wow(site, ask))
    for one in promises:
        _case(made, site, _of_promise(one), None, now)
    async with database.write() as connection:
        await _write(connection, site, made, now)


async def _write(connection: AsyncConnection, site: SiteId, made: _Made, now: Instant) -> None:
    parts = (
        (case, made.cases),
        (survey_ask, made.asks),
        (survey_answer, made.given),
        (gesture, made.gestures),
        (wow, made.wows),
    )
    for table, some in parts:
        if some:
            await connection.execute(insert(table), some)
    if made.settled:
        await connection.execute(
            update(promise)
            .where(promise.c.site == site, promise.c.id.in_(made.settled))
            .values(state="late", settled_at=now, settled_by=promise.c.made_by)
        )


def _of_ask(ask: Row) -> dict[str, object]:
    names = ("interaction", "customer", "queue", "segment", "agent")
    return {
        "source": Source.ANSWER.value,
        "ask": ask["id"],
        "promise": None,
        "opened_at": ask["answered_at"],
        **{name: ask[name] for name in names},
    }


def _of_promise(one: Row) -> dict[str, object]:
    return {
        "source": Source.PROMISE.value,
        "ask": None,
        "promise": one["id"],
        "opened_at": one["due_at"] + HOUR // 4,
        "queue": None,
        "segment": None,
        **{name: one[name] for name in ("interaction", "customer", "agent")},
    }


def _case(
    made: _Made, site: SiteId, occasion: Mapping[str, object], ask: Row | None, now: Instant
) -> None:
    chance = random.Random(f"case {occasion['interaction']} {occasion['source']}")
    opened_at = int(str(occasion["opened_at"]))
    due_at = opened_at + 12 * HOUR
    id_ = f"past-{occasion['source']}-{occasion['interaction']}"
    longest = max(MINUTE, min(20 * HOUR, now - opened_at - MINUTE))
    closed_at = opened_at + round(chance.uniform(0.05, 1) * longest)
    young = opened_at > now - STANDING_WITHIN_MS
    closed = not young or chance.random() < CLOSED
    again = None
    if closed and ask is not None and chance.random() < AGAIN:
        again = f"again-{id_}"
        made.asks.append(_again(site, again, id_, ask, closed_at, now))
        if made.asks[-1]["answered_at"] is not None:
            made.given.extend(_second_answers(site, chance, made.asks[-1]))
    if closed and occasion["promise"] is not None:
        made.settled.append(str(occasion["promise"]))
    made.cases.append(
        {
            **occasion,
            "site": site,
            "id": id_,
            "opened_by": None,
            "owner": shop.SUPERVISOR.id,
            "due_at": due_at,
            "remind_at": due_at - 2 * HOUR,
            "reminded_at": closed_at if closed else None,
            "state": (CaseState.CLOSED if closed else CaseState.OPEN).value,
            "cause": chance.choice([*CAUSES]) if closed else None,
            "outcome": chance.choice([*Outcome][:3]).value if closed else None,
            "answered_at": closed_at - MINUTE if closed else None,
            "answered_via": chance.choice([*Via]).value if closed else None,
            "answered_in": occasion["interaction"] if closed else None,
            "closed_at": closed_at if closed else None,
            "closed_by": shop.SUPERVISOR.id if closed else None,
            "asked_again": again,
            "note": None,
        }
    )
    if closed and occasion["agent"] and occasion["customer"] and chance.random() < GIVEN:
        made.gestures.append(_gesture(site, chance, id_, occasion, closed_at))


def _again(
    site: SiteId, id_: str, of: str, ask: Row, asked_at: Instant, now: Instant
) -> dict[str, object]:
    chance = random.Random(id_)
    answered_at = asked_at + round(chance.uniform(0.1, 20) * HOUR)
    answers_it = chance.random() < ANSWERED and answered_at < now
    return {
        **ask,
        "site": site,
        "id": id_,
        "state": "answered" if answers_it else "open",
        "via": "link",
        "again_of_case": of,
        "asked_at": asked_at,
        "opened_at": answered_at if answers_it else None,
        "answered_at": answered_at if answers_it else None,
        "closes_at": now + 7 * DAY,
        "token_hash": None,
        "told_at": answered_at if answers_it else None,
    }


def _second_answers(
    site: SiteId, chance: random.Random, ask: Mapping[str, object]
) -> Iterator[dict[str, object]]:
    score = chance.choices((5, 4, 3, 2), weights=(5, 4, 2, 1))[0]
    form = answers(chance, score=score, language=str(ask["language"]))
    yield {
        "site": site,
        "ask": ask["id"],
        "question": "score",
        "kind": "csat",
        "feeling": None,
        "value": float(form["score"]),
        "words": None,
        "at": ask["answered_at"],
    }


def _gesture(
    site: SiteId, chance: random.Random, of: str, occasion: Mapping[str, object], at: Instant
) -> dict[str, object]:
    return {
        "site": site,
        "id": f"gift-{of}",
        "at": at - 2 * MINUTE,
        "agent": occasion["agent"],
        "user": occasion["agent"],
        "customer": occasion["customer"],
        "interaction": occasion["interaction"],
        "case": of,
        "kind": chance.choice([*GestureKind]).value,
        "cost_minor": chance.choice((200, 300, 500)),
        "currency": "PLN",
        "why": "case",
        "words": None,
    }


def _wow(site: SiteId, ask: Row) -> dict[str, object]:
    shared = random.Random(f"wow {ask['id']}").random() < SHARED
    names = ("agent", "interaction", "customer")
    return {
        "site": site,
        "id": f"past-{ask['id']}",
        "at": ask["answered_at"],
        **{name: ask[name] for name in names},
        "ask": ask["id"],
        "kind": WowKind.TOP_ANSWER.value,
        "shared": shared,
        "by": None,
        "words": None,
    }
