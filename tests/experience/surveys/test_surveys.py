"""Surveys as text: mistakes by line, drafts, publishing, what was asked and answered."""

import pytest

from tests.experience.surveys.conftest import Asked
from warmline.experience.surveys import standard
from warmline.experience.surveys.document import read

SHORT = "survey: short\nquestions:\n  score: {kind: csat}\n"


def problems(text: str) -> list[tuple[int, str]]:
    return [(one.line, one.code) for one in read(text, queues=["shop"]).problems]


def test_the_usual_survey_and_a_new_one_have_no_fault():
    assert problems(standard.TEXT) == []
    assert problems(standard.NEW.format(id="mine", name="Mine")) == []


def test_the_four_feelings_are_in_the_usual_survey():
    survey = read(standard.TEXT).survey
    assert survey is not None
    asked = [one.feeling for one in survey.questions if one.feeling]
    assert asked == ["glad", "understood", "best_answer", "again"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", [(1, "not_a_survey")]),
        ("survey: a", [(1, "missing")]),
        ("survey: a b\nquestions:\n  s: {kind: csat}", [(1, "not_an_id")]),
        ("survey: a\nwhen: soon\nquestions:\n  s: {kind: csat}", [(2, "not_a_time")]),
        ("survey: a\nwhen: after 2 h\nquestions:\n  s: {kind: csat}", [(1, "widget_later")]),
        ("survey: a\nways: [desk]\nquestions:\n  s: {kind: csat}", [(2, "no_way")]),
        ("survey: a\nshare: 101 %\nquestions:\n  s: {kind: csat}", [(2, "out_of_range")]),
        ("survey: a\nqueues: [shp]\nquestions:\n  s: {kind: csat}", [(2, "unknown_queue")]),
        ("survey: a\nquestions:\n  s: {kind: stars}", [(3, "unknown_word")]),
        ("survey: a\nquestions:\n  s: {kind: feeling}", [(3, "no_feeling")]),
        ("survey: a\nquestions:\n  s: {kind: csat, feeling: glad}", [(3, "feeling_of_other")]),
        ("survey: a\nquestions:\n  s: {kind: text}", [(3, "no_words")]),
        ("survey: a\nquestions:\n  s: {kind: choice, ask: {en: a, ru: b, pl: c}}", [(3, "no_choice")]),
        ("survey: a\nquestions:\n  s: {kind: csat, options: {x: {en: X}}}", [(3, "options_of_other")]),
        ("survey: a\nquestions:\n  s: {kind: csat, if: t <= 2}", [(3, "unknown_question")]),
        ("survey: a\nquestions:\n  s: {kind: csat}\n  t: {kind: nps, if: s < 2}", [(4, "not_an_if")]),
        ("survey: a\nquestions:\n  s: {kind: csat}\n  t: {kind: nps, if: s <= 6}", [(4, "out_of_scale")]),
        ("survey: a\nquestions:\n  s: {kind: csat, ask: {en: Well?}}", [(3, "missing_language")]),
        ("survey: a\nquestions: {}", [(2, "questions_many")]),
    ],
)  # fmt: skip
def test_every_mistake_has_its_line(text: str, found: list[tuple[int, str]]):
    assert problems(text) == found


async def test_a_draft_is_saved_checked_published_and_stopped(asked: Asked):
    async with asked.browser("sue") as sue:
        made = await sue.post("/api/v1/surveys", json={"id": "short", "name": "Short"})
        assert made.status_code == 201
        draft = made.json()
        path = f"/api/v1/surveys/versions/{draft['id']}"
        assert (await sue.put(path, json={"text": SHORT})).status_code == 428
        tag = {"If-Match": made.headers["etag"]}
        saved = await sue.put(path, json={"text": SHORT}, headers=tag)
        assert saved.json()["problems"] == []
        late = await sue.put(path, json={"text": SHORT}, headers=tag)
        assert (late.status_code, late.json()["code"]) == (412, "changed_meanwhile")
        tag = {"If-Match": saved.headers["etag"]}
        bad = await sue.put(path, json={"text": SHORT + "  t: {kind: text}\n"}, headers=tag)
        assert [one["line"] for one in bad.json()["problems"]] == [4]
        tag = {"If-Match": bad.headers["etag"]}
        refused = await sue.post(f"{path}/publish", headers=tag)
        assert (refused.status_code, len(refused.json()["problems"])) == (400, 1)
        good = await sue.put(path, json={"text": SHORT}, headers=tag)
        published = await sue.post(f"{path}/publish", headers={"If-Match": good.headers["etag"]})
        assert (published.json()["number"], published.json()["state"]) == (1, "published")
        (listed,) = (await sue.get("/api/v1/surveys")).json()["surveys"]
        assert (listed["id"], listed["in_force"]) == ("short", 1)
        assert (await sue.delete(path)).json()["code"] == "not_a_draft"
        assert (await sue.delete("/api/v1/surveys/short/asking")).status_code == 204
        talk = await asked.talk()
        await asked.decide()
        assert await asked.asks(talk) == []


async def test_a_version_is_of_its_own_survey(asked: Asked):
    async with asked.browser("sue") as sue:
        body = {"text": SHORT, "survey": "long"}
        found = (await sue.post("/api/v1/surveys/check", json=body)).json()
        assert [one["code"] for one in found["problems"]] == ["other_survey"]


async def test_the_preview_is_the_page_that_customers_see(asked: Asked):
    async with asked.browser("ada") as ada:
        body = {"text": standard.TEXT, "language": "ru", "theme": "dark"}
        shown = (await ada.post("/api/v1/surveys/preview", json=body)).json()["html"]
        assert '<html lang="ru" data-theme="dark">' in shown
        assert "Мне были рады" in shown
        broken = await ada.post("/api/v1/surveys/preview", json={"text": "survey: a"})
        assert broken.json() == {"html": None}


async def test_coverage_says_who_was_asked_and_who_answered(asked: Asked):
    await asked.publish(standard.TEXT)
    who = await asked.customer()
    first, _ = await asked.talk(who), await asked.talk(who)
    await asked.talk()
    await asked.decide()
    async with asked.browser("sue") as sue:
        await sue.post(await asked.page(first), data={"score": "5", "why": "Anna was kind"})
        (listed,) = (await sue.get("/api/v1/surveys")).json()["surveys"]
        assert listed["coverage"] == {
            "asked": 2,
            "opened": 1,
            "answered": 1,
            "talks": 3,
            "asked_pct": 66.7,
            "answered_pct": 50.0,
            "passed": {"recently": 1},
        }
        found = (await sue.get("/api/v1/asks", params={"state": "answered"})).json()
        (ask,) = found["asks"]
        assert {one["asked"]: one["value"] or one["words"] for one in ask["answers"]} == {
            "How was it?": 5,
            "What should we know?": "Anna was kind",
        }
        assert "token_hash" not in ask
        assert (await sue.get(f"/api/v1/asks/{ask['id']}")).json() == ask
        one = (await sue.get("/api/v1/asks", params={"limit": 1})).json()
        two = (await sue.get("/api/v1/asks", params={"limit": 1, "before": one["next"]})).json()
        assert one["asks"][0]["id"] != two["asks"][0]["id"]
    async with asked.browser("bob") as bob:
        assert (await bob.get("/api/v1/asks")).json()["asks"] == []
        assert (await bob.get(f"/api/v1/asks/{ask['id']}")).status_code == 404
        assert (await bob.get("/api/v1/surveys")).status_code == 403
    async with asked.browser("ann") as ann:
        assert len((await ann.get("/api/v1/asks")).json()["asks"]) == 2
