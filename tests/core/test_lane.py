"""A line is in order whatever comes and leaves, and does not keep those who have left."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from warmline.core.lane import SPENT, Line

CHANGES = st.lists(
    st.tuples(st.sampled_from(["comes", "comes back", "first leaves", "leaves"]), st.integers(0)),
    max_size=400,
)


@given(CHANGES)
def test_a_line_is_those_who_came_and_have_not_left_in_order(
    changes: list[tuple[str, int]],
) -> None:
    line, stands = Line[str](), list[tuple[int, str]]()
    for n, (change, number) in enumerate(changes):
        if change == "comes":
            stands.append((1_000 * n, f"i-{n}"))
            line.add(stands[-1])
        elif change == "comes back":
            place = (number % (1_000 * n + 1), f"i-{n}")
            line.add(place)
            stands = sorted([*stands, place])
        elif stands:
            line.remove(stands.pop(0 if change == "first leaves" else number % len(stands)))
        assert line.places[line.first :] == stands
        assert bool(line.places) == bool(stands)


def test_a_line_forgets_those_who_were_first() -> None:
    line = Line[str]()
    for n in range(10_000):
        line.add((n, f"i-{n}"))
        if n >= SPENT:
            line.remove((n - SPENT, f"i-{n - SPENT}"))
    assert len(line.places) <= 4 * SPENT
