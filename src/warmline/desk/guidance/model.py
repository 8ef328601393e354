"""The settings of guidance as kept and sent, who is in a trial, and what other rooms are asked."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any, Protocol, TypeAlias

import msgspec

from warmline.core.words import Actor, CustomerId, InteractionId, Malformed, SiteId
from warmline.desk.guidance.rule import Rules

PARTS = 10_000
"""A share is that of so many equal parts of all conversations."""


def plain(rules: Rules) -> dict[str, Any]:
    """The rules as plain JSON values."""
    return asdict(rules)


def read_rules(given: Mapping[str, object]) -> Rules:
    """The rules from plain values, checked. Raises `Malformed`."""
    try:
        rules = msgspec.convert(given, Rules)
    except msgspec.ValidationError as error:
        raise Malformed("rules", str(error)) from error
    rules.check()
    return rules


def is_guided(site: SiteId, interaction: InteractionId, share_pct: int) -> bool:
    """Whether a conversation is among the share that has guidance; always the same answer.

    >>> is_guided(SiteId("main"), InteractionId("call-1"), 100)
    True
    """
    digest = sha256(f"guidance\0{site}\0{interaction}".encode()).digest()
    return int.from_bytes(digest[:8]) % PARTS < share_pct * PARTS // 100


class Sees(Protocol):
    """Who may read which conversation."""

    async def conversation(self, actor: Actor, interaction: InteractionId) -> bool: ...


Topic: TypeAlias = Callable[[InteractionId], Awaitable[str | None]]
"""What a conversation is about, where that is estimated; None where it is not known."""
FlagsOf: TypeAlias = Callable[[CustomerId], Awaitable[Collection[str]]]
"""The flags of a person."""
KnownBefore: TypeAlias = Callable[[CustomerId, InteractionId], Awaitable[bool]]
"""Whether a person had another conversation that is over."""
Simulate: TypeAlias = Callable[[Rules], Awaitable[Mapping[str, Any]]]
"""What the rules would do in a simulated center, in a process of its own; `SimulationFailed`."""


class SimulationFailed(Exception):
    """The worker process gave no figures; the message says why."""


async def no_topic(interaction: InteractionId) -> str | None:
    """Where topics are not estimated."""
    del interaction
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """What other rooms know of a conversation."""

    known_before: KnownBefore
    flags: FlagsOf
    topic: Topic = no_topic
