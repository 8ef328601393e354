"""The tables of the mail channel: mailboxes, what came in, what is to go out."""

from collections.abc import Collection, Mapping
from typing import Any, TypeAlias

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    Select,
    String,
    Table,
    UniqueConstraint,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.base import Executable
from sqlalchemy.sql.selectable import TypedReturnsRows

from warmline.conversations.model import Author, MessageState
from warmline.conversations.tables import conversation, message
from warmline.core.words import CustomerId, Instant, InteractionId, Medium, MessageId, SiteId
from warmline.customers.model import IdentifierKind
from warmline.customers.tables import identifier
from warmline.ports import Write
from warmline.storage.schema import ID_CHARS, metadata
from warmline.storage.upsert import upsert

ID = String(ID_CHARS)
_JSON = JSON(none_as_null=True)
ADDRESS_CHARS = 254
Query: TypeAlias = TypedReturnsRows[*tuple[Any, ...]]


def _column(name: str, kind: Any, *, required: bool = False) -> Column[Any]:
    return Column(name, kind, nullable=not required)


mailbox = Table(
    "mailbox",
    metadata,
    Column("site", ID, primary_key=True),
    Column("id", ID, primary_key=True),
    _column("inbox", ID, required=True),
    _column("address", String(ADDRESS_CHARS), required=True),
    _column("name", String(200), required=True),
    _column("language", String(16)),
    _column("active", Boolean, required=True),
    _column("reply_tokens", Boolean, required=True),
    _column("auto_reply", _JSON),
    _column("imap_host", String(255)),
    _column("imap_port", Integer),
    _column("imap_tls", String(16)),
    _column("imap_user", String(255)),
    _column("imap_password", LargeBinary),
    _column("imap_folder", String(255)),
    _column("uid_validity", BigInteger),
    _column("last_uid", BigInteger),
    _column("state", String(16), required=True),
    _column("error", String(200)),
    _column("seen_at", BigInteger),
    _column("refused", Integer, required=True),
    _column("created_at", BigInteger, required=True),
    UniqueConstraint("site", "address"),
)
"""An address of ours; without IMAP its mail comes by SMTP. The password is sealed."""

receipt = Table(
    "mail_receipt",
    metadata,
    Column("site", ID, primary_key=True),
    Column("id", ID, primary_key=True),
    _column("mailbox", ID, required=True),
    _column("at", BigInteger, required=True),
    _column("kind", String(16), required=True),
    _column("outcome", String(16), required=True),
    _column("sender", String(64), required=True),
    _column("interaction", ID),
    _column("raw", String(128)),
    Index("ix_mail_receipt_sender", "site", "sender", "at"),
    Index("ix_mail_receipt_at", "site", "at"),
)
"""Every mail that was dealt with, so that the same one does nothing twice; `sender` is a pseudonym.

`raw` keeps what started nothing and belongs nowhere, so that it is not lost.
"""

outbox = Table(
    "mail_outbox",
    metadata,
    Column("site", ID, primary_key=True),
    Column("id", ID, primary_key=True),
    _column("interaction", ID),
    _column("state", String(16), required=True),
    _column("attempts", Integer, required=True),
    _column("since", BigInteger, required=True),
    _column("next_at", BigInteger, required=True),
    _column("error", String(200)),
    _column("code", String(64)),
    _column("sender", String(ADDRESS_CHARS)),
    _column("recipients", _JSON),
    _column("some_refused", Boolean, required=True),
    _column("raw", String(128)),
    Index("ix_mail_outbox_due", "site", "state", "next_at"),
)
"""Mails that have not left; `id` is the message's, or `raw` is a mail about no message."""

acknowledged = Table(
    "mail_acknowledged",
    metadata,
    Column("site", ID, primary_key=True),
    Column("message", ID, primary_key=True),
    _column("root", ID, required=True),
    _column("sender", String(64), required=True),
    _column("at", BigInteger, required=True),
    Index("ix_mail_acknowledged_sender", "site", "sender", "at"),
)
"""When a thread, and a sender, last got an automatic acknowledgement."""


