import pytest

from tests.conversations.house import House
from warmline.desk.model import fill

REPLY = {
    "shortcut": "/hello",
    "title": "Greeting",
    "text": "Hello {{customer.name}}, this is {{ agent.name }}.",
    "language": "en",
    "queues": ["shop"],
}


async def test_a_reply_is_written_read_changed_and_removed_and_the_audit_tells(house: House):
    async with house.browser("sue") as sue, house.browser("ann") as ann:
        made = await sue.post("/canned", json=REPLY)
        assert made.status_code == 201, made.text
        id_ = made.json()["id"]
        read = (await ann.get("/canned")).json()["replies"]
        assert [(one["shortcut"], one["queues"]) for one in read] == [("hello", ["shop"])]
        changed = await sue.put(f"/canned/{id_}", json={**REPLY, "title": "Welcome"})
        assert changed.json()["title"] == "Welcome"
        assert (await sue.delete(f"/canned/{id_}")).status_code == 204
        assert (await sue.delete(f"/canned/{id_}")).status_code == 404
        assert (await ann.get("/canned")).json()["replies"] == []
    async with house.database.read() as connection:
        told = (
            await connection.exec_driver_sql("SELECT action, fields FROM audit ORDER BY id")
        ).all()
    assert sorted(row[0] for row in told) == ["changed", "created", "removed"]


async def test_who_answers_customers_reads_and_does_not_write(house: House):
    async with house.browser("ann") as ann, house.browser("ada") as ada:
        assert (await ann.post("/canned", json=REPLY)).status_code == 403
        made = await ada.post("/canned", json=REPLY)
        assert made.status_code == 201
        assert (await ann.put(f"/canned/{made.json()['id']}", json=REPLY)).status_code == 403
        assert (await ann.delete(f"/canned/{made.json()['id']}")).status_code == 403


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"shortcut": "two words"}, "shortcut"),
        ({"text": "Hi {{customer.password}}"}, "text"),
        ({"text": "   "}, "text"),
        ({"language": "russian!"}, "language"),
        ({"queues": ["moon"]}, "queues"),
        ({"colour": "red"}, "colour"),
        ({"title": "x" * 121}, "title"),
    ],
)
async def test_a_reply_that_cannot_be_used_is_refused(house: House, change, field):
    async with house.browser("sue") as sue:
        answer = await sue.post("/canned", json={**REPLY, **change})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == field


async def test_a_shortcut_is_taken_within_its_language(house: House):
    async with house.browser("sue") as sue:
        first = (await sue.post("/canned", json=REPLY)).json()
        assert (await sue.post("/canned", json=REPLY)).json()["code"] == "shortcut_taken"
        assert (await sue.post("/canned", json={**REPLY, "language": "pl"})).status_code == 201
        assert (await sue.put(f"/canned/{first['id']}", json=REPLY)).status_code == 200


def test_variables_are_filled_and_what_is_unknown_leaves_no_hole():
    assert fill("Hello {{customer.name}}!", {"customer.name": "Anna"}) == "Hello Anna!"
    assert fill("Hello {{customer.name}}!", {}) == "Hello!"
    assert fill("{{customer.name}} hello", {}) == "hello"
