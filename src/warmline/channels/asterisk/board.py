"""What is known of one Asterisk: its legs and rooms, and the way their events go to the center."""

import asyncio
import json
from collections import OrderedDict, deque
from collections.abc import Coroutine, Iterable
from dataclasses import dataclass, field
from typing import Any

import structlog

from warmline.channels.asterisk import words as ast
from warmline.channels.asterisk.ari import MISSING, Ari, NotThere, Reply, Told, path
from warmline.channels.voice import words as w
from warmline.channels.voice.network import Hear
from warmline.core.words import AgentId
from warmline.ports import Clock

GONE_LIMIT = 10_000
"""Legs that ended and are remembered, so that a command for one of them finds it gone."""
UNHEARD_LIMIT = 500
"""Events of one leg that may wait to be heard; keys that are pressed beyond it are dropped."""
HANDED_OVER_WITHIN_S = 5.0
OPENED_LIMIT = 1_000
"""How often one room may be opened again."""

log = structlog.get_logger()


@dataclass(slots=True, kw_only=True)
class Playing:
    """Sounds that are played to a leg, in groups of one language each."""

    asked: w.Play
    groups: list[tuple[str, tuple[str, ...]]]
    """What is still to come: the language, and what Asterisk is to play."""
    turn: int = 0

    @property
    def id(self) -> str:
        """How Asterisk knows the group that is heard now."""
        return f"{self.asked.play}.{self.turn}"


@dataclass(slots=True, kw_only=True)
class Collecting:
    """Digits that are being taken."""

    asked: w.Collect
    digits: str = ""
    timer: asyncio.TimerHandle | None = None


@dataclass(slots=True, kw_only=True)
class Watching:
    """A leg that hears a room from beside it."""

    bridge: str
    mode: w.Mode
    of: w.LegId | None = None
    target: w.LegId | None = None
    snoop: str | None = None
    """The channel by which it hears; None while there is nobody to hear."""


