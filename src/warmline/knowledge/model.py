"""What an article is, which way it goes from draft to retired, and what is asked of other rooms."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from warmline.core.words import (
    DAY,
    Actor,
    Instant,
    InteractionId,
    Malformed,
    Millis,
    SiteId,
    UserId,
)
from warmline.ports import Clock, Guard, State, Write
from warmline.storage.database import Database

ARTICLES_LIMIT = 50_000
VERSIONS_LIMIT = 500
"""Of one article in one language."""
DRAFTS_LIMIT = 20
TITLE_LIMIT_CHARS = 160
BODY_LIMIT_CHARS = 100_000
NOTE_LIMIT_CHARS = 300
TAGS_LIMIT = 20
TAG_LIMIT_CHARS = 40
LANGUAGES = ("en", "ru", "pl")
"""What the center speaks itself: the order in which languages are offered."""
REVIEW_DAYS = 180
REVIEW_AHEAD_MS: Millis = 10 * 366 * DAY
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
ARTICLE_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


class Audience(StrEnum):
    """For whom an article is; a customer's may be read by everybody."""

    AGENT = "agent"
    CUSTOMER = "customer"
    BOT = "bot"


class TextState(StrEnum):
    """Where a version of a text stands."""

    DRAFT = "draft"
    REVIEW = "review"
    PUBLISHED = "published"
    REPLACED = "replaced"
    """Was published, until a newer version was."""
    RETIRED = "retired"


class Gesture(StrEnum):
    """What was done with an article in a conversation."""

    SHOWN = "shown"
    INSERTED = "inserted"
    LINKED = "linked"
    NOT_HELPFUL = "not_helpful"


WAYS: Mapping[TextState, frozenset[TextState]] = {
    TextState.DRAFT: frozenset({TextState.REVIEW, TextState.PUBLISHED}),
    TextState.REVIEW: frozenset({TextState.DRAFT, TextState.PUBLISHED}),
    TextState.PUBLISHED: frozenset({TextState.RETIRED, TextState.REPLACED}),
    TextState.REPLACED: frozenset({TextState.PUBLISHED}),
    TextState.RETIRED: frozenset({TextState.PUBLISHED}),
}
"""Where a version may go from where it is; only publishing another one replaces."""
OPEN = frozenset({TextState.DRAFT, TextState.REVIEW})


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What the site asks: a second pair of eyes, and reading anew after so many days."""

    other_approves: bool = False
    review_days: int = REVIEW_DAYS


class Turns(Protocol):
    """What is said in conversations, as far as articles may help with it."""

    async def last(self, interaction: InteractionId) -> tuple[str, str | None] | None:
        """What the customer said since anybody answered, else said last, and the language."""
        ...

    async def came_back(self, ids: Collection[InteractionId]) -> Mapping[InteractionId, bool]:
        """Of conversations that were closed long enough ago whether the customer came again."""
        ...


class Sight(Protocol):
    """Who may see which conversation."""

    async def conversation(self, actor: Actor, interaction: InteractionId) -> bool: ...


class UserNames(Protocol):
    """What users are called."""

    async def __call__(self, ids: Collection[UserId]) -> Mapping[UserId, str]: ...


class Writers(Protocol):
    """Who may own an article: names of those who write and approve, by id."""

    async def __call__(self) -> Mapping[UserId, str]: ...


class Audit(Protocol):
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
class Surroundings:
    """What the routes of this room work with."""

    database: Database
    state: State
    needs: Guard
    clock: Clock
    site: SiteId
    sight: Sight
    users: UserNames
    writers: Writers
    audit: Audit
    turns: Turns
    help_url: str
    """Where customers read: the address of the public help page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A text as it is written: checked, its ends trimmed."""

    language: str
    title: str
    body: str
    note: str | None = None

    def check(self) -> None:
        """Refuse what cannot be kept: `Malformed` names the field."""
        if not LANGUAGE.fullmatch(self.language):
            raise Malformed("language", "is not a language tag such as ru", "no_language")
        _check_length("title", self.title, TITLE_LIMIT_CHARS)
        _check_length("body", self.body, BODY_LIMIT_CHARS)
        if self.note is not None and len(self.note) > NOTE_LIMIT_CHARS:
            detail = f"at most {NOTE_LIMIT_CHARS} characters"
            raise Malformed("note", detail, "too_long", max=NOTE_LIMIT_CHARS)


def _check_length(field: str, text: str, limit: int) -> None:
    if not text.strip():
        raise Malformed(field, "must not be empty", "empty")
    if len(text) > limit:
        raise Malformed(field, f"at most {limit} characters", "too_long", max=limit)
    if "\0" in text:
        raise Malformed(field, "holds a sign that is none", "wrong_form")


def tags_of(given: Collection[str]) -> list[str]:
    """Tags as they are kept: trimmed, in small letters, each once, in order."""
    tags = sorted({one.strip().casefold() for one in given if one.strip()})
    if len(tags) > TAGS_LIMIT:
        raise Malformed("tags", f"at most {TAGS_LIMIT}", "too_many", max=TAGS_LIMIT)
    for one in tags:
        if len(one) > TAG_LIMIT_CHARS:
            detail = f"at most {TAG_LIMIT_CHARS} characters"
            raise Malformed("tags", detail, "too_long", max=TAG_LIMIT_CHARS)
    return tags


def check_review(at: Instant | None, now: Instant) -> None:
    """Refuse a day of reading anew that is further than anybody plans."""
    if at is not None and at > now + REVIEW_AHEAD_MS:
        raise Malformed("review_at", "is more than ten years ahead", "out_of_range", min=0, max=10)
