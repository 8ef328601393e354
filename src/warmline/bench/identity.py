"""Do duplicates find each other? A messy set of people with the truth, merged and taken back."""

import asyncio
import importlib
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeAlias, cast

from sqlalchemy import insert, select

import warmline
from warmline.config import Settings
from warmline.conversations.belonging import Belonging
from warmline.core.words import Instant, SiteId
from warmline.customers.identity import fold
from warmline.customers.matching.merge import undo
from warmline.customers.matching.run import Search
from warmline.customers.matching.survey import ADDRESS, BORN, POSTCODE
from warmline.customers.matching.tables import merge
from warmline.customers.portrait.tables import field_value
from warmline.customers.tables import customer, fact, identifier
from warmline.storage.database import Database, open_database
from warmline.storage.migrate import migrate
from warmline.storage.rows import rows

SITE = SiteId("bench")
HELD_OUT_SEED = 20_011
"""Another seed than the one that weights and thresholds were looked at with."""
GENERATOR = "tests.customers.matching.messy_people"
START: Instant = 1_781_000_000_000
ROWS_AT_ONCE = 5_000
Dump: TypeAlias = Mapping[str, set[tuple[object, ...]]]
_TABLES = {"customer": customer, "identifier": identifier, "fact": fact}


class GeneratorMissing(Exception):
    """The invented people come with the tests of a source checkout."""


class Messy(Protocol):
    """One invented record; `person` is the truth."""

    @property
    def id(self) -> str: ...
    @property
    def person(self) -> int: ...
    @property
    def language(self) -> str: ...
    @property
    def name(self) -> str | None: ...
    @property
    def emails(self) -> Sequence[str]: ...
    @property
    def phones(self) -> Sequence[str]: ...
    @property
    def login(self) -> str | None: ...
    @property
    def external(self) -> str | None: ...
    @property
    def address(self) -> str | None: ...
    @property
    def postcode(self) -> str | None: ...
    @property
    def born(self) -> str | None: ...


class _Clock:
    """Moves on by a millisecond whenever it is asked."""

    def __init__(self) -> None:
        self._at = START + 1_000_000

    def now(self) -> Instant:
        self._at += 1
        return self._at


def invented(records: int, *, seed: int) -> Sequence[Messy]:
    """The generator of the tests; `GeneratorMissing` where there is no source checkout."""
    root = Path(warmline.__file__).resolve().parents[2]
    if not (root / f"{GENERATOR.replace('.', '/')}.py").exists():
        raise GeneratorMissing("The invented people come with the tests: use a source checkout.")
    if str(root) not in sys.path:
        sys.path.append(str(root))
    made: Any = importlib.import_module(GENERATOR)
    return cast("Sequence[Messy]", made.messy_people(records, seed=seed))


def measure(*, records: int, seed: int, undone: int) -> Mapping[str, object]:
    """Pairwise precision and recall of automatic merges, and whether undoing gives back the rows.

    `merged_verified_apart` counts pairs of different verified logins that became one person.
    """
    return asyncio.run(_measure(records=records, seed=seed, undone=undone))


async def _measure(*, records: int, seed: int, undone: int) -> Mapping[str, object]:
    people = invented(records, seed=seed)
    with tempfile.TemporaryDirectory() as folder:
        database = open_database(Settings(data=Path(folder)))
        try:
            await migrate(database)
            await settle(database, SITE, people)
            before = await dump(database)
            began = time.perf_counter()
            search = Search(database=database, site=SITE, clock=_Clock(), joined=lambda _: None)
            await search.everybody()
            took_s = time.perf_counter() - began
            figures = await judged(database, SITE, people)
            equal = await _taken_back(database, before, undone)
        finally:
            await database.close()
    return {
        **figures,
        "undone_equal": equal,
        "records": records,
        "seconds": round(took_s, 1),
        "seed": seed,
    }


async def settle(
    database: Database, site: SiteId, people: Sequence[Messy], *, at: Instant = START
) -> None:
    """Put invented people into a database, one record each."""
    tables = {
        customer: [_customer(site, one, at + place) for place, one in enumerate(people)],
        identifier: [
            found
            for place, one in enumerate(people)
            for found in _known(site, one, at + place)
        ],
        field_value: [found for one in people for found in _fields(site, one)],
        fact: [
            {
                "site": site, "id": f"f{one.id}", "customer": one.id, "text": "likes tea",
                "author": "u-ann", "created_at": START, "expires_at": None,
            }
            for one in people[::10]
        ],
    }  # fmt: skip
    for table, found in tables.items():
        for start in range(0, len(found), ROWS_AT_ONCE):
            async with database.write() as connection:
                await connection.execute(insert(table), found[start : start + ROWS_AT_ONCE])


