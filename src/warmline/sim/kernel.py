"""The event loop: customers, agents' shifts and the core's own deadlines on one virtual clock.

Whatever happens goes as a command through `step`, like live; what follows (a talk that will end, a
customer who will give up) is put on the clock. Nothing is drawn here: customers bring their times.
"""

from collections.abc import Callable
from heapq import heappop, heappush
from typing import Final

from warmline.core.center import Center, step
from warmline.core.commands import Accept, Arrive, Command, End, HangUp, SetPresence, Tick, WrapUp
from warmline.core.events import (
    Abandoned,
    Accepted,
    Arrived,
    Ended,
    Event,
    Held,
    InteractionEvent,
    MatcherFailed,
    OfferDeclined,
    Offered,
    OfferLapsed,
    OfferWithdrawn,
    PresenceChanged,
    Queued,
    Resumed,
    Returned,
    Transferred,
    WrappedUp,
)
from warmline.core.words import (
    CHANNEL,
    SYSTEM,
    AgentId,
    CommandId,
    Instant,
    InteractionId,
    Medium,
    Millis,
    Presence,
    Rejected,
    SegmentId,
)
from warmline.sim.ledger import Ledger
from warmline.sim.players import GONE, NEVER, TALKS, WAITS, WRAPS, Customer, Person

COMMAND: Final = CommandId("sim")
BACK_AFTER: Final = 30_000
"""So long after a missed offer an agent is available again."""

_COMES: Final = 0
_GIVES_UP: Final = 1
_ACTS: Final = 2
_LOOKS: Final = 3
_TURNS: Final = 4
_ORDERS: Final = 100
"""What the clock holds: a customer's doings, a look at the rota, a turn to the presence n - 4, an
order n - 100."""
_PRESENCES: Final = list(Presence)


_Entry = tuple[Instant, int, int, Customer | None, Person | None]
Turn = tuple[Instant, AgentId, Presence]
"""The rota's word: from now on the agent is to be available, on a break, gone."""


