"""What every journal promises, whatever database it is in."""

import asyncio

import pytest
from sqlalchemy import Column, MetaData, String, Table, Text, insert, select, text

from tests.contracts.stores import STORES, cursors_of, journal_of, opened
from warmline.core import events as e
from warmline.core.words import InteractionId, MessageId
from warmline.ports import Answered, Batch, Conflict, Recorded, Unavailable, Write, WriteRefused
from warmline.storage.journal import APART, OLDER, OLDER_BYTES
from warmline.storage.upsert import upsert

words = Table(
    "words",
    MetaData(),
    Column("id", String(20), primary_key=True),
    Column("text", Text, nullable=False),
)


def received(position: int) -> Recorded:
    return Recorded(
        position=position,
        event=e.MessageReceived(
            at=1000 + position, interaction=InteractionId("i1"), message=MessageId(f"m{position}")
        ),
    )


def events(first: int, last: int) -> Batch:
    return Batch(events=[received(position) for position in range(first, last + 1)])


async def everything(journal, **how):
    how = {"after": 0} | how
    return [recorded async for chunk in journal.read(**how) for recorded in chunk]


@pytest.fixture(params=STORES)
async def database(request, tmp_path):
    async with opened(request.param, tmp_path) as database:
        await database.create(words.metadata)
        yield database


@pytest.fixture
def journal(database):
    return journal_of(database)


async def test_an_empty_log_ends_at_0(journal):
    assert await journal.last() == 0
    assert await everything(journal) == []
    assert await journal.load_snapshot() is None


async def test_gives_back_what_was_appended_in_order(journal):
    await journal.append(events(1, 3), after=0)
    await journal.append(events(4, 5), after=3)
    assert await everything(journal) == [received(position) for position in range(1, 6)]
    assert await everything(journal, after=3) == [received(4), received(5)]
    assert await everything(journal, after=1, limit=2) == [received(2), received(3)]
    assert await journal.last() == 5


@pytest.mark.parametrize("after", [0, 1, 3])
async def test_refuses_a_writer_that_does_not_know_the_end(journal, after):
    await journal.append(events(1, 2), after=0)
    with pytest.raises(Conflict):
        await journal.append(events(after + 1, after + 1), after=after)
    assert await journal.last() == 2


async def test_of_two_writers_at_once_one_wins(database):
    results = await asyncio.gather(
        *(journal_of(database).append(events(1, 2), after=0) for _ in range(5)),
        return_exceptions=True,
    )
    assert sorted(type(result).__name__ for result in results) == ["Conflict"] * 4 + ["NoneType"]
    assert await journal_of(database).last() == 2


async def test_refuses_a_second_answer_to_a_command_and_keeps_nothing_of_that_batch(journal):
    first = Batch(events=[received(1)], answers=[Answered(command="c1", first=1, last=1)], at=5)
    await journal.append(first, after=0)
    with pytest.raises(Conflict):
        await journal.append(
            Batch(events=[received(2)], answers=[Answered(command="c1", first=2, last=2)]), after=1
        )
    assert await journal.last() == 1
    assert await journal.answer("c1") == Answered(command="c1", first=1, last=1)


async def test_remembers_answers_the_newest_last(journal):
    for number in range(1, 4):
        answered = Answered(command=f"c{number}", code="closed", detail="It is closed.")
        await journal.append(Batch(events=(), answers=[answered], at=number), after=0)
    assert [found.command for found in await journal.answers(newest=2)] == ["c2", "c3"]
    assert (await journal.answer("c1")).detail == "It is closed."
    assert await journal.answer("c9") is None


async def test_rows_are_kept_with_their_events(database, journal):
    writes = [
        Write(statement=insert(words).values(id="a", text="Здравствуйте")),
        Write(statement=insert(words), rows=[{"id": "b", "text": "x"}, {"id": "c", "text": "y"}]),
        Write(statement=upsert(words, keys=["id"]), rows=[{"id": "c", "text": "z"}]),
    ]
    await journal.append(Batch(events=[received(1)], writes=writes), after=0)
    async with database.read() as connection:
        rows = (await connection.execute(select(words).order_by(words.c.id))).all()
    assert [tuple(row) for row in rows] == [("a", "Здравствуйте"), ("b", "x"), ("c", "z")]


