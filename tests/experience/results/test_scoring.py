"""Scores that answers give to agents: only where switched on, never over one set by hand."""

from tests.experience.results.conftest import Heard
from warmline.core.settings import Score, Source
from warmline.core.words import DAY


async def test_nothing_is_computed_until_it_is_switched_on(heard: Heard):
    await heard.says({"csat": 5, "four": 5})
    answer = await heard.post("/feedback/scores/compute")
    assert answer.json()["changed"] == 0
    assert heard.score("ann", "quality") is None
    shown = (await heard.get("/feedback/scores"))["traits"]["quality"]
    assert (shown["on"], shown["agents"]["ann"]["in_force"]) == (False, None)
    assert shown["agents"]["ann"]["computed"]["n"] == 1


async def test_answers_become_scores_with_n_and_interval(heard: Heard):
    for _ in range(20):
        await heard.says({"csat": 5, "four": 4})
        await heard.says({"csat": 3, "four": 2}, agent="bob")
    await heard.switch_on("quality", "interpersonal", prior=20)
    answer = await heard.post("/feedback/scores/compute")
    assert answer.json()["changed"] == 2
    # One kind of customer: mean 0.75, Ann 1.0 at half weight (20 answers, prior 20).
    ann, bob = heard.score("ann", "quality"), heard.score("bob", "interpersonal")
    assert ann is not None
    assert bob is not None
    assert (ann.value, ann.n, ann.source) == (0.875, 20, Source.COMPUTED)
    assert (bob.value, bob.n) == (0.375, 20)
    assert ann.low is not None
    assert ann.high is not None
    assert ann.low < ann.value < ann.high
    again = await heard.post("/feedback/scores/compute")
    assert again.json()["changed"] == 0  # nothing new, so nothing is written


async def test_an_agent_without_answers_has_the_team_mean(heard: Heard):
    await heard.agent("eve")
    await heard.says({"csat": 5})
    await heard.says({"csat": 3}, agent="bob")
    await heard.switch_on("quality")
    await heard.post("/feedback/scores/compute")
    eve = heard.score("eve", "quality")
    assert eve is not None
    assert (eve.value, eve.n) == (0.75, 0)


async def test_a_score_by_hand_stays_until_somebody_takes_the_computed_one(heard: Heard):
    await heard.agent("ann", quality=Score(value=0.9, n=12))
    await heard.says({"csat": 1})
    await heard.switch_on("quality")
    await heard.post("/feedback/scores/compute")
    assert heard.score("ann", "quality") == Score(value=0.9, n=12)
    taken = await heard.post("/feedback/scores/take", {"agent": "ann", "trait": "quality"})
    assert taken.status_code == 200
    found = heard.score("ann", "quality")
    assert found is not None
    assert (found.value, found.source) == (0.0, Source.COMPUTED)
    (told,) = [one for one in await heard.audits("agent") if one["user"] == "u-ada"]
    assert told["item"] == "ann"
    assert told["before"]["scores"]["quality"]["value"] == 0.9
    await heard.agent("ann", quality=Score(value=0.7))
    await heard.post("/feedback/scores/compute")
    assert heard.score("ann", "quality") == Score(value=0.7)


async def test_what_cannot_be_taken_is_refused(heard: Heard):
    body = {"agent": "ann", "trait": "quality"}
    assert (await heard.post("/feedback/scores/take", body)).status_code == 400
    await heard.switch_on("quality")
    assert (await heard.post("/feedback/scores/take", body)).status_code == 400
    assert not (await heard.post("/feedback/scores/take", body, "sue")).is_success


async def test_the_rest_of_an_agent_stays_as_it_is(heard: Heard):
    await heard.agent("ann", sales=Score(value=0.6), productivity=Score(value=0.4))
    before = heard.house.engine.center().agents
    kept = {id_: one.spec for id_, one in before.items()}
    await heard.says({"csat": 5})
    await heard.switch_on("quality")
    await heard.post("/feedback/scores/compute")
    for id_, one in heard.house.engine.center().agents.items():
        assert one.spec.capacity == kept[id_].capacity
        assert {t: s for t, s in one.spec.scores.items() if t != "quality"} == kept[id_].scores


async def test_every_night_and_not_twice_a_day(heard: Heard):
    assert await heard.scores.is_due()
    await heard.scores.compute()
    heard.house.clock.on(DAY - 1)
    assert not await heard.scores.is_due()
    heard.house.clock.on(1)
    assert await heard.scores.is_due()


async def test_the_own_feedback_beside_the_team(heard: Heard):
    for agent, value in (("ann", 5), ("bob", 3), ("eve", 3)):
        await heard.agent(agent)
        for _ in range(10):
            await heard.says({"csat": value}, agent=agent)
    await heard.says({"four": 5}, words="So kind")
    await heard.switch_on()
    mine = await heard.get("/me/feedback", "ann")
    satisfied = mine["measures"]["csat_pct"]
    assert (satisfied["value"], satisfied["n"], satisfied["beside"]) == (100.0, 10, "above")
    assert satisfied["team"] == 33.333
    assert [one["answers"][-1]["words"] for one in mine["rows"]] == ["So kind"]
    assert {one["agent"] for one in mine["rows"]} == {"ann"}
    bob = (await heard.get("/me/feedback", "bob"))["measures"]["csat_pct"]
    assert bob["beside"] == "below"
    assert "agents" not in mine
    await heard.put("/feedback/targets", {"measure": "csat", "aim": 4})
    target = {"measure": "nps", "side": "agent", "item": "ann", "aim": 20}
    await heard.put("/feedback/targets", target)
    again = (await heard.get("/me/feedback", "ann"))["measures"]
    assert again["csat"]["target"] is None  # the center's, not asked of one person
    assert again["nps"]["target"]["aim"] == 20


async def test_no_team_mean_that_would_tell_on_one_colleague(heard: Heard):
    for agent in ("ann", "bob"):
        for _ in range(10):
            await heard.says({"csat": 4}, agent=agent)
    mine = (await heard.get("/me/feedback", "ann"))["measures"]["csat"]
    assert (mine["team"], mine["beside"]) == (None, None)
