"""When the mood of a conversation falls: one rule, stated wherever it is used."""

from collections.abc import Sequence

TURNS = 3
FLOOR = -0.4
"""The mood has fallen when the mean of the customer's last three turns is under this."""


def is_low(moods: Sequence[float]) -> bool:
    """Whether the last three turns of a customer, in order of time, are low together.

    >>> is_low([0.2, -0.5, -0.6, -0.3])
    True
    >>> is_low([-0.9, -0.9])
    False
    """
    last = moods[-TURNS:]
    return len(last) == TURNS and sum(last) / TURNS < FLOOR


def has_fallen(moods: Sequence[float], fresh: int) -> bool:
    """Whether one of the last `fresh` turns made it low when it was not before.

    >>> has_fallen([0.0, -0.9, -0.9], 1), has_fallen([-0.9, -0.9, -0.9, -0.9], 1)
    (True, False)
    """
    return any(
        is_low(moods[:upto]) and not is_low(moods[: upto - 1])
        for upto in range(len(moods) - fresh + 1, len(moods) + 1)
    )
