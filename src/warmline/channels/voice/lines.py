"""Where called numbers and pages lead: read once, and kept until one is changed."""

from collections.abc import Mapping
from dataclasses import dataclass

from warmline.channels.voice import tables
from warmline.core.words import InboxId, SiteId
from warmline.storage.database import Database
from warmline.storage.journal import storage_errors
from warmline.storage.rows import rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Where a called number or page leads."""

    inbox: InboxId
    greeting: str | None = None
    language: str | None = None
    recorded: bool = False


class Lines:
    """The lines of one network."""

    def __init__(self, database: Database, site: SiteId, network: str) -> None:
        self._database = database
        self._site = site
        self._network = network
        self._known: Mapping[str, Line] | None = None
        self._changes = 0

    def changed(self) -> None:
        """A line was kept or dropped: all are read anew."""
        self._known = None
        self._changes += 1

    async def of(self, called: str) -> Line:
        """The line of a number; without one, an inbox by this very name."""
        known = self._known
        if known is None:
            before = self._changes
            known = await self._read()
            if before == self._changes:
                self._known = known
        return known.get(called[: tables.CALLED_CHARS]) or Line(inbox=InboxId(called))

    async def _read(self) -> Mapping[str, Line]:
        with storage_errors():
            async with self._database.read() as connection:
                found = await rows(connection, tables.lines(self._site))
        return {
            one["called"]: Line(
                inbox=InboxId(one["inbox"]),
                greeting=one["greeting"],
                language=one["language"],
                recorded=one["recorded"],
            )
            for one in found
            if one["network"] == self._network
        }
