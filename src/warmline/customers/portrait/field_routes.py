"""The HTTP door to a center's own fields: administrators define them, agents fill them."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Path
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.core.permissions import Right
from warmline.core.words import Actor, CustomerId, Malformed, Rejected
from warmline.customers.portrait import fields
from warmline.customers.portrait.fields import FIELDS_LIMIT, FieldBody, ValuesBody
from warmline.customers.portrait.model import Room
from warmline.customers.portrait.tables import field, field_value
from warmline.storage.rows import Row, row, rows
from warmline.storage.upsert import upsert

Id = Annotated[str, Path(pattern=fields.ID)]


def add_field_routes(router: APIRouter, room: Room) -> None:
    """`/fields` and `/customers/{id}/fields`."""
    either = Depends(room.needs.any_of(frozenset({Right.READ_OWN, Right.CONFIGURE})))
    configures = Depends(room.needs(Right.CONFIGURE))
    reader = Depends(room.needs(Right.READ_OWN))

    @router.get("/fields")
    async def list_fields(_actor: Annotated[Actor, either]) -> dict[str, object]:
        """The center's own fields on customers, in their order."""
        async with room.database.read() as connection:
            found = await rows(connection, fields.definitions(room.site))
        return {"fields": [fields.shown(one) for one in found]}

    @router.put("/fields/{id_}")
    async def define(
        id_: Id, body: FieldBody, actor: Annotated[Actor, configures]
    ) -> dict[str, object]:
        """Make a field, or change it."""
        fields.check_choices(body)
        values = _columns(room, id_, body)
        async with room.database.write() as connection:
            fresh = await _is_fresh(connection, room, id_, body.kind.value)
            await connection.execute(upsert(field, values, keys=("site", "id")))
            action = "created" if fresh else "changed"
            told = room.audit(actor, action, "field", id_, fields=sorted(body.model_fields_set))
            await connection.execute(told)
        return fields.shown(values)

    @router.delete("/fields/{id_}")
    async def remove(id_: Id, actor: Annotated[Actor, configures]) -> dict[str, object]:
        """Remove a field, with all that stands in it; how many values that were."""
        theirs = (field_value.c.site == room.site, field_value.c.field == id_)
        async with room.database.write() as connection:
            gone = await connection.execute(
                field.delete().where(field.c.site == room.site, field.c.id == id_)
            )
            if not gone.rowcount:
                raise HTTPException(404, f"there is no field {id_}")
            count = select(func.count()).select_from(field_value).where(*theirs)
            many = await connection.scalar(count)
            await connection.execute(field_value.delete().where(*theirs))
            await connection.execute(room.audit(actor, "removed", "field", id_, fields=[]))
        return {"values": many or 0}

    @router.put("/customers/{who}/fields")
    async def fill(
        who: CustomerId, body: ValuesBody, actor: Annotated[Actor, reader]
    ) -> dict[str, object]:
        """Write into the fields of a person; what is left out stays, None empties."""
        ids = await room.person(actor, who)
        async with room.database.write() as connection:
            found = await rows(connection, fields.definitions(room.site))
            known = {one["id"]: one for one in found}
            for name, given in body.values.items():
                value = _value(known, name, given)
                theirs = (field_value.c.customer.in_(ids), field_value.c.field == name)
                await connection.execute(
                    field_value.delete().where(field_value.c.site == room.site, *theirs)
                )
                if value is not None:
                    row_ = _value_row(room, actor, ids[0], name, value)
                    await connection.execute(field_value.insert().values(**row_))
            changed = sorted(body.values)
            told = room.audit(actor, "changed", "customer", ids[0], fields=changed)
            await connection.execute(told)
        masked = not await room.privacy.opens(actor, ids)
        return {"fields": await fields.with_values(room, ids, masked=masked)}


def _columns(room: Room, id_: str, body: FieldBody) -> dict[str, Any]:
    choices = body.choices
    return {
        **body.model_dump(mode="json"),
        "site": room.site,
        "id": id_,
        "labels": body.labels.model_dump(exclude_none=True),
        "choices": None
        if choices is None
        else [one.model_dump(exclude_none=True) for one in choices],
    }


async def _is_fresh(connection: AsyncConnection, room: Room, id_: str, kind: str) -> bool:
    """Whether there is no such field yet; refused when one more, or this kind, cannot be."""
    known = await rows(connection, fields.definitions(room.site))
    before = next((one for one in known if one["id"] == id_), None)
    if before is None:
        if len(known) >= FIELDS_LIMIT:
            raise Rejected("too_many_fields", f"{FIELDS_LIMIT} fields are enough.")
        return True
    held = select(field_value.c.field).where(
        field_value.c.site == room.site, field_value.c.field == id_
    )
    if before["kind"] != kind and await row(connection, held.limit(1)) is not None:
        raise Rejected("field_in_use", "Something stands in this field already.")
    return False


def _value(known: Mapping[str, Row], name: str, given: str | float | None) -> str | None:
    if name not in known:
        raise Malformed(name, f"there is no field {name}", "no_such", item=name)
    if given is None or given == "":
        if known[name]["required"]:
            raise Malformed(name, "must be filled", "empty")
        return None
    return fields.stored(known[name], given)


def _value_row(
    room: Room, actor: Actor, who: CustomerId, name: str, value: str
) -> dict[str, object]:
    return {
        "site": room.site,
        "customer": who,
        "field": name,
        "value": value,
        "at": room.clock.now(),
        "by": actor.user,
    }
