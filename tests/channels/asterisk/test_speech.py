"""Words that are spoken to callers over a real Asterisk, which fetches them from the center."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.channels.asterisk.floor import Floor, open_floor
from tests.channels.asterisk.telephones import AsteriskPhones, HeardPhone
from tests.channels.asterisk.test_talks import sip
from tests.channels.voice.sounds import served
from tests.contracts.house import SITE, until
from tests.contracts.phones import Center, center_of, hears
from tests.flows.house import Fitted
from tests.services import tones
from tests.services.speech import recognised
from warmline.channels.asterisk.network import AsteriskNetwork
from warmline.channels.voice import tables
from warmline.channels.voice import words as w
from warmline.channels.voice.announcing import Announcements
from warmline.channels.voice.prompts import Prompts
from warmline.channels.voice.saying import languages, wav
from warmline.core.words import InboxId, InteractionId
from warmline.engine.clock import WallClock

LEAST = 0.75
"""The share of a sound that must be heard of it."""
LITTLE = 0.35
"""Less than this of another one may be: words like "in the line" are in several."""
FRAMES = 15
"""After so many packets more it is looked again: it costs more than to wait."""
MENU = """\
flow: ask
name: Ask
media: [voice]
inboxes: [calls]
languages: [en, pl, ru]
start: speak
fallback: anybody
steps:
  speak:
    set: {language: pl}
    next: what
  what:
    menu: {en: Press 1., pl: "Naciśnij 2.", ru: "Нажмите 3."}
    choices:
      2: {next: number}
    wait: 30 s
    otherwise: anybody
  number:
    collect: order
    words: {en: Order., pl: Podaj numer., ru: Номер.}
    least: 2
    most: 2
    confirm: {en: "{order}?", pl: "Czy {order}?", ru: "{order}?"}
    next: anybody
    otherwise: anybody
  anybody: {queue: talks}
"""


@pytest.fixture
async def prompts(tmp_path: Path) -> AsyncGenerator[Prompts]:
    async with served(tmp_path / "sounds") as prompts:
        yield prompts


@pytest.fixture
def speaking(exchange: AsteriskPhones, prompts: Prompts) -> AsteriskPhones:
    """The exchange, which can fetch what is spoken."""
    told = exchange.exchange.exchange
    exchange.network = AsteriskNetwork(
        f"http://127.0.0.1:{exchange.relay.port}",
        user=told.user,
        password=told.password,
        clock=WallClock(),
        heard=prompts,
    )
    return exchange


@asynccontextmanager
async def calling(speaking: AsteriskPhones) -> AsyncGenerator[tuple[Center, w.LegId, HeardPhone]]:
    """Somebody who called and was answered."""
    async with center_of(speaking) as center:
        leg, phone = await center.incoming()
        yield center, leg, sip(phone)


class Ear:
    """All that a telephone hears from now on."""

    def __init__(self, phone: HeardPhone) -> None:
        self._taken: list[NDArray[np.int16]] = []
        self._looked_at = 0
        phone.phone.sound.listeners.append(self._taken.append)

    def heard(self) -> NDArray[np.int16]:
        return np.concatenate([np.zeros(0, np.int16), *self._taken])

    async def hears(self, sounds: dict[str, bytes], name: str) -> None:
        """Returns once one of the sounds was heard; the others were not."""

        def is_heard() -> bool:
            if len(self._taken) < self._looked_at + FRAMES:
                return False
            self._looked_at = len(self._taken)
            return recognised(self.heard(), {name: sounds[name]})[name] >= LEAST

        await until(name, is_heard)
        others = {other: sound for other, sound in sounds.items() if other != name}
        assert max(recognised(self.heard(), others).values(), default=0) < LITTLE


async def play(center: Center, leg: w.LegId, *sounds: w.Sound) -> None:
    """Returns when they were played to the end."""
    id_ = w.PlayId(str(uuid4()))
    await center.does(w.Play(leg=leg, play=id_, sounds=sounds))
    await center.next(w.Played, play=id_)


async def test_a_standard_prompt_is_heard_in_each_language(
    speaking: AsteriskPhones, prompts: Prompts
):
    said = {tongue: w.Sound(prompt="recorded", language=tongue) for tongue in languages.TONGUES}
    sounds = {tongue: await prompts.wav_of(one) or b"" for tongue, one in said.items()}
    async with calling(speaking) as (center, leg, phone):
        for tongue, one in said.items():
            ear = Ear(phone)
            await play(center, leg, one)
            await ear.hears(sounds, tongue)


async def test_a_sound_of_the_centers_own_is_heard_on_any_exchange(
    speaking: AsteriskPhones, prompts: Prompts
):
    """An upload, the key of a blob, words, and Asterisk's own file: one after another."""
    tone = {hertz: wav.wav(tones.sine(hertz, 8_000) / 2**15) for hertz in (2_100, 2_300)}
    await prompts.keep_recording("welcome", "pl", tone[2_100])
    blob = await prompts.keep_blob(tone[2_300])
    async with calling(speaking) as (center, leg, phone):
        for sound, hertz in (
            (w.Sound(prompt="welcome", language="pl"), 2_100),
            (w.Sound(blob=blob), 2_300),
            (w.Sound(prompt="greeting", language="pl", text="Nie to."), 1_900),
        ):
            ear = Ear(phone)
            await play(center, leg, sound)
            middle = ear.heard()[1_600:3_200]
            assert tones.heard(middle, (1_900, 2_100, 2_300)) == {hertz}


