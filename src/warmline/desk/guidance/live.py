"""Guidance live: follows events, looks at the load a moment later, and tells screens what changed.

Nothing polls: an event asks for a look within half a second, and a timer is set only where the
state may change though nothing happens (a least stay that ends, a customer who waits on).
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from warmline.core import events as e
from warmline.core.interaction import Interaction
from warmline.core.settings import Trait
from warmline.core.words import (
    LIVE_MEDIA,
    SECOND,
    AgentId,
    Instant,
    InteractionId,
    Millis,
    QueueId,
)
from warmline.desk.guidance.rule import (
    UNSCORED_PCT,
    Guidance,
    Load,
    Rules,
    Spared,
    Standing,
    advised,
    together,
)
from warmline.desk.guidance.watch import Flip, Team, Watch
from warmline.ports import Clock, Recorded, Signal, Signals, State

SOON_MS: Millis = 500
"""How long after an event the load is looked at: what comes meanwhile is looked at together."""
TAKEN_LIMIT = 10_000
"""So many taken conversations may wait for their row; what is more is not measured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A conversation that was taken, and the state then."""

    conversation: Interaction
    queue: QueueId
    team: Team
    agent: AgentId
    state: Guidance
    at: Instant


class Guide:
    """The guidance of one site: off until it is given rules that say otherwise."""

    def __init__(self, state: State, clock: Clock, signals: Signals) -> None:
        self._state = state
        self._clock = clock
        self._signals = signals
        self.rules = Rules()
        self._watch: Watch | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._looks_at: Instant | None = None
        self._own: dict[AgentId, Guidance] = {}
        self._taken: dict[InteractionId, Taken] = {}

    # On and off

    def use(self, rules: Rules) -> None:
        """Go by these rules from now on; every screen is told."""
        self.rules = rules
        self._cancel()
        if not rules.on:
            self._watch = None
            self._taken.clear()
            self._own.clear()
        elif self._watch is None:
            self._watch = Watch(self._state, rules)
            self._watch.begin(self._clock.now())
            self._look()
        else:
            self._watch.rules = rules
            self._look()
        self._tell("guidance_rules", {"on": rules.on}, self._state.center().agents)

    def stop(self) -> None:
        """No timer runs on."""
        self._cancel()
        self._watch = None

    def receive(self, recorded: Sequence[Recorded]) -> None:
        """Follow what has just become durable; the state is there already."""
        watch = self._watch
        if watch is None:
            return
        for one in recorded:
            watch.fold(one.event)
            if isinstance(one.event, e.Accepted):
                self._note(one.event)
        self._look_at(self._clock.now() + SOON_MS)

    # Looking

    def _look_at(self, at: Instant) -> None:
        """Look then, unless a look is due before."""
        if self._looks_at is not None and self._looks_at <= at:
            return
        self._cancel()
        self._looks_at = at
        delay_s = max(0, at - self._clock.now()) / SECOND
        self._timer = asyncio.get_running_loop().call_later(delay_s, self._look)

    def _cancel(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._looks_at = None

    def _look(self) -> None:
        self._timer = self._looks_at = None
        watch = self._watch
        if watch is None:
            return
        flips, moved = watch.look(self._clock.now())
        for flip in flips:
            if flip.whole:
                self._tell_floor(flip)
        touched = {flip.queue for flip in flips if not flip.whole}
        if touched:  # seldom: only then everybody at work is gone through
            moved = [id_ for id_, _, queues in watch.at_work() if not touched.isdisjoint(queues)]
        self._tell_agents(moved)
        due = watch.due()
        if due is not None:
            self._look_at(due)

    def _tell_floor(self, flip: Flip) -> None:
        facts = {
            "queue": str(flip.queue),
            "state": flip.standing.state.value,
            "since": flip.standing.since,
        }
        self._tell("guidance_queue", facts, ())

    def _tell_agents(self, moved: Iterable[AgentId]) -> None:
        """Tell those whose own word is another one now; who left work has none."""
        told: dict[str, list[AgentId]] = {}
        for id_ in moved:
            state = self.own(id_)
            if self._own.get(id_) is state:
                continue
            if state is None:
                del self._own[id_]
            else:
                self._own[id_] = state
            told.setdefault(state.value if state is not None else "", []).append(id_)
        for word, agents in told.items():
            self._tell("guidance", {"state": word}, agents)

    def _tell(
        self, name: str, facts: Mapping[str, str | int | bool], agents: Iterable[AgentId]
    ) -> None:
        self._signals.send(
            Signal(name=name, interaction=InteractionId(""), facts=facts, agents=frozenset(agents))
        )

    # What one may ask

    @property
    def on(self) -> bool:
        """Whether guidance is on and followed."""
        return self._watch is not None

    def own(self, agent: AgentId) -> Guidance | None:
        """What one agent at work is asked, over all their queues; None for who is not at work."""
        seat = self._watch.seat(agent) if self._watch is not None else None
        if self._watch is None or seat is None:
            return None
        team, queues = seat
        states = tuple(self._watch.standing(queue, team).state for queue in queues)
        low = self.quality_pct(agent) < self.rules.floor.quality_pct
        return advised(together(states), (Spared.QUALITY,) if low else ())

    def of_agent(self, agent: AgentId) -> Iterable[tuple[QueueId, Standing, Load]]:
        """The queues of an agent at work, as they stand for their team."""
        watch = self._watch
        seat = watch.seat(agent) if watch is not None else None
        return () if watch is None or seat is None else watch.of_team(*seat)

    def quality_pct(self, agent: AgentId) -> float:
        """How good an agent's work is found, 0 to 100."""
        known = self._state.center().agents.get(agent)
        score = known.spec.scores.get(Trait.QUALITY) if known is not None else None
        return UNSCORED_PCT if score is None else 100 * score.value

    def queues(self) -> Iterable[tuple[QueueId, Standing, Load]]:
        """Each queue that has agents at work."""
        return self._watch.queues() if self._watch is not None else ()

    def teams(self) -> Iterable[tuple[QueueId, Team, Standing, Load]]:
        """Each team at work in each queue."""
        return self._watch.teams() if self._watch is not None else ()

    # What was in force

    def _note(self, event: e.Accepted) -> None:
        center, watch = self._state.center(), self._watch
        found = center.interactions.get(event.interaction)
        agent = center.agents.get(event.agent)
        if found is None or agent is None or watch is None or found.queue is None:
            return
        if found.medium in LIVE_MEDIA and len(self._taken) < TAKEN_LIMIT:
            team = agent.spec.team
            self._taken[event.interaction] = Taken(
                conversation=found,
                queue=found.queue,
                team=team,
                agent=event.agent,
                state=watch.standing(found.queue, team).state,
                at=event.at,
            )

    def taken(self, interaction: InteractionId) -> Taken | None:
        """What was noted when a conversation was taken, once."""
        return self._taken.pop(interaction, None)
