"""The single writer: durable before visible, once for each command, whatever fails on the way."""

import asyncio

import pytest
from sqlalchemy import event as hooks
from sqlalchemy import func, insert, select, text

from tests.contracts.stores import journal_of
from tests.core.worlds import agent_actor
from tests.engine.site import CHAT, Site, names, words
from warmline.core import commands as c
from warmline.core.words import CHANNEL, AgentId, InteractionId, Malformed, Presence, Rejected
from warmline.engine.codec import encode_center
from warmline.engine.recovery import recover
from warmline.ports import Busy, Unavailable, Write, WriteRefused
from warmline.storage.journal import DatabaseJournal


async def test_an_answer_holds_the_events_and_they_are_in_the_log(site):
    await site.available("ann")
    answer = await site.chat("i1")
    assert names(answer) == ["Arrived", "MessageReceived", "Queued", "Offered"]
    assert not answer.repeated
    assert tuple((await site.log())[-4:]) == answer.events
    assert site.engine.position() == answer.events[-1].position
    assert InteractionId("i1") in site.engine.center().interactions


async def test_a_repeated_command_gets_its_first_answer(site):
    first = await site.chat("i1", id_="once")
    again = await site.chat("i1", id_="once")
    assert again.repeated
    assert again.events == first.events
    assert len(site.engine.center().interactions) == 1


async def test_a_command_given_twice_at_once_is_done_once(site):
    answers = await asyncio.gather(*(site.chat("i1", id_="once") for _ in range(5)))
    assert [answer.repeated for answer in answers] == [False, True, True, True, True]
    assert all(answer.events == answers[0].events for answer in answers)


async def test_first_answers_survive_a_restart_also_refusals(site):
    first = await site.chat("i1", id_="once")
    with pytest.raises(Rejected) as refused:
        await site.chat("i1", id_="not-again")
    await site.restart()
    again = await site.chat("i1", id_="once")
    assert (again.repeated, again.events) == (True, first.events)
    with pytest.raises(Rejected) as refused_again:
        await site.chat("i2", id_="not-again")
    assert (refused_again.value.code, refused_again.value.detail) == (
        refused.value.code,
        refused.value.detail,
    )


async def test_an_answer_older_than_memory_is_found_by_the_journal(site):
    first = await site.chat("i1", id_="old")
    site.engine._answers._by_command.clear()
    old, new = await asyncio.gather(site.chat("i9", id_="old"), site.chat("i2", id_="new"))
    assert (old.repeated, old.events) == (True, first.events)
    assert not new.repeated
    assert set(site.engine.center().interactions) == {"i1", "i2"}


async def test_malformed_is_not_remembered(site):
    with pytest.raises(Malformed):
        await site.do(c.Rate, id_="x", by=CHANNEL, interaction=InteractionId("i1"), score=9)
    assert await site.journal.answer("x") is None
    with pytest.raises(Malformed):
        await site.do(c.Tick, id_="y" * 129)


async def test_what_waits_becomes_durable_together(site):
    groups = []
    site.engine.subscribe(lambda recorded: groups.append(len(recorded)))
    await asyncio.gather(*(site.chat(f"i{number}") for number in range(100)))
    assert sum(groups) == 300
    assert len(groups) < 10


async def test_nothing_is_seen_before_it_is_durable(database):
    class Watched(DatabaseJournal):
        seen = ()

        async def append(self, batch, *, after):
            self.seen = (site.engine.position(), len(site.engine.center().interactions))
            await super().append(batch, after=after)

    site = Site(database)
    watched = Watched(database, journal_of(database)._site, journal_of(database)._codec)
    await site.start(watched)
    await site.furnish()
    before = site.engine.position()
    await site.chat("i1")
    assert watched.seen == (before, 0)
    await site.engine.stop()


