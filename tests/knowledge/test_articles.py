"""Who writes articles, who approves them, and which way a text goes."""

from tests.knowledge.conftest import BULBS, RETURNS, Library
from warmline.core.words import DAY
from warmline.knowledge.model import OPEN, WAYS, TextState

TEXT = {"language": "en", "title": "Opening hours", "body": "We answer around the clock."}
HEAD = {"audience": "customer", "tags": ["Hours", "shop"], "text": TEXT}


def test_every_state_has_a_way_out_and_a_way_in():
    assert set(WAYS) == set(TextState)
    assert all(WAYS[state] for state in TextState)
    assert set().union(*WAYS.values()) | {TextState.DRAFT} == set(TextState)
    assert {TextState.PUBLISHED}.isdisjoint(OPEN)


async def test_a_text_goes_from_draft_over_review_to_published_and_is_replaced(library: Library):
    made = await library.send("sue", "POST", "/articles", HEAD, fits=201)
    id_ = made["id"]
    assert await library.found("hours") == []
    assert (await library.move("sue", id_, "en", "review"))["state"] == "review"
    shown = await library.move("ada", id_, "en", "published")
    assert (shown["author_name"], shown["approved_by_name"]) == ("Sue", "Ada")
    assert await library.found("hours") == ["Opening hours"]
    newer = {**TEXT, "title": "Opening hours of the shop", "note": "the workshop is apart"}
    await library.send("sue", "POST", f"/articles/{id_}/versions", newer, fits=201)
    assert await library.found("hours") == ["Opening hours"]
    await library.move("sue", id_, "en", "published", number=2)
    assert await library.found("hours") == ["Opening hours of the shop"]
    versions = (await library.send("sue", "GET", f"/articles/{id_}/versions"))["versions"]
    assert [(one["number"], one["state"]) for one in versions] == [
        (2, "published"),
        (1, "replaced"),
    ]
    await library.move("ada", id_, "en", "published", number=1)
    assert await library.found("hours") == ["Opening hours"]
    await library.move("ada", id_, "en", "retired", number=1)
    assert await library.found("hours") == []
    head = await library.send("ann", "GET", f"/articles/{id_}")
    assert [one["state"] for one in head["texts"]] == ["replaced"]


async def test_a_step_that_there_is_not_is_refused(library: Library):
    id_ = (await library.send("sue", "POST", "/articles", HEAD, fits=201))["id"]
    assert (await library.move("sue", id_, "en", "retired", fits=409))["code"] == "no_way"
    assert (await library.move("sue", id_, "en", "replaced", fits=409))["code"] == "no_way"
    await library.move("sue", id_, "en", "published")
    path = f"/articles/{id_}/versions/en/1"
    body = {**TEXT, "seen": 0}
    assert (await library.send("sue", "PUT", path, body, fits=409))["code"] == "no_draft"
    assert (await library.send("sue", "DELETE", path, fits=409))["code"] == "no_draft"
    assert (await library.move("sue", id_, "ru", "published", fits=404))["code"] == "not_found"


async def test_another_than_the_author_approves_where_the_site_asks_it(library: Library):
    rules = {"other_approves": True, "review_days": 30}
    await library.send("ann", "PUT", "/knowledge/rules", rules, fits=403)
    await library.send("ada", "PUT", "/knowledge/rules", rules)
    id_ = (await library.send("sue", "POST", "/articles", HEAD, fits=201))["id"]
    assert (await library.move("sue", id_, "en", "published", fits=409))["code"] == "own_text"
    await library.move("ada", id_, "en", "published")
    head = await library.send("sue", "GET", f"/articles/{id_}")
    assert head["review_at"] == library.house.clock.now() + 30 * DAY


