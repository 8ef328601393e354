"""How many routing events a second the matcher decides, beside a scan over agents and queue.

A routing event is an arrival that gets into line, or an agent who gets room: what `core.routing`
does with it, the decision that follows with its record, and the offer's place in the state. Not
timed is what leads to it (the fact itself in the state, taking an offer), nor commands, disk and
network; `steps_per_s` is the rate of whole commands through `step`.
"""

import gc
import json
import math
import random
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import TypedDict

from warmline.core import commands as c
from warmline.core import events as e
from warmline.core import routing
from warmline.core import settings as s
from warmline.core.agent import AgentState
from warmline.core.center import Center, evolve, step
from warmline.core.interaction import Interaction
from warmline.core.words import (
    SECOND,
    SYSTEM,
    Actor,
    AgentId,
    CommandId,
    InboxId,
    Instant,
    InteractionId,
    Medium,
    Party,
    Presence,
    QueueId,
    Role,
    SegmentId,
    SkillId,
    UserId,
)

SKILLS = 12
EACH = 3
"""How many skills an agent has."""
SEGMENTS = ((10, 600), (4, 300), (2, 60), (1, 0))
"""(value, head start in seconds)"""
START: Instant = 1_700_000_000_000
BETWEEN = 5
"""Milliseconds from one event to the next."""
EVENTS = 20_000
SCANNED = 200
SIZES = ((100, 100), (1_000, 1_000), (10_000, 10_000))
"""What the growth is measured on."""
_MICRO = 1e6
_KIB_IN_MB = 1024


class RoutingFigures(TypedDict):
    """What `warmline bench routing` prints."""

    agents: int
    waiting: int
    events_per_s: int
    p50_us: float
    p99_us: float
    light_events_per_s: int
    scan_ratio: float
    exponent: float
    rss_mb: int
    steps_per_s: int
    sizes: list[dict[str, float]]


@dataclass(slots=True)
class Hall:
    """A center under load: as many wait as are asked for, all agents busy, or half of them."""

    agents: int
    seed: int = 1
    center: Center = field(default_factory=Center)
    now: Instant = START
    busy: list[tuple[AgentId, InteractionId]] = field(
        default_factory=list[tuple[AgentId, InteractionId]]
    )
    chance: random.Random = field(init=False)
    ids: Iterator[int] = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        for number in range(SKILLS):
            skill = SkillId(f"skill-{number}")
            ring = s.Ring(needs=(s.Need(skill=skill, level=2),))
            self._do(c.DefineSkill, skill=s.Skill(id=skill, name="A skill"))
            self._do(
                c.DefineQueue,
                queue=s.Queue(
                    id=QueueId(f"queue-{number}"),
                    name="A queue",
                    rings=(ring,),
                    preferred_ms=0,
                    wrap_up=s.WrapUpRule(mode=s.WrapUpMode.NONE),
                ),
            )
            inbox = s.Inbox(
                id=InboxId(f"phone-{number}"),
                name="In",
                medium=Medium.VOICE,
                queue=QueueId(f"queue-{number}"),
            )
            self._do(c.DefineInbox, inbox=inbox)
        for number, (value, head_start_s) in enumerate(SEGMENTS):
            segment = s.Segment(
                id=SegmentId(f"segment-{number}"),
                name="A segment",
                value=value,
                head_start_ms=head_start_s * SECOND,
            )
            self._do(c.DefineSegment, segment=segment)
        for number in range(self.agents):
            self._sit_down(AgentId(f"agent-{number:05}"))

    def _do(self, kind: type[c.Command], **fields: object) -> None:
        command = kind(id=CommandId("bench"), by=SYSTEM, **fields)
        step(self.center, command, self.now)

    def _sit_down(self, agent: AgentId) -> None:
        skills = self.chance.sample(range(SKILLS), EACH)
        spec = s.Agent(
            id=agent,
            skills={SkillId(f"skill-{one}"): self.chance.randint(2, 5) for one in skills},
            scores={s.Trait.QUALITY: s.Score(value=self.chance.random())},
        )
        self._do(c.DefineAgent, agent=spec)
        self._do(c.SetPresence, agent=agent, presence=Presence.AVAILABLE)

    # What happens, timed in seconds

    def arrives(self) -> float:
        """A customer comes; returns how long routing took."""
        self.now += BETWEEN
        id_ = InteractionId(f"i-{next(self.ids):08}")
        arrived = e.Arrived(
            at=self.now,
            interaction=id_,
            medium=Medium.VOICE,
            inbox=InboxId("phone-0"),
            segment=SegmentId(f"segment-{self.chance.randrange(len(SEGMENTS))}"),
        )
        queue = QueueId(f"queue-{self.chance.randrange(SKILLS)}")
        queued = e.Queued(
            at=self.now, interaction=id_, queue=queue, due_at=self.now, cause="arrival"
        )
        evolve(self.center, arrived)
        return self._routed(queued, lambda: self._waits(id_))

    def one_ends(self) -> float:
        """Somebody's talk ends; returns how long routing took."""
        self.now += BETWEEN
        place = self.chance.randrange(len(self.busy))
        self.busy[place], self.busy[-1] = self.busy[-1], self.busy[place]
        return self.last_ends()

    def last_ends(self) -> float:
        """The talk at the end of the list is over; returns how long routing took."""
        agent, interaction = self.busy.pop()
        ended = e.Ended(
            at=self.now, interaction=interaction, by=Party.AGENT, cause="agent", agent=agent
        )
        return self._routed(ended, lambda: routing.is_freed(self.center, agent))

    def _waits(self, id_: InteractionId) -> None:
        routing.waits_again(self.center, self.center.interactions[id_])

    def _routed(self, event: e.Event, change: Callable[[], None]) -> float:
        """Let the fact have happened, then time what routing makes of the change."""
        waiting = self.center.waiting
        matcher, waiting.matcher = waiting.matcher, None
        evolve(self.center, event)
        waiting.matcher = matcher
        made: list[e.Offered] = []
        began = time.perf_counter()
        change()
        while (offer := routing.next_offer(self.center, self.now)) is not None:
            evolve(self.center, offer)
            made.append(offer)
        took = time.perf_counter() - began
        for offer in made:
            self._takes(offer)
        return took

    def _takes(self, offer: e.Offered) -> None:
        accepted = e.Accepted(
            at=self.now, interaction=offer.interaction, agent=offer.agent, offer=offer.offer
        )
        evolve(self.center, accepted)
        self.busy.append((offer.agent, offer.interaction))
        # Whoever takes a call has no room for more: the matcher has nothing to do with it.
        assert routing.next_offer(self.center, self.now) is None
        self.center.waiting.deadlines.clear()

    def fill(self, waiting: int) -> None:
        """Let customers come until all agents are busy and so many wait."""
        while len(self.center.waiting.queued) < waiting:
            self.arrives()

    def fill_half(self) -> None:
        """Let customers come until half of the agents are busy."""
        while len(self.busy) < self.agents // 2:
            self.arrives()


