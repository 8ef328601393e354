"""What callers hear: recordings of any usual kind first, else words that are spoken."""

import io
import struct
import wave
from collections.abc import AsyncGenerator
from pathlib import Path

import httpx
import numpy as np
import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st

from tests.channels.voice.desks import Header, as_
from tests.channels.voice.people import BORIS, Office
from tests.channels.voice.sounds import open_prompts
from tests.contracts.house import SITE, TeamNames
from tests.services.speech import samples, share_heard, speaking
from warmline.channels.voice import words as w
from warmline.channels.voice.prompt_routes import prompt_routes
from warmline.channels.voice.prompts import Prompts
from warmline.channels.voice.room import VoiceRoom
from warmline.channels.voice.saying import wav
from warmline.channels.voice.saying.espeak import LONGEST_CHARS, Program, Speech, plain, version
from warmline.channels.voice.shelf import GOOD_FOR, PREFIX, Shelf, sound_door
from warmline.conversations.scope import Sight
from warmline.core.words import Malformed, Role
from warmline.engine.clock import WallClock
from warmline.security.audit import Audit
from warmline.web import problems

ADMIN = as_(BORIS, Role.ADMINISTRATOR)
HELLO = w.Sound(text="Hello, this is a test of the voice.", language="en")


@pytest.fixture
async def prompts(tmp_path: Path) -> AsyncGenerator[Prompts]:
    async with open_prompts(tmp_path / "sounds", program=speaking()) as prompts:
        yield prompts


def tone(rate_hz: int, *, channels: int = 1, bits: int = 16, kind: int = 1) -> bytes:
    """A second of 440 Hz as a WAV of some kind."""
    wave_ = 0.4 * np.sin(2 * np.pi * 440 * np.arange(rate_hz) / rate_hz)
    both = np.repeat(wave_, channels)
    if kind == 3:
        data = both.astype(f"<f{bits // 8}").tobytes()
    elif bits == 8:
        data = (both * 127 + 128).astype(np.uint8).tobytes()
    elif bits == 24:
        whole = (both * (2**31 - 1)).astype("<i4").tobytes()
        data = b"".join(whole[at + 1 : at + 4] for at in range(0, len(whole), 4))
    else:
        data = (both * (2 ** (bits - 1) - 1)).astype(f"<i{bits // 8}").tobytes()
    width = channels * bits // 8
    head = struct.pack("<HHIIHH", kind, channels, rate_hz, rate_hz * width, width, bits)
    chunks = b"WAVE" + b"LIST" + struct.pack("<I", 3) + b"abc\x00"
    chunks += b"fmt " + struct.pack("<I", 16) + head + b"data" + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", len(chunks)) + chunks


@pytest.mark.parametrize(
    ("rate_hz", "channels", "bits", "kind"),
    [(8_000, 1, 16, 1), (44_100, 2, 16, 1), (48_000, 2, 24, 1), (22_050, 1, 32, 1),
     (16_000, 1, 8, 1), (48_000, 1, 32, 3), (11_025, 6, 64, 3)],
)  # fmt: skip
def test_any_usual_wav_becomes_one_for_telephones(
    rate_hz: int, channels: int, bits: int, kind: int
):
    made = wav.for_telephones(tone(rate_hz, channels=channels, bits=bits, kind=kind))
    heard = samples(made)
    assert wav.seconds(made) == pytest.approx(1, abs=0.01)
    assert np.argmax(np.abs(np.fft.rfft(heard[:8_000]))) == pytest.approx(440, abs=2)
    assert np.max(np.abs(heard)) == pytest.approx(wav.PEAK * 2**15, rel=0.05)


@pytest.mark.parametrize("kind", [6, 7])
def test_the_laws_of_telephones_are_read(kind: int):
    data = bytes(range(256)) * 20
    head = struct.pack("<HHIIHH", kind, 1, 8_000, 8_000, 1, 8)
    body = b"fmt " + struct.pack("<I", 16) + head + b"data" + struct.pack("<I", len(data)) + data
    found, rate_hz = wav.samples_of(b"RIFF\0\0\0\0WAVE" + body)
    assert rate_hz == 8_000
    assert np.max(found) == pytest.approx(1, abs=0.01)
    assert np.min(found) == pytest.approx(-1, abs=0.01)
    assert len(set(found.tolist())) >= 255


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "not a WAV"),
        (b"ID3\x04" + bytes(500), "not a WAV"),
        (tone(8_000)[:40], "without sound"),
        (tone(8_000, bits=16, kind=85), "not read here"),
        (tone(2_000), "strange rate"),
        (wav.wav(np.zeros(8_000)), "nothing can be heard"),
        (bytes(wav.LARGEST_BYTES + 1), "larger than"),
        (wav.wav(np.ones(8_000 * (wav.LONGEST_S + 1)) * 0.1), "longer than"),
    ],
)
def test_what_is_no_sound_is_refused_with_the_reason(content: bytes, why: str):
    with pytest.raises(Malformed, match=why):
        wav.for_telephones(content)


