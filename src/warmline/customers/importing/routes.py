"""The HTTP door to imports: bring a file, see how it is read, try it, run it, see what is wrong."""

import asyncio
import csv
import io
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import asdict
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, HTTPException, Query, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import func, select

from warmline.core.permissions import Right
from warmline.core.words import Actor, Malformed, Rejected
from warmline.customers.importing import queries, words
from warmline.customers.importing.fields import FIELDS, ROW_NUMBER, check_columns, proposed
from warmline.customers.importing.jobs import Imports, NoSuchImport, Surroundings, reading_of
from warmline.customers.importing.model import (
    COLUMNS_LIMIT,
    MAPPINGS_LIMIT,
    PREVIEW_ROWS,
    Dates,
    Format,
    Kind,
    Reading,
)
from warmline.customers.importing.records import Cells, Unreadable
from warmline.customers.importing.rows import Reader, reader_of
from warmline.customers.importing.tables import NAME_CHARS, import_mapping
from warmline.customers.importing.values import zone_of
from warmline.customers.orders.model import minor_digits
from warmline.ports import Guard
from warmline.storage.rows import Row, row, rows
from warmline.storage.upsert import upsert

FAULTS_SHOWN = 200
FAULTS_AT_ONCE = 1_000
_COUNTS = ("new", "changed", "same", "wrong")
_SHOWN = (
    "id", "kind", "name", "bytes", "reading", "mapping", "state", "dry", "position", "progress",
    *_COUNTS, "detail", "created_at", "created_by", "started_at", "ended_at",
)  # fmt: skip


class ReadingBody(BaseModel):
    """How the file is read."""

    model_config = ConfigDict(extra="forbid")

    format: Format = Format.CSV
    encoding: Literal[
        "utf-8", "utf-16-le", "utf-16-be", "windows-1251", "iso-8859-2", "windows-1250",
        "windows-1252",
    ] = "utf-8"  # fmt: skip
    separator: Literal[",", ";", "\t", "|"] = ","
    quote: Literal['"', "'", ""] = '"'
    header: bool = True
    dates: Dates = Dates.YMD
    zone: str = Field(default="UTC", max_length=64)
    decimal: Literal[".", ","] = "."
    currency: str = Field(default="EUR", pattern=r"^[A-Z]{3}$")
    region: str | None = Field(default=None, pattern=r"^[A-Z]{2}$")

    def reading(self) -> Reading:
        """As the rules take it; `Malformed` for a zone or currency that is none."""
        zone_of(self.zone)
        minor_digits(self.currency)
        return Reading(**self.model_dump())


Mapping_ = Annotated[
    dict[str, Annotated[str, Field(max_length=200)]], Field(max_length=COLUMNS_LIMIT)
]


class ChangeBody(BaseModel):
    """How the file is read, and which column is what."""

    model_config = ConfigDict(extra="forbid")

    reading: ReadingBody
    mapping: Mapping_


class RunBody(BaseModel):
    """Whether to look at every row and write nothing."""

    model_config = ConfigDict(extra="forbid")

    dry: bool


class MappingBody(ChangeBody):
    """A mapping to be kept by its name."""

    kind: Kind


MappingName = Annotated[str, Field(min_length=1, max_length=NAME_CHARS, pattern=r"^\S(.*\S)?$")]


def import_routes(*, imports: Imports, around: Surroundings, needs: Guard) -> APIRouter:
    """For those who govern customer data."""
    router = APIRouter(tags=["imports"])
    _add_reading(router, imports, around, needs)
    _add_doing(router, imports, needs)
    _add_faults(router, imports, around, needs)
    _add_mappings(router, around, needs)
    return router


async def _found(imports: Imports, id_: str) -> Row:
    try:
        return await imports.get(id_)
    except NoSuchImport:
        raise HTTPException(404, f"there is no import {id_[:64]}") from None


def _shown(found: Row) -> dict[str, object]:
    return {**{name: found[name] for name in _SHOWN}, "has_file": bool(found["pieces"])}


