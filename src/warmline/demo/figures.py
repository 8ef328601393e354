"""The live figures of the start page: who talks, who waits, and how well it goes today."""

from dataclasses import dataclass

from warmline.core.words import SECOND, Instant, Millis, Phase, SiteId
from warmline.insight.floor import today, value_of, zone_of
from warmline.insight.metrics import METRICS
from warmline.ports import Clock, State
from warmline.storage.database import Database

FRESH_MS: Millis = 5 * SECOND
_TALKING = frozenset({Phase.CONNECTED, Phase.HELD})
_WAITING = frozenset({Phase.QUEUED, Phase.OFFERED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What the start page shows; the service level is None before the first answer of the day."""

    talking: int
    waiting: int
    service_level_pct: float | int | None
    now: Instant
    zone: str


class Floor:
    """Asks the live state and, not more often than useful, the facts of today."""

    def __init__(self, *, database: Database, site: SiteId, state: State, clock: Clock) -> None:
        self._database = database
        self._site = site
        self._state = state
        self._clock = clock
        self._level: float | int | None = None
        self._read_at: Instant = 0

    async def figures(self) -> Figures:
        """The figures now."""
        now = self._clock.now()
        if now - self._read_at >= FRESH_MS:
            self._read_at = now
            window = today(now, zone_of(self._state.center()))
            metric = METRICS["service_level_pct"]
            async with self._database.read() as connection:
                self._level = await value_of(connection, self._site, metric, None, window)
        center = self._state.center()
        phases = [one.phase for one in center.interactions.values()]
        return Figures(
            talking=sum(phase in _TALKING for phase in phases),
            waiting=sum(phase in _WAITING for phase in phases),
            service_level_pct=self._level,
            now=now,
            zone=zone_of(center).key,
        )
