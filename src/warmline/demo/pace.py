"""How fast the simulated people live; the center's own clock goes on as ever."""

import asyncio
from typing import Literal

from warmline.core.words import SECOND, Millis

Speed = Literal[0, 1, 5]


class Pace:
    """The speed of the demonstration: 0 lets nobody new come, 1 is life, 5 is five times that.

    Who is talking already goes on at 0 as at 1, so that nobody is left in the middle of a word.
    """

    def __init__(self, speed: Speed = 1) -> None:
        self._speed: Speed = speed
        self._changed = asyncio.Event()

    @property
    def speed(self) -> Speed:
        """The speed now."""
        return self._speed

    def change(self, speed: Speed) -> None:
        """Go on at another speed; who sleeps, sleeps on at that one."""
        if speed != self._speed:
            self._speed = speed
            self._changed.set()
            self._changed = asyncio.Event()

    def shortened(self, length: Millis) -> float:
        """A stretch of simulated time in real seconds, at the speed now."""
        return length / SECOND / max(1, self._speed)

    async def sleep(self, length: Millis, *, stops: bool = False) -> None:
        """Sleep through a stretch of simulated time; with `stops` it does not pass at speed 0."""
        loop = asyncio.get_running_loop()
        left = float(length)
        while left > 0:
            changed, speed = self._changed, self._speed
            if stops and speed == 0:
                await changed.wait()
                continue
            rate = max(1, speed)
            began = loop.time()
            try:
                async with asyncio.timeout(left / SECOND / rate):
                    await changed.wait()
            except TimeoutError:
                return
            left -= (loop.time() - began) * SECOND * rate