async def test_rows_travel_with_their_command_and_not_with_a_refused_one(site):
    await site.chat("i1", Write(statement=insert(words).values(id="said")))
    with pytest.raises(Rejected):
        await site.chat("i1", Write(statement=insert(words).values(id="not said")))
    async with site.database.read() as connection:
        assert list(await connection.scalars(select(words.c.id))) == ["said"]


async def test_rows_the_database_refuses_spoil_only_their_own_command(site):
    same = Write(statement=insert(words).values(id="same"))
    results = await asyncio.gather(
        site.chat("i1", same), site.chat("i2", same), site.chat("i3"), return_exceptions=True
    )
    assert [type(result) for result in results[1:]] == [WriteRefused, type(results[0])]
    assert set(site.engine.center().interactions) == {"i1", "i3"}
    await same_as_replayed(site)


async def same_as_replayed(site):
    recovered = await recover(site.journal)
    assert encode_center(recovered.center) == encode_center(site.engine.center())
    assert recovered.position == site.engine.position()


async def test_a_full_disk_refuses_and_afterwards_the_work_goes_on(site):
    await site.chat("i1")
    full = True

    def keep_full(connection, _record, _proxy):
        pages = connection.cursor()
        pages.execute(f"PRAGMA max_page_count = {1 if full else 1_000_000}")
        pages.close()

    hooks.listen(site.database.engine.sync_engine, "checkout", keep_full)
    words_of_a_novel = Write(
        statement=insert(words), rows=[{"id": f"{number:040}"} for number in range(3000)]
    )
    with pytest.raises(Unavailable):
        await site.chat("i2", words_of_a_novel, id_="again")
    assert set(site.engine.center().interactions) == {"i1"}
    full = False
    answer = await site.chat("i2", words_of_a_novel, id_="again")
    assert not answer.repeated
    async with site.database.read() as connection:
        assert await connection.scalar(select(func.count()).select_from(words)) == 3000
    await same_as_replayed(site)


class Broken(DatabaseJournal):
    """A journal whose connection breaks in the middle of the appends named in `breaks`."""

    breaks = ""

    async def append(self, batch, *, after):
        breaks, self.breaks = self.breaks, ""
        if breaks == "before":
            raise Unavailable("the connection broke")
        await super().append(batch, after=after)
        if breaks == "after":
            raise Unavailable("the connection broke")


@pytest.fixture
async def broken(site):
    journal = Broken(site.database, site.journal._site, site.journal._codec)
    await site.restart(journal)
    return journal


async def test_an_append_that_failed_is_forgotten(site, broken):
    broken.breaks = "before"
    with pytest.raises(Unavailable):
        await site.chat("i1", id_="once")
    assert not site.engine.center().interactions
    assert not (await site.chat("i1", id_="once")).repeated
    await same_as_replayed(site)


async def test_an_append_whose_outcome_is_unknown_is_looked_up(site, broken):
    told = []
    site.engine.subscribe(told.extend)
    broken.breaks = "after"
    answer = await site.chat("i1", id_="once")
    assert names(answer) == ["Arrived", "MessageReceived", "Queued"]
    assert tuple(told) == answer.events, "told once"
    assert (await site.chat("i1", id_="once")).events == answer.events
    await same_as_replayed(site)


async def test_a_second_writer_is_noticed_and_its_events_are_taken_over(site):
    other = Site(site.database)
    await other.start()
    await other.chat("theirs")
    await site.chat("ours")
    assert set(site.engine.center().interactions) == {"theirs", "ours"}
    await same_as_replayed(site)
    await other.engine.stop()


async def test_a_broken_invariant_costs_one_command(site):
    await site.available("ann")
    await site.chat("i1")
    # The writer's own state is damaged as a bug would: an offer to an agent who does not exist.
    site.engine._ahead.interactions[InteractionId("i1")].offer.agent = AgentId("nobody")
    results = await asyncio.gather(
        site.chat("i2"),
        site.do(c.HangUp, by=CHANNEL, interaction=InteractionId("i1")),
        site.chat("i3"),
        return_exceptions=True,
    )
    assert isinstance(results[1], Unavailable)
    assert isinstance(results[1].__cause__, KeyError)
    assert set(site.engine.center().interactions) == {"i1", "i2", "i3"}
    await site.do(c.HangUp, by=CHANNEL, interaction=InteractionId("i1"))
    await same_as_replayed(site)


