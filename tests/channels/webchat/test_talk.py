"""A chat over real sockets and real HTTP: what is said once is heard once, on every tab."""

from uuid import uuid4

from tests.contracts.house import ANNA, SITE, House, bearer, new, until, who
from warmline.channels.webchat.tables import ever_visited
from warmline.conversations import writes
from warmline.conversations.model import Author, Said
from warmline.core import commands as c
from warmline.core import events as e
from warmline.core.words import InteractionId, MessageId
from warmline.ports import Signal


async def test_a_whole_chat_from_hello_to_rating(house: House):
    interaction, token = await house.begin(name="Eva", text="Where is my order?")
    async with house.tab(token) as page:
        hello = await page.next("hello")
        assert hello["interaction"] == interaction
        assert (hello["phase"], hello["position"], hello["ended"]) == ("queued", 1, False)
        assert [m["text"] for m in hello["messages"]] == ["Where is my order?"]
        await house.comes()
        await house.takes(interaction)
        state = await page.next("state", phase="connected")
        assert state["agent"] == {"name": "Anna"}
        message = await house.writes(interaction, "One moment")
        shown = await page.message("One moment")
        assert (shown["author"], shown["name"], shown["id"]) == ("agent", "Anna", message)
        assert (await page.next("receipt"))["state"] == "delivered"
        await page.send(type="read", message=message)
        assert (await page.next("receipt", message=message))["state"] == "read"
        mine = str(uuid4())
        await page.send(type="send", id=mine, text="Thank you")
        assert (await page.message("Thank you"))["id"] == mine
        await house.reads(interaction, mine)
        assert (await page.next("receipt", message=mine))["state"] == "read"
        await house.ends(interaction)
        assert (await page.next("ended"))["by"] == "agent"
    rating = {"score": 5, "comment": "Quick"}
    answer = await house.http.post("/api/v1/chat/rating", json=rating, headers=bearer(token))
    assert answer.status_code == 204
    again = await house.http.post("/api/v1/chat/rating", json=rating, headers=bearer(token))
    assert again.status_code == 204
    other = await house.http.post("/api/v1/chat/rating", json={"score": 1}, headers=bearer(token))
    assert (other.status_code, other.json()["code"]) == (409, "rated")
    assert len(await house.log(e.Rated)) == 1


async def test_a_repeated_send_is_heard_once(house: House):
    _, token = await house.begin()
    mine = str(uuid4())
    async with house.tab(token) as page:
        await page.next("hello")
        for _ in range(3):
            await page.send(type="send", id=mine, text="Hello")
        for _ in range(3):
            assert (await page.message("Hello"))["id"] == mine
    answer = await house.http.post(
        "/api/v1/chat/messages", json={"id": mine, "text": "Hello"}, headers=bearer(token)
    )
    assert answer.json()["message"]["id"] == mine
    assert len(await house.log(e.MessageReceived)) == 1


async def test_both_tabs_see_everything(house: House):
    interaction, token = await house.begin()
    async with house.tab(token) as one, house.tab(token) as two:
        await one.next("hello")
        await two.next("hello")
        await one.send(type="send", id=str(uuid4()), text="From the first")
        assert (await two.message("From the first"))["author"] == "customer"
        await one.message("From the first")
        await house.comes()
        await house.takes(interaction)
        await house.writes(interaction, "To both")
        assert (await one.message("To both"))["seq"] == (await two.message("To both"))["seq"]


async def test_a_reload_goes_on_after_what_was_seen(house: House):
    interaction, token = await house.begin(text="One")
    await house.comes()
    await house.takes(interaction)
    async with house.tab(token) as page:
        seen = (await page.next("hello"))["last_seq"]
    await house.writes(interaction, "Two")
    async with house.tab(token, after=seen) as page:
        hello = await page.next("hello")
        assert [m["text"] for m in hello["messages"]] == ["Two"]
        assert (await page.next("receipt"))["state"] == "delivered"


async def test_a_restart_of_the_server_loses_nothing(house: House):
    interaction, token = await house.begin(text="One")
    await house.comes()
    await house.takes(interaction)
    await house.writes(interaction, "Two")
    await house.restart()
    await house.reconcile()
    async with house.tab(token) as page:
        hello = await page.next("hello")
        assert [m["text"] for m in hello["messages"]] == ["One", "Two"]
        assert (hello["phase"], hello["interaction"]) == ("connected", interaction)
        await page.send(type="send", id=str(uuid4()), text="Three")
        assert (await page.message("Three"))["seq"] == 3


async def test_typing_goes_both_ways(house: House):
    interaction, token = await house.begin()
    async with house.tab(token) as page:
        await page.next("hello")
        await page.send(type="typing", on=True)
        await until("the signal", lambda: house.seen)
        signal = house.seen[0]
        assert (signal.name, signal.interaction) == ("typing", interaction)
        assert signal.facts == {"party": "customer", "on": True}
        ours = {"party": "agent", "on": True}
        house.signals.send(Signal(name="typing", interaction=signal.interaction, facts=ours))
        assert (await page.next("typing"))["on"] is True


async def test_the_place_in_the_line_is_true_and_told_when_it_changes(house: House):
    first, _ = await house.begin()
    await house.begin()
    _, token = await house.begin()
    async with house.tab(token) as page:
        hello = await page.next("hello")
        assert (hello["position"], hello["expected"]) == (3, None)
        await house.comes()
        await house.takes(first)
        assert (await page.next("state"))["position"] <= 2


