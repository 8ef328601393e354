"""An agent's answer: checked, cleaned, addressed when it is a mail, with its files."""

import re
from collections.abc import Sequence
from email.utils import getaddresses, parseaddr
from typing import Annotated, Literal
from uuid import uuid4

import nh3
from fastapi import HTTPException
from pydantic import BaseModel, ConfigDict, Field

from warmline.conversations import queries
from warmline.conversations.model import (
    ADDRESSES_PER_MESSAGE,
    FILES_PER_MESSAGE,
    HTML_LIMIT_CHARS,
    SUBJECT_LIMIT_CHARS,
    TEXT_LIMIT_CHARS,
    Author,
    Envelope,
    File,
    MessageState,
    Said,
)
from warmline.conversations.room import Room
from warmline.core import masking
from warmline.core.words import (
    Actor,
    InboxId,
    Instant,
    InteractionId,
    Malformed,
    Medium,
    MessageId,
    Rejected,
    UserId,
)
from warmline.storage.rows import Row, row, rows

GivenId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{8,64}$")]
Address = Annotated[str, Field(max_length=320)]
TAGS = frozenset(
    (
        "a",
        "b",
        "blockquote",
        "br",
        "code",
        "del",
        "div",
        "em",
        "h1",
        "h2",
        "h3",
        "hr",
        "i",
        "li",
        "ol",
        "p",
        "pre",
        "s",
        "span",
        "strong",
        "u",
        "ul",
    )
)
_MARKS = re.compile(r"^((re|fwd?|odp|pd|отв|ответ)(\[\d+\])?\s*:\s*)+", re.IGNORECASE)
_BREAKS = ("br", "p", "div", "li", "blockquote", "h1", "h2", "h3")


class AnswerBody(BaseModel):
    """What is written to a customer; `id` is the client's own, so that twice is once."""

    model_config = ConfigDict(extra="forbid")

    id: GivenId | None = None
    text: str = Field(default="", max_length=TEXT_LIMIT_CHARS)
    html: str | None = Field(default=None, max_length=HTML_LIMIT_CHARS)
    attachments: list[str] = Field(default_factory=list, max_length=FILES_PER_MESSAGE)
    to: list[Address] = Field(default_factory=list, max_length=ADDRESSES_PER_MESSAGE)
    cc: list[Address] = Field(default_factory=list, max_length=ADDRESSES_PER_MESSAGE)
    subject: str | None = Field(default=None, max_length=SUBJECT_LIMIT_CHARS)
    mode: Literal["reply", "reply_all", "forward"] = "reply"


def clean(html: str) -> str:
    """HTML of the composer with nothing in it but text, its shape and links."""
    return nh3.clean(
        html,
        tags=set(TAGS),
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener noreferrer nofollow",
    )


def plain(html: str) -> str:
    """The words of cleaned HTML, a line per block."""
    for tag in _BREAKS:
        html = html.replace(f"<{tag}>", f"\n<{tag}>")
    text = nh3.clean(html, tags=set[str]())
    for entity, letter in (("&lt;", "<"), ("&gt;", ">"), ("&nbsp;", " "), ("&amp;", "&")):
        text = text.replace(entity, letter)
    return text.strip()


async def compose(room: Room, actor: Actor, header: Row, body: AnswerBody, now: Instant) -> Said:
    """The message that `body` asks for; raises `Malformed` when something in it cannot be."""
    html = clean(body.html) if body.html else None
    text = body.text if body.text.strip() else plain(html or "")
    if not text.strip() and not body.attachments:
        raise Malformed("text", "is empty", "empty")
    if len(text) > TEXT_LIMIT_CHARS:
        raise Malformed(
            "text",
            f"is longer than {TEXT_LIMIT_CHARS} characters",
            "too_long",
            max=TEXT_LIMIT_CHARS,
        )
    mail = header["medium"] == Medium.EMAIL.value
    if header["medium"] == Medium.CALLBACK.value:
        raise Rejected("not_written", "A callback is answered by calling; leave a note instead.")
    if not mail and (body.to or body.cc or body.subject or body.mode != "reply"):
        raise Malformed("mode", "only a mail has addresses and a subject, and can be forwarded")
    interaction = InteractionId(header["interaction"])
    uploaded, copied = await _files(room, actor, interaction, body.attachments, now)
    return Said(
        id=MessageId(body.id or uuid4().hex),
        interaction=interaction,
        at=now,
        author=Author.AGENT,
        text=text,
        html=html if mail else None,
        agent=actor.agent,
        user=actor.user,
        state=MessageState.QUEUED if mail else MessageState.SENT,
        email=await _envelope(room, header, body) if mail else None,
        send_after=now + room.undo_send_ms if mail else None,
        uploaded=uploaded,
        files=copied,
    )