@given(st.binary(max_size=300), st.integers(0, 60))
def test_broken_files_are_refused_and_nothing_else(noise: bytes, at: int):
    whole = tone(8_000)[:2_000]
    broken = whole[:at] + noise + whole[at + len(noise) :]
    try:
        made = wav.for_telephones(broken)
    except Malformed:
        return
    with wave.open(io.BytesIO(made)) as file:
        assert file.getframerate() == 8_000


async def test_words_are_spoken_in_each_language_and_kept_for_the_next(prompts: Prompts):
    made = {
        tongue: await prompts.wav_of(w.Sound(prompt="recorded", language=tongue)) or b""
        for tongue in ("en", "ru", "pl", "de", "pl-PL")
    }
    assert made["de"] is made["en"]
    assert made["pl-PL"] is made["pl"]
    assert len({made["en"], made["ru"], made["pl"]}) == 3
    assert all(1 < wav.seconds(one) < 10 for one in made.values())


async def test_words_with_a_customers_own_values_are_not_kept(prompts: Prompts):
    own = w.Sound(text="Order 4711.", language="en", passing=True)
    first, second = await prompts.wav_of(own), await prompts.wav_of(own)
    assert first == second
    assert first is not second


async def test_a_recording_comes_first_then_other_words_then_the_words_of_the_flow(
    prompts: Prompts,
):
    name = w.Sound(prompt="welcome", language="pl")
    at_first = await prompts.wav_of(name)
    await prompts.keep_text("welcome", "pl", "Tu sklep z lampami.")
    other = await prompts.wav_of(name)
    assert other == await prompts.wav_of(w.Sound(text="Tu sklep z lampami.", language="pl"))
    assert at_first != other
    await prompts.keep_recording("welcome", "pl", tone(16_000))
    assert await prompts.wav_of(name) == wav.for_telephones(tone(16_000))
    assert await prompts.wav_of(w.Sound(prompt="welcome", language="ru")) not in {other, at_first}
    await prompts.drop("welcome", "pl")
    assert await prompts.wav_of(name) == at_first
    said = w.Sound(prompt="menu-what", text="Naciśnij 1.", language="pl")
    assert await prompts.wav_of(said) == await prompts.wav_of(
        w.Sound(text="Naciśnij 1.", language="pl")
    )
    assert await prompts.wav_of(w.Sound(prompt="menu-what", language="pl")) is None
    with pytest.raises(Malformed, match="standard prompts"):
        await prompts.keep_text("menu-what", "pl", "Coś.")


async def test_without_a_voice_only_recordings_are_heard(tmp_path: Path):
    async with open_prompts(tmp_path / "sounds") as prompts:
        assert await prompts.wav_of(HELLO) is None
        await prompts.keep_recording("welcome", "en", tone(8_000))
        assert await prompts.wav_of(w.Sound(prompt="welcome", language="en")) is not None


