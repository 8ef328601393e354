"""The tables of surveys: their versions as text, who was asked, what was answered."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Delete,
    Float,
    Index,
    Integer,
    Select,
    String,
    Table,
    Text,
    Update,
    case,
    delete,
    func,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import Insert

from warmline.core.words import Instant, SiteId
from warmline.experience.surveys.model import ENDS, State
from warmline.storage.schema import ID_CHARS, SITE_CHARS, metadata
from warmline.storage.upsert import upsert
from warmline.storage.version_rows import VersionRows, version_table

ID = String(ID_CHARS)
_SITE = String(SITE_CHARS)
_WORD = String(32)
PAGE_LIMIT = 200
CHUNK = 400
"""How many ids one statement names."""


def _column(name: str, kind: Any, *, required: bool = False) -> Column[Any]:
    return Column(name, kind, nullable=not required)


survey_version = version_table("survey_version", "survey")
"""A survey as text."""


def _newest_first(table: Table) -> Sequence[ColumnElement[Any]]:
    return table.c.updated_at.desc(), table.c.id


SURVEY_VERSIONS = VersionRows(survey_version, "survey", order=_newest_first)

survey_ask = Table(
    "survey_ask",
    metadata,
    Column("site", _SITE, primary_key=True),
    Column("id", ID, primary_key=True),
    _column("interaction", ID, required=True),
    _column("customer", ID),
    _column("agent", ID),
    _column("queue", ID, required=True),
    _column("segment", ID),
    _column("channel", _WORD, required=True),
    _column("language", String(8), required=True),
    _column("survey", ID, required=True),
    _column("version", Integer, required=True),
    _column("state", _WORD, required=True),
    _column("via", _WORD, required=True),
    _column("again_of_case", ID),
    _column("asked_at", BigInteger, required=True),
    _column("opened_at", BigInteger),
    _column("answered_at", BigInteger),
    _column("closes_at", BigInteger, required=True),
    _column("token_hash", String(64)),
    _column("told_at", BigInteger),
    Index("ix_survey_ask_interaction", "site", "interaction"),
    Index("ix_survey_ask_customer", "site", "customer", "asked_at"),
    Index("ix_survey_ask_answered", "site", "answered_at"),
    Index("ix_survey_ask_asked", "site", "asked_at"),
    Index("ix_survey_ask_due", "site", "state", "closes_at"),
    Index("ix_survey_ask_agent", "site", "agent", "asked_at"),
    Index("ix_survey_ask_told", "site", "told_at", "answered_at"),
    Index("uq_survey_ask_token", "token_hash", unique=True),
)
"""Somebody was asked about an interaction; `agent` handled it last, `channel` is its medium.

`state` is `open`, `answered` (may still be edited), `closed` (answered and over) or `expired`
(never answered); `via` is `widget`, `link` or `desk`. `told_at` is empty while those who listen
for answers have not heard of the newest ones.
"""

survey_answer = Table(
    "survey_answer",
    metadata,
    Column("site", _SITE, primary_key=True),
    Column("ask", ID, primary_key=True),
    Column("question", ID, primary_key=True),
    _column("kind", _WORD, required=True),
    _column("feeling", _WORD),
    _column("value", Float),
    _column("words", Text),
    _column("at", BigInteger, required=True),
    Index("ix_survey_answer_at", "site", "at"),
)
"""One answer: `kind` csat, nps, ces, feeling, choice or text; `feeling` of the four which one.

