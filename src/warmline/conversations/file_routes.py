"""Files over HTTP: put one up to send it, and read those of conversations one may see."""

from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Depends, HTTPException, Response, UploadFile

from warmline.conversations import queries, writes
from warmline.conversations.files import headers, served_type
from warmline.conversations.model import File
from warmline.conversations.room import Room
from warmline.core.permissions import Right
from warmline.core.words import Actor, InteractionId, Rejected
from warmline.storage.rows import row

WAITING_FILES = 100
"""Files that one user may have put up and not sent yet."""


def add_file_routes(router: APIRouter, room: Room) -> None:
    """`POST /files` and `GET /files/{id}`."""
    reader = Depends(room.needs(Right.READ_OWN))

    @router.post("/files", status_code=201)
    async def put_up(file: UploadFile, actor: Annotated[Actor, reader]) -> dict[str, object]:
        """Keep a file until it is sent with a message."""
        assert actor.user is not None
        content = await file.read(room.file_limit_bytes + 1)
        if len(content) > room.file_limit_bytes:
            limit_mb = room.file_limit_bytes / 1024 / 1024
            raise HTTPException(413, f"the file is larger than {limit_mb:g} MB")
        name, media_type = room.take(file.filename or "", content)
        async with room.database.read() as connection:
            waiting = await connection.scalar(queries.waiting_files(room.site, actor.user))
        if waiting and waiting >= WAITING_FILES:
            raise Rejected("too_many_files", "Send or drop the files that wait first.")
        given = File(
            id=uuid4().hex,
            name=name,
            media_type=media_type,
            size=len(content),
            blob=await room.blobs.put(content),
            at=room.clock.now(),
            user=actor.user,
        )
        async with room.database.write() as connection:
            await connection.execute(writes.uploaded(room.site, given).statement)
        return {"id": given.id, "name": name, "media_type": media_type, "size": given.size}

    @router.get("/files/{id_}")
    async def file_content(id_: str, actor: Annotated[Actor, reader]) -> Response:
        """The content of a file; pictures open in the page, everything else is downloaded."""
        async with room.database.read() as connection:
            found = await row(connection, queries.files_by_id(room.site, [id_]))
        if found is None:
            raise HTTPException(404, f"there is no file {id_}")
        if found["interaction"] is None:
            seen = found["user"] == actor.user
        else:
            seen = await room.sight.conversation(actor, InteractionId(found["interaction"]))
        if not seen:
            raise HTTPException(404, f"there is no file {id_}")
        try:
            content = await room.blobs.get(found["blob"])
        except KeyError:
            raise HTTPException(404, f"the content of file {id_} is gone") from None
        return Response(
            content,
            media_type=served_type(found["media_type"]),
            headers=headers(found["name"], found["media_type"]),
        )

    @router.delete("/files/{id_}", status_code=204)
    async def drop(id_: str, actor: Annotated[Actor, reader]) -> None:
        """Drop a file that was put up and not sent."""
        async with room.database.write() as connection:
            await connection.execute(writes.upload_dropped(room.site, id_, actor.user))
