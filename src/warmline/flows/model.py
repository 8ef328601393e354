"""What the room of flows is made of: a flow with its doors, what is at hand, who finds things."""

from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Protocol

from warmline.core import flow_steps as s
from warmline.core.words import Actor, Instant, Medium, UserId
from warmline.ports import Write
from warmline.written.problems import Problem

LANGUAGES = ("en", "ru", "pl")
"""Those of a site that says nothing else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow(s.Flow):
    """A flow and the inboxes that it stands at."""

    inboxes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Doors:
    """What a flow may name, as the center has it now."""

    queues: AbstractSet[str] = frozenset()
    calendars: AbstractSet[str] = frozenset()
    inboxes: Mapping[str, Medium] = field(default_factory=dict[str, Medium])
    languages: Sequence[str] = LANGUAGES


@dataclass(frozen=True, slots=True, kw_only=True)
class InForce:
    """A flow as it is run now."""

    flow: Flow
    version: int
    since: Instant


class Audit(Protocol):
    """Who changed what, on record with the change."""

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


class Names(Protocol):
    """What users are called."""

    async def __call__(self, ids: Collection[UserId]) -> Mapping[UserId, str]: ...


class Mistaken(Exception):
    """A text that cannot be published: what is wrong with it."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = problems