def _add_reading(router: APIRouter, imports: Imports, around: Surroundings, needs: Guard) -> None:
    govern = Depends(needs(Right.GOVERN))

    @router.get("/imports")
    async def list_imports(_actor: Annotated[Actor, govern]) -> dict[str, object]:
        """The imports, the newest first, and how large a file may be."""
        return {
            "imports": [_shown(one) for one in await imports.newest()],
            "limit_bytes": around.settings.import_limit_bytes,
        }

    @router.get("/imports/{id_}")
    async def read_import(id_: str, _actor: Annotated[Actor, govern]) -> dict[str, object]:
        """How far it is, and what became of its rows."""
        return _shown(await _found(imports, id_))

    @router.get("/imports/{id_}/preview")
    async def preview(
        id_: str,
        actor: Annotated[Actor, govern],
        locale: Annotated[words.Locale, Query()] = "en",
    ) -> dict[str, object]:
        """The first rows as they are read now; cells only for who brought the file."""
        found = await _found(imports, id_)
        if not found["pieces"]:
            raise Rejected("file_gone", "The file of this import is erased; bring it again.")
        file = await imports.files.kept(found["pieces"], found["bytes"])
        reading, kind = reading_of(found["reading"]), Kind(found["kind"])
        try:
            columns, first = await asyncio.to_thread(file.rows, reading, PREVIEW_ROWS)
        except Unreadable as error:
            wrong = Malformed("reading.encoding", str(error), error.code)
            columns, first, reader, problem = (), (), None, _fault(wrong, locale)
        else:
            reader, problem = _reader(kind, reading, found["mapping"], columns, locale)
        own = found["created_by"] == actor.user
        return {
            "columns": columns,
            "fields": [{"name": one.name, "required": one.required} for one in FIELDS[kind]],
            "proposed": proposed(kind, columns),
            "row_number": ROW_NUMBER,
            "problem": problem,
            "rows": [_row_shown(line, cells, reader, locale, own=own) for line, cells in first],
        }


def _reader(
    kind: Kind,
    reading: Reading,
    mapping: Mapping[str, str],
    columns: Sequence[str],
    locale: words.Locale,
) -> tuple[Reader | None, dict[str, object] | None]:
    """What reads the rows, or why nothing does yet."""
    try:
        check_columns(kind, mapping)
        return reader_of(kind, reading, mapping, columns), None
    except Malformed as error:
        return None, _fault(error, locale)


def _fault(error: Malformed, locale: words.Locale) -> dict[str, object]:
    fault = {"code": error.code, "detail": error.detail, "facts": error.facts}
    return {**fault, "field": error.field, "detail": words.said(locale, fault)}


def _row_shown(
    line: int,
    cells: Cells | Malformed,
    reader: Reader | None,
    locale: words.Locale,
    *,
    own: bool,
) -> dict[str, object]:
    shown: dict[str, object] = {"line": line, "cells": [], "item": None, "fault": None}
    if isinstance(cells, Malformed):
        return {**shown, "fault": _fault(cells, locale)}
    shown["cells"] = [
        (cell[:200] if own else "···").encode("utf-8", "replace").decode() for cell in cells
    ]
    shown["masked"] = not own
    if reader is not None:
        try:
            item = asdict(reader(cells))
            shown["item"] = item if own else None
        except Malformed as error:
            shown["fault"] = _fault(error, locale)
    return shown


def _add_doing(router: APIRouter, imports: Imports, needs: Guard) -> None:
    govern = Depends(needs(Right.GOVERN))

    @router.post("/imports", status_code=201)
    async def bring(
        request: Request,
        actor: Annotated[Actor, govern],
        kind: Kind,
        name: Annotated[str, Query(min_length=1, max_length=NAME_CHARS)],
        zone: Annotated[str, Query(max_length=64)] = "UTC",
    ) -> dict[str, object]:
        """Bring a file (the body, plain or gzip), not yet taken in; says how it seems written."""
        zone_of(zone)
        plain = "".join(sign for sign in name if sign.isprintable()).strip() or kind.value
        content: AsyncIterator[bytes] = request.stream()
        id_ = await imports.add(actor, kind, plain, content, zone=zone)
        return _shown(await _found(imports, id_))

    @router.put("/imports/{id_}")
    async def change(
        id_: str, body: ChangeBody, _actor: Annotated[Actor, govern]
    ) -> dict[str, object]:
        """Correct how the file is read and which column is what."""
        await _found(imports, id_)
        await imports.change(id_, body.reading.reading(), body.mapping)
        return _shown(await _found(imports, id_))

    @router.post("/imports/{id_}/run", status_code=202)
    async def run(id_: str, body: RunBody, actor: Annotated[Actor, govern]) -> dict[str, object]:
        """Look at every row (`dry`), or take them in; cut short, it goes on where it was."""
        await _found(imports, id_)
        await imports.run(actor, id_, dry=body.dry)
        return _shown(await _found(imports, id_))

    @router.post("/imports/{id_}/cancel", status_code=202)
    async def cancel(id_: str, _actor: Annotated[Actor, govern]) -> dict[str, object]:
        """End it after the rows in hand; what was taken in stays."""
        await _found(imports, id_)
        await imports.cancel(id_)
        return _shown(await _found(imports, id_))

    @router.delete("/imports/{id_}", status_code=204)
    async def remove(id_: str, _actor: Annotated[Actor, govern]) -> None:
        """Forget it and erase its file; what it brought in stays."""
        await _found(imports, id_)
        await imports.remove(id_)


