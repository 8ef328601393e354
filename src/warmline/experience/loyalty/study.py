"""One study of loyalty: contacts of the last year followed over so many days, kept for a minute."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from warmline.core.words import DAY, MINUTE, Instant
from warmline.experience.loyalty.effect import Effect, effect
from warmline.experience.loyalty.following import Followed, follow
from warmline.experience.loyalty.judged import contacts
from warmline.experience.loyalty.model import LOOKED_BACK_DAYS, Kind, Room


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """What was found, and out of what."""

    at: Instant
    since: Instant
    days: int
    currency: str
    followed: Sequence[Followed]

    def effects(self) -> Sequence[Effect]:
        """Of all customers together, by kind."""
        return [effect(kind, self.followed, days=self.days) for kind in Kind]

    def by_segment(self) -> Mapping[str | None, Sequence[Effect]]:
        """The same of each segment, as it was at the contact."""
        parts: dict[str | None, list[Followed]] = defaultdict(list)
        for one in self.followed:
            parts[one.contact.segment].append(one)
        return {
            segment: [effect(kind, part, days=self.days) for kind in Kind]
            for segment, part in parts.items()
        }


class Studies:
    """Makes studies, one at a time; who asks again within a minute gets the same."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._turn = asyncio.Lock()
        self._last: dict[int, Study] = {}

    async def over(self, days: int) -> Study:
        """The study that follows customers over so many days."""
        async with self._turn:
            now = self._room.clock.now()
            known = self._last.get(days)
            if known is None or not 0 <= now - known.at < MINUTE:
                known = self._last[days] = await self._made(days, now)
            return known

    async def _made(self, days: int, now: Instant) -> Study:
        room = self._room
        since = max(0, now - LOOKED_BACK_DAYS * DAY)
        async with room.database.read() as connection:
            judged = await contacts(connection, room.site, since, now + 1)
        roots = await room.purchases.roots({one.customer for one in judged})
        bought = await room.purchases()
        # Thousands of customers take a while to match; the center goes on meanwhile.
        found = await asyncio.to_thread(
            follow, judged, roots, bought, days=days, today=bought.day_of(now)
        )
        return Study(at=now, since=since, days=days, currency=bought.currency, followed=found)
