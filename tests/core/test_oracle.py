"""The matcher decides as the plain scan over everybody does, whatever happens in between."""

from __future__ import annotations

import random

import pytest

from tests.core import oracle
from tests.core.worlds import BOSS, START, World, agent_actor
from warmline.core import commands as c
from warmline.core import settings as s
from warmline.core.callback import CallbackOrder, Callbacks
from warmline.core.center import rebuild
from warmline.core.interaction import TALKING
from warmline.core.policy import Ruleset, Trial
from warmline.core.words import (
    MINUTE,
    SECOND,
    AgentId,
    CustomerId,
    InboxId,
    InteractionId,
    Malformed,
    Medium,
    Phase,
    Presence,
    QueueId,
    Rejected,
    SegmentId,
    SkillId,
    StakeId,
    TeamId,
    TrialId,
    Verification,
)

HISTORIES = 200
EVENTS = 4_000
PARTS = 10
MOST_WAITING = 15
SKILLS = ("sales", "repairs", "ru", "pl")
SEGMENTS = (("platinum", 600, 10), ("gold", 120, 4), ("bronze", 0, 1))
STAKES = ("lead", "cancels")
QUEUES = ("sales", "repairs", "letters", "calls")
PROMISED = 0.8
"""The share of callbacks for which a time is promised."""
MEDIA = (Medium.VOICE, Medium.CHAT, Medium.EMAIL, Medium.CALLBACK, Medium.MESSAGE)


