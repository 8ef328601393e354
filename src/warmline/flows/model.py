"""What the room of flows is made of: a flow with its doors, what is at hand, who finds things."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from warmline.core import flow_steps as s
from warmline.core.words import Medium

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