def _scan_for_agent(center: Center, agent: AgentState) -> InteractionId | None:
    """Whom the agent should get, by asking everybody who waits."""
    best: tuple[int, int, InteractionId] | None = None
    mask = agent.profile.mask
    for interaction in center.queued():
        wanted = routing.class_of(center, interaction, center.now)[1]
        if mask & wanted == wanted and agent.has_room(interaction.medium):
            claim = interaction.key - routing.match_ms(center, interaction, agent)
            if best is None or (claim, interaction.key, interaction.id) < best:
                best = (claim, interaction.key, interaction.id)
    return None if best is None else best[2]


def _scan_for_customer(center: Center, interaction: Interaction) -> AgentId | None:
    """Who should get the customer, by asking every agent."""
    wanted = routing.class_of(center, interaction, center.now)[1]
    best: tuple[int, AgentId] | None = None
    for agent in center.agents.values():
        able = agent.profile.mask & wanted == wanted
        if able and agent.ready() and agent.has_room(interaction.medium):
            score = agent.idle_since - routing.match_ms(center, interaction, agent)
            if best is None or (score, agent.id) < best:
                best = (score, agent.id)
    return None if best is None else best[1]


def _scanned_us(hall: Hall, events: int) -> float:
    """Microseconds that the same decisions take by scanning; both must agree."""
    center = hall.center
    total = 0.0
    for _ in range(events):
        hall.now += BETWEEN
        agent = center.agents[hall.busy[-1][0]]
        held, agent.holds = agent.holds, {}
        began = time.perf_counter()
        found = _scan_for_agent(center, agent)
        total += time.perf_counter() - began
        agent.holds = held
        hall.last_ends()
        assert hall.busy[-1] == (agent.id, found), "the scan and the matcher differ"
        hall.busy.insert(hall.chance.randrange(len(hall.busy)), hall.busy.pop())
        hall.arrives()
        newest = center.interactions[next(reversed(center.waiting.queued))]
        began = time.perf_counter()
        nobody = _scan_for_customer(center, newest)
        total += time.perf_counter() - began
        assert nobody is None, "the scan and the matcher differ"
    return total / (2 * events) * _MICRO


