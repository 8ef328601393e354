"""A recorded day played again: the same customers, the roster that the day itself shows."""

import random
from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from warmline.core import commands as c
from warmline.core import settings as s
from warmline.core.center import Center, step
from warmline.core.policy import Ruleset
from warmline.core.words import (
    AgentId,
    InboxId,
    Instant,
    InteractionId,
    Medium,
    Millis,
    Presence,
    QueueId,
    SegmentId,
    SkillId,
)
from warmline.sim.figures import Judged, Window
from warmline.sim.kernel import COMMAND, Play, Turn
from warmline.sim.patience import Patience, patience_of
from warmline.sim.players import Customer, Person
from warmline.sim.records import Call, Columns, Records
from warmline.sim.run import Folds, fold
from warmline.sim.stage import put_in_force

GRACE_MS: Millis = 1_000
"""An agent who lets somebody wait for longer than this between two calls was not free."""
SHORT_MS: Millis = 15 * 60_000
"""Longer than this is no work after a call."""
RARE = 0.02
"""A type with a smaller share of the calls is too rare for one day to show who serves it."""
TYPICAL_MS: Millis = 120_000
"""How long somebody is served who in the record gave up: nobody knows, so around this."""
OVERTIME_MS: Millis = 3 * 3_600_000


Skills = Mapping[AgentId, frozenset[str]]
PatienceOf = Mapping[SegmentId, Patience]


