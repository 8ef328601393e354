"""The tables of users, their sessions, the first administrator's link and the audit."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Delete,
    Index,
    String,
    Table,
    UniqueConstraint,
    bindparam,
    delete,
    select,
    text,
    update,
)
from sqlalchemy.sql.selectable import TypedReturnsRows

from warmline.core.words import AgentId, Instant, QueueId, Role, SiteId, TeamId, UserId
from warmline.security.model import EMAIL_LIMIT, LOGIN_LIMIT, NAME_LIMIT, Locale, Theme, User
from warmline.storage.rows import Row
from warmline.storage.schema import ID_CHARS, SITE_CHARS, metadata

Query: TypeAlias = TypedReturnsRows[*tuple[Any, ...]]

user = Table(
    "user_account",
    metadata,
    Column("site", String(SITE_CHARS), primary_key=True),
    Column("id", String(ID_CHARS), primary_key=True),
    Column("name", String(NAME_LIMIT), nullable=False),
    Column("login", String(LOGIN_LIMIT), nullable=False),
    Column("email", String(EMAIL_LIMIT)),
    Column("password_hash", String(256)),
    Column("roles", JSON, nullable=False),
    Column("agent", String(ID_CHARS)),
    Column("locale", String(8), nullable=False),
    Column("theme", String(8), nullable=False),
    Column("active", Boolean, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
    Column("teams", JSON, nullable=False, server_default=text("'[]'")),
    Column("queues", JSON, nullable=False, server_default=text("'[]'")),
    UniqueConstraint("site", "login"),
    UniqueConstraint("site", "agent"),
)

session = Table(
    "session",
    metadata,
    Column("site", String(SITE_CHARS), primary_key=True),
    Column("id", String(64), primary_key=True),
    Column("user", String(ID_CHARS), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("seen_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("address", String(64)),
    Index("ix_session_site_user", "site", "user"),
    Index("ix_session_site_expires_at", "site", "expires_at"),
)

first_admin = Table(
    "first_admin",
    metadata,
    Column("site", String(SITE_CHARS), primary_key=True),
    Column("token_hash", String(64), nullable=False),
    Column("created_at", BigInteger, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("site", String(SITE_CHARS), primary_key=True),
    Column("id", String(32), primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("user", String(ID_CHARS)),
    Column("action", String(32), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("item", String(ID_CHARS), nullable=False),
    Column("fields", JSON, nullable=False),
    Column("before", JSON),
    Column("after", JSON),
    Index("ix_audit_site_kind_item", "site", "kind", "item"),
)

api_key = Table(
    "api_key",
    metadata,
    Column("site", String(SITE_CHARS), primary_key=True),
    Column("id", String(ID_CHARS), primary_key=True),
    Column("name", String(NAME_LIMIT), nullable=False),
    Column("begins", String(16), nullable=False),
    Column("key_hash", String(64), nullable=False),
    Column("scopes", JSON, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("created_by", String(ID_CHARS)),
    Column("used_at", BigInteger),
    Column("revoked_at", BigInteger),
    UniqueConstraint("site", "key_hash"),
)
"""A key with which a program of the operator comes in; of the key itself only the hash is kept."""

_USER = (
    user.c.id, user.c.name, user.c.login, user.c.email, user.c.roles, user.c.agent,
    user.c.locale, user.c.theme, user.c.active, user.c.teams, user.c.queues,
)  # fmt: skip


def read_user(row: Row) -> User:
    """A user from the columns that `users` and its like select."""
    return User(
        id=UserId(row["id"]),
        name=row["name"],
        login=row["login"],
        email=row["email"],
        roles=frozenset(Role(role) for role in row["roles"]),
        agent=AgentId(row["agent"]) if row["agent"] else None,
        locale=Locale(row["locale"]),
        theme=Theme(row["theme"]),
        active=row["active"],
        teams=frozenset(TeamId(one) for one in row["teams"]),
        queues=frozenset(QueueId(one) for one in row["queues"]),
    )


def columns_of(person: User) -> dict[str, object]:
    """The values of a user's row, without password and times."""
    return {
        "name": person.name,
        "login": person.login,
        "email": person.email,
        "roles": sorted(person.roles),
        "agent": person.agent,
        "locale": person.locale.value,
        "theme": person.theme.value,
        "active": person.active,
        "teams": sorted(person.teams),
        "queues": sorted(person.queues),
    }


