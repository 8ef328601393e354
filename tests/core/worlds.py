"""Small centers for the tests of the core, and a way to tell a history as given, when, then."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count
from typing import Any, Self

from warmline.core import commands as c
from warmline.core import events as e
from warmline.core import settings as s
from warmline.core.center import Center, Match, evolve, step
from warmline.core.words import (
    SECOND,
    SYSTEM,
    Actor,
    AgentId,
    CommandId,
    DispositionId,
    InboxId,
    Instant,
    InteractionId,
    Medium,
    MessageId,
    Presence,
    QueueId,
    ReasonId,
    Rejected,
    Role,
    SegmentId,
    SkillId,
    TeamId,
    UserId,
)

START: Instant = 1_700_000_000_000
MAIL = InboxId("mail")
CHAT = InboxId("chat")
HELP = QueueId("help")
ORDERS = QueueId("orders")
LETTERS = QueueId("letters")
SOLVED = DispositionId("solved")


def at(seconds: float) -> Instant:
    """The instant `seconds` after the start of the test's day."""
    return START + round(seconds * SECOND)


def agent_actor(name: str) -> Actor:
    """The agent `name` as the one who gives a command."""
    return Actor(user=UserId(f"u-{name}"), agent=AgentId(name), roles=frozenset({Role.AGENT}))


BOSS = Actor(user=UserId("u-boss"), roles=frozenset({Role.SUPERVISOR}))
ADMIN = Actor(user=UserId("u-admin"), roles=frozenset({Role.ADMINISTRATOR}))


class World:
    """A center with two chat queues and one for e-mail; commands get their ids by themselves."""

    def __init__(self) -> None:
        self.center = Center()
        self.now = START
        self.match: Match | None = None
        """A matcher that fails, for a drill; else a failure fails the test."""
        self.log: list[e.Event] = []
        self._ids = count(1)
        self._define()

    def _define(self) -> None:
        for skill in ("ru", "pl", "en"):
            self.do(c.DefineSkill, skill=s.Skill(id=SkillId(skill), name=skill, language=True))
        self.do(c.DefineSkill, skill=s.Skill(id=SkillId("billing"), name="Billing"))
        self.do(c.DefineTeam, team=s.Team(id=TeamId("one"), name="One"))
        self.do(
            c.DefineSegment,
            segment=s.Segment(
                id=SegmentId("gold"), name="Gold", head_start_ms=60 * SECOND, value=5
            ),
        )
        for queue in (HELP, ORDERS, LETTERS):
            self.do(c.DefineQueue, queue=s.Queue(id=queue, name=queue, preferred_ms=20 * SECOND))
        self.do(c.DefineDisposition, disposition=s.Disposition(id=SOLVED, name="Solved"))
        self.do(
            c.DefineReason,
            reason=s.Reason(id=ReasonId("coffee"), name="Coffee", presence=Presence.BREAK),
        )
        self.do(
            c.DefineInbox,
            inbox=s.Inbox(id=CHAT, name="Chat", medium=Medium.CHAT, queue=HELP),
        )
        self.do(
            c.DefineInbox,
            inbox=s.Inbox(id=MAIL, name="Mail", medium=Medium.EMAIL, queue=LETTERS),
        )

    def do(self, kind: type[c.Command], /, *, by: Actor = SYSTEM, **fields: Any) -> list[e.Event]:
        """Give a command now; returns what happened."""
        command = kind(id=CommandId(f"c{next(self._ids)}"), by=by, **fields)
        events = step(self.center, command, self.now, self.match)
        self.log.extend(events)
        if self.match is None and any(isinstance(event, e.MatcherFailed) for event in events):
            raise self.center.waiting.failure or AssertionError("the matcher spoke nonsense")
        return events

    def after(self, seconds: float) -> Self:
        """Let time pass, with a tick at each moment the center asked for."""
        until = self.now + round(seconds * SECOND)
        while (wanted := self.center.next_deadline()) is not None and wanted <= until:
            self.now = max(self.now, wanted)
            self.do(c.Tick)
        self.now = until
        return self

    def with_agent(
        self,
        name: str,
        skills: Mapping[str, int] | None = None,
        *,
        available: bool = True,
        quality_pct: int | None = None,
        **fields: Any,
    ) -> Self:
        """Define an agent (who speaks all languages unless told), signed in unless told."""
        if quality_pct is not None:
            fields["scores"] = {s.Trait.QUALITY: s.Score(value=quality_pct / 100)}
        levels = {"ru": 5, "pl": 5, "en": 5} if skills is None else skills
        spec = s.Agent(
            id=AgentId(name), skills={SkillId(k): v for k, v in levels.items()}, **fields
        )
        self.do(c.DefineAgent, agent=spec)
        if available:
            self.presence(name, Presence.AVAILABLE)
        return self

    def presence(self, name: str, presence: Presence) -> list[e.Event]:
        """The agent changes presence."""
        return self.do(c.SetPresence, by=agent_actor(name), agent=AgentId(name), presence=presence)

    def chat(self, name: str, **fields: Any) -> list[e.Event]:
        """A chat arrives with a first message."""
        arrival: dict[str, Any] = {
            "interaction": InteractionId(name),
            "inbox": CHAT,
            "message": MessageId(f"{name}-m1"),
        }
        return self.do(c.Arrive, **(arrival | fields))

    def accept(self, name: str, agent: str) -> list[e.Event]:
        """The agent accepts the live offer of the interaction."""
        offer = self.center.interactions[InteractionId(name)].offer
        assert offer is not None, f"{name} is not offered"
        return self.do(
            c.Accept, by=agent_actor(agent), interaction=InteractionId(name), offer=offer.id
        )

    def offered_to(self, name: str) -> str | None:
        """Who is asked to take the interaction now."""
        offer = self.center.interactions[InteractionId(name)].offer
        return offer.agent if offer else None

    def replayed(self) -> Center:
        """Another center that has lived through the same events."""
        other = Center()
        for event in self.log:
            evolve(other, event)
        return other


def code_of(refusal: Rejected) -> str:
    """The refusal's word for programs."""
    return refusal.code
