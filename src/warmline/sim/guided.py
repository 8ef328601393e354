"""What guidance would do: a day with none, by the state of the load, and by the clock, compared.

How much agents follow it is an assumption: asked to be brief they take a tenth less for what is
left of a conversation, told to take their time a tenth more. What is spared is not hurried. The
fourth arm, `even`, hurries every conversation a little, to the mean handle time that guidance by
state came to: so the gain of shorter talks is told apart from that of talking by load.
"""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from typing import Any, Final, Literal

import msgspec

from warmline.core.center import Center
from warmline.core.events import Event
from warmline.core.policy import Ruleset
from warmline.core.settings import Policy
from warmline.core.words import MINUTE, SECOND, Instant, Millis
from warmline.desk.guidance.rule import Guidance, Rules, together
from warmline.desk.guidance.watch import Watch
from warmline.sim.arrivals import usual
from warmline.sim.clock import midnight
from warmline.sim.figures import Figures
from warmline.sim.intervals import Estimate, estimate, paired
from warmline.sim.kernel import Play
from warmline.sim.laws import mean_s
from warmline.sim.model import (
    Arrivals,
    Burst,
    Exponential,
    Group,
    Lognormal,
    Model,
    Queue,
    Rate,
    Ring,
    Shift,
    Stream,
    Target,
)
from warmline.sim.players import Customer, Person
from warmline.sim.roster import rota
from warmline.sim.run import fold, judged, prepare, windows

Arm = Literal["none", "by_state", "by_clock", "even"]
ARMS: Final[tuple[Arm, ...]] = ("none", "by_state", "by_clock", "even")
LOOK_MS: Final[Millis] = SECOND
"""So often at most the states are looked at, as live."""
PART_MS: Final[Millis] = 30 * MINUTE
MOST_SEEDS: Final = 200
SHOWN = ("service_level_pct", "abandoned_pct", "answer_ms", "handle_ms", "occupancy_pct")


