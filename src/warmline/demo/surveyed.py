"""What the sample shop's customers were asked and answered in the weeks that never were."""

import random
from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import insert, select

from warmline.conversations.tables import conversation
from warmline.core.words import DAY, MINUTE, Instant, Medium, SiteId
from warmline.demo.felt import answers
from warmline.experience.surveys import standard
from warmline.experience.surveys.document import read
from warmline.experience.surveys.model import State, Survey, Via
from warmline.experience.surveys.tables import (
    survey_answer,
    survey_ask,
    survey_due,
    survey_version,
)
from warmline.experience.surveys.versions import first_version
from warmline.storage.database import Database
from warmline.storage.rows import Row, rows

LATEST = 6_000
"""So many of the newest talks were asked about, or not."""


async def ask_past(database: Database, site: SiteId, began: Instant, now: Instant) -> None:
    """The usual survey is asked since the beginning; whoever rated a chat answered it."""
    survey = read(standard.TEXT).survey
    assert survey is not None, "the usual survey can be read"
    names = ("interaction", "customer", "agent", "queue", "segment", "medium", "language",
             "rating", "ended_at")  # fmt: skip
    query = (
        select(*(conversation.c[name] for name in names))
        .where(
            conversation.c.site == site,
            conversation.c.agent.is_not(None),
            conversation.c.ended_at.is_not(None),
        )
        .order_by(conversation.c.ended_at.desc(), conversation.c.interaction)
        .limit(LATEST)
    )
    async with database.read() as connection:
        found = list(reversed(await rows(connection, query)))
    asks, given, due = _asked(site, found, survey, now)
    async with database.write() as connection:
        for text in (standard.TEXT, standard.AFTER_PROMISE):
            await connection.execute(
                insert(survey_version).values(first_version(site, began, text))
            )
        for table, made in ((survey_ask, asks), (survey_answer, given), (survey_due, due)):
            if made:
                await connection.execute(insert(table), made)


Rows = list[dict[str, object]]


def _asked(
    site: SiteId, talks: Sequence[Row], survey: Survey, now: Instant
) -> tuple[Rows, Rows, Rows]:
    """Asks, answers and decisions about some talks, the earliest first."""
    asks: Rows = []
    given: Rows = []
    due: Rows = []
    last: dict[str, Instant] = {}
    for talk in talks:
        who, at = talk["customer"] or talk["interaction"], talk["ended_at"]
        why = None
        if talk["medium"] != Medium.CHAT.value:
            why = "no_consent"
        elif at - last.get(who, at - 31 * DAY) < survey.apart_ms:
            why = "recently"
        due.append(_due(site, talk, why))
        if why is not None:
            continue
        last[who] = at
        ask = _ask(site, talk, survey, now)
        asks.append(ask)
        if ask["answered_at"] is not None:
            given += _answers(site, ask, talk, survey)
    return asks, given, due


def _due(site: SiteId, talk: Row, why: str | None) -> dict[str, object]:
    return {
        "site": site,
        "interaction": talk["interaction"],
        "ended_at": talk["ended_at"],
        "due_at": talk["ended_at"],
        "state": "asked" if why is None else "passed",
        "why": why,
        "survey": standard.SURVEY,
    }


def _ask(site: SiteId, talk: Row, survey: Survey, now: Instant) -> dict[str, object]:
    asked_at: Instant = talk["ended_at"]
    closes_at = asked_at + survey.open_ms
    answered_at = min(now, asked_at + MINUTE) if talk["rating"] is not None else None
    is_over = closes_at <= now
    state = State.OPEN if answered_at is None else State.ANSWERED
    if is_over:
        state = State.EXPIRED if answered_at is None else State.CLOSED
    # Some look and do not answer.
    looked = chance_of(talk["interaction"]).random() < 0.5  # noqa: PLR2004 - half of them
    opened_at = min(now, asked_at + MINUTE // 2) if answered_at is not None or looked else None
    return {
        "site": site,
        "id": f"past-{talk['interaction']}",
        **{name: talk[name] for name in ("interaction", "customer", "agent", "queue", "segment")},
        "channel": talk["medium"],
        "language": talk["language"] or "en",
        "survey": standard.SURVEY,
        "version": 1,
        "state": state.value,
        "via": Via.WIDGET.value,
        "again_of_case": None,
        "asked_at": asked_at,
        "opened_at": opened_at,
        "answered_at": answered_at,
        "closes_at": closes_at,
        "token_hash": None,
        "told_at": answered_at,
    }


def _answers(
    site: SiteId, ask: Mapping[str, object], talk: Row, survey: Survey
) -> Iterator[dict[str, object]]:
    chance = chance_of(f"{talk['interaction']} answers")
    form = answers(chance, score=talk["rating"], language=str(ask["language"]))
    for one in survey.questions:
        text = form.get(one.id)
        if text is None:
            continue
        is_number = text.isdecimal()
        yield {
            "site": site,
            "ask": ask["id"],
            "question": one.id,
            "kind": one.kind.value,
            "feeling": one.feeling.value if one.feeling else None,
            "value": float(text) if is_number else None,
            "words": None if is_number else text,
            "at": ask["answered_at"],
        }


def chance_of(text: str) -> random.Random:
    """Chance that is the same for the same text each time."""
    return random.Random(text)
