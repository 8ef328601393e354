"""The HTTP door to retention: how long each class is kept, a dry run, a run."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from warmline.core.permissions import Right
from warmline.core.words import Actor, Malformed
from warmline.customers.rights.retention import KEPT_DAYS_MOST, Retention
from warmline.ports import Guard

RUNS_SHOWN = 20
Days = Annotated[int, Field(ge=1, le=KEPT_DAYS_MOST)] | None


class KeepBody(BaseModel):
    """For how many days; null is for good."""

    model_config = ConfigDict(extra="forbid")

    days: Days


class PreviewBody(BaseModel):
    """Rules to try instead of those that stand."""

    model_config = ConfigDict(extra="forbid")

    days: dict[str, Days] = Field(default_factory=dict, max_length=20)


class RunBody(BaseModel):
    """That it is meant."""

    model_config = ConfigDict(extra="forbid")

    confirm: Literal["run"]


def retention_routes(*, retention: Retention, needs: Guard) -> APIRouter:
    """For those who govern the data."""
    router = APIRouter(tags=["customers"])
    governs = Depends(needs(Right.GOVERN))

    @router.get("/retention")
    async def read(_actor: Annotated[Actor, governs]) -> dict[str, object]:
        """How long each class is kept, and what the last runs let go."""
        rules = await retention.rules()
        runs = await retention.runs(limit=RUNS_SHOWN)
        return {
            "classes": [{"kind": kind, "days": days} for kind, days in rules.items()],
            "runs": [{key: one[key] for key in ("id", "at", "by", "counts")} for one in runs],
        }

    @router.put("/retention/{kind}")
    async def keep(
        kind: str, body: KeepBody, actor: Annotated[Actor, governs]
    ) -> dict[str, object]:
        """Keep a class for so many days from now on; nothing goes before the next run."""
        await _check(kind)
        await retention.keep(actor, kind, body.days)
        return {"kind": kind, "days": body.days}

    @router.post("/retention/preview")
    async def preview(body: PreviewBody, _actor: Annotated[Actor, governs]) -> dict[str, object]:
        """What a run would let go, counted, with the ids of a few; nothing is changed."""
        for kind in body.days:
            await _check(kind)
        rules = {**await retention.rules(), **body.days}
        found = await retention.preview(rules)
        return {
            "due": [
                {
                    "kind": kind,
                    "days": rules[kind],
                    "count": due.count,
                    "samples": list(due.samples),
                }
                for kind, due in found.items()
            ]
        }

    @router.post("/retention/run")
    async def run(_body: RunBody, actor: Annotated[Actor, governs]) -> dict[str, object]:
        """Let go now what is due by the rules that stand."""
        return {"counts": await retention.run(actor)}

    async def _check(kind: str) -> None:
        if kind not in await retention.rules():
            raise Malformed("kind", f"there is no class {kind}", "no_such", item=kind)

    return router
