"""The HTTP door to erasing a customer: find who it is, see what would go, let it go."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Query
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, ConfigDict, Field

from warmline.core import masking
from warmline.core.permissions import Right
from warmline.core.words import Actor, CustomerId, Malformed
from warmline.customers import queries
from warmline.customers.directory import Directory
from warmline.customers.rights import certificate as proofs
from warmline.customers.rights.certificate_html import certificate_page
from warmline.customers.rights.erasure import Erasure
from warmline.customers.rights.export_words import language_of
from warmline.ports import Guard, Privacy
from warmline.storage.rows import Row, rows

FOUND_LIMIT = 5
"""More would be a directory to leaf through."""
PROOFS_LIMIT = 200


class ConfirmBody(BaseModel):
    """That it is meant: the customer's id once more."""

    model_config = ConfigDict(extra="forbid")

    confirm: str = Field(min_length=1, max_length=64)


def erasure_routes(
    *, erasure: Erasure, directory: Directory, needs: Guard, privacy: Privacy
) -> APIRouter:
    """For those who govern the data, who need not read conversations."""
    router = APIRouter(tags=["customers"])
    may = Depends(needs(Right.GOVERN))

    @router.get("/erasures")
    async def find(
        actor: Annotated[Actor, may],
        q: Annotated[str, Query(min_length=2, max_length=100)],
    ) -> dict[str, object]:
        """Whom it may be about: by a part of the name, or the beginning of an identifier.

        Masked, unless the person is open to the reader.
        """
        async with erasure.database.read() as connection:
            query = queries.matching(erasure.site, q, among=None).limit(FOUND_LIMIT)
            found = await rows(connection, query)
            ids = [CustomerId(one["id"]) for one in found]
            known = await rows(connection, queries.identifiers(erasure.site, ids))
        names = await directory.names(ids)
        opened = await privacy.open_among(actor, ids)
        return {
            "customers": [
                _found(
                    id_,
                    names.get(id_),
                    [one for one in known if one["customer"] == id_],
                    opened=id_ in opened,
                )
                for id_ in ids
            ]
        }

    @router.get("/erasures/{who}")
    async def preview(who: CustomerId, actor: Annotated[Actor, may]) -> dict[str, object]:
        """Who it is, how much would go, and which open conversations keep it from going."""
        shown = await erasure.preview(who)
        opened = await privacy.opens(actor, shown.ids)
        return {
            "id": shown.id,
            **_called(shown.name, opened),
            "identifiers": _known_by(shown.identifiers, opened=opened),
            "counts": shown.counts,
            "open": shown.open,
        }

    @router.post("/erasures/{who}")
    async def erase(
        who: CustomerId, body: ConfirmBody, actor: Annotated[Actor, may]
    ) -> dict[str, object]:
        """Erase a customer for good: person, words and files; events keep their ids."""
        if body.confirm != who:
            raise Malformed("confirm", "must repeat the customer's id", "differs")
        proof = await erasure.erase(actor, who)
        return {"erased": proof.counts, "certificate": proof.id, "left": proof.left}

    _add_proofs(router, erasure, needs)
    return router


def _add_proofs(router: APIRouter, erasure: Erasure, needs: Guard) -> None:
    may = Depends(needs(Right.GOVERN))

    @router.get("/erasure-certificates")
    async def certificates(
        _actor: Annotated[Actor, may],
        limit: Annotated[int, Query(ge=1, le=PROOFS_LIMIT)] = PROOFS_LIMIT,
    ) -> dict[str, object]:
        """The proofs of erasures, the newest first."""
        return {"certificates": proofs.names(await erasure.certificates(limit=limit))}

    @router.get("/erasure-certificates/{id_}.json")
    async def as_json(id_: str, _actor: Annotated[Actor, may]) -> dict[str, object]:
        """One proof, with its hash and whether it is still what was sealed."""
        return await one_proof(id_)

    @router.get("/erasure-certificates/{id_}.html")
    async def as_page(
        id_: str,
        _actor: Annotated[Actor, may],
        locale: Annotated[str, Query(max_length=16)] = "en",
    ) -> HTMLResponse:
        """One proof as a page to hand over."""
        page = certificate_page(await one_proof(id_), language_of(locale))
        name = f'attachment; filename="erasure-{id_[:32]}.html"'
        return HTMLResponse(page, headers={"Content-Disposition": name})

    async def one_proof(id_: str) -> dict[str, object]:
        found = await erasure.certificates(limit=1, id_=id_)
        if not found:
            raise HTTPException(404, f"there is no certificate {id_}")
        return proofs.shown(found[0]["body"], found[0]["sha256"])


def _found(
    id_: CustomerId, name: str | None, known: Sequence[Row], *, opened: bool
) -> dict[str, object]:
    identifiers = _known_by(known, opened=opened)
    return {
        "id": id_,
        **_called(name, opened),
        "identifiers": [one["value"] for one in identifiers],
    }


def _called(name: str | None, opened: bool) -> dict[str, object]:  # noqa: FBT001 - its only fact
    if opened or name is None:
        return {"name": name}
    return {"name": masking.called(name), "masked": True}


def _known_by(known: Sequence[Row], *, opened: bool) -> list[dict[str, str]]:
    return [
        {
            "kind": one["kind"],
            "value": one["value"] if opened else masking.identifier(one["kind"], one["value"]),
        }
        for one in known
    ]
