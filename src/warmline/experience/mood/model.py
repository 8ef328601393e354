"""What the room of mood is made of, and what it asks of other rooms."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy.sql.base import Executable

from warmline.core.words import Actor, Instant, InteractionId, SiteId
from warmline.experience.mood.estimates import Knowledge
from warmline.ports import Clock, CustomerWords, Guard, Signals, State, Write
from warmline.storage.database import Database

TOPICS_LIMIT = 60
EXAMPLES_LIMIT = 10
EXAMPLE_CHARS = 300
NAME_CHARS = 60

MoodFell = Callable[[InteractionId], Awaitable[None]]
"""Told once the mood of an open conversation has fallen; perhaps more than once."""


class Sight(Protocol):
    """Says who may see what."""

    async def conversation(self, actor: Actor, interaction: InteractionId) -> bool: ...


class SettingAudit(Protocol):
    """Makes the audit row of a changed setting."""

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


class DeedAudit(Protocol):
    """Makes the audit row of a deed that concerns a person."""

    def __call__(
        self, actor: Actor, action: str, kind: str, item: str, *, fields: Sequence[str] = ()
    ) -> Executable: ...


TopicHeard = Callable[[InteractionId, str], Awaitable[None]]
"""Told what an open conversation is about; perhaps more than once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the room's rows are, and what it reads and tells beside them."""

    database: Database
    site: SiteId
    clock: Clock
    state: State
    words: CustomerWords
    signals: Signals


@dataclass(frozen=True, slots=True, kw_only=True)
class Doors:
    """What the routes ask before they answer."""

    needs: Guard
    sight: Sight
    setting: SettingAudit
    deed: DeedAudit


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The model in use: its version, when and from what it was made, and what it knows."""

    version: int
    at: Instant
    facts: Mapping[str, Any]
    knowledge: Knowledge
