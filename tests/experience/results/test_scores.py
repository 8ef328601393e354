"""Agents' scores: worked out by hand, and what holds whatever was answered of whom."""

from collections.abc import Sequence
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warmline.core.words import AgentId, TeamId
from warmline.experience.results.scores import Scores, Told, scores

ANN, BOB, CYD, DAN, EVE = (AgentId(one) for one in ("ann", "bob", "cyd", "dan", "eve"))
ONE_TEAM = dict.fromkeys((ANN, BOB, CYD, DAN, EVE), TeamId("t"))
told_of = st.builds(
    Told,
    agent=st.sampled_from((ANN, BOB, CYD, DAN)),
    kind=st.sampled_from(("gold", "silver", None)),
    value=st.floats(0, 1),
)


def told(agent: AgentId, kind: str, *values: float) -> list[Told]:
    return [Told(agent=agent, kind=kind, value=one) for one in values]


def scored(answers: Sequence[Told], *, prior: float | None = 20) -> Scores:
    found = scores(answers, ONE_TEAM, prior=prior)
    assert found is not None
    return found


def test_nobody_answered_nobody_is_scored():
    assert scores([], ONE_TEAM) is None


def test_by_hand():
    # Everybody of one kind: 20 answers, mean 0.5; Ann's 5 are all 1, the others' (5 each) 1/3.
    answers = told(ANN, "gold", *[1.0] * 5)
    for agent in (BOB, CYD, DAN):
        answers += told(agent, "gold", *[1 / 3] * 5)
    found = scored(answers, prior=15)
    ann = found.agents[ANN]
    assert (found.mean, ann.team) == pytest.approx((0.5, 0.5))
    assert ann.mean == ann.adjusted == pytest.approx(1.0)
    assert ann.weight == pytest.approx(5 / 20)
    assert ann.value == pytest.approx(0.5 + 0.25 * 0.5)
    # No spread at all within cells: taken as 0.01, so ± 1.96 · √(0.01 / 20).
    assert ann.high - ann.value == pytest.approx(1.96 * 0.1 / 20**0.5)


def test_only_the_customers_differ_not_the_agents():
    """Ann serves the hard kind, Bob the easy one; with each kind they do as everybody does."""
    answers = [
        *told(ANN, "hard", *[0.2, 0.4] * 20), *told(ANN, "easy", *[0.8, 1.0] * 2),
        *told(BOB, "hard", *[0.2, 0.4] * 2), *told(BOB, "easy", *[0.8, 1.0] * 20),
        *told(CYD, "hard", *[0.2, 0.4] * 5), *told(CYD, "easy", *[0.8, 1.0] * 5),
    ]  # fmt: skip
    found = scored(answers).agents
    assert found[ANN].mean == pytest.approx(0.3545, abs=1e-4)
    assert found[BOB].mean == pytest.approx(0.8455, abs=1e-4)
    assert found[ANN].adjusted == pytest.approx(found[BOB].adjusted)
    assert found[ANN].value == pytest.approx(found[BOB].value) == pytest.approx(found[CYD].value)


def test_a_small_team_is_drawn_to_the_center_not_to_itself():
    teams = {ANN: TeamId("alone"), BOB: TeamId("t"), CYD: TeamId("t"), DAN: TeamId("t"), EVE: None}
    answers = told(ANN, "gold", *[1.0] * 10)
    for agent in (BOB, CYD, DAN):
        answers += told(agent, "gold", *[0.4] * 10)
    found = scores(answers, teams, prior=10)
    assert found is not None
    assert found.agents[ANN].team == pytest.approx(0.55)
    assert found.agents[ANN].value == pytest.approx(0.775)
    assert found.agents[BOB].team == pytest.approx(0.4)
    assert found.agents[EVE].value == pytest.approx(0.55)


def test_the_prior_is_estimated_from_how_much_agents_differ():
    alike = [one for agent in ONE_TEAM for one in told(agent, "gold", *[0.3, 0.7] * 20)]
    apart = [
        one
        for place, agent in enumerate(ONE_TEAM)
        for one in told(agent, "gold", *[0.2 * place, 0.2 * place + 0.1] * 20)
    ]
    few = told(ANN, "gold", 1.0, 0.5) + told(BOB, "gold", 0.0, 0.5)
    assert scored(alike, prior=None).prior == 200
    assert scored(apart, prior=None).prior == 5
    assert scored(few, prior=None).prior == 20
    assert scored(alike, prior=None).estimated
    assert not scored(alike).estimated


@given(st.lists(told_of, min_size=1, max_size=80))
def test_who_has_no_answers_has_the_team_mean(answers: list[Told]):
    found = scored(answers, prior=None).agents
    assert found[EVE].n == 0
    assert found[EVE].value == found[EVE].team
    assert found[EVE].weight == 0
    assert found[EVE].mean is None


@given(st.lists(told_of, min_size=1, max_size=80), st.one_of(st.none(), st.floats(1, 500)))
def test_a_score_lies_between_the_team_and_the_own_answers(
    answers: list[Told], prior: float | None
):
    for agent, one in scored(answers, prior=prior).agents.items():
        assert 0 <= one.low <= one.value <= one.high <= 1
        assert one.n == sum(answer.agent == agent for answer in answers)
        if one.adjusted is not None:
            least, most = sorted((one.team, one.adjusted))
            assert least - 1e-9 <= one.value <= most + 1e-9


@given(st.lists(told_of, min_size=2, max_size=60), st.randoms(use_true_random=False))
def test_the_order_of_answers_says_nothing(answers: list[Told], chance: Random):
    mixed = list(answers)
    chance.shuffle(mixed)
    one, other = scored(answers), scored(mixed)
    for agent in ONE_TEAM:
        assert one.agents[agent].value == pytest.approx(other.agents[agent].value)


@given(st.lists(told_of, min_size=1, max_size=40), st.integers(2, 6))
def test_the_same_answers_again_count_more(answers: list[Told], times: int):
    once, often = scored(answers).agents, scored(answers * times).agents
    for agent in ONE_TEAM:
        assert often[agent].weight >= once[agent].weight - 1e-12