@pytest.fixture
async def floor(tmp_path: Path, speaking: AsteriskPhones) -> AsyncGenerator[Floor]:
    async with open_floor(tmp_path / "data", speaking) as floor:
        yield floor


async def test_a_menu_speaks_the_callers_language_and_reads_back_what_was_keyed_in(
    floor: Floor, prompts: Prompts
):
    fitted = Fitted(floor.house)
    floor.house.voice.treat(fitted.runs)
    await fitted.publish("ask", MENU)
    texts = {"en": "Press 1.", "pl": "Naciśnij 2.", "ru": "Нажмите 3."}
    sounds = {
        tongue: await prompts.wav_of(w.Sound(text=text, language=tongue)) or b""
        for tongue, text in texts.items()
    }
    _, phone = await floor.calls()
    ear = Ear(phone)
    await ear.hears(sounds, "pl")
    await phone.presses("2")
    await phone.presses("47")
    one_by_one = await prompts.wav_of(w.Sound(text="Czy 4 7?", language="pl")) or b""
    as_a_number = await prompts.wav_of(w.Sound(text="Czy 47?", language="pl")) or b""
    await ear.hears({"order": one_by_one}, "order")
    assert recognised(ear.heard(), {"number": as_a_number})["number"] < LEAST


async def test_who_waits_is_told_the_place_over_music_and_then_answered_at_once(
    floor: Floor, prompts: Prompts
):
    async with floor.house.database.write() as connection:
        for language, called in (("ru", "first"), ("pl", "second")):
            await connection.execute(
                tables.line_kept(
                    SITE, "asterisk", called, inbox=InboxId("calls"), language=language,
                    recorded=False, announce="position", announce_first_s=0, announce_every_s=None,
                )
            )  # fmt: skip
    house = floor.house
    announcements = Announcements(
        voices=[house.voice], line=house.lines, state=house.engine, clock=house.clock
    )
    sounds = {
        f"{tongue} {place}": await prompts.wav_of(
            w.Sound(text=languages.position(place, tongue), language=tongue)
        )
        or b""
        for tongue in languages.TONGUES
        for place in (1, 2)
    }
    waiting: list[tuple[InteractionId, HeardPhone]] = []
    for called in ("first", "second"):
        waiting.append(await floor.calls(called))
        await hears(waiting[-1][1], "music")
    ears = [Ear(phone) for _, phone in waiting]
    await announcements.look()
    await ears[0].hears(sounds, "ru 1")
    await ears[1].hears(sounds, "pl 2")
    await hears(waiting[1][1], "music")
    await announcements.look()
    anna = await floor.comes()
    await anna.rings()
    await anna.answers()
    await hears(waiting[0][1], anna)
