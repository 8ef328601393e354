from collections.abc import AsyncGenerator

import numpy as np
import pytest

from tests.channels.webrtc.relayed import MOST_CALLS, Relayed, relayed, tone
from tests.contracts.phones import Center, center_of, hears
from tests.services import tones
from warmline.channels.voice import words as w
from warmline.channels.webrtc.relay import FULL
from warmline.channels.webrtc.speech import FRAME, frames_of
from warmline.channels.webrtc.tapes import RATE_HZ, Tapes
from warmline.engine.clock import WallClock


@pytest.fixture
async def pages() -> AsyncGenerator[Relayed]:
    async with relayed() as pages:
        yield pages


@pytest.fixture
async def center(pages: Relayed) -> AsyncGenerator[Center]:
    async with center_of(pages) as center:
        yield center


async def test_each_side_is_on_a_track_of_its_own(pages: Relayed, center: Center):
    leg, customer = await center.incoming()
    agent, anna = await center.reaches("anna")
    await center.joins(leg, agent)
    id_ = w.RecordingId("split")
    await center.does(w.StartRecording(recording=id_, room=w.RoomId("room-1"), split=True))
    await hears(customer, anna)
    await hears(anna, customer)
    tape = pages.relay.tapes.get(id_)
    assert tape is not None
    await center.does(w.StopRecording(recording=id_))
    ready = await center.next(w.RecordingReady, recording=id_)
    assert ready.duration_ms == tape.length_ms > 0
    content = await center.network.sound(id_)
    whole = frames_of(content)
    assert whole
    path = pages.relay.tapes
    raw = next(iter(path._folder.glob("*.2.pcm"))).read_bytes()
    sides = [np.frombuffer(raw, "<i2")[side::2] for side in (0, 1)]
    known = {hertz * tones.RATE_HZ / RATE_HZ: name for hertz, name in pages.known.items()}
    heard = [{known[hertz] for hertz in tones.heard(side[-3200:], known)} for side in sides]
    assert heard == [{customer.name}, {anna.name}]


async def test_a_call_that_needs_no_relay_goes_past_it(pages: Relayed, center: Center):
    leg, customer = await center.incoming()
    agent, anna = await center.reaches("anna")
    await center.joins(leg, agent)
    await hears(customer, anna)
    assert not pages.relay._ends
    assert pages.relay._mixing is None


async def test_one_call_too_many_is_not_recorded_and_says_so(pages: Relayed, center: Center):
    for number in range(MOST_CALLS + 1):
        leg, _ = await center.incoming()
        room, id_ = w.RoomId(f"room-{number}"), w.RecordingId(f"tape-{number}")
        await center.does(w.OpenRoom(room=room, call=f"call-{number}"))
        await center.does(w.Join(leg=leg, room=room))
        done = await center.network.do(w.StartRecording(recording=id_, room=room))
        assert done is (w.Outcome.DONE if number < MOST_CALLS else w.Outcome.UNSUPPORTED)
    failed = await center.next(w.RecordingFailed, recording=f"tape-{MOST_CALLS}")
    assert failed.why == FULL
    assert len((await center.network.snapshot()).recordings) == MOST_CALLS


def test_a_recording_outlives_the_server_that_made_it(tmp_path):
    told: list[w.VoiceEvent] = []
    first = Tapes(tmp_path, WallClock(), told.append)
    id_ = w.RecordingId("../../cut")
    first.start(w.StartRecording(recording=id_, room=w.RoomId("room")))
    tape = first.get(id_)
    assert tape is not None
    for _ in range(50):
        tape.write(tone(600).astype("i4"), tone(600).astype("i4") * 0)
    tape.file.flush()
    second = Tapes(tmp_path, WallClock(), told.append)
    assert len(frames_of(second.sound(id_))) == 50
    assert all(file.parent == tmp_path for file in tmp_path.rglob("*.pcm"))
    tape.file.close()
    second.forget(id_)
    with pytest.raises(LookupError):
        second.sound(id_)


def test_what_is_no_sound_is_silence(tmp_path):
    assert frames_of(None) == frames_of(b"") == frames_of(b"RIFF nothing") == []
    tones.save(tmp_path / "tone.wav", 600, 0.05)
    frames = frames_of((tmp_path / "tone.wav").read_bytes())
    assert [len(frame) for frame in frames] == [FRAME] * 3
