"""What can be asked about conversations: one function per question, always within one site."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Select, bindparam, func, or_, select
from sqlalchemy.sql.selectable import FromClause

from warmline.conversations.model import MessageState
from warmline.conversations.tables import (
    conversation,
    draft,
    file,
    happening,
    message,
    part,
    rating_comment,
)
from warmline.core.words import (
    AgentId,
    CustomerId,
    Instant,
    InteractionId,
    Medium,
    MessageId,
    SiteId,
    UserId,
)

HAPPENINGS_LIMIT = 500
HEADER = select(conversation).where(
    conversation.c.site == bindparam("site"),
    conversation.c.interaction == bindparam("interaction"),
)
"""The same as `header`, built once: a chat's beginning asks it."""


def header(site: SiteId, interaction: InteractionId) -> Select[Any]:
    """The header of one interaction."""
    return select(conversation).where(
        conversation.c.site == site, conversation.c.interaction == interaction
    )


def header_by_token(site: SiteId, token_hash: str) -> Select[Any]:
    """The header that a chat customer's token opens."""
    return select(conversation).where(
        conversation.c.site == site, conversation.c.token_hash == token_hash
    )


def messages_after(
    site: SiteId, interaction: InteractionId, *, after: int = 0, limit: int = 200, notes: bool
) -> Select[Any]:
    """Messages after `seq`, in order; with notes for colleagues, without for customers."""
    query = (
        select(message)
        .where(
            message.c.site == site,
            message.c.interaction == interaction,
            message.c.seq > after,
        )
        .order_by(message.c.seq)
        .limit(limit)
    )
    return query if notes else query.where(message.c.author != "note")


def messages_of_threads(site: SiteId, interactions: Collection[InteractionId]) -> Select[Any]:
    """Every message and note of some interactions, in order."""
    return (
        select(message)
        .where(message.c.site == site, message.c.interaction.in_(interactions))
        .order_by(message.c.at, message.c.seq)
    )


def message_by_id(site: SiteId, id_: MessageId) -> Select[Any]:
    """One message."""
    return select(message).where(message.c.site == site, message.c.id == id_)


def last_email(site: SiteId, interaction: InteractionId) -> Select[Any]:
    """The newest message with an envelope that came in or went out: what a reply answers."""
    return (
        select(message)
        .where(
            message.c.site == site,
            message.c.interaction == interaction,
            message.c.email.is_not(None),
            message.c.state.not_in([MessageState.UNSENT.value, MessageState.FAILED.value]),
        )
        .order_by(message.c.seq.desc())
        .limit(1)
    )


def waiting_mail(site: SiteId) -> Select[Any]:
    """Messages that still wait to leave, the first due first."""
    return (
        select(message)
        .where(message.c.site == site, message.c.state == MessageState.QUEUED.value)
        .order_by(message.c.send_after)
    )


def by_email_message_ids(site: SiteId, ids: Collection[str]) -> Select[Any]:
    """The headers of interactions that one of these Message-IDs belongs to, the newest first."""
    return (
        select(conversation, message.c.email_message_id)
        .join(
            message,
            (message.c.site == conversation.c.site)
            & (message.c.interaction == conversation.c.interaction),
        )
        .where(message.c.site == site, message.c.email_message_id.in_(ids))
        .order_by(conversation.c.arrived_at.desc())
    )


def of_customers(
    site: SiteId,
    customers: Collection[CustomerId],
    *,
    since: Instant = 0,
    medium: Medium | None = None,
) -> Select[Any]:
    """The headers of a customer's interactions since a moment, the newest first."""
    query = (
        select(conversation)
        .where(
            conversation.c.site == site,
            conversation.c.customer.in_(customers),
            conversation.c.arrived_at >= since,
        )
        .order_by(conversation.c.arrived_at.desc(), conversation.c.interaction)
    )
    return query if medium is None else query.where(conversation.c.medium == medium.value)


