"""The tables of surveys: their versions as text, who was asked, what was answered."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
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

ID = String(ID_CHARS)
_SITE = String(SITE_CHARS)
_WORD = String(32)
PAGE_LIMIT = 200
VERSIONS_SHOWN = 500
CHUNK = 400
"""How many ids one statement names."""
_DRAFT, _PUBLISHED, _PAST = "draft", "published", "past"


def _column(name: str, kind: Any, *, required: bool = False) -> Column[Any]:
    return Column(name, kind, nullable=not required)


survey_version = Table(
    "survey_version",
    metadata,
    Column("site", _SITE, primary_key=True),
    Column("id", ID, primary_key=True),
    _column("survey", ID, required=True),
    _column("number", Integer),
    _column("name", String(120), required=True),
    _column("text", Text, required=True),
    _column("stage", _WORD, required=True),
    _column("tag", Integer, required=True),
    _column("created_at", BigInteger, required=True),
    _column("created_by", ID),
    _column("updated_at", BigInteger, required=True),
    _column("updated_by", ID),
    _column("published_at", BigInteger),
    _column("published_by", ID),
    Index("ix_survey_version_stage", "site", "survey", "stage"),
    Index("ix_survey_version_number", "site", "survey", "number"),
)
"""A survey as text; `number` is given when it is published, `stage` is draft, published or past."""

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


# Versions


def versions(site: SiteId, survey: str | None = None) -> Select[Any]:
    """Versions without their texts, of one survey or of all, the newest first."""
    shown = [column for column in survey_version.c if column.name != "text"]
    query = select(*shown).where(survey_version.c.site == site)
    if survey is not None:
        query = query.where(survey_version.c.survey == survey)
    return query.order_by(survey_version.c.updated_at.desc(), survey_version.c.id).limit(
        VERSIONS_SHOWN
    )


def one_version(site: SiteId, id_: str) -> Select[Any]:
    """One version."""
    return select(survey_version).where(survey_version.c.site == site, survey_version.c.id == id_)


def numbered(site: SiteId, survey: str, number: int) -> Select[Any]:
    """The version of a survey that was published under a number."""
    return select(survey_version).where(
        survey_version.c.site == site,
        survey_version.c.survey == survey,
        survey_version.c.number == number,
    )


def published(site: SiteId) -> Select[Any]:
    """The versions in force, of each survey one."""
    return (
        select(survey_version)
        .where(survey_version.c.site == site, survey_version.c.stage == _PUBLISHED)
        .order_by(survey_version.c.survey)
    )


def largest_number(site: SiteId, survey: str) -> Select[Any]:
    """The largest number of a survey's versions."""
    return select(func.max(survey_version.c.number)).where(
        survey_version.c.site == site, survey_version.c.survey == survey
    )


def version_count(site: SiteId) -> Select[Any]:
    """How many versions there are, of all surveys."""
    return select(func.count()).select_from(survey_version).where(survey_version.c.site == site)


def change_version(site: SiteId, id_: str) -> Update:
    """Change one version."""
    return update(survey_version).where(survey_version.c.site == site, survey_version.c.id == id_)


def no_longer_published(site: SiteId, survey: str) -> Update:
    """What was in force of a survey is past."""
    return (
        update(survey_version)
        .where(
            survey_version.c.site == site,
            survey_version.c.survey == survey,
            survey_version.c.stage == _PUBLISHED,
        )
        .values(stage=_PAST)
    )


def remove_draft(site: SiteId, id_: str) -> Delete:
    """Remove a draft."""
    return delete(survey_version).where(
        survey_version.c.site == site, survey_version.c.id == id_, survey_version.c.stage == _DRAFT
    )


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
