"""The switchboard: legs, rooms and pages as they are now, and what may become of them."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from warmline.channels.voice.words import (
    By,
    Caller,
    Cause,
    DeviceSeen,
    LegAnswered,
    LegEnded,
    LegEvent,
    LegId,
    LegOffered,
    LegRinging,
    Role,
    RoomId,
    VoiceEvent,
)
from warmline.channels.webrtc.legs import Leg, Room
from warmline.channels.webrtc.mesh import Mesh, Servers
from warmline.channels.webrtc.pages import ELSEWHERE, OVER, Page, Told
from warmline.core.words import SECOND, AgentId, Millis
from warmline.ports import Clock

LOST_AFTER_MS: Millis = 10 * SECOND
"""So long a page may be away, as while it is loaded again, before its leg counts as lost."""
ENDED_KEPT = 10_000
"""So many ended legs are remembered: dialled again, they are gone."""


class Between(Protocol):
    """The relay, as far as the board knows it."""

    def settle(self, legs: Sequence[Leg], room: RoomId) -> bool:
        """Connect those in a room; False when they are to be connected with each other."""
        ...

    def back(self, leg: Leg) -> None:
        """The page of a leg is here again."""
        ...

    def left(self, leg: Leg) -> None:
        """A leg is over."""
        ...

    def pressed(self, leg: Leg, digits: str) -> None:
        """Keys on the page of a leg."""
        ...


class Board:
    """What the network knows; tells every event to `tell`, in order."""

    def __init__(
        self, *, clock: Clock, servers: Servers, lost_after_ms: Millis = LOST_AFTER_MS
    ) -> None:
        self.clock = clock
        self.legs: dict[LegId, Leg] = {}
        self.rooms: dict[RoomId, Room] = {}
        self.mesh = Mesh(servers)
        self.between: Between | None = None
        """What calls go through that are recorded or spoken into."""
        self.tell: Callable[[VoiceEvent], None] = _to_nobody
        self.beyond: Callable[[AgentId, LegEvent], None] = _beyond_nobody
        """Told what a page says of a leg that another network carries to it."""
        self._phones: dict[AgentId, list[Page]] = {}
        self._going: dict[AgentId, asyncio.TimerHandle] = {}
        self._ended: OrderedDict[LegId, None] = OrderedDict()
        self._lost_after_ms = lost_after_ms

    # Phones

    def phones(self, agent: AgentId) -> list[Page]:
        """The pages that can ring for an agent; the one looked at last is the last."""
        return [page for page in self._phones.get(agent, []) if page.able]

    def pages_of(self, agent: AgentId) -> int:
        """How many pages an agent has open."""
        return len(self._phones.get(agent, []))

    def reachable(self, agent: AgentId) -> bool:
        """Whether an agent has a phone, or had one a moment ago."""
        return bool(self.phones(agent)) or agent in self._going

    def agents(self) -> list[AgentId]:
        """Those whose phone is there."""
        return [agent for agent in {*self._phones, *self._going} if self.reachable(agent)]

    def say(self, agent: AgentId, told: Told) -> bool:
        """Say something to all pages of an agent; whether there was one."""
        for page in self._phones.get(agent, []):
            page.tell(told)
        return agent in self._phones

    def phone_came(self, page: Page) -> None:
        """A page of an agent is here: it takes up what its key carried before."""
        agent = _agent(page)
        others = self._phones.setdefault(agent, [])
        for other in [one for one in others if one.key == page.key]:
            others.remove(other)
            other.cut_off(ELSEWHERE)
        others.append(page)
        mine = [leg for leg in self.legs.values() if leg.agent == agent and leg.key == page.key]
        for leg in mine:
            self._carry(leg, page)
        self._hello(page, mine)

    def phone_able(self, page: Page, *, on: bool) -> None:
        """Its microphone may be used, or may not any more."""
        agent = _agent(page)
        there = self.reachable(agent)
        page.able = on
        if on:
            self._stays(agent)
            if not there:
                self.tell(DeviceSeen(at=self.clock.now(), agent=agent, on=True))
            for leg in self.legs.values():
                if leg.agent == agent and leg.answered_at is None:
                    self._ring_at(leg, page)
        elif not self.phones(agent):
            self._stays(agent)
            self._device_gone(agent)

    def front(self, page: Page) -> None:
        """A page is looked at: it picks up when the agent accepts."""
        pages = self._phones.get(_agent(page), [])
        if page in pages:
            pages.remove(page)
            pages.append(page)

    def phone_went(self, page: Page) -> None:
        """The socket of an agent's page is gone; it may come back."""
        agent = _agent(page)
        pages = self._phones.get(agent, [])
        if page in pages:
            pages.remove(page)
            if page.able and not self.phones(agent) and agent not in self._going:
                self._going[agent] = self._later(lambda: self._device_gone(agent))
        if not pages:
            self._phones.pop(agent, None)
        self._away(page)

    def _stays(self, agent: AgentId) -> None:
        timer = self._going.pop(agent, None)
        if timer is not None:
            timer.cancel()

    def _device_gone(self, agent: AgentId) -> None:
        self._going.pop(agent, None)
        self.tell(DeviceSeen(at=self.clock.now(), agent=agent, on=False))
        for leg in list(self.legs.values()):
            if leg.agent == agent and leg.answered_at is None:
                self.end(leg, Cause.UNREACHABLE, By.NETWORK)

    # Customers' pages

    def caller_came(self, page: Page, leg: Leg, *, facts: Mapping[str, str]) -> None:
        """A customer calls."""
        self.legs[leg.id] = leg
        leg.key = page.key
        self._carry(leg, page)
        self._hello(page, [leg])
        self.tell(
            LegOffered(
                at=self.clock.now(),
                leg=leg.id,
                caller=leg.caller,
                called=leg.called or "",
                facts=facts,
            )
        )

    def caller_back(self, page: Page, leg: Leg) -> None:
        """A customer's page is here again."""
        if leg.page is not None:
            leg.page.cut_off(ELSEWHERE)
        self._carry(leg, page)
        self._hello(page, [leg])

    def caller_went(self, page: Page) -> None:
        """The socket of a customer's page is gone; it may come back."""
        self._away(page)

    # Legs

    def dial(self, leg: Leg, *, ring_ms: Millis) -> None:
        """Ring the phone of an agent."""
        assert leg.agent is not None, "only an agent's phone is dialled here"
        talks = any(one.agent == leg.agent for one in self.legs.values())
        self.legs[leg.id] = leg
        if talks or not self.reachable(leg.agent):
            self.end(leg, Cause.BUSY if talks else Cause.UNREACHABLE, By.NETWORK)
            return
        leg.timer = asyncio.get_running_loop().call_later(
            ring_ms / SECOND, lambda: self.end(leg, Cause.NO_ANSWER, By.NETWORK)
        )
        for page in self.phones(leg.agent):
            self._ring_at(leg, page)

    def was(self, id_: LegId) -> bool:
        """Whether there was such a leg, lately, that is over."""
        return id_ in self._ended

    def answer(self, leg: Leg, page: Page | None) -> None:
        """A leg is answered: at this page, or an incoming one by the center."""
        if leg.answered_at is not None:
            return
        leg.answered_at = self.clock.now()
        if page is not None:
            leg.stop_timer()
            leg.key = page.key
            self._carry(leg, page)
            for other in self.phones(_agent(page)):
                if other is not page:
                    other.tell({"type": "taken", "leg": leg.id})
        self.show(leg)
        self.tell(LegAnswered(at=leg.answered_at, leg=leg.id))

    def move(self, leg: Leg, room: RoomId | None) -> None:
        """A leg goes into a room, or out of any; its mode is set before."""
        before, leg.room = leg.room, room
        if before is not None and before != room:
            self.settle(before)
        if room is None:
            self.mesh.leave(leg, but=_relayed(leg))
        else:
            self.settle(room)
        self.show(leg)

    def settle(self, room: RoomId) -> None:
        """Everybody in a room is connected with whom they hear, and with nobody else."""
        inside = [leg for leg in self.legs.values() if leg.room == room]
        if self.between is None or not self.between.settle(inside, room):
            self.mesh.settle(inside)

    def back(self, leg: Leg) -> None:
        """A page has told what it still has of a leg's connections: make the rest anew."""
        if self.between is not None:
            self.between.back(leg)
        if leg.room is not None:
            self.settle(leg.room)

    def end(self, leg: Leg, cause: Cause, by: By) -> None:
        """A leg is over; told exactly once."""
        if self.legs.pop(leg.id, None) is None:
            return
        leg.stop_timer()
        self._ended[leg.id] = None
        while len(self._ended) > ENDED_KEPT:
            self._ended.popitem(last=False)
        self.mesh.leave(leg)
        if self.between is not None:
            self.between.left(leg)
        told: Told = {"type": "ended", "leg": leg.id, "cause": cause.value, "by": by.value}
        for page in self._pages(leg):
            page.tell(told)
            if page.agent is None:
                page.cut_off(OVER)
        leg.page = None
        self.tell(LegEnded(at=self.clock.now(), leg=leg.id, cause=cause, by=by))

    def show(self, leg: Leg) -> None:
        """Tell the pages of a leg how it stands."""
        for page in self._pages(leg):
            page.tell(leg.shown())

    # Inside

    def _pages(self, leg: Leg) -> list[Page]:
        if leg.page is not None:
            return [leg.page]
        if leg.agent is not None and leg.answered_at is None:
            return self.phones(leg.agent)
        return []

    def _ring_at(self, leg: Leg, page: Page) -> None:
        page.tell(leg.shown())
        if not leg.rang:
            leg.rang = True
            self.tell(LegRinging(at=self.clock.now(), leg=leg.id))

    def _carry(self, leg: Leg, page: Page) -> None:
        if leg.page is None and (leg.answered_at is not None or leg.agent is None):
            leg.stop_timer()
        leg.page = page

    def _hello(self, page: Page, legs: list[Leg]) -> None:
        page.tell(
            {
                "type": "hello",
                "now": self.clock.now(),
                "legs": [leg.shown() for leg in legs],
                "keys": self.between is not None,
            }
        )

    def _away(self, page: Page) -> None:
        for leg in list(self.legs.values()):
            if leg.page is page:
                leg.page = None
                leg.timer = self._later(lambda leg=leg: self._lost(leg))

    def _lost(self, leg: Leg) -> None:
        by = By.PARTY if leg.answered_at is None else By.NETWORK
        self.end(leg, Cause.LOST, by)

    def _later(self, deed: Callable[[], None]) -> asyncio.TimerHandle:
        return asyncio.get_running_loop().call_later(self._lost_after_ms / SECOND, deed)

    def silence(self) -> None:
        """Nobody listens any more; what happens meanwhile shows in the snapshot alone."""
        self.tell = _to_nobody


def incoming(id_: LegId, caller: Caller, token: str) -> Leg:
    """The leg of a customer who calls."""
    return Leg(id=id_, role=Role.CUSTOMER, caller=caller, token=token)


def _relayed(leg: Leg) -> LegId:
    """The relay's side of a leg, where it has one."""
    return LegId(f"relay:{leg.id}")


def _agent(page: Page) -> AgentId:
    assert page.agent is not None, "the page of an agent"
    return page.agent


def _beyond_nobody(_: AgentId, __: LegEvent) -> None:
    """There is no other network."""


def _to_nobody(_: VoiceEvent) -> None:
    """Nobody listens: whoever does later asks for a snapshot first."""
