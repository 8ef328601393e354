from zoneinfo import ZoneInfo

import pytest

from tests.conversations.house import PEOPLE, SITE, House
from warmline.core import commands as c
from warmline.core.words import AgentId, InteractionId, Presence, QueueId
from warmline.insight import fold, tables
from warmline.insight.floor import interval, today
from warmline.insight.metrics import METRICS, NOW_METRICS, OCCUPANCY, definitions
from warmline.storage.rows import rows

SECOND = 1_000


async def a_morning(house: House) -> dict[str, InteractionId]:
    """Three are answered (one late), two give up (one late), one is handed on, two wait."""
    found: dict[str, InteractionId] = {}
    house.clock.on(60 * SECOND)
    found["early leaver"] = await house.arrive()
    house.clock.on(5 * SECOND)
    await house.do(c.HangUp, interaction=found["early leaver"])
    found["late leaver"] = await house.arrive()
    house.clock.on(25 * SECOND)
    await house.do(c.HangUp, interaction=found["late leaver"])
    found["late"] = await house.arrive()
    house.clock.on(30 * SECOND)
    await house.available("ann")
    await house.accept(found["late"])
    house.clock.on(60 * SECOND)
    await house.do(c.End, by=PEOPLE["ann"], interaction=found["late"])
    house.clock.on(10 * SECOND)
    await house.do(c.WrapUp, by=PEOPLE["ann"], interaction=found["late"], disposition="solved")
    await house.do(c.Rate, interaction=found["late"], score=2)
    for name in ("quick", "moved"):
        found[name] = await house.arrive()
        house.clock.on(3 * SECOND)
        await house.accept(found[name])
    await house.available("bob")
    await house.do(
        c.Transfer, by=PEOPLE["ann"], interaction=found["moved"], to_queue=QueueId("repairs")
    )
    await house.accept(found["moved"], "bob")
    house.clock.on(20 * SECOND)
    await house.finish(found["quick"])
    await house.do(c.Rate, interaction=found["quick"], score=5)
    for who in ("ann", "bob"):
        await house.do(c.SetPresence, by=PEOPLE[who], agent=AgentId(who), presence=Presence.BREAK)
    for _ in range(2):
        house.clock.on(7 * SECOND)
        await house.arrive()
    await house.settled()
    return found


async def test_the_floor_counts_what_happened(house: House):
    await a_morning(house)
    async with house.browser("sue") as sue:
        floor = (await sue.get("/floor")).json()
    shop, repairs = floor["queues"]
    expected = {
        "queue": "shop",
        "waiting": 2,
        "longest_wait_ms": 7 * SECOND,
        "in_hand": 0,
        "offered": 7,
        "answered": 3,
        "abandoned": 2,
        "service_level_pct": 50.0,
        "abandoned_pct": 40.0,
        "answer_ms": 12 * SECOND,
        "longest_answer_ms": 30 * SECOND,
        "rating": 3.5,
    }
    assert {name: shop[name] for name in expected} == expected
    assert shop["interval"]["answered"] == 3
    assert (repairs["offered"], repairs["answered"], repairs["in_hand"]) == (1, 1, 1)
    assert repairs["answer_ms"] == 0
    assert floor["center"]["answered"] == 4
    assert floor["center"][OCCUPANCY] is not None


@pytest.mark.parametrize("queue", ["shop", "repairs", None])
async def test_the_rows_behind_a_number_are_exactly_its_number(house: House, queue):
    await a_morning(house)
    async with house.browser("sue") as sue:
        floor = (await sue.get("/floor")).json()
        shown = next((one for one in floor["queues"] if one["queue"] == queue), floor["center"])
        for key in ("offered", "answered", "abandoned"):
            behind = await all_rows(sue, key, queue)
            assert len(behind) == shown[key], key
        for key in ("service_level_pct", "abandoned_pct"):
            behind = await all_rows(sue, key, queue)
            share = 100 * sum(one["counts"] for one in behind) / len(behind)
            assert share == pytest.approx(shown[key], abs=0.05), key
        for key, column in (
            ("answer_ms", "wait_ms"),
            ("rating", "rating"),
            ("handle_ms", "handle_ms"),
        ):
            behind = [one[column] for one in await all_rows(sue, key, queue)]
            mean = sum(behind) / len(behind) if behind else None
            assert mean == pytest.approx(shown[key], abs=0.51), key
        longest = max(one["wait_ms"] for one in await all_rows(sue, "longest_answer_ms", queue))
        assert longest == shown["longest_answer_ms"]


