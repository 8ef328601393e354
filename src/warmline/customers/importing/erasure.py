"""What imports keep of people: whole files, which go at the first erasure of anybody."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.core.words import LATEST, Instant, SiteId
from warmline.customers.importing import queries
from warmline.customers.importing.tables import import_job
from warmline.ports import Person
from warmline.storage.rows import rows


@dataclass(frozen=True, slots=True)
class ImportTraces:
    """Files that may speak of anybody (`ports.Traces`): all but the one that is being read go."""

    site: SiteId

    async def count(self, connection: AsyncConnection, who: Person) -> Mapping[str, int]:  # noqa: ARG002
        """How many files of imports there are, as nobody knows whom they speak of."""
        found = await rows(connection, queries.with_files(self.site, before=LATEST))
        return {"import_files": sum(bool(one["pieces"]) for one in found)}

    async def erase(self, connection: AsyncConnection, who: Person, at: Instant) -> Collection[str]:  # noqa: ARG002
        """Erase the files and the rows that were wrong; the counts stay."""
        found = await rows(connection, queries.with_files(self.site, before=LATEST))
        ids = [one["id"] for one in found if one["pieces"]]
        await connection.execute(queries.faults_of(self.site, *ids))
        await connection.execute(
            import_job.update()
            .where(import_job.c.site == self.site, import_job.c.id.in_(ids))
            .values(pieces=[])
        )
        return [key for one in found for key in one["pieces"]]

    async def needed(self, connection: AsyncConnection, blobs: Collection[str]) -> Collection[str]:
        """Pieces of files that are being read, or wait for it."""
        found = await rows(connection, queries.with_files(self.site))
        return {key for one in found for key in one["pieces"]} & set(blobs)
