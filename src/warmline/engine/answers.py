"""The first answers to commands, so that a repetition gets the same one."""

from collections import OrderedDict

from warmline.core.words import CommandId, Rejected
from warmline.engine.recent import Recent
from warmline.ports import Answer, Answered, Journal

KEPT = 100_000
"""Answers kept in memory; the journal's unique key recognises older ones."""


class Answers:
    """The newest `KEPT` first answers by command id."""

    def __init__(self) -> None:
        self._by_command: OrderedDict[str, Answered] = OrderedDict()

    async def load(self, journal: Journal) -> None:
        """Take over what the journal remembers."""
        found = await journal.answers(newest=KEPT)
        self._by_command = OrderedDict((item.command, item) for item in found)

    def get(self, command: CommandId) -> Answered | None:
        """The first answer, or None when the command is new or older than what is kept."""
        return self._by_command.get(command)

    def add(self, answered: Answered) -> None:
        """Remember an answer that is durable."""
        self._by_command[answered.command] = answered
        if len(self._by_command) > KEPT:
            self._by_command.popitem(last=False)


async def repeat(answered: Answered, recent: Recent) -> Answer:
    """The same answer once more: its events, or the same refusal raised as `Rejected`."""
    if answered.code is not None:
        raise Rejected(answered.code, answered.detail or "")
    return Answer(events=await recent.between(answered.first, answered.last), repeated=True)
