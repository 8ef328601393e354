"""A day of the center's own log: told again as it was, then played under other policies."""

import asyncio
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from warmline.config import Settings
from warmline.core import events as e
from warmline.core.center import Center, evolve, rebuild
from warmline.core.interaction import TALKING, Interaction
from warmline.core.policy import Ruleset
from warmline.core.words import (
    AgentId,
    Instant,
    InteractionId,
    Millis,
    Phase,
    Presence,
    Rejected,
    SegmentId,
    SiteId,
    StakeId,
)
from warmline.engine.codec import EventCodec
from warmline.sim.figures import Figures, Judged, Window, of_desks, of_visits
from warmline.sim.kernel import Play, Turn
from warmline.sim.ledger import Ledger
from warmline.sim.patience import Patience, patience_of
from warmline.sim.players import Customer, Person
from warmline.sim.retelling import Retold, retell
from warmline.sim.run import Folds, fold
from warmline.sim.stage import put_in_force
from warmline.sim.study import differences, estimates
from warmline.storage.database import open_database
from warmline.storage.journal import DatabaseJournal

AS_IT_WAS = "as it was"
"""The name of the scenario that changes nothing."""
KNOWN = ("arrivals", "presence", "patience_of_those_who_gave_up", "times_with_the_agent_of_the_day")
MODELLED = (
    "patience_of_those_served",
    "times_with_another_agent",
    "transfers_as_one_visit",
    "open_at_midnight_come_at_midnight",
)
"""What is known of a day of the log and what is modelled, as words for programs."""
OVERTIME_MS: Millis = 4 * 3_600_000
_OPEN = frozenset({Phase.QUEUED, Phase.OFFERED, *TALKING})
_SETTINGS = (
    e.SkillDefined, e.QueueDefined, e.AgentDefined, e.TeamDefined, e.CalendarDefined,
    e.InboxDefined, e.DispositionDefined, e.ReasonDefined, e.SegmentDefined, e.PolicyDefined,
    e.PolicyPublished, e.Removed,
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A day of a log: the state at its beginning, its events, the settings at its end."""

    date: date
    window: Window
    before: Center
    settings: Center
    events: list[e.Event]


@dataclass(slots=True, kw_only=True)
class _Story:
    """What is known of one interaction of the day."""

    arrived: e.Arrived
    at: Instant
    segment: SegmentId | None
    stake: StakeId | None
    gave_up_at: Instant | None = None
    offered_at: Instant = 0
    waited_ms: Millis | None = None
    answer_ms: Millis = 0
    taken_at: Instant | None = None
    talk_ms: Millis = 0
    ended_at: Instant | None = None
    wrap_ms: Millis = 0
    agent: AgentId | None = None


async def read_day(settings: Settings, day: date) -> Day:
    """The day of the log in the data folder, in the center's own time zone.

    Raises `Rejected` `empty_day` when nothing happened on it.
    """
    database = open_database(settings)
    journal = DatabaseJournal(database, SiteId(settings.site), EventCodec())
    before, defined = Center(), Center()
    window: Window | None = None
    events: list[e.Event] = []
    try:
        async for chunk in journal.read(after=0):
            for recorded in chunk:
                event = recorded.event
                if window is None and not isinstance(event, _SETTINGS):
                    window = _window(defined, day)
                if window is not None and event.at >= window.until:
                    break
                if isinstance(event, _SETTINGS):
                    evolve(defined, event)
                if window is None or event.at < window.since:
                    evolve(before, event)
                    continue
                events.append(event)
            before.waiting.forget_routing()
    finally:
        await database.close()
    if window is None or not any(isinstance(event, e.Arrived) for event in events):
        raise Rejected("empty_day", f"Nobody came on {day.isoformat()}.")
    return Day(date=day, window=window, before=before, settings=defined, events=events)


def _window(center: Center, day: date) -> Window:
    zone = ZoneInfo(center.zone)
    since = datetime(day.year, day.month, day.day, tzinfo=zone)
    until = since + timedelta(days=1)
    return Window(since=round(since.timestamp() * 1000), until=round(until.timestamp() * 1000))


def tell_again(day: Day) -> Retold:
    """Every decision of the day made once more under the policy it was made under."""
    center = day.before
    rebuild(center)
    return retell(center, day.events)


def as_logged(day: Day) -> Figures:
    """The figures of the day as they were."""
    ledger = Ledger()
    for id_, agent in day.before.agents.items():
        if agent.presence is not Presence.OFFLINE:
            ledger.desk(id_).turns(agent.presence, day.window.since)
    for event in day.events:
        ledger.add(event)
    by = judged(day.settings)
    return {**of_visits(ledger.stays, day.window, by), **of_desks(ledger.desks, day.window)}


def judged(settings: Center) -> Judged:
    """What outcomes are judged by: the agents' scores and the segments' values of the center."""
    return Judged(
        quality={id_: agent.quality_pct / 100 for id_, agent in settings.agents.items()},
        value={id_: segment.value for id_, segment in settings.segments.items()},
    )


# The day as a play


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """Agents more (like somebody of the day) or fewer."""

    like: AgentId | None = None
    add: int = 0
    gone: frozenset[AgentId] = frozenset()


@dataclass(slots=True)
class Cast:
    """Who came, as the log knows it, and when the agents were there."""

    stories: list[_Story] = field(default_factory=list[_Story])
    turns: list[Turn] = field(default_factory=list[Turn])
    patience: dict[str, Patience] = field(default_factory=dict[str, Patience])

    def present(self) -> frozenset[AgentId]:
        """Who was available at some time of the day."""
        return frozenset(id_ for _, id_, presence in self.turns if presence is Presence.AVAILABLE)


def cast_of(day: Day) -> Cast:
    """The customers and the rota of a day."""
    cast, known = _at_midnight(day)
    for event in day.events:
        if isinstance(event, e.Arrived):
            story = _Story(arrived=event, at=event.at, segment=event.segment, stake=event.stake)
            known[event.interaction] = story
            cast.stories.append(story)
        elif isinstance(event, e.PresenceChanged):
            if event.cause != "missed_offer":
                cast.turns.append((event.at, event.agent, event.presence))
        elif isinstance(event, e.InteractionEvent):
            story = known.get(event.interaction)
            if story is not None:
                _goes_on(story, event)
    cast.patience = _patience(story for story in cast.stories if story.at >= day.window.since)
    return cast


def _at_midnight(day: Day) -> tuple[Cast, dict[InteractionId, _Story]]:
    """Who was there when the day began, and what was under way."""
    cast, known = Cast(), dict[InteractionId, _Story]()
    midnight = day.window.since - 1  # who comes then is not counted to the day
    for id_, agent in day.before.agents.items():
        if agent.presence is not Presence.OFFLINE:
            cast.turns.append((midnight, id_, agent.presence))
    for interaction in day.before.interactions.values():
        if interaction.phase in _OPEN:
            known[interaction.id] = _open_at(interaction, midnight)
    cast.stories.extend(known.values())
    return cast, known


def _open_at(interaction: Interaction, midnight: Instant) -> _Story:
    """What was under way at midnight, as if it came then."""
    arrived = e.Arrived(
        at=midnight,
        interaction=interaction.id,
        medium=interaction.medium,
        inbox=interaction.inbox,
        segment=interaction.segment,
        stake=interaction.stake,
        language=interaction.language,
        reason=interaction.reason,
        preferred=interaction.preferred,
    )
    in_hand = interaction.phase in TALKING
    return _Story(
        arrived=arrived,
        at=midnight,
        segment=interaction.segment,
        stake=interaction.stake,
        waited_ms=midnight - interaction.arrived_at if in_hand else None,
        taken_at=midnight if in_hand else None,
    )


def _patience(stories: Iterable[_Story]) -> dict[str, Patience]:
    """How patient the customers of each medium were."""
    waits: dict[str, list[tuple[Millis, bool]]] = {}
    for story in stories:
        gave_up = story.gave_up_at is not None
        wait = story.gave_up_at - story.at if story.gave_up_at is not None else story.waited_ms
        if wait is not None:
            waits.setdefault(story.arrived.medium, []).append((wait, gave_up))
    return {medium: patience_of(found) for medium, found in waits.items()}


def _goes_on(story: _Story, event: e.InteractionEvent) -> None:
    match event:
        case e.Identified():
            story.segment = event.segment or story.segment
            story.stake = event.stake or story.stake
        case e.Offered():
            story.offered_at = event.at
        case e.Accepted():
            if story.waited_ms is None:
                story.waited_ms = event.at - story.at
                story.answer_ms = event.at - story.offered_at
            story.agent, story.taken_at = event.agent, event.at
        case e.Abandoned():
            story.gave_up_at = event.at
        case e.Ended() | e.Transferred() | e.Returned():
            if story.taken_at is not None:
                story.talk_ms += event.at - story.taken_at
            story.taken_at = None
            story.ended_at = event.at
        case e.WrappedUp():
            if story.ended_at is not None:
                story.wrap_ms = event.at - story.ended_at
        case _:
            return


def play(
    day: Day, cast: Cast, rules: Ruleset | None, staff: Sequence[Staff], *, seed: int
) -> Folds:
    """The figures of the day under `rules` (None: those of the day) with other agents."""
    center = Center()
    _copy_settings(day.settings, center)
    start = day.window.since - 1
    if rules is not None:
        put_in_force(center, rules, start)
    chance = random.Random(f"{seed}/{start}")
    typical = _typical_ms(cast)
    customers = [_customer(story, cast, typical, chance.random()) for story in cast.stories]
    turns, people = _staffed(center, cast, staff, start)
    made = Play(center, customers, turns, people, day.window.until + OVERTIME_MS)
    made.run()
    by = Judged(quality=judged(center).quality, value=judged(day.settings).value)
    return fold(made, by, [day.window])


def _copy_settings(settings: Center, center: Center) -> None:
    for item in settings.skills.values():
        evolve(center, e.SkillDefined(at=0, skill=item))
    for item in settings.calendars.values():
        evolve(center, e.CalendarDefined(at=0, calendar=item))
    for item in settings.teams.values():
        evolve(center, e.TeamDefined(at=0, team=item))
    for item in settings.segments.values():
        evolve(center, e.SegmentDefined(at=0, segment=item))
    for item in settings.queues.values():
        evolve(center, e.QueueDefined(at=0, queue=item))
    for item in settings.inboxes.values():
        evolve(center, e.InboxDefined(at=0, inbox=item))
    for agent in settings.agents.values():
        evolve(center, e.AgentDefined(at=0, agent=agent.spec))
    rules = Ruleset(policy=settings.policy, queues=tuple(settings.queues.values()))
    put_in_force(center, rules, 0)


def _typical_ms(cast: Cast) -> Mapping[str, Millis]:
    """The mean time with an agent by medium, for those who gave up."""
    found: dict[str, list[Millis]] = {}
    for story in cast.stories:
        if story.talk_ms:
            found.setdefault(story.arrived.medium, []).append(story.talk_ms)
    return {medium: sum(times) // len(times) for medium, times in found.items()}


def _customer(story: _Story, cast: Cast, typical: Mapping[str, Millis], uniform: float) -> Customer:
    arrived = story.arrived
    patience_ms = -1
    if story.gave_up_at is not None:
        patience_ms = story.gave_up_at - story.at
    elif (known := cast.patience.get(arrived.medium)) is not None:
        patience_ms = known.draw(uniform, beyond_ms=story.waited_ms or 0)
    usual = typical.get(arrived.medium, 120_000)
    return Customer(
        id_=arrived.interaction,
        at=arrived.at,
        inbox=arrived.inbox,
        segment=story.segment,
        stake=story.stake,
        language=arrived.language,
        reason=arrived.reason,
        preferred=arrived.preferred,
        talk_ms=story.talk_ms or round(usual * (0.2 + 1.6 * uniform)),
        wrap_ms=story.wrap_ms,
        answer_ms=story.answer_ms,
        patience_ms=patience_ms,
    )


def _staffed(
    center: Center, cast: Cast, staff: Sequence[Staff], now: Instant
) -> tuple[list[Turn], dict[AgentId, Person]]:
    gone = frozenset[AgentId]().union(*(change.gone for change in staff))
    turns = [turn for turn in cast.turns if turn[1] not in gone]
    numbers = count(1)
    for change in staff:
        like = change.like
        if like is None or like not in center.agents:
            continue
        for _ in range(change.add):
            new = AgentId(f"{like}+{next(numbers)}")
            spec = center.agents[like].spec
            evolve(center, e.AgentDefined(at=now, agent=replace(spec, id=new)))
            turns.extend((at, new, presence) for at, id_, presence in cast.turns if id_ == like)
    turns.sort(key=lambda turn: turn[0])
    return turns, {id_: Person(id_) for id_ in center.agents}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """Rules to play a day under (None: those of the day), with other agents."""

    rules: Ruleset | None = None
    staff: tuple[Staff, ...] = ()


def replay_own(
    settings: Settings,
    day: date,
    scenarios: Mapping[str, Scenario],
    *,
    seeds: Sequence[int] = (1, 2, 3, 4, 5),
    progress: Callable[[float], None] = lambda _: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> dict[str, Any]:
    """The day told again, then played under each scenario; differences are to the first of them."""
    read = asyncio.run(read_day(settings, day))
    return replay_day(
        read, cast_of(read), scenarios, seeds=seeds, progress=progress, cancelled=cancelled
    )


def replay_day(
    read: Day,
    cast: Cast,
    scenarios: Mapping[str, Scenario],
    *,
    seeds: Sequence[int],
    progress: Callable[[float], None] = lambda _: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> dict[str, Any]:
    """The same for a day that was read; it can be told again once."""
    logged = as_logged(read)
    told = tell_again(read)
    played: dict[str, list[Folds]] = {name: [] for name in scenarios}
    for seed_place, seed in enumerate(seeds):
        for place, (name, scenario) in enumerate(scenarios.items()):
            if cancelled():
                return {}
            folds = play(read, cast, scenario.rules, scenario.staff, seed=seed)
            played[name].append(folds)
            progress((seed_place * len(scenarios) + place + 1) / (len(scenarios) * len(seeds)))
    first, *others = played
    return {
        "day": read.date.isoformat(),
        "seeds": len(seeds),
        "same": same(told),
        "record": logged,
        "policies": {name: estimates(folds) for name, folds in played.items()},
        "differences": [
            {"of": name, "from": first, **differences(played[name], played[first])}
            for name in others
        ],
        "known": KNOWN,
        "modelled": MODELLED,
    }


def same(told: Retold) -> dict[str, Any]:
    """What the retelling showed, as plain values."""
    return {
        "identical": told.identical,
        "decisions": told.decisions,
        "different": told.different,
        "events": told.events,
        "hash": told.logged_hash,
        "decided_hash": told.decided_hash,
        "times_real": round(told.span_ms / 1000 / max(told.took_s, 1e-9)),
    }
