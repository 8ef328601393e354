"""Sets the stage: a center of the core with the queues, the agents and the rules of a model."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from warmline.core import commands as c
from warmline.core import settings as s
from warmline.core.center import Center, step
from warmline.core.policy import Ruleset
from warmline.core.words import (
    AgentId,
    CalendarId,
    InboxId,
    Instant,
    Millis,
    QueueId,
    SegmentId,
    SkillId,
    TeamId,
)
from warmline.sim.clock import first_midnight, time_of_day
from warmline.sim.kernel import COMMAND
from warmline.sim.model import Group, Hours, Model, Queue, Stream, Target
from warmline.sim.roster import members

_MINUTE_MS = 60_000


def inbox_id(stream: Stream) -> InboxId:
    """The door that the customers of a stream come through: one for each queue and medium."""
    return InboxId(f"{stream.queue}.{stream.medium}")


def center_of(model: Model, rules: Ruleset) -> Center:
    """A center at the first midnight with everything defined and nobody there yet.

    Raises `Rejected` or `Malformed` when the core does not accept a setting.
    """
    center = Center()
    start = first_midnight(model)
    for command in _commands(model):
        step(center, command, start)
    put_in_force(center, rules, start)
    return center


def put_in_force(center: Center, rules: Ruleset, now: Instant) -> None:
    """Let `rules` hold in `center`; nobody types a disposition here, so none is required."""
    version = max(rules.policy.version, center.policy.version + 1)
    playable = replace(
        rules,
        policy=replace(rules.policy, version=version),
        queues=tuple(without_required_code(queue) for queue in rules.queues),
    )
    step(center, c.Publish(id=COMMAND, ruleset=playable), now)


def price_orders(
    hours: Sequence[tuple[Instant, Mapping[AgentId, Millis], str]],
) -> list[tuple[Instant, c.Command]]:
    """The commands that say the prices of each hour when it begins."""
    return [
        (at, c.SetPrices(id=COMMAND, prices=prices, cause=cause)) for at, prices, cause in hours
    ]


def without_required_code(queue: s.Queue) -> s.Queue:
    """The same queue, with a wrap-up that may end without a disposition."""
    if queue.wrap_up.mode is not s.WrapUpMode.REQUIRED:
        return queue
    return replace(queue, wrap_up=replace(queue.wrap_up, mode=s.WrapUpMode.OPTIONAL))


def _commands(model: Model) -> Iterator[c.Command]:
    for skill in model.skills:
        yield c.DefineSkill(id=COMMAND, skill=s.Skill(id=SkillId(skill), name=skill))
    for language in model.languages:
        skill = s.Skill(id=SkillId(language), name=language, language=True)
        yield c.DefineSkill(id=COMMAND, skill=skill)
    for name, segment in model.segments.items():
        yield c.DefineSegment(
            id=COMMAND,
            segment=s.Segment(
                id=SegmentId(name),
                name=name,
                value=segment.value,
                head_start_ms=_ms(segment.head_start_s),
                target=_target(segment.target) if segment.target else None,
            ),
        )
    yield from _queues(model)
    for stream in {(one.queue, one.medium): one for one in model.streams.values()}.values():
        inbox = s.Inbox(
            id=inbox_id(stream),
            name=str(inbox_id(stream)),
            medium=stream.medium,
            queue=QueueId(stream.queue),
        )
        yield c.DefineInbox(id=COMMAND, inbox=inbox)
    yield from _agents(model)


def _queues(model: Model) -> Iterator[c.Command]:
    wraps = any(stream.wrap_up is not None for stream in model.streams.values())
    mode = s.WrapUpMode.OPTIONAL if wraps else s.WrapUpMode.NONE
    defined: list[s.Queue] = []
    for name, queue in model.queues.items():
        if queue.hours:
            yield c.DefineCalendar(id=COMMAND, calendar=_calendar(name, queue.hours))
        defined.append(_queue(name, queue, s.WrapUpRule(mode=mode, limit_ms=0)))
    for queue in defined:
        alone = replace(
            queue,
            overflow_to=None,
            overflow_after_ms=0,
            when_closed=s.WhenClosed.WAIT,
            when_unstaffed=s.WhenUnstaffed.WAIT,
        )
        yield c.DefineQueue(id=COMMAND, queue=alone)
    for queue in defined:  # a second time: one may overflow into another only when it is known
        yield c.DefineQueue(id=COMMAND, queue=queue)


def _queue(name: str, queue: Queue, wrap_up: s.WrapUpRule) -> s.Queue:
    return s.Queue(
        id=QueueId(name),
        name=name,
        rings=tuple(
            s.Ring(
                needs=_needs(ring.skills),
                any_of=_needs(ring.any_of),
                language_level=ring.language_level,
                after_ms=_ms(ring.after_s),
            )
            for ring in queue.rings
        ),
        target=_target(queue.target),
        calendar=_calendar_id(name) if queue.hours else None,
        wrap_up=wrap_up,
        when_closed=queue.when_closed,
        when_unstaffed=queue.when_unstaffed,
        overflow_to=QueueId(queue.overflow_to) if queue.overflow_to else None,
        overflow_after_ms=_ms(queue.overflow_after_s),
    )


def _needs(skills: dict[str, int]) -> tuple[s.Need, ...]:
    return tuple(s.Need(skill=SkillId(skill), level=level) for skill, level in skills.items())


def _target(target: Target) -> s.Target:
    return s.Target(within_ms=_ms(target.within_s), share_pct=target.share_pct)


def _calendar_id(queue: str) -> CalendarId:
    return CalendarId(f"hours.{queue}")


def _calendar(queue: str, hours: Sequence[Hours]) -> s.Calendar:
    week: dict[s.Weekday, tuple[s.Interval, ...]] = {}
    for day in s.Weekday:
        week[day] = tuple(
            s.Interval(
                opens=time_of_day(open_.opens) // _MINUTE_MS,
                closes=time_of_day(open_.closes) // _MINUTE_MS,
            )
            for open_ in hours
            if day in open_.days
        )
    return s.Calendar(id=_calendar_id(queue), name=f"hours of {queue}", week=week)


def _agents(model: Model) -> Iterator[c.Command]:
    for team in {group.team for group in model.agents.values() if group.team}:
        yield c.DefineTeam(id=COMMAND, team=s.Team(id=TeamId(team), name=team))
    for name, group in model.agents.items():
        for member in members(name, group):
            yield c.DefineAgent(id=COMMAND, agent=_agent(member.id, group, member.quality))


def _agent(id_: AgentId, group: Group, quality: float) -> s.Agent:
    given = group.capacity
    capacity = (
        s.Capacity()
        if given is None
        else s.Capacity(slots=given.slots, total=given.total, weights=given.weights)
    )
    return s.Agent(
        id=id_,
        team=TeamId(group.team) if group.team else None,
        skills={SkillId(skill): level for skill, level in group.skills.items()},
        capacity=capacity,
        scores={s.Trait.QUALITY: s.Score(value=quality)},
        in_training=group.in_training,
    )


def _ms(seconds: float) -> Millis:
    return round(seconds * 1000)
