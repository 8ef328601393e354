"""The live feed: a snapshot, then what concerns the screen, and no gap after a lost connection."""

import asyncio
import json

import pytest

from tests.core.worlds import agent_actor
from tests.engine.site import DEADLINE_S
from warmline.core import commands as c
from warmline.core import settings as s
from warmline.core.words import AgentId, InteractionId, Presence, ReasonId
from warmline.engine import live
from warmline.engine.clock import WallClock
from warmline.engine.frames import fold
from warmline.engine.live import LiveFeed
from warmline.engine.signals import InProcessSignals
from warmline.engine.views import live_state, own
from warmline.ports import Signal

ANN, BOB = AgentId("ann"), AgentId("bob")


@pytest.fixture
async def signals():
    return InProcessSignals()


@pytest.fixture
async def feed(site, signals):
    await site.available("ann")
    feed = LiveFeed(site.engine, WallClock(), signals)
    yield feed
    feed.stop()


async def taken(screen):
    async with asyncio.timeout(DEADLINE_S):
        return await screen.take()


def kinds(frames):
    parsed = [json.loads(frame) for frame in frames]
    return [item["event"]["name"] if item["type"] == "event" else item["type"] for item in parsed]


async def story(site):
    await site.chat("i1")
    await site.accept("i1")
    await site.chat("i2")
    await site.do(c.SetPresence, by=agent_actor("ann"), agent=ANN, presence=Presence.BREAK)


async def test_begins_with_a_snapshot_of_the_scope(site, feed):
    await story(site)
    frames = await taken(feed.connect(scope=ANN))
    (snapshot,) = map(json.loads, frames)
    assert (snapshot["type"], snapshot["scope"]) == ("snapshot", "own")
    assert snapshot["seq"] == site.engine.position()
    assert snapshot["state"]["me"] == "ann"
    assert list(snapshot["state"]["agents"]) == ["ann"]
    assert list(snapshot["state"]["interactions"]) == ["i1"]
    everything = json.loads((await taken(feed.connect(scope=None)))[0])
    assert everything["scope"] == "all"
    assert set(everything["state"]["interactions"]) == {"i1", "i2"}


async def test_a_desk_hears_of_an_offer_without_anybodys_scores(site, feed):
    await site.available("bob")
    ann, bob, floor = (feed.connect(scope=scope) for scope in (ANN, BOB, None))
    for screen in (ann, bob, floor):
        await taken(screen)
    await site.chat("i1")
    whole = the_offer(await taken(floor))
    asked = ann if whole["agent"] == "ann" else bob
    told = the_offer(await taken(asked))
    assert [one[0] for one in whole["decision"]["runners_up"]] == [
        "bob" if whole["agent"] == "ann" else "ann"
    ]
    assert told["decision"]["winner"] == [whole["agent"], 0, 0, 0, 0]
    assert (told["decision"]["runners_up"], told["decision"]["rivals"]) == ([], [])
    assert told | {"decision": None} == whole | {"decision": None}


def the_offer(frames):
    events = [json.loads(frame).get("event") or {} for frame in frames]
    return next(event for event in events if event.get("name") == "Offered")


async def test_a_desk_is_told_what_concerns_it_and_a_floor_everything(site, feed):
    ann, bob, floor = (feed.connect(scope=scope) for scope in (ANN, BOB, None))
    for screen in (ann, bob, floor):
        await taken(screen)
    await story(site)
    assert kinds(await taken(ann)) == [
        "enter", "Offered", "Accepted", "enter", "Offered", "leave", "OfferWithdrawn",
        "PresenceChanged",
    ]  # fmt: skip
    assert kinds(await taken(floor))[:3] == ["Arrived", "MessageReceived", "Queued"]
    await site.do(
        c.DefineReason, reason=s.Reason(id=ReasonId("tea"), name="Tea", presence=Presence.BREAK)
    )
    assert kinds(await taken(bob)) == ["ReasonDefined"]


async def test_folding_the_frames_gives_what_the_center_says(site, feed):
    screens = {scope: feed.connect(scope=scope) for scope in (None, ANN, BOB)}
    await story(site)
    for scope, screen in screens.items():
        state = None
        for frame in await taken(screen):
            state = fold(state, frame)
        everything = live_state(site.engine.center())
        assert state == (everything if scope is None else own(everything, scope))


@pytest.mark.parametrize("scope", [None, ANN])
async def test_goes_on_where_the_connection_was_lost(site, feed, scope):
    whole, lost = feed.connect(scope=scope), feed.connect(scope=scope)
    since = json.loads((await taken(lost))[0])["seq"]
    await taken(whole)
    lost.close()
    await story(site)
    resumed = await taken(feed.connect(scope=scope, since=since))
    assert resumed[:-1] == await taken(whole)
    assert json.loads(resumed[-1])["type"] == "pong"


@pytest.mark.parametrize("since", [0, 10_000_000])
async def test_a_place_that_is_not_remembered_gives_a_snapshot(site, feed, since):
    assert kinds(await taken(feed.connect(scope=ANN, since=since))) == ["snapshot"]


async def test_a_screen_that_is_too_slow_begins_anew(site, feed, monkeypatch):
    monkeypatch.setattr(live, "QUEUE_LIMIT", 5)
    screen = feed.connect(scope=None)
    await taken(screen)
    await story(site)
    frames = await taken(screen)
    assert kinds(frames) == ["snapshot"]
    assert fold(None, frames[0]) == live_state(site.engine.center())
    await site.chat("i3")
    assert kinds(await taken(screen)) == ["Arrived", "MessageReceived", "Queued"]


async def test_a_signal_reaches_who_has_the_interaction_in_view(site, feed, signals):
    await site.chat("i1")
    ann, bob, floor = (feed.connect(scope=scope) for scope in (ANN, BOB, None))
    for screen in (ann, bob, floor):
        await taken(screen)
    signals.send(Signal(name="typing", interaction=InteractionId("i1"), facts={"on": True}))
    for screen in (ann, floor):
        (frame,) = await taken(screen)
        assert json.loads(frame) == {
            "type": "signal", "name": "typing", "interaction": "i1", "on": True
        }  # fmt: skip
    await site.do(
        c.DefineReason, reason=s.Reason(id=ReasonId("tea"), name="Tea", presence=Presence.BREAK)
    )
    assert kinds(await taken(bob)) == ["ReasonDefined"], "and nothing before it"


async def test_a_closed_screen_is_told_nothing_more(site, feed):
    screen = feed.connect(scope=ANN)
    assert feed.screens_of(ANN) == 1
    screen.close()
    screen.close()
    await story(site)
    assert await taken(screen) == []
    assert feed.screens_of(ANN) == 0