def newest_of_thread(site: SiteId, root: InteractionId) -> Select[Any]:
    """The headers of one thread, the newest first."""
    return (
        select(conversation)
        .where(conversation.c.site == site, conversation.c.root == root)
        .order_by(conversation.c.arrived_at.desc())
    )


def files_of_messages(site: SiteId, messages: Collection[MessageId]) -> Select[Any]:
    """The files of some messages."""
    return (
        select(file)
        .where(file.c.site == site, file.c.message.in_(messages))
        .order_by(file.c.at, file.c.id)
    )


def files_by_id(site: SiteId, ids: Collection[str]) -> Select[Any]:
    """Some files by id."""
    return select(file).where(file.c.site == site, file.c.id.in_(ids))


def draft_of(site: SiteId, interaction: InteractionId, user: UserId) -> Select[Any]:
    """What a user has begun to write."""
    return select(draft).where(
        draft.c.site == site, draft.c.interaction == interaction, draft.c.user == user
    )


def happenings_of(site: SiteId, interaction: InteractionId) -> Select[Any]:
    """What happened in an interaction beside its words, the newest first, as far as a page goes."""
    return (
        select(happening)
        .where(happening.c.site == site, happening.c.interaction == interaction)
        .order_by(happening.c.position.desc())
        .limit(HAPPENINGS_LIMIT)
    )


def comment_of(site: SiteId, interaction: InteractionId) -> Select[Any]:
    """What the customer wrote beside a rating."""
    return select(rating_comment.c.comment).where(
        rating_comment.c.site == site, rating_comment.c.interaction == interaction
    )


def agent_of_last_time(site: SiteId, customers: Collection[CustomerId]) -> Select[Any]:
    """Who held the newest finished interaction of a customer."""
    return (
        select(conversation.c.agent)
        .where(
            conversation.c.site == site,
            conversation.c.customer.in_(customers),
            conversation.c.agent.is_not(None),
        )
        .order_by(conversation.c.arrived_at.desc())
        .limit(1)
    )


def served(site: SiteId, agent: AgentId, customers: Collection[CustomerId]) -> Select[Any]:
    """An interaction of a customer that an agent held, when there is one."""
    return (
        select(conversation.c.interaction)
        .where(
            conversation.c.site == site,
            conversation.c.customer.in_(customers),
            conversation.c.agent == agent,
        )
        .limit(1)
    )


def took_part(site: SiteId, agent: AgentId) -> Select[Any]:
    """The interactions that an agent was offered, held or was consulted on."""
    return select(part.c.interaction).where(part.c.site == site, part.c.agent == agent)


def counts(site: SiteId, customers: Collection[CustomerId]) -> Select[*tuple[Any, ...]]:
    """How many interactions a customer had, how many are open, and when the last one came."""
    return select(
        func.count().label("total"),
        func.count().filter(conversation.c.closed_at.is_(None)).label("open"),
        func.max(conversation.c.arrived_at).label("last_at"),
    ).where(conversation.c.site == site, conversation.c.customer.in_(customers))


def last_contacts(site: SiteId, customers: Collection[CustomerId] | None) -> FromClause:
    """When customers came last and how often, by id: `customer`, `last_at`, `many`."""
    among = (
        conversation.c.customer.is_not(None)
        if customers is None
        else conversation.c.customer.in_(customers)
    )
    return (
        select(
            conversation.c.customer,
            func.max(conversation.c.arrived_at).label("last_at"),
            func.count().label("many"),
        )
        .where(conversation.c.site == site, among)
        .group_by(conversation.c.customer)
        .subquery()
    )


def before(query: Select[Any], at: Instant, interaction: str) -> Select[Any]:
    """The next page of a list ordered newest first: strictly after its last row."""
    return query.where(
        or_(
            conversation.c.arrived_at < at,
            (conversation.c.arrived_at == at) & (conversation.c.interaction > interaction),
        )
    )


def waiting_files(site: SiteId, user: UserId) -> Select[Any]:
    """How many files a user has put up that no message took along yet."""
    return select(func.count()).where(
        file.c.site == site, file.c.user == user, file.c.message.is_(None)
    )
