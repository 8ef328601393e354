"""Erasing a customer: what goes and what stays, counted before, done at once, proved after."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from fastapi import HTTPException
from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.core.words import DAY, Actor, CustomerId, InteractionId, Rejected, SiteId
from warmline.customers import queries
from warmline.customers.identity import same
from warmline.customers.model import Audit, IdentifierKind
from warmline.customers.rights.certificate import Certificate, backups_listed, seal, unseal
from warmline.customers.rights.retention import drop_blobs
from warmline.customers.rights.tables import certificate
from warmline.ports import Blobs, Clock, Person, State, Sweep, Traces
from warmline.storage.database import Database
from warmline.storage.rows import Row, rows
from warmline.storage.scrub import Scrub

KIND = "customer"
SOUGHT_LIMIT = 20
"""So many of a person's identifiers are looked for in the files afterwards."""
UNCLEAN_FOR_MS = 30 * DAY
"""Erasures older than this are not looked at again."""
SOUGHT_CHARS = 5
"""A shorter one may stand anywhere by chance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """Erases a person from every room and channel, cleans the files, and keeps the proof.

    `backups` is the list of backups that the operator keeps, a line for each.
    """

    database: Database
    site: SiteId
    clock: Clock
    state: State
    blobs: Blobs
    traces: Sequence[Traces]
    audit: Audit
    backups: Path
    sweeps: Sequence[Sweep] = ()

    async def preview(self, who: CustomerId) -> "Preview":
        """Who it is, how much would go, and what keeps it from going; 404 for nobody."""
        async with self.database.read() as connection:
            person, known = await self._person(connection, who)
            root = person.ids[0]
            record = (await rows(connection, queries.record(self.site, root)))[0]
            counts = await self._counts(connection, person)
        return Preview(
            id=root,
            ids=person.ids,
            name=record["name"],
            identifiers=known,
            counts=counts,
            open=sorted(self._open(person.ids)),
        )

    async def erase(self, actor: Actor, who: CustomerId) -> Certificate:
        """Erase a person for good; refused while a conversation with them is open."""
        async with self.database.write() as connection:
            person, known = await self._person(connection, who)
            if open_ := self._open(person.ids):
                raise Rejected(
                    "conversation_open",
                    "A conversation with this customer is open; end it first.",
                    open=len(open_),
                )
            proof = await self.erase_rows(connection, actor, person)
        sought = [
            one["value"]
            for one in known
            if one["kind"] != IdentifierKind.COOKIE.value and len(one["value"]) >= SOUGHT_CHARS
        ]
        return await self._clean(proof, sought[:SOUGHT_LIMIT])

    async def erase_rows(
        self, connection: AsyncConnection, actor: Actor, person: "Everything"
    ) -> Certificate:
        """Erase a person's rows and files in a transaction, and keep the proof that they went."""
        now = self.clock.now()
        counts = await self._counts(connection, person)
        blobs: set[str] = set()
        for one in self.traces:
            blobs.update(await one.erase(connection, person, now))
        gone = sorted(name for name, count in counts.items() if count)
        await connection.execute(self.audit(actor, "erased", KIND, person.ids[0], fields=gone))
        removed, shared = await drop_blobs(connection, self.blobs, self.traces, blobs)
        proof = Certificate(
            id=uuid4().hex,
            customer=person.ids[0],
            ids=tuple(sorted(person.ids)),
            at=now,
            by=actor.user,
            counts=counts,
            files_removed=removed,
            files_shared=shared,
            backups=backups_listed(self.backups),
        )
        await connection.execute(insert(certificate).values(**_row(self.site, proof)))
        return proof

    async def everything(self, connection: AsyncConnection, who: CustomerId) -> "Everything | None":
        """A person with every id and address; None for nobody, or while they talk with us."""
        person, _ = await self._person(connection, who)
        return None if self._open(person.ids) else person

    async def _clean(self, proof: Certificate, sought: Sequence[str]) -> Certificate:
        """What was deleted leaves index, file and journal; the certificate says how it went."""
        scrub = Scrub(self.database)
        truncated = await self._sweep(scrub)
        left = await scrub.left(sought)
        compacted = False
        if left:  # a page that was split may keep a copy of what moved to its neighbour
            compacted = await scrub.compact()
            left = await scrub.left(sought) if compacted else left
        cleaned = proof.cleaned(
            truncated=truncated, compacted=compacted, sought=len(sought), left=left
        )
        await self._keep_cleaned([cleaned])
        return cleaned

    async def finish(self) -> int:
        """Clean after erasures that were cut short, or of many at once; how many that were."""
        since = self.clock.now() - UNCLEAN_FOR_MS
        query = select(certificate.c.body).where(
            certificate.c.site == self.site, certificate.c.at > since
        )
        async with self.database.read() as connection:
            found = [unseal(body) for body in await connection.scalars(query)]
        unclean = [one for one in found if one.journal_emptied is None]
        if unclean:
            truncated = await self._sweep(Scrub(self.database))
            await self._keep_cleaned(
                [
                    one.cleaned(truncated=truncated, compacted=False, sought=0, left=0)
                    for one in unclean
                ]
            )
        return len(unclean)

    async def _sweep(self, scrub: Scrub) -> bool:
        for sweep in self.sweeps:
            await sweep.sweep()
        return await scrub.truncate()

    async def _keep_cleaned(self, proofs: Sequence[Certificate]) -> None:
        async with self.database.write() as connection:
            for proof in proofs:
                body, sha256 = seal(proof)
                await connection.execute(
                    update(certificate)
                    .where(certificate.c.site == self.site, certificate.c.id == proof.id)
                    .values(body=body, sha256=sha256)
                )

    async def certificates(self, *, limit: int, id_: str | None = None) -> Sequence[Row]:
        """The proofs, the newest first; or the one of an id."""
        query = select(certificate).where(certificate.c.site == self.site)
        if id_ is not None:
            query = query.where(certificate.c.id == id_)
        async with self.database.read() as connection:
            return await rows(
                connection, query.order_by(certificate.c.at.desc(), certificate.c.id).limit(limit)
            )

    async def _person(
        self, connection: AsyncConnection, who: CustomerId
    ) -> tuple["Everything", Sequence[Row]]:
        ids = await same(connection, self.site, who)
        if not ids:
            raise HTTPException(404, f"there is no customer {who}")
        known = await rows(connection, queries.identifiers(self.site, ids))
        addresses = [one["value"] for one in known if one["kind"] == IdentifierKind.EMAIL.value]
        return Everything(ids=ids, addresses=addresses), known

    async def _counts(self, connection: AsyncConnection, person: Person) -> Mapping[str, int]:
        counts: dict[str, int] = {}
        for one in self.traces:
            counts |= await one.count(connection, person)
        return counts

    def _open(self, ids: Collection[CustomerId]) -> Collection[InteractionId]:
        center = self.state.center()
        return [one.id for one in center.interactions.values() if one.customer in ids]


def _row(site: SiteId, proof: Certificate) -> dict[str, object]:
    body, sha256 = seal(proof)
    return {
        "site": site,
        "id": proof.id,
        "customer": proof.customer,
        "at": proof.at,
        "by": proof.by,
        "body": body,
        "sha256": sha256,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Everything(Person):
    """A person, the id that counts first."""

    ids: Sequence[CustomerId]


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What an erasure would do: `open` names the conversations that keep it from happening."""

    id: CustomerId
    ids: Sequence[CustomerId]
    name: str | None
    identifiers: Sequence[Row]
    counts: Mapping[str, int]
    open: Sequence[InteractionId]
