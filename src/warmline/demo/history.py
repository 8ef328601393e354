"""Four weeks that never were: the same core on a virtual clock, written into an empty journal."""

import heapq
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import count
from typing import Any

from sqlalchemy import insert

from warmline.conversations import search, writes
from warmline.conversations.model import Author, Envelope, MessageState, Opening, Said
from warmline.conversations.tables import message
from warmline.core import commands as c
from warmline.core import events as e
from warmline.core.center import Center, step
from warmline.core.words import (
    CHANNEL,
    DAY,
    MINUTE,
    SECOND,
    SYSTEM,
    Actor,
    AgentId,
    CommandId,
    CustomerId,
    DispositionId,
    InboxId,
    Instant,
    InteractionId,
    Medium,
    MessageId,
    Millis,
    Presence,
    ReasonId,
    Rejected,
    Role,
    SiteId,
    UserId,
    Verification,
)
from warmline.customers.identity import fold
from warmline.customers.tables import customer, identifier
from warmline.customers.value.assigning import COMPUTED
from warmline.demo import behaviour, roster, shop
from warmline.demo.behaviour import Contact, Customer
from warmline.ports import Write

WEEKS = 4
CHUNK_EVENTS = 4_000
MISSED_PAUSE_MS = 2 * MINUTE

Deed = Callable[[], object]