async def all_rows(browser, measure: str, queue: str | None):
    found, after = [], None
    while True:
        asked = {"measure": measure, "limit": 2}
        asked |= {"queue": queue} if queue else {}
        asked |= {"after": after} if after else {}
        page = (await browser.get("/floor/rows", params=asked)).json()
        found += page["rows"]
        after = page["next"]
        if after is None:
            return found


async def test_the_rows_behind_what_is_now_are_those_that_wait(house: House):
    await a_morning(house)
    async with house.browser("sue") as sue:
        for measure in NOW_METRICS:
            got = (await sue.get(f"/floor/rows?measure={measure}&queue=shop")).json()
            if measure == "longest_wait_ms":
                assert got["value"] == got["rows"][0]["wait_ms"] == 7 * SECOND
            else:
                assert len(got["rows"]) == got["value"]
        occupied = (await sue.get(f"/floor/rows?measure={OCCUPANCY}")).json()
    busy = sum(length(one, occupied) for one in occupied["rows"] if one["counts"])
    whole = sum(length(one, occupied) for one in occupied["rows"])
    assert occupied["value"] == pytest.approx(100 * busy / whole, abs=0.05)


async def test_the_spans_behind_occupancy_come_in_pages(house: House):
    await a_morning(house)
    async with house.browser("sue") as sue:
        whole = (await sue.get(f"/floor/rows?measure={OCCUPANCY}")).json()
        paged = await all_rows(sue, OCCUPANCY, None)
        lost = await sue.get(f"/floor/rows?measure={OCCUPANCY}&after=now")
    assert len(paged) > 2
    assert paged == whole["rows"]
    assert (whole["next"], lost.json()["errors"][0]["field"]) == (None, "after")


def length(span, window) -> int:
    ended = min(span["ended_at"] or window["to"], window["to"])
    return ended - max(span["started_at"], window["from"])


async def test_a_period_can_be_named(house: House):
    await a_morning(house)
    now = house.clock.now()
    async with house.browser("sue") as sue:
        url = "/floor/rows?measure=answered"
        earlier = (await sue.get(f"{url}&from=0&to=1000")).json()
        assert (earlier["value"], earlier["rows"]) == (0, [])
        backwards = await sue.get(f"{url}&from={now}&to={now - 5}")
        assert (backwards.status_code, backwards.json()["errors"][0]["field"]) == (400, "to")
        unknown = await sue.get("/floor/rows?measure=happiness")
        assert unknown.json()["errors"][0]["field"] == "measure"


async def test_the_floor_is_for_supervisors(house: House):
    async with house.browser("ann") as ann:
        for url in ("/floor", "/floor/rows?measure=answered"):
            assert (await ann.get(url)).status_code == 403
        measures = (await ann.get("/measures")).json()["measures"]
    assert {one["key"] for one in measures} == {*METRICS, *NOW_METRICS, OCCUPANCY}


def test_every_definition_speaks_three_languages():
    for one in definitions():
        for texts in (one["names"], one["formulas"]):
            assert set(texts) == {"en", "ru", "pl"}
            assert len(set(texts.values())) == 3


async def facts(house: House) -> dict[str, list[dict[str, object]]]:
    async with house.database.read() as connection:
        found = {}
        for table in (*tables.FACTS, tables.progress):
            query = table.select().order_by(*table.primary_key.columns)
            found[table.name] = [dict(one) for one in await rows(connection, query)]
    return found


async def test_a_replay_makes_the_same_facts_whatever_was_there(house: House):
    await a_morning(house)
    live = await facts(house)
    async with house.database.write() as connection:
        await connection.execute(tables.visit.update().values(answered_at=5, rating=1))
        await connection.execute(tables.decision.delete())
    assert await facts(house) != live
    assert await house.insight.rebuild(house.journal) == house.engine.position()
    assert await facts(house) == live


