"""The public help page: for everybody, without a script, in three languages, only for customers."""

import pytest

from tests.knowledge.conftest import BULBS, RETURNS, Library
from warmline.core.words import MINUTE
from warmline.wiring.channels import SEARCHES_PER_MINUTE


@pytest.fixture
async def filled(library: Library) -> Library:
    await library.publish("returns", RETURNS)
    await library.publish("bulbs", BULBS, audience="agent")
    return library


async def test_the_browser_s_language_leads_to_its_page(filled: Library):
    async with filled.anybody() as browser:
        for asked, language in (("pl,en;q=0.8", "pl"), ("de, ru;q=0.5", "ru"), ("", "en")):
            answer = await browser.get("/help", headers={"Accept-Language": asked})
            assert (answer.status_code, answer.headers["location"]) == (303, f"/help/{language}")


async def test_answers_for_customers_are_listed_and_read_in_each_language(filled: Library):
    for language, (title, _) in RETURNS.items():
        page = await filled.page(f"/help/{language}")
        assert title in page
        assert BULBS[language][0] not in page
        answer = await filled.page(f"/help/{language}/returns")
        assert f'<html lang="{language}">' in answer
        assert f"<h1>{title}</h1>" in answer
        assert answer.count("hreflang=") == 3
        assert "<script" not in answer


async def test_a_draft_is_not_read_before_it_is_published(filled: Library):
    text = {"language": "en", "title": "Secret plans", "body": "Prices rise."}
    await filled.send("sue", "POST", "/articles/returns/versions", text, fits=201)
    assert "Secret plans" not in await filled.page("/help/en/returns")
    assert "Secret plans" not in await filled.page("/help/en")
    await filled.move("sue", "returns", "en", "published", number=2)
    assert "Secret plans" in await filled.page("/help/en/returns")


async def test_customers_search_with_slips_and_find_no_article_for_agents(filled: Library):
    assert "Возврат товара" in await filled.page("/help/ru?q=возварт")
    assert "Returning goods" in await filled.page("/help/en?q=retrun")
    assert "Nothing found" in await filled.page("/help/en?q=bulb")
    assert "Nic nie znaleziono" in await filled.page("/help/pl?q=%3F%21")


async def test_what_is_not_there_says_so(filled: Library):
    for path in ("/help/en/nothing", "/help/en/bulbs", "/help/de/returns"):
        assert "not here any more" in await filled.page(path, fits=404)
    assert 'hreflang="pl"' in await filled.page("/help/de/returns", fits=404)
    assert "no answers here yet" in await filled.page("/help/de")


async def test_the_page_may_load_nothing_and_run_nothing(filled: Library):
    async with filled.anybody() as browser:
        answer = await browser.get("/help/en/returns")
    rules = answer.headers["content-security-policy"]
    assert "default-src 'none'" in rules
    assert "script-src" not in rules
    assert answer.headers["cache-control"] == "public, max-age=60"


async def test_searches_from_one_address_are_counted_and_pages_are_not(library: Library):
    async with library.anybody() as browser:
        for _ in range(SEARCHES_PER_MINUTE):
            assert (await browser.get("/help/ru?q=lamp")).status_code == 200
        busy = await browser.get("/help/ru?q=lamp")
        assert busy.status_code == 429
        assert int(busy.headers["Retry-After"]) >= 1
        assert "Подождите" in busy.text
        assert (await browser.get("/help/ru")).status_code == 200
        library.house.clock.on(MINUTE)
        assert (await browser.get("/help/ru?q=lamp")).status_code == 200