class History:
    """Plays the weeks before `until` and hands over what happened, in order."""

    def __init__(
        self,
        site: SiteId,
        until: Instant,
        *,
        seed: int = 7,
        weeks: int = WEEKS,
        everybody: Sequence[Customer] | None = None,
    ) -> None:
        self.center = Center()
        self._site = site
        self._until = until
        self._now = until - weeks * 7 * DAY
        self._chance = random.Random(seed)
        self._everybody = behaviour.customers() if everybody is None else everybody
        self._plan: list[tuple[Instant, int, Deed]] = []
        self._order = count()
        self._ids = count(1)
        self._contacts: dict[InteractionId, Contact] = {}
        self._arrived_at: dict[InteractionId, Instant] = {}
        self._events: list[e.Event] = []
        self._writes: list[Write] = []
        self._openings: list[Opening] = []
        self._lines: list[dict[str, object]] = []
        self._entries: list[Mapping[str, object] | None] = []
        self._said: dict[InteractionId, int] = {}
        self._people = {person.id: person for person in shop.AGENTS}

    @property
    def now(self) -> Instant:
        """How far it has come."""
        return self._now

    def play(self) -> Iterator[tuple[list[e.Event], list[Write]]]:
        """What happened, in chunks: events, and the rows that belong to them."""
        self._open()
        while self._plan and self._plan[0][0] < self._until:
            wanted = self.center.next_deadline()
            if wanted is not None and wanted <= self._plan[0][0]:
                self._now = max(wanted, self._now)
                self._do(c.Tick(id=CommandId("tick")))
            else:
                self._now, _, deed = heapq.heappop(self._plan)
                deed()
            if len(self._events) >= CHUNK_EVENTS:
                yield self._taken()
        self._close()
        yield self._taken()

    def _taken(self) -> tuple[list[e.Event], list[Write]]:
        events, self._events = self._events, []
        found, self._writes = self._writes, []
        if self._openings:
            found.append(writes.opening(self._site, *self._openings))
            self._openings = []
        if self._lines:
            found.append(Write(statement=insert(message), rows=self._lines))
            found.extend(search.findable(self._entries))
            self._lines, self._entries = [], []
        return events, found

    # The stage

    def _open(self) -> None:
        for command in shop.commands():
            self._do(command)
        self._writes.extend(customer_rows(self._site, self._everybody, self._now))
        for person in shop.AGENTS:
            self._plan_shifts(person.id)
        self._next_arrival()

    def _close(self) -> None:
        """At the end everybody goes home, and nobody is left waiting."""
        self._now = self._until
        for agent in list(self.center.agents):
            self._sends_home(agent)
        for waiting in list(self.center.interactions):
            self._try(c.End, by=SYSTEM, interaction=waiting, cause="history_over")

    def _plan_shifts(self, agent: str) -> None:
        """The shifts of the coming weeks, begun and ended not quite to the minute."""
        for opens, closes in roster.shifts(agent, self._now, self._until):
            begins = opens + self._some(0, 10 * MINUTE)
            self._plan_shift(AgentId(agent), begins, closes + self._some(0, 10 * MINUTE))

    def _plan_shift(self, agent: AgentId, begins: Instant, ends: Instant) -> None:
        self._at(begins, lambda: self._becomes(agent, Presence.AVAILABLE))
        for share, presence, reason, length in (
            (0.25, Presence.BREAK, "coffee", 10 * MINUTE),
            (0.5, Presence.MEAL, "lunch", 30 * MINUTE),
            (0.75, Presence.BREAK, "coffee", 10 * MINUTE),
        ):
            leaves = begins + round((ends - begins) * share) + self._some(0, 20 * MINUTE)
            self._at(leaves, lambda p=presence, r=reason: self._becomes(agent, p, ReasonId(r)))
            self._at(leaves + length, lambda: self._becomes(agent, Presence.AVAILABLE))
        self._at(ends, lambda: self._sends_home(agent))

    # Customers

    def _next_arrival(self) -> None:
        local = datetime.fromtimestamp(self._now / SECOND, roster.ZONE)
        rate = behaviour.rate_per_ms(local.hour, local.weekday())
        self._at(self._now + behaviour.until_next(self._chance, rate), self._arrives)

    def _arrives(self) -> None:
        about = behaviour.contact(self._chance, self._everybody)
        interaction = InteractionId(f"h{next(self._ids)}")
        message_id = MessageId(f"{interaction}-1")
        who = about.customer
        level = behaviour.verification(about)
        opening = Opening(
            interaction=interaction,
            medium=Medium.EMAIL if about.mail else Medium.CHAT,
            inbox=InboxId(about.inbox),
            at=self._now,
            customer=CustomerId(who.id),
            verification=level,
            # Whoever only typed an address has no segment, however well we know the address.
            segment=None if level is Verification.CLAIMED else who.segment,
            subject=about.subject if about.mail else None,
            language=who.language,
            reason=None if about.mail else about.reason,
        )
        self._contacts[interaction] = about
        self._arrived_at[interaction] = self._now
        happened = self._try(
            c.Arrive,
            by=CHANNEL,
            interaction=interaction,
            inbox=opening.inbox,
            customer=opening.customer,
            verification=opening.verification,
            segment=opening.segment,
            language=opening.language,
            reason=opening.reason,
            message=message_id,
        )
        if happened:
            self._openings.append(opening)
            text = behaviour.opening(about)
            self._line(interaction, message_id, Author.CUSTOMER, text)
            if not about.mail:
                gives_up = self._now + behaviour.patience_ms(self._chance)
                self._at(gives_up, lambda: self._gives_up(interaction))
        self._next_arrival()

    def _gives_up(self, interaction: InteractionId) -> None:
        known = self.center.interactions.get(interaction)
        if known is not None and known.accepted_at is None:
            self._try(c.HangUp, by=CHANNEL, interaction=interaction, cause="gave_up")

    def _rates(self, interaction: InteractionId, waited: Millis, agent: AgentId) -> None:
        quality = self._people[agent].quality_pct
        score = behaviour.rating(self._chance, waited=waited, quality_pct=quality)
        if score is not None:
            self._try(c.Rate, by=CHANNEL, interaction=interaction, score=score)

    # Agents

    def _becomes(self, agent: AgentId, presence: Presence, reason: ReasonId | None = None) -> None:
        state = self.center.agents[agent]
        if state.presence is Presence.OFFLINE and presence is not Presence.AVAILABLE:
            return
        self._try(c.SetPresence, by=_agent(agent), agent=agent, presence=presence, reason=reason)

    def _sends_home(self, agent: AgentId) -> None:
        boss = Actor(user=UserId(shop.SUPERVISOR.id), roles=frozenset({Role.SUPERVISOR}))
        self._try(c.SetPresence, by=boss, agent=agent, presence=Presence.OFFLINE)

    def _is_offered(self, event: e.Offered) -> None:
        answer = behaviour.answers_offer(self._chance)
        if answer == "miss":
            back = event.lapses_at + MISSED_PAUSE_MS
            self._at(back, lambda: self._back_to_work(event.agent))
            return
        kind = c.Accept if answer == "accept" else c.Decline
        self._at(
            self._now + behaviour.reaction_ms(self._chance),
            lambda: self._try(
                kind, by=_agent(event.agent), interaction=event.interaction, offer=event.offer
            ),
        )

    def _back_to_work(self, agent: AgentId) -> None:
        if self.center.agents[agent].presence is Presence.BUSY:
            self._becomes(agent, Presence.AVAILABLE)

    def _accepted(self, event: e.Accepted) -> None:
        about = self._contacts[event.interaction]
        person = self._people[event.agent]
        at = self._now
        if about.mail:
            at += behaviour.mail_handling_ms(self._chance)
        elif behaviour.transfers(self._chance):
            at += behaviour.wrap_up_ms(self._chance)
            self._at(at, lambda: self._hands_on(event))
            return
        for who, text in behaviour.talk(self._chance, about, person.name):
            at += behaviour.writing_ms(self._chance, text, person.quality_pct)
            self._at(at, lambda w=who, t=text: self._says(event, w, t))
        at += self._some(2 * SECOND, 20 * SECOND)
        self._at(at, lambda: self._ends(event))

    def _hands_on(self, event: e.Accepted) -> None:
        """Give the talk to a neighbouring queue, with a note for whoever takes it."""
        interaction = event.interaction
        known = self.center.interactions.get(interaction)
        if known is None or known.agent != event.agent or known.queue is None:
            return
        note = MessageId(f"{interaction}-{self._said[interaction] + 1}")
        handed = self._try(
            c.Transfer,
            by=_agent(event.agent),
            interaction=interaction,
            to_queue=shop.NEIGHBOURS[known.queue],
            note=note,
        )
        if handed:
            text = self._contacts[interaction].manner.transfer_note
            self._line(interaction, note, Author.NOTE, text, agent=event.agent)

    def _says(self, event: e.Accepted, who: str, text: str) -> None:
        known = self.center.interactions.get(event.interaction)
        if known is None or known.agent != event.agent:
            return
        interaction = event.interaction
        id_ = MessageId(f"{interaction}-{self._said[interaction] + 1}")
        if who == "customer":
            done = self._try(c.Receive, by=CHANNEL, interaction=interaction, message=id_)
            author = Author.CUSTOMER
        elif who == "note":
            done = self._try(c.AddNote, by=_agent(event.agent), interaction=interaction, note=id_)
            author = Author.NOTE
        else:
            done = self._try(c.Send, by=_agent(event.agent), interaction=interaction, message=id_)
            author = Author.AGENT
        if done:
            self._line(interaction, id_, author, text, agent=event.agent)

    def _ends(self, event: e.Accepted) -> None:
        known = self.center.interactions.get(event.interaction)
        if known is None or known.agent != event.agent:
            return
        self._try(c.End, by=_agent(event.agent), interaction=event.interaction)

    def _ended(self, event: e.Ended) -> None:
        agent = event.agent
        known = self.center.interactions.get(event.interaction)
        if agent is None or known is None or known.queue is None:
            return
        code = DispositionId(behaviour.disposition(self._chance, known.queue))
        waited = (known.accepted_at or self._now) - self._arrived_at[event.interaction]
        done = self._now + behaviour.wrap_up_ms(self._chance)
        self._at(
            done,
            lambda: self._try(
                c.WrapUp, by=_agent(agent), interaction=event.interaction, disposition=code
            ),
        )
        if known.medium is Medium.CHAT:
            rated = self._now + self._some(3 * SECOND, 30 * SECOND)
            self._at(rated, lambda: self._rates(event.interaction, waited, agent))

    # Machinery

    def _at(self, at: Instant, deed: Deed) -> None:
        heapq.heappush(self._plan, (at, next(self._order), deed))

    def _some(self, least: Millis, most: Millis) -> Millis:
        return self._chance.randint(least, most)

    def _try(self, kind: type[c.Command], *, by: Actor, **fields: Any) -> bool:
        command = kind(id=CommandId("past"), by=by, **fields)
        try:
            self._do(command)
        except Rejected:  # the moment has passed: the offer lapsed, the customer left
            return False
        return True

    def _do(self, command: c.Command) -> None:
        for event in step(self.center, command, self._now):
            self._events.append(event)
            match event:
                case e.Offered():
                    self._is_offered(event)
                case e.Accepted():
                    self._accepted(event)
                case e.Ended():
                    self._ended(event)
                case _:
                    pass

    def _line(
        self,
        interaction: InteractionId,
        id_: MessageId,
        author: Author,
        text: str,
        *,
        agent: AgentId | None = None,
    ) -> None:
        self._said[interaction] = self._said.get(interaction, 0) + 1
        about = self._contacts[interaction]
        ours = author in {Author.AGENT, Author.NOTE}
        is_mail = about.mail and author is not Author.NOTE
        said = Said(
            id=id_,
            interaction=interaction,
            at=self._now,
            author=author,
            text=text,
            agent=agent if author is Author.AGENT else None,
            user=UserId(agent) if agent and ours else None,
            state=MessageState.READ,
            email=_envelope(about, id_, ours=ours) if is_mail else None,
        )
        self._lines.append(writes.row_of(self._site, said, seq=self._said[interaction]))
        self._entries.append(search.entry_row(self._site, said))


