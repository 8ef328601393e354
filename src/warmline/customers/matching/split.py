"""One record turns out to be two people: what a person chose goes to a new customer."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.core.words import CustomerId, Instant, Malformed, Rejected, SiteId, UserId
from warmline.customers.identity import fold, same
from warmline.customers.matching.ledger import CONVERSATION, Ledger
from warmline.customers.matching.merge import Cause, Kind, apart, record
from warmline.customers.matching.model import Conversations
from warmline.customers.model import NAME_LIMIT_CHARS, fresh_customer
from warmline.customers.tables import fact, identifier
from warmline.storage.rows import rows

PARTS_LIMIT = 200
"""So many identifiers, facts and conversations go over in one split."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What goes to the new customer; identifiers by kind and value."""

    name: str | None = None
    language: str | None = None
    identifiers: Sequence[tuple[str, str]] = ()
    facts: Sequence[str] = ()
    conversations: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Parted:
    """What came of it."""

    id: str
    customer: CustomerId


async def split(
    connection: AsyncConnection,
    site: SiteId,
    who: CustomerId,
    parts: Parts,
    *,
    open_: Collection[str],
    now: Instant,
    by: UserId | None,
    conversations: Conversations,
) -> Parted | None:
    """Move parts of a person to a new customer; None when there is nobody of this id.

    Refused (`conversation_open`) for a conversation that goes on; `Malformed` for a part that is
    not theirs, and for nothing at all.
    """
    ids = await same(connection, site, who)
    if not ids:
        return None
    root = ids[0]
    many = len(parts.identifiers) + len(parts.facts) + len(parts.conversations)
    if not many:
        raise Malformed("identifiers", "nothing was chosen", "too_few", min=1)
    if many > PARTS_LIMIT:
        raise Malformed(
            "identifiers", f"at most {PARTS_LIMIT} at once", "too_many", max=PARTS_LIMIT
        )
    if set(open_) & set(parts.conversations):
        raise Rejected("conversation_open", "A conversation among them is open; end it first.")
    ledger = Ledger(connection, site)
    new = fresh_customer(now)
    name = (parts.name or "").strip()[:NAME_LIMIT_CHARS]
    fresh = {
        "id": new, "name": name or None, "folded": fold(name), "language": parts.language,
        "created_at": now, "updated_at": now,
    }  # fmt: skip
    await ledger.add("customer", fresh)
    await _identifiers(ledger, root, new, parts.identifiers)
    await _facts(ledger, root, new, parts.facts)
    await _conversations(ledger, ids, new, parts.conversations, conversations)
    id_ = await record(ledger, Kind.SPLIT, new, root, Cause.HAND, now=now, by=by)
    await apart(connection, site, root, new, now=now, by=by)
    return Parted(id=id_, customer=new)


async def _identifiers(
    ledger: Ledger, root: CustomerId, new: CustomerId, chosen: Sequence[tuple[str, str]]
) -> None:
    query = select(identifier).where(
        identifier.c.site == ledger.site, identifier.c.customer == root
    )
    theirs = {(one["kind"], one["value"]): one for one in await rows(ledger.connection, query)}
    for key in dict.fromkeys(chosen):
        if key not in theirs:
            # Of a kind, not of a value: what was asked for may be somebody else's.
            raise Malformed(
                "identifiers", "one of them is not this customer's", "no_such", item=key[0]
            )
        await ledger.change("identifier", theirs[key], customer=new)


async def _facts(ledger: Ledger, root: CustomerId, new: CustomerId, chosen: Sequence[str]) -> None:
    query = select(fact).where(
        fact.c.site == ledger.site, fact.c.customer == root, fact.c.id.in_(chosen)
    )
    found = await rows(ledger.connection, query)
    if len(found) < len(set(chosen)):
        raise Malformed("facts", "one of them is not this customer's", "no_such", item="fact")
    for one in found:
        await ledger.change("fact", one, customer=new)


async def _conversations(
    ledger: Ledger,
    ids: Collection[CustomerId],
    new: CustomerId,
    chosen: Sequence[str],
    conversations: Conversations,
) -> None:
    present = await conversations.of(ledger.connection, ledger.site, chosen)
    if any(present.get(which) not in ids for which in chosen):
        raise Malformed(
            "conversations", "one of them is not this customer's", "no_such", item="conversation"
        )
    for which, owner in present.items():
        ledger.note(
            CONVERSATION,
            {"interaction": which, "customer": owner},
            {"interaction": which, "customer": new},
        )
    await conversations.give(ledger.connection, ledger.site, dict.fromkeys(present, new))
