"""How long a search over a great many messages takes, for who reads all and who their own."""

import itertools
import random
import sqlite3
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

from warmline.config import Settings
from warmline.conversations import search, search_routes
from warmline.conversations.scope import Sight
from warmline.conversations.search_routes import Narrowed
from warmline.core.center import Center
from warmline.core.words import (
    MINUTE,
    Actor,
    AgentId,
    CustomerId,
    InteractionId,
    MessageId,
    Role,
    SiteId,
    UserId,
)
from warmline.storage import stems
from warmline.storage.database import FILE, Database, open_database
from warmline.storage.migrate import migrate

SITE = SiteId("main")
SEED = 20_260_609
AT = 1_700_000_000_000
STEP_MS = MINUTE
"""So far apart the messages are: a million of them are two years."""
MESSAGES_PER_TALK = 5
TALKS_PER_CUSTOMER = 4
AGENTS = 200
WORDS = 30_000
WORDS_PER_MESSAGE = 14
CHUNK = 20_000
TRIES = 400
PAGE = 20
_SYLLABLES = ("ka", "lo", "mi", "ра", "то", "же", "ny", "si", "вы", "ре", "ga", "du", "ok", "im")
_Row: TypeAlias = tuple[object, ...]


class _Quiet:
    """A center in which nobody is live."""

    def __init__(self) -> None:
        self._center = Center()

    def center(self) -> Center:
        return self._center

    def position(self) -> int:
        return 0


class _Nobody:
    """Nobody has a name, everybody is one person."""

    async def users(self, ids: Collection[UserId]) -> Mapping[UserId, str]:
        return dict.fromkeys(ids, "")

    async def agents(self, ids: Collection[AgentId]) -> Mapping[AgentId, str]:
        return dict.fromkeys(ids, "")

    async def customers(
        self, ids: Collection[CustomerId], *, reader: Actor
    ) -> Mapping[CustomerId, str]:
        del reader
        return dict.fromkeys(ids, "")

    async def same(self, customer: CustomerId, /) -> Collection[CustomerId]:
        return (customer,)


async def measure(folder: Path, *, messages: int) -> Mapping[str, object]:
    """The time from words typed to a page of messages, their pieces cut out and marked.

    Words are as common as words are (Zipf); half of the searches are an agent's, who may read a
    two-hundredth of all. Texts are invented, of Latin and Cyrillic letters.
    """
    database = open_database(Settings(data=folder))
    await migrate(database)
    await database.close()
    chance = random.Random(SEED)
    vocabulary = _vocabulary(chance)
    begun = time.perf_counter()
    _fill(folder / FILE, messages, vocabulary, chance)
    filled_s = time.perf_counter() - begun
    database = open_database(Settings(data=folder))
    sight = Sight(database, SITE, _Quiet(), _Nobody())
    took: dict[str, list[float]] = {"all": [], "own": []}
    found = 0
    for one in range(TRIES):
        whose = "own" if one % 2 else "all"
        actor = _actor(whose, chance)
        asked = " ".join(_asked(chance, vocabulary))
        begun = time.perf_counter()
        found += await _search(database, sight, actor, asked, best=one % 5 == 0)
        took[whose].append(time.perf_counter() - begun)
    await database.close()
    every = sorted(took["all"] + took["own"])
    return {
        "messages": messages,
        "search_p50_ms": _at(every, 0.5),
        "search_p95_ms": _at(every, 0.95),
        "search_p95_own_ms": _at(sorted(took["own"]), 0.95),
        "search_found": found,
        "search_indexed_per_s": round(messages / filled_s),
        "search_file_mb": round((folder / FILE).stat().st_size / 1e6),
    }


async def _search(database: Database, sight: Sight, actor: Actor, text: str, *, best: bool) -> int:
    asked = stems.wanted(text)
    async with database.read() as connection:
        hits, _ = await search_routes.page(
            connection, sight, actor, asked, Narrowed(), site=SITE, best=best, limit=PAGE
        )
    for said, _ in hits:
        stems.snippet(said["text"], asked)
    return len(hits)


