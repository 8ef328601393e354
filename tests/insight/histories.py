"""Random days in a small center, and the moment of each decision in them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace

from tests.core.worlds import BOSS, CHAT, START, World, agent_actor
from warmline.core import commands as c
from warmline.core import events as e
from warmline.core import settings as s
from warmline.core.center import Center, evolve
from warmline.core.words import (
    SECOND,
    AgentId,
    InteractionId,
    Medium,
    MessageId,
    Phase,
    Presence,
    Rejected,
    SegmentId,
    SkillId,
)
from warmline.insight.moment import Moment

LANGUAGES = ("en", "ru", "pl")
AGENTS = 7


def a_day(seed: int, steps: int = 160, **policy: object) -> World:
    """A history in which chats come, are taken, declined, ended and given up by chance."""
    chance = random.Random(seed)
    world = World()
    rules = replace(world.center.policy, version=2, worth_ms=chance.choice((120, 600)) * SECOND)
    world.do(c.DefinePolicy, policy=replace(rules, **policy))
    for number in range(AGENTS):
        skills = {one: chance.randint(1, 5) for one in LANGUAGES if chance.random() < 0.6}
        world.with_agent(
            f"a{number}",
            skills or {"en": 3},
            quality_pct=chance.randint(20, 99),
            capacity=s.Capacity(slots={Medium.CHAT: chance.randint(1, 2)}, total=2),
        )
    for number in range(steps):
        world.after(chance.expovariate(1 / 20))
        _something(world, chance, number)
    return world


def _something(world: World, chance: random.Random, number: int) -> None:
    interactions = list(world.center.interactions.values())
    offered = [one for one in interactions if one.phase is Phase.OFFERED]
    talking = [one for one in interactions if one.phase is Phase.CONNECTED]
    waiting = [one for one in interactions if one.phase is Phase.QUEUED]
    draw = chance.random()
    try:
        if offered and draw < 0.4:
            one = chance.choice(offered)
            assert one.offer is not None
            kind = c.Accept if chance.random() < 0.9 else c.Decline
            by = agent_actor(one.offer.agent)
            world.do(kind, by=by, interaction=one.id, offer=one.offer.id)
        elif talking and draw < 0.58:
            world.do(c.End, by=BOSS, interaction=chance.choice(talking).id)
        elif waiting and draw < 0.62:
            world.do(c.HangUp, interaction=chance.choice(waiting).id)
        elif draw < 0.68:
            agent = f"a{chance.randrange(AGENTS)}"
            presence = Presence.AVAILABLE if chance.random() < 0.8 else Presence.BREAK
            world.do(c.SetPresence, by=agent_actor(agent), agent=AgentId(agent), presence=presence)
        else:
            world.do(
                c.Arrive,
                interaction=InteractionId(f"i{number}"),
                inbox=CHAT,
                message=MessageId(f"m{number}"),
                language=chance.choice(LANGUAGES),
                segment=SegmentId("gold") if chance.random() < 0.3 else None,
            )
    except Rejected:
        return  # the moment had passed


def moments(world: World) -> Iterator[tuple[int, Moment]]:
    """Every decision of a history with its place in the log, each from a state of its own."""
    for place, event in enumerate(world.log):
        if isinstance(event, e.Offered):
            yield place, Moment.before(event, state_before(world, place))


def state_before(world: World, place: int) -> Center:
    """The state that all events before a place of the log have made."""
    center = Center()
    for event in world.log[:place]:
        evolve(center, event)
    return center


def learns(center: Center, agent: str, skill: str, level: int) -> e.Event:
    """The agent has the skill at another level (0: not at all)."""
    spec = center.agents[AgentId(agent)].spec
    skills = {**spec.skills, SkillId(skill): level}
    if level == 0:
        del skills[SkillId(skill)]
    return e.AgentDefined(at=center.now or START, agent=replace(spec, skills=skills))


def is_rated(center: Center, agent: str, trait: s.Trait, points: int) -> e.Event:
    """The agent has another score."""
    spec = center.agents[AgentId(agent)].spec
    scores = {**spec.scores, trait: s.Score(value=points / 100)}
    return e.AgentDefined(at=center.now or START, agent=replace(spec, scores=scores))
