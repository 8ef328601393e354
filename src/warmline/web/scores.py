"""Agents' scores in one go: a sheet is checked, then imported; and exported as the same sheet."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Query, Response, UploadFile

from warmline.core import settings as s
from warmline.core.permissions import Right
from warmline.core.words import Actor, AgentId
from warmline.ports import State
from warmline.security.users import Users
from warmline.web.auth import SessionGuard
from warmline.web.config import Configuration
from warmline.web.score_sheet import Sheet, read_sheet, write_sheet

FILE_LIMIT_BYTES = 900_000
SHOWN_LIMIT = 500
"""How many rows, and how many faults, an answer shows; all are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scores:
    configuration: Configuration
    state: State
    users: Users

    def now(self) -> Mapping[AgentId, Mapping[s.Trait, s.Score]]:
        """What every agent is scored."""
        return {id_: one.spec.scores for id_, one in self.state.center().agents.items()}

    async def store(self, by: Actor, sheet: Sheet) -> int:
        """Give the agents their new scores; how many scores that were."""
        found: dict[AgentId, dict[s.Trait, s.Score]] = {}
        for row in sheet.rows:
            found.setdefault(row.agent, {})[row.trait] = row.score
        stored = 0
        for agent, scores in found.items():
            known = self.state.center().agents.get(agent)
            if known is None:
                continue
            spec = replace(known.spec, scores={**known.spec.scores, **scores})
            await self.configuration.define(by, s.Kind.AGENT, agent, spec)
            stored += len(scores)
        return stored

    async def shown(self, sheet: Sheet, before: Mapping[AgentId, Any]) -> dict[str, object]:
        """The rows as they were read, beside what was known before."""
        names = await self.users.agent_names()
        return {
            "good": len(sheet.rows),
            "faulty": len(sheet.faults),
            "rows": [
                {
                    "line": row.line,
                    "agent": row.agent,
                    "name": names.get(row.agent),
                    "trait": row.trait.value,
                    **_plain(row.score),
                    "was": _plain(before.get(row.agent, {}).get(row.trait)),
                }
                for row in sheet.rows[:SHOWN_LIMIT]
            ],
            "faults": [asdict(one) for one in sheet.faults[:SHOWN_LIMIT]],
        }


def _plain(score: s.Score | None) -> Any:
    if score is None:
        return None
    return {"value": score.value, "n": score.n, "low": score.low, "high": score.high}


def score_routes(
    configuration: Configuration, guard: SessionGuard, state: State, users: Users
) -> APIRouter:
    """`POST /agent-scores/import` and `GET /agent-scores/export`."""
    scores = _Scores(configuration=configuration, state=state, users=users)
    routes = APIRouter(prefix="/agent-scores", tags=["config"])
    configure = Depends(guard(Right.CONFIGURE))

    @routes.post("/import")
    async def import_scores(
        file: UploadFile,
        actor: Annotated[Actor, configure],
        *,
        dry_run: Annotated[bool, Query()] = False,
    ) -> dict[str, object]:
        """Read a sheet; without `dry_run` its good rows are stored, the faulty are left out."""
        content = await file.read(FILE_LIMIT_BYTES + 1)
        if len(content) > FILE_LIMIT_BYTES:
            raise HTTPException(413, f"the sheet is larger than {FILE_LIMIT_BYTES // 1000} kB")
        before = scores.now()
        sheet = read_sheet(content, before.keys())
        shown = await scores.shown(sheet, before)
        stored = 0 if dry_run else await scores.store(actor, sheet)
        return {"dry_run": dry_run, "imported": stored, **shown}

    @routes.get("/export")
    async def export_scores(_actor: Annotated[Actor, configure]) -> Response:
        """All scores as the same sheet."""
        sheet = write_sheet(scores.now(), await users.agent_names())
        return Response(
            sheet,
            media_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": 'attachment; filename="agent-scores.csv"'},
        )

    return routes
