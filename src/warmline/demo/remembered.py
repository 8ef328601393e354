"""What the sample shop's agents promised and remembered in the weeks that never were."""

from collections.abc import Sequence

from sqlalchemy import insert, select

from warmline.conversations.tables import conversation
from warmline.core.words import DAY, HOUR, Instant, SiteId
from warmline.customers.portrait.tables import promise
from warmline.customers.tables import fact
from warmline.storage.database import Database
from warmline.storage.rows import Row, rows

LATEST = 6_000
"""Customers of so many of the newest conversations are looked at."""
PROMISED_EVERY, REMEMBERED_EVERY = 5, 4
OPEN_MS = 2 * DAY
"""What was promised earlier is settled by now."""
PROMISES = {
    "en": ("A call once the parcel has left", "An answer from the workshop", "A new shade by post"),
    "ru": ("Позвоним, когда посылка уйдёт", "Ответ из мастерской", "Новый плафон почтой"),
    "pl": ("Telefon, gdy paczka wyjdzie", "Odpowiedź z warsztatu", "Nowy klosz pocztą"),
}
FACTS = {
    "en": ("The daughter is called Ola", "Third floor, no lift", "Likes a message before a call"),
    "ru": ("Дочь зовут Оля", "Третий этаж без лифта", "Сначала написать, потом звонить"),
    "pl": ("Córka ma na imię Ola", "Trzecie piętro bez windy", "Woli wiadomość przed telefonem"),
}


async def remember(database: Database, site: SiteId, now: Instant) -> None:
    """Write them, for the customers of the newest conversations."""
    query = (
        select(conversation)
        .where(
            conversation.c.site == site,
            conversation.c.customer.is_not(None),
            conversation.c.agent.is_not(None),
            conversation.c.closed_at.is_not(None),
        )
        .order_by(conversation.c.arrived_at.desc(), conversation.c.interaction)
        .limit(LATEST)
    )
    async with database.read() as connection:
        found = await rows(connection, query)
    last: dict[str, Row] = {}
    for one in found:
        last.setdefault(one["customer"], one)
    talks = list(last.values())
    promises = [_promise(site, one, now, place) for place, one in _every(talks, PROMISED_EVERY)]
    facts = [_fact(site, one, place) for place, one in _every(talks, REMEMBERED_EVERY)]
    async with database.write() as connection:
        for table, made in ((promise, promises), (fact, facts)):
            if made:
                await connection.execute(insert(table), made)


def _every(talks: Sequence[Row], step: int) -> Sequence[tuple[int, Row]]:
    return [(place, one) for place, one in enumerate(talks) if place % step == 0]


def _promise(site: SiteId, talk: Row, now: Instant, place: int) -> dict[str, object]:
    texts = PROMISES.get(str(talk["language"]), PROMISES["en"])
    made_at = talk["closed_at"]
    due_at = made_at + (1 + place % 3) * 12 * HOUR
    is_open = made_at > now - OPEN_MS
    return {
        "site": site,
        "id": f"past-{talk['interaction']}",
        "customer": talk["customer"],
        "interaction": talk["interaction"],
        "text": texts[place % len(texts)],
        "due_at": due_at,
        "state": "open" if is_open else "kept",
        "made_at": made_at,
        "made_by": talk["agent"],
        "agent": talk["agent"],
        "settled_at": None if is_open else min(due_at, now),
        "settled_by": None if is_open else talk["agent"],
    }


def _fact(site: SiteId, talk: Row, place: int) -> dict[str, object]:
    texts = FACTS.get(str(talk["language"]), FACTS["en"])
    return {
        "site": site,
        "id": f"past-{talk['interaction']}",
        "customer": talk["customer"],
        "text": texts[place // REMEMBERED_EVERY % len(texts)],
        "author": talk["agent"],
        "created_at": talk["closed_at"],
        "expires_at": None,
    }
