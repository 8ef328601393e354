"""Centers in simpy, twice: with its own `FilterStore`, and with a dispatcher written by hand.

A FilterStore is what simpy offers for "one of those agents": whoever came first gets the first who
is able. It knows no segments and no quality. The dispatcher follows the same rule as ours: least
idle time after the match among the agents, least place in line after the match among the waiting.
"""

from collections.abc import Generator
from heapq import heappop, heappush
from random import Random
from typing import Any, TypeAlias

import simpy

from warmline.bench.peers.center import Center

Process: TypeAlias = Generator[Any, Any, None]


class Customers:
    """Chance and counting, the same for both."""

    def __init__(self, center: Center, calls: int, seed: int) -> None:
        self.env = simpy.Environment()
        self.center = center
        self.chance = Random(seed)
        self._calls = calls
        self._weights = [segment.weight for segment in center.segments]
        self._numbers = range(len(center.segments))
        self.came = [0] * len(center.segments)
        self.in_time = [0] * len(center.segments)

    def run(self) -> list[float]:
        """Let everybody come and go; the share of each segment answered in time."""
        self.env.process(self._source())
        self.env.run()
        return [
            good / came if came else 0.0 for good, came in zip(self.in_time, self.came, strict=True)
        ]

    def _source(self) -> Process:
        chance, env = self.chance, self.env
        rate = self.center.arrivals_per_s
        for _ in range(self._calls):
            yield env.timeout(chance.expovariate(rate))
            skill = chance.randrange(self.center.skills)
            segment = chance.choices(self._numbers, self._weights)[0]
            self.came[segment] += 1
            env.process(self.customer(skill, segment))

    def customer(self, skill: int, segment: int) -> Process:
        """One customer from arrival to the end."""
        raise NotImplementedError

    def talk_s(self) -> float:
        """How long a talk takes."""
        if self.center.talk_sd_s is None:
            return self.chance.expovariate(1 / self.center.talk_s)
        return self.chance.lognormvariate(*self.center.talk_law)

    def answered(self, segment: int, came: float) -> None:
        """Count an answer."""
        self.in_time[segment] += self.env.now - came <= self.center.within_s


class Stores(Customers):
    """Agents in a FilterStore."""

    def __init__(self, center: Center, calls: int, seed: int) -> None:
        super().__init__(center, calls, seed)
        self._agents = simpy.FilterStore(self.env)
        self._agents.items = [frozenset(skills) for skills in center.agents]

    def customer(self, skill: int, segment: int) -> Process:
        """Get somebody who has the skill, or give up; put them back after the talk."""
        came = self.env.now
        wanted: Any = self._agents.get(lambda skills: skill in skills)
        if self.center.patience_s is None:
            agent = yield wanted
        else:
            gone = self.env.timeout(self.chance.expovariate(1 / self.center.patience_s))
            yield wanted | gone
            if not wanted.triggered:
                wanted.cancel()
                return
            agent = wanted.value
        self.answered(segment, came)
        yield self.env.timeout(self.talk_s())
        yield self._agents.put(agent)


class Queues(Customers):
    """One resource, for a center of one skill where everybody is alike."""

    def __init__(self, center: Center, calls: int, seed: int) -> None:
        super().__init__(center, calls, seed)
        self._agents = simpy.Resource(self.env, capacity=len(center.agents))

    def customer(self, skill: int, segment: int) -> Process:
        """Wait for anybody."""
        del skill
        came = self.env.now
        wanted: Any = self._agents.request()
        with wanted:
            yield wanted
            self.answered(segment, came)
            yield self.env.timeout(self.talk_s())


class Dispatch(Customers):
    """Our rule by hand: sets of idle agents by skill, lines by skill and segment."""

    def __init__(self, center: Center, calls: int, seed: int) -> None:
        super().__init__(center, calls, seed)
        self._idle_since = [0.0] * len(center.agents)
        self._idle: list[set[int]] = [set() for _ in range(center.skills)]
        self._lines: list[list[list[tuple[float, int, Any]]]] = [
            [[] for _ in center.segments] for _ in range(center.skills)
        ]
        self._count = 0
        for agent in range(len(center.agents)):
            self._parks(agent)

    def customer(self, skill: int, segment: int) -> Process:
        """Take the best who is idle, else wait for one, or give up."""
        env = self.env
        came = env.now
        agent: Any = self._best(skill, segment)
        if agent is None:
            turn = env.event()
            key = came - self.center.segments[segment].head_start_s
            self._count += 1
            heappush(self._lines[skill][segment], (key, self._count, turn))
            if self.center.patience_s is None:
                agent = yield turn
            else:
                yield turn | env.timeout(self.chance.expovariate(1 / self.center.patience_s))
                if not turn.triggered:
                    turn.succeed()  # who comes upon it in the line sees that nobody waits
                    return
                agent = turn.value
        self.answered(segment, came)
        yield env.timeout(self.talk_s())
        self._frees(agent)

    def _best(self, skill: int, segment: int) -> int | None:
        idle = self._idle[skill]
        if not idle:
            return None
        worth = self.center.worth_s * self.center.segments[segment].value
        since, quality = self._idle_since, self.center.quality
        best = min(idle, key=lambda agent: since[agent] - worth * quality[agent])
        for each in self.center.agents[best]:
            self._idle[each].discard(best)
        return best

    def _frees(self, agent: int) -> None:
        center = self.center
        lifted = center.worth_s * (center.quality[agent] - 0.5)
        found: list[tuple[float, int, Any]] | None = None
        claim = 0.0
        for skill in center.agents[agent]:
            for segment, line in enumerate(self._lines[skill]):
                while line and line[0][2].triggered:
                    heappop(line)
                if line:
                    lift = lifted * center.segments[segment].value
                    if found is None or line[0][0] - lift < claim:
                        found, claim = line, line[0][0] - lift
        if found is None:
            self._parks(agent)
        else:
            heappop(found)[2].succeed(agent)

    def _parks(self, agent: int) -> None:
        self._idle_since[agent] = self.env.now
        for skill in self.center.agents[agent]:
            self._idle[skill].add(agent)
