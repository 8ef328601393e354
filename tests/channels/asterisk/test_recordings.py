import pytest

from tests.channels.asterisk.telephones import PLAYED, AsteriskPhones, HeardPhone
from tests.channels.asterisk.test_talks import sip
from tests.contracts.house import until
from tests.contracts.phones import Center, hears
from tests.services import tones
from warmline.channels.voice import words as w

ROOM = w.RoomId("room-1")
CARD = "4929123456"
FRAMES_PER_S = 50


def names(exchange: AsteriskPhones, sound) -> set[str]:
    """All that can be heard anywhere in a sound."""
    step = 5 * tones.FRAME
    parts = (sound[at : at + step] for at in range(0, len(sound), step))
    return {exchange.known[one] for part in parts for one in tones.heard(part, exchange.known)}


async def talk(center: Center) -> tuple[w.LegId, HeardPhone, w.LegId, HeardPhone]:
    leg, caller = await center.incoming()
    agent, anna = await center.reaches("anna")
    await center.joins(leg, agent)
    await hears(caller, anna)
    await hears(anna, caller)
    return leg, sip(caller), agent, sip(anna)


async def test_a_mixed_recording_holds_all_that_was_said(exchange: AsteriskPhones, center: Center):
    _, caller, _, anna = await talk(center)
    recording = w.RecordingId("mixed-1")
    await center.does(w.StartRecording(recording=recording, room=ROOM))
    await caller.heard_for(FRAMES_PER_S)
    await center.does(w.StopRecording(recording=recording))
    ready = await center.next(w.RecordingReady, recording=recording)
    (sound,) = tones.sides(await center.network.sound(recording))
    assert names(exchange, sound) == {caller.name, anna.name}
    length_ms = len(sound) * 1_000 // tones.RATE_HZ
    assert length_ms > 800
    assert abs(ready.duration_ms - length_ms) < 500


async def test_a_split_recording_keeps_the_sides_apart(exchange: AsteriskPhones, center: Center):
    _, caller, _, anna = await talk(center)
    recording = w.RecordingId("split-1")
    await center.does(w.StartRecording(recording=recording, room=ROOM, split=True))
    await caller.heard_for(FRAMES_PER_S)
    await center.does(w.StopRecording(recording=recording))
    await center.next(w.RecordingReady, recording=recording)
    them, us = tones.sides(await center.network.sound(recording))
    assert names(exchange, them) == {caller.name}
    assert names(exchange, us) == {anna.name}
    assert len(them) == len(us) > tones.RATE_HZ // 2


async def test_nothing_of_a_pause_is_kept_anywhere(exchange: AsteriskPhones, center: Center):
    leg, caller, _, anna = await talk(center)
    for recording, split in (("paused-mixed", False), ("paused-split", True)):
        id_ = w.RecordingId(recording)
        await center.does(w.StartRecording(recording=id_, room=ROOM, split=split))
        await caller.heard_for(FRAMES_PER_S // 2)
        await center.does(w.PauseRecording(recording=id_))
        other, eva = await center.reaches("eva", role=w.Role.COLLEAGUE)
        await center.joins(other)
        await hears(anna, caller, eva)
        await caller.presses(CARD)
        await eva.hangs_up()
        await hears(anna, caller)
        await center.does(w.ResumeRecording(recording=id_))
        await caller.presses("7")
        await center.next(w.DigitPressed, leg=leg, digit="7")
        await center.does(w.StopRecording(recording=id_))
        await center.next(w.RecordingReady, recording=id_)
        for side in tones.sides(await center.network.sound(id_)):
            assert names(exchange, side) <= {caller.name, anna.name}
    told = [one.digit for one in center.of(leg) if isinstance(one, w.DigitPressed)]
    assert told == ["7", "7"]
    assert CARD not in exchange.exchange.all_text()


async def test_digits_of_a_pause_are_not_collected_either(center: Center):
    leg, caller, _, _ = await talk(center)
    recording, collect = w.RecordingId("paused-2"), w.CollectId("number")
    await center.does(w.StartRecording(recording=recording, room=ROOM))
    await center.does(w.PauseRecording(recording=recording))
    await center.does(w.Collect(leg=leg, collect=collect, most=10, first_ms=1_500))
    await caller.presses("123")
    assert (await center.next(w.Collected, collect=collect)).digits == ""


async def test_a_recording_ends_with_its_room(center: Center):
    _, caller, _, _ = await talk(center)
    recording = w.RecordingId("room-ends")
    await center.does(w.StartRecording(recording=recording, room=ROOM))
    await caller.heard_for(10)
    await center.does(w.CloseRoom(room=ROOM))
    await center.next(w.RecordingReady, recording=recording)
    assert await center.network.do(w.StopRecording(recording=recording)) is w.Outcome.GONE


async def test_a_recording_whose_end_asterisk_does_not_tell_is_ready_once_its_room_is_closed(
    exchange: AsteriskPhones, center: Center, monkeypatch: pytest.MonkeyPatch
):
    _, caller, _, _ = await talk(center)
    recording = w.RecordingId("end-untold")
    await center.does(w.StartRecording(recording=recording, room=ROOM))
    await caller.heard_for(10)
    monkeypatch.setattr(exchange.network._hearing, "_recorded", lambda *_, **__: None)
    await center.does(w.CloseRoom(room=ROOM))
    await center.next(w.RecordingReady, recording=recording)
    assert tones.sides(await center.network.sound(recording))


async def test_a_split_recording_ends_with_the_customer(center: Center):
    _, caller, _, _ = await talk(center)
    recording = w.RecordingId("customer-ends")
    await center.does(w.StartRecording(recording=recording, room=ROOM, split=True))
    await caller.heard_for(10)
    await caller.hangs_up()
    await center.next(w.RecordingReady, recording=recording)
    assert len(tones.sides(await center.network.sound(recording))) == 2


async def test_a_room_that_is_not_open_is_not_recorded(center: Center):
    command = w.StartRecording(recording=w.RecordingId("none"), room=w.RoomId("nowhere"))
    assert await center.network.do(command) is w.Outcome.GONE


async def test_a_recording_that_is_kept_elsewhere_leaves_no_file(
    exchange: AsteriskPhones, center: Center
):
    _, caller, _, _ = await talk(center)
    for recording, split in (("gone-mixed", False), ("gone-split", True)):
        id_ = w.RecordingId(recording)
        await center.does(w.StartRecording(recording=id_, room=ROOM, split=split))
        await caller.heard_for(10)
        await center.does(w.StopRecording(recording=id_))
        await center.next(w.RecordingReady, recording=id_)
        await center.network.forget(id_)
    folder = exchange.exchange.home / "spool" / "recording"
    await until("the files to go", lambda: not list(folder.glob("gone-*")))


def test_nothing_that_is_played_sounds_like_a_person(exchange: AsteriskPhones):
    assert len(set(exchange.known)) == len(exchange.known) == len(PLAYED)
