from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from tests.conversations.house import SITE, House
from warmline.conversations import search
from warmline.conversations.tables import conversation
from warmline.core import commands as c
from warmline.storage import stems


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("Мой заказ так и не пришёл, ёлка сломана", "заказы"),
        ("Мой заказ так и не пришёл", "ПРИШЕЛ"),
        ("Paczka do Łodzi zaginęła", "lodzi"),
        ("Moje zamówienia z czerwca", "zamówienie"),
        ("The parcels were damaged", "parcel damage"),
        ("Write to anna.nowak@mail.example", "anna.nowak@mail.example"),
        ("Order WZ-2041-A please", "wz-2041-a"),
        ("Order WZ-2041-A please", "2041"),
    ],
)
async def test_words_are_found_in_any_form(house: House, text, query):
    wanted = await house.arrive(text=text)
    await house.arrive(text="Something else: ничего, nic")
    await house.settled()
    async with house.browser("sue") as sue:
        found = (await sue.get("/interactions", params={"q": query})).json()["interactions"]
    assert [one["interaction"] for one in found] == [wanted]


async def test_every_word_of_a_query_must_be_there(house: House):
    await house.arrive(text="red shoes")
    both = await house.arrive(text="red hat")
    await house.says(both, "and shoes, later")
    await house.settled()
    async with house.browser("sue") as sue:
        found = (await sue.get("/interactions", params={"q": "hat shoe"})).json()["interactions"]
    assert [one["interaction"] for one in found] == [both]


async def test_no_word_finds_more_than_its_own_site(house: House):
    await house.arrive(text="secret")
    await house.settled()
    async with house.database.read() as connection:
        found = search.matching(SITE.__class__("other"), "secret")
        assert found is not None
        assert (await connection.execute(select(conversation).where(found))).all() == []


async def test_a_list_is_filtered_and_paged_newest_first(house: House):
    found = []
    for number in range(5):
        house.clock.on(1_000)
        found.append(await house.arrive(inbox="shop-mail" if number % 2 else "shop-chat"))
    await house.do(c.HangUp, interaction=found[0])
    await house.settled()
    async with house.browser("sue") as sue:
        first = (await sue.get("/interactions?limit=3")).json()
        second = (await sue.get(f"/interactions?limit=3&before={first['next']}")).json()
        mails = (await sue.get("/interactions?medium=email")).json()
        gone = (await sue.get("/interactions?phase=abandoned")).json()
        waiting = (await sue.get("/interactions?phase=open&limit=100")).json()
        none = (await sue.get(f"/interactions?from={house.clock.now() + 1}")).json()
        bad = await sue.get("/interactions?before=nonsense")

    def ids(page):
        return [one["interaction"] for one in page["interactions"]]

    assert ids(first) + ids(second) == found[::-1]
    assert second["next"] is None
    assert ids(mails) == [found[3], found[1]]
    assert ids(gone) == [found[0]]
    assert ids(waiting) == found[:0:-1]
    assert ids(none) == []
    assert bad.status_code == 400


async def test_what_is_forgotten_is_not_found(house: House):
    interaction = await house.arrive(text="delete me")
    await house.settled()
    async with house.database.write() as connection:
        assert await search.forget(connection, SITE, interaction) > 0
    async with house.browser("sue") as sue:
        found = (await sue.get("/interactions?q=delete")).json()["interactions"]
    assert found == []


def test_stemming_in_several_threads_gives_the_same_words():
    texts = [f"Заказы {n} przesyłkami parcels{n} уведомления zwrotami" for n in range(300)]
    alone = [stems.words(text) for text in texts]
    stems._stems.cache_clear()
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(stems.words, texts)) == alone