def _customer(site: SiteId, one: Messy, at: Instant) -> dict[str, object]:
    return {
        "site": site, "id": one.id, "name": one.name, "folded": fold(one.name or ""),
        "language": one.language, "created_at": at, "updated_at": at,
    }  # fmt: skip


def _known(site: SiteId, one: Messy, at: Instant) -> list[dict[str, object]]:
    found = [("email", value, "matched") for value in one.emails]
    found += [("phone", value, "matched") for value in one.phones]
    found += [] if one.login is None else [("login", one.login, "verified")]
    found += [] if one.external is None else [("external", one.external, "claimed")]
    return [
        {
            "site": site, "kind": kind, "value": value, "customer": one.id,
            "verification": sure, "source": "bench", "created_at": at,
        }
        for kind, value, sure in found
    ]  # fmt: skip


def _fields(site: SiteId, one: Messy) -> list[dict[str, object]]:
    given = ((ADDRESS, one.address), (POSTCODE, one.postcode), (BORN, one.born))
    return [
        {
            "site": site, "customer": one.id, "field": name, "value": value, "at": START,
            "by": "u-ann",
        }
        for name, value in given
        if value is not None
    ]  # fmt: skip


async def judged(
    database: Database, site: SiteId, people: Sequence[Messy]
) -> Mapping[str, float | int]:
    """How right the merges are, by pairs of records that are one person now."""
    async with database.read() as connection:
        query = select(customer.c.id, customer.c.merged_into).where(customer.c.site == site)
        root = {one["id"]: one["merged_into"] or one["id"] for one in await rows(connection, query)}
    persons = Counter(one.person for one in people)
    found = Counter(root[one.id] for one in people)
    both = Counter((root[one.id], one.person) for one in people)
    right, joined, true = _pairs(both), _pairs(found), _pairs(persons)
    logins: dict[str, set[str]] = {}
    for one in people:
        if one.login is not None:
            logins.setdefault(root[one.id], set()).add(one.login)
    return {
        "precision": round(right / max(1, joined), 5),
        "recall": round(right / max(1, true), 5),
        "merged_verified_apart": sum(len(some) * (len(some) - 1) // 2 for some in logins.values()),
        "merged_pairs": joined,
        "true_pairs": true,
    }


def _pairs(counts: Mapping[Any, int]) -> int:
    return sum(many * (many - 1) // 2 for many in counts.values())


async def dump(database: Database, site: SiteId = SITE) -> Dump:
    """Every row of customers, identifiers and facts."""
    found: dict[str, set[tuple[object, ...]]] = {}
    async with database.read() as connection:
        for name, table in _TABLES.items():
            some = await connection.execute(select(table).where(table.c.site == site))
            found[name] = {tuple(one) for one in some}
    return found


async def _taken_back(database: Database, before: Dump, undone: int) -> bool:
    """Undo merges, then whether every record they touched is as it was, and no other moved.

    Whole families of merges are undone, the last first, until there are so many.
    """
    standing = await dump(database)
    async with database.read() as connection:
        query = select(merge).where(merge.c.site == SITE).order_by(merge.c.number.desc())
        made = await rows(connection, query)
    async with database.read() as connection:
        query = select(customer.c.id, customer.c.merged_into).where(customer.c.site == SITE)
        root = {one["id"]: one["merged_into"] or one["id"] for one in await rows(connection, query)}
    people = {root[one["into"]] for one in made[:undone]}
    # A person counts with all their merges, wherever those stand in the order.
    chosen = [one["id"] for one in made if root[one["into"]] in people]
    clock = _Clock()
    for id_ in chosen:
        async with database.write() as connection:
            await undo(connection, SITE, id_, now=clock.now(), by=None, conversations=Belonging())
    touched = {id_ for id_, top in root.items() if top in people}
    after = await dump(database)
    return len(chosen) >= undone and all(
        _of(after[name], name, touched) == _of(before[name], name, touched)
        and after[name] - _of(after[name], name, touched)
        == standing[name] - _of(standing[name], name, touched)
        for name in _TABLES
    )


def _of(found: set[tuple[object, ...]], name: str, ids: Collection[str]) -> set[tuple[object, ...]]:
    """The rows of some people."""
    table = _TABLES[name]
    place = list(table.c).index(table.c["id" if name == "customer" else "customer"])
    return {one for one in found if one[place] in ids}
