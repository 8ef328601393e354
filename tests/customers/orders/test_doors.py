"""What a shop's programs and screens say and see of orders."""

from typing import Any

from sqlalchemy import select

from tests.customers.orders.conftest import Shop
from warmline.core.words import Role, SiteId
from warmline.customers.orders.book import OrderBook
from warmline.customers.orders.model import Order, OrderEventKind
from warmline.customers.orders.queries import story_page
from warmline.customers.orders.tables import order_event
from warmline.customers.tables import customer, identifier
from warmline.security.api_keys import PER_MINUTE
from warmline.security.tables import api_key

ORDER: dict[str, Any] = {
    "customer": "7",
    "at": 1_770_000_000_000,
    "total_minor": 1250,
    "currency": "PLN",
}


async def new_key(shop: Shop, *scopes: str) -> dict[str, Any]:
    answer = await shop.boss.post("/api-keys", json={"name": "Shop", "scopes": list(scopes)})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_a_program_with_a_key_writes_orders_and_no_more_than_its_scopes(shop: Shop):
    made = await new_key(shop, "orders:write")
    program = shop.program(made["key"])
    first = await program.put("/orders/A-1", json=ORDER)
    again = await program.put("/orders/A-1", json=ORDER)
    changed = await program.put("/orders/A-1", json=ORDER | {"status": "shipped"})
    kept = await program.put("/orders/A-1", json=ORDER)
    assert [one.json()["outcome"] for one in (first, again, changed, kept)] == [
        "new", "same", "changed", "same",
    ]  # fmt: skip
    assert (await program.get("/orders/A-1")).status_code == 403
    assert (await program.put("/customers/7", json={"name": "X"})).status_code == 403
    assert (await program.get("/users")).status_code == 403, "no other route knows keys"
    listed = (await shop.boss.get("/api-keys")).json()["keys"]
    assert listed[0]["begins"] == made["key"][:10]
    assert listed[0]["used_at"] is not None
    assert "key" not in listed[0]
    stored = await shop.rows(select(api_key))
    assert made["key"] not in str(stored)


async def test_a_revoked_key_a_wrong_key_and_no_key_open_nothing(shop: Shop):
    made = await new_key(shop, "orders:write")
    program = shop.program(made["key"])
    assert (await program.put("/orders/1", json=ORDER)).status_code == 200
    assert (await shop.boss.delete(f"/api-keys/{made['id']}")).status_code == 204
    assert (await shop.boss.delete(f"/api-keys/{made['id']}")).status_code == 404
    assert (await program.put("/orders/1", json=ORDER)).status_code == 401
    assert (await shop.program("wlk_wrong").put("/orders/1", json=ORDER)).status_code == 401
    assert (await shop.program().put("/orders/1", json=ORDER)).status_code == 401


async def test_a_key_that_asks_too_often_is_told_to_wait(shop: Shop):
    made = await new_key(shop, "read:orders")
    program = shop.program(made["key"])
    keys = shop.wired.security.keys
    for _ in range(PER_MINUTE - 2):
        keys._rate.take(made["id"])
    answers = [await program.get("/orders/none") for _ in range(3)]
    assert [one.status_code for one in answers] == [404, 404, 429]
    assert int(answers[-1].headers["retry-after"]) > 0


async def test_a_page_of_another_site_cannot_use_a_session_without_its_token(shop: Shop):
    plain = shop.program()
    plain.cookies = shop.boss.cookies
    assert (await plain.put("/orders/1", json=ORDER)).status_code == 403


async def test_a_batch_says_of_each_row_what_became_of_it(shop: Shop):
    rows = [
        {"id": "1", **ORDER},
        {"id": "2", **ORDER, "currency": "XXQ"},
        {"id": "3", **ORDER, "total_minor": -1},
        {"id": "1", **ORDER, "units": 2},
        {"id": 4},
        {"id": "5", **ORDER, "surprise": 1},
    ]
    answer = (await shop.boss.post("/orders/batch", json={"orders": rows})).json()
    assert [one["outcome"] for one in answer["results"]] == [
        "new", "wrong", "wrong", "changed", "wrong", "wrong",
    ]  # fmt: skip
    assert answer["results"][1]["error"]["code"] == "no_currency"
    assert answer["results"][2]["error"]["field"] == "total_minor"
    assert answer["counts"] == {"new": 1, "changed": 1, "same": 0, "wrong": 4}
    many = {"orders": [{"id": str(n), **ORDER} for n in range(1001)]}
    assert (await shop.boss.post("/orders/batch", json=many)).status_code == 400