@dataclass(slots=True, kw_only=True, eq=False)
class Leg:
    """One party, as far as we know."""

    id: w.LegId
    role: w.Role = w.Role.CUSTOMER
    call: str | None = None
    agent: AgentId | None = None
    dialled: bool = False
    ringing: bool = False
    answered: bool = False
    room: w.RoomId | None = None
    waiting: bool = False
    transferring: bool = False
    in_browser: bool = False
    wanted: bool = False
    """Whether its page is to answer as soon as it can."""
    ending: tuple[w.Cause, w.By] | None = None
    """Why it will end, once that is known."""
    timer: asyncio.TimerHandle | None = None
    """Ends the ringing."""
    playing: Playing | None = None
    collecting: Collecting | None = None
    watching: Watching | None = None
    entered: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once Asterisk has handed it to us, or it is over."""
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    """One command after another."""

    def told(self) -> str:
        """What Asterisk keeps of it for our next start."""
        return json.dumps(
            {
                "role": self.role,
                "call": self.call,
                "agent": self.agent,
                "in_browser": self.in_browser,
            }
        )

    def remember(self, text: str) -> None:
        """Take up what was kept; nothing for what cannot be read."""
        try:
            kept = json.loads(text)
            self.role = w.Role(kept["role"])
            self.call, self.agent = kept["call"], kept["agent"]
            self.in_browser = bool(kept.get("in_browser"))
        except (ValueError, KeyError, TypeError):
            log.warning("leg_forgotten", leg=self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """An open room: the call it is for, when we know it, and its bridge."""

    call: str | None
    bridge: str


class Board:
    """The legs and rooms of one Asterisk; what happens to them is told through here."""

    def __init__(self, ari: Ari, clock: Clock) -> None:
        self.ari, self.clock = ari, clock
        self.legs: dict[w.LegId, Leg] = {}
        self.rooms: dict[w.RoomId, Room] = {}
        """The open ones."""
        self.waiting: str | None = None
        """The bridge in which all wait, once there is one."""
        self.entering: dict[str, asyncio.Event] = {}
        """Snoops that are being made, by id; set once Asterisk has handed them to us."""
        self._gone: OrderedDict[w.LegId, None] = OrderedDict()
        self._hear: Hear | None = None
        self._tasks: asyncio.TaskGroup | None = None
        self._unheard: dict[str, deque[w.VoiceEvent]] = {}

    # Telling

    def begin(self, hear: Hear, tasks: asyncio.TaskGroup) -> None:
        """From now on somebody hears."""
        self._hear, self._tasks = hear, tasks
        self._unheard.clear()

    def end_hearing(self) -> None:
        """Nobody hears any more."""
        self._hear = self._tasks = None

    def tell(self, event: w.VoiceEvent) -> None:
        """Tell the center, after what was told of the same leg before."""
        if self._hear is None or self._tasks is None:
            return
        key = event.leg if isinstance(event, w.LegEvent) else ""
        waiting = self._unheard.get(key)
        if waiting is None:
            self._unheard[key] = deque([event])
            self._tasks.create_task(self._let_hear(key, self._hear))
        elif len(waiting) < UNHEARD_LIMIT or not isinstance(event, w.DigitPressed):
            waiting.append(event)
        else:
            log.warning("digit_dropped", leg=key)

    async def _let_hear(self, key: str, hear: Hear) -> None:
        waiting = self._unheard[key]
        while waiting:
            await hear(waiting.popleft())
        del self._unheard[key]

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something beside; without anybody who hears it is not worth doing."""
        if self._tasks is None:
            work.close()
        else:
            self._tasks.create_task(_while_there(work))

    # Legs

    def is_gone(self, leg: w.LegId) -> bool:
        """Whether it was there once."""
        return leg in self._gone

    def end(self, leg: w.LegId, cause: w.Cause, by: w.By) -> Leg | None:
        """A leg is over: the first word on it is the last."""
        found = self.legs.pop(leg, None)
        self._gone[leg] = None
        if len(self._gone) > GONE_LIMIT:
            self._gone.popitem(last=False)
        if found is None:
            return None
        found.entered.set()
        for timer in (found.timer, found.collecting.timer if found.collecting else None):
            if timer is not None:
                timer.cancel()
        self.tell(w.LegEnded(at=self.clock.now(), leg=leg, cause=cause, by=by))
        return found

    def within(self, room: w.RoomId) -> list[Leg]:
        """Who is in a room and talks."""
        return [leg for leg in self.legs.values() if leg.room == room and leg.watching is None]

    # Asking Asterisk

    async def outcome(self, method: str, where: str, **query: str | int) -> w.Outcome:
        """Ask for something of which only matters whether it was done."""
        return outcome(await self.ari.ask(method, where, **query))

    async def ensure_bridge(self, bridge: str, kind: str) -> bool:
        """Whether there is a bridge of this id now.

        Asterisk keeps the id of a bridge that is gone for as long as one who was in it is there,
        so that no other can have it.
        """
        where = path("bridges", bridge)
        reply = await self.ari.ask("POST", where, type=kind, name=bridge)
        return reply.good or (await self.ari.ask("GET", where)).good

    async def opened(self, bridge: str, kind: str) -> str | None:
        """The id under which there is such a bridge now: this one, or this one with a number."""
        for turn in range(OPENED_LIMIT):
            id_ = f"{bridge}{ast.AGAIN}{turn}" if turn else bridge
            if await self.ensure_bridge(id_, kind):
                return id_
        return None

    async def snoop(self, id_: str, of: w.LegId, **query: str | int) -> bool:
        """Listen into a leg by a channel of this id: whether it can be used now."""
        entered = self.entering[id_] = asyncio.Event()
        where = path("channels", of, "snoop", id_)
        try:
            made = await self.ari.ask(
                "POST", where, app=self.ari.app, appArgs=ast.WATCHING, **query
            )
            if made.good:
                # Before that it can neither join a bridge nor be recorded.
                async with asyncio.timeout(HANDED_OVER_WITHIN_S):
                    await entered.wait()
        except TimeoutError:
            return False
        finally:
            del self.entering[id_]
        return made.good

    async def forget_bridge(self, bridge: str) -> None:
        """There is no such bridge any more."""
        await self.ari.ask("DELETE", path("bridges", bridge))

    async def look(self) -> list[Told]:
        """Bring what we know to what is there; legs that are not there any more end as lost.

        The bridges are told, for `sweep`.
        """
        before = set(self.legs)
        channels = await self._list("channels")
        bridges = await self._list("bridges")
        there = {channel["id"]: channel for channel in channels if _is_leg(channel, self.ari.app)}
        for id_ in before - set(there):
            leg = self.legs.get(id_)
            # One that is being made may not be there yet.
            if leg is not None and (leg.entered.is_set() or not leg.dialled):
                self.end(id_, *(leg.ending or (w.Cause.LOST, w.By.NETWORK)))
        for id_, channel in there.items():
            await self._recognise(w.LegId(id_), channel)
        self._place(bridges)
        return bridges

    async def sweep(self, bridges: Iterable[Told]) -> None:
        """Remove the places of legs that went while nobody of us was there."""
        for bridge in bridges:
            id_: str = bridge["id"]
            if id_.startswith(ast.LISTENING) and self.legs.keys().isdisjoint(bridge["channels"]):
                await self.forget_bridge(id_)

    async def _list(self, kind: str) -> list[Told]:
        reply = await self.ari.ask("GET", path(kind))
        if not reply.good:
            raise NotThere(f"{kind}: {reply.status}")
        return reply.value()

    async def _recognise(self, id_: w.LegId, channel: Told) -> None:
        leg = self.legs.get(id_)
        if leg is None:
            if self.is_gone(id_):
                return
            leg = Leg(id=id_, dialled=ast.DIALLED in channel["dialplan"]["app_data"])
            leg.entered.set()
            where = path("channels", id_, "variable")
            kept = await self.ari.ask("GET", where, variable=ast.TOLD)
            if kept.good:
                leg.remember(kept.value()["value"])
            if self.is_gone(id_):
                return
            leg = self.legs.setdefault(id_, leg)
            leg.answered = channel["state"] == ast.UP
        elif channel["state"] == ast.UP and not leg.answered:
            self.answered(leg)

    def answered(self, leg: Leg) -> None:
        """They can be talked with."""
        if leg.answered:
            return
        leg.answered = True
        if leg.timer is not None:
            leg.timer.cancel()
        self.tell(w.LegAnswered(at=self.clock.now(), leg=leg.id))

    def _place(self, bridges: Iterable[Told]) -> None:
        inside: dict[w.LegId, w.RoomId] = {}
        self.waiting = None
        waiting: set[w.LegId] = set()
        rooms: dict[w.RoomId, Room] = {}
        for bridge in bridges:
            id_: str = bridge["id"]
            if id_.startswith(ast.ROOM):
                room = w.RoomId(id_.removeprefix(ast.ROOM).partition(ast.AGAIN)[0])
                known = self.rooms.get(room)
                rooms[room] = Room(call=known.call if known else None, bridge=id_)
                inside |= dict.fromkeys(bridge["channels"], room)
            elif id_.startswith(ast.WAITING):
                self.waiting = id_
                waiting.update(bridge["channels"])
        self.rooms = rooms
        for leg in self.legs.values():
            leg.waiting = leg.id in waiting
            if leg.watching is None:
                leg.room = inside.get(leg.id)


async def _while_there(work: Coroutine[Any, Any, None]) -> None:
    try:
        await work
    except NotThere as error:
        # What was left undone shows when we look again, once Asterisk is back.
        log.warning("asterisk_away", cause=str(error))


def outcome(reply: Reply) -> w.Outcome:
    """What an answer of Asterisk's means."""
    if reply.good:
        return w.Outcome.DONE
    if reply.status == MISSING:
        return w.Outcome.GONE
    log.info("asterisk_did_not", status=reply.status)
    return w.Outcome.FAILED


def _is_leg(channel: Told, app: str) -> bool:
    said = channel["dialplan"].get("app_data", "")
    return said in {f"{app},{ast.INBOUND}", f"{app},{ast.DIALLED}"}
