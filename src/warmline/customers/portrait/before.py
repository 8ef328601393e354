"""What an agent knows before the answer: who it is, last contact, likely reason, promise."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from warmline.core import masking
from warmline.core.words import (
    DAY,
    AgentId,
    CustomerId,
    SegmentId,
    Verification,
)
from warmline.customers import queries
from warmline.customers.choice import PROVEN
from warmline.customers.portrait import promises
from warmline.customers.portrait.clues import Seen, clues, is_late, latest_order
from warmline.customers.portrait.learning import (
    ORDERS_SEEN,
    Learning,
    event_seen,
    events_of,
    order_seen,
    orders_of,
)
from warmline.customers.portrait.likely import guess
from warmline.customers.portrait.model import Room
from warmline.ports import Contact
from warmline.storage.rows import Row, row, rows

CONTACTS_SEEN = 20
CLUES_TOLD = 2
TROUBLES = ("late", "event:payment_failed", "event:damaged", "event:part_missing", "event:late")
_TOLD = frozenset({"late", "event", "asked", "last", "order"})
SURE_SHARE = 0.35
"""A reason that is less probable is not said: it would be wrong more often than right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """Who comes, and by which door."""

    contact: Contact
    segment: SegmentId | None
    verification: Verification


async def before(
    room: Room, learning: Learning, coming: Coming, ids: Sequence[CustomerId], *, masked: bool
) -> dict[str, object]:
    """All that is shown before an offer is accepted."""
    contact = coming.contact
    contacts = await room.contacts.of(ids, limit=CONTACTS_SEEN) if ids else ()
    earlier = [one for one in contacts if one.interaction != contact.interaction]
    async with room.database.read() as connection:
        bought = await rows(connection, orders_of(room.site, ids, newest=ORDERS_SEEN))
        happened = await rows(connection, events_of(room.site, ids, newest=ORDERS_SEEN))
        promised = await row(connection, promises.last(room.site, ids))
        facts = await rows(connection, queries.facts(room.site, ids, now=room.clock.now()))
    seen = Seen(
        contact=contact,
        earlier=earlier,
        orders=[order_seen(one) for one in bought],
        events=[event_seen(one) for one in happened],
    )
    last = earlier[0] if earlier else None
    names = await room.agents({last.agent} if last is not None and last.agent else ())
    shown = await promises.all_shown(room, [promised] if promised else [], masked=masked)
    return {
        "interaction": contact.interaction,
        "customer": await _who(room, coming, ids, masked=masked),
        "last": None if last is None else _last(last, names),
        "likely": await _likely(learning, seen),
        "promise": shown[0] if shown else None,
        "fact": _fact(facts, masked=masked),
        "contacts": len(earlier),
        "masked": masked,
    }


async def _who(
    room: Room, coming: Coming, ids: Sequence[CustomerId], *, masked: bool
) -> dict[str, object] | None:
    if not ids:
        return None
    async with room.database.read() as connection:
        record = await row(connection, queries.record(room.site, ids[0]))
    name = (await room.directory.names([ids[0]])).get(ids[0])
    is_proven = coming.verification in PROVEN
    return {
        "id": ids[0],
        "name": masking.called(name) if masked and name else name,
        "language": record["language"] if record else None,
        "segment": coming.segment or (record["segment"] if record and is_proven else None),
        "verification": coming.verification.value,
    }


def _last(last: Contact, names: Mapping[AgentId, str]) -> dict[str, object]:
    return {
        "interaction": last.interaction,
        "at": last.at,
        "medium": last.medium.value,
        "inbox": last.inbox,
        "reason": last.reason,
        "disposition": last.disposition,
        "rating": last.rating,
        "phase": last.phase,
        "agent": last.agent,
        "agent_name": None if last.agent is None else names.get(last.agent),
    }


async def _likely(learning: Learning, seen: Seen) -> dict[str, object] | None:
    """The likely reason, with what speaks for it; None when nothing says more than chance.

    Trouble with an order is told first, whatever was learnt: it is a fact.
    """
    known = clues(seen)
    told = [clue for clue in TROUBLES if clue in known]
    learnt = await learning.learnt()
    measured = None if learnt is None else learnt.measured
    found = None
    if learnt is not None and measured is not None:
        found = guess(learnt.counts, known)
    if found is not None and found.share < SURE_SHARE:
        found = None
    asked = [clue for clue in known if clue.startswith("asked:")]
    for clue in (*(found.clues if found else ()), *asked):
        if clue not in told and clue.split(":")[0] in _TOLD and clue != "order:none":
            told.append(clue)
    if found is None and not told:
        return None
    return {
        "disposition": found.reason if found else None,
        "share": round(found.share, 3) if found else None,
        "clues": [_told(clue, seen) for clue in told[:CLUES_TOLD]],
        "measured": measured.plain() if found and measured else None,
    }


def _told(clue: str, seen: Seen) -> dict[str, object]:
    """A clue with the order that it speaks of."""
    at = seen.contact.at
    kind, _, value = clue.partition(":")
    told: dict[str, object] = {"clue": kind, "value": value or None}
    if kind == "late":
        late = next((one for one in seen.orders if is_late(one, at)), None)
        if late is not None and late.promised_at is not None:
            told |= {"order": late.id, "days": max(1, (at - late.promised_at) // DAY)}
    elif kind == "order":
        known = latest_order(seen)
        told["order"] = None if known is None else known.id
    elif kind == "event":
        told["order"] = next((one.order for one in seen.events if one.kind == value), None)
    return told


def _fact(facts: Sequence[Row], *, masked: bool) -> str | None:
    if not facts:
        return None
    text = str(facts[0]["text"])
    return masking.other(text) if masked else text