def users(site: SiteId) -> Query:
    """Every user of the site, by name."""
    return select(*_USER).where(user.c.site == site).order_by(user.c.name, user.c.id)


def user_by_id(site: SiteId, who: UserId) -> Query:
    """One user."""
    return select(*_USER).where(user.c.site == site, user.c.id == who)


def user_by_login(site: SiteId, login: str) -> Query:
    """The user with a login, with the hash of their password."""
    return select(*_USER, user.c.password_hash).where(user.c.site == site, user.c.login == login)


def password_of(site: SiteId, who: UserId) -> Query:
    """The hash of a user's password."""
    return select(user.c.password_hash).where(user.c.site == site, user.c.id == who)


def some_user(site: SiteId) -> Query:
    """Any one user of the site, when it has one."""
    return select(user.c.id).where(user.c.site == site).limit(1)


def first_admin_token(site: SiteId) -> Query:
    """The hash of the token by which the first administrator comes in."""
    return select(first_admin.c.token_hash).where(first_admin.c.site == site)


def agent_names(site: SiteId) -> Query:
    """The agent ids of the site with the names of their users."""
    return select(user.c.agent, user.c.name).where(user.c.site == site, user.c.agent.is_not(None))


# Asked by every request and every screen, so both are built once.
SESSION_WITH_USER = (
    select(
        *_USER,
        session.c.created_at.label("session_created_at"),
        session.c.seen_at.label("session_seen_at"),
        session.c.expires_at.label("session_expires_at"),
    )
    .join(user, (user.c.site == session.c.site) & (user.c.id == session.c.user))
    .where(session.c.site == bindparam("site"), session.c.id == bindparam("session_id"))
)
"""A session and its user, both in one row."""
TOUCH = (
    update(session)
    .where(session.c.site == bindparam("in_site"), session.c.id == bindparam("session_id"))
    .values(seen_at=bindparam("now"))
)
"""A session was in use."""


def sessions_of(site: SiteId, who: UserId) -> Query:
    """The ids of a user's sessions, the newest first."""
    return (
        select(session.c.id)
        .where(session.c.site == site, session.c.user == who)
        .order_by(session.c.created_at.desc(), session.c.id)
    )


def end_sessions(site: SiteId, who: UserId, *, but: str | None = None) -> Delete:
    """Ends every session of a user, except one."""
    ended = delete(session).where(session.c.site == site, session.c.user == who)
    return ended if but is None else ended.where(session.c.id != but)


def end_listed(site: SiteId, session_ids: Sequence[str]) -> Delete:
    """Ends these sessions."""
    return delete(session).where(session.c.site == site, session.c.id.in_(session_ids))


def end_expired(site: SiteId, *, now: Instant, idle_since: Instant) -> Delete:
    """Ends the sessions that are over by either rule."""
    return delete(session).where(
        session.c.site == site,
        (session.c.expires_at <= now) | (session.c.seen_at <= idle_since),
    )


def audit_page(site: SiteId, *, equal: Mapping[str, str], before: str | None, limit: int) -> Query:
    """Audit rows, the newest first, from before the row `before`; `equal` are column filters."""
    page = select(audit).where(
        audit.c.site == site, *(audit.c[name] == value for name, value in equal.items())
    )
    if before is not None:
        page = page.where(audit.c.id < before)
    return page.order_by(audit.c.id.desc()).limit(limit)
