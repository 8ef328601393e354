"""The card at the desk: who is offered something, who is not, and what is remembered of it."""

from sqlalchemy import insert

from tests.conversations.house import SITE
from tests.outreach.conftest import Stall, somebody
from warmline.core.words import DAY
from warmline.experience.cases.tables import case
from warmline.experience.mood.tables import interaction_topic, turn_mood
from warmline.security.tables import audit
from warmline.storage.rows import rows


async def test_nothing_is_offered_before_the_problem_is_solved(stall: Stall):
    await stall.offer()
    talk = await stall.talk(await stall.person(somebody(out=False)))
    before = await stall.ask("ann", "GET", f"/interactions/{talk}/offers")
    assert (before["running"], before["solved"], before["offer"]) == (True, False, None)
    assert await stall.shown() == []


async def test_the_offer_comes_with_the_words_in_the_customers_language_and_why(stall: Stall):
    await stall.offer(rule="language = ru")
    talk = await stall.talk(await stall.person(somebody(out=False), language="ru"))
    found = (await stall.solved(talk))["offer"]
    assert found["words"] == "Мы позаботимся."
    assert found["language"] == "ru"
    [why] = found["why"]
    assert (why["field"], why["wanted"], why["found"]) == ("language", "ru", "ru")
    [row] = await stall.shown()
    assert (row["arm"], row["offer"], row["agent"], row["answer"]) == ("shown", "care", "ann", None)


async def test_asked_again_it_says_the_same(stall: Stall):
    await stall.offer()
    talk = await stall.talk(await stall.person(somebody(out=False)))
    first = await stall.solved(talk)
    await stall.offer("newer", value_minor=1_000_000)
    assert await stall.solved(talk) == first
    assert (await stall.ask("ann", "GET", f"/interactions/{talk}/offers")) == first
    assert len(await stall.shown()) == 1


async def test_who_is_held_out_is_remembered_and_offered_nothing(stall: Stall):
    await stall.offer()
    talk = await stall.talk(await stall.person(somebody(out=True)))
    told = await stall.solved(talk)
    assert (told["offer"], told["why_not"]) == (None, "nothing_fits")
    [row] = await stall.shown()
    assert (row["arm"], row["offer"]) == ("held_out", "care")
    body = {"answer": "accepted"}
    await stall.ask("ann", "PUT", f"/interactions/{talk}/offers/{talk}", body, 404)


async def test_accepted_declined_and_later_are_said_in_one_request(stall: Stall):
    await stall.offer()
    talk = await stall.talk(await stall.person(somebody(out=False)))
    path = f"/interactions/{talk}/offers/{(await stall.solved(talk))['offer']['id']}"
    later = await stall.ask("ann", "PUT", path, {"answer": "later", "reason": "no_time"})
    assert (later["offer"]["answer"], later["offer"]["reason"]) == ("later", "no_time")
    await stall.ask("ann", "PUT", path, {"answer": "declined"}, 400)
    await stall.ask("bob", "PUT", path, {"answer": "accepted"}, 404)
    taken = await stall.ask("ann", "PUT", path, {"answer": "accepted"})
    assert (taken["offer"]["answer"], taken["offer"]["reason"]) == ("accepted", None)


async def test_only_the_agent_who_talks_may_ask(stall: Stall):
    await stall.offer()
    talk = await stall.talk(await stall.person(somebody(out=False)))
    await stall.ask("bob", "POST", f"/interactions/{talk}/offers", None, 409)
    await stall.house.finish(talk)
    await stall.solved(talk, 409)


async def test_a_flag_keeps_every_offer_away(stall: Stall):
    await stall.offer()
    for word in ("restricted", "deceased", "objects_profiling", "abusive"):
        who = await stall.person(somebody(out=False, like=word))
        await stall.flag(who, word)
        talk = await stall.talk(who)
        told = await stall.solved(talk)
        assert (told["why_not"], told["detail"]) == ("not_allowed", word)
        await stall.house.finish(talk)
    assert await stall.shown() == []


async def test_without_consent_or_once_it_is_taken_back_nothing_is_offered(stall: Stall):
    await stall.offer()
    silent = await stall.person(somebody(out=False, like="silent"), consents=False)
    told = await stall.solved(await stall.talk(silent))
    assert (told["why_not"], told["detail"]) == ("not_allowed", "no_consent")
    who = await stall.person(somebody(out=False))
    await stall.says(who, given=False)
    told = await stall.solved(await stall.talk(who))
    assert (told["why_not"], told["detail"]) == ("not_allowed", "withdrawn")


async def test_an_unknown_customer_is_offered_nothing(stall: Stall):
    await stall.offer()
    assert (await stall.solved(await stall.talk(None)))["why_not"] == "no_customer"


async def test_nothing_of_the_record_is_told_before_it_is_sure_who_it_is(stall: Stall):
    await stall.offer()
    talk = await stall.talk(await stall.person(somebody(out=False)), sure=False)
    assert (await stall.solved(talk))["why_not"] == "not_sure"
    assert await stall.shown() == []


