"""How the live state comes back: the newest snapshot, then every event after it."""

import gc
from dataclasses import dataclass

import structlog

from warmline.core.center import evolve, rebuild
from warmline.core.state import Center
from warmline.engine.codec import Unreadable, decode_center, encode_center
from warmline.ports import Journal

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovered:
    """The state after the event at `position`; `snapshot` is where the replay began."""

    center: Center
    position: int
    snapshot: int


async def recover(journal: Journal) -> Recovered:
    """The state that the log says, 0 events being the empty center.

    A snapshot of another version is passed over: the log alone is the truth. Raises `Unreadable`
    for an event that this version does not know, or a log that ends before its own snapshot.
    """
    center, start = await _from_snapshot(journal)
    if start > await journal.last():
        raise Unreadable(f"the log ends before the snapshot at {start}")
    position = start
    async for chunk in journal.read(after=start):
        for recorded in chunk:
            evolve(center, recorded.event)
        position = chunk[-1].position
    rebuild(center)
    return Recovered(center=center, position=position, snapshot=start)


def copied(center: Center) -> Center:
    """The same state a second time."""
    copy = decode_center(encode_center(center))
    rebuild(copy)
    return copy


async def _from_snapshot(journal: Journal) -> tuple[Center, int]:
    saved = await journal.load_snapshot()
    if saved is None:
        return Center(), 0
    position, body = saved
    try:
        return decode_center(body), position
    except Unreadable as error:
        log.warning("snapshot_unreadable", position=position, cause=str(error))
        return Center(), 0


def settle_memory() -> None:
    """Spare the collector what was loaded: it lives as long as the process and has no cycles.

    A full collection over a large state stops everything for up to 300 ms, so afterwards they are
    rare. Called once, by the process that serves, when everything is loaded.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 50, 100)
