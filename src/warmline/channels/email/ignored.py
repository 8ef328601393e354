"""Mails that asked nobody to work: what they were, when they came, and the mail as it came."""

from collections.abc import Collection
from dataclasses import dataclass
from email import message_from_bytes
from email.utils import parseaddr
from enum import StrEnum

from sqlalchemy import Select, and_, or_, select

from warmline.channels.email.classify import Kind
from warmline.channels.email.mailboxes import Mailboxes
from warmline.channels.email.receive import Outcome
from warmline.channels.email.tables import receipt, receipt_of
from warmline.core.words import CustomerId, Instant, SiteId
from warmline.customers.model import IdentifierKind
from warmline.customers.tables import identifier
from warmline.ports import Blobs
from warmline.storage.database import Database
from warmline.storage.rows import Row, row, rows

_NO_WORK = (Outcome.IGNORED.value, Outcome.STORED.value)


class Why(StrEnum):
    """Why a mail started no work."""

    AUTO_REPLY = "auto_reply"
    BOUNCE = "bounce"
    LIST_OR_BULK = "list_or_bulk"
    OWN_LOOP = "own_loop"
    TOO_MANY = "too_many"


@dataclass(frozen=True, slots=True, kw_only=True)
class IgnoredMail:
    """One of them; `kept` when the mail can be fetched as it came."""

    id: str
    at: Instant
    mailbox: str
    mailbox_name: str | None
    address: str | None
    reason: Why
    interaction: str | None
    kept: bool


class Ignored:
    """The mails of one site that started no work."""

    def __init__(
        self, *, site: SiteId, database: Database, blobs: Blobs, mailboxes: Mailboxes
    ) -> None:
        self._site = site
        self._database = database
        self._blobs = blobs
        self._mailboxes = mailboxes

    async def page(self, *, before: str | None, limit: int) -> tuple[list[IgnoredMail], bool]:
        """The newest first, after the one whose id is `before`; and whether there are more."""
        await self._mailboxes.all()
        async with self._database.read() as connection:
            last = await row(connection, receipt_of(self._site, before)) if before else None
            found = await rows(connection, self._query(last).limit(limit + 1))
        return [self._shown(one) for one in found[:limit]], len(found) > limit

    async def senders(self, content: bytes) -> Collection[CustomerId]:
        """The customers who are known by the address that a mail came from."""
        sender = parseaddr(str(message_from_bytes(content).get("From", "")))[1].casefold()
        if not sender:
            return ()
        query = select(identifier.c.customer).where(
            identifier.c.site == self._site,
            identifier.c.kind == IdentifierKind.EMAIL.value,
            identifier.c.value == sender,
        )
        async with self._database.read() as connection:
            return {one["customer"] for one in await rows(connection, query)}

    async def original(self, id_: str) -> bytes | None:
        """The mail as it came, None when it was not kept by itself."""
        async with self._database.read() as connection:
            found = await row(connection, receipt_of(self._site, id_))
        if found is None or found["raw"] is None:
            return None
        try:
            return await self._blobs.get(found["raw"])
        except KeyError:
            return None

    def _query(self, last: Row | None) -> Select[tuple[object, ...]]:
        query = select(receipt).where(receipt.c.site == self._site, receipt.c.outcome.in_(_NO_WORK))
        if last is not None:
            same = and_(receipt.c.at == last["at"], receipt.c.id > last["id"])
            query = query.where(or_(receipt.c.at < last["at"], same))
        return query.order_by(receipt.c.at.desc(), receipt.c.id)

    def _shown(self, one: Row) -> IgnoredMail:
        mailbox = self._mailboxes.one(one["mailbox"])
        # A person's mail starts no work only when there were too many.
        person = one["kind"] == Kind.PERSON.value
        return IgnoredMail(
            id=one["id"],
            at=one["at"],
            mailbox=one["mailbox"],
            mailbox_name=mailbox.name if mailbox else None,
            address=mailbox.address if mailbox else None,
            reason=Why.TOO_MANY if person else Why(one["kind"]),
            interaction=one["interaction"],
            kept=one["raw"] is not None,
        )