class Follows(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The assumption: how long a conversation gets, of its usual length, and who is spared."""

    brief: float = 0.9
    time: float = 1.1
    spared: float = 0.2
    """The share of conversations in which nobody is asked to be brief."""


class Asked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to simulate: rules, the assumption, how many days."""

    rules: Rules = msgspec.field(default_factory=Rules)
    follows: Follows = Follows()
    seeds: int = 10


@dataclass(slots=True)
class ByState:
    """Follows the states as the live center does, by the same rule."""

    play: Play
    rules: Rules
    follows: Follows
    watch: Watch = field(init=False)
    _looked: Instant = 0

    def __post_init__(self) -> None:
        self.watch = Watch(self, self.rules)
        self.watch.begin(self.play.center.now)

    def center(self) -> Center:
        """The simulated center."""
        return self.play.center

    def heard(self, events: Sequence[Event], now: Instant) -> None:
        """Follow what happened, and look at the states now and then."""
        for event in events:
            self.watch.fold(event)
        if now >= self._looked + LOOK_MS:
            self._looked = now
            flips, _ = self.watch.look(now)
            if flips:
                self.play.change_pace(now)

    def pace(self, customer: Customer, person: Person, at: Instant) -> float:
        """How much of its usual length a conversation takes now."""
        del at
        seat = self.watch.seat(person.id)
        if seat is None:
            return 1.0
        team, queues = seat
        state = together(tuple(self.watch.standing(queue, team).state for queue in queues))
        return length(state, customer, self.follows)


@dataclass(slots=True)
class ByClock:
    """Follows a plan made the day before: brief in its busiest third, time in its quietest."""

    play: Play
    starts: Instant
    plan: Sequence[Guidance]
    follows: Follows
    _part: int = -1

    def heard(self, events: Sequence[Event], now: Instant) -> None:
        """Another half-hour has another word."""
        del events
        part = (now - self.starts) // PART_MS
        if part != self._part:
            self._part = part
            self.play.change_pace(now)

    def pace(self, customer: Customer, person: Person, at: Instant) -> float:
        """How much of its usual length a conversation takes now."""
        del person
        part = (at - self.starts) // PART_MS
        state = self.plan[part] if 0 <= part < len(self.plan) else Guidance.USUAL
        return length(state, customer, self.follows)


def length(state: Guidance, customer: Customer, follows: Follows) -> float:
    """The part of the usual length, by the assumption; who is spared is by the customer's id."""
    if state is Guidance.TIME:
        return follows.time
    if state is Guidance.BRIEF and not _is_spared(customer, follows.spared):
        return follows.brief
    return 1.0


def _is_spared(customer: Customer, share: float) -> bool:
    return sha256(customer.id.encode()).digest()[0] < 256 * share


def clock_plan(model: Model) -> list[Guidance]:
    """The half-hours of the first day as a planner sees them: usual arrivals against the shifts."""
    starts = midnight(model, 0)
    turns = [(at, agent, presence) for at, agent, presence in rota(model, days=1)]
    loads: list[float | None] = []
    for part in range(48):
        since, until = part * PART_MS, (part + 1) * PART_MS
        work = sum(
            usual(model, stream.arrivals, day=0, since=since, until=until) * mean_s(stream.talk)
            for stream in model.streams.values()
        )
        there: dict[str, bool] = {}
        for at, agent, presence in turns:
            if at <= starts + since:
                there[agent] = presence.value == "available"
        agents = sum(there.values())
        loads.append(work / (agents * PART_MS / 1000) if agents and work else None)
    known = sorted(load for load in loads if load is not None)
    if not known:
        return [Guidance.USUAL] * 48
    low, high = known[len(known) // 3], known[-max(len(known) // 3, 1)]
    return [
        Guidance.USUAL
        if load is None or (low <= load < high)
        else (Guidance.TIME if load < low else Guidance.BRIEF)
        for load in loads
    ]


def one_day(model: Model, arm: Arm, asked: Asked, *, seed: int, even: float = 1.0) -> Figures:
    """The figures of one day; the same seed brings the same customers to every arm."""
    play = prepare(model, Ruleset(policy=Policy(version=2)), seed=seed, days=1)
    if play.center.waiting.matcher is not None:
        play.center.waiting.matcher.records = False
    if arm == "by_state":
        by_state = ByState(play, asked.rules, asked.follows)
        play.heard, play.pace = by_state.heard, by_state.pace
    elif arm == "by_clock":
        by_clock = ByClock(play, midnight(model, 0), clock_plan(model), asked.follows)
        play.heard, play.pace = by_clock.heard, by_clock.pace
    elif arm == "even":
        play.pace = partial(_evenly, even)
    play.run()
    return fold(play, judged(model), windows(model, days=1)).all


def _evenly(factor: float, customer: Customer, person: Person, at: Instant) -> float:
    del customer, person, at
    return factor


def all_arms(model: Model, asked: Asked, seed: int) -> dict[Arm, Figures]:
    """One day in every arm."""
    none, by_state, by_clock = (
        one_day(model, arm, asked, seed=seed) for arm in ("none", "by_state", "by_clock")
    )
    usual_ms, guided_ms = none["handle_ms"], by_state["handle_ms"]
    even = guided_ms / usual_ms if usual_ms and guided_ms else 1.0
    return {
        "none": none,
        "by_state": by_state,
        "by_clock": by_clock,
        "even": one_day(model, "even", asked, seed=seed, even=even),
    }


def summary(days: Sequence[Mapping[Arm, Figures]], asked: Asked) -> dict[str, Any]:
    """Each arm's figures with intervals, and the differences of service level in points."""

    def difference(of: Arm, from_: Arm, key: str = "service_level_pct") -> Estimate:
        return paired([day[of][key] for day in days], [day[from_][key] for day in days])

    def points(of: Arm, from_: Arm) -> dict[str, Any]:
        found = difference(of, from_)
        return {"difference_points": found["mean"], "ci95": found["ci95"]}

    return {
        **{arm: {key: estimate([day[arm][key] for day in days]) for key in SHOWN} for arm in ARMS},
        **points("by_state", "none"),
        "by_clock_over_none": points("by_clock", "none"),
        "by_state_over_clock": points("by_state", "by_clock"),
        "at_same_handle_time": points("by_state", "even"),
        "handle_difference_ms": difference("by_state", "none", "handle_ms"),
        "days": len(days),
        "assumed": msgspec.to_builtins(asked.follows),
    }


def simulated(asked: Asked) -> dict[str, Any]:
    """All arms on the same days of the sample center."""
    model = sample_day()
    seeds = range(1, min(max(asked.seeds, 2), MOST_SEEDS) + 1)
    return summary([all_arms(model, asked, seed) for seed in seeds], asked)


HANDLE_S: Final = 240.0
LOAD: Final = (0.78, 0.9, 0.97, 0.98, 0.9, 0.82, 0.88, 0.96, 0.92, 0.8)
"""Of the agents' time, hour by hour from nine, as planned."""
DAY_CV: Final = 0.06
"""Days are busier or quieter than planned by so much."""
GROUPS: Final = ((8, ("orders",)), (8, ("returns",)), (14, ("orders", "returns")))


def sample_day(hours: int = len(LOAD)) -> Model:
    """Thirty agents, two queues, ten hours, and a rush of ten minutes that nobody planned for."""
    agents = sum(count for count, _ in GROUPS)
    rates = tuple(
        Rate(
            start=f"{9 + hour:02}:00",
            end=f"{10 + hour:02}:00",
            per_hour=agents * 3600 / HANDLE_S * load / 2,
        )
        for hour, load in enumerate(LOAD[:hours])
    )
    shift = Shift(start="08:55", end=f"{9 + hours}:00")
    return Model(
        name="a day under guidance",
        skills=("orders", "returns"),
        queues={
            name: Queue(rings=(Ring(skills={name: 1}),), target=Target(within_s=20, share_pct=80))
            for name in ("orders", "returns")
        },
        streams={
            name: Stream(
                queue=name,
                arrivals=Arrivals(
                    rates=rates,
                    day_cv=DAY_CV,
                    bursts=(Burst(at="14:20", minutes=10, factor=1.5),),
                ),
                talk=Lognormal(mean_s=HANDLE_S, sd_s=HANDLE_S),
                patience=Exponential(mean_s=240),
            )
            for name in ("orders", "returns")
        },
        agents={
            f"group-{number}": Group(
                count=count, skills=dict.fromkeys(skills, 3), team="all", shifts=(shift,)
            )
            for number, (count, skills) in enumerate(GROUPS)
        },
    )


def main() -> None:
    """Read what is asked from standard input, print the figures: a process of its own."""
    asked = msgspec.json.decode(sys.stdin.buffer.read(), type=Asked)
    sys.stdout.buffer.write(msgspec.json.encode(simulated(asked)))


if __name__ == "__main__":
    main()
