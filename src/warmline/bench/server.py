"""A real server as a process of its own: started, watched and killed by a measurement."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from urllib.error import URLError
from urllib.request import urlopen

LOOPBACK = "127.0.0.1"
LONGEST_START_S = 60.0
LOOK_EVERY_S = 0.01
_MANY = "1000000000"
_ENVIRONMENT = {
    "WARMLINE_CHAT_STARTS_PER_MINUTE": _MANY,
    "WARMLINE_CHAT_MESSAGES_PER_MINUTE": _MANY,
    "WARMLINE_MOOD": "off",  # its own process has a measurement of its own
}
"""All customers of a measurement come from one address."""


_NOTHING: Mapping[str, str] = MappingProxyType({})


def free_port() -> int:
    """A port that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return probe.getsockname()[1]


class Server:
    """One `warmline run` over one data folder; its ports stay the same over restarts."""

    def __init__(
        self, data: Path, *, smtp: bool = False, told: Mapping[str, str] = _NOTHING
    ) -> None:
        self.data = data
        self._told = told  # settings of its own, as its environment
        self.port = free_port()
        self.smtp_port = free_port() if smtp else None
        self._log = data.parent / "server.log"
        self._running: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The process id of the running server."""
        assert self._running is not None
        return self._running.pid

    def start(self) -> float:
        """Start, and return after how many seconds it served."""
        words = [sys.executable, "-m", "warmline", "run", "--data", str(self.data)]
        words += ["--host", LOOPBACK, "--port", str(self.port)]
        if self.smtp_port is not None:
            words += ["--smtp-port", str(self.smtp_port)]
        began = time.perf_counter()
        with self._log.open("ab") as log:
            self._running = subprocess.Popen(  # noqa: S603 - this program itself
                words, stdout=log, stderr=log, env={**os.environ, **_ENVIRONMENT, **self._told}
            )
        while not self._is_ready():
            ended = self._running.poll() is not None
            if ended or time.perf_counter() - began > LONGEST_START_S:
                raise RuntimeError(f"the server does not serve:\n{self.output()}")
            time.sleep(LOOK_EVERY_S)
        return time.perf_counter() - began

    def _is_ready(self) -> bool:
        try:
            address = f"http://{LOOPBACK}:{self.port}/readyz"
            with urlopen(address, timeout=1) as answer:
                return answer.status == 200  # noqa: PLR2004 - OK
        except (URLError, OSError):
            return False

    def kill(self) -> None:
        """End it by kill -9: nothing is flushed, nobody is told."""
        assert self._running is not None
        self._running.kill()
        self._running.wait()

    def stop(self) -> None:
        """Ask it to end, and insist after a while."""
        if self._running is None or self._running.poll() is not None:
            return
        self._running.send_signal(signal.SIGTERM)
        try:
            self._running.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.kill()

    def output(self) -> str:
        """The end of what it wrote."""
        return self._log.read_text(errors="replace")[-4000:]


def cpu_s(pid: int) -> float:
    """Seconds of processor time that a process has used (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory_mb(pid: int) -> float:
    """Resident memory of a process (Linux)."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0
