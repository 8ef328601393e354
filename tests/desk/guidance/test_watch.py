"""The watch counts by events what looking at everybody would count, and says when to look again."""

import pytest

from tests.core.worlds import CHAT, HELP, START, World, agent_actor
from tests.sim import models
from warmline.core import commands as c
from warmline.core import settings as s
from warmline.core.center import Center
from warmline.core.words import (
    LIVE_MEDIA,
    MINUTE,
    SECOND,
    AgentId,
    InteractionId,
    Phase,
    Presence,
    SkillId,
    TeamId,
)
from warmline.desk.guidance.able import live_queues, may_serve
from warmline.desk.guidance.rule import Bounds, Guidance, Pressed, Rules
from warmline.desk.guidance.watch import Watch
from warmline.sim.run import prepare

RULES = Rules(on=True)


class Scene:
    """A world that is watched: every command is folded, and looked at when asked."""

    def __init__(self, *agents: str, rules: Rules = RULES) -> None:
        self.world = World()
        for agent in agents:
            self.world.with_agent(agent, capacity=s.Capacity(total=1))
        self.watch = Watch(self, rules)
        self.watch.begin(self.world.now)
        self.seen = len(self.world.log)

    def center(self) -> Center:
        return self.world.center

    def look(self):
        for event in self.world.log[self.seen :]:
            self.watch.fold(event)
        self.seen = len(self.world.log)
        flips, _ = self.watch.look(self.world.now)
        return [(flip.queue, flip.standing.state) for flip in flips if flip.whole]

    def arrive(self, *names: str) -> None:
        for name in names:
            self.world.do(c.Arrive, interaction=InteractionId(name), inbox=CHAT)

    def accept(self, name: str) -> None:
        offer = self.world.center.interactions[InteractionId(name)].offer
        assert offer is not None
        self.world.do(
            c.Accept, by=agent_actor(offer.agent), interaction=InteractionId(name), offer=offer.id
        )

    def state(self) -> Guidance:
        return self.watch.standing(HELP, None).state


def brute(center: Center) -> dict[str, tuple[int, int, float, int]]:
    """Of each queue: agents at work, what they may hold, how full they are, and who waits."""
    found: dict[str, tuple[int, int, float, int]] = {}
    for queue in live_queues(center):
        at_work = [
            agent
            for agent in center.agents.values()
            if may_serve(agent.spec, queue)
            and agent.profile.capacity.total
            and ((agent.presence is Presence.AVAILABLE and agent.gone_since is None) or agent.holds)
        ]
        slots = sum(agent.profile.capacity.total for agent in at_work)
        held = sum(min(agent.load(), agent.profile.capacity.total) for agent in at_work)
        waiting = sum(
            one.queue == queue.id and one.phase is Phase.QUEUED and one.medium in LIVE_MEDIA
            for one in center.interactions.values()
        )
        if at_work:
            busy = 100 * held / slots
            found[queue.id] = (len(at_work), slots, round(busy, 6), waiting)
    return found


def test_what_events_say_is_what_everybody_counted_says():
    play = prepare(models.shop(), models.rules(), seed=3, days=1)

    class Eyes:
        def center(self):
            return play.center

    watch = Watch(Eyes(), RULES)
    watch.begin(play.center.now)
    compared = waited = 0
    steps = 0

    def heard(events, at):
        nonlocal compared, waited, steps
        for event in events:
            watch.fold(event)
        steps += 1
        if steps % 37:
            return
        watch.look(at)
        told = {
            queue: (load.agents, round(load.busy_pct, 6), load.waiting)
            for queue, _, load in watch.queues()
        }
        truth = {
            queue: (agents, busy, waiting)
            for queue, (agents, _, busy, waiting) in brute(play.center).items()
        }
        assert told == truth
        compared += 1
        waited += any(waiting for _, _, waiting in truth.values())

    play.heard = heard
    play.run()
    assert compared > 60
    assert waited > 5, "the day had lines to compare"


def test_a_watch_that_begins_later_sees_who_waits_and_who_works():
    scene = Scene("ann")
    scene.arrive("a", "b", "c")
    scene.accept("a")
    late = Watch(scene, RULES)
    late.begin(scene.world.now)
    late.look(scene.world.now)
    told = [(queue, load.agents, load.waiting, load.busy_pct) for queue, _, load in late.queues()]
    assert (HELP, 1, 2, 100.0) in told


