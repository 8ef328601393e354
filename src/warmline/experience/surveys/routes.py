"""The HTTP door to surveys: their versions as text, what a customer sees, who was asked."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Protocol

from fastapi import APIRouter, Depends, HTTPException, Query, Response
from fastapi.responses import JSONResponse

from warmline.core.permissions import Right, has
from warmline.core.words import DAY, Actor, CustomerId, SiteId
from warmline.experience.surveys import tables
from warmline.experience.surveys.coverage import covered
from warmline.experience.surveys.model import Survey
from warmline.experience.surveys.page import Form, Look, questions
from warmline.experience.surveys.shapes import NewBody, PreviewBody, TextBody, Wanted
from warmline.experience.surveys.versions import Versions
from warmline.experience.surveys.wording import asked, spoken
from warmline.ports import Clock, Guard
from warmline.storage.database import Database
from warmline.storage.rows import Row, row, rows
from warmline.storage.version_rows import Version
from warmline.storage.versions import Changed
from warmline.written import answers
from warmline.written.bodies import DraftBody, Id, SaveBody
from warmline.written.problems import Mistaken

COVERAGE_DAYS = 30
PAGE = 50


class CustomerNames(Protocol):
    """What customers are called, masked unless they are open to the reader."""

    async def __call__(
        self, ids: Collection[CustomerId], *, reader: Actor
    ) -> Mapping[CustomerId, str]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """What the routes work with."""

    database: Database
    site: SiteId
    clock: Clock
    needs: Guard
    versions: Versions
    users: answers.Names
    customers: CustomerNames


def survey_routes(room: Room) -> APIRouter:
    """The routes of surveys and asks."""
    router = APIRouter(tags=["surveys"])
    _add_list(router, room)
    _add_texts(router, room)
    _add_versions(router, room)
    _add_publishing(router, room)
    _add_asks(router, room)
    return router


def _add_list(router: APIRouter, room: Room) -> None:
    leader = Depends(room.needs(Right.KNOW))

    @router.get("/surveys")
    async def listed(
        _actor: Annotated[Actor, leader],
        days: Annotated[int, Query(ge=1, le=3660)] = COVERAGE_DAYS,
    ) -> dict[str, object]:
        """All surveys, whether they are asked now, and how many were asked and answered."""
        since = room.clock.now() - days * DAY
        found = await room.versions.listed()
        in_force = {one.said.id: one for one in await room.versions.in_force()}
        cover = await covered(room.database, room.site, since)
        ids = sorted({one["survey"] for one in found})
        return {
            "days": days,
            "surveys": [
                {
                    "id": id_,
                    "name": next(one["name"] for one in found if one["survey"] == id_),
                    "in_force": in_force[id_].version if id_ in in_force else None,
                    "versions": [one["id"] for one in found if one["survey"] == id_],
                    "coverage": cover.of(id_),
                }
                for id_ in ids
            ],
            "talks": cover.talks,
        }

    @router.post("/surveys", status_code=201)
    async def begin(
        body: NewBody, actor: Annotated[Actor, leader], response: Response
    ) -> Mapping[str, object]:
        """A new survey: the first draft of it."""
        version = await room.versions.begin(actor, body.id, body.name)
        return await _shown(room, version, response)

    @router.delete("/surveys/{survey}/asking", status_code=204)
    async def stop(survey: Id, actor: Annotated[Actor, leader]) -> None:
        """Ask a survey no more; who was asked may still answer."""
        await room.versions.stop(actor, survey)


def _add_texts(router: APIRouter, room: Room) -> None:
    leader = Depends(room.needs(Right.KNOW))

    @router.post("/surveys/check")
    async def check(body: TextBody, _actor: Annotated[Actor, leader]) -> dict[str, object]:
        """What would be wrong with asking a text now."""
        return {
            "problems": answers.problems(
                room.versions.check(body.text, survey=body.survey).problems
            )
        }

    @router.post("/surveys/preview")
    async def preview(body: PreviewBody, _actor: Annotated[Actor, leader]) -> dict[str, object]:
        """The page of a text as a customer would see it; null while it has mistakes."""
        survey = room.versions.check(body.text).survey
        if survey is None:
            return {"html": None}
        look = Look(language=spoken(body.language), theme=body.theme)
        return {"html": questions(Form(survey=survey), look)}


def _add_versions(router: APIRouter, room: Room) -> None:
    leader = Depends(room.needs(Right.KNOW))

    @router.get("/surveys/{survey}/versions")
    async def versions(survey: Id, _actor: Annotated[Actor, leader]) -> dict[str, object]:
        """The versions of a survey, the newest first, without their texts."""
        found = await room.versions.listed(survey)
        if not found:
            raise HTTPException(404, f"there is no survey {survey}")
        return {"versions": await answers.listed(found, "survey", room.users)}

    @router.post("/surveys/{survey}/versions", status_code=201)
    async def draft(
        survey: Id, body: DraftBody, actor: Annotated[Actor, leader], response: Response
    ) -> Mapping[str, object]:
        """A new draft: of a version (`from`), else of what is in force."""
        version = await room.versions.draft(actor, survey, source=body.source)
        return await _shown(room, version, response)

    @router.get("/surveys/versions/{version}")
    async def one(
        version: Id, _actor: Annotated[Actor, leader], response: Response
    ) -> Mapping[str, object]:
        """A version with its text, and what would be wrong with asking it now."""
        return await _shown(room, await room.versions.get(version), response)

    @router.put("/surveys/versions/{version}", response_model=None)
    async def save(
        version: Id,
        body: SaveBody,
        actor: Annotated[Actor, leader],
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

    @router.delete("/surveys/versions/{version}", status_code=204)
    async def remove(version: Id, actor: Annotated[Actor, leader]) -> None:
        """Remove a draft."""
        await room.versions.remove(actor, version)


def _add_publishing(router: APIRouter, room: Room) -> None:
    leader = Depends(room.needs(Right.KNOW))

    @router.post("/surveys/versions/{version}/publish", response_model=None)
    async def publish(
        version: Id, actor: Annotated[Actor, leader], tag: answers.Tag = None
    ) -> Mapping[str, object] | JSONResponse:
        """Ask this version from now on, in place of the one before."""
        if tag is None:
            return answers.refused(428, "tag_needed", "Send If-Match with the draft's tag.")
        try:
            published = await room.versions.publish(actor, version, tag=answers.plain(tag))
        except Changed as changed:
            return await answers.changed_meanwhile(room.versions.row(changed.version), room.users)
        except Mistaken as mistaken:
            return answers.mistaken("survey", mistaken.problems)
        return await _shown(room, published)


def _add_asks(router: APIRouter, room: Room) -> None:
    reader = Depends(room.needs.any_of(frozenset({Right.READ_OWN, Right.READ_ALL})))

    @router.get("/asks")
    async def asks(
        actor: Annotated[Actor, reader],
        wanted: Annotated[Wanted, Query()],
    ) -> dict[str, object]:
        """Who was asked and what was answered, the newest first; agents see what concerns them."""
        equal = wanted.equal()
        if not has(actor, Right.READ_ALL):
            equal["agent"] = _own(actor)
        before, limit = _place(wanted.before), wanted.limit
        query = tables.asks_page(room.site, equal=equal, before=before, limit=limit)
        async with room.database.read() as connection:
            found = await rows(connection, query)
        last = f"{found[-1]['asked_at']}.{found[-1]['id']}" if len(found) == limit else None
        return {"asks": await _asks(room, actor, found), "next": last}

    @router.get("/asks/{ask}")
    async def one(ask: Id, actor: Annotated[Actor, reader]) -> Mapping[str, object]:
        """One ask with its answers."""
        async with room.database.read() as connection:
            found = await row(connection, tables.one_ask(room.site, ask))
        mine = found is not None and (has(actor, Right.READ_ALL) or found["agent"] == _own(actor))
        if found is None or not mine:
            raise HTTPException(404, f"there is no ask {ask}")
        return (await _asks(room, actor, [found]))[0]


# What is answered


def _own(actor: Actor) -> str:
    """The agent that somebody is; nobody's for who is none."""
    return actor.agent or "-"


