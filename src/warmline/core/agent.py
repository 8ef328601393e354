"""An agent at work: presence, what is in hand, and whether one more may be offered."""

from dataclasses import dataclass, field

from warmline.core.settings import Agent
from warmline.core.words import (
    AgentId,
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
    offer: InteractionId | None = None
    mask: int = field(default=0, metadata={"derived": True}, compare=False)

    @property
    def id(self) -> AgentId:
        """The agent's id."""
        return self.spec.id

    def ready(self) -> bool:
        """Whether anything at all may be offered now: one offer at a time."""
        return (
            self.presence is Presence.AVAILABLE and self.offer is None and self.gone_since is None
        )

    def has_room(self, medium: Medium) -> bool:
        """Whether one more interaction of `medium` fits into the capacity."""
        capacity = self.spec.capacity
        holds = self.holds
        if len(holds) >= capacity.total:
            return False
        held = list(holds.values()).count(medium) if holds else 0
        return held < capacity.slots.get(medium, 0)
