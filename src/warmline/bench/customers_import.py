"""The part of `warmline bench customers` that measures import."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from pathlib import Path

from sqlalchemy import func, select

from warmline.config import Settings
from warmline.core.words import SiteId
from warmline.customers.importing.files import Files
from warmline.customers.importing.model import Kind, Reading
from warmline.customers.importing.run import Run
from warmline.customers.importing.worker import Worker
from warmline.customers.orders.tables import order
from warmline.storage.blobs import open_blobs
from warmline.storage.database import Database, open_database
from warmline.storage.migrate import migrate
from warmline.storage.schema import cursor
from warmline.storage.upsert import upsert

SITE = SiteId("main")
SEED = 7
ORDERS_PER_CUSTOMER = 5
ROWS_AT_ONCE = 20_000
BESIDE_EVERY_S = 0.05
MAPPING = {
    "id": "order", "customer": "customer", "at": "date", "total": "total", "currency": "currency",
    "status": "status",
}  # fmt: skip


async def measure(folder: Path, *, orders: int) -> Mapping[str, object]:
    """The figures; `folder` is an empty data folder to use.

    Orders a second from the file to the database, as an import does it, and how long small writes
    of the center itself take meanwhile.
    """
    settings = Settings(data=folder, import_limit_bytes=1 << 30)
    database = open_database(settings)
    try:
        await migrate(database)
        files = Files(open_blobs(settings), limit_bytes=settings.import_limit_bytes)
        pieces: list[str] = []
        file = await files.take(_file(orders), pieces)
        run = Run(
            site=SITE,
            job="bench",
            kind=Kind.ORDERS,
            bytes=file.size,
            pieces=pieces,
            reading=Reading(),
            mapping=MAPPING,
            dry=False,
            limit_bytes=settings.import_limit_bytes,
        )
        took: list[float] = []
        beside = asyncio.create_task(_beside(database, took))
        begun = time.perf_counter()
        ended = await Worker(settings, run).run()
        took_s = time.perf_counter() - begun
        beside.cancel()
        with suppress(asyncio.CancelledError):
            await beside
        async with database.read() as connection:
            kept = await connection.scalar(select(func.count()).select_from(order))
        assert ended.finished, ended
        assert kept == orders, "every row is an order of its own"
    finally:
        await database.close()
    took.sort()
    return {
        "import_orders_per_s": round(orders / took_s),
        "import_orders": orders,
        "import_s": round(took_s, 1),
        "import_beside_p99_ms": round(1000 * took[int(0.99 * (len(took) - 1))], 1),
    }


async def _file(orders: int) -> AsyncIterator[bytes]:
    """A file as shops write it; most customers come again."""
    chance = random.Random(SEED)
    customers = max(1, orders // ORDERS_PER_CUSTOMER)
    yield b"order,customer,date,total,currency,status\n"
    for start in range(0, orders, ROWS_AT_ONCE):
        lines = [
            f"o-{number},c-{chance.randrange(customers)},2025-{number % 12 + 1:02}-"
            f"{number % 28 + 1:02},{number % 900}.{number % 100:02},PLN,paid\n"
            for number in range(start, min(orders, start + ROWS_AT_ONCE))
        ]
        yield "".join(lines).encode()


async def _beside(database: Database, took: list[float]) -> None:
    """Small writes of the center's own, one after another."""
    number = 0
    while True:
        number += 1
        begun = time.perf_counter()
        async with database.write() as connection:
            place = {"site": SITE, "name": "bench", "position": number}
            await connection.execute(upsert(cursor, place, keys=("site", "name")))
        took.append(time.perf_counter() - begun)
        await asyncio.sleep(BESIDE_EVERY_S)
