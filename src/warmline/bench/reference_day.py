"""The reference day: 200 agents, 12 skills, 4 segments worth 10, 4, 2 and 1, a load of nine tenths.

An invented center that every policy is measured on with the same customers: ten hours with quiet
and busy ones. Each agent has three of twelve skills; how good agents are is spread evenly, and
whoever is better at one thing is so at the others. Customers give up after four minutes on average.
How satisfied they are (0 to 100) is 85 points for the agent's quality and 15 for a prompt answer.
"""

from dataclasses import replace

from warmline.core import settings as s
from warmline.core.policy import Ruleset
from warmline.core.words import SECOND, SegmentId, TeamId
from warmline.sim.model import (
    Arrivals,
    Exponential,
    Group,
    Lognormal,
    Model,
    Outcome,
    QualitySpan,
    Queue,
    Rate,
    Ring,
    Segment,
    Shift,
    Stream,
    Target,
)

SKILLS = 12
GROUPS = 24
"""Of agents with the same three skills."""
AGENTS = 200
HANDLE_S = 240.0
LOAD = (0.7, 0.85, 1.0, 1.05, 0.95, 0.85, 0.95, 1.0, 0.9, 0.75)
"""Of the agents' time, hour by hour from `OPENS`; nine tenths in the mean."""
OPENS = 9
SEGMENTS = {"platinum": (10, 5.0), "gold": (4, 15.0), "silver": (2, 30.0), "bronze": (1, 50.0)}
"""(value, share in percent)"""
HEAD_STARTS_S = {"platinum": 20, "gold": 10, "silver": 5, "bronze": 0}
"""What the default policy gives the segments here."""
VIP_TEAM = "vip"
PRICED = "warmline with prices"
VIP_QUALITY = 0.8
"""Good agents, one of each group: those who serve platinum alone where a group is dedicated."""


def reference_day() -> Model:
    """The model, of one day."""
    shift = Shift(start="08:45", end=f"{OPENS + len(LOAD)}:00")
    groups: dict[str, Group] = {}
    for number in range(GROUPS):
        skills = {f"skill-{(number + step) % SKILLS}": 3 for step in _steps(number)}
        count = AGENTS // GROUPS + (number < AGENTS % GROUPS)
        groups[f"group-{number:02}"] = Group(
            count=count - 1,
            skills=skills,
            quality=QualitySpan(first=0.05, last=0.95),
            team="all",
            shifts=(shift,),
        )
        groups[f"vip-{number:02}"] = Group(
            count=1, skills=skills, quality=VIP_QUALITY, team=VIP_TEAM, shifts=(shift,)
        )
    arrivals = Arrivals(
        rates=tuple(
            Rate(
                start=f"{OPENS + hour:02}:00",
                end=f"{OPENS + hour + 1:02}:00",
                per_hour=AGENTS * 3600 / HANDLE_S * load / SKILLS,
            )
            for hour, load in enumerate(LOAD)
        )
    )
    return Model(
        name="reference day",
        skills=tuple(f"skill-{number}" for number in range(SKILLS)),
        segments={name: Segment(value=value) for name, (value, _) in SEGMENTS.items()},
        queues={
            f"queue-{number}": Queue(
                rings=(Ring(skills={f"skill-{number}": 1}),),
                target=Target(within_s=20, share_pct=80),
            )
            for number in range(SKILLS)
        },
        streams={
            f"stream-{number}": Stream(
                queue=f"queue-{number}",
                arrivals=arrivals,
                talk=Lognormal(mean_s=HANDLE_S, sd_s=HANDLE_S),
                patience=Exponential(mean_s=240),
                segments={name: share for name, (_, share) in SEGMENTS.items()},
            )
            for number in range(SKILLS)
        },
        agents=groups,
        outcome=Outcome(quality_points=85, prompt_points=15),
    )


def _steps(number: int) -> tuple[int, int, int]:
    """From the first skill of a group to its others: two ways, so that groups overlap."""
    return 0, 1 + 4 * (number // SKILLS), 6


def policies() -> dict[str, Ruleset]:
    """Every rule by its name, on the same center, and the default one with bid prices."""
    found = {
        rule.value: Ruleset(
            policy=s.Policy(
                version=2,
                rule=rule,
                dedicated={SegmentId("platinum"): TeamId(VIP_TEAM)},
            ),
            segments=_segments(),
        )
        for rule in s.Rule
    }
    default = found[s.Rule.WARMLINE.value]
    return {**found, PRICED: replace(default, policy=replace(default.policy, prices=True))}


def _segments() -> tuple[s.Segment, ...]:
    return tuple(
        s.Segment(
            id=SegmentId(name),
            name=name,
            value=value,
            head_start_ms=HEAD_STARTS_S[name] * SECOND,
        )
        for name, (value, _) in SEGMENTS.items()
    )
