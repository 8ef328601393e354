"""The HTTP door to erasing a customer: find who it is, see what would go, let it go."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from warmline.core.permissions import Right
from warmline.core.words import Actor, CustomerId, Malformed
from warmline.customers import queries
from warmline.customers.directory import Directory
from warmline.customers.erasure import Erasure
from warmline.ports import Guard
from warmline.storage.rows import rows

FOUND_LIMIT = 20


class ConfirmBody(BaseModel):
    """That it is meant: the customer's id once more."""

    model_config = ConfigDict(extra="forbid")

    confirm: str = Field(min_length=1, max_length=64)


def erasure_routes(*, erasure: Erasure, directory: Directory, needs: Guard) -> APIRouter:
    """For those who manage people or configure the center, who need not read conversations."""
    router = APIRouter(tags=["customers"])
    may = Depends(needs.any_of(frozenset({Right.MANAGE_PEOPLE, Right.CONFIGURE})))

    @router.get("/erasures")
    async def find(
        _actor: Annotated[Actor, may],
        q: Annotated[str, Query(min_length=2, max_length=100)],
    ) -> dict[str, object]:
        """Whom it may be about: by a part of the name, or the beginning of an identifier."""
        async with erasure.database.read() as connection:
            query = queries.matching(erasure.site, q, among=None).limit(FOUND_LIMIT)
            found = await rows(connection, query)
            ids = [CustomerId(one["id"]) for one in found]
            known = await rows(connection, queries.identifiers(erasure.site, ids))
        names = await directory.names(ids)
        return {
            "customers": [
                {
                    "id": id_,
                    "name": names.get(id_),
                    "identifiers": [one["value"] for one in known if one["customer"] == id_],
                }
                for id_ in ids
            ]
        }

    @router.get("/erasures/{who}")
    async def preview(who: CustomerId, _actor: Annotated[Actor, may]) -> dict[str, object]:
        """Who it is, how much would go, and which open conversations keep it from going."""
        return await erasure.preview(who)

    @router.post("/erasures/{who}")
    async def erase(
        who: CustomerId, body: ConfirmBody, actor: Annotated[Actor, may]
    ) -> dict[str, object]:
        """Erase a customer for good: person, words and files; events keep their ids."""
        if body.confirm != who:
            raise Malformed("confirm", "must repeat the customer's id", "differs")
        return {"erased": await erasure.erase(actor, who)}

    return router
