"""Commands that become durable together: what each caused, and whom to tell."""

import asyncio
from collections.abc import Sequence

from warmline.core.commands import Command, Tick
from warmline.core.events import Event
from warmline.core.words import Instant, Rejected
from warmline.engine import metrics
from warmline.ports import Answered, Batch, Recorded, Write


class Wish:
    """One command that waits, with the rows that travel with it."""

    __slots__ = ("command", "events", "outcome", "refusal", "repeats", "tries", "writes")

    def __init__(
        self, command: Command, writes: Sequence[Write], outcome: asyncio.Future[Answered]
    ) -> None:
        self.command = command
        self.writes = writes
        self.outcome = outcome
        self.events: Sequence[Recorded] = ()
        self.refusal: Rejected | None = None
        self.repeats = False
        self.tries = 0

    def settle(self, answered: Answered) -> None:
        """Tell who waits; who has gone away meanwhile is not missed."""
        if not self.outcome.done():
            self.outcome.set_result(answered)

    def fail(self, error: Exception) -> None:
        """Tell who waits that there is no durable answer."""
        if not self.outcome.done():
            self.outcome.set_exception(error)

    def try_again(self) -> None:
        """Forget what it caused in the group that was spoiled."""
        self.tries += 1
        self.events = ()
        self.refusal = None


class Group:
    """What one append makes durable."""

    __slots__ = ("_first", "_givers", "_repeats", "_settled", "_writes", "answers", "events")

    def __init__(self, *, after: int) -> None:
        self._first = after + 1
        self.events: list[Recorded] = []
        self.answers: list[Answered] = []
        self._writes: list[Write] = []
        self._givers: list[Wish] = []
        self._settled: dict[str, tuple[Wish, Answered]] = {}
        self._repeats: list[tuple[Wish, Answered]] = []

    def did(self, wish: Wish, events: Sequence[Event]) -> None:
        """The command was done and caused `events`, perhaps none."""
        first = self._first + len(self.events)
        wish.events = [
            Recorded(position=position, event=event)
            for position, event in enumerate(events, start=first)
        ]
        self.events.extend(wish.events)
        self._writes.extend(wish.writes)
        self._givers.extend([wish] * len(wish.writes))
        last = first + len(events) - 1
        if not events:
            first = last = 0
        self._settle(wish, Answered(command=wish.command.id, first=first, last=last))

    def refused(self, wish: Wish, refusal: Rejected) -> None:
        """The world said no: that is an answer too, and is remembered."""
        wish.refusal = refusal
        self._settle(
            wish, Answered(command=wish.command.id, code=refusal.code, detail=refusal.detail)
        )

    def _settle(self, wish: Wish, answered: Answered) -> None:
        self._settled[wish.command.id] = (wish, answered)
        if not isinstance(wish.command, Tick):  # nobody ever repeats a tick
            self.answers.append(answered)

    def repeats_another(self, wish: Wish) -> bool:
        """Whether this group holds the same command already; then both get its answer."""
        found = self._settled.get(wish.command.id)
        if found is None:
            return False
        self.repeat(wish, found[1])
        return True

    def repeat(self, wish: Wish, answered: Answered) -> None:
        """The command was answered before."""
        wish.repeats = True
        self._repeats.append((wish, answered))

    def is_empty(self) -> bool:
        """Whether there is nothing to make durable."""
        return not (self.events or self.answers)

    def batch(self, now: Instant) -> Batch:
        """All of it, for one append."""
        return Batch(events=self.events, answers=self.answers, writes=self._writes, at=now)

    def answer(self) -> None:
        """Tell everybody, now that it is durable."""
        outcomes = {"done": 0, "rejected": 0, "repeated": len(self._repeats)}
        for wish, answered in (*self._settled.values(), *self._repeats):
            wish.settle(answered)
            if not wish.repeats:
                outcomes["done" if answered.code is None else "rejected"] += 1
        for outcome, number in outcomes.items():
            metrics.COMMANDS.labels(outcome).inc(number)

    def all_wishes(self) -> list[Wish]:
        """Everybody who waits for this group, in order of giving, repetitions last."""
        return [wish for wish, _ in (*self._settled.values(), *self._repeats)]

    def giver_of(self, write: int) -> Wish:
        """Who gave the write at this index of the batch."""
        return self._givers[write]