class Day:
    """A random day of a small center: everything that routing looks at changes now and then."""

    def __init__(self, seed: int, *, rules_change: bool = True) -> None:
        self.rules_change = rules_change
        self.chance = random.Random(seed)
        self.world = World()
        self.world.center.waiting.deadlines.clear()
        self.agents = [f"agent-{n}" for n in range(self.chance.randint(2, 9))]
        self.arrived = 0
        self.version = 1
        self.trials = 0
        for team in ("one", "two"):
            self.world.do(c.DefineTeam, team=s.Team(id=TeamId(team), name=team))
        for skill in SKILLS[:2]:
            self.world.do(c.DefineSkill, skill=s.Skill(id=SkillId(skill), name=skill))
        for name, head_start_s, value in SEGMENTS:
            self.world.do(c.DefineSegment, segment=self._segment(name, head_start_s, value))
        for agent in self.agents:
            self._define(agent)
        for queue in QUEUES:
            self.world.do(c.DefineQueue, queue=self._queue(queue))
        for medium in MEDIA:
            for queue in QUEUES:
                inbox = s.Inbox(
                    id=InboxId(f"{medium}-{queue}"),
                    name="In",
                    medium=medium,
                    queue=QueueId(queue),
                )
                self.world.do(c.DefineInbox, inbox=inbox)

    # Settings by chance

    def _segment(self, name: str, head_start_s: int, value: int) -> s.Segment:
        return s.Segment(
            id=SegmentId(name), name=name, head_start_ms=head_start_s * SECOND, value=value
        )

    def _stake(self, name: str) -> s.Stake:
        head_start_ms = self.chance.choice((0, 60, 300)) * SECOND
        value = self.chance.randint(1, 8)
        return s.Stake(id=StakeId(name), name=name, head_start_ms=head_start_ms, value=value)

    def _need(self) -> s.Need:
        skill = SkillId(self.chance.choice(SKILLS[:2]))
        return s.Need(skill=skill, level=self.chance.randint(1, 4))

    def _queue(self, queue: str) -> s.Queue:
        chance = self.chance
        rings = [
            s.Ring(
                needs=tuple(self._need() for _ in range(chance.randint(0, 2))),
                any_of=tuple(self._need() for _ in range(chance.choice((0, 0, 2)))),
                agents=(AgentId(chance.choice(self.agents)),) if chance.random() < 0.1 else (),
                language_level=chance.randint(0, 3),
                after_ms=chance.choice((5, 20, 40)) * SECOND,
            )
            for _ in range(chance.randint(1, 3))
        ]
        overflows = chance.random() < 0.3 and queue != QUEUES[0]
        return s.Queue(
            id=QueueId(queue),
            name=queue,
            rings=tuple(rings),
            preferred_ms=chance.choice((0, 20, 60)) * SECOND,
            wrap_up=s.WrapUpRule(mode=chance.choice(tuple(s.WrapUpMode)), limit_ms=30 * SECOND),
            overflow_to=QueueId(QUEUES[0]) if overflows else None,
            overflow_after_ms=MINUTE if overflows else 0,
            overflow_waiting=chance.choice((0, 3)) if overflows else 0,
        )

    def _define(self, agent: str) -> None:
        chance = self.chance
        spec = s.Agent(
            id=AgentId(agent),
            team=TeamId(chance.choice(("one", "two"))),
            skills={SkillId(k): chance.randint(1, 5) for k in SKILLS if chance.random() < 0.6},
            scores={s.Trait.QUALITY: s.Score(value=chance.random())}
            if chance.random() < 0.8
            else {},
            capacity=s.Capacity(total=chance.randint(1, 5)),
            in_training=chance.random() < 0.2,
            groups={"age_band": chance.choice(("young", "old"))},
        )
        self.world.do(c.DefineAgent, agent=spec)

    def _policy(self) -> s.Policy:
        chance = self.chance
        self.version += 1
        affinity = s.Affinity(trait="age_band", bonus_ms=20_000, reason="asked for by customers")
        return s.Policy(
            version=self.version,
            rule=chance.choice((s.Rule.WARMLINE, s.Rule.WARMLINE, *s.Rule)),
            seed=chance.randint(0, 9),
            worth_ms=chance.choice((0, 200, 600, 3000)) * SECOND,
            traits=chance.choice(({s.Trait.QUALITY: 1}, {s.Trait.QUALITY: 2, s.Trait.SALES: 1})),
            affinities=(affinity,) if chance.random() < 0.3 else (),
            stakes=tuple(self._stake(name) for name in STAKES if chance.random() < 0.6),
            dedicated={SegmentId("platinum"): TeamId("one")},
            capacities={TeamId("two"): s.Capacity(total=3)} if chance.random() < 0.3 else {},
            trainee=s.Capacity(total=1) if chance.random() < 0.5 else None,
            callbacks=Callbacks(
                order=chance.choice(tuple(CallbackOrder)),
                margin_ms=chance.choice((0, 20, 60)) * SECOND,
            ),
            load_handicap_ms=chance.choice((0, 60)) * SECOND,
            declined_ms=chance.choice((5, 60)) * SECOND,
        )

    def _ruleset(self) -> Ruleset:
        queue = self._queue(self.chance.choice(QUEUES))
        segment = self._segment("gold", self.chance.choice((0, 500)), self.chance.randint(1, 9))
        return Ruleset(policy=self._policy(), queues=(queue,), segments=(segment,))

    # What happens

    def goes_on(self) -> None:
        """One more thing happens, or time passes."""
        chance = self.chance
        center = self.world.center
        draw = chance.random()
        if len(center.waiting.queued) > MOST_WAITING:
            self._try(c.HangUp, interaction=chance.choice(sorted(center.waiting.queued)))
        elif draw < 0.2:
            self._arrives()
        elif draw < 0.5 and (offered := [a for a in center.agents.values() if a.offer]):
            self._answers(chance.choice(offered).id)
        elif draw < 0.78 and center.interactions:
            self._handles(center.interactions[chance.choice(sorted(center.interactions))].id)
        elif draw < 0.85:
            presence = chance.choice((Presence.AVAILABLE,) * 3 + (Presence.BREAK, Presence.OFFLINE))
            agent = AgentId(chance.choice(self.agents))
            self._try(c.SetPresence, by=BOSS, agent=agent, presence=presence)
        elif draw < 0.97:
            self.world.after(chance.choice((0.5, 2, 7, 21)))
        else:
            self._changes_the_rules()

    def _try(self, kind: type[c.Command], **fields: object) -> None:
        try:
            self.world.do(kind, **fields)  # type: ignore[arg-type]
        except (Rejected, Malformed):
            return

    def _arrives(self) -> None:
        chance = self.chance
        self.arrived += 1
        medium = chance.choice(MEDIA)
        promised = medium is Medium.CALLBACK and chance.random() < PROMISED
        self._try(
            c.Arrive,
            interaction=InteractionId(f"i{self.arrived}"),
            inbox=InboxId(f"{medium}-{chance.choice(QUEUES)}"),
            promised_by=self.world.now + chance.randint(-5, 120) * SECOND if promised else None,
            since=self.world.now - chance.randint(0, 60) * SECOND if promised else None,
            customer=CustomerId(f"k{chance.randint(1, 40)}"),
            segment=SegmentId(chance.choice(SEGMENTS)[0]) if chance.random() < 0.8 else None,
            stake=StakeId(chance.choice(STAKES)) if chance.random() < 0.3 else None,
            language=chance.choice(("ru", "pl", "en", None)),
            preferred=AgentId(chance.choice(self.agents)) if chance.random() < 0.2 else None,
            groups={"age_band": chance.choice(("young", "old"))},
        )

    def _answers(self, agent: AgentId) -> None:
        interaction = self.world.center.agents[agent].offer
        assert interaction is not None
        offer = self.world.center.interactions[interaction].offer
        assert offer is not None
        kind = c.Accept if self.chance.random() < 0.85 else c.Decline
        self._try(kind, by=agent_actor(agent), interaction=interaction, offer=offer.id)

    def _handles(self, id_: InteractionId) -> None:
        chance = self.chance
        interaction = self.world.center.interactions[id_]
        by = agent_actor(interaction.agent) if interaction.agent else BOSS
        if interaction.phase in TALKING and chance.random() < 0.2:
            to = chance.choice(self.agents) if chance.random() < 0.5 else None
            queue = None if to else QueueId(chance.choice(QUEUES))
            self._try(
                c.Transfer,
                by=by,
                interaction=id_,
                to_queue=queue,
                to_agent=AgentId(to) if to else None,
            )
        elif interaction.phase in TALKING:
            self._try(chance.choice((c.End, c.End, c.Hold, c.Resume)), by=by, interaction=id_)
        elif interaction.phase is Phase.WRAPPING:
            self._try(c.WrapUp, by=by, interaction=id_, disposition="solved")
        elif chance.random() < 0.3:
            self._try(c.HangUp, interaction=id_)
        elif chance.random() < 0.2:
            self._try(
                c.Identify,
                interaction=id_,
                customer=CustomerId("k1"),
                verification=Verification.MATCHED,
                segment=SegmentId(chance.choice(SEGMENTS)[0]),
                stake=StakeId(chance.choice(STAKES)) if chance.random() < 0.3 else None,
            )

    def _changes_the_rules(self) -> None:
        if not self.rules_change:
            return
        chance = self.chance
        draw = chance.random()
        if draw < 0.2:
            self._define(chance.choice(self.agents))
        elif draw < 0.35:
            self._try(c.DefineQueue, queue=self._queue(chance.choice(QUEUES)))
        elif draw < 0.6:
            self._try(c.Publish, ruleset=self._ruleset())
        elif draw < 0.75:
            prices = {AgentId(a): chance.randint(0, 300) * SECOND for a in self.agents}
            self._try(c.SetPrices, prices=prices if chance.random() < 0.7 else {})
        elif self.world.center.trial is None:
            self.trials += 1
            trial = Trial(id=TrialId(f"t{self.trials}"), ruleset=self._ruleset(), share_pct=50)
            self._try(c.StartTrial, trial=trial)
        else:
            self._try(c.EndTrial, trial=self.world.center.trial.id)

    def check(self) -> None:
        """Load is within capacity, as long as nobody makes it smaller than what is in hand."""
        center = self.world.center
        for agent in center.agents.values():
            capacity = agent.profile.capacity
            held = list(agent.holds.values())
            assert len(held) <= 1 or agent.load() <= max(
                capacity.total, *(capacity.weights.get(m, 1) for m in held)
            )


@pytest.mark.long
@pytest.mark.parametrize("part", range(PARTS))
def test_the_matcher_decides_as_the_scan_on_long_random_histories(part: int) -> None:
    """200 days of 4,000 events, cut into parts so that they can run side by side."""
    compared = 0
    for seed in range(part * HISTORIES // PARTS, (part + 1) * HISTORIES // PARTS):
        day = Day(seed)
        with oracle.watched(day.world.center) as seen:
            while len(day.world.log) < EVENTS:
                day.goes_on()
        assert seen.differences == [], f"seed {seed}"
        assert day.world.replayed() == day.world.center
        compared += seen.compared
    assert compared > 3_000


def test_a_rebuilt_state_decides_as_the_one_that_lived() -> None:
    """A snapshot in the middle changes no decision after it."""
    for seed in range(20):
        day, other = Day(seed), Day(seed)
        while len(day.world.log) < 1_000:
            day.goes_on()
            other.goes_on()
        copy = other.world.replayed()
        rebuild(copy)
        other.world.center = copy
        while len(day.world.log) < 1_500:
            day.goes_on()
            other.goes_on()
        assert day.world.log == other.world.log
        assert day.world.now > START