def _actor(whose: str, chance: random.Random) -> Actor:
    if whose == "all":
        return Actor(user=UserId("boss"), roles=frozenset({Role.SUPERVISOR}))
    agent = AgentId(f"a{chance.randrange(AGENTS)}")
    return Actor(user=UserId(agent), agent=agent, roles=frozenset({Role.AGENT}))


def _asked(chance: random.Random, vocabulary: Sequence[str]) -> Sequence[str]:
    """One to three words: seldom a very common one, as people search."""
    return [
        vocabulary[min(WORDS - 1, int(10 ** chance.uniform(0.5, 4.4)))]
        for _ in range(chance.choice((1, 2, 2, 3)))
    ]


def _vocabulary(chance: random.Random) -> Sequence[str]:
    made: dict[str, None] = {}
    while len(made) < WORDS:
        made["".join(chance.choices(_SYLLABLES, k=chance.randint(1, 4)))] = None
    return list(made)


def _fill(path: Path, messages: int, vocabulary: Sequence[str], chance: random.Random) -> None:
    """Talks of five messages, with what each is found by; straight into the file."""
    weights = list(itertools.accumulate(1 / (place + 3) for place in range(WORDS)))
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA synchronous = OFF")
    for start in range(0, messages, CHUNK):
        connection.execute("BEGIN")
        many = range(start, min(start + CHUNK, messages))
        talks = range(start // MESSAGES_PER_TALK, -(-many.stop // MESSAGES_PER_TALK))
        connection.executemany(
            "INSERT OR IGNORE INTO conversation (site, interaction, medium, inbox, queue, customer,"
            " agent, phase, arrived_at, root) VALUES (?, ?, 'chat', 'shop', 'q', ?, ?, 'closed',"
            " ?, ?)",
            (_talk(number) for number in talks),
        )
        connection.executemany(
            "INSERT OR IGNORE INTO conversation_part (site, agent, interaction, role, since)"
            " VALUES (?, ?, ?, 'held', ?)",
            ((SITE, _agent(number), _id(number), AT) for number in talks),
        )
        texts = [
            " ".join(chance.choices(vocabulary, cum_weights=weights, k=WORDS_PER_MESSAGE))
            for _ in many
        ]
        connection.executemany(
            "INSERT INTO message (site, id, interaction, seq, at, author, text, state)"
            " VALUES (?, ?, ?, ?, ?, 'customer', ?, 'read')",
            _messages(many, texts),
        )
        connection.executemany(
            "INSERT INTO search_entry (id, site, message, interaction, words)"
            " VALUES (?, ?, ?, ?, ?)",
            _entries(many, texts),
        )
        connection.execute("COMMIT")
    connection.close()


def _id(talk: int) -> InteractionId:
    return InteractionId(f"i{talk:08}")


def _agent(talk: int) -> AgentId:
    return AgentId(f"a{talk // TALKS_PER_CUSTOMER % AGENTS}")


def _at_of(number: int) -> int:
    return AT + number * STEP_MS


def _talk(number: int) -> _Row:
    customer = f"c{number // TALKS_PER_CUSTOMER}"
    at = _at_of(number * MESSAGES_PER_TALK)
    return (SITE, _id(number), customer, _agent(number), at, _id(number))


def _messages(many: Sequence[int], texts: Sequence[str]) -> Iterator[_Row]:
    for number, text in zip(many, texts, strict=True):
        talk, place = divmod(number, MESSAGES_PER_TALK)
        yield (SITE, _message(number), _id(talk), place + 1, _at_of(number), text)


def _entries(many: Sequence[int], texts: Sequence[str]) -> Iterator[_Row]:
    for number, text in zip(many, texts, strict=True):
        words = " ".join(sorted(stems.words(text)))
        talk = _id(number // MESSAGES_PER_TALK)
        yield (_at_of(number) * search.ID_STEP, SITE, _message(number), talk, words)


def _message(number: int) -> MessageId:
    return MessageId(f"m{number:09}")


def _at(took: Sequence[float], share: float) -> float:
    return round(1_000 * took[int(share * (len(took) - 1))], 2)
