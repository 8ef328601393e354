"""Whether the waits that customers are told are true: four of five must be in the range."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from warmline.core import events as e
from warmline.core.center import Center
from warmline.core.policy import Ruleset
from warmline.core.settings import Policy, Segment
from warmline.core.words import (
    MINUTE,
    SECOND,
    InboxId,
    Instant,
    InteractionId,
    Medium,
    Millis,
    OfferId,
    QueueId,
    SegmentId,
)
from warmline.insight.lines import Lines
from warmline.insight.waits import Expected

if TYPE_CHECKING:
    from warmline.sim.records import Call

DAYS: Mapping[str, str] = {
    "even": "rates: [{start: 08:00, end: 20:00, per_hour: 190}]",
    "rush": "rates: [{start: 08:00, end: 11:00, per_hour: 150}, "
    "{start: 11:00, end: 13:00, per_hour: 260}, {start: 13:00, end: 20:00, per_hour: 170}]",
    "bursts": "rates: [{start: 08:00, end: 20:00, per_hour: 150}]\n"
    "      day_cv: 0.15\n"
    "      bursts: [{at: 10:00, minutes: 20, factor: 2.5}, {at: 15:30, minutes: 30, factor: 2}]",
    "falling": "rates: [{start: 08:00, end: 10:00, per_hour: 280}, "
    "{start: 10:00, end: 14:00, per_hour: 190}, {start: 14:00, end: 20:00, per_hour: 120}]",
}
"""Kinds of days: what their arrivals are like. Breaks, shifts and languages change the rest."""
_MODEL = """
name: waits
days: {days}
skills: [help]
languages: [en, ru]
segments:
  gold: {{value: 4, head_start_s: 90}}
  basic: {{}}
queues:
  help:
    rings: [{{skills: {{help: 1}}}}]
agents:
  early:
    count: 8
    skills: {{help: 3, en: 4, ru: 2}}
    shifts: [{{start: 08:00, end: 16:00, breaks: [{{at: 11:30, minutes: 30, spread_minutes: 90}}]}}]
  late:
    count: 7
    skills: {{help: 3, en: 4}}
    shifts: [{{start: 11:00, end: 20:00, breaks: [{{at: 15:00, minutes: 30, spread_minutes: 60}}]}}]
streams:
  calls:
    queue: help
    arrivals:
      {arrivals}
    talk: {{law: lognormal, mean_s: 200, sd_s: 200}}
    wrap_up: {{law: exponential, mean_s: 20}}
    patience: {{law: exponential, mean_s: 420}}
    answer: {{law: constant, value_s: 4}}
    segments: {{gold: 1, basic: 3}}
    languages: {{en: 4, ru: 1}}
