"""Talks are recorded where the line says so, with one recording for each agent."""

import io
import wave

import pytest

from tests.channels.voice.people import BORIS, CustomerCall, Office
from tests.contracts.house import ANNA, until
from warmline.channels.voice.words import RecordingId
from warmline.core import commands as c
from warmline.core.words import Phase, Rejected

CARD = "73910442886150"


async def ready(office: Office, call: CustomerCall, count: int = 1) -> bool:
    found = await office.recordings(call)
    return len(found) == count and all(one["blob"] for one in found)


async def test_a_talk_is_recorded_and_kept(office: Office) -> None:
    await office.records()
    call = await office.talks()
    await until("the recording", lambda: office.recordings(call))
    office.net.device(ANNA).hang_up()
    await office.in_phase(call, Phase.WRAPPING)
    await until("the sound", lambda: ready(office, call))
    [kept] = await office.recordings(call)
    with wave.open(io.BytesIO(await office.house.blobs.get(kept["blob"]))) as sound:
        assert sound.getnframes() == kept["duration_ms"] // 10 * 80
    assert kept["agent"] == ANNA


async def test_who_looks_at_a_call_is_told_when_it_changes(office: Office) -> None:
    await office.records()
    call = await office.talks()
    await until("the recording", lambda: office.recordings(call))

    def told() -> bool:
        news = {("call", call.interaction)}
        return news <= {(one.name, one.interaction) for one in office.house.seen}

    await until("news of the talk", told)
    office.house.seen.clear()
    await office.house.voice.recordings.failed(RecordingId(f"{call.interaction}-r1"), "disk", 0)
    assert told()


async def test_each_agent_has_a_recording_of_their_own(office: Office) -> None:
    await office.records()
    call = await office.talks()
    await until("the recording", lambda: office.recordings(call))
    await office.to_queue(call)
    await office.house.comes(BORIS)
    await office.takes(call, BORIS)
    await until("two recordings", lambda: two(office, call))
    call.phone.hang_up()
    await until("the sounds", lambda: ready(office, call, 2))
    assert [one["agent"] for one in await office.recordings(call)] == [ANNA, BORIS]


async def two(office: Office, call: CustomerCall) -> bool:
    return len(await office.recordings(call)) == 2


async def paused(office: Office, call: CustomerCall) -> bool:
    try:
        return await office.house.voice.deeds.pause(call.interaction, on=True) is not None
    except Rejected:
        return False


async def test_a_recording_is_paused_and_goes_on(office: Office) -> None:
    await office.records()
    call = await office.talks()
    await until("the recording", lambda: office.recordings(call))
    # Its row is there before the network has begun: pressed so early, a pause is refused.
    await until("the pause", lambda: paused(office, call))
    [kept] = await office.recordings(call)
    assert kept["paused_at"] is not None
    call.phone.press(CARD)
    assert await office.house.voice.deeds.pause(call.interaction, on=False) is None
    [kept] = await office.recordings(call)
    assert kept["paused_at"] is None
    office.net.device(ANNA).hang_up()
    await until("the sound", lambda: ready(office, call))
    await office.house.caught_up()
    kept_files = [one for one in office.house.settings.data.rglob("*") if one.is_file()]
    assert len(kept_files) > 1
    assert [one for one in kept_files if CARD.encode() in one.read_bytes()] == []


async def test_a_recording_goes_on_over_a_restart(office: Office) -> None:
    await office.records()
    call = await office.talks()
    await until("the recording", lambda: office.recordings(call))
    await office.house.restart()
    await office.house.reconcile()
    await until("the network", lambda: office.house.voice.up)
    await office.gives(c.Hold, call)
    await office.hears(call.phone, "music")
    await office.gives(c.Resume, call)
    await office.hear_each_other(call)
    call.phone.hang_up()
    await until("the sound", lambda: ready(office, call))


async def test_what_is_not_recorded_cannot_be_paused(office: Office) -> None:
    call = await office.talks()
    with pytest.raises(Rejected, match="not recorded"):
        await office.house.voice.deeds.pause(call.interaction, on=True)
    assert not await office.recordings(call)