def test_a_burst_flips_and_the_calm_comes_after_the_least_stay_and_the_lower_bound():
    scene = Scene("ann", "bob")
    scene.look()
    scene.arrive("a", "b", "c", "d")
    scene.accept("a")
    scene.accept("b")
    assert (HELP, Guidance.BRIEF) in scene.look()
    for name, who in (("a", "ann"), ("b", "bob")):
        ended(scene, name, who)
    for name in ("c", "d"):
        scene.accept(name)
    ended(scene, "c", "ann")
    ended(scene, "d", "bob")
    scene.look()
    assert scene.state() is Guidance.BRIEF, "it holds for its least stay"
    due = scene.watch.due()
    assert due is not None
    assert due <= START + MINUTE
    scene.world.after(61)
    scene.look()
    assert scene.state() is not Guidance.BRIEF


def ended(scene: Scene, name: str, who: str) -> None:
    scene.world.do(c.End, by=agent_actor(who), interaction=InteractionId(name))
    if InteractionId(name) in scene.world.center.interactions:
        scene.world.do(
            c.WrapUp, by=agent_actor(who), interaction=InteractionId(name), disposition="solved"
        )


def test_somebody_who_waits_on_presses_though_nothing_happens():
    rules = Rules(
        on=True,
        pressed=Pressed(
            busy=Bounds(enter=1000, leave=1000),
            line=Bounds(enter=1000, leave=1000),
            expected=Bounds(enter=1000, leave=1000),
        ),
    )
    scene = Scene("ann", rules=rules)
    scene.arrive("a", "b")
    scene.accept("a")
    scene.look()
    assert scene.state() is not Guidance.BRIEF
    due = scene.watch.due()
    assert due == START + 10 * SECOND + 1, "half of the target of 20 seconds"
    assert due is not None
    scene.world.now = due
    scene.look()
    assert scene.state() is Guidance.BRIEF


def test_an_offer_that_rings_is_no_line_and_one_that_lapses_is():
    scene = Scene("ann")
    scene.arrive("a")
    scene.look()
    assert next(load.waiting for queue, _, load in scene.watch.queues() if queue == HELP) == 0
    offer = scene.world.center.interactions[InteractionId("a")].offer
    assert offer is not None
    scene.world.do(c.Decline, by=agent_actor("ann"), interaction=InteractionId("a"), offer=offer.id)
    scene.look()
    assert scene.world.center.interactions[InteractionId("a")].phase is Phase.QUEUED
    assert next(load.waiting for queue, _, load in scene.watch.queues() if queue == HELP) == 1


def test_a_quiet_center_asks_for_no_look():
    scene = Scene("ann")
    scene.look()
    scene.world.after(120)
    scene.look()
    assert scene.watch.due() is None


def test_agents_who_go_count_no_more_and_teams_stand_apart():
    world = World()
    world.do(c.DefineTeam, team=s.Team(id=TeamId("two"), name="Two"))
    for name, team in (("ann", "one"), ("bob", "two")):
        world.with_agent(name)
        spec = world.center.agents[AgentId(name)].spec
        world.do(c.DefineAgent, agent=s.Agent(id=spec.id, team=TeamId(team), skills=spec.skills))

    class Eyes:
        def center(self):
            return world.center

    watch = Watch(Eyes(), RULES)
    watch.begin(world.now)
    watch.look(world.now)
    assert {team for _, team, _, _ in watch.teams()} == {"one", "two"}
    seen = len(world.log)
    world.do(c.SetPresence, by=agent_actor("bob"), agent=AgentId("bob"), presence=Presence.OFFLINE)
    for event in world.log[seen:]:
        watch.fold(event)
    watch.look(world.now)
    assert {team for _, team, _, _ in watch.teams()} == {"one"}


@pytest.mark.parametrize(
    ("skills", "able"),
    [({"billing": 3}, True), ({"billing": 2}, False), ({}, False), ({"billing": 5, "en": 1}, True)],
)
def test_who_may_serve_is_what_the_rings_say(skills, able):
    agent = s.Agent(id=AgentId("ann"), skills=skills)
    queue = s.Queue(
        id=HELP, name="h", rings=(s.Ring(needs=(s.Need(skill=SkillId("billing"), level=3),)),)
    )
    assert may_serve(agent, queue) is able