async def test_closing_the_last_page_is_leaving_and_opening_one_is_coming_back(house: House):
    interaction, token = await house.begin()

    def gone() -> bool:
        return house.open(interaction).customer_gone_since is not None

    assert not gone(), "a customer by HTTP alone never leaves"
    async with house.tab(token) as one:
        await one.next("hello")
        async with house.tab(token) as two:
            await two.next("hello")
    await until("the leaving", gone)
    async with house.tab(token) as page:
        await page.next("hello")
        await until("the return", lambda: not gone())
    await until("the second leaving", gone)
    assert len(await house.log(e.CustomerLeft)) == 2
    assert len(await house.log(e.CustomerReturned)) == 1


async def test_who_had_a_page_open_has_left_when_it_does_not_come_back_after_a_restart(
    house: House,
):
    with_page, token = await house.begin()
    by_http, _ = await house.begin()
    async with house.tab(token) as page:
        await page.next("hello")
        await until("the visit", lambda: house.webchat.tabs.somebody_at(InteractionId(with_page)))
        # The first errand of the page is done: its visit is on record.
        await house.http.get("/api/v1/chat/messages", headers=bearer(token))
        await until("the record", lambda: visited(house, with_page))
        await house.stop()
    await house.start()
    already = house.open(with_page).customer_gone_since
    await house.reconcile()
    await until("the leaving", lambda: house.open(with_page).customer_gone_since is not None)
    assert house.open(by_http).customer_gone_since is None
    assert already is None or already > 0


async def visited(house: House, interaction: str) -> bool:
    async with house.database.read() as connection:
        return bool(await ever_visited(connection, SITE, [InteractionId(interaction)]))


async def test_words_after_the_end_begin_a_new_interaction_with_the_same_token(house: House):
    first, token = await house.begin(text="One")
    await house.comes()
    await house.takes(first)
    await house.ends(first)
    await house.caught_up()
    async with house.tab(token) as page:
        hello = await page.next("hello")
        assert hello["ended"] is True
        said = {"id": str(uuid4()), "text": "One thing more"}
        answers = [
            await house.http.post("/api/v1/chat/messages", json=said, headers=bearer(token))
            for _ in range(2)
        ]
        body = answers[0].json()
        assert (answers[0].status_code, body["follows"]) == (201, first)
        assert answers[1].json() == body
        shown = await page.message("One thing more")
        assert shown["seq"] > hello["last_seq"]
        await house.takes(body["interaction"])
        state = await page.next("state", phase="connected")
        assert state["interaction"] == body["interaction"]
        await house.writes(body["interaction"], "Gladly")
        await page.message("Gladly")
    async with house.tab(token) as page:
        hello = await page.next("hello")
        assert [m["text"] for m in hello["messages"]] == ["One", "One thing more", "Gladly"]
    arrived = await house.log(e.Arrived)
    assert [event.follows for event in arrived] == [None, first]
    assert arrived[1].preferred == "anna"


async def test_two_tabs_that_write_after_the_end_begin_one_new_interaction(house: House):
    first, token = await house.begin(text="One")
    async with house.tab(token) as one, house.tab(token) as two:
        await one.next("hello")
        await two.next("hello")
        await one.send(type="end")
        await two.next("ended")
        await one.send(type="send", id=str(uuid4()), text="From one")
        await two.send(type="send", id=str(uuid4()), text="From two")
        await one.message("From one")
        await one.message("From two")
    arrived = await house.log(e.Arrived)
    assert [event.follows for event in arrived] == [None, first]


async def test_the_customer_ends_it_twice_and_it_is_ended_once(house: House):
    interaction, token = await house.begin()
    await house.comes()
    await house.takes(interaction)
    async with house.tab(token) as one, house.tab(token) as two:
        await one.next("hello")
        await two.next("hello")
        await one.send(type="end")
        assert (await two.next("ended"))["by"] == "customer"
    answer = await house.http.post("/api/v1/chat/end", headers=bearer(token))
    assert answer.json() == {"interaction": interaction, "ended": True}
    assert len(await house.log(e.Ended)) == 1


async def test_who_ends_it_while_waiting_has_abandoned_it(house: House):
    interaction, token = await house.begin()
    async with house.tab(token) as page:
        await page.next("hello")
        await page.send(type="end")
        assert (await page.next("ended"))["by"] == "customer"
    assert house.open(interaction) is None
    assert [event.cause for event in await house.log(e.Abandoned)] == ["customer"]


async def test_polling_alone_is_enough_for_a_whole_chat(house: House):
    interaction, token = await house.begin(text="One")
    await house.comes()
    await house.takes(interaction)
    message = await house.writes(interaction, "Two")
    answer = await house.http.get("/api/v1/chat/messages?after=1", headers=bearer(token))
    body = answer.json()
    assert [m["text"] for m in body["messages"]] == ["Two"]
    assert (body["phase"], body["agent"], body["last_seq"]) == ("connected", {"name": "Anna"}, 2)

    async def delivered() -> bool:
        return any(found.message == message for found in await house.log(e.MessageDelivered))

    await until("the delivery", delivered)


async def test_an_internal_note_never_reaches_the_customer(house: House):
    interaction, token = await house.begin(text="One")
    await house.comes()
    await house.takes(interaction)
    note = MessageId(str(uuid4()))
    said = Said(
        id=note,
        interaction=InteractionId(interaction),
        at=house.clock.now(),
        author=Author.NOTE,
        text="A difficult one",
    )
    async with house.tab(token) as page:
        await page.next("hello")
        await house.give(
            c.AddNote(id=new(), by=who(ANNA), interaction=InteractionId(interaction), note=note),
            *writes.noted(SITE, said),
        )
        await house.writes(interaction, "Let me see")
        await page.message("Let me see")
        assert "A difficult one" not in str(page.frames)
    answer = await house.http.get("/api/v1/chat/messages", headers=bearer(token))
    assert "A difficult one" not in answer.text
    assert len(answer.json()["messages"]) == 2
