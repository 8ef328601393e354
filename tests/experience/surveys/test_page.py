"""The public page: without JavaScript, changed until it closes, one question bringing up another."""

import re
from typing import Any

import pytest

from tests.conversations.house import SITE
from tests.experience.surveys.conftest import SHOP, TRACES, Asked
from warmline.core import events as e
from warmline.core.words import DAY
from warmline.experience.surveys import standard
from warmline.experience.surveys.expiry import AnswersExpiry
from warmline.experience.surveys.model import WORDS_LIMIT_CHARS
from warmline.ports import Person

BRANCHED = """
survey: branched
share: 100 %
questions:
  recommend: {kind: nps}
  why:
    kind: text
    if: recommend <= 6
    ask: {en: "What would have <b>helped</b>?", ru: "Что помогло бы?", pl: "Co by pomogło?"}
  reason:
    kind: choice
    if: recommend <= 6
    ask: {en: "Which was it?", ru: "Что именно?", pl: "Co dokładnie?"}
    options:
      price: {en: "The price", ru: "Цена", pl: "Cena"}
      wait: {en: "The wait", ru: "Ожидание", pl: "Czekanie"}
"""
FEELINGS = {"score": "4", "glad": "5", "understood": "4", "best_answer": "3", "again": "5"}


async def asked_page(asked: Asked, text: str = standard.TEXT, **about: Any) -> tuple[str, str]:
    """The address of a page, and the id of its ask."""
    await asked.publish(text)
    talk = await asked.talk(**about)
    await asked.decide()
    return await asked.page(talk), (await asked.asks(talk))[0]["id"]


async def test_the_page_needs_no_script_and_loads_nothing(asked: Asked):
    page, _ = await asked_page(asked)
    async with asked.browser() as browser:
        answer = await browser.get(page)
    text = answer.text
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "<script" not in text
    assert not re.search(r"(?:src|href)=\"(?!/s/)", text)
    assert re.search(r"<html lang=\"en\">", text)
    assert text.count("<fieldset") == text.count("<legend>") == 5
    assert "They looked for the best answer for me" in text
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert f"frame-ancestors 'self' {SHOP}" in policy
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"


async def test_answers_are_kept_and_can_be_changed_until_it_closes(asked: Asked):
    page, ask = await asked_page(asked)
    async with asked.browser() as browser:
        sent = await browser.post(page, data={**FEELINGS, "why": "  Quick <i>help</i>\r\n"})
        assert (sent.status_code, sent.headers["location"]) == (303, page)
        done = (await browser.get(page)).text
        assert "The person who helped you reads this." in done
        kept = await asked.answers(ask)
        assert {name: one["value"] for name, one in kept.items() if name != "why"} == {
            name: float(value) for name, value in FEELINGS.items()
        }
        assert kept["glad"]["feeling"] == "glad"
        assert kept["why"]["words"] == "Quick <i>help</i>"
        asked.house.clock.on(DAY)
        shown = (await browser.get(page + "?edit=1")).text
        assert 'name="glad" value="5" checked' in shown
        assert "Quick &lt;i&gt;help&lt;/i&gt;" in shown
        await browser.post(page, data={"score": "2", "glad": "5"})
        changed = await asked.answers(ask)
        assert set(changed) == {"score", "glad"}
        assert changed["score"]["value"] == 2
        assert changed["glad"]["at"] < changed["score"]["at"], "what stays keeps its time"
        asked.house.clock.on(6 * DAY)
        late = await browser.post(page, data={"score": "5"})
        assert (late.status_code, "is over" in late.text) == (410, True)
    assert (await asked.answers(ask))["score"]["value"] == 2


async def test_an_answer_may_bring_up_more_questions(asked: Asked):
    page, ask = await asked_page(asked, BRANCHED)
    async with asked.browser() as browser:
        first = (await browser.get(page)).text
        assert 'name="why"' not in first
        sent = await browser.post(page, data={"recommend": "3", "shown": "recommend"})
        assert sent.headers["location"] == f"{page}?more=why+reason#q-why"
        more = (await browser.get(f"{page}?more=why+reason")).text
        assert 'name="recommend" value="3" checked' in more
        assert "What would have &lt;b&gt;helped&lt;/b&gt;?" in more
        form = {"recommend": "3", "reason": "wait", "shown": "recommend why reason"}
        assert (await browser.post(page, data=form)).headers["location"] == page
        assert (await asked.answers(ask))["reason"]["value"] == 2
        happy = {"recommend": "10", "why": "left over", "shown": "recommend why reason"}
        await browser.post(page, data=happy)
    assert set(await asked.answers(ask)) == {"recommend"}, "what is not asked is not answered"


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({}, "at least one"),
        ({"score": "6"}, "not understood"),
        ({"score": "-1"}, "not understood"),
        ({"score": "٣"}, "not understood"),
        ({"score": "4.5"}, "not understood"),
        ({"why": "x" * (WORDS_LIMIT_CHARS + 1)}, "too long"),
        ({"strange": "1"}, "at least one"),
    ],
)
async def test_what_is_no_answer_is_refused_on_the_page(
    asked: Asked, form: dict[str, str], said: str
):
    page, ask = await asked_page(asked)
    async with asked.browser() as browser:
        answer = await browser.post(page, data=form)
    assert answer.status_code == 422
    assert said in answer.text
    assert 'role="alert"' in answer.text
    assert await asked.answers(ask) == {}


