"""Whom a survey asks: its share, how often, never against a wish, once about each talk."""

import asyncio

import pytest
from sqlalchemy import insert

from tests.conversations.house import SITE
from tests.experience.surveys.conftest import LINK, SECRET, Asked
from warmline.core.commands import HangUp
from warmline.core.words import CHANNEL, DAY, HOUR, MINUTE, InteractionId
from warmline.customers.portrait.tables import promise
from warmline.experience.surveys import standard
from warmline.experience.surveys.document import read
from warmline.experience.surveys.model import Passed, Via
from warmline.experience.surveys.sampling import is_sampled

USUAL = standard.TEXT
QUESTIONS = "\nquestions:\n  score: {kind: csat}\n"


async def test_a_chat_that_ended_is_asked_about_in_the_widget(asked: Asked):
    await asked.publish(USUAL)
    who = await asked.customer()
    talk = await asked.talk(who)
    await asked.decide()
    (ask,) = await asked.asks(talk)
    facts = ("via", "state", "customer", "agent", "queue", "channel", "survey", "version")
    assert {name: ask[name] for name in facts} == {
        "via": "widget",
        "state": "open",
        "customer": who,
        "agent": "ann",
        "queue": "shop",
        "channel": "chat",
        "survey": "after-contact",
        "version": 1,
    }
    assert ask["closes_at"] - ask["asked_at"] == 7 * DAY


async def test_deciding_twice_asks_once(asked: Asked):
    await asked.publish(USUAL)
    talk = await asked.talk()
    await asked.decide()
    await asked.decide()
    assert len(await asked.asks(talk)) == 1


async def test_talks_from_before_the_survey_are_left_alone(asked: Asked):
    talk = await asked.talk()
    asked.house.clock.on(MINUTE)
    await asked.publish(USUAL)
    await asked.decide()
    assert await asked.asks(talk) == []


async def test_the_same_customer_is_asked_once_in_so_many_days(asked: Asked):
    await asked.publish(USUAL)
    who = await asked.customer()
    first = await asked.talk(who)
    await asked.decide()
    asked.house.clock.on(29 * DAY)
    second = await asked.talk(who)
    await asked.decide()
    assert await asked.why(second) == Passed.RECENTLY
    asked.house.clock.on(2 * DAY)
    third = await asked.talk(who)
    await asked.decide()
    assert len(await asked.asks(first)) == len(await asked.asks(third)) == 1


async def test_customers_whom_nobody_knows_are_asked_each_time(asked: Asked):
    await asked.publish(USUAL)
    talks = [await asked.talk(), await asked.talk()]
    await asked.decide()
    assert [len(await asked.asks(one)) for one in talks] == [1, 1]


@pytest.mark.parametrize("flag", ["abusive", "deceased", "restricted"])
async def test_nobody_is_asked_against_a_flag(asked: Asked, flag: str):
    await asked.publish(USUAL)
    who = await asked.customer()
    await asked.flag(who, flag)
    talk = await asked.talk(who)
    await asked.decide()
    assert await asked.why(talk) == Passed.BARRED


async def test_nobody_is_asked_who_does_not_want_to_be(asked: Asked):
    await asked.publish(USUAL)
    who = await asked.customer()
    await asked.consent(who, given=False)
    talk = await asked.talk(who)
    await asked.decide()
    assert await asked.why(talk) == Passed.BARRED


async def test_a_mail_is_asked_about_by_mail_with_consent_only(asked: Asked):
    await asked.publish(USUAL)
    who = await asked.customer()
    without = await asked.talk(who, mail_from="Jan <person1@mail.example>")
    await asked.decide()
    assert await asked.why(without) == Passed.NO_CONSENT
    await asked.consent(who)
    talk = await asked.talk(who, mail_from="Jan <person1@mail.example>")
    await asked.decide()
    (ask,) = await asked.asks(talk)
    assert (ask["via"], ask["channel"]) == ("link", "email")
    ((to, text),) = asked.house.sent.mails
    assert to == "person1@mail.example"
    token = LINK.search(text)
    assert token is not None
    assert token[1] not in str(dict(ask)), "the token itself is nowhere in the rows"
    async with asked.browser() as browser:
        assert (await browser.get(f"/s/{token[1]}")).status_code == 200


async def test_a_share_is_the_same_talks_each_time(asked: Asked):
    ids = [f"i-{n}" for n in range(4_000)]
    some = {one for one in ids if is_sampled("a", one, 25)}
    assert some == {one for one in ids if is_sampled("a", one, 25)}
    assert 800 < len(some) < 1_200
    assert some <= {one for one in ids if is_sampled("a", one, 26)}
    await asked.publish("survey: a\nshare: 0 %" + QUESTIONS)
    talk = await asked.talk()
    await asked.decide()
    assert await asked.why(talk) == Passed.NOT_SAMPLED


