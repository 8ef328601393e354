"""What mood keeps of a person: estimates and corrections of their conversations."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.core.words import Instant, SiteId
from warmline.experience.mood.tables import interaction_topic, mood_correction, turn_mood
from warmline.ports import CustomerWords, Person
from warmline.storage.rows import rows

_PARTS = {"moods": turn_mood, "topics": interaction_topic, "mood_corrections": mood_correction}
_HIDDEN = frozenset({"site", "user", "model"})


class MoodTraces:
    """A person's moods and topics (`ports.Traces`, `ports.Known`)."""

    def __init__(self, site: SiteId, words: CustomerWords) -> None:
        self._site = site
        self._words = words

    async def count(self, connection: AsyncConnection, who: Person) -> Mapping[str, int]:
        """How many estimates and corrections."""
        found: dict[str, int] = {}
        for name, table in _PARTS.items():
            query = select(func.count()).select_from(table).where(*self._theirs(table, who))
            found[name] = await connection.scalar(query) or 0
        return found

    async def erase(self, connection: AsyncConnection, who: Person, at: Instant) -> Collection[str]:
        """Erase them; they speak of no file."""
        del at
        for table in _PARTS.values():
            await connection.execute(table.delete().where(*self._theirs(table, who)))
        return ()

    async def needed(self, connection: AsyncConnection, blobs: Collection[str]) -> Collection[str]:
        """Nothing here needs a file."""
        del connection, blobs
        return ()

    async def tell(
        self, connection: AsyncConnection, who: Person
    ) -> Mapping[str, Sequence[Mapping[str, object]]]:
        """All of them, row by row."""
        found: dict[str, Sequence[Mapping[str, object]]] = {}
        for name, table in _PARTS.items():
            columns = [column for column in table.c if column.name not in _HIDDEN]
            query = select(*columns).where(*self._theirs(table, who))
            found[name] = [dict(one) for one in await rows(connection, query)]
        return found

    def _theirs(self, table: Any, who: Person) -> tuple[Any, ...]:
        return table.c.site == self._site, table.c.interaction.in_(self._words.of(who))
