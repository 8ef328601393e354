"""The HTTP door to keys of programs: make one, see them, revoke one."""

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException
from pydantic import BaseModel, Field

from warmline.core.permissions import Right
from warmline.core.words import Actor
from warmline.ports import Guard
from warmline.security.api_keys import ApiKeys, Scope
from warmline.security.routes import Body, Name
from warmline.storage.rows import Row


class KeyBody(Body):
    """A key to be made: what it is for, and what it may do."""

    name: Name
    scopes: Annotated[set[Scope], Field(min_length=1)]


class KeyAnswer(BaseModel):
    """A key as it is listed: how it begins, never the key."""

    id: str
    name: str
    begins: str
    scopes: list[str]
    created_at: int
    created_by: str | None
    used_at: int | None
    revoked_at: int | None


class NewKeyAnswer(KeyAnswer):
    """A key just made; `key` is shown this once."""

    key: str


class KeysAnswer(BaseModel):
    """Every key of the site."""

    keys: list[KeyAnswer]


def _answer(found: Row) -> dict[str, object]:
    return {name: found[name] for name in KeyAnswer.model_fields}


def key_routes(keys: ApiKeys, guard: Guard) -> APIRouter:
    """For those who govern customer data."""
    routes = APIRouter(prefix="/api-keys", tags=["api keys"])
    govern = Depends(guard(Right.GOVERN))

    @routes.get("")
    async def list_keys(_actor: Annotated[Actor, govern]) -> KeysAnswer:
        """All keys, the newest first, with when each was last used."""
        return KeysAnswer.model_validate({"keys": [_answer(one) for one in await keys.all()]})

    @routes.post("", status_code=201)
    async def make_key(body: KeyBody, actor: Annotated[Actor, govern]) -> NewKeyAnswer:
        """A new key; it is shown in this answer and never again."""
        found, secret = await keys.create(actor, body.name, body.scopes)
        return NewKeyAnswer.model_validate({**_answer(found), "key": secret})

    @routes.delete("/{id_}", status_code=204)
    async def revoke_key(id_: str, actor: Annotated[Actor, govern]) -> None:
        """The key opens nothing any more, within seconds."""
        if not await keys.revoke(actor, id_):
            raise HTTPException(404, "there is no such key")

    return routes