async def test_a_survey_for_other_queues_asks_nobody(asked: Asked):
    await asked.publish("survey: a\nqueues: [repairs]" + QUESTIONS)
    talk = await asked.talk()
    await asked.decide()
    assert await asked.why(talk) == Passed.NO_SURVEY


async def test_asking_may_wait_for_hours_and_not_for_days_more(asked: Asked):
    await asked.publish("survey: a\nwhen: after 2 h\nways: [link]" + QUESTIONS)
    who, late = await asked.customer(), await asked.customer()
    for one in (who, late):
        await asked.consent(one)
    talk = await asked.talk(who)
    await asked.decide()
    assert await asked.asks(talk) == []
    asked.house.clock.on(2 * HOUR)
    await asked.decide()
    assert len(await asked.asks(talk)) == 1
    missed = await asked.talk(late)
    await asked.decide()
    asked.house.clock.on(3 * DAY)
    await asked.decide()
    assert await asked.why(missed) == Passed.TOO_LATE


async def test_asking_again_after_a_case_ends_the_ask_before(asked: Asked):
    await asked.publish(USUAL)
    who = await asked.customer()
    await asked.consent(who)
    talk = await asked.talk(who)
    await asked.decide()
    again = await asked.surveys.ask(talk, via=Via.LINK, again_of_case="case-1")
    assert not isinstance(again, Passed)
    found = {one["id"]: one for one in await asked.asks(talk)}
    assert found[again]["again_of_case"] == "case-1"
    assert sorted(one["state"] for one in found.values()) == ["expired", "open"]
    assert await asked.surveys.ask(InteractionId("none")) is Passed.UNKNOWN
    await asked.flag(who, "deceased")
    assert await asked.surveys.ask(talk, again_of_case="case-2") is Passed.BARRED


async def test_an_ask_that_nobody_answers_expires(asked: Asked):
    await asked.publish(USUAL)
    talk = await asked.talk()
    await asked.decide()
    page = await asked.page(talk)
    asked.house.clock.on(7 * DAY)
    await asked.decide()
    assert (await asked.asks(talk))[0]["state"] == "expired"
    async with asked.browser() as browser:
        assert (await browser.get(page)).status_code == 410


async def test_whoever_gave_up_waiting_is_not_asked_nor_kept_waiting(asked: Asked):
    await asked.publish(USUAL)
    talk = await asked.house.arrive()
    await asked.house.do(HangUp, by=CHANNEL, interaction=talk)
    await asked.decide()
    async with asyncio.timeout(4):
        assert await asked.asking.page(talk, secret=SECRET) is None
    assert await asked.asks(talk) == []


async def test_the_widget_waits_until_it_is_decided_whether_to_ask(asked: Asked):
    await asked.publish(USUAL)
    talk = await asked.talk()
    asks = asyncio.create_task(asked.asking.page(talk, secret=SECRET))
    await asyncio.sleep(0)
    await asked.decide()
    page = await asks
    assert page is not None
    async with asked.browser() as browser:
        assert (await browser.get(page)).status_code == 200


async def test_a_talk_with_a_promise_is_asked_about_once_the_promise_is_due(asked: Asked):
    await asked.publish(standard.TEXT)
    await asked.publish(standard.AFTER_PROMISE)
    who = await asked.customer()
    await asked.consent(who)
    promised, plain = await asked.talk(who), await asked.talk()
    now = asked.house.clock.now()
    async with asked.house.database.write() as connection:
        await connection.execute(
            insert(promise).values(
                site=SITE, id="p1", customer=who, interaction=promised, agent="ann", text="A call",
                made_at=now, made_by="u-ann", due_at=now + 3 * HOUR, state="open",
            )
        )  # fmt: skip
    await asked.decide()
    assert await asked.asks(promised) == []
    assert [one["survey"] for one in await asked.asks(plain)] == [standard.SURVEY]
    asked.house.clock.on(4 * HOUR - 1)
    await asked.decide()
    assert await asked.asks(promised) == []
    asked.house.clock.on(1)
    await asked.decide()
    [one] = await asked.asks(promised)
    assert (one["survey"], one["via"]) == ("after-promise", "link")


def test_the_survey_about_promises_asks_few_questions_by_what_is_answered():
    found = read(standard.AFTER_PROMISE)
    assert found.problems == ()
    assert found.survey is not None
    assert found.survey.after_promise
    shown = [
        [one.id for one in found.survey.shown(values)]
        for values in ({"effort": 7.0}, {"effort": 2.0}, {"effort": 2.0, "recommend": 3.0})
    ]
    all_three = ["effort", "recommend", "why"]
    assert shown == [all_three[:2], all_three, all_three]
    widget = standard.AFTER_PROMISE.replace("ways: [link]", "ways: [widget]")
    assert [one.code for one in read(widget).problems] == ["widget_later"]