async def test_after_an_offer_there_is_a_pause_for_both_arms(stall: Stall):
    await stall.offer()
    for who in (somebody(out=False), somebody(out=True)):
        await stall.person(who)
        talk = await stall.talk(who)
        await stall.solved(talk)
        await stall.house.finish(talk)
        await stall.days_pass(29)
        await stall.house.available("ann")
        talk = await stall.talk(who)
        assert (await stall.solved(talk))["why_not"] == "recently"
        await stall.house.finish(talk)
        await stall.days_pass(2)
        await stall.house.available("ann")
        talk = await stall.talk(who)
        assert (await stall.solved(talk))["why_not"] in {None, "nothing_fits"}
        await stall.house.finish(talk)
    assert len(await stall.shown()) == 4


async def test_nothing_is_offered_in_a_complaint_nor_while_a_case_is_open(stall: Stall):
    await stall.offer()
    who = await stall.person(somebody(out=False))
    values = {
        "site": SITE, "id": "c1", "opened_at": 1, "source": "hand", "customer": who, "due_at": 2,
        "state": "open",
    }  # fmt: skip
    async with stall.house.database.write() as connection:
        await connection.execute(insert(case).values(**values))
    assert (await stall.solved(await stall.talk(who)))["why_not"] == "complaint"
    talk = await stall.talk(await stall.person(somebody(out=False, like="cross")))
    values = {
        "site": SITE, "interaction": talk, "topic": "complaint", "share": 0.9, "by": "model",
        "model": 1, "at": 1,
    }  # fmt: skip
    async with stall.house.database.write() as connection:
        await connection.execute(insert(interaction_topic).values(**values))
    assert (await stall.solved(talk))["why_not"] == "complaint"


async def test_nothing_is_offered_while_the_mood_falls_or_others_wait(stall: Stall):
    await stall.offer()
    talk = await stall.talk(await stall.person(somebody(out=False)))

    async def feels(at: int, mood: float):
        values = {
            "site": SITE, "message": f"m{at}", "interaction": talk, "at": at, "mood": mood,
            "by": "model", "model": 1,
        }  # fmt: skip
        async with stall.house.database.write() as connection:
            await connection.execute(insert(turn_mood).values(**values))

    await feels(1, 0.5)
    await feels(2, -0.4)
    assert (await stall.solved(talk))["why_not"] == "mood"
    await feels(3, 0.3)
    stall.busy.add("ann")
    assert (await stall.solved(talk))["why_not"] == "load"
    stall.busy.clear()
    assert (await stall.solved(talk))["offer"]["answer"] is None


async def test_of_those_that_fit_the_one_that_brings_most_is_offered(stall: Stall):
    await stall.offer("cheap", value_minor=100)
    await stall.offer("dear", value_minor=900)
    await stall.offer("dearer", value_minor=9_000, rule="orders >= 100")
    await stall.offer("over", value_minor=9_000, valid_until=stall.house.clock.now())
    await stall.offer("early", value_minor=9_000, valid_from=stall.house.clock.now() + DAY)
    await stall.offer("resting", value_minor=9_000, active=False)
    talk = await stall.talk(await stall.person(somebody(out=False)))
    await stall.solved(talk)
    [row] = await stall.shown()
    assert row["offer"] == "dear"


async def test_when_no_rule_is_true_nothing_is_remembered(stall: Stall):
    await stall.offer(rule="orders >= 100")
    told = await stall.solved(await stall.talk(await stall.person(somebody(out=False))))
    assert (told["why_not"], told["offer"]) == ("nothing_fits", None)
    assert await stall.shown() == []


async def test_an_offer_is_checked_and_its_change_is_audited(stall: Stall):
    await stall.offer(status=400, rule="oders >= 3")
    await stall.offer(status=400, words={"en": "a", "ru": "", "pl": "c"})
    await stall.offer(status=400, names={"en": "a", "ru": "b"})
    await stall.offer(status=400, names={"en": "a", "ru": "b", "pl": "c", "de": "d"})
    await stall.offer(status=400, valid_from=5, valid_until=5)
    await stall.offer()
    await stall.offer(value_minor=5_000)
    found = await stall.ask("ada", "GET", "/offers")
    assert [one["value_minor"] for one in found["offers"]] == [5_000]
    async with stall.house.database.read() as connection:
        told = await rows(connection, audit.select().where(audit.c.kind == "offer"))
    assert sorted(one["action"] for one in told) == ["changed", "created"]
    changed = next(one for one in told if one["action"] == "changed")
    assert (changed["before"], changed["after"]) == (
        {"value_minor": 4_000},
        {"value_minor": 5_000},
    )


async def test_everybody_may_be_held_out_or_nobody(stall: Stall):
    terms = {"holdout_permille": 0, "pause_days": 30, "window_days": 30}
    assert await stall.ask("sue", "PUT", "/offer-terms", terms) == terms
    await stall.offer()
    await stall.solved(await stall.talk(await stall.person(somebody(out=True))))
    assert [one["arm"] for one in await stall.shown()] == ["shown"]
    await stall.ask("sue", "PUT", "/offer-terms", {**terms, "holdout_permille": 501}, 400)
