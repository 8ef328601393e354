"""A message of ours as the mail that leaves: words, files, thread and addresses from the rows."""

from collections.abc import Sequence
from email.utils import getaddresses, parseaddr
from typing import Any

from sqlalchemy import Select, select

from warmline.channels.email.compose import Mode, Original, Outgoing
from warmline.channels.email.mail import Address, Attachment
from warmline.channels.email.mailboxes import Mailbox, Mailboxes
from warmline.conversations import queries
from warmline.conversations.model import Author, MessageState
from warmline.conversations.tables import message as messages
from warmline.core.words import InteractionId, MessageId, SiteId
from warmline.ports import Blobs
from warmline.storage.database import Database
from warmline.storage.rows import Row, row, rows

LANGUAGES = frozenset({"en", "ru", "pl"})
FORWARDS = ("fwd:", "fw:")


class Unsendable(Exception):
    """The mail can never be built; `code` says why in one word."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


class Drafting:
    """Builds the mails of one site."""

    def __init__(
        self, *, site: SiteId, database: Database, blobs: Blobs, mailboxes: Mailboxes
    ) -> None:
        self._site = site
        self._database = database
        self._blobs = blobs
        self._mailboxes = mailboxes

    async def outgoing(self, message: Row, head: Row, mailbox: Mailbox) -> Outgoing:
        """The mail of a message; the same rows give the same mail, or `Unsendable`."""
        email: dict[str, Any] = message["email"] or {}
        before = await self._before(message, email)
        subject = str(email.get("subject") or head["subject"] or "")
        mode = _mode(email, subject, before)
        to, cc = _people(email.get("to", ())), _people(email.get("cc", ()))
        if not to and not cc:
            raise Unsendable("no_recipient", "the mail goes to nobody")
        interaction = InteractionId(message["interaction"])
        return Outgoing(
            message=message["id"],
            domain=mailbox.domain,
            loop=self._mailboxes.keys.loop,
            mode=mode,
            sender=Address(name=mailbox.name, address=mailbox.address),
            to=to,
            cc=cc,
            reply_to=self._mailboxes.reply_to(mailbox, interaction),
            subject=subject,
            text=message["text"],
            html=message["html"],
            original=_original(before) if before is not None else None,
            attachments=await self._files(MessageId(message["id"])),
            locale=_locale(head["language"] or mailbox.language),
            date=message["at"],
            automatic=bool(email.get("automatic")),
            quote=message["author"] == Author.AGENT.value,
            extra_references=_ids(email),
        )

    async def _before(self, message: Row, email: dict[str, Any]) -> Row | None:
        """The mail that this one answers or passes on: the named one, else the last before it."""
        answered = email.get("in_reply_to")
        async with self._database.read() as connection:
            if answered:
                found = await row(connection, _by_message_id(self._site, answered))
                if found is not None:
                    return found
            return await row(connection, _mail_before(self._site, message))

    async def _files(self, message: MessageId) -> tuple[Attachment, ...]:
        async with self._database.read() as connection:
            found = await rows(connection, queries.files_of_messages(self._site, [message]))
        return tuple([await self._file(one) for one in found])

    async def _file(self, one: Row) -> Attachment:
        try:
            content = await self._blobs.get(one["blob"])
        except KeyError:
            raise Unsendable("file_gone", "a file of the mail is gone") from None
        return Attachment(
            filename=one["name"],
            media_type=one["media_type"],
            content=content,
            content_id=None,
            inline=False,
        )


def bare(people: Sequence[Address]) -> list[str]:
    """The addresses alone, each once: the envelope's recipients."""
    return list(dict.fromkeys(person.address for person in people if person.address))


def _by_message_id(site: SiteId, message_id: str) -> Select[Any]:
    return select(messages).where(
        messages.c.site == site, messages.c.email_message_id == message_id
    )


def _mail_before(site: SiteId, message: Row) -> Select[Any]:
    """The last mail of the conversation before a message, one that really came or went."""
    return (
        select(messages)
        .where(
            messages.c.site == site,
            messages.c.interaction == message["interaction"],
            messages.c.seq < message["seq"],
            messages.c.email.is_not(None),
            messages.c.state.not_in([MessageState.UNSENT.value, MessageState.FAILED.value]),
        )
        .order_by(messages.c.seq.desc())
        .limit(1)
    )


def _mode(email: dict[str, Any], subject: str, before: Row | None) -> Mode:
    if before is None:
        return Mode.NEW
    forwards = not email.get("in_reply_to") and subject.casefold().startswith(FORWARDS)
    return Mode.FORWARD if forwards else Mode.REPLY


def _original(before: Row) -> Original:
    email: dict[str, Any] = before["email"] or {}
    return Original(
        message_id=before["email_message_id"],
        references=_ids(email),
        sender=_person(str(email.get("from", ""))),
        to=_people(email.get("to", ())),
        subject=str(email.get("subject", "")),
        date=before["at"],
        text=before["original_text"] or before["text"],
        html=before["original_html"] or before["html"],
    )


def _ids(email: dict[str, Any]) -> tuple[str, ...]:
    return tuple(str(one) for one in email.get("references", ()) if one)


def _person(text: str) -> Address:
    name, address = parseaddr(text)
    return Address(name=name, address=address)


def _people(texts: Sequence[str]) -> tuple[Address, ...]:
    return tuple(
        Address(name=name, address=address)
        for name, address in getaddresses([str(text) for text in texts])
        if address
    )


def _locale(language: str | None) -> str:
    tag = (language or "en").split("-")[0].lower()
    return tag if tag in LANGUAGES else "en"
