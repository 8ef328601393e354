"""Whatever is asked, in whatever order, the invariants of the center hold."""

from __future__ import annotations

import random
from collections import Counter

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from tests.core import oracle
from tests.core.worlds import (
    BOSS,
    CHAT,
    HELP,
    LETTERS,
    MAIL,
    ORDERS,
    SOLVED,
    World,
    agent_actor,
)
from warmline.core import commands as c
from warmline.core import events as e
from warmline.core import settings as s
from warmline.core.center import rebuild
from warmline.core.interaction import FINAL, TALKING
from warmline.core.routing import next_offer
from warmline.core.words import (
    HOUR,
    SECOND,
    AgentId,
    ConsultId,
    CustomerId,
    InteractionId,
    Malformed,
    Medium,
    MessageId,
    Party,
    Phase,
    Presence,
    Rejected,
    SegmentId,
    SkillId,
    Verification,
)

AGENTS = ("ann", "bob", "cyd", "dan")
LANGUAGES = ("ru", "pl", "en", None)
agents = st.sampled_from(AGENTS)
picks = st.integers(min_value=0, max_value=10_000)
PATIENCE_S = 12 * 3600


class Life(RuleBasedStateMachine):
    """Customers, agents and supervisors do anything at any time."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.arrived = 0
        self.written = 0
        self._define()

    def _define(self) -> None:
        world = self.world
        rings = (
            s.Ring(needs=(s.Need(skill=SkillId("billing"), level=3),), language_level=3),
            s.Ring(language_level=1, after_ms=30 * SECOND),
        )
        world.do(c.DefineQueue, queue=s.Queue(id=HELP, name="Help", rings=rings))
        world.do(
            c.DefineQueue,
            queue=s.Queue(
                id=ORDERS, name="Orders", overflow_to=HELP, overflow_after_ms=120 * SECOND
            ),
        )
        world.with_agent("ann", {"ru": 5, "pl": 3, "billing": 4}, quality_pct=80)
        world.with_agent("bob", {"en": 4, "billing": 3})
        world.with_agent("cyd", {"en": 1, "pl": 5}, available=False)
        world.with_agent("dan", {"ru": 2, "en": 2, "pl": 2}, capacity=s.Capacity(total=1))

    def _try(self, kind: type[c.Command], **fields: object) -> None:
        before = len(self.world.log)
        position = repr(self.world.center)
        try:
            self.world.do(kind, **fields)  # type: ignore[arg-type]
        except (Rejected, Malformed):
            assert len(self.world.log) == before
            assert repr(self.world.center) == position, "a refusal changed the state"

    def _pick(self, pick: int) -> InteractionId:
        known = sorted(self.world.center.interactions)
        return known[pick % len(known)] if known else InteractionId("none")

    def _message(self) -> MessageId:
        self.written += 1
        return MessageId(f"m{self.written}")

    @rule(
        inbox=st.sampled_from((CHAT, MAIL)),
        language=st.sampled_from(LANGUAGES),
        segment=st.sampled_from((None, "gold")),
        preferred=st.none() | agents,
    )
    def arrives(
        self, inbox: object, language: str | None, segment: str | None, preferred: str | None
    ) -> None:
        self.arrived += 1
        self._try(
            c.Arrive,
            interaction=InteractionId(f"i{self.arrived}"),
            inbox=inbox,
            language=language,
            segment=SegmentId(segment) if segment else None,
            preferred=AgentId(preferred) if preferred else None,
            message=self._message(),
        )

    @rule(pick=picks)
    def is_identified(self, pick: int) -> None:
        self._try(
            c.Identify,
            interaction=self._pick(pick),
            customer=CustomerId("k1"),
            verification=Verification.VERIFIED,
            segment=SegmentId("gold"),
        )

    @rule(pick=picks)
    def writes(self, pick: int) -> None:
        self._try(c.Receive, interaction=self._pick(pick), message=self._message())

    @rule(pick=picks, kind=st.sampled_from((c.Leave, c.Return, c.HangUp)))
    def comes_and_goes(self, pick: int, kind: type[c.Command]) -> None:
        self._try(kind, interaction=self._pick(pick))

    @rule(pick=picks, agent=agents, accepts=st.sampled_from((True, True, True, False)))
    def answers_an_offer(self, pick: int, agent: str, accepts: bool) -> None:
        offered = [i for i in self.world.center.interactions.values() if i.offer is not None]
        if not offered:
            return
        chosen = offered[pick % len(offered)]
        assert chosen.offer is not None
        name = chosen.offer.agent if pick % 3 else agent
        self._try(
            c.Accept if accepts else c.Decline,
            by=agent_actor(name),
            interaction=chosen.id,
            offer=chosen.offer.id,
        )

    @rule(pick=picks, agent=agents)
    def replies(self, pick: int, agent: str) -> None:
        message = self._message()
        self._try(c.Send, by=agent_actor(agent), interaction=self._pick(pick), message=message)
        self._try(
            c.MarkRead,
            by=agent_actor(agent),
            interaction=self._pick(pick),
            message=message,
            reader=Party.AGENT,
        )

    @rule(pick=picks, agent=agents, kind=st.sampled_from((c.Hold, c.Resume, c.End, c.End)))
    def handles(self, pick: int, agent: str, kind: type[c.Command]) -> None:
        self._try(kind, by=agent_actor(agent), interaction=self._pick(pick))

    @rule(pick=picks)
    def the_holder_ends(self, pick: int) -> None:
        held = [i for i in self.world.center.interactions.values() if i.phase in TALKING]
        if held:
            chosen = held[pick % len(held)]
            self._try(c.End, by=agent_actor(str(chosen.agent)), interaction=chosen.id)

    @rule(pick=picks)
    def the_holder_wraps_up(self, pick: int) -> None:
        found = [i for i in self.world.center.interactions.values() if i.phase is Phase.WRAPPING]
        if found:
            chosen = found[pick % len(found)]
            self._try(
                c.WrapUp,
                by=agent_actor(str(chosen.agent)),
                interaction=chosen.id,
                disposition=SOLVED if pick % 4 else None,
            )

    @rule(
        pick=picks,
        agent=st.none() | agents,
        queue=st.sampled_from((None, HELP, ORDERS, LETTERS)),
        boss=st.booleans(),
    )
    def hands_on(self, pick: int, agent: str | None, queue: object, boss: bool) -> None:
        chosen = self.world.center.interactions.get(self._pick(pick))
        holder = chosen.agent if chosen else None
        self._try(
            c.Transfer,
            by=BOSS if boss or holder is None else agent_actor(holder),
            interaction=self._pick(pick),
            to_queue=queue,
            to_agent=AgentId(agent) if agent else None,
        )

    @rule(pick=picks, asking=agents, asked=agents)
    def consults(self, pick: int, asking: str, asked: str) -> None:
        consult = ConsultId(f"consult-{pick % 3}")
        chosen = self._pick(pick)
        known = self.world.center.interactions.get(chosen)
        if known is not None and consult not in known.consults:
            self._try(
                c.Consult,
                by=agent_actor(asking),
                interaction=chosen,
                consult=consult,
                colleague=AgentId(asked),
            )
        kind = c.JoinConsult if pick % 2 else c.EndConsult
        self._try(kind, by=agent_actor(asked), interaction=chosen, consult=consult)

    @rule(agent=agents, presence=st.sampled_from(Presence), boss=st.booleans())
    def changes_presence(self, agent: str, presence: Presence, boss: bool) -> None:
        by = BOSS if boss else agent_actor(agent)
        self._try(c.SetPresence, by=by, agent=AgentId(agent), presence=presence)

    @rule(agent=agents, kind=st.sampled_from((c.ConnectAgent, c.DisconnectAgent)))
    def a_screen_comes_or_goes(self, agent: str, kind: type[c.Command]) -> None:
        self._try(kind, agent=AgentId(agent))

    @rule(agent=agents, level=st.integers(min_value=1, max_value=5), quality=st.integers(0, 100))
    def skills_change(self, agent: str, level: int, quality: int) -> None:
        spec = s.Agent(
            id=AgentId(agent),
            skills={SkillId("ru"): level, SkillId("en"): 6 - level},
            scores={s.Trait.QUALITY: s.Score(value=quality / 100)},
            capacity=s.Capacity(slots={Medium.CHAT: level, Medium.EMAIL: 1}, total=level),
        )
        self._try(c.DefineAgent, agent=spec)

    @rule(worth=st.integers(min_value=0, max_value=3000))
    def the_policy_changes(self, worth: int) -> None:
        version = self.world.center.policy.version + 1
        policy = s.Policy(version=version, worth_ms=worth * SECOND)
        self._try(c.DefinePolicy, policy=policy)

    @rule(seconds=st.sampled_from((0.001, 1, 15, 21, 31, 61, 125, 700)))
    def time_passes(self, seconds: float) -> None:
        self.world.after(seconds)

    @invariant()
    def nobody_waits_while_somebody_able_is_free(self) -> None:
        assert oracle.best_pair(self.world.center, self.world.center.now) is None
        assert next_offer(self.world.center, self.world.center.now) is None

    @invariant()
    def load_is_within_capacity(self) -> None:
        center = self.world.center
        holding = Counter(i.agent for i in center.interactions.values() if i.agent)
        for agent in center.agents.values():
            assert holding[agent.id] == len(agent.holds)
            assert {i.id for i in center.interactions.values() if i.agent == agent.id} == set(
                agent.holds
            )

    @invariant()
    def offers_do_not_overlap(self) -> None:
        center = self.world.center
        for interaction in center.interactions.values():
            assert (interaction.offer is not None) == (interaction.phase is Phase.OFFERED)
            assert interaction.phase not in FINAL
            assert (interaction.id in center.waiting.queued) == (interaction.phase is Phase.QUEUED)
        live = Counter(i.offer.agent for i in center.interactions.values() if i.offer)
        assert all(number == 1 for number in live.values())
        for agent in center.agents.values():
            assert (agent.offer is not None) == (live[agent.id] == 1)

    @invariant()
    def the_replayed_log_is_the_live_state(self) -> None:
        assert self.world.replayed() == self.world.center

    @precondition(lambda self: len(self.world.log) % 7 == 0)
    @invariant()
    def a_rebuilt_state_goes_on_the_same(self) -> None:
        live = self.world.center
        other = self.world.replayed()
        rebuild(other)
        assert other == live
        assert set(other.waiting.queued) == set(live.waiting.queued)
        for agent in other.agents.values():
            assert agent.ready() == live.agents[agent.id].ready()

    def teardown(self) -> None:
        """Every interaction ends: when all go home and time passes, nothing but e-mail waits."""
        world = self.world
        for name in AGENTS:
            self._try(c.DisconnectAgent, agent=AgentId(name))
            self._try(c.SetPresence, by=BOSS, agent=AgentId(name), presence=Presence.OFFLINE)
        for interaction in list(world.center.interactions):
            self._try(c.Leave, interaction=interaction)
        world.after(HOUR / SECOND)
        assert not world.center.interactions


TestLife = Life.TestCase
TestLife.settings = settings(
    max_examples=60,
    stateful_step_count=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


def test_the_scan_decides_as_the_oracle_on_long_random_histories() -> None:
    """The incremental scan and the one that looks at everybody choose the same pair."""
    compared = 0
    for seed in range(20):
        life = Life()
        chance = random.Random(seed)
        with oracle.watched(life.world.center) as seen:
            for _ in range(200):
                _random_deed(life, chance)
        compared += seen.compared
        assert seen.differences == []
    assert compared > 500


def _random_deed(life: Life, chance: random.Random) -> None:
    pick = chance.randrange(10_000)
    deeds = (
        lambda: life.arrives(
            chance.choice((CHAT, MAIL)),
            chance.choice(LANGUAGES),
            chance.choice((None, "gold")),
            chance.choice((None, *AGENTS)),
        ),
        lambda: life.arrives(CHAT, chance.choice(LANGUAGES), None, None),
        lambda: life.answers_an_offer(pick * 3 + 1, chance.choice(AGENTS), chance.random() < 0.8),
        lambda: life.answers_an_offer(pick * 3 + 1, chance.choice(AGENTS), chance.random() < 0.8),
        lambda: life.the_holder_ends(pick),
        lambda: life.the_holder_wraps_up(pick),
        lambda: life.hands_on(pick, chance.choice((None, *AGENTS)), ORDERS, boss=True),
        lambda: life.changes_presence(
            chance.choice(AGENTS),
            chance.choice((Presence.AVAILABLE, Presence.AVAILABLE, Presence.BREAK)),
            boss=True,
        ),
        lambda: life.skills_change(chance.choice(AGENTS), chance.randint(1, 5), pick % 101),
        lambda: life.time_passes(chance.choice((1, 5, 21, 31))),
    )
    chance.choice(deeds)()
    assert isinstance(life.world.log, list)
    assert all(isinstance(event, e.Event) for event in life.world.log[-1:])
