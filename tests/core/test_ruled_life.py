"""The life of a center whose rules change: published, tried, by mode, guarded, priced."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from tests.core.test_properties import AGENTS, Life
from tests.core.worlds import ADMIN, BOSS, CHAT, HELP, ORDERS
from warmline.core import commands as c
from warmline.core import ruleset
from warmline.core import settings as s
from warmline.core.policy import Ruleset, Trial, Tried
from warmline.core.words import (
    MINUTE,
    SECOND,
    AgentId,
    InteractionId,
    Medium,
    ModeId,
    SegmentId,
    TeamId,
    TrialId,
)

GOLD = SegmentId("gold")

triggers = st.builds(
    s.Trigger,
    measure=st.sampled_from(s.Measure),
    on_at=st.integers(2, 5),
    off_at=st.integers(0, 1),
    queue=st.sampled_from((None, HELP)),
    calm_ms=st.sampled_from((0, MINUTE)),
)
modes = st.builds(
    s.Mode,
    id=st.just(ModeId("storm")),
    name=st.just("Storm"),
    trigger=triggers,
    worth_ms=st.sampled_from((None, 0, 900 * SECOND)),
    head_starts=st.just({GOLD: 5 * SECOND}),
    medium_offset_ms=st.just({Medium.EMAIL: 0}),
)
guards = st.builds(
    s.Guard,
    every_ms=st.just(MINUTE),
    step_pct=st.integers(1, 60),
    most_pct=st.integers(100, 200),
    least=st.integers(1, 2),
)
policies = st.builds(
    s.Policy,
    version=st.just(1),
    rule=st.sampled_from((s.Rule.WARMLINE, s.Rule.WARMLINE, s.Rule.LONGEST_IDLE)),
    worth_ms=st.integers(0, 3000).map(lambda seconds: seconds * SECOND),
    prices=st.booleans(),
    guard=st.none() | guards,
    modes=st.lists(modes, max_size=1).map(tuple),
    dedicated=st.sampled_from(({}, {GOLD: TeamId("one")})),
)
segments = st.builds(
    s.Segment,
    id=st.just(GOLD),
    name=st.just("Gold"),
    head_start_ms=st.integers(0, 120).map(lambda seconds: seconds * SECOND),
    value=st.integers(1, 10),
    target=st.none() | st.just(s.Target(within_ms=20 * SECOND)),
)
queues = st.builds(
    s.Queue,
    id=st.just(ORDERS),
    name=st.just("Orders"),
    rings=st.sampled_from(((s.Ring(),), (s.Ring(language_level=3), s.Ring(after_ms=20 * SECOND)))),
    overflow_to=st.just(HELP),
    overflow_waiting=st.integers(0, 3),
)


class Ruled(Life):
    """Supervisors change the rules while customers and agents do what they like."""

    def __init__(self) -> None:
        super().__init__()
        self.trials = 0
        storm = s.Mode(
            id=ModeId("storm"),
            name="Storm",
            trigger=s.Trigger(measure=s.Measure.WAITING, on_at=3, off_at=1, calm_ms=MINUTE),
        )
        self.world.do(
            c.Publish,
            by=ADMIN,
            ruleset=Ruleset(
                policy=s.Policy(version=2, guard=s.Guard(least=1), modes=(storm,)),
                segments=(s.Segment(id=GOLD, name="Gold", target=s.Target()),),
            ),
        )

    def _rules(self, policy: s.Policy, brought: tuple[s.Segment | None, s.Queue | None]) -> Ruleset:
        segment, queue = brought
        version = self.world.center.policy.version + 1
        return Ruleset(
            policy=replace(policy, version=version),
            segments=(segment,) if segment is not None else (),
            queues=(queue,) if queue is not None else (),
        )

    @rule(policy=policies, brought=st.tuples(st.none() | segments, st.none() | queues))
    def a_version_is_published(
        self, policy: s.Policy, brought: tuple[s.Segment | None, s.Queue | None]
    ) -> None:
        self._try(c.Publish, by=ADMIN, ruleset=self._rules(policy, brought))

    @rule(
        policy=policies,
        brought=st.tuples(st.none() | segments, st.none() | queues),
        minutes=st.sampled_from((0, 2, 30)),
    )
    def a_trial_starts(
        self, policy: s.Policy, brought: tuple[s.Segment | None, s.Queue | None], minutes: int
    ) -> None:
        self.trials += 1
        trial = Trial(
            id=TrialId(f"t{self.trials}"),
            ruleset=self._rules(policy, brought),
            ends_after_ms=minutes * MINUTE,
        )
        self._try(c.StartTrial, by=BOSS, trial=trial)

    @rule()
    def a_customer_of_worth_gives_up_late(self) -> None:
        self.arrived += 1
        one = InteractionId(f"i{self.arrived}")
        self._try(c.Arrive, interaction=one, inbox=CHAT, segment=GOLD)
        self.world.after(25)
        self._try(c.HangUp, interaction=one)
        self.world.after(60)

    @rule()
    def the_trial_is_ended(self) -> None:
        self._try(c.EndTrial, by=BOSS, trial=TrialId(f"t{self.trials}"))

    @rule(prices=st.dictionaries(st.sampled_from(AGENTS), st.integers(-600, 600), max_size=4))
    def prices_are_set(self, prices: dict[str, int]) -> None:
        found = {AgentId(name): price * SECOND for name, price in prices.items()}
        self._try(c.SetPrices, prices=found, cause="forecast" if found else "failed")

    @invariant()
    def head_starts_stay_within_what_the_policy_allows(self) -> None:
        center = self.world.center
        guard = center.policy.guard
        for pct in center.head_start_pct.values():
            assert guard is not None
            assert 100 < pct <= guard.most_pct

    @invariant()
    def what_is_at_hand_of_the_trial_is_the_trial(self) -> None:
        center = self.world.center
        assert center.waiting.tried == Tried.of(center.trial)
        for interaction in center.interactions.values():
            if interaction.arm != "b" or center.trial is None:
                assert ruleset.policy_of(center, interaction) is center.policy

    @invariant()
    def nothing_failed(self) -> None:
        assert self.world.center.failed_at is None


TestRuled = Ruled.TestCase
TestRuled.settings = settings(
    max_examples=30,
    stateful_step_count=50,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
