"""Who works: the agents of each group, how good and how quick, and when they are there."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from warmline.core.words import DAY, MINUTE, AgentId, Instant, Presence
from warmline.sim.clock import first_midnight, midnight, time_of_day, weekday
from warmline.sim.kernel import Turn
from warmline.sim.model import Group, Model, QualitySpan, Shift, Span
from warmline.sim.players import Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One agent of a group; `place` runs from 0 to 1 through the group."""

    id: AgentId
    quality: float
    handle_factor: float
    place: float


def members(name: str, group: Group) -> Iterator[Member]:
    """The agents of a group: `name-1` and so on, with as many digits as the last one needs."""
    digits = len(str(group.count))
    for number in range(group.count):
        place = number / (group.count - 1) if group.count > 1 else 0.5
        yield Member(
            id=AgentId(f"{name}-{number + 1:0{digits}}"),
            quality=_between(group.quality, place),
            handle_factor=_between(group.handle_factor, place),
            place=number / group.count,
        )


def _between(given: float | Span | QualitySpan, place: float) -> float:
    if isinstance(given, float | int):
        return given
    return given.first + (given.last - given.first) * place


def people(model: Model) -> dict[AgentId, Person]:
    """Every agent as a worker."""
    return {
        member.id: Person(member.id, member.handle_factor)
        for name, group in model.agents.items()
        for member in members(name, group)
    }


def qualities(model: Model) -> Mapping[AgentId, float]:
    """How good every agent is, 0 to 1."""
    return {
        member.id: member.quality
        for name, group in model.agents.items()
        for member in members(name, group)
    }


def rota(model: Model, *, days: int) -> list[Turn]:
    """When everybody comes, has a break and goes, in the order of time."""
    turns: list[Turn] = []
    for name, group in model.agents.items():
        for member in members(name, group):
            if not group.shifts:
                turns.append((first_midnight(model), member.id, Presence.AVAILABLE))
            for day in range(days):
                for shift in group.shifts:
                    if weekday(model, day) in shift.days:
                        turns += _turns(shift, member, midnight(model, day))
    # One shift may begin when another ends: going comes before coming.
    turns.sort(key=lambda turn: (turn[0], turn[2] is not Presence.OFFLINE, turn[1]))
    return turns


def _turns(shift: Shift, member: Member, day: Instant) -> Iterator[Turn]:
    """One shift; it may end on the next day, and its breaks lie within it."""
    start, end = time_of_day(shift.start), time_of_day(shift.end)
    end += DAY if end <= start else 0
    yield day + start, member.id, Presence.AVAILABLE
    for pause in shift.breaks:
        begins = time_of_day(pause.at)
        begins += DAY if begins < start else 0
        begins += round(pause.spread_minutes * MINUTE * member.place)
        back = begins + round(pause.minutes * MINUTE)
        if back < end:
            yield day + begins, member.id, pause.presence
            yield day + back, member.id, Presence.AVAILABLE
    yield day + end, member.id, Presence.OFFLINE