def _timed(event: Callable[[], float], other: Callable[[], float], events: int) -> list[float]:
    took: list[float] = []
    for _ in range(events // 2):
        took.append(event())
        took.append(other())
    return took


def _steady() -> None:
    """No garbage is looked for while it is measured: a server does so between its groups."""
    gc.collect()
    gc.freeze()
    gc.disable()


def one_size(*, agents: int, waiting: int, scan: bool) -> dict[str, float]:
    """The figures of one size, in this process."""
    hall = Hall(agents)
    hall.fill(waiting)
    _steady()
    took = _timed(hall.one_ends, hall.arrives, EVENTS)
    took.sort()
    mean_us = sum(took) / len(took) * _MICRO
    figures = {
        "agents": agents,
        "waiting": waiting,
        "events_per_s": round(_MICRO / mean_us),
        "p50_us": round(took[len(took) // 2] * _MICRO, 1),
        "p99_us": round(took[len(took) * 99 // 100] * _MICRO, 1),
        "rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // _KIB_IN_MB,
    }
    if scan:
        figures["scan_ratio"] = round(_scanned_us(hall, SCANNED) / mean_us, 1)
        light = Hall(agents)
        light.fill_half()
        _steady()
        took = _timed(light.arrives, light.one_ends, EVENTS)
        figures["light_events_per_s"] = round(len(took) / sum(took))
    return figures


def _in_a_process(agents: int, waiting: int, *, scan: bool) -> dict[str, float]:
    """The figures of one size, measured in a process of its own."""
    program = (
        "import json; from warmline.bench.routing import one_size; "
        f"print(json.dumps(one_size(agents={agents}, waiting={waiting}, scan={scan})))"
    )
    done = subprocess.run(  # noqa: S603 - our own program, with numbers filled in
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )
    return json.loads(done.stdout)


def steps_per_s(*, agents: int, waiting: int, commands: int = EVENTS) -> int:
    """Whole commands a second through `step`: arriving, taking, ending, while others wait."""
    hall = Hall(agents)
    hall.fill(waiting)
    _steady()
    by = {
        id_: Actor(user=UserId(id_), agent=id_, roles=frozenset({Role.AGENT}))
        for id_ in hall.center.agents
    }
    id_ = CommandId("bench")
    began = time.perf_counter()
    for number in range(commands // 3):
        hall.now += BETWEEN
        agent, interaction = hall.busy[number % len(hall.busy)]
        end = c.End(id=id_, by=by[agent], interaction=interaction)
        offer = step(hall.center, end, hall.now)[-1]
        assert isinstance(offer, e.Offered)
        accept = c.Accept(
            id=id_, by=by[offer.agent], interaction=offer.interaction, offer=offer.offer
        )
        step(hall.center, accept, hall.now)
        hall.busy[number % len(hall.busy)] = offer.agent, offer.interaction
        inbox = InboxId(f"phone-{hall.chance.randrange(SKILLS)}")
        arrive = c.Arrive(id=id_, interaction=InteractionId(f"s-{number}"), inbox=inbox)
        step(hall.center, arrive, hall.now)
    return round(commands / (time.perf_counter() - began))


def measure(*, agents: int, waiting: int) -> RoutingFigures:
    """The figures of the size asked for, and the growth over `SIZES`."""
    asked = _in_a_process(agents, waiting, scan=True)
    sizes = [_in_a_process(n, m, scan=False) for n, m in SIZES if (n, m) != (agents, waiting)]
    sizes.append({key: value for key, value in asked.items() if key in sizes[0]})
    sizes.sort(key=lambda size: (size["agents"], size["waiting"]))
    return RoutingFigures(
        agents=agents,
        waiting=waiting,
        events_per_s=int(asked["events_per_s"]),
        p50_us=asked["p50_us"],
        p99_us=asked["p99_us"],
        light_events_per_s=int(asked["light_events_per_s"]),
        scan_ratio=asked["scan_ratio"],
        exponent=_exponent([size for size in sizes if size["agents"] == size["waiting"]]),
        rss_mb=int(asked["rss_mb"]),
        steps_per_s=steps_per_s(agents=agents, waiting=min(waiting, 1_000)),
        sizes=sizes,
    )


def _exponent(sizes: Sequence[dict[str, float]]) -> float:
    """The slope of log(time an event) over log(agents): 0 is no growth, 1 is a scan."""
    xs = [math.log(size["agents"]) for size in sizes]
    ys = [-math.log(size["events_per_s"]) for size in sizes]
    x, y = sum(xs) / len(xs), sum(ys) / len(ys)
    above = sum((one - x) * (other - y) for one, other in zip(xs, ys, strict=True))
    return round(above / sum((one - x) ** 2 for one in xs), 3)
