"""What every test may use: the real services, and hypothesis that decides the same twice."""

import gc
import os
from collections.abc import Generator
from itertools import cycle

import pytest
from hypothesis import HealthCheck, settings

from tests.services.adapters import keep_adapters
from tests.services.fixtures import browser, dovecot, driver, headset, server, smtp_sink
from tests.services.passwords import hash_quickly
from tests.services.server import standing_by

__all__ = ["browser", "dovecot", "driver", "headset", "server", "smtp_sink"]

HEAVY_MARKS = ("e2e", "crash")
HEAVY_FIXTURES = frozenset({"browser", "headset", "server"})
WORKING_APART = ("customers.importing", "customers.matching", "policies")
"""Rooms with a process of their own for what takes long; that of moods must load numpy itself,
since it says before with how many threads."""
WAITING = ("tests/channels/", "tests/contracts/")
"""Tests that wait for sounds, sockets and other people's patience rather than for a core."""
LONGEST_NAME = 60
LINES = 2
"""So many of the heavy tests run side by side: mostly one waits for the other side of a socket."""

# No deadline: two busy cores say nothing about the code.
settings.register_profile("dev", deadline=None)
settings.register_profile(
    "ci", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("deep", deadline=None, max_examples=2000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if "CI" in os.environ else "dev"))


# Each test makes a small center of many thousand objects: to look for garbage among them at every
# turn takes a quarter of the time of making one.
gc.set_threshold(50_000, 10, 10)
# Read by numpy when it is loaded: the workers share the cores, and threads that wait for one burn it.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
keep_adapters()
hash_quickly()


def pytest_make_parametrize_id(val: object) -> str | None:
    """A long value is not its own name: names go to and fro between the workers many times."""
    if isinstance(val, str | bytes) and len(val) > LONGEST_NAME:
        return f"{val[:LONGEST_NAME]!a} and so on, {len(val)} long"
    return None


@pytest.fixture(scope="session", autouse=True)
def workers_stand_by() -> Generator[None]:
    """What a center does in another process splits off one that has read the code already."""
    with pytest.MonkeyPatch.context() as patched:
        for room in WORKING_APART:
            patched.setattr(f"warmline.{room}.worker._SPAWN", standing_by)
        yield


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that start a browser or a whole center share few workers: in each one after another.

    They come first, beside them what mostly waits, and then what is long by itself: begun later it
    would end when all else is done, and nobody would work beside it.
    """
    heavy: list[pytest.Item] = []
    lines = cycle(f"center-{number}" for number in range(LINES))
    for item in items:
        fixtures = HEAVY_FIXTURES.intersection(getattr(item, "fixturenames", ()))
        if "driver" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)
        if fixtures or any(item.get_closest_marker(mark) for mark in HEAVY_MARKS):
            heavy.append(item)
            if item.get_closest_marker("xdist_group") is None:
                item.add_marker(pytest.mark.xdist_group(next(lines)))
    waiting = (one for one in items if one.nodeid.startswith(WAITING))
    long = (one for one in items if one.get_closest_marker("long"))
    first = dict.fromkeys((*heavy, *waiting, *long))
    items[:] = [*first, *(one for one in items if one not in first)]


def pytest_collection_finish(session: pytest.Session) -> None:
    """Groups must be known to xdist; and what is loaded now stays: nobody looks for garbage in it."""
    if "PYTEST_XDIST_WORKER" in os.environ and session.config.getoption("loadgroup", default=False):
        for item in session.items:
            if item.get_closest_marker("xdist_group") and "@" not in item.nodeid:
                raise pytest.UsageError(f"{item.nodeid} is in a group, and xdist does not know.")
    gc.collect()
    gc.freeze()
