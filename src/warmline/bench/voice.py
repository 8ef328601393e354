"""How fast the next agent's telephone rings, over a real Asterisk and beside its own queue."""

import asyncio
import tempfile
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypedDict

from warmline.bench.center import CALLS, prepare
from warmline.bench.server import Server, cpu_s
from warmline.bench.voice_exchange import MeasuredExchange, NotFetched
from warmline.bench.voice_load import Heard, Load, Telephones
from warmline.config import Settings

__all__ = ["NotFetched", "VoiceFigures", "measure"]

SMALL, MIDDLE, LARGE = 20, 100, 300
"""How many agents there are, by measurement."""
IDLE_PER_S, IDLE_HOLDS_MS = 10.0, 3_000
WAITING_PER_S, WAITING_HOLDS_MS = 10.0, 5_000
"""Fifty callers at once for twenty agents: thirty wait."""
GROWTH_PER_S, GROWTH_HOLDS_MS = 5.0, 2_000
FASTER_PER_S = 20
FAST_HOLDS_MS = 2_000
HELD_HOLDS_MS = 10_000
WARM_UP = 10
KNEE_MS = 1_000.0
"""A rate at which one in a hundred waits longer than this for an idle agent is not held."""


class VoiceFigures(TypedDict):
    """What `warmline bench voice` prints."""

    waiting_p50_ms: float
    waiting_p99_ms: float
    app_queue_waiting_p50_ms: float
    app_queue_waiting_p99_ms: float
    idle_p50_ms: float
    idle_p99_ms: float
    app_queue_idle_p50_ms: float
    app_queue_idle_p99_ms: float
    idle_p50_ms_20_agents: float
    idle_p50_ms_300_agents: float
    app_queue_idle_p50_ms_20_agents: float
    app_queue_idle_p50_ms_300_agents: float
    calls_per_s: float
    app_queue_calls_per_s: float
    not_held_per_s: float | None
    talks_with_sound: int
    failed: int
    app_queue_failed: int
    cpu_ms_per_call: float
    asterisk_cpu_ms_per_call: float
    app_queue_cpu_ms_per_call: float


def measure(*, seconds: float = 15.0, fastest: int = 100, held: int = 200) -> VoiceFigures:
    """The whole center with its log on disk, beside `app_queue` on the same exchange.

    *Waiting*: from the moment an agent is free (BYE) to the next INVITE at that agent's telephone,
    while thirty callers wait. *Idle*: from a caller's INVITE to the agent's telephone ringing. Both
    are seen by the telephones themselves (SIPp), which run on this machine too. `calls_per_s` is
    the highest rate, in steps of twenty up to `fastest`, at which no call failed, and `failed`
    counts those of all rates up to it; `talks_with_sound` are held at once, each with 50 packets a
    second both ways. The processor time of a call is the center's alone; Asterisk's stands beside.
    """
    with tempfile.TemporaryDirectory(prefix="warmline-voice-", ignore_cleanup_errors=True) as name:
        stage = _Stage(Path(name), seconds)
        try:
            stage.exchange.start()
            return _figures(stage, fastest=fastest, held=held)
        finally:
            stage.exchange.stop()


class _Stage:
    """The exchange, its telephones, and centers of several sizes one after another."""

    def __init__(self, folder: Path, seconds: float) -> None:
        self._folder, self._seconds = folder, seconds
        self.exchange = MeasuredExchange(folder / "asterisk", agents=LARGE)
        self._telephones = Telephones(
            folder / "telephones",
            sip_port=self.exchange.exchange.sip_port,
            phones_port=self.exchange.phones_port,
        )
        self._centers = 0

    @contextmanager
    def center(self, agents: int) -> "Generator[_Taker]":
        """A center with so many idle agents takes the calls."""
        self._centers += 1
        settings = Settings(data=self._folder / f"center-{self._centers}" / "data")
        asyncio.run(prepare(settings, agents=agents))
        server = Server(settings.data, told=self.exchange.settings)
        server.start()
        try:
            self.exchange.wait_for("/applications/warmline")
            yield _Taker(self, CALLS, server)
        finally:
            server.stop()

    def peer(self, agents: int) -> "_Taker":
        """The exchange's own queue with so many idle agents takes the calls."""
        return _Taker(self, f"peer{agents}", None)

    def call(self, called: str, rate: float, *, holds_ms: int, **more: int | bool) -> Heard:
        """Calls at this rate for as long as is measured, after a few that count for nothing."""
        calls = int(more.get("calls", rate * (self._seconds + int(more.get("before_s", 0)))))
        warm = Load(called=called, rate_per_s=5, calls=WARM_UP, holds_ms=500)
        self._telephones.call(warm)
        return self._telephones.call(
            Load(
                called=called,
                rate_per_s=rate,
                calls=calls,
                holds_ms=holds_ms,
                sound=bool(more.get("sound")),
            )
        )


