"""The HTTP door to the policy: versions of it, their differences, publishing and trials."""

from asyncio import to_thread
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, HTTPException, Path, Response
from fastapi.responses import JSONResponse

from warmline.core.permissions import Right
from warmline.core.words import Actor, Malformed, SiteId, UserId
from warmline.policies import tables
from warmline.policies.difference import changes, unified
from warmline.policies.document import read, schema
from warmline.policies.effect import effect
from warmline.policies.model import Audit, Changed, Mistaken, Names, NoSuchVersion, Stage, Version
from warmline.policies.shapes import DiffBody, DraftBody, SaveBody, Side, TextBody, TrialBody
from warmline.policies.versions import LIVE, Versions
from warmline.policies.what_if import Runs
from warmline.policies.what_if_routes import Days, what_if_routes
from warmline.ports import Clock, Guard, Outcomes, State, Submit
from warmline.storage.database import Database
from warmline.storage.rows import Row, row, rows
from warmline.written.problems import Problem

READING = frozenset({Right.SUPERVISE, Right.READ_ALL, Right.CONFIGURE, Right.PUBLISH})
Id = Annotated[str, Path(pattern=r"^[A-Za-z0-9._:@+-]{1,64}$")]
Tag = Annotated[str | None, Header(alias="If-Match", max_length=40)]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Room:
    database: Database
    state: State
    needs: Guard
    clock: Clock
    site: SiteId
    versions: Versions
    names: Names
    outcomes: Outcomes

    async def text_of(self, side: Side) -> str:
        """The text that a side of a comparison stands for."""
        if side.text is not None:
            return side.text
        return await self.versions.text(LIVE if side.live else side.version or "")


def routes(
    *,
    database: Database,
    state: State,
    needs: Guard,
    clock: Clock,
    site: SiteId,
    submit: Submit,
    audit: Audit,
    names: Names,
    outcomes: Outcomes,
    runs: Runs,
    days: Days,
) -> APIRouter:
    """All routes of the room; `outcomes` tells what became of the customers of a trial."""
    versions = Versions(
        database=database, state=state, submit=submit, clock=clock, site=site, audit=audit
    )
    room = _Room(
        database=database, state=state, needs=needs, clock=clock, site=site,
        versions=versions, names=names, outcomes=outcomes,
    )  # fmt: skip
    policies = APIRouter(prefix="/policies", tags=["policies"])
    for add in (_add_reading, _add_comparing, _add_trials, _add_drafts, _add_publishing):
        add(policies, room)
    router = APIRouter()
    router.include_router(policies)
    router.include_router(
        what_if_routes(
            state=state, needs=needs, versions=versions, runs=runs, days=days, names=names
        )
    )
    return router


def _add_reading(router: APIRouter, room: _Room) -> None:
    reader = Depends(room.needs.any_of(READING))

    @router.get("")
    async def policies(_actor: Annotated[Actor, reader]) -> dict[str, object]:
        """What is in force, what is on trial, and the 200 versions touched last, without texts."""
        standing = await room.versions.standing()
        async with room.database.read() as connection:
            found = await rows(connection, tables.newest_versions(room.site))
            trials = await rows(
                connection, tables.trials_of(room.site, [one["id"] for one in found])
            )
        names = await _names(room, found)
        document = standing.document
        return {
            "in_force": {
                "number": standing.number,
                "id": document.id if document else None,
                "name": document.name if document else "",
                "since": document.published_at if document else None,
                "changed_outside": bool(standing.outside),
                "outside": [asdict(one) for one in standing.outside],
                "not_named": list(standing.not_named),
            },
            "trial": _running(room, trials),
            "versions": [_listed(one, names, trials) for one in found],
        }

    @router.get("/schema")
    async def the_schema(_actor: Annotated[Actor, reader]) -> Mapping[str, Any]:
        """The JSON Schema of the document."""
        return schema()

    @router.get("/live")
    async def live(_actor: Annotated[Actor, reader]) -> dict[str, object]:
        """What is in force now, written as a document."""
        return {"number": room.versions.live_number(), "text": room.versions.live_text()}


def _running(room: _Room, trials: Sequence[Row]) -> dict[str, object] | None:
    trial = room.state.center().trial
    if trial is None:
        return None
    known = next((one for one in trials if one["id"] == trial.id), None)
    return {
        "id": trial.id,
        "version": known["version"] if known else None,
        "number": trial.ruleset.policy.version,
        "share_pct": trial.share_pct,
        "started_at": known["started_at"] if known else None,
        "ends_at": known["ends_at"] if known else None,
    }


