"""The HTTP door to contradictions: side by side, and the word that a pair is none."""

from collections.abc import Collection, Mapping
from typing import Annotated, Literal, Protocol

from fastapi import APIRouter, Depends, HTTPException, Query
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.core.permissions import Right
from warmline.core.words import Actor, UserId
from warmline.knowledge.facts.check import Check
from warmline.knowledge.facts.tables import (
    contradictions,
    dismissal,
    one_contradiction,
    state_of,
)
from warmline.ports import Guard
from warmline.storage.rows import Row, row, rows
from warmline.storage.upsert import upsert

NOTE_CHARS = 300
PAGE_LIMIT = 100
LEADERS = frozenset({Right.SUPERVISE, Right.CONFIGURE})


class UserNames(Protocol):
    """What users are called."""

    async def __call__(self, ids: Collection[UserId]) -> Mapping[UserId, str]: ...


class DismissalBody(BaseModel):
    """Why a pair is no contradiction."""

    model_config = ConfigDict(extra="forbid")

    note: str = Field(default="", max_length=NOTE_CHARS)


def contradiction_routes(*, check: Check, needs: Guard, users: UserNames) -> APIRouter:
    """All routes of contradictions, for who leads or configures."""
    router = APIRouter(tags=["knowledge"])
    leader = Depends(needs.any_of(LEADERS))

    @router.get("/contradictions")
    async def found(
        _actor: Annotated[Actor, leader],
        state: Annotated[Literal["open", "dismissed"], Query()] = "open",
        skip: Annotated[int, Query(ge=0, le=10_000)] = 0,
        limit: Annotated[int, Query(ge=1, le=PAGE_LIMIT)] = 50,
    ) -> dict[str, object]:
        """Texts that state one fact differently, or a date that has passed, the newest first."""
        async with check.database.read() as connection:
            every = await rows(connection, contradictions(check.site))
            checked = await row(connection, state_of(check.site))
        dismissed = [one for one in every if one["dismissed_by"] is not None]
        shown = (
            dismissed if state == "dismissed" else [one for one in every if one not in dismissed]
        )
        page = shown[skip : skip + limit]
        names = await users({UserId(one["dismissed_by"]) for one in page if one["dismissed_by"]})
        return {
            "contradictions": [_shown(one, names) for one in page],
            "total": len(shown),
            "open": len(every) - len(dismissed),
            "dismissed": len(dismissed),
            "texts": checked["texts"] if checked else 0,
            "facts": checked["facts"] if checked else 0,
            "dropped": checked["dropped"] if checked else 0,
            "checked_at": checked["checked_at"] if checked else None,
        }

    @router.put("/contradictions/{id_}/dismissal", status_code=204)
    async def dismiss(id_: str, body: DismissalBody, actor: Annotated[Actor, leader]) -> None:
        """Say that it is no contradiction; that holds while both texts say the same."""
        async with check.database.write() as connection:
            await _existing(connection, check, id_)
            values = {
                "site": check.site,
                "contradiction": id_,
                "by": actor.user,
                "at": check.clock.now(),
                "note": body.note.strip() or None,
            }
            keys = ("site", "contradiction")
            await connection.execute(upsert(dismissal, values, keys=keys))

    @router.delete("/contradictions/{id_}/dismissal", status_code=204)
    async def bring_back(id_: str, _actor: Annotated[Actor, leader]) -> None:
        """Take that back."""
        async with check.database.write() as connection:
            await _existing(connection, check, id_)
            await connection.execute(
                delete(dismissal).where(
                    dismissal.c.site == check.site, dismissal.c.contradiction == id_
                )
            )

    return router


async def _existing(connection: AsyncConnection, check: Check, id_: str) -> None:
    if await row(connection, one_contradiction(check.site, id_)) is None:
        raise HTTPException(404, f"there is no contradiction {id_[:64]}")


def _shown(one: Row, names: Mapping[UserId, str]) -> dict[str, object]:
    by = one["dismissed_by"]
    return {
        **{name: one[name] for name in ("id", "why", "kind", "topic", "found_at")},
        "one": _side(one["one"]),
        "other": _side(one["other"]) if one["other"] else None,
        "dismissed": None
        if by is None
        else {
            "by": by,
            "by_name": names.get(UserId(by)),
            "at": one["dismissed_at"],
            "note": one["note"],
        },
    }


def _side(stated: Mapping[str, object]) -> dict[str, object]:
    names = ("source", "id", "language", "title", "sentence", "start", "end", "conditions")
    return {name: stated[name] for name in names}