async def write(connection: AsyncConnection, *given: Write) -> None:
    """Write rows by themselves that would else travel with a command."""
    for one in given:
        await connection.execute(one.statement, one.rows)


# Mailboxes


def mailboxes(site: SiteId) -> Select[Any]:
    """All mailboxes, the oldest first."""
    return (
        select(mailbox).where(mailbox.c.site == site).order_by(mailbox.c.created_at, mailbox.c.id)
    )


def add_mailbox(site: SiteId, values: Mapping[str, object]) -> Executable:
    """A new mailbox."""
    return insert(mailbox).values(site=site, **values)


def change_mailbox(site: SiteId, id_: str, values: Mapping[str, object]) -> Executable:
    """What changed about one mailbox."""
    return update(mailbox).where(mailbox.c.site == site, mailbox.c.id == id_).values(**values)


def drop_mailbox(site: SiteId, id_: str) -> Executable:
    """The mailbox is removed; its conversations stay."""
    return delete(mailbox).where(mailbox.c.site == site, mailbox.c.id == id_)


# What came in


def receipt_of(site: SiteId, id_: str) -> Select[Any]:
    """What became of a mail."""
    return select(receipt).where(receipt.c.site == site, receipt.c.id == id_)


def keep_receipt(site: SiteId, values: Mapping[str, object]) -> Executable:
    """What became of a mail; the first answer stands."""
    return upsert(receipt, {"site": site, **values}, keys=("site", "id"), change=())


def mails_since(site: SiteId, sender: str, since: Instant) -> Select[Any]:
    """How many mails a sender wrote since a moment."""
    return select(func.count()).where(
        receipt.c.site == site, receipt.c.sender == sender, receipt.c.at >= since
    )


def last_interaction_of(site: SiteId, sender: str) -> Select[Any]:
    """The interaction that a sender's newest mail went to."""
    return (
        select(receipt.c.interaction)
        .where(
            receipt.c.site == site,
            receipt.c.sender == sender,
            receipt.c.interaction.is_not(None),
        )
        .order_by(receipt.c.at.desc(), receipt.c.id)
        .limit(1)
    )


def message_of_mail(site: SiteId, message_ids: Collection[str]) -> Select[Any]:
    """The messages that went under one of these Message-IDs."""
    return select(message).where(
        message.c.site == site, message.c.email_message_id.in_(message_ids)
    )


def customers_of(site: SiteId, address: str) -> Select[Any]:
    """The customers who have an address; two are enough to know that nobody alone has it."""
    return (
        select(identifier.c.customer)
        .where(
            identifier.c.site == site,
            identifier.c.kind == IdentifierKind.EMAIL.value,
            identifier.c.value == address,
        )
        .limit(2)
    )


def talks_of(
    site: SiteId, customers: Collection[CustomerId], *, since: Instant, limit: int
) -> Select[Any]:
    """The mail conversations of a customer that were active since a moment, the latest first."""
    active = func.coalesce(conversation.c.last_message_at, conversation.c.arrived_at)
    return (
        select(conversation)
        .where(
            conversation.c.site == site,
            conversation.c.customer.in_(customers),
            conversation.c.medium == Medium.EMAIL.value,
            active >= since,
        )
        .order_by(active.desc(), conversation.c.interaction)
        .limit(limit)
    )


def texts_of_ours(site: SiteId, root: InteractionId, *, limit: int) -> Select[Any]:
    """What we wrote in a thread, the newest first."""
    return (
        select(message.c.text)
        .join(
            conversation,
            (conversation.c.site == message.c.site)
            & (conversation.c.interaction == message.c.interaction),
        )
        .where(
            message.c.site == site,
            conversation.c.root == root,
            message.c.author.in_([Author.AGENT.value, Author.SYSTEM.value]),
        )
        .order_by(message.c.at.desc())
        .limit(limit)
    )


# What goes out


def due(site: SiteId, now: Instant, *, limit: int) -> Select[Any]:
    """Mails whose time has come, the longest waiting first."""
    return (
        select(outbox)
        .where(outbox.c.site == site, outbox.c.state == "waiting", outbox.c.next_at <= now)
        .order_by(outbox.c.next_at, outbox.c.id)
        .limit(limit)
    )


