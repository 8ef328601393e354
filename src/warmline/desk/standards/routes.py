"""The HTTP door to standards: scripts, the checklist of a conversation, and what was kept."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Depends, HTTPException, Query
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import insert, update
from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.core.permissions import Right
from warmline.core.words import DAY, LATEST, Actor, AgentId, InteractionId, Malformed, Rejected
from warmline.desk.model import Audit
from warmline.desk.standards import tables
from warmline.desk.standards.keeping import Standards, known_script
from warmline.desk.standards.model import (
    NAME_CHARS,
    SCRIPTS_LIMIT,
    STEPS_LIMIT,
    AgentNames,
    Script,
    Sees,
    Step,
    StepKind,
)
from warmline.ports import Guard, State
from warmline.storage.rows import Row, row, rows
from warmline.storage.upsert import upsert

KIND = "standard"
DRAFT_CHARS = 10_000
ROWS_LIMIT = 200
LEADERS = frozenset({Right.SUPERVISE, Right.CONFIGURE})
Id = Annotated[str, Field(min_length=1, max_length=64)]
Since = Annotated[int | None, Query(alias="from", ge=0, le=LATEST)]
Until = Annotated[int | None, Query(alias="to", ge=0, le=LATEST)]


class StepBody(BaseModel):
    """A step as it is written."""

    model_config = ConfigDict(extra="forbid")

    id: str | None = Field(default=None, max_length=64)
    kind: StepKind
    words: dict[Annotated[str, Field(max_length=8)], str] = Field(
        default_factory=dict[str, str], max_length=3
    )
    law: bool = False


class ScriptBody(BaseModel):
    """A script as it is written; `seen` is the version that was changed."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=NAME_CHARS)
    queue: str = Field(default="", max_length=64)
    reason: str = Field(default="", max_length=200)
    steps: list[StepBody] = Field(min_length=1, max_length=STEPS_LIMIT)
    seen: int | None = Field(default=None, ge=1)


class TickBody(BaseModel):
    """What a person says of a step; null takes it back."""

    model_config = ConfigDict(extra="forbid")

    kept: bool | None


