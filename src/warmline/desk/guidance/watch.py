"""Watches load as events go by: who is at work, who waits, what comes; the same live as simulated.

An event costs the same however many agents there are: it changes a few counts, and what they mean
is looked at together a little later.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import Final, Protocol, TypeAlias

from warmline.core import events as e
from warmline.core.agent import AgentState
from warmline.core.interaction import Interaction
from warmline.core.state import Center
from warmline.core.words import (
    LIVE_MEDIA,
    MINUTE,
    SECOND,
    AgentId,
    Instant,
    InteractionId,
    Millis,
    Presence,
    QueueId,
    TeamId,
)
from warmline.desk.guidance.able import Able
from warmline.desk.guidance.rule import Guidance, Load, Rules, Standing, follow, wanted

AHEAD_MINUTES: Final = 30
"""How far the forecast looks, and how far back the counts go that it is made of."""
LATELY_MINUTES: Final = 10
"""These count twice: they are in both means."""
LEAST_MINUTES: Final = 5
"""A watch that has just begun counts as this old: one arrival is no rush."""
USUAL_MS: Final = 4 * MINUTE
"""What a conversation takes where none has been finished yet."""
REMEMBERED: Final = 50
"""About so many of the last conversations make the mean handle time."""

Team: TypeAlias = TeamId | None
Cell: TypeAlias = tuple[QueueId, Team]


class Seen(Protocol):
    """The live center, to look at."""

    def center(self) -> Center: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Flip:
    """A state that changed: of a team in a queue, or of all of a queue's agents."""

    queue: QueueId
    team: Team
    whole: bool
    standing: Standing


@dataclass(slots=True)
class _Crew:
    """Agents at work together: how many, how much they may hold, how much they do."""

    agents: int = 0
    slots: int = 0
    held: float = 0.0

    def add(self, seat: "_Seat", times: int = 1) -> None:
        """Count a seat in, or out with -1."""
        self.agents += times
        self.slots += times * seat.slots
        self.held += times * seat.held

    @property
    def busy_pct(self) -> float:
        """How full their hands are."""
        return max(0.0, 100 * self.held / self.slots) if self.slots else 0.0


@dataclass(frozen=True, slots=True)
class _Seat:
    """What an agent at work adds to the counts."""

    team: Team
    queues: tuple[QueueId, ...]
    slots: int
    held: float


@dataclass(slots=True)
class _Line:
    """Who waits in a queue, what came to it lately, and what a conversation takes."""

    waiting: dict[InteractionId, tuple[Instant, Instant]] = field(
        default_factory=dict[InteractionId, tuple[Instant, Instant]]
    )
    """Since when, and by when it should be answered."""
    order: list[tuple[Instant, InteractionId]] = field(
        default_factory=list[tuple[Instant, InteractionId]]
    )
    came: deque[Instant] = field(default_factory=deque[Instant])
    """The minutes in which somebody came, the oldest first."""
    many: dict[Instant, int] = field(default_factory=dict[Instant, int])
    handle_ms: float = USUAL_MS
    handled: int = 0

    def join(self, id_: InteractionId, since: Instant, due_at: Instant) -> None:
        """Somebody waits."""
        self.waiting[id_] = (since, due_at)
        heappush(self.order, (since, id_))

    def oldest(self) -> tuple[Instant, Instant] | None:
        """Since when the first has waited, and by when an answer is due; None when nobody does."""
        order, waiting = self.order, self.waiting
        while order and waiting.get(order[0][1], (None,))[0] != order[0][0]:
            heappop(order)
        return waiting[order[0][1]] if order else None

    def comes(self, at: Instant) -> None:
        """Somebody came."""
        minute = at // MINUTE
        if minute not in self.many:
            self.came.append(minute)
            self.many[minute] = 0
        self.many[minute] += 1

    def coming(self, now: Instant, began: Instant) -> float:
        """How many the next half-hour brings: half by the last half-hour, half by ten minutes."""
        minute = now // MINUTE
        while self.came and self.came[0] <= minute - AHEAD_MINUTES:
            del self.many[self.came.popleft()]
        old = max(LEAST_MINUTES, (now - began) / MINUTE)
        lately = sum(self.many[one] for one in self.came if one > minute - LATELY_MINUTES)
        whole = sum(self.many.values())
        rate = whole / min(old, AHEAD_MINUTES) + lately / min(old, LATELY_MINUTES)
        return AHEAD_MINUTES * rate / 2

    def learn(self, handle_ms: Millis) -> None:
        """A conversation is over: the newest count most."""
        self.handled = min(self.handled + 1, REMEMBERED)
        self.handle_ms += (handle_ms - self.handle_ms) / self.handled

    def work_ms(self, now: Instant, began: Instant) -> float:
        """What waits and what is expected within the half-hour, as time of agents."""
        return (len(self.waiting) + self.coming(now, began)) * self.handle_ms