@pytest.mark.parametrize("words", ["exit 3", "exec sleep 60", "echo nonsense", "printf ''"])
async def test_a_voice_that_fails_says_nothing(words: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("warmline.channels.voice.saying.espeak.WITHIN_S", 0.3)
    speech = Speech(Program(words=("/bin/sh", "-c", words)), look=lambda: None)
    assert await speech.speak("Hello.", "en") is None
    missing = Speech(Program(words=("/no/such/program",)), look=lambda: None)
    assert await missing.speak("Hello.", "en") is None


async def test_orders_in_a_text_are_only_words(prompts: Prompts, tmp_path: Path):
    """Neither phonemes nor markup nor options nor a shell's words: all of it is read out."""
    victim = tmp_path / "victim"
    text = f'--voices -w {victim} "; touch {victim} $(touch {victim}) <audio src="x"/> [[h@loU]]'
    made = await prompts.wav_of(w.Sound(text=text, language="en"))
    assert made is not None
    assert not victim.exists()
    assert plain("a" * 5_000) == "a" * LONGEST_CHARS
    assert "eSpeak NG" in (version(speaking()) or "")
    assert version(Program(words=("/no/such/program",))) is None


async def test_an_address_is_signed_and_good_for_a_while():
    clock = WallClock()
    shelf = Shelf(clock)
    address = shelf.address(b"sound")
    assert shelf.address(b"sound") == address
    app = FastAPI()
    app.include_router(sound_door(shelf))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://center"
    ) as exchange:
        answer = await exchange.get(address)
        assert (answer.content, answer.headers["content-type"]) == (b"sound", "audio/wav")
        ticket, _, key = address.removeprefix(f"{PREFIX}/").partition("/")
        until, _, signed = ticket.partition("-")
        for wrong in (
            f"{int(until) + GOOD_FOR}-{signed}/{key}",
            f"{until}-{'0' * 32}/{key}",
            f"{ticket}/{'0' * 32}.wav",
        ):
            assert (await exchange.get(f"{PREFIX}/{wrong}")).status_code == 404
        assert (await exchange.get(f"{PREFIX}/../..%2fetc/{key}")).status_code in {404, 422}
    late = Shelf(clock)
    late.address(b"sound")
    assert late.take(ticket, key.removesuffix(".wav")) is None


@pytest.fixture
async def desk(office: Office, prompts: Prompts) -> AsyncGenerator[httpx.AsyncClient]:
    house = office.house
    app = FastAPI()
    problems.install(app)
    room = VoiceRoom(
        voices=(house.voice,),
        needs=Header(),
        sight=Sight(house.database, SITE, house.engine, TeamNames()),
        audit=Audit(house.database, SITE, house.clock).row,
    )
    app.include_router(prompt_routes(prompts, room))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://center"
    ) as client:
        yield client


async def test_an_administrator_hears_records_and_rewords_prompts(
    desk: httpx.AsyncClient, prompts: Prompts
):
    async def flows() -> dict[str, dict[str, str]]:
        return {"menu-what": {"en": "Press 1."}}

    prompts.said = flows
    listed = (await desk.get("/voice/prompts", headers=ADMIN)).json()
    assert listed["speaks"] == ["en", "ru", "pl"]
    found = {(one["name"], one["language"]): one for one in listed["prompts"]}
    assert found["menu-what", "en"] == {
        "name": "menu-what", "of": "flow", "language": "en", "text": "Press 1.",
        "recorded": False, "changed": False,
    }  # fmt: skip
    heard = await desk.get("/voice/prompts/menu-what/en/sound", headers=ADMIN)
    spoken = await prompts.wav_of(w.Sound(text="Press 1.", language="en"))
    assert heard.content == spoken
    file = {"file": ("hello.wav", tone(16_000), "audio/wav")}
    url = "/voice/prompts/menu-what/en"
    kept = await desk.put(f"{url}/recording", files=file, headers=ADMIN)
    assert kept.json() == {"seconds": 1.0}
    heard = await desk.get(f"{url}/sound", headers=ADMIN)
    assert share_heard(samples(heard.content).astype(np.int16), samples(kept_sound())) == 1
    wrong = {"file": ("hello.mp3", b"ID3", "audio/mpeg")}
    refused = await desk.put(f"{url}/recording", files=wrong, headers=ADMIN)
    assert refused.status_code == 400
    assert [one["code"] for one in refused.json()["errors"]] == ["no_wav"]
    other = await desk.put("/voice/prompts/thanks/ru", json={"text": "Пока!"}, headers=ADMIN)
    assert other.status_code == 204
    assert (await desk.delete(url, headers=ADMIN)).status_code == 204
    listed = (await desk.get("/voice/prompts", headers=ADMIN)).json()["prompts"]
    assert [one["text"] for one in listed if one["changed"]] == ["Пока!"]
    assert (await desk.get("/voice/prompts/no-such/en/sound", headers=ADMIN)).status_code == 404


def kept_sound() -> bytes:
    return wav.for_telephones(tone(16_000))


async def test_the_tone_needs_no_voice(tmp_path: Path):
    async with open_prompts(tmp_path / "sounds") as prompts:
        heard = samples(await prompts.wav_of(w.Sound(prompt="tone", language="pl")) or b"")
        assert np.argmax(np.abs(np.fft.rfft(heard))) == 1_000 * len(heard) // 8_000
        assert abs(heard[0]) < 100
