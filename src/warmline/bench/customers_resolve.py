"""How long it takes to say who comes in, in a center that knows a great many."""

import random
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

from warmline.config import Settings
from warmline.core.words import SiteId, Verification
from warmline.customers.directory import Directory
from warmline.customers.model import Claim, IdentifierKind
from warmline.engine.clock import WallClock
from warmline.storage.database import FILE, open_database
from warmline.storage.migrate import migrate

SITE = SiteId("main")
SEED = 20_260_609
TRIES = 4_000
WARM_UP = 200
AT = 1_781_000_000_000
SHARED_EVERY = 20
"""Every so many people share the telephone of the one before."""
_Row: TypeAlias = tuple[object, ...]


async def measure(folder: Path, *, customers: int) -> Mapping[str, object]:
    """The time to recognise a mail, a call, a family's telephone and a signed login.

    Those whom the center knows; somebody new is a write, and waits for the disk like one.
    """
    database = open_database(Settings(data=folder))
    await migrate(database)
    await database.close()
    _fill(folder / FILE, customers)
    database = open_database(Settings(data=folder))
    directory = Directory(database, SITE, WallClock())
    chance = random.Random(SEED)
    took: list[float] = []
    undecided = 0
    for one in range(TRIES + WARM_UP):
        claims = _comes(chance, customers)
        begun = time.perf_counter()
        found = await directory.resolve(claims, source="bench")
        if one >= WARM_UP:
            took.append(time.perf_counter() - begun)
            undecided += bool(found.candidates)
        assert found.candidates or not found.is_new, "somebody known was taken for somebody new"
    await database.close()
    took.sort()
    return {
        "customers": customers,
        "resolve_p50_ms": _at(took, 0.50),
        "resolve_p99_ms": _at(took, 0.99),
        "resolve_undecided": undecided / TRIES,
    }


def _at(took: Sequence[float], share: float) -> float:
    return round(1_000 * took[int(share * (len(took) - 1))], 3)


def _comes(chance: random.Random, customers: int) -> Sequence[Claim]:
    """What somebody comes with: an address, a number, or a signed login with its address."""
    who = chance.randrange(customers)
    match chance.randrange(4):
        case 0:
            return [_claim(IdentifierKind.PHONE, _phone(who), Verification.MATCHED)]
        case 1:
            return [
                _claim(IdentifierKind.LOGIN, f"user{who}", Verification.VERIFIED),
                _claim(IdentifierKind.EMAIL, _email(who), Verification.VERIFIED),
            ]
        case _:
            return [_claim(IdentifierKind.EMAIL, _email(who), Verification.MATCHED)]


def _claim(kind: IdentifierKind, value: str, level: Verification) -> Claim:
    return Claim(kind=kind, value=value, verification=level)


def _email(who: int) -> str:
    return f"person{who}@mail{who % 97}.example"


def _phone(who: int) -> str:
    return f"+48{500_000_000 + who - (who % SHARED_EVERY == 1)}"


def _fill(file: Path, customers: int) -> None:
    """So many customers, each with a login, an address and a number."""
    connection = sqlite3.connect(file)
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("PRAGMA cache_size = -200000")
    with connection:
        connection.executemany(
            "INSERT INTO customer (site, id, name, folded, language, created_at, updated_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                (SITE, f"c{who:08}", f"Person {who}", f"person {who}", "pl", AT, AT)
                for who in range(customers)
            ),
        )
        connection.executemany(
            "INSERT INTO identifier (site, kind, value, customer, verification, method, source,"
            " created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            _identifiers(customers),
        )
    connection.execute("ANALYZE")
    connection.commit()
    connection.close()


def _identifiers(customers: int) -> Iterator[_Row]:
    for kind, value, level in (
        ("email", _email, "verified"),
        ("login", "user{}".format, "verified"),
        ("phone", _phone, "matched"),
    ):
        for who in range(customers):
            yield SITE, kind, value(who), f"c{who:08}", level, "import", "bench", AT
