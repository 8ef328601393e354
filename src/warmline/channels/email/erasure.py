"""What the mail channel keeps of a customer: mails that wait to leave or belong nowhere."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.channels.email.keys import Keys
from warmline.channels.email.tables import acknowledged, outbox, receipt
from warmline.conversations.tables import CHUNK, conversation
from warmline.core.words import Instant, SiteId
from warmline.ports import Person
from warmline.storage.rows import rows

ERASED = "erased"
"""The sender of a receipt whose sender was erased."""


class MailTraces:
    """Mails of a person that were kept or have not left; that they came stays known by id."""

    def __init__(self, site: SiteId, keys: Keys) -> None:
        self._site = site
        self._keys = keys

    async def count(self, connection: AsyncConnection, who: Person) -> Mapping[str, int]:
        """How many mails wait to leave, or were kept as they came."""
        kept = (
            select(func.count())
            .select_from(receipt)
            .where(self._receipts(who), receipt.c.raw.is_not(None))
        )
        waiting = await self._waiting(connection, who)
        return {"mails": len(waiting) + (await connection.scalar(kept) or 0)}

    async def erase(self, connection: AsyncConnection, who: Person, at: Instant) -> Collection[str]:
        """Erase the mails, and what tells who wrote them."""
        del at
        raw = select(receipt.c.raw).where(self._receipts(who), receipt.c.raw.is_not(None))
        blobs = set(await connection.scalars(raw))
        for id_, blob in (await self._waiting(connection, who)).items():
            await connection.execute(
                delete(outbox).where(outbox.c.site == self._site, outbox.c.id == id_)
            )
            blobs.update([blob] if blob else [])
        await connection.execute(
            delete(acknowledged).where(
                acknowledged.c.site == self._site,
                or_(
                    acknowledged.c.root.in_(self._theirs(who)),
                    acknowledged.c.sender.in_(self._senders(who)),
                ),
            )
        )
        await connection.execute(
            update(receipt).where(self._receipts(who)).values(raw=None, sender=ERASED)
        )
        return blobs

    async def tell(
        self, connection: AsyncConnection, who: Person
    ) -> Mapping[str, Sequence[Mapping[str, object]]]:
        """Mails of theirs that were kept as they came, and those that wait to leave."""
        kept = select(receipt.c.id, receipt.c.at, receipt.c.kind, receipt.c.raw).where(
            self._receipts(who), receipt.c.raw.is_not(None)
        )
        told: list[Mapping[str, object]] = [
            {"id": one["id"], "at": one["at"], "kind": one["kind"], **_mail(one["raw"])}
            for one in await rows(connection, kept)
        ]
        waiting = await self._waiting(connection, who)
        told += [{"id": id_, "kind": "waiting", **_mail(raw)} for id_, raw in waiting.items()]
        return {"mails": told}

    async def needed(self, connection: AsyncConnection, blobs: Collection[str]) -> Collection[str]:
        """The blobs of mails that are kept or wait still, of any site."""
        listed = sorted(blobs)
        found: set[str] = set()
        for start in range(0, len(listed), CHUNK):
            chunk = listed[start : start + CHUNK]
            for column in (receipt.c.raw, outbox.c.raw):
                found.update(await connection.scalars(select(column).where(column.in_(chunk))))
        return found

    async def _waiting(self, connection: AsyncConnection, who: Person) -> Mapping[str, str | None]:
        """Their mails in the outbox, with the blob of each: by conversation, else by address."""
        addresses = {address.casefold() for address in who.addresses}
        theirs = select(outbox.c.id, outbox.c.raw).where(
            outbox.c.site == self._site, outbox.c.interaction.in_(self._theirs(who))
        )
        found = {one["id"]: one["raw"] for one in await rows(connection, theirs)}
        others = select(outbox.c.id, outbox.c.raw, outbox.c.recipients).where(
            outbox.c.site == self._site, outbox.c.recipients.is_not(None)
        )
        for one in await rows(connection, others):
            if addresses & {str(address).casefold() for address in one["recipients"]}:
                found[one["id"]] = one["raw"]
        return found

    def _theirs(self, who: Person) -> Any:
        return select(conversation.c.interaction).where(
            conversation.c.site == self._site, conversation.c.customer.in_(who.ids)
        )

    def _senders(self, who: Person) -> list[str]:
        return sorted(self._keys.pseudonym(address) for address in who.addresses)

    def _receipts(self, who: Person) -> ColumnElement[bool]:
        return (receipt.c.site == self._site) & or_(
            receipt.c.interaction.in_(self._theirs(who)),
            receipt.c.sender.in_(self._senders(who)),
        )


def _mail(blob: str | None) -> Mapping[str, object]:
    return {} if blob is None else {"name": "mail.eml", "blob": blob}