def _agent(agent: AgentId) -> Actor:
    return Actor(user=UserId(agent), agent=agent, roles=frozenset({Role.AGENT}))


def _envelope(about: Contact, id_: MessageId, *, ours: bool) -> Envelope:
    name = "workshop" if about.inbox == shop.WORKSHOP_INBOX else "help"
    shop_address = f"{shop.NAME} <{name}@{shop.DOMAIN}>"
    theirs = f"{about.customer.name} <{about.customer.email}>"
    return Envelope(
        sender=shop_address if ours else theirs,
        to=(theirs if ours else shop_address,),
        subject=f"Re: {about.subject}" if ours else about.subject,
        message_id=f"<{id_}@{shop.DOMAIN}>",
    )


def customer_rows(site: SiteId, everybody: Sequence[Customer], now: Instant) -> Iterator[Write]:
    """The invented customers and their addresses, as rows."""
    yield Write(
        statement=insert(customer),
        rows=[
            {
                "site": site,
                "id": who.id,
                "name": who.name,
                "folded": fold(who.name),
                "language": who.language,
                "segment": who.segment,
                "segment_by": None if who.segment is None else COMPUTED,
                "created_at": now,
                "updated_at": now,
            }
            for who in everybody
        ],
    )
    yield Write(
        statement=insert(identifier),
        rows=[
            {
                "site": site,
                "kind": "email",
                "value": who.email,
                "customer": who.id,
                "verification": Verification.MATCHED.value,
                "source": "sample",
                "created_at": now,
            }
            for who in everybody
        ],
    )
