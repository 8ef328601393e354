"""The HTTP door to flags: what restricts how a person's data is used, or how they are treated."""

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException
from pydantic import BaseModel, ConfigDict, Field

from warmline.core.permissions import Right
from warmline.core.words import Actor, CustomerId
from warmline.customers.rights import queries
from warmline.customers.rights.model import NOTE_LIMIT_CHARS, Flag
from warmline.customers.rights.room import READERS, Room
from warmline.customers.rights.tables import flag
from warmline.storage.rows import rows
from warmline.storage.upsert import upsert


class FlagBody(BaseModel):
    """Why it is set."""

    model_config = ConfigDict(extra="forbid")

    note: str | None = Field(default=None, max_length=NOTE_LIMIT_CHARS)


def flag_routes(room: Room) -> APIRouter:
    """See, set and clear flags."""
    router = APIRouter(tags=["customers"])
    reader = Depends(room.needs.any_of(READERS))
    knows = Depends(room.needs(Right.KNOW))

    @router.get("/customers/{who}/flags")
    async def read(who: CustomerId, actor: Annotated[Actor, reader]) -> dict[str, object]:
        """The flags of a person, since when, by whom and why."""
        ids = await room.person(actor, who)
        async with room.database.read() as connection:
            found = await rows(connection, queries.flags(room.site, ids))
        return {"flags": await room.shown(actor, ids, found, personal="note")}

    @router.put("/customers/{who}/flags/{name}")
    async def set_flag(
        who: CustomerId, name: Flag, body: FlagBody, actor: Annotated[Actor, knows]
    ) -> dict[str, object]:
        """Set a flag; set again, its note is the new one and `since` stays."""
        ids = await room.person(actor, who)
        values = {
            "site": room.site,
            "customer": ids[0],
            "flag": name.value,
            "since": room.clock.now(),
            "by": actor.user,
            "note": (body.note or "").strip() or None,
        }
        async with room.database.write() as connection:
            await connection.execute(
                upsert(flag, values, keys=["site", "customer", "flag"], change=["note", "by"])
            )
            await connection.execute(
                room.audit(actor, "flag_set", "customer", ids[0], fields=[name.value])
            )
        return {"flag": name.value}

    @router.delete("/customers/{who}/flags/{name}", status_code=204)
    async def clear(who: CustomerId, name: Flag, actor: Annotated[Actor, knows]) -> None:
        """Clear a flag."""
        ids = await room.person(actor, who)
        async with room.database.write() as connection:
            gone = await connection.execute(
                flag.delete().where(
                    flag.c.site == room.site, flag.c.customer.in_(ids), flag.c.flag == name.value
                )
            )
            if not gone.rowcount:
                raise HTTPException(404, f"there is no flag {name.value}")
            await connection.execute(
                room.audit(actor, "flag_cleared", "customer", ids[0], fields=[name.value])
            )

    return router
