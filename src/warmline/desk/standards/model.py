"""A script: the steps that belong into conversations of a queue and reason, and what it asks."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from warmline.core.words import Actor, AgentId, InteractionId, Malformed

STEPS_LIMIT = 12
SCRIPTS_LIMIT = 200
NAME_CHARS = 80
WORDING_CHARS = 600
LANGUAGES = ("en", "ru", "pl")


class StepKind(StrEnum):
    """What a step is; the `solution` only a person can tick."""

    GREETING = "greeting"
    NAME = "name"
    QUESTION = "question"
    WORDING = "wording"
    SOLUTION = "solution"
    NEXT_STEP = "next_step"
    FAREWELL = "farewell"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step; `words` are what must be said or asked, by language. `law` asks before sending."""

    id: str
    kind: StepKind
    words: Mapping[str, str] = field(default_factory=dict[str, str])
    law: bool = False

    def check(self, place: int) -> None:
        """Refuse what could not be used: `Malformed` names the field."""
        where = f"steps.{place}.words"
        if self.kind is StepKind.WORDING and not any(one.strip() for one in self.words.values()):
            raise Malformed(where, "must say what is required", "empty")
        for language, words in self.words.items():
            if language not in LANGUAGES:
                raise Malformed(where, f"{language[:16]} is none of en, ru, pl", "no_language")
            if len(words) > WORDING_CHARS:
                detail = f"must be at most {WORDING_CHARS} characters"
                raise Malformed(where, detail, "wrong_length", min=0, max=WORDING_CHARS)

    def plain(self) -> dict[str, object]:
        """As it is kept."""
        return {
            "id": self.id,
            "kind": self.kind.value,
            "words": {tag: said.strip() for tag, said in self.words.items() if said.strip()},
            "law": self.law,
        }


def step(kept: Mapping[str, Any]) -> Step:
    """A step from how it is kept."""
    return Step(id=kept["id"], kind=StepKind(kept["kind"]), words=kept["words"], law=kept["law"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """A version of a script; an empty queue or reason fits every one."""

    id: str
    version: int
    name: str
    queue: str
    reason: str
    steps: tuple[Step, ...]

    def fits(self, queue: str | None, reason: str | None) -> int:
        """How closely it fits, 0 for not at all; a queue says more than a reason.

        >>> Script(id="a", version=1, name="", queue="q", reason="", steps=()).fits("q", "r")
        3
        >>> Script(id="a", version=1, name="", queue="q", reason="s", steps=()).fits("q", "r")
        0
        """
        if self.queue not in {"", queue} or self.reason not in {"", reason}:
            return 0
        return 1 + 2 * bool(self.queue) + bool(self.reason)


def best(scripts: Sequence[Script], queue: str | None, reason: str | None) -> Script | None:
    """The script that fits a conversation most closely, None without one."""
    fitting = [one for one in scripts if one.fits(queue, reason)]
    return max(fitting, key=lambda one: (one.fits(queue, reason), one.id), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """A conversation as standards look at it: what the agents wrote, in order."""

    interaction: InteractionId
    queue: str | None
    reason: str | None
    agent: AgentId | None
    customer_name: str | None
    said: Sequence[str] = ()


class Talks(Protocol):
    """Conversations with what agents wrote in them."""

    async def __call__(
        self, interactions: Collection[InteractionId]
    ) -> Mapping[InteractionId, Talk]:
        """Those of them that there are."""
        ...


class Sees(Protocol):
    """Whom a conversation is open to."""

    async def conversation(self, actor: Actor, interaction: InteractionId) -> bool: ...


class AgentNames(Protocol):
    """What agents are called."""

    async def __call__(self, ids: Collection[AgentId]) -> Mapping[AgentId, str]: ...
