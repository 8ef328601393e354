"""Free loopback ports and waiting on a condition: what every service of the tests needs."""

import socket
import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")
LOOPBACK = "127.0.0.1"


def free_port() -> int:
    """A loopback port that nobody listens on now; take it soon, it is not reserved."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return probe.getsockname()[1]


def listens(port: int) -> bool:
    """Whether a connection to this loopback port is taken."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((LOOPBACK, port)) == 0


def wait_for(
    what: str, check: Callable[[], Found], *, deadline_s: float = 20, every_s: float = 0.02
) -> Found:
    """The first true answer of `check`; after `deadline_s` it fails and says `what` did not happen."""
    end = time.monotonic() + deadline_s
    while not (found := check()):
        if time.monotonic() > end:
            raise TimeoutError(f"{what} did not happen within {deadline_s:g} s")
        time.sleep(every_s)
    return found
