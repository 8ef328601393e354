"""The chairs for humans: whoever sits down in one gets work before the simulated colleagues."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from warmline.core.agent import AgentState
from warmline.core.words import AgentId, Medium, Presence
from warmline.demo import shop
from warmline.demo.agents import Agent
from warmline.demo.shop import Person
from warmline.ports import State

FIRST_LEVEL = 4
"""The level that the first ring of every queue asks for, of topic and language alike."""
FIRST_CHAT_S = 1.5
NEXT_CHAT_S = 25.0
FIRST_MAIL_S = 40.0
NEXT_MAIL_S = 150.0
LOOK_EVERY_S = 1.0

Pair = tuple[str, str]
"""A topic and a language."""


def pairs(person: Person) -> frozenset[Pair]:
    """What somebody is first in line for."""
    good = {skill for skill, level in (person.skills or {}).items() if level >= FIRST_LEVEL}
    languages = good & set(shop.LANGUAGES)
    return frozenset((topic, language) for topic in good - languages for language in languages)


@dataclass(slots=True)
class _Chair:
    """One chair, and when work was last sent its way."""

    person: Person
    pairs: frozenset[Pair]
    rivals: frozenset[str]
    alone: bool = False
    """The human brings a customer of their own: nobody else is sent."""
    chat_at: float = 0.0
    mail_at: float = 0.0
    was_open: bool = False
    was_taken: bool = False
    had_mail: bool = False


class Chairs:
    """Watches the chairs; has colleagues step back and sends suitable customers."""

    def __init__(
        self,
        state: State,
        agents: Mapping[str, Agent],
        *,
        send_chat: Callable[[Person, Sequence[Pair]], None],
        send_mail: Callable[[Person], None],
    ) -> None:
        self._state = state
        self._agents = agents
        self._send_chat = send_chat
        self._send_mail = send_mail
        self._chairs = {person.id: self._chair(person) for person in shop.AGENTS if person.chair}
        self._news = asyncio.Event()

    def _chair(self, person: Person) -> _Chair:
        own = pairs(person)
        rivals = {id_ for id_, agent in self._agents.items() if own & pairs(agent.person)}
        return _Chair(person=person, pairs=own, rivals=frozenset(rivals))

    def look(self) -> None:
        """Something happened in the center."""
        self._news.set()

    def is_alone(self, person: str) -> bool:
        """Whether whoever sits there brings a customer of their own."""
        chair = self._chairs.get(person)
        return chair is not None and chair.alone

    def sits(self, person: Person, *, alone: bool) -> None:
        """Somebody sat down; `alone`: with a customer of their own, so nobody else is sent."""
        chair = self._chairs.get(person.id)
        if chair is not None:
            chair.alone = alone
            chair.was_open = False
            self.look()

    def spared(self) -> frozenset[Pair]:
        """What simulated customers do not ask for now: it would come to a human who sits alone."""
        return frozenset[Pair]().union(
            *(one.pairs for one in self._chairs.values() if one.alone and self._is_taken(one))
        )

    async def watch(self) -> None:
        """Look at the chairs whenever something happened, until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            open_ones = [one for one in self._chairs.values() if self._is_open(one)]
            back = frozenset[str]().union(*(one.rivals for one in open_ones))
            for id_, agent in self._agents.items():
                agent.step_back(wanted=id_ in back)
            for chair in self._chairs.values():
                self._send_work(chair, loop.time(), is_open=chair in open_ones)
            self._news.clear()
            try:
                taken = any(map(self._is_taken, self._chairs.values()))
                async with asyncio.timeout(LOOK_EVERY_S if taken else None):
                    await self._news.wait()
            except TimeoutError:
                continue

    def _send_work(self, chair: _Chair, now: float, *, is_open: bool) -> None:
        """The first chat soon after sitting down, the next when nothing is in hand; then a mail."""
        if is_open and not chair.was_open and chair.chat_at < now - NEXT_CHAT_S:
            chair.chat_at = now - NEXT_CHAT_S + FIRST_CHAT_S
        chair.was_open = is_open
        taken = self._is_taken(chair)
        if taken and not chair.was_taken:
            chair.mail_at = now
            chair.had_mail = False
        chair.was_taken = taken
        if chair.alone:
            return
        agent = self._agent(chair)
        held = set(agent.holds.values()) if agent is not None else set[Medium]()
        busy = agent is not None and (agent.offer is not None or Medium.CHAT in held)
        if is_open and not busy and now - chair.chat_at >= NEXT_CHAT_S:
            chair.chat_at = now
            self._send_chat(chair.person, sorted(chair.pairs))
        # Also beside as many chats as fit: a mail waits, a chat does not.
        wants_mail = self._has_room(chair, Medium.EMAIL) and Medium.EMAIL not in held
        chair.had_mail |= Medium.EMAIL in held
        # The first one may have gone astray: to somebody else while the chair was being asked.
        again = NEXT_MAIL_S if chair.had_mail else min(FIRST_MAIL_S, NEXT_MAIL_S)
        if wants_mail and now - chair.mail_at >= again:
            chair.mail_at = now
            self._send_mail(chair.person)

    def _agent(self, chair: _Chair) -> AgentState | None:
        return self._state.center().agents.get(AgentId(chair.person.id))

    def _is_taken(self, chair: _Chair) -> bool:
        agent = self._agent(chair)
        return agent is not None and agent.connected

    def _is_open(self, chair: _Chair) -> bool:
        """Whether a human sits there and could take one more chat."""
        return self._has_room(chair, Medium.CHAT)

    def _has_room(self, chair: _Chair, medium: Medium) -> bool:
        agent = self._agent(chair)
        return (
            agent is not None
            and agent.connected
            and agent.presence is Presence.AVAILABLE
            and agent.has_room(medium)
        )
