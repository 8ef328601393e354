"""What the rules would do, simulated in a process of its own, which can be given up."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from warmline.desk.guidance.model import SimulationFailed, plain
from warmline.desk.guidance.rule import Rules

DAYS = 6
"""Of the sample center: enough to see the size, little enough to wait for."""
LIMIT_S = 300.0


async def simulated(program: Sequence[str], rules: Rules) -> Mapping[str, Any]:
    """The figures of `program` for these rules. Raises `SimulationFailed`."""
    worker = await asyncio.create_subprocess_exec(
        *program,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(LIMIT_S):
            asked = {"rules": plain(rules), "seeds": DAYS}
            body, _ = await worker.communicate(msgspec.json.encode(asked))
    except TimeoutError as late:
        raise SimulationFailed("late") from late
    finally:
        if worker.returncode is None:
            worker.kill()
            await worker.wait()
    if worker.returncode != 0:
        raise SimulationFailed("stopped")
    try:
        return msgspec.json.decode(body, type=dict[str, Any])
    except msgspec.MsgspecError as error:
        raise SimulationFailed("unreadable") from error
