"""Counting tries: a window, a limit, and a bound on what is remembered."""

import pytest

from tests.web.center import SteeredClock
from warmline.core.words import MINUTE
from warmline.security.model import TooManyTries
from warmline.security.tries import WINDOW_MS, Tries


def test_the_wait_is_what_is_left_of_the_window():
    clock = SteeredClock()
    tries = Tries(clock, 1)
    tries.take("ann")
    clock.ahead_ms += 10 * MINUTE
    with pytest.raises(TooManyTries) as refusal:
        tries.take("ann")
    assert 299 <= refusal.value.retry_after_s <= 300
    clock.ahead_ms += WINDOW_MS
    tries.take("ann")


def test_a_good_try_is_given_back():
    tries = Tries(SteeredClock(), 1)
    for _ in range(5):
        tries.take("office")
        tries.give_back("office")
    tries.take("office")
    with pytest.raises(TooManyTries):
        tries.take("office")


def test_no_more_keys_are_remembered_than_agreed():
    tries = Tries(SteeredClock(), 1, kept=100)
    for number in range(1000):
        tries.take(f"key{number}")
    assert len(tries._counts) == 100
