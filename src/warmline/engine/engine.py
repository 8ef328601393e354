"""The single writer of a site: inbox, step, append, answer, publish, in this order, for ever."""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from itertools import count

import structlog

from warmline.core.center import Match, evolve, step
from warmline.core.commands import Arrive, Command, Tick
from warmline.core.events import Event, MatcherFailed
from warmline.core.state import Center
from warmline.core.words import SECOND, CommandId, Instant, Malformed, Rejected
from warmline.engine import metrics
from warmline.engine.answers import Answers, repeat
from warmline.engine.group import Group, Wish
from warmline.engine.recent import Recent
from warmline.engine.recovery import copied, recover
from warmline.engine.snapshots import Snapshots
from warmline.engine.watchdog import Watchdog
from warmline.ports import (
    Answer,
    Answered,
    Busy,
    Clock,
    Conflict,
    Journal,
    Recorded,
    Unavailable,
    Write,
    WriteRefused,
)

log = structlog.get_logger()

GROUP_LIMIT = 500
"""The most commands in one transaction: a bound on how long the first of them waits."""
ID_CHARS = 128
BUSY_SHARE = 0.8
"""How full the inbox may be before arrivals are refused."""
BUSY_RETRY_S = 2
LONGEST_SLEEP_MS = 30 * SECOND
"""The wall may jump ahead while we sleep, so nobody sleeps longer than this."""
AFTER_FAILURE_MS = SECOND
TRIES = 3
"""How often a command is tried when others of its group spoil the append."""

Receiver = Callable[[Sequence[Recorded]], None]


