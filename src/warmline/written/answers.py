"""How versions of texts are told over HTTP: who wrote them, what is wrong, what was in the way."""

from collections.abc import Collection, Mapping, Sequence
from typing import Annotated, Any, Protocol, TypeAlias

from fastapi import Header
from fastapi.responses import JSONResponse

from warmline.core.words import UserId
from warmline.written.problems import Problem

Tag = Annotated[str | None, Header(alias="If-Match", max_length=32)]
Row: TypeAlias = Mapping[str, Any]
"""A version by its columns."""
_PERSONS = ("created_by", "updated_by", "published_by")
_TITLES = {400: "Bad Request", 412: "Precondition Failed", 428: "Precondition Required"}


class Names(Protocol):
    """What users are called."""

    async def __call__(self, ids: Collection[UserId]) -> Mapping[UserId, str]: ...


def plain(tag: str) -> str:
    """A tag without the signs that HTTP puts around it."""
    return tag.removeprefix("W/").strip().strip('"')


def problems(found: Collection[Problem]) -> list[dict[str, object]]:
    """What is wrong with a text."""
    return [one.shown() for one in found]


def refused(status: int, code: str, detail: str, **facts: object) -> JSONResponse:
    """Why nothing was done."""
    body = {**facts, "type": "about:blank", "title": _TITLES[status], "status": status,
            "detail": detail, "code": code}  # fmt: skip
    return JSONResponse(body, status, media_type="application/problem+json")


def mistaken(noun: str, found: Collection[Problem]) -> JSONResponse:
    """A text has mistakes, so that it cannot be in force."""
    detail = f"The {noun} has mistakes."
    return refused(400, "malformed", detail, problems=problems(found))


async def changed_meanwhile(version: Row, users: Names) -> JSONResponse:
    """Somebody else saved the draft: who, and when."""
    names = await _names([version], users)
    return refused(
        412, "changed_meanwhile", "Somebody else saved this draft meanwhile.",
        tag=str(version["tag"]), updated_at=version["updated_at"],
        updated_by=_person(version["updated_by"], names),
    )  # fmt: skip


async def listed(versions: Sequence[Row], noun: str, users: Names) -> list[dict[str, Any]]:
    """Versions without their texts; under `noun` stands of what they are."""
    names = await _names(versions, users)
    told = ("id", noun, "number", "name", "created_at", "updated_at", "published_at")
    return [
        {
            **{name: one[name] for name in told},
            **{name: _person(one[name], names) for name in _PERSONS},
            "state": one["stage"],
            "tag": str(one["tag"]),
        }
        for one in versions
    ]


async def shown(
    version: Row, noun: str, users: Names, found: Collection[Problem]
) -> dict[str, object]:
    """A version with its text; what is wrong with it matters while it is a draft."""
    (told,) = await listed([version], noun, users)
    in_the_way = problems(found) if version["stage"] == "draft" else []
    return {**told, "text": version["text"], "problems": in_the_way}


async def _names(versions: Sequence[Row], users: Names) -> Mapping[UserId, str]:
    ids = {UserId(one[name]) for one in versions for name in _PERSONS if one[name]}
    return await users(ids)


def _person(id_: str | None, names: Mapping[UserId, str]) -> dict[str, object] | None:
    return None if id_ is None else {"id": id_, "name": names.get(UserId(id_))}