@dataclass(frozen=True, slots=True)
class _Talk:
    """A conversation in hand."""

    queue: QueueId
    agent: AgentId
    since: Instant


class Watch:
    """The states of all queues and teams: told of every event once, in order, looked at after."""

    def __init__(self, state: Seen, rules: Rules) -> None:
        self._state = state
        self.rules = rules
        self._began: Instant = 0
        self._able: Able | None = None
        self._seats: dict[AgentId, _Seat] = {}
        self._crews: dict[Cell, _Crew] = {}
        self._queues: dict[QueueId, _Crew] = {}
        self._teams: dict[Team, _Crew] = {}
        self._lines: dict[QueueId, _Line] = {}
        self._places: dict[InteractionId, QueueId] = {}
        """Who waits in which queue."""
        self._talks: dict[InteractionId, _Talk] = {}
        self._moved: set[AgentId] = set()
        self._standing: dict[Cell, Standing] = {}
        self._whole: dict[QueueId, Standing] = {}
        self._loads: dict[Cell, Load] = {}
        self._whole_loads: dict[QueueId, Load] = {}
        self._again: Instant | None = None

    def begin(self, now: Instant) -> None:
        """Start from the center as it is; what came before now is not known."""
        center = self._state.center()
        self._began = now
        for one in center.interactions.values():
            if one.medium not in LIVE_MEDIA or one.queue is None:
                continue
            if one.agent is not None:
                self._talks[one.id] = _Talk(one.queue, one.agent, one.accepted_at or now)
            elif one.offer is None and one.id in center.waiting.queued:
                self._joins(one, one.queue, one.queued_at, one.due_at)
        self._moved.update(center.agents)

    # What happens

    def fold(self, event: e.Event) -> None:
        """Take one event in; the center has followed it already."""
        match event:
            case e.Queued():
                self._queued(event)
            case e.Offered() | e.Abandoned() | e.Overflowed():
                self._leaves(event.interaction)
            case e.OfferDeclined() | e.OfferLapsed() | e.OfferWithdrawn():
                self._waits_on(event.interaction)
                self._moved.add(event.agent)
            case e.Accepted():
                self._accepted(event)
            case e.Begun():
                self._moved.add(event.agent)
            case e.Ended() | e.WrappedUp() | e.Transferred() | e.Returned():
                self._over(event)
            case e.AgentDefined():
                self._moved.add(event.agent.id)
            case e.AgentEvent():
                self._moved.add(event.agent)
            case (
                e.QueueDefined()
                | e.InboxDefined()
                | e.PolicyDefined()
                | e.PolicyPublished()
                | e.Removed()
            ):
                self._rules_changed()
            case _:
                return

    def _queued(self, event: e.Queued) -> None:
        found = self._state.center().interactions.get(event.interaction)
        if found is None or found.medium not in LIVE_MEDIA:
            return
        line = self._line(event.queue)
        line.comes(event.at)
        if found.agent is None and found.offer is None:
            self._joins(found, event.queue, event.at, event.due_at)

    def _waits_on(self, interaction: InteractionId) -> None:
        found = self._state.center().interactions.get(interaction)
        if found is None or found.medium not in LIVE_MEDIA or found.queue is None:
            return
        if found.agent is None and found.offer is None:
            self._joins(found, found.queue, found.queued_at, found.due_at)

    def _joins(self, one: Interaction, queue: QueueId, since: Instant, due_at: Instant) -> None:
        self._leaves(one.id)
        self._places[one.id] = queue
        self._line(queue).join(one.id, since, due_at)

    def _leaves(self, interaction: InteractionId) -> None:
        queue = self._places.pop(interaction, None)
        if queue is not None:
            del self._lines[queue].waiting[interaction]

    def _accepted(self, event: e.Accepted) -> None:
        self._moved.add(event.agent)
        self._leaves(event.interaction)
        found = self._state.center().interactions.get(event.interaction)
        if found is not None and found.queue is not None and found.medium in LIVE_MEDIA:
            self._talks[event.interaction] = _Talk(found.queue, event.agent, event.at)

    def _over(self, event: e.InteractionEvent) -> None:
        self._leaves(event.interaction)
        talk = self._talks.get(event.interaction)
        if isinstance(event, e.Ended | e.Returned | e.WrappedUp) and event.agent is not None:
            self._moved.add(event.agent)
        if isinstance(event, e.Transferred) and event.from_agent is not None:
            self._moved.add(event.from_agent)
        if talk is None or (isinstance(event, e.Ended) and event.wrapping):
            return
        del self._talks[event.interaction]
        self._moved.add(talk.agent)
        self._line(talk.queue).learn(event.at - talk.since)

    def _rules_changed(self) -> None:
        """Who may serve what is not known any more: everybody is looked at anew."""
        self._able = None
        self._moved.update(self._state.center().agents)
        self._moved.update(self._seats)

    def _line(self, queue: QueueId) -> _Line:
        found = self._lines.get(queue)
        if found is None:
            found = self._lines[queue] = _Line()
        return found

    # Who is at work

    def _seat_all(self) -> list[AgentId]:
        """Count those anew who did something; who they are."""
        agents = self._state.center().agents
        moved = list(self._moved)
        self._moved.clear()
        for id_ in moved:
            before = self._seats.pop(id_, None)
            if before is not None:
                self._count(before, -1)
            agent = agents.get(id_)
            seat = self._seat(agent) if agent is not None else None
            if seat is not None:
                self._seats[id_] = seat
                self._count(seat, 1)
        return moved

    def _seat(self, agent: AgentState) -> _Seat | None:
        slots = agent.profile.capacity.total
        is_there = agent.presence is Presence.AVAILABLE and agent.gone_since is None
        if slots <= 0 or not (is_there or agent.holds):
            return None
        if self._able is None:
            self._able = Able(self._state.center())
        queues = self._able.queues(agent)
        return _Seat(agent.spec.team, queues, slots, min(float(agent.load()), slots))

    def _count(self, seat: _Seat, times: int) -> None:
        self._teams.setdefault(seat.team, _Crew()).add(seat, times)
        for queue in seat.queues:
            self._queues.setdefault(queue, _Crew()).add(seat, times)
            self._crews.setdefault((queue, seat.team), _Crew()).add(seat, times)

    # What it means

    def look(self, now: Instant) -> tuple[list[Flip], list[AgentId]]:
        """Every state as it is from now on: what changed, and which agents moved since."""
        moved = self._seat_all()
        expected = self._expected(now)
        flips: list[Flip] = []
        again: list[Instant] = []
        for (queue, team), crew in self._crews.items():
            load = self._load(queue, crew, expected.get(team, 0.0), now)
            before = self._standing.get((queue, team))
            standing = self._follow(load, before, now)
            self._loads[queue, team], self._standing[queue, team] = load, standing
            again += self._may_change(queue, load, standing, now)
            if before is None or standing.state is not before.state:
                flips.append(Flip(queue=queue, team=team, whole=False, standing=standing))
        flips += self._look_at_queues(expected, now)
        if any(line.came for line in self._lines.values()):
            again.append((now // MINUTE + 1) * MINUTE)  # what came a half-hour ago counts no more
        self._again = min((at for at in again if at > now), default=None)
        return flips, moved

    def _look_at_queues(self, expected: dict[Team, float], now: Instant) -> Iterator[Flip]:
        """The queue as a whole: all of its agents, whatever their team."""
        sums: dict[QueueId, float] = {}
        for (queue, team), part in self._crews.items():
            sums[queue] = sums.get(queue, 0.0) + expected.get(team, 0.0) * part.slots
        for queue, crew in self._queues.items():
            mean = sums.get(queue, 0.0) / crew.slots if crew.slots else 0.0
            load = self._load(queue, crew, mean, now)
            before = self._whole.get(queue)
            standing = self._follow(load, before, now)
            self._whole_loads[queue], self._whole[queue] = load, standing
            if before is None or standing.state is not before.state:
                yield Flip(queue=queue, team=None, whole=True, standing=standing)

    def _follow(self, load: Load, before: Standing | None, now: Instant) -> Standing:
        """The standing from now on; what is looked at for the first time had to stay nowhere."""
        if before is None:
            return Standing(state=wanted(load, Guidance.USUAL, self.rules), since=now)
        return follow(load, before, self.rules, now)

    def _expected(self, now: Instant) -> dict[Team, float]:
        """Of each team, the work of the next half-hour in percent of what it can do then.

        The work of a queue is shared out among its teams by how much they may hold.
        """
        works = {queue: line.work_ms(now, self._began) for queue, line in self._lines.items()}
        sums: dict[Team, float] = {}
        for (queue, team), crew in self._crews.items():
            whole = self._queues[queue].slots
            if whole and crew.slots:
                share = works.get(queue, 0.0) * crew.slots / whole
                sums[team] = sums.get(team, 0.0) + share
        ahead_ms = AHEAD_MINUTES * MINUTE
        return {
            team: 100 * work / (self._teams[team].slots * ahead_ms)
            for team, work in sums.items()
            if self._teams[team].slots
        }

    def _load(self, queue: QueueId, crew: _Crew, expected_pct: float, now: Instant) -> Load:
        line = self._lines.get(queue)
        oldest = line.oldest() if line is not None else None
        return Load(
            agents=crew.agents,
            busy_pct=crew.busy_pct,
            waiting=len(line.waiting) if line is not None else 0,
            wait_pct=0.0 if oldest is None else 100 * (now - oldest[0]) / _span(oldest),
            expected_pct=expected_pct,
        )

    def _may_change(
        self, queue: QueueId, load: Load, standing: Standing, now: Instant
    ) -> Iterator[Instant]:
        """When the state may change though nothing happens."""
        if not load.agents:
            return
        if wanted(load, standing.state, self.rules) is not standing.state:
            yield standing.since + self.rules.least_stay_ms
        line = self._lines.get(queue)
        oldest = line.oldest() if line is not None else None
        if oldest is not None and standing.state is not Guidance.BRIEF:
            part = self.rules.pressed.wait.enter / 100
            yield max(now + 1, oldest[0] + int(part * _span(oldest)) + 1)

    # What one may ask

    def due(self) -> Instant | None:
        """When to look again though nothing happens; None when that would change nothing."""
        return self._again

    def is_new(self) -> bool:
        """Whether somebody moved since the last look."""
        return bool(self._moved)

    def standing(self, queue: QueueId, team: Team) -> Standing:
        """The state of a team in a queue."""
        return self._standing.get((queue, team), Standing(since=self._began))

    def at_work(self) -> Iterator[tuple[AgentId, Team, tuple[QueueId, ...]]]:
        """Who is at work, of which team, able for what."""
        for id_, seat in self._seats.items():
            yield id_, seat.team, seat.queues

    def seat(self, agent: AgentId) -> tuple[Team, tuple[QueueId, ...]] | None:
        """The team of an agent at work, and what they are able for."""
        found = self._seats.get(agent)
        return None if found is None else (found.team, found.queues)

    def of_team(
        self, team: Team, queues: tuple[QueueId, ...]
    ) -> Iterator[tuple[QueueId, Standing, Load]]:
        """How some queues stand for a team."""
        for queue in queues:
            load = self._loads.get((queue, team))
            if load is not None:
                yield queue, self._standing[queue, team], load

    def queues(self) -> Iterator[tuple[QueueId, Standing, Load]]:
        """Each queue that has agents at work as a whole."""
        for queue, crew in self._queues.items():
            if crew.agents and queue in self._whole:
                yield queue, self._whole[queue], self._whole_loads[queue]

    def teams(self) -> Iterator[tuple[QueueId, Team, Standing, Load]]:
        """Each team at work in each queue."""
        for cell, crew in self._crews.items():
            if crew.agents and cell in self._standing:
                yield *cell, self._standing[cell], self._loads[cell]


def _span(oldest: tuple[Instant, Instant]) -> Millis:
    return max(oldest[1] - oldest[0], SECOND)
