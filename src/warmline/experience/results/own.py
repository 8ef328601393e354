"""What customers said of one agent, for that agent: figures beside the team's mean, no ranking."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from warmline.core.center import Center
from warmline.core.words import DAY, Actor, AgentId
from warmline.experience.results import behind
from warmline.experience.results.board import Gathered, Judging, Step, figure, gather, trend
from warmline.experience.results.definitions import MEASURES, estimate
from warmline.experience.results.intervals import Interval
from warmline.experience.results.model import Fact, Room, Side, Source, Wanted
from warmline.experience.results.scores import FEWEST_OF_TEAM
from warmline.experience.results.targets import all_targets, the_terms

ROWS = 30


class Beside(StrEnum):
    """How the own figure stands to the team's mean, as far as the answers tell."""

    ABOUT = "about"
    ABOVE = "above"
    BELOW = "below"
    FEW = "few"
    """Too few answers to say anything."""


def beside(own: Interval | None, n: int, team: Interval | None, *, least: int) -> Beside | None:
    """The own interval beside the team's mean; None where there is no team to stand beside.

    >>> team = Interval(70, 66, 74)
    >>> [
    ...     beside(Interval(*one), 40, team, least=30).value
    ...     for one in ((75, 68, 82), (90, 85, 95), (50, 41, 59))
    ... ]
    ['about', 'above', 'below']
    """
    if team is None:
        return None
    if own is None or n < least:
        return Beside.FEW
    if own.low > team.value:
        return Beside.ABOVE
    return Beside.BELOW if own.high < team.value else Beside.ABOUT


def team_of(center: Center, agent: AgentId) -> frozenset[AgentId]:
    """Who works in the same team, the agent among them; without a team everybody."""
    known = center.agents.get(agent)
    team = None if known is None else known.spec.team
    return frozenset(id_ for id_, one in center.agents.items() if team in (None, one.spec.team))


async def feedback(room: Room, actor: Actor, agent: AgentId, days: int) -> dict[str, Any]:
    """The own figures of the last days, the team's mean beside them, and what was said."""
    now = room.clock.now()
    wanted = Wanted(since=now - days * DAY, until=now + 1)
    center = room.state.center()
    team, zone = team_of(center, agent), ZoneInfo(center.zone)
    async with room.database.read() as connection:
        terms = await the_terms(connection, room.site)
        targets = await all_targets(connection, room.site)
        whole = await gather(connection, room.site, wanted, room.closed, (Source.ANSWERS,))
    everybody = whole.of("csat")
    mine = [one for one in everybody if one.sides[Side.AGENT] == agent]
    theirs = [one for one in everybody if one.sides[Side.AGENT] in team]
    own = Gathered(
        wanted=Wanted(since=wanted.since, until=wanted.until, only={Side.AGENT: agent}),
        by_source={Source.ANSWERS: mine},
    )
    judging = Judging.by(targets, terms.least_answers)
    async with room.database.read() as connection:
        written = await behind.with_words(connection, room.site, mine)
    # Words say more than marks: who wrote something comes alone, where anybody did.
    newest = behind.page(written or mine, after=None, limit=ROWS)
    return {
        "from": wanted.since,
        "to": wanted.until,
        "days": days,
        "least_answers": terms.least_answers,
        "measures": {key: _mine(key, own, theirs, judging) for key in own.keys},
        "trend": trend(own, Step.WEEK, zone),
        "rows": await behind.shown(room, actor, newest.facts, key=None, own=True),
        "answers": len(mine),
    }


def _mine(
    key: str, own: Gathered, theirs: Sequence[Fact], judging: Judging
) -> Mapping[str, object]:
    found, n = estimate(key, own.of(key))
    speaking = [one for one in theirs if key in one.values]
    together: Interval | None = None
    if len({one.sides[Side.AGENT] for one in speaking}) >= FEWEST_OF_TEAM:
        together, _ = MEASURES[key].estimate(speaking)
    stands = beside(found, n, together, least=judging.least)
    mine = judging.of(key, found, n, own.wanted.only)
    if mine["target"] is not None and not mine["target"]["own"]:
        mine["target"] = None  # what the whole center is to reach is not asked of one person
    return {
        **mine,
        "team": None if together is None else figure(together, len(speaking))["value"],
        "beside": None if stands is None else stands.value,
    }
