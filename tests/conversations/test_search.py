"""Searching what was said: whose words are found, in which order, and that none are left behind."""

import pytest
from sqlalchemy import func, insert, select, text, update
from sqlalchemy.dialects import postgresql

from tests.conversations.house import PEOPLE, SITE, House
from warmline.conversations import search, search_routes, writes
from warmline.conversations.filling import Filling
from warmline.conversations.model import Author, Said
from warmline.conversations.tables import conversation, entry, fill, message
from warmline.core import commands as c
from warmline.core.words import HOUR, CustomerId, MessageId
from warmline.storage import stems


async def found(house: House, who: str, q: str, **query) -> dict:
    async with house.browser(who) as asking:
        answer = await asking.get("/search", params={"q": q, **query})
    assert answer.status_code == 200, answer.text
    return answer.json()


def texts(answer: dict) -> list[str]:
    return [one["snippet"] for one in answer["found"]]


async def test_messages_with_every_word_are_found_newest_first_with_the_words_marked(house: House):
    first = await house.arrive(text="Where is my red lamp?")
    house.clock.on(1_000)
    await house.says(first, "The lamps were red, not blue.")
    await house.arrive(text="A red hat")
    answer = await found(house, "sue", "lamp red")
    assert texts(answer) == ["The lamps were red, not blue.", "Where is my red lamp?"]
    hit = answer["found"][0]
    marked = [hit["snippet"][begins:ends] for begins, ends in hit["marks"]]
    assert marked == ["lamps", "red"]
    assert hit["conversation"]["interaction"] == first
    assert (answer["next"], answer["complete"]) == (None, True)


async def test_words_are_found_in_the_moment_they_are_said(house: House):
    # Nothing is waited for: the entry is written by the transaction that writes the message.
    await house.arrive(text="Заказ не пришёл")
    assert texts(await found(house, "sue", "заказы")) == ["Заказ не пришёл"]


async def test_an_agent_finds_only_what_they_may_read(house: House):
    await house.available("ann")
    mine = await house.arrive(customer=CustomerId("jan"), text="needle in my conversation")
    await house.accept(mine)
    await house.finish(mine)
    later = await house.arrive(customer=CustomerId("jan"), text="needle of my customer")
    await house.do(c.HangUp, interaction=later)
    await house.settled()
    await house.available("bob")
    await house.do(c.SetPresence, by=PEOPLE["ann"], agent="ann", presence="offline")
    others = await house.arrive(customer=CustomerId("ewa"), text="needle of somebody else")
    await house.accept(others, "bob")
    await house.settled()
    assert texts(await found(house, "ann", "needle")) == [
        "needle of my customer", "needle in my conversation",
    ]  # fmt: skip
    assert len(texts(await found(house, "sue", "needle"))) == 3
    async with house.browser("ada") as ada:
        assert (await ada.get("/search?q=needle")).status_code == 403


async def test_a_search_is_narrowed_and_paged(house: House):
    talk = await house.arrive(text="page 0")
    for number in range(1, 5):
        house.clock.on(1_000)
        await house.says(talk, f"page {number}")
    note = Said(
        id=MessageId("n1"), interaction=talk, at=house.clock.now(), author=Author.NOTE,
        text="page of a note", user=PEOPLE["ann"].user,
    )  # fmt: skip
    async with house.database.write() as connection:
        for write in writes.noted(SITE, note):
            await connection.execute(write.statement, write.rows)
    await house.settled()
    assert texts(await found(house, "sue", "page", kind="note")) == ["page of a note"]
    assert len(texts(await found(house, "sue", "page", kind="said"))) == 5
    pages, before = [], None
    while True:
        more = {} if before is None else {"before": before}
        answer = await found(house, "sue", "page", kind="said", limit=2, **more)
        pages.append(texts(answer))
        before = answer["next"]
        if before is None:
            break
    assert pages == [["page 4", "page 3"], ["page 2", "page 1"], ["page 0"]]
    begun = house.clock.now() - 4_000
    narrowed = await found(
        house, "sue", "page", kind="said", **{"from": begun, "to": begun + 2_000}
    )
    assert texts(narrowed) == ["page 1", "page 0"]
    assert texts(await found(house, "sue", "page", medium="email")) == []
    assert texts(await found(house, "sue", "page", queue="shop", kind="note")) == ["page of a note"]


