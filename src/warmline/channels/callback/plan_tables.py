"""The tables of promised callbacks: one row for each promise, and one for each attempt."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    Select,
    String,
    Table,
    Text,
    Update,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from warmline.channels.callback.plan import UNCALLED, Plan, Stage
from warmline.channels.callback.tables import KEPT_MS, NUMBER_CHARS
from warmline.core.words import Instant, InteractionId, SiteId
from warmline.customers.identity import PERSON
from warmline.ports import Write
from warmline.storage.schema import ID_CHARS, SITE_CHARS, metadata

TOKEN_CHARS = 48
WORD_CHARS = 32
DUE_AT_ONCE = 200

plan = Table(
    "callback_plan",
    metadata,
    Column("site", String(SITE_CHARS), primary_key=True),
    Column("id", String(ID_CHARS), primary_key=True),
    Column("interaction", String(ID_CHARS), nullable=False),
    Column("inbox", String(ID_CHARS), nullable=False),
    Column("number", String(NUMBER_CHARS), nullable=False),
    Column("token", String(TOKEN_CHARS), nullable=False),
    Column("stage", String(WORD_CHARS), nullable=False),
    Column("asked_at", BigInteger, nullable=False),
    Column("promised_by", BigInteger, nullable=False),
    Column("since", BigInteger),
    Column("window_from", BigInteger),
    Column("due_at", BigInteger),
    Column("attempts", Integer, nullable=False),
    Column("customer", String(ID_CHARS)),
    Column("language", String(ID_CHARS)),
    Column("reason", String(ID_CHARS)),
    Column("words", Text),
    Column("still_asked_at", BigInteger),
    Column("called_at", BigInteger),
    Column("kept", Boolean),
    Column("closed_at", BigInteger),
    Index(None, "site", "interaction"),
    Index(None, "site", "token", unique=True),
    Index(None, "site", "stage", "due_at"),
    Index(None, "site", "number"),
    Index(None, "site", "customer"),
)
"""What was promised to whom; erased with the customer."""

attempt = Table(
    "callback_attempt",
    metadata,
    Column("site", String(SITE_CHARS), primary_key=True),
    Column("plan", String(ID_CHARS), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("interaction", String(ID_CHARS), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("outcome", String(WORD_CHARS), nullable=False),
)
"""Each attempt of a callback and what came of it; ids alone."""


def made(site: SiteId, one: Plan) -> tuple[Write, ...]:
    """A promise; what was over long ago goes."""
    values: dict[str, Any] = {name: getattr(one, name) for name in Plan.__dataclass_fields__}
    values |= {"site": site, "stage": one.stage.value}
    before = one.asked_at - KEPT_MS
    return (
        Write(statement=delete(plan).where(plan.c.site == site, plan.c.closed_at < before)),
        Write(statement=delete(attempt).where(attempt.c.site == site, attempt.c.at < before)),
        Write(statement=insert(plan), rows=[values]),
    )


def tried(site: SiteId, one: Plan, interaction: InteractionId, at: Instant, outcome: str) -> Write:
    """An attempt and what came of it."""
    values = {
        "site": site,
        "plan": one.id,
        "number": one.attempts + 1,
        "interaction": interaction,
        "at": at,
        "outcome": outcome,
    }
    return Write(statement=insert(attempt), rows=[values])


def change(site: SiteId, id_: InteractionId, stages: Collection[Stage], **values: Any) -> Update:
    """Another stage of a promise that is in one of `stages`; else nothing."""
    return (
        update(plan)
        .where(
            plan.c.site == site,
            plan.c.id == id_,
            plan.c.stage.in_([stage.value for stage in stages]),
        )
        .values(**values)
    )


# Each call asks these two, so both are built once.
OF_INTERACTION = select(plan).where(
    plan.c.site == bindparam("of_site"), plan.c.interaction == bindparam("interaction")
)
"""The promise that an interaction is an attempt of."""
OF_PERSON = select(plan).where(
    plan.c.site == bindparam("of_site"),
    or_(plan.c.customer == bindparam("who"), plan.c.customer.in_(PERSON)),
    plan.c.stage.in_([stage.value for stage in UNCALLED]),
)
"""The promises to a person (`who` is one of their ids) that nobody has in hand."""


def of_token(site: SiteId, token: str) -> Select[Any]:
    """The promise of a link."""
    return select(plan).where(plan.c.site == site, plan.c.token == token)


def of_id(site: SiteId, id_: InteractionId) -> Select[Any]:
    """One promise."""
    return select(plan).where(plan.c.site == site, plan.c.id == id_)


def uncalled(site: SiteId, number: str) -> Select[Any]:
    """The promises for a number that nobody has in hand, the newest first."""
    return (
        select(plan)
        .where(
            plan.c.site == site,
            plan.c.number == number,
            plan.c.stage.in_([stage.value for stage in UNCALLED]),
        )
        .order_by(plan.c.asked_at.desc())
    )


def due(site: SiteId, now: Instant) -> Select[Any]:
    """What is to go into the line by now, the most urgent first."""
    return (
        select(plan)
        .where(plan.c.site == site, plan.c.stage == Stage.BOOKED.value, plan.c.due_at <= now)
        .order_by(plan.c.due_at)
        .limit(DUE_AT_ONCE)
    )


def next_due(site: SiteId) -> Select[Any]:
    """When the next one goes into the line."""
    return select(func.min(plan.c.due_at)).where(
        plan.c.site == site, plan.c.stage == Stage.BOOKED.value
    )


def old(site: SiteId, asked_before: Instant) -> Select[Any]:
    """Those who asked so long ago, wait still, and were not asked whether they want it still."""
    return (
        select(plan)
        .where(
            plan.c.site == site,
            plan.c.stage.in_([stage.value for stage in UNCALLED]),
            plan.c.asked_at <= asked_before,
            plan.c.still_asked_at.is_(None),
        )
        .order_by(plan.c.asked_at)
        .limit(DUE_AT_ONCE)
    )


def attempts_of(site: SiteId, id_: InteractionId) -> Select[Any]:
    """The attempts of a promise, in order."""
    return (
        select(attempt)
        .where(attempt.c.site == site, attempt.c.plan == id_)
        .order_by(attempt.c.number)
    )
