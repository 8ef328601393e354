"""Fills an empty data folder: people, words, mailboxes and four weeks of history."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import insert

from warmline.channels.email import mailboxes
from warmline.channels.email.tables import mailbox
from warmline.core.words import DAY, SECOND, AgentId, Instant, Millis, Role, SiteId, UserId
from warmline.demo import menus, shop
from warmline.demo.agreed import agree
from warmline.demo.aims import set_aims
from warmline.demo.behaviour import customers
from warmline.demo.closed_loop import make_good
from warmline.demo.courtesies import care_past
from warmline.demo.history import WEEKS, History
from warmline.demo.known import know
from warmline.demo.offered import offer_past
from warmline.demo.past_orders import keep_past_orders, past_orders
from warmline.demo.phrases import CANNED
from warmline.demo.remembered import remember
from warmline.demo.shop import Person
from warmline.demo.spoken_about import topics
from warmline.demo.surveyed import ask_past
from warmline.demo.written_policy import document
from warmline.desk.guidance.model import plain
from warmline.desk.guidance.rule import Rules
from warmline.desk.guidance.tables import guidance_settings
from warmline.desk.standards.model import Step, StepKind
from warmline.desk.standards.tables import script
from warmline.desk.tables import canned_reply
from warmline.engine.codec import encode_center
from warmline.ports import Batch, Clock, Journal, Reaction, Recorded, Write
from warmline.security.model import Locale, User
from warmline.security.passwords import Passwords
from warmline.security.tables import columns_of, user
from warmline.storage.database import Database
from warmline.storage.journal import DatabaseCursors

PASSWORD = "larkfold-lamps"  # noqa: S105 - published: it opens nothing but the demonstration
GUIDANCE_STAY_MS: Millis = 20 * SECOND
"""Short, so that a visitor sees the calm come back."""
Progress = Callable[[float], None]
"""Told how much of the filling is done, 0 to 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Empty:
    """An empty center that can be filled: its storage, and what follows from events."""

    site: SiteId
    clock: Clock
    database: Database
    journal: Journal
    reactions: Sequence[Reaction]
    channels: Sequence[str]
    """Names of the channels' cursors: nothing of the past may be sent to anybody."""


async def fill(empty: Empty, tell: Progress, *, weeks: int = WEEKS) -> int:
    """Fill it; returns how many events the history has."""
    until = empty.clock.now()
    began = until - weeks * 7 * DAY
    hashes = asyncio.create_task(_hashes())
    position = 0
    past = await asyncio.to_thread(past_orders, empty.site, customers(), until)
    history = History(empty.site, until, weeks=weeks, everybody=past.everybody)
    for events, rows in history.play():
        recorded = [
            Recorded(position=number, event=event)
            for number, event in enumerate(events, position + 1)
        ]
        await empty.journal.append(Batch(events=recorded, writes=rows, at=until), after=position)
        position += len(recorded)
        for reaction in empty.reactions:
            await reaction.react(recorded)
        tell((history.now - began) / (until - began))
    await empty.journal.save_snapshot(position, encode_center(history.center))
    names = (*(reaction.name for reaction in empty.reactions), *empty.channels)
    await DatabaseCursors(empty.database, empty.site).save(dict.fromkeys(names, position))
    await agree(empty.database, empty.site, until)
    await offer_past(empty.database, empty.site, until)
    await keep_past_orders(empty.database, empty.site, empty.clock, history.center, past)
    await care_past(empty.database, empty.site, until)
    await remember(empty.database, empty.site, until)
    await ask_past(empty.database, empty.site, began, until)
    await set_aims(empty.database, empty.site, until)
    await make_good(empty.database, empty.site, until)
    await know(empty.database, empty.site, until)
    policy = document(empty.site, history.center, began)
    await _write_people(empty, until, await hashes, policy)
    return position


async def _hashes() -> dict[str, str]:
    """The published password, hashed anew for each who may use it; in threads, beside the rest."""
    passwords = Passwords()
    chairs = [person.id for person in shop.PEOPLE if has_password(person)]
    hashed = await asyncio.gather(*(passwords.hash(PASSWORD) for _ in chairs))
    return dict(zip(chairs, hashed, strict=True))


def has_password(person: Person) -> bool:
    """Whether a human may be this person."""
    return person.chair or Role.AGENT not in person.roles


def account(person: Person) -> User:
    """The person as a user."""
    return User(
        id=UserId(person.id),
        name=person.name,
        login=person.id,
        email=f"{person.id}@{shop.DOMAIN}",
        roles=frozenset(person.roles),
        agent=AgentId(person.id) if Role.AGENT in person.roles else None,
        locale=Locale(person.locale),
    )


async def _write_people(empty: Empty, now: Instant, hashes: dict[str, str], policy: Write) -> None:
    writes = (
        _users(empty.site, now, hashes),
        *_words(empty.site, now),
        _guidance(empty.site, now),
        _standards(empty.site, now),
        topics(empty.site),
        menus.draft(empty.site, now),
        policy,
        *_mailboxes(empty.site, now),
    )
    async with empty.database.write() as connection:
        for write in writes:
            await connection.execute(write.statement, write.rows or [])


def _users(site: SiteId, now: Instant, hashes: dict[str, str]) -> Write:
    return Write(
        statement=insert(user),
        rows=[
            {
                "site": site,
                "id": person.id,
                "password_hash": hashes.get(person.id),
                "created_at": now,
                "changed_at": now,
                **columns_of(account(person)),
            }
            for person in shop.PEOPLE
        ],
    )


def _words(site: SiteId, now: Instant) -> Iterator[Write]:
    rows: list[dict[str, object]] = [
        {
            "site": site,
            "id": f"sample-{number}",
            "shortcut": shortcut,
            "title": title,
            "text": text,
            "language": language,
            "queues": [],
            "updated_at": now,
            "updated_by": None,
        }
        for number, (shortcut, language, title, text) in enumerate(CANNED)
    ]
    yield Write(statement=insert(canned_reply), rows=rows)


def _guidance(site: SiteId, now: Instant) -> Write:
    """Guidance by load is on."""
    rules = Rules(on=True, least_stay_ms=GUIDANCE_STAY_MS)
    row = {"site": site, "rules": plain(rules), "trial_at": now, "updated_at": now}
    return Write(statement=insert(guidance_settings), rows=[row])


def _standards(site: SiteId, now: Instant) -> Write:
    """What belongs into every conversation of the shop."""
    kinds = ("greeting", "name", "solution", "next_step", "farewell")
    row = {
        "site": site,
        "id": "sample",
        "version": 1,
        "name": shop.NAME,
        "queue": "",
        "reason": "",
        "steps": [Step(id=kind, kind=StepKind(kind)).plain() for kind in kinds],
        "newest": True,
        "gone": False,
        "at": now,
        "by": None,
    }
    return Write(statement=insert(script), rows=[row])


def _mailboxes(site: SiteId, now: Instant) -> Iterator[Write]:
    for number, (inbox, address) in enumerate(shop.MAILBOXES.items()):
        row = {
            "site": site,
            "id": inbox,
            "inbox": inbox,
            "address": address,
            "name": shop.NAME,
            "language": None,
            "active": True,
            "reply_tokens": True,
            "auto_reply": None,
            "state": mailboxes.WAITING,
            "refused": 0,
            "created_at": now + number,
        }
        yield Write(statement=insert(mailbox), rows=[row])
