"""The HTTP door to the agents' scores that answers tell."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends

from warmline.core.permissions import Right
from warmline.core.settings import Score
from warmline.core.words import Actor, AgentId
from warmline.experience.results.model import Room
from warmline.experience.results.scores import Scores
from warmline.experience.results.scoring import AgentScores, scored_json
from warmline.experience.results.shapes import TakeBody
from warmline.experience.results.targets import terms_json


def add_score_routes(router: APIRouter, room: Room, scores: AgentScores) -> None:
    """What answers would give, what is in force, computing now, taking over one set by hand."""
    leader = Depends(room.needs.any_of(frozenset({Right.SUPERVISE, Right.CONFIGURE})))
    configure = Depends(room.needs(Right.CONFIGURE))

    @router.get("/feedback/scores")
    async def the_scores(_actor: Annotated[Actor, leader]) -> dict[str, Any]:
        """What answers say of every agent, with n and interval, beside the score in force."""
        return await _listed(room, scores)

    @router.post("/feedback/scores/compute")
    async def compute(_actor: Annotated[Actor, configure]) -> dict[str, Any]:
        """Compute now, as every night; scores set by hand stay."""
        changed = await scores.compute()
        return {"changed": changed, **await _listed(room, scores)}

    @router.post("/feedback/scores/take")
    async def take(body: TakeBody, actor: Annotated[Actor, configure]) -> dict[str, Any]:
        """Let the computed score take the place of one that was set by hand."""
        await scores.take(actor, AgentId(body.agent), body.trait)
        return await _listed(room, scores)


async def _listed(room: Room, scores: AgentScores) -> dict[str, Any]:
    told = await scores.told()
    agents = room.state.center().agents
    return {
        "computed_at": await scores.last(),
        "terms": terms_json(told.terms),
        "traits": {
            trait.value: {
                "on": trait in told.terms.computed,
                **_basis(found),
                "agents": {
                    agent: {
                        "computed": scored_json(found.agents.get(agent)) if found else None,
                        "in_force": _in_force(one.spec.scores.get(trait)),
                    }
                    for agent, one in agents.items()
                },
            }
            for trait, found in told.by_trait.items()
        },
        "names": dict(await room.agents(agents.keys())),
    }


def _basis(found: Scores | None) -> dict[str, object]:
    if found is None:
        return {"mean": None, "spread": None, "prior": None, "estimated": None}
    return {
        "mean": round(found.mean, 3),
        "spread": round(found.spread, 3),
        "prior": round(found.prior, 1),
        "estimated": found.estimated,
    }


def _in_force(score: Score | None) -> dict[str, object] | None:
    if score is None:
        return None
    return {
        "value": score.value,
        "n": score.n,
        "low": score.low,
        "high": score.high,
        "source": score.source.value,
    }