async def test_a_corrected_definition_rebuilds_history(house: House, monkeypatch):
    await a_morning(house)
    async with house.browser("sue") as sue:
        assert (await sue.get("/floor")).json()["center"]["answer_ms"] > 0

        def since_queued(self, contact, event, before=fold.Facts._queued):
            before(self, contact, event)
            self.visits[contact.interaction][-1].since = event.at - 1_000

        monkeypatch.setattr(fold.Facts, "_queued", since_queued)
        before = (await sue.get("/floor")).json()["center"]["answer_ms"]
        await house.insight.rebuild(house.journal)
        assert (await sue.get("/floor")).json()["center"]["answer_ms"] == before + 1_000


async def test_events_delivered_again_count_once(house: House):
    await a_morning(house)
    live = await facts(house)
    log = await house.log()
    await house.insight.react(log)
    await house.insight.react(log[len(log) // 2 :])
    assert await facts(house) == live


@pytest.mark.parametrize("size", [1, 3, 7])
async def test_the_size_of_a_batch_changes_no_fact(house: House, size):
    await a_morning(house)
    live = await facts(house)
    log = await house.log()
    async with house.database.write() as connection:
        await tables.forget(connection, SITE)
    for start in range(0, len(log), size):
        await house.insight.react(log[start : start + size])
    assert await facts(house) == live


async def test_a_decision_is_told_to_who_may_see_the_interaction(house: House):
    await house.available("bob")
    await house.available("ann")
    interaction = await house.arrive()
    offer = house.engine.center().interactions[interaction].offer
    assert offer is not None
    asked = offer.agent
    other = "ann" if asked == "bob" else "bob"
    await house.accept(interaction, asked)
    await house.settled()
    async with house.browser(asked) as theirs, house.browser(other) as not_theirs:
        url = f"/interactions/{interaction}/decisions"
        told = (await theirs.get(url)).json()
        assert (await not_theirs.get(url)).status_code == 404
    (decision,) = told["decisions"]
    assert (decision["agent"], decision["outcome"], decision["considered"]) == (
        asked,
        "accepted",
        2,
    )
    assert decision["winner"]["agent"] == asked
    assert [one["agent"] for one in decision["runners_up"]] == [other]
    assert told["names"] == {"ann": "Ann", "bob": "Bob"}


def test_days_and_half_hours_are_those_of_the_zone():
    kathmandu = ZoneInfo("Asia/Kathmandu")  # UTC+5:45
    now = 1_781_000_000_000  # 2026-06-09 10:13:20 UTC is 15:58:20 there
    assert now - interval(now, kathmandu).since == (28 * 60 + 20) * SECOND
    assert now - today(now, kathmandu).since == ((15 * 60 + 58) * 60 + 20) * SECOND


def test_a_day_on_which_the_clocks_change_begins_at_midnight():
    warsaw = ZoneInfo("Europe/Warsaw")
    now = 1_774_785_600_000  # 2026-03-29 12:00 UTC, 14:00 in Warsaw, one hour was left out
    assert now - today(now, warsaw).since == 13 * 3_600 * SECOND


async def test_the_floor_shows_one_medium_and_its_half_hours(house: House):
    await a_morning(house)
    async with house.browser("sue") as sue:
        chats = (await sue.get("/floor", params={"medium": "chat"})).json()
        mails = (await sue.get("/floor", params={"medium": "email"})).json()
        whole = (await sue.get("/floor")).json()
        rows_of_mail = (
            await sue.get("/floor/rows", params={"measure": "offered", "medium": "email"})
        ).json()
    assert chats["queues"] == whole["queues"]
    assert chats["center"]["offered"] == whole["center"]["offered"] > 0
    assert (mails["center"]["offered"], rows_of_mail["rows"]) == (0, [])
    for queue in whole["queues"]:
        judged = [level["service_level_pct"] for level in queue["levels"]]
        assert len(judged) <= 1 or queue["levels"] == sorted(queue["levels"], key=lambda x: x["at"])
        assert all(0 <= level <= 100 for level in judged)
    shop = whole["queues"][0]
    assert shop["levels"][-1]["service_level_pct"] == shop["interval"]["service_level_pct"]
    assert shop["levels"][-1]["at"] == whole["interval"]["from"]