async def test_a_receiver_that_raises_stops_nobody(site):
    told = []

    def mistaken(_):
        raise ZeroDivisionError

    site.engine.subscribe(mistaken)
    site.engine.subscribe(told.extend)
    await site.chat("i1")
    await site.chat("i2")
    assert len(told) == 6


async def test_a_crowded_inbox_refuses_arrivals_but_no_one_elses_work(database):
    site = Site(database, inbox_limit=10)
    await site.start()
    await site.furnish()
    await site.available("ann")
    await site.chat("i0")
    offer = site.offer("i0")
    accept = site.command(
        c.Accept, by=agent_actor("ann"), interaction=InteractionId("i0"), offer=offer.id
    )
    arrivals = [asyncio.create_task(site.chat(f"i{number}")) for number in range(1, 21)]
    accepting = asyncio.create_task(site.engine.submit(accept))
    results = await asyncio.gather(*arrivals, return_exceptions=True)
    assert [type(result) for result in results].count(Busy) == 12
    assert all(result.retry_after_s > 0 for result in results if isinstance(result, Busy))
    assert names(await accepting)[0] == "Accepted"
    await site.engine.stop()


async def test_what_is_not_an_arrival_waits_for_room(database):
    site = Site(database, inbox_limit=3)
    await site.start()
    await site.furnish()
    by = agent_actor("ann")
    presences = [Presence.AVAILABLE, Presence.BREAK] * 10
    answers = await asyncio.gather(
        *(site.do(c.SetPresence, by=by, agent=AgentId("ann"), presence=p) for p in presences)
    )
    assert [len(answer.events) for answer in answers] == [1] * 20
    await site.engine.stop()


async def test_time_passes_without_anybody_asking(site):
    await site.available("ann")
    await site.chat("i1")
    await site.accept("i1")
    await site.do(c.End, by=agent_actor("ann"), interaction=InteractionId("i1"))
    await site.until(lambda: not site.engine.center().interactions)
    last = (await site.log())[-1].event
    assert (type(last).__name__, last.automatic) == ("WrappedUp", True)


async def test_what_fell_due_while_down_happens_after_the_start(site):
    await site.available("ann")
    await site.chat("i1")
    await site.accept("i1")
    await site.do(c.End, by=agent_actor("ann"), interaction=InteractionId("i1"))
    await site.restart()
    await site.until(lambda: not site.engine.center().interactions)


async def test_a_snapshot_and_what_followed_is_the_whole_log(database):
    site = Site(database, snapshot_events=20)
    await site.start()
    await site.furnish()
    for number in range(30):
        await site.chat(f"i{number}")
    await site.engine._snapshots._saving if site.engine._snapshots._saving else None
    with_snapshot = await recover(site.journal)
    assert 0 < with_snapshot.snapshot < with_snapshot.position
    async with database.write() as connection:
        await connection.execute(text("delete from snapshot"))
    without = await recover(site.journal)
    assert without.snapshot == 0
    assert encode_center(without.center) == encode_center(with_snapshot.center)
    assert encode_center(without.center) == encode_center(site.engine.center())
    await site.engine.stop()


async def test_a_snapshot_of_another_version_is_passed_over(site):
    await site.chat("i1")
    await site.journal.save_snapshot(site.engine.position(), b'{"version":999,"rest":"unknown"}')
    recovered = await recover(site.journal)
    assert recovered.snapshot == 0
    assert encode_center(recovered.center) == encode_center(site.engine.center())


async def test_a_stopped_engine_says_so(site):
    await site.engine.stop()
    with pytest.raises(Unavailable):
        await site.do(c.HangUp, by=CHANNEL, interaction=InteractionId(CHAT))
    await site.start()
