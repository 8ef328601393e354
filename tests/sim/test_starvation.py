"""Even the least valued customers are served in time when the center is nearly full."""

from __future__ import annotations

from warmline.core import settings as s
from warmline.core.policy import Ruleset
from warmline.sim.model import (
    Arrivals,
    Exponential,
    Group,
    Model,
    QualitySpan,
    Queue,
    Segment,
    Stream,
)
from warmline.sim.run import prepare

AGENTS = 20
LOAD = 0.95
BOUND_S = 600 + 600 * 10
"""The largest head start, and the slider times the highest value."""
SEGMENTS = {"platinum": (10, 600), "gold": (4, 300), "silver": (2, 60), "bronze": (1, 0)}


def test_nobody_waits_longer_than_the_bound_under_a_load_of_95_percent():
    model = Model(
        segments={
            name: Segment(value=value, head_start_s=head_start)
            for name, (value, head_start) in SEGMENTS.items()
        },
        queues={"line": Queue()},
        streams={
            "calls": Stream(
                queue="line",
                arrivals=Arrivals(per_hour=AGENTS * LOAD * 3600 / 180),
                talk=Exponential(mean_s=180),
                segments={"platinum": 5, "gold": 15, "silver": 30, "bronze": 50},
            )
        },
        agents={"all": Group(count=AGENTS, quality=QualitySpan(first=0.0, last=1.0))},
    )
    for seed in (1, 2):
        play = prepare(model, Ruleset(policy=s.Policy(version=2)), seed=seed, days=1)
        play.run()
        stays = play.ledger.stays
        assert len(stays) > 8_000
        assert all(stay.answered_at >= 0 for stay in stays)
        waits = dict.fromkeys(SEGMENTS, 0)
        for stay in stays:
            waited = stay.answered_at - stay.queued_at
            name = str(stay.contact.segment)
            waits[name] = max(waits[name], waited)
        assert max(waits.values()) <= BOUND_S * 1000, waits
        assert waits["bronze"] > 0