def _add_faults(router: APIRouter, imports: Imports, around: Surroundings, needs: Guard) -> None:
    govern = Depends(needs(Right.GOVERN))

    @router.get("/imports/{id_}/faults")
    async def faults(
        id_: str,
        _actor: Annotated[Actor, govern],
        locale: Annotated[words.Locale, Query()] = "en",
    ) -> dict[str, object]:
        """The first rows that were wrong, and why."""
        await _found(imports, id_)
        async with around.database.read() as connection:
            query = queries.faults(around.site, id_, after=0, limit=FAULTS_SHOWN)
            found = await rows(connection, query)
        return {
            "faults": [
                {
                    "line": one["line"],
                    "field": one["field"],
                    "code": one["code"],
                    "detail": words.said(locale, one),
                }
                for one in found
            ]
        }

    @router.get("/imports/{id_}/faults.csv")
    async def faults_file(
        id_: str,
        actor: Annotated[Actor, govern],
        locale: Annotated[words.Locale, Query()] = "en",
    ) -> StreamingResponse:
        """All rows that were wrong as CSV: line, field, what is wrong, and the row itself."""
        found = await _found(imports, id_)
        own = found["created_by"] == actor.user
        return StreamingResponse(
            _fault_lines(around, id_, locale, own=own),
            media_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="faults-{id_[:8]}.csv"'},
        )


async def _fault_lines(
    around: Surroundings, id_: str, locale: words.Locale, *, own: bool
) -> AsyncIterator[str]:
    """The error file; the row itself only for who brought it."""
    yield "\ufeff" + _line(words.HEADER[locale])
    after = 0
    while True:
        async with around.database.read() as connection:
            query = queries.faults(around.site, id_, after=after, limit=FAULTS_AT_ONCE)
            found = await rows(connection, query)
        for one in found:
            cells: Sequence[str] = one["cells"] if own else ()
            yield _line([str(one["line"]), one["field"], words.said(locale, one), *cells])
        if len(found) < FAULTS_AT_ONCE:
            return
        after = found[-1]["line"]


def _line(cells: Sequence[str]) -> str:
    written = io.StringIO()
    # A cell that begins like a formula must not be one in a spreadsheet.
    safe = [f"'{cell}" if cell[:1] in {"=", "@", "\t"} else cell for cell in cells]
    csv.writer(written).writerow(safe)
    return written.getvalue()


def _add_mappings(router: APIRouter, around: Surroundings, needs: Guard) -> None:
    govern = Depends(needs(Right.GOVERN))
    site = around.site

    @router.get("/import-mappings")
    async def list_mappings(
        _actor: Annotated[Actor, govern], kind: Kind | None = None
    ) -> dict[str, object]:
        """Mappings that were kept by name."""
        async with around.database.read() as connection:
            found = await rows(connection, queries.mappings(site, kind))
        shown = ("kind", "name", "reading", "mapping", "changed_at")
        return {"mappings": [{name: one[name] for name in shown} for one in found]}

    @router.put("/import-mappings/{name}")
    async def keep_mapping(
        name: MappingName, body: MappingBody, actor: Annotated[Actor, govern]
    ) -> dict[str, object]:
        """Keep a mapping by its name; the former one of the name goes."""
        check_columns(body.kind, body.mapping)
        key: dict[str, Any] = {"site": site, "kind": body.kind.value, "name": name}
        values = {
            "reading": asdict(body.reading.reading()),
            "mapping": body.mapping,
            "changed_at": around.clock.now(),
            "changed_by": actor.user,
        }
        async with around.database.write() as connection:
            mine = queries.mappings(site, body.kind).where(import_mapping.c.name == name)
            many = select(func.count()).where(import_mapping.c.site == site)
            if (
                await row(connection, mine) is None
                and (await connection.scalar(many) or 0) >= MAPPINGS_LIMIT
            ):
                raise Rejected("too_many_mappings", f"{MAPPINGS_LIMIT} mappings are enough.")
            statement = upsert(import_mapping, key | values, keys=("site", "kind", "name"))
            await connection.execute(statement)
        return {"kind": body.kind, "name": name}

    @router.delete("/import-mappings/{name}", status_code=204)
    async def drop_mapping(name: MappingName, kind: Kind, _actor: Annotated[Actor, govern]) -> None:
        """Forget a mapping."""
        async with around.database.write() as connection:
            gone = await connection.execute(
                import_mapping.delete().where(
                    import_mapping.c.site == site,
                    import_mapping.c.kind == kind.value,
                    import_mapping.c.name == name,
                )
            )
        if not gone.rowcount:
            raise HTTPException(404, "there is no such mapping")
