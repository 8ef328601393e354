"""What a queue says in its own words: to whom it turns away, and to those who wait."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from tests.contracts.house import ANNA, House, bearer, new, until, who
from warmline.channels.queue_words import told
from warmline.core import commands as c
from warmline.core.settings import Queue, Situation, WhenUnstaffed
from warmline.core.words import SYSTEM, Malformed, Presence, QueueId

CHAT = "/api/v1/chat"
WORDS: Mapping[Situation, Mapping[str, str]] = {
    Situation.CLOSED: {"en": "Back at nine.", "ru": "Откроемся в девять."},
    Situation.UNSTAFFED: {"en": "Nobody is in.", "pl": "Nikogo nie ma."},
    Situation.BUSY: {"en": "All are talking.", "ru": "Все заняты."},
}


async def says(house: House, queue: str, **more: Any) -> None:
    """The queue gets words, and other rules."""
    known = house.engine.center().queues[QueueId(queue)]
    changed = replace(known, words=WORDS, **more)
    await house.give(c.DefineQueue(id=new(), by=SYSTEM, queue=changed))


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("ru", "Привет"),
        ("ru-KZ", "Привет"),
        ("pt", "Já"),
        ("pl", "Hi"),
        (None, "Hi"),
        ("RU", "Привет"),
    ],
)
def test_words_are_in_the_customers_language_else_in_english(language: str | None, words: str):
    texts = {Situation.BUSY: {"en": "Hi", "ru": "Привет", "pt-BR": "Já"}}
    queue = Queue(id=QueueId("help"), name="Help", words=texts)
    assert told(queue, Situation.BUSY, language) == words
    assert told(queue, Situation.CLOSED, language) is None


@pytest.mark.parametrize(
    "texts",
    [{"en": "x" * 501}, {"en": " "}, {"not a tag": "x"}, {f"a{n:02}": "x" for n in range(51)}],
)
async def test_words_that_are_none_are_refused(house: House, texts: Mapping[str, str]):
    known = next(iter(house.engine.center().queues.values()))
    queue = replace(known, words={Situation.CLOSED: texts})
    with pytest.raises(Malformed) as refused:
        await house.give(c.DefineQueue(id=new(), by=SYSTEM, queue=queue))
    assert refused.value.field == "words"


@pytest.mark.parametrize(
    ("language", "words"),
    [("ru", "Откроемся в девять."), ("pl", "Back at nine."), (None, "Back at nine.")],
)
async def test_a_closed_queue_says_so_in_its_own_words(
    house: House, language: str | None, words: str
):
    await says(house, "night")
    answer = await house.http.post(CHAT, json={"inbox": "late", "language": language})
    assert (answer.status_code, answer.json()["code"]) == (409, "closed")
    assert answer.json()["words"] == words
    shown = await house.http.get(f"{CHAT}/inboxes/late", params={"locale": language or ""})
    assert (shown.json()["open"], shown.json()["words"]) == (False, words)


async def test_without_words_there_are_none(house: House):
    answer = await house.http.post(CHAT, json={"inbox": "late"})
    assert "words" not in answer.json()
    assert (await house.http.get(f"{CHAT}/inboxes/late")).json()["words"] is None
    assert (await house.http.get(f"{CHAT}/inboxes/chat")).json()["words"] is None


async def test_a_queue_with_nobody_in_it_says_so(house: House):
    await says(house, "talks", when_unstaffed=WhenUnstaffed.REFUSE)
    answer = await house.http.post(CHAT, json={"inbox": "chat", "language": "pl"})
    assert (answer.status_code, answer.json()["code"]) == (409, "unstaffed")
    assert answer.json()["words"] == "Nikogo nie ma."
    shown = (await house.http.get(f"{CHAT}/inboxes/chat?locale=pl")).json()
    assert (shown["open"], shown["words"]) == (False, "Nikogo nie ma.")


async def test_who_writes_on_after_the_end_is_told_why_not(house: House):
    interaction, token = await house.begin(language="pl")
    await house.comes()
    await house.takes(interaction)
    await house.ends(interaction)
    await house.give(c.SetPresence(id=new(), by=who(ANNA), agent=ANNA, presence=Presence.OFFLINE))
    await says(house, "talks", when_unstaffed=WhenUnstaffed.REFUSE)
    async with house.tab(token) as page:
        await page.next("hello")
        await page.send(type="send", id=str(uuid4()), text="One more thing")
        assert (await page.next("error"))["words"] == "Nikogo nie ma."


async def test_one_who_waits_hears_why_nobody_comes_and_no_more_when_somebody_does(house: House):
    await says(house, "talks")
    interaction, token = await house.begin(language="ru", text="Здравствуйте")
    async with house.tab(token) as page:
        assert (await page.next("hello"))["words"] == "Nobody is in."
        await house.give(c.ConnectAgent(id=new(), by=SYSTEM, agent=ANNA))
        await house.give(c.SetPresence(id=new(), by=who(ANNA), agent=ANNA, presence=Presence.MEAL))
        await until("the busy words", lambda: _hears(house, token, "Все заняты."))
        await house.give(
            c.SetPresence(id=new(), by=who(ANNA), agent=ANNA, presence=Presence.AVAILABLE)
        )
        await page.next("state", phase="offered", words=None)
        await house.takes(interaction)
        assert (await page.next("state", phase="connected"))["words"] is None


async def _hears(house: House, token: str, words: str) -> bool:
    shown = await house.http.get(f"{CHAT}/messages", headers=bearer(token))
    return shown.json()["words"] == words
