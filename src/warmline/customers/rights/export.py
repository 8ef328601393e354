"""All that is known about a person, gathered from every room into one document."""

import asyncio
import zipfile
from collections.abc import AsyncGenerator, Collection, Mapping, Sequence
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import IO, Any, cast

import msgspec
from fastapi import HTTPException

from warmline.core.words import Actor, CustomerId, Instant, InteractionId, SiteId
from warmline.customers import queries
from warmline.customers.identity import same
from warmline.customers.model import Audit, IdentifierKind
from warmline.customers.rights.export_html import rendered
from warmline.customers.rights.export_words import language_of
from warmline.customers.rights.past import Span, past_of
from warmline.ports import Blobs, Clock, Journal, Known, Person, State
from warmline.storage.database import Database
from warmline.storage.rows import row, rows

FORMAT = "warmline.person.1"
FILES_LIMIT_BYTES = 2 * 1024 * 1024 * 1024
"""So much content goes into one archive; what is over is listed and left out."""
CHUNK_BYTES = 256 * 1024
Told = Mapping[str, Sequence[Mapping[str, object]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """All that is known of a person, as plain values; `sections` by what it is."""

    format: str
    made_at: Instant
    site: SiteId
    customer: CustomerId
    ids: Sequence[CustomerId]
    language: str
    zone: str
    sections: Told
    events: Sequence[Mapping[str, object]]
    events_whole: bool
    """False where the log was too long to be looked through to its end."""

    def json(self) -> bytes:
        """The document as JSON, indented for readers."""
        return msgspec.json.format(msgspec.json.encode(_listed(self)), indent=2)

    def html(self) -> str:
        """The document as one page that needs nothing beside it."""
        return rendered(
            self.sections,
            self.events,
            customer=self.customer,
            made_at=self.made_at,
            language=self.language,
            zone=self.zone,
        )


def _listed(document: Document) -> dict[str, object]:
    fields = ("format", "made_at", "site", "customer", "ids", "language", "sections")
    plain: dict[str, object] = {name: getattr(document, name) for name in fields}
    return {**plain, "events": document.events, "events_whole": document.events_whole}


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """Gathers what every room keeps of a person; each time it is told in the audit."""

    database: Database
    site: SiteId
    clock: Clock
    state: State
    blobs: Blobs
    journal: Journal
    known: Sequence[Known]
    audit: Audit

    async def ids(self, who: CustomerId) -> Collection[CustomerId]:
        """All ids of a person; 404 for nobody."""
        async with self.database.read() as connection:
            ids = await same(connection, self.site, who)
        if not ids:
            raise HTTPException(404, f"there is no customer {who}")
        return ids

    async def of(self, actor: Actor, who: CustomerId, *, form: str) -> Document:
        """All that is known of a person; 404 for nobody."""
        # What the log says is read after the rows, so that nothing written meanwhile is missed.
        async with self.database.read() as connection:
            ids = await same(connection, self.site, who)
            if not ids:
                raise HTTPException(404, f"there is no customer {who}")
            record = await row(connection, queries.record(self.site, ids[0]))
            assert record is not None, "an id without its record"
            known = await rows(connection, queries.identifiers(self.site, ids))
            mails = [one["value"] for one in known if one["kind"] == IdentifierKind.EMAIL.value]
            person = Person(ids=ids, addresses=mails)
            sections: dict[str, list[Mapping[str, object]]] = {}
            for one in self.known:
                for name, told in (await one.tell(connection, person)).items():
                    sections.setdefault(name, []).extend(told)
        past = await past_of(self.journal, _spans(sections, self.clock.now()))
        async with self.database.write() as connection:
            await connection.execute(
                self.audit(actor, "exported", "customer", ids[0], fields=[form])
            )
        return Document(
            format=FORMAT,
            made_at=self.clock.now(),
            site=self.site,
            customer=ids[0],
            ids=ids,
            language=language_of(record["language"]),
            zone=self.state.center().zone,
            sections=sections,
            events=past.events,
            events_whole=past.whole,
        )

    async def archive(self, document: Document) -> "Archive":
        """The document in both forms with the files it lists, as a ZIP that leaves no trace."""
        held = cast("IO[bytes]", TemporaryFile())  # noqa: SIM115 - closed by who reads it
        try:
            with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as packed:
                packed.writestr("person.json", document.json())
                packed.writestr("person.html", document.html())
                await self._pack_files(packed, document)
        except BaseException:
            held.close()
            raise
        held.seek(0)
        return Archive(held)

    async def _pack_files(self, packed: zipfile.ZipFile, document: Document) -> None:
        total = 0
        missing: list[str] = []
        for place, blob in sorted(_files(document.sections).items()):
            try:
                content = await self.blobs.get(blob)
            except KeyError:
                missing.append(place)
                continue
            total += len(content)
            if total > FILES_LIMIT_BYTES:
                missing.append(place)
                continue
            await asyncio.to_thread(packed.writestr, f"files/{place}", content)
        if missing:
            packed.writestr("files/missing.txt", "\n".join(missing) + "\n")


class Archive:
    """A ZIP on its way to a reader."""

    def __init__(self, held: IO[bytes]) -> None:
        self._held = held

    async def chunks(self) -> AsyncGenerator[bytes]:
        """Its bytes, once."""
        with self._held as held:
            while chunk := await asyncio.to_thread(held.read, CHUNK_BYTES):
                yield chunk


def _spans(sections: Told, now: Instant) -> Sequence[Span]:
    return [
        Span(
            interaction=InteractionId(str(one["interaction"])),
            since=cast("Instant", one["arrived_at"]),
            until=cast("Instant | None", one["closed_at"]) or now,
        )
        for one in sections.get("conversations", ())
    ]


def _files(sections: Told) -> Mapping[str, str]:
    """The name of each file in the archive, and the key of its content."""
    found: dict[str, str] = {}
    for one in (entry for part in sections.values() for entry in part):
        blob: Any = one.get("blob")
        if isinstance(blob, str):
            name = str(one.get("name") or "file").replace("/", "_").replace("\\", "_")
            found[f"{str(one.get('id') or blob)[:24]}-{name.lstrip('.')}"] = blob
    return found
