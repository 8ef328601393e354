"""The HTTP door to canned replies: all read them, who leads or configures writes them."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Depends, HTTPException
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import insert, update
from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.core.permissions import Right
from warmline.core.words import Actor, QueueId, Rejected, SiteId
from warmline.desk.model import (
    REPLIES_LIMIT,
    TEXT_LIMIT_CHARS,
    TITLE_LIMIT_CHARS,
    Audit,
    CannedReply,
    queues_of,
)
from warmline.desk.tables import all_replies, canned_reply, how_many, one_reply, same_shortcut
from warmline.ports import Clock, Guard, State
from warmline.storage.database import Database
from warmline.storage.rows import Row, row, rows

KIND = "canned_reply"


class ReplyBody(BaseModel):
    """A canned reply as it is written."""

    model_config = ConfigDict(extra="forbid")

    shortcut: str = Field(min_length=1, max_length=32)
    title: str = Field(min_length=1, max_length=TITLE_LIMIT_CHARS)
    text: str = Field(min_length=1, max_length=TEXT_LIMIT_CHARS)
    language: str = Field(default="", max_length=16)
    queues: list[Annotated[str, Field(max_length=64)]] = Field(default_factory=list, max_length=200)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Room:
    database: Database
    state: State
    needs: Guard
    clock: Clock
    site: SiteId
    audit: Audit
    changed: Callable[[], None]

    def reply(self, id_: str, body: ReplyBody) -> CannedReply:
        """The reply that a body asks for, checked."""
        given = CannedReply(
            id=id_,
            shortcut=body.shortcut.strip().removeprefix("/"),
            title=body.title.strip(),
            text=body.text,
            language=body.language,
            queues=queues_of(body.queues, self.state.center().queues),
        )
        given.check()
        return given

    async def check_shortcut(self, connection: AsyncConnection, given: CannedReply) -> None:
        """Refuse a shortcut that another reply of the language has."""
        other = same_shortcut(
            self.site, language=given.language, shortcut=given.shortcut, but=given.id
        )
        if await row(connection, other) is not None:
            raise Rejected("shortcut_taken", f"There is a reply /{given.shortcut} already.")

    async def existing(self, connection: AsyncConnection, id_: str) -> Row:
        """A reply by id, else 404."""
        found = await row(connection, one_reply(self.site, id_))
        if found is None:
            raise HTTPException(404, f"there is no canned reply {id_}")
        return found


def routes(
    *,
    database: Database,
    state: State,
    needs: Guard,
    clock: Clock,
    site: SiteId,
    audit: Audit,
    changed: Callable[[], None] = lambda: None,
) -> APIRouter:
    """All routes of the room; `audit` makes the row of a change, `changed` hears of it after."""
    room = _Room(
        database=database,
        state=state,
        needs=needs,
        clock=clock,
        site=site,
        audit=audit,
        changed=changed,
    )
    router = APIRouter(tags=["desk"])
    _add_reading(router, room)
    _add_writing(router, room)
    return router


def _add_reading(router: APIRouter, room: _Room) -> None:
    reader = Depends(room.needs(Right.SIGNED_IN))

    @router.get("/canned")
    async def replies(_actor: Annotated[Actor, reader]) -> dict[str, object]:
        """Every canned reply, by language and shortcut."""
        async with room.database.read() as connection:
            found = await rows(connection, all_replies(room.site))
        return {"replies": [_shown(one) for one in found]}


def _add_writing(router: APIRouter, room: _Room) -> None:
    writer = Depends(room.needs.any_of(frozenset({Right.CONFIGURE, Right.SUPERVISE})))

    @router.post("/canned", status_code=201)
    async def create(body: ReplyBody, actor: Annotated[Actor, writer]) -> dict[str, object]:
        """Write a new reply."""
        given = room.reply(uuid4().hex, body)
        async with room.database.write() as connection:
            await room.check_shortcut(connection, given)
            if (await connection.scalar(how_many(room.site)) or 0) >= REPLIES_LIMIT:
                raise Rejected("too_many_replies", f"{REPLIES_LIMIT} canned replies are enough.")
            await connection.execute(insert(canned_reply).values(_columns(room, actor, given)))
            await _tell(room, connection, actor, "created", None, given)
        room.changed()
        return _plain(given)

    @router.put("/canned/{id_}")
    async def change(
        id_: str, body: ReplyBody, actor: Annotated[Actor, writer]
    ) -> dict[str, object]:
        """Write a reply anew."""
        given = room.reply(id_, body)
        async with room.database.write() as connection:
            before = _known(await room.existing(connection, id_))
            await room.check_shortcut(connection, given)
            await connection.execute(
                update(canned_reply)
                .where(canned_reply.c.site == room.site, canned_reply.c.id == id_)
                .values(_columns(room, actor, given))
            )
            await _tell(room, connection, actor, "changed", before, given)
        room.changed()
        return _plain(given)

    @router.delete("/canned/{id_}", status_code=204)
    async def remove(id_: str, actor: Annotated[Actor, writer]) -> None:
        """Remove a reply."""
        async with room.database.write() as connection:
            before = _known(await room.existing(connection, id_))
            await connection.execute(
                canned_reply.delete().where(
                    canned_reply.c.site == room.site, canned_reply.c.id == id_
                )
            )
            await _tell(room, connection, actor, "removed", before, None)
        room.changed()


async def _tell(
    room: _Room,
    connection: AsyncConnection,
    actor: Actor,
    action: str,
    before: CannedReply | None,
    after: CannedReply | None,
) -> None:
    item = before or after
    assert item is not None, "something was changed"
    told = room.audit(
        actor,
        action,
        KIND,
        item.id,
        before=_plain(before) if before else None,
        after=_plain(after) if after else None,
    )
    await connection.execute(told.statement)


def _columns(room: _Room, actor: Actor, given: CannedReply) -> dict[str, object]:
    return {
        **_plain(given),
        "site": room.site,
        "updated_at": room.clock.now(),
        "updated_by": actor.user,
    }


def _plain(given: CannedReply) -> dict[str, object]:
    return {**asdict(given), "queues": list(given.queues)}


def _known(found: Row) -> CannedReply:
    fields = ("id", "shortcut", "title", "text", "language")
    return CannedReply(
        **{name: found[name] for name in fields},
        queues=tuple(QueueId(one) for one in found["queues"]),
    )


def _shown(found: Row) -> dict[str, object]:
    return {**_plain(_known(found)), "updated_at": found["updated_at"]}
