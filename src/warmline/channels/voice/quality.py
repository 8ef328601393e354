"""How well the parties of calls were heard: what their pages measured, summed up for each leg."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Column, Select, case, insert, select, update

from warmline.channels.voice import words as w
from warmline.channels.voice.tables import call_quality
from warmline.core.words import Instant, InteractionId, SiteId
from warmline.storage.database import Database
from warmline.storage.journal import storage_errors

WRITE_EVERY = 12
"""So many measurements, of 5 s each, are written at once; and what is left when the leg ends."""
KEPT_LEGS = 5_000
"""Legs with something unwritten; of more than that the figures are let go."""

_SUMS = ("measured", "loss_sum", "jitter_sum_ms", "round_trip_sum_ms", "mos_sum")
_MOST = ("loss_most", "jitter_most_ms", "round_trip_most_ms")


class Qualities:
    """What is measured on the legs of one network."""

    def __init__(self, database: Database, site: SiteId) -> None:
        self._database, self._site = database, site
        self._unwritten: dict[w.LegId, dict[str, Any]] = {}

    async def measured(self, interaction: InteractionId, event: w.QualityMeasured) -> None:
        """Take one measurement of a leg that is there."""
        new = _one(interaction, event)
        sums = self._unwritten.get(event.leg)
        if sums is not None:
            self._unwritten[event.leg] = sums = _both(sums, new)
        elif len(self._unwritten) < KEPT_LEGS:
            self._unwritten[event.leg] = sums = new
        if sums is not None and sums["measured"] >= WRITE_EVERY:
            await self.keep(event.leg)

    async def keep(self, leg: w.LegId) -> None:
        """Write what is known of a leg beyond what is written already."""
        sums = self._unwritten.pop(leg, None)
        if sums is None:
            return
        table = call_quality.c
        where = (table.site == self._site) & (table.leg == leg)
        changed: dict[str, Any] = {name: table[name] + sums[name] for name in _SUMS}
        changed |= {name: _larger(table[name], sums[name]) for name in _MOST}
        least = sums["mos_least"]
        changed["mos_least"] = case((table.mos_least < least, table.mos_least), else_=least)
        changed["at"] = sums["at"]
        with storage_errors():
            async with self._database.write() as connection:
                done = await connection.execute(update(call_quality).where(where).values(**changed))
                if not done.rowcount:
                    row = {"site": self._site, "leg": leg, **sums}
                    await connection.execute(insert(call_quality).values(**row))


def of_call(site: SiteId, interaction: InteractionId) -> Select[Any]:
    """What was measured on the legs of a call."""
    return select(call_quality).where(
        call_quality.c.site == site, call_quality.c.interaction == interaction
    )


def summary(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row as it is told: the mean of each figure, and the worst.

    >>> found = summary(
    ...     _one(
    ...         InteractionId("i"),
    ...         w.QualityMeasured(
    ...             at=Instant(0),
    ...             leg=w.LegId("l"),
    ...             loss=0.02,
    ...             jitter_ms=4,
    ...             round_trip_ms=80,
    ...             mos=4.1,
    ...         ),
    ...     )
    ... )
    >>> found["mos"], found["mos_least"], found["loss"], found["round_trip_most_ms"]
    (4.1, 4.1, 0.02, 80)
    """
    count = row["measured"]
    return {
        "measured": count,
        "loss": row["loss_sum"] / count,
        "loss_most": row["loss_most"],
        "jitter_ms": row["jitter_sum_ms"] / count,
        "jitter_most_ms": row["jitter_most_ms"],
        "round_trip_ms": row["round_trip_sum_ms"] / count,
        "round_trip_most_ms": row["round_trip_most_ms"],
        "mos": row["mos_sum"] / count,
        "mos_least": row["mos_least"],
    }


def _one(interaction: InteractionId, event: w.QualityMeasured) -> dict[str, Any]:
    at: Instant = event.at
    return {
        "interaction": interaction,
        "measured": 1,
        "loss_sum": event.loss,
        "loss_most": event.loss,
        "jitter_sum_ms": event.jitter_ms,
        "jitter_most_ms": event.jitter_ms,
        "round_trip_sum_ms": event.round_trip_ms,
        "round_trip_most_ms": event.round_trip_ms,
        "mos_sum": event.mos,
        "mos_least": event.mos,
        "at": at,
    }


def _both(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **other,
        **{name: one[name] + other[name] for name in _SUMS},
        **{name: max(one[name], other[name]) for name in _MOST},
        "mos_least": min(one["mos_least"], other["mos_least"]),
    }


def _larger(column: Column[Any], value: float) -> Any:
    return case((column > value, column), else_=value)
