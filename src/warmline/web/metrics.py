"""What the web counts: commands by name and outcome."""

from prometheus_client import Counter

from warmline.core.commands import Command
from warmline.core.words import Malformed, Rejected
from warmline.ports import Answer, Busy, Submit, Unavailable, Write, WriteRefused

ASKED = Counter(
    "warmline_asked", "Commands that were asked for, by name and outcome.", ["command", "outcome"]
)

_OUTCOMES: tuple[tuple[type[Exception], str], ...] = (
    (Rejected, "rejected"),
    (Malformed, "malformed"),
    (Busy, "busy"),
    (Unavailable, "unavailable"),
    (WriteRefused, "write_refused"),
)


def counted(submit: Submit) -> Submit:
    """The same `submit`, counting what becomes of each command."""

    async def counting(command: Command, *writes: Write) -> Answer:
        outcome = "unexpected"
        try:
            answer = await submit(command, *writes)
            outcome = "repeated" if answer.repeated else "done"
        except tuple(kind for kind, _ in _OUTCOMES) as error:
            outcome = next(word for kind, word in _OUTCOMES if isinstance(error, kind))
            raise
        else:
            return answer
        finally:
            ASKED.labels(type(command).__name__, outcome).inc()

    return counting
