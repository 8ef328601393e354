"""The HTTP door to conversations: headers, messages, notes, drafts, files, transfers, lists."""

from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Depends, HTTPException, Query, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from warmline.conversations import queries, writes
from warmline.conversations.answer import AnswerBody, GivenId, compose, first_time
from warmline.conversations.file_routes import add_file_routes
from warmline.conversations.files import Taking
from warmline.conversations.list_routes import add_list_routes
from warmline.conversations.model import (
    FILES_PER_MESSAGE,
    HTML_LIMIT_CHARS,
    PAGE_LIMIT,
    TEXT_LIMIT_CHARS,
    Author,
    MessageState,
    Names,
    Said,
)
from warmline.conversations.room import Mailboxes, Room, shown_file, shown_header
from warmline.conversations.scope import Sight
from warmline.conversations.search_routes import add_search_routes
from warmline.conversations.tables import draft
from warmline.conversations.transfer_routes import add_transfer_routes
from warmline.core.commands import AddNote, Send, Unsend
from warmline.core.permissions import Right
from warmline.core.words import (
    Actor,
    CommandId,
    InteractionId,
    MessageId,
    Millis,
    Rejected,
    SiteId,
)
from warmline.ports import Blobs, Clock, Guard, Privacy, State, Submit
from warmline.storage.database import Database
from warmline.storage.rows import Row, row, rows
from warmline.storage.upsert import upsert

Id = Annotated[str, Field(max_length=64)]


class NoteBody(BaseModel):
    """A note for colleagues."""

    model_config = ConfigDict(extra="forbid")

    id: GivenId | None = None
    text: str = Field(min_length=1, max_length=TEXT_LIMIT_CHARS)


