"""Who lives through a run: customers with all their times, agents with what they have in hand."""

from typing import Final

from warmline.core.words import (
    Actor,
    AgentId,
    InboxId,
    Instant,
    InteractionId,
    Millis,
    OfferId,
    Presence,
    Role,
    SegmentId,
    StakeId,
    UserId,
)

ENDLESS: Final = -1
"""The patience of somebody who never gives up."""
NEVER: Final = 1 << 60
"""A moment that does not come."""
AHEAD: Final = 0
WAITS: Final = 1
TALKS: Final = 2
WRAPS: Final = 3
GONE: Final = 4
"""What a customer is doing."""


class Customer:
    """Somebody who comes at `at`: all chance is drawn before, so that every policy meets the same.

    `talk_ms` and `wrap_ms` are for an agent of factor 1; `answer_ms` is how long it rings.
    `again` is the next attempt, `again_after_ms` after giving up.
    """

    __slots__ = (
        "again", "again_after_ms", "answer_ms", "at", "doing", "follows", "gives_up_at", "id",
        "inbox", "language", "left_ms", "offer", "patience_ms", "person", "preferred",
        "promised_by", "rate", "reason", "segment", "since", "stake", "talk_ms", "turn", "wake",
        "wrap_ms",
    )  # fmt: skip

    def __init__(
        self,
        id_: InteractionId,
        at: Instant,
        inbox: InboxId,
        talk_ms: Millis,
        patience_ms: Millis = ENDLESS,
        wrap_ms: Millis = 0,
        answer_ms: Millis = 0,
        segment: SegmentId | None = None,
        *,
        stake: StakeId | None = None,
        language: str | None = None,
        reason: str | None = None,
        preferred: AgentId | None = None,
        again: "Customer | None" = None,
        again_after_ms: Millis = 0,
        follows: InteractionId | None = None,
    ) -> None:
        self.id: InteractionId = id_
        self.at: Instant = at
        self.inbox: InboxId = inbox
        self.talk_ms: Millis = talk_ms
        self.patience_ms: Millis = patience_ms
        self.wrap_ms: Millis = wrap_ms
        self.answer_ms: Millis = answer_ms
        self.segment: SegmentId | None = segment
        self.stake: StakeId | None = stake
        self.language: str | None = language
        self.reason: str | None = reason
        self.preferred: AgentId | None = preferred
        self.again: Customer | None = again
        self.again_after_ms: Millis = again_after_ms
        self.follows: InteractionId | None = follows
        self.promised_by: Instant | None = None
        """Until when a callback was promised to who took one instead of waiting."""
        self.gives_up_at: Instant = NEVER
        """When the patience ends, until the clock knows it."""
        self.turn: int = -1
        """The number that giving up has among the happenings of its moment."""
        self.doing: int = AHEAD
        self.person: Person | None = None
        self.offer: OfferId | None = None
        self.wake: int = -1
        """The number of the happening that is awaited; others are outdated."""
        self.left_ms: float = 0.0
        self.since: Instant = 0
        self.rate: float = 1.0


class Person:
    """An agent as a worker: takes `factor` of a customer's times, has these in hand."""

    __slots__ = ("actor", "factor", "hands", "id", "leaving", "rota")

    def __init__(self, id_: AgentId, factor: float = 1.0) -> None:
        self.id: AgentId = id_
        self.factor: float = factor
        self.actor: Actor = Actor(user=UserId(str(id_)), agent=id_, roles=frozenset({Role.AGENT}))
        self.hands: list[Customer] = []
        self.rota: Presence = Presence.OFFLINE
        """What the rota says now."""
        self.leaving: bool = False
