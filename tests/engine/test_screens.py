"""A screen that has folded all its frames shows what a fresh snapshot would, for every scope."""

import copy

from hypothesis import HealthCheck, settings
from hypothesis.stateful import invariant

from tests.core.test_properties import AGENTS
from tests.core.test_ruled_life import Ruled
from warmline.core.center import Center
from warmline.core.words import AgentId
from warmline.engine.codec import EVENTS, decode_center, encode_center
from warmline.engine.fold import FOLD
from warmline.engine.frames import Scope, encode_config, fold, snapshot_frame, tell
from warmline.engine.views import LiveState, live_state, own
from warmline.ports import Recorded

SCOPES: tuple[Scope, ...] = (None, *(AgentId(name) for name in AGENTS))


def view_of(center: Center, scope: Scope) -> LiveState:
    everything = live_state(center)
    return everything if scope is None else own(everything, scope)


def snapshot_of(center: Center, scope: Scope, position: int) -> str:
    state = view_of(center, scope)
    config = encode_config(state.config)
    return snapshot_frame(position, state, center.now, scope=scope, me=scope, config=config)


class Screens(Ruled):
    """The life of a center, with screens that follow it."""

    def __init__(self) -> None:
        super().__init__()
        self.told = len(self.world.log)
        self.feed = copy.deepcopy(live_state(self.world.center))
        self.screens = {
            scope: fold(None, snapshot_of(self.world.center, scope, self.told)) for scope in SCOPES
        }

    def follow(self) -> None:
        for event in self.world.log[self.told :]:
            self.told += 1
            told = tell(self.feed, Recorded(position=self.told, event=event), event.at)
            for scope in SCOPES:
                for frame in told.frames(scope):
                    fold(self.screens[scope], frame)

    @invariant()
    def every_screen_shows_what_a_fresh_snapshot_would(self) -> None:
        self.follow()
        for scope in SCOPES:
            fresh = fold(None, snapshot_of(self.world.center, scope, self.told))
            assert self.screens[scope] == fresh

    @invariant()
    def a_saved_state_is_the_same_again(self) -> None:
        body = encode_center(self.world.center)
        loaded = decode_center(body)
        assert encode_center(loaded) == body
        assert encode_center(self.world.replayed()) == body
        assert {a.id: a.ready() for a in loaded.agents.values()} == {
            a.id: a.ready() for a in self.world.center.agents.values()
        }
        assert set(loaded.waiting.queued) == set(self.world.center.waiting.queued)


TestScreens = Screens.TestCase
TestScreens.settings = settings(
    max_examples=30,
    stateful_step_count=50,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


def test_every_event_has_a_rule_of_folding():
    assert set(FOLD) == set(EVENTS.values())
