"""Callbacks in a simulated day: offered to who would wait long, taken by some, promised for a time.

Whether a customer would take one is drawn from the seed and the customer alone, so that every
policy meets the same people.
"""

from dataclasses import dataclass, field
from random import Random

from warmline.core import commands as c
from warmline.core import settings as s
from warmline.core.center import step
from warmline.core.words import (
    HOUR,
    MINUTE,
    InboxId,
    Instant,
    InteractionId,
    Medium,
    Millis,
    Presence,
    QueueId,
)
from warmline.sim.kernel import COMMAND, Play
from warmline.sim.ledger import NOT_YET, Stay
from warmline.sim.players import ENDLESS, Customer


@dataclass(frozen=True, slots=True, kw_only=True)
class Offering:
    """When a callback is offered, to how many it appeals, and what is promised."""

    after_ms: Millis = MINUTE
    """From this expected wait on."""
    taken: float = 0.5
    """The share, 0 to 1, of those who are offered one and take it."""
    within_ms: Millis = HOUR


@dataclass(slots=True, kw_only=True)
class Kept:
    """What became of the promises of one run."""

    promised: int = 0
    kept: int = 0
    waits: list[Millis] = field(default_factory=list[Millis])
    """Of those who were called, from the promise to the call."""


class CallbackDoor:
    """Meets the callers of a run and takes the numbers of some who would wait long."""

    def __init__(self, play: Play, offering: Offering, *, seed: int, handle_ms: Millis) -> None:
        self._center = play.center
        self._offering = offering
        self._seed = seed
        self._handle_ms = handle_ms
        self._taken: dict[InteractionId, Instant] = {}
        for queue in list(play.center.queues):
            inbox = s.Inbox(
                id=_inbox(queue), name=f"{queue} later", medium=Medium.CALLBACK, queue=queue
            )
            step(play.center, c.DefineInbox(id=COMMAND, inbox=inbox), play.center.now)
        play.met = self.meet

    def meet(self, customer: Customer, at: Instant) -> None:
        """Offer a callback when the line is long; who takes it hangs up and is called."""
        queue = self._center.inboxes[customer.inbox].queue
        if self.expected_ms(queue, at) < self._offering.after_ms:
            return
        if Random(f"{self._seed}/{customer.id}/callback").random() >= self._offering.taken:
            return
        customer.inbox = _inbox(queue)
        customer.patience_ms = ENDLESS
        customer.promised_by = at + self._offering.within_ms
        self._taken[customer.id] = customer.promised_by

    def expected_ms(self, queue: QueueId, at: Instant) -> Millis:
        """How long one who comes now would wait: those before, by as many as are there to serve.

        That some of them will give up is not accounted for.
        """
        center = self._center
        before = sum(one.queue == queue and one.key <= at for one in center.queued())
        there = sum(one.presence is Presence.AVAILABLE for one in center.agents.values())
        return before * self._handle_ms // there if there else 0

    def kept(self, stays: list[Stay]) -> Kept:
        """What became of all promises."""
        found = Kept(promised=len(self._taken))
        for stay in stays:
            promised_by = self._taken.get(stay.contact.id)
            if promised_by is None or stay.accepted_at == NOT_YET:
                continue
            found.kept += stay.accepted_at <= promised_by
            found.waits.append(stay.accepted_at - stay.queued_at)
        return found


def _inbox(queue: QueueId) -> InboxId:
    return InboxId(f"{queue}.callback")
