"""A whole center as a process of its own: started, asked, killed and started again by tests."""

import os
import sys
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from multiprocessing import get_context
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from types import MappingProxyType

from tests.services.database import lay_tables
from tests.services.ports import LOOPBACK, free_port, wait_for

READY_WITHIN_S = 180.0
SERVING = 200
NOTHING: Mapping[str, str] = MappingProxyType({})

# Two thirds of a start is reading code. A process that has read it and does nothing else stands by
# and splits off each center that this process starts.
standing_by = get_context("forkserver")
standing_by.set_forkserver_preload(["tests.services.ahead"])


def _run(words: Sequence[str], env: Mapping[str, str], log: Path) -> None:
    """What `warmline ...` does when a shell starts it."""
    from warmline.__main__ import main

    os.environ.clear()
    os.environ.update(env)
    out = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    for stream in (1, 2):
        os.dup2(out, stream)
    os.close(out)
    sys.argv = ["warmline", *words]
    main()


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
        self._running: ForkServerProcess | None = None

    @property
    def pid(self) -> int:
        """The process id of the running server."""
        pid = self._process.pid
        assert pid is not None
        return pid

    @property
    def _process(self) -> ForkServerProcess:
        assert self._running is not None, "the server was not started"
        return self._running

    def start(self) -> None:
        """Serves when it returns: /readyz said 200."""
        if self._command == "run" and not self.data.exists():
            lay_tables(self.data)
        words = [self._command, "--data", str(self.data), "--port", str(self.port), *self._options]
        self._running = standing_by.Process(target=_run, args=(words, self._env, self.log))
        self._running.start()
        wait_for("the server's start", self._ready_or_ended, deadline_s=READY_WITHIN_S)
        if self._running.exitcode is not None:
            raise RuntimeError(f"`{' '.join(words)}` ended at once:\n{self.output()[-4000:]}")

    def kill(self) -> None:
        """kill -9, as when the power goes: nothing is flushed, nobody says goodbye."""
        self._process.kill()
        self._process.join(timeout=10)

    def restart(self) -> None:
        """kill -9, then started again on the same port over the same data."""
        self.kill()
        self.start()

    def stop(self) -> int | None:
        """Asks it to end and waits; the exit code, None when it did not run."""
        if self._running is None:
            return None
        if self._running.exitcode is None:
            self._running.terminate()
            self._running.join(timeout=20)
            if self._running.exitcode is None:
                self._running.kill()
                self._running.join(timeout=10)
        return self._running.exitcode

    def output(self) -> str:
        """Everything it printed over all its lives."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def _ready_or_ended(self) -> bool:
        if self._process.exitcode is not None:
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
