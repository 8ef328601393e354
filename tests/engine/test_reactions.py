"""Reactions see every event at least once and in order, each at its own pace."""

import asyncio

import pytest

from tests.contracts.stores import cursors_of
from tests.engine.site import DEADLINE_S
from warmline.engine import reactions as module
from warmline.engine.reactions import ChannelReaction, Reactions


class Seen:
    """Keeps the positions it was given; raises as often as it is told to."""

    def __init__(self, name, failures=0):
        self.name = name
        self.failures = failures
        self.positions = []

    async def react(self, batch):
        if self.failures:
            self.failures -= 1
            raise ConnectionError("the world is away")
        self.positions.extend(recorded.position for recorded in batch)


class Door:
    """A channel whose `react` fails once in the middle of a batch."""

    name = "door"

    def __init__(self):
        self.positions = []
        self.failed = False

    async def react(self, recorded):
        if recorded.position == 3 and not self.failed:
            self.failed = True
            raise ConnectionError("the world is away")
        self.positions.append(recorded.position)


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(module, "FIRST_RETRY_S", 0.01)


async def run(site, *reactions):
    running = Reactions(site.engine, cursors_of(site.database), reactions)
    await running.start()
    return running


async def caught_up(running, site):
    async with asyncio.timeout(DEADLINE_S):
        await running.caught_up(site.engine.position())


async def test_a_new_reaction_sees_the_whole_log_and_goes_on(site):
    seen = Seen("insight")
    running = await run(site, seen)
    await caught_up(running, site)
    await site.chat("i1")
    await caught_up(running, site)
    assert seen.positions == list(range(1, site.engine.position() + 1))
    await running.stop()


async def test_goes_on_where_it_stood_after_a_restart(site):
    first = Seen("insight")
    running = await run(site, first)
    await caught_up(running, site)
    await running.stop()
    stood = site.engine.position()
    await site.chat("i1")
    await site.restart()
    second = Seen("insight")
    running = await run(site, second)
    await caught_up(running, site)
    assert second.positions == list(range(stood + 1, site.engine.position() + 1))
    await running.stop()


async def test_one_that_fails_is_tried_again_while_others_go_on(site):
    failing, other = Seen("failing", failures=3), Seen("other")
    running = await run(site, failing, other)
    await caught_up(running, site)
    assert failing.positions == other.positions == list(range(1, site.engine.position() + 1))
    await running.stop()


async def test_a_channel_does_not_do_again_what_it_did_before_a_failure(site):
    door = Door()
    running = await run(site, ChannelReaction(door))  # type: ignore[arg-type]  # only what is used
    await caught_up(running, site)
    assert door.failed
    assert door.positions == list(range(1, site.engine.position() + 1))
    assert set(running.positions()) == {"channel:door"}
    await running.stop()


async def test_two_reactions_cannot_share_a_cursor(site):
    with pytest.raises(AssertionError):
        Reactions(site.engine, cursors_of(site.database), [Seen("one"), Seen("one")])
