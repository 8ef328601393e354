"""Legs and rooms as the built-in network has them, and who hears whom."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from warmline.channels.voice.words import Caller, LegId, LegSeen, Mode, Role, RoomId
from warmline.channels.webrtc.pages import Page, Told
from warmline.core.words import AgentId, Instant


@dataclass(slots=True, eq=False, kw_only=True)
class Leg:
    """One party of a call."""

    id: LegId
    role: Role
    call: str | None = None
    agent: AgentId | None = None
    caller: Caller = field(default_factory=Caller)
    facts: Mapping[str, str] = field(default_factory=dict[str, str])
    called: str | None = None
    """The inbox that was called."""
    token: str | None = None
    """By what a customer's page is known again (its hash)."""
    page: Page | None = None
    """Where it is carried; None while it rings, and while a page that went may come back."""
    key: str | None = None
    """The key of the page that carries it, also while that is away."""
    answered_at: Instant | None = None
    room: RoomId | None = None
    mode: Mode = Mode.TALK
    of: LegId | None = None
    waits: bool = False
    music: str = "default"
    muted: bool = False
    prompted: bool = False
    """Something is played to it: its music is silent for as long."""
    rang: bool = False
    timer: asyncio.TimerHandle | None = None
    """Until it has rung long enough, or its page has been away for too long."""

    @property
    def phase(self) -> str:
        """Where it stands, in a word for its page."""
        if self.answered_at is None:
            return "ringing"
        if self.room is not None:
            return "talking"
        return "waiting" if self.waits else "quiet"

    def shown(self) -> Told:
        """What its page is told of it; names and numbers are read elsewhere, with rights."""
        mine = {"facts": dict(self.facts), "role": self.role.value} if self.agent else {}
        return {
            "type": "leg",
            "leg": self.id,
            "phase": self.phase,
            "answered_at": self.answered_at,
            "music": self.music if self.waits and not self.prompted else None,
            "muted": self.muted,
            "mode": self.mode.value,
            **mine,
        }

    def seen(self) -> LegSeen:
        """The same for the center."""
        return LegSeen(
            leg=self.id,
            call=self.call,
            role=self.role,
            answered=self.answered_at is not None,
            room=self.room,
            agent=self.agent,
        )

    def stop_timer(self) -> None:
        """Nothing is waited for any more."""
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None


@dataclass(slots=True, kw_only=True)
class Room:
    """Those who hear each other."""

    id: RoomId
    call: str


def hears(one: Leg, other: Leg) -> bool:
    """Whether `one` hears `other`, both in the same room; being muted is another matter."""
    match other.mode:
        case Mode.LISTEN:
            return False
        case Mode.WHISPER:
            return other.of == one.id
        case Mode.TALK | Mode.BARGE:
            return True
