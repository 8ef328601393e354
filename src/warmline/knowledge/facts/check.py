"""The check: texts that changed are read again, all facts compared, and what was found is kept."""

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import delete, insert, select
from sqlalchemy.exc import SQLAlchemyError

from warmline.core.words import Instant, SiteId
from warmline.knowledge.facts.compare import Contradiction, Stated, TextKey, contradictions
from warmline.knowledge.facts.extract import facts
from warmline.knowledge.facts.model import Fact, StoredText, Texts, known
from warmline.knowledge.facts.tables import (
    TITLE_CHARS,
    contradiction,
    fact_state,
    read_text,
    texts_read,
)
from warmline.ports import Clock
from warmline.storage.database import Database
from warmline.storage.rows import rows
from warmline.storage.upsert import upsert

RULE = "1"
"""Changed with the rule: then every text is read again."""
TEXTS_LIMIT = 20_000
AT_ONCE = 20
REST_S = 1.0
"""Between two checks, so that many changes at once are one."""
RETRY_S = 30.0
_KEY = ("site", "source", "id", "language")
log = structlog.get_logger()


class Check:
    """The check of one site; `run` goes with the center, `changed` says that a text is new.

    A text is known by its digest, so a change that was made while nothing ran is found at the next
    start. Dates pass without any change: the check runs once when a day begins, too.
    """

    def __init__(
        self, *, database: Database, site: SiteId, clock: Clock, texts: Sequence[Texts]
    ) -> None:
        self.database = database
        self.site = site
        self.clock = clock
        self._texts = list(texts)
        self._asked = asyncio.Event()

    def attend(self, texts: Texts) -> None:
        """Read these texts too."""
        self._texts.append(texts)

    def changed(self) -> None:
        """A text was changed and is durable."""
        self._asked.set()

    async def run(self) -> None:
        """Check at the start, after every change and when a day begins, until cancelled."""
        while True:
            self._asked.clear()
            try:
                await self.settle()
            except SQLAlchemyError as error:
                # What was not read is read again: its digest is still the old one.
                log.warning("facts_check_failed", error=type(error).__name__)
                await asyncio.sleep(RETRY_S)
                continue
            await asyncio.sleep(REST_S)
            try:
                async with asyncio.timeout(self._until_midnight_s()):
                    await self._asked.wait()
            except TimeoutError:
                continue

    def _until_midnight_s(self) -> float:
        now = datetime.fromtimestamp(self.clock.now() / 1000, UTC)
        midnight = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
        return max(1.0, (midnight - now).total_seconds())

    async def settle(self) -> None:
        """One check, now: what the texts say is what the tables tell when it returns."""
        texts: dict[TextKey, StoredText] = {}
        for source in self._texts:
            texts |= {one.key: one for one in await source.all()}
        kept = dict(sorted(texts.items())[:TEXTS_LIMIT])
        async with self.database.read() as connection:
            before = {_key(one): one for one in await rows(connection, texts_read(self.site))}
        stale = [
            one
            for key, one in kept.items()
            if key not in before or before[key]["digest"] != digest(one)
        ]
        fresh: dict[TextKey, Sequence[Fact]] = {}
        for at in range(0, len(stale), AT_ONCE):
            # In a thread and a few at a time: others want their turn.
            fresh |= await asyncio.to_thread(_read, stale[at : at + AT_ONCE])
        stated = [
            Stated(text=key, title=one.title[:TITLE_CHARS], fact=fact)
            for key, one in kept.items()
            for fact in (fresh[key] if key in fresh else map(known, before[key]["facts"]))
        ]
        now = self.clock.now()
        today = datetime.fromtimestamp(now / 1000, UTC).date()
        found, dropped = await asyncio.to_thread(contradictions, stated, today=today)
        await self._keep(
            fresh={key: (kept[key], fresh[key]) for key in fresh},
            gone=[key for key in before if key not in kept],
            found=found,
            now=now,
            state={
                "texts": len(kept),
                "facts": len(stated),
                "dropped": dropped + len(texts) - len(kept),
            },
        )
        log.info("facts_checked", texts=len(kept), read=len(stale), found=len(found))

    async def _keep(
        self,
        *,
        fresh: Mapping[TextKey, tuple[StoredText, Sequence[Fact]]],
        gone: Sequence[TextKey],
        found: Sequence[Contradiction],
        now: Instant,
        state: Mapping[str, int],
    ) -> None:
        site = self.site
        async with self.database.write() as connection:
            for key in gone:
                await connection.execute(delete(read_text).where(*_is(site, key)))
            for text, facts_ in fresh.values():
                values = _values(site, text, facts_, now)
                await connection.execute(upsert(read_text, values, keys=_KEY))
            query = select(contradiction.c.id).where(contradiction.c.site == site)
            known_ids = {one["id"] for one in await rows(connection, query)}
            wanted = {one.id: one for one in found}
            for id_ in known_ids - set(wanted):
                of_id = (contradiction.c.site == site) & (contradiction.c.id == id_)
                await connection.execute(delete(contradiction).where(of_id))
            for id_, one in wanted.items():
                if id_ not in known_ids:
                    await connection.execute(insert(contradiction).values(_row(site, one, now)))
            values = {"site": site, "checked_at": now, **state}
            await connection.execute(upsert(fact_state, values, keys=("site",)))


def digest(text: StoredText) -> str:
    """What changes with a text or with the rule."""
    said = f"{RULE}\0{text.language}\0{text.title}\0{text.text}"
    return hashlib.sha256(said.encode()).hexdigest()


def _read(texts: Sequence[StoredText]) -> dict[TextKey, Sequence[Fact]]:
    return {one.key: facts(one) for one in texts}


def _key(row: Mapping[str, Any]) -> TextKey:
    return row["source"], row["id"], row["language"]


def _is(site: SiteId, key: TextKey) -> tuple[Any, ...]:
    columns = (read_text.c.source, read_text.c.id, read_text.c.language)
    return (
        read_text.c.site == site,
        *(column == value for column, value in zip(columns, key, strict=True)),
    )


def _values(
    site: SiteId, text: StoredText, stated: Sequence[Fact], now: Instant
) -> dict[str, object]:
    return {
        "site": site,
        "source": text.source,
        "id": text.id,
        "language": text.language,
        "title": text.title[:TITLE_CHARS],
        "digest": digest(text),
        "facts": [one.plain() for one in stated],
        "read_at": now,
    }


def _row(site: SiteId, one: Contradiction, now: Instant) -> dict[str, object]:
    return {
        "site": site,
        "id": one.id,
        "why": "differs" if one.other else "outdated",
        "kind": one.one.fact.kind.value,
        "topic": one.one.fact.topic,
        "one": one.one.plain(),
        "other": one.other.plain() if one.other else None,
        "found_at": now,
    }
