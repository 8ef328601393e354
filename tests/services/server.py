"""A whole center as a process of its own: started, asked, killed and started again by tests."""

import os
import signal
import subprocess
import sys
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from types import MappingProxyType

from tests.services.ports import LOOPBACK, free_port, wait_for

READY_WITHIN_S = 180.0
SERVING = 200
NOTHING: Mapping[str, str] = MappingProxyType({})


class WarmlineServer:
    """One `warmline run` (or `demo`) over one data folder; `url` stays the same over restarts."""

    def __init__(
        self,
        data: Path,
        *,
        command: str = "run",
        options: Sequence[str] = (),
        env: Mapping[str, str] = NOTHING,
    ) -> None:
        self.data = data
        self.port = free_port()
        self.url = f"http://{LOOPBACK}:{self.port}"
        self.log = data.parent / f"{data.name}.log"
        self._command = command
        self._options = tuple(options)
        self._env = {**os.environ, **env}
        self._running: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The process id of the running server."""
        assert self._running is not None, "the server was not started"
        return self._running.pid

    def start(self) -> None:
        """Serves when it returns: /readyz said 200."""
        words = [sys.executable, "-m", "warmline", self._command]
        words += ["--data", str(self.data), "--port", str(self.port), *self._options]
        with self.log.open("ab") as log:
            self._running = subprocess.Popen(
                words, env=self._env, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        wait_for("the server's start", self._ready_or_ended, deadline_s=READY_WITHIN_S)
        if self._running.poll() is not None:
            raise RuntimeError(f"`{' '.join(words)}` ended at once:\n{self.output()[-4000:]}")

    def kill(self) -> None:
        """kill -9, as when the power goes: nothing is flushed, nobody says goodbye."""
        assert self._running is not None, "the server was not started"
        self._running.send_signal(signal.SIGKILL)
        self._running.wait(timeout=10)

    def restart(self) -> None:
        """kill -9, then started again on the same port over the same data."""
        self.kill()
        self.start()

    def stop(self) -> int | None:
        """Asks it to end and waits; the exit code, None when it did not run."""
        if self._running is None:
            return None
        if self._running.poll() is None:
            self._running.terminate()
            try:
                self._running.wait(timeout=20)
            except subprocess.TimeoutExpired:
                self._running.kill()
                self._running.wait(timeout=10)
        return self._running.returncode

    def output(self) -> str:
        """Everything it printed over all its lives."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def _ready_or_ended(self) -> bool:
        assert self._running is not None
        if self._running.poll() is not None:
            return True
        # Not by httpx, which reads whom to trust each time: that takes as long as the start itself.
        asking = HTTPConnection(LOOPBACK, self.port, timeout=2)
        try:
            asking.request("GET", "/readyz")
            return asking.getresponse().status == SERVING
        except (OSError, HTTPException):
            return False
        finally:
            asking.close()


@contextmanager
def running_server(
    data: Path,
    *,
    command: str = "run",
    options: Sequence[str] = (),
    env: Mapping[str, str] = NOTHING,
) -> Generator[WarmlineServer]:
    """A started center, stopped afterwards."""
    server = WarmlineServer(data, command=command, options=options, env=env)
    try:
        server.start()
        yield server
    finally:
        server.stop()
