"""What an offer is, who is held out, and what the room asks of others."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, TypeAlias

from warmline.core.words import (
    Actor,
    AgentId,
    CustomerId,
    Instant,
    InteractionId,
    Medium,
    QueueId,
    SiteId,
)
from warmline.ports import Clock, Guard, State, Write
from warmline.storage.database import Database

NAME_LIMIT_CHARS = 80
WORDS_LIMIT_CHARS = 600
OFFERS_LIMIT = 100
PERMILLE = 1_000
LANGUAGES = ("en", "ru", "pl")

Fact: TypeAlias = float | str | bool | None
Facts: TypeAlias = Mapping[str, Fact]
"""What is known of a customer and of the conversation, by the names that rules use."""


class Arm(StrEnum):
    """Whether the agent saw it, or would have."""

    SHOWN = "shown"
    HELD_OUT = "held_out"


class Answer(StrEnum):
    """What the customer said to it."""

    ACCEPTED = "accepted"
    DECLINED = "declined"
    LATER = "later"


class Reason(StrEnum):
    """Why not, or why not now."""

    NOT_INTERESTED = "not_interested"
    TOO_DEAR = "too_dear"
    HAS_IT = "has_it"
    NO_TIME = "no_time"
    WANTS_TO_THINK = "wants_to_think"
    NOT_SAID = "not_said"
    """The agent did not say the words: the moment was wrong."""


class WhyNot(StrEnum):
    """Why nothing is offered; in the order in which it is looked at."""

    NOT_RUNNING = "not_running"
    NO_CUSTOMER = "no_customer"
    NOT_SURE = "not_sure"
    """Who it is: an offer tells something of the record."""
    COMPLAINT = "complaint"
    MOOD = "mood"
    LOAD = "load"
    NOT_ALLOWED = "not_allowed"
    RECENTLY = "recently"
    NOTHING_FITS = "nothing_fits"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """Something that may be offered; `value_minor` is what stays of one that is taken."""

    id: str
    names: Mapping[str, str]
    words: Mapping[str, str]
    value_minor: int
    rule: str
    valid_from: Instant | None = None
    valid_until: Instant | None = None
    active: bool = True

    def runs(self, at: Instant) -> bool:
        """Whether it may be offered at a moment; the end itself is over."""
        begun = self.valid_from is None or self.valid_from <= at
        return self.active and begun and (self.valid_until is None or at < self.valid_until)

    def in_language(self, language: str | None) -> str:
        """The language of the words for a customer: theirs, else English, else the first."""
        wanted = (language or "").split("-")[0].lower()
        return next((one for one in (wanted, *LANGUAGES) if self.words.get(one)), LANGUAGES[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How the site offers."""

    holdout_permille: int = 100
    pause_days: int = 30
    """So long nothing is offered to a customer after an offer, whichever it was."""
    window_days: int = 30
    """What is ordered so long after the moment counts as having followed it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """The conversation that something may be offered in."""

    interaction: InteractionId
    medium: Medium
    inbox: str
    queue: QueueId | None
    segment: str | None
    language: str | None
    reason: str | None
    agent: AgentId


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """From when until when it is counted what a customer ordered."""

    key: str
    customer: CustomerId
    since: Instant
    until: Instant


class Rules(Protocol):
    """The language of saved rules, and what they can be asked of."""

    async def check(self, text: str) -> None:
        """`Malformed` with the place for a text that is no rule."""
        ...

    async def facts(self, ids: Sequence[CustomerId], talk: Talk) -> Facts | None:
        """What is known of a person; None for one of whom nothing may be computed."""
        ...

    async def weigh(self, text: str, facts: Facts) -> Sequence[Mapping[str, object]] | None:
        """The conditions of a rule with what was found, None when it is not true."""
        ...


class MayOffer(Protocol):
    """The one rule of contact, asked for something that is offered in passing."""

    async def __call__(self, ids: Collection[CustomerId], medium: Medium) -> str | None:
        """Why not, in its word, or None."""
        ...


class Sure(Protocol):
    """Whether it is sure enough who a person is to speak of their orders."""

    async def __call__(self, actor: Actor, ids: Collection[CustomerId]) -> bool: ...


class Complains(Protocol):
    """Whether a conversation is a complaint, or the person has an open case."""

    async def __call__(self, talk: Talk, ids: Collection[CustomerId]) -> bool: ...


class MoodFalls(Protocol):
    """Whether the customer's mood is falling in a conversation; an estimate."""

    async def __call__(self, interaction: InteractionId) -> bool: ...


class LoadAllows(Protocol):
    """Whether an agent has time for an offer now."""

    def __call__(self, agent: AgentId) -> bool: ...


class Bought(Protocol):
    """What customers ordered and kept, in the site's currency."""

    async def __call__(self, spans: Sequence[Span]) -> Mapping[str, int]:
        """Minor units by the key of each span."""
        ...

    async def currency(self) -> str:
        """The site's currency."""
        ...


class Same(Protocol):
    """All ids of one person, the one that counts first."""

    async def __call__(self, who: CustomerId) -> Collection[CustomerId]: ...


class Sight(Protocol):
    """Who may see which conversation."""

    async def conversation(self, actor: Actor, interaction: InteractionId) -> bool: ...


class AgentNames(Protocol):
    """What agents are called."""

    async def __call__(self, ids: Collection[AgentId]) -> Mapping[AgentId, str]: ...


class CustomerNames(Protocol):
    """What customers are called, masked unless open to the reader."""

    async def __call__(
        self, ids: Collection[CustomerId], *, reader: Actor
    ) -> Mapping[CustomerId, str]: ...


class SettingAudit(Protocol):
    """A row of the audit about a changed setting, with the values before and after."""

    def __call__(
        self,
        actor: Actor,
        action: str,
        kind: str,
        item: str,
        *,
        before: Mapping[str, object] | None,
        after: Mapping[str, object] | None,
    ) -> Write: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What the room asks of others before it offers anything, and afterwards."""

    rules: Rules
    sure: Sure
    may_offer: MayOffer
    complains: Complains
    mood_falls: MoodFalls
    load_allows: LoadAllows
    bought: Bought
    same: Same


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """What the routes of offers work with."""

    database: Database
    state: State
    needs: Guard
    clock: Clock
    site: SiteId
    sight: Sight
    agents: AgentNames
    customers: CustomerNames
    audit: SettingAudit
    around: Around


def held_out(site: SiteId, customer: CustomerId, permille: int) -> bool:
    """Whether a customer is among those to whom nothing is offered: always the same answer.

    >>> sum(held_out(SiteId("main"), CustomerId(str(n)), 100) for n in range(1_000))
    96
    """
    digest = hashlib.sha256(f"offers\0{site}\0{customer}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % PERMILLE < permille
