"""The HTTP door to what-if runs: the days there are, a run asked for, looked at, cancelled."""

import uuid
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Path, Query

from warmline.core.permissions import Right
from warmline.core.policy import Ruleset
from warmline.core.words import Actor, Malformed, Rejected, UserId
from warmline.policies.checking import checked
from warmline.policies.edits import edited
from warmline.policies.model import Names, NoSuchVersion
from warmline.policies.shapes import AgentsBody, RunBody, TrySide
from warmline.policies.versions import LIVE, Versions
from warmline.policies.what_if import NoSuchRun, Run, Runs
from warmline.policies.worker import Inputs, Staff, Trying
from warmline.ports import Guard, State
from warmline.storage.rows import Row

LONGEST_WAIT_S = 25
RIGHTS = frozenset({Right.PUBLISH})
Id = Annotated[str, Path(pattern=r"^[A-Za-z0-9._:@+-]{1,64}$")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A day that can be run again, or a model of one."""

    id: str
    kind: str
    """`replay_own`, `replay_sample` or `simulate`."""
    name: str | None = None
    date: str | None = None
    contacts: int | None = None


Days = Callable[[], Awaitable[Sequence[Day]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Room:
    state: State
    needs: Guard
    versions: Versions
    runs: Runs
    days: Days
    names: Names

    async def side(self, name: str, side: TrySide) -> tuple[Trying, dict[str, Any]]:
        """What a side of the comparison means, and how it is kept."""
        try:
            text = side.text or await self.versions.text(LIVE if side.live else side.version or "")
            label = await self._label(side)
        except NoSuchVersion as missing:
            raise Malformed(f"{name}.version", f"there is no version {missing}") from missing
        if side.changes is not None:
            text = edited(text, side.changes.meant())
        shown = side.model_dump(mode="json")
        kept = {
            "label": label,
            "text": text,
            "changes": shown["changes"],
            "agents": shown["agents"],
        }
        return Trying(ruleset=self._ruleset(name, text), staff=_staff(side.agents)), kept

    async def _label(self, side: TrySide) -> str:
        if side.version is None:
            return LIVE if side.live else ""
        version = await self.versions.get(side.version)
        return version.name or (f"{version.number}" if version.number else "")

    def _ruleset(self, name: str, text: str) -> Ruleset:
        center = self.state.center()
        ruleset, problems = checked(text, center, version=center.policy.version + 1)
        if ruleset is None:
            first = problems[0]
            where = f"line {first.line}: " if first.line else ""
            raise Malformed(f"{name}.text", f"{where}{first.detail} {first.fix}".strip())
        return ruleset


def what_if_routes(
    *, state: State, needs: Guard, versions: Versions, runs: Runs, days: Days, names: Names
) -> APIRouter:
    """All routes of what-if runs."""
    room = _Room(state=state, needs=needs, versions=versions, runs=runs, days=days, names=names)
    router = APIRouter(prefix="/what-if", tags=["what-if"])
    _add_reading(router, room)
    _add_asking(router, room)
    return router


def _add_reading(router: APIRouter, room: _Room) -> None:
    reader = Depends(room.needs.any_of(RIGHTS))

    @router.get("/days")
    async def days(_actor: Annotated[Actor, reader]) -> dict[str, object]:
        """The days that can be run, own ones first, the newest first."""
        found = await room.days()
        return {"days": [asdict(one) for one in found], "can_run": room.runs.can_run}

    @router.get("/runs")
    async def all_runs(_actor: Annotated[Actor, reader]) -> dict[str, object]:
        """The 200 newest runs, without their results."""
        found = await room.runs.newest()
        names = await _names(room, found)
        return {"runs": [_shown(one, names) for one in found]}

    @router.get("/runs/{id_}")
    async def one_run(
        id_: Id,
        _actor: Annotated[Actor, reader],
        *,
        wait: Annotated[int, Query(ge=0, le=LONGEST_WAIT_S)] = 0,
        seen: Annotated[int, Query(ge=0, le=2**53)] = 0,
    ) -> dict[str, object]:
        """A run; with `wait`, the answer comes when it has moved on from the step `seen`."""
        try:
            if wait:
                found = await room.runs.wait(id_, seen=seen, longest_s=wait)
            else:
                found = await room.runs.get(id_)
        except NoSuchRun as missing:
            raise _missing(id_) from missing
        return _shown(found, await _names(room, [found]))


def _add_asking(router: APIRouter, room: _Room) -> None:
    writer = Depends(room.needs.any_of(RIGHTS))

    @router.post("/runs", status_code=202)
    async def ask(body: RunBody, actor: Annotated[Actor, writer]) -> dict[str, object]:
        """Ask for a day under two policies; it waits for its turn."""
        if not room.runs.can_run:
            raise Rejected("cannot_run", "This center has nothing to run days with.")
        day = next((one for one in await room.days() if one.id == body.day), None)
        if day is None:
            raise Rejected("unknown_day", f"There is no day {body.day}.")
        a, kept_a = await room.side("a", body.a)
        b, kept_b = await room.side("b", body.b)
        run = Run(
            id=uuid.uuid4().hex,
            name=body.name,
            kind=day.kind,
            day=day.id,
            seeds=body.seeds,
            inputs={"a": kept_a, "b": kept_b},
            created_by=actor.user,
        )
        inputs = Inputs(kind=day.kind, day=day.id, a=a, b=b, seeds=body.seeds)
        await room.runs.ask(run, inputs)
        found = await room.runs.get(run.id)
        return _shown(found, await _names(room, [found]))

    @router.post("/runs/{id_}/cancel")
    async def cancel(id_: Id, _actor: Annotated[Actor, writer]) -> dict[str, object]:
        """End a run: at once when it waits, soon when it runs."""
        try:
            await room.runs.cancel(id_)
            found = await room.runs.get(id_)
        except NoSuchRun as missing:
            raise _missing(id_) from missing
        return _shown(found, await _names(room, [found]))

    @router.delete("/runs/{id_}", status_code=204)
    async def remove(id_: Id, _actor: Annotated[Actor, writer]) -> None:
        """Remove a run with its result."""
        try:
            await room.runs.remove(id_)
        except NoSuchRun as missing:
            raise _missing(id_) from missing


def _missing(id_: str) -> HTTPException:
    return HTTPException(404, f"there is no run {id_}")


def _staff(bodies: Collection[AgentsBody]) -> tuple[Staff, ...]:
    return tuple(
        Staff(team=one.team, like=one.like, skills=one.skills, add=one.add, remove=one.remove)
        for one in bodies
    )


async def _names(room: _Room, found: Sequence[Row]) -> Mapping[UserId, str]:
    return await room.names({UserId(one["created_by"]) for one in found if one["created_by"]})


def _shown(found: Row, names: Mapping[UserId, str]) -> dict[str, object]:
    by = found["created_by"]
    plain = ("id", "name", "kind", "day", "seeds", "state", "progress", "step", "inputs",
             "detail", "created_at", "started_at", "ended_at")  # fmt: skip
    return {
        **{name: found[name] for name in plain},
        **({"result": found["result"]} if "result" in found else {}),
        "by": None if by is None else {"id": by, "name": names.get(UserId(by))},
    }
