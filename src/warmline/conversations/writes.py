"""The rows that travel with a command: openings, messages, notes, ratings, files."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Table, bindparam, exists, func, insert, literal, select, update
from sqlalchemy.sql.base import Executable
from sqlalchemy.sql.elements import BindParameter

from warmline.conversations import search
from warmline.conversations.model import (
    SUBJECT_LIMIT_CHARS,
    Author,
    File,
    MessageState,
    Opening,
    Said,
)
from warmline.conversations.tables import (
    conversation,
    draft,
    file,
    message,
    rating_comment,
)
from warmline.core.words import Instant, InteractionId, MessageId, Phase, SiteId, UserId
from warmline.ports import Write

_OPENED = (
    "site", "interaction", "medium", "inbox", "customer", "verification", "segment", "subject",
    "language", "reason", "phase", "arrived_at", "follows", "token_hash",
)  # fmt: skip
_SAID = (
    "site", "id", "interaction", "at", "author", "agent", "user", "text", "html", "state", "email",
    "email_message_id", "original_text", "original_html", "original_blob", "send_after",
)  # fmt: skip


def _given(table: Table, columns: Sequence[str]) -> dict[str, BindParameter[Any]]:
    """A parameter for each column; built once, so that a statement is compiled once."""
    return {name: bindparam(f"given_{name}", type_=table.c[name].type) for name in columns}


def _row(values: Mapping[str, object]) -> dict[str, object]:
    return {f"given_{name}": value for name, value in values.items()}


def _open() -> Executable:
    given = _given(conversation, _OPENED)
    earlier = conversation.alias("earlier")
    root = select(earlier.c.root).where(
        earlier.c.site == given["site"], earlier.c.interaction == given["follows"]
    )
    own_root = func.coalesce(given["follows"], given["interaction"])
    known = exists().where(
        conversation.c.site == given["site"],
        conversation.c.interaction == given["interaction"],
    )
    return insert(conversation).from_select(
        [*given, "root"],
        select(*given.values(), func.coalesce(root.scalar_subquery(), own_root)).where(~known),
    )


def _say() -> Executable:
    given = _given(message, _SAID)
    others = message.alias("others")
    last = (
        select(func.coalesce(func.max(others.c.seq), 0) + 1)
        .where(others.c.site == given["site"], others.c.interaction == given["interaction"])
        .scalar_subquery()
    )
    same = message.alias("same")
    known = exists().where(same.c.site == given["site"], same.c.id == given["id"])
    return insert(message).from_select([*given, "seq"], select(*given.values(), last).where(~known))


_OPEN = _open()
_SAY = _say()


def opening(site: SiteId, *openings: Opening) -> Write:
    """The headers of new interactions, for `Arrive`; nothing for one that is there already."""
    return Write(statement=_OPEN, rows=[_row(_header(site, given)) for given in openings])


def _header(site: SiteId, given: Opening) -> dict[str, object]:
    return {
        "site": site,
        "interaction": given.interaction,
        "medium": given.medium.value,
        "inbox": given.inbox,
        "customer": given.customer,
        "verification": given.verification.value,
        "segment": given.segment,
        "subject": given.subject[:SUBJECT_LIMIT_CHARS] if given.subject else None,
        "language": given.language,
        "reason": given.reason,
        "phase": Phase.TREATING.value,
        "arrived_at": given.at,
        "follows": given.follows,
        "token_hash": given.token_hash,
    }


def said(site: SiteId, given: Said) -> tuple[Write, ...]:
    """A message or note with its files and what it is found by, as the next of its interaction.

    A message id that is taken writes nothing: what was said first stands.
    """
    return (
        Write(statement=_SAY, rows=[_row(_columns(site, given))]),
        *search.findable([search.entry_row(site, given)]),
        *(_file(site, one, given.interaction, given.id) for one in given.files),
        *_attached(site, given),
    )


def row_of(site: SiteId, given: Said, *, seq: int) -> dict[str, object]:
    """A message as a row, for who writes many at once and counts `seq` (1 is the first) alone."""
    return _columns(site, given) | {"seq": seq}


def _columns(site: SiteId, given: Said) -> dict[str, object]:
    return {
        "site": site,
        "id": given.id,
        "interaction": given.interaction,
        "at": given.at,
        "author": given.author.value,
        "agent": given.agent,
        "user": given.user,
        "text": given.text,
        "html": given.html,
        "state": given.state.value,
        "email": given.email.plain() if given.email else None,
        "email_message_id": given.email.message_id if given.email else None,
        "original_text": given.original.text,
        "original_html": given.original.html,
        "original_blob": given.original.blob,
        "send_after": given.send_after,
    }


def _attached(site: SiteId, given: Said) -> Sequence[Write]:
    if not given.uploaded:
        return ()
    belongs = (
        update(file)
        .where(file.c.site == site, file.c.id.in_(given.uploaded), file.c.message.is_(None))
        .values(interaction=given.interaction, message=given.id)
    )
    return (Write(statement=belongs),)


def received(site: SiteId, given: Said) -> tuple[Write, ...]:
    """What a customer wrote, for `Receive`, or for `Arrive` after `opening`."""
    assert given.author is Author.CUSTOMER, "received from somebody else"
    return said(site, given)


def sent(site: SiteId, given: Said) -> tuple[Write, ...]:
    """What an agent or the center wrote to the customer, for `Send`."""
    assert given.author in {Author.AGENT, Author.SYSTEM}, "sent by somebody else"
    return said(site, given)


def noted(site: SiteId, given: Said) -> tuple[Write, ...]:
    """A note among colleagues, for `AddNote` or `Transfer`."""
    assert given.author is Author.NOTE, "not a note"
    return said(site, given)


def unsent(site: SiteId, message_id: MessageId) -> Write:
    """A message taken back while it still waits, for `Unsend`."""
    return Write(
        statement=update(message)
        .where(
            message.c.site == site,
            message.c.id == message_id,
            message.c.state == MessageState.QUEUED.value,
        )
        .values(state=MessageState.UNSENT.value)
    )


def rated(
    site: SiteId, interaction: InteractionId, *, score: int, comment: str, at: Instant
) -> Write:
    """The comment that came with a rating, for `Rate`; a second one changes nothing."""
    columns = {
        "site": literal(site),
        "interaction": literal(interaction),
        "score": literal(score),
        "comment": literal(comment),
        "at": literal(at, rating_comment.c.at.type),
    }
    known = exists().where(
        rating_comment.c.site == site, rating_comment.c.interaction == interaction
    )
    return Write(
        statement=insert(rating_comment).from_select(
            list(columns), select(*columns.values()).where(~known)
        )
    )


def uploaded(site: SiteId, given: File, interaction: InteractionId | None = None) -> Write:
    """A file that waits to be sent with a message."""
    return _file(site, given, interaction, None)


def _file(
    site: SiteId, given: File, interaction: InteractionId | None, message_id: MessageId | None
) -> Write:
    return Write(
        statement=insert(file).values(
            site=site,
            id=given.id,
            interaction=interaction,
            message=message_id,
            name=given.name,
            media_type=given.media_type,
            size=given.size,
            blob=given.blob,
            content_id=given.content_id,
            user=given.user,
            at=given.at,
        )
    )


def draft_dropped(site: SiteId, interaction: InteractionId, user: UserId) -> Write:
    """The draft goes when its words were sent."""
    return Write(
        statement=draft.delete().where(
            draft.c.site == site, draft.c.interaction == interaction, draft.c.user == user
        )
    )


def handed_over(site: SiteId, message_id: MessageId) -> Executable:
    """The channel passed a waiting message on; one that was taken back stays so."""
    return (
        update(message)
        .where(
            message.c.site == site,
            message.c.id == message_id,
            message.c.state == MessageState.QUEUED.value,
        )
        .values(state=MessageState.SENT.value)
    )


def with_message_id(site: SiteId, message_id: MessageId, email_message_id: str) -> Executable:
    """The Message-ID under which an outgoing mail goes, so that its answers find the way back."""
    return (
        update(message)
        .where(message.c.site == site, message.c.id == message_id)
        .values(email_message_id=email_message_id)
    )


def upload_dropped(site: SiteId, id_: str, user: UserId | None) -> Executable:
    """A file that its owner put up and does not want to send."""
    return file.delete().where(
        file.c.site == site, file.c.id == id_, file.c.user == user, file.c.message.is_(None)
    )