class Play:
    """A run of `center` from its present moment to `until`: `run` it, then read the ledger.

    `customers` and `rota` are in the order of time. `slowdown` says how much slower work of a
    medium gets with each other thing in hand. Set `keep` and every event stays in `log`; of the
    decisions the first `explain` stay in `decisions`.
    """

    def __init__(
        self,
        center: Center,
        customers: list[Customer],
        rota: list[Turn],
        people: dict[AgentId, Person],
        until: Instant,
        slowdown: dict[Medium, float] | None = None,
    ) -> None:
        self.center: Center = center
        self.customers: list[Customer] = customers
        self.rota: list[Turn] = rota
        self.people: dict[AgentId, Person] = people
        self.until: Instant = until
        self.slowdown: dict[Medium, float] = slowdown or {}
        self.blended: bool = any(share > 0 for share in self.slowdown.values())
        self.keep: bool = False
        self.explain: int = 0
        self.orders: list[tuple[Instant, Command]] = []
        """Commands of others that come at their time, such as the prices of each hour."""
        self.heard: Callable[[list[Event], Instant], None] | None = None
        """Told of all events of each command, when somebody wants to follow."""
        self.met: Callable[[Customer, Instant], None] | None = None
        """Meets everybody who comes, before they wait: whoever takes a callback waits otherwise."""
        self.pace: Callable[[Customer, Person, Instant], float] | None = None
        """How much of its usual length a talk takes at the pace of now, where that changes.

        Only where each agent has one thing in hand: `slowdown` is not heeded beside it.
        """
        self.ledger: Ledger = Ledger()
        self.log: list[Event] = []
        self.decisions: list[Offered] = []
        self.refused: list[tuple[Instant, SegmentId | None]] = []
        self.arrived: int = 0
        self.steps: int = 0
        self._known: dict[InteractionId, Customer] = {}
        # A last entry that is never due spares asking whether there is one.
        self._clock: list[_Entry] = [(NEVER, 0, _COMES, None, None)]
        self._count: int = 0
        self._open: int = len(customers)
        self._soon: list[Customer] = []

    def run(self) -> None:
        """Let everything happen, until nobody is left or the time is up.

        Decisions are recorded when somebody will read them. Raises what the matcher raised when it
        failed: a run under the fallback rule would be measured as if it were another policy's.
        """
        matcher = self.center.waiting.matcher
        if matcher is not None:
            matcher.records = self.keep or self.explain > 0
        for at, agent, presence in self.rota:
            self._put(at, _TURNS + _PRESENCES.index(presence), None, self.people[agent])
        for number, (at, _) in enumerate(self.orders):
            self._put(at, _ORDERS + number, None, None)
        customers = self.customers
        clock = self._clock
        center = self.center
        soon = self._soon
        total = len(customers)
        coming = 0
        arrival = customers[0].at if customers else NEVER
        while self._open > 0:
            happening = clock[0][0]
            at = min(happening, arrival)
            due = center.next_deadline()
            if due is not None and due <= at:
                if due > self.until:
                    break
                at = due
                self._do(Tick(id=COMMAND), at)
            elif at > self.until:
                break
            elif arrival < happening:
                self._arrive(customers[coming], at)
                coming += 1
                arrival = customers[coming].at if coming < total else NEVER
            else:
                self._happens(at)
            while soon:
                self._act(soon.pop(), at)

    def _happens(self, at: Instant) -> None:
        """What the clock says is due; outdated entries pass without a trace."""
        _, number, what, customer, person = heappop(self._clock)
        if customer is not None:
            if what == _ACTS:
                if customer.wake == number:
                    self._act(customer, at)
            elif what == _COMES:
                self._arrive(customer, at)
            elif customer.doing == WAITS:
                self._do(HangUp(id=COMMAND, by=CHANNEL, interaction=customer.id), at)
        elif person is None:
            self._do(self.orders[what - _ORDERS][1], at)
        else:
            self._turn(person, person.rota if what == _LOOKS else _PRESENCES[what - _TURNS], at)

    def _act(self, customer: Customer, at: Instant) -> None:
        """The agent picks up, ends the talk, or has wrapped up."""
        customer.wake = -1
        person = customer.person
        if person is None:
            return  # meanwhile it was taken away again
        id_, by = customer.id, person.actor
        if customer.doing == TALKS:
            self._do(End(id=COMMAND, by=by, interaction=id_), at)
        elif customer.doing == WRAPS:
            self._do(WrapUp(id=COMMAND, by=by, interaction=id_), at)
        elif customer.offer is not None:
            self._do(Accept(id=COMMAND, by=by, interaction=id_, offer=customer.offer), at)

    def _arrive(self, customer: Customer, at: Instant) -> None:
        self.arrived += 1
        if self.met is not None:
            self.met(customer, at)
        self._known[customer.id] = customer
        customer.doing = WAITS
        if customer.patience_ms >= 0:
            customer.gives_up_at = at + customer.patience_ms
            self._count = customer.turn = self._count + 1
        command = Arrive(
            id=COMMAND,
            by=CHANNEL,
            interaction=customer.id,
            inbox=customer.inbox,
            segment=customer.segment,
            stake=customer.stake,
            language=customer.language,
            reason=customer.reason,
            preferred=customer.preferred,
            follows=customer.follows,
            promised_by=customer.promised_by,
        )
        try:
            self._do(command, at)
        except Rejected:  # the queue is closed or nobody is there: a fact like another
            self.refused.append((at, customer.segment))
            self._is_gone(customer)
        else:
            if customer.offer is None or customer.answer_ms > 0:
                self._waits(customer, at)

    def _waits(self, customer: Customer, at: Instant) -> None:
        """It is not served at once: the clock has to know when it gives up."""
        if at <= customer.gives_up_at < NEVER:
            heappush(self._clock, (customer.gives_up_at, customer.turn, _GIVES_UP, customer, None))
            customer.gives_up_at = NEVER

    def _do(self, command: Command, at: Instant) -> None:
        """One command through the core; the ledger notes what came of it, and so does the clock."""
        self.steps += 1
        events = step(self.center, command, at)
        if self.keep:
            self.log.extend(events)
        if self.heard is not None:
            self.heard(events, at)
        ledger = self.ledger
        for event in events:
            if type(event) is Offered:
                self._offered(event)
            elif type(event) is Accepted:
                ledger.accepted(event)
                self._accepted(self._known[event.interaction], at)
            elif type(event) is Ended:
                ledger.ended(event)
                self._ended(self._known[event.interaction], event)
            elif type(event) is Arrived:
                ledger.arrived(event)
            elif type(event) is Queued:
                ledger.queued(event)
            elif type(event) is WrappedUp:
                ledger.closed(event.interaction, at)
                self._is_done(self._known[event.interaction], at)
            else:
                ledger.add(event)
                self._seldom(event, at)

    def _offered(self, event: Offered) -> None:
        customer = self._known[event.interaction]
        customer.person = self.people[event.agent]
        customer.offer = event.offer
        if self.explain and len(self.decisions) < self.explain:
            self.decisions.append(event)
        if customer.answer_ms <= 0:
            self._soon.append(customer)
        else:
            self._wake(customer, event.at + customer.answer_ms)

    def _accepted(self, customer: Customer, at: Instant) -> None:
        person = customer.person
        assert person is not None
        customer.doing = TALKS
        customer.offer = None
        person.hands.append(customer)
        self._work(customer, person, customer.talk_ms, at)
        if self.pace is not None:
            self._at_pace(customer, person, at)

    def change_pace(self, at: Instant) -> None:
        """The pace is another one from now on: also for the rest of every talk in hand."""
        for person in self.people.values():
            for customer in person.hands:
                if customer.doing == TALKS and customer.rate > 0.0:
                    self._at_pace(customer, person, at)

    def _at_pace(self, customer: Customer, person: Person, at: Instant) -> None:
        if self.pace is None:
            return
        customer.left_ms -= (at - customer.since) * customer.rate
        customer.since = at
        customer.rate = 1.0 / self.pace(customer, person, at)
        self._rest(customer, at)

    def _ended(self, customer: Customer, event: Ended) -> None:
        person = customer.person
        if person is None or not event.wrapping:
            self._is_done(customer, event.at)
        else:
            customer.doing = WRAPS
            self._work(customer, person, customer.wrap_ms, event.at)

    def _work(self, customer: Customer, person: Person, base_ms: Millis, at: Instant) -> None:
        """The agent begins something that would take `base_ms` with nothing else in hand."""
        customer.left_ms = left_ms = base_ms * person.factor
        customer.since = at
        customer.rate = 1.0
        if self.blended and len(person.hands) > 1:
            self._retime(person, at)
        elif left_ms < 1.0:
            self._soon.append(customer)
        else:
            self._wake(customer, at + int(left_ms + 0.5))

    def _wake(self, customer: Customer, at: Instant) -> None:
        self._count = number = self._count + 1
        customer.wake = number
        heappush(self._clock, (at, number, _ACTS, customer, None))

    def _put(
        self, at: Instant, what: int, customer: Customer | None, person: Person | None
    ) -> None:
        self._count = number = self._count + 1
        heappush(self._clock, (at, number, what, customer, person))

    def _is_done(self, customer: Customer, at: Instant) -> None:
        """It is over; what else the agent has goes faster, and who waited to leave may."""
        self._out_of_hand(customer, at)
        self._is_gone(customer)

    def _out_of_hand(self, customer: Customer, at: Instant) -> None:
        person = customer.person
        customer.person = None
        customer.wake = -1
        if person is None or customer not in person.hands:
            return
        person.hands.remove(customer)
        if person.hands:
            if self.blended:
                self._retime(person, at)
        elif person.leaving:
            self._put(at, _LOOKS, None, person)  # later: this step is still being followed

    def _is_gone(self, customer: Customer) -> None:
        customer.doing = GONE
        self._open -= 1
        del self._known[customer.id]

    def _seldom(self, event: Event, at: Instant) -> None:
        """What happens to a customer but not to each, and to agents by themselves."""
        if isinstance(event, InteractionEvent):
            customer = self._known.get(event.interaction)
            if customer is not None:
                self._turned(customer, event, at)
        elif isinstance(event, PresenceChanged):
            if event.cause == "missed_offer":
                self._put(at + BACK_AFTER, _LOOKS, None, self.people[event.agent])
        elif isinstance(event, MatcherFailed):
            raise self.center.waiting.failure or RuntimeError(f"the matcher failed: {event.cause}")

    def _turned(self, customer: Customer, event: InteractionEvent, at: Instant) -> None:
        """Customers who give up, offers that come to nothing, holds, work that goes back."""
        if isinstance(event, Abandoned):
            self._gave_up(customer, at)
        elif isinstance(event, OfferLapsed | OfferDeclined | OfferWithdrawn):
            customer.person = None
            customer.offer = None
            customer.wake = -1
            self._waits(customer, at)
        elif isinstance(event, Held):
            self._pause(customer, at)
        elif isinstance(event, Resumed):
            self._resume(customer, at)
        elif isinstance(event, Returned | Transferred):
            self._out_of_hand(customer, at)
            customer.doing = WAITS
            self._waits(customer, at)

    def _gave_up(self, customer: Customer, at: Instant) -> None:
        customer.person = None
        customer.offer = None
        self._is_gone(customer)
        again = customer.again
        if again is not None:
            self._open += 1
            self._put(at + customer.again_after_ms, _COMES, again, None)

    def _pause(self, customer: Customer, at: Instant) -> None:
        """Put aside: the work stands still."""
        customer.left_ms -= (at - customer.since) * customer.rate
        customer.since = at
        customer.rate = 0.0
        customer.wake = -1

    def _resume(self, customer: Customer, at: Instant) -> None:
        person = customer.person
        if person is None or customer.rate > 0.0:
            return
        customer.since = at
        customer.rate = 1.0
        if self.blended:
            self._retime(person, at)
        else:
            self._rest(customer, at)

    def _retime(self, person: Person, at: Instant) -> None:
        """Everything in hand goes at the pace that the number of things allows."""
        active = 0
        for customer in person.hands:
            if customer.rate > 0.0:
                active += 1
        for customer in person.hands:
            if customer.rate <= 0.0:
                continue
            customer.left_ms -= (at - customer.since) * customer.rate
            customer.since = at
            medium = self.center.inboxes[customer.inbox].medium
            slower = self.slowdown.get(medium, 0.0) * (active - 1)
            customer.rate = 1.0 / (1.0 + slower)
            self._rest(customer, at)

    def _rest(self, customer: Customer, at: Instant) -> None:
        """Wake it when the rest is done at the present pace."""
        self._wake(customer, at + max(int(customer.left_ms / customer.rate + 0.5), 0))

    def _turn(self, person: Person, presence: Presence, at: Instant) -> None:
        """The rota's word; who still has something in hand takes nothing more, then leaves."""
        person.rota = presence
        person.leaving = presence is Presence.OFFLINE and len(person.hands) > 0
        if person.leaving:
            presence = Presence.BUSY
        self._do(SetPresence(id=COMMAND, by=SYSTEM, agent=person.id, presence=presence), at)