def _add_comparing(router: APIRouter, room: _Room) -> None:
    reader = Depends(room.needs.any_of(READING))

    @router.post("/validate")
    async def validate(body: TextBody, _actor: Annotated[Actor, reader]) -> dict[str, object]:
        """What would be wrong with publishing this text now; nothing is kept."""
        problems = room.versions.check(body.text)
        return {"valid": not problems, "problems": _problems(problems)}

    @router.post("/diff", response_model=None)
    async def diff(
        body: DiffBody, _actor: Annotated[Actor, reader]
    ) -> dict[str, object] | JSONResponse:
        """What differs: line by line, and meaning by meaning when both texts can be read."""
        try:
            before, after = await room.text_of(body.before), await room.text_of(body.after)
        except NoSuchVersion as missing:
            raise HTTPException(404, f"there is no version {missing}") from missing
        old, new = read(before).document, read(after).document
        meanings = changes(old.ruleset, new.ruleset) if old and new else None
        return {
            # Long texts take their time to be compared; live work goes on meanwhile.
            "unified": await to_thread(unified, before, after, ("before", "after")),
            "changes": None if meanings is None else [asdict(one) for one in meanings],
        }


def _add_trials(router: APIRouter, room: _Room) -> None:
    reader = Depends(room.needs.any_of(READING))
    writer = Depends(room.needs(Right.PUBLISH))

    @router.get("/trials/{trial}/effect")
    async def the_effect(trial: Id, _actor: Annotated[Actor, reader]) -> dict[str, object]:
        """What a trial has shown so far; it may be looked at any time, however often."""
        async with room.database.read() as connection:
            found = await row(connection, tables.one_trial(room.site, trial))
        if found is None:
            raise HTTPException(404, f"there is no trial {trial}")
        arms = await room.outcomes(trial)
        shown = ("id", "version", "number", "against", "share_pct", "started_at", "ended_at")
        return {
            "trial": {name: found[name] for name in shown},
            "looked_at": room.clock.now(),
            **effect(arms),
        }

    @router.delete("/trial", status_code=204)
    async def end_trial(actor: Annotated[Actor, writer]) -> None:
        """End the trial that runs: the policy in force decides for everybody again."""
        await room.versions.end_trial(actor)

    @router.post("/{id_}/trial", response_model=None)
    async def start_trial(
        id_: Id, body: TrialBody, actor: Annotated[Actor, writer], tag: Tag = None
    ) -> Mapping[str, object] | JSONResponse:
        """Let a version decide for a share of the customers."""
        try:
            version = await room.versions.start_trial(
                actor,
                id_,
                tag=_plain_tag(tag),
                share_pct=body.share_pct,
                ends_after_ms=body.ends_after_ms,
            )
        except (Changed, Mistaken, NoSuchVersion) as refused:
            return await _refused(room, refused, tag)
        return await _shown(room, version)


def _add_drafts(router: APIRouter, room: _Room) -> None:
    reader = Depends(room.needs.any_of(READING))
    writer = Depends(room.needs(Right.PUBLISH))

    @router.post("", status_code=201, response_model=None)
    async def create(
        body: DraftBody, actor: Annotated[Actor, writer], response: Response
    ) -> Mapping[str, object] | JSONResponse:
        """A new draft: of a text, of a version (`from`), or of what is in force."""
        try:
            version = await room.versions.draft(
                actor,
                name=body.name,
                source=body.source,
                text=body.text,
                given=body.changes.meant() if body.changes else None,
            )
        except NoSuchVersion as missing:
            raise Malformed("from", f"there is no version {missing}") from missing
        return await _shown(room, version, response)

    @router.get("/{id_}", response_model=None)
    async def one(
        id_: Id, _actor: Annotated[Actor, reader], response: Response
    ) -> Mapping[str, object] | JSONResponse:
        """A version with its text, and what would be wrong with publishing it now."""
        try:
            version = await room.versions.get(id_)
        except NoSuchVersion as missing:
            return await _refused(room, missing, None)
        return await _shown(room, version, response)

    @router.put("/{id_}", response_model=None)
    async def save(
        id_: Id,
        body: SaveBody,
        actor: Annotated[Actor, writer],
        response: Response,
        tag: Tag = None,
    ) -> Mapping[str, object] | JSONResponse:
        """Save a draft; `If-Match` names the save that was edited, so that nobody's is lost."""
        if tag is None:
            return _problem(428, "tag_needed", "Send If-Match with the version's tag.")
        try:
            version = await room.versions.save(
                actor, id_, tag=_plain_tag(tag) or "", name=body.name, text=body.text
            )
        except (Changed, NoSuchVersion) as refused:
            return await _refused(room, refused, tag)
        return await _shown(room, version, response)

    @router.delete("/{id_}", status_code=204, response_model=None)
    async def remove(id_: Id, actor: Annotated[Actor, writer]) -> JSONResponse | None:
        """Remove a draft."""
        try:
            await room.versions.remove(actor, id_)
        except NoSuchVersion as missing:
            return await _refused(room, missing, None)
        return None