class Engine:
    """Runs one center: everything that changes it goes through `submit`.

    Two states are kept: the writer's own, which is ahead while an append is under way, and the
    durable one that everybody else sees.
    """

    def __init__(
        self,
        journal: Journal,
        clock: Clock,
        *,
        inbox_limit: int = 10_000,
        snapshot_events: int = 10_000,
        snapshot_ms: int = 60_000,
        match: Match | None = None,
    ) -> None:
        self._journal = journal
        self._clock = clock
        self._inbox_limit = inbox_limit
        self._inbox: deque[Wish] = deque()
        self._wake = asyncio.Event()
        self._room = asyncio.Event()
        self._ahead: Center | None = None
        self._match = match
        self._watchdog = Watchdog(lambda: self._ahead)
        self._durable = Center()
        self._position = 0
        self._now: Instant = 0
        self._answers = Answers()
        self.recent = Recent(journal)
        self._snapshots = Snapshots(journal, every_events=snapshot_events, every_ms=snapshot_ms)
        self._receivers: list[Receiver] = []
        self._writer: asyncio.Task[None] | None = None
        self._alarm: asyncio.TimerHandle | None = None
        self._tick_waits = False
        self._tick_not_before: Instant = 0
        self._tick_ids = count(1)
        self._stopping = False

    # What everybody may ask

    def center(self) -> Center:
        """The durable state, to look at, never to change; valid until the next await."""
        return self._durable

    def position(self) -> int:
        """The position of the last event in `center()`."""
        return self._position

    def subscribe(self, receiver: Receiver) -> Callable[[], None]:
        """Call `receiver` with events once they are durable; returns how to stop that.

        It is called in the writer's turn, so it must be quick and must not wait.
        """
        self._receivers.append(receiver)
        return lambda: self._receivers.remove(receiver)

    async def submit(self, command: Command, *writes: Write) -> Answer:
        """Ask the center for something; the answer is durable when this returns.

        Raises `Rejected`, `Malformed`, `Busy`, `Unavailable`, or `WriteRefused` when the database
        does not take the rows that came with the command.
        """
        if not 0 < len(command.id) <= ID_CHARS:
            raise Malformed(
                "id", f"must have 1 to {ID_CHARS} characters", "wrong_length", min=1, max=ID_CHARS
            )
        answered = self._answers.get(command.id)
        if answered is not None:
            metrics.COMMANDS.labels("repeated").inc()
            return await repeat(answered, self.recent)
        if isinstance(command, Arrive) and len(self._inbox) >= BUSY_SHARE * self._inbox_limit:
            metrics.COMMANDS.labels("busy").inc()
            raise Busy(BUSY_RETRY_S)
        while len(self._inbox) >= self._inbox_limit and not self._stopping:
            self._room.clear()
            await self._room.wait()
        if self._stopping or self._writer is None or self._writer.done():
            raise Unavailable("the center is not running")
        wish = Wish(command, writes, asyncio.get_running_loop().create_future())
        self._inbox.append(wish)
        self._wake.set()
        answered = await wish.outcome
        if wish.repeats:
            return await repeat(answered, self.recent)
        if answered.code is not None:
            assert wish.refusal is not None
            raise wish.refusal
        return Answer(events=tuple(wish.events))

    # Start and stop

    async def start(self) -> None:
        """Recover the state from the log and begin to work."""
        began = time.monotonic()
        recovered = await recover(self._journal)
        self._durable = recovered.center
        self._position = recovered.position
        self._now = recovered.center.now
        self._ahead = copied(recovered.center)
        self._snapshots.begin(recovered.snapshot, self._clock.now())
        await self._answers.load(self._journal)
        self._watchdog.start()
        self._writer = asyncio.create_task(self._write(), name="engine-writer")
        self._writer.add_done_callback(_report_end)
        self._set_alarm()
        log.info(
            "engine_started",
            position=self._position,
            replayed=self._position - recovered.snapshot,
            took_ms=round((time.monotonic() - began) * 1000),
        )

    async def stop(self) -> None:
        """Finish what waits, keep a snapshot, and end."""
        if self._writer is None:
            return
        self._stopping = True
        self._wake.set()
        with suppress(asyncio.CancelledError):
            await self._writer
        if self._alarm is not None:
            self._alarm.cancel()
        self._writer = None
        self._watchdog.stop()
        with suppress(Unavailable):  # the log alone is enough to start again
            await self._snapshots.finish(self._durable, self._position)

    # The writer

    async def _write(self) -> None:
        wishes: Sequence[Wish] = ()
        try:
            while self._inbox or not self._stopping:
                if not self._inbox:
                    self._wake.clear()
                    await self._wake.wait()
                    continue
                size = min(len(self._inbox), GROUP_LIMIT)
                wishes = [self._inbox.popleft() for _ in range(size)]
                self._room.set()
                metrics.INBOX.set(len(self._inbox))
                todo = wishes
                while todo:
                    todo = await self._deal_with(todo)
                # Who has just been answered may speak before the next group is closed, so that
                # groups grow with the load.
                await asyncio.sleep(0)
                self._set_alarm()
                self._snapshots.consider(
                    self._durable, self._position, self._clock.now(), busy=bool(self._inbox)
                )
        finally:
            self._stopping = True
            _fail([*wishes, *self._inbox], Unavailable("the center has stopped"))
            self._room.set()

    async def _deal_with(self, wishes: Sequence[Wish]) -> list[Wish]:
        """Step, append, answer and publish; returns the wishes that must be tried once more."""
        center = self._ahead
        if center is None:
            center = await self._reload()
            if center is None:
                _fail(wishes, Unavailable("the storage does not answer"))
                return []
        self._now = max(self._now, self._clock.now())
        wishes = self._due_first(center, wishes)
        group = Group(after=self._position)
        for index, wish in enumerate(wishes):
            command = wish.command
            if (answered := self._answers.get(command.id)) is not None:
                group.repeat(wish, answered)
            elif not group.repeats_another(wish):
                try:
                    group.did(wish, self._step(center, command))
                except Rejected as refusal:
                    group.refused(wish, refusal)
                except Malformed as error:
                    _fail([wish], error)
                except Exception as error:  # noqa: BLE001 - a broken invariant: crash and replay,
                    # but only this command; what the others caused is sound and is kept.
                    self._broken(wish, error)
                    again = await self._commit(group)
                    return [*again, *wishes[index + 1 :]]
        return await self._commit(group)

    def _step(self, center: Center, command: Command) -> Sequence[Event]:
        trusted = center.failed_at is None
        events = step(center, command, self._now, self._match)
        if trusted and center.failed_at is not None:
            cause = next(event.cause for event in events if isinstance(event, MatcherFailed))
            metrics.MATCHER_FAILURES.labels(cause).inc()
            log.error(
                "matcher_failed",
                command=command.id,
                cause=cause,
                exc_info=center.waiting.failure,
            )
            center.waiting.failure = None  # its traceback holds on to the whole matcher
        return events

    def _broken(self, wish: Wish, error: Exception) -> None:
        command = wish.command
        log.error(
            "invariant_broken", command=command.id, kind=type(command).__name__, exc_info=error
        )
        self._forget("invariant")
        if isinstance(command, Tick):
            self._tick_not_before = self._now + AFTER_FAILURE_MS
        failure = Unavailable("the center could not do this; it has been logged")
        failure.__cause__ = error
        _fail([wish], failure)

    async def _commit(self, group: Group) -> list[Wish]:
        if group.is_empty():
            group.answer()
            return []
        began = time.perf_counter()
        try:
            await self._journal.append(group.batch(self._now), after=self._position)
        except (Conflict, WriteRefused, Unavailable) as failure:
            return await self._undo(group, failure)
        metrics.APPEND.observe(time.perf_counter() - began)
        metrics.GROUP.observe(len(group.answers))
        for answered in group.answers:
            self._answers.add(answered)
        group.answer()
        self._publish(group.events)
        return []

    def _publish(self, recorded: Sequence[Recorded]) -> None:
        if not recorded:
            return
        for item in recorded:
            evolve(self._durable, item.event)
        self._durable.waiting.forget_routing()
        self._position = recorded[-1].position
        self.recent.add(recorded)
        metrics.EVENTS.inc(len(recorded))
        for receiver in self._receivers:
            try:
                receiver(recorded)
            except Exception:
                # One screen's or counter's mistake must not stop the center for all.
                metrics.RECEIVER_FAILURES.inc()
                log.exception("receiver_failed", position=self._position)

    # When storage fails

    async def _undo(self, group: Group, failure: Exception) -> list[Wish]:
        """Forget the memory, find out what became durable, and say what is to be tried again."""
        log.warning("append_failed", after=self._position, cause=type(failure).__name__)
        self._forget(type(failure).__name__)
        if await self._reload() is None:
            _fail(group.all_wishes(), Unavailable("the storage does not answer"))
            return []
        again: list[Wish] = []
        for wish in group.all_wishes():
            answered = await self._first_answer(wish.command.id)
            if answered is not None:
                wish.repeats = True
                wish.settle(answered)
            elif isinstance(failure, WriteRefused) and wish is group.giver_of(failure.index):
                _fail([wish], failure)
            elif isinstance(failure, Unavailable) or wish.tries >= TRIES:
                _fail([wish], Unavailable("the outcome is not durable; try again"))
            else:
                wish.try_again()
                again.append(wish)
        return again

    def _forget(self, why: str) -> None:
        self._ahead = None
        metrics.RELOADS.labels(why).inc()

    async def _reload(self) -> Center | None:
        """Read the state again and publish what became durable unseen; None when that fails."""
        try:
            recovered = await recover(self._journal)
            unseen = recovered.position - self._position
            async for recorded in self._journal.read(after=self._position, limit=unseen):
                self._publish(recorded)
        except Unavailable:
            self._tick_not_before = self._now + AFTER_FAILURE_MS
            return None
        self._ahead = recovered.center
        return recovered.center

    async def _first_answer(self, command: CommandId) -> Answered | None:
        try:
            answered = await self._journal.answer(command)
        except Unavailable:
            return None
        if answered is not None:
            self._answers.add(answered)
        return answered

    # Time

    def _set_alarm(self) -> None:
        """Wake up when the center wants a tick; nobody polls."""
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        deadline = self._ahead.next_deadline() if self._ahead is not None else self._now
        if deadline is None or self._tick_waits or self._stopping:
            return
        now = self._clock.now()
        delay_ms = min(max(deadline, self._tick_not_before) - now, LONGEST_SLEEP_MS)
        self._alarm = asyncio.get_running_loop().call_later(max(delay_ms, 0) / 1000, self._ring)

    def _ring(self) -> None:
        self._alarm = None
        due = self._ahead.next_deadline() if self._ahead is not None else self._now
        if due is not None and max(due, self._tick_not_before) > self._clock.now():
            self._set_alarm()
            return
        self._tick_waits = True
        self._inbox.append(self._tick())
        self._wake.set()

    def _tick(self) -> Wish:
        tick = Tick(id=CommandId(f"tick-{next(self._tick_ids)}"))
        outcome = asyncio.get_running_loop().create_future()
        outcome.add_done_callback(self._ticked)
        return Wish(tick, (), outcome)

    def _due_first(self, center: Center, wishes: Sequence[Wish]) -> Sequence[Wish]:
        """What fell due comes before what is asked now: so the log alone tells what led to what."""
        due = center.next_deadline()
        if due is None or max(due, self._tick_not_before) > self._now:
            return wishes
        if any(isinstance(wish.command, Tick) for wish in wishes[:1]):
            return wishes
        return [self._tick(), *wishes]

    def _ticked(self, outcome: asyncio.Future[Answered]) -> None:
        outcome.exception()  # logged where it arose; fetched so that asyncio is content
        self._tick_waits = False
        self._set_alarm()


def _fail(wishes: Sequence[Wish], error: Exception) -> None:
    for wish in wishes:
        wish.fail(error)


def _report_end(writer: asyncio.Task[None]) -> None:
    if not writer.cancelled() and (error := writer.exception()) is not None:
        log.critical("engine_ended", exc_info=error)