class DraftBody(BaseModel):
    """What is about to be sent."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(max_length=DRAFT_CHARS)


@dataclass(frozen=True, slots=True, kw_only=True)
class StandardsRoom:
    """What the routes of standards work with."""

    standards: Standards
    state: State
    needs: Guard
    sees: Sees
    agents: AgentNames
    audit: Audit

    def script(self, id_: str, version: int, body: ScriptBody) -> Script:
        """The script that a body asks for, checked."""
        if body.queue and body.queue not in self.state.center().queues:
            raise Malformed("queue", f"there is no queue {body.queue}", "no_such", item=body.queue)
        steps = tuple(
            Step(id=one.id or uuid4().hex[:16], kind=one.kind, words=one.words, law=one.law)
            for one in body.steps
        )
        for place, one in enumerate(steps):
            one.check(place)
        if len({one.id for one in steps}) < len(steps):
            raise Malformed("steps", "has one id twice", "twice")
        return Script(
            id=id_,
            version=version,
            name=body.name.strip(),
            queue=body.queue,
            reason=body.reason.strip(),
            steps=steps,
        )


def standard_routes(room: StandardsRoom) -> APIRouter:
    """All routes of standards."""
    router = APIRouter(tags=["desk"])
    _add_scripts(router, room)
    _add_checklist(router, room)
    _add_shares(router, room)
    return router


def _add_scripts(router: APIRouter, room: StandardsRoom) -> None:
    reader = Depends(room.needs(Right.SIGNED_IN))
    leader = Depends(room.needs.any_of(LEADERS))
    standards = room.standards

    @router.get("/standards")
    async def scripts(_actor: Annotated[Actor, reader]) -> dict[str, object]:
        """The scripts in force."""
        async with standards.database.read() as connection:
            found = await rows(connection, tables.scripts(standards.site))
        return {"scripts": [_shown(known_script(one)) for one in found]}

    @router.put("/standards/{id_}")
    async def write(
        id_: str, body: ScriptBody, actor: Annotated[Actor, leader]
    ) -> dict[str, object]:
        """Write a script, or a new version of it."""
        async with standards.database.write() as connection:
            before = await row(connection, tables.newest(standards.site, id_))
            if before is not None and body.seen != before["version"] and not before["gone"]:
                raise Rejected("overtaken", "Somebody changed the script meanwhile.")
            if (await connection.scalar(tables.how_many(standards.site)) or 0) >= SCRIPTS_LIMIT:
                raise Rejected("too_many_scripts", f"{SCRIPTS_LIMIT} scripts are enough.")
            given = room.script(id_[:64], before["version"] + 1 if before else 1, body)
            await _keep(connection, room, actor, before, given)
        return _shown(given)

    @router.delete("/standards/{id_}", status_code=204)
    async def remove(id_: str, actor: Annotated[Actor, leader]) -> None:
        """Take a script out of force; its versions stay."""
        async with standards.database.write() as connection:
            before = await row(connection, tables.newest(standards.site, id_))
            if before is None or before["gone"]:
                raise HTTPException(404, f"there is no script {id_[:64]}")
            await connection.execute(
                update(tables.script)
                .where(
                    tables.script.c.site == standards.site,
                    tables.script.c.id == id_,
                    tables.script.c.newest.is_(True),
                )
                .values(gone=True)
            )
            told = room.audit(
                actor, "removed", KIND, id_, before=_shown(known_script(before)), after=None
            )
            await connection.execute(told.statement)


async def _keep(
    connection: AsyncConnection,
    room: StandardsRoom,
    actor: Actor,
    before: Row | None,
    given: Script,
) -> None:
    site = room.standards.site
    await connection.execute(
        update(tables.script)
        .where(tables.script.c.site == site, tables.script.c.id == given.id)
        .values(newest=False)
    )
    await connection.execute(
        insert(tables.script).values(
            **_shown(given),
            site=site,
            newest=True,
            gone=False,
            at=room.standards.clock.now(),
            by=actor.user,
        )
    )
    told = room.audit(
        actor,
        "changed" if before else "created",
        KIND,
        given.id,
        before=_shown(known_script(before)) if before else None,
        after=_shown(given),
    )
    await connection.execute(told.statement)


def _shown(one: Script) -> dict[str, object]:
    return {
        "id": one.id,
        "version": one.version,
        "name": one.name,
        "queue": one.queue,
        "reason": one.reason,
        "steps": [each.plain() for each in one.steps],
    }


def _add_checklist(router: APIRouter, room: StandardsRoom) -> None:
    reader = Depends(room.needs(Right.READ_OWN))
    standards = room.standards

    async def listed(
        actor: Actor, interaction: InteractionId, draft: str = ""
    ) -> dict[str, object]:
        if not await room.sees.conversation(actor, interaction):
            raise HTTPException(404, f"there is no conversation {interaction}")
        found = await standards.of(interaction, draft)
        if found is None:
            return {"script": None, "name": None, "steps": []}
        _, script, standing = found
        return {
            "script": script.id,
            "name": script.name,
            "steps": [one.plain() for one in standing],
        }

    @router.get("/interactions/{interaction}/standards")
    async def checklist(
        interaction: InteractionId, actor: Annotated[Actor, reader]
    ) -> dict[str, object]:
        """The steps of a conversation and which of them are kept so far."""
        return await listed(actor, interaction)

    @router.post("/interactions/{interaction}/standards")
    async def with_draft(
        interaction: InteractionId, body: DraftBody, actor: Annotated[Actor, reader]
    ) -> dict[str, object]:
        """The same, as if a text were sent already; nothing is kept."""
        return await listed(actor, interaction, body.text)

    @router.put("/interactions/{interaction}/standards/{step}")
    async def ticked(
        interaction: InteractionId, step: str, body: TickBody, actor: Annotated[Actor, reader]
    ) -> dict[str, object]:
        """Say by hand that a step was kept or not, or take that back."""
        steps = (await listed(actor, interaction))["steps"]
        assert isinstance(steps, list)
        if step not in {one["id"] for one in steps}:  # pyright: ignore[reportUnknownVariableType]
            raise HTTPException(404, f"there is no step {step[:64]}")
        tick = tables.tick
        async with standards.database.write() as connection:
            if body.kept is None:
                await connection.execute(
                    tick.delete().where(
                        tick.c.site == standards.site,
                        tick.c.interaction == interaction,
                        tick.c.step == step,
                    )
                )
            else:
                values = {
                    "site": standards.site,
                    "interaction": interaction,
                    "step": step,
                    "kept": body.kept,
                    "by": actor.user,
                    "at": standards.clock.now(),
                }
                keys = ("site", "interaction", "step")
                await connection.execute(upsert(tick, values, keys=keys))
        return await listed(actor, interaction)


def _add_shares(router: APIRouter, room: StandardsRoom) -> None:
    leader = Depends(room.needs.any_of(LEADERS))
    standards = room.standards
    span = _span(room)

    @router.get("/standards-kept")
    async def shares(
        _actor: Annotated[Actor, leader], since: Since = None, until: Until = None
    ) -> dict[str, object]:
        """Of conversations that are over how many steps of a kind were kept; usually of 30 days."""
        begins, ends = span(since, until)
        async with standards.database.read() as connection:
            found = await rows(connection, tables.shares(standards.site, since=begins, until=ends))
        return {"from": begins, "to": ends, "kinds": [dict(one) for one in found]}

    @router.get("/standards-kept/rows")
    async def behind(
        _actor: Annotated[Actor, leader],
        kind: StepKind,
        since: Since = None,
        until: Until = None,
        *,
        kept: bool | None = None,
        limit: Annotated[int, Query(ge=1, le=ROWS_LIMIT)] = 50,
    ) -> dict[str, object]:
        """The conversations behind a share, the newest first."""
        begins, ends = span(since, until)
        query = tables.results_of(
            standards.site, kind=kind.value, since=begins, until=ends, kept=kept, limit=limit
        )
        async with standards.database.read() as connection:
            found = await rows(connection, query)
        names = await room.agents({AgentId(one["agent"]) for one in found if one["agent"]})
        fields = ("interaction", "kept", "by_hand", "queue", "at")
        return {
            "rows": [
                {
                    **{name: one[name] for name in fields},
                    "agent_name": names.get(AgentId(str(one["agent"]))),
                }
                for one in found
            ]
        }


def _span(room: StandardsRoom) -> Callable[[int | None, int | None], tuple[int, int]]:
    def span(since: int | None, until: int | None) -> tuple[int, int]:
        ends = room.standards.clock.now() + 1 if until is None else until
        return (max(0, ends - 30 * DAY) if since is None else since), ends

    return span
