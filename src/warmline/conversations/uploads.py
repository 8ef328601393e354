"""Files that were put up and never sent: after a day they are gone, unless a draft names them."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from sqlalchemy import select

from warmline.conversations.tables import draft, file
from warmline.core.words import DAY, Millis, SiteId
from warmline.ports import Blobs, Clock, Traces, Unavailable
from warmline.storage.database import Database
from warmline.storage.journal import storage_errors
from warmline.storage.rows import rows

log = structlog.get_logger()

KEPT_MS: Millis = DAY
LOOK_EVERY_S = 3600.0
AT_ONCE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Uploads:
    """What waits to be sent; `traces` tell whose blobs are needed elsewhere."""

    database: Database
    site: SiteId
    clock: Clock
    blobs: Blobs
    traces: Sequence[Traces]

    async def run(self) -> None:
        """Let go what is too old, every hour, until cancelled."""
        while True:
            try:
                with storage_errors():
                    gone = await self.expire()
            except Unavailable as failure:
                log.warning("uploads_wait", cause=type(failure).__name__)
            else:
                if gone:
                    log.info("uploads_expired", files=gone)
            await asyncio.sleep(LOOK_EVERY_S)

    async def expire(self) -> int:
        """Let go what was put up more than a day ago; returns how many files that were."""
        before = self.clock.now() - KEPT_MS
        old = (
            select(file.c.id, file.c.blob)
            .where(
                file.c.site == self.site,
                file.c.message.is_(None),
                file.c.user.is_not(None),
                file.c.at < before,
            )
            .order_by(file.c.at)
        )
        kept = select(draft.c.attachments).where(
            draft.c.site == self.site, draft.c.attachments.is_not(None)
        )
        async with self.database.write() as connection:
            drafts = await rows(connection, kept)
            named = {id_ for one in drafts for id_ in one["attachments"]}
            found = [one for one in await rows(connection, old) if one["id"] not in named]
            for start in range(0, len(found), AT_ONCE):
                ids = [one["id"] for one in found[start : start + AT_ONCE]]
                await connection.execute(
                    file.delete().where(file.c.site == self.site, file.c.id.in_(ids))
                )
            blobs = {one["blob"] for one in found}
            for traces in self.traces:
                blobs -= set(await traces.needed(connection, blobs))
            # Before it is durable: cut short, it is done again, and nothing is left over.
            for key in sorted(blobs):
                await self.blobs.remove(key)
        return len(found)
