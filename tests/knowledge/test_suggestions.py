"""Articles beside the composer: for what the customer said last; what became of them is counted."""

import pytest

from tests.knowledge.conftest import BULBS, HELP, RETURNS, Library
from warmline.core.words import DAY, HOUR, CustomerId, InteractionId
from warmline.knowledge.usage import Usage


@pytest.fixture
async def filled(library: Library) -> Library:
    await library.publish("returns", RETURNS)
    await library.publish("bulbs", BULBS, audience="agent")
    await library.publish(
        "prompt", {"en": ("Returning, for the bot", "Returns: 30.")}, audience="bot"
    )
    return library


async def suggested(library: Library, talk: str, who: str = "ann") -> list[dict]:
    path = f"/interactions/{talk}/suggestions"
    return (await library.send(who, "GET", path))["suggestions"]


async def use(library: Library, talk: str, kind: str, *ids: str, fits: int = 204) -> None:
    body = {"kind": kind, "articles": list(ids), "language": "en"}
    await library.send("ann", "POST", f"/interactions/{talk}/suggestions", body, fits=fits)


async def held(library: Library, text: str, customer: str | None = None) -> InteractionId:
    """A conversation that Ann has in hand."""
    talk = await library.house.arrive(
        customer=CustomerId(customer) if customer else None, text=text
    )
    await library.house.accept(talk)
    await library.house.settled()
    return talk


async def test_the_article_for_the_last_words_is_offered_with_what_to_insert_and_link(
    filled: Library,
):
    await filled.house.available("ann")
    talk = await held(filled, "Hello, can I return the goods that I bought from you?")
    (one,) = await suggested(filled, talk)
    assert (one["article"], one["text"]) == ("returns", "You may return goods within 30 days.")
    assert one["url"] == f"{HELP}/en/returns"
    await filled.house.says(talk, "Thank you. And what bulb fits the floor lamp?")
    first = (await suggested(filled, talk))[0]
    assert (first["article"], first["url"]) == ("bulbs", None)


async def test_nothing_is_offered_when_nothing_is_near_enough(filled: Library):
    await filled.house.available("ann")
    talk = await held(filled, "Good morning, how are you today?")
    assert await suggested(filled, talk) == []
    await filled.house.says(talk, "My daughter would like a violin for her birthday.")
    assert await suggested(filled, talk) == []


async def test_who_does_not_see_the_conversation_is_offered_nothing(filled: Library):
    await filled.house.available("ann")
    talk = await held(filled, "How do I return the goods?")
    path = f"/interactions/{talk}/suggestions"
    await filled.send("bob", "GET", path, fits=404)
    await filled.send("ada", "GET", path, fits=403)
    body = {"kind": "shown", "articles": ["returns"], "language": "en"}
    await filled.send("bob", "POST", path, body, fits=404)
    await filled.send("ann", "POST", path, {**body, "articles": ["nothing"]}, fits=400)
    await filled.send("ann", "POST", path, {**body, "kind": "loved"}, fits=400)


async def test_what_was_of_no_help_is_not_offered_again_in_this_conversation(filled: Library):
    await filled.house.available("ann")
    talk = await held(filled, "How do I return the goods?")
    await use(filled, talk, "not_helpful", "returns")
    assert await suggested(filled, talk) == []
    other = await held(filled, "I want to return the goods.")
    assert [one["article"] for one in await suggested(filled, other)] == ["returns"]


async def usage_of(library: Library, id_: str) -> dict:
    return (await library.send("sue", "GET", f"/articles/{id_}"))["usage"]


async def test_use_and_success_are_counted_by_article(filled: Library):
    house = filled.house
    await house.available("ann")
    back, away = [], []
    for who, ends in (("jan", back), ("ewa", away)):
        talk = await held(filled, "How do I return the goods?", who)
        for kind in ("shown", "inserted", "inserted", "linked"):
            await use(filled, talk, kind, "returns")
        await house.finish(talk)
        ends.append(talk)
    await house.settled()
    shown = {"shown": 2, "inserted": 2, "linked": 2, "not_helpful": 0}
    assert await usage_of(filled, "returns") == {**shown, "known": 0, "solved": 0}
    house.clock.on(HOUR)
    await house.arrive(customer=CustomerId("jan"), text="It did not work")
    await house.settled()
    # Who came again soon does not count before those who stay away do.
    assert await usage_of(filled, "returns") == {**shown, "known": 0, "solved": 0}
    house.clock.on(8 * DAY)
    assert await usage_of(filled, "returns") == {**shown, "known": 2, "solved": 1}
    listed = (await filled.send("sue", "GET", "/articles"))["articles"]
    by_id = {one["id"]: one["usage"]["solved"] for one in listed}
    assert by_id == {"returns": 1, "bulbs": 0, "prompt": 0}
    usage = Usage(filled.around, filled.articles)
    await usage.tell_ranking()
    assert set(filled.articles.success) == {"returns"}