async def test_a_customer_from_outside_is_one_however_often_they_are_told(shop: Shop):
    made = await new_key(shop, "customers:write")
    program = shop.program(made["key"])
    body = {"name": "Nina Wolf", "phone": "501 234 567", "language": "pl"}
    first = (await program.put("/customers/77", json=body)).json()
    again = (await program.put("/customers/77", json=body)).json()
    more = (await program.put("/customers/77", json={"email": "Nina@Shop.example"})).json()
    assert [one["outcome"] for one in (first, again, more)] == ["new", "same", "changed"]
    assert first["customer"] == again["customer"] == more["customer"]
    bad = await program.put("/customers/77", json={"email": "nobody"})
    assert bad.json()["errors"][0]["code"] == "no_email"
    batch = [{"id": "77", "name": "Nina Fox"}, {"id": "78", "phone": "x"}, {"id": "79"}]
    answer = (await program.post("/customers/batch", json={"customers": batch})).json()
    assert [one["outcome"] for one in answer["results"]] == ["changed", "wrong", "new"]
    people = await shop.rows(select(customer).order_by(customer.c.created_at))
    assert [one["name"] for one in people] == ["Nina Fox", None]
    known = await shop.rows(select(identifier).where(identifier.c.kind == "email"))
    assert [one["value"] for one in known] == ["nina@shop.example"]


async def test_what_happened_to_an_order_is_written_down_once_and_shown_with_it(shop: Shop):
    await shop.boss.put("/orders/A-1", json=ORDER | {"promised_at": ORDER["at"] + 1})
    await shop.boss.put("/orders/A-2", json=ORDER | {"at": ORDER["at"] + 5, "status": "cancelled"})
    late = {"kind": "late", "at": 1_770_000_100_000}
    first = await shop.boss.post("/orders/A-1/events", json=late)
    again = await shop.boss.post("/orders/A-1/events", json=late)
    assert [one.json()["outcome"] for one in (first, again)] == ["new", "same"]
    assert (await shop.boss.post("/orders/none/events", json=late)).status_code == 404
    assert len(await shop.rows(select(order_event))) == 1
    [known] = await shop.rows(select(customer))
    made = await new_key(shop, "read:orders")
    url = f"/customers/{known['id']}/orders"
    answer = (await shop.program(made["key"]).get(url)).json()
    assert [(one["id"], one["late"]) for one in answer["orders"]] == [("A-2", False), ("A-1", True)]
    assert [one["kind"] for one in answer["orders"][1]["events"]] == ["late"]
    [total] = answer["totals"]
    assert (total["orders"], total["total_minor"]) == (2, 1250), "a cancelled order brings nothing"
    lead = await shop.person("lead", Role.SUPERVISOR)
    page = (await lead.get(f"{url}?limit=1")).json()
    rest = (await lead.get(f"{url}?limit=1&before={page['next']}")).json()
    assert [one["id"] for one in page["orders"] + rest["orders"]] == ["A-2", "A-1"]
    agent = await shop.person("agent", Role.AGENT)
    assert (await agent.get(url)).status_code == 404, "never theirs"
    assert (await lead.get("/customers/nobody/orders")).status_code == 404


async def test_a_merge_moves_no_order_and_the_same_file_changes_nothing(shop: Shop):
    await shop.boss.put("/orders/A-1", json=ORDER)
    await shop.boss.put("/customers/8", json={"name": "Eight"})
    people = {one["name"]: one["id"] for one in await shop.rows(select(customer))}
    database = shop.wired.security.keys.database
    async with database.write() as connection:
        await connection.execute(
            customer.update()
            .where(customer.c.id == people[None])
            .values(merged_into=people["Eight"])
        )
        await connection.execute(
            identifier.update()
            .where(identifier.c.customer == people[None])
            .values(customer=people["Eight"])
        )
    assert (await shop.boss.put("/orders/A-1", json=ORDER)).json()["outcome"] == "same"


async def test_who_listens_is_told_whose_orders_changed_and_the_story_has_them(shop: Shop):
    database = shop.wired.security.keys.database
    site = SiteId("main")
    book = OrderBook(database, site, shop.wired.clock)
    told: list[Any] = []

    async def listener(customers: Any) -> None:
        told.append(customers)

    book.listen(listener)
    orders = [
        Order(id=f"A-{n}", customer="7", at=1_000 + n, total_minor=5, currency="PLN")
        for n in range(5)
    ]
    await book.keep(orders, source="api")
    await book.keep(orders, source="api")
    [known] = await shop.rows(select(customer.c.id))
    assert told == [{known["id"]}], "nothing changed the second time"
    found = await book.one("A-2")
    assert found is not None
    await book.happened(found, OrderEventKind.LATE, at=1_003, id_=None)
    await book.happened(found, OrderEventKind.LATE, at=1_003, id_=None)
    assert told[1:] == [[known["id"]]]

    pages: list[Any] = []
    before: str | None = None
    async with database.read() as connection:
        while True:
            page, before = await story_page(connection, site, [known["id"]], before=before, limit=2)
            pages += page
            if before is None:
                break
    assert [(one["kind"], one["order"], one["event"]) for one in pages] == [
        ("order", "A-4", None),
        ("order_event", "A-2", "late"),
        ("order", "A-3", None),
        ("order", "A-2", None),
        ("order", "A-1", None),
        ("order", "A-0", None),
    ]