class _Taker:
    """Whoever takes the calls to a number."""

    def __init__(self, stage: _Stage, called: str, server: Server | None) -> None:
        self._stage, self._called, self._server = stage, called, server
        self.failed = 0

    def idle(self, rate: float = IDLE_PER_S, holds_ms: int = IDLE_HOLDS_MS) -> list[float]:
        """How long callers waited for the telephone of an idle agent to ring."""
        heard = self._stage.call(self._called, rate, holds_ms=holds_ms)
        self.failed += heard.failed()
        return heard.ringing_ms()

    def waiting(self) -> list[float]:
        """How long agents who got free were without the next caller, while some waited."""
        filling_s = WAITING_HOLDS_MS // 1_000
        heard = self._stage.call(
            self._called, WAITING_PER_S, holds_ms=WAITING_HOLDS_MS, before_s=filling_s
        )
        # Whoever leaves the line unserved is as it is meant to be: thirty wait for three seconds.
        self.failed += len(heard.called.keys() - heard.done)
        times = sorted(heard.called.values())
        return heard.idle_ms(begun=times[0] + filling_s, until=times[-1])

    def fastest(self, most: int) -> tuple[float, float | None]:
        """The highest rate at which no call failed, and the first at which one did."""
        best = 0.0
        for rate in range(FASTER_PER_S, most + 1, FASTER_PER_S):
            heard = self._stage.call(self._called, rate, holds_ms=FAST_HOLDS_MS)
            if heard.failed() or percentile(heard.ringing_ms(), 0.99) > KNEE_MS:
                return best, float(rate)
            best = round(len(heard.called) / _lasted(heard), 1)
        return best, None

    def holds(self, talks: int) -> int:
        """How many talks with sound went on at once, when none of them failed; else 0."""
        if not talks:
            return 0
        rate = talks / HELD_HOLDS_MS * 1_000
        heard = self._stage.call(
            self._called, rate, holds_ms=HELD_HOLDS_MS, calls=round(1.5 * talks), sound=True
        )
        self.failed += heard.failed()
        return 0 if heard.failed() else talks

    def costing(self, work: Callable[[], list[float]]) -> tuple[list[float], float, float]:
        """What was measured, and the processor time of a call in ms: the center's, Asterisk's."""
        ours, theirs = self._used_s()
        found = work()
        ours_now, theirs_now = self._used_s()
        calls = max(1, len(found)) + WARM_UP
        return found, 1_000 * (ours_now - ours) / calls, 1_000 * (theirs_now - theirs) / calls

    def _used_s(self) -> tuple[float, float]:
        ours = cpu_s(self._server.pid) if self._server is not None else 0.0
        return ours, cpu_s(self._stage.exchange.pid)


def _figures(stage: _Stage, *, fastest: int, held: int) -> VoiceFigures:
    peer = stage.peer(SMALL)
    with stage.center(SMALL) as ours:
        waiting = ours.waiting()
        few = ours.idle(GROWTH_PER_S, GROWTH_HOLDS_MS)
    failed = ours.failed
    peer_waiting, peer_few = peer.waiting(), peer.idle(GROWTH_PER_S, GROWTH_HOLDS_MS)
    peer_failed, peer = peer.failed, stage.peer(MIDDLE)
    with stage.center(MIDDLE) as ours:
        idle, cpu_ms, asterisk_ms = ours.costing(ours.idle)
    failed += ours.failed
    peer_idle, _, peer_ms = peer.costing(peer.idle)
    peer_failed, peer = peer_failed + peer.failed, stage.peer(LARGE)
    with stage.center(LARGE) as ours:
        many = ours.idle(GROWTH_PER_S, GROWTH_HOLDS_MS)
        talks = ours.holds(held)
        rate, knee = ours.fastest(fastest)
    peer_many = peer.idle(GROWTH_PER_S, GROWTH_HOLDS_MS)
    peer_rate, _ = peer.fastest(fastest)
    return VoiceFigures(
        waiting_p50_ms=median(waiting),
        waiting_p99_ms=percentile(waiting, 0.99),
        app_queue_waiting_p50_ms=median(peer_waiting),
        app_queue_waiting_p99_ms=percentile(peer_waiting, 0.99),
        idle_p50_ms=median(idle),
        idle_p99_ms=percentile(idle, 0.99),
        app_queue_idle_p50_ms=median(peer_idle),
        app_queue_idle_p99_ms=percentile(peer_idle, 0.99),
        idle_p50_ms_20_agents=median(few),
        idle_p50_ms_300_agents=median(many),
        app_queue_idle_p50_ms_20_agents=median(peer_few),
        app_queue_idle_p50_ms_300_agents=median(peer_many),
        calls_per_s=rate,
        app_queue_calls_per_s=peer_rate,
        not_held_per_s=knee,
        talks_with_sound=talks,
        failed=failed + ours.failed,
        app_queue_failed=peer_failed + peer.failed,
        cpu_ms_per_call=round(cpu_ms, 1),
        asterisk_cpu_ms_per_call=round(asterisk_ms, 1),
        app_queue_cpu_ms_per_call=round(peer_ms, 1),
    )


def median(times: Sequence[float]) -> float:
    """The middle of them in ms."""
    return percentile(times, 0.5)


def percentile(times: Sequence[float], share: float) -> float:
    """What this share of sorted times did not pass, in ms."""
    if not times:
        raise RuntimeError("No agent's telephone rang: nothing was measured.")
    return round(times[min(int(len(times) * share), len(times) - 1)], 2)


def _lasted(heard: Heard) -> float:
    times = sorted(heard.called.values())
    return max(times[-1] - times[0], 0.001)