def _add_publishing(router: APIRouter, room: _Room) -> None:
    writer = Depends(room.needs(Right.PUBLISH))

    @router.post("/{id_}/publish", response_model=None)
    async def publish(
        id_: Id, actor: Annotated[Actor, writer], tag: Tag = None
    ) -> Mapping[str, object] | JSONResponse:
        """Put a version in force, all of it at once; a trial that runs ends with it."""
        try:
            version = await room.versions.publish(actor, id_, tag=_plain_tag(tag))
        except (Changed, Mistaken, NoSuchVersion) as refused:
            return await _refused(room, refused, tag)
        return await _shown(room, version)


# What is answered


async def _refused(
    room: _Room, refused: Changed | Mistaken | NoSuchVersion, tag: str | None
) -> JSONResponse:
    if isinstance(refused, NoSuchVersion):
        return _problem(404, "unknown_version", f"There is no version {refused}.")
    if isinstance(refused, Mistaken):
        shown = _problems(refused.problems)
        return _problem(400, "malformed", "The policy has mistakes.", problems=shown)
    if tag is None:
        return _problem(428, "tag_needed", "Send If-Match with the draft's tag.")
    whose = refused.version
    names = await room.names({UserId(whose.updated_by)} if whose.updated_by else set())
    return _problem(
        412,
        "changed_meanwhile",
        "Somebody else saved this draft meanwhile.",
        tag=str(whose.tag),
        updated_at=whose.updated_at,
        updated_by=_person(whose.updated_by, names),
    )


def _problem(status: int, code: str, detail: str, **facts: object) -> JSONResponse:
    titles = {400: "Bad Request", 404: "Not Found", 412: "Precondition Failed",
              428: "Precondition Required"}  # fmt: skip
    body = {**facts, "type": "about:blank", "title": titles[status], "status": status,
            "detail": detail, "code": code}  # fmt: skip
    return JSONResponse(body, status, media_type="application/problem+json")


def _plain_tag(tag: str | None) -> str | None:
    return None if tag is None else tag.removeprefix("W/").strip().strip('"')


def _problems(found: Collection[Problem]) -> list[dict[str, object]]:
    return [one.shown() for one in found]


async def _names(room: _Room, found: Sequence[Row]) -> Mapping[UserId, str]:
    fields = ("created_by", "updated_by", "published_by")
    return await room.names({UserId(one[name]) for one in found for name in fields if one[name]})


def _person(id_: str | None, names: Mapping[UserId, str]) -> dict[str, object] | None:
    return None if id_ is None else {"id": id_, "name": names.get(UserId(id_))}


def _listed(one: Row, names: Mapping[UserId, str], trials: Sequence[Row]) -> dict[str, object]:
    plain = ("id", "number", "name", "based_on", "created_at", "updated_at", "published_at")
    persons = ("created_by", "updated_by", "published_by")
    shown = ("id", "share_pct", "started_at", "ended_at")
    return {
        **{name: one[name] for name in plain},
        **{name: _person(one[name], names) for name in persons},
        "state": str(one["stage"]),
        "tag": str(one["tag"]),
        "trials": [
            {name: trial[name] for name in shown}
            for trial in trials
            if trial["version"] == one["id"]
        ],
    }


async def _shown(
    room: _Room, version: Version, response: Response | None = None
) -> Mapping[str, object]:
    """A version as one answer, with its tag in the header."""
    async with room.database.read() as connection:
        trials = await rows(connection, tables.trials_of(room.site, [version.id]))
    found: Row = asdict(version)
    names = await _names(room, [found])
    if response is not None:
        response.headers["ETag"] = f'"{version.tag}"'
    # What decides already was checked when it began; what it names may have gone since.
    problems = [] if version.stage is Stage.PUBLISHED else room.versions.check(version.text)
    return {
        **_listed(found, names, trials),
        "text": version.text,
        "problems": _problems(problems),
    }
