"""An import that is cut short, by whatever, goes on where it was; nothing is doubled or lost."""

import asyncio
import multiprocessing
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from tests.customers.orders.conftest import DEADLINE_S, Shop, counts, open_shop
from warmline.customers.orders.tables import order
from warmline.customers.tables import customer

ROWS = 15_000
CUSTOMERS = 400
FILE = "id,customer,date,total\n" + "".join(
    f"o-{n},c-{n % CUSTOMERS},2026-01-{n % 28 + 1:02},{n}.50\n" for n in range(ROWS)
)


async def begun(shop: Shop) -> dict[str, Any]:
    """An import of which some is done and much is not."""
    job = await shop.bring(FILE.encode())
    answer = await shop.boss.post(f"/imports/{job['id']}/run", json={"dry": False})
    assert answer.status_code == 202
    async with asyncio.timeout(DEADLINE_S):
        while True:
            found = (await shop.boss.get(f"/imports/{job['id']}")).json()
            if found["position"] > 0:
                assert found["state"] == "running", "too quick to be cut short: take more rows"
                return found
            await asyncio.sleep(0.01)


async def kept(shop: Shop) -> tuple[int, int, int]:
    many = func.count().label("many")
    orders = await shop.rows(
        select(many, func.sum(order.c.total_minor).label("sum")).select_from(order)
    )
    people = await shop.rows(select(many).select_from(customer))
    return orders[0]["many"], orders[0]["sum"], people[0]["many"]


WHOLE = (ROWS, sum(100 * n + 50 for n in range(ROWS)), CUSTOMERS)


async def test_a_killed_process_leaves_whole_chunks_and_the_next_run_goes_on(shop: Shop):
    job = await begun(shop)
    [worker] = [one for one in multiprocessing.active_children() if one.name == "import"]
    worker.kill()
    failed = await shop.over(job)
    assert (failed["state"], 0 < failed["position"] < ROWS) == ("failed", True)
    assert (await kept(shop))[0] == failed["position"] == failed["new"]
    done = await shop.run(job)
    assert (done["state"], counts(done)) == ("done", (ROWS, 0, 0, 0))
    assert await kept(shop) == WHOLE


async def test_a_restarted_center_goes_on_by_itself(tmp_path: Path):
    async with open_shop(tmp_path / "data") as shop:
        job = await begun(shop)
    async with open_shop(tmp_path / "data") as shop:
        done = await shop.over(job)
        assert (done["state"], counts(done)) == ("done", (ROWS, 0, 0, 0))
        assert await kept(shop) == WHOLE


async def test_a_cancelled_import_keeps_what_it_took_and_goes_on_when_asked(shop: Shop):
    job = await begun(shop)
    busy = await shop.boss.delete(f"/imports/{job['id']}")
    assert (busy.status_code, busy.json()["code"]) == (409, "import_runs")
    assert (await shop.boss.post(f"/imports/{job['id']}/cancel", json={})).status_code == 202
    cancelled = await shop.over(job)
    assert (cancelled["state"], cancelled["position"] < ROWS) == ("cancelled", True)
    assert counts(await shop.run(job)) == (ROWS, 0, 0, 0)
    assert await kept(shop) == WHOLE
