"""A simulated telephone, and the line on which it is in a call."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from warmline.channels.voice import words as w
from warmline.core.words import AgentId


class Exchange(Protocol):
    """What a telephone is connected to."""

    @property
    def lines(self) -> "Mapping[w.LegId, Line]":
        """The legs that are there."""
        ...

    def answered(self, line: "Line") -> None:
        """A telephone took its call."""
        ...

    def end(self, leg: w.LegId, cause: w.Cause, by: w.By) -> None:
        """A leg is over; the first word on it is the last."""
        ...

    def pressed(self, leg: w.LegId, digit: str) -> None:
        """A key was pressed; while a recording is paused nobody is told which."""
        ...

    def asked_hold(self, leg: w.LegId, *, on: bool) -> None:
        """A telephone's own hold key was pressed."""
        ...

    def asked_transfer(self, leg: w.LegId, to: str) -> None:
        """A telephone's own transfer key was pressed."""
        ...

    def seen(self, agent: AgentId, *, on: bool) -> None:
        """An agent's telephone came or went."""
        ...

    def spoken(self, leg: w.LegId) -> None:
        """Somebody began to speak, or fell silent."""
        ...

    def heard_by(self, leg: w.LegId) -> frozenset[str]:
        """The names of all that is heard on a leg."""
        ...


@dataclass(slots=True, kw_only=True, eq=False)
class Telephone:
    """One telephone, and the hands and ears of whoever holds it."""

    name: str
    network: "Exchange"
    agent: AgentId | None = None
    leg: w.LegId | None = None
    there: bool = True
    """False: nothing rings here, as when the agent's browser is closed."""
    digits: str = ""
    """What was sent here."""
    caller: str | None = None
    """The number shown when it rang last."""
    silent: bool = False
    """Nobody says anything into it."""

    def is_ringing(self) -> bool:
        """Whether it rings now."""
        line = self._line()
        return line is not None and not line.answered and line.dialled

    def is_idle(self) -> bool:
        """Whether no call is here."""
        return self._line() is None

    def answer(self) -> None:
        """Take the ringing call."""
        line = self._line()
        if line is not None and self.is_ringing():
            self.network.answered(line)

    def decline(self, cause: w.Cause = w.Cause.REJECTED) -> None:
        """Refuse the ringing call."""
        if self.leg is not None and self.is_ringing():
            self.network.end(self.leg, cause, w.By.PARTY)

    def hang_up(self) -> None:
        """End the call, or give up calling."""
        line = self._line()
        if line is not None:
            cause = w.Cause.NORMAL if line.answered else w.Cause.CANCELLED
            self.network.end(line.leg, cause, w.By.PARTY)

    def vanish(self) -> None:
        """The phone goes away in the middle of it all, without a word."""
        self.there = False
        if self.leg is not None:
            self.network.end(self.leg, w.Cause.LOST, w.By.NETWORK)
        if self.agent is not None:
            self.network.seen(self.agent, on=False)

    def come_back(self) -> None:
        """The phone is there again."""
        self.there = True
        if self.agent is not None:
            self.network.seen(self.agent, on=True)

    def press(self, digits: str) -> None:
        """Press keys, one after another."""
        for digit in digits:
            if self.leg is not None:
                self.network.pressed(self.leg, digit)

    def ask_hold(self, *, on: bool) -> None:
        """Use the phone's own hold key."""
        if self.leg is not None:
            self.network.asked_hold(self.leg, on=on)

    def ask_transfer(self, to: str) -> None:
        """Use the phone's own transfer key."""
        if self.leg is not None:
            self.network.asked_transfer(self.leg, to)

    def speaks(self, *, on: bool = True) -> None:
        """Say something from now on, or nothing."""
        self.silent = not on
        if self.leg is not None:
            self.network.spoken(self.leg)

    def hears(self) -> frozenset[str]:
        """Whom and what is heard here: names of telephones, `music`, prompts and blobs."""
        return frozenset() if self.leg is None else self.network.heard_by(self.leg)

    def _line(self) -> "Line | None":
        return None if self.leg is None else self.network.lines.get(self.leg)


@dataclass(slots=True, kw_only=True)
class Collecting:
    """Digits that are being taken."""

    asked: w.Collect
    digits: str = ""
    timer: asyncio.TimerHandle | None = None


@dataclass(slots=True, kw_only=True, eq=False)
class Line:
    """A leg: one telephone in one call."""

    leg: w.LegId
    phone: Telephone
    role: w.Role
    call: str | None = None
    dialled: bool = False
    answered: bool = False
    room: w.RoomId | None = None
    mode: w.Mode = w.Mode.TALK
    of: w.LegId | None = None
    music: bool = False
    mute: bool = False
    playing: w.Play | None = None
    collecting: Collecting | None = None
    timer: asyncio.TimerHandle | None = None


@dataclass(slots=True, kw_only=True)
class Room:
    """A place where legs hear each other."""

    id: w.RoomId
    call: str
