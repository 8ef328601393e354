"""Sees that the matcher does not come back, and interrupts it: a thread beside the writer's."""

import signal
import threading
import time
from collections.abc import Callable

import structlog

from warmline.core.fallback import MatcherHung
from warmline.core.state import Center, Waiting

log = structlog.get_logger()

LIMIT_S = 0.5
"""One decision takes microseconds; one that takes this long will not come back."""
LOOK_S = 0.1
_SIGNAL: signal.Signals | None = getattr(signal, "SIGVTALRM", None)

_watching: list["Watchdog"] = []


def _rung(_signal: int, _frame: object) -> None:
    for watchdog in tuple(_watching):
        watchdog.interrupt()


class Watchdog:
    """Watches the matcher of one center, which decides in the main thread.

    A signal has its turn between two instructions of the main thread, so `MatcherHung` comes out of
    the matcher as if it had raised it. While `matching` is even, and when it has moved on since the
    thread looked, nothing is raised.
    """

    def __init__(self, center: Callable[[], Center | None]) -> None:
        self._center = center
        self._target: tuple[Waiting, int] | None = None
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to watch; only the main thread can be interrupted."""
        if _SIGNAL is None or threading.current_thread() is not threading.main_thread():
            log.warning("watchdog_off", cause="not the main thread of a system with signals")
            return
        if not _watching:
            signal.signal(_SIGNAL, _rung)
        _watching.append(self)
        self._stopping.clear()
        self._thread = threading.Thread(target=self._watch, name="watchdog", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Watch no more."""
        if self._thread is not None:
            self._stopping.set()
            self._thread.join()
            self._thread = None
            _watching.remove(self)

    def interrupt(self) -> None:
        """Raise `MatcherHung` when the decision that takes too long is still under way."""
        target, self._target = self._target, None
        if target is not None and target[0].matching == target[1]:
            raise MatcherHung

    def _watch(self) -> None:
        seen: tuple[Waiting, int] | None = None
        since = time.monotonic()
        while not self._stopping.wait(LOOK_S):
            now = time.monotonic()
            found = self._under_way()
            if found is None or seen is None or found[0] is not seen[0] or found[1] != seen[1]:
                seen, since = found, now
            elif now - since >= LIMIT_S:
                since = now
                self._target = found
                self._ring()

    def _under_way(self) -> tuple[Waiting, int] | None:
        center = self._center()
        if center is None:
            return None
        waiting = center.waiting
        number = waiting.matching
        return (waiting, number) if number % 2 else None

    @staticmethod
    def _ring() -> None:
        main = threading.main_thread().ident
        assert main is not None
        assert _SIGNAL is not None
        signal.pthread_kill(main, _SIGNAL)