def patience_shown(records: Records) -> PatienceOf:
    """How patient the customers of each segment are, by the whole file."""
    waits: dict[SegmentId, list[tuple[Millis, bool]]] = {}
    for calls in records.days.values():
        for call in calls:
            waits.setdefault(call.segment, []).append((call.wait_ms, call.agent is None))
    return {segment: patience_of(found) for segment, found in waits.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a whole file shows: how patient customers are, who can do what comes rarely."""

    patience: PatienceOf
    rare: Skills


def shown(records: Records) -> Shown:
    """The patience by segment, and who ever served a type of less than `RARE` of the calls."""
    calls = [call for day in records.days.values() for call in day]
    share = Counter(call.type for call in calls)
    rare = {type_ for type_, number in share.items() if number < RARE * len(calls)}
    return Shown(
        patience=patience_shown(records),
        rare=_served([call for call in calls if call.type in rare]),
    )


def skills_shown(calls: Sequence[Call], known: Shown) -> Skills:
    """What each agent served that day, and what comes too rarely for one day to show it."""
    types = {call.type for call in calls}
    return {
        agent: served | (known.rare.get(agent, frozenset()) & types)
        for agent, served in _served(calls).items()
    }


def _served(calls: Sequence[Call]) -> Skills:
    skills: dict[AgentId, set[str]] = {}
    for call in calls:
        if call.agent is not None:
            skills.setdefault(call.agent, set()).add(call.type)
    return {agent: frozenset(types) for agent, types in sorted(skills.items())}


def recorded_rules() -> Ruleset:
    """First come, first served, with the head starts that the mapping gives the segments."""
    return Ruleset(policy=s.Policy(version=2, rule=s.Rule.WARMLINE, worth_ms=0))


def play_day(
    calls: Sequence[Call], columns: Columns, known: Shown, rules: Ruleset, *, seed: int
) -> Folds:
    """The figures of the day under `rules`.

    Known are arrivals, types, priorities, service times, and the patience of those who gave up.
    Modelled is the patience of those who were served (drawn from the estimate beyond their wait,
    the same for every policy of a seed), and that a service takes as long with another agent.
    """
    start = calls[0].at
    skills = skills_shown(calls, known)
    center = _center(columns, skills, {call.type for call in calls}, start - 1)
    put_in_force(center, rules, start - 1)
    chance = random.Random(f"{seed}/{start}")
    roster = roster_of(calls, skills)
    customers = [_customer(call, known.patience, roster, chance.random()) for call in calls]
    people = {agent: Person(agent) for agent in skills}
    end = max(call.over_at + call.talk_ms for call in calls)
    play = Play(center, customers, roster.turns, people, end + OVERTIME_MS)
    play.run()
    values = {SegmentId(one.segment): one.value for one in columns.priority.values.values()}
    return fold(play, Judged(value=values), [Window(since=start, until=end + 1)])


def _customer(call: Call, patience: PatienceOf, roster: "Roster", uniform: float) -> Customer:
    waits_ms = call.wait_ms
    if call.agent is not None:
        waits_ms = patience[call.segment].draw(uniform, beyond_ms=call.wait_ms)
    return Customer(
        id_=call.id,
        at=call.at,
        inbox=InboxId(call.type),
        segment=call.segment,
        talk_ms=call.talk_ms or round(TYPICAL_MS * (0.2 + 1.6 * uniform)),
        patience_ms=waits_ms,
        wrap_ms=roster.after_ms.get(call.id, 0),
    )


def _center(columns: Columns, known: Skills, types: set[str], now: Instant) -> Center:
    center = Center()

    def do(kind: type[c.Command], **fields: Any) -> None:
        step(center, kind(id=COMMAND, **fields), now)

    for priority in columns.priority.values.values():
        segment = s.Segment(
            id=SegmentId(priority.segment),
            name=priority.segment,
            value=priority.value,
            head_start_ms=round(priority.head_start_s * 1000),
        )
        do(c.DefineSegment, segment=segment)
    target = s.Target(within_ms=round(columns.target_s * 1000), share_pct=columns.target_pct)
    for type_ in sorted(types):
        skill = SkillId(type_)
        do(c.DefineSkill, skill=s.Skill(id=skill, name=type_))
        queue = s.Queue(
            id=QueueId(type_),
            name=type_,
            rings=(s.Ring(needs=(s.Need(skill=skill),)),),
            target=target,
            wrap_up=s.WrapUpRule(mode=s.WrapUpMode.OPTIONAL, limit_ms=0),
            preferred_ms=0,
        )
        do(c.DefineQueue, queue=queue)
        inbox = s.Inbox(id=InboxId(type_), name=type_, medium=Medium.VOICE, queue=queue.id)
        do(c.DefineInbox, inbox=inbox)
    for agent, served in known.items():
        skills = {SkillId(type_): 3 for type_ in served}
        do(c.DefineAgent, agent=s.Agent(id=agent, skills=skills))
    return center


# The roster


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """When agents were there, and for how long they were busy after each call."""

    turns: list[Turn]
    after_ms: Mapping[InteractionId, Millis]


def roster_of(calls: Sequence[Call], known: Skills) -> Roster:
    """The roster that a day shows: each agent from the first call to the last.

    When somebody whom the agent serves waited between two calls, the agent was not free: for a
    short time that was work after the call, for longer than `SHORT_MS` a break.
    """
    served: dict[AgentId, list[Call]] = {}
    for call in calls:
        if call.agent is not None:
            served.setdefault(call.agent, []).append(call)
    waiting = {type_: _waits(calls, type_) for type_ in {call.type for call in calls}}
    turns: list[Turn] = []
    after: dict[InteractionId, Millis] = {}
    for agent, own in served.items():
        lines = [waiting[type_] for type_ in known[agent]]
        own.sort(key=lambda call: call.over_at)
        turns.append((own[0].over_at, agent, Presence.AVAILABLE))
        for call, following in pairwise(own):
            free_at, taken_at = call.over_at + call.talk_ms, following.over_at
            if not any(_somebody_waited(line, free_at, taken_at) for line in lines):
                continue
            if taken_at - free_at <= SHORT_MS:
                after[call.id] = taken_at - free_at
            else:
                turns.append((free_at, agent, Presence.BREAK))
                turns.append((taken_at, agent, Presence.AVAILABLE))
        last = max(call.over_at + call.talk_ms for call in own)
        turns.append((last, agent, Presence.OFFLINE))
    turns.sort(key=lambda turn: (turn[0], turn[1], turn[2] is Presence.AVAILABLE))
    return Roster(turns=turns, after_ms=after)


@dataclass(frozen=True, slots=True)
class _Line:
    """When customers of a type waited: by their beginning, with the latest end so far."""

    since: tuple[Instant, ...]
    until: tuple[Instant, ...]


def _waits(calls: Sequence[Call], type_: str) -> _Line:
    spans = sorted(
        (call.at, call.over_at) for call in calls if call.type == type_ and call.wait_ms > GRACE_MS
    )
    latest: list[Instant] = []
    for _, until in spans:
        latest.append(max(until, latest[-1]) if latest else until)
    return _Line(tuple(since for since, _ in spans), tuple(latest))


def _somebody_waited(line: _Line, since: Instant, until: Instant) -> bool:
    """Whether anybody of the line waited for more than the grace between two moments."""
    if until - since <= GRACE_MS:
        return False
    place = bisect_left(line.since, until - GRACE_MS)
    return place > 0 and line.until[place - 1] > since + GRACE_MS
