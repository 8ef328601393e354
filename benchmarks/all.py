"""Run every benchmark on a quiet machine and print one table of figures beside their targets.

usage: python benchmarks/all.py [NAME ...]     (engine, live, crash; all of them unless named)
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence

TARGETS: Mapping[str, Mapping[str, str]] = {
    "engine": {"durable_events_per_s": "≥ 10000", "replay_events_per_s": "≥ 100000"},
    "live": {"p50_ms": "≤ 10", "p99_ms": "≤ 100"},
    "crash": {"lost": "0", "doubled": "0", "two_agents": "0", "serving_max_ms": "≤ 4000"},
}


def measure(name: str) -> Mapping[str, object]:
    """The figures of one benchmark: the JSON object on the last line that it prints."""
    words = [sys.executable, "-m", "warmline", "bench", name, "--json"]
    done = subprocess.run(words, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603 - ourselves
    return json.loads(done.stdout.splitlines()[-1])


def main(names: Sequence[str]) -> None:
    """Measure what is named and print it."""
    for name in names or list(TARGETS):
        print(f"{name}  (load before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores)")
        for figure, value in measure(name).items():
            print(f"  {figure:>22}  {value!s:>12}  {TARGETS[name].get(figure, '')}")


if __name__ == "__main__":
    main(sys.argv[1:])