def _place(before: str | None) -> tuple[int, str] | None:
    if before is None:
        return None
    at, _, id_ = before.partition(".")
    return (int(at), id_) if at.isdecimal() and len(at) < 16 else None  # noqa: PLR2004 - a moment


async def _asks(room: Room, actor: Actor, found: Sequence[Row]) -> list[dict[str, object]]:
    async with room.database.read() as connection:
        given = await rows(connection, tables.answers_of(room.site, [one["id"] for one in found]))
    ids = {CustomerId(one["customer"]) for one in found if one["customer"]}
    names = await room.customers(ids, reader=actor)
    surveys = {
        (one["survey"], one["version"]): await room.versions.numbered(one["survey"], one["version"])
        for one in found
    }
    hidden = {"site", "token_hash", "told_at"}
    return [
        {
            **{name: value for name, value in one.items() if name not in hidden},
            "customer_name": names.get(one["customer"]),
            "answers": [
                _answer(answer, surveys[one["survey"], one["version"]], one["language"])
                for answer in given
                if answer["ask"] == one["id"]
            ],
        }
        for one in found
    ]


def _answer(found: Row, survey: Survey, language: str) -> dict[str, object]:
    """An answer with the words of its question, as the customer read them."""
    shown = ("question", "kind", "feeling", "value", "words", "at")
    question = survey.question(found["question"])
    words = asked(question, language) if question is not None else found["question"]
    return {**{name: found[name] for name in shown}, "asked": words}


async def _shown(
    room: Room, version: Version, response: Response | None = None
) -> Mapping[str, object]:
    """A version as one answer, with its tag in the header."""
    if response is not None:
        response.headers["ETag"] = f'"{version.tag}"'
    reading = room.versions.check(version.text, survey=version.subject)
    row_of = room.versions.row(version)
    return await answers.shown(row_of, "survey", room.users, reading.problems)
