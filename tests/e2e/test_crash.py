"""A busy center that is killed keeps what it acknowledged, once, and gives nothing to two."""

import pytest

from warmline.bench.crash import measure

pytestmark = pytest.mark.crash


def test_kill_9_loses_and_doubles_nothing() -> None:
    """Chats by HTTP and by socket, mails, and agents who answer, over three deaths."""
    figures = measure(kills=3, seed=11)
    assert set(figures["by_door"]) == {"http", "socket", "smtp", "desk"}
    assert figures["lost"] == figures["doubled"] == figures["two_agents"] == 0