async def test_a_row_that_is_refused_is_named_and_nothing_is_kept(database, journal):
    writes = [
        Write(statement=insert(words).values(id="a", text="once")),
        Write(statement=insert(words).values(id="a", text="twice")),
    ]
    with pytest.raises(WriteRefused) as refused:
        await journal.append(
            Batch(events=[received(1)], answers=[Answered(command="c1")], writes=writes), after=0
        )
    assert refused.value.index == 1
    assert await journal.last() == 0
    assert await journal.answer("c1") is None
    async with database.read() as connection:
        assert (await connection.execute(select(words))).all() == []


async def test_sites_do_not_see_each_other(database):
    one, other = journal_of(database, "one"), journal_of(database, "other")
    answers = [Answered(command="c1", first=1, last=1)]
    await one.append(Batch(events=[received(1)], answers=answers), after=0)
    await other.append(Batch(events=[received(1)], answers=answers), after=0)
    await other.append(events(2, 2), after=1)
    await one.save_snapshot(1, b"one")
    assert await one.last() == 1
    assert await other.last() == 2
    assert await other.load_snapshot() is None


async def test_keeps_the_newest_snapshot_and_the_one_before(database, journal):
    for position in (10, 20, 30):
        await journal.save_snapshot(position, b"state %d" % position)
    assert await journal.load_snapshot() == (30, b"state 30")
    async with database.read() as connection:
        kept = (await connection.execute(text("select position from snapshot order by 1"))).all()
    assert [row[0] for row in kept] == [20, 30]
    assert await journal.load_snapshot(before=30) == (20, b"state 20")
    assert await journal.load_snapshot(before=20) is None


async def test_keeps_a_few_older_snapshots_far_apart(journal):
    for step in range(1, 20 * OLDER):
        await journal.save_snapshot(step * APART // 10, b"state")
    far = [await journal.load_snapshot(before=place * APART + 1) for place in range(1, 24)]
    found = [(saved[0] if saved else None) for saved in far]
    assert found[:11] == [None] * 11, "the oldest are gone"
    assert found[11:] == [place * APART for place in range(12, 24)]


async def test_of_a_large_state_no_older_snapshots_are_kept(journal):
    large = b"x" * (OLDER_BYTES + 1)
    for place in (1, 2, 3, 4):
        await journal.save_snapshot(place * APART, large)
    assert (await journal.load_snapshot(before=4 * APART))[0] == 3 * APART
    assert await journal.load_snapshot(before=3 * APART) is None


async def test_cursors_are_kept_by_name(database):
    cursors = cursors_of(database)
    await cursors.save({"insight": 3, "channel:email": 5})
    await cursors.save({"insight": 7})
    assert await cursors.load() == {"insight": 7, "channel:email": 5}
    assert await cursors_of(database, "other").load() == {}


async def test_a_large_log_is_read_in_chunks(journal):
    await journal.append(events(1, 12_000), after=0)
    chunks = [len(chunk) async for chunk in journal.read(after=0)]
    assert sum(chunks) == 12_000
    assert len(chunks) > 1


async def test_a_storage_that_fails_says_unavailable(database, journal):
    async with database.write() as connection:
        await connection.execute(text("drop table event"))
    with pytest.raises(Unavailable):
        await journal.append(events(1, 1), after=0)
    with pytest.raises(Unavailable):
        await journal.last()


@pytest.mark.parametrize("change", [None, ["text"], []])
async def test_upsert_inserts_then_changes_what_it_may(database, change):
    for value in ("first", "second"):
        async with database.write() as connection:
            row = {"id": "a", "text": value}
            await connection.execute(upsert(words, row, keys=["id"], change=change))
    async with database.read() as connection:
        found = await connection.scalar(select(words.c.text))
    assert found == ("first" if change == [] else "second")
