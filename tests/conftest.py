"""What every test may use: the real services, and hypothesis that decides the same twice."""

import os

import pytest
from hypothesis import HealthCheck, settings

from tests.services.fixtures import browser, dovecot, server, smtp_sink

__all__ = ["browser", "dovecot", "server", "smtp_sink"]

HEAVY_MARKS = ("e2e", "crash")
HEAVY_FIXTURES = frozenset({"browser", "server"})

# No deadline: two busy cores say nothing about the code.
settings.register_profile("dev", deadline=None)
settings.register_profile(
    "ci", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("deep", deadline=None, max_examples=2000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if "CI" in os.environ else "dev"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that start a browser or a whole center share one worker: one after another.

    They come first, as they take the longest: begun later they would end when all else is done.
    """
    heavy: list[pytest.Item] = []
    for item in items:
        fixtures = HEAVY_FIXTURES.intersection(getattr(item, "fixturenames", ()))
        if fixtures or any(item.get_closest_marker(mark) for mark in HEAVY_MARKS):
            if item.get_closest_marker("xdist_group") is None:
                heavy.append(item)
            item.add_marker(pytest.mark.xdist_group("center"))
    first = set(heavy)
    items[:] = [*heavy, *(one for one in items if one not in first)]
