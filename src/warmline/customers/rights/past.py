"""What the log says about some interactions, found by their times: not the whole log is read."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from warmline.core.events import InteractionEvent
from warmline.core.words import Instant, InteractionId
from warmline.ports import Journal, Recorded

MOST_EVENTS = 2_000_000
"""So many events are looked through at most; what lies beyond is said to be left out."""
CHUNK = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """An interaction and when it was alive."""

    interaction: InteractionId
    since: Instant
    until: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """The events of some interactions in order; `whole` tells whether all of them are here."""

    events: Sequence[Mapping[str, object]]
    whole: bool


async def past_of(journal: Journal, spans: Collection[Span]) -> Past:
    """The events of interactions, each as plain values with its position and name."""
    wanted = {span.interaction for span in spans}
    found: list[Mapping[str, object]] = []
    looked = 0
    for since, until in merged(spans):
        after = await _last_before(journal, since)
        async for batch in journal.read(after=after):
            inside = [one for one in batch if one.event.at <= until]
            found += [_told(one) for one in inside if _about(one, wanted)]
            looked += len(batch)
            if looked > MOST_EVENTS:
                return Past(events=found, whole=False)
            if len(inside) < len(batch):
                break
    return Past(events=found, whole=True)


def merged(spans: Collection[Span]) -> Sequence[tuple[Instant, Instant]]:
    """The times that some spans cover, in order, none twice.

    >>> a, b = (Span(interaction="a", since=1, until=5), Span(interaction="b", since=4, until=9))
    >>> merged([b, a, Span(interaction="c", since=20, until=21)])
    [(1, 9), (20, 21)]
    """
    found: list[tuple[Instant, Instant]] = []
    for span in sorted(spans, key=lambda one: one.since):
        if found and span.since <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], span.until))
        else:
            found.append((span.since, span.until))
    return found


async def _last_before(journal: Journal, at: Instant) -> int:
    """The last position before an instant: times in the log never run backwards."""
    low, high = 0, await journal.last()
    while low < high:
        middle = (low + high) // 2
        async for batch in journal.read(after=middle, limit=1):
            if batch[0].event.at < at:
                low = middle + 1
            else:
                high = middle
    return low


def _about(recorded: Recorded, wanted: Collection[InteractionId]) -> bool:
    event = recorded.event
    return isinstance(event, InteractionEvent) and event.interaction in wanted


def _told(recorded: Recorded) -> Mapping[str, object]:
    plain: dict[str, object] = msgspec.to_builtins(recorded.event)
    name = type(recorded.event).__name__
    return {"position": recorded.position, "event": name, **plain}