"""


@dataclass(slots=True)
class _Tried:
    """What was told, and whether it came true."""

    widths: list[Millis] = field(default_factory=list[Millis])
    inside: int = 0
    below: int = 0
    asked_again: int = 0
    inside_again: int = 0

    def was(self, told: Expected, truth: Millis) -> None:
        """One wait that was foretold when it began is over."""
        self.widths.append(told.high_ms - told.low_ms)
        self.inside += told.low_ms <= truth <= told.high_ms
        self.below += truth < told.low_ms

    def was_again(self, told: Expected, truth: Millis) -> None:
        """The same, as told again later, while the customer still waited."""
        self.asked_again += 1
        self.inside_again += told.low_ms <= truth <= told.high_ms

    def figures(self) -> dict[str, object]:
        """The shares of what was told that came true, and how wide the ranges were."""
        n = len(self.widths)
        return {
            "coverage": round(self.inside / n, 3) if n else None,
            "shorter": round(self.below / n, 3) if n else None,
            "n": n,
            "median_width_s": round(median(self.widths) / SECOND) if n else None,
            "coverage_later": round(self.inside_again / self.asked_again, 3)
            if self.asked_again
            else None,
            "n_later": self.asked_again,
        }

    def add(self, other: "_Tried") -> None:
        """What was tried elsewhere, too."""
        self.widths += other.widths
        self.inside += other.inside
        self.below += other.below
        self.asked_again += other.asked_again
        self.inside_again += other.inside_again


def measure(*, seeds: int = 3, days: int = 2, records: Path | None = None) -> dict[str, object]:
    """Coverage over simulated days of every kind, and over recorded calls when a file is given."""
    whole = _Tried()
    kinds: dict[str, object] = {}
    for kind in DAYS:
        of_kind = _Tried()
        for seed in range(seeds):
            center, log = _played(kind, seed, days)
            of_kind.add(tried(log, center))
        kinds[kind] = of_kind.figures()
        whole.add(of_kind)
    found: dict[str, object] = {**whole.figures(), "days": kinds}
    if records is not None:
        found["records"] = recorded(records).figures()
    return found


def _played(kind: str, seed: int, days: int) -> tuple[Center, list[e.Event]]:
    from warmline.sim.reading import model_of, parse  # noqa: PLC0415 - only what is asked for
    from warmline.sim.run import prepare  # noqa: PLC0415

    text = _MODEL.format(days=days, arrivals=DAYS[kind])
    play = prepare(model_of(parse(text)), Ruleset(policy=Policy()), seed=seed, days=days)
    play.keep = True
    play.run()
    return play.center, play.log


@dataclass(frozen=True, slots=True)
class _Still:
    """A state that does not change: the settings are what matters of it."""

    state: Center

    def center(self) -> Center:
        return self.state

    def position(self) -> int:
        return 0


def tried(log: Iterable[e.Event], center: Center) -> _Tried:
    """What a log's customers would have been told while they waited, beside their true waits.

    Those who gave up are left out: nobody knows how long they would have waited.
    """
    listener = _Listener(Lines(_Still(center)))
    for event in log:
        listener.hear(event)
    return listener.found


@dataclass(slots=True)
class _Listener:
    """Asks what everybody would be told on coming, and once more every minute."""

    lines: Lines
    found: _Tried = field(default_factory=_Tried)
    told: dict[InteractionId, list[tuple[Instant, Expected]]] = field(
        default_factory=dict[InteractionId, list[tuple[Instant, Expected]]]
    )
    looks_at: Instant = 0

    def hear(self, event: e.Event) -> None:
        """One event more, in order."""
        # At full minutes, whatever happens then: an event must not choose when it is asked about.
        while event.at > self.looks_at:
            if not self.told:
                self.looks_at = event.at - event.at % MINUTE
            for waiting in self.told:
                self._ask(waiting, self.looks_at)
            self.looks_at += MINUTE
        self.lines.learn((event,))
        if not isinstance(event, e.InteractionEvent):
            return
        id_ = event.interaction
        match event:
            case e.Queued():
                self.told[id_] = []
                self._ask(id_, event.at)
            case e.Offered():
                told = self.told.get(id_)
                if told and told[0][0] == event.at:
                    del self.told[id_]  # somebody was free: nothing was told
            case e.Accepted():
                self._compare(self.told.pop(id_, []), event.at)
            case e.Abandoned() | e.Ended():
                self.told.pop(id_, None)
            case _:
                return

    def _ask(self, waiting: InteractionId, at: Instant) -> None:
        said = self.lines.expected(waiting, at)
        if said is not None:
            self.told[waiting].append((at, said))

    def _compare(self, told: list[tuple[Instant, Expected]], at: Instant) -> None:
        for place, (said_at, said) in enumerate(told):
            if place == 0:
                self.found.was(said, at - said_at)
            else:
                self.found.was_again(said, at - said_at)


def recorded(path: Path, mapping: str = "anonymous-bank-1999") -> _Tried:
    """The same for recorded calls: who came when, waited how long, and was served or gave up."""
    from warmline.sim.records import read_mapping, read_records  # noqa: PLC0415

    columns = read_mapping(Path(mapping))
    records = read_records(path, columns)
    center = Center()
    for priority in columns.priority.values.values():
        id_ = SegmentId(priority.segment)
        head_start = round(priority.head_start_s * SECOND)
        center.segments[id_] = Segment(id=id_, name=id_, head_start_ms=head_start)
    log = [event for calls in records.days.values() for call in calls for event in _as_events(call)]
    log.sort(key=lambda event: (event.at, isinstance(event, e.Arrived | e.Queued)))
    return tried(log, center)


def _as_events(call: "Call") -> Iterator[e.InteractionEvent]:
    """A call that waited, in our words; one that found somebody free says nothing about waits."""
    if call.wait_ms <= 0:
        return
    queue, over_at = QueueId(call.type), call.over_at
    yield e.Arrived(
        at=call.at,
        interaction=call.id,
        medium=Medium.VOICE,
        inbox=InboxId(call.type),
        segment=call.segment,
    )
    yield e.Queued(at=call.at, interaction=call.id, queue=queue, due_at=call.at, cause="arrival")
    if call.agent is None:
        yield e.Abandoned(at=over_at, interaction=call.id, cause="customer")
    else:
        offer = OfferId(f"{call.id}.1")
        yield e.Accepted(at=over_at, interaction=call.id, agent=call.agent, offer=offer)
