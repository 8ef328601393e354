"""Centers in ciw, as near as it can express them: everybody able to serve everybody.

ciw knows classes of customers with priorities and people who give up, but a server has no skills
of its own. So the skills model is one pool here, which is less work than ours.
"""

import importlib
from typing import Any

from warmline.bench.peers.center import Center


def run(center: Center, calls: int, seed: int) -> list[float]:
    """The share of each segment answered in time, of about `calls` customers."""
    ciw: Any = importlib.import_module("ciw")  # it has no types
    of_all = sum(segment.weight for segment in center.segments)
    rate = center.arrivals_per_s
    names = [segment.name for segment in center.segments]
    several = len(names) > 1
    more: dict[str, Any] = {}
    if several:
        more["priority_classes"] = {name: place for place, name in enumerate(names)}
    if center.patience_s is not None:
        gone = ciw.dists.Exponential(1 / center.patience_s)
        more["reneging_time_distributions"] = {name: [gone] for name in names}
    network = ciw.create_network(
        arrival_distributions={
            segment.name: [ciw.dists.Exponential(rate * segment.weight / of_all)]
            for segment in center.segments
        },
        service_distributions={name: [_talk(ciw, center)] for name in names},
        number_of_servers=[len(center.agents)],
        **more,
    )
    ciw.seed(seed)
    simulation = ciw.Simulation(network)
    simulation.simulate_until_max_customers(calls, method="Finish")
    came = dict.fromkeys(names, 0)
    in_time = dict.fromkeys(names, 0)
    for record in simulation.get_all_records():
        came[record.customer_class] += 1
        served = record.record_type == "service"
        in_time[record.customer_class] += served and record.waiting_time <= center.within_s
    return [in_time[name] / came[name] if came[name] else 0.0 for name in names]


def _talk(ciw: Any, center: Center) -> Any:
    if center.talk_sd_s is None:
        return ciw.dists.Exponential(1 / center.talk_s)
    return ciw.dists.Lognormal(*center.talk_law)