async def _files(
    room: Room, actor: Actor, interaction: InteractionId, ids: Sequence[str], now: Instant
) -> tuple[tuple[str, ...], tuple[File, ...]]:
    """The files to attach, and copies of those that belong to the same conversation already."""
    if not ids:
        return (), ()
    async with room.database.read() as connection:
        found = await rows(connection, queries.files_by_id(room.site, ids))
    known = {row["id"]: row for row in found}
    uploaded: list[str] = []
    copied: list[File] = []
    for id_ in dict.fromkeys(ids):
        row = known.get(id_)
        if row is not None and row["message"] is None and row["user"] == actor.user:
            uploaded.append(id_)
        elif row is not None and row["message"] and row["interaction"] == interaction:
            copied.append(_copy(row, actor.user, now))
        else:
            raise Malformed("attachments", f"there is no file {id_} of yours", "no_such", item=id_)
    return tuple(uploaded), tuple(copied)


def _copy(row: Row, user: UserId | None, now: Instant) -> File:
    return File(
        id=uuid4().hex,
        name=row["name"],
        media_type=row["media_type"],
        size=row["size"],
        blob=row["blob"],
        at=now,
        user=user,
    )


async def _envelope(room: Room, header: Row, body: AnswerBody) -> Envelope:
    interaction = InteractionId(header["interaction"])
    async with room.database.read() as connection:
        last = await row(connection, queries.last_email(room.site, interaction))
    before: Row = last["email"] if last is not None else {}
    from_customer = last is not None and last["author"] == Author.CUSTOMER.value
    own = list(await room.mailboxes.addresses(InboxId(header["inbox"])))
    to, cc = _recipients(body, before, from_customer=from_customer, own=own)
    if not to:
        raise Malformed("to", "say who it goes to", "missing")
    subject = body.subject or _subject(
        str(before.get("subject") or header["subject"] or ""), forward=body.mode == "forward"
    )
    answered = before.get("message_id")
    references = (*before.get("references", ()), answered) if answered else ()
    return Envelope(
        sender=own[0] if own else "",
        to=tuple(to),
        cc=tuple(cc),
        subject=subject,
        in_reply_to=answered if body.mode != "forward" else None,
        references=references if body.mode != "forward" else (),
    )


def _recipients(
    body: AnswerBody, before: Row, *, from_customer: bool, own: Sequence[str]
) -> tuple[list[str], list[str]]:
    """Who a mail goes to: those named, else those whom it answers; never we ourselves."""
    for field, given in (("to", body.to), ("cc", body.cc)):
        for address in given:
            if masking.DOTS in address:
                raise Malformed(field, "is masked: reveal the customer to see it", "masked")
            if "\n" in address or "\r" in address or not _is_address(address):
                raise Malformed(field, f"{address.strip()!r} is not an address", "no_email")
    if body.to or body.mode == "forward":
        return _without(own, body.to), _without(own, body.cc)
    to = list(before.get("reply_to") or [before["from"]]) if from_customer else _of(before, "to")
    cc = list(body.cc)
    if body.mode == "reply_all":
        also = [*_of(before, "to"), *_of(before, "cc")] if from_customer else _of(before, "cc")
        cc = [*cc, *also]
    plain_to = _without(own, to)
    return plain_to, _without([*own, *plain_to], cc)


def _of(before: Row, field: str) -> list[str]:
    return [str(one) for one in before.get(field, ())]


def _is_address(text: str) -> bool:
    box, at, host = parseaddr(text)[1].rpartition("@")
    return bool(box and at and host) and " " not in box + host and "@" not in box


def _without(own: Sequence[str], addresses: Sequence[str]) -> list[str]:
    """Each address once, without the given ones; compared by the bare address."""
    seen = {parseaddr(one)[1].casefold() for one in own}
    kept: list[str] = []
    for text, (_, bare) in zip(addresses, _bare(addresses), strict=True):
        if bare and bare.casefold() not in seen:
            seen.add(bare.casefold())
            kept.append(text)
    return kept


def _bare(addresses: Sequence[str]) -> list[tuple[str, str]]:
    return [(getaddresses([one]) or [("", "")])[0] for one in addresses]


def _subject(before: str, *, forward: bool) -> str:
    """The subject of an answer: `Re:` once, `Fwd:` when it is passed on."""
    bare = _MARKS.sub("", before.strip())
    return f"{'Fwd' if forward else 'Re'}: {bare}"[:SUBJECT_LIMIT_CHARS]


def first_time(row: Row | None, actor: Actor, interaction: InteractionId) -> bool:
    """Whether a message id is new; 409 when somebody else's message has it."""
    if row is None:
        return True
    if row["interaction"] != interaction or row["user"] != actor.user:
        raise HTTPException(409, f"the message id {row['id']} is taken")
    return False