def next_due(site: SiteId) -> Select[Any]:
    """When the next mail is due."""
    return select(func.min(outbox.c.next_at)).where(
        outbox.c.site == site, outbox.c.state == "waiting"
    )


def outbox_row(site: SiteId, id_: str) -> Select[Any]:
    """One mail that has not left."""
    return select(outbox).where(outbox.c.site == site, outbox.c.id == id_)


def in_outbox(site: SiteId, states: Collection[str], *, limit: int) -> Select[Any]:
    """Mails in some states, the longest waiting first."""
    return (
        select(outbox)
        .where(outbox.c.site == site, outbox.c.state.in_(states))
        .order_by(outbox.c.since, outbox.c.id)
        .limit(limit)
    )


def outbox_counts(site: SiteId) -> Query:
    """How many mails are in each state."""
    return (
        select(outbox.c.state, func.count().label("count"))
        .where(outbox.c.site == site)
        .group_by(outbox.c.state)
    )


def enqueue(site: SiteId, values: Mapping[str, object]) -> Executable:
    """One more mail to send; nothing when it waits already."""
    row = {
        "site": site,
        "state": "waiting",
        "attempts": 0,
        "some_refused": False,
        **values,
    }
    return upsert(outbox, row, keys=("site", "id"), change=())


def change_outbox(
    site: SiteId, id_: str, values: Mapping[str, object], *, state: str | None = None
) -> Executable:
    """What changed about a mail; with `state` only if it is still in that one."""
    query = update(outbox).where(outbox.c.site == site, outbox.c.id == id_)
    if state is not None:
        query = query.where(outbox.c.state == state)
    return query.values(**values)


def release(site: SiteId, now: Instant) -> Executable:
    """What was on its way when the server ended is tried again, under the same Message-ID."""
    return (
        update(outbox)
        .where(outbox.c.site == site, outbox.c.state == "sending")
        .values(state="waiting", next_at=now)
    )


def drop_outbox(site: SiteId, id_: str, *, state: str) -> Executable:
    """The mail has left, or was taken back."""
    return delete(outbox).where(outbox.c.site == site, outbox.c.id == id_, outbox.c.state == state)


def queued_mails(site: SiteId) -> Query:
    """Messages of mail conversations that still wait to leave."""
    return (
        select(message.c.id, message.c.interaction)
        .join(
            conversation,
            (conversation.c.site == message.c.site)
            & (conversation.c.interaction == message.c.interaction),
        )
        .where(
            message.c.site == site,
            message.c.state == MessageState.QUEUED.value,
            conversation.c.medium == Medium.EMAIL.value,
        )
    )


def message_state(
    site: SiteId,
    id_: MessageId,
    *,
    to: MessageState,
    among: Collection[MessageState],
    error: str | None = None,
) -> Executable:
    """A message is in another state, if it was in one of some."""
    return (
        update(message)
        .where(
            message.c.site == site,
            message.c.id == id_,
            message.c.state.in_([state.value for state in among]),
        )
        .values(state=to.value, error=error)
    )


def with_envelope(site: SiteId, id_: MessageId, email: Mapping[str, object]) -> Executable:
    """The envelope of a message of ours, now that its Message-ID is known."""
    return (
        update(message)
        .where(message.c.site == site, message.c.id == id_)
        .values(email=dict(email), email_message_id=email["message_id"])
    )


# Acknowledgements


def acknowledgements(site: SiteId, *, root: str, sender: str, since: Instant) -> Query:
    """How many a thread, and a sender, got since a moment."""
    return select(
        func.count().filter(acknowledged.c.root == root).label("thread"),
        func.count().filter(acknowledged.c.sender == sender).label("sender"),
    ).where(acknowledged.c.site == site, acknowledged.c.at >= since)


def keep_acknowledgement(
    site: SiteId, id_: MessageId, *, root: str, sender: str, at: Instant
) -> Executable:
    """A thread and its sender get one now."""
    return insert(acknowledged).values(site=site, message=id_, root=root, sender=sender, at=at)
