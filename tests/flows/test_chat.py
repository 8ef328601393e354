"""A flow before a chat: the menu is messages, what is typed are the answers, then somebody comes."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest

from tests.contracts.house import SITE, House, bearer, open_house, until
from tests.flows.house import ADA, Fitted
from warmline.channels.flow_erasure import FlowTraces
from warmline.core import events as e
from warmline.core.words import CustomerId, InteractionId, Phase
from warmline.ports import Person

MENU = """
flow: desk
media: [chat]
inboxes: [chat, late]
start: hello
fallback: anybody
steps:
  hello:
    say: {en: Welcome.}
    next: what
  what:
    menu: {en: What is it about?}
    sorry: {en: Please choose.}
    retries: 1
    choices:
      1: {label: {en: An order}, next: number}
      2: {label: {en: Goodbye}, next: bye}
    otherwise: anybody
  number:
    collect: order
    words: {en: Its number?}
    least: 4
    next: orders
    otherwise: anybody
  orders:
    queue: orders
    reason: orders
    words: {en: "I call somebody about {order}."}
  anybody:
    queue: by reason
  bye:
    hang_up: {en: Goodbye.}
"""


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path / "data") as house:
        yield house


@pytest.fixture
async def flows(house: House) -> Fitted:
    fitted = Fitted(house)
    await fitted.publish("desk", MENU)
    return fitted


def phase(house: House, interaction: str) -> Phase | None:
    found = house.open(interaction)
    return found.phase if found is not None else None


async def test_a_chat_goes_through_its_menu_into_the_queue_that_was_chosen(
    house: House, flows: Fitted
):
    interaction, token = await house.begin(name="Eva", text="Hello?")
    async with house.tab(token) as page:
        await page.next("hello")
        shown = await page.message("Welcome.\n\nWhat is it about?\n1. An order\n2. Goodbye")
        assert shown["author"] == "system"
        assert phase(house, interaction) is Phase.TREATING
        await page.send(type="send", id=str(uuid4()), text="what?")
        await page.message("Please choose.\n\nWhat is it about?\n1. An order\n2. Goodbye")
        await page.send(type="send", id=str(uuid4()), text="An order")
        await page.message("Its number?")
        await page.send(type="send", id=str(uuid4()), text="12 34")
        await page.message("I call somebody about 1234.")
        await until("the queue", lambda: phase(house, interaction) is Phase.QUEUED)
        found = house.open(interaction)
        assert (found.queue, found.reason) == ("orders", "orders")
        await house.comes()
        await house.takes(interaction)
        await page.next("state", phase="connected")
        await house.writes(interaction, "Here I am")
        await page.message("Here I am")
    run = await flows.runs.get(InteractionId(interaction))
    assert run is not None
    assert (run.end, run.place.attributes["order"]) == ("orders", "1234")
    [queued] = await house.log(e.Queued)
    assert (queued.cause, queued.reason) == ("flow", "orders")


async def test_a_flow_can_end_the_chat(house: House, flows: Fitted):
    interaction, token = await house.begin()
    async with house.tab(token) as page:
        await page.next("hello")
        await page.message("Welcome.\n\nWhat is it about?\n1. An order\n2. Goodbye")
        await page.send(type="send", id=str(uuid4()), text="2")
        await page.message("Goodbye.")
        assert (await page.next("ended"))["by"] == "system"
    assert phase(house, interaction) in {None, Phase.ABANDONED}
    [over] = await house.log(e.Abandoned)
    assert over.cause == "flow"


async def test_the_http_door_answers_a_menu_as_well(house: House, flows: Fitted):
    interaction, token = await house.begin()

    async def asked() -> bool:
        answer = await house.http.get("/api/v1/chat/messages", headers=bearer(token))
        return "What is it about?" in answer.text

    await until("the menu", asked)
    body = {"id": str(uuid4()), "text": "9"}
    for _ in range(2):
        await house.http.post("/api/v1/chat/messages", json=body, headers=bearer(token))
    run = await until("a try", lambda: tried(flows, interaction))
    assert run.place.tries == 1


async def tried(flows: Fitted, interaction: str):
    run = await flows.runs.get(InteractionId(interaction))
    return run if run is not None and run.place.tries else None


async def test_a_restart_goes_on_where_the_customer_was_and_asks_nothing_twice(
    house: House, flows: Fitted
):
    interaction, token = await house.begin()
    async with house.tab(token) as page:
        await page.message("Welcome.\n\nWhat is it about?\n1. An order\n2. Goodbye")
        await page.send(type="send", id=str(uuid4()), text="1")
        await page.message("Its number?")
    await house.caught_up()
    house.come_back_ms = 60_000
    await house.restart()
    flows.fit()
    await house.reconcile()
    async with house.tab(token) as page:
        await page.next("hello")
        await page.send(type="send", id=str(uuid4()), text="1234")
        await page.message("I call somebody about 1234.")
        await until("the queue", lambda: phase(house, interaction) is Phase.QUEUED)
    answer = await house.http.get("/api/v1/chat/messages", headers=bearer(token))
    assert answer.text.count("Its number?") == 1


async def test_a_queue_that_is_closed_by_then_says_so_and_it_is_over(house: House, flows: Fitted):
    answer = await house.http.post("/api/v1/chat", json={"inbox": "late"})
    interaction, token = answer.json()["interaction"], answer.json()["token"]
    async with house.tab(token) as page:
        await page.message("Welcome.\n\nWhat is it about?\n1. An order\n2. Goodbye")
        await page.send(type="send", id=str(uuid4()), text="3")
        await page.message("Please choose.\n\nWhat is it about?\n1. An order\n2. Goodbye")
        await page.send(type="send", id=str(uuid4()), text="3")
        await page.next("ended")
    assert phase(house, interaction) in {None, Phase.ABANDONED}
    [over] = await house.log(e.Abandoned)
    assert over.cause == "closed"


async def test_who_leaves_during_the_menu_has_left_the_flow(house: House, flows: Fitted):
    interaction, token = await house.begin()
    async with house.tab(token) as page:
        await page.message("Welcome.\n\nWhat is it about?\n1. An order\n2. Goodbye")
        await house.http.post("/api/v1/chat/end", headers=bearer(token))
        await page.next("ended")

    async def left() -> bool:
        run = await flows.runs.get(InteractionId(interaction))
        return run is not None and run.end == "left"

    await until("the run's end", left)


async def test_without_a_flow_in_force_a_chat_is_queued_at_once(house: House, flows: Fitted):
    await flows.versions.stop(ADA, "desk")
    interaction, _ = await house.begin()
    assert phase(house, interaction) is Phase.QUEUED


async def test_what_was_keyed_in_is_told_and_erased_with_the_person(house: House, flows: Fitted):
    interaction, token = await house.begin(name="Eva", email="eva@mail.example")
    async with house.tab(token) as page:
        await page.message("Welcome.\n\nWhat is it about?\n1. An order\n2. Goodbye")
        await page.send(type="send", id=str(uuid4()), text="1")
        await page.message("Its number?")
        await page.send(type="send", id=str(uuid4()), text="987654")
        await page.message("I call somebody about 987654.")
    await until("the queue", lambda: phase(house, interaction) is Phase.QUEUED)
    traces, found = FlowTraces(SITE), house.open(interaction)
    assert found.customer is not None
    eva, other = Person(ids=[found.customer]), Person(ids=[CustomerId("somebody-else")])
    async with house.database.write() as connection:
        assert await traces.count(connection, eva) == {"flow_runs": 1}
        assert await traces.count(connection, other) == {"flow_runs": 0}
        [told] = (await traces.tell(connection, eva))["flow_runs"]
        assert "987654" in str(told["place"])
        await traces.erase(connection, other, 0)
        assert await traces.count(connection, eva) == {"flow_runs": 1}
        await traces.erase(connection, eva, 0)
        assert await traces.count(connection, eva) == {"flow_runs": 0}
    assert all("987654" not in str(event) for event in await house.log())
