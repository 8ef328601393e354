"""Days for the what-if of the tests, each run in a process of its own."""

import os
import subprocess
import sys
import time

from warmline.core.words import Malformed


def day_under(inputs, progress, cancelled):
    """What the name of the day says."""
    word = inputs.day.removeprefix("own:")
    if word == "wrong":
        raise Malformed("day", "nothing happened on it")
    if word == "dies":
        os._exit(3)
    if word == "slow":
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
        progress(0.25)
        while not cancelled():
            time.sleep(0.01)  # the day goes on until somebody has had enough
        child.wait()  # … and does not even end then
    progress(0.5)
    return {
        "policies": {
            side: {"all": {"worth_ms": {"mean": trying.ruleset.policy.worth_ms, "ci95": None}}}
            for side, trying in (("a", inputs.a), ("b", inputs.b))
        },
        "differences": [],
        "notes": [f"seeds {inputs.seeds}", f"staff {len(inputs.b.staff)}"],
    }
