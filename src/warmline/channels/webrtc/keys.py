"""Keys that are pressed on a page: each is told, and some are collected to a number."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from warmline.channels.voice.words import Collect, Collected, CollectId, DigitPressed, LegId
from warmline.channels.voice.words import VoiceEvent as Event
from warmline.core.words import SECOND, Millis
from warmline.ports import Clock

KEYS = frozenset("0123456789*#")


@dataclass(slots=True)
class _Collecting:
    asked: Collect
    digits: str = ""
    timer: asyncio.TimerHandle | None = None


class Keys:
    """What is being keyed in on the legs of one network."""

    def __init__(self, clock: Clock, tell: Callable[[Event], None]) -> None:
        self._clock, self._tell = clock, tell
        self._of: dict[LegId, _Collecting] = {}

    def collect(self, asked: Collect) -> None:
        """Take digits from now on; said twice it is one."""
        now = self._of.get(asked.leg)
        if now is not None and now.asked.collect == asked.collect:
            return
        self.forget(asked.leg)
        self._of[asked.leg] = now = _Collecting(asked)
        self._wait(now, asked.first_ms)

    def pressed(self, leg: LegId, digit: str) -> None:
        """Somebody pressed a key."""
        self._tell(DigitPressed(at=self._clock.now(), leg=leg, digit=digit))
        now = self._of.get(leg)
        if now is None:
            return
        if digit == now.asked.ending:
            self._done(now)
            return
        now.digits += digit
        if len(now.digits) >= now.asked.most:
            self._done(now)
        else:
            self._wait(now, now.asked.between_ms)

    def forget(self, leg: LegId) -> None:
        """Nothing is collected there any more."""
        now = self._of.pop(leg, None)
        if now is not None and now.timer is not None:
            now.timer.cancel()

    def collects(self, leg: LegId) -> CollectId | None:
        """What is collected there now."""
        now = self._of.get(leg)
        return None if now is None else now.asked.collect

    def _wait(self, now: _Collecting, ms: Millis) -> None:
        if now.timer is not None:
            now.timer.cancel()
        now.timer = asyncio.get_running_loop().call_later(ms / SECOND, self._done, now)

    def _done(self, now: _Collecting) -> None:
        leg, id_ = now.asked.leg, now.asked.collect
        self.forget(leg)
        self._tell(Collected(at=self._clock.now(), leg=leg, collect=id_, digits=now.digits))
