"""The HTTP door to flows: their versions as text, drawings, dry runs, publishing."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Response
from fastapi.responses import JSONResponse

from warmline.core.permissions import Right
from warmline.core.settings import Calendar
from warmline.core.words import Actor, CalendarId, CustomerId, Instant, Malformed
from warmline.flows.document import put, schema
from warmline.flows.drawing import drawing
from warmline.flows.model import Flow
from warmline.flows.pins import Pins
from warmline.flows.rehearsal import Try, coverage, read_script, rehearse, shown
from warmline.flows.shapes import EditBody, NewBody, PinBody, RehearsalBody, TextBody
from warmline.flows.versions import Versions
from warmline.ports import Clock, Guard, State
from warmline.storage.version_rows import Version
from warmline.storage.versions import Changed
from warmline.written import answers
from warmline.written.bodies import DraftBody, Id, SaveBody
from warmline.written.problems import Mistaken, Wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """What the routes work with."""

    clock: Clock
    state: State
    needs: Guard
    versions: Versions
    pins: Pins
    users: answers.Names


def flow_routes(room: Room) -> APIRouter:
    """The routes of flows."""
    router = APIRouter(tags=["flows"])
    _add_list(router, room)
    _add_texts(router, room)
    _add_versions(router, room)
    _add_publishing(router, room)
    _add_pins(router, room)
    return router


def _readers(room: Room) -> Any:
    """Supervisors read, as administrators do."""
    return Depends(room.needs(Right.KNOW))


def _writers(room: Room) -> Any:
    return Depends(room.needs(Right.CONFIGURE))


def _add_list(router: APIRouter, room: Room) -> None:
    reader, writer = _readers(room), _writers(room)

    @router.get("/flows")
    async def listed(_actor: Annotated[Actor, reader]) -> dict[str, object]:
        """All flows, and which of them are run where."""
        found = await room.versions.listed()
        in_force = {one.said.id: one for one in await room.versions.in_force()}
        return {
            "flows": [
                {
                    "id": id_,
                    "name": next(one["name"] for one in found if one["flow"] == id_),
                    "in_force": in_force[id_].version if id_ in in_force else None,
                    "inboxes": list(in_force[id_].said.inboxes) if id_ in in_force else [],
                    "media": list(in_force[id_].said.media) if id_ in in_force else [],
                    "versions": [one["id"] for one in found if one["flow"] == id_],
                }
                for id_ in sorted({one["flow"] for one in found})
            ]
        }

    @router.get("/flows/schema")
    async def described(_actor: Annotated[Actor, reader]) -> dict[str, object]:
        """The JSON Schema of a flow's text."""
        return schema()

    @router.post("/flows", status_code=201)
    async def begin(
        body: NewBody, actor: Annotated[Actor, writer], response: Response
    ) -> Mapping[str, object]:
        """A new flow: the first draft of it."""
        version = await room.versions.begin(actor, body.id, body.name)
        return await _shown(room, version, response)

    @router.delete("/flows/{flow}/running", status_code=204)
    async def stop(flow: Id, actor: Annotated[Actor, writer]) -> None:
        """Run a flow no more; who is in it goes on to its end."""
        await room.versions.stop(actor, flow)


def _add_texts(router: APIRouter, room: Room) -> None:
    reader, writer = _readers(room), _writers(room)

    @router.post("/flows/check")
    async def check(body: TextBody, _actor: Annotated[Actor, reader]) -> dict[str, object]:
        """What would be wrong with running a text now, and its drawing while it can be read."""
        found = room.versions.check(body.text, flow=body.flow)
        return {"problems": answers.problems(found.problems), "drawing": drawing(found)}

    @router.post("/flows/edit")
    async def edit(body: EditBody, _actor: Annotated[Actor, writer]) -> dict[str, object]:
        """A text with another value at a place; comments and all else stay."""
        try:
            return {"text": put(body.text, tuple(body.path), body.value)}
        except Wrong as wrong:
            raise Malformed("path", wrong.detail, wrong.code) from wrong

    @router.post("/flows/rehearsal")
    async def dry_run(body: RehearsalBody, _actor: Annotated[Actor, reader]) -> dict[str, object]:
        """A text tried with the customers of a script; nothing is called or changed by it."""
        found = room.versions.check(body.text)
        tries, problems = read_script(body.script)
        answer: dict[str, object] = {
            "problems": answers.problems(found.errors),
            "script_problems": answers.problems(problems),
            "result": None,
        }  # fmt: skip
        if found.flow is not None and not problems:
            calendars = dict(room.state.center().calendars)
            now = room.clock.now()
            answer["result"] = await asyncio.to_thread(_tried, found.flow, tries, now, calendars)
        return answer