class DraftBody(BaseModel):
    """What is being written; all empty forgets it."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(default="", max_length=TEXT_LIMIT_CHARS)
    html: str | None = Field(default=None, max_length=HTML_LIMIT_CHARS)
    attachments: list[Id] = Field(default_factory=list, max_length=FILES_PER_MESSAGE)


def routes(
    *,
    database: Database,
    submit: Submit,
    state: State,
    needs: Guard,
    blobs: Blobs,
    clock: Clock,
    site: SiteId,
    names: Names,
    privacy: Privacy,
    sight: Sight,
    take: Taking,
    mailboxes: Mailboxes,
    undo_send_ms: Millis,
    file_limit_bytes: int,
) -> APIRouter:
    """All routes of the room; `sight` is shared with other rooms that ask who may see what."""
    room = Room(
        database=database,
        submit=submit,
        state=state,
        needs=needs,
        blobs=blobs,
        clock=clock,
        site=site,
        names=names,
        privacy=privacy,
        sight=sight,
        take=take,
        mailboxes=mailboxes,
        undo_send_ms=undo_send_ms,
        file_limit_bytes=file_limit_bytes,
    )
    router = APIRouter(tags=["conversations"])
    _add_reading(router, room)
    _add_answering(router, room)
    _add_notes(router, room)
    _add_drafts(router, room)
    add_file_routes(router, room)
    add_transfer_routes(router, room)
    add_list_routes(router, room)
    add_search_routes(router, room)
    return router


def _add_reading(router: APIRouter, room: Room) -> None:
    reader = Depends(room.needs(Right.READ_OWN))

    @router.get("/conversations/{interaction}")
    async def conversation(
        interaction: InteractionId, actor: Annotated[Actor, reader]
    ) -> dict[str, object]:
        """The head of a conversation, with the other interactions of its thread."""
        header = await room.header(actor, interaction)
        return await _head(room, actor, header)

    @router.get("/conversations/{interaction}/messages")
    async def messages(
        interaction: InteractionId,
        actor: Annotated[Actor, reader],
        after: Annotated[int, Query(ge=0, le=2**53)] = 0,
        limit: Annotated[int, Query(ge=1, le=PAGE_LIMIT)] = PAGE_LIMIT,
    ) -> dict[str, object]:
        """Messages and notes after a sequence number, in order; `more` when there are others."""
        header = await room.header(actor, interaction)
        async with room.database.read() as connection:
            found = await rows(
                connection,
                queries.messages_after(
                    room.site, interaction, after=after, limit=limit + 1, notes=True
                ),
            )
        return {
            "messages": await room.shown(actor, header, found[:limit]),
            "more": len(found) > limit,
        }

    @router.get("/conversations/{interaction}/messages/{message}/original")
    async def original(
        interaction: InteractionId,
        message: MessageId,
        actor: Annotated[Actor, reader],
        *,
        raw: bool = False,
    ) -> Response:
        """The whole text of a message before anything was cut; `raw` is the mail itself."""
        header = await room.header(actor, interaction)
        found = await room.message(interaction, message)
        if raw:
            if not await room.reads_addresses(actor, header):
                raise Rejected("masked", "The mail itself names people: reveal the customer first.")
            return await _raw(room, found["original_blob"])
        return JSONResponse(
            {
                "text": found["original_text"] or found["text"],
                "html": found["original_html"] or found["html"],
                "raw": found["original_blob"] is not None,
            }
        )


async def _head(room: Room, actor: Actor, header: Row) -> dict[str, object]:
    interaction = InteractionId(header["interaction"])
    async with room.database.read() as connection:
        thread = await rows(connection, queries.newest_of_thread(room.site, header["root"]))
        comment = await row(connection, queries.comment_of(room.site, interaction))
        lines = await rows(connection, queries.happenings_of(room.site, interaction))
    return {
        **shown_header(header, room.state),
        "customer_name": await room.customer_name(actor, header),
        "masked": not await room.is_open(actor, room.customer_of(header)),
        "rating_comment": comment["comment"] if comment else None,
        "happenings": [
            {name: one[name] for name in ("what", "at", "agent", "cause")}
            for one in reversed(lines)
        ],
        "thread": [
            {
                "interaction": one["interaction"],
                "subject": one["subject"],
                "phase": one["phase"],
                "started_at": one["arrived_at"],
                "closed_at": one["closed_at"],
            }
            for one in reversed(thread)
            if one["interaction"] != interaction
        ],
    }


async def _raw(room: Room, blob: str | None) -> Response:
    if blob is None:
        raise HTTPException(404, "the mail itself was not kept")
    try:
        content = await room.blobs.get(blob)
    except KeyError:
        raise HTTPException(404, "the mail itself was not kept") from None
    return Response(
        content,
        media_type="message/rfc822",
        headers={
            "Content-Disposition": 'attachment; filename="message.eml"',
            "X-Content-Type-Options": "nosniff",
        },
    )


def _add_answering(router: APIRouter, room: Room) -> None:
    reader = Depends(room.needs(Right.READ_OWN))

    @router.post("/conversations/{interaction}/messages", status_code=201)
    async def answer(
        interaction: InteractionId, body: AnswerBody, actor: Annotated[Actor, reader]
    ) -> dict[str, object]:
        """Write to the customer; a mail leaves after the time in which it can be taken back."""
        header = await room.header(actor, interaction)
        known = await room.message_or_none(MessageId(body.id)) if body.id else None
        id_ = MessageId(body.id or "")
        if first_time(known, actor, interaction):
            given = await compose(room, actor, header, body, room.clock.now())
            id_ = given.id
            command = Send(
                id=CommandId(f"send:{id_}"), by=actor, interaction=interaction, message=id_
            )
            await room.submit(command, *writes.sent(room.site, given), *_dropped(room, given))
        return await _shown_one(room, actor, interaction, id_)

    @router.delete("/conversations/{interaction}/messages/{message}")
    async def take_back(
        interaction: InteractionId, message: MessageId, actor: Annotated[Actor, reader]
    ) -> dict[str, object]:
        """Take a mail back that has not left yet."""
        await room.header(actor, interaction)
        found = await room.message(interaction, message)
        if found["state"] != MessageState.UNSENT.value:
            late = found["send_after"] is None or room.clock.now() >= found["send_after"]
            if late or found["state"] != MessageState.QUEUED.value:
                raise Rejected("too_late", "The message has left already.")
            command = Unsend(
                id=CommandId(f"unsend:{message}"),
                by=actor,
                interaction=interaction,
                message=message,
            )
            await room.submit(command, writes.unsent(room.site, message))
        return await _shown_one(room, actor, interaction, message)


def _dropped(room: Room, given: Said) -> tuple[writes.Write, ...]:
    if given.user is None:
        return ()
    return (writes.draft_dropped(room.site, given.interaction, given.user),)


async def _shown_one(
    room: Room, actor: Actor, interaction: InteractionId, id_: MessageId
) -> dict[str, object]:
    header = await room.header(actor, interaction)
    message = await room.message(interaction, id_)
    return {"message": (await room.shown(actor, header, [message]))[0]}


def _add_notes(router: APIRouter, room: Room) -> None:
    reader = Depends(room.needs(Right.READ_OWN))

    @router.post("/conversations/{interaction}/notes", status_code=201)
    async def note(
        interaction: InteractionId, body: NoteBody, actor: Annotated[Actor, reader]
    ) -> dict[str, object]:
        """Leave a note for colleagues; the customer does not see it."""
        await room.header(actor, interaction)
        id_ = MessageId(body.id or uuid4().hex)
        known = await room.message_or_none(id_) if body.id else None
        if first_time(known, actor, interaction):
            given = Said(
                id=id_,
                interaction=interaction,
                at=room.clock.now(),
                author=Author.NOTE,
                text=body.text,
                agent=actor.agent,
                user=actor.user,
            )
            command = AddNote(
                id=CommandId(f"note:{id_}"), by=actor, interaction=interaction, note=id_
            )
            await room.submit(command, *writes.noted(room.site, given))
        return await _shown_one(room, actor, interaction, id_)


def _add_drafts(router: APIRouter, room: Room) -> None:
    reader = Depends(room.needs(Right.READ_OWN))

    @router.get("/conversations/{interaction}/draft")
    async def read_draft(
        interaction: InteractionId, actor: Annotated[Actor, reader]
    ) -> dict[str, object]:
        """What the reader has begun to write here."""
        await room.header(actor, interaction)
        assert actor.user is not None
        async with room.database.read() as connection:
            found = await row(connection, queries.draft_of(room.site, interaction, actor.user))
            ids: list[str] = list(found["attachments"] or []) if found else []
            files = await rows(connection, queries.files_by_id(room.site, ids))
        return {
            "text": found["text"] if found else "",
            "html": found["html"] if found else None,
            "attachments": [one["id"] for one in files],
            "files": [shown_file(one) for one in files],
            "at": found["at"] if found else None,
        }

    @router.put("/conversations/{interaction}/draft", status_code=204)
    async def keep_draft(
        interaction: InteractionId, body: DraftBody, actor: Annotated[Actor, reader]
    ) -> None:
        """Keep what is being written, or forget it when it is empty."""
        await room.header(actor, interaction)
        assert actor.user is not None
        empty = not body.text and not body.html and not body.attachments
        values = {
            "site": room.site,
            "interaction": interaction,
            "user": actor.user,
            "text": body.text,
            "html": body.html,
            "attachments": body.attachments,
            "at": room.clock.now(),
        }
        async with room.database.write() as connection:
            await connection.execute(
                writes.draft_dropped(room.site, interaction, actor.user).statement
                if empty
                else upsert(draft, values, keys=("site", "interaction", "user"))
            )
