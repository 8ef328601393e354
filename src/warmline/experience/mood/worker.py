"""A process of its own for estimates, so that the center's loop and memory stay free of them."""

import asyncio
import multiprocessing
import os
from collections.abc import Sequence
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any

from warmline.experience.mood.estimates import Asked, Corrected, Knowledge, Told, Trained

NICENESS = 10
"""Live work goes first on a busy machine."""
REST_S = 600.0
"""A process that nobody asks for so long ends, and its memory is free again."""
GRACE_S = 5.0
_SPAWN = multiprocessing.get_context("spawn")


class EstimatingFailed(Exception):
    """The process ended, or could not do it; what it was asked may be asked again."""


class Worker:
    """Starts the process when it is asked first, and again when it has ended."""

    def __init__(self, *, rest_s: float = REST_S) -> None:
        self._rest_s = rest_s
        self._turn = asyncio.Lock()
        self._process: Any = None
        self._pipe: Any = None

    async def tell(self, knowledge: Knowledge, asked: Asked) -> Told:
        """Moods and topics of texts, estimated with this knowledge."""
        return await self._asked("tell", knowledge, asked)

    async def train(self, corrected: Sequence[Corrected]) -> Trained:
        """A model from the seed and what people put right."""
        return await self._asked("train", corrected)

    async def groups(self, texts: Sequence[str]) -> list[list[int]]:
        """Places of texts that are alike, group by group."""
        return await self._asked("groups", texts)

    async def stop(self) -> None:
        """End the process."""
        async with self._turn:
            await self._end()

    async def _asked(self, what: str, *facts: object) -> Any:
        async with self._turn:
            for last in (False, True):
                try:
                    answer = await self._exchange((what, *facts))
                except (EOFError, OSError) as error:
                    await self._end()
                    if last:
                        raise EstimatingFailed("the process for estimates ended") from error
                except asyncio.CancelledError:
                    await self._end()  # its answer must not be taken for that of the next question
                    raise
                else:
                    if isinstance(answer, _Refused):
                        raise EstimatingFailed(answer.why)
                    return answer
        raise AssertionError

    async def _exchange(self, question: tuple[object, ...]) -> Any:
        if self._process is None:
            self._pipe, theirs = _SPAWN.Pipe()
            self._process = _SPAWN.Process(
                target=_work, args=(theirs, self._rest_s), name="mood", daemon=True
            )
            await asyncio.to_thread(self._process.start)
            theirs.close()  # else the end of the process would not end the pipe
        self._pipe.send(question)
        return await asyncio.to_thread(self._pipe.recv)

    async def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        self._pipe.close()
        await asyncio.to_thread(process.join, GRACE_S)


class _Refused:
    """Why a question was not answered: the kind of error alone, for texts may stand in it."""

    def __init__(self, why: str) -> None:
        self.why = why


def _work(pipe: Connection, rest_s: float) -> None:
    """What the process does until nobody asks any more."""
    os.nice(NICENESS)
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # read when numpy is loaded, which comes now
    from warmline.experience.mood.estimating import Estimating  # noqa: PLC0415 - see above

    estimating = Estimating()
    # When the center is gone the pipe ends, and so does this process.
    with suppress(EOFError, OSError):
        while pipe.poll(rest_s):
            what, *facts = pipe.recv()
            pipe.send(_answer(estimating, what, facts))


def _answer(estimating: Any, what: str, facts: Sequence[Any]) -> object:
    try:
        if what == "tell":
            estimating.learn(facts[0])
            return estimating.tell(facts[1])
        return getattr(estimating, what)(*facts)
    except Exception as error:  # noqa: BLE001 - it is told to who asked, without the texts
        return _Refused(type(error).__name__)
