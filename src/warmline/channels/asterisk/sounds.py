"""What a leg hears from us and keys in: prompts, and the digits that are collected."""

import asyncio
import re
from collections import deque
from itertools import groupby

from warmline.channels.asterisk.ari import path
from warmline.channels.asterisk.board import Board, Collecting, Leg, Playing
from warmline.channels.asterisk.fetching import Fetching
from warmline.channels.voice import words as w

REMEMBERED = 1_000
"""So many of what was played in rooms are known, so that what is said again is done once."""
_PROMPT = re.compile(r"[\w-]+(/[\w-]+)*", re.ASCII)
_DIGITS = re.compile(r"[0-9*#A-D]{1,64}")


class Sounds:
    """Prompts and digits."""

    def __init__(self, board: Board, fetching: Fetching) -> None:
        self._board = board
        self._fetching = fetching
        self._in_rooms: deque[w.PlayId] = deque(maxlen=REMEMBERED)

    async def play(self, leg: Leg, command: w.Play) -> w.Outcome:
        """Play sounds one after another; what is played now falls silent."""
        if leg.playing is not None and leg.playing.asked.play == command.play:
            return w.Outcome.DONE
        groups: list[tuple[str, tuple[str, ...]]] = []
        for language, sounds in groupby(command.sounds, key=lambda sound: sound.language):
            medias = [await self._media(sound) for sound in sounds]
            if found := tuple(media for media in medias if media is not None):
                groups.append((language, found))
        if not groups:
            return w.Outcome.UNSUPPORTED
        if leg.playing is not None:
            await self.stop(leg, leg.playing.asked.play)
        leg.playing = Playing(asked=command, groups=groups)
        done = await self._play_next(leg, leg.playing)
        if done is not w.Outcome.DONE:
            leg.playing = None
        return done

    async def in_room(self, bridge: str, command: w.PlayInRoom) -> w.Outcome:
        """Play sounds to all in a bridge; Asterisk mixes them in, and tells us nothing we need."""
        if command.play in self._in_rooms:
            return w.Outcome.DONE
        medias = [await self._media(sound) for sound in command.sounds]
        found = [media for media in medias if media is not None]
        if not found:
            return w.Outcome.UNSUPPORTED
        where = path("bridges", bridge, "play", command.play)
        language = command.sounds[0].language
        done = await self._board.outcome("POST", where, media=",".join(found), lang=language)
        if done is w.Outcome.DONE:
            self._in_rooms.append(command.play)
        return done

    async def _media(self, sound: w.Sound) -> str | None:
        named = sound.prompt is None or _PROMPT.fullmatch(sound.prompt)
        return await self._fetching.media(sound) if named else None

    async def stop(self, leg: Leg, play: w.PlayId) -> w.Outcome:
        """Fall silent."""
        playing = leg.playing
        if playing is None or playing.asked.play != play:
            return w.Outcome.GONE
        playing.groups.clear()
        done = await self._board.outcome("DELETE", path("playbacks", playing.id))
        self._over(leg, playing)
        return w.Outcome.DONE if done is w.Outcome.GONE else done

    async def send(self, leg: Leg, digits: str) -> w.Outcome:
        """Send digits out."""
        if not _DIGITS.fullmatch(digits):
            return w.Outcome.FAILED
        return await self._board.outcome("POST", path("channels", leg.id, "dtmf"), dtmf=digits)

    async def finished(self, leg: Leg, playback: str) -> None:
        """Asterisk has played a group to its end, or could not play it."""
        playing = leg.playing
        if playing is None or playing.id != playback:
            return
        if not playing.groups or await self._play_next(leg, playing) is not w.Outcome.DONE:
            self._over(leg, playing)

    async def _play_next(self, leg: Leg, playing: Playing) -> w.Outcome:
        language, medias = playing.groups.pop(0)
        playing.turn += 1
        return await self._board.outcome(
            "POST",
            path("channels", leg.id, "play", playing.id),
            media=",".join(medias),
            lang=language,
        )

    def _over(self, leg: Leg, playing: Playing) -> None:
        if leg.playing is playing:
            leg.playing = None
            event = w.Played(at=self._board.clock.now(), leg=leg.id, play=playing.asked.play)
            self._board.tell(event)

    # Digits

    def collect(self, leg: Leg, command: w.Collect) -> w.Outcome:
        """Take digits from now on."""
        now = leg.collecting
        if now is not None and now.asked.collect == command.collect:
            return w.Outcome.DONE
        if now is not None and now.timer is not None:
            now.timer.cancel()
        leg.collecting = Collecting(asked=command)
        self._until(leg, leg.collecting, command.first_ms)
        return w.Outcome.DONE

    def pressed(self, leg: Leg, digit: str) -> None:
        """A key of which the center may know."""
        self._board.tell(w.DigitPressed(at=self._board.clock.now(), leg=leg.id, digit=digit))
        if leg.playing is not None and leg.playing.asked.stop_on_digit:
            self._board.spawn(self._silence(leg, leg.playing.asked.play))
        collecting = leg.collecting
        if collecting is None:
            return
        if digit == collecting.asked.ending:
            self._collected(leg, collecting)
            return
        collecting.digits += digit
        if len(collecting.digits) >= collecting.asked.most:
            self._collected(leg, collecting)
        else:
            self._until(leg, collecting, collecting.asked.between_ms)

    async def _silence(self, leg: Leg, play: w.PlayId) -> None:
        await self.stop(leg, play)

    def _until(self, leg: Leg, collecting: Collecting, ms: int) -> None:
        if collecting.timer is not None:
            collecting.timer.cancel()
        loop = asyncio.get_running_loop()
        collecting.timer = loop.call_later(ms / 1_000, self._collected, leg, collecting)

    def _collected(self, leg: Leg, collecting: Collecting) -> None:
        if leg.collecting is not collecting or leg.id not in self._board.legs:
            return
        leg.collecting = None
        if collecting.timer is not None:
            collecting.timer.cancel()
        self._board.tell(
            w.Collected(
                at=self._board.clock.now(),
                leg=leg.id,
                collect=collecting.asked.collect,
                digits=collecting.digits,
            )
        )
