"""The two centers that the simulators are measured on, in numbers that each of them can use."""

from dataclasses import dataclass
from math import log, log1p, sqrt

_STRIDES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """Customers who are alike: their share of all by weight, their value, their head start."""

    name: str
    weight: int
    value: int
    head_start_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Center:
    """Agents with skills, customers who each need one skill, all around the clock."""

    skills: int
    agents: tuple[tuple[int, ...], ...]
    """The skills of each agent by number."""
    quality: tuple[float, ...]
    """How good each agent is, 0 to 1."""
    segments: tuple[Segment, ...]
    load: float
    """Offered work for each agent, 1 is all the time."""
    talk_s: float
    talk_sd_s: float | None
    """None: exponential; else lognormal."""
    patience_s: float | None
    """The mean, exponential; None: nobody gives up."""
    within_s: float = 20.0
    """Who is answered within this was answered in time."""
    worth_s: float = 600.0
    """How much idle time the best match outweighs, for a customer of value 1."""

    @property
    def arrivals_per_s(self) -> float:
        """Customers a second, over all skills."""
        return self.load * len(self.agents) / self.talk_s

    @property
    def talk_law(self) -> tuple[float, float]:
        """The parameters of the lognormal talk time: mu and sigma, of seconds."""
        variance = log1p(((self.talk_sd_s or 0.0) / self.talk_s) ** 2)
        return log(self.talk_s) - variance / 2, sqrt(variance)


def simple(agents: int = 100) -> Center:
    """One queue of alike customers for alike agents: M/M/n."""
    return Center(
        skills=1,
        agents=((0,),) * agents,
        quality=(0.5,) * agents,
        segments=(Segment(name="all", weight=1, value=1, head_start_s=0.0),),
        load=0.9,
        talk_s=240.0,
        talk_sd_s=None,
        patience_s=None,
    )


def skilled(agents: int = 200, skills: int = 12) -> Center:
    """Two or three of the skills for each agent, four segments, customers who give up."""
    return Center(
        skills=skills,
        agents=tuple(_skills_of(number, skills) for number in range(agents)),
        quality=tuple(0.3 + 0.6 * (number * 37 % agents) / agents for number in range(agents)),
        segments=(
            Segment(name="platinum", weight=1, value=10, head_start_s=120.0),
            Segment(name="gold", weight=2, value=4, head_start_s=60.0),
            Segment(name="silver", weight=3, value=2, head_start_s=20.0),
            Segment(name="bronze", weight=4, value=1, head_start_s=0.0),
        ),
        load=0.9,
        talk_s=240.0,
        talk_sd_s=180.0,
        patience_s=300.0,
    )


def _skills_of(number: int, skills: int) -> tuple[int, ...]:
    stride = 1 + number % _STRIDES
    return tuple((number * 5 + step * stride) % skills for step in range(2 + number % 2))