@pytest.mark.parametrize("token", ["x", "a" * 43, "..%2f..", "é" * 43, "a" * 4000])
async def test_what_is_no_token_opens_nothing(asked: Asked, token: str):
    async with asked.browser() as browser:
        assert (await browser.get(f"/s/{token}")).status_code == 404
        assert (await browser.post(f"/s/{token}", data={"score": "5"})).status_code == 404


async def test_who_asks_too_often_is_told_when_to_come_back(asked: Asked):
    page, _ = await asked_page(asked)
    asked.waits_s = 7
    async with asked.browser() as browser:
        answer = await browser.get(page, headers={"accept-language": "pl-PL,pl;q=0.9"})
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "7")
    assert "za 7 s" in answer.text


async def test_only_who_has_the_secret_of_the_chat_finds_the_page(asked: Asked):
    page, _ = await asked_page(asked)
    talk = next(iter([one async for one in talks(asked)]))
    other = await asked.asking.page(talk, secret="wl_" + "x" * 43)
    assert other is not None
    assert other != page


async def talks(asked: Asked):
    for one in await asked.house.log():
        if isinstance(one.event, e.Ended):
            yield one.event.interaction


async def test_the_first_satisfaction_is_the_rating_of_the_talk(asked: Asked):
    page, ask = await asked_page(asked)
    async with asked.browser() as browser:
        await browser.post(page, data=FEELINGS)
        await asked.surveys.answers.tell()
        await browser.post(page, data={"score": "1"})
        await asked.surveys.answers.tell()
    rated = [one.event for one in await asked.house.log() if isinstance(one.event, e.Rated)]
    assert [one.score for one in rated] == [4]
    assert asked.told == [ask, ask]
    assert not await asked.surveys.answers.tell()
    assert asked.told == [ask, ask], "nobody is told what is known"


async def test_the_language_and_the_colours_are_the_customers(asked: Asked):
    page, _ = await asked_page(asked)
    async with asked.browser() as browser:
        dark = await browser.get(page + "?theme=dark")
        sent = await browser.post(page + "?theme=dark", data=FEELINGS)
    assert '<html lang="en" data-theme="dark">' in dark.text
    assert sent.headers["location"] == page + "?theme=dark"


async def test_what_somebody_wrote_is_told_to_them_and_erased(asked: Asked):
    who = await asked.customer()
    page, ask = await asked_page(asked, customer=who)
    async with asked.browser() as browser:
        await browser.post(page, data={**FEELINGS, "why": "my secret garden"})
        person = Person(ids=[who])
        async with asked.house.database.write() as connection:
            assert await TRACES.count(connection, person) == {"asks": 1, "answers": 6}
            told = await TRACES.tell(connection, person)
            await TRACES.erase(connection, person, asked.house.clock.now())
        assert "my secret garden" in {one["words"] for one in told["answers"]}
        assert (await browser.get(page)).status_code == 404
    left = await asked.answers(ask)
    assert set(left) == set(FEELINGS), "numbers stay in the sums"
    talk = next(iter([one async for one in talks(asked)]))
    (row,) = await asked.asks(talk)
    assert (row["customer"], row["token_hash"], row["state"]) == (None, None, "closed")


async def test_words_of_old_answers_are_let_go(asked: Asked):
    page, ask = await asked_page(asked)
    async with asked.browser() as browser:
        await browser.post(page, data={"score": "5", "why": "Quick"})
    expiry = AnswersExpiry(SITE)
    closes_at = asked.house.clock.now() + 7 * DAY
    async with asked.house.database.write() as connection:
        assert (await expiry.due(connection, closes_at, samples=5)).count == 0
        due = await expiry.due(connection, closes_at + 1, samples=5)
        assert (due.count, list(due.samples)) == (1, [ask])
        gone = await expiry.expire(connection, closes_at + 1, closes_at + 1, limit=10)
    assert gone == (1, ())
    assert set(await asked.answers(ask)) == {"score"}