async def test_an_agent_reads_and_proposes_and_does_not_decide(library: Library):
    await library.publish("returns", RETURNS)
    await library.send("ann", "POST", "/articles", HEAD, fits=403)
    await library.send("ann", "PUT", "/articles/returns", {"audience": "agent"}, fits=403)
    proposal = {"language": "en", "title": "Returns", "body": "Within 30 days.", "note": "shorter"}
    made = await library.send("ann", "POST", "/articles/returns/versions", proposal, fits=201)
    assert made["number"] == 2
    path = "/articles/returns/versions/en/2"
    assert (await library.send("ann", "GET", path))["body"] == "Within 30 days.\n"
    await library.send("bob", "GET", path, fits=404)
    seen = (await library.send("ann", "GET", path))["at"]
    change = {**proposal, "body": "Within 30 days of delivery.", "seen": seen}
    assert (await library.send("bob", "PUT", path, change, fits=403))["code"] == "forbidden"
    await library.send("ann", "PUT", path, change)
    assert (await library.send("sue", "PUT", path, change, fits=409))["code"] == "overtaken"
    await library.move("bob", "returns", "en", "review", number=2, fits=403)
    await library.move("ann", "returns", "en", "review", number=2)
    await library.move("ann", "returns", "en", "published", number=2, fits=403)
    await library.move("ann", "returns", "en", "retired", fits=403)
    waiting = await library.send("sue", "GET", "/articles?state=review")
    assert [one["id"] for one in waiting["articles"]] == ["returns"]
    assert (await library.send("bob", "GET", "/articles?state=review"))["articles"] == []
    await library.move("sue", "returns", "en", "published", number=2)
    assert await library.found("returns") == ["Returns"]


async def test_a_draft_is_thrown_away_by_who_wrote_it(library: Library):
    await library.publish("returns", RETURNS)
    text = {"language": "ru", "title": "Возвраты", "body": "Новый текст."}
    await library.send("ann", "POST", "/articles/returns/versions", text, fits=201)
    await library.send("bob", "DELETE", "/articles/returns/versions/ru/2", fits=403)
    await library.send("ann", "DELETE", "/articles/returns/versions/ru/2", fits=204)
    await library.send("ann", "GET", "/articles/returns/versions/ru/2", fits=404)


async def test_what_is_to_be_read_anew_is_listed_the_latest_first(library: Library):
    await library.publish("returns", RETURNS)
    await library.publish("bulbs", BULBS)
    now = library.house.clock.now()
    head = {"audience": "customer", "owner": "u-sue", "review_at": now + DAY}
    await library.send("sue", "PUT", "/articles/bulbs", head, fits=204)
    assert (await library.send("sue", "GET", "/articles?due=true"))["articles"] == []
    library.house.clock.on(2 * DAY)
    due = (await library.send("sue", "GET", "/articles?due=true"))["articles"]
    assert [(one["id"], one["owner_name"], one["due"]) for one in due] == [("bulbs", "Sue", True)]


WRONG = [
    ({"audience": "everybody"}, "audience"),
    ({"id": "Two Words"}, "id"),
    ({"owner": "u-nobody"}, "owner"),
    ({"tags": ["x"] * 21}, "tags"),
    ({"text": {**TEXT, "language": "russian!"}}, "language"),
    ({"text": {**TEXT, "title": "  "}}, "title"),
    ({"text": {**TEXT, "body": "x" * 100_001}}, "text.body"),
    ({"colour": "red"}, "colour"),
]


async def test_what_cannot_be_kept_is_said_by_field(library: Library):
    for change, field in WRONG:
        answer = await library.send("sue", "POST", "/articles", {**HEAD, **change}, fits=400)
        assert answer["errors"][0]["field"] == field
    assert (await library.send("sue", "GET", "/articles"))["articles"] == []


async def test_an_id_is_given_once(library: Library):
    await library.publish("returns", RETURNS)
    taken = await library.send("sue", "POST", "/articles", {**HEAD, "id": "returns"}, fits=409)
    assert taken["code"] == "article_taken"


async def test_a_change_of_audience_holds_at_once_on_the_public_page(library: Library):
    await library.publish("returns", RETURNS)
    assert "Returning goods" in await library.page("/help/en?q=return")
    await library.send("sue", "PUT", "/articles/returns", {"audience": "agent"}, fits=204)
    assert "Returning goods" not in await library.page("/help/en?q=return")
    await library.page("/help/en/returns", fits=404)
    assert await library.found("return") == ["Returning goods"]
