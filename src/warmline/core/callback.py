"""Callbacks by the policy: whether they keep their place or are deferred, and until when."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from warmline.core.words import HOUR, MINUTE, Millis, QueueId


class CallbackOrder(StrEnum):
    """When a promised callback is served."""

    DEFERRED = "deferred"
    """While nobody else waits for the agent, until the promise draws near; then before all."""
    IN_ORDER = "in-order"
    """In its place in the line, with the age that it came with."""


class FirstRung(StrEnum):
    """Whose phone rings first when a network dials."""

    AGENT = "agent"
    CUSTOMER = "customer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Callbacks:
    """What holds for callbacks: their order, what is promised, and how often they are tried."""

    order: CallbackOrder = CallbackOrder.DEFERRED
    margin_ms: Millis = 10 * MINUTE
    """So long before the promised time is over a deferred one goes before all others."""
    within_ms: Millis = HOUR
    """What is promised to who keeps their place: a call within this time."""
    offer_after: Mapping[QueueId, Millis] = field(default_factory=dict[QueueId, Millis])
    """In which queues it is offered to who waits: from this expected wait on."""
    attempts: int = 3
    """So often a customer is called who is not reached."""
    again_ms: Millis = 20 * MINUTE
    """So long after an attempt comes the next one."""
    ask_before_ms: Millis = 0
    """From this age on the customer is asked whether the call is still wanted; 0 is never."""
    first: FirstRung = FirstRung.AGENT