async def test_the_best_come_first_when_asked(house: House):
    await house.arrive(text="rare")
    house.clock.on(1_000)
    await house.arrive(text="rare among many other words that say something else about it all")
    assert texts(await found(house, "sue", "rare", order="best"))[0] == "rare"
    assert texts(await found(house, "sue", "rare"))[0] != "rare"


async def test_looking_stops_after_so_many_and_goes_on_from_there(house: House, monkeypatch):
    monkeypatch.setattr(search_routes, "LOOK", 3)
    await house.available("ann")
    mine = await house.arrive(customer=CustomerId("jan"), text="needle of mine")
    await house.accept(mine)
    await house.do(c.SetPresence, by=PEOPLE["ann"], agent="ann", presence="offline")
    for number in range(5):
        house.clock.on(1_000)
        await house.arrive(text=f"needle {number}")
    await house.settled()
    first = await found(house, "ann", "needle")
    assert (texts(first), first["next"] is None) == ([], False)
    second = await found(house, "ann", "needle", before=first["next"])
    assert texts(second) == ["needle of mine"]


@pytest.mark.parametrize("query", [{"q": "?!"}, {"q": "a", "before": "x"}, {"q": ""}, {}])
async def test_what_cannot_be_looked_for_is_said(house: House, query):
    async with house.browser("sue") as sue:
        assert (await sue.get("/search", params=query)).status_code == 400


async def test_words_taken_out_are_in_no_page_of_the_index(house: House):
    talk = await house.arrive(text="zebrafinch and others")
    async with house.database.write() as connection:
        assert await search.forget(connection, SITE, talk) == 1
        await search.compact(connection)
    assert texts(await found(house, "sue", "zebrafinch")) == []
    async with house.database.write() as connection:  # for the check, which is an INSERT
        check = "INSERT INTO search_index (search_index, rank) VALUES ('integrity-check', 1)"
        await connection.exec_driver_sql(check)
        pages = await connection.execute(text("SELECT block FROM search_index_data"))
        assert not any(b"zebrafinch" in block for (block,) in pages)


async def test_a_message_said_twice_is_found_once_and_many_of_one_moment_all(house: House):
    talk = await house.arrive(text="twins")
    rows = [
        search.row_of(SITE, MessageId(f"t{n}"), talk, at=house.clock.now(), text="twins")
        for n in range(40)
    ]
    async with house.database.write() as connection:
        for _ in range(2):
            await connection.execute(search.ADD, [one for one in rows if one is not None])
        many = await connection.scalar(select(func.count()).select_from(entry))
    assert many == 41


async def test_what_was_said_before_the_index_is_put_into_it(house: House):
    talk = await house.arrive(text="older than the index")
    await house.arrive(text="newer")
    async with house.database.write() as connection:
        await search.forget(connection, SITE, talk)
        await connection.execute(insert(fill).values(site=SITE, after="", texts=0))
    answer = await found(house, "sue", "older")
    assert (texts(answer), answer["complete"]) == ([], False)
    filling = Filling(house.database, SITE, house.clock)
    while await filling.step():
        pass
    answer = await found(house, "sue", "older")
    assert (texts(answer), answer["complete"]) == (["older than the index"], True)
    async with house.database.read() as connection:
        assert await connection.scalar(select(func.count()).select_from(entry)) == 2


async def test_what_was_taken_back_is_not_found(house: House):
    talk = await house.arrive(text="sorry")
    async with house.database.write() as connection:
        await connection.execute(
            update(message).where(message.c.interaction == talk).values(state="unsent")
        )
    assert texts(await found(house, "sue", "sorry")) == []


def test_the_same_statement_is_said_in_the_words_of_postgresql():
    asked = stems.wanted("red shoes")
    query = search.newest(asked, since=HOUR, below=5)
    said = str(query.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True}))
    assert (
        "search_index.words @@ to_tsquery('simple', '(''red'') & (''shoe'' | ''shoes'')')" in said
    )
    assert "ORDER BY search_index.rowid DESC" in said
    has_it = search.matching(SITE, "red")
    assert has_it is not None
    both = select(conversation).where(has_it)
    assert "to_tsquery" in str(both.compile(dialect=postgresql.dialect()))


def test_a_snippet_begins_near_the_word_and_says_that_it_is_a_piece():
    long = "word " * 80 + "needle " + "word " * 80
    piece, marks = stems.snippet(long, stems.wanted("needle"))
    assert piece.startswith("…word")
    assert piece.endswith("…")
    assert [piece[a:b] for a, b in marks] == ["needle"]
    assert stems.snippet("nothing", stems.wanted("needle")) == ("nothing", ())
