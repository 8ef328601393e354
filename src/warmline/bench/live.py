"""How long from a customer's key to the agent's screen, through a real server and real sockets."""

import asyncio
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import IO, TypedDict

from warmline.bench.center import prepare
from warmline.bench.live_client import Seen, Wanted
from warmline.bench.server import Server, cpu_s, memory_mb
from warmline.config import Settings


class LiveFigures(TypedDict):
    """What `warmline bench live` prints."""

    p50_ms: float
    p99_ms: float
    agents: int
    rate_per_s: float
    cpu_pct: float
    rss_mb: float


def measure(*, agents: int = 2000, rate: float = 200.0, seconds: float = 15.0) -> LiveFigures:
    """Chats arrive over HTTP at `rate` a second; each agent has a socket, accepts and ends.

    From pressing the key to the `Offered` frame on that agent's socket, so the way over HTTP, the
    append to disk and the way to the client are all in it; an offer that never came counts as
    infinite. Processor and memory are the server's.
    """
    with tempfile.TemporaryDirectory(prefix="warmline-bench-") as folder:
        settings = Settings(data=Path(folder) / "data")
        seats = asyncio.run(prepare(settings, agents=agents))
        server = Server(settings.data)
        server.start()
        try:
            wanted = Wanted(
                port=server.port,
                seats=[(seat.token, seat.csrf) for seat in seats],
                rate_per_s=rate,
                seconds=seconds,
            )
            seen, cpu_pct, rss_mb = _run_client(server.pid, wanted)
        finally:
            server.stop()
    waits = sorted(seen["waits_ms"])
    if seen["refused"]:
        print(f"{seen['refused']} requests were refused", file=sys.stderr)
    return LiveFigures(
        p50_ms=round(waits[len(waits) // 2], 2),
        p99_ms=round(waits[int(len(waits) * 0.99)], 2),
        agents=agents,
        rate_per_s=rate,
        cpu_pct=round(cpu_pct, 1),
        rss_mb=round(rss_mb, 1),
    )


def _run_client(server: int, wanted: Wanted) -> tuple[Seen, float, float]:
    words = [sys.executable, "-m", "warmline.bench.live_client"]
    with subprocess.Popen(  # noqa: S603 - this program itself
        words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as client:
        assert client.stdin is not None
        assert client.stdout is not None
        client.stdin.write(json.dumps(wanted))
        client.stdin.close()
        _expect(client.stdout, "connected")
        began, used = time.perf_counter(), cpu_s(server)
        _expect(client.stdout, "measured")
        cpu_pct = 100 * (cpu_s(server) - used) / (time.perf_counter() - began)
        rss_mb = memory_mb(server)
        return json.loads(client.stdout.readline()), cpu_pct, rss_mb


def _expect(lines: IO[str], word: str) -> None:
    line = lines.readline().strip()
    if line != word:
        raise RuntimeError(f"the client said {line!r} instead of {word!r}")
