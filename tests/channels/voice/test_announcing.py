"""Those who wait are told where they stand, as their line is set, and nobody else is."""

import asyncio
from typing import Any

import pytest

from tests.channels.voice.people import CustomerCall, Office
from tests.contracts.house import ANNA, SITE, until
from warmline.channels.loopback.telephones import MUSIC
from warmline.channels.voice import tables
from warmline.channels.voice import words as w
from warmline.channels.voice.announcing import Announcements, words_of
from warmline.channels.webchat.waiting import Standing
from warmline.core.words import MINUTE, InteractionId, Phase


async def line(office: Office, called: str = "shop", **settings: Any) -> None:
    given = {"announce": "both", "announce_first_s": 0, "announce_every_s": None, **settings}
    kept = tables.line_kept(SITE, "loopback", called, inbox="calls", recorded=False, **given)
    async with office.house.database.write() as connection:
        await connection.execute(kept)


@pytest.fixture
def announcements(office: Office) -> Announcements:
    house = office.house
    return Announcements(
        voices=[house.voice], line=house.lines, state=house.engine, clock=house.clock
    )


async def waits(office: Office, called: str = "shop") -> CustomerCall:
    call = await office.calls(called)
    await office.hears(call.phone, MUSIC)
    return call


async def told(office: Office, call: CustomerCall) -> set[str]:
    """What was said over the music, which comes back."""
    said: set[str] = set()

    def over() -> bool:
        now = set(call.phone.hears())
        said.update(now - {MUSIC})
        return bool(said) and now == {MUSIC}

    await until("the announcement", over)
    return said


async def test_each_is_told_the_own_place_in_the_own_language_once(
    office: Office, announcements: Announcements
):
    await line(office, language="pl")
    await line(office, "other", language="ru", announce="position")
    first, second = await waits(office), await waits(office, "other")
    await announcements.look()
    heard = await asyncio.gather(told(office, first), told(office, second))
    assert heard[0] == {"waiting", "To jest pierwsze miejsce w kolejce."}
    assert heard[1] == {"waiting", "Ваше место в очереди — второе."}
    await announcements.look()
    assert set(first.phone.hears()) == set(second.phone.hears()) == {MUSIC}


async def test_it_is_said_again_when_it_is_time_and_with_the_offer(
    office: Office, announcements: Announcements
):
    await line(office, language="en", announce_every_s=0)
    call = await waits(office)
    offered: list[InteractionId] = []

    async def offers(interaction: InteractionId) -> bool:
        offered.append(interaction)
        return True

    await announcements.look()
    assert await told(office, call) == {"waiting", "You are next in line."}
    announcements.offers = offers
    await announcements.look()
    assert await told(office, call) == {"You are next in line.", "callback"}
    assert offered == [call.interaction]


async def test_nobody_is_told_too_early_or_where_nothing_is_set(
    office: Office, announcements: Announcements
):
    await line(office, announce_first_s=600)
    await line(office, "quiet", announce=None)
    calls = [await waits(office, called) for called in ("shop", "quiet", "calls")]
    await announcements.look()
    assert all(set(call.phone.hears()) == {MUSIC} for call in calls)


async def test_who_talks_or_has_gone_is_told_nothing(office: Office, announcements: Announcements):
    await line(office)
    await office.house.comes()
    call = await office.calls("shop")
    await office.takes(call, ANNA)
    await announcements.look()
    await office.hear_each_other(call)
    call.phone.hang_up()
    await office.in_phase(call, Phase.WRAPPING)
    await announcements.look()


def said(which: str, **stands: Any) -> list[str | None]:
    standing = Standing(phase=Phase.QUEUED, **stands)
    return [one.text for one in words_of(standing, which, "en")]


def test_what_is_known_is_told_and_no_more():
    wait = (2 * MINUTE, 5 * MINUTE)
    range_ = "Somebody will probably be with you in two to five minutes."
    assert said("both", position=2, expected=wait) == ["You are second in line.", range_]
    assert said("wait", position=2, expected=wait) == [range_]
    assert said("position", position=2, expected=wait) == ["You are second in line."]
    assert said("both", position=120, expected=None) == []
    assert w.Sound(text=range_).prompt is None
