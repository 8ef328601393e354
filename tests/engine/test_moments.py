"""A state of the past comes back as it was, from wherever the log is followed."""

from __future__ import annotations

import asyncio

import pytest

from warmline.core import events as e
from warmline.core.center import Center, evolve
from warmline.core.words import OfferId
from warmline.engine.codec import encode_center
from warmline.engine.moments import Moments


async def busy(site, chats: int = 12) -> list:
    await site.available("ann")
    await site.available("bob")
    for number in range(chats):
        await site.chat(f"i{number}")
        interaction = site.engine.center().interactions[f"i{number}"]
        if interaction.offer is not None:
            await site.accept(f"i{number}")
    return await site.log()


def offers(log) -> list:
    return [one for one in log if isinstance(one.event, e.Offered)]


async def test_the_state_before_an_offer_is_what_its_events_made(site):
    log = await busy(site)
    moments = Moments(site.journal)
    for offered in offers(log):
        found = await moments.before(offered.event.offer, offered.event.at)
        assert found is not None
        center, event = found
        assert event == offered.event
        expected = Center()
        for earlier in log[: offered.position - 1]:
            evolve(expected, earlier.event)
        assert encode_center(center) == encode_center(expected)


async def test_an_older_snapshot_is_a_beginning(site):
    log = await busy(site)
    last = offers(log)[-1]
    start = sum(1 for one in log if one.event.at < last.event.at)
    center = Center()
    for earlier in log[:start]:
        evolve(center, earlier.event)
    await site.journal.save_snapshot(start, encode_center(center))
    only_near = Moments(site.journal, most_events=last.position - start)
    from_snapshot = await only_near.before(last.event.offer, last.event.at)
    assert from_snapshot is not None
    from_the_start = await Moments(site.journal).before(last.event.offer, last.event.at)
    assert from_the_start is not None
    assert encode_center(from_snapshot[0]) == encode_center(from_the_start[0])


async def test_what_is_too_far_back_or_never_was_is_none(site):
    log = await busy(site)
    last = offers(log)[-1].event
    assert await Moments(site.journal, most_events=3).before(last.offer, last.at) is None
    assert await Moments(site.journal).before(OfferId("none.1"), last.at) is None
    assert await Moments(site.journal).before(last.offer, last.at - 1) is None
    assert await Moments(site.journal).before(last.offer, 1) is None


@pytest.mark.parametrize("times", [2])
async def test_several_may_ask_at_once(site, times: int):
    log = await busy(site)
    moments = Moments(site.journal)
    asked = [one.event for one in offers(log)] * times
    found = await asyncio.gather(*(moments.before(one.offer, one.at) for one in asked))
    assert [one[1].offer for one in found if one] == [one.offer for one in asked]
