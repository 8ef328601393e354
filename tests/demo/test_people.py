"""The simulated people one by one: their pace, their words, who steps back, and who fails."""

import asyncio

import pytest

from warmline.core.words import MINUTE
from warmline.demo import hearing, phrases, shop
from warmline.demo.behaviour import contact, customers, opening
from warmline.demo.chairs import pairs
from warmline.demo.pace import Pace
from warmline.demo.troupe import Troupe


async def test_nobody_new_comes_at_pause_until_it_is_lifted():
    pace = Pace(0)
    waiting = asyncio.create_task(pace.sleep(1, stops=True))
    for _ in range(20):
        await asyncio.sleep(0)
    assert not waiting.done()
    pace.change(5)
    async with asyncio.timeout(20):
        await waiting


async def test_who_talks_goes_on_at_pause():
    async with asyncio.timeout(20):
        await Pace(0).sleep(1)


async def test_one_who_fails_starts_again_and_the_others_go_on():
    troupe = Troupe()
    tries, others = [], asyncio.Event()
    again = asyncio.Event()

    async def stumbles():
        tries.append(1)
        if len(tries) > 1:
            again.set()
            await asyncio.Event().wait()
        raise LookupError("forgot the words")

    async def goes_on():
        await again.wait()
        others.set()
        await asyncio.Event().wait()

    troupe.keep("stumbles", stumbles)
    troupe.keep("goes-on", goes_on)
    async with asyncio.timeout(20):
        await others.wait()
        await troupe.leave()
    assert len(tries) == 2


async def test_no_more_customers_come_in_than_there_is_room_for(monkeypatch):
    monkeypatch.setattr("warmline.demo.troupe.AT_ONCE", 1)
    troupe = Troupe()

    async def stays():
        await asyncio.Event().wait()

    assert troupe.send("first", stays)
    assert not troupe.send("second", stays)
    await troupe.leave()


def test_every_opening_finds_the_answer_that_fits_it():
    import random

    chance = random.Random(3)
    everybody = customers()
    for _ in range(300):
        about = contact(chance, everybody)
        language = about.customer.language
        answer = hearing.answer_to(language, [opening(about)])
        answers = about.words.answers
        assert answer == answers[about.variant % len(about.words.openings) % len(answers)]


def test_something_else_has_no_ready_answer():
    assert hearing.answer_to("en", ["Do you sell umbrellas?"]) is None


@pytest.mark.parametrize(
    ("text", "language"),
    [("Где мой заказ?", "ru"), ("Dzień dobry, gdzie paczka?", "pl"), ("Where is it?", "en")],
)
def test_the_language_is_that_of_the_words(text, language):
    assert hearing.language_of(text, None) == language


@pytest.mark.parametrize("thanks", ["Thanks a lot!", "Спасибо большое", "Bardzo dziękuję"])
def test_thanks_are_understood(thanks):
    assert hearing.is_thanks(thanks)
    assert not hearing.is_thanks(f"{thanks} And the invoice?")


def test_an_agent_who_asks_for_the_number_is_given_it():
    assert hearing.asks_for_number("What is the number of your order?")
    assert hearing.asks_for_number("Какой у вас номер заказа?")
    assert not hearing.asks_for_number("Order 41234 left this morning, is that fine?")


def test_each_language_has_the_same_topics_with_an_answer_for_every_opening():
    for topics in phrases.TOPICS.values():
        assert set(topics) == set(phrases.EN)
        for topic in topics.values():
            assert len(topic.openings) == len(topic.answers)


def test_anna_is_first_in_line_for_what_she_knows_best():
    assert pairs(shop.ANNA) == {
        ("orders", "en"), ("orders", "pl"), ("returns", "en"), ("returns", "pl"),
    }  # fmt: skip


def test_a_stretch_is_shorter_at_a_higher_speed():
    assert Pace(5).shortened(MINUTE) == 12
    assert Pace(1).shortened(MINUTE) == 60
