"""An agent at work: presence, what is in hand, and for which media one more may be offered."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from warmline.core.lane import AVERAGE_PCT, MEDIUM_BIT, BandKey
from warmline.core.settings import Agent, Capacity, Policy
from warmline.core.words import (
    AgentId,
    CustomerId,
    Instant,
    InteractionId,
    Medium,
    Presence,
    ReasonId,
)

MISSED_OFFER = ReasonId("missed_offer")
"""Why somebody is busy who did not answer an offer."""
LOST = ReasonId("lost_connection")
"""Why somebody is offline whose screens were all gone for too long."""
QUALITY_STEP = 5
"""Scores are compared in steps of so many percent: nobody is better by a hair."""
_AVAILABLE = Presence.AVAILABLE  # an attribute of an enum costs more than what it is asked for
AWAY, OFFERED = -2, -1
"""Why an agent is open for nothing: not available, or being offered something."""


@dataclass(slots=True, kw_only=True)
class Profile:
    """What routing needs of an agent's settings under the policy in force."""

    mask: int = 0
    """The skill bits."""
    capacity: Capacity = field(default_factory=Capacity)
    interrupts: Mapping[Medium, tuple[Medium, ...]] = field(
        default_factory=dict[Medium, tuple[Medium, ...]]
    )
    band: BandKey = (AVERAGE_PCT, ())
    rooms: dict[tuple[Medium, ...], int] = field(default_factory=dict[tuple[Medium, ...], int])
    """What one is open for with what in hand, as it came up."""


@dataclass(slots=True, kw_only=True)
class AgentState:
    """The live state of one agent; changed by `evolve` alone."""

    spec: Agent
    presence: Presence = Presence.OFFLINE
    reason: ReasonId | None = None
    presence_at: Instant = 0
    connected: bool = False
    gone_since: Instant | None = None
    """Since when every screen is gone; None while connected, and for those who never were."""
    idle_since: Instant = 0
    holds: dict[InteractionId, Medium] = field(default_factory=dict[InteractionId, Medium])
    seen: dict[CustomerId, Instant] = field(default_factory=dict[CustomerId, Instant])
    """Whom the agent had to do with lately, and when that ended, the oldest first."""
    offer: InteractionId | None = None
    offered: int = 0
    """The center's count of offers at the last one to this agent: whose turn it was."""
    handled: int = 0
    """How many were taken since signing in."""
    ended_at: Instant = 0
    """When the last one was out of hand."""
    profile: Profile = field(
        default_factory=Profile, metadata={"derived": True}, compare=False, repr=False
    )

    @property
    def id(self) -> AgentId:
        """The agent's id."""
        return self.spec.id

    @property
    def quality_pct(self) -> int:
        """The score that a match is made of, 0 to 100 in steps of 5."""
        return self.profile.band[0]

    def ready(self) -> bool:
        """Whether anything at all may be offered now: one offer at a time."""
        return (
            self.presence is Presence.AVAILABLE and self.offer is None and self.gone_since is None
        )

    def status(self) -> int:
        """The bits of the media that the agent is open for, `AWAY` or `OFFERED`."""
        if self.offer is not None:
            return OFFERED
        if self.presence is not _AVAILABLE or self.gone_since is not None:
            return AWAY
        return self.room_bits()

    def room_bits(self) -> int:
        """The bits of the media of which one more fits, whatever the presence."""
        held = tuple(self.holds.values()) if self.holds else ()
        rooms = self.profile.rooms
        bits = rooms.get(held)
        if bits is None:
            bits = 0
            for medium in self.profile.capacity.slots:
                if fits(medium, held, self.profile):
                    bits |= MEDIUM_BIT[medium]
            rooms[held] = bits
        return bits

    def has_room(self, medium: Medium) -> bool:
        """Whether one more interaction of `medium` fits into the capacity."""
        return self.room_bits() & MEDIUM_BIT[medium] != 0

    def load(self) -> int:
        """What is in hand and not put aside, as load."""
        weights = self.profile.capacity.weights
        return sum(
            weights.get(medium, 1)
            for medium in self.holds.values()
            if not self.is_put_aside(medium)
        )

    def puts_aside(self, medium: Medium) -> list[InteractionId]:
        """What in hand an interaction of `medium` would interrupt."""
        yields = self.profile.interrupts.get(medium, ())
        return [held for held, other in self.holds.items() if other in yields] if yields else []

    def is_put_aside(self, medium: Medium) -> bool:
        """Whether something in hand interrupts work of `medium`."""
        interrupts = self.profile.interrupts
        return any(medium in interrupts.get(other, ()) for other in self.holds.values())


def fits(medium: Medium, holds: tuple[Medium, ...], profile: Profile) -> bool:
    """Whether one more interaction of `medium` fits beside what is in hand.

    What it would interrupt is put aside and weighs nothing; what in hand would interrupt it comes
    first.
    """
    capacity, interrupts = profile.capacity, profile.interrupts
    slots = capacity.slots.get(medium, 0)
    if capacity.total <= 0 or holds.count(medium) >= slots:
        return False
    if any(medium in interrupts.get(other, ()) for other in holds):
        return False
    weights = capacity.weights
    after = (*holds, medium)
    load = sum(
        weights.get(other, 1)
        for other in holds
        if not any(other in interrupts.get(by, ()) for by in after)
    )
    return load == 0 or load + weights.get(medium, 1) <= capacity.total


def profile(agent: Agent, policy: Policy, mask: int) -> Profile:
    """What routing needs of the settings of `agent` under `policy`."""
    capacity = policy.capacities.get(agent.team, agent.capacity) if agent.team else agent.capacity
    if agent.in_training and policy.trainee is not None:
        capacity = _least(capacity, policy.trainee)
    groups = tuple(
        (rule.trait, agent.groups[rule.trait])
        for rule in policy.affinities
        if rule.trait in agent.groups
    )
    return Profile(
        mask=mask,
        capacity=capacity,
        interrupts=policy.interrupts,
        band=(quality_pct(agent, policy), groups),
    )


def quality_pct(agent: Agent, policy: Policy) -> int:
    """The mean of the scores by the policy's weights, 0 to 100 in steps of 5; unknown is 50."""
    weighed = total = 0.0
    for trait, weight in policy.traits.items():
        score = agent.scores.get(trait)
        value = 100 * score.value if score is not None else AVERAGE_PCT
        weighed += weight * value
        total += weight
    if total <= 0:
        return AVERAGE_PCT
    return QUALITY_STEP * round(weighed / total / QUALITY_STEP)


def _least(one: Capacity, other: Capacity) -> Capacity:
    slots = {medium: min(n, other.slots.get(medium, 0)) for medium, n in one.slots.items()}
    return Capacity(slots=slots, total=min(one.total, other.total), weights=one.weights)
