"""The HTTP door to the export: all that is known about a person, as JSON, a page, or an archive."""

from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse, Response, StreamingResponse

from warmline.core.permissions import Right
from warmline.core.words import Actor, CustomerId, Rejected
from warmline.customers.rights.export import Document, Export
from warmline.ports import Guard, Privacy

_PAGE_RULES = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


def _headers(who: str, ending: str) -> dict[str, str]:
    plain = "".join(sign for sign in who if sign.isalnum() or sign in "-_")[:64]
    return {
        "Content-Disposition": f'attachment; filename="person-{plain}.{ending}"',
        "Content-Security-Policy": _PAGE_RULES,
        "Cache-Control": "no-store",
    }


def export_routes(*, export: Export, needs: Guard, privacy: Privacy) -> APIRouter:
    """For those who govern the data, of a person who is open to them: an export masks nothing."""
    router = APIRouter(tags=["customers"])
    governs = Depends(needs(Right.GOVERN))

    async def document_of(actor: Actor, who: CustomerId, form: str) -> Document:
        if not await privacy.opens(actor, await export.ids(who)):
            raise Rejected("masked", "An export shows everything: reveal the customer first.")
        return await export.of(actor, who, form=form)

    @router.get("/customers/{who}/export.json")
    async def as_json(who: CustomerId, actor: Annotated[Actor, governs]) -> Response:
        """Everything, for programs."""
        document = await document_of(actor, who, "json")
        return Response(
            document.json(), media_type="application/json", headers=_headers(who, "json")
        )

    @router.get("/customers/{who}/export.html")
    async def as_page(who: CustomerId, actor: Annotated[Actor, governs]) -> Response:
        """Everything, for people, in the person's language."""
        document = await document_of(actor, who, "html")
        return HTMLResponse(document.html(), headers=_headers(who, "html"))

    @router.get("/customers/{who}/export.zip")
    async def as_archive(who: CustomerId, actor: Annotated[Actor, governs]) -> Response:
        """Both, with the content of every file."""
        document = await document_of(actor, who, "zip")
        archive = await export.archive(document)
        return StreamingResponse(
            archive.chunks(), media_type="application/zip", headers=_headers(who, "zip")
        )

    return router
