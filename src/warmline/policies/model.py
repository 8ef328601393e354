"""What the room speaks of: a version of the policy, its states, and what others tell it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from warmline.core.words import Actor, Instant, UserId
from warmline.ports import Write
from warmline.written.problems import Problem

KIND = "policy version"
"""What the audit calls one."""
VERSIONS_LIMIT = 2_000
DRAFTS_LIMIT = 200
NAME_CHARS = 120


class Stage(StrEnum):
    """What a version is: it may be edited, decides for all or for some, or did so once."""

    DRAFT = "draft"
    PUBLISHED = "published"
    TRIAL = "trial"
    PAST = "past"


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A policy as text, with its story."""

    id: str
    number: int | None
    name: str
    text: str
    stage: Stage
    tag: int
    """Counts every save: who edits an older one is told."""
    based_on: str | None
    created_at: Instant
    created_by: str | None
    updated_at: Instant
    updated_by: str | None
    published_at: Instant | None = None
    published_by: str | None = None


class Changed(Exception):
    """Somebody saved the same draft meanwhile."""

    def __init__(self, version: Version) -> None:
        super().__init__(version.id)
        self.version = version


class Mistaken(Exception):
    """A text that cannot be in force: what is wrong with it."""

    def __init__(self, problems: Collection[Problem]) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = problems


class NoSuchVersion(Exception):
    """There is no version of this id."""


class Audit(Protocol):
    """A row of the audit about a deed, with the values before and after."""

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