`value` is the number chosen, of a choice the place of the option, from 1; `words` what was written.
"""

survey_due = Table(
    "survey_due",
    metadata,
    Column("site", _SITE, primary_key=True),
    Column("interaction", ID, primary_key=True),
    _column("ended_at", BigInteger, required=True),
    _column("due_at", BigInteger, required=True),
    _column("state", _WORD, required=True),
    _column("why", _WORD),
    _column("survey", ID),
    Index("ix_survey_due_at", "site", "state", "due_at"),
    Index("ix_survey_due_ended", "site", "ended_at"),
)
"""A talk that ended: `state` is `waiting`, `asked` or `passed`; `why` nobody is asked."""


# Talks that ended


def keep_due() -> Insert:
    """A talk that ended, once; its rows come when it is executed."""
    return upsert(survey_due, keys=("site", "interaction"), change=())


def due(site: SiteId, now: Instant, *, limit: int) -> Select[Any]:
    """Talks whose time has come, the earliest first."""
    return (
        select(survey_due)
        .where(
            survey_due.c.site == site, survey_due.c.state == "waiting", survey_due.c.due_at <= now
        )
        .order_by(survey_due.c.due_at, survey_due.c.interaction)
        .limit(limit)
    )


def next_due(site: SiteId) -> Select[Any]:
    """When the next talk is due."""
    return select(func.min(survey_due.c.due_at)).where(
        survey_due.c.site == site, survey_due.c.state == "waiting"
    )


def due_of(site: SiteId, interaction: str) -> Select[Any]:
    """What was decided about a talk."""
    return select(survey_due).where(
        survey_due.c.site == site, survey_due.c.interaction == interaction
    )


def change_due(site: SiteId, interaction: str, values: Mapping[str, object]) -> Update:
    """A talk that was decided about, or waits longer."""
    return (
        update(survey_due)
        .where(survey_due.c.site == site, survey_due.c.interaction == interaction)
        .values(**values)
    )


# Asks


def one_ask(site: SiteId, id_: str) -> Select[Any]:
    """One ask."""
    return select(survey_ask).where(survey_ask.c.site == site, survey_ask.c.id == id_)


def ask_by_token(site: SiteId, token_hash: str) -> Select[Any]:
    """The ask that a token opens."""
    return select(survey_ask).where(
        survey_ask.c.site == site, survey_ask.c.token_hash == token_hash
    )


def asks_about(site: SiteId, interaction: str) -> Select[Any]:
    """The asks about a talk, the newest first."""
    return (
        select(survey_ask)
        .where(survey_ask.c.site == site, survey_ask.c.interaction == interaction)
        .order_by(survey_ask.c.asked_at.desc(), survey_ask.c.id.desc())
    )


def asked_since(site: SiteId, customers: Collection[str], since: Instant) -> Select[Any]:
    """The asks of a person after a moment."""
    return (
        select(survey_ask.c.id)
        .where(
            survey_ask.c.site == site,
            survey_ask.c.customer.in_(sorted(customers)[:CHUNK]),
            survey_ask.c.asked_at > since,
        )
        .limit(1)
    )


def change_ask(site: SiteId, id_: str, values: Mapping[str, object]) -> Update:
    """Change an ask."""
    return (
        update(survey_ask).where(survey_ask.c.site == site, survey_ask.c.id == id_).values(**values)
    )


def close_over(site: SiteId, now: Instant) -> Update:
    """Every ask whose time is over ends: answered ones are closed, the others expired."""
    return (
        update(survey_ask)
        .where(
            survey_ask.c.site == site,
            survey_ask.c.state.in_([one.value for one in ENDS]),
            survey_ask.c.closes_at <= now,
        )
        .values(
            state=case(
                (survey_ask.c.state == State.ANSWERED.value, State.CLOSED.value),
                else_=State.EXPIRED.value,
            )
        )
    )


def next_closing(site: SiteId) -> Select[Any]:
    """When the next ask closes."""
    return select(func.min(survey_ask.c.closes_at)).where(
        survey_ask.c.site == site, survey_ask.c.state.in_([one.value for one in ENDS])
    )


def untold(site: SiteId, *, limit: int) -> Select[Any]:
    """Asks whose newest answers nobody has been told of yet."""
    return (
        select(survey_ask.c.id)
        .where(
            survey_ask.c.site == site,
            survey_ask.c.answered_at.is_not(None),
            survey_ask.c.told_at.is_(None),
        )
        .order_by(survey_ask.c.answered_at)
        .limit(limit)
    )


def asks_page(
    site: SiteId, *, equal: Mapping[str, str], before: tuple[Instant, str] | None, limit: int
) -> Select[Any]:
    """Asks that match, the newest first, strictly before a moment and id."""
    query = select(survey_ask).where(survey_ask.c.site == site)
    for name, value in equal.items():
        query = query.where(survey_ask.c[name] == value)
    if before is not None:
        at, id_ = before
        query = query.where(
            (survey_ask.c.asked_at < at) | ((survey_ask.c.asked_at == at) & (survey_ask.c.id < id_))
        )
    return query.order_by(survey_ask.c.asked_at.desc(), survey_ask.c.id.desc()).limit(limit)


# Answers


def answers_of(site: SiteId, asks: Collection[str]) -> Select[Any]:
    """The answers of some asks."""
    return (
        select(survey_answer)
        .where(survey_answer.c.site == site, survey_answer.c.ask.in_(asks))
        .order_by(survey_answer.c.ask, survey_answer.c.question)
    )


def forget_answers(site: SiteId, ask: str) -> Delete:
    """The answers of an ask go, for others to take their place."""
    return delete(survey_answer).where(survey_answer.c.site == site, survey_answer.c.ask == ask)


# Coverage


def coverage(site: SiteId, since: Instant) -> Select[*tuple[Any, ...]]:
    """By survey: asked, opened and answered since a moment."""
    return (
        select(
            survey_ask.c.survey,
            func.count().label("asked"),
            func.count(survey_ask.c.opened_at).label("opened"),
            func.count(survey_ask.c.answered_at).label("answered"),
        )
        .where(survey_ask.c.site == site, survey_ask.c.asked_at >= since)
        .group_by(survey_ask.c.survey)
    )


def passed_by(site: SiteId, since: Instant) -> Select[*tuple[Any, ...]]:
    """By survey and reason: talks that ended since a moment, asked about or not."""
    return (
        select(
            survey_due.c.survey,
            survey_due.c.state,
            survey_due.c.why,
            func.count().label("talks"),
        )
        .where(survey_due.c.site == site, survey_due.c.ended_at >= since)
        .group_by(survey_due.c.survey, survey_due.c.state, survey_due.c.why)
    )