def _tried(
    flow: Flow, tries: Sequence[Try], now: Instant, calendars: Mapping[CalendarId, Calendar]
) -> dict[str, object]:
    tried = [rehearse(flow, one, now, calendars) for one in tries]
    return shown(tried, coverage(flow, tried))


def _add_versions(router: APIRouter, room: Room) -> None:
    reader, writer = _readers(room), _writers(room)

    @router.get("/flows/{flow}/versions")
    async def versions(flow: Id, _actor: Annotated[Actor, reader]) -> dict[str, object]:
        """The versions of a flow, the newest first, without their texts."""
        found = await room.versions.listed(flow)
        if not found:
            raise HTTPException(404, f"there is no flow {flow}")
        return {"versions": await answers.listed(found, "flow", room.users)}

    @router.post("/flows/{flow}/versions", status_code=201)
    async def draft(
        flow: Id, body: DraftBody, actor: Annotated[Actor, writer], response: Response
    ) -> Mapping[str, object]:
        """A new draft: of a version (`from`), else of what is in force."""
        version = await room.versions.draft(actor, flow, source=body.source)
        return await _shown(room, version, response)

    @router.get("/flows/versions/{version}")
    async def one(
        version: Id, _actor: Annotated[Actor, reader], response: Response
    ) -> Mapping[str, object]:
        """A version with its text, and what would be wrong with running it now."""
        return await _shown(room, await room.versions.get(version), response)

    @router.put("/flows/versions/{version}", response_model=None)
    async def save(
        version: Id,
        body: SaveBody,
        actor: Annotated[Actor, writer],
        response: Response,
        tag: answers.Tag = None,
    ) -> Mapping[str, object] | JSONResponse:
        """Save a draft; `If-Match` names the save that was edited, so that nobody's is lost."""
        if tag is None:
            return answers.refused(428, "tag_needed", "Send If-Match with the version's tag.")
        try:
            saved = await room.versions.save(actor, version, tag=answers.plain(tag), text=body.text)
        except Changed as changed:
            return await answers.changed_meanwhile(room.versions.row(changed.version), room.users)
        return await _shown(room, saved, response)

    @router.delete("/flows/versions/{version}", status_code=204)
    async def remove(version: Id, actor: Annotated[Actor, writer]) -> None:
        """Remove a draft."""
        await room.versions.remove(actor, version)


def _add_publishing(router: APIRouter, room: Room) -> None:
    writer = _writers(room)

    @router.post("/flows/versions/{version}/publish", response_model=None)
    async def publish(
        version: Id, actor: Annotated[Actor, writer], tag: answers.Tag = None
    ) -> Mapping[str, object] | JSONResponse:
        """Run this version from now on, in place of the one before."""
        if tag is None:
            return answers.refused(428, "tag_needed", "Send If-Match with the draft's tag.")
        try:
            published = await room.versions.publish(actor, version, tag=answers.plain(tag))
        except Changed as changed:
            return await answers.changed_meanwhile(room.versions.row(changed.version), room.users)
        except Mistaken as mistaken:
            return answers.mistaken("flow", mistaken.problems)
        return await _shown(room, published)


def _add_pins(router: APIRouter, room: Room) -> None:
    keeper = _readers(room)

    @router.put("/flows/pins/{customer}", status_code=204)
    async def put_pin(customer: Id, body: PinBody, actor: Annotated[Actor, keeper]) -> None:
        """Give a customer a PIN, in place of the one before; it is kept as a hash alone."""
        await room.pins.put(actor, CustomerId(customer), body.pin)

    @router.delete("/flows/pins/{customer}", status_code=204)
    async def remove_pin(customer: Id, actor: Annotated[Actor, keeper]) -> None:
        """Take a customer's PIN away."""
        await room.pins.remove(actor, CustomerId(customer))


async def _shown(
    room: Room, version: Version, response: Response | None = None
) -> Mapping[str, object]:
    """A version as one answer, with its tag in the header."""
    if response is not None:
        response.headers["ETag"] = f'"{version.tag}"'
    reading = room.versions.check(version.text, flow=version.subject)
    row_of = room.versions.row(version)
    return await answers.shown(row_of, "flow", room.users, reading.problems)
